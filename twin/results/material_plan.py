"""The material plan as tables: the planner's record, planned orders, pegging, action messages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cached_property
from math import isnan
from typing import Any

import numpy as np
import pandas as pd

from twin.erp.capacity_plan.orders import Left
from twin.erp.demand_plan.expected import expected_of, with_expected
from twin.erp.material_plan.listing.pegs import TreeRow
from twin.erp.material_plan.messages import action_messages
from twin.erp.material_plan.plan import MaterialPlan
from twin.erp.material_plan.position import Expected, Position, declared_position, erp_position
from twin.model.measures import read_duration, write_duration
from twin.model.plant import Plant
from twin.model.scenario import Scenario
from twin.results.frames import from_rows
from twin.results.outlook.work_left import work_left
from twin.results.planning.capacity import CapacityTables, PromiseTold
from twin.results.planning.demand import buffer_table, master_table
from twin.results.run import Run

QUANTITIES = (
    "gross_quantity", "scheduled_receipt_quantity", "net_quantity", "planned_receipt_quantity", "planned_start_quantity",
    "projected_quantity",
)  # fmt: skip
"""Of a record, in the order in which the plan gives them."""
ORDER_COLUMNS = (
    "order", "material", "source", "unit", "quantity", "started_quantity", "order_count", "order_unit", "order_unit_count", "start", "due",
    "late_buckets", "arrives",
)  # fmt: skip
PEG_COLUMNS = ("material", "unit", "supply", "supply_kind", "supply_day", "demand", "demand_kind", "demand_day", "quantity")
MESSAGE_COLUMNS = ("action", "order", "kind", "material", "unit", "quantity", "due", "wanted", "late_buckets", "why")


class PlanTables:
    """A material plan as tidy frames, one row an observation.

    Days are local days of the plant; a quantity is in the `unit` of its material. What the plan proposes is named `P-<material>-<n>`.
    """

    def __init__(
        self, plant: Plant, plan: MaterialPlan, bucket_us: int, position: Position, left: Left | None = None
    ) -> None:  # fmt: skip
        self._definitions = plan.plant.materials.materials
        self._units = {name: it.unit for name, it in self._definitions.items()}
        self._plant, self.plan, self._bucket_us = plant, plan, bucket_us
        self._position, self._left = position, left

    @property
    def records(self) -> pd.DataFrame:
        """Every material in every bucket: what is needed, what comes anyway, what is missing, what is planned, what is left at the end."""
        return self._records(self.plan.task.names)

    def _records(self, materials: Sequence[str]) -> pd.DataFrame:
        """The records of some materials, out of the arrays of the plan: a large one has millions of rows."""
        buckets, codes = range(self.plan.buckets.count), self.plan.arrays.low_level_code
        frame = pd.DataFrame({
            "material": np.repeat(np.array(materials, object), len(buckets)),
            "unit": np.repeat(np.array([self._units[it] for it in materials], object), len(buckets)),
            "low_level_code": np.repeat([int(codes[self.plan.number[it]]) for it in materials], len(buckets)),
            "day": [*map(self.plan.day_of, buckets)] * len(materials),
        })  # fmt: skip
        for name, table in zip(QUANTITIES, self.plan.record_tables(materials).values(), strict=True):
            frame[name] = table.ravel()
        return _dated(frame, "day")

    def record(self, material: str) -> pd.DataFrame:
        """One material as planners read it: a line for each quantity, a column for each day.

        Raises
        ------
        ValueError : no such material
        """
        if material not in self._units:
            raise ValueError(f"no material is called '{material}'")
        return self._records([material]).set_index("day")[[*QUANTITIES]].T

    @property
    def orders(self) -> pd.DataFrame:
        """Planned orders: start so much, that so many good ones are there when due; `order_count` if one may not be that large."""
        rows = []
        for it in self.plan.orders:
            definition = self._definitions[it.material]
            order_unit = definition.planning.order_unit if definition.planning else None
            rows.append(
                {
                    "order": it.order, "material": it.material, "source": "purchase" if it.is_bought else "make", "unit": definition.unit,
                    "quantity": it.good, "started_quantity": it.started, "order_count": len(it.quantities),
                    "order_unit": order_unit or definition.unit,
                    "order_unit_count": it.started // definition.units[order_unit] if order_unit else it.started,
                    "start": self.plan.day_of(it.start), "due": self.plan.day_of(it.due), "late_buckets": it.late_buckets,
                    "arrives": self.plan.day_of(it.arrives),
                }
            )  # fmt: skip
        return _dated(from_rows(rows, ORDER_COLUMNS), "start", "due", "arrives")

    @property
    def pegging(self) -> pd.DataFrame:
        """Which supply serves which demand. Supply "missing": nothing does; demand "nobody": stock that is left."""
        rows = [
            {
                "material": it.material, "unit": self._units[it.material], "supply": it.supply, "supply_kind": it.supply_kind,
                "supply_day": self.plan.day_of(it.supply_bucket), "demand": it.demand, "demand_kind": it.demand_kind,
                "demand_day": self.plan.day_of(it.demand_bucket), "quantity": it.quantity,
            }
            for it in self.plan.pegs
        ]  # fmt: skip
        return _dated(from_rows(rows, PEG_COLUMNS), "supply_day", "demand_day")

    @property
    def messages(self) -> pd.DataFrame:
        """What to do: release, expedite, defer, cancel, increase, decrease; from `due` to `wanted`, and why."""
        rows = [
            {
                "action": it.action, "order": it.order, "kind": it.kind, "material": it.material, "unit": self._units[it.material],
                "quantity": it.quantity, "due": self.plan.day_of(it.from_bucket), "wanted": self.plan.day_of(it.to_bucket),
                "late_buckets": it.late_buckets, "why": it.why,
            }
            for it in action_messages(self.plan)
        ]  # fmt: skip
        return _dated(from_rows(rows, MESSAGE_COLUMNS), "due", "wanted")

    @cached_property
    def capacity(self) -> CapacityTables:
        """What the plan takes of equipment and persons: `load`, `load_by_order`, `finite`."""
        return CapacityTables(self._plant, self.plan, self._position, self._left)

    def promise(self, material: str, quantity: int, wanted: str | None = None) -> PromiseTold:
        """When so many more can be there, by material and finite capacity; why not earlier, and what earlier would cost.

        `wanted` : when, from now on, as in "3 d"; then it also says how many can be there by then.

        Raises
        ------
        ValueError : no such material, or nothing is asked for
        """
        wanted_us = None if wanted is None else self._position.now_us + read_duration(wanted)
        return self.capacity.promise(material, quantity, wanted_us)

    def serves(self, order: str) -> pd.DataFrame:
        """For whom an order is, level by level up to the customers; `depth` 0 are the demands that it serves itself.

        Raises
        ------
        ValueError : no such order
        """
        return self._tree(self.plan.serves(order))

    def served_by(self, order: str) -> pd.DataFrame:
        """What serves an order, level by level down to stock and purchases.

        Raises
        ------
        ValueError : no such order
        """
        return self._tree(self.plan.served_by(order))

    def _tree(self, tree: Iterable[TreeRow]) -> pd.DataFrame:
        rows = [
            {
                "depth": it.depth, "material": it.peg.material, "unit": self._units[it.peg.material], "supply": it.peg.supply,
                "supply_kind": it.peg.supply_kind, "supply_day": self.plan.day_of(it.peg.supply_bucket), "demand": it.peg.demand,
                "demand_kind": it.peg.demand_kind, "demand_day": self.plan.day_of(it.peg.demand_bucket), "quantity": it.peg.quantity,
            }
            for it in tree
        ]  # fmt: skip
        return _dated(from_rows(rows, ("depth", *PEG_COLUMNS)), "supply_day", "demand_day")

    def summary(self) -> dict[str, Any]:
        """All of it but the record of what nothing happens to, as plain values for `--json`."""
        records = self.records
        moving = records[(records.filter(regex="gross|scheduled|net|planned") != 0).any(axis=1)]
        return {
            "plant": self._plant.id,
            "first_day": self.plan.buckets.first_day.isoformat(),
            "bucket": write_duration(self._bucket_us),
            "bucket_count": self.plan.buckets.count,
            "records": plain_rows(moving),
            "orders": plain_rows(self.orders),
            "pegging": plain_rows(self.pegging),
            "messages": plain_rows(self.messages),
        }

    @property
    def master_schedule(self) -> pd.DataFrame:
        """Everything that is sold in every bucket: forecasts and orders, what is made, what may still be promised (ATP)."""
        return master_table(self.plan)

    @property
    def buffers(self) -> pd.DataFrame:
        """Every buffer of demand driven MRP that is declared: zones, net flow, and what is due to be ordered."""
        return buffer_table(self._plant, self.plan)

    def capacity_summary(self) -> dict[str, Any]:
        """Load and finite load check as plain values for `--json`; resources that nothing loads are left out."""
        load, finite = self.capacity.load, self.capacity.finite
        told = {"load": plain_rows(load[(load["load_h"] > 0) | (load["behind_h"] > 0)]), "finite": plain_rows(finite)}
        offloads = plain_rows(self.capacity.offloads)
        return {**told, "offloads": offloads} if offloads else told

    def __repr__(self) -> str:
        buckets = self.plan.buckets
        return (
            f"<Material plan of {self._plant.id}: {len(self.plan.listed)} planned orders, {len(action_messages(self.plan))} messages; "
            f"{buckets.count} buckets of {write_duration(self._bucket_us)} from {buckets.first_day}>"
        )


def plan_of_run(run: Run, bucket: str, expected: Sequence[Expected] = ()) -> PlanTables:
    """The plan from a run's present position; `expected` is what is forecast besides all orders."""
    bucket_us, position = read_duration(bucket), erp_position(run.erp, run.now_us)
    if expected:
        until_us = max(position.until_us, *(it.to_us - 1 for it in expected))
        position = replace(position, expected=tuple(expected), until_us=until_us)
    planning = run.erp.planning_parameters
    return PlanTables(planning.plant, planning.plan(position, bucket_us), bucket_us, position, work_left(run))


def plan_of_files(plant: Plant, scenario: Scenario, bucket: str, *, with_forecasts: bool = False) -> PlanTables:
    """The plan from what the files declare; the scenario's changes are already made. Forecasts: what its known orders leave of them."""
    bucket_us, position = read_duration(bucket), declared_position(plant, scenario)
    if with_forecasts:
        drawn = [it.order for it in scenario.demand.orders if it.forecast]
        position = with_expected(plant, position, expected_of(scenario), drawn)
    return PlanTables(plant, MaterialPlan(plant, position, bucket_us=bucket_us), bucket_us, position)


def _dated(frame: pd.DataFrame, *names: str) -> pd.DataFrame:
    """Days as time stamps of their midnight, without a zone: they are local days."""
    for name in names:
        frame[name] = pd.to_datetime(frame[name])
    return frame


def plain_rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows ready for JSON; a day as YYYY-MM-DD, what is not there as null."""
    return [{str(name): _value(value) for name, value in row.items()} for row in frame.to_dict("records")]


def _value(value: Any) -> Any:
    if value is pd.NaT or (isinstance(value, float) and isnan(value)):
        return None
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat() if value.tzinfo is None else value.isoformat()
    return value

"""Load against capacity, orders that come late, promises: as tidy frames."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from twin.erp.capacity_plan.answers import Promise, promise_of, said, written
from twin.erp.capacity_plan.capacity_plan import CapacityPlan
from twin.erp.capacity_plan.loading.finite import LoadedOrder
from twin.erp.capacity_plan.orders import Left
from twin.erp.material_plan.plan import MaterialPlan
from twin.erp.material_plan.position import Position
from twin.model.calendars import spoken_duration
from twin.model.measures import US_PER_H
from twin.model.plant import Plant
from twin.results.frames import from_rows

if TYPE_CHECKING:
    pass

LOAD_COLUMNS = ("kind", "resource", "day", "load_h", "capacity_h", "over_h", "behind_h", "rough_cut_h")
PART_COLUMNS = ("kind", "resource", "day", "order", "order_kind", "material", "operation", "load_h")
OFFLOAD_COLUMNS = ("day", "work_center", "order", "material", "operation", "relieved_h", "to_work_center", "takes_h", "free_h")
LATE_COLUMNS = ("order", "kind", "material", "quantity", "starts", "due", "done", "late_h", "waits_h", "waits_for", "operation", "why")


class CapacityTables:
    """What the orders of a plan take (CRP, finite load check), and what may be promised beside them (CTP)."""

    def __init__(self, plant: Plant, plan: MaterialPlan, position: Position, left: Left | None = None) -> None:
        self.capacity = CapacityPlan(plant, plan, position, left)
        self._plan, self._currency = plan, plant.layout.currency.lower()

    @property
    def load(self) -> pd.DataFrame:
        """Every work center and qualification in every bucket: hours that planned and open orders take, hours that there are.

        `over_h` : more than there are; `behind_h` : carried over to the next bucket if nothing is done about it; `rough_cut_h` : what
        customers want then, through all levels of the bills, netted against nothing.
        """
        rough = self.capacity.rough
        rows = [
            {
                "kind": it.kind, "resource": it.resource, "day": self._plan.day_of(it.bucket), "load_h": it.load_us / US_PER_H,
                "capacity_h": it.capacity_us / US_PER_H, "over_h": it.over_us / US_PER_H, "behind_h": it.behind_us / US_PER_H,
                "rough_cut_h": rough[it.kind, it.resource][it.bucket] / US_PER_H,
            }
            for it in self.capacity.rows
        ]  # fmt: skip
        return _days(from_rows(rows, LOAD_COLUMNS))

    @property
    def load_by_order(self) -> pd.DataFrame:
        """Which operations of which orders the load is."""
        rows = [
            {
                "kind": it.kind, "resource": it.resource, "day": self._plan.day_of(it.bucket), "order": it.order,
                "order_kind": it.order_kind, "material": it.material, "operation": it.operation, "load_h": it.load_us / US_PER_H,
            }
            for it in self.capacity.parts
        ]  # fmt: skip
        return _days(from_rows(rows, PART_COLUMNS))

    @property
    def offloads(self) -> pd.DataFrame:
        """Where there is more load than capacity: what an alternative could do, and the hours it takes there of those left."""
        rows = [
            {
                "day": self._plan.day_of(it.bucket), "work_center": it.center, "order": it.order, "material": it.material,
                "operation": it.operation, "relieved_h": it.relieved_us / US_PER_H, "to_work_center": it.to_center,
                "takes_h": it.takes_us / US_PER_H, "free_h": it.free_us / US_PER_H,
            }
            for it in self.capacity.offloads
        ]  # fmt: skip
        return _days(from_rows(rows, OFFLOAD_COLUMNS))

    @property
    def finite(self) -> pd.DataFrame:
        """Every order on finite equipment: when it is done, how late, and what its lots wait for longest."""
        rows = []
        for it in self.capacity.loaded:
            late_us = it.late_us
            rows.append(
                {
                    "order": it.order.order, "kind": it.order.kind, "material": it.order.material, "quantity": it.order.pieces,
                    "starts": it.order.start_us, "due": it.order.due_us, "done": it.done_us,
                    "late_h": None if late_us is None else late_us / US_PER_H, "waits_h": it.waits_us / US_PER_H, "waits_for": it.waits_for,
                    "operation": it.operation, "why": why_late(it),
                }
            )  # fmt: skip
        return from_rows(rows, LATE_COLUMNS, ("starts", "due", "done"))

    def promise(self, material: str, quantity: int, wanted_us: int | None = None) -> PromiseTold:
        """When so many can be there, why not earlier, and what earlier would cost; nothing is changed by asking.

        Raises
        ------
        ValueError : no such material, or nothing is asked for
        """
        found = promise_of(self.capacity, self.capacity.promising(), material, quantity, wanted_us)
        return PromiseTold(self.capacity, found, self._currency)


class PromiseTold:
    """A promise in words and plain values."""

    def __init__(self, plan: CapacityPlan, promise: Promise, currency: str) -> None:
        self.promise, self._plan, self._currency = promise, plan, currency

    def summary(self) -> dict[str, Any]:
        """All of it, for `--json`; instants in UTC."""
        it = self.promise
        return {
            "material": it.material, "quantity": it.quantity, "from_stock": it.from_stock, "started": it.started,
            "promised": _instant(it.at_us), "wanted": _instant(it.wanted_us), "is_in_time": it.is_in_time, "in_time_quantity": it.in_time,
            "reason": it.reason, "uses": [*it.uses],
            "way": [
                {"from": _instant(one.from_us), "to": _instant(one.to_us), "why": one.why, "material": one.material,
                 "equipment": one.equipment, "said": said(self._plan, one)}
                for one in it.way
            ],
            "earlier": [
                {"what": one.what, "promised": _instant(one.at_us), "gained_h": one.gained_us / US_PER_H,
                 f"cost_{self._currency}": one.cost_minor / 100}
                for one in it.earlier
            ],
        }  # fmt: skip

    def lines(self) -> list[str]:
        """What a person reads."""
        it = self.promise
        source = f"{it.from_stock} from stock, {it.started} to make or buy" if it.started else "all from stock"
        lines = [f"{it.quantity} {it.material} can be there {written(self._plan, it.at_us)} ({source})", f"not earlier, since {it.reason}"]
        if it.wanted_us is not None:
            verdict = "in time" if it.is_in_time else f"too late; {it.in_time} of them can be there by then"
            lines.append(f"wanted {written(self._plan, it.wanted_us)}: {verdict}")
        lines += [f"with an alternative: {one}" for one in it.uses]
        lines += [f"  then {said(self._plan, one)}, until {written(self._plan, one.to_us)}" for one in it.way]
        for one in it.earlier:
            lines.append(
                f"earlier by {spoken_duration(one.gained_us)}, {written(self._plan, one.at_us)}: {one.what}, for"
                f" {one.cost_minor / 100:,.2f} {self._currency.upper()}"
            )
        return lines

    def __repr__(self) -> str:
        return "\n".join(self.lines())


def why_late(it: LoadedOrder) -> str:
    """What an order that is done late waits for longest; "" of one that is in time."""
    if it.late_us == 0:
        return ""
    waits = f"waits {spoken_duration(it.waits_us)} for {it.waits_for} before operation {it.operation}"
    return waits if it.waits_us else "its own work takes so long"


def _days(frame: pd.DataFrame) -> pd.DataFrame:
    frame["day"] = pd.to_datetime(frame["day"])
    return frame


def _instant(at_us: int | None) -> str | None:
    return None if at_us is None else pd.Timestamp(at_us, unit="us", tz="UTC").isoformat()

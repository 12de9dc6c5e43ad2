"""Queueing models as plants: one time unit is a minute. What is measured is heard from the facts, without making events of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import yaml

from twin.kernels.floor.rows import log_rows as said
from twin.model.events import CountObserved, EquipmentStateChanged, OperationsEvent, SalesOrderConfirmed
from twin.model.plant import Plant
from twin.model.scenario import Scenario
from twin.model.states import WorkUnitState
from twin.simulation.compiled_plant.compiled_plant import CompiledPlant
from twin.simulation.simpy_plant import SimulatedPlant

MIN_US = 60_000_000
CASES: dict[str, dict[str, Any]] = {
    case["id"]: case
    for group in json.loads(Path(__file__).with_name("theory.json").read_text(encoding="utf-8")).values()
    if isinstance(group, list)
    for case in group
}


def mins(value: float) -> str:
    """A duration of so many time units."""
    return f"{value:.12f} min"


def exponential(mean: float) -> dict[str, str]:
    return {"exponential": mins(mean)}


def plant_of(layout: str | dict[str, Any], materials: dict[str, Any]) -> Plant:
    tables = yaml.safe_load(layout) if isinstance(layout, str) else layout
    definitions = {name: {"kind": "finished", **more} for name, more in materials.items()}
    return Plant.model_validate({"layout": {"plant": "theory", **tables}, "materials": {"materials": definitions}})


def shop(run: Any, *, units: int = 1, **of_each_unit: Any) -> Plant:
    """One work center with `units` work units alike, and lots of one piece of material m."""
    return plant_of(
        {
            "storage_units": {"queue": {}}, "work_centers": {"center": {"storage": "queue"}}, "repair_crews": {"crew": {"size": 1}},
            "work_units": {f"unit_{n}": {"equipment_class": "unit", "work_center": "center", **of_each_unit} for n in range(units)},
            "process_segments": {"serve": {"work_center": "center"}}, "routings": {"m": {"1": {"segment": "serve", "run": run}}},
        },
        {"m": {"lot_size": 1}},
    )  # fmt: skip


def stream(interval: Any, material: str = "m", *, priority: int = 0) -> dict[str, Any]:
    return {"customer": "us", "material": material, "interval": interval, "quantity": [1], "promise": "1 d", "priority": priority}


def asked(until: float, *, orders: dict[str, int] | None = None, rule: str = "fifo", **streams: dict[str, Any]) -> Scenario:
    """Demand by streams, or by orders of so many pieces at the start; `until` in time units."""
    lines = [{"order": f"all-{m}", "customer": "us", "material": m, "quantity": q, "due": "1 d"} for m, q in (orders or {}).items()]
    return Scenario.model_validate(
        {
            "plant": "theory", "start": "2026-01-01T00:00:00Z", "horizon": mins(until), "policies": {"dispatch": rule},
            "demand": {"orders": lines, "streams": streams},
        }
    )  # fmt: skip


class Listener:
    """Hears the facts of a plant that decides by rule, and keeps of them what a theory speaks of. Times in units after the start."""

    states: ClassVar[tuple[int, ...]] = (WorkUnitState.EXECUTE,)  # it hears that equipment enters them

    def __init__(self, plant: Plant, scenario: Scenario) -> None:
        self._plant, self._scenario = plant, scenario
        self._start_us = scenario.start_us

    def hear(self, kind: type[OperationsEvent], at: float, fields: dict[str, Any]) -> None:
        raise NotImplementedError

    def record(self, kind: type[OperationsEvent], effective_us: int, fields: dict[str, Any]) -> None:
        self.hear(kind, (effective_us - self._start_us) / MIN_US, fields)

    def take_round(self) -> list[OperationsEvent]:
        return []

    def listen(self, seed: int, conwip_lots: int | None = None, *, engine: type[CompiledPlant | SimulatedPlant] = CompiledPlant) -> Any:
        """Let the plant run to its end."""
        source = engine(self._plant, self._scenario, seed, control="rule", conwip_lots=conwip_lots, recorder=self)
        if isinstance(source, CompiledPlant):
            self._read_through(source)
        else:
            assert source.advance() is None
        return self

    def _read_through(self, source: CompiledPlant) -> None:
        """The same facts, read off the rows of the whole run: no stop at every instant, and no names for what nobody listens to."""
        equipment, words = self._plant.equipment, source.words
        wanted = np.isin(range(said.PLACES), [said.TELLS_ORDER, said.TELLS_STATE, said.TELLS_COUNT])

        def read(rows: np.ndarray) -> None:
            kinds = rows[:, said.EVENT_WHAT] % said.PLACES
            unheard = (kinds == said.TELLS_STATE) & ~np.isin(rows[:, said.EVENT_A], list(self.states))
            for at_us, what, a, b, c, d in rows[wanted[kinds] & ~unheard].tolist():
                kind, name = what % said.PLACES, equipment[what // said.PLACES - 1]
                if kind == said.TELLS_ORDER:
                    self.record(SalesOrderConfirmed, at_us, {"order": words.order_of(b, c)})
                elif kind == said.TELLS_STATE:
                    self.record(EquipmentStateChanged, at_us, {"equipment": name, "state": a, "job_order": words.job_of(c)})
                else:
                    count = {"equipment": name, "job_order": words.job_of(c), "good": a, "scrap": b, "rework": d}
                    self.record(CountObserved, at_us, count)

        source.run_through(read)


class Customers(Listener):
    """When each order of one piece came, when work on it began, and when it was done."""

    def __init__(self, plant: Plant, scenario: Scenario) -> None:
        super().__init__(plant, scenario)
        self.came: dict[str, float] = {}
        self.began: dict[str, float] = {}
        self.done: dict[str, float] = {}

    def hear(self, kind: type[OperationsEvent], at: float, fields: dict[str, Any]) -> None:
        if kind is SalesOrderConfirmed:
            self.came[fields["order"]] = at
        elif kind is EquipmentStateChanged and fields["state"] == WorkUnitState.EXECUTE:
            for job_order in fields["job_order"].split("+"):
                self.began.setdefault(job_order.split("-m")[0], at)
        elif kind is CountObserved and fields["good"]:
            self.done[fields["job_order"].split("-m")[0]] = at

    def waits(self, warm_up: float, prefix: str = "") -> np.ndarray:
        """Time in queue of those who came after the warm-up."""
        return np.array([at - self.came[name] for name, at in self.began.items() if self.came[name] >= warm_up and name.startswith(prefix)])

    @property
    def controls(self) -> tuple[float, float]:
        """Mean interval between arrivals, and mean service time: what was drawn, whose true means are known."""
        served = [at - self.began[name] for name, at in self.done.items()]
        return max(self.came.values()) / len(self.came), sum(served) / len(served)

    def sojourns(self, warm_up: float) -> np.ndarray:
        """Time in the system of those who came after the warm-up."""
        return np.array([at - self.came[name] for name, at in self.done.items() if self.came[name] >= warm_up])


class Departures(Listener):
    """How many pieces left one piece of equipment (a line, the last work unit) in each half of the run."""

    def __init__(self, plant: Plant, scenario: Scenario, last: set[str], warm_up: float) -> None:
        super().__init__(plant, scenario)
        self._last, self._warm_up = last, warm_up
        self.count = 0

    def hear(self, kind: type[OperationsEvent], at: float, fields: dict[str, Any]) -> None:
        if kind is CountObserved and at >= self._warm_up and fields["equipment"] in self._last:
            self.count += fields["good"]

    def throughput(self, seed: int, conwip_lots: int | None = None) -> float:
        """Pieces in a time unit, after the warm-up."""
        self.listen(seed, conwip_lots)
        return self.count / (self._scenario.horizon / MIN_US - self._warm_up)

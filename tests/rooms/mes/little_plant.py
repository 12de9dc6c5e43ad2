"""A little plant whose controllers speak by hand: nothing is simulated, every fact is written by the test."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from twin.mes import Mes
from twin.mes.execution import JobOrder
from twin.model.events import (
    CountObserved,
    EquipmentStateChanged,
    GoodsReceived,
    Heartbeat,
    JobOrderCommand,
    OperationsEvent,
    OperationsRequestReleased,
    StockCounted,
    WorkAlertRaised,
)
from twin.model.materials import Materials
from twin.model.plant import Plant, PlantFile
from twin.model.scenario import Policies
from twin.model.states import WorkUnitState as S

MIN_US = 60_000_000
HOUR_US = 60 * MIN_US
START_US = 1_772_431_200_000_000  # Monday 2026-03-02, 06:00 UTC: the early shift begins

WEEK = ["mon", "tue", "wed", "thu", "fri"]

LAYOUT: dict[str, Any] = {
    "plant": "little",
    "calendars": {
        "early": {"shifts": {"early": {"days": WEEK, "start": "06:00", "end": "14:00", "breaks": [{"start": "10:00", "end": "10:30"}]}}},
        "late": {"shifts": {"late": {"days": WEEK, "start": "14:00", "end": "22:00"}}},
        "both": {
            "shifts": {
                "early": {"days": WEEK, "start": "06:00", "end": "14:00"},
                "late": {"days": WEEK, "start": "14:00", "end": "22:00"},
            }
        },
    },
    "storage_units": {"yard": {}, "racks": {}, "oven_in": {}, "shelf": {}},
    "work_centers": {
        "cutting": {"storage": "yard"},
        "milling": {"storage": "racks"},
        "hardening": {"storage": "oven_in"},
        "assembly": {"storage": "shelf"},
        "bottling": {"storage": "shelf"},
    },
    "work_units": {
        "saw_1": {"equipment_class": "saw", "work_center": "cutting"},
        "mill_1": {"equipment_class": "mill", "work_center": "milling", "calendar": "both"},
        "mill_2": {"equipment_class": "mill", "work_center": "milling", "calendar": "both"},
        "oven_1": {"equipment_class": "oven", "work_center": "hardening", "batch": {"minimum": 2, "maximum": 3, "wait": "1 h"}},
        "bench_1": {"equipment_class": "bench", "work_center": "assembly"},
        "bench_2": {"equipment_class": "bench", "work_center": "assembly"},
    },
    "production_lines": {
        "line_1": {
            "work_center": "bottling",
            "transfer_lot": 10,
            "stations": {"filler": {"cycle": "20 s", "buffer_after": 1}, "capper": {"cycle": "10 s"}},
        }
    },
    "setups": {"mill": {"same": 0, "default": "30 min", "initial": "flat", "matrix": {"flat": {"round": "20 min"}}}},
    "personnel_classes": {"cutter": {}, "miller": {}, "fitter": {}},
    "persons": {
        "anna": {"classes": ["cutter", "miller"], "calendar": "early", "hourly_cost": "30 EUR/h"},
        "ben": {"classes": ["miller", "fitter"], "calendar": "early", "hourly_cost": "30 EUR/h"},
        "carl": {"classes": ["fitter", "miller"], "calendar": "late", "hourly_cost": "30 EUR/h"},
    },
    "process_segments": {
        "cut": {"work_center": "cutting"},
        "mill": {"work_center": "milling", "personnel_class": "miller", "attended": "setup"},
        "harden": {"work_center": "hardening"},
        "fit": {"work_center": "assembly", "personnel_class": "fitter"},
        "pack": {"work_center": "assembly"},
        "bottle": {"work_center": "bottling"},
    },
    "routings": {
        "PIN": {
            "10": {"segment": "cut", "run": "5 min", "setup_family": "bar", "transport": "10 min"},
            "20": {"segment": "mill", "run": "10 min", "setup_family": "round", "rework": 0.1, "scrap": 0.1, "rework_to": "20"},
            "30": {"segment": "harden", "run": "2 h", "per": "lot", "setup_family": "case"},
        },
        "PLATE": {"10": {"segment": "mill", "run": "2 min", "setup_family": "flat"}},
        "BOX": {"10": {"segment": "fit", "run": "20 min"}},
        "KIT": {"10": {"segment": "pack", "run": "1 min"}},
        "DRINK": {"10": {"segment": "bottle"}},
    },
}

ITEMS: dict[str, Any] = {
    "materials": {
        "STEEL": {"kind": "purchased", "unit": "mm"},
        "SCREW": {"kind": "purchased"},
        "PIN": {"kind": "made", "lot_size": 4, "bill": [{"material": "STEEL", "quantity": 100}]},
        "PLATE": {"kind": "made"},
        "BOX": {"kind": "finished", "bill": [{"material": "PIN", "quantity": 2}, {"material": "SCREW", "quantity": 4}]},
        "KIT": {"kind": "finished", "bill": [{"material": "SCREW", "quantity": 10}]},
        "DRINK": {"kind": "finished"},
    }
}


def little_plant(**changes: Any) -> Plant:
    """The plant; `changes` replace whole sections of its layout."""
    return Plant(layout=PlantFile.model_validate(LAYOUT | changes), materials=Materials.model_validate(ITEMS))


class Floor:
    """Speaks for controllers and office, and carries what it says through the MES as the path does: all facts, then what follows."""

    def __init__(self, plant: Plant | None = None, **policies: Any) -> None:
        self.plant = plant or little_plant()
        self.policies = Policies(**policies)
        self.mes = Mes(self.plant, self.policies)
        self.now_us = START_US
        self.journal: list[OperationsEvent] = []

    def wait(self, minutes: float) -> Floor:
        self.now_us += round(minutes * MIN_US)
        return self

    def tell(self, *facts: OperationsEvent) -> list[OperationsEvent]:
        """Apply facts, then breadth first what is concluded; gives the conclusions."""
        pending, told = deque(facts), len(facts)
        applied = []
        while pending:
            event = pending.popleft()
            applied.append(event)
            pending.extend(self.mes.apply(event))
        self.journal += applied
        assert self.mes.violations(self.now_us) == []
        return applied[told:]

    def decide(self) -> list[OperationsEvent]:
        """Ask for decisions until there are none, and apply them; the plant has not been told yet."""
        decided: list[OperationsEvent] = []
        while new := self.mes.decide(self.now_us):
            self.tell(*new)
            decided += new
        return decided

    def commands(self) -> list[tuple[str, str, str, str]]:
        """Decisions as (command, equipment, job order, person)."""
        return [(c.command, c.equipment, c.job_order, c.person) for c in self.decide() if isinstance(c, JobOrderCommand)]

    # Facts

    def state(self, equipment: str, state: S, job_order: str = "", person: str = "", reason: str = "") -> EquipmentStateChanged:
        return EquipmentStateChanged(
            effective_us=self.now_us, equipment=equipment, state=int(state), job_order=job_order, person=person, reason=reason
        )

    def count(self, equipment: str, job_order: str, good: int = 0, scrap: int = 0, rework: int = 0) -> CountObserved:
        return CountObserved(effective_us=self.now_us, equipment=equipment, job_order=job_order, good=good, scrap=scrap, rework=rework)

    def request(self, request: str, material: str, quantity: int, due_h: float = 100, priority: int = 0) -> OperationsRequestReleased:
        return OperationsRequestReleased(
            effective_us=self.now_us, request=request, order=f"order of {request}", material=material, quantity=quantity,
            due_us=START_US + round(due_h * HOUR_US), priority=priority,
        )  # fmt: skip

    def stock(self, material: str, quantity: int, lot: str = "") -> StockCounted:
        return StockCounted(effective_us=self.now_us, lot=lot or f"open-{material}", material=material, quantity=quantity)

    def delivery(self, lot: str, material: str, quantity: int) -> GoodsReceived:
        return GoodsReceived(
            effective_us=self.now_us, order=lot, lot=lot, supplier="s", material=material, quantity=quantity, unit_price_minor=100
        )

    def command(self, command: str, equipment: str, job_order: str, person: str = "") -> JobOrderCommand:
        return JobOrderCommand(effective_us=self.now_us, command=command, equipment=equipment, job_order=job_order, person=person)

    # Whole stories

    def all_idle(self) -> Floor:
        self.tell(Heartbeat(effective_us=self.now_us, reason="start"), *(self.state(name, S.IDLE) for name in self.plant.equipment))
        return self

    def starts(self, equipment: str, job_order: str, person: str = "") -> list[OperationsEvent]:
        return self.tell(self.state(equipment, S.EXECUTE, job_order, person))

    def finishes(self, equipment: str, job_order: str, good: int, scrap: int = 0, rework: int = 0) -> list[OperationsEvent]:
        return self.tell(
            self.count(equipment, job_order, good, scrap, rework),
            self.state(equipment, S.COMPLETE, job_order),
            self.state(equipment, S.IDLE),
        )

    def does(self, equipment: str, job_order: str, good: int, minutes: float = 10, **counted: int) -> list[OperationsEvent]:
        """Start now, finish after `minutes`; everything that was concluded."""
        return self.starts(equipment, job_order) + self.wait(minutes).finishes(equipment, job_order, good, **counted)

    @property
    def alerts(self) -> list[str]:
        return [alert.message for alert in self.mes.alerts]


def said(events: list[OperationsEvent], *kinds: type[OperationsEvent]) -> list[str]:
    """Names of the conclusions in their order, those of `kinds` alone if any are given; alerts always."""
    return [type(e).__name__ for e in events if not kinds or isinstance(e, (*kinds, WorkAlertRaised))]


ROOMS = ("equipment", "release", "execution", "tracking", "commands")


def state_of(mes: Mes) -> dict[str, Any]:
    """Everything that a MES remembers, as plain values that compare."""
    found = {room: {name: _plain(value) for name, value in vars(getattr(mes, room)).items()} for room in ROOMS}
    return found | {"alerts": _plain(mes.alerts), "now": mes.now_us}


def _plain(value: Any, depth: int = 0) -> Any:
    if isinstance(value, JobOrder) and depth > 2:
        return value.job_order
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: _plain(getattr(value, f.name), depth + 2) for f in fields(value)}
    if isinstance(value, Mapping):
        return {key: _plain(each, depth + 1) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each, depth + 1) for each in value]
    if isinstance(value, set | frozenset):
        return sorted(value)
    return value if isinstance(value, str | int | float | bool | None) else type(value).__name__

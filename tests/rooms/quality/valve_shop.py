"""A little shop that bores and grinds valves out of castings, told by hand through the whole path: MES, ERP, journal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Any

import pandas as pd

from twin.model.events import (
    CountObserved,
    Entry,
    EntryRefused,
    EquipmentStateChanged,
    GoodsReceived,
    Heartbeat,
    JobOrderCommand,
    OperationsEvent,
    OperationsRequestReleased,
    PurchaseOrderPlaced,
    SalesOrderConfirmed,
    StockCounted,
    TestResultRecorded,
)
from twin.model.materials import Materials
from twin.model.plant import Plant, PlantFile
from twin.model.readiness.earlier import said_us
from twin.model.scenario import Scenario
from twin.model.states import Source
from twin.model.states import WorkUnitState as S
from twin.results.run import Run
from twin.run import carry, replay
from twin.store.journal import MemoryJournal
from twin.store.live import WATERMARK, LiveSource

MIN_US = 60_000_000
LAYOUT: dict[str, Any] = {
    "plant": "valve_shop",
    "calendars": {
        "always": {"shifts": {"all": {"days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "start": "00:00", "end": "24:00"}}}
    },
    "storage_units": {"rack": {}},
    "work_centers": {"boring": {"storage": "rack"}, "grinding": {"storage": "rack"}},
    "work_units": {
        "mill_1": {"equipment_class": "mill", "work_center": "boring", "hourly_cost": "60 EUR/h"},
        "grinder_1": {"equipment_class": "grinder", "work_center": "grinding", "hourly_cost": "40 EUR/h"},
    },
    "personnel_classes": {"inspector": {}, "operator": {}},
    "persons": {
        "quinn": {"classes": ["inspector"], "calendar": "always", "hourly_cost": "30 EUR/h"},
        "olga": {"classes": ["operator"], "calendar": "always", "hourly_cost": "30 EUR/h"},
    },
    "process_segments": {"bore": {"work_center": "boring"}, "grind": {"work_center": "grinding"}},
    "routings": {"VALVE": {"10": {"segment": "bore", "run": "6 min"}, "20": {"segment": "grind", "run": "3 min"}}},
}
ITEMS: dict[str, Any] = {
    "materials": {
        "CASTING": {"kind": "purchased", "standard_cost": "10 EUR", "supplier": "foundry", "planning": {}},
        "VALVE": {"kind": "finished", "price": "50 EUR", "lot_size": 5, "bill": [{"material": "CASTING", "quantity": 1}]},
    },
    "suppliers": {"foundry": {"lead_time": "2 d"}},
    "customers": {"acme": {}},
}
BORE = {
    "material": "VALVE",
    "operation": "10",
    "characteristics": {"bore": {"unit": "mm", "lower": 9.9, "upper": 10.1}},
    "authority": "inspector",
}
FINAL = {"material": "VALVE", "characteristics": {"leak": {"unit": "ml", "upper": 5.0}, "finish": {"kind": "yes_no"}}}
INCOMING = {"material": "CASTING", "characteristics": {"weight": {"unit": "g", "lower": 990, "upper": 1010}}}


def valve_shop(reasons: dict[str, list[str]] | None = None, **plans: dict[str, Any]) -> Plant:
    """The shop with these quality plans, and reasons to choose from."""
    layout = {**LAYOUT, "quality_plans": plans, "reasons": reasons or {}}
    return Plant(layout=PlantFile.model_validate(layout), materials=Materials.model_validate(ITEMS))


SCENARIO = Scenario.model_validate({"plant": "valve_shop", "start": "2026-03-02T06:00:00Z", "horizon": "30 d"})


class _Told:
    """Rounds that somebody tells, as an event source; what users say comes as theirs."""

    origin = Source.SIMULATED

    def __init__(self, rounds: Sequence[Sequence[OperationsEvent]]) -> None:
        self._rounds = list(rounds)
        self.commands: list[OperationsEvent] = []

    def advance(self) -> Sequence[OperationsEvent] | None:
        return self._rounds.pop(0) if self._rounds else None

    def send(self, commands: Sequence[OperationsEvent]) -> None:
        self.commands += commands

    def origin_of(self, fact: OperationsEvent) -> Source:
        match fact:
            case Entry() | PurchaseOrderPlaced() | OperationsRequestReleased():
                return Source.USER
            case TestResultRecorded() if fact.terminal:
                return Source.USER
            case JobOrderCommand() if fact.person:
                return Source.USER
        return self.origin


HEARD_BY: list[Callable[[Run, Plant, Sequence[Callable[[Run], object]]], None]] = []
"""Who takes the record of every run that is asked whether it is the same, and compares it: see tests/parity/told."""


class Shop:
    """Tells a shop what happens, minute by minute."""

    def __init__(self, reasons: dict[str, list[str]] | None = None, **plans: dict[str, Any]) -> None:
        self.plant = valve_shop(reasons, **plans)
        self.run = Run(self.plant, SCENARIO, seed=None)
        self.now_us = SCENARIO.start_us
        self.commands: list[OperationsEvent] = []
        idle = [self._state(name, S.IDLE) for name in self.plant.equipment]
        self.tell(Heartbeat(effective_us=self.now_us, reason="start"), *idle)

    def tell(self, *facts: OperationsEvent) -> list[OperationsEvent]:
        """One round, a minute after the last; everything that followed from it."""
        before = len(self.run.journal)
        source = _Told([facts])
        carry(source, self.run)
        self.commands += source.commands
        self.now_us += MIN_US
        return [entry.event for entry in self.run.journal.entries(before)][len(facts) :]

    def say(self, kind: type[Entry], person: str = "quinn", terminal: str = "tablet 3", **said: Any) -> str:
        """What a person says; "" or why it was refused."""
        followed = self.tell(kind(effective_us=self.now_us, person=person, terminal=terminal, **said))
        return next((it.reason for it in followed if isinstance(it, EntryRefused)), "")

    # What machines and the office say

    def _state(self, equipment: str, state: S, job_order: str = "") -> EquipmentStateChanged:
        return EquipmentStateChanged(effective_us=self.now_us, equipment=equipment, state=int(state), job_order=job_order)

    def stock(self, quantity: int, lot: str = "C0") -> Shop:
        self.tell(StockCounted(effective_us=self.now_us, material="CASTING", lot=lot, quantity=quantity))
        return self

    def order(self, name: str, quantity: int) -> Shop:
        """A customer wants valves: request <name>-VALVE, cut into lots of five."""
        due_us = self.now_us + 10_000 * MIN_US
        self.tell(
            SalesOrderConfirmed(
                effective_us=self.now_us,
                order=name,
                customer="acme",
                material="VALVE",
                quantity=quantity,
                due_us=due_us,
                unit_price_minor=5000,
            )
        )
        return self

    def delivery(self, order: str, quantity: int, price_minor: int = 1000) -> Shop:
        at: dict[str, Any] = {
            "order": order,
            "supplier": "foundry",
            "material": "CASTING",
            "quantity": quantity,
            "unit_price_minor": price_minor,
        }
        self.tell(PurchaseOrderPlaced(effective_us=self.now_us, due_us=self.now_us, **at))
        self.tell(GoodsReceived(effective_us=self.now_us, lot=f"L-{order}", **at))
        return self

    def does(self, equipment: str, job_order: str, pieces: int, minutes: int = 30) -> list[OperationsEvent]:
        """A machine works on a job order for half an hour; all that followed from it."""
        followed = self.tell(self._state(equipment, S.EXECUTE, job_order))
        self.now_us += (minutes - 1) * MIN_US
        done = CountObserved(effective_us=self.now_us, equipment=equipment, job_order=job_order, good=pieces)
        return followed + self.tell(done, self._state(equipment, S.COMPLETE, job_order), self._state(equipment, S.IDLE))

    def measure(self, lot: str, **values: float) -> list[OperationsEvent]:
        return self.tell(
            *(TestResultRecorded(effective_us=self.now_us, lot=lot, characteristic=name, value=value) for name, value in values.items())
        )

    # What can be seen

    def disposition(self, lot: str) -> str:
        """Why a lot is held; "" if it is free."""
        return self.run.mes.tracking.restricted.get(lot, "")

    def started(self) -> list[str]:
        """Job orders that the MES has commanded to start so far."""
        return [it.job_order for it in self.commands if getattr(it, "command", "") == "Start"]

    def shipped(self) -> dict[str, int]:
        return {name: order.shipped for name, order in self.run.erp.customer_orders.orders.items()}

    def alerts(self, kind: str = "") -> list[str]:
        return [it.message for it in self.run.mes.alerts if kind in ("", it.alert)]

    def balance(self, account: str) -> int:
        return self.run.erp.ledger.balances[account]

    def is_the_same_from_every_source(self, *seen: Callable[[Run], object]) -> bool:
        """What it was told is the same recorded and live; see the function of that name."""
        return is_the_same_from_every_source(self.run, *seen, declared=self.plant)


def is_the_same_from_every_source(run: Run, *seen: Callable[[Run], object], declared: Plant | None = None) -> bool:
    """The record replayed, and written live round by round with users beside it, gives the same journal, in order.

    What is `seen` of it is the same, too: of the run as it was told, replayed and live. Those who listen (`HEARD_BY`) compare instead.
    `declared`: the plant as its files have it, where something of it became otherwise during the run.
    """
    plant = declared or run.plant
    if HEARD_BY:
        for heard in HEARD_BY:
            heard(run, plant, seen)
        return True
    entries = list(run.journal.entries())
    told = [entry.event for entry in entries]
    replayed = replay(entries, plant, run.scenario)
    said = [(entry.event, entry.source) for entry in entries if entry.source != Source.RULE]
    live, heard_live = lived_run(plant, said, run.scenario)
    assert [entry.event for entry in replayed.journal.entries()] == told, "replayed"
    assert heard_live == told, "live"
    for look in seen:
        shown = comparable(look(run))
        assert comparable(look(replayed)) == shown, "replayed"
        assert comparable(look(live)) == shown, "live"
    return True


def comparable(shown: object) -> object:
    """A table in words, with every digit of its figures; so a missing figure equals another, as NaN does not."""
    return shown.to_csv() if isinstance(shown, pd.DataFrame) else shown


def lived(plant: Plant, said: Sequence[tuple[OperationsEvent, Source]]) -> list[OperationsEvent]:
    """The journal of a live plant, without the bridge's watermarks, if machines and users say all this at its time.

    Entry by entry; facts of one instant stand as they were taken, since which connection is heard first is chance.
    """
    return lived_run(plant, said)[1]


def lived_run(
    plant: Plant, said: Sequence[tuple[OperationsEvent, Source]], scenario: Scenario = SCENARIO
) -> tuple[Run, list[OperationsEvent]]:
    """A live plant of which all this was said, and its journal as in `lived`."""
    journal = MemoryJournal()
    source = _AsItHappens(journal, plant, said)
    run = carry(source, Run(plant, scenario, journal))
    taken = iter(source.taken)
    events = [entry.event if entry.source == Source.RULE else next(taken) for entry in run.journal.entries()]
    return run, [event for event in events if not is_watermark(event)]


class _AsItHappens(LiveSource):
    """A live plant whose bridge writes an instant, and says that it is complete, when all that followed from the last is written."""

    def __init__(self, journal: MemoryJournal, plant: Plant, said: Sequence[tuple[OperationsEvent, Source]]) -> None:
        super().__init__(journal, plant=plant, poll_s=0.0, until_idle_s=0.0)
        self.taken: list[OperationsEvent] = []
        self._written = journal
        self._instants = [(at_us, list(group)) for at_us, group in groupby(said, key=lambda it: said_us(it[0]))]

    def advance(self) -> Sequence[OperationsEvent] | None:
        facts = super().advance()
        if facts is None and self._instants:
            at_us, group = self._instants.pop(0)
            for event, origin in group:
                self._written.append(event, source=Source.USER if origin == Source.USER else Source.LIVE)
            self._written.append(Heartbeat(effective_us=at_us, reason=WATERMARK), source=Source.LIVE)
            facts = super().advance()
        self.taken += facts or []
        return facts


def is_watermark(event: OperationsEvent) -> bool:
    """Whether it is no more than what the bridge says of how far it has heard."""
    return isinstance(event, Heartbeat) and event.reason == WATERMARK


def of_type(events: Sequence[OperationsEvent], *kinds: type[OperationsEvent]) -> list[Any]:
    return [event for event in events if isinstance(event, kinds)]

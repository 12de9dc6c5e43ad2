"""A small shop to book by hand: a gearbox of a housing and two gears, and bars of steel by the gram. Facts are written, not simulated."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from typing import Any

from twin.erp import Erp
from twin.model.events import (
    EquipmentActual,
    Heartbeat,
    JobOrderCreated,
    MaterialActual,
    OperationsEvent,
    OperationsRequestReleased,
    OperationsResponse,
    PersonnelActual,
    SalesOrderConfirmed,
    StockCounted,
)
from twin.model.materials import Materials
from twin.model.plant import Plant, PlantFile
from twin.model.scenario import Policies

HOUR_US = 3_600_000_000
DAY_US = 24 * HOUR_US
START_US = 1_772_409_600_000_000  # Monday 2026-03-02, 00:00 UTC

LAYOUT: dict[str, Any] = {
    "plant": "small_shop",
    "energy_tariff": "0.20 EUR/kWh",
    "calendars": {
        "early": {"shifts": {"early": {"days": ["mon", "tue", "wed", "thu", "fri"], "start": "06:00", "end": "14:00"}}},
        "long": {"shifts": {"long": {"days": ["mon", "tue", "wed", "thu", "fri"], "start": "06:00", "end": "22:00"}}},
    },
    "storage_units": {"yard": {}},
    "work_centers": {"cutting": {"storage": "yard"}, "assembly": {"storage": "yard"}},
    "work_units": {
        "hob_1": {
            "equipment_class": "hob",
            "work_center": "cutting",
            "calendar": "long",
            "hourly_cost": "60 EUR/h",
            "power": {"setup": "1 kW", "execute": "12 kW"},
        },
        "bench_1": {"equipment_class": "bench", "work_center": "assembly", "calendar": "early", "hourly_cost": "6 EUR/h"},
    },
    "setups": {"hob": {"default": "30 min"}},
    "personnel_classes": {"cutter": {}, "fitter": {}},
    "persons": {
        "anna": {"classes": ["cutter"], "calendar": "early", "hourly_cost": "30 EUR/h"},
        "ben": {"classes": ["cutter", "fitter"], "calendar": "early", "hourly_cost": "40 EUR/h"},
    },
    "process_segments": {
        "hobbing": {"work_center": "cutting", "personnel_class": "cutter", "attended": "setup"},
        "deburring": {"work_center": "cutting"},
        "fitting": {"work_center": "assembly", "personnel_class": "fitter"},
    },
    "routings": {
        "gear": {
            "hob": {"segment": "hobbing", "run": "6 min", "setup_family": "small"},
            "deburr": {"segment": "deburring", "run": "1 min"},
        },
        "gearbox": {"fit": {"segment": "fitting", "run": "30 min"}},
    },
}
ITEMS: dict[str, Any] = {
    "materials": {
        "steel": {
            "kind": "purchased",
            "unit": "g",
            "standard_cost": "3.20 EUR",
            "price_per": 1000,
            "supplier": "mill",
            "reorder": {"point": 5_000, "quantity": 20_000},
            "opening_stock": 12_345,
        },
        "housing": {"kind": "purchased", "standard_cost": "41.99 EUR", "supplier": "foundry", "price": "60 EUR"},
        "gear": {"kind": "made", "bill": [{"material": "steel", "quantity": 333}], "lot_size": 10, "planned_lead_time": "1 d"},
        "gearbox": {
            "kind": "finished",
            "bill": [{"material": "gear", "quantity": 2}, {"material": "housing", "quantity": 1}],
            "price": "250 EUR",
            "planned_lead_time": "2 d",
        },
    },
    "suppliers": {"mill": {"lead_time": "2 d"}, "foundry": {"lead_time": "5 d"}},
    "customers": {"acme": {}},
}


def plant(layout: dict[str, Any] | None = None, items: dict[str, Any] | None = None) -> Plant:
    """A plant from declared tables; the small shop where none are given."""
    return Plant(layout=PlantFile.model_validate(layout or LAYOUT), materials=Materials.model_validate(items or ITEMS))


def small_erp(release: str = "push") -> Erp:
    return Erp(plant(), Policies.model_validate({"release": release}))


class Carried:
    """Carries rounds of facts through one ERP as the path does, and keeps the journal: first all facts, then what follows."""

    def __init__(self, erp: Erp, *, one_by_one: bool = False) -> None:
        self.erp = erp
        self.one_by_one = one_by_one  # every fact with all that follows from it, before the next fact
        self.journal: list[OperationsEvent] = []  # as it is stored
        self.applied: list[OperationsEvent] = []  # as it was applied

    def round(self, *facts: OperationsEvent) -> list[OperationsEvent]:
        """One round; everything that followed from it, in the order in which it was applied."""
        followed: list[OperationsEvent] = []
        for together in [[fact] for fact in facts] if self.one_by_one else [facts]:
            followed += self._conclude(together)[len(together) :]
        while decided := self.erp.decide(facts[-1].effective_us):
            followed += self._conclude(decided)
        self.journal += [*facts, *followed]
        assert (broken := self.erp.violations()) == [], broken
        return followed

    def _conclude(self, events: Sequence[OperationsEvent]) -> list[OperationsEvent]:
        """Apply `events`, and what follows, breadth first; all that was applied."""
        queue, applied = deque(events), []
        while queue:
            event = queue.popleft()
            applied.append(event)
            queue.extend(self.erp.apply(event))
        self.applied += applied
        return applied

    def start(self, at_us: int = START_US, **opening: int) -> list[OperationsEvent]:
        """The first round of a run: the standards, and the opening stock by material."""
        counts = [StockCounted(effective_us=at_us, material=m, lot=f"open-{m}", quantity=q) for m, q in opening.items()]
        return self.round(Heartbeat(effective_us=at_us, reason="start"), *counts)


def order(
    at_us: int, name: str, quantity: int, *, material: str = "gearbox", due_us: int = 10 * DAY_US, price: int = 25_000
) -> SalesOrderConfirmed:
    """A customer order, due `due_us` after the start."""
    return SalesOrderConfirmed(
        effective_us=at_us,
        order=name,
        customer="acme",
        material=material,
        quantity=quantity,
        due_us=START_US + due_us,
        unit_price_minor=price,
    )


def job(at_us: int, request: str, operation: str, material: str, quantity: int) -> JobOrderCreated:
    return JobOrderCreated(
        effective_us=at_us,
        request=request,
        lot=request,
        job_order=f"{request}/{operation}",
        material=material,
        operation=operation,
        quantity=quantity,
    )


def material_actual(
    at_us: int, use: str, material: str, quantity: int, *, request: str, lot: str = "", operation: str = ""
) -> MaterialActual:
    job_order = f"{request}/{operation}" if operation else ""
    return MaterialActual(
        effective_us=at_us, use=use, material=material, quantity=quantity, request=request, lot=lot or request, job_order=job_order
    )


def machine(at_us: int, equipment: str, request: str, *, setup_us: int = 0, run_us: int = 0, energy_wh: int = 0) -> EquipmentActual:
    return EquipmentActual(effective_us=at_us, equipment=equipment, request=request, setup_us=setup_us, run_us=run_us, energy_wh=energy_wh)


def labour(at_us: int, person: str, request: str, work_us: int) -> PersonnelActual:
    return PersonnelActual(effective_us=at_us, person=person, request=request, work_us=work_us)


def response(at_us: int, request: str, material: str, good: int, scrap: int = 0) -> OperationsResponse:
    return OperationsResponse(effective_us=at_us, request=request, material=material, good=good, scrap=scrap)


def of_type(events: Iterable[OperationsEvent], *kinds: type[OperationsEvent]) -> list[Any]:
    return [event for event in events if isinstance(event, kinds)]


def released(events: Iterable[OperationsEvent]) -> dict[str, int]:
    """Quantity by request of the releases among `events`."""
    return {event.request: event.quantity for event in of_type(events, OperationsRequestReleased)}


def balances(erp: Erp) -> dict[str, int]:
    """Accounts that are not zero, debit > 0."""
    return {account: amount for account, amount in erp.ledger.balances.items() if amount}

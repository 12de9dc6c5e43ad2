"""What every reader of a record gives: facts in canonical order, and what was found wrong on the way."""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from twin.model.events import (
    EquipmentStateChanged,
    GoodsReceived,
    Heartbeat,
    LotDispositionChanged,
    OperationsEvent,
    SalesOrderConfirmed,
    StockCounted,
    WorkInProcessCounted,
)
from twin.model.plant import Plant
from twin.model.problems import Problem
from twin.model.scenario import Scenario
from twin.model.states import WorkUnitState

HOUR_US = 3_600_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_WITHOUT_EQUIPMENT = (Heartbeat, StockCounted, WorkInProcessCounted, SalesOrderConfirmed, GoodsReceived)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A stretch of a real plant's past.

    Attributes
    ----------
    facts : Level 2 facts and reported results in order of `effective_us`, inside an instant in canonical order
    problems : what in the files could not be taken as it stands, and what was made of it
    """

    title: str
    facts: tuple[OperationsEvent, ...]
    problems: tuple[Problem, ...] = ()


def read_instant_us(text: str) -> int:
    """UTC microseconds of an ISO 8601 instant; without a zone it counts as UTC, digits past the microsecond are cut off.

    Raises
    ------
    ValueError : no such instant
    """
    instant = datetime.fromisoformat(text.strip())
    return (instant.replace(tzinfo=instant.tzinfo or UTC) - _EPOCH) // timedelta(microseconds=1)


def write_instant(at_us: int) -> str:
    """The instant as ISO 8601 text in UTC."""
    return (_EPOCH + timedelta(microseconds=at_us)).isoformat().replace("+00:00", "Z")


def numbered_lines(path: Path) -> Iterator[tuple[int, str]]:
    """The lines of a text, plain or gzipped, with their numbers from 1; a byte that is no UTF-8 becomes a replacement character."""
    with gzip.open(path, "rt", encoding="utf-8", errors="replace") if path.suffix == ".gz" else path.open(errors="replace") as file:
        for number, line in enumerate(file, start=1):
            yield number, line.rstrip("\r\n")


def end_us(scenario: Scenario) -> int:
    """Where the stretch that the scenario asks for ends, UTC microseconds."""
    return scenario.start_us + scenario.horizon


def opening_facts(plant: Plant, scenario: Scenario, recorded: Iterable[str]) -> list[OperationsEvent]:
    """What stands at the start: the stock of the plant's files, Idle for `recorded` equipment, Unknown for what nobody recorded."""
    start_us = scenario.start_us
    reported = set(recorded)
    stock = [
        StockCounted(effective_us=start_us, lot=f"open-{name}", material=name, quantity=material.opening_stock)
        for name, material in plant.materials.materials.items()
        if material.opening_stock
    ]
    work = [WorkInProcessCounted(effective_us=start_us, **fields) for fields in scenario.counted_work()]
    states = [
        EquipmentStateChanged(
            effective_us=start_us, equipment=name, state=WorkUnitState.IDLE if name in reported else WorkUnitState.UNKNOWN
        )
        for name in plant.equipment
    ]
    return [Heartbeat(effective_us=start_us, reason="start"), *stock, *work, *states]


def order_facts(plant: Plant, scenario: Scenario) -> list[OperationsEvent]:
    """The customer orders that the scenario knows, each when it is received."""
    materials = plant.materials.materials
    return [
        SalesOrderConfirmed(
            effective_us=scenario.start_us + line.at,
            order=line.order,
            customer=line.customer,
            material=line.material,
            quantity=line.quantity,
            due_us=scenario.start_us + line.due,
            unit_price_minor=materials[line.material].price or 0,
            priority=line.priority,
            partial=line.partial or "",
            header=line.header or "",
        )
        for line in scenario.demand.orders
    ]


def heartbeats(scenario: Scenario) -> list[OperationsEvent]:
    """Time passes: every full hour of UTC, and the end, so that silence is heard."""
    first_us = (scenario.start_us // HOUR_US + 1) * HOUR_US
    hours = [Heartbeat(effective_us=at_us, reason="clock") for at_us in range(first_us, end_us(scenario), HOUR_US)]
    return [*hours, Heartbeat(effective_us=end_us(scenario), reason="end")]


def in_canonical_order(facts: Iterable[OperationsEvent], equipment: Sequence[str]) -> tuple[OperationsEvent, ...]:
    """By time; inside an instant what concerns no equipment first, then by declared order, each equipment keeping its own order."""
    place = {name: number for number, name in enumerate(equipment)}

    def key(fact: OperationsEvent) -> tuple[int, int, int, str, str]:
        if fact.equipment:
            return fact.effective_us, 1, place.get(fact.equipment, len(place)), "", ""
        if isinstance(fact, LotDispositionChanged) and fact.sender:
            return fact.effective_us, 0, 0, "", fact.material
        kind = next((n for n, type_ in enumerate(_WITHOUT_EQUIPMENT) if isinstance(fact, type_)), len(_WITHOUT_EQUIPMENT))
        return fact.effective_us, 0, kind, getattr(fact, "order", ""), getattr(fact, "material", "")

    return tuple(sorted(facts, key=key))

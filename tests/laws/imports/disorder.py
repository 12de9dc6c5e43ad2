"""A record as it arrives from a plant: most of it in order, some of it late, some twice, some behind what happened after it."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from typing import Any

from twin.results.run import Run
from twin.store.ingest import ReceivedFact
from twin.store.journal import PLANT_SOURCES


def messages_of(run: Run) -> list[ReceivedFact]:
    """What the plant of a run said, as a sender numbers it."""
    facts = (entry.event for entry in run.journal.entries() if entry.source in PLANT_SOURCES)
    return [ReceivedFact(id=f"plc/{n}", sequence=n, event=fact) for n, fact in enumerate(facts, 1)]


def disordered(messages: Sequence[ReceivedFact], seed: int, share: float, places: int) -> tuple[list[ReceivedFact], Counter[str]]:
    """The messages as they arrive, and how many were moved or doubled; what is moved comes up to `places` messages later than its turn."""
    draw, kinds = random.Random(seed), Counter[str]()
    arriving: list[tuple[float, int, ReceivedFact]] = []
    for n, message in enumerate(messages):
        kind = draw.choice(("late", "twice", "swapped")) if draw.random() < share else ""
        kinds[kind] += 1
        place = {"late": n + draw.uniform(1, places), "swapped": n + 1.5}.get(kind, float(n))
        arriving.append((place, n, message))
        if kind == "twice":
            arriving.append((place + draw.uniform(0, places), n, message))
    arriving.sort(key=lambda it: it[:2])
    return [message for *_, message in arriving], kinds


def ending(run: Run) -> dict[str, Any]:
    """The state of a run, as known at its end, as plain values: what an import must not depend on the order of arrival in."""
    mes, erp = run.mes, run.erp
    window = run.scenario.start_us, run.now_us
    return {
        "job orders": {name: _plain(job, but={"before", "after", "step"}) for name, job in mes.job_orders.items()},
        "lots": {name: _plain(lot) for name, lot in mes.lots.items()},
        "stock": [asdict(row) for row in erp.stock_rows()],
        "requests": {name: _plain(request) for name, request in mes.requests.items()},
        "orders": [asdict(row) for row in erp.orders(run.now_us)],
        "state intervals": {name: mes.equipment.intervals(name, *window) for name in mes.equipment.records},
        "counts": {name: mes.equipment.counts(name, *window) for name in mes.equipment.records},
        "indicators": {by: mes.indicators(by, *window) for by in ("equipment", "request", "shift", "product", "person")},
        "ledger balances": dict(erp.ledger.balances),
        "value of stock": dict(erp.ledger.stock_balances),
        "work in progress": dict(erp.ledger.wip_balances),
    }


def _plain(it: Any, but: Iterable[str] = ()) -> dict[str, Any]:
    return {name: getattr(it, name) for name in type(it).__slots__ if name not in but}


def differing(one: dict[str, Any], other: dict[str, Any], same: Callable[[Any, Any], bool] = lambda a, b: a == b) -> list[str]:
    """Which parts of two endings differ."""
    return [name for name in one if not same(one[name], other[name])]

"""The stages of a lot in words: every event that it went through, with how much, where, by whom, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from twin.model import events as e
from twin.model.events import OperationsEvent
from twin.model.events.genealogy import LotMergedInProcess
from twin.model.events.production import MaterialActualCorrected
from twin.model.states import MaterialUse
from twin.results.run import Run

Told = tuple[str, int | None, str]  # the stage, how much, and what else there is to say


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What happened to a lot at one instant."""

    at_us: int
    stage: str
    quantity: int | None
    place: str  # equipment or storage unit
    person: str
    job_order: str
    detail: str


def stages_of(run: Run, lot: str) -> list[Stage]:
    """All that a lot went through, by time; of one instant as it came to be known."""
    told = (_stage(run, lot, event) for event in run.mes.passages.of(lot))
    return sorted((it for it in told if it), key=lambda it: it.at_us)


def _stage(run: Run, lot: str, event: OperationsEvent) -> Stage | None:
    stage, quantity, detail = WORDS[type(event)](run, lot, event)
    if not stage:
        return None
    place = getattr(event, "place", "") or event.equipment
    return Stage(
        at_us=event.effective_us, stage=stage, quantity=quantity, place=place, person=event.person, job_order=event.job_order, detail=detail
    )


def _material_actual(run: Run, lot: str, event: e.MaterialActual) -> Told:
    if event.use == MaterialUse.CONSUMED and event.lot == lot:
        return "went into", event.quantity, run.mes.tracking.worked_on(event.job_order)
    if event.use == MaterialUse.CONSUMED:
        return "took", event.quantity, f"of {event.lot} ({event.material})"
    if event.use in (MaterialUse.BY_PRODUCT, MaterialUse.CO_PRODUCT) and event.lot != lot:
        return "gave", event.quantity, f"{event.lot} ({event.material}) beside it"
    words = {MaterialUse.PRODUCED: "into stock", MaterialUse.SCRAPPED: "scrapped", MaterialUse.BY_PRODUCT: "came as by-product"}
    words[MaterialUse.CO_PRODUCT] = "came as co-product"
    return words.get(MaterialUse(event.use), event.use.lower()), event.quantity, ""


def _corrected(run: Run, lot: str, event: MaterialActualCorrected) -> Told:
    what = "made" if event.use == MaterialUse.PRODUCED else "scrapped"
    return f"{'more' if event.quantity > 0 else 'less'} {what}", abs(event.quantity), "as is known now"


def _split(run: Run, lot: str, event: e.LotSplit) -> Told:
    return ("split off", event.quantity, f"as {event.lot}") if lot == event.from_lot else ("split from", event.quantity, event.from_lot)


def _merged(run: Run, lot: str, event: e.LotMerged | LotMergedInProcess) -> Told:
    return ("merged into", event.quantity, event.lot) if lot == event.from_lot else ("merged from", event.quantity, event.from_lot)


def _completed(run: Run, lot: str, event: e.JobOrderCompleted) -> Told:
    others = (f"{event.scrap:,} scrapped" * bool(event.scrap), f"{event.rework:,} to be reworked" * bool(event.rework))
    return f"{_operation(run, event)} done", event.good, ", ".join(filter(None, others))


def _operation(run: Run, event: OperationsEvent) -> str:
    job = run.mes.execution.job_orders.get(event.job_order)
    return f"operation {job.operation}" if job else f"job order {event.job_order}"


def _measured(run: Run, lot: str, event: e.TestResultRecorded) -> Told:
    return "measured", None, f"{event.characteristic} {event.value:g} {event.unit}".rstrip() + ("" if event.passed else ": failed")


def _judged(run: Run, lot: str, event: e.InspectionJudged) -> Told:
    return "inspected", None, f"{event.plan}: {event.verdict}" + (f", {event.reason}" if event.reason else "")


def _disposed(run: Run, lot: str, event: e.LotDispositionChanged) -> Told:
    return "released" if event.disposition == "UnRestricted" else "held", None, event.reason


def _unbuilt(run: Run, lot: str, event: e.ProductUnbuilt) -> Told:
    if lot == event.lot:
        return (
            "taken apart",
            event.quantity,
            ", ".join(f"{quantity:,} {material} as {into}" for material, into, quantity in event.recovered),
        )
    return "taken out of", next((quantity for _, into, quantity in event.recovered if into == lot), 0), event.lot


def _created(run: Run, lot: str, event: e.LotCreated) -> Told:
    return ("found", event.quantity, "") if event.place else ("planned", event.quantity, f"for request {event.request}")


WORDS: dict[type[OperationsEvent], Callable[[Run, str, Any], Told]] = {
    e.GoodsReceived: lambda run, lot, it: ("received", it.quantity, f"from {it.supplier} on {it.order}"),
    e.GoodsReceiptCorrected: lambda run, lot, it: ("receipt corrected", it.quantity, f"on {it.order}"),
    e.GoodsReturned: lambda run, lot, it: ("sent back", it.quantity, f"on {it.order}"),
    e.GoodsShipped: lambda run, lot, it: ("shipped", it.quantity, f"to {it.customer} on {it.order}"),
    e.GoodsTakenBack: lambda run, lot, it: ("came back", it.quantity, f"of order {it.order}"),
    e.StockCounted: lambda run, lot, it: ("counted", it.quantity, f"{it.difference:+,}" if it.difference else ""),
    e.WorkInProcessCounted: lambda run, lot, it: ("found in process", it.quantity, f"before operation {it.operation}"),
    e.ProductUnbuilt: _unbuilt,
    e.LotCreated: _created,
    e.LotSplit: _split,
    e.LotMerged: _merged,
    LotMergedInProcess: _merged,
    e.LotMoved: lambda run, lot, it: ("moved", None, ""),
    e.LotSetDown: lambda run, lot, it: ("set down", None, ""),
    e.MaterialIdentified: lambda run, lot, it: ("identified", None, ""),
    e.LotScanned: lambda run, lot, it: ("scanned", None, f"at {it.terminal}" if it.terminal else ""),
    e.MaterialActual: _material_actual,
    MaterialActualCorrected: _corrected,
    e.JobOrderStarted: lambda run, lot, it: (f"{_operation(run, it)} begun", None, ""),
    e.JobOrderCompleted: _completed,
    e.JobOrderAborted: lambda run, lot, it: (f"{_operation(run, it)} given up", None, it.reason),
    e.OperationSkipped: lambda run, lot, it: (f"{_operation(run, it)} passed over", it.quantity, ""),
    e.TestResultRecorded: _measured,
    e.DefectsCounted: lambda run, lot, it: ("inspected", it.inspected, f"{it.characteristic}: {it.found} found"),
    e.InspectionJudged: _judged,
    e.LotDispositionChanged: _disposed,
}


def rows(stages: Iterable[Stage]) -> list[dict[str, Any]]:
    """As rows of a table; `at` in microseconds."""
    return [
        {
            "at": it.at_us, "stage": it.stage, "quantity": it.quantity, "place": it.place, "person": it.person, "job_order": it.job_order,
            "detail": it.detail,
        }
        for it in stages
    ]  # fmt: skip

"""OperationsPerformance: responses to requests, with what each job order took and gave; from events, and back to them.

B2MML gives actuals no time of their own, so each carries it as the property EffectiveTimeStamp; where another MES leaves it out, it is the
end of its segment. The life of a job order stands in SegmentData, one entry a change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from twin.model import events as e
from twin.model.events import OperationsEvent
from twin.model.events.production import JobOrderCorrected, MaterialActualCorrected
from twin.model.exchange import nouns
from twin.model.exchange.parts import HierarchyScope, Property, Quantity
from twin.model.exchange.properties import Told, properties_of, told_by

NOBODY = "none"
"""Id of the response, or of the segment, of what belongs to no request, or to no job order."""

_LIFE = (
    e.JobOrderCreated, e.JobOrderStarted, e.JobOrderPaused, e.JobOrderHeld, e.JobOrderResumed, e.JobOrderAborted, e.JobOrderCompleted,
    JobOrderCorrected,
)  # fmt: skip
_ACTUALS = (e.MaterialActual, e.EquipmentActual, e.PersonnelActual)
CARRIED: tuple[type[OperationsEvent], ...] = (*_LIFE, *_ACTUALS, e.OperationsResponse)
"""What a performance says; all else is said by OperationsEvent."""

_STATES: Mapping[type[OperationsEvent], nouns.ResponseState] = {
    e.JobOrderCreated: "Waiting", e.JobOrderStarted: "Running", e.JobOrderPaused: "Suspended", e.JobOrderHeld: "Held",
    e.JobOrderResumed: "Running", e.JobOrderAborted: "Aborted", e.JobOrderCompleted: "Completed", JobOrderCorrected: "Completed",
}  # fmt: skip
_PLACE = ("request", "job_order")


def performance(told: Iterable[Told], performance_id: str, site: str, published_us: int) -> nouns.OperationsPerformance:
    """The performance that these events are; others than those of `CARRIED` are passed over."""
    requests: dict[str, dict[str, list[Told]]] = {}
    answers: dict[str, Told] = {}
    first_us = last_us = None
    for it in told:
        event = it.event
        if not isinstance(event, CARRIED):
            continue
        first_us = event.effective_us if first_us is None else min(first_us, event.effective_us)
        last_us = event.effective_us if last_us is None else max(last_us, event.effective_us)
        segments = requests.setdefault(event.request, {})
        if isinstance(event, e.OperationsResponse):
            answers[event.request] = it
        else:
            segments.setdefault(event.job_order, []).append(it)
    return nouns.OperationsPerformance(
        id=performance_id, hierarchy_scope=HierarchyScope(equipment_id=site), start_time=first_us, end_time=last_us,
        published_date=published_us, operations_response=[_response(it, requests[it], answers.get(it)) for it in requests],
    )  # fmt: skip


def _response(request: str, segments: dict[str, list[Told]], answer: Told | None) -> nouns.OperationsResponse:
    said = answer.event if answer else None
    return nouns.OperationsResponse(
        id=f"{request or NOBODY}/response", operations_request_id=request,
        operations_definition_id=said.material if isinstance(said, e.OperationsResponse) else "",
        end_time=said.effective_us if said else None, response_state="Completed" if said else "Running",
        operations_response_property=properties_of(answer, ("request", "material", "effective_us")) if answer else [],
        segment_response=[_segment(job_order, told) for job_order, told in segments.items()],
    )  # fmt: skip


def _segment(job_order: str, told: list[Told]) -> nouns.SegmentResponse:
    life = [it for it in told if isinstance(it.event, _LIFE)]
    created = next((it.event for it in life if isinstance(it.event, e.JobOrderCreated)), None)
    started = [it.event.effective_us for it in life if isinstance(it.event, e.JobOrderStarted)]
    ended = [it.event.effective_us for it in life if isinstance(it.event, e.JobOrderCompleted | e.JobOrderAborted)]
    return nouns.SegmentResponse(
        id=job_order or NOBODY, operations_segment_id=created.operation if created else "",
        actual_start_time=started[0] if started else None, actual_end_time=ended[-1] if ended else None,
        segment_state=_STATES[type(life[-1].event)] if life else "Running",
        segment_data=[nouns.SegmentData(id=type(it.event).__name__, segment_data_property=properties_of(it, _PLACE)) for it in life],
        personnel_actual=[_person(it) for it in told if isinstance(it.event, e.PersonnelActual)],
        equipment_actual=[_equipment(it) for it in told if isinstance(it.event, e.EquipmentActual)],
        material_actual=[_material(it) for it in told if isinstance(it.event, e.MaterialActual)],
    )  # fmt: skip


def _material(told: Told) -> nouns.MaterialActual:
    event: Any = told.event
    return nouns.MaterialActual(
        material_definition_id=event.material, material_lot_id=event.lot, material_use=event.use,
        quantity=Quantity(quantity_string=event.quantity),
        record_action="Changed" if isinstance(event, MaterialActualCorrected) else "Added",
        material_actual_property=properties_of(told, (*_PLACE, "material", "lot", "use", "quantity")),
    )  # fmt: skip


def _equipment(told: Told) -> nouns.EquipmentActual:
    return nouns.EquipmentActual(equipment_id=told.event.equipment, equipment_actual_property=properties_of(told, (*_PLACE, "equipment")))


def _person(told: Told) -> nouns.PersonnelActual:
    event: Any = told.event
    return nouns.PersonnelActual(
        person_id=event.person, quantity=Quantity(quantity_string=event.work_us, unit_of_measure="us"),
        personnel_actual_property=properties_of(told, (*_PLACE, "person", "work_us")),
    )  # fmt: skip


Tell = Callable[[str, list[Property], dict[str, Any], int | None], None]


def told_by_performance(said: nouns.OperationsPerformance) -> tuple[list[Told], list[str]]:
    """What a performance says as events, in the order of the message; and what in it cannot be said, by path."""
    found: list[Told] = []
    wrong: list[str] = []
    for n, response in enumerate(said.operations_response):
        for k, segment in enumerate(response.segment_response):
            path = f"OperationsResponse/{n}/SegmentResponse/{k}"
            job_order = "" if segment.id == NOBODY else segment.id
            place = {"request": response.operations_request_id, "job_order": job_order}
            for kind, known, properties in _said_by(segment, wrong, path):
                try:
                    found.append(told_by(kind, properties, {**place, **known}, segment.actual_end_time or response.end_time))
                except ValueError as error:
                    wrong.append(f"{path}: {error}")
        if response.response_state == "Completed":
            try:
                found.append(_answer(response))
            except ValueError as error:
                wrong.append(f"OperationsResponse/{n}: {error}")
    return found, wrong


def _said_by(segment: nouns.SegmentResponse, wrong: list[str], path: str) -> Iterable[tuple[str, dict[str, Any], list[Property]]]:
    for it in segment.segment_data:
        if it.id in {kind.__name__ for kind in _LIFE}:
            yield it.id, {}, it.segment_data_property
        else:
            wrong.append(f"{path}/SegmentData: '{it.id}' is nothing; allowed: {', '.join(kind.__name__ for kind in _LIFE)}")
    for actual in segment.personnel_actual:
        work_us = actual.quantity.quantity_string
        kind = "PersonnelActualCorrected" if work_us < 0 else "PersonnelActual"
        yield kind, {"person": actual.person_id, "work_us": work_us}, actual.personnel_actual_property
    for used in segment.equipment_actual:
        yield "EquipmentActual", {"equipment": used.equipment_id}, used.equipment_actual_property
    for it_used in segment.material_actual:
        known = {
            "material": it_used.material_definition_id, "lot": it_used.material_lot_id, "use": it_used.material_use,
            "quantity": it_used.quantity.quantity_string,
        }  # fmt: skip
        yield "MaterialActualCorrected" if it_used.record_action == "Changed" else "MaterialActual", known, it_used.material_actual_property


def _answer(response: nouns.OperationsResponse) -> Told:
    """The request is finished; what it gave is said, or follows from its actuals."""
    given = [it for segment in response.segment_response for it in segment.material_actual]
    made = [it for it in given if it.material_use == "Produced"]
    material = response.operations_definition_id or next((it.material_definition_id for it in made), "")
    known = {
        "request": response.operations_request_id, "material": material,
        "good": sum(it.quantity.quantity_string for it in made),
        "scrap": sum(it.quantity.quantity_string for it in given if it.material_use == "Scrapped"),
    }  # fmt: skip
    return told_by("OperationsResponse", response.operations_response_property, known, response.end_time)

"""OperationsSchedule and OperationsEvent: what Level 4 asks for, and what happened, from events and back to them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from twin.model.events import OperationsRequestReleased, OperationsRequestScheduled
from twin.model.events.operations_event import event_to_fields
from twin.model.exchange import nouns
from twin.model.exchange.bounds import out_of_bounds
from twin.model.exchange.parts import HierarchyScope, Quantity
from twin.model.exchange.properties import Told, properties_of, told_by

_LEVELS: dict[int, Literal["Level2", "Level3", "Level4"]] = {2: "Level2", 3: "Level3", 4: "Level4"}


def schedule(told: Iterable[Told], schedule_id: str, site: str, published_us: int) -> nouns.OperationsSchedule:
    """The requests that were released, or scheduled by another Level 4; the first word on each counts."""
    requests: dict[str, nouns.OperationsRequest] = {}
    for it in told:
        event = it.event
        if isinstance(event, OperationsRequestReleased | OperationsRequestScheduled) and event.request not in requests:
            requests[event.request] = _request(event)
    ends = [it.end_time for it in requests.values()]
    starts = [it.start_time for it in requests.values() if it.start_time is not None]
    return nouns.OperationsSchedule(
        id=schedule_id, hierarchy_scope=HierarchyScope(equipment_id=site), start_time=min(starts, default=None),
        end_time=max(ends, default=None), published_date=published_us, operations_request=list(requests.values()),
    )  # fmt: skip


def _request(event: OperationsRequestReleased | OperationsRequestScheduled) -> nouns.OperationsRequest:
    wanted = nouns.MaterialRequirement(material_definition_id=event.material, quantity=Quantity(quantity_string=event.quantity))
    return nouns.OperationsRequest(
        id=event.request, end_time=event.due_us, priority=event.priority, customer_order_id=event.order,
        start_time=event.release_us if isinstance(event, OperationsRequestScheduled) else event.effective_us,
        segment_requirement=[nouns.SegmentRequirement(id=event.material, material_requirement=[wanted])],
    )  # fmt: skip


def told_by_schedule(said: nouns.OperationsSchedule, now_us: int, materials: Iterable[str]) -> tuple[list[Told], list[str]]:
    """The requests of a schedule as they become known at `now_us`; a forecast is none yet. And what cannot be asked here, by path."""
    found: list[Told] = []
    wrong: list[str] = []
    made, seen = list(materials), set[str]()
    for n, it in enumerate(said.operations_request):
        path = f"OperationsRequest/{n}"
        wanted = it.segment_requirement[0].material_requirement[0]
        quantity = wanted.quantity.quantity_string
        if wanted.material_definition_id not in made:
            wrong.append(f"{path}: nothing here makes '{wanted.material_definition_id}'; allowed: {', '.join(made)}")
        if quantity < 1:
            wrong.append(f"{path}: {quantity} pieces; allowed: 1 or more")
        if it.operations_type != "Production":
            wrong.append(f"{path}: a request of type '{it.operations_type}'; allowed: Production")
        if it.id in seen:
            wrong.append(f"{path}: request '{it.id}' stands here twice; allowed: each once")
        seen.add(it.id)
        if it.request_state == "Released":
            event = OperationsRequestScheduled(
                effective_us=now_us, request=it.id, order=it.customer_order_id, material=wanted.material_definition_id,
                quantity=quantity, due_us=it.end_time, release_us=it.start_time if it.start_time is not None else now_us,
                priority=it.priority,
            )  # fmt: skip
            wrong += [f"{path}: {beyond}" for beyond in out_of_bounds({**event_to_fields(event), "quantity": max(quantity, 0)})]
            found.append(Told(sequence=0, event=event))
    return found, wrong


def as_operations_event(told: Told, event_id: str) -> nouns.OperationsEvent:
    """One event, whatever it is."""
    event = told.event
    return nouns.OperationsEvent(
        id=event_id, operations_event_definition_id=type(event).__name__,
        operations_event_level=_LEVELS[event.LEVEL],
        record_action="Observed" if event.LEVEL == 2 else "Added", effective_time_stamp=event.effective_us,
        record_time_stamp=event.recorded_us if event.recorded_us != event.effective_us else None,
        operations_event_property=properties_of(told, ("effective_us", "recorded_us")),
    )  # fmt: skip


def told_by_event(said: nouns.OperationsEvent) -> tuple[list[Told], list[str]]:
    """The event of a message; what is wrong with it."""
    known = {"effective_us": said.effective_time_stamp}
    if said.record_time_stamp is not None:
        known["recorded_us"] = said.record_time_stamp
    try:
        return [told_by(said.operations_event_definition_id, said.operations_event_property, known)], []
    except ValueError as error:
        return [], [str(error)]

"""OperationsSchedule and OperationsEvent: what Level 4 asks for, and what happened, from events and back to them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Literal

from twin.model.events import OperationsRequestReleased, OperationsRequestRevised, OperationsRequestScheduled, OperationsRequestWithdrawn
from twin.model.events.operations_event import event_to_fields
from twin.model.exchange import nouns
from twin.model.exchange.bounds import out_of_bounds
from twin.model.exchange.parts import HierarchyScope, Quantity
from twin.model.exchange.properties import Told, properties_of, told_by
from twin.model.problems import did_you_mean, listed
from twin.model.trade.changes import Requested

_LEVELS: dict[int, Literal["Level2", "Level3", "Level4"]] = {2: "Level2", 3: "Level3", 4: "Level4"}


def schedule(told: Iterable[Told], schedule_id: str, site: str, published_us: int) -> nouns.OperationsSchedule:
    """The requests that were released, or scheduled by another Level 4, as they were revised last; the first word on each counts beside."""
    requests: dict[str, nouns.OperationsRequest] = {}
    for it in told:
        event = it.event
        if isinstance(event, OperationsRequestReleased | OperationsRequestScheduled) and event.request not in requests:
            requests[event.request] = _request(event)
        elif isinstance(event, OperationsRequestRevised) and event.request in requests:
            requests[event.request] = _revised(requests[event.request], event)
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


def _revised(known: nouns.OperationsRequest, event: OperationsRequestRevised) -> nouns.OperationsRequest:
    """The request as it is from then on; of one that is cancelled the quantity stays that was asked for."""
    if not event.quantity:
        return known.model_copy(update={"request_state": "Cancelled"})
    wanted = nouns.MaterialRequirement(material_definition_id=event.material, quantity=Quantity(quantity_string=event.quantity))
    segment = nouns.SegmentRequirement(id=event.material, material_requirement=[wanted])
    changed = {"end_time": event.due_us, "start_time": event.release_us, "priority": event.priority, "segment_requirement": [segment]}
    return known.model_copy(update=changed)


def told_by_schedule(
    said: nouns.OperationsSchedule, now_us: int, materials: Iterable[str], known: Mapping[str, Requested]
) -> tuple[list[Told], list[str]]:
    """The requests of a schedule as they become known at `now_us`; a forecast is none yet. And what cannot be asked here, by path.

    A request that is `known` is wanted otherwise, or is told once more; which of that can be, whoever has it says.
    """
    found: list[Told] = []
    wrong: list[str] = []
    made, seen = list(materials), set[str]()
    for n, it in enumerate(said.operations_request):
        path = f"OperationsRequest/{n}"
        wrong += [f"{path}: {words}" for words in _unasked(it, made, seen, known)]
        seen.add(it.id)
        wanted = it.segment_requirement[0].material_requirement[0]
        event = OperationsRequestScheduled(
            effective_us=now_us, request=it.id, order=it.customer_order_id, material=wanted.material_definition_id,
            quantity=wanted.quantity.quantity_string, due_us=it.end_time, release_us=_release_us(it.start_time, it.id, now_us, known),
            priority=it.priority,
        )  # fmt: skip
        wrong += [f"{path}: {beyond}" for beyond in out_of_bounds({**event_to_fields(event), "quantity": max(event.quantity, 0)})]
        if it.request_state == "Released":
            found.append(Told(sequence=0, event=event))
        elif it.request_state == "Cancelled":
            found.append(Told(sequence=0, event=OperationsRequestWithdrawn(effective_us=now_us, request=it.id)))
    return found, wrong


def _unasked(
    it: nouns.OperationsRequest | nouns.OtherRequest, made: Collection[str], seen: Collection[str], known: Mapping[str, Requested]
) -> Iterator[str]:
    """Why a request cannot be asked for so, in words."""
    now = known.get(it.id)
    for wanted in (material for segment in it.segment_requirement for material in segment.material_requirement):
        quantity, material = wanted.quantity.quantity_string, wanted.material_definition_id
        if material not in made:
            yield f"nothing here makes '{material}'; allowed: {', '.join(made)}"
        elif now and material != now.material:
            yield f"request '{it.id}' makes '{now.material}', and not '{material}'; allowed: that, or another request"
        if quantity < 1:
            yield f"{quantity} pieces; allowed: 1 or more"
    if now and it.customer_order_id not in ("", now.order):
        whose = f"is for customer order '{now.order}'" if now.order else "is for no customer order"
        allowed = "that, CustomerOrderID left out, or another request" if now.order else "CustomerOrderID left out, or another request"
        yield f"request '{it.id}' {whose}, and not for '{it.customer_order_id}'; allowed: {allowed}"
    if it.operations_type != "Production":
        yield f"a request of type '{it.operations_type}'; allowed: Production"
    if it.id in seen:
        yield f"request '{it.id}' stands here twice; allowed: each once"
    if now is None and it.request_state == "Cancelled":
        yield f"nobody has told a request '{it.id}'{did_you_mean(it.id, known)}, so none is cancelled; allowed: {listed(known)}"
    if now and it.request_state == "Forecast":
        yield f"request '{it.id}' was asked for, and is no forecast any more; allowed: Released, Cancelled"


def _release_us(start_us: int | None, request: str, now_us: int, known: Mapping[str, Requested]) -> int:
    """When it is let go: as it says; else as it was told before; else at once."""
    if start_us is not None:
        return start_us
    return known[request].release_us if request in known else now_us


def _start_us(start_us: int | None, due_us: int, now: Requested) -> int:
    """When a changed request is let go: as it says; else as much later or sooner as it is due, if it has not been let go."""
    moved_us = 0 if now.is_released else due_us - now.due_us
    return now.release_us + moved_us if start_us is None else start_us


def told_otherwise(
    said: nouns.OtherSchedule, now_us: int, materials: Iterable[str], known: Mapping[str, Requested], *, is_cancel: bool
) -> tuple[list[Told], list[str]]:
    """What requests that were told before are wanted to be (Change), or are not any more (Cancel). And what cannot be asked, by path."""
    found: list[Told] = []
    wrong: list[str] = []
    made, seen = list(materials), set[str]()
    for n, it in enumerate(said.operations_request):
        path, now = f"OperationsRequest/{n}", known.get(it.id)
        if now is None:
            wrong.append(f"{path}: nobody has told a request '{it.id}'{did_you_mean(it.id, known)}; allowed: {listed(known)}")
            continue
        wrong += [f"{path}: {words}" for words in _unasked(it, made, seen, known)]
        seen.add(it.id)
        if is_cancel or it.request_state == "Cancelled":
            found.append(Told(sequence=0, event=OperationsRequestWithdrawn(effective_us=now_us, request=it.id)))
            continue
        wanted = [material.quantity.quantity_string for segment in it.segment_requirement for material in segment.material_requirement]
        due_us = now.due_us if it.end_time is None else it.end_time
        event = OperationsRequestScheduled(
            effective_us=now_us, request=it.id, order=now.order, material=now.material, quantity=wanted[0] if wanted else now.quantity,
            due_us=due_us, release_us=_start_us(it.start_time, due_us, now),
            priority=now.priority if it.priority is None else it.priority,
        )  # fmt: skip
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

"""Release: what Level 4 asks for becomes lots and job orders, and is answered when the last of them has ended."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from twin.model.events import (
    JobOrderCreated,
    LotCreated,
    MaterialActual,
    OperationsEvent,
    OperationsRequestReleased,
    OperationsResponse,
    WorkAlertRaised,
    WorkInProcessCounted,
)
from twin.model.plant import BatchSize, Plant, job_order_id
from twin.model.scenario import Policies
from twin.model.states import MaterialUse


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One operation of the routing of a material, with all that the plant files say about it."""

    material: str
    operation: str
    work_center: str
    equipment: tuple[str, ...]  # work units or lines that can do it, in declared order, those of alternatives last
    others: Mapping[str, tuple[int, float, float]]  # by equipment of an alternative: its number from 1, and its times as below
    personnel_class: str | None
    attended: str  # "setup" or "all"
    setup_family: str | None
    transport_us: int  # expected, where the arrival is told
    interval_us: int  # cascade: the unit is free for the next piece or lot so long after the last; 0: after the whole run
    arrival_is_told: bool  # a lot that is done here is scanned where it goes next: nobody can reckon when
    piece_us: float  # expected run time for each piece
    lot_us: float  # and for the lot, however large
    later_piece_us: float  # the same of all operations after it
    later_lot_us: float
    operations_left: int  # this one and all after it
    rework_to: str | None
    following: str | None  # the operation after it
    is_first: bool  # consumes the bill
    begins_here: bool  # a lot may come into being here, as it is started
    batch: BatchSize | None  # how large its batches are; None: as its units say
    same_unit_as: str | None  # the lot comes back to the unit that did this earlier operation

    def preference(self, equipment: str) -> int:
        """0: `equipment` does it as declared; n: by its n-th alternative."""
        other = self.others.get(equipment)
        return other[0] if other else 0

    def run_us(self, quantity: int, equipment: str = "") -> float:
        """Expected run time for `quantity` pieces on `equipment` (left out: where it is done as declared), us."""
        _, piece_us, lot_us = self.others.get(equipment) or (0, self.piece_us, self.lot_us)
        return piece_us * quantity + lot_us

    def busy_us(self, quantity: int, equipment: str = "") -> float:
        """Expected time for which a run keeps `equipment` busy, us."""
        if not self.interval_us:
            return self.run_us(quantity, equipment)
        return float(self.interval_us * (quantity if self.piece_us else 1))

    def away_us(self, equipment: str = "") -> float:
        """Expected time from the end of a run on `equipment` until the lot is where it goes next, us."""
        return self.transport_us + (max(0.0, self.run_us(1, equipment) - self.interval_us) if self.interval_us else 0.0)

    def remaining_us(self, quantity: int, equipment: str = "") -> float:
        """Expected run time of this and all later operations, us."""
        return self.run_us(quantity, equipment) + self.later_piece_us * quantity + self.later_lot_us


def _steps_of(plant: Plant, material: str) -> dict[str, Step]:
    steps: dict[str, Step] = {}
    later_piece_us = later_lot_us = 0.0
    following: str | None = None
    for left, (operation, it) in enumerate(reversed(plant.layout.routings[material].items()), start=1):
        segment = plant.layout.process_segments[it.segment]
        others = {name: (n, *plant.expected_us(way)) for name, (n, way) in plant.other_ways(it).items()}
        equipment = (*plant.equipment_of(it.segment), *others)
        piece_us, lot_us = plant.expected_us(it)
        steps[operation] = Step(
            material=material, operation=operation, work_center=segment.work_center, equipment=equipment, others=others,
            personnel_class=segment.personnel_class, attended=segment.attended, setup_family=it.setup_family,
            transport_us=round(it.transport.mean_us), interval_us=it.interval or 0, batch=it.batch, same_unit_as=it.same_unit_as,
            arrival_is_told=it.arrival_is_told, piece_us=piece_us, lot_us=lot_us, later_piece_us=later_piece_us, later_lot_us=later_lot_us,
            operations_left=left, rework_to=it.rework_to, following=following,
            is_first=operation == next(iter(plant.layout.routings[material])), begins_here=plant.may_begin_at(material, operation),
        )  # fmt: skip
        later_piece_us += piece_us
        later_lot_us += lot_us
        following = operation
    return dict(reversed(steps.items()))


@dataclass(slots=True, kw_only=True)
class Request:
    """What Level 4 asked for (ISA-95 OperationsRequest), and what came of it."""

    request: str
    order: str
    material: str
    quantity: int
    due_us: int
    priority: int
    released_us: int
    open_count: int = 0  # job orders that have not ended
    announced_count: int = 0  # job orders of rework lots that follow from a completion, and are not created yet
    uncut: list[tuple[str, int]] = field(default_factory=list)  # lots that are not let in yet: ids and quantities
    good: int = 0
    scrap: int = 0
    answered_us: int = -1
    was_stock: bool = False  # a lot in stock goes back into work for it


class Release:
    """Requests by id, and the steps that their job orders take."""

    def __init__(self, plant: Plant, policies: Policies) -> None:
        self.follow(policies)
        self._backlog: dict[str, Request] = {}  # with lots that are not let in yet, in the order in which they were released
        self._in_work: dict[str, tuple[Step, int]] = {}  # by lot: what is next for it, or is being done, and its pieces
        self._materials = plant.materials.materials
        self.steps: dict[str, dict[str, Step]] = {}
        self.requests: dict[str, Request] = {}
        self.sources: dict[str, list[str]] = {}  # of each work center those whose job orders its equipment may take
        self.know(plant, plant.layout.routings)

    def know(self, plant: Plant, materials: Iterable[str]) -> None:
        """How these are made, from now on."""
        self.steps |= {material: _steps_of(plant, material) for material in materials}
        self.sources |= plant.sources_of_centers()
        all_steps = [step for steps in self.steps.values() for step in steps.values()]
        self.most_alternatives = max((other[0] for step in all_steps for other in step.others.values()), default=0)

    def follow(self, policies: Policies) -> None:
        """Let in by these policies from now on; what is in stays."""
        decides = policies.decisions in ("mes", "persons")
        self._conwip_lots = policies.conwip_lots if decides else None
        self._workload = policies.workload if decides else {}

    @property
    def backlog(self) -> list[str]:
        """Requests with lots that are not let in yet, in the order of their release."""
        return list(self._backlog)

    def step(self, material: str, operation: str) -> Step | None:
        return self.steps.get(material, {}).get(operation)

    def take(self, event: OperationsRequestReleased) -> list[OperationsEvent]:
        """Cut the request into lots of at most the material's lot size, each with a job order for each operation."""
        doubt = self._doubt(event)
        if doubt:
            return [WorkAlertRaised(effective_us=event.effective_us, request=event.request, alert="request", message=doubt)]
        lots = [] if event.from_lot else lots_of(event.request, event.quantity, self._materials[event.material].lot_size)
        request = self.requests[event.request] = Request(
            request=event.request, order=event.order, material=event.material, quantity=event.quantity,
            due_us=event.due_us, priority=event.priority, released_us=event.effective_us, uncut=lots,
            was_stock=bool(event.from_lot),
        )  # fmt: skip
        if event.from_lot:
            return self._take_again(event)
        return self.let_in(event.effective_us, request, [], request.uncut)

    def let_in(self, at_us: int, request: Request, waiting: list[tuple[str, int]], new: list[tuple[str, int]]) -> list[OperationsEvent]:
        """Let new lots of a request in beside those that wait for that: at once, unless a release rule lets them in as there is room."""
        request.uncut = [*waiting, *new]
        if request.uncut and (waiting or self._conwip_lots is not None or self._workload):
            self._backlog[request.request] = request
            return []
        self._backlog.pop(request.request, None)
        return [made for lot, quantity in new for made in self._cut(at_us, request, lot, quantity)]

    def more_lots(self, request: Request, quantity: int, taken: Collection[str]) -> list[tuple[str, int]]:
        """Ids and quantities of lots for so many pieces more of a request: the next numbers that none of its lots has."""
        size, lots = self._materials[request.material].lot_size or max(1, quantity), list[tuple[str, int]]()
        number = sum(name == request.request or name.startswith(f"{request.request}.") for name in taken)
        while quantity > 0:
            number += 1
            if (name := f"{request.request}.{number}") not in taken:
                lots.append((name, min(size, quantity)))
                quantity -= size
        return lots

    def _take_again(self, event: OperationsRequestReleased) -> list[OperationsEvent]:
        """A lot in stock goes back into work, as a whole or in part: the request takes it as if its bill said so."""
        at: dict[str, Any] = {"effective_us": event.effective_us, "request": event.request}
        made = LotCreated(**at, lot=event.request, material=event.material, quantity=event.quantity, from_lot=event.from_lot)
        onward = self.job_orders(event.effective_us, event.request, event.request, event.material, event.quantity, event.from_operation)
        taken = MaterialActual(
            **at, lot=event.from_lot, job_order=onward[0].job_order, use=MaterialUse.CONSUMED.value, material=event.material,
            quantity=event.quantity,
        )  # fmt: skip
        return [made, *onward, taken]

    def decide(self, now_us: int) -> list[OperationsEvent]:
        """Lots to let in now, as far as there is room: requests as they were released, but others pass one whose centers are full."""
        let_in: list[OperationsEvent] = []
        if not self._backlog:
            return let_in
        count, load_us = len(self._in_work), self._load_us()
        for request in self._backlog.values():
            steps = list(self.steps[request.material].values())
            for lot, quantity in request.uncut:
                if count >= (self._conwip_lots or count + 1):
                    return let_in
                if any(load_us.get(step.work_center, 0) >= self._workload.get(step.work_center, math.inf) for step in steps):
                    break
                let_in += self._cut(now_us, request, lot, quantity)
                count += 1
                self._add_load(load_us, steps[0], quantity)
        return let_in

    def _cut(self, at_us: int, request: Request, lot: str, quantity: int) -> list[OperationsEvent]:
        made = LotCreated(effective_us=at_us, request=request.request, lot=lot, material=request.material, quantity=quantity)
        return [made, *self.job_orders(at_us, request.request, lot, request.material, quantity)]

    def _load_us(self) -> dict[str, int]:
        """Expected work of all lots that are in, by work center, where there is a limit."""
        load_us: dict[str, int] = {}
        for step, quantity in self._in_work.values() if self._workload else ():
            self._add_load(load_us, step, quantity)
        return load_us

    def _add_load(self, load_us: dict[str, int], step: Step, quantity: int) -> None:
        while self._workload:
            load_us[step.work_center] = load_us.get(step.work_center, 0) + int(step.run_us(quantity))
            if step.following is None:
                return
            step = self.steps[step.material][step.following]

    def note_lot(self, event: LotCreated) -> list[OperationsEvent]:
        """A lot of a request was let in; somebody is told of one that is not what the request makes, and it is not taken."""
        request = self.requests.get(event.request)
        if request and request.material != event.material:
            words = f"lot '{event.lot}' is of '{event.material}', and request '{event.request}' makes '{request.material}'; allowed: that"
            return [WorkAlertRaised.about(event, "other_product", words)]
        if request and request.uncut and request.uncut[0][0] == event.lot:
            del request.uncut[0]
            if not request.uncut:
                self._backlog.pop(request.request, None)
        return []

    def note_place(self, lot: str, step: Step | None, quantity: int) -> None:
        """What is next for a lot; None: it is done, or lost."""
        if step is None or not quantity:
            self._in_work.pop(lot, None)
        else:
            self._in_work[lot] = step, quantity

    def take_found(self, event: WorkInProcessCounted) -> list[OperationsEvent]:
        """A lot was found in the middle of its routing: its request is open, and what is still to be done are its job orders."""
        doubt = self._doubt(event)
        if not doubt and event.operation not in self.steps[event.material]:
            doubt = f"the routing of '{event.material}' has no operation '{event.operation}'"
        if doubt:
            return [WorkAlertRaised(effective_us=event.effective_us, request=event.request, alert="request", message=doubt)]
        self.requests[event.request] = Request(
            request=event.request, order=event.order, material=event.material, quantity=event.quantity,
            due_us=event.due_us, priority=event.priority, released_us=event.effective_us,
        )  # fmt: skip
        return [*self.job_orders(event.effective_us, event.request, event.lot, event.material, event.quantity, event.operation)]

    def job_orders(
        self, at_us: int, request: str, lot: str, material: str, quantity: int, from_operation: str | None = None
    ) -> list[JobOrderCreated]:
        """One job order for each operation of a lot, from `from_operation` on."""
        steps = list(self.steps[material].values())
        first = next((n for n, step in enumerate(steps) if step.operation == from_operation), 0)
        due_us = self.requests[request].due_us if request in self.requests else -1
        return [
            JobOrderCreated(
                effective_us=at_us, equipment=step.work_center, request=request, job_order=job_order_id(lot, step.operation), lot=lot,
                material=material, operation=step.operation, quantity=quantity, due_us=due_us,
            )
            for step in steps[first:]
        ]  # fmt: skip

    def respond(self, at_us: int, request_id: str) -> list[OperationsEvent]:
        """The answer to Level 4 once nothing of the request is open any more; it is given once."""
        request = self.requests.get(request_id)
        if request is None or request.open_count or request.announced_count or request.uncut or request.answered_us >= 0:
            return []
        return [
            OperationsResponse(effective_us=at_us, request=request_id, material=request.material, good=request.good, scrap=request.scrap)
        ]

    def answer(self, event: OperationsResponse) -> None:
        if event.request in self.requests:
            self.requests[event.request].answered_us = event.effective_us

    def _doubt(self, event: OperationsRequestReleased | WorkInProcessCounted) -> str:
        if event.request in self.requests:
            return f"request '{event.request}' was released before"
        if event.material not in self.steps:
            return f"'{event.material}' has no routing: it cannot be made here"
        if event.quantity < 1:
            return f"request '{event.request}' asks for {event.quantity} pieces"
        if isinstance(event, OperationsRequestReleased) and event.from_lot and event.from_operation not in self.steps[event.material]:
            return f"the routing of '{event.material}' has no operation '{event.from_operation}'"
        return ""


def lots_of(request: str, quantity: int, lot_size: int | None) -> list[tuple[str, int]]:
    """Ids and quantities of the lots into which a request is cut: its own id for a single lot, else "<request>.<k>"."""
    size = lot_size or quantity
    count = -(-quantity // size)
    if count == 1:
        return [(request, quantity)]
    width = len(str(count))
    return [(f"{request}.{k + 1:0{width}}", min(size, quantity - k * size)) for k in range(count)]

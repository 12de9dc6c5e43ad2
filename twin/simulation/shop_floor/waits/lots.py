"""Lots in the making as they lie somewhere and wait: what is to be done with them, where they are, who holds them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Protocol

from twin.model.plant import job_order_id
from twin.simulation.clock import Settled
from twin.simulation.shop_floor.routing import Step


@dataclass(slots=True, kw_only=True)
class Storage:
    """A storage unit with the lots in it, in the order in which they came."""

    capacity: int | None
    lots: dict[str, Lot] = field(default_factory=dict)

    @property
    def count(self) -> int:
        return len(self.lots)

    @property
    def has_place(self) -> bool:
        return self.capacity is None or self.count < self.capacity


class Holder(Settled, Protocol):
    """Equipment that keeps finished lots until they find a place."""

    name: str
    leaving: list[Lot]


@dataclass(slots=True, kw_only=True, eq=False)
class Lot:
    """A lot in the making; `step` is what is to be done with it, or is being done, under `job_order`."""

    name: str
    quantity: int  # pieces
    step: Step
    job_order: str = field(init=False)
    ready_us: int  # when it is where that is done
    due_us: int = -1
    priority: int = 0
    starts: int = 0  # how often `step` was begun: more than once after an abort
    is_running: bool = False
    storage: Storage | None = None
    holder: Holder | None = None  # the equipment on which it waits for a place
    done_on: dict[str, str] = field(default_factory=dict)  # operations that a later one asks for: the equipment that did them
    waits_since_us: dict[str, int] = field(default_factory=dict)  # operations that have to begin in time: from when on that counts
    sent_back: dict[str, int] = field(default_factory=dict)  # how often it went back, since it had waited too long for an operation

    def __post_init__(self) -> None:
        self.job_order = job_order_id(self.name, self.step.operation)

    def may_go_to(self, equipment: str) -> bool:
        """Whether `equipment` is what did the operation that the next one is bound to, if it is bound to any."""
        bound_to = self.step.same_unit_as
        return bound_to is None or self.done_on.get(bound_to, equipment) == equipment

    @property
    def takers(self) -> tuple[str, ...]:
        """Equipment that it waits for until that does what is next for it; none, if it goes back or is lost after a while."""
        if self.step.limit and self.step.limit.ends_wait and self.step.operation in self.waits_since_us:
            return ()
        return tuple(it for it in self.step.equipment if self.may_go_to(it))

    def part(self, name: str, pieces: int) -> Lot:
        """Pieces of it, which wait for the same, as a lot of their own that lies nowhere yet."""
        return replace(
            self, name=name, quantity=pieces, starts=0, storage=None, holder=None, done_on=dict(self.done_on),
            waits_since_us=dict(self.waits_since_us), sent_back=dict(self.sent_back),
        )  # fmt: skip

    def take_in(self, other: Lot, pieces: int) -> bool:
        """Pieces of another that waits for the same go on as it: what has waited longest counts. Whether it waits longer by that."""
        since_us = self.waits_since_us.get(self.step.operation)
        self.quantity += pieces
        for operation, at_us in other.waits_since_us.items():
            self.waits_since_us[operation] = min(at_us, self.waits_since_us.get(operation, at_us))
        return self.waits_since_us.get(self.step.operation) != since_us

    def go_to(self, step: Step, ready_us: int) -> None:
        """What is to be done next, and when the lot is there."""
        self.step, self.ready_us, self.starts = step, ready_us, 0
        self.job_order = job_order_id(self.name, step.operation)

"""What other systems say in messages, beside what their messages are about."""

from __future__ import annotations

from dataclasses import dataclass

from twin.model.events.business import BusinessEvent
from twin.model.events.operations_event import OperationsEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationsRequestScheduled(BusinessEvent):
    """Another Level 4 wants `quantity` of `material` by `due_us`, in work from `release_us` on: our ERP lets it go then, as it is.

    Said again of a request that is known, it wants it otherwise: OperationsRequestRevised follows, or an alert that says why not.
    """

    material: str
    quantity: int
    due_us: int
    release_us: int
    priority: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationsRequestWithdrawn(BusinessEvent):
    """Another Level 4 wants nothing of `request` any more: OperationsRequestRevised follows, or an alert that says why not."""

    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageReceived(OperationsEvent):
    """A message was taken: its id, its sender, its name, and a digest of it, so that it is taken once whoever asks again."""

    message: str
    sender: str
    name: str
    digest: str
    fact_count: int

"""Requests that another Level 4 has scheduled: they take the place of those that we would plan."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from twin.erp.alerts import alert, nonsense
from twin.model.events import OperationsEvent, OperationsRequestScheduled

if TYPE_CHECKING:
    from twin.erp.erp import Erp

Derived = list[OperationsEvent]


def scheduled(erp: Erp) -> dict[type[OperationsEvent], Callable[[Any], Derived]]:
    """The rules of `erp` for what comes in schedules."""
    return {OperationsRequestScheduled: Scheduled(erp)}


class Scheduled:
    """Takes a request in; it is let go by `Erp.decide` when its release date has come. What comes again is a change of it."""

    def __init__(self, erp: Erp) -> None:
        self._erp = erp

    def __call__(self, event: OperationsRequestScheduled) -> Derived:
        if doubt := nonsense(event, self._erp.materials, event.material, event.quantity):
            return doubt
        if not event.request:
            return alert(event, "duplicate_request", "a request without an id; allowed: an id of its own")
        if event.request in self._erp.requests.requests:
            return self._erp.changed_requests.again(event)
        self._erp.requests.schedule(event)
        return []

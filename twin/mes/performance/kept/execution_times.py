"""Order execution times (AOET of ISO 22400): from the first start of a request to its answer, summed by product over any window."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from twin.mes.execution import Execution
from twin.mes.performance.kept.running import Instants
from twin.mes.release import Release
from twin.model.events import JobOrderStarted, OperationsEvent, OperationsRequestReleased, OperationsResponse, WorkInProcessCounted

MANY = 256  # requests that are looked at together


@dataclass(slots=True)
class _OfProduct:
    begins: Instants = field(default_factory=Instants)
    ends: Instants = field(default_factory=Instants)  # of requests that are answered

    def between_us(self, from_us: int, to_us: int) -> int:
        """How much of the requests' times lies in [from_us, to_us)."""
        return self._past_us(to_us) - self._past_us(from_us)

    def _past_us(self, now_us: int) -> int:
        return self.begins.past_us(now_us) - self.ends.past_us(now_us)


class ExecutionTimes:
    """Remembers when each request began and ended; is asked before an event changes that."""

    def __init__(self, execution: Execution, release: Release) -> None:
        self._execution, self._release = execution, release
        self._first_us: dict[str, int] = {}  # request -> its first start
        self._unclear: set[str] = set(release.requests)  # requests of which it has to be looked up when they began
        self._changed: dict[str, None] = dict.fromkeys(release.requests)
        self._known: dict[str, tuple[int, int]] = {}  # request -> what is summed of it; an end of -1: not answered
        self._of: dict[str, _OfProduct] = {}  # in the order of their first release
        self._released_count = 0
        changes = OperationsResponse, OperationsRequestReleased, WorkInProcessCounted
        self.rules: dict[type[OperationsEvent], Callable[[Any], None]] = {  # all that it hears
            JobOrderStarted: self._start,
            **dict.fromkeys(changes, self._change),
        }

    def hearing(self, kind: type[OperationsEvent]) -> list[Callable[[Any], None]]:
        """What hears an event of a class, in order: it notes which request the event will change."""
        rules = [rule for heard, rule in self.rules.items() if issubclass(kind, heard)]
        return [self._settle_many, *rules] if rules else []

    def _settle_many(self, _: OperationsEvent) -> None:
        if len(self._changed) > MANY:
            self._settle()

    def by_product(self, from_us: int, to_us: int) -> dict[str, int]:
        """The times of all requests of each product in a window, us; products in the order in which they were first released."""
        self._settle()
        return {product: it.between_us(from_us, to_us) for product, it in self._of.items()}

    # What will change

    def _start(self, event: JobOrderStarted) -> None:
        if job := self._execution.job_orders.get(event.job_order):
            self._changed[job.request] = None
            if job.started_us < 0:
                at_us = event.effective_us
                self._first_us[job.request] = min(at_us, self._first_us.get(job.request, at_us))
            else:
                self._unclear.add(job.request)

    def _change(self, event: OperationsResponse | OperationsRequestReleased | WorkInProcessCounted) -> None:
        self._changed[event.request] = None

    # Inside

    def _settle(self) -> None:
        """Sum anew what has changed."""
        requests = self._release.requests
        for request in islice(requests.values(), self._released_count, None):
            self._of.setdefault(request.material, _OfProduct())
        self._released_count = len(requests)
        self._look_up()
        for name in self._changed:
            if name in requests and name in self._first_us:
                request, begin_us = requests[name], self._first_us[name]
                end_us = max(begin_us, request.answered_us) if request.answered_us >= 0 else -1
                self._replace(self._of[request.material], name, (begin_us, end_us))
        self._changed.clear()

    def _replace(self, of: _OfProduct, name: str, span: tuple[int, int]) -> None:
        known = self._known.get(name, (-1, -1))
        for instants, before_us, at_us in ((of.begins, known[0], span[0]), (of.ends, known[1], span[1])):
            if before_us != at_us:
                if before_us >= 0:
                    instants.remove(before_us)
                if at_us >= 0:
                    instants.add(at_us)
        self._known[name] = span

    def _look_up(self) -> None:
        """When the requests began of which it is unclear, by all of their job orders."""
        if not self._unclear:
            return
        starts: defaultdict[str, list[int]] = defaultdict(list)
        for job in self._execution.job_orders.values():
            if job.request in self._unclear and job.started_us >= 0:
                starts[job.request].append(job.started_us)
        self._first_us |= {name: min(its) for name, its in starts.items()}
        self._unclear.clear()

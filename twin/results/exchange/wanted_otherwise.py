"""What another ERP wants otherwise of requests that it has told before: what of that is news, and whether it can be."""

from __future__ import annotations

from collections.abc import Iterable

from twin.model.events import OperationsRequestScheduled, OperationsRequestWithdrawn
from twin.model.exchange.properties import Told
from twin.model.problems import PlantFileError, Problem
from twin.model.trade.changes import Requested, changes_nothing
from twin.results.run import Run

Asked = OperationsRequestScheduled | OperationsRequestWithdrawn


def known_requests(run: Run) -> dict[str, Requested]:
    """Every request that the ERP knows, as it is wanted now."""
    return {name: run.erp.changed_requests.requested(name) for name in run.erp.requests.requests}


def news(run: Run, told: Iterable[Told]) -> list[Told]:
    """What was told, without the requests that are known and wanted as before.

    Raises
    ------
    PlantFileError : with every request that cannot be changed or cancelled so, the reason, and what is allowed
    """
    found, wrong = [], []
    for it in told:
        event = it.event
        if isinstance(event, Asked) and event.request in run.erp.requests.requests:
            if changes_nothing(event, run.erp.changed_requests.requested(event.request)):
                continue
            if doubt := _doubt(run, event):
                wrong.append(f"request '{event.request}' stays as it is: {doubt}")
        found.append(it)
    if wrong:
        parts = [words.partition("; allowed: ") for words in wrong]
        raise PlantFileError(Problem(file="", line=0, column=0, what=what, allowed=allowed) for what, _, allowed in parts)
    return found


def _doubt(run: Run, event: Asked) -> str:
    """Why it cannot be so: as the ERP knows while it is planned, and as the MES knows once it is on the floor."""
    if doubt := run.erp.changed_requests.doubt(event):
        return doubt
    if run.erp.requests.requests[event.request].released_us is None:
        return ""
    now = run.mes.changed_requests.standing(event.request)
    return run.mes.changed_requests.doubt(event, now) if now else "the MES has not taken it; allowed: another request"

"""What futures leave out: what MES and persons heed, and the compiled rules do not know. It is said with every answer."""

from __future__ import annotations

from collections.abc import Iterable

from twin.model.problems import listed
from twin.results.run import Run

SHOWN = 5


def not_considered(run: Run) -> tuple[str, ...]:
    """What of this run's plant, and of how it stands, its futures do not heed, in sentences; called with the run's lock."""
    return (*_declared(run), *_as_it_stands(run))


def _declared(run: Run) -> Iterable[str]:
    layout = run.plant.layout
    documents = [name for name, it in run.mes.documents.documents.items() if it.is_needed_at(run.now_us)]
    for what, declared, means in (
        ("quality plans", layout.quality_plans, "no lot is held for what is measured, nor scrapped or reworked for it"),
        ("documents", documents, "nothing waits for a released revision, or for somebody to have read it"),
        ("procedures", layout.procedures, "nothing waits for a guided step, and nothing is held for a process value"),
        ("tools", layout.tools, "nothing waits for a tool, and none wears out"),
        ("calibrations", layout.calibrations, "no gauge or unit is out of use because its calibration is over"),
        ("maintenance plans", layout.maintenance_plans, "what persons maintain takes no time of equipment"),
    ):
        if declared:
            yield f"{what} ({listed(list(declared), SHOWN)}): {means}"
    ends = [name for name, it in layout.persons.items() if it.valid_until]
    if ends:
        yield f"skills that end ({listed(ends, SHOWN)}): they last"


def _as_it_stands(run: Run) -> Iterable[str]:
    mes = run.mes
    if held := list(mes.tracking.restricted):
        yield f"lots on hold now ({listed(held, SHOWN)}): they go on and ship as if nobody held them"
    if clocked := [name for name, sheet in mes.labour.sheets.items() if sheet.open]:
        yield f"persons who are clocked on ({listed(clocked, SHOWN)}): who is at other work, or in a break, is taken to be free"
    if hot := list(mes.hot_lots.reasons):
        yield f"hot lots ({listed(hot, SHOWN)}): they wait their turn"
    if run.scenario.entries:
        yield f"what persons say later in this scenario ({len(run.scenario.entries)} entries): nobody says it"
    if run.scenario.policies.receipts == "persons":
        yield "what persons will say that suppliers have brought (receipts: persons): suppliers deliver after their lead times"
    if reserved := [it.resource for it in mes.reservations.open(run.now_us)]:
        yield f"what is reserved ({listed(reserved, SHOWN)}): it is taken for whatever comes first"
    open_orders = [name for name, it in mes.maintenance.orders.items() if it.is_open]
    if open_orders:
        yield f"open maintenance orders ({listed(open_orders, SHOWN)}): their windows keep nothing free"

"""All rows that a run's folds know, by table. Each follows from the journal and the plant: whoever applies it again has the same rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twin.results.database.booked import booked_rows
from twin.results.database.costed import costed_rows
from twin.results.database.declared import declared_rows
from twin.results.database.settled import settled_rows
from twin.results.database.stored import stored_rows
from twin.results.database.traded import planned_rows, traded_rows
from twin.results.database.worked import worked_rows

if TYPE_CHECKING:
    from twin.results.run import Run
    from twin.store.projections.projected_rows import Row


def folded_rows(run: Run) -> dict[str, list[Row]]:
    """Rows of every table of `twin.store.projections.folded`, as the run stands."""
    with run.lock:
        of_erp = {**settled_rows(run.erp), **stored_rows(run.erp), **traded_rows(run.erp, run.now_us), **costed_rows(run.erp)}
        return {**of_erp, **planned_rows(run), **worked_rows(run.mes), **booked_rows(run), **declared_rows(run)}

"""Tables of documents: what is valid, who has acknowledged it, and what was valid when each job order began."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twin.mes.documents.revisions import RevisionRecord, Revisions
from twin.results.frames import from_rows
from twin.results.run import Run

if TYPE_CHECKING:
    import pandas as pd

REVISION_COLUMNS = (
    "document", "title", "kind", "revision", "standing", "is_valid", "effective_from", "effective_to", "released_by", "withdrawn",
    "withdrawn_by", "reason", "acknowledged_by", "digest", "text",
)  # fmt: skip
IN_FORCE_COLUMNS = ("job_order", "equipment", "person", "since", "document", "revision", "digest")


def documents_table(run: Run) -> pd.DataFrame:
    """Every revision of every document, as it stands now."""
    rows = [
        _row(it, revision, is_valid=revision is it.valid_at(run.now_us))
        for it in run.mes.documents.documents.values()
        for revision in it.all.values()
    ]
    return from_rows(rows, REVISION_COLUMNS, ("effective_from", "effective_to", "withdrawn"))


def _row(it: Revisions, revision: RevisionRecord, *, is_valid: bool) -> dict[str, object]:
    return {
        "document": it.name, "title": it.declared.title or it.name, "kind": it.declared.kind, "revision": revision.revision,
        "standing": revision.standing, "is_valid": is_valid, "effective_from": revision.from_us if revision.from_us > 0 else None,
        "effective_to": _known(revision.to_us), "released_by": revision.released_by, "withdrawn": _known(revision.withdrawn_us),
        "withdrawn_by": revision.withdrawn_by, "reason": revision.reason, "acknowledged_by": ", ".join(revision.acknowledged),
        "digest": revision.digest, "text": revision.text,
    }  # fmt: skip


def in_force_table(run: Run, job_order: str | None) -> pd.DataFrame:
    """What was valid when job orders began, or went on under another revision; of all, or of one.

    Raises
    ------
    ValueError : no such job order
    """
    if job_order is not None and job_order not in run.mes.execution.job_orders:
        raise ValueError(f"nobody released job order '{job_order}'")
    rows = [
        {
            "job_order": name, "equipment": it.equipment, "person": it.person, "since": it.since_us, "document": document,
            "revision": revision, "digest": digest,
        }
        for name, kept in run.mes.documents.in_force.items()
        if job_order in (None, name)
        for it in kept
        for document, revision, digest in it.documents
    ]  # fmt: skip
    return from_rows(rows, IN_FORCE_COLUMNS, ("since",))


def _known(at_us: int) -> int | None:
    return None if at_us < 0 else at_us

"""Recipes: by which procedures a job order is done, and by which revision of each.

A master recipe has revisions, which a document of kind recipe releases, withdraws and lets be valid from an instant to another. A job order
is done by the one with which it began (control recipe, ISA-88), whatever is released meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from twin.mes.documents.document_control import DocumentControl
from twin.mes.execution import Execution, JobOrder
from twin.model.plant import Plant
from twin.model.readiness.procedures import Procedure, Recipe


class Recipes:
    """What procedures ask for, job order by job order. `latest_us`: the instant that the MES is at."""

    def __init__(self, plant: Plant, execution: Execution, documents: DocumentControl, latest_us: Callable[[], int]) -> None:
        self.procedures = plant.layout.procedures
        self._execution, self._documents, self._latest_us = execution, documents, latest_us
        self._kept: dict[str, dict[str, Recipe]] = {}  # what was begun before something was said to be otherwise, as it was then

    @property
    def is_any(self) -> bool:
        """Whether anything is asked of any work, or was."""
        return bool(self.procedures or self._kept)

    def declare(self, name: str, procedure: Procedure | None, from_us: int) -> None:
        """A procedure is new, otherwise or no more: for what has not begun yet."""
        changed = [it for it in (self.procedures.get(name), procedure) if it]
        for job in self._execution.job_orders.values():
            if job.started_us >= 0 and any(it.covers(job.material, job.operation, job.work_center) for it in changed):
                self._kept.setdefault(job.job_order, self.of(job))

    def of(self, job: JobOrder) -> dict[str, Recipe]:
        """What is asked of a job order, by procedure; nothing of one of which no revision is valid."""
        if job.job_order in self._kept:
            return self._kept[job.job_order]
        covering = ((name, it) for name, it in self.procedures.items() if it.covers(job.material, job.operation, job.work_center))
        return {name: it.revisions.get(self.revision_of(it, job), Recipe()) if it.recipe else it for name, it in covering}

    def of_job_orders(self, label: str) -> dict[str, Recipe]:
        """The same of the first of the job orders that are done together."""
        job = self._execution.job_orders.get(label.split("+")[0])
        return self.of(job) if job else {}

    def named(self, jobs: Iterable[JobOrder]) -> tuple[tuple[str, str], ...]:
        """By which revisions of which documents job orders are done that start together."""
        found: dict[tuple[str, str], None] = {}
        for job in jobs if any(it.recipe for it in self.procedures.values()) else ():
            for it in self.procedures.values():
                if it.recipe and it.covers(job.material, job.operation, job.work_center) and (revision := self.revision_of(it, job)):
                    found[it.recipe, revision] = None
        return tuple(found)

    def revision_of(self, procedure: Procedure, job: JobOrder) -> str:
        """By which revision a job order is done: that of its start, or the one that is valid now; "" if none is."""
        kept = (one for it in self._documents.in_force.get(job.job_order, ()) for one in it.documents)
        begun = next((revision for document, revision, _ in kept if document == procedure.recipe), "")
        if begun or not procedure.recipe:
            return begun
        valid = self._documents.documents[procedure.recipe].valid_at(self._latest_us())
        return valid.revision if valid else ""

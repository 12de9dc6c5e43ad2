"""Documents as their page shows them: the revision that is valid, its words, who has acknowledged it and who has still to."""

from __future__ import annotations

from dataclasses import dataclass

from twin.mes.documents.revisions import Revisions
from twin.model.personnel.staff import here
from twin.results.run import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentSeen:
    """A document as it is valid. `revision`: "" where none is; `file`: that holds the words."""

    document: str
    title: str
    kind: str
    revision: str
    text: str
    file: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentNow(DocumentSeen):
    """One document now. `is_needed`: not before its first revision, nor once it is over.

    `readers`: who may work by it, and when each acknowledged it (-1: not yet).
    """

    is_needed: bool
    from_us: int
    acknowledge: bool
    readers: dict[str, int]
    coming: list[tuple[str, int]]  # revisions that are released and begin later
    history: list[tuple[str, str, int]]  # all revisions: name, standing, since

    @property
    def missing_count(self) -> int:
        """How many have not acknowledged what they have to."""
        return sum(at_us < 0 for at_us in self.readers.values()) if self.acknowledge else 0


def documents_now(run: Run) -> dict[str, DocumentNow]:
    """Every document of the plant, by id."""
    return {name: _now(run, it) for name, it in run.mes.documents.documents.items()}


def _now(run: Run, it: Revisions) -> DocumentNow:
    valid, declared = it.valid_at(run.now_us), it.declared
    layout = run.plant.layout
    wanted = {
        segment.personnel_class
        for material, routing in layout.routings.items()
        for operation, step in routing.items()
        for segment in [layout.process_segments[step.segment]]
        if declared.covers(material, operation, segment.work_center)
    }
    readers = [person for person, known in here(layout.persons).items() if wanted.intersection(known.classes)]
    acknowledged = valid.acknowledged if valid else {}
    return DocumentNow(
        document=it.name, title=declared.title or it.name, kind=declared.kind, revision=valid.revision if valid else "",
        text=valid.text if valid else "", file=valid.file if valid else "", digest=valid.digest if valid else "",
        is_needed=it.is_needed_at(run.now_us), from_us=valid.from_us if valid else -1, acknowledge=declared.acknowledge,
        readers={person: acknowledged.get(person, -1) for person in readers},
        coming=[(one.revision, one.from_us) for one in it.coming(run.now_us)],
        history=[(one.revision, one.standing, one.withdrawn_us if one.withdrawn_us >= 0 else one.from_us) for one in it.all.values()],
    )  # fmt: skip

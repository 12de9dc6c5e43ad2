"""Documents as one fold (ISO 9001, 7.5.3): the released revision is at the point of use, and nobody starts without it. Read this first.

What is valid follows from what the plant declares and from what persons have said; time alone makes a revision valid, and the next
round of the plant acts on it. What was valid when a job order began stays with it, whatever becomes of the document.
"""

from __future__ import annotations

from dataclasses import dataclass

from twin.mes.collection.functions import Reacting
from twin.mes.collection.reactions import Accepted, Quietly
from twin.mes.documents.added import added, doubt_added, says_of_document
from twin.mes.documents.revisions import RevisionRecord, Revisions
from twin.mes.execution import Execution, JobOrder
from twin.model import events as e
from twin.model.events import OperationsEvent, WorkAlertRaised
from twin.model.plant import Plant
from twin.model.problems import did_you_mean, listed
from twin.model.readiness.documents import digest_of
from twin.model.readiness.opened import content_of, why_not_opened


@dataclass(frozen=True, slots=True, kw_only=True)
class InForce:
    """What was valid for a job order from `since_us` on: (document, revision, digest)."""

    since_us: int
    equipment: str
    person: str
    documents: tuple[tuple[str, str, str], ...]


class DocumentControl(Reacting):
    """The documents of one plant (a `Function`, and a `Requirement`: whoever is to start asks)."""

    def __init__(self, plant: Plant, execution: Execution) -> None:
        self._plant, self._persons, self._execution = plant, plant.layout.persons, execution
        self.documents = {name: Revisions(name, it) for name, it in plant.layout.documents.items()}
        self._recipes = {it.recipe: it for it in plant.layout.procedures.values() if it.recipe}
        for document, procedure in self._recipes.items():
            for revision, content in procedure.revisions.items():  # what it asks for is known again by the digest, too
                record = self.documents[document].all[revision]
                record.digest = digest_of(record.digest + content.seal)
        self.in_force: dict[str, list[InForce]] = {}  # by job order, in the order in which it began and went on
        self._begun_us: dict[str, int] = {}  # by job order: when it began, or went on, last
        self._reactions = {
            e.DocumentReleased: Accepted(self._persons, self._doubt_release, self._release),
            e.DocumentWithdrawn: Accepted(self._persons, self._doubt_withdrawal, self._withdraw),
            e.DocumentAcknowledged: Accepted(self._persons, self._doubt_acknowledgement, self._acknowledge),
            e.DocumentsInForce: Quietly(self._keep), e.JobOrderStarted: self._begun, e.JobOrderResumed: self._begun,
        }  # fmt: skip

    # What is at the point of use

    def needed_for(self, job: JobOrder, now_us: int) -> list[Revisions]:
        """The documents of an operation, in declared order, and then as they came."""
        if not self.documents:
            return []
        work = job.material, job.operation, job.work_center
        return [it for it in self.documents.values() if it.declared.covers(*work) and it.is_needed_at(now_us)]

    def at_point_of_use(self, job: JobOrder, now_us: int) -> list[tuple[Revisions, RevisionRecord | None]]:
        """The documents of an operation with the revision that is to be used now; None where there is none."""
        return [(it, it.valid_at(now_us)) for it in self.needed_for(job, now_us)]

    def missing_at(self, job: JobOrder, equipment: str, now_us: int) -> str:
        """The documents of which no revision is valid now."""
        return "; ".join(self._unreleased(it, now_us) for it, valid in self.at_point_of_use(job, now_us) if valid is None)

    def missing_of(self, person: str, job: JobOrder, equipment: str, now_us: int) -> str:
        """The documents that `person` has not acknowledged as they are valid now."""
        return "; ".join(
            f"{it.words} rev {valid.revision} is not acknowledged by {self._title(person)}"
            for it, valid in self.at_point_of_use(job, now_us)
            if it.declared.acknowledge and valid and person not in valid.acknowledged
        )

    def said_us(self, person: str, job: JobOrder, at_us: int) -> tuple[int, str]:
        """When the last of the documents that were valid then was acknowledged by `person`."""
        asked = [(it, valid) for it, valid in self.at_point_of_use(job, at_us) if it.declared.acknowledge and valid]
        read = [(valid.acknowledged.get(person, -1), f"{it.words} was acknowledged by {self._title(person)}") for it, valid in asked]
        return max(read, default=(-1, ""))

    def latest(self, event: e.DocumentReleased | e.DocumentWithdrawn) -> tuple[int, str]:
        """When something came last that goes by what is valid of a document, or makes it so, and what; (-1, "") if nothing has."""
        it = self.documents.get(event.document)
        if it is None:
            return -1, ""
        known = [(one.released_us, f"revision {one.revision} of {it.name} was released") for one in it.every]
        known += [(one.withdrawn_us, f"revision {one.revision} of {it.name} was withdrawn") for one in it.every]
        begun = ((self._execution.job_orders[name], at_us) for name, at_us in self._begun_us.items())
        known += [
            (at_us, f"{job.job_order} has begun, or gone on, by what was valid of {it.name}")
            for job, at_us in begun
            if it.declared.covers(job.material, job.operation, job.work_center)
        ]
        return max(known, default=(-1, ""))

    # Inside

    def _title(self, person: str) -> str:
        known = self._persons.get(person)
        return (known and known.title) or person

    def _unreleased(self, it: Revisions, now_us: int) -> str:
        """Why no revision is valid, in words."""
        withdrawn = [r for r in it.all.values() if r.withdrawn_us >= 0]
        if withdrawn:
            last = max(withdrawn, key=lambda r: r.withdrawn_us)
            return f"{it.words} has no released revision: {self._title(last.withdrawn_by)} withdrew {last.revision}, {last.reason}"
        return f"{it.words} has no released revision"

    def _keep(self, event: e.DocumentsInForce) -> None:
        kept = InForce(since_us=event.effective_us, equipment=event.equipment, person=event.person, documents=event.documents)
        self.in_force.setdefault(event.job_order, []).append(kept)

    def _begun(self, event: e.JobOrderStarted | e.JobOrderResumed) -> list[OperationsEvent]:
        """A job order begins or goes on: what is valid now is kept with it, and who started without it is told of."""
        job = self._execution.job_orders.get(event.job_order)
        if job is None or not (there := self.at_point_of_use(job, event.effective_us)):
            return []
        self._begun_us[job.job_order] = event.effective_us
        alerts: list[OperationsEvent] = []
        if isinstance(event, e.JobOrderStarted):
            without = [self.missing_at(job, event.equipment, event.effective_us)]
            without += [
                self.missing_of(person, job, event.equipment, event.effective_us) for person in filter(None, event.person.split("+"))
            ]
            alerts = [WorkAlertRaised.about(event, "document", f"{job.job_order} was started, but {why}") for why in without if why]
        kept = tuple((it.name, valid.revision, valid.digest) for it, valid in there if valid)
        before = self.in_force.get(job.job_order)
        if before and before[-1].documents == kept:
            return alerts
        in_force = e.DocumentsInForce(
            effective_us=event.effective_us, equipment=event.equipment, request=job.request, job_order=job.job_order, lot=job.lot,
            person=event.person, documents=kept,
        )  # fmt: skip
        return [in_force, *alerts]

    # What persons say

    def _release(self, event: e.DocumentReleased) -> None:
        if event.document not in self.documents:
            self.documents[event.document] = it = Revisions(event.document, added(event))
            it.needed_us = []
        self.documents[event.document].release(event)

    def _withdraw(self, event: e.DocumentWithdrawn) -> None:
        self.documents[event.document].withdraw(event)

    def _acknowledge(self, event: e.DocumentAcknowledged) -> None:
        self.documents[event.document].acknowledge(event)

    def _known(self, event: e.DocumentReleased | e.DocumentWithdrawn | e.DocumentAcknowledged) -> str:
        if event.document in self.documents:
            return ""
        near = did_you_mean(event.document, self.documents)
        new = ", or a new one with its title and the work that it is for" if isinstance(event, e.DocumentReleased) else ""
        allowed = f"{listed(self.documents)}{new}"
        return f"no document is called '{event.document}'{near}; allowed: {allowed}"

    def _authority(self, event: e.DocumentReleased | e.DocumentWithdrawn) -> str:
        wanted, known = self.documents[event.document].declared.authority, self._persons.get(event.person)
        if not wanted or not known or wanted in known.classes:
            return ""
        may = [person for person, it in self._persons.items() if wanted in it.classes]
        return f"{event.person} is no {wanted}, which '{event.document}' asks for; allowed: {listed(may)}"

    def _doubt_release(self, event: e.DocumentReleased) -> str:
        if says_of_document(event):
            doubts = (doubt_added(event, self._plant, self.documents), _doubt_content(event), _doubt_span(event))
            nothing = "it has neither words nor a file; allowed: one of them"
            return "; ".join(filter(None, (*doubts, "" if event.text.strip() or event.content else nothing)))
        if doubt := self._known(event) or self._authority(event):
            return doubt
        it = self.documents[event.document].all.get(event.revision)
        if not event.revision:
            return "it names no revision"
        if event.document in self._recipes and (it is None or event.text):
            there = listed(self.documents[event.document].all)
            return f"what {event.document} asks for is declared, as revisions {there}; allowed: one of them, without other words"
        if doubt := _doubt_content(event):
            return doubt
        if it is None and not (event.text.strip() or event.content):
            there = listed(self.documents[event.document].all)
            return f"{event.document} has no revision '{event.revision}'; allowed: {there}, or with a text or a file"
        says_nothing_new = not (event.text or event.content) or (
            it and (it.content == event.content if event.content else it.text == event.text)
        )
        if it and it.is_released and it.withdrawn_us < 0 and says_nothing_new:
            newest = self.documents[event.document].valid_at(event.effective_us)
            if newest is it or it.from_us > event.effective_us:
                return f"revision {event.revision} of {event.document} is released already"
        return _doubt_span(event)

    def _doubt_withdrawal(self, event: e.DocumentWithdrawn) -> str:
        if doubt := self._known(event) or self._authority(event):
            return doubt
        if event.is_over:
            return self._doubt_end(event)
        it = self.documents[event.document].all.get(event.revision)
        if it is None or it.standing != "released":
            there = [name for name, one in self.documents[event.document].all.items() if one.standing == "released"]
            return (
                f"{event.document} has no released revision '{event.revision}'; allowed: {listed(there) if there else 'none is released'}"
            )
        return "" if event.reason.strip() else "it needs a reason"

    def _doubt_end(self, event: e.DocumentWithdrawn) -> str:
        """Why a document goes on to be needed."""
        if event.document in self._recipes:
            return f"what {event.document} asks for is declared with its procedure; allowed: one of its revisions is withdrawn"
        if event.revision:
            return "all of it is over, and a revision is named; allowed: one of both"
        needed = self.documents[event.document].is_needed_at(event.effective_us)
        return ("" if event.reason.strip() else "it needs a reason") if needed else f"{event.document} is not needed already"

    def _doubt_acknowledgement(self, event: e.DocumentAcknowledged) -> str:
        if doubt := self._known(event):
            return doubt
        document = self.documents[event.document]
        if not document.declared.acknowledge:
            return f"{event.document} asks for no acknowledgement"
        valid = document.valid_at(event.effective_us)
        may = [it for it in (valid, *document.coming(event.effective_us)) if it]
        its = document.to_acknowledge(event.revision, event.effective_us)
        if not its:
            allowed = listed(one.revision for one in may) if may else "none is released"
            when = "now" if event.effective_us == event.recorded_us else "then"
            return f"revision {event.revision or '?'} of {event.document} is not valid {when}; allowed: {allowed}"
        return f"{self._title(event.person)} has acknowledged it already" if all(event.person in it.acknowledged for it in its) else ""


def _doubt_span(event: e.DocumentReleased) -> str:
    """Why it cannot be valid from then, or until then."""
    if 0 <= event.effective_from_us < event.effective_us:
        return "it would have been valid before it is released; allowed: from now on, or later"
    from_us = event.effective_us if event.effective_from_us < 0 else event.effective_from_us
    return "it would end before it begins" if 0 <= event.effective_to_us <= from_us else ""


def _doubt_content(event: e.DocumentReleased) -> str:
    """Why what came with it cannot be the words of a revision."""
    if not event.content:
        return f"'{event.file}' came without its content; allowed: both, or neither" if event.file else ""
    if event.text.strip():
        return "it has words and a file; allowed: one of them"
    try:
        return why_not_opened(event.file, content_of(event.content))
    except ValueError as error:
        return str(error)

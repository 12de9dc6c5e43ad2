"""Nonconformances and corrective actions: what is wrong, from the first word to the last, and whether what was done has helped."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Literal

from twin.model.events import (
    CorrectiveActionCancelled,
    CorrectiveActionChanged,
    CorrectiveActionOpened,
    CorrectiveActionTaken,
    CorrectiveActionVerified,
    DispositionCarriedOut,
    NonconformanceClosed,
    NonconformanceContained,
    NonconformanceDispositioned,
    NonconformancePictured,
    NonconformanceRaised,
    OperationsEvent,
)
from twin.model.readiness.documents import digest_of
from twin.model.readiness.opened import PHOTOS, content_of, media_of, why_not_opened, why_not_seen

ActionEntry = CorrectiveActionOpened | CorrectiveActionTaken | CorrectiveActionChanged | CorrectiveActionCancelled
Standing = Literal["raised", "contained", "dispositioned", "closed"]
ActionStanding = Literal["open", "taken", "effective", "not effective", "cancelled"]
USE_AS_IS, REWORK, SCRAP, RETURN = DISPOSITIONS = ("use as is", "rework", "scrap", "return")

MOST_PICTURES = 12
"""Of one nonconformance: each is kept in the journal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """What was seen, and by whom; `digest`: of the content, which came as base64."""

    digest: str
    file: str
    content: str
    note: str
    at_us: int
    person: str


@dataclass(slots=True, kw_only=True)
class Nonconformance:
    """One of them, and who said what when."""

    nonconformance: str
    lot: str
    material: str
    quantity: int
    undecided: int  # pieces of these of which nobody has said yet what becomes of them
    deciding: int = 0  # pieces of which it is decided, and is still to be done
    description: str
    characteristic: str
    code: str = ""  # which defect; "": nobody has said
    standing: Standing = "raised"
    raised_us: int
    raised_by: str = ""
    unfounded: str = ""  # why what a rule has raised it for is none any more, in words; whoever decides about it has to know
    contained_us: int = -1
    containment: str = ""
    disposition: str = ""
    disposition_us: int = -1
    disposed_by: str = ""
    reason: str = ""
    into_lot: str = ""
    rework_job_orders: tuple[str, ...] = ()
    closed_us: int = -1
    closed_by: str = ""
    pictures: list[Picture] = field(default_factory=list)

    @property
    def is_used(self) -> bool:
        """Whether some of it is used as it is."""
        return USE_AS_IS in self.disposition


@dataclass(slots=True, kw_only=True)
class CorrectiveAction:
    """Cause, measure, date, who does it, and the lots that show whether it helped; without a nonconformance it is preventive."""

    action: str
    nonconformance: str
    material: str
    characteristic: str
    cause: str
    measure: str
    due_us: int
    lots: int
    opened_us: int
    opened_by: str
    standing: ActionStanding = "open"
    taken_us: int = -1
    taken_by: str = ""
    passed: list[str] = field(default_factory=list)  # lots since then, without the fault
    verified_us: int = -1
    is_overdue: bool = False  # and somebody was told
    responsible: str = ""
    changes: list[str] = field(default_factory=list)  # why its date or person is another than was said first, or why it was cancelled

    @property
    def overdue_words(self) -> str:
        """What somebody is told of it once its date is past."""
        return f"{self.action} is overdue: {self.measure}" + (f"; it is for {self.responsible} to do" if self.responsible else "")


class Nonconformances:
    """All of them by id. What may not be said is refused before it comes here."""

    def __init__(self) -> None:
        self.all: dict[str, Nonconformance] = {}
        self.actions: dict[str, CorrectiveAction] = {}
        self.undone: dict[str, NonconformanceDispositioned] = {}  # by nonconformance: what was decided and is not carried out yet

    def pieces_undone(self, lot: str) -> int:
        """Pieces of a lot about which something was decided that is still to be done."""
        return sum(self.all[name].deciding for name in self.undone if self.all[name].lot == lot)

    def open_of(self, lot: str) -> list[Nonconformance]:
        """What is not closed about a lot."""
        return [it for it in self.all.values() if it.lot == lot and it.standing != "closed"]

    def name_for(self, lot: str, characteristic: str) -> str:
        """Id of what a rule raises about a lot; the same as long as it is not closed."""
        name = first = f"NC-{lot}-{characteristic}" if characteristic else f"NC-{lot}"
        count = 1
        while name in self.all and self.all[name].standing == "closed":
            count += 1
            name = f"{first}-{count}"
        return name

    def name_for_person(self, lot: str) -> str:
        """Id of what a person raises about a lot: one of its own each time."""
        return next(name for count in itertools.count(1) if (name := f"NC-{lot}-{count}") not in self.all)

    def name_for_action(self, nonconformance: str) -> str:
        """Id of a corrective action that a person opens: one of its own each time."""
        of = nonconformance or "preventive"
        return next(name for count in itertools.count(1) if (name := f"CA-{of}-{count}") not in self.actions)

    def raised(self, event: NonconformanceRaised, material: str) -> None:
        if event.nonconformance not in self.all:
            self.all[event.nonconformance] = Nonconformance(
                nonconformance=event.nonconformance, lot=event.lot, material=material, quantity=event.quantity, undecided=event.quantity,
                description=event.description, characteristic=event.characteristic, code=event.code, raised_us=event.effective_us,
                raised_by=event.person,
            )  # fmt: skip

    def pictured(self, event: NonconformancePictured) -> None:
        self.all[event.nonconformance].pictures.append(
            Picture(
                digest=digest_of(content_of(event.content)), file=event.file, content=event.content, note=event.note,
                at_us=event.effective_us, person=event.person,
            )
        )  # fmt: skip

    def doubt_picture(self, event: NonconformancePictured) -> str:
        """Why this is no picture of it, all that is wrong at once; "" if it is one."""
        it, doubts = self.all[event.nonconformance], list[str]()
        try:
            content = content_of(event.content)
            if media_of(event.file) not in PHOTOS:
                doubts.append(f"'{event.file}' is no picture; allowed: a name that ends in .png, .jpg or .jpeg")
            elif why := why_not_opened(event.file, content) or why_not_seen(event.file, content):
                doubts.append(why)
            elif digest_of(content) in (one.digest for one in it.pictures):
                doubts.append("that picture is there already")
        except ValueError as error:
            doubts.append(str(error))
        if len(it.pictures) >= MOST_PICTURES:
            doubts.append(f"{it.nonconformance} has {MOST_PICTURES} pictures; allowed: up to that")
        return "; ".join(doubts)

    def contained(self, event: NonconformanceContained) -> None:
        it = self.all[event.nonconformance]
        if it.standing == "raised":
            it.standing, it.contained_us, it.containment = "contained", event.effective_us, event.action

    def dispositioned(self, event: NonconformanceDispositioned, there: int) -> None:
        """It is decided of a part, and the rest stays open, or of all that is left; `there`: pieces of its lot about which nobody has."""
        it = self.all[event.nonconformance]
        left = min(it.undecided, max(0, there)) or it.undecided  # more may be scrapped since than is undecided
        it.deciding = event.quantity or left
        it.undecided = max(0, left - it.deciding)
        it.standing = "contained" if it.undecided else "dispositioned"
        it.disposition = ", ".join(dict.fromkeys((*filter(None, it.disposition.split(", ")), event.disposition)))
        it.reason, it.code = event.reason, event.code or it.code
        it.disposition_us, it.disposed_by = event.effective_us, event.person

    def carried_out(self, event: DispositionCarriedOut) -> None:
        it = self.all.get(event.nonconformance)
        if it:
            it.deciding = 0
            it.into_lot, it.rework_job_orders = event.into_lot or it.into_lot, event.job_orders or it.rework_job_orders

    def closed(self, event: NonconformanceClosed) -> None:
        it = self.all[event.nonconformance]
        it.standing, it.closed_us, it.closed_by = "closed", event.effective_us, event.person

    # Corrective actions

    def act(self, event: ActionEntry) -> None:
        """What a person says of an action."""
        if isinstance(event, CorrectiveActionOpened):
            self._open(event)
            return
        it = self.actions[event.action]
        if isinstance(event, CorrectiveActionTaken):
            it.standing, it.taken_us, it.taken_by = "taken", event.effective_us, event.person
            return
        it.changes.append(f"{event.person}: {event.reason}")
        if isinstance(event, CorrectiveActionCancelled):
            it.standing = "cancelled"
            return
        it.responsible = event.responsible or it.responsible
        if event.due_us:
            it.due_us, it.is_overdue = event.due_us, False

    def _open(self, event: CorrectiveActionOpened) -> None:
        of = self.all.get(event.nonconformance)
        material, characteristic = (of.material, of.characteristic) if of else (event.material, event.characteristic)
        self.actions[event.action] = CorrectiveAction(
            action=event.action, nonconformance=event.nonconformance, material=material, characteristic=characteristic,
            cause=event.root_cause, measure=event.measure, due_us=event.due_us, lots=event.lot_count, opened_us=event.effective_us,
            opened_by=event.person, responsible=event.responsible,
        )  # fmt: skip

    def verified(self, event: CorrectiveActionVerified) -> None:
        it = self.actions.get(event.action)
        if it:
            it.standing, it.verified_us = "effective" if event.is_effective else "not effective", event.effective_us

    def judge(self, event: OperationsEvent, material: str, measured: frozenset[str], failed: frozenset[str]) -> list[OperationsEvent]:
        """A lot of `material` was judged: what that says about actions that were taken before."""
        concluded: list[OperationsEvent] = []
        for it in self.actions.values():
            of_it = it.standing == "taken" and it.material == material and it.taken_us <= event.effective_us
            if not of_it or (it.characteristic and it.characteristic not in measured) or event.lot in it.passed:
                continue
            again = it.characteristic in failed if it.characteristic else bool(failed)
            if not again:
                it.passed.append(event.lot)
            if again or len(it.passed) >= it.lots:
                concluded.append(
                    CorrectiveActionVerified(effective_us=event.effective_us, lot=event.lot, action=it.action, is_effective=not again)
                )
        return concluded

    def overdue(self, now_us: int) -> list[CorrectiveAction]:
        """Actions that are past their date, each told once."""
        late = [it for it in self.actions.values() if it.standing == "open" and not it.is_overdue and it.due_us < now_us]
        for it in late:
            it.is_overdue = True
        return late

"""Level 3, quality: what is inspected and found, what is held, what becomes of it; and what persons say about it."""

from __future__ import annotations

from dataclasses import dataclass, field

from twin.model.events.entries import Entry
from twin.model.events.operations_event import LEFT_OUT_IF_EMPTY, OperationsEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class DefectsCounted(OperationsEvent):
    """Of `inspected` pieces of a lot so many were defective, or had so many defects (ISA-95 OperationsTest).

    `codes`: by defect code, how many of what was found, as far as somebody has said; a defective piece may have several defects.
    `terminal` and `entry_id`: as of a `TestResultRecorded`.
    """

    characteristic: str
    inspected: int
    found: int
    codes: tuple[tuple[str, int], ...] = field(default=(), metadata=LEFT_OUT_IF_EMPTY)
    terminal: str = field(default="", metadata=LEFT_OUT_IF_EMPTY)
    entry_id: str = field(default="", metadata=LEFT_OUT_IF_EMPTY)


@dataclass(frozen=True, slots=True, kw_only=True)
class TestRequested(OperationsEvent):
    """Somebody has to measure `pieces` of a lot, as a quality plan says. A simulated plant answers it."""

    __test__ = False  # not a test case, whatever pytest reads in the name

    plan: str
    material: str
    pieces: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectionJudged(OperationsEvent):
    """All of a plan is measured of a lot, or somebody has overruled it: `verdict` is "passed", "failed" or "passed by override"."""

    plan: str
    verdict: str
    failed: tuple[str, ...] = ()  # characteristics
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LotDispositionChanged(OperationsEvent):
    """What may be done with a lot (B2MML Disposition): nothing while it is "Restricted", all again when it is "UnRestricted".

    `sender`: another system that says so, of its own holds alone; "": it is concluded here.
    """

    disposition: str
    material: str = ""
    reason: str = ""
    sender: str = field(default="", metadata=LEFT_OUT_IF_EMPTY)


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlLimitsFrozen(OperationsEvent):
    """Phase I of a chart is over, or limits were found anew: they follow from these figures. `sigma` is 0 for what is counted.

    Of what is measured it is 0 where all of phase I was equal: then whatever is off the mean gives a signal. Points have numbers from 1:
    found from `first_point` (0: from the first of all) to `points`, for those from `since_point` on (0: for all).
    """

    plan: str
    characteristic: str
    mean: float
    sigma: float
    points: int
    first_point: int = field(default=0, metadata=LEFT_OUT_IF_EMPTY)
    since_point: int = field(default=0, metadata=LEFT_OUT_IF_EMPTY)


@dataclass(frozen=True, slots=True, kw_only=True)
class DispositionCarriedOut(OperationsEvent):
    """What was decided about a nonconformance is on its way: scrap and returns leave the stock, rework goes on as `into_lot`."""

    nonconformance: str
    disposition: str
    material: str
    quantity: int
    into_lot: str = ""
    job_orders: tuple[str, ...] = ()  # that do work again


# What persons say. It may be refused: EntryRefused.


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectionConcluded(Entry):
    """All that can be measured for `plan` is measured: the verdict is asked for."""

    plan: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectionOverruled(Entry):
    """A lot that failed is accepted all the same, for a reason."""

    plan: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GaugeMeasured(Entry):
    """The person has measured a part once for a gauge study (AIAG MSA), where persons measure the same parts several times each.

    `trial`: how many times the person has measured that part in the study; 0: once more than before. One that is there is replaced, for
    a `reason`; both answers are kept. `gauge`: what is calibrated, "": nobody says.
    """

    study: str
    characteristic: str
    part: str
    value: float
    gauge: str = ""
    trial: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LotHoldRequested(Entry):
    """A lot shall neither go on nor ship. `disposition_us`: when it will be decided what becomes of it; 0: nobody has said."""

    reason: str
    disposition_us: int = field(default=0, metadata=LEFT_OUT_IF_EMPTY)


@dataclass(frozen=True, slots=True, kw_only=True)
class LotReleaseRequested(Entry):
    """A lot shall go on, or ship."""

    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NonconformanceRaised(Entry):
    """`quantity` of a lot is not what was asked for. `code`: which defect of those that the plant declares; "": none of them is said."""

    nonconformance: str
    quantity: int
    description: str
    characteristic: str = ""
    code: str = field(default="", metadata=LEFT_OUT_IF_EMPTY)


@dataclass(frozen=True, slots=True, kw_only=True)
class NonconformancePictured(Entry):
    """What is wrong, as it was seen: a PNG or JPEG, its `content` as base64, which is kept here for as long as the journal is."""

    nonconformance: str
    file: str
    content: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NonconformanceContained(Entry):
    """It can do no more harm: what was done about it at once. Its lot is held."""

    nonconformance: str
    action: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NonconformanceDispositioned(Entry):
    """What becomes of it: "use as is", "rework" (from operation `rework_to` on), "scrap" or "return" (to the supplier).

    `quantity`: of so many pieces, and the rest stays undecided; 0: of all that is left of it. `code`: the defect that it has turned out
    to be; "": as was said before.
    """

    nonconformance: str
    disposition: str
    reason: str = ""
    rework_to: str = ""
    quantity: int = field(default=0, metadata=LEFT_OUT_IF_EMPTY)
    code: str = field(default="", metadata=LEFT_OUT_IF_EMPTY)


@dataclass(frozen=True, slots=True, kw_only=True)
class NonconformanceClosed(Entry):
    """All that was decided is done."""

    nonconformance: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectiveActionOpened(Entry):
    """Why a nonconformance came about, what shall be done against it until `due_us`; `lot_count` good ones then show that it helped.

    `nonconformance` "": nothing was wrong yet, and lots of `material` (and their `characteristic`, "": any) show it: it is preventive.
    `responsible`: the person who does it; "": nobody is named.
    """

    action: str
    nonconformance: str = ""
    root_cause: str
    measure: str
    due_us: int
    lot_count: int
    material: str = field(default="", metadata=LEFT_OUT_IF_EMPTY)
    characteristic: str = field(default="", metadata=LEFT_OUT_IF_EMPTY)
    responsible: str = field(default="", metadata=LEFT_OUT_IF_EMPTY)


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectiveActionChanged(Entry):
    """It shall be done by another date (`due_us`; 0: as it was) or another person (`responsible`; "": as it was), for a reason."""

    action: str
    reason: str
    due_us: int = 0
    responsible: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectiveActionCancelled(Entry):
    """It shall not be done, or need not show any more that it helps, for a reason."""

    action: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectiveActionTaken(Entry):
    """It is done; from now on lots count."""

    action: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectiveActionVerified(Entry):
    """The lots that were to show it have passed, or one had the fault again."""

    action: str
    is_effective: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TestResultCorrected(Entry):
    """A result was written down wrong: it `was` this, and is `value`, for a reason. Both stay in the journal."""

    __test__ = False  # not a test case, whatever pytest reads in the name

    characteristic: str
    was: float
    value: float
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlPointExcluded(Entry):
    """A point of a control chart has a cause of its own: limits are not found from it (AIAG SPC: an assignable cause).

    `point`: its number on the chart, from 1. `is_undone`: limits are found from it again, after all.
    """

    plan: str
    characteristic: str
    point: int
    reason: str
    is_undone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlLimitsRevised(Entry):
    """The process is another now: limits follow from the points `first_point` to `last_point` (numbers from 1), for those still to come."""

    plan: str
    characteristic: str
    first_point: int
    last_point: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordSigned(Entry):
    """A person signs an entry of the journal (21 CFR 11.50): `meaning`, bound to the entry's hash by `seal`, which its secret has made."""

    record: str  # id of the entry
    record_hash: str
    meaning: str  # "authored", "reviewed", "approved"
    seal: str

"""Level 3: what the MES concludes, or a person on the floor reports. Quantities in the smallest unit of the material."""

from __future__ import annotations

from dataclasses import dataclass, field

from twin.model.events.operations_event import LEFT_OUT_IF_EMPTY, OperationsEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class JobOrderCreated(OperationsEvent):
    """A job order exists (ISA-95 part 4). `equipment` is the work center that shall do it."""

    material: str
    operation: str  # operation id within the routing of the material
    quantity: int
    due_us: int = -1  # due date of its request


@dataclass(frozen=True, slots=True, kw_only=True)
class JobOrderCommand(OperationsEvent):
    """A command to the plant (B2MML JobOrderCommand). `equipment` is the work unit or line, `person` who works there.

    A batch names its job orders joined with "+"; the tuples then have one entry for each, else one entry.
    A person gives it at a `terminal`, with an `entry_id` as of an `Entry`; a rule has neither.
    `recipes`: by which revisions of which documents a start is done: (document, revision), those of the job orders together.
    """

    command: str  # JobCommand
    lots: tuple[str, ...] = ()
    materials: tuple[str, ...] = ()
    operations: tuple[str, ...] = ()
    quantities: tuple[int, ...] = ()
    reason: str = ""
    terminal: str = field(default="", metadata=LEFT_OUT_IF_EMPTY)
    entry_id: str = field(default="", metadata=LEFT_OUT_IF_EMPTY)
    recipes: tuple[tuple[str, str], ...] = field(default=(), metadata=LEFT_OUT_IF_EMPTY)


@dataclass(frozen=True, slots=True, kw_only=True)
class JobOrderCommandRefused(OperationsEvent):
    """A command that was not carried out, and why. Nothing else has changed."""

    command: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JobOrderStarted(OperationsEvent):
    """The work unit began with the job order (set-up included)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobOrderPaused(OperationsEvent):
    """Stopped for an external cause (PackML Suspended), to be resumed."""

    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobOrderHeld(OperationsEvent):
    """Stopped for an internal cause (PackML Held), to be resumed."""

    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobOrderResumed(OperationsEvent):
    """Went on after a pause or a hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobOrderAborted(OperationsEvent):
    """Ended before its quantity was counted, and not to be resumed."""

    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobOrderCompleted(OperationsEvent):
    """All of its quantity is counted: good + scrap + rework = the quantity it began with."""

    good: int
    scrap: int = 0
    rework: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class JobOrderCorrected(OperationsEvent):
    """What a completed job order gave is not what JobOrderCompleted says, but this; its pieces together are the same."""

    good: int
    scrap: int = 0
    rework: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class EquipmentStateCorrected(OperationsEvent):
    """The state of equipment that began at `since_us` had this `reason`, as a person has said, and not the one that was reported."""

    since_us: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MaterialActual(OperationsEvent):
    """Material that a job order used, made or lost (B2MML MaterialActual). `quantity` > 0; `use` gives the direction.

    `instead_of`: the material of the bill in whose place it was used. `by_bill`: the alternative bill that asks for it.
    """

    use: str  # MaterialUse
    material: str
    quantity: int
    instead_of: str = field(default="", metadata=LEFT_OUT_IF_EMPTY)
    by_bill: str = field(default="", metadata=LEFT_OUT_IF_EMPTY)


@dataclass(frozen=True, slots=True, kw_only=True)
class MaterialActualCorrected(MaterialActual):
    """So much more (`quantity` > 0) or less (< 0) was made or lost than was told, as is known now (B2MML RecordAction Changed)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EquipmentActual(OperationsEvent):
    """Time and energy a work unit really gave to a job order since its last EquipmentActual (B2MML EquipmentActual)."""

    setup_us: int = 0
    run_us: int = 0
    energy_wh: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonnelActual(OperationsEvent):
    """Time one person really gave to a job order since the last PersonnelActual (B2MML PersonnelActual)."""

    work_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LotCreated(OperationsEvent):
    """A traceable amount exists: received, opened for a request, or counted at the start.

    `from_lot`: it is made of so much of this lot of the same material, which has left stock to be reworked; its bill is in it already.
    """

    material: str
    quantity: int
    place: str = ""  # storage unit
    from_lot: str = field(default="", metadata=LEFT_OUT_IF_EMPTY)


@dataclass(frozen=True, slots=True, kw_only=True)
class LotSplit(OperationsEvent):
    """`quantity` of `from_lot` goes on as `lot` (rework)."""

    from_lot: str
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LotMoved(OperationsEvent):
    """A lot is now at `place`: a storage unit or a work unit."""

    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TestResultRecorded(OperationsEvent):
    """One measured characteristic of a lot (ISA-95 OperationsTest).

    A person gives it at a `terminal`, with an `entry_id` as of an `Entry`; a gauge or a record has neither.
    """

    __test__ = False  # not a test case, whatever pytest reads in the name

    characteristic: str
    value: float
    unit: str = ""
    lower: float | None = None
    upper: float | None = None
    passed: bool = True
    terminal: str = field(default="", metadata=LEFT_OUT_IF_EMPTY)
    entry_id: str = field(default="", metadata=LEFT_OUT_IF_EMPTY)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkAlertRaised(OperationsEvent):
    """Something a person should look at (ISA-95 part 4 WorkAlert)."""

    alert: str
    message: str

    @classmethod
    def about(cls, event: OperationsEvent, alert: str, message: str) -> WorkAlertRaised:
        """An alert at the instant of `event`, about the same equipment, request, job order and lot."""
        return cls(
            effective_us=event.effective_us, equipment=event.equipment, request=event.request, job_order=event.job_order,
            lot=event.lot, alert=alert, message=message,
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationsResponse(OperationsEvent):
    """Level 3 answers Level 4: the request is finished, with what it gave."""

    material: str
    good: int
    scrap: int = 0

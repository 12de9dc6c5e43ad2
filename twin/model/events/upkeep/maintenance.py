"""Level 3, maintenance: what has to be done to equipment, when, by whom, with which spare parts; and what gauges may be used."""

from __future__ import annotations

from dataclasses import dataclass

from twin.model.events.entries import Entry
from twin.model.events.operations_event import OperationsEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class MaintenanceEntry(Entry):
    """What somebody says of one maintenance order, `maintenance`."""

    maintenance: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MaintenanceRequested(MaintenanceEntry):
    """Something has to be done to `equipment`: by a plan, that a rule has found due, or because a person wants it ("corrective")."""

    category: str  # "planned", "condition", "corrective"
    description: str
    plan: str = ""
    due_us: int = -1  # -1: as soon as it can be done


@dataclass(frozen=True, slots=True, kw_only=True)
class MaintenanceScheduled(MaintenanceEntry):
    """It is done between these instants, by these persons; meanwhile nothing else starts on its equipment."""

    from_us: int
    until_us: int
    assigned: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MaintenanceStarted(MaintenanceEntry):
    """The equipment is in maintenance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MaintenanceStepConfirmed(MaintenanceEntry):
    """A step of its instruction is done: with a reading, yes (1) or no (0), or words, as the step asks. Said again, for a `reason`."""

    step: str
    answer: float | None = None
    words: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MaintenancePerformed(MaintenanceEntry):
    """It is done. `spare_parts` (material, quantity) were used; those that were kept back and not used are free again."""

    description: str = ""
    spare_parts: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MaintenanceCancelled(MaintenanceEntry):
    """It is not done, for a reason."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SparePartReserved(OperationsEvent):
    """So many pieces of a material are kept back for a maintenance order from now on; 0: none any more."""

    maintenance: str
    material: str
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SparePartIssued(OperationsEvent):
    """Pieces of a lot went into equipment. The ERP books their cost."""

    maintenance: str
    material: str
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MaintenanceWorked(OperationsEvent):
    """`person` has worked so long for a maintenance order; `work_us` < 0: so much of what was told before was not worked.

    The ERP books it.
    """

    maintenance: str
    work_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationPerformed(Entry):
    """A gauge was compared with its standard, and may be used (`is_passed`) or not."""

    calibration: str
    is_passed: bool
    certificate: str = ""

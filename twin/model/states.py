"""The words of the standards, as enumerations: PackML, B2MML, ISA-95."""

from __future__ import annotations

from enum import IntEnum, StrEnum


class WorkUnitState(IntEnum):
    """PackML states with the numbers of ISA-TR88.00.02-2015; `UNKNOWN` (0) is ours: nobody reported."""

    UNKNOWN = 0
    CLEARING = 1
    STOPPED = 2
    STARTING = 3  # with a set-up in progress
    IDLE = 4
    SUSPENDED = 5  # external cause: starved, blocked, nobody on shift
    EXECUTE = 6
    STOPPING = 7
    ABORTING = 8
    ABORTED = 9  # failed while no job order was running
    HOLDING = 10
    HELD = 11  # internal cause: failed in the middle of a job order
    UNHOLDING = 12
    SUSPENDING = 13
    UNSUSPENDING = 14
    RESETTING = 15
    COMPLETING = 16
    COMPLETE = 17

    @property
    def label(self) -> str:
        return self.name.capitalize()


class WorkUnitMode(IntEnum):
    """PackML unit modes (ISA-TR88.00.02-2015, table 4)."""

    PRODUCTION = 1
    MAINTENANCE = 2
    MANUAL = 3


class DispatchStatus(StrEnum):
    """B2MML V0700 DispatchStatus of a job order."""

    WAITING = "Waiting"  # an earlier operation is not finished
    PENDING = "Pending"  # its turn has come, something is missing (material)
    READY = "Ready"  # everything is there; it stands in the queue of its work center
    DISPATCHED = "Dispatched"  # sent to a work unit, not yet started
    RUNNING = "Running"
    HELD = "Held"  # internal cause
    SUSPENDED = "Suspended"  # external cause
    COMPLETED = "Completed"
    ABORTED = "Aborted"
    CANCELLED = "Cancelled"
    CLOSED = "Closed"


class JobCommand(StrEnum):
    """B2MML V0700 JobOrderCommand."""

    START = "Start"
    STOP = "Stop"
    HOLD = "Hold"
    RESTART = "Restart"
    ABORT = "Abort"
    RESET = "Reset"
    PAUSE = "Pause"
    RESUME = "Resume"


class MaterialUse(StrEnum):
    """B2MML V0700 MaterialUse, the part of it that is in use here."""

    CONSUMED = "Consumed"
    PRODUCED = "Produced"
    BY_PRODUCT = "By-product Produced"
    CO_PRODUCT = "Co-product Produced"
    INVENTORIED = "Inventoried"
    SCRAPPED = "Scrapped"  # not in B2MML: material that left as loss


class Source(StrEnum):
    """Where an event came from. No fold may branch on it."""

    SIMULATED = "simulated"
    LIVE = "live"
    REPLAYED = "replayed"
    USER = "user"
    RULE = "rule"  # concluded by the MES or the ERP


DEADLOCK = "deadlock"
"""Name of the alarm by which a simulated plant says that blocked equipment waits for each other for ever; its message says who for whom."""

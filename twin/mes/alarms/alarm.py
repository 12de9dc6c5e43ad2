"""One alarm, or one alert, and the state that it is in (ISA-18.2, figure of alarm states)."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from twin.model.upkeep.alarms import Alarm


class AlarmState(StrEnum):
    """Alarm states of ISA-18.2 / IEC 62682; an alert of MES or ERP goes through the same."""

    NORMAL = "normal"
    UNACKNOWLEDGED = "unacknowledged"
    ACKNOWLEDGED = "acknowledged"
    RETURNED = "returned to normal, unacknowledged"  # RTNUN
    LATCHED = "latched"  # its cause is gone; it stands until it is reset
    SHELVED = "shelved"
    SUPPRESSED = "suppressed by design"
    OUT_OF_SERVICE = "out of service"


S = AlarmState
QUIET = frozenset({S.SHELVED, S.SUPPRESSED, S.OUT_OF_SERVICE})
CALLING = frozenset({S.UNACKNOWLEDGED, S.RETURNED})
"""States in which somebody is asked to acknowledge."""

Key = tuple[bool, str, str]
"""Whether it is an alert, what it is about, its name."""
_FOR_EVER = 2**62


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a person said to it: until then, or since then, and why."""

    at_us: int
    person: str
    terminal: str
    reason: str = ""
    until_us: int = -1


@dataclass(slots=True, kw_only=True)
class AlarmRecord:
    """One alarm with its life so far: every instant at which it was raised and cleared, and what persons said. All else follows.

    So it makes no difference in which order facts became known. Raised and cleared at one instant means that it came and went.
    """

    alarm: str
    is_alert: bool
    declared: Alarm
    equipment: str = ""
    lot: str = ""
    job_order: str = ""
    request: str = ""
    subject: str = ""
    message: str = ""
    raised: list[int] = field(default_factory=list)  # in order, us
    cleared: list[int] = field(default_factory=list)  # in order, us; of an alert: dealt with
    reset_us: int = -1
    acknowledged: Said | None = None
    shelved: Said | None = None
    out_of_service: Said | None = None
    suppressed_us: int = -1  # since when its equipment is in a state in which it means nothing; -1: it is not
    quiet: list[tuple[int, int]] = field(default_factory=list)  # when it could not be heard, until it could
    heard_again: list[int] = field(default_factory=list)  # when it could be heard, and still had to be acknowledged
    handed_on: tuple[int, int] = (-1, 0)  # since when it was heard, and how often it went to the next since then
    told: list[tuple[int, str, str]] = field(default_factory=list)  # since when it was heard, whom the server told, what went wrong
    answers_us: list[int] = field(default_factory=list)  # from heard to acknowledged, each time

    @property
    def key(self) -> Key:
        return self.is_alert, self.subject, self.alarm

    @property
    def raised_us(self) -> int:
        """Since when it is there, or was there last; of an alert: when it was raised last."""
        return self._activation(len(self.raised) - 1) if self.raised and not self.is_alert else self.raised[-1] if self.raised else -1

    @property
    def activations(self) -> list[int]:
        """Instants at which it came; that it is still there, told again, is none."""
        return sorted({self._activation(n) for n in range(len(self.raised))}) if not self.is_alert else list(self.raised)

    @property
    def is_active(self) -> bool:
        return bool(self.raised) and (not self.cleared or self.cleared[-1] < self.raised[-1])

    @property
    def is_acknowledged(self) -> bool:
        return not self.raised or (self.acknowledged is not None and self.acknowledged.at_us >= self.raised_us)

    @property
    def is_latched(self) -> bool:
        return self.declared.latched and bool(self.raised) and not self.is_active and self.reset_us < self.cleared[-1]

    @property
    def state(self) -> AlarmState:
        """Its state now; what keeps it quiet comes before what it would say."""
        if self.out_of_service:
            return S.OUT_OF_SERVICE
        if self.suppressed_us >= 0:
            return S.SUPPRESSED
        if self.shelved:
            return S.SHELVED
        if self.is_active:
            return S.ACKNOWLEDGED if self.is_acknowledged else S.UNACKNOWLEDGED
        if self.is_latched:
            return S.LATCHED
        return S.NORMAL if self.is_acknowledged else S.RETURNED

    @property
    def calls(self) -> bool:
        """Whether somebody is asked to acknowledge it."""
        return not self.is_acknowledged and self.state not in QUIET

    @property
    def heard_us(self) -> int:
        """Since when somebody is asked to acknowledge it."""
        return max(self.raised_us, self.quiet[-1][1] if self.quiet else -1)

    @property
    def heard(self) -> list[int]:
        """Instants at which it called somebody."""
        quiet = self.quiet + ([(self.quiet_since_us, _FOR_EVER)] if self.state in QUIET else [])
        return sorted([*(at for at in self.activations if not any(a <= at < b for a, b in quiet)), *self.heard_again])

    @property
    def quiet_since_us(self) -> int:
        """Since when it cannot be heard."""
        said = [it.at_us for it in (self.shelved, self.out_of_service) if it]
        return min([*said, *([self.suppressed_us] if self.suppressed_us >= 0 else [])], default=-1)

    @property
    def step(self) -> int:
        """How often it was handed on since it was heard."""
        return self.handed_on[1] if self.handed_on[0] == self.heard_us else 0

    @property
    def asked(self) -> str:
        """Personnel class that it was handed on to last; "" if to none."""
        return self.declared.escalate_to[self.step - 1] if 0 < self.step <= len(self.declared.escalate_to) else ""

    @property
    def told_now(self) -> dict[str, str]:
        """Whom the server has told of it since it was heard, and what went wrong, "" if it arrived."""
        return {address: failure for heard_us, address, failure in self.told if heard_us == self.heard_us}

    @property
    def due_us(self) -> int:
        """When it goes to the next, unless somebody acknowledges it; -1 if it does not."""
        within = self.declared.within
        steps = max(1, len(self.declared.escalate_to))
        return self.heard_us + within * (self.step + 1) if within and self.calls and self.step < steps else -1

    def is_standing(self, now_us: int, longer_us: int) -> bool:
        """Whether it is active for longer than that (a stale alarm)."""
        return self.is_active and not self.is_alert and now_us - self.raised_us > longer_us

    def _activation(self, n: int) -> int:
        """When it came that was there at its n-th raise: the first raise after the last time that it was cleared before."""
        before = bisect_left(self.cleared, self.raised[n])
        return self.raised[bisect_right(self.raised, self.cleared[before - 1])] if before else self.raised[0]


def is_often(instants: Iterable[int], times: int, within_us: int) -> bool:
    """Whether so many of the instants, in order, lie within so long."""
    known = list(instants)
    return any(last - first <= within_us for first, last in zip(known, known[times - 1 :], strict=False))

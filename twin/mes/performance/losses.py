"""The loss tree: from the time that was planned down to the time in which good pieces were made as fast as planned.

Source: ISO 22400-2's time model (PBT = APT + ASUT + ADET + what was available and not used), with delays by PackML's distinction
between internal causes (Held, Aborted: failures) and external ones (Suspended: waiting), of which a break of those who could go on is one
of its own; below APT the effectiveness and the quality ratio as time, as in Nakajima, Introduction to TPM (1988). So productive time over
planned time is the OEE. Maintenance that was planned is no loss of planned time, since it lessens that.
"""

from __future__ import annotations

from dataclasses import dataclass

from twin.mes.equipment import SUSPENDED_STATES, StateInterval
from twin.mes.performance.indicators import Sums
from twin.mes.performance.time_model import failure_of

FAILURE, WAITING, STOPPED, BREAK = "failure", "waiting", "stopped", "break"
SET_UP, NOT_USED, NOT_REPORTED = "set-up", "not used", "not reported"
SPEED, SCRAP, PRODUCTIVE = "speed", "scrap and rework", "productive"
STANDING = (FAILURE, WAITING, STOPPED)
"""Losses in which equipment stands although it was planned to work, or has something to do, and nobody has agreed to that."""
NO_OPERATOR = "no_operator"
_DELAYS = (*STANDING, BREAK)


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """A part of the planned time of a piece of equipment, us; `speed` is below zero where pieces were made quicker than planned."""

    equipment: str
    loss: str
    reason: str
    duration_us: int
    planned_us: int  # the whole that it is a part of (PBT)


def delay_of(interval: StateInterval) -> tuple[str, str]:
    """Kind of a delay, and its reason as the plant gave it."""
    if failed := failure_of(interval):
        return FAILURE, failed
    return (WAITING if interval.state in SUSPENDED_STATES else STOPPED), interval.reason


def losses_of(equipment: str, sums: Sums) -> list[Loss]:
    """The parts that are not empty, in the order in which time is lost; they add up to the planned time exactly.

    What was spent on scrap and rework is shared out by the reasons that persons have said, the most pieces first; "": nobody has said one.
    Equipment of which nobody knows how long a piece should take has no speed loss: all of its production time goes by quality.
    """
    produced = sums.good + sums.scrap + sums.rework
    planned_run_us = round(sums.planned_run) if sums.planned_run and produced else sums.apt
    productive_us = planned_run_us * sums.good // produced if produced else planned_run_us
    delays = sorted(sums.delays.items(), key=lambda it: (_DELAYS.index(it[0][0]), -it[1], it[0]))
    parts = [
        (NOT_REPORTED, "", sums.unknown),
        (NOT_USED, "", sums.adot),
        *((kind, reason, lost_us) for (kind, reason), lost_us in delays),
        (SET_UP, "", sums.asut),
        (SPEED, "", sums.apt - planned_run_us),
        *((SCRAP, reason, lost_us) for reason, lost_us in _by_reason(planned_run_us - productive_us, sums)),
        (PRODUCTIVE, "", productive_us),
    ]
    return [
        Loss(equipment=equipment, loss=loss, reason=reason, duration_us=duration_us, planned_us=sums.pbt)
        for loss, reason, duration_us in parts
        if duration_us
    ]


def _by_reason(lost_us: int, sums: Sums) -> list[tuple[str, int]]:
    """The time that was spent on scrap and rework, by reason; of each so much that all of them are the whole."""
    pieces, before = sums.scrap + sums.rework, 0
    reasons = sorted(sums.lost.items(), key=lambda it: (-it[1], it[0]))
    shares = []
    for reason, some in (*reasons, ("", pieces - sum(sums.lost.values()))):
        until = before + some
        shares.append((reason, (lost_us * until // pieces - lost_us * before // pieces) if pieces else lost_us))
        before = until
    return shares

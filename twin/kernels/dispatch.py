"""Which job order goes first: the dispatch rules and the batch rule, as arithmetic on scalars.

Plain Python, and within what Numba compiles (`njit(rank)` gives the same numbers), so that the MES and the plants rank
by one source. Each rule is a key: the smallest goes first; equal keys are settled by (ready_us, job order id).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

Equipment = TypeVar("Equipment")

FIFO, EDD, SPT, CRITICAL_RATIO, SETUP_AVOIDANCE, PRIORITY, SLACK, SLACK_PER_OPERATION, SEQUENCE, WEIGHTED = range(10)
FIRST_OWN = 100
"""Numbers from here on are rules of a user's own (`twin.kernels.own_rules`)."""

RULE_NUMBERS = {
    "fifo": FIFO,
    "edd": EDD,
    "spt": SPT,
    "critical_ratio": CRITICAL_RATIO,
    "setup_avoidance": SETUP_AVOIDANCE,
    "priority": PRIORITY,
    "slack": SLACK,
    "slack_per_operation": SLACK_PER_OPERATION,
    "sequence": SEQUENCE,
    "weighted": WEIGHTED,
}
"""The rules by the names that a scenario gives them (`twin.model.scenario.DISPATCH_RULES`)."""

NO_DUE_US = 2**62
"""Due date of a job order that has none: after every other. Also the place of what is in no planned sequence."""

SCALE_US, WAITED, SLACK_SHARE, RUN, REMAINING, SETUP, IMPORTANCE, WEIGHTS = range(8)
"""What the weights of the weighted rule are, in their order; the first is no weight but the scale."""


def rank(
    rule: int,
    ready_us: int,
    due_us: int,
    run_us: float,
    remaining_us: float,
    setup_us: int,
    priority: int,
    operations_left: int,
    now_us: int,
) -> float:
    """Key of one job order in the queue of one work unit; the smallest goes first.

    Parameters
    ----------
    rule : FIFO to SLACK_PER_OPERATION; a planned sequence is a key by itself, and weights have a function of their own
    ready_us : when it joined the queue, us since 1970
    due_us : due date of its request, us since 1970; negative if it has none
    run_us : expected run time of this operation for the whole quantity, us
    remaining_us : expected run time of this and all later operations, us
    setup_us : time to set this work unit up for it, us
    priority : larger is more urgent
    operations_left : this operation and all later ones, >= 1
    now_us : the instant of the decision, us since 1970

    Returns
    -------
    FIFO                 ready_us
    EDD                  due_us
    SPT                  run_us
    CRITICAL_RATIO       (due_us - now_us) / remaining_us; below 1 it will be late, below 0 it is late already
    SETUP_AVOIDANCE      setup_us (a family may wait for ever while another keeps coming)
    PRIORITY             -priority
    SLACK                due_us - remaining_us: the slack but for now_us, which is the same for all, so that ranks stay while they wait
    SLACK_PER_OPERATION  (due_us - now_us - remaining_us) / operations_left

    Notes
    -----
    Rules as in Blackstone, Phillips, Hogg (1982), Int. J. Prod. Res. 20, 27. An unknown rule ranks as FIFO. Instants
    are below 2^53 us (until the year 2255), so a float holds them exactly; the key of no due date is 2^62.
    """
    if rule == EDD:
        return float(due_us) if due_us >= 0 else float(NO_DUE_US)
    if rule == SPT:
        return float(run_us)
    if rule == CRITICAL_RATIO:
        if due_us < 0:
            return float(NO_DUE_US)
        return (due_us - now_us) / max(float(remaining_us), 1.0)
    if rule == SETUP_AVOIDANCE:
        return float(setup_us)
    if rule == PRIORITY:
        return float(-priority)
    if rule in (SLACK, SLACK_PER_OPERATION):
        if due_us < 0:
            return float(NO_DUE_US)
        if rule == SLACK:
            return float(due_us) - float(remaining_us)
        return (float(due_us - now_us) - float(remaining_us)) / float(operations_left)
    return float(ready_us)


def weigh(
    weights: Sequence[float],
    first: int,
    ready_us: int,
    due_us: int,
    run_us: float,
    remaining_us: float,
    setup_us: int,
    priority: int,
    now_us: int,
) -> float:
    """Key of the weighted rule, parameters as of `rank`; `weights` begin at `first`, in the order of SCALE_US to IMPORTANCE.

    Each criterion is made a share between -1 and 1, t / (|t| + scale) of a time t and p / (|p| + 1) of a priority, so what is far
    off counts as far off and no more; and a rank depends on no other job order. No due date counts as endless slack. What has waited and
    what is important goes first, so their weights count the other way round.
    """
    scale_us = weights[first + SCALE_US]
    waited_us, slack_us = float(now_us - ready_us), float(due_us - now_us) - float(remaining_us)
    slack = slack_us / (abs(slack_us) + scale_us) if due_us >= 0 else 1.0
    key = weights[first + SLACK_SHARE] * slack
    key += weights[first + RUN] * (run_us / (run_us + scale_us))
    key += weights[first + REMAINING] * (remaining_us / (remaining_us + scale_us))
    key += weights[first + SETUP] * (float(setup_us) / (float(setup_us) + scale_us))
    key -= weights[first + WAITED] * (waited_us / (abs(waited_us) + scale_us))
    key -= weights[first + IMPORTANCE] * (float(priority) / (abs(float(priority)) + 1.0))
    return key


def keeps_setup(
    run_lots: int, least_lots: int, ran_us: int, least_us: int, stands_us: int, patience_us: int, is_family_there: bool
) -> bool:  # fmt: skip
    """Whether a unit keeps to the family that it is set up for, because its minimum run is not over.

    Parameters
    ----------
    run_lots, least_lots : lots of the family since the set-up, and how many there must be; least 0: they do not count
    ran_us, least_us : since the first job of the family began, and how long that must be, us; least 0: it does not count
    stands_us, patience_us : since the last job was done, and how long it waits for a lot of the family if none is there, us
    is_family_there : whether a lot of the family waits that the unit could do
    """
    if (least_lots > 0 and run_lots >= least_lots) or (least_us > 0 and ran_us >= least_us):
        return False
    return (least_lots > 0 or least_us > 0) and (is_family_there or stands_us < patience_us)


IDLE_ROUNDS = {"declared": (True,), "least_setup": (False, True)}
"""How often a work center asks its idle equipment, and whether what needs a set-up is taken, by `idle_first`."""


_MODULUS = 2**31 - 1


def asked_first(now_us: int, count: int) -> int:
    """Which of `count` pieces of equipment, from 0, is asked first at an instant where that is drawn; the others follow as declared.

    Parameters
    ----------
    now_us : the instant, us; nothing else is drawn from, so a simulation, its replay and a live plant ask in the same order
    count : at least 1

    Notes
    -----
    The minimal standard generator (Park and Miller, CACM 1988, with the multiplier of 1993), with a shift between two steps of it, for
    instants often lie on a grid.
    """
    number = now_us % _MODULUS
    for _ in range(2):
        number = (number ^ (number >> 15)) * 48271 % _MODULUS
    return number % count


def in_order_asked(equipment: Sequence[Equipment], idle_order: str, now_us: int) -> Sequence[Equipment]:
    """Equipment of a work center in the order in which it is asked at an instant; `equipment` as declared."""
    if idle_order == "declared" or not equipment:
        return equipment
    first = asked_first(now_us, len(equipment))
    return [*equipment[first:], *equipment[:first]]


def batch_of(counted: Sequence[int], minimum: int, maximum: int, waited_us: int, wait_us: int) -> int:
    """How many lots of a family start as a batch, the first first; 0: none yet.

    Parameters
    ----------
    counted : what each lot counts: 1, or its pieces; at least one lot, in the order of their ranks
    minimum, maximum : of a batch, 1 <= minimum <= maximum, in lots or in pieces
    waited_us : how long the first of them has waited, us
    wait_us : how long the first of them has to wait for a fuller batch, us

    Notes
    -----
    Those go in that fit in together, the first whatever its size; a batch that leaves the next lot no room is full.
    """
    size, inside = 1, counted[0]
    while size < len(counted) and inside + counted[size] <= maximum:
        inside += counted[size]
        size += 1
    is_full = size < len(counted) or inside >= maximum
    return size if is_full or (inside >= minimum and waited_us >= wait_us) else 0

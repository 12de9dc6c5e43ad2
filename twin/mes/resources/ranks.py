"""Why a job order stands where it does in the queue of its work center: what its dispatch rules look at, in words."""

from __future__ import annotations

from collections.abc import Callable

from twin.kernels.dispatch import NO_DUE_US
from twin.kernels.ranking import JobFacts
from twin.model.calendars import spoken_duration

Say = Callable[[JobFacts], str]


def reason_of_rank(rules: tuple[str, ...], facts: JobFacts, keys: tuple[float, ...]) -> str:
    """What each rule of a work center, the first first, sees in a job order; `keys` are what it makes of it."""
    said = [SAYS[rule](facts) if rule in SAYS else _by_key(rule, key) for rule, key in zip(rules, keys, strict=True)]
    return ", then ".join(dict.fromkeys(said))


def _by_key(rule: str, key: float) -> str:
    if rule == "sequence":
        return "not in the plan" if key >= NO_DUE_US else f"place {int(key) + 1} of the plan"
    return f"{rule.replace('_', ' ')} {key:.3g}"


def _fifo(facts: JobFacts) -> str:
    return f"there for {spoken_duration(facts[7] - facts[0])}" if 0 <= facts[0] <= facts[7] else "not there yet"


def _edd(facts: JobFacts) -> str:
    due_us, now_us = facts[1], facts[7]
    if due_us < 0 or due_us >= NO_DUE_US:
        return "no due date"
    return f"due in {spoken_duration(due_us - now_us)}" if due_us >= now_us else f"was due {spoken_duration(now_us - due_us)} ago"


def _slack_us(facts: JobFacts) -> float:
    return facts[1] - facts[7] - facts[3]


def _slack(facts: JobFacts) -> str:
    if facts[1] < 0 or facts[1] >= NO_DUE_US:
        return "no due date"
    slack_us = round(_slack_us(facts))
    return f"slack of {spoken_duration(slack_us)}" if slack_us >= 0 else f"{spoken_duration(-slack_us)} short of its due date"


def _slack_per_operation(facts: JobFacts) -> str:
    return f"{_slack(facts)} over {facts[6]} operation{'s' if facts[6] != 1 else ''}"


def _critical_ratio(facts: JobFacts) -> str:
    if facts[1] < 0 or facts[1] >= NO_DUE_US or not facts[3]:
        return "no due date, or no work left"
    return f"critical ratio {(facts[1] - facts[7]) / facts[3]:.2f}"


def _spt(facts: JobFacts) -> str:
    return f"run of {spoken_duration(round(facts[2]))}"


def _setup(facts: JobFacts) -> str:
    return f"set-up of {spoken_duration(facts[4])}" if facts[4] else "no set-up"


def _priority(facts: JobFacts) -> str:
    return f"priority {facts[5]}"


SAYS: dict[str, Say] = {
    "fifo": _fifo, "edd": _edd, "spt": _spt, "critical_ratio": _critical_ratio, "setup_avoidance": _setup, "priority": _priority,
    "slack": _slack, "slack_per_operation": _slack_per_operation,
}  # fmt: skip
"""By the name of the dispatch rule."""

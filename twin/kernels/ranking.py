"""How job orders are ranked at every work center, as a scenario says: for the MES, the readable plant and the rehearsal alike.

The compiled plant has the same rules (`twin.kernels.floor.flow.queues`), from the same functions.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol

from twin.kernels.dispatch import FIRST_OWN, NO_DUE_US, RULE_NUMBERS, SEQUENCE, WEIGHTED, rank, weigh

JobFacts = tuple[int, int, float, float, int, int, int, int]
"""ready_us, due_us, run_us, remaining_us, setup_us, priority, operations_left, now_us; as `twin.kernels.dispatch.rank` explains them."""


class Weighting(Protocol):
    """Weights of the weighted rule."""

    @property
    def numbers(self) -> tuple[float, ...]: ...


class Asked(Protocol):
    """What a scenario says about dispatching."""

    def ranks(self, center: str) -> Sequence[str]: ...
    @property
    def weighted(self) -> Weighting: ...
    @property
    def sequence(self) -> Mapping[str, Sequence[str]]: ...


class OwnRule(Protocol):
    """A rule of a user's own, compiled."""

    @property
    def name(self) -> str: ...
    @property
    def key(self) -> Callable[..., float]: ...
    @property
    def address(self) -> int: ...


class NoSuchRuleError(ValueError):
    """A scenario names a rule that this process does not know."""


def rules_by_center(centers: Iterable[str], asked: Asked, own: Mapping[str, OwnRule]) -> tuple[dict[str, list[int]], list[OwnRule]]:
    """The numbers of the rules of each work center, the first first, and the rules whose numbers begin with FIRST_OWN.

    Raises
    ------
    NoSuchRuleError : no rule has that name, here and now
    """
    named = {center: asked.ranks(center) for center in centers}
    used = [name for name in dict.fromkeys(rule for rules in named.values() for rule in rules) if name not in RULE_NUMBERS]
    for name in used:
        if name not in own:
            raise NoSuchRuleError(f"no dispatch rule is called '{name}' in this process; allowed: twin.register_rule(\"{name}\", function)")
    numbers = {**RULE_NUMBERS, **{name: FIRST_OWN + n for n, name in enumerate(used)}}
    return {center: [numbers[name] for name in rules] for center, rules in named.items()}, [own[name] for name in used]


class Ranking:
    """Keys of job orders; the smallest goes first, equal keys are settled by (ready_us, job order id)."""

    def __init__(self, centers: Iterable[str], asked: Asked, own: Mapping[str, OwnRule]) -> None:
        self._rules, self._own = rules_by_center(centers, asked, own)
        self._weights = asked.weighted.numbers
        self._places = {where: {job_order: n for n, job_order in enumerate(jobs)} for where, jobs in asked.sequence.items()}

    def key(self, center: str, equipment: str, job_order: str, job: JobFacts) -> tuple[float, ...]:
        """Keys of a job order in the queue of `center` as `equipment` would take it: the first, then those for what ranks alike."""
        return tuple([self._key(rule, center, equipment, job_order, job) for rule in self._rules[center]])

    def _key(self, rule: int, center: str, equipment: str, job_order: str, job: JobFacts) -> float:
        if rule >= FIRST_OWN:
            key = self._own[rule - FIRST_OWN].key(*job)
            if math.isnan(key):
                from twin.kernels.own_rules import tell_what_was_raised  # Numba comes in only when it is needed

                tell_what_was_raised()
            return float(NO_DUE_US) if math.isnan(key) else key  # what is no number comes last
        if rule == WEIGHTED:
            return weigh(self._weights, 0, *job[:6], job[7])
        if rule == SEQUENCE:
            return float(self._place(center, equipment, job_order))
        return rank(rule, *job)

    def _place(self, center: str, equipment: str, job_order: str) -> int:
        """In the sequence of the equipment, if it has one, else of the work center."""
        places = self._places.get(equipment, self._places.get(center, {}))
        return places.get(job_order, NO_DUE_US)

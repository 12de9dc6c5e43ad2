"""Dispatch rules as a scenario names them, and the weights of the weighted one."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field, WithJsonSchema

from twin.model.measures import PositiveUs, Table
from twin.model.policies.own_rules import OWN_RULES
from twin.model.problems import did_you_mean, listed

DISPATCH_RULES: tuple[str, ...] = (
    "fifo", "edd", "spt", "critical_ratio", "setup_avoidance", "priority", "slack", "slack_per_operation", "sequence", "weighted",
)  # fmt: skip


RULE_TITLES = {
    "fifo": "first come, first served (FIFO)",
    "edd": "earliest due date first (EDD)",
    "spt": "shortest operation first (SPT)",
    "critical_ratio": "least time for the work that is left (critical ratio)",
    "setup_avoidance": "what needs the shortest set-up (set-up avoidance)",
    "priority": "highest priority first",
    "slack": "least slack first",
    "slack_per_operation": "least slack for each operation left",
    "sequence": "the published schedule (sequence)",
    "weighted": "weighted sum of several",
    "as now": "as it is decided now",
}
"""What goes first by each rule, as the shop floor reads it; the name by which a file or command asks for it in brackets."""


def rule_title(rule: str) -> str:
    """What goes first by a rule; one of a user's own has but its name."""
    return RULE_TITLES.get(rule, rule.replace("_", " "))


def _known_rule(value: str) -> str:
    """A rule that there is, or one of a user's own that was registered before."""
    known = [*DISPATCH_RULES, *OWN_RULES]
    if value not in known:
        of_your_own = f'or your own, after twin.register_rule("{value}", function)'
        raise ValueError(f"'{value}' is not known here{did_you_mean(value, known)}; allowed: {listed(DISPATCH_RULES, 30)}, {of_your_own}")
    return value


DispatchRule = Annotated[
    str,
    AfterValidator(_known_rule),
    WithJsonSchema({"type": "string", "examples": list(DISPATCH_RULES), "description": "a dispatch rule, or the name of one of your own"}),
]
Weight = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class Weights(Table):
    """What the rule "weighted" looks at, and how much: the smallest sum goes first.

    A time counts as t / (t + `scale`), from 0 to 1 and a half at `scale`; a slack below nothing as less than 0; a priority as p / (p + 1).
    """

    scale: PositiveUs = 8 * 3_600_000_000
    waited: Weight = 0.0  # who has waited long goes first
    slack: Weight = 0.0  # due date less now and the work that is left: who is short of time goes first
    run: Weight = 0.0  # short operations first
    remaining: Weight = 0.0  # little work left first
    setup: Weight = 0.0  # short set-ups first
    priority: Weight = 0.0  # the important first

    @property
    def numbers(self) -> tuple[float, ...]:
        """In the order of `twin.kernels.dispatch.SCALE_US` to IMPORTANCE."""
        return float(self.scale), self.waited, self.slack, self.run, self.remaining, self.setup, self.priority

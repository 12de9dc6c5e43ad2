"""Dispatch rules of work centers that somebody has changed while the plant runs: they count from then on."""

from __future__ import annotations

from dataclasses import dataclass

from twin.mes.collection.functions import Reacting
from twin.mes.collection.reactions import Accepted
from twin.mes.scheduling.published import Following
from twin.model.events import DispatchRuleChanged
from twin.model.plant import Plant
from twin.model.policies.dispatch import DISPATCH_RULES
from twin.model.policies.own_rules import OWN_RULES
from twin.model.problems import did_you_mean, listed


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSaid:
    """By which rule a work center goes since when, who said so and why."""

    work_center: str
    rule: str
    by: str
    at_us: int
    reason: str


class ChangedRules(Reacting):
    """Work centers that go by another dispatch rule than they began with (a `Function`); `mes` decides by it from then on."""

    def __init__(self, plant: Plant, mes: Following) -> None:
        self._centers, self._mes = list(plant.layout.work_centers), mes
        self.said: list[RuleSaid] = []  # in the order in which they were said
        self._reactions = {DispatchRuleChanged: Accepted(plant.layout.persons, self._doubt, self._change)}

    def rules(self) -> dict[str, str]:
        """By which rule each work center goes now."""
        policies = self._mes.policies
        return {center: policies.ranks(center)[0] for center in self._centers}

    def allowed(self) -> list[str]:
        """The rules that say something here: weights and a sequence only where there are some."""
        policies, says_nothing = self._mes.policies, set[str]()
        if not policies.sequence:
            says_nothing.add("sequence")
        if not any(policies.weighted.numbers[1:]):
            says_nothing.add("weighted")
        return [rule for rule in (*DISPATCH_RULES, *OWN_RULES) if rule not in says_nothing]

    def _doubt(self, event: DispatchRuleChanged) -> str:
        center, rule, may = event.work_center, event.dispatch_rule, self.allowed()
        if center not in self._centers:
            return f"there is no work center '{center}'{did_you_mean(center, self._centers)}; allowed: {listed(self._centers)}"
        if self._mes.policies.decisions in ("observed", "told"):
            return "the plant decides by itself what is started; allowed: where MES or persons decide"
        if rule not in may:
            return f"'{rule}' is no rule to dispatch by here{did_you_mean(rule, may)}; allowed: {listed(may, 30)}"
        if self.rules()[center] == rule:
            return f"{center} goes by {rule} already"
        return "" if event.reason.strip() else "it needs a reason"

    def _change(self, event: DispatchRuleChanged) -> None:
        policies = self._mes.policies
        by_center = {**policies.dispatch_by_center, event.work_center: event.dispatch_rule}
        self.said.append(
            RuleSaid(
                work_center=event.work_center, rule=event.dispatch_rule, by=event.person, at_us=event.effective_us, reason=event.reason,
            )
        )  # fmt: skip
        self._mes.follow(policies.model_copy(update={"dispatch_by_center": by_center}))

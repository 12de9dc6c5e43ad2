"""By which rule each work center dispatches now, and another one from now on."""

from __future__ import annotations

from typing import Any

import panel as pn
import panel_material_ui as pmui

from twin.apps.feed import Feed
from twin.apps.row_table import Row, row_table
from twin.apps.speaking.answers import Answer, button, offer, select
from twin.apps.speaking.speaker import Speaker
from twin.apps.theme import card
from twin.apps.words import choices, person_titles, work_center_title
from twin.model.events import DispatchRuleChanged
from twin.model.policies.dispatch import rule_title
from twin.results.views.overview import local_time
from twin.results.views.schedule import RuleNow, rules_now

NONE = "–"
HEAD = ("Work center", "Goes by", "Since", "Why")
MEANS = (
    "Another rule counts from the next start on, also where a schedule was published: that work center goes by it no more, until another"
    " one is. By the rule sequence it goes by the published schedule again."
)


class RulesCard:
    """The card, and `refresh` for the beat of its page."""

    def __init__(self, feed: Feed, speaker: Speaker) -> None:
        self._feed, self._speaker = feed, speaker
        plant = feed.run.plant
        centers = choices({name: it.title for name, it in plant.layout.work_centers.items()})
        self._center, self._rule = select("work center", {NONE: "", **centers}), select("goes by", {NONE: ""})
        self._why = pmui.TextInput(label="why", width=260, size="small", margin=(6, 8))
        self._answer, self._table = Answer(), pn.pane.HTML("", sizing_mode="stretch_width", margin=0)
        row = pmui.FlexBox(self._center, self._rule, self._why, button("Change the rule", self._change), align_items="center")
        note = pmui.Typography(MEANS, variant="body2", sx={"opacity": 0.8}, margin=(4, 8))
        self.view = card("By which rule each work center goes", self._table, row, self._answer.pane, note)

    def refresh(self) -> None:
        """Show the rules that hold."""
        feed = self._feed
        now = feed.look(rules_now)
        allowed = feed.look(lambda run: run.mes.changed_rules.allowed())
        offer(self._rule, {NONE: "", **{rule_title(name): name for name in allowed}})
        self._table.object = row_table(HEAD, [self._row(it) for it in now])

    def _row(self, it: RuleNow) -> Row:
        plant = self._feed.run.plant
        since = f"{local_time(plant, it.at_us)}, {person_titles(plant, it.by)}" if it.by else "the start"
        return Row(cells=(work_center_title(plant, it.work_center), rule_title(it.rule), since, it.reason), mark="done")

    def _change(self, _: Any) -> None:
        center, rule = str(self._center.value), str(self._rule.value)
        why = str(self._why.value_input or self._why.value or "").strip()
        done = f"{work_center_title(self._feed.run.plant, center) if center else 'Nothing'} goes by {rule_title(rule)} from now on."
        self._speaker.say(
            DispatchRuleChanged, self._answer, done, self.refresh, work_center=center, dispatch_rule=rule, reason=why,
        )  # fmt: skip

"""The exceptions of the supervisor page: each with what to do about it, and buttons to acknowledge, shelve, or be done with it."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any

import panel as pn
import panel_material_ui as pmui

from twin.apps.feed import Feed
from twin.apps.speaking.answers import Answer
from twin.apps.speaking.speaker import Speaker
from twin.apps.words import equipment_title
from twin.mes.alarms.alarm import AlarmRecord
from twin.model.calendars import spoken_duration
from twin.model.events import AlarmAccepted, AlarmReset, AlarmReturnedToService, AlarmShelved, AlarmTakenOutOfService, AlarmUnshelved
from twin.results.upkeep.supervising import SupervisorNow
from twin.results.views.overview import local_time

COLORS = {"critical": "#D55E00", "high": "#D55E00", "medium": "#E69F00", "low": "#8A94A0"}
SHELVED_US = {"15 min": 900_000_000, "1 h": 3_600_000_000, "8 h": 28_800_000_000}
CSS = (
    "<style>.x{font:14px Roboto,system-ui,sans-serif;border-left:5px solid;padding:4px 10px;margin:2px 0;overflow-wrap:anywhere}"
    ".x b{font-size:15px}.x .d{opacity:.78}.x .t{font-weight:700}</style>"
)


def _words(text: str) -> pmui.Typography:
    return pmui.Typography(text, variant="body2", margin=(4, 10))


class Exceptions:
    """What calls somebody, and what was answered and is still there; drawn anew only when it has changed."""

    def __init__(self, feed: Feed, speaker: Speaker, refresh: Callable[[], None]) -> None:
        self._feed, self._speaker, self._refresh = feed, speaker, refresh
        self.calling, self.answered = (pn.Column(sizing_mode="stretch_width", margin=0) for _ in range(2))
        self.answer = Answer()
        self.shelf = pmui.Select(label="on the shelf for", options=SHELVED_US, value=3_600_000_000, width=140, size="small", margin=(6, 8))
        self._drawn: tuple[object, ...] = ()

    def show(self, now: SupervisorNow) -> None:
        """Bring both lists up to date."""
        more = now.calling_count - len(now.calling)
        lists = ((self.calling, now.calling, "Nothing calls anybody."), (self.answered, now.answered, "None."))
        drawn = more, *((it.key, it.state, it.heard_us, it.step, len(it.raised), len(it.told)) for _, found, _ in lists for it in found)
        if drawn == self._drawn and all(column.objects for column, _, _ in lists):
            return
        self._drawn = drawn
        for column, found, none in lists:
            column.objects = [self._row(it) for it in found] or [_words(none)]
        if more:
            self.calling.append(_words(f"And {more:,} more, which come when these are answered."))

    def _row(self, it: AlarmRecord) -> Any:
        buttons = [
            pmui.Button(label=label, size="small", variant="contained" if n == 0 else "outlined", on_click=does, margin=(2, 4))
            for n, (label, does) in enumerate(self._actions(it))
        ]
        text = pn.pane.HTML(self._html(it), sizing_mode="stretch_width", margin=(2, 8))
        return pn.Column(text, pmui.FlexBox(*buttons, margin=(0, 12)), sizing_mode="stretch_width", margin=(2, 0, 8, 0))

    def _actions(self, it: AlarmRecord) -> list[tuple[str, Callable[[Any], None]]]:
        actions: list[tuple[str, Callable[[Any], None]]] = []
        if it.calls:
            actions.append(("Acknowledge", lambda _: self._say(AlarmAccepted, it, f"{it.alarm} is acknowledged.")))
        elif it.is_latched or it.is_alert:
            done = f"{it.alarm} is dealt with."
            actions.append(("Dealt with", lambda _: self._say(AlarmReset, it, done, reason=self._speaker.reason)))
        if it.out_of_service:
            actions.append(("Return to service", lambda _: self._say(AlarmReturnedToService, it, f"{it.alarm} is heard again.")))
            return actions
        if it.shelved:
            actions.append(("Take off the shelf", lambda _: self._say(AlarmUnshelved, it, f"{it.alarm} is heard again.")))
        else:
            actions.append(("Shelve", lambda _: self._shelve(it)))
        told = f"{it.alarm} is out of service until somebody returns it."
        actions.append(("Take out of service", lambda _: self._say(AlarmTakenOutOfService, it, told, reason=self._speaker.reason)))
        return actions

    def _shelve(self, it: AlarmRecord) -> None:
        until_us = self._feed.now_us + int(self.shelf.value)
        told = f"{it.alarm} keeps quiet until {local_time(self._feed.run.plant, until_us)}."
        self._say(AlarmShelved, it, told, until_us=until_us, reason=self._speaker.reason)

    def _say(self, kind: type[Any], it: AlarmRecord, done: str, **said: Any) -> None:
        about = {"equipment": it.equipment, "lot": it.lot, "job_order": it.job_order, "request": it.request}
        self._speaker.say(kind, self.answer, done, self._refresh, **about, alarm=it.alarm, is_alert=it.is_alert, **said)

    def _html(self, it: AlarmRecord) -> str:
        plant, now_us = self._feed.run.plant, self._feed.now_us
        where = equipment_title(plant, it.equipment) if it.equipment else it.subject
        title = it.declared.title or it.alarm.replace("_", " ")
        since = f"{spoken_duration(now_us - it.raised_us)}, since {local_time(plant, it.raised_us)}"
        told = [
            f"<b>{escape(title)}</b> · {escape(where or 'the plant')}",
            f"<span class=d>{it.declared.priority}, {it.state}, {since}</span>",
        ]
        if len(it.activations) > 1:
            told.append(f"<span class=d>{len(it.activations)} times so far</span>")
        if it.message:
            told.append(escape(it.message))
        if it.declared.response:
            told.append(f"<span class=t>What to do:</span> {escape(it.declared.response)}")
        if it.asked:
            asked = plant.layout.personnel_classes.get(it.asked)
            told.append(f"<span class=t>Nobody answered: it went to {escape((asked and asked.title.lower()) or it.asked)}</span>")
        if it.told_now:
            ways = "; ".join(f"{address} ({f'not told: {failure}' if failure else 'told'})" for address, failure in it.told_now.items())
            told.append(f"<span class=t>Off the server:</span> {escape(ways)}")
        if it.shelved:
            told.append(
                f"shelved by {escape(it.shelved.person)} until {local_time(plant, it.shelved.until_us)}: {escape(it.shelved.reason)}"
            )
        if it.out_of_service:
            told.append(f"taken out of service by {escape(it.out_of_service.person)}: {escape(it.out_of_service.reason)}")
        return f"{CSS}<div class=x style='border-color:{COLORS[it.declared.priority]}'>{'<br>'.join(told)}</div>"

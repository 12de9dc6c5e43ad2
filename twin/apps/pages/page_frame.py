"""What all pages share: the bar with plant time and speed, and the beat that keeps a page fresh."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import panel as pn
import panel_material_ui as pmui
from bokeh.document import Document

from twin.apps.feed import Feed
from twin.apps.speaking.speaker import Speaker
from twin.apps.theme import PLAYED_FROM, frame
from twin.model.personnel.roles import ROLES, TRAINER, having
from twin.results.views.overview import local_time

BEAT_MS = 500
SPEEDS = {
    "real time": 1.0,
    "10 x": 10.0,
    "60 x": 60.0,
    "300 x": 300.0,
    "600 x": 600.0,
    "1800 x": 1800.0,
    "as fast as it goes": float("inf"),
}
_log = logging.getLogger(__name__)


def page(feed: Feed, title: str, href: str, main: list[Any], refresh: Callable[[], None], speaker: Speaker | None = None) -> pmui.Page:
    """A page around `main`, brought up to date by `refresh` twice a second while somebody looks at it; on top, who speaks on it.

    The page of a closed tab is kept for a while (`server.UNCLAIMED_MS`); it must not be brought up to date as well: a dozen of them would
    keep the server so busy that what a viewer does is read only many seconds later.
    """
    somebody_looks = _watch_connections(pn.state.curdoc)
    plant = feed.run.plant
    clock = pmui.Typography("", variant="h6", sx={"fontSize": "1.05rem", "fontVariantNumeric": "tabular-nums"}, margin=(10, 8))
    banner = pmui.Alert(title="", alert_type="error", visible=False, sizing_mode="stretch_width")

    def beat() -> None:
        state = "ended" if feed.ended else "paused" if feed.pace and feed.pace.is_paused else feed.kind
        clock.object = f"{local_time(plant, feed.now_us)} · {state}"
        if feed.failure and not banner.visible:
            banner.title = f"The run has stopped: {feed.failure}"
            banner.visible = True
        if speaker:
            speaker.attend()
        refresh()

    def beat_if_seen() -> None:
        if somebody_looks():
            beat()

    beat()
    pn.state.add_periodic_callback(beat_if_seen, period=BEAT_MS)
    zone = pmui.Typography(
        f"All times are local to the plant ({plant.layout.time_zone}). {_who_may_speak(feed)}",
        variant="caption",
        sx={"opacity": 0.75},
        margin=(2, 12),
    )
    return frame(
        f"{plant.title}: {title}",
        href,
        [clock, *_controls(feed, href, speaker)],
        [banner, *([speaker.bar] if speaker else []), *main, zone],
    )


def _who_may_speak(feed: Feed) -> str:
    """Whom a page believes, and what it refuses: no page that is open to everybody shall look as if it were not."""
    persons = feed.run.plant.layout.persons
    if not persons:
        return ""
    named = {role: having(persons, role) for role in ROLES}
    limited = "; ".join(f"{role}: {', '.join(persons[it].title or it for it in who)}" for role, who in named.items() if who)
    believed = "" if feed.badges.are_asked_for else "Nobody has to sign on here: whoever opens a page may speak in any name. "
    return believed + (
        f"Only these may say what takes a role: {limited}." if limited else "No person has a role: everybody may say everything."
    )


def _watch_connections(document: Document | None) -> Callable[[], bool]:
    """Whether a browser is connected to this page now."""

    def somebody_looks() -> bool:
        session = getattr(document and document.session_context, "session", None)  # none yet, or no server: a notebook, a test
        return session is None or session.connection_count > 0

    return somebody_looks


def speeds(own: float) -> dict[str, float]:
    """What a viewer may choose, slowest first; the speed that a run has of its own is among it."""
    known = SPEEDS if own in SPEEDS.values() else {**SPEEDS, f"{own:g} x": own}
    return dict(sorted(known.items(), key=lambda it: it[1]))


def _controls(feed: Feed, href: str, speaker: Speaker | None) -> list[Any]:
    """Pause, step and speed of a run that has them; a live plant has its own speed.

    They stand where production is overseen (`PLAYED_FROM`). Where somebody has the role of a trainer, they are for that person alone: then
    the page has to know who stands at it.
    """
    pace, trainers = feed.pace, having(feed.run.plant.layout.persons, TRAINER)
    if pace is None or href not in PLAYED_FROM or (trainers and speaker is None):
        return []

    def may() -> bool:
        return not trainers or (speaker is not None and speaker.person in trainers)

    speed = pmui.Select(label="speed", options=speeds(pace.factor), value=pace.factor, width=170, size="small", margin=(4, 8))
    hold = pmui.IconButton(icon="pause", description="pause", margin=(4, 2))
    step = pmui.IconButton(icon="skip_next", description="one step, while paused", margin=(4, 2))

    def change_speed(event: Any) -> None:
        if may():
            pace.factor = event.new

    def toggle(_: Any) -> None:
        if may():
            (pace.resume if pace.is_paused else pace.pause)()
        show()

    def show() -> None:
        hold.icon, hold.description = (
            ("play_arrow", "go on") if pace.is_paused else ("pause", "pause")
        )  # what it does, to a screen reader too
        for control in (hold, step, speed):
            control.visible = may()

    speed.param.watch(change_speed, "value")
    hold.on_click(toggle)
    step.on_click(lambda _: pace.step() if may() else None)
    show()
    if speaker:
        speaker.watch(show)
    return [hold, step, speed]

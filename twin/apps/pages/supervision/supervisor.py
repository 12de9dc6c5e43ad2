"""The supervisor page: exceptions first, then what stands, is late or held; and to send somebody or something elsewhere, or first."""

from __future__ import annotations

from html import escape
from typing import Any

import panel as pn
import panel_material_ui as pmui

from twin.apps.feed import Feed
from twin.apps.figures import FIGURES_CSS
from twin.apps.office.desk import Desk
from twin.apps.pages.page_frame import page
from twin.apps.pages.supervision.exceptions import Exceptions
from twin.apps.people.resource_cards import ResourceCards
from twin.apps.people.secret_forms import given_secret_forms
from twin.apps.row_table import Row, row_table
from twin.apps.speaking.answers import Answer, button, offer, select
from twin.apps.speaking.speaker import Speaker
from twin.apps.terminals.supervising_forms import supervisor_forms
from twin.apps.theme import STATE_WORDS, card
from twin.apps.words import equipment_choices, equipment_title, material_title, person_choices, reason_words
from twin.model.calendars import spoken_duration
from twin.model.events import JobOrderReassigned, ModeChangeRequested, PersonReassigned, RequestExpedited
from twin.model.upkeep.transitions import SET_UNIT_MODE
from twin.results.upkeep.supervising import SupervisorNow, supervisor_now
from twin.results.views.overview import local_time

TERMINAL = "supervisor page"
STOP_HEAD = ("Equipment", "State", "Why", "For", "Mode", "It may")
LATE_HEAD = ("Order", "Customer", "Material", "Open", "Late by")
HELD_HEAD = ("Lot", "Material", "Held for", "Why")
CARE_HEAD = ("What", "Where", "Since")
NONE = "–"


def supervisor_page(feed: Feed) -> pmui.Page:
    """Build the page for one viewer."""
    speaker = Speaker(feed, TERMINAL)
    figures, stopped, late, held, care = (pn.pane.HTML("", sizing_mode="stretch_width", margin=0) for _ in range(5))

    def refresh() -> None:
        now = feed.look(supervisor_now)
        exceptions.show(now)
        figures.object = _figures_html(now)
        stopped.object = _stopped_html(feed, now)
        late.object = _late_html(feed, now)
        held.object = _held_html(feed, now)
        care.object = _care_html(feed, now)
        elsewhere.show(now)
        desk.show()
        resources.show()

    resources = ResourceCards(feed)
    exceptions, elsewhere = Exceptions(feed, speaker, refresh), Elsewhere(feed, speaker, refresh)
    desk = Desk(feed, speaker, lambda: [*feed.look(supervisor_forms), *given_secret_forms(feed)], refresh)
    commands = "Commands to machines. " if feed.run.mes.unit_commands.declared else ""
    speaker.bar.extend([speaker.why, exceptions.shelf])
    main = [
        figures,
        card("To be answered", exceptions.answer.pane, exceptions.calling),
        card("Answered, and still there", exceptions.answered),
        card("What stands", stopped),
        card("Orders that are late", late),
        card("Lots that are held", held),
        card("Overdue maintenance and calibration", care),
        *resources.cards,
        *elsewhere.cards,
        card(f"{commands}Hot lots, process values, alarms out of service, who is there", desk.tablet),
    ]
    return page(feed, "Supervisor", "/supervisor", main, refresh, speaker)


class Elsewhere:
    """Send a job order or a person to a unit, change a mode, let a request go first."""

    def __init__(self, feed: Feed, speaker: Speaker, refresh: Any) -> None:
        self._feed, self._speaker, self._refresh = feed, speaker, refresh
        plant = feed.run.plant
        units = equipment_choices(plant, plant.equipment)
        persons = person_choices(plant)
        self.job, self.request = (select(label, {NONE: ""}) for label in ("job order", "request"))
        self.unit = select("to unit", {NONE: ""})
        self.person, self.place = select("person", {NONE: "", **persons}), select("to unit ", {"wherever there is work": "", **units})
        self.moded, self.mode = select("equipment", {NONE: "", **units}), select("mode", list(feed.run.mes.modes.modes))
        self.priority = pmui.IntInput(label="priority", value=10, start=0, end=1000, width=120, size="small", margin=(6, 8))
        self.answers = [Answer() for _ in range(4)]
        self.assigned, self.priorities = (pn.pane.HTML("", sizing_mode="stretch_width", margin=0) for _ in range(2))
        self.job.param.watch(lambda _: self._offer(), "value")
        self._waiting: dict[str, list[str]] = {}
        rows = (
            ("Send a job order to a unit", (self.job, self.unit), "Assign", self._assign_job),
            ("Send a person to a unit", (self.person, self.place), "Send", self._assign_person),
            ("Let a request go first", (self.request, self.priority), "Expedite", self._expedite),
            ("Change the mode of equipment", (self.moded, self.mode), "Change", self._change_mode),
        )
        self.cards = [
            card(title, pmui.FlexBox(*fields, button(label, does), align_items="center"), self.answers[n].pane)
            for n, (title, fields, label, does) in enumerate(rows)
        ]
        self.cards[1].append(self.assigned)
        self.cards[2].append(self.priorities)  # fmt: skip

    def show(self, now: SupervisorNow) -> None:
        """Offer what can be chosen now; what a viewer has chosen stays."""
        self._waiting = now.waiting
        offer(self.job, {NONE: "", **{name: name for name in now.waiting}})
        offer(self.request, {NONE: "", **{name: name for name in now.requests}})
        first = ", ".join(f"{name} {priority}" for name, priority in now.requests.items() if priority)
        self.priorities.object = _line(f"Priorities above 0: {first or 'none'}")
        told = ", ".join(f"{name} at {where}" for name, where in now.assigned.items())
        self.assigned.object = _line(f"Assigned: {told or 'nobody and nothing'}")

    def _offer(self) -> None:
        plant, able = self._feed.run.plant, self._waiting.get(str(self.job.value), [])
        offer(self.unit, {"wherever it can be done": "", **equipment_choices(plant, able)})

    def _say(self, place: int, kind: type[Any], done: str, **said: Any) -> None:
        self._speaker.say(kind, self.answers[place], done, self._refresh, **said)

    def _assign_job(self, _: Any) -> None:
        job, unit = str(self.job.value), str(self.unit.value)
        self._say(
            0,
            JobOrderReassigned,
            f"{job} goes to {unit or 'wherever it can be done'}.",
            job_order=job,
            equipment=unit,
            reason=self._speaker.reason,
        )

    def _assign_person(self, _: Any) -> None:
        who, unit = str(self.person.value), str(self.place.value)
        self._say(1, PersonReassigned, f"{who} works at {unit or 'any unit'}.", worker=who, equipment=unit, reason=self._speaker.reason)

    def _expedite(self, _: Any) -> None:
        request, priority = str(self.request.value), int(self.priority.value or 0)
        self._say(
            2, RequestExpedited, f"{request} has priority {priority}.", request=request, priority=priority, reason=self._speaker.reason
        )

    def _change_mode(self, _: Any) -> None:
        unit, mode = str(self.moded.value), str(self.mode.value)
        is_asked = self._feed.run.mes.unit_commands.takes(unit, SET_UNIT_MODE)
        done = f"The controller of {unit} is asked for mode {mode}." if is_asked else f"{unit} is in mode {mode}."
        self._say(3, ModeChangeRequested, done, equipment=unit, wanted_mode=mode)


def _line(words: str) -> str:
    return f"<div style='font:14px Roboto,system-ui,sans-serif;padding:4px 10px'>{escape(words)}</div>"


def _figures_html(now: SupervisorNow) -> str:
    cards = (
        ("To be answered", str(now.calling_count), f"{now.escalated_count} went to the next, because nobody answered"),
        ("Equipment that stands", str(len(now.stopped)), "down or stopped, and not off shift"),
        ("Orders late", str(len(now.late)), "due, and not shipped"),
        ("Lots held", str(len(now.held)), "neither go on nor ship"),
    )
    inside = "".join(
        f"<div class='figure'><b>{title}</b><div class='number'>{number}</div><div class='detail'>{detail}</div></div>"
        for title, number, detail in cards
    )
    return f"{FIGURES_CSS}<div class='figures'>{inside}</div>"


def _stopped_html(feed: Feed, now: SupervisorNow) -> str:
    rows = [
        Row(
            cells=(
                equipment_title(feed.run.plant, it.equipment), STATE_WORDS.get(it.state, str(it.state)), reason_words(it.reason),
                spoken_duration(feed.now_us - it.since_us), it.mode, ", ".join(it.commands),
            ),
            mark="bad",
        )
        for it in now.stopped
    ]  # fmt: skip
    return row_table(STOP_HEAD, rows or [Row(cells=("Nothing is down or stopped.",), mark="good")])


def _late_html(feed: Feed, now: SupervisorNow) -> str:
    plant = feed.run.plant
    rows = [
        Row(
            cells=(
                it.order, it.customer, material_title(plant, it.material), f"{it.open_quantity:,}",
                spoken_duration(feed.now_us - it.due_us),
            ),
            mark="bad",
        )
        for it in now.late
    ]  # fmt: skip
    return row_table(LATE_HEAD, rows or [Row(cells=("No order is late.",), mark="good")], numeric=(3,))


def _held_html(feed: Feed, now: SupervisorNow) -> str:
    plant = feed.run.plant
    rows = [
        Row(cells=(it.lot, material_title(plant, it.material), spoken_duration(feed.now_us - it.since_us), it.reason), mark="bad")
        for it in now.held
    ]
    return row_table(HELD_HEAD, rows or [Row(cells=("No lot is held.",), mark="good")])


def _care_html(feed: Feed, now: SupervisorNow) -> str:
    plant = feed.run.plant
    rows = [
        Row(cells=(it.description, equipment_title(plant, it.equipment), local_time(plant, it.overdue_us)), mark="warn")
        for it in now.overdue
    ]
    rows += [Row(cells=(why, name, ""), mark="bad") for name, why in now.unusable.items()]
    return row_table(CARE_HEAD, rows or [Row(cells=("Nothing is overdue.",), mark="good")])

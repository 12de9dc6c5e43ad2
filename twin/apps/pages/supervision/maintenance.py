"""The maintenance page: what is overdue and due, what is open and done, gauges and spare parts; and to say what was done."""

from __future__ import annotations

from typing import Any

import panel as pn
import panel_material_ui as pmui

from twin.apps.feed import Feed
from twin.apps.figures import FIGURES_CSS
from twin.apps.office.desk import Desk
from twin.apps.pages.page_frame import page
from twin.apps.row_table import Row, row_table
from twin.apps.speaking.answers import Answer, button, offer, select
from twin.apps.speaking.speaker import Speaker
from twin.apps.terminals.upkeep_forms import maintenance_forms
from twin.apps.theme import card
from twin.apps.words import choices, equipment_title, material_title, percent
from twin.model.events import (
    CalibrationPerformed,
    MaintenanceCancelled,
    MaintenancePerformed,
    MaintenanceScheduled,
    MaintenanceStarted,
)
from twin.results.upkeep.caring import CareNow, care_now
from twin.results.views.overview import local_time

TERMINAL = "maintenance page"
NONE = "–"
DUE_HEAD = ("What", "Equipment", "Standing", "How near", "Due", "Done last", "By")
ORDER_HEAD = ("Maintenance", "Equipment", "Standing", "What", "Asked for", "Began", "Ended", "Cost")
GAUGE_HEAD = ("Gauge", "May be used until", "Who may calibrate", "Standing")
PART_HEAD = ("Material", "On hand", "Kept back", "Free", "Issued", "On order")
INHERENT, BUSY = "Inherent availability (MTTF / MTBF)", "Availability (ISO 22400: busy / planned)"
USE_HEAD = ("Equipment", "Planned", "Corrective", "Corrective share", "Failures", "MTBF", "MTTR", INHERENT, BUSY)
MARKS = {"overdue": "bad", "due": "warn", "in maintenance": "warn", "not due": "good"}
WINDOWS_US = {"the next hour": 3_600_000_000, "the next 4 hours": 14_400_000_000, "the next day": 86_400_000_000}


def maintenance_page(feed: Feed) -> pmui.Page:
    """Build the page for one viewer."""
    speaker = Speaker(feed, TERMINAL)
    figures, due, orders, gauges, parts, uses = (pn.pane.HTML("", sizing_mode="stretch_width", margin=0) for _ in range(6))

    def refresh() -> None:
        now = feed.look(care_now)
        figures.object = _figures_html(now)
        due.object = _due_html(feed, now)
        orders.object = _orders_html(feed, now)
        gauges.object = _gauges_html(feed, now)
        parts.object = _parts_html(feed, now)
        uses.object = _uses_html(feed, now)
        saying.show(now)
        desk.show()

    saying = Saying(feed, speaker, refresh)
    speaker.bar.append(speaker.why)
    desk = Desk(feed, speaker, lambda: feed.look(maintenance_forms), refresh)
    main = [
        figures,
        card("Due and overdue", due),
        card("Do it", *saying.doing),
        card("Ask for it, for later, earlier, and by other persons", desk.tablet),
        card("Open and done", orders),
        card("Gauges and units that are calibrated", gauges, *saying.calibrating),
        card("Spare parts", parts),
        card("What it takes, and what it spares", uses),
    ]
    return page(feed, "Maintenance", "/maintenance", main, refresh, speaker)


class Saying:
    """What a person says of maintenance, each with its answer below the field."""

    def __init__(self, feed: Feed, speaker: Speaker, refresh: Any) -> None:
        self._feed, self._speaker, self._refresh = feed, speaker, refresh
        self._done, self._gauge = Answer(), Answer()
        self.order = select("maintenance", {NONE: ""})
        self.window = select("when", WINDOWS_US)
        self.parts = pmui.Checkbox(label="with the spare parts of the plan", value=True, margin=(10, 8))
        acts = (("Schedule", self._schedule), ("Start", self._start), ("Done", self._perform), ("Cancel it", self._cancel))
        fields = pmui.FlexBox(self.order, self.window, self.parts, *(button(*it) for it in acts), align_items="center")
        self.doing = [fields, self._done.pane]
        self.gauge = select("gauge", {NONE: ""})
        found = (("It may be used", lambda _: self._calibrate(True)), ("It has failed", lambda _: self._calibrate(False)))
        self.calibrating = [pmui.FlexBox(self.gauge, *(button(*it) for it in found), align_items="center"), self._gauge.pane]

    def show(self, now: CareNow) -> None:
        """Offer what is open; what a viewer has chosen stays."""
        gauges = self._feed.run.plant.layout.calibrations
        offer(self.gauge, {NONE: "", **choices({name: it.title for name, it in gauges.items()})})
        offer(self.order, {NONE: "", **{it.maintenance: it.maintenance for it in now.open if not it.by_plant}})

    def _say(self, answer: Answer, kind: type[Any], done: str, **said: Any) -> None:
        self._speaker.say(kind, answer, done, self._refresh, **said)

    def _schedule(self, _: Any) -> None:
        from_us, who = self._feed.now_us, self._speaker.person
        until_us = from_us + int(self.window.value)
        told = f"It is done until {local_time(self._feed.run.plant, until_us)}; nothing else starts there."
        said = {"from_us": from_us, "until_us": until_us, "assigned": (who,) if who else ()}
        self._say(self._done, MaintenanceScheduled, told, maintenance=str(self.order.value), **said)

    def _start(self, _: Any) -> None:
        self._say(self._done, MaintenanceStarted, "It is in maintenance.", maintenance=str(self.order.value))

    def _perform(self, _: Any) -> None:
        order = self._feed.run.mes.maintenance.orders.get(str(self.order.value))
        parts = (
            tuple((material, quantity) for material, quantity in order.reserved.items() if quantity) if order and self.parts.value else ()
        )
        said = {"maintenance": str(self.order.value), "description": self._speaker.reason, "spare_parts": parts}
        self._say(self._done, MaintenancePerformed, "It is done.", **said)

    def _cancel(self, _: Any) -> None:
        self._say(self._done, MaintenanceCancelled, "It is cancelled.", maintenance=str(self.order.value), reason=self._speaker.reason)

    def _calibrate(self, is_passed: bool) -> None:
        told = "It may be used again." if is_passed else "It may not be used."
        self._say(self._gauge, CalibrationPerformed, told, calibration=str(self.gauge.value), is_passed=is_passed)


def _figures_html(now: CareNow) -> str:
    standings = [it.standing for it in now.plans]
    cards = (
        ("Overdue", str(standings.count("overdue")), "should have been done by now"),
        ("Due", str(standings.count("due")), "to be done"),
        ("Done", str(len(now.done)), f"{now.cost_minor / 100:,.2f} of spare parts and work"),
        ("Corrective share", percent(now.corrective_share), "of all time in maintenance"),
    )
    inside = "".join(
        f"<div class='figure'><b>{title}</b><div class='number'>{number}</div><div class='detail'>{detail}</div></div>"
        for title, number, detail in cards
    )
    return f"{FIGURES_CSS}<div class='figures'>{inside}</div>"


def _at(feed: Feed, at_us: int) -> str:
    return local_time(feed.run.plant, at_us) if at_us >= 0 else ""


def _due_html(feed: Feed, now: CareNow) -> str:
    rows = [
        Row(
            cells=(
                it.title, equipment_title(feed.run.plant, it.equipment), it.standing, it.use, _at(feed, it.due_us), _at(feed, it.last_us),
                "the plant" if it.by_plant else "persons",
            ),
            mark=MARKS[it.standing],
        )
        for it in now.plans
    ]  # fmt: skip
    none = "No maintenance is declared: a new plan stands below; in plant.yaml, maintenance of a work unit, or maintenance_plans."
    return row_table(DUE_HEAD, rows or [Row(cells=(none,), mark="done")])


def _orders_html(feed: Feed, now: CareNow) -> str:
    rows = [
        Row(
            cells=(
                it.maintenance, equipment_title(feed.run.plant, it.equipment), "overdue" if it.is_overdue(now.now_us) else it.standing,
                it.description.replace("_", " ") + (f" ({it.words})" if it.words else "") + now.steps.get(it.maintenance, ""),
                _at(feed, it.requested_us),
                _at(feed, it.started_us),
                _at(feed, it.ended_us), f"{now.costs_minor[it.maintenance] / 100:,.2f}" if it.maintenance in now.costs_minor else "",
            ),
            mark="bad" if it.is_overdue(now.now_us) else "warn" if it.is_open else "done",
        )
        for it in [*now.open, *now.done]
    ]  # fmt: skip
    return row_table(ORDER_HEAD, rows or [Row(cells=("Nothing was maintained yet.",), mark="done")], numeric=(7,))


def _gauges_html(feed: Feed, now: CareNow) -> str:
    rows = [
        Row(cells=(it.title, _at(feed, it.due_us), it.calibrated_by, it.why or "may be used"), mark="bad" if it.why else "good")
        for it in now.gauges
    ]
    return row_table(GAUGE_HEAD, rows or [Row(cells=("Nothing has to be calibrated.",), mark="done")])


def _parts_html(feed: Feed, now: CareNow) -> str:
    plant = feed.run.plant
    rows = [
        Row(
            cells=(material_title(plant, it.material), *(f"{n:,}" for n in (it.on_hand, it.reserved, it.free, it.issued, it.incoming))),
            mark="warn" if it.on_hand < it.reserved else "good",
        )
        for it in now.parts
    ]
    return row_table(PART_HEAD, rows or [Row(cells=("No maintenance needs parts.",), mark="done")], numeric=(1, 2, 3, 4, 5))


def _uses_html(feed: Feed, now: CareNow) -> str:
    rows = [
        Row(
            cells=(
                equipment_title(feed.run.plant, it.equipment), it.planned, it.corrective, percent(it.corrective_share),
                str(it.failure_count), it.mtbf, it.mttr, percent(it.inherent_availability), percent(it.availability),
            )
        )
        for it in now.uses
    ]  # fmt: skip
    none = [Row(cells=("Nothing was maintained, and nothing has failed.",), mark="done")]
    return row_table(USE_HEAD, rows or none, numeric=(1, 2, 3, 4, 5, 6, 7, 8))

"""A card for the planner: plan anew by a rule, see what would change, and make it binding."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from html import escape

import panel as pn
import panel_material_ui as pmui

from twin import study
from twin.apps.asking.question import Question
from twin.apps.components.leaving import MARKS, leaves_words, standing_words, why_it_waits
from twin.apps.feed import Feed
from twin.apps.pages.analysis.question import status_html
from twin.apps.pages.planning.moving_row import MovingRow
from twin.apps.pages.planning.supposing import Supposing
from twin.apps.row_table import FONT, Row, row_table
from twin.apps.speaking.speaker import Speaker
from twin.apps.theme import card
from twin.apps.words import equipment_title, material_title, person_choices, with_titles
from twin.mes.scheduling.published import OTHERWISE
from twin.model.calendars import spoken_duration
from twin.model.events import SchedulePublished
from twin.model.plant import Plant
from twin.model.policies.dispatch import DISPATCH_RULES, rule_title
from twin.results.run import Run
from twin.results.views.overview import OrderRisk, local_time, order_risks
from twin.results.views.schedule import Bar
from twin.study.scheduling.replanning import Change, Replanned
from twin.study.scheduling.schedule import Promise, RuleOutcome

UNTIL = "21 d"
TERMINAL = "schedule page"
SHOWN_CHANGES, SHOWN_ORDERS = 12, 12
BEST, AS_NOW = "", "as now"
SPANS = {"nothing": "0 h", "the next 4 hours": "4 h", "the next 8 hours": "8 h", "the next day": "24 h"}

MEANS = (
    "A plan is the plant as it is now, played on with planned times and without failures, scrap or new orders, decided by the rule."
    " What is under way stays; what begins within the frozen time keeps unit and sequence. Tools, maintenance, held stock and the warehouse"
    " count as MES and ERP know them. Once it is published, the MES dispatches by it."
)


class Asked(Question[Replanned]):
    """One question to the planner's engine; `is_what_if`: nobody means to publish the answer."""

    about = "schedule"

    def __init__(self, feed: Feed, make: Callable[[Run], Replanned], *, is_what_if: bool = False) -> None:
        self._feed, self._make, self.is_what_if = feed, make, is_what_if
        self.made_beside = len(feed.run.mes.published.all)
        super().__init__()

    def answer(self) -> Replanned:
        return self._make(self._feed.run)


class PlanCard:
    """The card, and `refresh` for the beat of its page."""

    def __init__(self, feed: Feed, speaker: Speaker) -> None:
        self._feed, self._speaker = feed, speaker
        self._asked: Asked | None = None
        self._shown: Replanned | None = None
        self._answer, self._is_published = "", False
        rules = {"the best of all rules": BEST, rule_title(AS_NOW): AS_NOW}
        rules |= {rule_title(name): name for name in DISPATCH_RULES if name not in ("sequence", "weighted")}
        self._rule = pmui.Select(label="by which rule", options=rules, value=BEST, width=210, size="small", margin=(4, 8))
        self._frozen = pmui.Select(label="frozen", options=SPANS, value="4 h", width=170, size="small", margin=(4, 8))
        self._start = pmui.Button(label="Re-plan", icon="event_repeat", variant="contained", margin=(8, 8))
        self._try = pmui.Button(label="What if", icon="query_stats", variant="outlined", margin=(8, 4))
        self._publish = pmui.Button(label="Publish", icon="publish", variant="outlined", margin=(8, 4), visible=False)
        self._words, self._orders, self._changes = (pn.pane.HTML("", sizing_mode="stretch_width", margin=0) for _ in range(3))
        self._supposing = Supposing(feed)
        self._moving = MovingRow(feed, lambda: self._planner, self._begin, UNTIL)
        self._start.on_click(lambda _: self._begin(self._replanned()))
        self._try.on_click(lambda _: self._begin(self._replanned(), is_what_if=True))
        self._publish.on_click(lambda _: self._make_binding())
        row = pmui.FlexBox(
            self._start, self._try, self._rule, self._frozen, self._publish, align_items="center", sizing_mode="stretch_width"
        )
        note = pmui.Typography(MEANS, variant="body2", sx={"opacity": 0.8}, margin=(4, 8))
        self.view = card(
            "What is planned", row, self._supposing.view, self._moving.view, self._words, self._orders, self._changes, note
        )  # fmt: skip

    def bars(self) -> list[Bar]:
        """What is proposed and not published, as bars of the chart."""
        if self._shown is None or self._is_published:
            return []
        late, now_us = {it.order for it in self._shown.schedule.late}, self._shown.schedule.now_us
        return [
            Bar(
                equipment=it.equipment, job_order=it.job_order, request=it.request, order=it.order, material=it.material,
                quantity=it.quantity, person=it.person, start_us=now_us if it.is_running else it.start_us,
                run_start_us=now_us if it.is_running else it.run_start_us, end_us=it.end_us,
                is_open=False, is_late=it.order in late, is_planned=True,
            )
            for it in self._shown.schedule.operations
        ]  # fmt: skip

    @property
    def _planner(self) -> str:
        """Who stands here; a plant that declares no persons takes everybody."""
        return self._speaker.person or ("" if self._feed.run.plant.layout.persons else "planner")

    def _replanned(self) -> Callable[[Run], Replanned]:
        """What plans anew with what is chosen and supposed now."""
        rule, frozen, supposed = self._rule.value or None, str(self._frozen.value), self._supposing.said

        def make(run: Run) -> Replanned:
            return study.schedule(run, AS_NOW, until=UNTIL).replan(rule=rule, frozen=frozen, until=UNTIL, **supposed)

        return make

    def _begin(self, make: Callable[[Run], Replanned], *, is_what_if: bool = False) -> None:
        if self._asked is None or self._asked.is_done:
            self._asked = Asked(self._feed, make, is_what_if=is_what_if)
            self._answer, self._is_published = "", False
            self.refresh()

    def _make_binding(self) -> None:
        shown, asked, run = self._shown, self._asked, self._feed.run
        if shown is None or asked is None:
            return
        said = shown.schedule.published(self._planner, TERMINAL)

        def made(at_us: int) -> SchedulePublished:
            if len(run.mes.published.all) != asked.made_beside:
                raise ValueError(OTHERWISE)
            return replace(said, effective_us=at_us, recorded_us=at_us)

        self._speaker.enter(made, self._answered)

    def _answered(self, refusal: str) -> None:
        self._is_published = not refusal
        self._answer = f"Not published: {refusal}" if refusal else "Published: job orders go in this sequence from now on."
        self.refresh()

    def refresh(self) -> None:
        """Show how far it is, and what would change."""
        asked, plant = self._asked, self._feed.run.plant
        found = asked.found if asked else None
        self._start.disabled = self._try.disabled = bool(asked and not asked.is_done)
        self._supposing.refresh()
        self._moving.refresh()
        can_publish = found is not None and not self._is_published and bool(found.schedule.sequence) and not self._is_tried
        self._publish.visible = can_publish
        words = self._answer or self._progress_words(asked)
        self._words.object = status_html(words)
        if self._is_published or (asked is None and self._feed.run.mes.published.current is not None):
            self._orders.object, self._changes.object = _holding_html(self._feed.look(order_risks), plant, self._feed.run.now_us), ""
        elif found is not None and found is not self._shown:
            self._shown = found
            self._orders.object = _orders_html(found, plant) + _rules_html(found)
            self._changes.object = _changes_html(found, plant) + _windows_html(found, plant) + _unknown_html(found)

    @property
    def _is_tried(self) -> bool:
        """Whether what is shown is supposed alone: nobody asks to publish it, or an order is planned that has not come."""
        asked = self._asked
        is_rush = asked is not None and asked.found is not None and asked.found.schedule.has_rush
        return is_rush or (asked is not None and asked.is_what_if)

    def _progress_words(self, asked: Asked | None) -> str:
        if asked is None:
            published = self._feed.run.mes.published.current
            if published is None:
                return "No schedule is published: what goes first is decided from job order to job order."
            at = local_time(self._feed.run.plant, published.effective_us)
            rule = rule_title(published.made_by)
            return f"The schedule that holds was published by {published.person}, {at}, made by the rule: {rule}."
        if asked.failure:
            return f"No schedule: {asked.failure}"
        if asked.found is None:
            return "the plant is played on from now ..."
        plan = asked.found.schedule
        counts = [f"{len(asked.found.of(how))} {how}" for how in ("moved", "resequenced", "reassigned") if asked.found.of(how)]
        changes = ", ".join(counts) or "nothing changes"
        late = f"{len(plan.late)} of {len(plan.orders)} open orders late"
        tried = f"What if {'; '.join(plan.supposed) or 'nothing else happens'}, and not to be published. " if self._is_tried else ""
        return f"{tried}By the rule {rule_title(plan.rule)}: {late}; {changes}; {asked.found.stability:.0%} keep unit and sequence."


def _holding_html(its: list[OrderRisk], plant: Plant, now_us: int) -> str:
    """What becomes of open orders by the schedule that holds: as on the page Orders, whatever was reckoned when it was made."""
    rows = [
        Row(
            cells=(
                it.order, f"{it.quantity:,} {material_title(plant, it.material)}", local_time(plant, it.due_us),
                leaves_words(plant, it),
                standing_words(it) + (f" by {spoken_duration(it.late_by_us)}" if it.late_by_us else ""),
                with_titles(plant, why_it_waits(it, now_us)),
            ),
            mark=MARKS.get(it.risk, "done"),
        )
        for it in its
        if it.risk in MARKS
    ]  # fmt: skip
    head = ("Order", "Material", "Due", "Leaves", "Standing", "Why it waits")
    return row_table(head, _first_of(rows, SHOWN_ORDERS) or [Row(cells=("No order is open.",), mark="good")])


def _first_of(rows: list[Row], most: int) -> list[Row]:
    """So many rows, and how many there are beside them."""
    return rows if len(rows) <= most else [*rows[:most], Row(cells=(f"and {len(rows) - most:,} more",), mark="done")]


def _orders_html(found: Replanned, plant: Plant) -> str:
    was = {it.order: it for it in found.before.orders}
    its = sorted(found.schedule.orders, key=lambda it: (-it.late_us, it.due_us, it.order))
    rows = _first_of([_order_row(it, was.get(it.order), plant) for it in its], SHOWN_ORDERS)
    head = ("Order", "Material", "Due", "Leaves by this schedule", "By the one before", "Late", "Because of")
    return row_table(head, rows or [Row(cells=("No order is open.",), mark="good")])


def _order_row(it: Promise, was: Promise | None, plant: Plant) -> Row:
    def leaves(promise: Promise | None) -> str:
        if promise is None:
            return ""
        return local_time(plant, promise.ships_us) if promise.ships_us is not None else "not before the end"

    late = spoken_duration(it.late_us) if it.late_us else "in time"
    cells = (it.order, f"{it.quantity:,} {material_title(plant, it.material)}", local_time(plant, it.due_us), leaves(it), leaves(was), late)
    return Row(cells=(*cells, it.in_words), mark="bad" if it.late_us else "good")


def _rules_html(found: Replanned) -> str:
    """What every rule gives, where all were tried."""
    its = found.schedule.compared
    if not its:
        return ""
    head = ("Rule", "Weighted lateness", "Late", "Lead time", "Set-up", "Open at the end")
    table = row_table(head, [_rule_row(it, it.rule == found.schedule.rule) for it in its])
    return f"<details style='{FONT};margin:8px'><summary>What each of {len(its)} rules gives from the same start</summary>{table}</details>"


def _rule_row(it: RuleOutcome, is_taken: bool) -> Row:
    spans = (spoken_duration(round(it.weighted_late_us)), str(it.late_count), spoken_duration(round(it.lead_us_mean)))
    cells = (rule_title(it.rule), *spans, spoken_duration(it.setup_us), str(it.unshipped_count))
    return Row(cells=cells, mark="good" if is_taken else "done")


def _changes_html(found: Replanned, plant: Plant) -> str:
    its = found.of("resequenced", "reassigned", "moved", "new", "gone")
    if not its:
        return ""
    rows = _first_of([_change_row(it, plant) for it in its], SHOWN_CHANGES)
    table = row_table(("Job order", "What would change", "On", "Starts", "Before", "Frozen"), rows)
    notes = "".join(f"<li>{escape(it)}</li>" for it in found.unfrozen)
    return table + (f"<ul style='{FONT}'>{notes}</ul>" if notes else "")


def _change_row(it: Change, plant: Plant) -> Row:
    place = equipment_title(plant, it.equipment) if it.equipment else ""
    if it.how == "reassigned":
        place = f"{place} instead of {equipment_title(plant, it.equipment_before)}"
    starts = local_time(plant, it.start_us) if it.start_us is not None else ""
    before = local_time(plant, it.start_before_us) if it.start_before_us is not None else ""
    cells = (it.job_order, it.how, place, starts, before, "yes" if it.was_frozen else "")
    return Row(cells=cells, mark="warn" if it.how in ("resequenced", "reassigned") else "done")


def _windows_html(found: Replanned, plant: Plant) -> str:
    """Where nothing begins, for maintenance."""
    its = found.schedule.windows
    if not its:
        return ""
    persons = dict(zip(person_choices(plant).values(), person_choices(plant), strict=True))
    rows = []
    for it in its:
        who = ", ".join(persons.get(name, name) for name in it.persons)
        span = (local_time(plant, it.start_us), local_time(plant, it.end_us))
        rows.append(Row(cells=(equipment_title(plant, it.equipment), it.maintenance, *span, who), mark="warn"))
    return row_table(("Kept free", "For", "From", "Until", "Who"), rows)


def _unknown_html(found: Replanned) -> str:
    lines = "".join(f"<li>{escape(it)}</li>" for it in found.schedule.unknown)
    summary = f"<summary>{len(found.schedule.unknown)} things that nobody knows were assumed</summary>"
    return f"<details style='{FONT};margin:8px'>{summary}<ul>{lines}</ul></details>"

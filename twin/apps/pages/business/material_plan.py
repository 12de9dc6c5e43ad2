"""The material plan: what to do, one material's record, and who is served by what, both ways."""

from __future__ import annotations

import panel as pn
import panel_material_ui as pmui

from twin.apps.components.downloads import OFFICE_FILES, downloads
from twin.apps.components.leaving import whose_html
from twin.apps.components.paged_table import PagedTable
from twin.apps.components.pictures import LotTree
from twin.apps.feed import Feed
from twin.apps.office.desk import OfficeDesk
from twin.apps.office.planning.firm_forms import planner_forms
from twin.apps.office.planning.forms import plan_forms
from twin.apps.pages.business.advice_card import AdviceCard
from twin.apps.pages.page_frame import page
from twin.apps.row_table import Row, row_table
from twin.apps.speaking.speaker import Speaker
from twin.apps.terminals.forms import Form
from twin.apps.theme import card
from twin.apps.words import day_words, material_title, money, with_days
from twin.erp.material_plan.listing.pegs import NOBODY, PegRow, TreeRow
from twin.model.plant import Plant
from twin.results.planning.what_to_do import Others, Proposal, others
from twin.results.views.business.plan import FRESH_S, SHOWN_BUCKETS, PlanNow, Supply, plan_now

MESSAGE_HEAD = ("What to do", "For", "Material", "Quantity", "Due", "Wanted", "Why")
SUPPLY_HEAD = ("Supply", "Is", "There on", "Quantity", "Serves")
ACTION_MARKS = {
    "expedite": "bad",
    "release": "warn",
    "increase": "warn",
    "use_alternate": "warn",
    "cancel": "done",
    "defer": "",
    "decrease": "",
    "inside_fence": "warn",
}
WAITED_FOR, ALL = "", "all"
SHOWN_FOR = 3
NOTHING = "Nothing has to be done: all that is on order comes when it is needed."
NOTE = (
    "It only proposes: nothing is ordered or moved by looking at it. Pick a supply to see what serves it and whom it serves."
    " What it proposes for what is made is carried out at the end of this page, for what is bought on the page Purchasing."
)
TERMINAL = "planner's desk"


class _Card:
    """What one viewer has before him: a material, an order of it, and the days that are shown."""

    def __init__(self, feed: Feed) -> None:
        self.feed = feed
        self.first = 0
        names = {f"{material_title(self.plant, it)} ({it})": it for it in feed.look(plan_now, FRESH_S).materials}
        self.material = pmui.Select(
            label="material",
            options=names,
            value=next(iter(names.values())),
            width=300,
            size="small",
            margin=(6, 8),
            searchable=len(names) > 12,
        )
        self.before = pmui.Button(label="days before", variant="outlined", size="small", margin=(8, 4), on_click=lambda _: self.turn(-1))
        self.after = pmui.Button(label="days after", variant="outlined", size="small", margin=(8, 4), on_click=lambda _: self.turn(1))
        self.record = pn.pane.HTML("", sizing_mode="stretch_width", margin=0)
        ways = {"what customers wait for": WAITED_FOR, "everything": ALL} | {it.replace("_", " "): it for it in ACTION_MARKS}
        self.kind = pmui.Select(label="show", options=ways, value=WAITED_FOR, width=230, size="small", margin=(6, 8))
        self.kind.param.watch(lambda _: self.refresh(), "value")
        self.messages = PagedTable[Proposal | Others](
            "what to do", MESSAGE_HEAD, self._message, numeric=(3,), name=_message_name, on_change=self.take_message
        )
        self.supplies = PagedTable(
            "supplies of the material", SUPPLY_HEAD, self._supply, numeric=(3,), name=lambda it: it.order, on_change=self.refresh
        )
        self.up, self.down = (
            LotTree(sizing_mode="stretch_width", margin=0, none=words) for words in ("It serves nobody.", "Nothing serves it.")
        )
        self.material.param.watch(lambda _: self.turn(None), "value")
        for tree in (self.up, self.down):
            tree.param.watch(lambda event: self.open(event.new), "picked")

    @property
    def now(self) -> PlanNow:
        return self.feed.look(plan_now, FRESH_S)

    @property
    def plant(self) -> Plant:
        """With what is declared by now."""
        return self.now.plan.plant

    def turn(self, by: int | None) -> None:
        """Show other days; None: the first, of another material."""
        self.first = 0 if by is None else max(0, self.first + by * SHOWN_BUCKETS)
        if by is None:
            self.supplies.pick("")
        self.refresh()

    def take_message(self) -> None:
        """A message was picked: its material and its order are opened; or a group of them: they are shown."""
        if picked := self.messages.picked:
            order, _, material = picked.rpartition("|")
            self.messages.pick("")
            if material:
                self.material.value = material
                self.supplies.pick(order)
            else:
                self.kind.value = order
        self.refresh()

    def open(self, order: str) -> None:
        """An order in one of the trees was picked: its material is shown, and it is opened."""
        if material := self.now.material_of(order):
            self.material.value = material
            self.supplies.pick(order)
            self.refresh()

    def refresh(self) -> None:
        now, material = self.now, str(self.material.value)
        kind = str(self.kind.value)
        empty = NOTHING if kind in (WAITED_FOR, ALL) else f"There is nothing to {kind.replace('_', ' ')}."
        self.messages.show(self._shown(now), empty=empty)
        record = now.record(material, self.first)
        self.before.disabled, self.after.disabled = record.is_first, record.is_last
        lines = [
            Row(
                cells=(title, *(f"{quantity:,}" if quantity else "·" for quantity in line)),
                mark="total" if line is record.lines[-1][1] else "",
            )
            for title, line in record.lines
        ]
        self.record.object = row_table(
            (self.plant.materials.materials[material].unit, *map(day_words, record.days)), lines, numeric=range(1, len(record.days) + 1)
        )
        supplies = now.supplies(material)
        self.supplies.show(supplies, empty="Nobody needs it.")
        order = self.supplies.picked or next((it.order for it in supplies if it.order), "")
        self._show(self.up, [self._node(it, it.peg.demand, f"{it.peg.demand_kind} takes") for it in now.up(order)])
        self._show(self.down, [self._node(it, it.peg.supply, it.peg.supply_kind) for it in now.down(order)])

    @staticmethod
    def _show(tree: LotTree, nodes: list[dict[str, object]]) -> None:
        if tree.nodes != nodes:
            tree.nodes = nodes

    def _node(self, row: TreeRow, order: str, kind: str) -> dict[str, object]:
        peg = row.peg
        title, unit = material_title(self.plant, peg.material), self.plant.materials.materials[peg.material].unit
        if peg.demand_kind == NOBODY and not order:
            kind = "left over" if not self.plant.materials.materials[peg.material].planned.safety_stock else "safety stock, or left over"
        return {
            "level": row.depth + 1, "lot": order or kind, "title": f"{kind}, {title}" if order else title,
            "quantity": f"{peg.quantity:,} {unit}", "how": "", "standing": _days(self.now, peg),
        }  # fmt: skip

    def _shown(self, now: PlanNow) -> list[Proposal | Others]:
        """What the viewer has chosen to see: what customers wait for, with the rest in groups; all; or one kind."""
        if self.kind.value == WAITED_FOR:
            return [*(it for it in now.proposals if it.is_waited_for), *others(now.proposals)]
        return [it for it in now.proposals if self.kind.value in (ALL, it.message.action)]

    def _message(self, it: Proposal | Others) -> Row:
        return _others_row(self.plant, it) if isinstance(it, Others) else _message_row(self.plant, self.now, it)

    def _supply(self, it: Supply) -> Row:
        return Row(
            cells=(it.order or it.kind, it.kind, day_words(it.day), f"{it.quantity:,}", with_days(it.serves)),
            mark="bad" if it.kind == "missing" else "",
        )


def material_plan_page(feed: Feed) -> pmui.Page:
    """Build the page for one viewer."""
    speaker = Speaker(feed, TERMINAL)
    own, advice = _Card(feed), AdviceCard(feed, speaker)
    note = pmui.Typography(NOTE, variant="body2", sx={"opacity": 0.8}, margin=(0, 8))
    choices = pmui.FlexBox(own.material, own.before, own.after, align_items="center", sizing_mode="stretch_width")
    whose = pn.pane.HTML(whose_html("plan"), sizing_mode="stretch_width", margin=0)
    trees = pmui.Grid(
        pmui.Grid(card("Whom it serves, up to the customers", own.up, whose), size={"xs": 12, "lg": 6}),
        pmui.Grid(card("What serves it, down to stock and purchases", own.down), size={"xs": 12, "lg": 6}),
        container=True, spacing=0, sizing_mode="stretch_width",
    )  # fmt: skip

    def refresh() -> None:
        own.refresh()
        advice.show()
        desk.show()

    def forms() -> list[Form]:
        plan = feed.look(plan_now, FRESH_S)
        with feed.run.lock:
            return [*plan_forms(feed.run, plan), *planner_forms(feed.run, plan)]

    desk = OfficeDesk(feed, speaker, forms, refresh)
    main = [
        card("What to do", downloads(feed, "material_plan", OFFICE_FILES), note, own.kind, own.messages.shown),
        card("Record of a material", choices, own.record, own.supplies.shown),
        trees,
        advice.shown,
        card("Enter firm orders and forecasts", desk.tablet),
    ]
    return page(feed, "Material plan", "/material-plan", main, refresh, speaker)


def _message_name(it: Proposal | Others) -> str:
    return f"{it.action}|" if isinstance(it, Others) else f"{it.message.order}|{it.message.material}"


def _message_row(plant: Plant, now: PlanNow, of: Proposal) -> Row:
    it, more = of.message, len(of.orders) - SHOWN_FOR
    unit = plant.materials.materials[it.material].unit
    whom = ", ".join(of.orders[:SHOWN_FOR]) + (f" and {more} more" if more > 0 else "")
    late = f", {of.late_days} day{'s' if of.late_days != 1 else ''} late" if whom and of.late_days and of.is_waited_for else ""
    cells = (
        f"{it.action.replace('_', ' ')} {it.order}", f"{whom}{late}", material_title(plant, it.material), f"{it.quantity:,} {unit}",
        day_words(now.day(it.from_bucket)), day_words(now.day(it.to_bucket)), with_days(it.why),
    )  # fmt: skip
    return Row(cells=cells, mark=ACTION_MARKS.get(it.action, ""))


def _others_row(plant: Plant, it: Others) -> Row:
    """So many of one kind, in a line that opens them."""
    worth = f"no customer waits for it: {money(it.stock_minor, plant.layout.currency)} of stock at standard cost"
    return Row(cells=(f"{it.action.replace('_', ' ')}: {it.count:,}", "", "", "", "", "", worth), mark="done")


def _days(now: PlanNow, peg: PegRow) -> str:
    supply, demand = day_words(now.day(peg.supply_bucket)), day_words(now.day(peg.demand_bucket))
    return f"there {supply}, needed {demand}" if supply and demand else f"needed {demand}" if demand else ""

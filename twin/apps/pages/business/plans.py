"""Plans: the master schedule, forecasts, load of equipment and persons, what comes late on finite equipment, buffers, the plan on trial."""

from __future__ import annotations

import panel as pn
import panel_material_ui as pmui

from twin.apps.components.leaving import WHEN, leaves_words, methods_html
from twin.apps.components.paged_table import PagedTable
from twin.apps.feed import Feed
from twin.apps.pages.analysis.plan_trial_card import PlanTrialCard
from twin.apps.pages.page_frame import page
from twin.apps.pages.planning.forecast_card import ForecastCard
from twin.apps.row_table import Row
from twin.apps.theme import card
from twin.apps.words import day_words, hours, material_title, with_titles, work_center_title
from twin.erp.demand_plan.buffers import BufferRow
from twin.model.calendars import spoken_duration
from twin.model.plant import Plant
from twin.results.planning.plans_now import FiniteLine, LoadLine, MasterLine, plans_now
from twin.results.views.overview import OrderRisk, local_time, order_risks

FRESH_S = 10.0
"""Every order is put on equipment for it: nobody needs that more often."""
MASTER_HEAD = ("Product", "Day", "Zone", "Forecast", "Ordered", "Made", "Left at the end", "May be promised")
LOAD_HEAD = ("Work center or qualification", "Day", "Load", "There is", "Over", "Behind at the end", "Rough cut")
LEAVES = "Customer's order leaves, as on page Orders"
FINITE_HEAD = ("Order", "Is", "Material", "Quantity", "Wanted by", "Done by finite load", "Late by finite load", "Because of", LEAVES)
BUFFER_HEAD = ("Material", "Zone", "Net flow", "Red up to", "Yellow up to", "Green up to", "In stock", "On order", "Wanted", "Order now")
MASTER_NOTE = (
    "Days on which something moves. Orders alone: forecasts do not count there; fixed: only the planner moves something in; open: the plan"
    " does. May be promised: of what is made on that day, what no order has."
)
LOAD_NOTE = (
    "What planned and open orders take, spread over the days from start to due date, against the hours of the calendars. Rough cut: what"
    " customers want that day through all levels of bills, stock not counted."
)
FINITE_NOTE = (
    "Each request that is open or planned, on the equipment that has it done first, and not before its planned start: whether the plan has"
    " room. It is not when a customer's order leaves, which the last column says as page Orders does: the floor begins sooner what it has"
    " been given."
)
ZONE_MARKS = {"red": "bad", "yellow": "warn", "green": "good", "above green": "done"}


def plans_page(feed: Feed) -> pmui.Page:
    """Build the page for one viewer."""
    plant = feed.run.plant
    planned, stands = _note(""), dict[str, OrderRisk]()

    def refresh() -> None:
        now = feed.look(plans_now, FRESH_S)
        stands.update({it.order: it for it in feed.look(order_risks, FRESH_S)})
        planned.object = f"As planned {local_time(plant, now.at_us)}, from what was open then."
        master.show(now.master, empty="Nothing is ordered, forecast or made of what is sold.")
        load.show(now.load, empty="Nothing that is planned or open takes equipment or persons.")
        finite.show(now.finite, empty="No order loads equipment.")
        buffers.show(now.buffers, empty="No material has a buffer (planning.buffer in items.yaml).")
        expected.refresh()
        trial.refresh()

    master = PagedTable[MasterLine](
        "master schedule", MASTER_HEAD, lambda it: _master_row(plant, it), numeric=range(3, 8), on_change=refresh
    )
    load = PagedTable[LoadLine]("load", LOAD_HEAD, lambda it: _load_row(plant, it), numeric=range(2, 7), on_change=refresh)
    finite = PagedTable[FiniteLine](
        "orders on equipment",
        FINITE_HEAD,
        lambda it: _finite_row(plant, it, stands.get(it.customer_order)),
        numeric=(3,),
        on_change=refresh,
    )
    buffers = PagedTable[BufferRow]("buffers", BUFFER_HEAD, lambda it: _buffer_row(plant, it), numeric=range(2, 10), on_change=refresh)
    expected, trial = ForecastCard(feed), PlanTrialCard(feed)
    methods = pn.pane.HTML(methods_html("finite load", "trial of the plan", *WHEN), sizing_mode="stretch_width", margin=0)
    main = [
        planned,
        card("Master schedule", _note(MASTER_NOTE), master.shown),
        expected.view,
        card("What it takes: load against capacity", _note(LOAD_NOTE), load.shown),
        card("What comes late on the equipment there is", _note(FINITE_NOTE), finite.shown, methods),
        card("Buffers", buffers.shown),
        trial.view,
    ]
    return page(feed, "Plans", "/plans", main, refresh)


def _note(words: str) -> pmui.Typography:
    return pmui.Typography(words, variant="body2", sx={"opacity": 0.8}, margin=(0, 8))


def _number(quantity: int) -> str:
    return f"{quantity:,}" if quantity else "·"


def _master_row(plant: Plant, it: MasterLine) -> Row:
    numbers = (it.forecast, it.ordered, it.made, it.projected, it.promisable)
    mark = "bad" if it.projected < 0 or it.promisable < 0 else "good" if it.promisable else ""
    return Row(cells=(material_title(plant, it.material), day_words(it.day), it.zone, *map(_number, numbers)), mark=mark)


def _load_row(plant: Plant, it: LoadLine) -> Row:
    title = work_center_title(plant, it.resource) if it.resource in plant.layout.work_centers else it.resource.replace("_", " ")
    spans = (hours(us) if us else "·" for us in (it.load_us, it.capacity_us, it.over_us, it.behind_us, it.rough_us))
    return Row(cells=(title, day_words(it.day), *spans), mark="bad" if it.over_us else "warn" if it.behind_us else "good")


def _finite_row(plant: Plant, it: FiniteLine, customer: OrderRisk | None) -> Row:
    done = "not in the hours that are known" if it.done_us is None else local_time(plant, it.done_us)
    late = "nobody knows" if it.late_us is None else spoken_duration(it.late_us) if it.late_us else "in time"
    cells = (
        it.order, it.kind, material_title(plant, it.material), f"{it.quantity:,}", local_time(plant, it.due_us), done, late,
        with_titles(plant, it.why),
        f"{customer.order}: {leaves_words(plant, customer)}" if customer else "",
    )  # fmt: skip
    is_on_track = customer is not None and customer.risk == "on track"
    return Row(cells=cells, mark="good" if it.late_us == 0 else "warn" if is_on_track else "bad")


def _buffer_row(plant: Plant, it: BufferRow) -> Row:
    zones = it.zones
    numbers = (
        it.net_flow, zones.top_of_red, zones.top_of_yellow, zones.top_of_green, it.on_hand, it.on_order, it.qualified_demand, it.order,
    )  # fmt: skip
    return Row(cells=(material_title(plant, it.material), it.zone, *map(_number, numbers)), mark=ZONE_MARKS[it.zone])

"""The manager's page: orders at risk, OEE, cost today and since the start, what is down."""

from __future__ import annotations

import panel as pn
import panel_material_ui as pmui

from twin.apps.components.leaving import MARKS, WHEN, leaves_words, methods_html, standing_words, whose_html, why_it_waits
from twin.apps.feed import Feed
from twin.apps.figures import figures_html
from twin.apps.pages.futures_card import FuturesCard
from twin.apps.pages.page_frame import page
from twin.apps.row_table import Row, row_table
from twin.apps.theme import STATE_WORDS, card
from twin.apps.words import equipment_title, material_title, money, percent, reason_words, with_titles
from twin.model.calendars import spoken_duration
from twin.model.plant import Plant
from twin.results.views.overview import SLACK_MEANS, OrderRisk, Overview, local_time, overview

SHOWN_ORDERS = 14


def overview_page(feed: Feed) -> pmui.Page:
    """Build the page for one viewer."""
    futures = FuturesCard(feed)
    figures, orders, down = (pn.pane.HTML("", sizing_mode="stretch_width", margin=0) for _ in range(3))

    def refresh() -> None:
        now = feed.look(overview)
        figures.object = _figures_html(feed, now)
        orders.object = _orders_html(feed, now)
        down.object = _attention_html(feed, now)
        futures.refresh()

    note = pmui.Typography(SLACK_MEANS, variant="body2", sx={"opacity": 0.8}, margin=(4, 8))
    methods = pn.pane.HTML(whose_html("played once") + methods_html(*WHEN), sizing_mode="stretch_width", margin=0)
    main = [figures, card("Customer orders, the most urgent first", orders, note, methods), futures.view, card("Needs a person", down)]
    return page(feed, "Overview", "/", main, refresh)


def _figures_html(feed: Feed, now: Overview) -> str:
    plant, scenario = feed.run.plant, feed.run.scenario
    currency, start = plant.layout.currency, local_time(plant, scenario.start_us).split(",")[0]
    oee = f"availability {percent(now.availability)} × effectiveness {percent(now.effectiveness)} × quality {percent(now.quality)}"
    if now.quality is None:
        oee = "nothing made yet today" if now.availability is None else f"nothing made yet today; availability {percent(now.availability)}"
    nothing = "nothing made yet today; " if now.quality is None else ""
    below = [f"{nothing}below 0: more was put into work than is booked as spent so far"] if now.cost_today_minor < 0 else []
    cost_minor = now.revenue_minor - now.result_minor
    figures = (
        (
            "Orders at risk",
            str(now.count("late", "at risk")),
            "",
            [f"{now.count('late')} late, {now.count('at risk')} at risk, {now.count('on track')} on track"],
        ),
        ("OEE today", percent(now.oee), "", [oee]),
        (
            "Cost today",
            money(now.cost_today_minor),
            currency,
            [*below, f"since {start}: {money(cost_minor, currency)}", f"in work: {money(now.wip_minor, currency)}"],
        ),
        (
            "Result today",
            money(now.result_today_minor),
            currency,
            [f"since {start}: {money(now.result_minor, currency)}", f"revenue today: {money(now.revenue_today_minor, currency)}"],
        ),
    )
    return figures_html(figures)


UNBROKEN = "\u00a0"  # a date is not broken over two lines
ORDER_HEAD = ("Order", "Customer", "Product", "Quantity", "Due", "Leaves", "Standing", "Slack", "Work done", "Why it waits")


def _orders_html(feed: Feed, now: Overview) -> str:
    rows = [_order_row(feed.run.plant, order, now.now_us) for order in now.orders[:SHOWN_ORDERS]]
    if len(now.orders) > SHOWN_ORDERS:
        rows.append(Row(cells=(f"and {len(now.orders) - SHOWN_ORDERS} more",), mark="done"))
    return row_table(ORDER_HEAD, rows, numeric=(3, 7, 8))


def _order_row(plant: Plant, order: OrderRisk, now_us: int) -> Row:
    customer = plant.materials.customers.get(order.customer)
    shipped = order.risk.startswith("shipped")
    slack = (
        f"late by {spoken_duration(order.late_by_us)}"
        if order.late_by_us
        else ""
        if shipped
        else "none in sight"
        if order.slack_us is None
        else spoken_duration(order.slack_us)
    )
    return Row(
        cells=(
            order.order,
            (customer and customer.title) or order.customer,
            material_title(plant, order.material),
            f"{order.quantity:,}",
            local_time(plant, order.due_us).replace(" ", UNBROKEN),
            leaves_words(plant, order),
            standing_words(order),
            slack,
            f"{order.done:.0%}",
            with_titles(plant, why_it_waits(order, now_us)),
        ),
        mark=MARKS.get(order.risk, "done"),
    )


def _attention_html(feed: Feed, now: Overview) -> str:
    plant = feed.run.plant
    rows = [
        Row(
            cells=(
                equipment_title(plant, it.equipment),
                f"{STATE_WORDS.get(it.state, 'Stands')}: {reason_words(it.reason) or 'no reason reported'}",
                f"since {local_time(plant, it.since_us)}, for {spoken_duration(now.now_us - it.since_us)}",
            ),
            mark="bad",
        )
        for it in now.down
    ]
    rows += [
        Row(
            cells=(
                equipment_title(plant, alert.equipment) if alert.equipment else alert.alert.replace("_", " ").capitalize(),
                alert.message,
                local_time(plant, alert.effective_us),
            ),
            mark="warn",
        )
        for alert in now.alerts[:6]
    ]
    rows += [Row(cells=(f"Order {order}", with_titles(plant, words), "tell its customer"), mark="warn") for order, words in now.moved]
    if now.calling_count:
        rows.append(Row(cells=("Alarms and alerts", f"{now.calling_count:,} to be answered, on page Supervisor", ""), mark="warn"))
    return row_table((), rows or [Row(cells=("Nothing stands, and no alarm or alert is to be answered.",), mark="good")])

"""The manager's page: orders at risk, OEE, cost today, what is down."""

from __future__ import annotations

import panel as pn
import panel_material_ui as pmui

from twin.apps.feed import Feed
from twin.apps.pages.page_frame import page
from twin.apps.row_table import Row, row_table
from twin.apps.theme import card
from twin.model.measures import write_duration
from twin.results.views.overview import OrderRisk, Overview, local_time, overview

SHOWN_ORDERS = 14
RISK_MARKS = {"late": "⬤ late", "at risk": "◐ at risk", "on track": "○ on track", "shipped": "✓ shipped", "shipped late": "✓ shipped late"}


class Figure:
    """A number that is read from across the room, with what it means below it."""

    def __init__(self, title: str) -> None:
        self.number = pmui.Typography("–", variant="h4", sx={"fontWeight": 700, "fontVariantNumeric": "tabular-nums"}, margin=(0, 8))
        self.detail = pmui.Typography("", variant="body2", sx={"opacity": 0.8}, margin=(0, 8, 4, 8))
        self.card = card(title, self.number, self.detail, min_width=210)

    def show(self, number: str, detail: str) -> None:
        self.number.object = number
        self.detail.object = detail


def percent(share: float | None) -> str:
    """A share as people read it; a dash where nothing is known."""
    return "–" if share is None else f"{share:.0%}"


def money(minor: int, currency: str) -> str:
    """Whole units of the currency: cents say nothing on a dashboard."""
    return f"{minor / 100:,.0f} {currency}"


def overview_page(feed: Feed) -> pmui.Page:
    """Build the page for one viewer."""
    currency = feed.run.plant.layout.currency
    risk, oee, cost, result = Figure("Orders at risk"), Figure("OEE today"), Figure("Cost today"), Figure("Result today")
    orders = pn.pane.HTML("", sizing_mode="stretch_width")
    down = pn.pane.HTML("", sizing_mode="stretch_width")

    def refresh() -> None:
        now = feed.look(overview)
        risk.show(
            str(now.count("late", "at risk")), f"{now.count('late')} late, {now.count('at risk')} at risk, {now.count('on track')} on track"
        )
        oee.show(
            percent(now.oee),
            f"availability {percent(now.availability)} × effectiveness {percent(now.effectiveness)} × quality {percent(now.quality)}",
        )
        cost.show(money(now.cost_today_minor, currency), f"and {money(now.wip_minor, currency)} in work in progress")
        result.show(money(now.result_today_minor, currency), f"revenue today {money(now.revenue_today_minor, currency)}")
        orders.object = _orders_html(feed, now)
        down.object = _attention_html(now)

    figures = pmui.Grid(
        *[pmui.Grid(f.card, size={"xs": 12, "sm": 6, "lg": 3}) for f in (risk, oee, cost, result)],
        container=True,
        spacing=0,
        sizing_mode="stretch_width",
    )
    main = [figures, card("Customer orders, the most urgent first", orders), card("Needs a person", down)]
    return page(feed, "Overview", "/", main, refresh)


ORDER_HEAD = ("Order", "Customer", "Product", "Quantity", "Due", "Standing", "Slack", "Work done", "Waited most for")
MARKS = {"late": "bad", "at risk": "warn", "on track": "good"}


def _orders_html(feed: Feed, now: Overview) -> str:
    rows = [_order_row(feed, order) for order in now.orders[:SHOWN_ORDERS]]
    if len(now.orders) > SHOWN_ORDERS:
        rows.append(Row(cells=(f"and {len(now.orders) - SHOWN_ORDERS} more", *[""] * 8), mark="done"))
    return row_table(ORDER_HEAD, rows, numeric=(3, 6, 7))


def _order_row(feed: Feed, order: OrderRisk) -> Row:
    plant = feed.run.plant
    customer = plant.materials.customers.get(order.customer)
    material = plant.materials.materials[order.material]
    shipped = order.risk.startswith("shipped")
    slack = f"late by {write_duration(order.late_by_us)}" if order.late_by_us else "" if shipped else write_duration(order.slack_us)
    return Row(
        cells=(
            order.order,
            (customer and customer.title) or order.customer,
            material.title or order.material,
            str(order.quantity),
            local_time(plant, order.due_us),
            RISK_MARKS[order.risk],
            slack,
            f"{order.done:.0%}",
            order.main_cause,
        ),
        mark=MARKS.get(order.risk, "done"),
    )


def _attention_html(now: Overview) -> str:
    rows = [Row(cells=(equipment, f"down: {reason or 'no reason reported'}"), mark="bad") for equipment, reason in now.down]
    rows += [Row(cells=(alert.alert.replace("_", " "), alert.message), mark="warn") for alert in now.alerts[:6]]
    return row_table((), rows or [Row(cells=("Nothing is down, and no alert is open.",), mark="good")])

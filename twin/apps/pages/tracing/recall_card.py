"""The recall drill on the traceability page: from the lot that is shown or from a machine, to customers and to what is in house."""

from __future__ import annotations

from collections.abc import Callable

import panel as pn
import panel_material_ui as pmui

from twin.apps.feed import Feed
from twin.apps.row_table import Row, row_table
from twin.apps.theme import card
from twin.apps.words import equipment_title
from twin.model.plant import Plant
from twin.results.tracing.recalls import Recall
from twin.results.views.overview import local_time

CUSTOMER_HEAD = ("Customer", "Order", "Material", "Quantity", "Came back", "Lots", "Shipped")
HOUSE_HEAD = ("Lot", "Material", "Quantity", "Standing", "Place", "Detail")
LOT_HEAD = ("Lot", "Material", "Quantity", "In stock", "In process", "Scrapped", "Shipped", "Went on")
SHOWN = 100
HINT = "Nothing was recalled yet. A recall changes nothing: it says who has what, and what can still be stopped."


def recall_card(feed: Feed, shown_lot: Callable[[], str]) -> pmui.Paper:
    """The card with its controls and tables."""
    plant = feed.run.plant
    names = {equipment_title(plant, it): it for it in (*plant.layout.work_units, *plant.layout.production_lines)}
    of_lot = pmui.Button(label="Recall this lot", icon="campaign", color="error", variant="contained", margin=(8, 6))
    of_delivery = pmui.Button(label="With all that shares a delivery", variant="outlined", margin=(8, 6))
    machine = pmui.Select(label="machine", options=names, width=220, size="small", margin=(6, 6))
    start = pmui.TextInput(label="from, as 2026-03-03 06:00", width=210, size="small", margin=(6, 6))
    end = pmui.TextInput(label="to", width=170, size="small", margin=(6, 6))
    of_machine = pmui.Button(label="Recall what was on it", icon="campaign", color="error", variant="outlined", margin=(8, 6))
    refused = pmui.Alert(title="", alert_type="warning", visible=False, sizing_mode="stretch_width", margin=(4, 8))
    headline = pmui.Typography(HINT, variant="body1", sx={"fontWeight": 600}, margin=(6, 10))
    tables = pn.pane.HTML("", sizing_mode="stretch_width", margin=0)

    def ask(recall: Callable[[], Recall]) -> None:
        try:
            found = recall()
        except ValueError as wrong:
            refused.title, refused.visible = f"{wrong}"[0].upper() + f"{wrong}"[1:], True
            return
        refused.visible = False
        headline.object, tables.object = found.headline, _tables(plant, found)

    of_lot.on_click(lambda _: ask(lambda: feed.run.recall(shown_lot())))
    of_delivery.on_click(lambda _: ask(lambda: feed.run.recall(shown_lot(), sources=True)))
    of_machine.on_click(
        lambda _: ask(lambda: feed.run.recall(equipment=str(machine.value), start=start.value or None, end=end.value or None))
    )
    return card(
        "Recall drill",
        pmui.FlexBox(of_lot, of_delivery, align_items="center"),
        pmui.FlexBox(machine, start, end, of_machine, align_items="center"),
        refused,
        headline,
        tables,
    )


def _tables(plant: Plant, found: Recall) -> str:
    """Customers first: they have to be called."""
    customers = [
        Row(
            cells=(
                plant.materials.customers[it.customer].title or it.customer if it.customer in plant.materials.customers else it.customer,
                it.order, it.material, f"{it.quantity:,} {it.unit}", f"{it.came_back:,}" if it.came_back else "", ", ".join(it.lots),
                local_time(plant, it.last_us),
            ),
            mark="bad",
        )
        for it in found.customers
    ]  # fmt: skip
    house = [
        Row(cells=(it.lot, it.material, f"{it.quantity:,} {it.unit}", it.standing, it.place, it.detail), mark="warn")
        for it in found.in_house
    ]
    lots = [
        Row(
            cells=(
                it.lot, it.material, f"{it.quantity:,} {it.unit}", f"{it.in_stock:,}", f"{it.in_process:,}", f"{it.scrapped:,}",
                f"{it.shipped:,}", f"{it.went_on:,}",
            ),
            mark="done",
        )
        for it in found.affected
    ]  # fmt: skip
    balances = [Row(cells=(str(it),)) for it in found.balances[:SHOWN]]
    return "".join(
        (
            row_table(CUSTOMER_HEAD, _cut(customers) or [Row(cells=("No customer has any of it.",), mark="good")], numeric=(3, 4)),
            _titled("Still in house"),
            row_table(HOUSE_HEAD, _cut(house) or [Row(cells=("Nothing of it is in house.",), mark="done")], numeric=(2,)),
            _titled("Lots affected"),
            row_table(LOT_HEAD, _cut(lots), numeric=(2, 3, 4, 5, 6, 7)),
            _titled("Mass balance of what it began with"),
            row_table((), balances),
        )
    )


def _titled(words: str) -> str:
    return f"<h4 style='margin:14px 8px 2px;font:600 15px Roboto,system-ui,sans-serif'>{words}</h4>"


def _cut(rows: list[Row]) -> list[Row]:
    more = len(rows) - SHOWN
    return rows if more <= 0 else [*rows[:SHOWN], Row(cells=(f"and {more:,} more",), mark="done")]

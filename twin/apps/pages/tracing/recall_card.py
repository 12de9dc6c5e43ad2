"""The recall drill on the traceability page: from the lot that is shown or from a machine, to customers and to what is in house."""

from __future__ import annotations

import io
from collections.abc import Callable

import panel as pn
import panel_material_ui as pmui

from twin.apps.feed import Feed
from twin.apps.row_table import Row, row_table
from twin.apps.speaking.answers import Answer, button
from twin.apps.speaking.speaker import Speaker
from twin.apps.theme import card
from twin.apps.words import equipment_title
from twin.model.events import LotHoldRequested
from twin.model.plant import Plant
from twin.model.problems import listed
from twin.results.exports.recall import recall_file
from twin.results.tracing.recalls import Recall
from twin.results.views.overview import local_time

CUSTOMER_HEAD = ("Customer", "Order", "Material", "Quantity", "Came back", "Lots", "Shipped", "Whom to tell", "Serial numbers")
HOUSE_HEAD = ("Lot", "Material", "Quantity", "Standing", "Place", "Detail")
LOT_HEAD = ("Lot", "Material", "Quantity", "In stock", "In process", "Scrapped", "Shipped", "Went on")
SHOWN = 100
HINT = "Nothing was recalled yet. A recall changes nothing: it says who has what, and what can still be stopped; it is stopped by a hold."


class RecallCard:
    """The card of one viewer: asks, shows what is found, gives it as a file, and holds what is still in house."""

    def __init__(self, feed: Feed, speaker: Speaker, shown_lot: Callable[[], str]) -> None:
        self._feed, self._speaker = feed, speaker
        self._again: Callable[[], Recall] | None = None
        plant = feed.run.plant
        names = {equipment_title(plant, it): it for it in (*plant.layout.work_units, *plant.layout.production_lines)}
        of_lot = pmui.Button(label="Recall this lot", icon="campaign", color="error", variant="contained", margin=(8, 6))
        of_delivery = pmui.Button(label="With all that shares a delivery", variant="outlined", margin=(8, 6))
        machine = pmui.Select(label="machine", options=names, width=220, size="small", margin=(6, 6))
        start = pmui.TextInput(label="from, as 2026-03-03 06:00", width=210, size="small", margin=(6, 6))
        end = pmui.TextInput(label="to", width=170, size="small", margin=(6, 6))
        of_machine = pmui.Button(label="Recall what was on it", icon="campaign", color="error", variant="outlined", margin=(8, 6))
        self._refused = pmui.Alert(title="", alert_type="warning", visible=False, sizing_mode="stretch_width", margin=(4, 8))
        self._headline = pmui.Typography(HINT, variant="body1", sx={"fontWeight": 600}, margin=(6, 10))
        self._tables = pn.pane.HTML("", sizing_mode="stretch_width", margin=0)
        self._answer = Answer()
        self._hold = button("Hold all that is in house", lambda _: self._hold_all())
        taken = (*(self._file(kind) for kind in (".pdf", ".xlsx")), speaker.why, self._hold)
        self._then = pmui.FlexBox(*taken, align_items="center", visible=False)  # once something was found
        of_lot.on_click(lambda _: self._ask(lambda: feed.run.recall(shown_lot())))
        of_delivery.on_click(lambda _: self._ask(lambda: feed.run.recall(shown_lot(), sources=True)))
        of_machine.on_click(
            lambda _: self._ask(lambda: feed.run.recall(equipment=str(machine.value), start=start.value or None, end=end.value or None))
        )
        self.view = card(
            "Recall drill",
            pmui.FlexBox(of_lot, of_delivery, align_items="center"),
            pmui.FlexBox(machine, start, end, of_machine, align_items="center"),
            self._refused,
            self._headline,
            self._then,
            self._answer.pane,
            self._tables,
        )

    def _ask(self, recall: Callable[[], Recall]) -> None:
        try:
            found = recall()
        except ValueError as wrong:
            self._refused.title, self._refused.visible = f"{wrong}"[0].upper() + f"{wrong}"[1:], True
            return
        self._again, self._refused.visible, self._then.visible = recall, False, True
        self._answer.show("", is_good=True)
        self._show(found)

    def _show(self, found: Recall) -> None:
        self._headline.object, self._tables.object = found.headline, _tables(self._feed.run.plant, found)

    def _file(self, kind: str) -> pmui.FileDownload:
        def make() -> io.BytesIO | None:
            try:
                with self._feed.run.lock:
                    return io.BytesIO(recall_file(self._feed.run, self._again(), kind)) if self._again else None
            except ValueError as error:
                self._answer.show(f"There is no file: {error}", is_good=False)
                return None

        label = "Excel" if kind == ".xlsx" else "PDF"
        return pmui.FileDownload(callback=make, filename=f"recall{kind}", label=label, variant="outlined", size="small", margin=(6, 4))

    def _hold_all(self) -> None:
        """A hold for each lot that is in house and not held, all by one person and for one reason; what is refused is said lot by lot."""
        if self._again is None:
            return
        lots, person, reason = self._again().to_hold, self._speaker.person, self._speaker.reason
        if not lots or not person or not reason:
            lacks = "nothing in house is left to hold" if not lots else self._speaker.who_first if not person else "a hold needs a reason"
            self._answer.show(f"Refused: {lacks}", is_good=False)
            return
        session, at_us = self._speaker.session, self._feed.now_us

        def holds() -> str:
            said = (
                LotHoldRequested(effective_us=at_us, person=person, terminal=self._speaker.terminal, lot=lot, reason=reason) for lot in lots
            )
            refused = {it.lot: words for it in said if (words := self._feed.enter(it, session=session))}
            return "; ".join(f"{lot}: {words}" for lot, words in refused.items())

        def answered(words: str) -> None:
            found = self._again() if self._again else None
            left = found.to_hold if found else ()
            held = f"Held: {listed([it for it in lots if it not in left])}."
            self._answer.show(f"{held} Refused: {words}" if words else held, is_good=not words)
            if found:
                self._show(found)

        self._speaker.ask(holds, answered)


def _tables(plant: Plant, found: Recall) -> str:
    """Customers first: they have to be called."""
    customers = [
        Row(
            cells=(
                plant.materials.customers[it.customer].title or it.customer if it.customer in plant.materials.customers else it.customer,
                it.order, it.material, f"{it.quantity:,} {it.unit}", f"{it.came_back:,}" if it.came_back else "", ", ".join(it.lots),
                local_time(plant, it.last_us), "; ".join(filter(None, (it.address, it.contact))), listed(it.serial_numbers, 5)
                if it.serial_numbers else "",
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

"""The stock page: materials, lots and what expires, bins, what is kept and picked for whom, what has to be counted; and to say it."""

from __future__ import annotations

import panel as pn
import panel_material_ui as pmui

from twin.apps.components.downloads import OFFICE_FILES, downloads
from twin.apps.feed import Feed
from twin.apps.figures import FIGURES_CSS
from twin.apps.office.desk import OfficeDesk
from twin.apps.office.expiry_forms import expiry_forms
from twin.apps.office.packing_forms import packing_forms
from twin.apps.office.stock.counted_forms import counted_forms
from twin.apps.office.stock.transfer_forms import transfer_forms
from twin.apps.office.value_forms import unbuild_forms
from twin.apps.pages.page_frame import page
from twin.apps.pages.stock.packages_card import PackagesCard
from twin.apps.pages.stock.transfers_card import TransfersCard
from twin.apps.pages.stock.warehouse_card import WarehouseCard
from twin.apps.row_table import Row, row_table
from twin.apps.speaking.speaker import Speaker
from twin.apps.theme import card
from twin.apps.words import material_title, money, percent, person_titles
from twin.results.views.overview import local_time
from twin.results.warehouse.stock_now import CHOICES, LotNow, StockNow, stock_now

TERMINAL = "stock page"
FORMS = (counted_forms, packing_forms, transfer_forms, expiry_forms, unbuild_forms)
SHOWN_ROWS, SHOWN_LISTS = 60, 12
MATERIAL_HEAD = ("Material", "On hand", "Wanted", "Held", "Coming", "Worth", "Class", "Days of stock", "Turns a year")
LOT_HEAD = ("Lot", "Material", "Quantity", "Reserved", "Standing", "Since", "Expires", "Where")
BIN_HEAD = ("Bin", "Zone", "Places taken", "What lies there")
KEPT_HEAD = ("Order", "Material", "Lot", "Bin", "Quantity")
PICK_HEAD = ("Pick list", "Wave", "Order", "Standing", "Released", "What")
COUNT_HEAD = ("Count", "Material", "Class", "Asked for", "Still to be counted")
NO_WAREHOUSE = "This plant declares no warehouse: warehouse in plant.yaml, or in the changes of a scenario."
LOT_MARKS = {"held": "bad", "expired": "bad"}
LIST_MARKS = {"released": "warn", "picked": "good", "cancelled": "bad"}


def stock_page(feed: Feed) -> pmui.Page:
    """Build the page for one viewer."""
    speaker = Speaker(feed, TERMINAL)
    figures, materials, lots, bins, kept, picks, counts = (pn.pane.HTML("", sizing_mode="stretch_width", margin=0) for _ in range(7))
    text = pmui.TextInput(label="material, lot, bin or order", width=260, size="small", margin=(4, 8))
    choice = pmui.Select(label="show", options=list(CHOICES), value=CHOICES[0], width=220, size="small", margin=(4, 8))
    has_warehouse = feed.look(stock_now).has_warehouse

    def refresh() -> None:
        seen = feed.look(stock_now)
        now = seen.matching(str(text.value_input or text.value or ""), str(choice.value))
        figures.object = _figures_html(feed, seen)
        materials.object, lots.object = _materials_html(feed, now), _lots_html(feed, now)
        bins.object, kept.object = _bins_html(now), _kept_html(feed, now)
        picks.object, counts.object = _picks_html(feed, now), _counts_html(feed, now)
        saying.show(seen)
        packages.show()
        transfers.show()
        desk.show()

    saying = WarehouseCard(feed, speaker, refresh)
    packages, transfers = PackagesCard(feed), TransfersCard(feed)
    desk = OfficeDesk(feed, speaker, lambda: [it for forms in FORMS for it in feed.look(forms)], refresh)
    for field in (text, choice):
        field.param.watch(lambda _: refresh(), "value")
    text.param.watch(lambda _: refresh(), "value_input")
    of_warehouse = [
        card("Bins", bins),
        card("Reservations", kept),
        card("Pick lists", picks),
        card("Cycle counts", counts),
        card("Say what was done", pmui.FlexBox(speaker.why, align_items="center"), *saying.fields),
    ]
    main = [
        figures,
        pmui.FlexBox(
            text, choice, downloads(feed, "stock", OFFICE_FILES), align_items="center", sizing_mode="stretch_width", margin=(0, 6)
        ),
        card("Materials", materials),
        card("Lots", lots),
        *(of_warehouse if has_warehouse else [card("Warehouse", pmui.Typography(NO_WAREHOUSE, variant="body2", margin=(4, 8)))]),
        *packages.cards,
        *transfers.cards,
        card("Enter counts, deliveries, dates and what was taken apart", desk.tablet),
    ]
    return page(feed, "Stock", "/stock", main, refresh, speaker)


def _figures_html(feed: Feed, now: StockNow) -> str:
    cards = (
        ("Stock is worth", money(now.value_minor, feed.run.plant.layout.currency), f"{len(now.lots)} lots"),
        ("Expires within 7 days", str(now.soon_count), "lots, those that have expired among them"),
        ("Open pick lists", str(len(now.open_lists)), f"{now.not_put_away} lots wait to be put away"),
        ("Record accuracy", percent(now.accuracy), f"{len(now.counts)} materials have to be counted"),
    )
    inside = "".join(
        f"<div class='figure'><b>{title}</b><div class='number'>{number}</div><div class='detail'>{detail}</div></div>"
        for title, number, detail in cards
    )
    return f"{FIGURES_CSS}<div class='figures'>{inside}</div>"


def _shown(rows: list[Row], most: int = SHOWN_ROWS) -> list[Row]:
    """The first rows, and how many more there are."""
    return [*rows[:most], Row(cells=(f"and {len(rows) - most} more: write a name above",), mark="done")] if len(rows) > most else rows


def _number(value: float | None, form: str) -> str:
    return "–" if value is None else format(value, form)


def _materials_html(feed: Feed, now: StockNow) -> str:
    rows = [
        Row(
            cells=(
                material_title(feed.run.plant, it.material), f"{it.on_hand:,} {it.unit}", f"{it.reserved:,}",
                f"{it.held:,}" if it.held else "",
                f"{it.incoming:,}", f"{it.value_minor / 100:,.2f}", it.inventory_class, _number(it.days_of_stock, ",.1f"),
                _number(it.turns, ",.1f"),
            ),
            mark="bad" if it.on_hand < 0 else "warn" if it.held or it.on_hand < it.reserved else "",
        )
        for it in now.materials
    ]  # fmt: skip
    none = [Row(cells=("No material is like that.",), mark="done")]
    return row_table(MATERIAL_HEAD, _shown(rows) or none, numeric=(1, 2, 3, 4, 5, 7, 8))


def _lot_row(feed: Feed, it: LotNow) -> Row:
    plant = feed.run.plant
    return Row(
        cells=(
            it.lot, material_title(plant, it.material), f"{it.quantity:,}", f"{it.reserved:,}" if it.reserved else "", it.standing,
            local_time(plant, it.since_us), "" if it.expires_us is None else local_time(plant, it.expires_us), it.places,
        ),
        mark=LOT_MARKS.get(it.standing, "warn" if it.soon else ""),
    )  # fmt: skip


def _lots_html(feed: Feed, now: StockNow) -> str:
    rows = [_lot_row(feed, it) for it in now.lots]
    return row_table(LOT_HEAD, _shown(rows) or [Row(cells=("No lot is like that.",), mark="good")], numeric=(2, 3))


def _bins_html(now: StockNow) -> str:
    rows = [
        Row(
            cells=(it.title, it.zone, f"{it.taken:,}" + ("" if it.capacity is None else f" of {it.capacity:,}"), it.content or "empty"),
            mark="warn" if it.is_full else "" if it.content else "done",
        )
        for it in now.bins
    ]
    return row_table(BIN_HEAD, _shown(rows) or [Row(cells=("No bin is like that.",), mark="done")], numeric=(2,))


def _kept_html(feed: Feed, now: StockNow) -> str:
    rows = [Row(cells=(it.order, material_title(feed.run.plant, it.material), it.lot, it.bin, f"{it.quantity:,}")) for it in now.kept]
    return row_table(KEPT_HEAD, _shown(rows) or [Row(cells=("Nothing is reserved.",), mark="done")], numeric=(4,))


def _picks_html(feed: Feed, now: StockNow) -> str:
    rows = [
        Row(
            cells=(
                it.pick_list, it.wave or "at once", it.order, it.standing + (f": {it.reason}" if it.reason else ""),
                local_time(feed.run.plant, it.released_us),
                ", ".join(f"{line.quantity:,} of {line.lot} from {line.bin}" for line in it.lines),
            ),
            mark=LIST_MARKS.get(it.standing, "done"),
        )
        for it in now.pick_lists[:SHOWN_LISTS]
    ]  # fmt: skip
    return row_table(PICK_HEAD, rows or [Row(cells=("Nothing was picked yet.",), mark="done")])


def _counts_html(feed: Feed, now: StockNow) -> str:
    plant = feed.run.plant
    rows = [
        Row(
            cells=(
                it.count, material_title(plant, it.material), it.inventory_class, local_time(plant, it.requested_us),
                ", ".join(f"{lot} in {bin_name}" for bin_name, lot in it.to_do),
            ),
            mark="warn",
        )
        for it in now.counts
    ]  # fmt: skip
    done = [
        Row(
            cells=(
                it.count or "unasked", material_title(plant, it.material), "", local_time(plant, it.at_us),
                f"{it.found:,} found of {it.expected:,} in {it.bin}" + (f", by {person_titles(plant, it.person)}" if it.person else ""),
            ),
            mark="good" if it.found == it.expected else "bad",
        )
        for it in now.counted
    ]  # fmt: skip
    return row_table(COUNT_HEAD, [*rows, *done] or [Row(cells=("Nothing has to be counted.",), mark="done")])

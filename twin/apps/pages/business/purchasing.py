"""Purchasing: what has to be ordered, what is on order at whom, what of it is late, how suppliers keep their dates."""

from __future__ import annotations

from collections.abc import Callable

import panel as pn
import panel_material_ui as pmui

from twin.apps.components.downloads import OFFICE_FILES, downloads, papers
from twin.apps.components.paged_table import PagedTable
from twin.apps.feed import Feed
from twin.apps.figures import figures_html
from twin.apps.office.desk import OfficeDesk
from twin.apps.office.purchasing_forms import proposed_form, purchasing_forms
from twin.apps.pages.business.sourcing_cards import SourcingCards
from twin.apps.pages.page_frame import page
from twin.apps.row_table import Row
from twin.apps.speaking.speaker import Speaker
from twin.apps.theme import card
from twin.apps.words import day_words, exact, material_title, money, percent, supplier_title, with_days
from twin.erp.material_plan.messages import ActionMessage
from twin.erp.subcontracting.at_suppliers import AtSupplierRow
from twin.model.calendars import spoken_duration
from twin.model.plant import Plant
from twin.results.views.business.plan import FRESH_S, plan_now
from twin.results.views.business.purchasing import PurchaseNow, PurchasingNow, SupplierNow, at_suppliers_now, purchasing_now
from twin.results.views.overview import local_time

TERMINAL = "purchasing page"
ADVICE_HEAD = ("What to do", "Material", "Quantity", "Due", "Wanted", "Why")
NOTHING = "Nothing has to be ordered or moved now."
MARKS = {"late": "bad", "open": "good", "received late": "warn", "received": "done", "closed": "done"}


def purchasing_page(feed: Feed) -> pmui.Page:
    """Build the page for one viewer."""
    plant, currency = feed.run.plant, feed.run.plant.layout.currency
    figures = pn.pane.HTML("", sizing_mode="stretch_width", margin=0)
    planned = pmui.Typography("", variant="body2", sx={"opacity": 0.8}, margin=(0, 8))

    def refresh() -> None:
        now, plan = feed.look(purchasing_now), feed.look(plan_now, FRESH_S)
        figures.object = _figures_html(now, currency)
        orders.show(now.orders, empty="Nothing has been ordered yet.")
        sourcing.show()
        suppliers.show(now.suppliers, empty="No supplier is declared.")
        away.show(feed.look(at_suppliers_now), empty="Nothing of ours lies at a supplier.")
        planned.object = f"As planned {local_time(plant, plan.at_us)}, from what was open then."
        materials = plan.plan.plant.materials.materials  # as they are declared by now
        advice.show([it for it in plan.messages if materials[it.material].kind == "purchased"], empty=NOTHING)
        desk.show()

    def write_advice(it: ActionMessage) -> Row:
        plan = feed.look(plan_now, FRESH_S)
        unit = plan.plan.plant.materials.materials[it.material].unit
        cells = (
            f"{it.action} {it.order}", material_title(plant, it.material), f"{it.quantity:,} {unit}",
            day_words(plan.day(it.from_bucket)), day_words(plan.day(it.to_bucket)), with_days(it.why),
        )  # fmt: skip
        return Row(cells=cells, mark="bad" if it.action == "expedite" else "warn" if it.action in ("release", "increase") else "")

    order_head = ("Order", "Material", "Supplier", "Received", "Ordered", "Due", "Standing", "Agreed by", f"Value, {currency}")
    supplier_head = ("Supplier", "Orders", "Open", "Late now", "Came in time", "Quality", "Price", "Score", f"Open, {currency}")
    orders = PagedTable[PurchaseNow]("purchase orders", order_head, lambda it: _order_row(plant, it), numeric=(3, 8), on_change=refresh)
    away = _away_table(feed, refresh)
    suppliers = PagedTable("suppliers", supplier_head, _supplier_row, numeric=range(1, 9), on_change=refresh)
    advice = PagedTable("what the plan proposes", ADVICE_HEAD, write_advice, numeric=(2,), on_change=refresh)
    sourcing = SourcingCards(feed, refresh)
    speaker = Speaker(feed, TERMINAL)
    desk = OfficeDesk(feed, speaker, lambda: [*feed.look(purchasing_forms), proposed_form(feed.run, feed.look(plan_now, FRESH_S))], refresh)
    sent = papers(feed, "number of an order", {"purchase_order": "Purchase order, PDF"})
    main = [
        figures,
        card("What the material plan proposes to order or to move", downloads(feed, "purchasing", OFFICE_FILES), planned, advice.shown),
        card("Purchase orders, the late ones first", sent, orders.shown),
        *([card("What of ours lies at suppliers", away.shown)] if feed.run.erp.subcontracting.done else []),
        card("Suppliers, by what was booked", suppliers.shown),
        *sourcing.cards,
        card("Enter what is wanted, offered, ordered and billed", desk.tablet),
    ]
    return page(feed, "Purchasing", "/purchasing", main, refresh, speaker)


def _order_row(plant: Plant, it: PurchaseNow) -> Row:
    due = local_time(plant, it.due_us)
    if it.first_due_us != it.due_us:
        due = f"{due}, at first {local_time(plant, it.first_due_us)}"
    cells = (
        it.order, _bought(plant, it), supplier_title(plant, it.supplier), f"{it.received:,} of {it.quantity:,} {it.unit}",
        local_time(plant, it.placed_us), due, _standing(it), it.agreed_by, exact(it.value_minor),
    )  # fmt: skip
    return Row(cells=cells, mark=MARKS[it.standing])


def _bought(plant: Plant, it: PurchaseNow) -> str:
    title = material_title(plant, it.material)
    return f"{title}: operation {it.operation}" if it.operation else title


def _standing(it: PurchaseNow) -> str:
    """With what of a closed order has never come: the supplier has not served it in full."""
    late = f" by {spoken_duration(it.late_by_us)}" if it.late_by_us else ""
    is_short = it.standing in ("received", "received late") and it.received < it.quantity
    return f"{it.standing}{late}" + (f", {it.quantity - it.received:,} short" if is_short else "")


def _away_table(feed: Feed, on_change: Callable[[], None]) -> PagedTable[AtSupplierRow]:
    """What of ours lies at suppliers."""
    plant, currency = feed.run.plant, feed.run.plant.layout.currency

    def write(it: AtSupplierRow) -> Row:
        cells = (
            supplier_title(plant, it.supplier), it.kind, material_title(plant, it.material), it.lot,
            f"{it.quantity:,} {feed.run.plant.materials.materials[it.material].unit}", it.order, local_time(plant, it.sent_us),
            local_time(plant, it.due_us), exact(it.value_minor),
        )  # fmt: skip
        return Row(cells=cells, mark="bad" if it.due_us < feed.run.now_us else "")

    head = ("Supplier", "What", "Material", "Lot", "Quantity", "Order", "Sent", "Due", f"Value, {currency}")
    return PagedTable("what lies at suppliers", head, write, numeric=(4, 8), on_change=on_change)


def _supplier_row(it: SupplierNow) -> Row:
    in_time = f"{it.on_time:,} of {it.counted:,}, {percent(it.on_time_share)}" if it.counted else percent(None)
    shares = (percent(share) for share in (it.quality_share, it.price_share, it.score))
    cells = (it.title, f"{it.order_count:,}", f"{it.open_count:,}", f"{it.late_count:,}", in_time, *shares, exact(it.open_minor))
    return Row(cells=cells, mark="bad" if it.late_count else "warn" if it.on_time < it.counted else "")


def _figures_html(now: PurchasingNow, currency: str) -> str:
    return figures_html(
        (
            ("Open orders", f"{now.open_count:,}", "", [f"{now.late_count:,} late"]),
            ("Still to come", money(now.open_minor), currency, ["what has not come of open orders, at the price asked"]),
        )
    )

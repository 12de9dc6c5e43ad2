"""Orders and promises: what was promised to whom, how it stands, what is made for it, what may still be promised."""

from __future__ import annotations

import re
from collections.abc import Callable

import panel as pn
import panel_material_ui as pmui

from twin.apps.components.downloads import OFFICE_FILES, downloads, papers
from twin.apps.components.leaving import MARKS, WHEN, leaves_words, methods_html, standing_words, whose_html, why_it_waits
from twin.apps.components.paged_table import PagedTable
from twin.apps.feed import Feed
from twin.apps.figures import figures_html
from twin.apps.office.desk import OfficeDesk
from twin.apps.office.sales_forms import sales_forms
from twin.apps.pages.page_frame import page
from twin.apps.row_table import Row, row_table
from twin.apps.speaking.speaker import Speaker
from twin.apps.theme import card
from twin.apps.words import customer_title, day_words, exact, material_choices, material_title, money, percent, unit_words, with_titles
from twin.model.calendars import spoken_duration
from twin.model.plant import Plant
from twin.model.problems import listed
from twin.results.trade.ordering import Allocation, allocations
from twin.results.trade.when_there import Method, WhenThere
from twin.results.views.business.orders import (
    OrderNow,
    OrdersNow,
    Promisable,
    QuoteOffered,
    RequestOf,
    made_for,
    orders_now,
    promisable,
    promise_for,
    quotes_offered,
)
from twin.results.views.business.plan import FRESH_S, plan_now
from twin.results.views.overview import local_time

ORDER_HEAD = ("Order", "Customer", "Product", "Quantity", "Promised for", "Leaves", "Standing", "Value", "Margin")
REQUEST_HEAD = ("Request", "Makes", "Standing", "Made", "Scrap", "Due", "Cost so far")
QUOTE_HEAD = ("Quote", "Customer", "Product", "Quantity", "Price", "Promised for", "What of", "Valid until", "Became")
ALLOCATION_HEAD = ("Order", "Customer", "Product", "Open", "Kept in stock", "Still to come", "Due", "How it leaves")
MOST_ASKED = 1_000_000
_ANEW, ANEW = (
    re.compile(r"([0-9]+) anew, in (.+)$"),
    r"\1 made or bought anew, after all that is coming: \2 of planned lead times",
)
"""As events have it, and as a reader has to be told, who reads a date beside it."""
PROMISE_HEAD = ("Product", "In stock", "From", "May be promised")
METHOD_HEAD = ("Method", "Says", "Against the date above", "By")
PROMISE_NOTE = "Available to promise, day by day: what is in stock, on its way or planned, less what is promised already."


def _allocations(feed: Feed, on_change: Callable[[], None]) -> PagedTable[Allocation]:
    """Which open orders the stock is kept for."""
    plant = feed.run.plant

    def write(it: Allocation) -> Row:
        unit = feed.run.plant.materials.materials[it.material].unit
        rest = _many(it.back_ordered, unit) if it.back_ordered else "nothing"
        leaves = it.held or ("in parts" if it.ships_in_parts else f"with {listed(it.ships_with)}" if it.ships_with else "all at once")
        cells = (
            _called(it), customer_title(plant, it.customer), material_title(plant, it.material), _many(it.open_quantity, unit),
            _many(it.allocated, unit), rest, local_time(plant, it.due_us), leaves,
        )  # fmt: skip
        return Row(cells=cells, mark="bad" if it.held else "" if it.back_ordered else "good")

    return PagedTable("allocations", ALLOCATION_HEAD, write, numeric=(3, 4, 5), name=lambda it: it.order, on_change=on_change)


class _Promises:
    """What may still be promised, and what customers were offered."""

    def __init__(self, feed: Feed) -> None:
        self._feed, self._plant = feed, feed.run.plant
        materials, currency = self._plant.materials.materials, self._plant.layout.currency
        sold = material_choices(self._plant, [name for name, it in materials.items() if it.price])
        first = next(iter(sold.values()), None)
        self._product = pmui.Select(label="product", options=sold, value=first, width=300, size="small", margin=(6, 8))
        self._many = pmui.TextInput(label="how many", value="1", width=230, size="small", margin=(6, 8))
        self._when = pmui.Typography("", variant="body2", sx={"fontWeight": 600}, margin=(12, 8))
        self._note = pmui.Typography("", variant="body2", sx={"opacity": 0.8}, margin=(0, 8))
        self._methods, self._later = (pn.pane.HTML("", sizing_mode="stretch_width", margin=0) for _ in range(2))
        self._free = pn.pane.HTML("", sizing_mode="stretch_width", margin=0)
        head = [name.replace("Price", f"Price, {currency}") for name in QUOTE_HEAD]
        self._quotes = PagedTable("quotes to customers", head, self._quote, numeric=(3, 4), on_change=self.show)
        for choice in (self._product, self._many):
            choice.param.watch(lambda _: self.show(), "value")
        asking = pmui.FlexBox(self._product, self._many, self._when, align_items="center", sizing_mode="stretch_width")
        note = pmui.Typography(PROMISE_NOTE, variant="body2", sx={"opacity": 0.8}, margin=(0, 8))
        left_out = pn.pane.HTML(
            methods_html("capable to promise", "played once", "available to promise"), sizing_mode="stretch_width", margin=0
        )
        self._offers = card("Quotes to customers", self._quotes.shown)
        answer = (asking, self._note, self._methods, self._later, left_out, note, self._free)
        self.cards = [card("When it can be there, and what may still be promised", *answer), self._offers]

    def show(self) -> None:
        """Bring the cards up to date."""
        if self._product.value:
            self._show_promise(str(self._product.value))
        free = promisable(self._feed.look(plan_now, FRESH_S))
        rows = [row for it in free for row in _promise_rows(self._plant, it)]
        self._free.object = row_table(PROMISE_HEAD, rows, numeric=(1, 3))
        offered = self._feed.look(quotes_offered)
        self._offers.visible = bool(offered)
        self._quotes.show(offered, empty="No customer was offered anything.")

    def _show_promise(self, material: str) -> None:
        """When so many could leave; of what cannot be asked for, at the field, why not."""
        try:
            told = self._feed.look(promise_for(material, _pieces(self._many.value)))
        except ValueError as refused:
            self._many.param.update(error_state=True, helper_text=str(refused))
            self._when.object = self._note.object = self._methods.object = self._later.object = ""  # the answer before is none to this
            return
        self._many.param.update(error_state=False, helper_text="")
        plant = self._plant
        at = "No date can be promised" if told.recommended_us is None else f"Promise {local_time(plant, told.recommended_us)}"
        self._when.object = f"{at}: {told.why}"
        self._note.object = (
            f"Whoever takes an order is told this date. Quotes, and the date of an order that is changed, go by what is {told.quotes_by}."
        )
        self._methods.object = row_table(METHOD_HEAD, [_method_row(plant, it) for it in told.methods])
        self._later.object = _later_html(plant, told)

    def _quote(self, it: QuoteOffered) -> Row:
        discount = f" (less {it.discount_percent} %)" if it.discount_percent else ""
        cells = (
            it.quote, customer_title(self._plant, it.customer), material_title(self._plant, it.material), f"{it.quantity:,}",
            f"{exact(it.net_price_minor)} {it.currency}".strip() + discount, local_time(self._plant, it.promised_us), it.why,
            local_time(self._plant, it.valid_until_us), it.order,
        )  # fmt: skip
        return Row(cells=cells, mark="good" if it.order else "")


def _method_row(plant: Plant, it: Method) -> Row:
    says = "no date" if it.at_us is None else local_time(plant, it.at_us)
    differs = it.differs or ("" if it.at_us is None else "the same")
    by = with_titles(plant, _ANEW.sub(ANEW, it.reason))
    return Row(cells=(it.name, says, differs, by), mark="good" if differs == "the same" else "")


def _later_html(plant: Plant, told: WhenThere) -> str:
    """Which open orders would be late by it; "" if none."""
    rows = [
        Row(
            cells=(
                f"{it.order} would be late by it",
                f"due {local_time(plant, it.due_us)}",
                f"leaves {local_time(plant, it.before_us)} without it",
                f"{'no end in sight' if it.after_us is None else local_time(plant, it.after_us)} with it",
            ),
            mark="warn",
        )
        for it in told.late_by_it
    ]
    return row_table((), rows) if rows else ""


def _many(many: int, unit: str) -> str:
    return f"{many:,} {unit_words(unit, many)}"


def _pieces(written: str | None) -> int:
    """How many are asked for.

    Raises
    ------
    ValueError : what is written is no whole number from 1 on, or too many
    """
    text = (written or "").strip()
    allowed = f"allowed: a whole number from 1 to {MOST_ASKED:,}, as in 12"
    if not text:
        raise ValueError(f"It is empty; {allowed}")
    if not re.fullmatch(r"[0-9]{1,18}", text) or not 1 <= int(text) <= MOST_ASKED:
        raise ValueError(f"'{text[:18]}' cannot be promised; {allowed}")
    return int(text)


def orders_page(feed: Feed) -> pmui.Page:
    """Build the page for one viewer."""
    plant, currency = feed.run.plant, feed.run.plant.layout.currency
    figures, why = (pn.pane.HTML("", sizing_mode="stretch_width", margin=0) for _ in range(2))
    methods = pn.pane.HTML(whose_html("played once") + methods_html(*WHEN), sizing_mode="stretch_width", margin=0)
    promises = _Promises(feed)

    def refresh() -> None:
        now = feed.look(orders_now)
        figures.object = _figures_html(now, currency)
        orders.show(now.orders, empty="No customer has ordered anything yet.")
        if not orders.picked and now.orders:
            orders.pick(now.orders[0].order)
        chosen = next((it for it in now.orders if it.order == orders.picked), None)
        why.object = _why_html(plant, chosen, feed.run.now_us)
        requests.show(feed.look(made_for(chosen.order)) if chosen else [], empty="Nothing is made for it: it is served from stock.")
        kept.show(feed.look(allocations), empty="No order is open.")
        promises.show()
        desk.show()

    def write_order(it: OrderNow) -> Row:
        return _order_row(plant, it)

    def write_request(it: RequestOf) -> Row:
        return _request_row(plant, it)

    orders = PagedTable(
        "customer orders", [*ORDER_HEAD[:7], f"Value, {currency}", f"Margin, {currency}"], write_order, numeric=(3, 7, 8),
        name=lambda it: it.order, on_change=refresh,
    )  # fmt: skip
    request_head = [*REQUEST_HEAD[:-1], f"Cost so far, {currency}"]
    requests = PagedTable("requests of the order", request_head, write_request, numeric=(3, 4, 6), on_change=refresh)
    kept = _allocations(feed, refresh)
    speaker = Speaker(feed, "orders page")
    desk = OfficeDesk(feed, speaker, lambda: feed.look(sales_forms), refresh)
    confirmed = papers(feed, "number of an order", {"order_confirmation": "Order confirmation, PDF"})
    main = [
        figures,
        card("Orders, the most urgent first", downloads(feed, "orders", OFFICE_FILES), confirmed, orders.shown, methods),
        card("What is made for it", why, requests.shown),
        card("What stock is kept for, the earliest due first", kept.shown),
        *promises.cards,
        card("Enter orders, quotes, changes and returns", desk.tablet),
    ]
    return page(feed, "Orders", "/orders", main, refresh, speaker)


def _figures_html(now: OrdersNow, currency: str) -> str:
    return figures_html(
        (
            ("Open orders", f"{now.open_count:,}", "", [f"{now.late_count} late, {now.at_risk_count} at risk"]),
            ("Still to be invoiced", money(now.open_minor), currency, ["of open orders, without tax"]),
            ("Shipped", f"{now.shipped_count:,}", "", ["orders, since the start"]),
            ("Shipped in time", percent(now.on_time_share), "", ["of those that were shipped"]),
        )
    )


def _order_row(plant: Plant, it: OrderNow) -> Row:
    stands = it.stands
    shipped = f"{it.shipped:,} of " if 0 < it.shipped < stands.quantity else ""
    first = f", at first {it.first_quantity:,}" if it.first_quantity != stands.quantity else ""
    first_due = f", at first {local_time(plant, it.first_due_us)}" if it.first_due_us != stands.due_us else ""
    agreed = f" ({exact(it.agreed_net_minor)} {it.currency})" if it.currency else ""
    cells = (
        _called(it), customer_title(plant, stands.customer), material_title(plant, stands.material),
        f"{shipped}{_many(stands.quantity, it.unit)}{first}", f"{local_time(plant, stands.due_us)}{first_due}",
        leaves_words(plant, stands),
        standing_words(stands) + (f" by {spoken_duration(stands.late_by_us)}" if stands.late_by_us else ""),
        f"{exact(it.net_minor)}{agreed}", exact(it.margin_minor) or "once shipped",
    )  # fmt: skip
    return Row(cells=cells, mark=MARKS.get(stands.risk, "done"))


def _called(it: OrderNow | Allocation) -> str:
    """The order, or the line and the order that it is a line of, where its name does not say that."""
    return it.order if not it.header or it.order.startswith(f"{it.header}.") else f"{it.order} of {it.header}"


def _why_html(plant: Plant, it: OrderNow | None, now_us: int) -> str:
    """In one line how the order stands that is opened below."""
    if it is None:
        return row_table((), [Row(cells=("No order is picked.",), mark="done")])
    stands = it.stands
    why = it.held or with_titles(plant, why_it_waits(stands, now_us)).replace("\n", "; ")
    said = f"{it.order} of {customer_title(plant, stands.customer)}: {stands.risk}, {percent(stands.done)} of its work is done"
    return row_table((), [Row(cells=(f"{said}{'; ' if why else ''}{why}.",), mark=MARKS.get(stands.risk, "done"))])


def _request_row(plant: Plant, it: RequestOf) -> Row:
    cells = (
        it.request, material_title(plant, it.material), it.status, f"{it.produced:,} of {it.quantity:,}",
        f"{it.scrapped:,}" if it.scrapped else "", local_time(plant, it.due_us), exact(it.cost_minor),
    )  # fmt: skip
    return Row(cells=cells, mark={"closed": "done", "released": "good"}.get(it.status, ""))


def _promise_rows(plant: Plant, it: Promisable) -> list[Row]:
    title = material_title(plant, it.material)
    return [
        Row(
            cells=(title, _many(it.on_hand, it.unit), day_words(day), _many(free, it.unit) if free > 0 else "nothing"),
            mark="good" if free > 0 else "bad" if free < 0 else "",
        )
        for day, free in it.days
    ]

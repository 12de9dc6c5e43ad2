"""What goes into a file: sheets with typed columns, taken from the views that pages show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from twin.erp.accounting.statements import StatementRow
from twin.model.problems import listed
from twin.model.trade.loads import write_weight
from twin.results.reports.documents import Shown
from twin.results.run import Run
from twin.results.views.business.finance import Statements, Window, statements_of, work_of
from twin.results.views.business.orders import orders_now
from twin.results.views.business.purchasing import purchasing_now
from twin.results.views.overview import local_time
from twin.results.warehouse.packages import packages_now

Kind = Literal["text", "money", "count", "share", "number", "time"]
Cell = str | int | float | None
"""A text, minor units, a count, a share (0 to 1), a number, or an instant in UTC microseconds; None: nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column; `width` in signs."""

    title: str
    kind: Kind
    width: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetRow:
    """One row; a total is set apart."""

    cells: Sequence[Cell]
    is_total: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One table with its title."""

    title: str
    columns: Sequence[Column]
    rows: list[SheetRow]


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """Some sheets of one plant at one instant."""

    title: str
    about: str
    plant: str
    currency: str
    time_zone: str
    at_us: int
    sheets: list[Sheet]
    pictures: Sequence[Shown] = ()


def statements_book(run: Run, window: Window = "since the start") -> Book:
    """Income statement, balance sheet, trial balance, cash flow and variances of a window, work in progress now."""
    now = statements_of(window)(run)
    work, currency = work_of(window)(run), run.plant.layout.currency
    wip = [SheetRow(cells=(it.request, it.order, it.material, it.booked_minor, it.running_minor, it.value_minor)) for it in work.wip]
    wip.append(SheetRow(cells=("All", "", "", work.wip_booked_minor, work.wip_running_minor, work.wip_minor), is_total=True))
    apart = [
        SheetRow(cells=(it.kind, it.order, ", ".join(filter(None, (it.request, it.overhead))), it.material, it.amount_minor))
        for it in work.variances
    ]
    apart.append(SheetRow(cells=("All", "", "", "", work.variance_minor), is_total=True))
    sheets = [
        Sheet(title="Income statement", columns=_lines(currency), rows=_rows(now.income)),
        Sheet(title="Balance sheet", columns=_lines(currency), rows=_rows(now.balance)),
        _trial(now, currency),
        Sheet(
            title="Cash flow", columns=(*texts("Method", "Activity"), *wide("Line"), *amounts(currency, "Amount")),
            rows=[SheetRow(cells=(it.method, it.section, it.line, it.amount_minor), is_total=it.is_total) for it in now.flow],
        ),
        Sheet(
            title="Work in progress",
            columns=(*texts("Request", "Order", "Material"), *amounts(currency, "Booked", "Running", "Worth now")), rows=wip,
        ),
        Sheet(title="Variances", columns=(*texts("Variance", "Order", "Of", "Material"), *amounts(currency, "Amount")), rows=apart),
    ]  # fmt: skip
    return book_of(run, "Statements", f"{window}, {_span(run, now)}" if isinstance(window, str) else _span(run, now), sheets)


def packing_book(run: Run, order: str) -> Book:
    """The packing list of a customer order: every lot in every package, and what all of them weigh.

    Raises
    ------
    ValueError : nothing is packed for it
    """
    packages = packages_now(run, order)[::-1]
    if not packages:
        packed = dict.fromkeys(it.order for it in packages_now(run))
        raise ValueError(f"nothing is packed for '{order}'; allowed: {listed(packed)}")
    known = [it.weight_mg for it in packages if it.weight_mg is not None]
    weight = write_weight(sum(known)) if len(known) == len(packages) else ""
    title = run.plant.materials.materials[packages[0].material].title or packages[0].material
    rows = [
        SheetRow(cells=(it.package, it.title, title, lot, quantity, "" if n else it.weight))
        for it in packages
        for n, (lot, quantity) in enumerate(it.content)
    ]
    rows.append(SheetRow(cells=(f"Packages: {len(packages)}", "", "", "", sum(it.quantity for it in packages), weight), is_total=True))
    columns = (*texts("Package", "Kind", "Product", "Lot"), *counts("Quantity"), *texts("Weight"))
    customer = run.plant.materials.customers.get(packages[0].customer)
    to = (customer and customer.title) or packages[0].customer
    return Book(
        title=f"Packing list of {order}", about=f"for {to}", plant=run.plant.title or run.plant.id, currency=run.plant.layout.currency,
        time_zone=run.plant.layout.time_zone, at_us=run.now_us, sheets=[Sheet(title="Packages", columns=columns, rows=rows)],
    )  # fmt: skip


def orders_book(run: Run) -> Book:
    """Customer orders and purchase orders as they stand."""
    currency, orders, bought = run.plant.layout.currency, orders_now(run), purchasing_now(run)
    sold = [
        SheetRow(
            cells=(
                it.order, it.stands.customer, it.stands.material, it.stands.quantity, it.shipped, it.stands.due_us,
                it.stands.leaves.planned_us if it.stands.leaves else None, it.stands.expected_us, it.stands.risk,
                it.stands.leaves.by if it.stands.leaves else "", it.net_minor, it.invoiced_minor, it.margin_minor,
            )
        )
        for it in orders.orders
    ]  # fmt: skip
    columns = (
        *texts("Order", "Customer", "Product"), *counts("Quantity", "Shipped"),
        *times("Promised for", "Planned by schedule", "Left, or leaves by expected times"),
        *texts("Standing", "Standing by"), *amounts(currency, "Value", "Invoiced", "Margin"),
    )  # fmt: skip
    purchases = [
        SheetRow(
            cells=(
                it.order, it.supplier, it.material, it.quantity, it.received, it.placed_us, it.due_us, it.received_us, it.standing,
                it.value_minor,
            )
        )
        for it in bought.orders
    ]  # fmt: skip
    bought_columns = (
        *texts("Order", "Supplier", "Material"), *counts("Quantity", "Received"), *times("Ordered", "Due", "Came last"),
        *texts("Standing"), *amounts(currency, "Value"),
    )  # fmt: skip
    sheets = [
        Sheet(title="Customer orders", columns=columns, rows=sold),
        Sheet(title="Purchase orders", columns=bought_columns, rows=purchases),
    ]
    return book_of(run, "Orders", f"as they stand on {local_time(run.plant, run.now_us)}", sheets)


def book_of(run: Run, title: str, about: str, sheets: list[Sheet], pictures: Sequence[Shown] = ()) -> Book:
    """Sheets of a run at its instant, with what is shown behind them."""
    layout = run.plant.layout
    plant = run.plant.title or run.plant.id
    return Book(
        title=title, about=about, plant=plant, currency=layout.currency, time_zone=layout.time_zone, at_us=run.now_us, sheets=sheets,
        pictures=pictures,
    )  # fmt: skip


def _span(run: Run, now: Statements) -> str:
    """From when to when, local."""
    from_us = max(now.from_us, run.scenario.start_us)
    return f"{local_time(run.plant, from_us)} to {local_time(run.plant, now.to_us - 1)}"


def _trial(now: Statements, currency: str) -> Sheet:
    rows = [
        SheetRow(cells=(str(it.number), it.title, it.debit_minor or None, it.credit_minor or None)) for it in now.trial
    ]  # a side without a balance is empty, as accountants write it
    rows.append(SheetRow(cells=("", "All accounts", now.debit_minor, now.credit_minor), is_total=True))
    columns = (Column(title="Account", kind="text", width=10), *wide("Title"), *amounts(currency, "Debit", "Credit"))
    return Sheet(title="Trial balance", columns=columns, rows=rows)


def _rows(lines: Sequence[StatementRow]) -> list[SheetRow]:
    return [SheetRow(cells=(it.title, it.amount_minor), is_total=it.is_total) for it in lines]


def _lines(currency: str) -> tuple[Column, ...]:
    return (*wide(""), *amounts(currency, "Amount"))


def wide(title: str) -> tuple[Column, ...]:
    """A column of sentences."""
    return (Column(title=title, kind="text", width=40),)


def texts(*titles: str) -> tuple[Column, ...]:
    """Columns of words."""
    return tuple(Column(title=title, kind="text", width=20) for title in titles)


def counts(*titles: str) -> tuple[Column, ...]:
    """Columns of whole numbers."""
    return tuple(Column(title=title, kind="count", width=11) for title in titles)


def times(*titles: str) -> tuple[Column, ...]:
    """Columns of instants."""
    return tuple(Column(title=title, kind="time", width=18) for title in titles)


def shares(*titles: str) -> tuple[Column, ...]:
    """Columns of shares, 0 to 1, written in percent."""
    return tuple(Column(title=title, kind="share", width=10) for title in titles)


def numbers(*titles: str) -> tuple[Column, ...]:
    """Columns of numbers with one decimal."""
    return tuple(Column(title=title, kind="number", width=11) for title in titles)


def amounts(currency: str, *titles: str) -> tuple[Column, ...]:
    """Columns of money, with the currency in their titles."""
    return tuple(Column(title=f"{title}, {currency}", kind="money", width=16) for title in titles)

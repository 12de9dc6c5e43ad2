"""A recall as a file: whom to tell, what can still be stopped, all that is affected; Excel or PDF."""

from __future__ import annotations

from twin.model.problems import listed
from twin.results.exports.paper import paper
from twin.results.exports.sheets import Book, Sheet, SheetRow, book_of, counts, texts, times, wide
from twin.results.exports.workbook import workbook
from twin.results.run import Run
from twin.results.tracing.recalls import Recall

KINDS = (".pdf", ".xlsx")


def recall_file(run: Run, found: Recall, kind: str) -> bytes:
    """The file. Called with the run's lock.

    Raises
    ------
    ValueError : another kind, or what sets a PDF is not installed
    """
    if kind not in KINDS:
        raise ValueError(f"a recall is no '{kind}'; allowed: {listed(KINDS)}")
    book = _recall_book(run, found)
    return workbook(book) if kind == ".xlsx" else paper(book)


def _recall_book(run: Run, found: Recall) -> Book:
    customers = [
        SheetRow(
            cells=(
                it.customer, ", ".join(filter(None, (it.address, it.contact))), it.order, it.material, it.quantity, it.came_back,
                it.last_us, ", ".join(it.lots), ", ".join(it.serial_numbers),
            )
        )
        for it in found.customers
    ]  # fmt: skip
    house = [SheetRow(cells=(it.lot, it.material, it.quantity, it.standing, it.place, it.detail)) for it in found.in_house]
    lots = [
        SheetRow(cells=(it.lot, it.material, it.quantity, it.in_stock, it.in_process, it.scrapped, it.shipped, it.went_on))
        for it in found.affected
    ]
    sheets = [
        Sheet(
            title="Customers", rows=customers,
            columns=(*texts("Customer"), *wide("Whom to tell"), *texts("Order", "Material"), *counts("Quantity", "Came back"),
                     *times("Shipped"), *texts("Lots", "Serial numbers")),
        ),
        Sheet(
            title="Still in house", rows=house,
            columns=(*texts("Lot", "Material"), *counts("Quantity"), *texts("Standing", "Place", "Detail")),
        ),
        Sheet(
            title="Lots affected", rows=lots,
            columns=(*texts("Lot", "Material"), *counts("Quantity", "In stock", "In process", "Scrapped", "Shipped", "Went on")),
        ),
    ]  # fmt: skip
    return book_of(run, found.title, found.headline, sheets)

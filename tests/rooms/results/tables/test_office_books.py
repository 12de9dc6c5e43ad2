"""Purchasing, stock, material plan and month-end as Excel and PDF: every amount of the books and the plan, read back out of the files."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

import twin
from tests.pdf_text import words_of
from tests.rooms.settlement.desk import Desk, day
from twin.erp.accounting.statements import View
from twin.model.events import ReceiptCorrectionEntered
from twin.model.settlement.chart import ACCOUNTS
from twin.results.exports import workbook as excel
from twin.results.exports.sheets import Book, Sheet, SheetRow, counts
from twin.results.exports.writing import SUBJECTS, export
from twin.results.run import Run
from twin.results.views.business.finance import statements_of, windows
from twin.results.views.business.month_end import periods_now
from twin.results.views.business.plan import LINES, plan_now
from twin.results.views.business.purchasing import purchasing_now

Table = list[dict[str, object]]


@pytest.fixture(scope="module")
def run(root: Path) -> Run:
    """A day of the shop with bins and packages."""
    return twin.simulate(root / "plant_models/gearbox_shop", root / "scenarios/gearbox_shop/packed.yaml", until="1 d", seed=1)


@pytest.fixture(scope="module")
def office(root: Path) -> Run:
    """A day of the shop in which a requisition is approved, quotes come and a price is agreed."""
    return twin.simulate(root / "plant_models/gearbox_shop", root / "scenarios/gearbox_shop/office.yaml", until="1 d", seed=1)


@pytest.fixture(scope="module")
def closed() -> Run:
    """March is closed; in April a delivery of March, all of which was sold, turns out to have cost 20.00 more."""
    desk = Desk(housing={"valuation": "fifo"}, close_books="monthly")
    desk.receive(1, "PO1", 10, 4_000)
    desk.sell(4, "A1", 10, 6_000)
    desk.passes(33)
    desk.round(
        ReceiptCorrectionEntered(
            effective_us=day(34),
            person="anna",
            terminal="test",
            entry_id="E1",
            order="PO1",
            lot="PO1",
            quantity=10,
            unit_price_minor=4_200,
            reason="as billed",
        )
    )
    return desk.run()


def sheets(run: Run, what: str) -> dict[str, Table]:
    """Every sheet of the Excel file, row by row by the titles of its columns."""
    found = {}
    for sheet in openpyxl.load_workbook(io.BytesIO(export(run, what, ".xlsx"))):
        head, *rows = sheet.iter_rows(min_row=4, values_only=True)
        found[sheet.title] = [dict(zip(map(str, head), row, strict=True)) for row in rows]
    return found


def minor(amount: object) -> int:
    return int(Decimal(str(amount or 0)) * 100)


def test_stock_is_worth_what_the_accounts_say_and_lots_are_what_is_on_hand(run: Run) -> None:
    found, erp = sheets(run, "stock"), run.erp
    *materials, total = found["Materials"]
    of_stock = ("raw_material", "semi_finished_goods", "finished_goods")
    assert minor(total["Worth, EUR"]) == sum(minor(it["Worth, EUR"]) for it in materials)
    assert minor(total["Worth, EUR"]) == sum(erp.ledger.balances[account] for account in of_stock)
    assert {it["Material"]: it["On hand"] for it in materials} == {name: erp.stock.on_hand[name] for name in erp.materials}
    lots = Counter[object]()
    for it in found["Lots"]:
        lots[it["Material"]] += int(str(it["Quantity"]))
    assert +lots == +Counter({it["Material"]: it["On hand"] for it in materials})
    picked = [(it["Pick list"], it["Lot"], it["Quantity"]) for it in found["Pick lists"]]
    assert picked == [(it.pick_list, it.lot, it.quantity) for it in run.pick_lists().itertuples()]
    assert picked
    assert {it["Bin"] for it in found["Bins"]} == set(run.plant.layout.warehouse.bins)  # type: ignore[union-attr]


def test_the_plan_adds_up_day_by_day_and_every_message_and_peg_is_in_it(run: Run) -> None:
    found, plan = sheets(run, "material_plan"), plan_now(run)
    assert [(it["Order"], it["Quantity"], it["Why"]) for it in found["What to do"]] == [
        (it.order, it.quantity, it.why) for it in plan.messages
    ]
    served = [(it["Material"], it["Order"], it["Whose"], it["Quantity"]) for it in found["Who is served by what"]]
    assert served == [(it.material, it.supply or None, it.demand or None, it.quantity) for it in plan.plan.pegs]
    assert {it["Order"]: it["Good"] for it in found["Planned orders"]} == {it.order: it.good for it in plan.plan.orders}
    left: dict[object, int] = {name: max(0, quantity) for name, quantity in plan.on_hand.items()}
    assert found["Records"]
    for it in found["Records"]:
        needed, coming, _, planned, _, at_end = (int(str(it[title])) for title, _ in LINES)
        left[it["Material"]] = left.get(it["Material"], 0) + coming + planned - needed
        assert left[it["Material"]] == at_end, it


def test_purchasing_is_every_order_at_its_price_and_what_was_offered(office: Run) -> None:
    found, erp = sheets(office, "purchasing"), office.erp
    *orders, total = found["Purchase orders"]
    price_per = {name: it.price_per for name, it in office.plant.materials.materials.items()}
    for it in orders:
        known = erp.purchasing.orders[str(it["Order"])]
        assert minor(it["Value, EUR"]) * price_per[known.material] == known.quantity * known.unit_price_minor, it
    assert len(orders) == len(erp.purchasing.orders) > 0
    assert minor(total["Open, EUR"]) == sum(minor(it["Open, EUR"]) for it in found["Suppliers"]) == purchasing_now(office).open_minor
    assert [(it["Requisition"], it["Standing"]) for it in found["Requisitions"]] == [("R1", "ordered")]
    for it in found["Quotes"]:
        assert minor(it["All, EUR"]) == sum(minor(it[f"{part}, EUR"]) for part in ("Goods", "Delivery", "Late"))
    assert {(it["Quote"], minor(it["Goods, EUR"])) for it in found["Quotes"]} == {("FOUNDRY-77", 648_000), ("FORGE-12", 654_000)}
    assert [(it["Blanket order"], minor(it["Price, EUR"]), it["Left"]) for it in found["Blanket orders"]] == [("BEARINGS", 620, 300)]


def test_month_end_has_both_answers_of_every_period_and_what_makes_the_difference(closed: Run) -> None:
    found, ledger = sheets(closed, "month_end"), closed.erp.ledger
    march, *_ = found["Periods"]
    assert (march["Period"], minor(march["Difference, EUR"]), march["Late entries"]) == ("2026-03", -2_000, 2)
    until_us = ledger.closed[0].until_us
    for column, view in (("Known then, EUR", View(known_us=ledger.closed[0].recorded_us)), ("As it was, EUR", View(as_it_was=True))):
        expected = closed.erp.income_statement(None, until_us, view)[-1].amount_minor
        assert minor(march[column]) == expected
        lines = {it["Line"]: minor(it[column]) for it in found["Both answers"] if it["Period"] == "2026-03"}
        assert lines["Operating result"] == expected
        assert lines[ACCOUNTS["revenue"].title] == 60_000
    assert sum(minor(it["On the result, EUR"]) for it in found["Late entries"]) == -2_000
    assert all("GoodsReceiptCorrected" in str(it["Because of"]) for it in found["Late entries"])
    received = next(it for it in found["Before the close"] if it["What"] == "Received, and not billed")
    assert (minor(received["Amount, EUR"]), received["Is"]) == (42_000, "to do")


def test_a_month_that_is_over_and_not_closed_is_named_and_is_a_window() -> None:
    desk = Desk()
    desk.receive(1, "PO1", 10, 4_000)
    desk.sell(4, "A1", 10, 6_000)
    desk.passes(33)
    run = desk.run()
    march, april = periods_now(run).periods
    assert [(it.period, it.is_over, it.closed_us) for it in (march, april)] == [("2026-03", True, None), ("2026-04", False, None)]
    assert windows(run)[-1] == "2026-03"
    income = run.erp.income_statement(None, april.from_us)[-1].amount_minor
    assert statements_of("2026-03")(run).result_minor == march.booked_minor == march.known_then_minor == income
    rows = sheets(run, "month_end")["Periods"]
    assert [(it["Period"], it["Until"] is None, it["Closed"]) for it in rows] == [("2026-03", False, None), ("2026-04", True, None)]


@pytest.mark.parametrize("what", ["stock", "material_plan", "purchasing", "month_end"])
def test_the_pdf_says_every_amount_and_quantity_of_the_workbook(what: str, request: pytest.FixtureRequest) -> None:
    run = request.getfixturevalue({"purchasing": "office", "month_end": "closed"}.get(what, "run"))
    written: dict[str, Callable[[int], str]] = {"money": lambda it: f"{Decimal(it) / 100:,.2f}", "count": lambda it: f"{it:,}"}
    wanted = Counter(
        written[column.kind](int(cell))
        for sheet in SUBJECTS[what](run).sheets
        for row in sheet.rows
        for column, cell in zip(sheet.columns, row.cells, strict=True)
        if column.kind in written and cell is not None
    )
    assert sum(wanted.values()) > 5
    assert wanted - Counter(words_of(export(run, what, ".pdf"))) == Counter()


def test_a_sheet_that_excel_has_no_room_for_is_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(excel, "MOST_ROWS", 2)
    rows = [SheetRow(cells=(n,)) for n in range(3)]
    book = Book(
        title="Plan", about="", plant="A shop", currency="EUR", time_zone="UTC", at_us=0,
        sheets=[Sheet(title="Records", columns=counts("Needed"), rows=rows)],
    )  # fmt: skip
    with pytest.raises(ValueError, match="Excel has room for 2 rows of a sheet, and 'Records' has 3; allowed: "):
        excel.workbook(book)

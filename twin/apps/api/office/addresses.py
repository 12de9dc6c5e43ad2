"""The addresses of the office: lists in parts, as everywhere; windows as statements have them."""

# Without `from __future__ import annotations`: FastAPI reads annotations.

from collections.abc import Callable
from typing import Annotated, Any, Literal

from fastapi import APIRouter, HTTPException, Path, Query, Response

from twin.apps.api.office.money import Ages, BankLine, Budget, Cell, Dimension, Margin, OpenItem, Side, Variance, Worth
from twin.apps.api.office.supply import Bin, BlanketOrder, Picking, Requisition, SupplierQuote, SupplierScore, Transfer
from twin.apps.api.reading import First, Instant, Most, Reading
from twin.apps.feed import Feed
from twin.results.exports.paper import NEEDS_TYPST
from twin.results.papers.papers import KINDS, paper_file
from twin.store.tokens import Program

PaperKind = Literal["order_confirmation", "invoice", "reminder", "purchase_order"]
PaperNumber = Annotated[str, Path(min_length=1, max_length=100, description="Of the order, or of the invoice or credit note")]
PaperForm = Annotated[Literal["json", "pdf"], Query(description="As what it is wanted")]


def owed(router: APIRouter, reading: Reading) -> APIRouter:
    """What is owed, planned, dearer than planned, and whose it is, under `router`."""

    @router.get("/open-items/{side}")
    def open_items(side: Side, until: Instant = None, first: First = 0, most: Most = 100) -> list[OpenItem]:
        """Bills or invoices of which something is open, now or before `until`, what is due first before the others."""
        return [OpenItem.of(it) for it in reading.owed(side, until).items[first : first + most]]

    @router.get("/ageing/{side}")
    def ageing(side: Side, until: Instant = None) -> list[Ages]:
        """What is open by party and days overdue, now or before `until`, then all of it."""
        now = reading.owed(side, until)
        return [Ages.of(it) for it in (*now.parties, now.all)]

    @router.get("/worth/{of}")
    def worth(of: Literal["stock", "work-in-progress"], until: Instant = None, first: First = 0, most: Most = 100) -> list[Worth]:
        """What the books have of each material in stock, or of each request in work, now or before `until`, the dearest first."""
        then = reading.worth(until)
        return [Worth.of_row(it) for it in (then.stock if of == "stock" else then.work)[first : first + most]]

    @router.get("/margins/{by}")
    def margins(
        by: Literal["lot", "line", "order", "customer"], since: Instant = None, until: Instant = None, first: First = 0, most: Most = 100
    ) -> list[Margin]:
        """What was earned on each in [since, until), the best first; then what is nobody's, and the operating result."""
        return [Margin.of(it) for it in reading.margins(by, since, until)[first : first + most]]

    @router.get("/bank-lines")
    def bank_lines(first: First = 0, most: Most = 100) -> list[BankLine]:
        """Every line of the bank and what it is, those that nobody knows first, then the latest."""
        return [BankLine.of(it) for it in reading.bank()[first : first + most]]

    @router.get("/budgets")
    def budgets(first: First = 0, most: Most = 100) -> list[Budget]:
        """What is planned of accounts month by month, and what it came to."""
        return [Budget.of(it) for it in reading.budgets()[first : first + most]]

    @router.get("/variances")
    def variances(since: Instant = None, until: Instant = None, first: First = 0, most: Most = 100) -> list[Variance]:
        """Why it has cost more or less than planned in [since, until): by kind, order, request and overhead."""
        return [Variance.of(it) for it in reading.variances(since, until)[first : first + most]]

    @router.get("/dimensions/{dimension}")
    def dimensions(dimension: Dimension, since: Instant = None, until: Instant = None, first: First = 0, most: Most = 100) -> list[Cell]:
        """What each account has changed by in [since, until), by whom or what it was for; together they are the account."""
        return [Cell.of(it) for it in reading.cells(dimension, since, until)[first : first + most]]

    return router


def papers(router: APIRouter, feed: Feed, as_one_of: Callable[..., Any]) -> APIRouter:
    """What goes to customers and suppliers, under `router`."""
    roles = {"purchase_order": "purchasing", "order_confirmation": "sales"}
    content: dict[str, Any] = {
        "application/json": {"schema": {"type": "object"}}, "application/pdf": {"schema": {"type": "string", "format": "binary"}},
    }  # fmt: skip

    @router.get("/papers/{kind}/{number:path}", response_class=Response, responses={200: {"content": content}})
    def one_paper(
        kind: PaperKind, number: PaperNumber, program: Annotated[Program, as_one_of("sales", "purchasing", "finance")],
        form: PaperForm = "json",
    ) -> Response:  # fmt: skip
        """An order confirmation, an invoice or credit note, the last reminder of an invoice, a purchase order; as data or as a PDF."""
        let_in = dict.fromkeys((roles.get(kind, "finance"), "finance"))
        if not program.roles & let_in.keys():
            raise HTTPException(403, f"'{program.name}' is {', '.join(sorted(program.roles))}; allowed: {' or '.join(let_in)}")
        try:
            file = paper_file(feed.run, kind, number, f".{form}")
        except ValueError as error:
            raise HTTPException(409 if str(error) == NEEDS_TYPST else 404, str(error)) from None
        return Response(file, media_type=KINDS[f".{form}"])

    return router


def supply(router: APIRouter, reading: Reading, as_one_of: Callable[..., Any]) -> APIRouter:
    """What is wanted and offered, what lies where, what is picked, under `router`."""
    buying = [as_one_of("purchasing", "finance")]

    @router.get("/requisitions", dependencies=buying)
    def requisitions(first: First = 0, most: Most = 100) -> list[Requisition]:
        """What somebody wants to be bought, in the order in which it was said."""
        return [Requisition.of(it) for it in reading.sourcing().requisitions[first : first + most]]

    @router.get("/quotes", dependencies=buying)
    def quotes(first: First = 0, most: Most = 100) -> list[SupplierQuote]:
        """What suppliers offer, request by request, the best first."""
        return [SupplierQuote.of(it) for it in reading.sourcing().quotes[first : first + most]]

    @router.get("/blanket-orders", dependencies=buying)
    def blanket_orders(first: First = 0, most: Most = 100) -> list[BlanketOrder]:
        """What suppliers hold a price for, and what of it may still be called off."""
        return [BlanketOrder.of(it) for it in reading.sourcing().blankets[first : first + most]]

    @router.get("/scorecards", dependencies=buying)
    def scorecards(first: First = 0, most: Most = 100) -> list[SupplierScore]:
        """How suppliers serve us: in time, quality, price, and their score."""
        return [SupplierScore.of(it) for it in reading.suppliers()[first : first + most]]

    @router.get("/bins", dependencies=[as_one_of()])
    def bins(first: First = 0, most: Most = 100) -> list[Bin]:
        """Every bin with what lies in it; none where the plant declares no warehouse."""
        return [Bin.of(it) for it in reading.bins_and_lists().bins[first : first + most]]

    @router.get("/stock-transfers", dependencies=[as_one_of()])
    def stock_transfers(first: First = 0, most: Most = 100) -> list[Transfer]:
        """What was sent from one site to another, what is on its way first."""
        return [Transfer.of(it) for it in reading.transfers()[first : first + most]]

    @router.get("/pick-lists", dependencies=[as_one_of()])
    def pick_lists(first: First = 0, most: Most = 100) -> list[Picking]:
        """Every pick list, the open ones first, then the newest."""
        return [Picking.of(it) for it in reading.bins_and_lists().pick_lists[first : first + most]]

    return router

"""The application: addresses, who may use which, what they answer. `GET /openapi.json` describes all of it to programs."""

# Without `from __future__ import annotations`: FastAPI reads annotations, and some of them name what only exists within a function.

import re
from collections.abc import Callable, Collection, Iterable
from functools import partial
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, FastAPI, HTTPException, Path, Query, Response
from fastapi.openapi.utils import get_openapi
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from twin.apps.api import documents as d
from twin.apps.api.auditing.addresses import auditing
from twin.apps.api.entries import TERMINAL, address_of, document_of, entries_of, entry_said
from twin.apps.api.floor.addresses import done, floor
from twin.apps.api.office.addresses import owed, papers, supply
from twin.apps.api.office.handed_in import handed_in
from twin.apps.api.once import Key, Once, taken
from twin.apps.api.planning.futures import foreseen, futures_of
from twin.apps.api.planning.plans import Buffered, FiniteLoad, Load, MasterScheduled
from twin.apps.api.planning.trials import trials_of, tried
from twin.apps.api.reading import MEDIA, First, Id, Instant, Most, Reading
from twin.apps.api.records import records
from twin.apps.api.refusing import PROBLEM, NotTooLong, add_refusals, known_words_only
from twin.apps.api.saying import count_said, firm_said, order_said, purchase_said
from twin.apps.api.selling.orders import Order
from twin.apps.api.selling.sold import Allocated, PromiseAsked
from twin.apps.feed import Feed
from twin.model.events import (
    Entry,
    OperationsRequestReleased,
    PeriodCloseRequested,
    PurchaseOrderPlaced,
    SalesOrderConfirmed,
    StockCounted,
)
from twin.model.materials import MOST_PIECES
from twin.model.problems import did_you_mean, listed
from twin.results.views.business.month_end import closing
from twin.store.tokens import Program, Tokens

VERSION = "1.0"
_bearer = HTTPBearer(auto_error=False, description="The token of a program, as the file of `--tokens` has it")
Credentials = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
Header = Annotated[str | None, Query(max_length=64, description="The order of several lines whose lines are asked for")]
Exported = Literal[
    "statements.xlsx", "statements.pdf", "statements.beancount", "statements.hledger",
    "finance.xlsx", "finance.pdf",
    "orders.xlsx", "orders.pdf", "purchasing.xlsx", "purchasing.pdf",
    "stock.xlsx", "stock.pdf", "material_plan.xlsx", "material_plan.pdf", "month_end.xlsx", "month_end.pdf",
]  # fmt: skip
FILES: dict[str, dict[str, Any]] = {kind: {"schema": {"type": "string", "format": "binary"}} for kind in MEDIA.values()}
_REFUSALS: dict[int | str, dict[str, Any]] = {
    status: {"model": d.Problem, "description": words}
    for status, words in {
        400: "Not understood", 401: "No token, or nobody's", 403: "Another role is needed", 404: "There is none",
        422: "Not as it should be",
    }.items()
}  # fmt: skip
_REFUSED_WRITES: dict[int | str, dict[str, Any]] = {
    status: {"model": d.Problem, "description": words}
    for status, words in {409: "Not as things stand", 413: "Too long", 503: "Nobody has heard it yet"}.items()
}


def application(feed: Feed, tokens: Tokens) -> FastAPI:
    """The interface to one run."""
    title = feed.run.plant.title or feed.run.plant.id
    app = FastAPI(title=f"Plant Twin: {title}", version=VERSION, docs_url=None, redoc_url=None, openapi_url="/openapi.json")
    add_refusals(app)
    app.add_middleware(NotTooLong)
    as_one_of = _gate(tokens)
    reading, once, app.state.trials, app.state.futures = Reading(feed), Once(feed), trials_of(feed), futures_of(feed)
    for router in (
        _orders(feed, reading, once, as_one_of),
        _promises(reading, as_one_of),
        _purchasing(feed, reading, once, as_one_of),
        _stock(feed, reading, once, as_one_of),
        _plan(feed, reading, once, as_one_of),
        tried(APIRouter(prefix="/plan", tags=["plan"]), app.state.trials, as_one_of("planner"), _REFUSED_WRITES),
        foreseen(APIRouter(prefix="/futures", tags=["futures"]), app.state.futures, as_one_of, _REFUSED_WRITES),
        _books(feed, reading, once, as_one_of),
        owed(APIRouter(tags=["statements"], dependencies=[as_one_of("finance")]), reading),
        handed_in(APIRouter(tags=["statements"]), feed, once, as_one_of, _REFUSED_WRITES),
        supply(APIRouter(tags=["supply"]), reading, as_one_of),
        papers(APIRouter(tags=["papers"]), feed, as_one_of),
        records(APIRouter(tags=["records"], dependencies=[as_one_of()]), feed, once, as_one_of, _REFUSED_WRITES),
        floor(APIRouter(tags=["floor"], dependencies=[as_one_of()]), feed, reading),
        done(APIRouter(tags=["floor"]), feed, once, as_one_of, _REFUSED_WRITES),
        auditing(APIRouter(tags=["records"]), feed, as_one_of, _REFUSED_WRITES),
        _entries(feed, once, as_one_of),
    ):
        app.include_router(router, responses=_REFUSALS, dependencies=[Depends(known_words_only)])
    app.openapi = _described(app)  # type: ignore[method-assign]  # as FastAPI's own documentation has it
    return app


Gate = Callable[..., Any]


def _gate(tokens: Tokens) -> Gate:
    """Makes the dependency that lets in who has one of the roles, and says who it is."""

    def as_one_of(*roles: str) -> Any:
        def let_in(credentials: Credentials) -> Program:
            program = tokens.program_of(credentials.credentials) if credentials else None
            if program is None:
                words = "no token, or one that is nobody's; allowed: Authorization: Bearer <token>, of a program in the file of --tokens"
                raise HTTPException(401, words, {"WWW-Authenticate": "Bearer"})
            if roles and not program.roles.intersection(roles):
                raise HTTPException(403, f"'{program.name}' is {', '.join(sorted(program.roles))}; allowed: {', '.join(roles)}")
            return program

        return Depends(let_in)

    return as_one_of


def _found(it: Any, what: str, name: str, known: Callable[[], Collection[str]]) -> Any:
    if it is None:
        raise HTTPException(404, f"there is no {what} '{name}'{did_you_mean(name, there := known())}; allowed: {listed(there)}")
    return it


def _of_name(rows: Iterable[Any], what: str, name: str) -> Any:
    by_name = {it.order: it for it in rows}
    return _found(by_name.get(name), what, name, lambda: by_name)


def _orders(feed: Feed, reading: Reading, once: Once, as_one_of: Gate) -> APIRouter:
    router = APIRouter(prefix="/orders", tags=["orders"])

    @router.get("", dependencies=[as_one_of()])
    def all_orders(first: First = 0, most: Most = 100, is_open: bool | None = None, header: Header = None) -> list[Order]:
        """Customer orders line by line, the most urgent first; of one order that has several lines (`header`) alone."""
        return reading.orders(is_open, header)[first : first + most]

    @router.get("/{order}", dependencies=[as_one_of()])
    def one_order(order: Id) -> Order:
        """One customer order as it stands."""
        return _of_name(reading.orders(None), "customer order", order)  # type: ignore[no-any-return]

    @router.post("", status_code=201, responses=_REFUSED_WRITES)
    def order(asked: d.OrderAsked, key: Key, response: Response, program: Annotated[Program, as_one_of("sales")]) -> d.Taken:
        """Confirm a customer order: it is planned, made, shipped and invoiced like any other."""
        return taken(
            once, response, program, key, asked, SalesOrderConfirmed, lambda entry: order_said(feed.run, asked, program.person, entry)
        )

    return router


def _promises(reading: Reading, as_one_of: Gate) -> APIRouter:
    router = APIRouter(tags=["orders"], dependencies=[as_one_of()])

    @router.get("/promises/{material}")
    def promise(material: Id, quantity: Annotated[int, Query(ge=1, le=MOST_PIECES)]) -> PromiseAsked:
        """When so much of a product could be there: the date to promise, what each method says and why; nothing is ordered by asking."""
        return _found(reading.promise(material, quantity), "product", material, reading.products)  # type: ignore[no-any-return]

    @router.get("/allocations")
    def all_allocations(first: First = 0, most: Most = 100) -> list[Allocated]:
        """Open orders, the earliest due first, with the stock that is kept for each."""
        return reading.allocations()[first : first + most]

    return router


def _purchasing(feed: Feed, reading: Reading, once: Once, as_one_of: Gate) -> APIRouter:
    router = APIRouter(prefix="/purchase-orders", tags=["purchasing"])

    @router.get("", dependencies=[as_one_of()])
    def all_purchases(first: First = 0, most: Most = 100) -> list[d.Purchase]:
        """Purchase orders, the late ones first."""
        return reading.purchases()[first : first + most]

    @router.get("/{order}", dependencies=[as_one_of()])
    def one_purchase(order: Id) -> d.Purchase:
        """One purchase order as it stands."""
        return _of_name(reading.purchases(), "purchase order", order)  # type: ignore[no-any-return]

    @router.post("", status_code=201, responses=_REFUSED_WRITES)
    def purchase(asked: d.PurchaseAsked, key: Key, response: Response, program: Annotated[Program, as_one_of("purchasing")]) -> d.Taken:
        """Place a purchase order."""
        return taken(
            once, response, program, key, asked, PurchaseOrderPlaced, lambda entry: purchase_said(feed.run, asked, program.person, entry)
        )

    return router


def _stock(feed: Feed, reading: Reading, once: Once, as_one_of: Gate) -> APIRouter:
    router = APIRouter(tags=["stock"])

    @router.get("/stock", dependencies=[as_one_of()])
    def all_stock(first: First = 0, most: Most = 100) -> list[d.Stock]:
        """Every material: on hand, incoming, reserved, and what it is worth."""
        return reading.stock()[first : first + most]

    @router.get("/stock-at-suppliers", dependencies=[as_one_of()])
    def at_suppliers(first: First = 0, most: Most = 100) -> list[d.AtSupplier]:
        """What of ours lies at suppliers who do an operation for us: components, and lots in the making."""
        return reading.at_suppliers()[first : first + most]

    @router.get("/stock/{material}", dependencies=[as_one_of()])
    def stock_of(material: Id) -> d.Stock:
        """One material with its lots."""
        return _found(reading.stock_of(material), "material", material, lambda: feed.run.plant.materials.materials)  # type: ignore[no-any-return]

    @router.post("/stock-counts", status_code=201, responses=_REFUSED_WRITES)
    def count(asked: d.CountAsked, key: Key, response: Response, program: Annotated[Program, as_one_of("warehouse")]) -> d.Taken:
        """A lot was counted: stock and books follow."""
        return taken(once, response, program, key, asked, StockCounted, lambda entry: count_said(feed.run, asked, program.person, entry))

    return router


def _plan(feed: Feed, reading: Reading, once: Once, as_one_of: Gate) -> APIRouter:
    router = APIRouter(prefix="/plan", tags=["plan"], dependencies=[as_one_of("planner", "purchasing")])
    asked_for = (OperationsRequestReleased, PurchaseOrderPlaced)

    @router.get("/messages")
    def messages(first: First = 0, most: Most = 100) -> list[d.Message]:
        """What a planner should do, what customers wait for first: release, expedite, defer, cancel, increase, decrease."""
        return reading.messages()[first : first + most]

    @router.get("/orders")
    def planned_orders(first: First = 0, most: Most = 100) -> list[d.PlanOrder]:
        """What the material plan proposes to make and to buy."""
        return reading.planned_orders(first, most)

    @router.get("/master")
    def master(first: First = 0, most: Most = 100) -> list[MasterScheduled]:
        """The master schedule: forecasts, orders, what is made and what may be promised of what is sold, day by day."""
        return reading.master()[first : first + most]

    @router.get("/capacity")
    def capacity(first: First = 0, most: Most = 100) -> list[Load]:
        """Hours that planned and open orders take of work centers and qualifications, against those that there are, and the rough cut."""
        return reading.load()[first : first + most]

    @router.get("/finite")
    def finite(first: First = 0, most: Most = 100) -> list[FiniteLoad]:
        """When orders are done if equipment does one thing at a time, the latest first, and what they wait for."""
        return reading.finite()[first : first + most]

    @router.get("/buffers")
    def buffers(first: First = 0, most: Most = 100) -> list[Buffered]:
        """Buffers of demand driven MRP: zones, net flow, what is due to be ordered."""
        return reading.buffers()[first : first + most]

    @router.post("/firm", status_code=201, responses=_REFUSED_WRITES)
    def firm(asked: d.FirmAsked, key: Key, response: Response, program: Annotated[Program, as_one_of("planner", "purchasing")]) -> d.Taken:
        """Firm a planned order as it was seen: what is made is released, what is bought is ordered (roles planner, purchasing)."""
        definition = feed.run.plant.materials.materials.get(asked.material)
        role = "purchasing" if definition is not None and definition.kind == "purchased" else "planner"
        if role not in program.roles:
            raise HTTPException(403, f"'{program.name}' is {', '.join(sorted(program.roles))}; allowed, for '{asked.material}': {role}")
        return taken(once, response, program, key, asked, asked_for, lambda entry: firm_said(feed.run, asked, program.person, entry))

    @router.get("/materials/{material}")
    def planned(material: Id) -> d.Planned:
        """The record of a material, who is served by what, and what to do about it."""
        return _found(reading.planned(material), "material", material, lambda: feed.run.plant.materials.materials)  # type: ignore[no-any-return]

    return router


def _books(feed: Feed, reading: Reading, once: Once, as_one_of: Gate) -> APIRouter:
    router = APIRouter(tags=["statements"])
    finance = [as_one_of("finance")]

    @router.get("/statements/income", dependencies=finance)
    def income(since: Instant = None, until: Instant = None, known_at: Instant = None, as_it_was: bool = False) -> d.Statement:
        """What was earned in [since, until); as known at an instant, or as it really was."""
        return reading.income(since, until, known_at, as_it_was)

    @router.get("/statements/balance", dependencies=finance)
    def balance(until: Instant = None, known_at: Instant = None, as_it_was: bool = False) -> d.Statement:
        """What there was before `until`."""
        return reading.balance(until, known_at, as_it_was)

    @router.get("/statements/trial-balance", dependencies=finance)
    def trial_balance(until: Instant = None, known_at: Instant = None, as_it_was: bool = False) -> d.TrialBalance:
        """Every account with its balance before `until`."""
        return reading.trial_balance(until, known_at, as_it_was)

    @router.get("/statements/cash-flow", dependencies=finance)
    def cash_flow(since: Instant = None, until: Instant = None) -> d.CashFlow:
        """What cash came from and went to in [since, until), by the direct and by the indirect method."""
        return reading.cash_flow(since, until)

    @router.get("/postings", dependencies=finance)
    def postings(account: Annotated[str | None, Query(max_length=64)] = None, first: First = 0, most: Most = 100) -> list[d.Posting]:
        """The legs behind a figure, in the order of posting."""
        return reading.postings(account, first, most)

    @router.get("/periods", dependencies=finance)
    def periods() -> d.Periods:
        """Every period in both answers, and which may be closed."""
        return reading.periods()

    @router.get(
        "/exports/{file}", dependencies=finance, response_class=Response, responses={200: {"content": FILES}, 409: _REFUSED_WRITES[409]}
    )
    def export(file: Annotated[Exported, Path()], since: Instant = None, until: Instant = None) -> Response:
        """Statements of [since, until), or orders, purchasing, stock, plan or month-end as they stand, as a file for the office."""
        content, kind = reading.export(file, since, until)
        return Response(content, media_type=kind)

    @router.post("/period-closes", status_code=201, responses=_REFUSED_WRITES)
    def close(asked: d.CloseAsked, key: Key, response: Response, program: Annotated[Program, as_one_of("finance")]) -> d.Taken:
        """Close a period: no entry can be effective in it any more."""
        make = partial(closing, feed.run, asked.period, program.person, TERMINAL)
        return taken(once, response, program, key, asked, PeriodCloseRequested, make)

    return router


def _entries(feed: Feed, once: Once, as_one_of: Gate) -> APIRouter:
    """An address for each class of entry that a program may say."""
    router = APIRouter(tags=["entries"])

    def add(kind: type[Entry], role: str) -> None:
        document = document_of(kind)

        def say(asked: document, key: Key, response: Response, program: Annotated[Program, as_one_of(role)]) -> d.Taken:  # type: ignore[valid-type]
            return taken(once, response, program, key, asked, kind, lambda entry: entry_said(kind, asked, program.person, entry))

        words = (kind.__doc__ or "").partition("\n")[0]
        router.post(
            address_of(kind),
            status_code=201,
            responses=_REFUSED_WRITES,
            description=words,
            summary=_spoken(kind.__name__),
            name=kind.__name__,
        )(say)

    for kind, role in entries_of(feed.run.plant).items():
        add(kind, role)
    return router


def _spoken(name: str) -> str:
    """As in "Sales order entered"."""
    return re.sub(r"(?<!^)(?=[A-Z])", " ", name).capitalize()


def _described(app: FastAPI) -> Callable[[], dict[str, Any]]:
    """The description of the application, in which refusals have their own media type."""

    def describe() -> dict[str, Any]:
        if not app.openapi_schema:
            found = get_openapi(title=app.title, version=app.version, routes=app.routes)
            for path in found["paths"].values():
                for operation in path.values():
                    for status, answer in operation["responses"].items():
                        if status >= "400":
                            answer["content"] = {PROBLEM: answer["content"].pop("application/json")}
            app.openapi_schema = found
        return app.openapi_schema

    return describe

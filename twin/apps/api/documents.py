"""What goes over the wire: JSON documents whose names say their units. Money in minor units, quantities in smallest ones, times in UTC."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from twin.erp.accounting.statements import BalanceRow, PostingRow, StatementRow
from twin.erp.rows import StockLotRow, StockRow
from twin.erp.subcontracting.at_suppliers import AtSupplierRow
from twin.model.materials import MOST_PIECES
from twin.model.measures import MOST
from twin.results.planning.what_to_do import Proposal
from twin.results.settlement.cash_flow import FlowRow
from twin.results.views.business.month_end import PeriodNow
from twin.results.views.business.plan import PlanNow, Record, Supply
from twin.results.views.business.purchasing import PurchaseNow

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Name = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:-]*$")]
"""An id as the plant's files have them."""
Pieces = Annotated[int, Field(ge=1, le=MOST_PIECES, strict=True)]
Minor = Annotated[int, Field(ge=0, le=MOST, strict=True)]

_LINES = ("gross", "scheduled", "net", "planned_receipts", "planned_starts", "projected")


def at(instant_us: int | None) -> datetime | None:
    """The instant, as it goes over the wire."""
    return None if instant_us is None else _EPOCH + timedelta(microseconds=instant_us)


def known_at(instant_us: int) -> datetime:
    """The same of an instant that there is."""
    return _EPOCH + timedelta(microseconds=instant_us)


def instant_us(moment: datetime) -> int:
    """Microseconds since 1970 UTC, exactly."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


class Problem(BaseModel):
    """What was wrong (RFC 9457, application/problem+json). `problems` has each of them with what would be allowed."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    problems: list[dict[str, str]] = []


class _Asked(BaseModel):
    """A document that a program sends: no key that is not known."""

    model_config = ConfigDict(extra="forbid")


class OrderAsked(_Asked):
    """A customer wants a quantity of one product by a date. Without a price, that of the product counts."""

    order: Name
    customer: Name
    material: Name
    quantity: Pieces
    due: AwareDatetime
    unit_price_minor: Minor | None = None
    currency: str = Field(default="", max_length=3, description="Of the price, and of the invoice, as in CZK; left out: the plant's")
    priority: Annotated[int, Field(ge=0, le=1000, strict=True)] = 0
    only_if_promised: bool = Field(default=False, description="Refuse it, with when it can be there and why, if that is later than due")


class PurchaseAsked(_Asked):
    """We want a quantity of a bought material of a supplier by a date. What is left out is as declared for the material."""

    order: Name
    material: Name
    quantity: Pieces
    due: AwareDatetime
    supplier: Name | None = None
    unit_price_minor: Minor | None = None
    currency: str = Field(default="", max_length=3, description="Of that price, as in CZK; left out: the plant's")


class CountAsked(_Asked):
    """A lot in stock was counted: so much of it is there."""

    material: Name
    lot: Name
    quantity: Annotated[int, Field(ge=0, le=MOST_PIECES, strict=True)]


class CloseAsked(_Asked):
    """All that was effective before the end of a period shall be closed; `GET /periods` says which may be."""

    period: Name


class FirmAsked(_Asked):
    """A planned order shall be released, or ordered: as `GET /plan/orders` shows it, with the first of its `lots` as `quantity`."""

    planned_order: Name
    material: Name
    quantity: Pieces
    due_day: date


class Taken(BaseModel):
    """What was said is in the journal: under this id, effective at that instant of the plant's time."""

    entry: str
    event: str
    at: datetime
    person: str
    waits: str = Field(default="", description="What it waits for all the same: a bill that is blocked, a requisition to be approved")
    promise: str = Field(default="", description="Of an order, when it can be there and what of; of a change, where it moves the date")


class Purchase(BaseModel):
    order: str
    header: str
    supplier: str
    material: str
    unit: str
    quantity: int
    received: int
    placed: datetime
    due: datetime
    first_due: datetime
    last_receipt: datetime | None
    standing: Literal["late", "open", "received late", "received", "closed"]
    operation: str
    agreed_by: str
    value_minor: int
    currency: str
    agreed_price_minor: int = Field(description="For price_per units, in agreed_currency")
    agreed_currency: str

    @classmethod
    def of(cls, it: PurchaseNow, currency: str) -> Purchase:
        return cls(
            order=it.order, header=it.header, supplier=it.supplier, material=it.material, unit=it.unit, quantity=it.quantity,
            received=it.received,
            placed=known_at(it.placed_us), due=known_at(it.due_us), first_due=known_at(it.first_due_us),
            last_receipt=at(it.received_us), standing=it.standing, operation=it.operation, agreed_by=it.agreed_by,
            value_minor=it.value_minor, currency=currency,
            agreed_price_minor=it.agreed_price_minor, agreed_currency=it.agreed_currency or currency,
        )  # fmt: skip


class Lot(BaseModel):
    lot: str
    quantity: int
    since: datetime
    value_minor: int


class Stock(BaseModel):
    material: str
    kind: str
    unit: str
    on_hand: int
    incoming: int
    reserved: int
    position: int
    value_minor: int
    currency: str
    lots: list[Lot] = []

    @classmethod
    def of(cls, it: StockRow, lots: Iterable[StockLotRow], currency: str) -> Stock:
        return cls(
            **asdict(it), currency=currency,
            lots=[Lot(lot=lot.lot, quantity=lot.quantity, since=known_at(lot.since_us), value_minor=lot.value_minor) for lot in lots],
        )  # fmt: skip


class AtSupplier(BaseModel):
    """What of ours lies at a supplier who does an operation for us."""

    supplier: str
    kind: Literal["component", "lot"]
    material: str
    lot: str
    quantity: int
    value_minor: int
    currency: str
    job_order: str
    order: str
    sent: datetime
    due: datetime

    @classmethod
    def of(cls, it: AtSupplierRow, currency: str) -> AtSupplier:
        told = {name: value for name, value in asdict(it).items() if not name.endswith("_us")}
        return cls(**told, currency=currency, sent=known_at(it.sent_us), due=known_at(it.due_us))


class Message(BaseModel):
    action: Literal["release", "expedite", "defer", "cancel", "increase", "decrease", "inside_fence", "use_alternate"]
    order: str
    kind: str
    material: str
    quantity: int
    due: str
    wanted: str
    why: str
    customer_orders: list[str]  # that it serves, over all levels of bills
    late_days: int  # so long these wait if nothing is done

    @classmethod
    def of(cls, plan: PlanNow, of: Proposal) -> Message:
        it = of.message
        return cls(
            action=it.action, order=it.order, kind=it.kind, material=it.material, quantity=it.quantity, due=plan.day(it.from_bucket),
            wanted=plan.day(it.to_bucket), why=it.why, customer_orders=list(of.orders), late_days=of.late_days,
        )  # fmt: skip


class PlanOrder(BaseModel):
    order: str
    material: str
    source: Literal["purchase", "make"]
    quantity: int
    started_quantity: int
    lots: list[int]
    start: str
    due: str
    late_days: int


class Planned(BaseModel):
    """The record of one material, day by day, what serves its demands, and what to do about it."""

    material: str
    unit: str
    days: list[str]
    gross: list[int]
    scheduled: list[int]
    net: list[int]
    planned_receipts: list[int]
    planned_starts: list[int]
    projected: list[int]
    supplies: list[dict[str, str | int]]
    messages: list[Message]

    @classmethod
    def of(cls, plan: PlanNow, material: str, record: Record, supplies: Iterable[Supply]) -> Planned:
        lines: dict[str, Any] = {name: quantities for name, (_, quantities) in zip(_LINES, record.lines, strict=True)}
        return cls(
            material=material, unit=plan.definitions[material].unit, days=record.days, **lines, supplies=[asdict(it) for it in supplies],
            messages=[Message.of(plan, it) for it in plan.proposals_about(material)],
        )  # fmt: skip


class Line(BaseModel):
    section: str
    account: str
    title: str
    amount_minor: int
    is_total: bool

    @classmethod
    def of(cls, it: StatementRow) -> Line:
        return cls(section=it.section, account=it.account, title=it.title, amount_minor=it.amount_minor, is_total=it.is_total)


class Statement(BaseModel):
    """Lines of a statement; of an income statement earnings > 0, costs < 0."""

    statement: Literal["income", "balance"]
    currency: str
    since: datetime | None
    until: datetime
    lines: list[Line]


class FlowLine(BaseModel):
    method: Literal["direct", "indirect"]
    section: str
    line: str
    amount_minor: int
    is_total: bool

    @classmethod
    def of(cls, it: FlowRow) -> FlowLine:
        return cls.model_validate(asdict(it))


class CashFlow(BaseModel):
    """The cash flow statement both ways, each ending in the change of cash; cash that came in > 0."""

    currency: str
    since: datetime | None
    until: datetime
    lines: list[FlowLine]


class Balance(BaseModel):
    number: int
    account: str
    title: str
    kind: str
    debit_minor: int
    credit_minor: int

    @classmethod
    def of(cls, it: BalanceRow) -> Balance:
        return cls(**asdict(it))


class TrialBalance(BaseModel):
    currency: str
    until: datetime
    accounts: list[Balance]
    debit_minor: int
    credit_minor: int


class Posting(BaseModel):
    entry: int
    effective: datetime
    recorded: datetime
    document: str
    account: str
    amount_minor: Annotated[int, Field(description="Debit above zero, credit below")]
    material: str
    quantity: int
    order: str
    request: str
    job_order: str
    lot: str
    equipment: str
    person: str

    @classmethod
    def of(cls, it: PostingRow) -> Posting:
        fields = asdict(it)
        return cls(effective=known_at(fields.pop("effective_us")), recorded=known_at(fields.pop("recorded_us")), **fields)


class Period(BaseModel):
    """A period in both answers: as known when it was closed, and as it was by all that is known now; not `closed`: open."""

    period: str
    since: datetime | None
    until: datetime
    closed: datetime | None
    closed_by: str
    result_known_then_minor: int
    result_as_it_was_minor: int
    late_entry_count: int
    currency: str

    @classmethod
    def of(cls, it: PeriodNow, currency: str) -> Period:
        return cls(
            period=it.period, since=at(it.from_us or None), until=known_at(it.until_us), closed=at(it.closed_us), closed_by=it.closed_by,
            result_known_then_minor=it.known_then_minor, result_as_it_was_minor=it.as_it_was_minor, late_entry_count=it.late_count,
            currency=currency,
        )  # fmt: skip


class Periods(BaseModel):
    periods: list[Period]
    closable: list[str]

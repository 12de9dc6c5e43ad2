"""Documents of the books: open items and their ages, budgets, variances, accounts by whose they are. Money in the plant's minor units."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from twin.apps.api.documents import known_at
from twin.erp.accounting.valuation.variances import VarianceRow
from twin.results.settlement.bank_now import BankLineNow
from twin.results.settlement.dimensions import BudgetRow
from twin.results.settlement.opening.shown import CellNow, MarginNow
from twin.results.settlement.opening.worth import WorthOf
from twin.results.views.business.owed import AgesOf, ItemNow

Side = Literal["receivables", "payables"]
Dimension = Literal["plant", "product", "order", "work_center", "customer", "supplier", "person"]


class OpenItem(BaseModel):
    """A bill or an invoice of which something is open; what stands to somebody's credit is below zero."""

    item: str
    party: str
    order: str
    due: datetime
    age: str = Field(description="Days overdue: not due, 1 to 30, 31 to 60, 61 to 90, over 90")
    amount_minor: int = Field(description="Of it that is open, in minor units of its own currency")
    currency: str
    open_minor: int = Field(description="The same as it is booked, in minor units of the plant's currency")
    blocked: str
    reminders: int

    @classmethod
    def of(cls, it: ItemNow) -> OpenItem:
        told = asdict(it)
        return cls(due=known_at(told.pop("due_us")), **told)


class Ages(BaseModel):
    """What one party owes, or is owed, by days overdue; the last line is of all."""

    party: str
    not_due_minor: int
    days_1_to_30_minor: int
    days_31_to_60_minor: int
    days_61_to_90_minor: int
    over_90_days_minor: int
    open_minor: int

    @classmethod
    def of(cls, it: AgesOf) -> Ages:
        not_due, to_30, to_60, to_90, over = it.ages
        return cls(
            party=it.party, not_due_minor=not_due, days_1_to_30_minor=to_30, days_31_to_60_minor=to_60, days_61_to_90_minor=to_90,
            over_90_days_minor=over, open_minor=it.open_minor,
        )  # fmt: skip


class Worth(BaseModel):
    """What the books have of a material in stock, or of a request in work and what it makes."""

    of: str
    material: str
    value_minor: int

    @classmethod
    def of_row(cls, it: WorthOf) -> Worth:
        return cls.model_validate(asdict(it))


class Margin(BaseModel):
    """What was earned on something: costs are below zero. `title` of what is nobody's is that of its account."""

    title: str
    revenue_minor: int
    sold_minor: int
    made_minor: int
    margin_minor: int
    is_total: bool

    @classmethod
    def of(cls, it: MarginNow) -> Margin:
        told = asdict(it)
        told.pop("figure")
        return cls(**told)


class BankLine(BaseModel):
    """A line of the bank, money that came in > 0; `payment`: what it is, "": nobody knows, for `reason`."""

    statement: str
    number: int
    at: datetime
    amount_minor: int
    reference: str
    party: str
    payment: str
    by: str
    reason: str

    @classmethod
    def of(cls, it: BankLineNow) -> BankLine:
        told = asdict(it)
        return cls(at=known_at(told.pop("at_us")), **told)


class Budget(BaseModel):
    """What was planned of an account for a month, and what it came to; better than planned > 0."""

    month: str
    account: str
    budget_minor: int
    actual_minor: int
    better_minor: int

    @classmethod
    def of(cls, it: BudgetRow) -> Budget:
        return cls.model_validate(asdict(it))


class Variance(BaseModel):
    """Why something has cost more (> 0) or less than planned; all of a window are what their accounts have changed by."""

    kind: str
    order: str
    request: str
    overhead: str
    material: str
    amount_minor: int

    @classmethod
    def of(cls, it: VarianceRow) -> Variance:
        return cls.model_validate(asdict(it))


class Cell(BaseModel):
    """What an account has changed by for one of a dimension; "": for none of them. Debit > 0."""

    name: str
    account: str
    amount_minor: int

    @classmethod
    def of(cls, it: CellNow) -> Cell:
        return cls(name=it.name, account=it.account, amount_minor=it.amount_minor)

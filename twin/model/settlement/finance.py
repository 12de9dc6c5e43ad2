"""The section `finance` of items.yaml, and the `terms` of a supplier or customer. All of it may be left out.

Tax is an integer share in millionths, an exchange rate an exact decimal: neither is ever a float.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema

from twin.model.floor.words import Day, Id
from twin.model.measures import DurationUs, MoneyMinor, PositiveUs, Table
from twin.model.settlement.chart import ACCOUNTS, EARNING, DeclaredAccount
from twin.model.settlement.percent import Percent

MONTH_FORM, CURRENCY_FORM = r"[0-9]{4}-(0[1-9]|1[0-2])", "[A-Z]{3}"
"""How a month and a currency are written: 2026-03, CZK."""

BUDGETED = tuple(code for code, it in ACCOUNTS.items() if it.kind in EARNING)
"""The accounts of the income statement that every plant has: what can be planned for a month."""


_MOST_TENS, _SHOWN = 9, 40


def read_rate(value: Any) -> Decimal:
    """So many units of a foreign currency, exactly as written."""
    text = str(value)
    try:
        rate = Decimal(text)
    except InvalidOperation:
        rate = Decimal(0)
    if isinstance(value, bool) or not rate.is_finite() or rate <= 0:
        shown = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
        raise ValueError(f"'{shown}' is no exchange rate; allowed: how many of it one unit of the plant's currency is, as 1.0832")
    if len(text) > _SHOWN or not -_MOST_TENS <= rate.adjusted() < _MOST_TENS:  # an exponent is short, and what it stands for is not
        raise ValueError(f"'{text[:_SHOWN]}' is no exchange rate; allowed: 0.000000001 to 999999999, in up to {_SHOWN} signs")
    return rate


ExchangeRate = Annotated[
    Decimal,
    BeforeValidator(read_rate),
    PlainSerializer(str, return_type=str, when_used="json"),
    WithJsonSchema({"type": ["number", "string"], "description": "units of it for one unit of the plant's currency, as in 1.0832"}),
]


def read_foreign(value: Any) -> int:
    """Minor units of an amount in another currency, which the key beside it names: "3250.00"."""
    text = str(value)
    if isinstance(value, bool) or not re.fullmatch(r"[0-9]{1,12}(\.[0-9]{1,2})?", text):
        raise ValueError(f"'{text[:_SHOWN]}' is no price in another currency; allowed: a number with up to two decimals, as in 3250.00")
    return int(Decimal(text) * 100)


ForeignMinor = Annotated[
    int,
    BeforeValidator(read_foreign),
    PlainSerializer(lambda minor: str(Decimal(minor) / 100), return_type=str, when_used="json"),
    WithJsonSchema({"type": ["number", "string"], "description": "an amount in the currency that its key names, as in 3250.00"}),
]


class TaxCode(Table):
    """A tax on what is sold or bought (value added tax): a share of the net, rounded half to even for each document."""

    title: str = ""
    rate: Percent


class CashDiscount(Table):
    """Who pays within so long after the date of a bill or an invoice pays so much less of all of it."""

    share: Percent
    within: DurationUs


class Terms(Table):
    """How a supplier wants to be paid, or a customer pays: when, with which tax, in which currency."""

    due: DurationUs = 0  # so long after the bill or the invoice; left out: at once, on its own date
    down_payment: Percent = 0  # so much of an order is asked for with it, at once, before anything leaves or comes
    discount: CashDiscount | None = None  # for paying sooner
    tax: Id | None = None  # one of `tax_codes`; left out: without tax
    currency: Id | None = None  # one of `currencies`; left out: that of the plant


class DatedRate(Table):
    """From midnight of that day on, one unit of the plant's currency is `rate` units of the other."""

    since: Day
    rate: ExchangeRate


class DunningStage(Table):
    """A reminder: so long after the due date, and what it costs who is reminded."""

    title: str = ""
    after: PositiveUs
    fee: MoneyMinor = 0


class Finance(Table):
    """What is owed and paid is reckoned by. `dunning`: one reminder after the other; `budgets`: by month, then by account.

    `accounts`: what the chart has beside the accounts of every plant; `upkeep`: so much of the cost of machine time is not what they wear
    out but what others are paid for keeping them, of whom a bill comes. `revaluation`: "at_close" tells what is open in other currencies
    at the rate of each closing date, and takes that back right after it (IAS 21.23).
    """

    tax_codes: dict[Id, TaxCode] = {}
    currencies: dict[Id, Annotated[list[DatedRate], Field(min_length=1)]] = {}  # codes of ISO 4217
    dunning: list[DunningStage] = []
    budgets: dict[Id, dict[Id, MoneyMinor]] = {}
    accounts: dict[Id, DeclaredAccount] = {}
    upkeep: Percent = 0
    revaluation: Literal["never", "at_close"] = "never"
    year_begins: Annotated[int, Field(ge=1, le=12)] = 1  # the month in which a year of the books does

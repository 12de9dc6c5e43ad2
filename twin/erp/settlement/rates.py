"""What amounts in other currencies are worth in that of the books, by the rates that the plant declares."""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass
from datetime import datetime, time
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from twin.erp.accounting.rounding import round_half_even
from twin.model.settlement.finance import Finance


class Rates:
    """Rates by currency and day: so many units of it for one unit of the books' currency, from midnight of the plant on."""

    def __init__(self, finance: Finance, own: str, time_zone: str) -> None:
        self.own = own
        zone = ZoneInfo(time_zone)
        self._rates = {
            currency: sorted((_midnight_us(datetime.combine(it.since, time(), zone)), Fraction(it.rate)) for it in rates)
            for currency, rates in finance.currencies.items()
        }

    @property
    def known(self) -> list[str]:
        """The currencies of which rates are declared."""
        return list(self._rates)

    def learn(self, currency: str, from_us: int, rate: Fraction) -> None:
        """The rate of a currency that is known, from that instant until the next that was said."""
        self._rates[currency] = sorted([*(it for it in self._rates[currency] if it[0] != from_us), (from_us, rate)])

    def is_own(self, currency: str) -> bool:
        return currency in ("", self.own)

    def code(self, currency: str) -> str:
        """How events name a currency: "" is that of the books."""
        return "" if self.is_own(currency) else currency

    def refusal(self, currency: str, at_us: int) -> str:
        """Why nothing can be said of a currency at an instant; "" if something can."""
        if self.is_own(currency):
            return ""
        if currency not in self._rates:
            return f"nobody knows the rate of '{currency}'; allowed: {', '.join((self.own, *self._rates))}"
        return "" if self._rates[currency][0][0] <= at_us else f"no rate of '{currency}' was declared before the first of its rates"

    def rate(self, currency: str, at_us: int) -> Fraction:
        """Units of it for one of ours, at that instant: the last that was declared until then."""
        if self.is_own(currency):
            return Fraction(1)
        rates = self._rates[currency]
        place = bisect_right(rates, at_us, key=lambda it: it[0])
        return rates[max(0, place - 1)][1]

    def own_exact(self, amount_minor: int, currency: str, at_us: int) -> Fraction:
        """Minor units of the books, not rounded."""
        return amount_minor / self.rate(currency, at_us)

    def own_minor(self, amount_minor: int, currency: str, at_us: int) -> int:
        """Minor units of the books, rounded half to even."""
        exact = self.own_exact(amount_minor, currency, at_us)
        return round_half_even(exact.numerator, exact.denominator)

    def priced(self, price_minor: int, currency: str, at_us: int) -> dict[str, Any]:
        """The fields that an order has of a price that is agreed in a currency, at the rate of that day."""
        if self.is_own(currency):
            return {"unit_price_minor": price_minor}
        worth_minor = self.own_minor(price_minor, currency, at_us)
        return {"unit_price_minor": worth_minor, "currency": currency, "agreed_price_minor": price_minor}

    def price_doubt(self, currency: str, at_us: int, *, is_priced: bool) -> str:
        """Why an order cannot be in that currency; "" if it can. `is_priced`: there is a price in it, and not only one in ours."""
        if doubt := self.refusal(currency, at_us):
            return doubt
        is_foreign = not is_priced and not self.is_own(currency)
        return f"what is declared is in {self.own}, the order in {currency}; allowed: a price in {currency}" if is_foreign else ""

    def odd_minor(self, currency: str, at_us: int) -> int:
        """How far an amount of the books may be off that was rounded in a currency and comes back from it, minor units."""
        return 0 if self.is_own(currency) else math.ceil((1 / self.rate(currency, at_us) + 1) / 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceDifference:
    """What was billed beyond the standard, in the currency of the bill and in that of the books, minor units, > 0: dearer."""

    foreign_minor: int
    own_minor: int


def price_difference(net_minor: int, standard: Fraction, *, at_receipt: Fraction, at_posting: Fraction) -> PriceDifference:
    """Of a bill in another currency, the part that is price and not exchange: the standard counts at the rate of the receipt.

    Parameters
    ----------
    net_minor : of the bill, in its currency
    standard : what was billed for, at standard, minor units of the books
    at_receipt, at_posting : units of the bill's currency for one of the books', when the goods came and when the bill is posted
    """
    foreign = net_minor - standard * at_receipt
    return PriceDifference(foreign_minor=round(foreign), own_minor=round(foreign / at_posting))


def _midnight_us(at: datetime) -> int:
    return int(at.timestamp()) * 1_000_000

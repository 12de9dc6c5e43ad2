"""What is said on the orders page becomes events."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from twin.apps.office.planning.orders import line_added_said, more_of, order_changed_said, ordered_said
from twin.apps.terminals.readers import Said, free_number, instant_of, money_of, money_or, text_of, whole_if_any, whole_of
from twin.model import events as e
from twin.model.events import OperationsEvent
from twin.results.run import Run


class SalesEntered:
    """The entries of sales, as events of one run: `kinds` by name."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self.kinds: dict[str, Callable[[Said, dict[str, Any]], OperationsEvent]] = {
            "SalesOrderConfirmed": partial(ordered_said, run),
            "SalesOrderEntered": partial(line_added_said, run),
            "SalesOrderChanged": partial(order_changed_said, run),
            "SalesOrderCancelled": self._cancel,
            "SalesQuoteOffered": self._offer,
            "SalesQuoteAccepted": self._take,
            "ShipmentReleased": self._let_go,
            "CreditLimitChanged": self._limit,
            "ReturnAccepted": self._take_back,
        }

    def _offer(self, said: Said, at: dict[str, Any]) -> e.SalesQuoteOffered:
        """At the price that is declared, if nobody has said another."""
        plant, material = self._run.plant, text_of(said, "material")
        currency = self._run.erp.settlement.rates.code(text_of(said, "currency"))
        further = [(name, many, self._usual(name, currency) if price < 0 else price) for name, many, price, _ in more_of(self._run, said)]
        return e.SalesQuoteOffered(
            **at, quote=free_number("S", self._run.erp.quoting.quotes), customer=text_of(said, "customer"), material=material,
            quantity=whole_of(said, "quantity"), discount_percent=whole_if_any(said, "discount"),
            unit_price_minor=money_of(said, "unit_price") if text_of(said, "unit_price") else self._usual(material, currency),
            valid_until_us=instant_of(plant, said, "valid_until"), due_us=instant_of(plant, said, "due") if text_of(said, "due") else -1,
            more_lines=tuple(further), currency=currency,
        )  # fmt: skip

    def _usual(self, material: str, currency: str) -> int:
        """What is declared, in the currency of the quote.

        Raises
        ------
        ValueError : nothing is declared in that
        """
        declared = self._run.plant.materials.materials.get(material)
        price_minor = declared.price_in(currency) if declared else 0
        if price_minor is None and currency:
            raise ValueError(f"no price of '{material}' in {currency} is declared; allowed: a price in {currency}")
        return price_minor or 0

    @staticmethod
    def _cancel(said: Said, at: dict[str, Any]) -> e.SalesOrderCancelled:
        return e.SalesOrderCancelled(**at, order=text_of(said, "order"), reason=text_of(said, "reason"))

    @staticmethod
    def _take(said: Said, at: dict[str, Any]) -> e.SalesQuoteAccepted:
        return e.SalesQuoteAccepted(**at, quote=text_of(said, "quote"), order=text_of(said, "order"))

    @staticmethod
    def _let_go(said: Said, at: dict[str, Any]) -> e.ShipmentReleased:
        return e.ShipmentReleased(**at, order=text_of(said, "order"), reason=text_of(said, "reason"))

    @staticmethod
    def _limit(said: Said, at: dict[str, Any]) -> e.CreditLimitChanged:
        limit_minor = money_or(-1, said, "limit")
        return e.CreditLimitChanged(**at, customer=text_of(said, "customer"), limit_minor=limit_minor, reason=text_of(said, "reason"))

    @staticmethod
    def _take_back(said: Said, at: dict[str, Any]) -> e.ReturnAccepted:
        credit_minor = money_or(-1, said, "credit")
        return e.ReturnAccepted(
            **at,
            order=text_of(said, "order"),
            quantity=whole_of(said, "quantity"),
            reason=text_of(said, "reason"),
            credit_minor=credit_minor,
            disposition=text_of(said, "disposition"),
        )

"""How we buy: approval of requisitions, comparison of quotes, tolerances of bills, the score of suppliers."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from twin.model.floor.words import Id
from twin.model.measures import MoneyMinor, Share, Table

Weight = Annotated[int, Field(ge=0, le=1_000, strict=True)]


class MatchTolerances(Table):
    """How far a bill may be above what was ordered and received; beyond it the bill is blocked until a person releases it.

    What is billed too little of, or too cheap, is never blocked.
    """

    price: Share = 0.0  # share of the order's price
    amount: MoneyMinor = 0  # a line whose price is above the order's by no more than this in all passes, whatever its share
    quantity: Share = 0.0  # share of what was received and is not yet billed


class SupplierWeights(Table):
    """What each part of a supplier's score weighs."""

    on_time: Weight = 40
    quantity: Weight = 20
    quality: Weight = 30
    price: Weight = 10


class PurchasingTerms(Table):
    """What holds for all that we buy."""

    approval_above: MoneyMinor | None = None  # at standard cost; a requisition that is worth more waits for another person's approval
    approved_by: Id | None = None  # personnel class that may approve; left out: anybody but who raised it
    released_by: Id | None = None  # personnel class that may release blocked bills; left out: anybody
    late_day: MoneyMinor | None = None  # what a day after the date costs, when quotes are compared; left out: late quotes come last
    match: MatchTolerances = MatchTolerances()  # of suppliers that have none of their own
    score: SupplierWeights = SupplierWeights()

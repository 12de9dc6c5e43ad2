"""Movements of stock that is valued at actual cost: what they carry in, what they take out, and which account that concerns."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Literal

from twin.erp.accounting.rounding import round_half_even
from twin.erp.accounting.valuation.request_cost import Cost, Output
from twin.model.events import OperationsEvent

Method = Literal["standard", "fifo", "moving_average"]


class Rank(IntEnum):
    """Which movement of one instant counts first, so that no value depends on the order in which they became known."""

    BROUGHT = 0  # comes with a value of its own: a receipt, an opening, a completion
    FOUND = 1  # comes with none: is valued as what is there
    TAKEN = 2
    RETURNED = 3  # comes with the cost at which it was taken
    METHOD = 4


@dataclass(slots=True, kw_only=True, eq=False)
class Movement:
    """One movement of one key. `value_minor` is what it is worth as is known now, `posted_minor` what the books say of it.

    A value is never negative: what is brought in is worth it, what is taken out costs it.
    """

    event: OperationsEvent
    rank: Rank
    material: str
    lot: str
    quantity: int  # > 0 in, < 0 out; 0 for a change of method
    document: str
    account: str  # the other side of its entry
    name: str = ""  # customer order, purchase order or request of it
    given_minor: int = 0  # what is brought in is worth
    landed_minor: int = 0  # of it: freight, duty and the like
    estimate_minor: int = 0  # what it would be worth at standard, where nothing else is known
    of: tuple[Movement, ...] = ()  # returned: what it was taken with; taken: what it was brought by, if that matters
    returned: int = 0  # returned: how much of `of` was returned before
    method: Method | None = None  # a change of method: to which
    price: tuple[int, int] | None = None  # a change to standard: value and quantity of the standard in force
    cost: Cost | None = None  # what it means to a request that is costed as it is
    output: Output | None = None  # of which output of such a request it is the other side
    value_minor: int = 0
    posted_minor: int = 0

    @property
    def sort_key(self) -> tuple[int, int, str]:
        """Its place in time, from what it says alone."""
        it = self.event
        return it.effective_us, self.rank, f"{self.document}|{self.name}|{self.lot}|{it.job_order}|{self.quantity}|{self.given_minor}"

    def returned_minor(self) -> int:
        """What the returned quantity had cost when it was taken; returns in parts add up to the whole."""
        cost = sum(it.value_minor for it in self.of)
        taken = sum(abs(it.quantity) for it in self.of)
        return round_half_even(cost * (self.returned + self.quantity), taken) - round_half_even(cost * self.returned, taken)

"""What is open in other currencies, at the rate of a closing date: the difference to what it was booked at is unrealised.

| document                 | debit                        | credit                          | dated                             |
|--------------------------|------------------------------|---------------------------------|-----------------------------------|
| revaluation of items     | receivables revaluation      | exchange difference, unrealised | last instant of the period        |
| (of bills the other way) | exchange difference, unrealised | payables revaluation         |                                   |
| revaluation taken back   | the same, the other way      |                                 | first instant of the period after |

Monetary items are told at the closing rate (IAS 21.23; ASC 830-20-35). An item itself stays at what it was booked at, so its payment
realises all that the rate has done since, whichever closes lay between: each takes its own revaluation back. What is paid on account for
goods to come is no monetary item (IFRIC 22) and stays at the rate at which it came.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from twin.erp.settlement.open_items import OpenItem, OpenItems, Side
from twin.erp.settlement.rates import Rates
from twin.model.events import JournalPosted, PeriodCloseRequested

if TYPE_CHECKING:
    from twin.erp.erp import Erp

REVALUED: dict[Side, str] = {"receivable": "receivables_revaluation", "payable": "payables_revaluation"}
UNREALISED = "exchange_difference_unrealised"


class Revaluation:
    """Makes the entries of a close, before the books are locked."""

    def __init__(self, erp: Erp, rates: Rates, items: OpenItems) -> None:
        self._rates, self._items = rates, items
        if erp.plant.materials.finance.revaluation == "at_close":
            erp.corrections.before_close = self.entries

    def entries(self, event: PeriodCloseRequested) -> list[JournalPosted]:
        """Two entries for each item that was open in another currency when the period was over, and is worth more or less by then."""
        posted: list[JournalPosted] = []
        for side, account in REVALUED.items():
            sign = 1 if side == "receivable" else -1
            for item in self._items.of_side(side):
                if not (more_minor := self.more_minor(item, event.until_us - 1)):
                    continue
                legs = ((account, sign * more_minor), (UNREALISED, -sign * more_minor))
                back = tuple((code, -minor) for code, minor in legs)
                about: dict[str, Any] = {"recorded_us": event.recorded_us, "person": event.person, "order": item.order}
                told = JournalPosted(effective_us=event.until_us - 1, document="revaluation of items", legs=legs, **about)
                posted += [told, JournalPosted(effective_us=event.until_us, document="revaluation taken back", legs=back, **about)]
        return posted

    def more_minor(self, item: OpenItem, at_us: int) -> int:
        """By how much more than it was booked at an item is worth at an instant, minor units of the books; 0 of one in our own."""
        if not item.currency or item.is_on_account:
            return 0
        open_minor, booked_minor = item.open_at(at_us)
        return self._rates.own_minor(open_minor, item.currency, at_us) - booked_minor if open_minor else 0

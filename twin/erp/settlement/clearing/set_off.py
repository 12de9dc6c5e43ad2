"""Credits against what is owed: no money moves, and both items are open by so much less.

| document | debit               | credit              | amount                                                |
|----------|---------------------|---------------------|-------------------------------------------------------|
| set-off  | accounts receivable | accounts receivable | the credit, and the invoice, at what they were booked |
| set-off  | accounts payable    | accounts payable    | the bill, and the credit note, in the same way        |

Where they were booked at different rates, the rest is exchange difference.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from twin.erp.accounting.rounding import amount
from twin.erp.alerts import alert
from twin.erp.procurement.sourcing_entries import beyond
from twin.erp.settlement.open_items import OpenItem, OpenItems, Side
from twin.erp.settlement.paying import Paying
from twin.model.events import ItemsSetOff, OperationsEvent, SetOffEntered
from twin.model.problems import did_you_mean, listed
from twin.model.readiness.signed import refusal, unsigned

if TYPE_CHECKING:
    from twin.erp.erp import Erp

Derived = list[OperationsEvent]
SIDES: dict[str, Side] = {"payable": "payable", "receivable": "receivable"}


class SetOff:
    """Rules by type of event; `rules` is what it listens to."""

    def __init__(self, erp: Erp, items: OpenItems, paying: Paying) -> None:
        self._erp, self._items, self._paying = erp, items, paying
        self.done: dict[str, ItemsSetOff] = {}  # by number
        self.undone: set[str] = set()  # of these, what was taken back
        self._asked = 0
        self.rules: dict[type[OperationsEvent], Callable[[Any], Derived]] = {SetOffEntered: self._enter, ItemsSetOff: self._set_off}

    def by_itself(self, item: OpenItem, now_us: int) -> ItemsSetOff | None:
        """The oldest credit of a party against what it is asked to pay; None: it has none."""
        credits = [it for it in self._items.of_party(item.side, item.party) if it.free_minor < 0 and it.currency == item.currency]
        return self._of(item, credits[0], min(item.free_minor, -credits[0].free_minor), now_us) if credits else None

    def _of(self, item: OpenItem, credit: OpenItem, amount_minor: int, at_us: int) -> ItemsSetOff:
        self._asked += 1
        number = f"SET-{self._asked}"
        while self._paying.is_taken(number):
            self._asked += 1
            number = f"SET-{self._asked}"
        item.claims[number], credit.claims[number] = amount_minor, -amount_minor
        return ItemsSetOff(
            effective_us=at_us, order=item.order, side=item.side, party=item.party, item=item.item, credit=credit.item,
            amount_minor=amount_minor, payment=number,
        )  # fmt: skip

    def _enter(self, event: SetOffEntered) -> Derived:
        signed = [unsigned(event, self._erp.plant.layout.persons), beyond(event)]
        doubts = signed if any(signed) else [self._doubt(event.side, event.party, event.item, event.credit)]
        if said := "; ".join(filter(None, doubts)):
            return [refusal(event, said)]
        item, credit = (self._found(SIDES[event.side], event.party, it) for it in (event.item, event.credit))
        assert item is not None
        assert credit is not None
        most_minor = max(0, min(item.free_minor, -credit.free_minor))
        wanted_minor = event.amount_minor or most_minor
        if wanted_minor <= 0 or wanted_minor > most_minor:
            return [refusal(event, f"{amount(wanted_minor)} of both; allowed: above zero, and {amount(most_minor)} at most")]
        made = self._of(item, credit, wanted_minor, event.effective_us)
        return [replace(made, recorded_us=event.recorded_us, person=event.person)]

    def _found(self, side: Side, party: str, number: str) -> OpenItem | None:
        return self._items.payables.get((party, number)) if side == "payable" else self._items.receivables.get(number)

    def _doubt(self, side: str, party: str, item: str, credit: str) -> str:
        """Why one cannot be set off against the other; "" if it can."""
        if side not in SIDES:
            return f"side '{side}'{did_you_mean(side, SIDES)}; allowed: {listed(list(SIDES))}"
        of_party = self._items.of_party(SIDES[side], party)
        owed, credits = ([it.item for it in of_party if it.free_minor * sign > 0] for sign in (1, -1))
        known = (self._found(SIDES[side], party, item), self._found(SIDES[side], party, credit))
        if known[0] is None or item not in owed:
            return f"nothing is open of '{item}' of '{party}'{did_you_mean(item, owed)}; allowed: {listed(owed)}"
        if known[1] is None or credit not in credits:
            near = did_you_mean(credit, credits)
            return f"'{credit}' is no credit of '{party}' of which something is left{near}; allowed: {listed(credits)}"
        if known[0].blocked:
            return f"'{item}' is blocked: {known[0].blocked}; allowed: when it is released"
        if known[0].currency != known[1].currency:
            own = self._erp.plant.layout.currency
            return f"'{item}' is in {known[0].currency or own}, '{credit}' in {known[1].currency or own}; allowed: both in one currency"
        return ""

    def _set_off(self, event: ItemsSetOff) -> Derived:
        found = [self._found(SIDES[event.side], event.party, it) for it in (event.item, event.credit)] if event.side in SIDES else []
        for it in found:
            if it is not None:
                it.claims.pop(event.payment, None)
        doubt = self._doubt(event.side, event.party, event.item, event.credit)
        if event.payment in self.done or event.payment in self._paying.payments or not event.payment:
            doubt = f"set-off '{event.payment}' is booked already" if event.payment else "the set-off has no number"
        if not doubt and not 0 < event.amount_minor <= min(found[0].open_minor, -found[1].open_minor):  # type: ignore[union-attr]
            doubt = f"{amount(event.amount_minor)} of '{event.item}' and '{event.credit}', of which less is open"
        if doubt:
            return alert(event, "set_off_refused", doubt)
        self.done[event.payment] = event
        return self.clear(event, event, event.amount_minor)

    def clear(self, cause: OperationsEvent, of: ItemsSetOff, amount_minor: int) -> Derived:
        """So much less is open of both, or, below zero, so much more again."""
        side = SIDES[of.side]
        item, credit = self._found(side, of.party, of.item), self._found(side, of.party, of.credit)
        assert item is not None
        assert credit is not None
        sign = 1 if side == "payable" else -1
        booked = [self._items.clear(it, cause, minor) for it, minor in ((item, amount_minor), (credit, -amount_minor))]
        self._erp.settlement.taken_back.looked_at(item, cause.effective_us)
        self._erp.settlement.taken_back.looked_at(credit, cause.effective_us)
        exchange = -sign * sum(booked)
        self._paying.exchange_minor += exchange
        legs = [(f"accounts_{side}", sign * booked[0]), (f"accounts_{side}", sign * booked[1]), ("exchange_difference", exchange)]
        return [*self._erp.book.entries.entry(replace(cause, order=item.order), "set-off", legs)]  # type: ignore[call-arg]

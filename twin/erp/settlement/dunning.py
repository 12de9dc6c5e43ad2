"""Reminders to customers: one stage after the other, each so long after the due date, until the invoice is paid,
or as much stands to the customer's credit.

| document    | debit               | credit       | amount                |
|-------------|---------------------|--------------|-----------------------|
| dunning fee | accounts receivable | dunning fees | the fee of the stage  |
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from twin.erp.alerts import alert
from twin.erp.settlement.agenda import Agenda
from twin.erp.settlement.open_items import OpenItem, OpenItems
from twin.erp.settlement.rates import Rates
from twin.model.events import DunningIssued, OperationsEvent

if TYPE_CHECKING:
    from twin.erp.erp import Erp


class Dunning:
    """Rules by type of event; `rules` is what it listens to."""

    def __init__(self, erp: Erp, rates: Rates, items: OpenItems, agenda: Agenda) -> None:
        self._erp, self._rates, self._items, self._agenda = erp, rates, items, agenda
        self._stages = erp.plant.materials.finance.dunning
        self.issued: list[DunningIssued] = []
        self.fees_minor = 0
        self.rules: dict[type[OperationsEvent], Callable[[Any], list[OperationsEvent]]] = {DunningIssued: self._remind}

    def due(self, invoice: str, now_us: int) -> DunningIssued | None:
        """The next reminder of an invoice; None: it is paid, or there is none left."""
        item = self._items.receivables[invoice]
        left_minor = self._left_minor(invoice, now_us)
        if left_minor <= 0 or item.stage >= len(self._stages):
            return None
        return DunningIssued(
            effective_us=now_us, order=item.order, customer=item.party, invoice=invoice, stage=item.stage + 1, open_minor=left_minor,
            fee_minor=self._stages[item.stage].fee,
        )  # fmt: skip

    def _left_minor(self, invoice: str, now_us: int) -> int:
        """What is open of an invoice less what stands to the customer's credit, which counts for what was due first."""
        asked = self._items.receivables[invoice]
        of_party = [it for it in self._items.of_party("receivable", asked.party) if it.currency == asked.currency]
        credit_minor = -sum(it.open_minor for it in of_party if it.open_minor < 0)
        before = [it for it in of_party if it.open_minor > 0 and it.due_us <= now_us and (it.due_us, it.item) < (asked.due_us, asked.item)]
        return asked.open_minor - max(0, credit_minor - sum(it.open_minor for it in before))

    def _next_us(self, item: OpenItem, event: DunningIssued) -> int:
        """When the next reminder falls due; after one that came late (its invoice was open again only then) a customer has as long to pay
        as stages leave between them: nobody is reminded twice at one instant.
        """
        next_us = item.due_us + self._stages[event.stage].after
        between_us = self._stages[event.stage].after - self._stages[event.stage - 1].after
        is_soon = next_us - event.effective_us < between_us // 2
        return event.effective_us + between_us if is_soon else next_us

    def _remind(self, event: DunningIssued) -> list[OperationsEvent]:
        self._agenda.drop("dun", event.invoice)
        item = self._items.receivables.get(event.invoice)
        if item is None or item.open_minor <= 0 or event.stage <= item.stage or event.fee_minor < 0:
            return alert(event, "dunning_refused", f"reminder {event.stage} of invoice '{event.invoice}': nothing to remind of")
        item.stage = event.stage
        self.issued.append(event)
        if event.stage < len(self._stages):
            self._agenda.put(self._next_us(item, event), "dun", event.invoice)
        self.fees_minor += event.fee_minor
        asked_minor = round(event.fee_minor * self._rates.rate(item.currency, event.effective_us))
        self._items.more(item, event, asked_minor, event.fee_minor)
        legs = [("accounts_receivable", event.fee_minor), ("dunning_fees", -event.fee_minor)]
        return [*self._erp.book.entries.entry(replace(event, order=item.order), "dunning fee", legs)]

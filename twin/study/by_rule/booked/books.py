"""The books of a run by rule whose accounts need the entries themselves: the ERP books what its pages say.

What stock has cost (FIFO, moving average), what is owed and paid, what suppliers do, standards that change: all of that follows from the
order of the entries. So the ERP hears the facts of the pages, and what the MES would conclude from them, instant by instant, and decides
as it always does. It is the same ERP, by the same rules; only nobody keeps records, and no floor has to be asked.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from operator import attrgetter

import numpy as np

from twin.erp.accounting.wip import COST_ELEMENTS
from twin.erp.erp import Erp
from twin.kernels.floor.rows import log_rows as said
from twin.model.events import Heartbeat, MaterialActual, OperationsEvent
from twin.model.materials import needed
from twin.model.plant import Plant
from twin.model.states import MaterialUse
from twin.store.ingest.rare_collections import rare_collections
from twin.study.by_rule.booked.conclusions import Begun, Conclusions
from twin.study.by_rule.declared import Declared
from twin.study.by_rule.pages import Ints, Pages
from twin.study.by_rule.work import OPEN_US, Work, effectiveness

_DECISIONS = (said.TELLS_SHIPMENT, said.TELLS_PURCHASE)
_HEARD = np.isin(
    range(said.PLACES),
    [said.TELLS_BEAT, said.TELLS_STOCK, said.TELLS_WORK, said.TELLS_ORDER, said.TELLS_DELIVERY, said.TELLS_STATE, said.TELLS_ENERGY],
)
"""Kinds of facts that the ERP hears."""


class BookedCosts:
    """What a run has cost, as `twin.study.by_rule.costing.Costs` tells it; money in minor units. `pages` are closed, and keep all."""

    def __init__(self, plant: Plant, pages: Pages, of: Declared) -> None:
        self._pages, self._of, self._end_us = pages, of, pages.source.end_us
        self._work = Work(pages, self._of.is_scheduled)
        self.erp = Erp(plant, pages.scenario.policies, is_checked=False)
        with rare_collections():
            self._hear(Conclusions(self._of, self._work))

    def accounts(self, before_us: int = OPEN_US) -> dict[str, int]:
        """Balance of every account by what is effective before an instant, debit > 0."""
        if before_us > self._end_us:
            return dict(self.erp.ledger.balances)
        found = dict.fromkeys(self.erp.ledger.balances, 0)
        for entry in self.erp.ledger.entries:
            for account, minor in entry.legs if entry.effective_us < before_us else ():
                found[account] += minor
        return found

    def income(self, from_us: int) -> dict[str, int]:
        """Every account of the income statement from an instant to the end, earnings > 0."""
        return {row.account: row.amount_minor for row in self.erp.income_statement(from_us, self._end_us + 1) if row.account}

    def request_costs(self) -> dict[str, Ints]:
        """By number of a request: each element of cost, what was given out, `wip` of open ones, `variance` of closed ones."""
        columns = (*COST_ELEMENTS, "produced", "scrap", "wip", "variance")
        numbers = {name: n for n, name in self.request_names().items()}
        found = {it: np.zeros(self._pages.material_of.size, np.int64) for it in columns}
        for row in self.erp.request_costs():
            for it in columns if row.request in numbers else ():
                found[it][numbers[row.request]] = getattr(row, f"{it}_minor")
        return found

    def request_names(self) -> dict[int, str]:
        """What each request is called, by number."""
        return dict(self._pages.names.learned()["requests"])

    def wip_minor(self) -> int:
        """Work in progress at the end: what is booked, and what runs and is not booked yet."""
        return sum(row.value_minor for row in self.erp.work_in_progress(self._end_us))

    def margin_minor(self, orders: Iterable[tuple[int, int]]) -> int:
        """Of orders, by origin and number: revenue less cost, scrap and variances of what was made for them."""
        names = {self._pages.names.order_of(*order) for order in orders}
        return sum(row.margin_minor or 0 for row in self.erp.orders(self._end_us) if row.order in names)

    def effectiveness(self, from_us: int, to_us: int) -> float | None:
        """Expected by real run time of the job orders that ended in a window (ISO 22400-2)."""
        return effectiveness(self._of, self._work, from_us, to_us)

    # Inside

    def _hear(self, concluded: Conclusions) -> None:
        rows = self._pages.rows
        kinds = rows[:, said.EVENT_WHAT] % said.PLACES
        is_decision, is_heard = np.isin(kinds, _DECISIONS), _HEARD[kinds]
        borders = np.flatnonzero((np.diff(rows[:, said.EVENT_US]) != 0) | (is_decision[1:] & ~is_decision[:-1]))
        entries = deque(
            sorted((it.event(self._pages.scenario.start_us) for it in self._pages.scenario.entries), key=attrgetter("effective_us"))
        )
        begin = 0
        for end in [*(borders + 1).tolist(), len(rows)] if len(rows) else []:
            numbers = begin + np.flatnonzero(is_heard[begin:end])
            self._apply(self._pages.source.facts_of(rows[numbers]))
            while entries and entries[0].effective_us <= rows[begin, said.EVENT_US]:  # with the first facts of that instant
                self._apply([entries.popleft()])
            for row in range(begin, end):
                for it in concluded.by_row.get(row, ()):
                    self._apply(self._begin(it) if isinstance(it, Begun) else (it,))
            self._decide(int(rows[end - 1, said.EVENT_US]))
            begin = end
        self._apply([Heartbeat(effective_us=self._end_us, reason="end")])

    def _apply(self, events: Iterable[OperationsEvent]) -> None:
        """Hear them, then what follows from each, until nothing follows any more."""
        pending = deque(events)
        while pending:
            pending.extend(self.erp.apply(pending.popleft()))

    def _decide(self, now_us: int) -> None:
        while decided := self.erp.decide(now_us):
            self._apply(decided)

    def _begin(self, begun: Begun) -> Iterator[OperationsEvent]:
        """A job order begins, and takes what its bill asks for: first in, first out, lot by lot."""
        yield begun.started
        for component, each in self.erp.bills.components[begun.material].items() if begun.takes_bill else ():
            left = needed(each, begun.quantity)
            for lot, there in self.erp.stock.as_they_came(component):
                taken = min(there, left)
                left -= taken
                if taken:
                    yield MaterialActual(
                        effective_us=begun.started.effective_us, request=begun.started.request, job_order=begun.started.job_order, lot=lot,
                        use=MaterialUse.CONSUMED.value, material=component, quantity=taken,
                    )  # fmt: skip
            assert not left, f"{left} of {component} are not there"

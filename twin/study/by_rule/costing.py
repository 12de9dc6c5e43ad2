"""The books of a run by rule, straight from its pages: every account as the ledger of MES and ERP would show it, to the cent.

At standard cost an account is a sum over requests, orders, deliveries or equipment, each rounded once by itself (`twin.erp.accounting.
rounding`), so its balance at an instant follows from totals alone, whatever the order of the entries. What is not worth its standard, or is
settled, needs the entries themselves: see `twin.study.by_rule.declared.what_needs_a_ledger`.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from twin.erp.accounting.ledger import ROUNDING, STOCK_ACCOUNT
from twin.erp.accounting.rounding import round_half_even
from twin.erp.accounting.wip import COST_ELEMENTS, WORKING_STATES
from twin.kernels.floor.rows import log_rows as said
from twin.model.measures import US_PER_H
from twin.model.settlement.chart import ACCOUNTS, EARNING
from twin.study.by_rule.attendance import Attendance
from twin.study.by_rule.declared import Declared
from twin.study.by_rule.pages import Ints, Pages
from twin.study.by_rule.totals import Totals, rounded
from twin.study.by_rule.work import OPEN_US, Work, effectiveness

_INCOME = [code for code, it in ACCOUNTS.items() if it.kind in EARNING]


class Costs:
    """What a run has cost; money in minor units. `pages` are closed, and `of` is of their plant, from their start to their end."""

    def __init__(self, pages: Pages, of: Declared) -> None:
        self._of = of
        self._pages, self._work = pages, Work(pages, self._of.is_scheduled)
        self._attendance = Attendance(self._of, self._work.intervals, pages.names.text_of)
        self._totals = Totals(self._of, pages, self._work, self._attendance)

    def accounts(self, before_us: int = OPEN_US) -> dict[str, int]:
        """Balance of every account by what is effective before an instant, debit > 0."""
        totals, found = self._totals, dict.fromkeys(ACCOUNTS, 0)
        if not totals.has_begun(before_us):
            return found
        elements = totals.elements(before_us)
        for it in ("labour", "machine", "energy", "overhead"):
            found[f"{it}_absorbed"] = int((totals.found_minor[it] - elements[it]).sum())
        left, closed = _left(elements), totals.closed_us < before_us
        found["work_in_progress"], found["production_variance"] = int(left[~closed].sum()), int(left[closed].sum())
        found["scrap_loss"] = int(elements["scrap"].sum())
        standard = self._of.standard_minor
        for n, quantity in enumerate(totals.on_hand(before_us)):
            found[STOCK_ACCOUNT[self._of.definitions[n].kind]] += standard(n, quantity)
        found["opening_equity"] = -sum(standard(n, quantity) for n, quantity in enumerate(totals.opening))
        found["opening_equity"] -= sum(int(column.sum()) for column in totals.found_minor.values())
        self._trade(found, before_us)
        found["energy"] = totals.energy_minor(before_us)
        found["wages"], found["machine_cost"] = self._attendance.cost_minor(self._posted_until_us(before_us))
        for cost, owed in (("energy", "energy_payable"), ("wages", "wages_payable"), ("machine_cost", "accumulated_depreciation")):
            found[owed] = -found[cost]
        found[ROUNDING] -= sum(found.values())
        return found

    def income(self, from_us: int) -> dict[str, int]:
        """Every account of the income statement from an instant to the end, earnings > 0."""
        before, after = self.accounts(from_us), self.accounts()
        return {account: before[account] - after[account] for account in _INCOME}

    def request_costs(self) -> dict[str, Ints]:
        """By number of a request: each element of cost, what was given out, `wip` of open ones, `variance` of closed ones."""
        elements = self._totals.elements(OPEN_US)
        left, closed = _left(elements), self._totals.closed_us < OPEN_US
        return {**elements, "wip": np.where(closed, 0, left), "variance": np.where(closed, left, 0)}

    def request_names(self) -> dict[int, str]:
        """What each request is called, by number."""
        return dict(self._pages.names.learned()["requests"])

    def wip_minor(self) -> int:
        """Work in progress at the end: what is booked, and what runs and is not booked yet."""
        return int(self.request_costs()["wip"].sum()) + self._running_minor()

    def margin_minor(self, orders: dict[tuple[int, int], tuple[int, int]]) -> int:
        """Of orders, given with quantity and revenue: revenue less standard cost, scrap and variances of what was made for them."""
        costs, lost = self.request_costs(), dict[tuple[int, int], int]()
        for request, order in enumerate(self._pages.order_of):
            if order is not None:
                lost[order] = lost.get(order, 0) + int(costs["scrap"][request] + costs["variance"][request])
        shipped = {(row[said.EVENT_B], row[said.EVENT_C]): row[said.EVENT_WHAT] for row in self._totals.shipped(OPEN_US).tolist()}
        return sum(
            revenue - self._of.standard_minor(shipped[order], quantity) - lost.get(order, 0)
            for order, (quantity, revenue) in orders.items()
        )  # fmt: skip

    def effectiveness(self, from_us: int, to_us: int) -> float | None:
        """Expected by real run time of the job orders that ended in a window (ISO 22400-2), as `plant_oee` has it."""
        return effectiveness(self._of, self._work, from_us, to_us)

    # Inside

    def _running_minor(self) -> int:
        """Cost of what runs at the end and is not booked, rounded by request. The job orders of a batch share it by quantity."""
        it, exact, now_us = self._work.intervals, dict[int, Fraction](), self._pages.source.end_us
        overheads = self._of.overheads
        runs = (it.until_us == OPEN_US) & (it.label != 0) & np.isin(it.state, [*map(int, WORKING_STATES)])
        for n in np.flatnonzero(runs).tolist():
            rate = int(self._of.rates[it.place[n]] + self._attendance.rates(it.persons[n : n + 1])[0])
            ran_us, persons, label = now_us - int(it.since_us[n]), int(self._attendance.counts(it.persons[n : n + 1])[0]), int(it.label[n])
            cost = Fraction(ran_us * rate, US_PER_H) + overheads.of_machine(ran_us) + overheads.of_labour(ran_us) * persons
            labels = self._pages.members[-label] if label < 0 else [label]
            quantities = [self._work.quantity(member) for member in labels]
            for member, quantity in zip(labels, quantities, strict=True):
                request = int(self._pages.request_of[member // said.STEPS_IN_A_LABEL])
                exact[request] = exact.get(request, Fraction(0)) + cost * Fraction(quantity, sum(quantities))
        return sum(round(cost) for request, cost in exact.items() if self._totals.closed_us[request] == OPEN_US)

    def _trade(self, found: dict[str, int], before_us: int) -> None:
        """What came from suppliers, and what left for customers: an order ships whole."""
        standard = self._of.standard_minor
        for row in self._totals.rows[said.TELLS_DELIVERY].tolist():
            if row[said.EVENT_US] < before_us:
                quantity, definition = row[said.EVENT_D], self._of.definitions[row[said.EVENT_B]]
                owed = round_half_even(quantity * (definition.standard_cost or 0), definition.price_per)
                found["goods_received_not_billed"] -= owed
                found["purchase_price_variance"] += owed - standard(row[said.EVENT_B], quantity)
        shipped = self._totals.shipped(before_us)
        for n, quantities in _grouped(shipped[:, said.EVENT_WHAT], shipped[:, said.EVENT_A].astype(object)):
            unit, definition = self._of.unit_minor[n], self._of.definitions[n]
            found["cost_of_goods_sold"] += int(rounded(quantities * unit.numerator, unit.denominator).sum())
            found["accounts_receivable"] += int(rounded(quantities * (definition.price or 0), definition.price_per).sum())
        found["revenue"] = -found["accounts_receivable"]

    def _posted_until_us(self, before_us: int) -> int:
        """The last heartbeat at which wages and machine cost are posted; that of the end no row says."""
        if before_us > self._pages.source.end_us:
            return self._pages.source.end_us
        beats = self._totals.rows[said.TELLS_BEAT]
        posts = beats[np.isin(beats[:, said.EVENT_A], [said.BEAT_START, said.BEAT_SHIFT, said.BEAT_CLOCK]), said.EVENT_US]
        return int(posts[posts < before_us].max(initial=self._pages.scenario.start_us))


def _left(elements: dict[str, Ints]) -> Ints:
    """What requests have taken in and not given out."""
    taken = sum((elements[it] for it in COST_ELEMENTS), np.zeros_like(elements["material"]))
    return taken - elements["produced"] - elements["scrap"]


def _grouped(keys: Ints, values: np.ndarray) -> Iterator[tuple[int, np.ndarray]]:
    """The values of each key."""
    for key in np.unique(keys).tolist():
        yield key, values[keys == key]

"""Tax by code, of a window: what was sold and bought by each, and the tax of it, as a return to the tax office asks for it.

What is told is what stands on the accounts `tax_payable` and `tax_receivable`, entry by entry, so all rows of a side are what its account
has changed by. A tax code is that of the document; of a discount, a loss, a payment that did not hold or a bill that was sent back it is
that of what it is of, in shares. What has no tax (no terms, exempt) is told with its net, too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from twin.model import events as e
from twin.model.events import JournalPosted, OperationsEvent
from twin.results.frames import from_rows, in_currency
from twin.results.settlement.opening.portions import posted

if TYPE_CHECKING:
    import pandas as pd

    from twin.results.run import Run
    from twin.store.journal import JournalEntry

COLUMNS = ("side", "code", "title", "rate", "net_eur", "tax_eur")
SALES, PURCHASES = "sales", "purchases"
ACCOUNTS = {SALES: ("tax_payable", -1), PURCHASES: ("tax_receivable", 1)}
PAID, BY_HAND = "handed on or got back", "entered by hand"
NO_CODE = "without a tax code"
Nets = dict[str, int]
"""Minor units of the books, by tax code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxRow:
    """So much of one code; on the side of sales tax that is owed is above zero, of purchases what is to be got back."""

    side: str
    code: str
    title: str
    rate: str
    net_minor: int
    tax_minor: int


@dataclass(slots=True)
class _Booked:
    """What the entries say that follow from one event."""

    at_us: int
    legs: dict[str, int]


class TaxReturn:
    """Rows of [from_us, to_us); None: without bound."""

    def __init__(self, run: Run, from_us: int | None = None, to_us: int | None = None) -> None:
        self._run, self._owing = run, run.erp.settlement.owing
        self._from_us, self._to_us = from_us, to_us
        self._sums: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
        self._papers: dict[tuple[str, str, str], Nets] = defaultdict(dict)  # by side, supplier ("": of sales) and number
        self._events: dict[str, OperationsEvent] = {}
        self._booked = self._all_booked()
        for entry in run.journal.entries():
            self._events[entry.id] = entry.event
            if not isinstance(entry.event, JournalPosted):
                self._tell(entry)

    def rows(self) -> list[TaxRow]:
        """By side, declared codes in their order, then what has none, then what was paid and entered by hand."""
        codes = self._run.plant.materials.finance.tax_codes
        order = [*codes, "", PAID, BY_HAND]
        found = sorted(self._sums.items(), key=lambda it: (it[0][0] == PURCHASES, order.index(it[0][1]) if it[0][1] in order else 0))
        titles = {"": NO_CODE, PAID: PAID, BY_HAND: BY_HAND}
        return [
            TaxRow(
                side=side, code=code if code in codes else "", title=codes[code].title if code in codes else titles.get(code, code),
                rate=f"{codes[code].rate / 10_000:g} %" if code in codes else "", net_minor=net_minor, tax_minor=tax_minor,
            )
            for (side, code), (net_minor, tax_minor) in found
            if net_minor or tax_minor
        ]  # fmt: skip

    # Inside

    def _all_booked(self) -> dict[str, _Booked]:
        """By cause: when what follows from it counts, and its legs."""
        found: dict[str, _Booked] = {}
        for entry in posted(self._run):
            assert isinstance(entry.event, JournalPosted)
            it = found.setdefault(entry.cause or entry.id, _Booked(entry.event.effective_us, {}))
            for account, minor in entry.event.legs:
                it.legs[account] = it.legs.get(account, 0) + minor
        return found

    def _add(self, at_us: int, side: str, code: str, net_minor: int, tax_minor: int) -> None:
        if (self._from_us is None or at_us >= self._from_us) and (self._to_us is None or at_us < self._to_us):
            sums = self._sums[side, code]
            sums[0] += net_minor
            sums[1] += tax_minor

    def _tell(self, entry: JournalEntry) -> None:
        event, booked = entry.event, self._booked.get(entry.id)
        at_us = (booked or self._booked.get(entry.cause) or _Booked(event.effective_us, {})).at_us
        legs = booked.legs if booked else {}
        match event:
            case e.TaxCharged() if booked or not event.tax_minor:
                self._add(at_us, SALES, "", -event.net_minor, 0)
                self._add(at_us, SALES, event.tax_code, event.net_minor, -legs.get("tax_payable", 0))
                self._note((SALES, "", event.invoice), {event.tax_code: event.net_minor})
            case e.InvoiceIssued() | e.GoodsTakenBack() | e.DownPaymentInvoiced() if booked:
                earned = legs.get("revenue", 0) + legs.get("customer_deposits", 0)
                self._add(at_us, SALES, "", -earned, 0)
                if isinstance(event, e.GoodsTakenBack):
                    self._tell_of_papers(event, booked)
            case e.DownPaymentCleared() if booked and event.side == "receivable":
                self._add(at_us, SALES, "", legs.get("accounts_receivable", 0), 0)
            case e.FreeInvoiceIssued() if booked:
                net_minor = sum(minor for _, minor in event.earning_lines)
                asked = self._events.get(entry.cause)
                terms = self._owing.customer_terms(event.customer, event.effective_us)
                code = (asked.tax_code if isinstance(asked, e.FreeInvoiceEntered) else "") or terms.tax or ""
                self._add(at_us, SALES, code, net_minor, -legs.get("tax_payable", 0))
                self._note((SALES, "", event.invoice), {code: net_minor})
            case e.LiabilityPaid() if booked and event.account in ("tax_payable", "tax_receivable"):
                side = SALES if event.account == "tax_payable" else PURCHASES
                self._add(at_us, side, PAID, 0, ACCOUNTS[side][1] * legs.get(event.account, 0))
            case e.EntryProposed() | e.BankLineAssigned() | e.BankMatchUndone() if booked:
                for side, (account, sign) in ACCOUNTS.items():
                    self._add(at_us, side, BY_HAND, 0, sign * legs.get(account, 0))
            case _ if booked:
                self._tell_bill(entry, booked)

    def _tell_bill(self, entry: JournalEntry, booked: _Booked) -> None:
        event, legs = entry.event, booked.legs
        match event:
            case e.BillReceived() | e.DownPaymentBillReceived():
                nets = {self._code_of_order(event.order, event.effective_us): _billed_minor(legs)}
            case e.DownPaymentCleared():
                nets = {self._code_of_order(event.order, event.effective_us): _billed_minor(legs)}
                self._share(booked, PURCHASES, nets)
                return
            case e.CostBillReceived():
                nets = self._of_cost_bill(event, self._events.get(entry.cause), _billed_minor(legs))
            case _:
                self._tell_of_papers(event, booked)
                return
        self._share(booked, PURCHASES, nets)
        self._note((PURCHASES, event.supplier, event.bill), nets)

    def _tell_of_papers(self, event: OperationsEvent, booked: _Booked) -> None:
        """What lowers what papers have asked for, or takes that back: discounts, losses, bills that were sent back."""
        for side, (account, sign) in ACCOUNTS.items():
            net_minor = sign * sum(booked.legs.get(it, 0) for it in _LOWERED[side])
            if isinstance(event, e.BillReversed) and side == PURCHASES:
                back = self._papers[PURCHASES, event.supplier, event.bill]
                self._share(booked, side, {code: -minor for code, minor in back.items()})
            elif booked.legs.get(account) or net_minor:
                self._share(booked, side, _split(net_minor, self._paid_papers(event, side)))

    def _paid_papers(self, event: OperationsEvent, side: str) -> Mapping[str, int]:
        """What the papers that an event is of have asked for, by code."""
        payment = getattr(event, "payment", "")
        noted = self._run.erp.settlement.paying.payments.get(payment)
        items = [it for it, _ in noted.cleared] if noted else []
        keys = [(side, it.party if side == PURCHASES else "", it.item) for it in items]
        keys += [(SALES, "", event.invoice)] if isinstance(event, e.ReceivableWrittenOff) else []
        if isinstance(event, e.GoodsTakenBack):  # of which the discount is taken back, too
            keys = [(SALES, "", invoice) for invoice, _ in event.invoices]
        found: Nets = {}
        for key in keys:
            for code, minor in self._papers.get(key, {}).items():
                found[code] = found.get(code, 0) + minor
        return found or {"": 1}

    def _share(self, booked: _Booked, side: str, nets: Nets) -> None:
        """The tax of an entry by codes: as their rates would have it, what is left over with the largest."""
        account, sign = ACCOUNTS[side]
        tax_minor = sign * booked.legs.get(account, 0)
        codes = self._run.plant.materials.finance.tax_codes
        by_rate = {code: minor * (codes[code].rate if code in codes else 0) for code, minor in nets.items()}
        taxes = _split(tax_minor, by_rate if any(by_rate.values()) else nets)
        for code in {**nets, **taxes}:
            self._add(booked.at_us, side, code, nets.get(code, 0), taxes.get(code, 0))

    def _note(self, key: tuple[str, str, str], nets: Nets) -> None:
        known = self._papers[key]
        for code, minor in nets.items():
            known[code] = known.get(code, 0) + minor

    def _code_of_order(self, order: str, at_us: int) -> str:
        purchasing = self._run.erp.purchasing
        name = purchasing.headers.get(order, [order])[0]
        return self._owing.code_of_order(name, at_us) or "" if name in purchasing.orders else ""

    @staticmethod
    def _of_cost_bill(event: e.CostBillReceived, asked: OperationsEvent | None, net_minor: int) -> Nets:
        """Nets by the codes of its lines, in the currency of the books."""
        codes = [""] * len(event.cost_lines)
        if isinstance(asked, e.CostBillEntered):
            codes = list(asked.line_codes) or [asked.tax_code] * len(event.cost_lines)
        nets: Nets = {}
        for (_, minor, _), code in zip(event.cost_lines, codes, strict=True):
            nets[code] = nets.get(code, 0) + minor
        return _split(net_minor, nets)


_LOWERED = {SALES: ("discounts_given", "bad_debts"), PURCHASES: ("discounts_taken",)}
"""What beside the tax stands in an entry that lowers what was asked for, net."""


def _billed_minor(legs: Mapping[str, int]) -> int:
    """The net of a bill, in the currency of the books."""
    return -legs.get("accounts_payable", 0) - legs.get("tax_receivable", 0)


def _split(minor: int, weights: Mapping[str, int]) -> Nets:
    """So much, in proportion; what rounding leaves over is the largest share's."""
    whole = sum(weights.values())
    if not whole:
        return {next(iter(weights), ""): minor}
    found = {code: round(Fraction(minor * it, whole)) for code, it in weights.items()}
    largest = max(weights, key=lambda code: abs(weights[code]))
    found[largest] += minor - sum(found.values())
    return found


def tax_rows(run: Run, from_us: int | None = None, to_us: int | None = None) -> list[TaxRow]:
    """Tax by code of [from_us, to_us)."""
    return TaxReturn(run, from_us, to_us).rows()


def tax_table(run: Run, from_us: int | None = None, to_us: int | None = None) -> pd.DataFrame:
    """The same as a table; all rows of a side are what its account has changed by."""
    rows = [
        {
            "side": it.side, "code": it.code, "title": it.title, "rate": it.rate, "net_eur": it.net_minor / 100,
            "tax_eur": it.tax_minor / 100,
        }
        for it in tax_rows(run, from_us, to_us)
    ]  # fmt: skip
    return in_currency(from_rows(rows, COLUMNS), run.plant.layout.currency)

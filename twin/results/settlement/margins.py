"""Margins: what was earned on each lot, order and customer, each leg of the income statement in one row alone.

| account             | whose it is                                                                                             |
|---------------------|---------------------------------------------------------------------------------------------------------|
| revenue             | the lots that left on the order, by pieces                                                              |
| cost of goods sold  | the lot that left; what came back: the lots that had left on the order, by pieces                       |
| scrap loss          | the lot that lost the pieces, and what it went into                                                     |
| rework cost         | the lot that work was done on again, and what it went into                                              |
| production variance | the lots that the request has brought into stock, by pieces, and what they went into                    |
| all others          | nobody's: wages and machine time that no request has borne, prices, differences; they stand by account  |

A lot that went into others (as a component, split, merged) hands on what was lost on it by the pieces that went; what of it was sold or is
left keeps its share. Odd cents go by the largest remainder. So the lots of an order add up to it, and all rows to the operating result.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import lcm
from typing import TYPE_CHECKING

from twin.mes.tracking.lots import Lot
from twin.model.events import GoodsShipped, JournalPosted
from twin.model.measures import allocate
from twin.model.problems import did_you_mean
from twin.model.settlement.chart import EARNING
from twin.results.frames import from_rows, in_currency

if TYPE_CHECKING:
    import pandas as pd

    from twin.results.run import Run

MARGIN_ACCOUNTS = ("revenue", "cost_of_goods_sold", "scrap_loss", "rework_cost", "production_variance")
"""What belongs to lots and orders, where an entry names them."""
MADE_OF = ("scrap_loss", "rework_cost", "production_variance")
MARGINS_BY = ("lot", "line", "order", "customer")
"""An order is all its lines; of one that has no others its line is itself."""
OPERATING_RESULT = "Operating result"
COLUMNS = (
    "customer", "order", "lot", "material", "shipped_quantity", *(f"{name}_eur" for name in MARGIN_ACCOUNTS), "of_nobody_eur", "margin_eur",
    "line", "is_total",
)  # fmt: skip
Shares = Mapping[str, Fraction]
Key = tuple[str, str, tuple[str, str]]
"""An order, an account, and what names the lots."""
EarnedLeg = tuple[int, str, int]
"""The place of an entry in the ledger, an account, and what was earned by it (costs below zero), minor units."""


@dataclass(slots=True, kw_only=True)
class Margin:
    """What one lot has earned on one order, minor units: earnings > 0, costs < 0. `order` "": it was charged, and sold on none."""

    order: str
    lot: str
    shipped: int = 0  # pieces of the lot that left on the order
    amounts: dict[str, int] = field(default_factory=dict)  # by account

    @property
    def margin_minor(self) -> int:
        return sum(self.amounts.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Margins:
    """Every row, and what is nobody's by account; all of them are the operating result."""

    rows: Sequence[Margin]
    of_nobody: Mapping[str, int]

    @property
    def result_minor(self) -> int:
        """The operating result."""
        return sum(row.margin_minor for row in self.rows) + sum(self.of_nobody.values())


def margins(run: Run, from_us: int | None = None, to_us: int | None = None) -> Margins:
    """What each lot has earned by entries effective in [from_us, to_us), in the order in which lots came to be known; None: no bound."""
    found, nobodys = charged(run, from_us, to_us)
    rows: dict[tuple[str, str], Margin] = {}
    for key in found.legs:
        order, account, _ = key
        for lot, part in found.parts(key):
            row = rows.setdefault((order, lot), Margin(order=order, lot=lot))
            row.amounts[account] = row.amounts.get(account, 0) + part
    for (order, lot), row in rows.items():
        row.shipped = found.whose.shipped.get(order, {}).get(lot, 0)
    of_nobody = {account: sum(minor for *_, minor in legs) for account, legs in nobodys.items()}
    return Margins(rows=list(rows.values()), of_nobody={name: minor for name, minor in of_nobody.items() if minor})


def charged(run: Run, from_us: int | None, to_us: int | None) -> tuple[Charged, dict[str, list[EarnedLeg]]]:
    """The legs of the income statement by whose they are, and by account those that are nobody's."""
    found, of_nobody = Charged(whose=_Whose(run)), dict[str, list[EarnedLeg]]()
    income = {code for code, it in run.erp.ledger.accounts.items() if it.kind in EARNING}
    for number, entry in enumerate(run.erp.ledger.entries):
        if (from_us is not None and entry.effective_us < from_us) or (to_us is not None and entry.effective_us >= to_us):
            continue
        for account, minor in entry.legs:
            if account not in income:
                continue
            key = found.whose.key(entry, account)
            legs = of_nobody.setdefault(account, []) if key is None else found.legs.setdefault(key, [])
            legs.append((number, account, -minor))
    return found, of_nobody


class _Whose:
    """Which order and lots an amount is of."""

    def __init__(self, run: Run) -> None:
        self._erp, self._tracking = run.erp, run.mes.tracking
        self._orders = run.erp.customer_orders.orders
        self.shipped: dict[str, dict[str, int]] = {}  # pieces, by order and lot
        for entry in run.journal.entries():
            if isinstance(it := entry.event, GoodsShipped) and it.order in self._orders:
                lots = self.shipped.setdefault(it.order, {})
                lots[it.lot] = lots.get(it.lot, 0) + it.quantity
        self._sold: dict[str, int] = {}
        for lots in self.shipped.values():
            for lot, quantity in lots.items():
                self._sold[lot] = self._sold.get(lot, 0) + quantity
        self._made: dict[str, list[Lot]] = {}  # by request
        for made in run.mes.tracking.lots.values():
            if made.made_here and made.request:
                self._made.setdefault(made.request, []).append(made)
        self._ends: dict[str, Shares] = {}

    def key(self, entry: JournalPosted, account: str) -> Key | None:
        """The order, the account and ("lot", "request" or "order", its id); None: nobody's."""
        if account not in MARGIN_ACCOUNTS:
            return None
        if account not in MADE_OF:
            lot = entry.lot if entry.lot in self.shipped.get(entry.order, {}) else ""
            return (entry.order, account, ("lot", lot) if lot else ("order", entry.order)) if entry.order in self._orders else None
        request = self._erp.requests.requests.get(entry.request)
        lot = entry.lot or self._tracking.worked_on(entry.job_order)
        if request is None:
            return ("", account, ("lot", lot)) if lot in self._tracking.lots else None
        order = request.order if request.order in self._orders else ""
        if account != "production_variance" and lot in self._tracking.lots:
            return order, account, ("made", lot)
        if request.request in self._made:
            return order, account, ("request", request.request)
        return (order, account, ("order", order)) if order else None

    def lots(self, order: str, named: tuple[str, str]) -> Shares:
        """The lots that an amount belongs to, and their shares, which sum to 1."""
        kind, name = named
        if kind == "lot":
            return {name: Fraction(1)}
        if kind == "made":
            return self.ends(name)
        if kind == "order":
            return _shares(self.shipped.get(order, {})) or {"": Fraction(1)}
        made = self._made[name]
        came = _shares({it.lot: it.produced for it in made}) or _shares({it.lot: it.quantity for it in made})
        found: dict[str, Fraction] = {}
        for lot, share in came.items():
            _add(found, self.ends(lot), share)
        return found

    def ends(self, lot: str) -> Shares:
        """Where the pieces of a lot are now: lots that were sold, or are left, by share; itself, if nothing is left of it anywhere."""
        if lot in self._ends:
            return self._ends[lot]
        self._ends[lot] = {lot: Fraction(1)}  # should lots have been merged in a circle, it ends here
        known = self._tracking.lots.get(lot)
        went = self._tracking.genealogy.went_into(lot)
        left = 0 if known is None else self._sold.get(lot, 0) + max(0, known.on_hand) + known.in_process
        found: dict[str, Fraction] = {}
        for into, share in _shares({**went, lot: left} if left else went).items():
            _add(found, {lot: Fraction(1)} if into == lot else self.ends(into), share)
        self._ends[lot] = found or {lot: Fraction(1)}
        return self._ends[lot]


@dataclass(slots=True, kw_only=True)
class Charged:
    """The legs that lots and orders have earned or bear, by whose they are."""

    whose: _Whose
    legs: dict[Key, list[EarnedLeg]] = field(default_factory=dict)

    def lots(self, key: Key) -> Shares:
        """The lots that they belong to, and their shares, which sum to 1."""
        return self.whose.lots(key[0], key[2])

    def parts(self, key: Key) -> Iterable[tuple[str, int]]:
        """What they come to by lot."""
        return _parts(sum(minor for *_, minor in self.legs[key]), self.lots(key))


def _shares(quantities: Mapping[str, int]) -> dict[str, Fraction]:
    """Of each name, its share of all; empty if there is nothing."""
    total = sum(quantities.values())
    return {name: Fraction(quantity, total) for name, quantity in quantities.items() if quantity} if total else {}


def _add(found: dict[str, Fraction], shares: Shares, weight: Fraction) -> None:
    for name, share in shares.items():
        found[name] = found.get(name, Fraction(0)) + share * weight


def _parts(minor: int, shares: Shares) -> Iterable[tuple[str, int]]:
    """An amount by shares that sum to 1, in whole minor units that sum to it."""
    whole = lcm(*(share.denominator for share in shares.values()))
    weights = [int(share * whole) for share in shares.values()]
    return zip(shares, allocate(minor, weights), strict=True)


def margins_table(run: Run, by: str, from_us: int | None, to_us: int | None) -> pd.DataFrame:
    """Margins by lot and line, by line, by order or by customer, the best first; then what is nobody's, and the operating result."""
    if by not in MARGINS_BY:
        raise ValueError(f"no margins by '{by}'{did_you_mean(by, MARGINS_BY)}; allowed: {', '.join(MARGINS_BY)}")
    found, accounts = margins(run, from_us, to_us), run.erp.ledger.accounts
    rows = [_row(run, by, key, of) for key, of in _grouped(run, by, found.rows).items()]
    rows.sort(key=lambda row: -float(str(row["margin_eur"])))
    for account, minor in sorted(found.of_nobody.items(), key=lambda it: accounts[it[0]].number):
        rows.append(_line(accounts[account].title, minor, of_nobody_eur=minor / 100))
    sums = {f"{name}_eur": sum(row.amounts.get(name, 0) for row in found.rows) / 100 for name in MARGIN_ACCOUNTS}
    nobodys = sum(found.of_nobody.values()) / 100
    rows.append(_line(OPERATING_RESULT, found.result_minor, **sums, of_nobody_eur=nobodys, is_total=True))
    return in_currency(from_rows(rows, COLUMNS), run.plant.layout.currency)


def names_of(run: Run, row: Margin) -> dict[str, str]:
    """What a row is of, by each of `MARGINS_BY`; "": of none."""
    known = run.erp.customer_orders.orders.get(row.order)
    return {"lot": row.lot, "line": row.order, "order": known.whole if known else row.order, "customer": known.customer if known else ""}


def _grouped(run: Run, by: str, rows: Sequence[Margin]) -> dict[tuple[str, str, str], list[Margin]]:
    """Rows by customer, order and lot; what is not asked for is ""."""
    found: dict[tuple[str, str, str], list[Margin]] = {}
    for row in rows:
        names = names_of(run, row)
        order = "" if by == "customer" else names["order" if by == "order" else "line"]
        found.setdefault((names["customer"], order, row.lot if by == "lot" else ""), []).append(row)
    return found


def _row(run: Run, by: str, key: tuple[str, str, str], rows: Sequence[Margin]) -> dict[str, object]:
    customer, order, lot = key
    known, tracked = run.erp.customer_orders.orders.get(order), run.mes.tracking.lots.get(lot)
    material = tracked.material if tracked else known.material if known else ""
    sums = {f"{name}_eur": sum(row.amounts.get(name, 0) for row in rows) / 100 for name in MARGIN_ACCOUNTS}
    return {
        "customer": customer, "order": order, "lot": lot, "material": material,
        "shipped_quantity": sum(row.shipped for row in rows), **sums, "of_nobody_eur": 0.0,
        "margin_eur": sum(row.margin_minor for row in rows) / 100,
        "line": {"lot": lot, "line": order, "order": order, "customer": customer}[by] or "of no order", "is_total": False,
    }  # fmt: skip


def _line(title: str, minor: int, *, is_total: bool = False, **amounts: float) -> dict[str, object]:
    empty = {"customer": "", "order": "", "lot": "", "material": "", "shipped_quantity": 0}
    sums = {**{f"{name}_eur": 0.0 for name in MARGIN_ACCOUNTS}, "of_nobody_eur": 0.0, **amounts}
    return {**empty, **sums, "margin_eur": minor / 100, "line": title, "is_total": is_total}

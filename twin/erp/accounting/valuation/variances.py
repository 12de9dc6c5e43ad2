"""Every variance by what it is of and by order, adding up to what the books say, since the start or of a window.

| kind                | of              | amount                                                              |
|---------------------|-----------------|---------------------------------------------------------------------|
| purchase price      | purchase order  | its legs on the account: price and freight at standard, credit of returns |
| material price ... rounding | request | the parts of its production variance (`RequestCostRow`)              |
| lot size            | request         | set-ups and whole lots of other sizes than the costing lot            |
| material mix, yield | request         | where components can stand in for one another: their usage in two (`costing.mix`) |
| material substitution | request       | what alternates have cost at standard, less what they stood in for    |
| overhead efficiency | request, overhead | by overhead                                                         |
| borne by output     | request         | what of these is in the worth of what it made at what it has cost: the same, below zero |
| production, other   | request         | what is on the account besides: taken apart, a change of method       |
| overhead spending   | overhead        | incurred - budget; without a budget: incurred - borne                 |
| overhead volume     | overhead        | budget - borne: hours or pieces that were planned and not worked      |
| not absorbed        | the plant       | wages, machine time and energy that no request has borne              |

In a window counts what was posted in it. The variance of a request is posted when it is closed; what becomes known later stands in the
window of its entry, under efficiency or usage of what it is of, and not in the one in which the request was closed. So windows that tile
time add up, kind by kind, and what becomes known later changes no sum of a period that is closed.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from twin.erp.accounting.costing.parts import overhead_efficiency
from twin.model.events import JournalPosted

if TYPE_CHECKING:
    from twin.erp.erp import Erp
    from twin.erp.rows import RequestCostRow

ACCOUNTS_OF_VARIANCES = (
    "purchase_price_variance", "production_variance", "wages", "labour_absorbed", "machine_cost", "machine_absorbed", "energy",
    "energy_absorbed", "overhead", "overhead_absorbed",
)  # fmt: skip
"""The accounts whose balances the rows of `variances` add up to."""
PARTS = (
    "material_price", "material_usage", "material_mix", "material_yield", "material_substitution", "labour_rate", "labour_efficiency",
    "machine_rate", "machine_efficiency", "energy_price", "energy_usage", "lot_size", "subcontracting", "borne_by_output", "rounding",
)  # fmt: skip
OTHER = "production, other"
_TOLD_LATER = {
    "material": "material usage", "labour": "labour efficiency", "machine": "machine efficiency", "energy": "energy usage",
    "overhead": "overhead efficiency", "service": "subcontracting",
}  # fmt: skip
"""The kind of what is posted after a request was closed, by what it has taken in."""
_GIVEN_OUT = ("completion", "scrap", "close")


@dataclass(frozen=True, slots=True, kw_only=True)
class VarianceRow:
    """One variance: dearer than planned > 0. `order`, `request`, `overhead`: what it is of, where it is of one."""

    kind: str
    order: str
    request: str
    overhead: str
    material: str
    amount_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """[from_us, to_us); None: without bound."""

    from_us: int | None
    to_us: int | None

    @property
    def begins_us(self) -> int:
        """Its first instant; without bound before all others."""
        return -(2**63) if self.from_us is None else self.from_us

    def has(self, at_us: int | None) -> bool:
        """Whether an instant is in it; nothing else than all of time has None."""
        if at_us is None:
            return self.from_us is None and self.to_us is None
        return (self.from_us is None or at_us >= self.from_us) and (self.to_us is None or at_us < self.to_us)


@dataclass(frozen=True, slots=True, kw_only=True)
class VarianceLeg:
    """One leg of a request on production variance: of what entry, of which kind if it is posted after the close, how much."""

    entry: JournalPosted
    kind: str
    amount_minor: int


@dataclass(slots=True, kw_only=True)
class _Posted:
    """What was posted in a window, and what requests have borne of overheads in it."""

    window: Window
    entries: list[JournalPosted] = field(default_factory=list)
    borne: dict[str, Fraction] = field(default_factory=dict)  # by overhead
    changed: dict[str, int] = field(default_factory=lambda: dict.fromkeys(ACCOUNTS_OF_VARIANCES, 0))  # by account, net

    def take(self, entry: JournalPosted) -> None:
        """What has a leg on an account of variances."""
        is_told = False
        for account, amount in entry.legs:
            if account in self.changed:
                self.changed[account] += amount
                is_told = True
        if is_told:
            self.entries.append(entry)


def variances(erp: Erp, from_us: int | None = None, to_us: int | None = None) -> list[VarianceRow]:
    """Every variance that is not zero."""
    (rows,) = variances_by(erp, [Window(from_us=from_us, to_us=to_us)])
    return rows


def variances_by(erp: Erp, windows: Sequence[Window], costs: Sequence[RequestCostRow] | None = None) -> list[list[VarianceRow]]:
    """Those of each of some windows in the order of time, none of which overlap: the books are gone through once for all of them.

    `costs`: those of the requests, where they are known.
    """
    found = [_Posted(window=it) for it in windows]
    for entry in erp.ledger.entries:
        if (posted := _of_instant(found, entry.effective_us)) is not None:
            posted.take(entry)
    for at_us, overhead, share in erp.book.borne:
        if (posted := _of_instant(found, at_us)) is not None:
            posted.borne[overhead] = posted.borne.get(overhead, Fraction(0)) + share
    legs, costs = legs_by_request(erp), erp.request_costs() if costs is None else costs
    return [
        [row for row in (*_purchase_price(it), *_production(erp, it.window, costs, legs), *_overheads(erp, it), *_not_absorbed(it))
         if row.amount_minor]
        for it in found
    ]  # fmt: skip


def _of_instant(found: Sequence[_Posted], at_us: int) -> _Posted | None:
    place = bisect_right(found, at_us, key=lambda it: it.window.begins_us)
    return found[place - 1] if place and found[place - 1].window.has(at_us) else None


def element_of(entry: JournalPosted) -> str:
    """What a request has taken in by an entry: material, labour and so on; "": it has given something out."""
    against = [account for account, _ in entry.legs if account not in ("work_in_progress", "production_variance")]
    absorbed = next((it.removesuffix("_absorbed") for it in against if it.endswith("_absorbed")), "")
    if absorbed or entry.document in _GIVEN_OUT:
        return absorbed
    return "service" if entry.document == "service receipt" else "material"


def legs_by_request(erp: Erp) -> dict[str, list[VarianceLeg]]:
    """What stands on production variance, by request, in the order of posting."""
    found: dict[str, list[VarianceLeg]] = {}
    for entry in erp.ledger.entries:
        for code, amount in entry.legs:
            if code == "production_variance":
                kind = OTHER if entry.document == "unbuild" else _TOLD_LATER.get(element_of(entry), OTHER)
                found.setdefault(entry.request, []).append(VarianceLeg(entry=entry, kind=kind, amount_minor=amount))
    return found


def closed_at_us(erp: Erp, request: str, legs: list[VarianceLeg]) -> int | None:
    """When its variance counts: when its close was posted, or, if nothing was left to post, when it was closed; None: it is open."""
    if request in erp.wip.began_at_cost:
        return erp.requests.requests[request].closed_us
    posted_us = next((it.entry.effective_us for it in legs if it.entry.document == "close"), None)
    known = erp.requests.requests.get(request)
    return known.closed_us if posted_us is None and known else posted_us


def _row(kind: str, amount_minor: int, *, order: str = "", request: str = "", overhead: str = "", material: str = "") -> VarianceRow:
    return VarianceRow(kind=kind, order=order, request=request, overhead=overhead, material=material, amount_minor=amount_minor)


def _purchase_price(posted: _Posted) -> list[VarianceRow]:
    legs: dict[tuple[str, str, str], int] = {}
    for entry in posted.entries:
        for code, amount in entry.legs:
            if code == "purchase_price_variance":
                key = entry.order, entry.request, entry.material
                legs[key] = legs.get(key, 0) + amount
    return [
        _row("purchase price", amount, order=order, request=request, material=material)
        for (order, request, material), amount in legs.items()
    ]


def _production(erp: Erp, window: Window, costs: Sequence[RequestCostRow], legs: Mapping[str, list[VarianceLeg]]) -> Iterator[VarianceRow]:
    for cost in costs:
        yield from _of_request(erp, cost, legs.get(cost.request, []), window)
    unknown = [(request, others) for request, others in legs.items() if request not in erp.requests.requests]
    for request, others in unknown:
        yield _row(OTHER, sum(it.amount_minor for it in others if window.has(it.entry.effective_us)), request=request)


def _of_request(erp: Erp, cost: RequestCostRow, legs: list[VarianceLeg], window: Window) -> Iterator[VarianceRow]:
    """Its parts in the window in which it was closed, and what was posted in others there."""
    about = {"order": cost.order, "request": cost.request, "material": cost.material}
    is_closed_in_it = window.has(closed_at_us(erp, cost.request, legs))
    parts: dict[str, int] = {}
    overheads: dict[str, int] = {}
    if is_closed_in_it:
        parts = {part.replace("_", " "): getattr(cost, f"{part}_minor") for part in PARTS}
        parts[OTHER] = sum(it.amount_minor for it in legs) - cost.variance_minor
        overheads = overhead_efficiency(erp, erp.requests.requests[cost.request])
    for it in legs:
        if (is_in_it := window.has(it.entry.effective_us)) != is_closed_in_it:
            parts[it.kind] = parts.get(it.kind, 0) + (it.amount_minor if is_in_it else -it.amount_minor)
    yield from (_row(kind, minor, **about) for kind, minor in parts.items())
    yield from (_row("overhead efficiency", minor, overhead=overhead, **about) for overhead, minor in overheads.items())


def spent_and_borne(erp: Erp, overhead: str, window: Window) -> tuple[int, int, int]:
    """What an overhead has cost in a window, what was planned of it, and what requests have borne of it, minor units.

    One of which a budget is known is held against that, also in windows that have none.
    """
    borne = round(sum(share for at_us, name, share in erp.book.borne if name == overhead and window.has(at_us)))
    return _spent_and_borne(erp, overhead, window, borne)


def _spent_and_borne(erp: Erp, overhead: str, window: Window, borne: int) -> tuple[int, int, int]:
    incurred = [it for it in erp.corrections.incurred if it[1] == overhead]
    spent = sum(amount for at_us, _, amount, _ in incurred if window.has(at_us))
    budget = sum(planned for at_us, _, _, planned in incurred if window.has(at_us))
    return spent, budget if any(planned for *_, planned in incurred) else borne, borne


def _overheads(erp: Erp, posted: _Posted) -> list[VarianceRow]:
    rows, changed, window = [], posted.changed, posted.window
    for name in erp.plant.materials.overheads:
        spent, planned, borne = _spent_and_borne(erp, name, window, round(posted.borne.get(name, Fraction(0))))
        rows += [_row("overhead spending", spent - planned, overhead=name), _row("overhead volume", planned - borne, overhead=name)]
    incurred = sum(amount for at_us, _, amount, _ in erp.corrections.incurred if window.has(at_us))
    rows.append(_row("overhead spending", changed["overhead"] - incurred))  # by hand or bill, of none that is declared
    rest = changed["overhead"] + changed["overhead_absorbed"] - sum(row.amount_minor for row in rows)
    return [*rows, _row("rounding", rest)]  # each request and each overhead is rounded by itself


def _not_absorbed(posted: _Posted) -> list[VarianceRow]:
    changed = posted.changed
    pairs = (("labour", "wages"), ("machine", "machine_cost"), ("energy", "energy"))
    return [_row(f"{of} not absorbed", changed[paid] + changed[f"{of}_absorbed"]) for of, paid in pairs]

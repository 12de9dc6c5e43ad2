"""A variance opened: the legs on the accounts that it is reckoned from, less what stands under other kinds and what was planned."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from twin.erp.accounting.valuation.variances import (
    OTHER,
    VarianceLeg,
    VarianceRow,
    Window,
    closed_at_us,
    element_of,
    legs_by_request,
    spent_and_borne,
)
from twin.model.events import JournalPosted, OverheadIncurred
from twin.results.settlement.opening.portions import Opened, Portion, legs_of, posted, reckoned, total

if TYPE_CHECKING:
    from twin.results.run import Run

K = TypeVar("K", bound=Hashable)
NOT_ABSORBED = {
    "labour not absorbed": ("wages", "labour_absorbed"), "machine not absorbed": ("machine_cost", "machine_absorbed"),
    "energy not absorbed": ("energy", "energy_absorbed"),
}  # fmt: skip
_FIRST_WORDS = {
    "material": "material", "labour": "labour", "machine": "machine", "energy": "energy", "overhead": "overhead",
    "subcontracting": "service",
}  # fmt: skip
"""What a request has taken in, by the first word of a kind."""
LOT_SIZE = "lot size"
_OF_LOTS = ("labour", "machine", "energy", "overhead")
OVERHEAD_EFFICIENCY = "overhead efficiency"  # of a request there may be one for each overhead


def name_of(row: VarianceRow) -> str:
    """What a variance is of: its request, overhead, order or material; "" for the plant."""
    return row.request or row.overhead or row.order or row.material


def variance_figures(rows: Sequence[VarianceRow]) -> dict[str, list[VarianceRow]]:
    """Every kind, and every variance by what it is of, with the rows that it is the sum of."""
    found: dict[str, list[VarianceRow]] = {}
    for row in rows:
        found.setdefault(row.kind, []).append(row)
        for name in dict.fromkeys(filter(None, (name_of(row), row.overhead))):
            found.setdefault(f"{row.kind} of {name}", []).append(row)
    return found


def variance_opened(run: Run, figure: str, chosen: Sequence[VarianceRow], known: Sequence[VarianceRow], window: Window) -> Opened:
    """Some rows of `known`, all variances that there are in a window."""
    legs = _Legs(run, known, window)
    portions = [it for row in _together(chosen) for it in legs.of(row)]
    return Opened(figure=figure, amount_minor=sum(row.amount_minor for row in chosen), portions=portions)


def _together(rows: Sequence[VarianceRow]) -> list[VarianceRow]:
    """What requests bear of several overheads is one leg: a row for each request."""
    found: dict[Hashable, VarianceRow] = {}
    for number, row in enumerate(rows):
        key: Hashable = row.request if row.kind == OVERHEAD_EFFICIENCY else number
        before = found.get(key)
        found[key] = row if before is None else replace(row, overhead="", amount_minor=before.amount_minor + row.amount_minor)
    return list(found.values())


class _Legs:
    """The legs that variances are reckoned from, by what they are of: all of them are looked through once, however many are opened.

    Of a request that is closed within the window they are those since it began, else what was posted of it later, in the window.
    """

    def __init__(self, run: Run, known: Sequence[VarianceRow], window: Window) -> None:
        self._run, self._erp, self._window = run, run.erp, window
        self._known: dict[str, list[VarianceRow]] = {}  # by request
        for row in known:
            self._known.setdefault(row.request, []).append(row)

    def of(self, row: VarianceRow) -> list[Portion]:
        """The portions of one variance."""
        if row.kind == "purchase price":
            return self._bought.get((row.order, row.request, row.material), [])
        if row.kind in NOT_ABSORBED:
            return legs_of(self._erp, NOT_ABSORBED[row.kind], self._is_within)
        if row.kind in ("overhead spending", "overhead volume"):
            return self._overhead(row)
        if row.kind == "rounding" and not row.request:
            legs = legs_of(self._erp, ("overhead", "overhead_absorbed"), self._is_within)
            return [*legs, *reckoned(row.amount_minor - total(legs), "is told as spending and volume")]
        booked = self._booked.get(row.request, [])
        if not self._window.has(closed_at_us(self._erp, row.request, booked)):
            legs = self._posted_later.get((row.request, row.kind), [])
            return [*legs, *reckoned(row.amount_minor - total(legs), "is told under the other kinds of the request")]
        if row.kind in (OTHER, "rounding"):
            legs = self._of_variance.get(row.request, [])
            return [*legs, *reckoned(row.amount_minor - total(legs), "is told under the other kinds of the request")]
        if row.kind == "borne by output":
            legs = self._taken.get((row.request, ""), [])
            return [*legs, *reckoned(row.amount_minor - total(legs), "was planned for what it gave, or booked as variance")]
        return self._of_request(row)

    def _is_within(self, entry: JournalPosted) -> bool:
        return self._window.has(entry.effective_us)

    def _is_before_its_end(self, entry: JournalPosted) -> bool:
        return self._window.to_us is None or entry.effective_us < self._window.to_us

    def _of_request(self, row: VarianceRow) -> list[Portion]:
        """What the request has taken in of an element, less the other kinds of that, less what was planned for what it gave."""
        if row.kind == LOT_SIZE:
            legs = [it for element in _OF_LOTS for it in self._taken.get((row.request, element), [])]
            rest = "was planned for lots of the size that standards are of, or is told under the other kinds of the request"
            return [*legs, *reckoned(row.amount_minor - total(legs), rest)]
        element = _FIRST_WORDS[row.kind.split()[0]]
        legs = self._taken.get((row.request, element), [])
        others = [it for it in self._known[row.request] if it.kind != row.kind and _FIRST_WORDS.get(it.kind.split()[0]) == element]
        told = [portion for it in others for portion in reckoned(-it.amount_minor, f"is told as {it.kind}")]
        of = self._erp.requests.requests[row.request]
        planned = f"was planned for {of.produced:,} good and {of.scrapped:,} lost of {row.request}"
        if any(it.kind == LOT_SIZE for it in self._known[row.request]) and element in _OF_LOTS:
            planned += f", or is told as {LOT_SIZE}"
        if row.overhead and len(self._erp.plant.materials.overheads) > 1:
            planned += f", or is of other overheads than {row.overhead}"
        return [*legs, *told, *reckoned(row.amount_minor - total(legs) - total(told), planned)]

    @cached_property
    def _bought(self) -> dict[tuple[str, str, str], list[Portion]]:
        return self._grouped(("purchase_price_variance",), lambda it: (it.order, it.request, it.material), self._is_within)

    @cached_property
    def _booked(self) -> dict[str, list[VarianceLeg]]:
        return legs_by_request(self._erp)

    @cached_property
    def _posted_later(self) -> dict[tuple[str, str], list[Portion]]:
        kinds = {id(it.entry): it.kind for legs in self._booked.values() for it in legs}
        return self._grouped(("production_variance",), lambda it: (it.request, kinds[id(it)]), self._is_within)

    @cached_property
    def _of_variance(self) -> dict[str, list[Portion]]:
        return self._grouped(("production_variance",), lambda it: it.request, self._is_before_its_end)

    @cached_property
    def _taken(self) -> dict[tuple[str, str], list[Portion]]:
        accounts = ("work_in_progress", "production_variance")
        return self._grouped(accounts, lambda it: (it.request, element_of(it)), self._is_before_its_end)

    def _grouped(
        self, accounts: Sequence[str], key: Callable[[JournalPosted], K], is_of: Callable[[JournalPosted], bool]
    ) -> dict[K, list[Portion]]:
        found: dict[K, list[Portion]] = {}
        for it in legs_of(self._erp, accounts, is_of):
            assert it.entry is not None
            found.setdefault(key(self._erp.ledger.entries[it.entry]), []).append(it)
        return found

    def _overhead(self, row: VarianceRow) -> list[Portion]:
        """Spending: what was entered of the overhead, less its budget. Volume: its budget, less what work has borne of it."""
        _, planned, borne = spent_and_borne(self._erp, row.overhead, self._window)
        if row.kind == "overhead volume":
            legs = legs_of(self._erp, ("overhead_absorbed",), self._is_within)
            others = -borne - total(legs)
            return [*legs, *reckoned(others, "is borne for other overheads"), *reckoned(planned, f"was planned of {row.overhead}")]
        found = legs_of(self._erp, ("overhead",), self._is_within)
        incurred = _incurred(self._run)
        legs = [it for it in found if it.entry is not None and incurred.get(it.entry, "") == row.overhead]
        return [*legs, *reckoned(row.amount_minor - total(legs), f"was planned of {row.overhead or 'no overhead that is declared'}")]


def _incurred(run: Run) -> dict[int, str]:
    """Which overhead each entry is of that says what one has cost."""
    by_id = {entry.id: entry for entry in run.journal.entries()}
    numbers = {}
    for number, entry in enumerate(posted(run)):
        cause = by_id.get(entry.cause)
        if cause and isinstance(cause.event, OverheadIncurred):
            numbers[number] = cause.event.overhead
    return numbers

"""A variance opened: the legs on the accounts that it is reckoned from, less what stands under other kinds and what was planned."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from twin.erp.accounting.valuation.variances import VarianceRow
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
_GIVEN_OUT = ("completion", "scrap", "close")


def name_of(row: VarianceRow) -> str:
    """What a variance is of: its request, overhead, order or material; "" for the plant."""
    return row.request or row.overhead or row.order or row.material


def variance_figures(rows: Sequence[VarianceRow]) -> dict[str, list[VarianceRow]]:
    """Every kind, and every variance by what it is of, with the rows that it is the sum of."""
    found: dict[str, list[VarianceRow]] = {}
    for row in rows:
        found.setdefault(row.kind, []).append(row)
        if name := name_of(row):
            found.setdefault(f"{row.kind} of {name}", []).append(row)
    return found


def variance_opened(run: Run, figure: str, chosen: Sequence[VarianceRow], known: Sequence[VarianceRow]) -> Opened:
    """Some rows of `known`, all variances that there are."""
    legs = _Legs(run, known)
    portions = [it for row in chosen for it in legs.of(row)]
    return Opened(figure=figure, amount_minor=sum(row.amount_minor for row in chosen), portions=portions)


class _Legs:
    """The legs that variances are reckoned from, by what they are of: all of them are looked through once, however many are opened."""

    def __init__(self, run: Run, known: Sequence[VarianceRow]) -> None:
        self._run, self._erp = run, run.erp
        self._known: dict[str, list[VarianceRow]] = {}  # by request
        for row in known:
            self._known.setdefault(row.request, []).append(row)

    def of(self, row: VarianceRow) -> list[Portion]:
        """The portions of one variance."""
        if row.kind == "purchase price":
            return self._bought.get((row.order, row.request, row.material), [])
        if row.kind in NOT_ABSORBED:
            return legs_of(self._erp, NOT_ABSORBED[row.kind], lambda _: True)
        if row.kind in ("overhead spending", "overhead volume"):
            return _overhead(self._run, row)
        if row.kind == "rounding" and not row.request:
            legs = legs_of(self._erp, ("overhead", "overhead_absorbed"), lambda _: True)
            return [*legs, *reckoned(row.amount_minor - total(legs), "is told as spending and volume")]
        if row.kind in ("production, other", "rounding") or row.request in self._erp.wip.actual:
            legs = self._of_variance.get(row.request, [])
            return [*legs, *reckoned(row.amount_minor - total(legs), "is told under the other kinds of the request")]
        return self._of_request(row)

    def _of_request(self, row: VarianceRow) -> list[Portion]:
        """What the request has taken in of an element, less the other kinds of that, less what was planned for what it gave."""
        element = _FIRST_WORDS[row.kind.split()[0]]
        legs = self._taken.get((row.request, element), [])
        others = [it for it in self._known[row.request] if it.kind != row.kind and _FIRST_WORDS.get(it.kind.split()[0]) == element]
        told = [portion for it in others for portion in reckoned(-it.amount_minor, f"is told as {it.kind}")]
        of = self._erp.requests.requests[row.request]
        planned = f"was planned for {of.produced:,} good and {of.scrapped:,} lost of {row.request}"
        return [*legs, *told, *reckoned(row.amount_minor - total(legs) - total(told), planned)]

    @cached_property
    def _bought(self) -> dict[tuple[str, str, str], list[Portion]]:
        return self._grouped(("purchase_price_variance",), lambda it: (it.order, it.request, it.material))

    @cached_property
    def _of_variance(self) -> dict[str, list[Portion]]:
        return self._grouped(("production_variance",), lambda it: it.request)

    @cached_property
    def _taken(self) -> dict[tuple[str, str], list[Portion]]:
        return self._grouped(("work_in_progress", "production_variance"), lambda it: (it.request, _element(it)))

    def _grouped(self, accounts: Sequence[str], key: Callable[[JournalPosted], K]) -> dict[K, list[Portion]]:
        found: dict[K, list[Portion]] = {}
        for it in legs_of(self._erp, accounts, lambda _: True):
            assert it.entry is not None
            found.setdefault(key(self._erp.ledger.entries[it.entry]), []).append(it)
        return found


def _element(entry: JournalPosted) -> str:
    """What a request has taken in by an entry; "": it has given something out."""
    against = [account for account, _ in entry.legs if account not in ("work_in_progress", "production_variance")]
    absorbed = next((it.removesuffix("_absorbed") for it in against if it.endswith("_absorbed")), "")
    if absorbed or entry.document in _GIVEN_OUT:
        return absorbed
    return "service" if entry.document == "service receipt" else "material"


def _overhead(run: Run, row: VarianceRow) -> list[Portion]:
    """Spending: what was entered of the overhead, less its budget. Volume: its budget, less what work has borne of it."""
    erp = run.erp
    borne = round(erp.book.borne.get(row.overhead, 0))
    planned = erp.corrections.incurred.get(row.overhead, (0, 0))[1] or borne
    if row.kind == "overhead volume":
        legs = legs_of(erp, ("overhead_absorbed",), lambda _: True)
        others = -borne - total(legs)
        return [*legs, *reckoned(others, "is borne for other overheads"), *reckoned(planned, f"was planned of {row.overhead}")]
    numbers, by_id = {}, {entry.id: entry for entry in run.journal.entries()}
    for number, entry in enumerate(posted(run)):
        cause = by_id.get(entry.cause)
        if cause and isinstance(cause.event, OverheadIncurred):
            numbers[number] = cause.event.overhead
    legs = [it for it in legs_of(erp, ("overhead",), lambda _: True) if it.entry is not None and numbers.get(it.entry, "") == row.overhead]
    return [*legs, *reckoned(row.amount_minor - total(legs), f"was planned of {row.overhead or 'no overhead that is declared'}")]

"""A figure of the books opened: the legs that it is the sum of, their documents, and the facts of the journal that these go back to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from twin.erp.accounting.statements import CARRIED, income_sections
from twin.model.events import JournalPosted, OperationsEvent
from twin.model.problems import did_you_mean, listed
from twin.model.settlement.chart import EARNING, Account, AccountKind, named_now
from twin.results.frames import events_frame, from_rows, in_currency
from twin.results.settlement.opening.figures import FAMILIES, figure_opened, is_figure
from twin.results.settlement.opening.flows import flow_figures
from twin.results.settlement.opening.portions import Opened, posted

if TYPE_CHECKING:
    import pandas as pd

    from twin.results.run import Run
    from twin.store.journal import JournalEntry

COLUMNS = (
    "posted", "account", "amount_eur", "document", "number", "party", "order", "request", "material", "equipment", "person", "entry",
    "cause", "cause_type", "fact", "fact_type", "fact_source",
)  # fmt: skip
_NUMBERS = ("bill", "invoice", "payment", "order", "request")
_PARTIES = ("supplier", "customer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """A figure of one window. `table`: its legs, whose amounts add up to it; `facts`: what of the journal they go back to."""

    figure: str
    from_us: int | None
    to_us: int | None
    amount_minor: int  # debit > 0; earnings of a statement > 0
    table: pd.DataFrame
    facts: pd.DataFrame

    def __str__(self) -> str:
        return f"{self.figure} is {self.amount_minor / 100:,.2f}, of {len(self.table)} legs that go back to {len(self.facts)} facts"


def figures(accounts: Mapping[str, Account]) -> dict[str, tuple[tuple[str, ...], int]]:
    """What can be opened: each account, each total of the statements, with the accounts that it adds up and its sign."""
    kinds = {kind: tuple(code for code, it in accounts.items() if it.kind == kind) for kind in AccountKind}
    return {
        **{code: ((code,), 1) for code in accounts},
        **{section: (codes, -1) for section, codes in income_sections(accounts)},
        "Operating result": (tuple(code for kind in EARNING for code in kinds[kind]), -1),
        "Result so far": (tuple(code for code, it in accounts.items() if it.kind in EARNING or code == CARRIED), -1),
        "Total assets": (kinds[AccountKind.ASSET], 1),
        "Total liabilities and equity": (tuple(code for kind, codes in kinds.items() if kind != AccountKind.ASSET for code in codes), -1),
    }


def behind(run: Run, figure: str, from_us: int | None, to_us: int | None) -> Behind:
    """Open a figure of entries that are effective in [from_us, to_us)."""
    if is_figure(figure):
        return _behind_portions(run, figure_opened(run, figure, from_us, to_us), from_us, to_us)
    known = figures(run.erp.ledger.accounts)
    if figure not in known:
        others = ", ".join(f"'{family}: ...'" for family in FAMILIES)
        flows = [f"cash flow: {line}" for line in flow_figures(run, from_us, to_us)]  # as they stand on the statement, without "cash flow"
        raise ValueError(f"no figure '{figure}'{did_you_mean(figure, [*known, *flows])}; allowed: {listed(known, 60)}; and {others}")
    accounts, sign = known[figure]
    by_id = {entry.id: entry for entry in run.journal.entries()}
    rows, facts, amount = [], {}, 0
    for entry in by_id.values():
        event = entry.event
        if not isinstance(event, JournalPosted) or not _is_within(event, from_us, to_us):
            continue
        legs = [leg for leg in named_now(event.legs) if leg[0] in accounts]
        if not legs:
            continue
        *_, fact = _chain(entry, by_id)
        facts[fact.id] = fact
        cause = by_id.get(entry.cause, entry)
        for account, minor in legs:
            amount += sign * minor
            rows.append(_row(entry, event, account, sign * minor, cause, fact))
    return Behind(
        figure=figure, from_us=from_us, to_us=to_us, amount_minor=amount,
        table=in_currency(from_rows(rows, COLUMNS, ("posted",)), run.plant.layout.currency),
        facts=events_frame(sorted(facts.values(), key=lambda it: it.seq)),
    )  # fmt: skip


def _behind_portions(run: Run, opened: Opened, from_us: int | None, to_us: int | None) -> Behind:
    """A figure that is more than one account; what it was reckoned with has words in the place of a document, and no entry."""
    by_id, in_ledger = {entry.id: entry for entry in run.journal.entries()}, list(posted(run))
    rows: list[dict[str, Any]] = []
    facts: dict[str, JournalEntry] = {}
    for it in opened.portions:
        if it.entry is None:
            rows.append({**dict.fromkeys(COLUMNS, ""), "posted": None, "document": it.words, "amount_eur": it.amount_minor / 100})
            continue
        entry = in_ledger[it.entry]
        *_, fact = _chain(entry, by_id)
        facts[fact.id] = fact
        event = run.erp.ledger.entries[it.entry]
        rows.append(_row(entry, event, it.account, it.amount_minor, by_id.get(entry.cause, entry), fact))
    return Behind(
        figure=opened.figure, from_us=from_us, to_us=to_us, amount_minor=opened.amount_minor,
        table=in_currency(from_rows(rows, COLUMNS, ("posted",)), run.plant.layout.currency),
        facts=events_frame(sorted(facts.values(), key=lambda it: it.seq)),
    )  # fmt: skip


def _is_within(event: OperationsEvent, from_us: int | None, to_us: int | None) -> bool:
    return (from_us is None or event.effective_us >= from_us) and (to_us is None or event.effective_us < to_us)


def _chain(entry: JournalEntry, by_id: dict[str, JournalEntry]) -> Iterator[JournalEntry]:
    """An entry, what caused it, what caused that, and so on to what somebody or something said."""
    yield entry
    while entry.cause in by_id:
        entry = by_id[entry.cause]
        yield entry


def _row(entry: JournalEntry, event: JournalPosted, account: str, minor: int, cause: JournalEntry, fact: JournalEntry) -> dict[str, Any]:
    return {
        "posted": event.effective_us, "account": account, "amount_eur": minor / 100, "document": event.document,
        "number": _first(cause.event, _NUMBERS), "party": _first(cause.event, _PARTIES), "order": event.order, "request": event.request,
        "material": event.material, "equipment": event.equipment, "person": event.person, "entry": entry.id, "cause": cause.id,
        "cause_type": type(cause.event).__name__, "fact": fact.id, "fact_type": type(fact.event).__name__,
        "fact_source": str(fact.source),
    }  # fmt: skip


def _first(event: OperationsEvent, names: tuple[str, ...]) -> str:
    return next((value for name in names if (value := getattr(event, name, ""))), "")

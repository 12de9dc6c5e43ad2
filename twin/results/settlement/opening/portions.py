"""What a figure is made of: so much of this leg and of that one, and what was reckoned with besides; together they are the figure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from twin.erp.accounting.ledger import as_posted
from twin.model.events import JournalPosted

if TYPE_CHECKING:
    from twin.erp.erp import Erp
    from twin.results.run import Run
    from twin.store.journal import JournalEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class Portion:
    """So much of a leg is in a figure, minor units. `entry` None: no entry, but what the figure is reckoned with, as `words` say."""

    entry: int | None  # its place in the ledger
    account: str
    amount_minor: int
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A figure by its name, and its portions, which add up to it."""

    figure: str
    amount_minor: int
    portions: list[Portion]


def leg(entry: int, account: str, amount_minor: int) -> Portion:
    """So much of a leg."""
    return Portion(entry=entry, account=account, amount_minor=amount_minor)


def reckoned(amount_minor: int, words: str) -> list[Portion]:
    """What no entry says; nothing where it is zero."""
    return [Portion(entry=None, account="", amount_minor=amount_minor, words=words)] if amount_minor else []


def legs_of(erp: Erp, accounts: Iterable[str], is_of: Callable[[JournalPosted], bool]) -> list[Portion]:
    """Every leg on some accounts of the entries that are asked for, in the order of posting."""
    wanted = frozenset(accounts)
    return [
        leg(number, account, amount)
        for number, entry in enumerate(erp.ledger.entries)
        if is_of(entry)
        for account, amount in entry.legs
        if account in wanted
    ]


def total(portions: Iterable[Portion]) -> int:
    """What portions add up to."""
    return sum(it.amount_minor for it in portions)


def posted(run: Run) -> Iterator[JournalEntry]:
    """Of each entry of the ledger, in its order, the entry of the journal; one that was refused stands in the journal alone."""
    wanted = iter(run.erp.ledger.entries)
    following = next(wanted, None)
    for entry in run.journal.entries():
        if following is None:
            return
        if isinstance(entry.event, JournalPosted) and as_posted(entry.event) == following:
            yield entry
            following = next(wanted, None)

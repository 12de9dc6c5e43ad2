"""Periods, and the dates of entries: what is closed stays as it is, and what becomes known of it later is booked in what is open."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from twin.erp.accounting.ledger import MOST_ROUNDING_MINOR, ROUNDING, Ledger
from twin.model.costing.tariff import QUARTER_US
from twin.model.events import JournalPosted, LateJournalPosted, OperationsEvent, PeriodClosed, PeriodCloseRequested
from twin.model.readiness.earlier import is_earlier
from twin.model.settlement.chart import EARNING

Leg = tuple[str, int]


def before_the_books(event: OperationsEvent, start_us: int | None) -> str:
    """That a paper is of a time before the first fact of a run, at `start_us`; "" if it is not."""
    if start_us is None or not is_earlier(event) or event.effective_us >= start_us:
        return ""
    return f"it is of {written(event.effective_us)}, and the books begin {written(start_us)}; allowed: from then on"


class Entries:
    """Makes entries that balance, each dated in an open period."""

    def __init__(self) -> None:
        self.closed_until_us: int | None = None
        self.unbalanced: list[str] = []  # entries that rounding cannot explain, in words

    def refuses_to_close(self, event: PeriodCloseRequested) -> str:
        """Why a period cannot be closed; "" if it can."""
        if event.until_us <= (self.closed_until_us or 0):
            return (
                f"period '{event.period}' ends {written(event.until_us)}; all before {written(self.closed_until_us or 0)} is closed already"
            )
        if event.until_us > event.effective_us:
            return f"period '{event.period}' is not over yet: it ends {written(event.until_us)}"
        return ""

    def closed_doubt(self, at_us: int) -> str:
        """That nothing can be said of an instant any more; "" if something can."""
        if self.closed_until_us is None or at_us >= self.closed_until_us:
            return ""
        return f"it is effective {written(at_us)}, and all before {written(self.closed_until_us)} is closed"

    def due(self, now_us: int, zone: str, start_us: int) -> list[PeriodCloseRequested]:
        """The close of the month that is over, if anything is open in it; `start_us`: before it nothing was."""
        month, until_us = month_of(now_us, zone)
        if until_us <= max(start_us, self.closed_until_us or 0):
            return []
        return [PeriodCloseRequested(effective_us=now_us, period=month, until_us=until_us)]

    def close(self, until_us: int) -> None:
        """What is effective before `until_us` is closed for every entry that is made from now on."""
        self.closed_until_us = until_us

    def dated(self, cause: OperationsEvent, concerns: OperationsEvent | None = None) -> int:
        """When what follows from `cause` counts: as it happened, or, in a period that is closed, once it is known, in what is open.

        Whatever has to agree with an account (open items) is dated by this too. `concerns`: the earlier fact that `cause` values anew.
        """
        it = concerns or cause
        if self.closed_until_us is None or it.effective_us >= self.closed_until_us:
            return it.effective_us
        return max(cause.recorded_us, self.closed_until_us)

    def entry(
        self,
        cause: OperationsEvent,
        document: str,
        legs: Sequence[Leg],
        *,
        request: str = "",
        material: str = "",
        quantity: int = 0,
        concerns: OperationsEvent | None = None,
        equipment: str = "",
    ) -> list[JournalPosted]:
        """The entry that follows from `cause`; none if no money moves. `concerns`: the earlier fact that `cause` values anew.
        `equipment`: of which it is, where the cause is of none.

        What rounding leaves over goes to rounding difference. More than rounding can explain is a slip of the rule that made the
        legs: it is written down, and the entry stays as it is, so that the ledger refuses it.
        """
        legs = [leg for leg in legs if leg[1]]
        if not legs:
            return []
        it = concerns or cause
        order = getattr(it, "order", "")
        rest = 0
        for _, amount in legs:
            rest += amount
        if abs(rest) > MOST_ROUNDING_MINOR:
            of = order or request or it.request or material or equipment or it.equipment
            self.unbalanced.append(f"entry '{document}' of {type(cause).__name__} '{of}' does not balance: {rest} left over")
        elif rest:
            legs.append((ROUNDING, -rest))
        fields: dict[str, Any] = {
            "recorded_us": cause.recorded_us, "equipment": equipment or it.equipment, "request": request or it.request,
            "job_order": it.job_order, "lot": it.lot, "person": it.person, "order": order, "document": document, "legs": tuple(legs),
            "material": material, "quantity": quantity,
        }  # fmt: skip
        posted_us = self.dated(cause, concerns)
        if posted_us == cause.effective_us == it.effective_us:
            return [JournalPosted(effective_us=posted_us, **fields)]
        reference = f"{type(cause).__name__} {named(cause)} of {written(cause.effective_us)}"
        return [LateJournalPosted(effective_us=posted_us, concerns_us=it.effective_us, reference=reference, **fields)]


def year_end(ledger: Ledger, event: PeriodClosed, open_us: int, zone: str, begins: int) -> list[JournalPosted]:
    """What was earned in years that are over with this period, which was closed last, goes to retained earnings, once.

    `open_us`: since when the books are open; `begins`: the month in which a year does. The entry is dated in the year that begins, or in
    what is open of it. Accounts of the income statement stay as they are, since a statement is of a window; of the result the balance
    sheet shows what was not carried. What becomes known later is earned in the year that is open.
    """
    begun_us = year_begins_us(event.until_us, zone, begins)
    if any(it.until_us >= begun_us for it in ledger.closed[:-1]):
        return []
    earning = {code for code, it in ledger.accounts.items() if it.kind in EARNING}
    before = (leg for it in ledger.entries if it.effective_us < begun_us for leg in it.legs)
    result_minor = -sum(minor for account, minor in before if account in earning) - ledger.balances["result_carried"]
    if not result_minor:
        return []
    legs = (("result_carried", result_minor), ("retained_earnings", -result_minor))
    at_us = max(begun_us, open_us)
    return [JournalPosted(effective_us=at_us, recorded_us=event.recorded_us, person=event.person, document="year end", legs=legs)]


def year_begins_us(now_us: int, zone: str, begins: int = 1) -> int:
    """When the year of the books began in which an instant lies."""
    local = datetime.fromtimestamp(now_us // 1_000_000, ZoneInfo(zone))
    year = local.year if local.month >= begins else local.year - 1
    return int(datetime(year, begins, 1, tzinfo=ZoneInfo(zone)).timestamp()) * 1_000_000


def month_of(now_us: int, zone: str) -> tuple[str, int]:
    """The month before the one in which an instant lies, as "2026-02", and the instant at which it was over."""
    return _month_before(now_us // QUARTER_US, zone)


def this_month(now_us: int, zone: str) -> str:
    """The month in which an instant lies, as "2026-03"."""
    return _month_in(now_us // QUARTER_US, zone)


@lru_cache(maxsize=64)
def _month_before(quarter: int, zone: str) -> tuple[str, int]:
    """Of a quarter of an hour since 1970: a day begins with one in every zone, not with an hour."""
    first = _local(quarter, zone).replace(day=1, hour=0, minute=0)
    before = (first - timedelta(days=1)).strftime("%Y-%m")
    return before, int(first.timestamp()) * 1_000_000


@lru_cache(maxsize=64)
def _month_in(quarter: int, zone: str) -> str:
    return _local(quarter, zone).strftime("%Y-%m")


def _local(quarter: int, zone: str) -> datetime:
    return datetime.fromtimestamp(quarter * QUARTER_US // 1_000_000, ZoneInfo(zone))


def named(event: OperationsEvent) -> str:
    """The id by which a person finds the event."""
    return getattr(event, "order", "") or event.request or event.lot or getattr(event, "material", "") or event.equipment


def written(at_us: int) -> str:
    """An instant in UTC, to the second."""
    return datetime.fromtimestamp(at_us // 1_000_000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

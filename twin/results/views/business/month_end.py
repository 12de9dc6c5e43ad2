"""Month-end: which periods are closed, what may be closed, what to look at before, and both answers for each period.

As known then: by what was recorded when the period was closed. As it was: what became known later counts when it really happened.
A closed period never changes, so the difference stands in the books of a later one, with a reference to the fact that made it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from twin.erp.accounting.standard_cost import total_minor
from twin.erp.accounting.statements import StatementRow, View, income_statement
from twin.erp.accounting.valuation.periods import this_month
from twin.model.events import LateJournalPosted, PeriodCloseRequested
from twin.model.plant import Plant
from twin.model.settlement.chart import EARNING, Account
from twin.results.run import Run
from twin.results.views.overview import midnight_us


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodNow:
    """One period. Results in minor units; `closed_us` None: it is not closed, and both answers are what is known now.

    `is_over`: nothing more happens in it; the month that goes on is not over.
    """

    period: str
    from_us: int
    until_us: int
    closed_us: int | None
    closed_by: str
    known_then_minor: int
    booked_minor: int
    as_it_was_minor: int
    late_count: int  # entries in later periods that concern it
    is_over: bool = True

    @property
    def difference_minor(self) -> int:
        return self.as_it_was_minor - self.known_then_minor


@dataclass(frozen=True, slots=True, kw_only=True)
class Closable:
    """What may be closed now: all that was effective before `until_us`."""

    period: str
    until_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """Something to look at before the books are closed. `amount_minor` None: it is no money."""

    what: str
    found: str
    amount_minor: int | None
    is_open: bool  # somebody should do something about it


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodsNow:
    """Every period, what is not closed month by month and the one that goes on last, what may be closed, and what to look at before."""

    periods: list[PeriodNow]
    closable: list[Closable]
    doubts: list[Doubt]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One line of the income statement of a period in both answers, minor units."""

    line: StatementRow
    known_then_minor: int
    as_it_was_minor: int

    @property
    def difference_minor(self) -> int:
        return self.as_it_was_minor - self.known_then_minor


@dataclass(frozen=True, slots=True, kw_only=True)
class BothAnswers:
    """A period, line by line, and the late entries that make the difference: (posted at, of what, why, amount of result)."""

    is_closed: bool
    answers: list[Answer]
    late: list[tuple[int, str, str, int]]


def first_of_month_us(plant: Plant, now_us: int) -> int:
    """When the plant's month began, UTC microseconds."""
    local = datetime.fromtimestamp(now_us / 1_000_000, ZoneInfo(plant.layout.time_zone))
    return int(local.replace(day=1, hour=0, minute=0, second=0, microsecond=0).timestamp()) * 1_000_000


class Span(NamedTuple):
    """One period, without what came of it. `closed_us` None: it is not closed."""

    period: str
    from_us: int
    until_us: int
    closed_us: int | None = None
    closed_by: str = ""


def spans(run: Run) -> list[Span]:
    """The periods that are closed, and the months, or what is left of them, that are not; the one that goes on is the last."""
    found, from_us = list[Span](), 0
    for closed in run.erp.ledger.closed:
        found.append(Span(closed.period, from_us, closed.until_us, closed.recorded_us, closed.person))
        from_us = closed.until_us
    return [*found, *_open_months(run, from_us, {it.period for it in found})]


def _open_months(run: Run, from_us: int, taken: set[str]) -> Iterator[Span]:
    begins_us, month_us, until_us = max(from_us, run.scenario.start_us), first_of_month_us(run.plant, run.now_us), [run.now_us + 1]
    while month_us > begins_us:
        until_us.append(month_us)
        month_us = first_of_month_us(run.plant, month_us - 1)
    for end_us in reversed(until_us):
        name = this_month(max(end_us - 1, begins_us), run.plant.layout.time_zone)
        yield Span(f"{name}, the rest" if name in taken else name, from_us, end_us)
        from_us = end_us


def periods_now(run: Run) -> PeriodsNow:
    """The periods of a run as they stand."""
    return PeriodsNow(periods=[_period(run, it) for it in spans(run)], closable=_closable(run), doubts=_doubts(run))


def _period(run: Run, it: Span) -> PeriodNow:
    def result(view: View) -> int:
        return income_statement(run.erp.ledger, it.from_us, it.until_us, view)[-1].amount_minor

    late = [one for one in _late(run) if it.from_us <= one.concerns_us < it.until_us <= one.effective_us]
    booked_minor = result(View())
    return PeriodNow(
        period=it.period, from_us=it.from_us, until_us=it.until_us, closed_us=it.closed_us, closed_by=it.closed_by,
        known_then_minor=booked_minor if it.closed_us is None else result(View(known_us=it.closed_us)), booked_minor=booked_minor,
        as_it_was_minor=result(View(as_it_was=True)), late_count=len(late), is_over=it.closed_us is not None or it.until_us <= run.now_us,
    )  # fmt: skip


def _late(run: Run) -> list[LateJournalPosted]:
    return [it for it in run.erp.ledger.entries if isinstance(it, LateJournalPosted)]


def _closable(run: Run) -> list[Closable]:
    """The month that is over, and all days that are over; whichever is still open, and had begun."""
    began_us = max([run.scenario.start_us, *(it.until_us for it in run.erp.ledger.closed)])
    month_us, today_us = first_of_month_us(run.plant, run.now_us), midnight_us(run.plant, run.now_us)
    zone = ZoneInfo(run.plant.layout.time_zone)
    month = datetime.fromtimestamp(month_us / 1_000_000 - 1, zone).strftime("%Y-%m")
    day = datetime.fromtimestamp(today_us / 1_000_000 - 1, zone).strftime("%Y-%m-%d")
    offered = {today_us: day, month_us: month}  # on the first of a month both are one: the month it is
    return [Closable(period=period, until_us=until_us) for until_us, period in sorted(offered.items()) if until_us > began_us]


def closing(run: Run, period: str, person: str, terminal: str, entry_id: str = "") -> Callable[[int], PeriodCloseRequested]:
    """What a person asks for to close a period that is offered.

    Raises
    ------
    ValueError : (when it is taken) it may not be closed, in words
    """

    def asked(at_us: int) -> PeriodCloseRequested:
        until_us = next((it.until_us for it in _closable(run) if it.period == period), None)
        if until_us is None:
            offered = ", ".join(it.period for it in _closable(run)) or "nothing; what is over is closed already"
            raise ValueError(f"period '{period}' cannot be closed; allowed: {offered}")
        event = PeriodCloseRequested(
            effective_us=at_us, person=person, terminal=terminal, entry_id=entry_id, period=period, until_us=until_us
        )
        if refusal := run.erp.book.entries.refuses_to_close(event):
            raise ValueError(refusal)
        return event

    return asked


def _doubts(run: Run) -> list[Doubt]:
    """What an accountant asks before closing; what is in order is said too."""
    erp = run.erp
    received, below = erp.ledger.balances["goods_received_not_billed"], sorted(lot for _, lot in erp.stock.negative)
    refused = [it.message for it in erp.alerts if it.alert in ("entry_refused", "close_refused")]
    running = sum(row.running_minor for row in erp.work_in_progress(run.now_us))
    broken = erp.violations()
    blocked = [it for it in erp.settlement.items.open["payable"].values() if it.blocked]
    return [
        Doubt(what="Received, and not billed", found="bills to come", amount_minor=-received, is_open=bool(received)),
        Doubt(
            what="Bills that nobody may pay", found="; ".join(f"{it.party} {it.item}: {it.blocked}" for it in blocked) or "none",
            amount_minor=sum(it.open_booked_minor for it in blocked) or None, is_open=bool(blocked),
        ),
        Doubt(what="Work that runs and is not booked yet", found="is booked when it is reported", amount_minor=running, is_open=False),
        Doubt(what="Lots below zero", found=", ".join(below) or "none", amount_minor=None, is_open=bool(below)),
        Doubt(what="Entries that were refused", found="; ".join(refused[-3:]) or "none", amount_minor=None, is_open=bool(refused)),
        Doubt(
            what="Debits are credits, and stock is what its accounts say", found="; ".join(broken) or "proved now", amount_minor=None,
            is_open=bool(broken),
        ),
    ]  # fmt: skip


def both_answers(period: str) -> Callable[[Run], BothAnswers | None]:
    """What looks at a period in both answers; None where there is none of that name."""

    def look(run: Run) -> BothAnswers | None:
        of = next((it for it in periods_now(run).periods if it.period == period), None)
        return None if of is None else answers_for(run, of)

    look.__qualname__ = f"both answers for {period}"
    return look


def answers_for(run: Run, of: PeriodNow) -> BothAnswers:
    """A period in both answers."""
    then = income_statement(run.erp.ledger, of.from_us, of.until_us, View(known_us=of.closed_us))
    was = income_statement(run.erp.ledger, of.from_us, of.until_us, View(as_it_was=True))
    used = {line.section for it in (then, was) for line in it if line.amount_minor} | {then[-1].section}
    answers = [
        Answer(line=line, known_then_minor=line.amount_minor, as_it_was_minor=other.amount_minor)
        for line, other in zip(then, was, strict=True)
        if line.amount_minor or other.amount_minor or (line.is_total and line.section in used)
    ]
    late = [it for it in _late(run) if of.from_us <= it.concerns_us < of.until_us <= it.effective_us]
    return BothAnswers(
        is_closed=of.closed_us is not None,
        answers=answers,
        late=[(it.effective_us, it.document, it.reference, _earned(it, run.erp.ledger.accounts)) for it in late],
    )


def _earned(entry: LateJournalPosted, accounts: Mapping[str, Account]) -> int:
    """What an entry adds to the result, minor units."""
    return -sum(amount for account, amount in entry.legs if accounts[account].kind in EARNING)


@dataclass(frozen=True, slots=True, kw_only=True)
class StandardNow:
    """What `quantity` of a material should cost, minor units; `on_hand_minor`: what is in stock is worth."""

    material: str
    quantity: int
    unit: str
    material_minor: int
    labour_minor: int
    machine_minor: int
    energy_minor: int
    total_minor: int
    on_hand_minor: int
    is_bought: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StandardsNow:
    """The standards of a period; `revalued_minor`: by what stock and work became worth more (> 0) since the start, through new ones."""

    is_declared: bool
    period: str
    rolls_up: str
    standards: list[StandardNow]
    revalued_minor: int


def standards_now(run: Run) -> StandardsNow:
    """Every material with its standard."""
    erp, declared = run.erp, run.plant.materials.standards
    found = [
        StandardNow(
            material=name, quantity=it.quantity, unit=erp.materials[name].unit, material_minor=it.material_minor,
            labour_minor=it.labour_minor, machine_minor=it.machine_minor, energy_minor=it.energy_minor, total_minor=total_minor(it),
            on_hand_minor=erp.book.value_minor(name, erp.stock.on_hand[name]), is_bought=erp.materials[name].kind == "purchased",
        )
        for name, it in erp.standards.released.items()
    ]  # fmt: skip
    return StandardsNow(
        is_declared=declared is not None, period=erp.roll_ups.period, rolls_up=declared.roll_up if declared else "", standards=found,
        revalued_minor=erp.book.revalued_minor,
    )  # fmt: skip

"""Month-end as a book: every period in both answers, line by line, what was late, what to look at before the close, and standards."""

from __future__ import annotations

from twin.results.exports.sheets import Book, Sheet, SheetRow, amounts, book_of, counts, texts, times, wide
from twin.results.run import Run
from twin.results.views.business.month_end import PeriodNow, PeriodsNow, answers_for, periods_now, standards_now
from twin.results.views.overview import local_time


def month_end_book(run: Run) -> Book:
    """What the page Month-end shows, of all periods."""
    now, currency = periods_now(run), run.plant.layout.currency
    doubts = [SheetRow(cells=(it.what, it.found, "to do" if it.is_open else "in order", it.amount_minor)) for it in now.doubts]
    sheets = [
        _periods(now, currency),
        Sheet(title="Before the close", columns=(*wide("What"), *wide("Found"), *texts("Is"), *amounts(currency, "Amount")), rows=doubts),
        *_answers(run, now.periods, currency),
        *_standards(run, currency),
    ]
    return book_of(run, "Month-end", f"as it stands on {local_time(run.plant, run.now_us)}", sheets)


def _periods(now: PeriodsNow, currency: str) -> Sheet:
    rows = [
        SheetRow(
            cells=(
                it.period, it.from_us or None, it.until_us if it.is_over else None, it.closed_us, it.closed_by, it.known_then_minor,
                it.as_it_was_minor, it.difference_minor, it.late_count,
            )
        )
        for it in now.periods
    ]  # fmt: skip
    columns = (
        *texts("Period"), *times("From", "Until", "Closed"), *texts("By"),
        *amounts(currency, "Known then", "As it was", "Difference"), *counts("Late entries"),
    )  # fmt: skip
    return Sheet(title="Periods", columns=columns, rows=rows)


def _answers(run: Run, periods: list[PeriodNow], currency: str) -> list[Sheet]:
    lines, late = list[SheetRow](), list[SheetRow]()
    for period in periods:
        found = answers_for(run, period)
        lines += [
            SheetRow(
                cells=(period.period, it.line.title, it.known_then_minor, it.as_it_was_minor, it.difference_minor),
                is_total=it.line.is_total,
            )
            for it in found.answers
        ]
        late += [SheetRow(cells=(period.period, at_us, document, reference, minor)) for at_us, document, reference, minor in found.late]
    return [
        Sheet(
            title="Both answers", rows=lines,
            columns=(*texts("Period"), *wide("Line"), *amounts(currency, "Known then", "As it was", "Difference")),
        ),
        Sheet(
            title="Late entries", rows=late,
            columns=(*texts("Of period"), *times("Booked"), *texts("Document"), *wide("Because of"), *amounts(currency, "On the result")),
        ),
    ]  # fmt: skip


def _standards(run: Run, currency: str) -> list[Sheet]:
    now = standards_now(run)
    if not now.is_declared:
        return []
    rows = [
        SheetRow(
            cells=(
                it.material, it.quantity, it.unit, it.material_minor, it.labour_minor, it.machine_minor, it.energy_minor, it.total_minor,
                it.on_hand_minor,
            )
        )
        for it in now.standards
    ]  # fmt: skip
    columns = (
        *texts("Material"), *counts("Of"), *texts("Unit"),
        *amounts(currency, "Material", "Labour", "Machine", "Energy", "Standard", "In stock"),
    )  # fmt: skip
    return [Sheet(title=f"Standards of {now.period}"[:31], columns=columns, rows=rows)]

"""account, period, budget, equipment, plant_clock: what the books are asked by. With what is posted they give both answers of a period."""

from __future__ import annotations

from sqlalchemy import Table

from twin.store.journal.tables import METADATA
from twin.store.projections.columns import at, key, perhaps_at, place, text, whole
from twin.store.projections.sql_view import SqlView

ACCOUNT = Table(
    "account",
    METADATA,
    key("account", "as entries name it"),
    whole("number", "its number, by which statements are ordered"),
    text("title", "what people call it"),
    text("kind", "asset, liability, equity, revenue or expense"),
    whole("is_earned", "1: what is good for the result stands on its credit side"),
    comment="The chart of accounts.",
)

PERIOD = Table(
    "period",
    METADATA,
    place("period_number", "from 1, in the order of closing; the last is open"),
    text("period", "as the books call it; open: nobody has closed it"),
    perhaps_at("from", "what counts from then on is in it; null: from the beginning"),
    perhaps_at("until", "up to then, and without it; null while it is open"),
    perhaps_at("closed", "when it was closed; null while it is open"),
    text("closed_by", "who closed it; empty: nobody, or by itself"),
    comment="Periods of the books: those that are closed, and what is open.",
)

BUDGET = Table(
    "budget",
    METADATA,
    key("month", "as in 2026-03"),
    key("account", "account of the income statement"),
    at("from", "when that month of the plant begins"),
    at("until", "when it has ended"),
    whole("budget_minor", "what is planned, earned or spent, minor units"),
    comment="What is planned of an account for a month.",
)

EQUIPMENT = Table(
    "equipment",
    METADATA,
    key("equipment", "work unit, line or station of a line"),
    text("work_center", "work center that it belongs to"),
    text("area", "area of that; empty where none is declared"),
    comment="Which work center each piece of equipment belongs to.",
)

PLANT_CLOCK = Table(
    "plant_clock",
    METADATA,
    place("from_us", "since when, microseconds since 1970-01-01 UTC"),
    whole("ahead_us", "by how much the clock on the wall is ahead of UTC, microseconds"),
    comment="The clock of the plant: its days and months are those of the views.",
)

BOOKED = (ACCOUNT, PERIOD, BUDGET, EQUIPMENT, PLANT_CLOCK)


def _result(date: str, known: str = "") -> str:
    """What the income statement of period q comes to, where an entry counts at `date`, of entries that are `known`."""
    return (
        "(SELECT COALESCE(-SUM(p.amount_minor), 0) FROM posting p JOIN account a ON a.account = p.account"
        f" WHERE a.kind IN ('revenue', 'expense') AND (q.from_us IS NULL OR {date} >= q.from_us)"
        f" AND (q.until_us IS NULL OR {date} < q.until_us){known})"
    )


_LATE = (
    "(SELECT COUNT(DISTINCT p.seq) FROM posting p WHERE p.reference <> '' AND (q.from_us IS NULL OR p.concerns_us >= q.from_us)"
    " AND p.concerns_us < q.until_us AND p.effective_us >= q.until_us)"
)

_OF_AN_ORDER = "account IN ('revenue', 'cost_of_goods_sold', 'scrap_loss', 'rework_cost', 'production_variance')"

BOOKED_VIEWS = (
    SqlView(
        name="bi_margin",
        comment="What was earned on each customer order, month by month; the rest is of none. All is the operating result.",
        columns={
            "month": ("month", "month of the plant, as in 2026-03"),
            "customer": ("customer", "whose order it is; empty: of none"),
            "customer_order": ("customer_order", "with all its lines, also for what was made for it; empty: of none"),
            "account": ("account", "account of the income statement"),
            "earned_minor": ("SUM(earned_minor)", "earnings above zero, costs below, minor units"),
        },
        source=f"(SELECT month, CASE WHEN {_OF_AN_ORDER} THEN customer ELSE '' END AS customer, "
        f"CASE WHEN {_OF_AN_ORDER} THEN customer_order ELSE '' END AS customer_order, account,"
        " -amount_minor AS earned_minor FROM bi_posting WHERE account_kind IN ('revenue', 'expense')) AS earned"
        " GROUP BY month, customer, customer_order, account",
    ),
    SqlView(
        name="bi_period",
        comment="Periods of the books in both answers: as known when each was closed, and as it was by all that is known now.",
        columns={
            "period_number": ("q.period_number", "from 1, in the order of closing; the last is open"),
            "period": ("q.period", "as the books call it; open: nobody has closed it"),
            "from_at": ("{at:q.from_us}", "what counts from then on is in it, UTC; null: from the beginning"),
            "until_at": ("{at:q.until_us}", "up to then, and without it, UTC; null while it is open"),
            "last_day": ("{day:q.until_us - 1}", "the last day of the plant in it; null while it is open"),
            "closed_at": ("{at:q.closed_us}", "when it was closed, UTC; null while it is open"),
            "closed_by": ("q.closed_by", "who closed it; empty: nobody, or by itself"),
            "known_then_minor": (
                _result("p.effective_us", " AND (q.closed_us IS NULL OR p.recorded_us <= q.closed_us)"),
                "operating result by what was known when it was closed, earned above zero, minor units",
            ),
            "booked_minor": (_result("p.effective_us"), "operating result as it stands in the books of the period, minor units"),
            "as_it_was_minor": (_result("p.concerns_us"), "operating result as it was, with what became known later, minor units"),
            "late_count": (_LATE, "entries of later periods that concern it"),
        },
        source="period q",
    ),
    SqlView(
        name="bi_budget",
        comment="What was planned of an account for a month of the plant, and what it came to.",
        columns={
            "month": ("month", "as in 2026-03"),
            "account": ("account", "account of the income statement"),
            "budget_minor": ("budget_minor", "what is planned, earned or spent, minor units"),
            "actual_minor": ("actual_minor", "what it came to, minor units"),
            "better_minor": (
                "CASE is_earned WHEN 1 THEN actual_minor - budget_minor ELSE budget_minor - actual_minor END",
                "what of that is better than planned (above zero) or worse, minor units",
            ),
        },
        source="(SELECT b.month, b.account, b.budget_minor, a.is_earned, (CASE a.is_earned WHEN 1 THEN -1 ELSE 1 END) * COALESCE("
        "(SELECT SUM(p.amount_minor) FROM posting p WHERE p.account = b.account AND p.effective_us >= b.from_us"
        " AND p.effective_us < b.until_us), 0) AS actual_minor FROM budget b JOIN account a ON a.account = b.account) AS told",
    ),
)

"""What customers are expected to order, as a planner looks at it: history, forecast week by week, and what orders have taken of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from twin.erp.material_plan.position import erp_position
from twin.erp.planners.forecasts import Week, weeks_told, with_forecasts
from twin.results.forecasting.forecasting import Tried, back_tests
from twin.results.run import Run

MOST_WEEKS = 26
"""So many weeks before this one are looked back on, where nobody says how many."""
AHEAD = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekExpected:
    """One week of a product. `pieces` forecast, of which orders have taken `taken`; `ordered`: due in it, whenever it was ordered.

    `method`: by which it was forecast, or who has entered it; `said_us`: when.
    """

    day: str  # the first of it, local
    pieces: int
    ordered: int
    taken: int
    method: str
    said_us: int

    @property
    def left(self) -> int:
        """Still expected, besides what is ordered."""
        return self.pieces - self.taken


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductExpected:
    """A product. `history`: pieces ordered in whole weeks, by when they were ordered, the oldest first, up to `until_us`.

    `is_told`: it is that by which the ERP has forecast; else it is counted from orders, and nobody forecasts by it.
    """

    material: str
    unit: str
    history: tuple[int, ...]
    until_us: int
    is_told: bool
    weeks: tuple[WeekExpected, ...]

    @property
    def method(self) -> str:
        """By which the next weeks are forecast; "" if they are not."""
        return next((it.method for it in self.weeks), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductTried:
    """How each method would have done on the history of a product, the best first; "" and why not, if none can be tried."""

    material: str
    tried: tuple[Tried, ...]
    why_not: str = ""


def expected_now(run: Run) -> list[ProductExpected]:
    """Every product that is sold, in declared order."""
    erp, left = run.erp, dict[str, int]()
    for it in with_forecasts(erp, erp_position(erp, run.now_us)).expected:
        left[it.name] = left.get(it.name, 0) + it.quantity
    weeks: dict[str, list[Week]] = {}
    for week in weeks_told(erp):
        if week.until_us > run.now_us:
            weeks.setdefault(week.material, []).append(week)
    return [
        _product(run, name, weeks.get(name, []), left)
        for name, it in run.plant.materials.materials.items()
        if it.kind == "finished" and it.price
    ]


def back_tested(products: list[ProductExpected], season: int | None = None) -> list[ProductTried]:
    """Each method on the history of each product, by rolling origin; some tenths of a second a product.

    Raises
    ------
    NoLibrary : statsmodels is not installed
    """
    return [
        ProductTried(material=it.material, tried=tuple(back_tests(it.history, max(1, len(it.weeks) or AHEAD), season)))
        if any(it.history)
        else ProductTried(material=it.material, tried=(), why_not="nothing was ordered in a whole week so far")
        for it in products
    ]


def _product(run: Run, material: str, weeks: list[Week], left: dict[str, int]) -> ProductExpected:
    issued = run.erp.forecasts.issued.get(material) if run.erp.forecasts else None
    orders = [it for it in run.erp.customer_orders.orders.values() if it.material == material]
    zone = ZoneInfo(run.plant.layout.time_zone)
    told = tuple(
        WeekExpected(
            day=str(datetime.fromtimestamp(it.from_us // 1_000_000, zone).date()), pieces=it.pieces,
            taken=it.pieces - left.get(it.name, 0), method=it.method or "mean", said_us=it.said_us,
            ordered=sum(one.quantity for one in orders if it.from_us <= one.due_us < it.until_us),
        )
        for it in weeks
    )  # fmt: skip
    this_us = run.erp.entered_forecasts.week_of(run.now_us)
    return ProductExpected(
        material=material, unit=run.plant.materials.materials[material].unit, weeks=told, is_told=issued is not None,
        history=issued.history_pieces if issued else _counted(run, [(it.confirmed_us, it.quantity) for it in orders], this_us),
        until_us=issued.starts_us[0] if issued else this_us,
    )  # fmt: skip


def _counted(run: Run, orders: list[tuple[int, int]], this_us: int) -> tuple[int, ...]:
    """Whole weeks before this one since the run began, of the plant's calendar, at most the last half a year."""
    zone, begins = ZoneInfo(run.plant.layout.time_zone), [this_us]
    monday = datetime.fromtimestamp(this_us // 1_000_000, zone)
    while len(begins) <= MOST_WEEKS:
        monday = (monday.replace(tzinfo=None) - timedelta(weeks=1)).replace(tzinfo=zone)
        begins.append(int(monday.timestamp()) * 1_000_000)
        if begins[-1] < run.scenario.start_us:
            begins.pop()
            break
    spans = list(zip(begins[1:], begins, strict=False))
    return tuple(sum(pieces for at_us, pieces in orders if since_us <= at_us < until_us) for since_us, until_us in reversed(spans))

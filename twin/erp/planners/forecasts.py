"""What is expected to be ordered, week by week: what the ERP forecasts, and in its place what a planner has said of a week."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from twin.erp.demand_plan.expected import with_expected
from twin.erp.functions import Listener
from twin.erp.material_plan.position import Expected, Position, Wish
from twin.erp.procurement.sourcing_entries import beyond
from twin.model.events import ForecastEntered, OperationsEvent
from twin.model.exchange.bounds import FARTHEST_DUE_US
from twin.model.materials import MOST_PIECES
from twin.model.problems import did_you_mean, listed
from twin.model.readiness.signed import refusal, unsigned

if TYPE_CHECKING:
    from twin.erp.erp import Erp

MOST_WEEKS = 53


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """So many pieces of a material are expected in [from_us, until_us); `method`: by what, or who has said it."""

    name: str
    material: str
    pieces: int
    from_us: int
    until_us: int
    method: str
    said_us: int


class EnteredForecasts(Listener):
    """By material and the first instant of a week: the last that a planner has said of it."""

    def __init__(self, erp: Erp) -> None:
        self._erp, self._zone = erp, ZoneInfo(erp.plant.layout.time_zone)
        self.weeks: dict[str, dict[int, Week]] = {}
        self._rules = {ForecastEntered: self._take}

    def violations(self) -> list[str]:
        """No week of a material reaches into the next."""
        found = []
        for material, weeks in self.weeks.items():
            starts = sorted(weeks)
            found += [f"forecast of '{material}': weeks overlap" for one, other in pairwise(starts) if weeks[one].until_us > other]
        return found

    def _take(self, event: ForecastEntered) -> list[OperationsEvent]:
        """It takes the place of what was forecast for these weeks; without any, what was entered from that week on is forgotten."""
        if doubt := unsigned(event, self._erp.plant.layout.persons) or self._wrong(event):
            return [refusal(event, doubt)]
        own, monday = self.weeks.setdefault(event.material, {}), self._day(event.week_us)
        if not event.week_pieces:
            for from_us in [it for it in own if it >= event.week_us]:
                del own[from_us]
        for n, pieces in enumerate(event.week_pieces):
            first = monday + timedelta(weeks=n)
            from_us, until_us = (self._begins_us(first + timedelta(weeks=more)) for more in (0, 1))
            own[from_us] = Week(
                name=f"F-{event.material}-{first}", material=event.material, pieces=pieces, from_us=from_us, until_us=until_us,
                method=f"entered by {event.person}", said_us=event.effective_us,
            )  # fmt: skip
        return []

    def _wrong(self, event: ForecastEntered) -> str:
        sold = [name for name, it in self._erp.materials.items() if it.kind == "finished"]
        if event.material not in sold:
            return f"'{event.material}' is nothing that is sold{did_you_mean(event.material, sold)}; allowed: {listed(sold)}"
        if doubt := beyond(event):
            return doubt  # no calendar has such a week
        this, said = self.week_of(event.effective_us), self.week_of(event.week_us)
        if event.week_us != said:
            return f"no week begins then; allowed: the beginning of a Monday, as {self._day(said)}"
        if said < this:
            return f"that week is over; allowed: from {self._day(this)} on"
        if event.week_us > event.effective_us + FARTHEST_DUE_US:
            return f"that week is more than two years ahead; allowed: from {self._day(this)} on until two years from now"
        if len(event.week_pieces) > MOST_WEEKS:
            return f"{len(event.week_pieces)} weeks at once; allowed: up to {MOST_WEEKS}"
        strange = next((it for it in event.week_pieces if type(it) is not int or not 0 <= it <= MOST_PIECES), None)
        return f"{strange!r} pieces are expected; allowed: 0 to {MOST_PIECES:,} of each week" if strange is not None else ""

    def week_of(self, at_us: int) -> int:
        """When the week of an instant begins, on the plant's clock."""
        day = self._day(at_us)
        return self._begins_us(day - timedelta(days=day.weekday()))

    def _day(self, at_us: int) -> date:
        return datetime.fromtimestamp(at_us // 1_000_000, self._zone).date()

    def _begins_us(self, day: date) -> int:
        return int(datetime.combine(day, time(), self._zone).timestamp()) * 1_000_000


def weeks_told(erp: Erp) -> Iterator[Week]:
    """All that is expected, material by material and week by week: what was entered goes before what was reckoned."""
    issued = erp.forecasts.issued if erp.forecasts else {}
    for material in dict.fromkeys([*issued, *erp.entered_forecasts.weeks]):
        weeks: dict[int, Week] = {}
        if it := issued.get(material):
            for n, (pieces, from_us, until_us) in enumerate(zip(it.week_pieces, it.starts_us, it.starts_us[1:], strict=False), start=1):
                weeks[from_us] = Week(
                    name=f"F-{material}-{n}", material=material, pieces=pieces, from_us=from_us, until_us=until_us, method=it.method,
                    said_us=it.effective_us,
                )  # fmt: skip
        weeks |= erp.entered_forecasts.weeks.get(material, {})
        yield from (weeks[from_us] for from_us in sorted(weeks))


def with_forecasts(erp: Erp, position: Position, thought_of: Sequence[Wish] = ()) -> Position:
    """The same position with what is expected besides orders; these take its place until their week is over, shipped or not.

    `thought_of`: orders that nobody has placed, and that are in the position as if somebody had.
    """
    expected = [
        Expected(name=it.name, material=it.material, quantity=it.pieces, from_us=it.from_us, to_us=it.until_us) for it in weeks_told(erp)
    ]
    if not expected:
        return position
    first_us = min(it.from_us for it in expected)
    ordered = [
        Wish(order=it.order, customer=it.customer, material=it.material, quantity=it.quantity, due_us=it.due_us)
        for it in erp.customer_orders.orders.values()
        if it.due_us >= first_us
    ]
    return with_expected(erp.plant, position, expected, ordered=[*ordered, *thought_of])

"""What energy must have cost where its price depends on when it is used, reckoned minute by minute, apart from the posting rules.

Here a price is looked up for each minute of the plant's clock, by what its block says, and minutes of one price in a row are one piece;
the posting rules know where prices begin and end (`Tariff`). Both say the same to the last Wh, or the run ends.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import groupby
from zoneinfo import ZoneInfo

from twin.model.events import EnergyMetered, EquipmentActual, EquipmentStateChanged
from twin.model.plant import PlantFile

_US_PER_MIN, _MIN_PER_QUARTER, _MIN_PER_DAY, _DAYS = 60_000_000, 15, 1440, ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_KWH_PER_QUARTER_OF_A_KW = Fraction(1, 4)
Heard = EquipmentStateChanged | EnergyMetered | EquipmentActual
Open = tuple[str, int, int]  # job orders, Wh and their cost


@dataclass(slots=True, kw_only=True)
class Fact:
    """Something told of a piece of equipment, in order of time; what is metered at an instant comes before what is told to have used it."""

    event: Heard
    request: str  # of what a job order has used
    instants: tuple[int, ...] = ()  # after it: the last two at which something was heard
    open: tuple[Open, ...] = ()  # after it: metered, and not borne yet
    adds: list[tuple[str, str | int, int]] = field(default_factory=list)  # to which account, or quarter of an hour, of whom, how much

    @property
    def order(self) -> tuple[int, bool, str, int, int]:
        it = self.event
        if isinstance(it, EquipmentActual):
            return it.effective_us, True, it.job_order, it.energy_wh, it.setup_us + it.run_us
        return it.effective_us, False, it.job_order, it.energy_wh if isinstance(it, EnergyMetered) else -1, 0


class EnergyEvidence:
    """Its own list of what was heard and metered. Where something becomes known late, all behind it is taken back and told again."""

    def __init__(self, layout: PlantFile) -> None:
        self._layout, self._zone = layout, ZoneInfo(layout.time_zone)
        self._prices: dict[int, int] = {}  # by minute since 1970
        self._facts: dict[str, list[Fact]] = {}  # by equipment
        self._totals: Counter[tuple[str, str | int]] = Counter()  # by account and whose it is: millionths of a minor unit
        self._quarters: dict[str, Counter[int]] = {}  # Wh by month and quarter of an hour
        self._charged: dict[str, int] = {}  # by month: Wh of the quarter that was told last to be its highest
        self._months: set[str] = set()  # of which quarters have changed since they were asked for last
        self._changed: dict[tuple[str, str | int], int] = {}  # what the totals were when they were asked for last

    def hear(self, event: Heard, request: str = "") -> None:
        """Something was told of a piece of equipment."""
        facts, new, again = self._facts.setdefault(event.equipment, []), Fact(event=event, request=request), list[Fact]()
        while facts and facts[-1].order > new.order:
            again.append(facts.pop())
            self._add(again[-1], -1)
        for fact in (new, *reversed(again)):
            self._follow(facts[-1] if facts else Fact(event=event, request=""), fact)
            facts.append(fact)
            self._add(fact, 1)

    def changes(self) -> Iterator[tuple[str, str, Fraction, int]]:
        """Account, whose it is, by how much that has changed since it was asked for last (minor units, exact), and its side."""
        for (account, of), before in self._changed.items():
            if more := self._totals[account, of] - before:
                yield account, str(of), Fraction(more, 1_000_000), 1 if account == "energy" else -1
        self._changed = {}
        for month in sorted(self._months) if self._layout.energy_prices.demand else ():
            highest = max(self._quarters[month].values())
            if more := highest - self._charged.get(month, 0):
                self._charged[month] = highest
                yield "energy", f"demand of {month}", Fraction(more, 1000) / _KWH_PER_QUARTER_OF_A_KW * self._layout.energy_prices.demand, 1
        self._months = set()

    # Inside

    def _add(self, fact: Fact, sign: int) -> None:
        for account, of, amount in fact.adds:
            if isinstance(of, int):
                self._quarters.setdefault(account, Counter())[of] += sign * amount
                self._months.add(account)
            else:
                self._changed.setdefault((account, of), self._totals[account, of])
                self._totals[account, of] += sign * amount

    def _follow(self, before: Fact, fact: Fact) -> None:
        """What a fact adds after another."""
        fact.instants, fact.open, fact.adds = before.instants, before.open, []
        event, at_us = fact.event, fact.event.effective_us
        if isinstance(event, EquipmentActual):
            fact.adds.append(("energy_absorbed", fact.request, self._borne(fact, event)))
            return
        if not before.instants:
            fact.instants = (at_us - _MIN_PER_QUARTER * _US_PER_MIN, at_us)
        elif at_us > before.instants[-1]:
            fact.instants = (before.instants[-1], at_us)
        if isinstance(event, EnergyMetered):
            cost = self._cost(fact.instants[0], at_us, event.energy_wh)
            fact.adds += [("energy", event.equipment, cost), *self._in_quarters(fact.instants[0], at_us, event.energy_wh)]
            if event.job_order:
                fact.open = (*before.open, (event.job_order, event.energy_wh, cost))

    def _in_quarters(self, since_us: int, at_us: int, energy_wh: int) -> Iterator[tuple[str, int, int]]:
        quarter_us = _MIN_PER_QUARTER * _US_PER_MIN
        numbers = range(since_us // quarter_us, (at_us - 1) // quarter_us + 1)
        lasting = [min(at_us, (n + 1) * quarter_us) - max(since_us, n * quarter_us) for n in numbers]
        for n, part_wh in zip(numbers, _apportioned(energy_wh, lasting), strict=True):
            yield f"{self._local(n * _MIN_PER_QUARTER):%Y-%m}", n, part_wh

    def _borne(self, fact: Fact, event: EquipmentActual) -> int:
        """What a job order bears, millionths of a minor unit: of what was metered for it first, the rest at the prices of its work."""
        wanted, cost, kept = event.energy_wh, 0, list[Open]()
        for jobs, metered_wh, metered_cost in self._merged(fact.open):
            is_own = event.job_order in jobs.split("+")
            taken = min(wanted, metered_wh) if is_own else 0
            part = metered_cost * taken // metered_wh if metered_wh else metered_cost if is_own else 0
            wanted, cost = wanted - taken, cost + part
            if taken < metered_wh or not is_own:
                kept.append((jobs, metered_wh - taken, metered_cost - part))
        fact.open = tuple(kept)
        worked_us = max(1, event.setup_us + event.run_us)
        return cost + (self._cost(event.effective_us - worked_us, event.effective_us, wanted) if wanted else 0)

    @staticmethod
    def _merged(known: Iterable[Open]) -> list[Open]:
        """What is open, once for the same job orders, in the order in which it was metered first."""
        sums: dict[str, tuple[int, int]] = {}
        for jobs, energy_wh, cost in known:
            before = sums.get(jobs, (0, 0))
            sums[jobs] = before[0] + energy_wh, before[1] + cost
        return [(jobs, *both) for jobs, both in sums.items()]

    def _cost(self, from_us: int, to_us: int, energy_wh: int) -> int:
        pieces = [(price, sum(lasts for _, lasts in run)) for price, run in groupby(self._minutes(from_us, to_us), key=lambda it: it[0])]
        parts = _apportioned(energy_wh, [lasts for _, lasts in pieces])
        return sum(wh * price for wh, (price, _) in zip(parts, pieces, strict=True))

    def _minutes(self, from_us: int, to_us: int) -> Iterator[tuple[int, int]]:
        """Price and duration, us, of each minute or part of one in an interval."""
        for minute in range(from_us // _US_PER_MIN, (to_us - 1) // _US_PER_MIN + 1):
            yield self._price(minute), min(to_us, (minute + 1) * _US_PER_MIN) - max(from_us, minute * _US_PER_MIN)

    def _price(self, minute: int) -> int:
        if minute not in self._prices:
            self._prices[minute] = self._looked_up(self._local(minute))
        return self._prices[minute]

    def _local(self, minute: int) -> datetime:
        return datetime.fromtimestamp(minute * 60, UTC).astimezone(self._zone)

    def _looked_up(self, at: datetime) -> int:
        """The price of a minute: of the first block that began today or yesterday and is not over."""
        clock = at.hour * 60 + at.minute
        for block in self._layout.energy_prices.blocks.values():
            lasts = (block.end - block.start) % _MIN_PER_DAY or _MIN_PER_DAY
            for days_ago in (0, 1):
                began = at.date() - timedelta(days=days_ago)
                is_in = 0 <= clock + days_ago * _MIN_PER_DAY - block.start < lasts
                if is_in and began.month in block.months and _DAYS[began.weekday()] in block.days:
                    return block.price
        return self._layout.energy_tariff


def _apportioned(amount: int, weights: Iterable[int]) -> list[int]:
    """Whole parts by weight: what is left of it goes to those that were cut down most, the earlier ones first."""
    exact = [Fraction(amount * weight) for weight in weights]
    whole = sum(exact, Fraction(0)) / amount if amount else Fraction(1)
    exact = [it / whole for it in exact]
    parts = [it.__floor__() for it in exact]
    for place in sorted(range(len(parts)), key=lambda n: parts[n] - exact[n])[: amount - sum(parts)]:
        parts[place] += 1
    return parts

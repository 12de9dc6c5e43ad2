"""Energy by when it was used: what is metered of each piece of equipment, what of it job orders bear, and the highest quarter of an hour.

What is metered was used evenly since the equipment was last heard of: in the state that ends, or since the reading before. It is priced
there, by the declared blocks. A job order bears its part of what was metered for it, at the price at which that was used; what is told
for it and was never metered (by another MES), at the prices of the time that it worked. All of it is whole Wh times a price per MWh.

All of that follows from the facts and their instants: at one instant what is metered counts first, and a fact that becomes known late
revises what was told of the time behind it. Each fact answers what it changes:

| document       | debit  | credit          | amount                                                                       |
|----------------|--------|-----------------|------------------------------------------------------------------------------|
| energy metered | energy | energy payable  | what is metered of its equipment costs so much more                          |
| energy demand  | energy | energy payable  | the highest quarter of an hour of a month costs so much more                 |
| energy         | WIP    | energy absorbed | another job order bears so much more; of work done again rework cost, not WIP |
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from operator import itemgetter
from typing import TYPE_CHECKING

from twin.erp.accounting.costing.operations import WH_PER_MWH
from twin.erp.accounting.rounding import Ratio
from twin.model.costing.tariff import QUARTER_US, Tariff, quarters
from twin.model.events import EnergyMetered, EquipmentActual, EquipmentStateChanged, JournalPosted
from twin.model.plant import PlantFile

if TYPE_CHECKING:
    from twin.erp.accounting.postings import Postings

_WH_OF_QUARTER = 1_000 // 4  # in a quarter of an hour at one kW


@dataclass(slots=True, kw_only=True, eq=False)
class Reading:
    """Energy that was metered up to an instant, and since when; `micro`: what it costs, millionths of a minor unit."""

    at_us: int
    energy_wh: int
    job_orders: str
    since_us: int | None = None  # None: not priced yet
    micro: int = 0


@dataclass(slots=True, kw_only=True, eq=False)
class Told:
    """What a job order is told to have used; `micro`: what it bears."""

    event: EquipmentActual
    micro: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Revised:
    """What a fact changes: of what is metered of its equipment and of what job orders bear, millionths of a minor unit; of demand."""

    metered: int = 0
    borne: Sequence[tuple[EquipmentActual, int]] = ()
    demand: Mapping[str, Fraction] = field(default_factory=dict)  # minor units, exact


AtWork = Callable[[EquipmentActual, int], int]
Key = tuple[int, int, str, int, int]  # instant; metered before told; by what it says


class EnergyUse:
    """Hears each of its events once, in any order."""

    def __init__(self, layout: PlantFile) -> None:
        self._tariff, self._demand = Tariff(layout), layout.energy_prices.demand
        self._instants: dict[str, list[int]] = {}  # by equipment: when something was heard of it
        self._readings: dict[str, dict[int, list[Reading]]] = {}  # by equipment and instant
        self._sharing: dict[tuple[str, str], Sharing] = {}  # by equipment and job order
        self._quarters: dict[str, dict[int, int]] = {}  # Wh by month and quarter of an hour since 1970
        self._peaks: dict[str, int] = {}  # by month: Wh of its highest quarter

    def hear(self, event: EquipmentStateChanged) -> Revised:
        """Something was heard of a piece of equipment."""
        return self._price(event.equipment, self._note(event.equipment, event.effective_us))

    def metered(self, event: EnergyMetered) -> Revised:
        """Energy was used since the equipment was heard of before."""
        changed = self._note(event.equipment, event.effective_us)
        reading = Reading(at_us=event.effective_us, energy_wh=event.energy_wh, job_orders=event.job_order)
        self._readings.setdefault(event.equipment, {}).setdefault(event.effective_us, []).append(reading)
        return self._price(event.equipment, [*changed, reading])

    def borne(self, event: EquipmentActual) -> Revised:
        """A job order has used so much."""
        told = Told(event=event)
        if not event.job_order:
            return Revised(borne=[(event, self._at_work(event, event.energy_wh))])
        key = (event.effective_us, 1, event.job_order, event.energy_wh, event.setup_us + event.run_us)
        return Revised(borne=[*self._of_jobs(event.equipment, [event.job_order]).add(key, told)])

    def _note(self, equipment: str, at_us: int) -> Sequence[Reading]:
        """It was heard of at that instant; readings that are of a shorter time by that."""
        instants = self._instants.setdefault(equipment, [])
        place = bisect_left(instants, at_us)
        if place < len(instants) and instants[place] == at_us:
            return ()
        instants.insert(place, at_us)
        return self._readings.get(equipment, {}).get(instants[place + 1], ()) if place + 1 < len(instants) else ()

    def _price(self, equipment: str, readings: Sequence[Reading]) -> Revised:
        """What these cost, from when the equipment was heard of before them; the first time, from a quarter of an hour before."""
        if not readings:
            return Revised()
        metered, moved, borne = 0, list[tuple[int, int]](), list[tuple[EquipmentActual, int]]()
        for it in readings:
            before = it.micro
            if it.since_us is not None:
                moved += [(number, -energy_wh) for number, energy_wh in quarters(it.since_us, it.at_us, it.energy_wh)]
            place = bisect_left(self._instants[equipment], it.at_us)
            since_us, is_new = self._instants[equipment][place - 1] if place else it.at_us - QUARTER_US, it.since_us is None
            it.since_us, it.micro = since_us, self._tariff.micro_minor(since_us, it.at_us, it.energy_wh)
            moved += quarters(since_us, it.at_us, it.energy_wh)
            metered += it.micro - before
            if it.job_orders:
                sharing = self._of_jobs(equipment, it.job_orders.split("+"))
                key = (it.at_us, 0, it.job_orders, it.energy_wh, 0)
                borne += sharing.add(key, it) if is_new else sharing.again()
        return Revised(metered=metered, borne=borne, demand=self._risen(moved))

    def _risen(self, moved: Iterable[tuple[int, int]]) -> dict[str, Fraction]:
        """By how much the highest quarter of each month costs more, or less, with Wh that were added to quarters."""
        lowered, months = set[str](), dict[str, int]()
        for number, energy_wh in moved if self._demand else ():
            month = self._tariff.month(number * QUARTER_US)
            of_month = self._quarters.setdefault(month, {})
            of_month[number] = of_month.get(number, 0) + energy_wh
            months[month] = max(months.get(month, 0), of_month[number])
            if energy_wh < 0:
                lowered.add(month)
        found: dict[str, Fraction] = {}
        for month, highest in months.items():
            before = self._peaks.get(month, 0)
            self._peaks[month] = max(self._quarters[month].values()) if month in lowered else max(before, highest)
            if more := self._peaks[month] - before:
                found[month] = Fraction(more * self._demand, _WH_OF_QUARTER)
        return found

    def _of_jobs(self, equipment: str, job_orders: Iterable[str]) -> Sharing:
        """Who shares what was metered for these; job orders that were metered together share from then on."""
        keys = [(equipment, it) for it in job_orders]
        known = dict.fromkeys(self._sharing[key] for key in keys if key in self._sharing)
        first = next(iter(known), None) or Sharing(self._at_work)
        for other in known:
            if other is not first:
                first.join(other)
                self._sharing |= dict.fromkeys(other.keys, first)
        first.keys.update(keys)
        self._sharing |= dict.fromkeys(keys, first)
        return first

    def _at_work(self, event: EquipmentActual, energy_wh: int) -> int:
        """At the prices of the time that it worked."""
        worked_us = max(1, event.setup_us + event.run_us)
        return self._tariff.micro_minor(event.effective_us - worked_us, event.effective_us, energy_wh)


class Sharing:
    """Job orders of one piece of equipment that share what was metered for them: as in order of time, whenever it became known."""

    def __init__(self, at_work: AtWork) -> None:
        self._at_work = at_work
        self._facts: list[tuple[Key, Reading | Told]] = []
        self._open: dict[str, list[int]] = {}  # by job orders: Wh and what they cost, not borne yet
        self.keys: set[tuple[str, str]] = set()  # whose it is, by equipment and job order

    def add(self, key: Key, fact: Reading | Told) -> Iterator[tuple[EquipmentActual, int]]:
        """What that changes of what job orders bear."""
        is_last = not self._facts or self._facts[-1][0] <= key
        insort(self._facts, (key, fact), key=itemgetter(0))
        return self._follow(fact) if is_last else self.again()

    def join(self, other: Sharing) -> None:
        """What was metered for others is shared with them; nobody bears another amount by that yet."""
        self._facts = sorted([*self._facts, *other._facts], key=itemgetter(0))
        self._open |= other._open
        self.keys |= other.keys

    def again(self) -> Iterator[tuple[EquipmentActual, int]]:
        """All of it in order of time."""
        self._open = {}
        for _, fact in self._facts:
            yield from self._follow(fact)

    def _follow(self, fact: Reading | Told) -> Iterator[tuple[EquipmentActual, int]]:
        if isinstance(fact, Reading):
            kept = self._open.setdefault(fact.job_orders, [0, 0])
            kept[0] += fact.energy_wh
            kept[1] += fact.micro
        elif change := (micro := self._borne(fact.event)) - fact.micro:
            fact.micro = micro
            yield fact.event, change

    def _borne(self, event: EquipmentActual) -> int:
        left, micro = event.energy_wh, 0
        for job_orders in [it for it in self._open if event.job_order in it.split("+")]:
            metered_wh, cost = self._open[job_orders]
            taken = min(left, metered_wh)
            part = cost * taken // metered_wh if metered_wh else 0
            self._open[job_orders] = [metered_wh - taken, cost - part]
            left, micro = left - taken, micro + part
            if taken == metered_wh:
                del self._open[job_orders]
        return micro + (self._at_work(event, left) if left else 0)


class EnergyEntries:
    """Books what its `EnergyUse` finds."""

    def __init__(self, book: Postings, layout: PlantFile) -> None:
        self._book, self._use = book, EnergyUse(layout)
        self._again: set[EquipmentActual] = set()  # work of nonconformances, whose energy is rework cost

    def heard(self, event: EquipmentStateChanged) -> list[JournalPosted]:
        return self._booked(event, self._use.hear(event))

    def metered(self, event: EnergyMetered) -> list[JournalPosted]:
        return self._booked(event, self._use.metered(event))

    def ran(self, event: EquipmentActual) -> tuple[Ratio, list[JournalPosted]]:
        """What the job order bears of it, minor units, exact; and what others bear otherwise by that."""
        revised = self._use.borne(event)
        own = sum(micro for actual, micro in revised.borne if actual is event)
        others = [(actual, micro) for actual, micro in revised.borne if actual is not event]
        return (own, WH_PER_MWH), self._booked(event, Revised(borne=others))

    def done_again(self, event: EquipmentActual) -> None:
        """It is work of a nonconformance."""
        self._again.add(event)

    def _booked(self, cause: EnergyMetered | EquipmentActual | EquipmentStateChanged, revised: Revised) -> list[JournalPosted]:
        book = self._book
        cost = book.accruals.step((cause.equipment, "energy"), Fraction(revised.metered, WH_PER_MWH))
        entries = book.entries.entry(cause, "energy metered", (("energy", cost), ("energy_payable", -cost)))
        for month, more in revised.demand.items():
            charge = book.accruals.step((month, "demand"), more)
            entries += book.entries.entry(cause, "energy demand", (("energy", charge), ("energy_payable", -charge)))
        for actual, micro in revised.borne:
            if request := book.requests.of(actual):
                entries += book.energy_otherwise(cause, actual, request.request, (micro, WH_PER_MWH))
                if actual in self._again:
                    entries += book.rework(cause, request.request, {"energy": Fraction(micro, WH_PER_MWH)}, actual)
        return entries

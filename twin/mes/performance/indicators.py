"""The indicators of ISO 22400-2: sums of times and quantities, and what is divided by what.

Source: the formulas of ISO 22400-2 as the MIT ontology of the standard has them. TEEP is outside of the standard, and expected by those who
know OEE. Of equipment together (a work center, an area, the plant, a shift) each element is summed first, and divided then.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from operator import attrgetter

from twin.model.measures import US_PER_H

Values = tuple[int, ...]
_EXACT_BITS = 1074  # every float is a whole number of 2**-1074: the least that is not zero
_ONE = 1 << _EXACT_BITS


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicators:
    """ISO 22400-2 indicators of one scope in one window; None where there is nothing to divide by.

    Scopes: a piece of equipment, a work center, an area, the plant; a request, a shift, a product, a person.

    Times in us. Availability of a work unit or shift is over planned busy time (its calendar, and what was worked outside of it, so it is
    never above 1); of a request or product over the time that units were busy with it.
    """

    scope: str
    name: str
    from_us: int
    to_us: int
    pbt_us: int  # planned busy time: the calendar, and work outside of it, less planned down time
    apt_us: int  # production
    asut_us: int  # set-up
    adet_us: int  # delay
    adot_us: int  # available, not used
    pdot_us: int  # planned down time: maintenance that was planned, in the calendar
    unknown_us: int  # nobody reported a state
    aoet_us: int  # order execution time: from the first start to the end (request, product)
    calendar_us: int  # all of the window, of each piece of equipment (equipment, work center, area, plant)
    planned_run_us: int  # PRU * PQ: expected run time of what was counted
    work_us: int  # APWT: of persons
    attendance_us: int  # APAT: of persons, by calendar
    energy_wh: int
    produced: int  # PQ
    good: int  # GQ
    scrap: int  # SQ
    rework: int  # RQ
    planned_scrap: float  # PSQ: what the routing expects of the pieces counted to be scrap
    first_produced: int  # PQ of the first operation: pieces counted there for the first time
    failure_count: int  # FE
    repair_us: int  # in Held or Aborted
    availability: float | None  # APT / PBT
    effectiveness: float | None  # PRU * PQ / APT
    quality_ratio: float | None  # GQ / PQ
    oee: float | None  # availability * effectiveness * quality ratio; 0 where planned time has made nothing (equipment, ..., shift)
    nee: float | None  # (APT + ASUT) / PBT * effectiveness * quality ratio
    utilisation_efficiency: float | None  # APT / AUBT
    allocation_efficiency: float | None  # AUBT / PBT
    technical_efficiency: float | None  # APT / (APT + ADET)
    teep: float | None  # OEE * PBT / calendar time
    equipment_load_ratio: float | None  # PQ / EPC, which is PBT / PRU: pieces made over those that planned time is enough for
    allocation_ratio: float | None  # sum of AUBT / AOET (request, product): above 1 where several units work on it at a time
    process_ratio: float | None  # sum of APT / AOET (request, product): production process ratio
    setup_rate: float | None  # ASUT / (APT + ASUT)
    scrap_ratio: float | None  # SQ / PQ
    rework_ratio: float | None  # RQ / PQ
    actual_to_planned_scrap_ratio: float | None  # SQ / PSQ
    fall_off_ratio: float | None  # SQ / PQ of the first operation (request, product, plant)
    first_pass_yield: float | None  # GP / IP: good without rework / inspected for the first time
    worker_efficiency: float | None  # APWT / APAT
    throughput_per_h: float | None  # PQ / AOET; of a work unit or shift PQ / PBT
    energy_wh_per_piece: float | None  # E / PQ
    mtbf_us: float | None  # time to failure and time to repair
    mttf_us: float | None  # (APT + ASUT) / FE
    mttr_us: float | None  # repair time / FE

    @property
    def busy_us(self) -> int:
        """AUBT: actual unit busy time."""
        return self.apt_us + self.asut_us + self.adet_us


def exact(value: float) -> int:
    """A number as what sums without rounding, in whatever order and parts: so many times 2**-1074."""
    above, below = value.as_integer_ratio()
    return above << (_EXACT_BITS + 1 - below.bit_length())


@dataclass(slots=True)
class Sums:
    """What is added up before anything is divided. Sums of fractions are kept exactly, and rounded once: when they are read."""

    pbt: int = 0
    apt: int = 0
    asut: int = 0
    adet: int = 0
    adot: int = 0
    pdot: int = 0
    unknown: int = 0
    aoet: int = 0
    calendar: int = 0
    work: int = 0
    attendance: int = 0
    good: int = 0
    scrap: int = 0
    rework: int = 0
    first_good: int = 0
    first_inspected: int = 0
    first_produced: int = 0
    failure_count: int = 0
    repair: int = 0
    expected: int = 0  # planned run, `exact`
    metered: int = 0  # energy, `exact`
    expected_scrap: int = 0  # PSQ, `exact`
    delays: defaultdict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))  # adet, by kind of delay and reason
    lost: dict[str, int] = field(default_factory=dict)  # pieces of scrap and rework by reason, of which somebody has said one

    @property
    def planned_run(self) -> float:
        """PRU * PQ, us."""
        return self.expected / _ONE

    @property
    def energy_wh(self) -> float:
        """What was metered, Wh."""
        return self.metered / _ONE

    @property
    def planned_scrap(self) -> float:
        """PSQ, pieces."""
        return self.expected_scrap / _ONE

    def spend(self, category: str, duration_us: int) -> None:
        setattr(self, category, getattr(self, category) + duration_us)

    def values(self) -> Values:
        """All that adds up over the stretches of a window, in the order of `ADDED`."""
        return _values(self)

    def add(self, values: Values) -> None:
        """Add the `values` of a stretch."""
        for name, value in zip(ADDED, values, strict=True):
            if value:
                setattr(self, name, getattr(self, name) + value)


ADDED = (
    "pbt", "apt", "asut", "adet", "adot", "pdot", "unknown", "work", "good", "scrap", "rework", "first_good", "first_inspected",
    "first_produced",
    "failure_count", "repair", "expected", "metered", "expected_scrap",
)  # fmt: skip
_values: Callable[[Sums], Values] = attrgetter(*ADDED)


def _ratio(above: float, below: float) -> float | None:
    return above / below if below else None


def _product(*factors: float | None) -> float | None:
    result = 1.0
    for factor in factors:
        if factor is None:
            return None
        result *= factor
    return result


OF_EQUIPMENT = ("equipment", "work_center", "area", "plant", "shift")
"""Scopes that have planned time of their own; of an order it is the time that units were busy with it."""
OF_ORDERS = ("request", "order", "product", "plant")
"""Scopes in which the scrap of all operations stands against what came out of the first."""


def divide(scope: str, name: str, from_us: int, to_us: int, sums: Sums, failures_plus: int) -> Indicators:
    """The indicators of ISO 22400-2 from the sums of one scope.

    OEE is PRU * GQ / PBT, so it is 0 where planned time has made nothing, though there is no piece to divide by for the quality ratio; NEE
    and the load are so too. It is none where nobody knows of any of that time what it was.
    """
    busy, used = sums.apt + sums.asut + sums.adet, sums.apt + sums.asut
    produced = sums.good + sums.scrap + sums.rework
    availability, quality = _ratio(sums.apt, sums.pbt), _ratio(sums.good, produced)
    planned_run, energy_wh, planned_scrap = sums.planned_run, sums.energy_wh, sums.planned_scrap
    effectiveness = _ratio(planned_run, sums.apt) if planned_run else None
    made_nothing = scope in OF_EQUIPMENT and not produced and sums.pbt > sums.unknown
    oee = 0.0 if made_nothing else _product(availability, effectiveness, quality)
    failures = sums.failure_count + failures_plus if sums.failure_count else 0
    mttf, mttr = _ratio(used, failures), _ratio(sums.repair, failures)
    return Indicators(
        scope=scope, name=name, from_us=from_us, to_us=to_us, pbt_us=sums.pbt, apt_us=sums.apt, asut_us=sums.asut, adet_us=sums.adet,
        adot_us=sums.adot, pdot_us=sums.pdot, unknown_us=sums.unknown, aoet_us=sums.aoet, calendar_us=sums.calendar,
        planned_run_us=round(planned_run),
        work_us=sums.work, attendance_us=sums.attendance, energy_wh=round(energy_wh), produced=produced, good=sums.good,
        scrap=sums.scrap, rework=sums.rework, planned_scrap=planned_scrap, first_produced=sums.first_produced,
        failure_count=sums.failure_count, repair_us=sums.repair, availability=availability, effectiveness=effectiveness,
        quality_ratio=quality, oee=oee, nee=0.0 if made_nothing else _product(_ratio(used, sums.pbt), effectiveness, quality),
        utilisation_efficiency=_ratio(sums.apt, busy), allocation_efficiency=_ratio(busy, sums.pbt),
        technical_efficiency=_ratio(sums.apt, sums.apt + sums.adet), teep=_product(oee, _ratio(sums.pbt, sums.calendar)),
        equipment_load_ratio=_ratio(planned_run, sums.pbt) if (planned_run or made_nothing) and scope in OF_EQUIPMENT else None,
        allocation_ratio=_ratio(busy, sums.aoet), process_ratio=_ratio(sums.apt, sums.aoet), setup_rate=_ratio(sums.asut, used),
        scrap_ratio=_ratio(sums.scrap, produced), rework_ratio=_ratio(sums.rework, produced),
        actual_to_planned_scrap_ratio=_ratio(sums.scrap, planned_scrap),
        fall_off_ratio=_ratio(sums.scrap, sums.first_produced) if scope in OF_ORDERS else None,
        first_pass_yield=_ratio(sums.first_good, sums.first_inspected), worker_efficiency=_ratio(sums.work, sums.attendance),
        throughput_per_h=_ratio(produced * US_PER_H, sums.aoet or sums.pbt), energy_wh_per_piece=_ratio(energy_wh, produced),
        mtbf_us=None if mttf is None or mttr is None else mttf + mttr, mttf_us=mttf, mttr_us=mttr,
    )  # fmt: skip

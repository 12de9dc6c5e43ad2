"""Totals of a run by rule, added up over whole columns of its pages up to an instant: what requests took and gave, what is in stock."""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.erp.accounting.costing.operations import WH_PER_MWH
from twin.erp.accounting.wip import COST_ELEMENTS
from twin.kernels.floor.rows import log_rows as said
from twin.model.bills.given_off import gives_off_at
from twin.model.costing.tariffs import EnergyPrices
from twin.model.measures import US_PER_H
from twin.study.by_rule.attendance import Attendance
from twin.study.by_rule.booked.energy import PricedEnergy
from twin.study.by_rule.declared import Declared
from twin.study.by_rule.pages import NOBODY, Ints, Pages
from twin.study.by_rule.work import OPEN_US, Work

_KEPT = (said.TELLS_SHIPMENT, said.TELLS_DELIVERY, said.TELLS_ENERGY, said.TELLS_BEAT, said.TELLS_STOCK, said.TELLS_WORK)


def rounded(numerators: NDArray[Any], denominator: int) -> Ints:
    """Each numerator / denominator to the nearest integer, halves to the even one, as `round_half_even`."""
    whole = numerators // denominator
    rest = 2 * (numerators - whole * denominator)
    up = (rest > denominator) | ((rest == denominator) & (whole % 2 == 1))
    return np.asarray(whole + up, np.int64)


class Totals:
    """Columns are by number of a request, or of a material, or by place of equipment.

    Attributes
    ----------
    rows : the pages by kind
    closed_us : when each request was answered; OPEN_US: it is open
    found_minor : by element, what is booked of requests whose lot was found in the making
    """

    def __init__(self, of: Declared, pages: Pages, work: Work, attendance: Attendance) -> None:
        self._of, self._pages, self._work, self._attendance = of, pages, work, attendance
        self._start_us = pages.scenario.start_us
        self._priced = PricedEnergy(of, work) if of.plant.layout.energy_prices != EnergyPrices() else None
        kinds = pages.rows[:, said.EVENT_WHAT] % said.PLACES
        self.rows = {kind: pages.rows[kinds == kind] for kind in _KEPT}
        self.closed_us = self._closed_us()
        self._begun, self._made, self._apart = self._inputs(), *self._outputs()
        opening = {row[said.EVENT_A] for row in self.rows[said.TELLS_STOCK].tolist()}
        self.opening = [it.opening_stock if n in opening else 0 for n, it in enumerate(of.definitions)]
        self._found: dict[str, dict[int, Fraction]] = {it: {} for it in COST_ELEMENTS}
        self.found_minor = {it: np.zeros(pages.material_of.size, np.int64) for it in COST_ELEMENTS}
        self._find()

    def elements(self, before_us: int) -> dict[str, Ints]:
        """What each request has taken in, by element, and given out (`produced`, `scrap`), minor units, each rounded by itself."""
        machine, labour, of = self._work.machine, self._work.labour, self._of
        places, busy_us = machine[:, 1], machine[:, 3] + machine[:, 4]
        requests = self._pages.request_of[machine[:, 2] // said.STEPS_IN_A_LABEL]
        ran = np.column_stack([machine[:, 0], requests, busy_us * of.rates[places], machine[:, 5] * of.is_costed[places]])
        requests = self._pages.request_of[labour[:, 2] // said.STEPS_IN_A_LABEL]
        paid = np.column_stack([labour[:, 0], requests, labour[:, 3] * self._attendance.rates(labour[:, 1])])
        energy = self._sum(ran, before_us, of=3) * of.plant.layout.energy_tariff
        if self._priced:
            energy = self._sum(self._priced.borne, before_us)
        worked = np.column_stack([labour[:, 0], requests, labour[:, 3] * self._attendance.counts(labour[:, 1])])
        ran_us = np.column_stack([ran[:, :2], busy_us * of.is_costed[places]])
        return {
            "material": self._material(before_us),
            "labour": self._with_found("labour", self._sum(paid, before_us), US_PER_H, before_us),
            "machine": self._with_found("machine", self._sum(ran, before_us), US_PER_H, before_us),
            "energy": self._with_found("energy", energy, WH_PER_MWH, before_us),
            "overhead": self._overhead(self._sum(ran_us, before_us), self._sum(worked, before_us), before_us),
            "service": np.zeros(energy.size, np.int64),
            "produced": self._produced(before_us),
            "scrap": self._scrap(before_us),
        }

    def on_hand(self, before_us: int) -> list[int]:
        """What is in stock, by material."""
        total = np.array(self.opening, np.int64) * self.has_begun(before_us)
        total += self._sum(self.rows[said.TELLS_DELIVERY], before_us, by=said.EVENT_B, of=said.EVENT_D, size=total.size)
        shipped = self.shipped(before_us)
        np.subtract.at(total, shipped[:, said.EVENT_WHAT], shipped[:, said.EVENT_A])
        made, begun, apart = (self._sum(it, before_us) for it in (self._made, self._begun, self._apart))
        for material, its in self._by_material():
            total[material] += made[its].sum()
            for component, each in self._of.components[material].items():
                total[component] -= int(each) * begun[its].sum()  # bills for several need the ledger
            for part, given in self._of.parts[material].items():
                total[part] += int(given) * apart[its].sum()
        return [int(it) for it in total]

    def shipped(self, before_us: int) -> Ints:
        """Rows of shipments, with the number of the material in the place of WHAT."""
        rows, demand = self.rows[said.TELLS_SHIPMENT], self._pages.scenario.demand
        rows = np.array(rows[rows[:, said.EVENT_US] < before_us])
        of = [self._of.number[it.material] for it in demand.orders] + [NOBODY] * len(self._pages.scenario.work_in_process)
        of += [self._of.number[it.material] for it in demand.streams.values()]
        rows[:, said.EVENT_WHAT] = np.array([*of, NOBODY], np.int64)[rows[:, said.EVENT_B]]
        return rows

    def energy_minor(self, before_us: int) -> int:
        """What all energy costs that was metered, rounded by equipment, and the highest quarters of an hour."""
        count = len(self._of.places)
        if self._priced:
            micro = self._sum(self._priced.metered, before_us, size=count)
            return int(rounded(micro, WH_PER_MWH).sum()) + self._priced.demand_minor(before_us)
        rows = self.rows[said.TELLS_ENERGY].copy()
        rows[:, said.EVENT_WHAT] = rows[:, said.EVENT_WHAT] // said.PLACES - 1
        metered_wh = self._sum(rows, before_us, by=said.EVENT_WHAT, of=said.EVENT_A, size=count)
        return int(rounded(metered_wh * self._of.plant.layout.energy_tariff, WH_PER_MWH).sum())

    def has_begun(self, before_us: int) -> bool:
        """Whether what was there at the start is known before an instant."""
        return before_us > self._start_us

    # Inside

    def _request(self, label: int) -> int:
        return int(self._pages.request_of[label // said.STEPS_IN_A_LABEL])

    def _closed_us(self) -> Ints:
        answered, closed_us = self._work.answered(), np.full(self._pages.material_of.size, OPEN_US)
        for request, row in answered.items():
            closed_us[request] = self._pages.rows[row, said.EVENT_US]
        return closed_us

    def _inputs(self) -> Ints:
        """Instant, request and pieces of lots that have taken their bill from stock: what was found, or sent back, has it in it already."""
        pages, rows = self._pages, []
        for serial, row in self._work.begun().items():
            if pages.takes_its_bill(serial):
                rows.append((pages.rows[row, said.EVENT_US], int(pages.request_of[serial]), self._work.lot_quantity(serial)))
        return np.array(rows, np.int64).reshape(-1, 3)

    def _outputs(self) -> tuple[Ints, Ints]:
        """Instant, request and pieces of what was finished, and of what gave its by-products off."""
        made, apart = [], []
        for label, end in self._work.ends.items():
            if not end.good or label in self._work.unfinished:
                continue
            number = label % said.STEPS_IN_A_LABEL
            material, operation = self._of.steps[number]
            row = (end.last_us, self._request(label), end.good)
            if self._of.step(number).following is None:
                made.append(row)
            if operation == gives_off_at(self._of.plant, material):
                apart.append(row)
        return np.array(made, np.int64).reshape(-1, 3), np.array(apart, np.int64).reshape(-1, 3)

    def _find(self) -> None:
        """Lots that were found in the making: at the standard of what was done to them."""
        told = {row[said.EVENT_A] for row in self.rows[said.TELLS_WORK].tolist()}
        work = self._pages.scenario.counted_work()
        for request in np.flatnonzero(self._pages.found_as != NOBODY).tolist():
            n = int(self._pages.found_as[request])
            if n in told:
                cost = self._of.found_minor(work[n]["material"], work[n]["operation"])
                for element in COST_ELEMENTS:
                    exact = getattr(cost, element) * work[n]["quantity"]
                    self._found[element][request], self.found_minor[element][request] = exact, round(exact)

    def _sum(self, rows: Ints, before_us: int, *, by: int = 1, of: int = 2, size: int | None = None) -> Ints:
        """Column `of` of the rows (instant first) that come before an instant, added up by column `by`."""
        known = rows[rows[:, 0] < before_us]
        total = np.zeros(self._pages.material_of.size if size is None else size, np.int64)
        np.add.at(total, known[:, by], known[:, of])
        return total

    def _with_found(self, element: str, numerators: NDArray[Any], denominator: int, before_us: int) -> Ints:
        """Rounded, of found lots together with what they were found with."""
        total = rounded(numerators, denominator)
        for request, exact in self._found[element].items() if self.has_begun(before_us) else ():
            total[request] = round(exact + Fraction(int(numerators[request]), denominator))
        return total

    def _by_material(self) -> Iterator[tuple[int, NDArray[np.bool_]]]:
        """Each material that is asked for, with its requests."""
        for material in np.unique(self._pages.material_of).tolist():
            yield material, self._pages.material_of == material

    def _material(self, before_us: int) -> Ints:
        """Components that were taken, less what was given off. Exact numbers grow beyond 64 bits, hence Python's integers."""
        begun, apart = (self._sum(it, before_us).astype(object) for it in (self._begun, self._apart))
        taken, given = self._of.taken_minor, self._of.given_minor
        denominator = math.lcm(*(it.denominator for it in (*taken, *given)))
        numerators = np.zeros(begun.size, dtype=object)
        for n, its in self._by_material():
            numerators[its] = begun[its] * int(taken[n] * denominator) - apart[its] * int(given[n] * denominator)
        return self._with_found("material", numerators, denominator, before_us)

    def _overhead(self, ran_us: Ints, worked_us: Ints, before_us: int) -> Ints:
        """What requests bear by the hours of machines and persons, and by the pieces that are finished."""
        overheads, made = self._of.overheads, self._sum(self._made, before_us).astype(object)
        machine, labour = overheads.of_machine(1), overheads.of_labour(1)
        pieces = {n: overheads.of_piece(self._of.names[n]) for n, _ in self._by_material()}
        denominator = math.lcm(machine.denominator, labour.denominator, *(it.denominator for it in pieces.values()))
        numerators = ran_us.astype(object) * int(machine * denominator) + worked_us.astype(object) * int(labour * denominator)
        for n, its in self._by_material():
            numerators[its] += made[its] * int(pieces[n] * denominator)
        return self._with_found("overhead", numerators, denominator, before_us)

    def _produced(self, before_us: int) -> Ints:
        made, total = self._sum(self._made, before_us).astype(object), np.zeros(self._pages.material_of.size, np.int64)
        for n, its in self._by_material():
            total[its] = rounded(made[its] * self._of.unit_minor[n].numerator, self._of.unit_minor[n].denominator)
        return total

    def _scrap(self, before_us: int) -> Ints:
        """What was lost, at the share of the standard that it had earned, by request."""
        rows, lost = self._work.scrap[self._work.scrap[:, 0] < before_us], dict[int, Fraction]()
        for _, label, pieces, _ in rows.tolist():
            request = self._request(label)
            lost[request] = lost.get(request, Fraction(0)) + pieces * self._of.lost_minor[label % said.STEPS_IN_A_LABEL]
        total = np.zeros(self._pages.material_of.size, np.int64)
        for request, exact in lost.items():
            total[request] = round(exact)
        return total

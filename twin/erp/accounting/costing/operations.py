"""What an operation should take and cost for one unit of its material, and what one lot of it should, whatever is in the lot.

Set-ups, and run times of a whole lot, are planned once for a costing lot, so what a unit bears of them is right for lots of that size
alone: `per_lot` is what a lot costs, of however many units, `lots_per_unit` what of that a unit bears.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from operator import attrgetter
from typing import TYPE_CHECKING

from twin.erp.accounting.costing.setups import mean_setup_us
from twin.model.materials import MaterialDefinition
from twin.model.measures import US_PER_H
from twin.model.plant import Operation, Plant, ProcessSegment, most_at_once

if TYPE_CHECKING:
    from twin.erp.accounting.standard_cost import Overheads

WH_PER_MWH = 1_000_000
_NOTHING = Fraction(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class CostElements:
    """An amount by cost element, minor units, exact."""

    material: Fraction = _NOTHING
    labour: Fraction = _NOTHING
    machine: Fraction = _NOTHING
    energy: Fraction = _NOTHING
    overhead: Fraction = _NOTHING  # in a released standard it is part of `machine`
    service: Fraction = _NOTHING  # work of suppliers; in a released standard it is part of `material`: both are bought

    def __add__(self, other: CostElements) -> CostElements:
        return CostElements(
            material=self.material + other.material,
            labour=self.labour + other.labour,
            machine=self.machine + other.machine,
            energy=self.energy + other.energy,
            overhead=self.overhead + other.overhead,
            service=self.service + other.service,
        )

    def times(self, factor: Fraction | int) -> CostElements:
        return CostElements(
            material=self.material * factor,
            labour=self.labour * factor,
            machine=self.machine * factor,
            energy=self.energy * factor,
            overhead=self.overhead * factor,
            service=self.service * factor,
        )

    @property
    def total(self) -> Fraction:
        return self.material + self.labour + self.machine + self.energy + self.overhead + self.service


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationStandard:
    """What one operation should take and cost for one unit of its material."""

    labour_us: Fraction
    cost: CostElements  # without material
    overheads: Mapping[str, Fraction] = field(default_factory=dict)  # of the cost: what each overhead is of it
    machine_us: Fraction = _NOTHING
    per_lot: CostElements = field(default_factory=CostElements)  # set-up, and run times of a whole lot, of however many units
    overheads_per_lot: Mapping[str, Fraction] = field(default_factory=dict)
    lots_per_unit: Fraction = _NOTHING

    @property
    def has_lot_cost(self) -> bool:
        """Whether a lot costs anything whatever is in it."""
        return bool(self.per_lot.machine or self.per_lot.labour or self.per_lot.energy or self.per_lot.overhead)


@dataclass(frozen=True, slots=True, kw_only=True)
class _PerUnit:
    """What one unit of a material takes on one piece of equipment."""

    setup_us: Fraction
    run_us: Fraction
    hourly: Fraction  # minor units
    energy_wh: Fraction
    of_lot_us: Fraction  # of the run time: its share of what a whole lot takes
    of_lot_wh: Fraction  # of the energy: its share of what set-up and a whole lot take


class OperationStandards:
    """The standards of the operations of a plant, by its tables and the overheads that hours bear."""

    def __init__(self, plant: Plant, overheads: Overheads) -> None:
        self._plant, self._layout, self._overheads = plant, plant.layout, overheads
        self._definitions = plant.materials.materials

    def of(self, material: str, operation: Operation) -> OperationStandard:
        """One unit of a material through an operation: the mean of the equipment that can do it."""
        segment = self._layout.process_segments[operation.segment]
        equipment = self._plant.equipment_of(operation.segment)
        definition = self._definitions[material]
        lot_size = definition.costing_lot or definition.lot_size or definition.price_per
        of_each = [self._on(name, operation, lot_size) for name in equipment]
        service = CostElements(service=_service(definition, operation))
        if not of_each:
            return OperationStandard(labour_us=_NOTHING, cost=service)
        setup_us, run_us, of_lot_us = (_mean(of_each, it) for it in (_SETUP, _RUN, _OF_LOT))
        cost, borne = self._cost(
            segment, _attended(segment, setup_us, run_us), setup_us + run_us,
            _mean(of_each, lambda it: (it.setup_us + it.run_us) * it.hourly / US_PER_H), _mean(of_each, lambda it: it.energy_wh),
        )  # fmt: skip
        of_lot, borne_by_lot = self._cost(
            segment, _attended(segment, setup_us, of_lot_us), setup_us + of_lot_us,
            _mean(of_each, lambda it: (it.setup_us + it.of_lot_us) * it.hourly / US_PER_H), _mean(of_each, lambda it: it.of_lot_wh),
        )  # fmt: skip
        share = Fraction(1 / (operation.sample_every or 1) * operation.sample).limit_denominator(1_000_000)
        return OperationStandard(
            labour_us=_attended(segment, setup_us, run_us) * share, machine_us=(setup_us + run_us) * share,
            cost=(cost + service).times(share), overheads={name: each * share for name, each in borne.items()},
            per_lot=of_lot.times(lot_size),
            overheads_per_lot={name: each * lot_size for name, each in borne_by_lot.items()}, lots_per_unit=share / lot_size,
        )  # fmt: skip

    def _cost(
        self, segment: ProcessSegment, labour_us: Fraction, busy_us: Fraction, machine_minor: Fraction, energy_wh: Fraction
    ) -> tuple[CostElements, dict[str, Fraction]]:
        """What so much of each costs, and what is borne of each overhead."""
        borne = self._overheads.by_hours("labour_hour", labour_us) | self._overheads.by_hours("machine_hour", busy_us)
        cost = CostElements(
            labour=labour_us * self._hourly_labour(segment) / US_PER_H, machine=machine_minor,
            energy=energy_wh * self._layout.energy_tariff / WH_PER_MWH, overhead=sum(borne.values(), _NOTHING),
        )  # fmt: skip
        return cost, borne

    def _hourly_labour(self, segment: ProcessSegment) -> Fraction:
        """Mean hourly cost of the persons who have the segment's qualification, minor units."""
        rates = [p.hourly_cost for p in self._layout.persons.values() if segment.personnel_class in p.classes]
        return Fraction(sum(rates), len(rates)) if rates else _NOTHING

    def _on(self, equipment: str, operation: Operation, lot_size: int) -> _PerUnit:
        """Time, machine cost and energy of one unit of material on one piece of equipment."""
        line = self._layout.production_lines.get(equipment)
        if line is not None:
            cycles = [Fraction(round(station.cycle.mean_us), line.transfer_lot) for station in line.stations.values()]
            energy_wus = sum((c * s.power.execute for c, s in zip(cycles, line.stations.values(), strict=True)), _NOTHING)
            run_us = max(cycles)
            return _PerUnit(
                setup_us=_NOTHING, run_us=run_us, hourly=Fraction(line.hourly_cost), energy_wh=energy_wus / US_PER_H,
                of_lot_us=_NOTHING, of_lot_wh=_NOTHING,
            )  # fmt: skip
        unit = self._layout.work_units[equipment]
        most = most_at_once(unit.batch, operation.batch)
        sharing = most.maximum if most.counts == "lots" else max(1, most.maximum // lot_size)
        lot_run_us = (operation.interval or round(operation.run.mean_us)) * (lot_size if operation.per == "piece" else 1)
        run_us = Fraction(lot_run_us, lot_size * sharing)
        setup_us = mean_setup_us(self._plant, unit.equipment_class, operation.setup_family) / (lot_size * sharing)
        of_lot_us = run_us if operation.per == "lot" else _NOTHING
        return _PerUnit(
            setup_us=setup_us,
            run_us=run_us,
            hourly=Fraction(unit.hourly_cost),
            energy_wh=(setup_us * unit.power.setup + run_us * unit.power.execute) / US_PER_H,
            of_lot_us=of_lot_us,
            of_lot_wh=(setup_us * unit.power.setup + of_lot_us * unit.power.execute) / US_PER_H,
        )


_SETUP: Callable[[_PerUnit], Fraction] = attrgetter("setup_us")
_RUN: Callable[[_PerUnit], Fraction] = attrgetter("run_us")
_OF_LOT: Callable[[_PerUnit], Fraction] = attrgetter("of_lot_us")


def _attended(segment: ProcessSegment, setup_us: Fraction, run_us: Fraction) -> Fraction:
    """What of set-up and run time takes somebody."""
    if segment.personnel_class is None:
        return _NOTHING
    return setup_us if segment.attended == "setup" else setup_us + run_us


def _mean(of_each: Sequence[_PerUnit], figure: Callable[[_PerUnit], Fraction]) -> Fraction:
    return sum(map(figure, of_each), _NOTHING) / len(of_each)


def _service(definition: MaterialDefinition, operation: Operation) -> Fraction:
    """What a supplier is paid for his work on one unit."""
    it = operation.subcontract
    return Fraction(it.price * it.quantity, definition.price_per) if it else _NOTHING

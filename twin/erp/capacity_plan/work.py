"""What an order takes of equipment and persons: the operations of its routing, at expected times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from twin.erp.accounting.costing.setups import mean_setup_us
from twin.model.plant import Operation, Plant, WorkUnit, most_at_once


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One operation on one lot, us. It keeps equipment busy for `busy`, and is done after `flow` of the equipment's working time.

    The two differ where lots share a batch, or follow one another before the first is through. `after_us` : on the way to the next.
    """

    operation: str
    center: str
    equipment: tuple[str, ...]
    busy_lot_us: int
    busy_piece_us: int
    flow_lot_us: int
    flow_piece_us: int
    after_us: int
    personnel_class: str | None
    labour_lot_us: int
    labour_piece_us: int
    others: tuple[tuple[Fraction, Step], ...] = ()  # the same by each alternative, and the share of the work that is expected there

    @property
    def ways(self) -> list[tuple[Fraction, Step]]:
        """Where it is done, and which share of the work: what no alternative is expected to take is done here."""
        return [(1 - sum((share for share, _ in self.others), Fraction(0)), self), *self.others]

    def busy_us(self, pieces: int) -> int:
        return self.busy_lot_us + self.busy_piece_us * pieces

    def labour_us(self, pieces: int) -> int:
        return self.labour_lot_us + self.labour_piece_us * pieces


def steps_of(plant: Plant) -> dict[str, tuple[Step, ...]]:
    """The steps of every material that is made. A set-up counts with the mean over its families, a batch as full, alternatives by share."""
    return {
        material: tuple(_with_others(plant, material, name, it) for name, it in plant.layout.routings.get(material, {}).items())
        for material in plant.materials.materials
    }


def _with_others(plant: Plant, material: str, name: str, operation: Operation) -> Step:
    others = tuple(
        (Fraction(str(it.planned_share)), _step(plant, material, name, way))
        for it, way in zip(operation.alternatives, operation.ways[1:], strict=True)
    )
    return replace(_step(plant, material, name, operation), others=others)


def rows_of(steps: Sequence[Step]) -> list[tuple[int, Step]]:
    """The ways of all steps, one after the other, as a shop has them in rows; each with the place of its step."""
    return [(place, way) for place, step in enumerate(steps) for _, way in step.ways]


def lots_of(pieces: int, lot_size: int | None) -> list[int]:
    """The lots that so many pieces are cut into."""
    size = lot_size or pieces
    return [size] * (pieces // size) + ([pieces % size] if pieces % size else []) if pieces > 0 else []


def _step(plant: Plant, material: str, name: str, operation: Operation) -> Step:
    segment = plant.layout.process_segments[operation.segment]
    equipment = plant.equipment_of(operation.segment)
    unit = plant.layout.work_units.get(equipment[0]) if equipment else None
    piece_us, lot_us = plant.expected_us(operation)
    setup_us = mean_setup_us(plant, unit.equipment_class, operation.setup_family) if unit else Fraction(0)
    around_us = unit.load + unit.unload if unit else 0
    share = Fraction(1, operation.sample_every or 1) * Fraction(operation.sample).limit_denominator(1_000_000)
    busy_piece, busy_lot = _shared(plant, material, operation, unit)
    fixed_us = setup_us + around_us
    busy_lot_us, busy_piece_us = round((fixed_us + busy_lot) * share), round(busy_piece * share)
    is_all = segment.attended == "all"
    labour_lot_us = busy_lot_us if is_all else round(setup_us * share)
    return Step(
        operation=name, center=segment.work_center, equipment=tuple(equipment), busy_lot_us=busy_lot_us, busy_piece_us=busy_piece_us,
        flow_lot_us=round(fixed_us) + round(lot_us), flow_piece_us=round(piece_us), after_us=round(operation.transport.mean_us),
        personnel_class=segment.personnel_class, labour_lot_us=labour_lot_us if segment.personnel_class else 0,
        labour_piece_us=busy_piece_us if segment.personnel_class and is_all else 0,
    )  # fmt: skip


def _shared(plant: Plant, material: str, operation: Operation, unit: WorkUnit | None) -> tuple[Fraction, Fraction]:
    """Run time for each piece and for the lot, us, shared with those that are in the same batch."""
    piece_us, lot_us = (Fraction(round(it)) for it in plant.expected_us(operation))
    if operation.interval:
        return piece_us, Fraction(0) if operation.per == "piece" else Fraction(operation.interval)
    most = most_at_once(unit.batch if unit else None, operation.batch)
    if most.counts == "lots":
        return piece_us / most.maximum, lot_us / most.maximum
    lot_size = plant.materials.materials[material].lot_size or 1
    return piece_us / max(1, most.maximum // lot_size) + lot_us / most.maximum, Fraction(0)

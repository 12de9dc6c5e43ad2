"""What each operation of each routing needs, looked up once before the plant runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from twin.model.floor.queue_limit import QueueLimit
from twin.model.measures import AnyDistribution
from twin.model.plant import BatchSize, Operation, Plant
from twin.simulation.streams import Draw, drawing


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherWay:
    """How an operation is done by an alternative: on other equipment, with a run time of its own."""

    preference: int  # its number among the alternatives, from 1
    run: AnyDistribution
    draw_run_us: Draw
    piece_us: float
    lot_us: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One operation of the routing of one material, with what its segment says."""

    material: str
    operation: str
    work_center: str
    storage: str  # where lots wait for it
    equipment: tuple[str, ...]  # work units and lines that can do it, in declared order, those of alternatives last
    others: Mapping[str, OtherWay]  # by equipment that is not of its own segment
    run: AnyDistribution
    draw_run_us: Draw
    is_per_piece: bool
    piece_us: float  # expected run time for each piece
    lot_us: float  # and for the lot, however large
    later_piece_us: float  # the same of all operations after it
    later_lot_us: float
    operations_left: int  # this one and all after it
    setup_family: str | None
    personnel_class: str | None  # who is needed
    is_setup_staffed: bool
    is_run_staffed: bool
    transport: AnyDistribution  # from here to wherever the lot goes next
    arrival_is_told: bool  # a lot that is done here is scanned where it goes next
    interval_us: int  # cascade: until the next piece or lot goes in; 0: the unit is busy for the whole run
    batch: BatchSize | None  # how large its batches are; None: as its units say
    same_unit_as: str | None
    saves_unit: bool  # a later operation has to be done on the unit that does this one
    rejects_by_lot: bool
    scrap: float
    rework: float
    rework_to: str | None
    sample: float
    sample_every: int  # every n-th lot that comes to it is chosen; 0: the share says it
    limit: QueueLimit | None  # how long lots may wait for it
    limits_from: tuple[str, ...]  # later operations that have to begin in time after it
    next_operation: str | None
    is_first: bool
    begins_here: bool  # a lot may come into being here, as it is started

    def way_on(self, equipment: str) -> Step | OtherWay:
        """How it is done on `equipment`: as declared, or by an alternative."""
        return self.others.get(equipment, self)

    def stay_us(self, run_us: int, quantity: int, handling_us: int) -> tuple[int, int]:
        """How long a run keeps the unit busy, and how long the lot stays on after that, from the run time that was drawn.

        In a cascade the unit takes the next lot as soon as the last piece has gone in.
        """
        pieces = quantity if self.is_per_piece else 1
        if not self.interval_us:
            return run_us * pieces + handling_us, 0
        return self.interval_us * pieces, max(0, run_us + handling_us - self.interval_us)

    def preference(self, equipment: str) -> int:
        """0: it is done there as declared; n: by its n-th alternative."""
        other = self.others.get(equipment)
        return other.preference if other else 0

    def expected_run_us(self, quantity: int, equipment: str) -> float:
        """Mean run time of a lot of `quantity` on `equipment`."""
        way = self.way_on(equipment)
        return way.piece_us * quantity + way.lot_us

    def remaining_us(self, quantity: int, equipment: str) -> float:
        """Mean run time of this (on `equipment`) and all later operations, in the order of additions that the MES has."""
        return self.expected_run_us(quantity, equipment) + self.later_piece_us * quantity + self.later_lot_us


Steps = dict[tuple[str, str], Step]
"""By material and operation."""


def read_steps(plant: Plant) -> Steps:
    """Every operation of every routing."""
    layout = plant.layout
    steps: Steps = {}
    for material, routing in layout.routings.items():
        expected = {operation: plant.expected_us(declared) for operation, declared in routing.items()}
        later = _later_us(expected)
        for done, (operation, declared) in enumerate(routing.items()):
            segment = layout.process_segments[declared.segment]
            staffed = segment.personnel_class is not None
            others = plant.other_ways(declared) if declared.alternatives else {}
            steps[material, operation] = Step(
                material=material, operation=operation, work_center=segment.work_center,
                storage=layout.work_centers[segment.work_center].storage, equipment=(*plant.equipment_of(declared.segment), *others),
                others={name: _other_way(plant, n, way) for name, (n, way) in others.items()}, run=declared.run,
                draw_run_us=drawing(declared.run), is_per_piece=declared.per == "piece",
                piece_us=expected[operation][0], lot_us=expected[operation][1],
                later_piece_us=later[operation][0], later_lot_us=later[operation][1],
                operations_left=len(routing) - done,
                setup_family=declared.setup_family, personnel_class=segment.personnel_class, is_setup_staffed=staffed,
                is_run_staffed=staffed and segment.attended == "all", transport=declared.transport, scrap=declared.scrap,
                arrival_is_told=declared.arrival_is_told, interval_us=declared.interval or 0, batch=declared.batch,
                same_unit_as=declared.same_unit_as,
                saves_unit=any(it.same_unit_as == operation for it in routing.values()), rejects_by_lot=declared.rejects_by == "lot",
                rework=declared.rework, rework_to=declared.rework_to, sample=declared.sample,
                sample_every=declared.sample_every or 0, limit=declared.queue_limit,
                limits_from=tuple(name for name, it in routing.items() if it.queue_limit and it.queue_limit.after == operation),
                next_operation=plant.next_operation(material, operation),
                is_first=done == 0, begins_here=plant.may_begin_at(material, operation),
            )  # fmt: skip
    return steps


def _other_way(plant: Plant, preference: int, way: Operation) -> OtherWay:
    piece_us, lot_us = plant.expected_us(way)
    return OtherWay(preference=preference, run=way.run, draw_run_us=drawing(way.run), piece_us=piece_us, lot_us=lot_us)


def _later_us(expected: dict[str, tuple[float, float]]) -> dict[str, tuple[float, float]]:
    """For each operation the sums over those that come after it, added up from the last one back."""
    later: dict[str, tuple[float, float]] = {}
    piece_us = lot_us = 0.0
    for operation, (each_us, once_us) in reversed(expected.items()):
        later[operation] = piece_us, lot_us
        piece_us += each_us
        lot_us += once_us
    return later

"""What each operation of each routing needs, looked up once before the plant runs."""

from __future__ import annotations

from dataclasses import dataclass

from twin.model.measures import AnyDistribution
from twin.model.plant import Plant
from twin.simulation.streams import Draw, drawing


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One operation of the routing of one material, with what its segment says."""

    material: str
    operation: str
    work_center: str
    storage: str  # where lots wait for it
    equipment: tuple[str, ...]  # work units and lines that can do it, in declared order
    run: AnyDistribution
    draw_run_us: Draw
    run_us_mean: float
    is_per_piece: bool
    setup_family: str | None
    is_setup_staffed: bool
    is_run_staffed: bool
    transport_us: int  # from here to wherever the lot goes next
    scrap: float
    rework: float
    rework_to: str | None
    next_operation: str | None
    is_first: bool

    def expected_run_us(self, quantity: int) -> float:
        """Mean run time of a lot of `quantity`."""
        return self.run_us_mean * quantity if self.is_per_piece else self.run_us_mean


Steps = dict[tuple[str, str], Step]
"""By material and operation."""


def read_steps(plant: Plant) -> Steps:
    """Every operation of every routing."""
    layout = plant.layout
    steps: Steps = {}
    for material, routing in layout.routings.items():
        for operation, declared in routing.items():
            segment = layout.process_segments[declared.segment]
            staffed = segment.personnel_class is not None
            steps[material, operation] = Step(
                material=material,
                operation=operation,
                work_center=segment.work_center,
                storage=layout.work_centers[segment.work_center].storage,
                equipment=tuple(plant.equipment_of(declared.segment)),
                run=declared.run,
                draw_run_us=drawing(declared.run),
                run_us_mean=declared.run.mean_us,
                is_per_piece=declared.per == "piece",
                setup_family=declared.setup_family,
                is_setup_staffed=staffed,
                is_run_staffed=staffed and segment.attended == "all",
                transport_us=declared.transport,
                scrap=declared.scrap,
                rework=declared.rework,
                rework_to=declared.rework_to,
                next_operation=plant.next_operation(material, operation),
                is_first=not any(m == material for m, _ in steps),
            )
    return steps

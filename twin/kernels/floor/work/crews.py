"""Who repairs and maintains: a cause of standing still claims a crew, and what the crew does takes its time."""

from __future__ import annotations

from twin.kernels.compiling import kernel
from twin.kernels.floor.ground.agenda import cause_timer, set_timer
from twin.kernels.floor.ground.chance import draw_us
from twin.kernels.floor.ground.telling import settle_soon
from twin.kernels.floor.rows import plant_rows as at
from twin.kernels.floor.rows.plant_rows import Floats, Ints


@kernel
def claim_crew(plant: Ints, cause: int) -> bool:
    """Whether a crew is needed: then it is claimed from now on, and the settle phase grants it."""
    crew = plant[cause + at.CREW]
    if crew < 0:
        return False
    plant[cause + at.STAGE], plant[cause + at.CLAIM_SINCE] = at.CLAIMING, plant[at.NOW]
    plant[crew + at.CREW_CLAIMS] += 1
    plant[at.CLAIM_COUNT] += 1
    settle_soon(plant)
    return True


@kernel
def serve(plant: Ints, plan: Ints, numbers: Floats, cause: int, purpose: int) -> None:
    """Somebody is there, or nobody is needed: it takes what is drawn from the stream of `purpose`."""
    n = plant[cause + at.REPAIR_DRAWS]
    plant[cause + at.REPAIR_DRAWS] = n + 1
    plant[cause + at.STAGE] = at.REPAIRING
    lasts_us = draw_us(plan, numbers, plant[cause + at.REPAIR_DISTRIBUTION], purpose, plant[cause + at.CAUSE_ENTITY], n)
    set_timer(plant, cause_timer(plant, cause), lasts_us)

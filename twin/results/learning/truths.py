"""What only a simulator knows of the quality of what it makes: whether a process has drifted, and how probably a piece is bad."""

from __future__ import annotations

import math
from typing import Any

from twin.model.floor.quality_plan import Characteristic
from twin.model.plant import Plant

NEVER = math.nan


class Truths:
    """The distributions that a simulated plant draws results from, as its files declare them (`drawn`), seen from an instant.

    Parameters
    ----------
    plant : without one, or where nothing is drawn, nothing is known
    start_us : when the simulation began, UTC microseconds
    """

    def __init__(self, plant: Plant | None, start_us: int) -> None:
        self._start_us = start_us
        self._drawn: dict[tuple[str, str], list[Characteristic]] = {}  # by material and operation
        for plan in plant.layout.quality_plans.values() if plant else ():
            routing = [*plant.layout.routings.get(plan.material, ())] if plant else []
            operation = plan.operation or (routing[-1] if routing else "")
            drawn = [it for it in plan.characteristics.values() if it.drawn]
            self._drawn.setdefault((plan.material, operation), []).extend(drawn)

    def about(self, material: str, operation: str, at_us: int) -> dict[str, Any]:
        """Of an operation at an instant: whether the mean of a characteristic is another by then, and the share of pieces that are bad."""
        drawn = self._drawn.get((material, operation))
        if not drawn:
            return {}
        good = math.prod(1.0 - self._bad_share(it, at_us) for it in drawn)
        return {"truth_is_drifted": any(self._shift(it, at_us) != 0.0 for it in drawn), "truth_bad_share": 1.0 - good}

    def _shift(self, it: Characteristic, at_us: int) -> float:
        assert it.drawn is not None
        return it.drawn.shift if at_us >= self._start_us + it.drawn.shift_at else 0.0

    def _bad_share(self, it: Characteristic, at_us: int) -> float:
        """How probably one piece is not allowed."""
        assert it.drawn is not None
        mean = it.drawn.mean + self._shift(it, at_us)
        match it.kind:
            case "yes_no":
                return 1.0 - mean
            case "defectives":
                return mean
            case "defects":
                return 1.0 - math.exp(-mean)
        if it.drawn.sd == 0.0:
            return float(not it.passes(mean))
        below = 0.0 if it.lower is None else _normal((it.lower - mean) / it.drawn.sd)
        above = 0.0 if it.upper is None else _normal((mean - it.upper) / it.drawn.sd)
        return below + above


def _normal(z: float) -> float:
    """The standard normal distribution up to z; erfc keeps its digits far out."""
    return 0.5 * math.erfc(-z / math.sqrt(2.0))

"""A shop of many work units over a long time, and what its plant says: facts for the benchmarks of the MES."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from benchmarks.measuring.plants import Case
from tests.theory.models import asked, plant_of, stream
from twin.model.events import OperationsEvent
from twin.simulation.compiled_plant.compiled_plant import CompiledPlant

HOUR_MIN, PRODUCTS, OPERATIONS, LOAD = 60, 20, 5, 0.6
DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
SHIFTS = {name: {"days": DAYS, "start": start, "end": end} for name, start, end in (
    ("early", "06:00", "14:00"), ("late", "14:00", "22:00"), ("night", "22:00", "06:00"),
)}  # fmt: skip


def shop(units: int, days: float, run_h: float) -> Case:
    """Work units in pairs, three shifts around the clock, twenty products of five operations, failures.

    Ways are drawn so that all pairs have the same to do, 60 % of what they can: else queues would grow as long as the time does.
    """
    chance, centers = np.random.default_rng(11), units // 2
    ways = chance.permutation(np.arange(PRODUCTS * OPERATIONS) % centers).reshape(PRODUCTS, OPERATIONS).tolist()
    failure = {"reason": "jam", "time_to_failure": {"exponential": "60 h"}, "repair": {"exponential": "1 h"}}
    tables: dict[str, Any] = {
        "calendars": {"always": {"shifts": SHIFTS}},
        "storage_units": {f"q{n}": {} for n in range(centers)},
        "work_centers": {f"c{n}": {"storage": f"q{n}"} for n in range(centers)},
        "work_units": {
            f"u{n}": {"equipment_class": "u", "work_center": f"c{n % centers}", "calendar": "always", "failures": [failure]}
            for n in range(units)
        },
        "process_segments": {f"s{n}": {"work_center": f"c{n}"} for n in range(centers)},
        "routings": {
            f"m{k}": {str(10 * (j + 1)): {"segment": f"s{n}", "run": {"exponential": f"{run_h} h"}} for j, n in enumerate(way)}
            for k, way in enumerate(ways)
        },
    }  # fmt: skip
    plant = plant_of(tables, {f"m{k}": {"lot_size": 1} for k in range(PRODUCTS)})
    between_h = PRODUCTS * OPERATIONS * run_h / (LOAD * units)
    return plant, asked(days * 24 * HOUR_MIN, **{f"s{k}": stream({"exponential": f"{between_h:.9f} h"}, f"m{k}") for k in range(PRODUCTS)})


def facts_of(case: Case, seed: int = 1) -> Iterator[list[OperationsEvent]]:
    """What the plant of this shop says, round by round."""
    plant = CompiledPlant(*case, seed, control="planned")
    while (facts := plant.advance()) is not None:
        yield list(facts)

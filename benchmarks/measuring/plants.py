"""The declared plants that are played: one queue, a tandem, a job shop. One time unit is a minute."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.theory.models import asked, exponential, mins, plant_of, shop, stream
from twin.model.plant import Plant
from twin.model.scenario import Scenario

UNITS, PLACES = 10, 10
ARRIVALS = 0.9  # of the queue, for a service of mean 1
JOBS, ROUTES = 0.8, 20  # of the job shop: arrivals, and how many routes there are

Case = tuple[Plant, Scenario]


def routes(count: int = ROUTES) -> list[list[int]]:
    """Random orders in which jobs go through the ten work units, each once."""
    chance = np.random.default_rng(5)
    return [chance.permutation(UNITS).tolist() for _ in range(count)]


def queue(customers: int) -> Case:
    return shop(exponential(1.0)), asked(customers / ARRIVALS, a=stream(exponential(1 / ARRIVALS)))


def tandem(parts: int) -> Case:
    plant = plant_of(
        {
            "storage_units": {"q0": {}, **{f"q{n}": {"capacity": PLACES} for n in range(1, UNITS)}},
            "work_centers": {f"c{n}": {"storage": f"q{n}"} for n in range(UNITS)},
            "work_units": {f"u{n}": {"equipment_class": "u", "work_center": f"c{n}"} for n in range(UNITS)},
            "process_segments": {f"s{n}": {"work_center": f"c{n}"} for n in range(UNITS)},
            "routings": {"m": {str(n + 1): {"segment": f"s{n}", "run": exponential(1)} for n in range(UNITS)}},
        },
        {"m": {"lot_size": 1}},
    )
    return plant, asked(parts * 3, orders={"m": parts})


def job_shop(jobs: int) -> Case:
    return _shop_of(UNITS, routes(), JOBS, jobs / JOBS)


def big_shop(units: int, jobs: int) -> Case:
    """`units` work units in pairs, re-entrant random routes of ten operations, 60 % busy."""
    chance, centers, arrivals = np.random.default_rng(7), max(1, units // 2), 0.6 * units / 10
    return _shop_of(units, [chance.integers(0, centers, 10).tolist() for _ in range(ROUTES)], arrivals, jobs / arrivals)


def _shop_of(units: int, ways: list[list[int]], arrivals: float, until: float) -> Case:
    centers = max(max(way) for way in ways) + 1
    tables: dict[str, Any] = {
        "storage_units": {f"q{n}": {} for n in range(centers)},
        "work_centers": {f"c{n}": {"storage": f"q{n}"} for n in range(centers)},
        "work_units": {f"u{n}": {"equipment_class": "u", "work_center": f"c{n % centers}"} for n in range(units)},
        "process_segments": {f"s{n}": {"work_center": f"c{n}"} for n in range(centers)},
        "routings": {
            f"m{k}": {str(j + 1): {"segment": f"s{n}", "run": {"exponential": mins(1)}} for j, n in enumerate(way)}
            for k, way in enumerate(ways)
        },
    }  # fmt: skip
    plant = plant_of(tables, {f"m{k}": {"lot_size": 1} for k in range(len(ways))})
    return plant, asked(until, **{f"s{k}": stream(exponential(len(ways) / arrivals), f"m{k}") for k in range(len(ways))})

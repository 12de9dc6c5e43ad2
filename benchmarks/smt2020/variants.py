"""Sampled steps, which only a share of the lots goes through, as variants of a route: each has some of them, and lots take turns.

A step with a share of 40 % stands in 2 of 5 variants. Which ones is drawn, so that any two steps meet as often as by chance.
"""

from __future__ import annotations

import random
from collections.abc import Mapping

from benchmarks.smt2020.tables import Row

VARIANTS = 5


def variants_of(part: str, route: list[Row]) -> dict[str, list[Row]]:
    """The routes of the variants of a part, by name."""
    chance = random.Random(f"{part}/sampling")
    without: list[set[str]] = [set() for _ in range(VARIANTS)]
    for row in route:
        if row["StepPercent"] and float(row["StepPercent"]) < 100:
            exact = VARIANTS * float(row["StepPercent"]) / 100
            count = int(exact) + (chance.random() < exact % 1)
            for n in chance.sample(range(VARIANTS), VARIANTS - count):
                without[n].add(row["STEP"])
    return {f"{part}.{n:02}": [row for row in route if row["STEP"] not in steps] for n, steps in enumerate(without)}


def next_in(route: list[Row], variant: list[Row], step: str) -> str | None:
    """The step of a variant at which a lot stands that is at `step` of the route; None if none is left."""
    there = {row["STEP"] for row in variant}
    begin = next(n for n, row in enumerate(route) if row["STEP"] == step)
    return next((row["STEP"] for row in route[begin:] if row["STEP"] in there), None)


def take_turns(rows: Mapping[str, list[Row]], part: str, n: int) -> str:
    """The variant of the n-th lot of a part."""
    names = [name for name in rows if name.rpartition(".")[0] == part]
    return names[n % len(names)]

"""Dispatch rules laid out: the number of each work center's rule, weights, planned sequences, addresses of rules of the user's own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

import numpy as np

from twin.kernels.chance.philox import entity_number
from twin.kernels.floor.rows import plant_rows as at
from twin.kernels.ranking import rules_by_center
from twin.model.plant import PlantFile
from twin.model.policies.own_rules import OWN_RULES
from twin.model.scenario import Policies
from twin.simulation.compiled_plant.layout import Floats, Ints, Layout, Tables, signed


class TablesOfRules(Protocol):
    """Arrays that are being laid out, or laid out further."""

    plan: list[int]
    equipment: dict[str, int]  # addresses

    def in_plan(self, values: Iterable[int]) -> int: ...
    def in_numbers(self, values: Iterable[float]) -> int: ...
    def put(self, row: int, fields: Mapping[int, int]) -> None: ...


class MoreTables(Tables):
    """What is laid out further; the plant's rows are written where they are."""

    def __init__(self, layout: Layout) -> None:
        super().__init__(layout.plan.tolist(), layout.numbers.tolist())
        self.plant, self.equipment = layout.plant, layout.equipment

    def put(self, row: int, fields: Mapping[int, int]) -> None:
        for field, value in fields.items():
            self.plant[row + field] = value

    def arrays(self) -> tuple[Ints, Floats]:
        """`plan` and `numbers` as they are now."""
        return np.array(self.plan, dtype=np.int64), np.array(self.numbers)


def lay_rules(laying: TablesOfRules, layout: PlantFile, policies: Policies) -> dict[str, list[int]]:
    """The rules of each work center, by their numbers. Rows of equipment have room, and their sequences are put there."""
    rules, own = rules_by_center(layout.work_centers, policies, OWN_RULES)
    laying.plan[at.OWN_RULES_AT] = laying.in_plan(rule.address for rule in own)
    laying.plan[at.WEIGHTS_AT] = laying.in_numbers(policies.weighted.numbers)
    sequences = {where: _sorted(jobs) for where, jobs in policies.sequence.items()}
    addresses = {where: laying.in_plan(field for pair in pairs for field in pair) for where, pairs in sequences.items()}
    centers = {
        **{name: unit.work_center for name, unit in layout.work_units.items()},
        **{name: line.work_center for name, line in layout.production_lines.items()},
    }
    for name, center in centers.items():
        where = name if name in sequences else center
        laying.put(laying.equipment[name], {at.SEQUENCE_AT: addresses.get(where, 0), at.SEQUENCE_COUNT: len(sequences.get(where, ()))})
    return rules


def write_addresses(plan: Ints, layout: PlantFile, policies: Policies, *, here: bool) -> None:
    """Where the rules of the user's own lie in this process, or 0 for each: in a file an address says nothing.

    Raises
    ------
    NoSuchRuleError : a rule is not known in this process
    """
    _, own = rules_by_center(layout.work_centers, policies, OWN_RULES)
    first = int(plan[at.OWN_RULES_AT])
    plan[first : first + len(own)] = [rule.address if here else 0 for rule in own]


def _sorted(jobs: list[str]) -> list[tuple[int, int]]:
    """The number of each job order's name and its place, by number, for the kernel to search."""
    places = {job_order: n for n, job_order in enumerate(jobs)}
    return sorted((signed(entity_number(job_order)), n) for job_order, n in places.items())

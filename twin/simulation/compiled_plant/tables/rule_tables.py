"""Dispatch rules laid out: the number of each work center's rule, weights, planned sequences, addresses of rules of the user's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twin.kernels.chance.philox import entity_number
from twin.kernels.floor.rows import plant_rows as at
from twin.kernels.ranking import rules_by_center
from twin.model.policies.own_rules import OWN_RULES
from twin.model.scenario import Policies
from twin.simulation.compiled_plant.layout import signed

if TYPE_CHECKING:
    from twin.simulation.compiled_plant.laying_out import LayingOut


def lay_rules(laying: LayingOut, policies: Policies) -> dict[str, list[int]]:
    """The rules of each work center, by their numbers. Rows of equipment have room, and their sequences are put there."""
    layout = laying.declared.layout
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
        if where in sequences:
            laying.put(laying.equipment[name], {at.SEQUENCE_AT: addresses[where], at.SEQUENCE_COUNT: len(sequences[where])})
    return rules


def _sorted(jobs: list[str]) -> list[tuple[int, int]]:
    """The number of each job order's name and its place, by number, for the kernel to search."""
    places = {job_order: n for n, job_order in enumerate(jobs)}
    return sorted((signed(entity_number(job_order)), n) for job_order, n in places.items())

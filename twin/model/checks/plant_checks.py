"""Every rule that a plant must keep, in the order in which a reader of its files would ask."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from twin.model.checks import bills, equipment, references, routings, signals, working_time
from twin.model.checks.doubts import Doubts
from twin.model.checks.floor import fleets
from twin.model.checks.flow import taking_apart, waits
from twin.model.checks.personnel import clocked
from twin.model.checks.planning import alternates, ordering
from twin.model.checks.quality import inspected
from twin.model.checks.readiness import documents, procedures, scopes
from twin.model.checks.settlement import expected, settled
from twin.model.checks.trade import bought, subcontracted
from twin.model.checks.upkeep import alarmed, commanded, maintained, moded
from twin.model.checks.warehouse import stored
from twin.model.measures import Table
from twin.model.plant import Plant
from twin.model.problems import Finding

Check = Callable[[Plant], Iterator[Finding]]

STAGES: tuple[tuple[Check, ...], ...] = (
    (
        references.dangling_in_plant,
        references.dangling_in_items,
        references.dangling_in_signals,
        inspected.dangling,
        clocked.dangling,
        scopes.dangling_scopes,
        alarmed.dangling,
        commanded.dangling,
        settled.dangling,
        maintained.dangling,
        stored.dangling,
        bought.approval,
        subcontracted.dangling,
    ),
    (
        references.dangling_families,
        equipment.names_used_twice,
        equipment.batches,
        equipment.failures,
        equipment.failures_of_classes,
        equipment.maintenance,
        equipment.minimum_runs,
        equipment.setups_alongside,
        fleets.ways_of_fleets,
        fleets.reasons_of_vehicles,
        fleets.carried_lots,
        working_time.time_zone_is_known,
        working_time.calendars_work,
        working_time.shifts,
        working_time.exceptions,
        working_time.breaks,
        working_time.staffing,
        clocked.skills_that_end,
        clocked.activities,
        routings.segments_without_equipment,
        routings.shares_of_operations,
        routings.rework_goes_back,
        routings.alternatives,
        routings.planned_shares,
        routings.samples,
        waits.samples_by_count,
        waits.queue_limits,
        routings.operations_of_batches,
        routings.cascades,
        routings.batch_sizes,
        routings.same_units,
        bills.cycles_in_bills,
        bills.repeated_components,
        bills.groups_in_bills,
        bills.purchased_materials,
        bills.made_materials,
        bills.components_that_never_come,
        bought.score,
        subcontracted.operations,
        ordering.lot_sizing,
        ordering.net_flow,
        ordering.sold_once,
        ordering.phantoms,
        ordering.by_products,
        alternates.alternates,
        alternates.alternative_bills,
        alternates.alternative_suppliers,
        alternates.circles,
        taking_apart.operations_that_take_apart,
        taking_apart.operations_that_give_off,
        taking_apart.recovered_materials,
        taking_apart.cost_shares,
        inspected.operations,
        inspected.sampling,
        inspected.limits,
        inspected.charts,
        inspected.possible,
        inspected.repeated,
        scopes.scopes_mean_something,
        documents.revisions,
        procedures.limits_of_parameters,
        procedures.phases_that_are_named,
        procedures.documents_of_steps,
        procedures.names_within_an_operation,
        procedures.master_recipes,
        alarmed.escalations,
        maintained.triggers,
        maintained.steps,
        maintained.uses,
        moded.numbers,
        stored.bins,
        stored.sites,
        stored.packages,
        stored.strategies,
        stored.replenishment,
        stored.circles,
        stored.counts,
        settled.currencies,
        settled.reminders,
        settled.accounts,
        settled.budgets,
        expected.expectations,
        signals.addresses,
        signals.nodes,
        signals.setpoints,
        commanded.places,
        signals.business,
        signals.registers,
        signals.security,
    ),
)
"""A name that nothing has is found first: what rests on it is not judged then."""


def check_plant(plant: Plant, doubts: Doubts | None = None) -> Iterator[Finding]:
    """What makes no sense together in the files of one plant, and does not rest on what is in doubt.

    Each rule bears what the others complain of. What they find to mean nothing is in `doubts` afterwards.
    """
    doubts = Doubts() if doubts is None else doubts
    for checks in STAGES:
        found = [finding for check in checks for finding in check(plant)]
        yield from [finding for finding in found if not doubts.touch(finding)]
        for finding in found:
            if finding.spoils:  # also if it is not said: a row that nobody can name now is missed all the same
                doubts.spoil(finding, _beside(plant, finding))


def _beside(plant: Plant, finding: Finding) -> list[str]:
    """The keys of the table in which the finding stands."""
    table: Any = {"plant": plant.layout, "items": plant.materials, "signals": plant.signals}[finding.document]
    for part in finding.path[:-1]:
        table = getattr(table, str(part)) if isinstance(table, Table) else table[part]
    return [key for key in table if key != finding.path[-1]] if isinstance(table, dict) else []

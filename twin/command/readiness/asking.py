"""What `twin documents` and `twin queue` may be asked."""

from __future__ import annotations

from typing import Annotated

import typer

from twin.command.options import AsJson, PlantOrRun, ScenarioFile, Seed, Until


def documents(
    place: PlantOrRun,
    scenario: ScenarioFile = None,
    until: Until = None,
    seed: Seed = 1,
    record: Annotated[str | None, typer.Option("--record", "-r", help="Replay this record of the plant instead")] = None,
    job_order: Annotated[list[str] | None, typer.Option("--job-order", help="Show what was valid when this job order began")] = None,
    json: AsJson = False,
) -> None:
    """Say which revisions of documents are valid, who has acknowledged them, and what was valid when job orders began."""
    from twin.command.readiness import showing

    showing.documents(place, scenario, until=until, seed=seed, record=record, job_orders=job_order or (), json=json)


def queue(
    place: PlantOrRun,
    scenario: ScenarioFile = None,
    center: Annotated[list[str] | None, typer.Option("--center", help="A work center; left out: all at which something waits")] = None,
    until: Until = None,
    seed: Seed = 1,
    resources: Annotated[bool, typer.Option("--resources", help="Show every work unit, person and tool, too")] = False,
    json: AsJson = False,
) -> None:
    """Say what waits at work centers: who goes first and why, and what keeps each from its start."""
    from twin.command.readiness import showing

    showing.queues(place, scenario, until=until, seed=seed, centers=center or (), resources=resources, json=json)

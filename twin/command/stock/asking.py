"""What `twin stock` takes. What it does is imported when it is called."""

from __future__ import annotations

from typing import Annotated

import typer

from twin.command.options import AsJson, PlantOrRun, ScenarioFile, Seed, Until


def add_to(app: typer.Typer) -> None:
    """Make the command part of `twin`."""
    example = "Example: twin stock plant_models/gearbox_shop --scenario scenarios/gearbox_shop/warehouse.yaml --until 5d --material OIL"
    app.command(epilog=example)(stock)


def stock(
    place: PlantOrRun,
    scenario: ScenarioFile = None,
    until: Until = None,
    seed: Seed = 1,
    record: Annotated[str | None, typer.Option("--record", "-r", help="Replay this record of the plant instead")] = None,
    material: Annotated[list[str] | None, typer.Option("--material", "-m", help="Of this one alone; may be given several times")] = None,
    json: AsJson = False,
) -> None:
    """Say what is in stock and what it is worth, what lies in which bin, what is kept and picked for whom, what was counted."""
    from twin.command.stock import showing

    showing.stock(place, scenario, until=until, seed=seed, record=record, materials=material or (), json=json)

"""The command `twin futures`: what it asks."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from twin.command.options import AsJson, PlantOrRun, ScenarioFile, Seed


def add_to(app: typer.Typer) -> None:
    """Give the program the command."""
    example = "twin futures plant_models/gearbox_shop --at 2d --until 5d --change 'one more at Gear hobbing'"
    app.command(epilog=f"Example: {example}")(futures)


def futures(
    place: PlantOrRun,
    scenario: ScenarioFile = None,
    *,
    at: Annotated[str, typer.Option(help="How much plant time is simulated before the futures begin, as in '2d'")] = "2d",
    until: Annotated[str | None, typer.Option(help="Plant time from then on, as in '5d'; left out: to the end of the scenario")] = None,
    count: Annotated[int, typer.Option("--count", "-n", min=1, help="How many futures")] = 200,
    change: Annotated[
        str | None, typer.Option("--change", help="The same futures with this from then on, too: 'one more at Milling', 'one less at ...'")
    ] = None,
    other: Annotated[
        Path | None, typer.Option("--with", help="The same futures with the changes of this scenario from then on, too")
    ] = None,
    seed: Seed = 1,
    json: AsJson = False,
) -> None:
    """Say what may become of the open orders, and what a machine more or less brings: orders, hours, money, pair by pair."""
    from twin.command.studies import futures as showing

    showing.futures(place, scenario, showing.Asked(at=at, until=until, count=count, change=change, other=other), seed=seed, json=json)

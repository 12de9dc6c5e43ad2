"""`twin alarms` and `twin maintenance`: what is asked of them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Place = Annotated[Path, typer.Argument(help="A plant folder, which is simulated first, or a saved run", show_default=False)]
ScenarioFile = Annotated[Path | None, typer.Option("--scenario", "-s", help="Scenario file; left out: scenarios/<plant>/baseline.yaml")]
Until = Annotated[str | None, typer.Option(help="How much plant time, as in '5d' or '36 h'; left out: the scenario's horizon")]
Seed = Annotated[int, typer.Option(help="Seed of every random stream of the simulated run")]
Record = Annotated[str | None, typer.Option("--record", "-r", help="Replay this record of the plant instead")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as one JSON document")]


def alarms(
    place: Place, scenario: ScenarioFile = None, until: Until = None, seed: Seed = 1, record: Record = None, json: AsJson = False
) -> None:
    """Say which alarms and alerts call somebody, what keeps quiet and why, and how well the alarms serve those who answer (ISA-18.2)."""
    from twin.command.upkeep import showing

    showing.alarms(place, scenario, until=until, seed=seed, record=record, json=json)


def maintenance(
    place: Place, scenario: ScenarioFile = None, until: Until = None, seed: Seed = 1, record: Record = None, json: AsJson = False
) -> None:
    """Say what maintenance is due and overdue, what was done with which parts, and which gauges may be used."""
    from twin.command.upkeep import showing

    showing.maintenance(place, scenario, until=until, seed=seed, record=record, json=json)

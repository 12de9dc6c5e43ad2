"""The commands `twin serve` and `twin live`: what they ask."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from twin.command.options import AsJsonLines, Engine, PlantFolder, Port, ScenarioFile, TablesOften

Escalations = Annotated[
    Path | None, typer.Option(help="Where alarms go that nobody has answered in time: a file with webhooks, mail, or both")
]


def add_to(app: typer.Typer) -> None:
    """Give the program the commands."""
    app.command(epilog="Example: twin serve plant_models/gearbox_shop --speed 600")(serve)
    app.command(epilog="Example: twin live plant_models/gearbox_shop --speed 300")(live)


def serve(
    *,
    plant: PlantFolder,
    scenario: ScenarioFile = None,
    seed: Annotated[int, typer.Option(help="Seed of a simulated run")] = 1,
    speed: Annotated[float | None, typer.Option(help="Plant seconds for each second on the wall; left out: 600, by hand 1")] = None,
    engine: Engine = "compiled",
    record: Annotated[str | None, typer.Option("--record", "-r", help="Show a replayed run instead")] = None,
    journal: Annotated[str | None, typer.Option("--journal", "-j", help="A bridge's journal to follow; by hand: to keep the shift")] = None,
    port: Port = 5006,
    lead: Annotated[str, typer.Option(help="Plant time to run through before the pages open")] = "0",
    by_hand: Annotated[bool, typer.Option("--by-hand", help="No machines: persons work at the terminals of the pages")] = False,
    secrets: Annotated[Path | None, typer.Option(help="Lines 'person: {secret: ..., pin: ...}': who may sign, and sign on")] = None,
    tokens: Annotated[
        Path | None, typer.Option(help="Programs that may use the REST interface: 'name: {token: ..., person: ..., roles: [...]}' each")
    ] = None,
    api_port: Annotated[int, typer.Option(min=0, max=65535, help="Port of the REST interface, with --tokens; 0: any that is free")] = 5007,
    tables: TablesOften = None,
    escalations: Escalations = None,
    accept_changes: Annotated[
        str, typer.Option(metavar="PERSON", help="With --journal: who accepts what the plant's files declare otherwise by now, from now on")
    ] = "",
    json: AsJsonLines = False,
) -> None:
    """Show a simulated, a replayed or a live run in the browser, or a plant that is worked by hand."""
    from twin.command import pages

    pages.serve(
        plant, scenario, seed=seed, speed=speed, engine=engine, record=record, journal=journal, port=port, lead=lead, json=json,
        by_hand=by_hand, secrets=secrets, tokens=tokens, api_port=api_port, tables=tables, escalations=escalations,
        accept_changes=accept_changes,
    )  # fmt: skip


def live(
    *,
    plant: PlantFolder,
    scenario: ScenarioFile = None,
    seed: Annotated[int, typer.Option(help="Seed of the plant behind the virtual controllers")] = 1,
    speed: Annotated[float, typer.Option(help="Plant seconds for each second on the wall")] = 300.0,
    engine: Engine = "compiled",
    port: Port = 5006,
    port_offset: Annotated[int, typer.Option(help="Added to every port of signals.yaml, for a second plant on this machine")] = 0,
    once: Annotated[bool, typer.Option("--once", help="Show that all of it works, then end")] = False,
    journal: Annotated[
        str | None,
        typer.Option("--journal", "-j", help="A new file or database URL for the plant's journal; left out, one that is gone in the end"),
    ] = None,
    tables: TablesOften = None,
    escalations: Escalations = None,
    json: AsJsonLines = False,
) -> None:
    """A whole plant on this machine: virtual controllers, the bridge that reads them over real sockets, MES, ERP and the pages."""
    from twin.command import pages

    pages.live(
        plant, scenario, seed=seed, speed=speed, engine=engine, port=port, port_offset=port_offset, once=once, json=json,
        journal=journal, tables=tables, escalations=escalations,
    )  # fmt: skip

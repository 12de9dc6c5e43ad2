"""import, export, exchange: the commands by which other systems are heard and told."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

_exchange = typer.Typer()

PlantFolder = Annotated[Path, typer.Argument(help="Folder with plant.yaml, items.yaml, signals.yaml", show_default=False)]
ScenarioFile = Annotated[Path | None, typer.Option("--scenario", "-s", help="Scenario file; left out: scenarios/<plant>/baseline.yaml")]
Until = Annotated[str | None, typer.Option(help="How much plant time, as in '5d' or '36 h'; left out: the scenario's horizon")]
JournalUrl = Annotated[
    str | None, typer.Option("--journal", "-j", help="Where the journal is kept: a file, sqlite:///FILE or postgresql+psycopg://...")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as one JSON document")]
AsJsonLines = Annotated[bool, typer.Option("--json", help="Print a JSON object a line: ready, with the address; at the end the result")]
OutFolder = Annotated[Path | None, typer.Option("--out", "-o", help="Save the run to this folder (Parquet and the plant's files)")]


def add_exchange(app: typer.Typer) -> None:
    """Give `app` these commands, beside its own."""
    app.registered_commands += _exchange.registered_commands


@_exchange.command("import", epilog="Example: twin import plant_models/gearbox_shop --record received.jsonl.gz --journal imported.db")
def take_in(
    plant: PlantFolder,
    record: Annotated[Path, typer.Option("--record", "-r", help="JSON lines (docs/IMPORTS.md), in the order in which they were received")],
    scenario: ScenarioFile = None,
    tolerance: Annotated[
        str | None, typer.Option(help="How far out of order facts may be, as in '10 min'; left out: as far as the record needs")
    ] = None,
    journal: JournalUrl = None,
    out: OutFolder = None,
    json: AsJson = False,
) -> None:
    """Take in facts that came late, twice or out of order, each once and in order, and say what became of every one."""
    from twin.command.exchange import importing

    importing.take_in(plant, record, scenario, tolerance=tolerance, journal=journal, out=out, json=json)


@_exchange.command(epilog="Example: twin export plant_models/gearbox_shop --about performance --until 2d --out performance.json")
def export(
    place: Annotated[Path, typer.Argument(help="A plant folder, which is simulated first, or a saved run", show_default=False)],
    about: Annotated[str, typer.Option(help="schedule, performance, events, material, personnel or equipment")],
    scenario: ScenarioFile = None,
    until: Until = None,
    seed: Annotated[int, typer.Option(help="Seed of every random stream of the simulated run")] = 1,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="File for the message; left out: standard output")] = None,
) -> None:
    """Write what another MES or ERP reads: a message shaped as B2MML V0700, as JSON."""
    from twin.command.exchange import exchanging

    exchanging.export(place, about, scenario, until=until, seed=seed, out=out)


@_exchange.command(epilog="Example: twin personnel plant_models/gearbox_shop --message persons.json --out changed.yaml")
def personnel(
    plant: PlantFolder,
    message: Annotated[list[Path], typer.Option("--message", "-m", help="PersonnelInformation of another system, as JSON")],
    scenario: ScenarioFile = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Scenario with these changes; left out: they are printed")] = None,
) -> None:
    """Read persons, classes and qualifications of another system in: what they change of the plant, as changes of a scenario."""
    from twin.command.exchange import staffing

    staffing.read_in(plant, message, scenario, out)


@_exchange.command(
    epilog="Example: twin exchange plant_models/gearbox_shop --journal gearbox_shop.db --side mes --folder messages --port 8095"
)
def exchange(
    plant: PlantFolder,
    journal: Annotated[str, typer.Option("--journal", "-j", help="The journal of the live plant, or a new one")],
    scenario: ScenarioFile = None,
    side: Annotated[str, typer.Option(help="Which is ours: mes (another ERP sends schedules) or erp (another MES reports)")] = "mes",
    folder: Annotated[Path | None, typer.Option(help="Take messages that are dropped into FOLDER/in, answer in FOLDER/out")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Take messages by HTTP at this port of this machine; 0: any")] = None,
    json: AsJsonLines = False,
) -> None:
    """Take messages of another ERP or MES, each once, and answer every one."""
    from twin.command.exchange import exchanging

    exchanging.exchange(plant, journal, scenario, side=side, folder=folder, port=port, json=json)

"""The path as commands: `twin simulate | replay | import | follow | explain | plan | schedule | compare | check | serve | live | lab`."""

from __future__ import annotations

import gc
import os
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import typer

from twin.beginning import begun
from twin.command.badges.asking import add_to as add_secrets
from twin.command.exchange.commands import add_exchange
from twin.command.losses.asking import add_to as add_losses
from twin.command.manners import BAD_INPUT, Commands, print_line, say
from twin.command.office.asking import add_to as add_office
from twin.command.options import (
    AsJson,
    AsJsonLines,
    ByRule,
    CommandsFile,
    Engine,
    JournalUrl,
    OutFolder,
    PlantFolder,
    ScenarioFile,
    ScheduleFile,
    TablesOften,
    Until,
)
from twin.command.planning import asking as planning
from twin.command.readiness import asking
from twin.command.reports import asking as reporting
from twin.command.scheduling.asking import add_to as add_schedule
from twin.command.serving.asking import add_to as add_serving
from twin.command.stock.asking import add_to as add_stock
from twin.command.studies.asking import add_to as add_futures
from twin.command.upkeep import asked
from twin.model.problems import PlantFileError, problems_document

app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)


def _say_version(asked: bool) -> None:
    if asked:
        typer.echo(f"twin {version('plant-twin')}")
        raise typer.Exit


@app.callback()
def twin(
    version: Annotated[bool, typer.Option("--version", callback=_say_version, is_eager=True, help="Print the version, and end")] = False,
) -> None:
    """A digital twin of a factory: simulate a plant, replay a record, follow live machines; the same MES and ERP for all three."""


@app.command(epilog="Example: twin simulate plant_models/gearbox_shop --until 7d --seed 1 --json")
def simulate(
    plant: PlantFolder,
    scenario: ScenarioFile = None,
    until: Until = None,
    seed: Annotated[int, typer.Option(help="Seed of every random stream; the same seed gives the same run")] = 1,
    pace: Annotated[float | None, typer.Option(help="Plant seconds for each second on the wall; left out: as fast as it goes")] = None,
    engine: Engine = "compiled",
    journal: JournalUrl = None,
    out: OutFolder = None,
    by_rule: ByRule = False,
    schedule: ScheduleFile = None,
    commands: CommandsFile = None,
    json: AsJson = False,
) -> None:
    """Let the plant run on its own, through MES and ERP, and show what came out."""
    from twin import exchange, library
    from twin.command import runs

    if by_rule:
        from twin.command.studies import by_rule as rules

        others = {
            "--schedule": schedule is not None, "--pace": pace is not None, "--engine simpy": engine != "compiled",
            "--journal": journal is not None, "--out": bool(out), "--commands": commands is not None,
        }  # fmt: skip
        rules.simulate(plant, scenario, until=until, seed=seed, json=json, refused=[name for name, given in others.items() if given])
        return
    asked = library.read_scenario(scenario, plant)
    course = partial(library.simulate, plant, asked, seed=seed, until=until, pace=pace, engine=engine, journal=journal)
    if schedule:
        if pace is not None or commands:
            raise ValueError("--pace: what another ERP asks for runs as fast as it goes; allowed: --schedule without --pace")
        course = partial(exchange.simulate_schedule, plant, schedule, asked, seed=seed, until=until, engine=engine, journal=journal)
    if commands:
        from twin.controlled import ControlledPlant

        paced: dict[str, Any] = {"pace": pace, "seed": seed, "until": until, "engine": engine, "journal": journal}
        course = partial(ControlledPlant(plant=library.read_plant(plant), scenario=asked, commands=commands, **paced).simulate)
    if pace is not None:
        say(f"{asked.plant} runs at {pace:g} times the wall's pace; Ctrl-C ends it, and what has happened is kept")
    end_us = asked.start_us + (library.read_span(until) or asked.horizon)
    runs.show(course, f"simulating {asked.plant}", start_us=asked.start_us, end_us=end_us, json=json, out=out)


@app.command(
    epilog="Example: twin replay plant_models/nist_cell --record plant_models/nist_cell/record --scenario scenarios/nist_cell/order_60.yaml"
)
def replay(
    plant: PlantFolder,
    record: Annotated[str, typer.Option("--record", "-r", help="A saved run, a journal, or a folder or file recorded from real machines")],
    scenario: ScenarioFile = None,
    journal: JournalUrl = None,
    out: OutFolder = None,
    message: Annotated[
        list[Path] | None,
        typer.Option("--message", help="What another MES reported: through our ERP alone, with its own facts of the record"),
    ] = None,
    as_recorded: Annotated[
        bool, typer.Option("--as-recorded", help="Nothing is decided anew: MES and ERP hear a journal as it stands, and it is copied so")
    ] = False,
    json: AsJson = False,
) -> None:
    """Carry what was recorded through the same MES and ERP; the same record gives the same hash."""
    from twin import library
    from twin.command import runs

    asked = library.read_scenario(scenario, plant)
    if as_recorded:
        from twin import rebuilding

        if message:
            raise ValueError("--message: what another MES reported is heard anew; allowed: --as-recorded without --message")
        start_us, end_us = rebuilding.first_and_last_us(record)
        course = partial(rebuilding.rebuild, plant, record, asked, journal=journal)
        runs.show(course, f"replaying {record} as it stands", start_us=start_us, end_us=end_us, json=json, out=out)
        return
    recording = library.read_recording(record, plant, asked)
    for problem in recording.problems:
        say(f"note: {problem}")
    course = partial(library.replay, plant, recording.entries, asked, journal=journal)
    if message:
        from twin import exchange

        course = partial(exchange.keep_books, plant, message, recording.entries, asked, journal=journal)
    runs.show(course, f"replaying {recording.title}", start_us=recording.start_us, end_us=recording.end_us, json=json, out=out)


@app.command(
    epilog="Example: twin follow plant_models/gearbox_shop --journal gearbox_shop.db   (while the bridge's connect writes into it)"
)
def follow(
    plant: PlantFolder,
    journal: Annotated[str, typer.Option("--journal", "-j", help="The journal that the bridge writes")],
    scenario: ScenarioFile = None,
    until: Until = None,
    tables: TablesOften = None,
    out: OutFolder = None,
    json: AsJson = False,
) -> None:
    """Run MES and ERP on what the bridge is writing, live, until Ctrl-C (or until so much plant time has passed)."""
    from twin import library
    from twin.command import runs

    asked = library.read_scenario(scenario, plant)
    end_us = asked.start_us + (library.read_span(until) or asked.horizon)
    if runs.is_awaited(journal):
        say(f"waiting for a bridge that writes into {journal} (python -m hardware_bridge connect {plant} --journal {journal})")
    library.read_often(tables)  # a slip is said at once
    course = runs.once_written(journal, partial(library.follow, plant, journal, asked, until=until, tables=tables))
    zone = library.read_plant(plant).layout.time_zone
    runs.show(
        course, f"following {asked.plant}", start_us=asked.start_us, end_us=end_us, json=json, out=out, endless=True, time_zone=zone
    )  # fmt: skip


add_exchange(app)


@app.command(epilog="Example: twin explain plant_models/gearbox_shop --about B5 --about furnace_1 --until 6d")
def explain(
    place: Annotated[Path, typer.Argument(help="A plant folder, which is simulated first, or a saved run", show_default=False)],
    about: Annotated[
        list[str] | None,
        typer.Option("--about", "--order", help="Order, request, lot, job order or equipment; left out: the orders that are late"),
    ] = None,
    scenario: ScenarioFile = None,
    until: Until = None,
    seed: Annotated[int, typer.Option(help="Seed of every random stream of the simulated run")] = 1,
    json: AsJson = False,
) -> None:
    """Say in words why an order took so long or a machine stood: each wait with its duration and what lies behind it."""
    from twin.command import reasons

    reasons.explain(place, about or [], scenario, until=until, seed=seed, json=json)


@app.command(epilog="Example: twin quality plant_models/gearbox_shop --scenario scenarios/gearbox_shop/measured_teeth.yaml --until 5d")
def quality(
    place: Annotated[Path, typer.Argument(help="A plant folder, which is simulated first, or a saved run", show_default=False)],
    scenario: ScenarioFile = None,
    until: Until = None,
    seed: Annotated[int, typer.Option(help="Seed of every random stream of the simulated run")] = 1,
    record: Annotated[str | None, typer.Option("--record", "-r", help="Replay this record of the plant instead")] = None,
    chart: Annotated[list[str] | None, typer.Option("--chart", help="Show the points of this control chart, too")] = None,
    certificate: Annotated[
        list[str] | None, typer.Option("--certificate", help="Write the certificate of analysis of this lot, as JSON and HTML")
    ] = None,
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder of certificates")] = Path("certificates"),
    json: AsJson = False,
) -> None:
    """Say how quality stands: capability, lots that are held, nonconformances; control charts and certificates of analysis."""
    from twin.command.quality import showing

    showing.quality(
        place, scenario, until=until, seed=seed, record=record, charts=chart or (), certificates=certificate or (), out=out, json=json
    )


@app.command(
    epilog="Examples: twin trace plant_models/gearbox_shop --until 5d --lot B5-GB2.1 --balance B5-GB2"
    "    twin trace plant_models/gearbox_shop --recall open-OIL"
    "    twin trace plant_models/gearbox_shop --machine furnace_1 --from '2026-03-03 06:00' --to '2026-03-03 14:00'"
)
def trace(
    place: Annotated[Path, typer.Argument(help="A plant folder, which is simulated first, or a saved run", show_default=False)],
    lot: Annotated[list[str] | None, typer.Option("--lot", "-l", help="Show where this lot came from, and what became of it")] = None,
    serial: Annotated[list[str] | None, typer.Option("--serial", help="Show how the unit with this number, or a lot, was built")] = None,
    balance: Annotated[list[str] | None, typer.Option("--balance", help="Show the mass balance of this lot or request")] = None,
    recall: Annotated[list[str] | None, typer.Option("--recall", help="Show all that this lot has affected, and who has it")] = None,
    machine: Annotated[str, typer.Option(help="Show all that was on this piece of equipment has affected")] = "",
    start: Annotated[str | None, typer.Option("--from", help="From this local time on, as in '2026-03-03 06:00'")] = None,
    end: Annotated[str | None, typer.Option("--to", help="Up to this local time")] = None,
    sources: Annotated[bool, typer.Option("--sources", help="Recall all that shares a delivery with the lot, too")] = False,
    scenario: ScenarioFile = None,
    until: Until = None,
    seed: Annotated[int, typer.Option(help="Seed of every random stream of the simulated run")] = 1,
    record: Annotated[str | None, typer.Option("--record", "-r", help="Replay this record of the plant instead")] = None,
    json: AsJson = False,
) -> None:
    """Trace lots both ways with quantities, say how a unit was built, balance what came in and went out, say whom a recall affects."""
    from twin.command.tracing import showing

    asked = showing.Asked(
        lots=lot or (), built=serial or (), balances=balance or (), recall=recall or (), machine=machine, start=start, end=end,
        sources=sources,
    )  # fmt: skip
    showing.trace(place, scenario, asked, until=until, seed=seed, record=record, json=json)


@app.command(
    epilog="Examples: twin labels plant_models/gearbox_shop --request B5-GB2 --until 2d"
    "    twin labels plant_models/gearbox_shop --units --persons --places --actions"
)
def labels(
    place: Annotated[Path, typer.Argument(help="A plant folder, or a saved run", show_default=False)],
    request: Annotated[list[str] | None, typer.Option("--request", help="Every lot of this request, with its job orders")] = None,
    lot: Annotated[list[str] | None, typer.Option("--lot", "-l", help="This lot")] = None,
    job_order: Annotated[list[str] | None, typer.Option("--job-order", help="This job order")] = None,
    units: Annotated[bool, typer.Option("--units", help="Every work unit and line")] = False,
    persons: Annotated[bool, typer.Option("--persons", help="A badge for every person")] = False,
    places: Annotated[bool, typer.Option("--places", help="Every storage unit")] = False,
    packages: Annotated[bool, typer.Option("--packages", help="Every package that was packed")] = False,
    actions: Annotated[bool, typer.Option("--actions", help="Undo, and sign off")] = False,
    scenario: ScenarioFile = None,
    until: Until = None,
    seed: Annotated[int, typer.Option(help="Seed of every random stream, if it has to be simulated first")] = 1,
    record: Annotated[str | None, typer.Option("--record", "-r", help="Replay this record of the plant first")] = None,
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder of the labels")] = Path("labels"),
    json: AsJson = False,
) -> None:
    """Print labels as QR and Code 128 for lots, job orders, work units, persons and places: a sheet for any printer, and SVG files."""
    from twin.command.tracing import printing

    wanted = printing.Wanted(
        requests=request or (), lots=lot or (), job_orders=job_order or (), equipment=units, persons=persons, places=places,
        packages=packages, actions=actions,
    )  # fmt: skip
    printing.print_labels(place, scenario, wanted, until=until, seed=seed, record=record, out=out, json=json)


app.command(epilog="Example: twin documents plant_models/gearbox_shop --scenario scenarios/gearbox_shop/new_instruction.yaml --until 3d")(
    asking.documents
)
app.command(epilog="Example: twin queue plant_models/gearbox_shop --center hobbing --until 2d")(asking.queue)
app.command(epilog="Example: twin alarms plant_models/gearbox_shop --scenario scenarios/gearbox_shop/answered_alarms.yaml --until 3d")(
    asked.alarms
)
app.command(epilog="Example: twin maintenance plant_models/gearbox_shop --scenario scenarios/gearbox_shop/maintained.yaml --until 5d")(
    asked.maintenance
)


app.command(
    epilog="Example: twin plan plant_models/gearbox_shop --material GB1 --until 2d    twin plan plant_models/gearbox_shop --capacity"
    "    twin plan plant_models/gearbox_shop --promise GB1 20 --wanted 3d"
)(planning.plan)


add_schedule(app)
add_secrets(app)
add_stock(app)


@app.command(
    epilog="Example: twin compare scenarios/gearbox_shop/baseline.yaml scenarios/gearbox_shop/third_hobber.yaml -n 50 --out report"
)
def compare(
    scenarios: Annotated[list[Path], typer.Argument(help="Scenario files; the others are compared with the first", show_default=False)],
    replications: Annotated[int, typer.Option("--replications", "-n", min=2, help="Seeds that each scenario is simulated with")] = 30,
    plant: Annotated[Path | None, typer.Option(help="Plant folder; left out: the one that the first scenario names")] = None,
    until: Until = None,
    warm_up: Annotated[str | None, typer.Option(help="How much plant time at the start does not count, as in '2d'")] = None,
    seed: Annotated[int, typer.Option(help="The first seed; all scenarios use the same seeds")] = 1,
    workers: Annotated[
        str | None, typer.Option(help="How many processes, 'dask', or a Dask scheduler's address; left out: one for each core")
    ] = None,
    folder: Annotated[Path | None, typer.Option(help="Where replications are kept, so that none runs twice; left out: your cache")] = None,
    confidence: Annotated[float, typer.Option(min=0.5, max=0.9999, help="Of the intervals")] = 0.95,
    outcome: Annotated[
        list[str] | None, typer.Option("--outcome", help="Show this outcome; may be given several times; left out: the main ones")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Save tables (Parquet, CSV) and report.html to this folder")] = None,
    by_rule: ByRule = False,
    json: AsJson = False,
) -> None:
    """Simulate scenarios many times, on the same seeds, and show which is better, by how much, and how sure that is."""
    from twin.command.studies import compare as comparing

    comparing.compare(
        scenarios, replications, plant, confidence, outcome or (), save_to=out, json=json,
        until=until, warm_up=warm_up, seed=seed, workers=workers, folder=folder, by_rule=by_rule,
    )  # fmt: skip


@app.command(epilog="Example: twin check plant_models/gearbox_shop scenarios/gearbox_shop")
def check(
    paths: Annotated[list[Path], typer.Argument(help="Plant folders, scenario folders or single files", show_default=False)],
    schema: Annotated[Path | None, typer.Option(help="Write the JSON schemas for editors into this folder, too")] = None,
    json: AsJson = False,
) -> None:
    """Print every problem of plant and scenario files as file:line:col: what; allowed: ... Ends with 2 if there is one."""
    from twin.erp.accounting.costing.roll_ups import wrong_standards
    from twin.store.files import check_paths, write_schemas

    if schema:
        write_schemas(schema)
    plants = [path for path in paths if os.path.isfile(path / "plant.yaml")]
    asked_of = plants[0] if len(plants) == 1 else None  # the plant that scenarios from anywhere are asked of
    problems = check_paths(paths, asked_of, wrong_standards)
    if json:
        print_line(**problems_document(PlantFileError(problems)))
    else:
        for problem in problems:
            typer.echo(str(problem))
        say(f"{len(problems)} problem{'s' if len(problems) != 1 else ''} found" if problems else "no problems found")
    raise typer.Exit(BAD_INPUT if problems else 0)


add_serving(app)
add_office(app)
add_losses(app)
add_futures(app)


@app.command(epilog="Example: twin lab")
def lab(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port of JupyterLab on this machine; 0: any that is free")] = 8888,
    json: AsJsonLines = False,
) -> None:
    """Open the notebooks in JupyterLab."""
    from twin.command import notebooks

    notebooks.lab(port=port, json=json)


reporting.add_to(app)


def main() -> None:
    """Entry point of the command `twin`: 0 done, 1 failed or cancelled, 2 bad input, 130 cancelled before there was anything to cancel."""
    begun()
    gc.freeze()  # nothing that was imported is garbage: to look through it again and again is a tenth of a short run
    app()


if __name__ == "__main__":
    main()

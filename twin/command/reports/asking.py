"""What the commands of this room take: `twin labour` and its like. What they do is imported when one is called."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from twin.command.settlement.asking import books

Place = Annotated[Path, typer.Argument(help="A plant folder, which is simulated first, or a saved run", show_default=False)]
ScenarioFile = Annotated[Path | None, typer.Option("--scenario", "-s", help="Scenario file; left out: scenarios/<plant>/baseline.yaml")]
Until = Annotated[str | None, typer.Option(help="How much plant time, as in '5d' or '36 h'; left out: the scenario's horizon")]
Seed = Annotated[int, typer.Option(help="Seed of every random stream of the simulated run")]
Record = Annotated[str | None, typer.Option("--record", "-r", help="Replay this record of the plant instead")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as one JSON document")]
Out = Annotated[Path | None, typer.Option("--out", "-o", help="Write it as JSON and HTML into this folder, too")]
IndicatorScope = Literal["equipment", "work_center", "area", "plant", "request", "shift", "product", "person"]
LabourScope = Literal["person", "group", "shift", "activity"]
StatesOf = Literal["person", "tool", "gauge"]
RowsOf = Literal["job_order", "interval"]


def add_to(app: typer.Typer) -> None:
    """Make the commands of this room part of `twin`, and what the books say."""
    app.command(epilog="Example: twin labour plant_models/gearbox_shop --until 2d --by shift")(labour)
    app.command(epilog="Example: twin handover plant_models/gearbox_shop --until 1d --shift '2026-03-02 early' --out reports")(handover)
    app.command(epilog="Example: twin record plant_models/gearbox_shop --until 3d --of B1-GB1 --out records")(record)
    app.command(epilog="Example: twin drill plant_models/gearbox_shop --until 2d --indicator oee --name lathe_1")(drill)
    app.command(epilog="Example: twin audit my_run --person anna --out audit.csv")(audit)
    app.command(epilog="Example: twin learning plant_models/gearbox_shop --until 5d --rows-of interval --out states.parquet")(learning)
    app.command(epilog="Example: twin books plant_models/gearbox_shop -s scenarios/gearbox_shop/settled_month.yaml --about cash")(books)


def labour(
    place: Place,
    scenario: ScenarioFile = None,
    until: Until = None,
    seed: Seed = 1,
    record: Record = None,
    by: Annotated[LabourScope, typer.Option(help="What a row is of")] = "person",
    states: Annotated[StatesOf | None, typer.Option(help="What each of them did from one instant to the next, too")] = None,
    json: AsJson = False,
) -> None:
    """Say who worked how long on what, with efficiency, earned hours and quality, by person, group, shift or activity."""
    from twin.command.reports import showing

    showing.labour(showing.run_at(place, scenario, until=until, seed=seed, record=record), by, states, json=json)


def handover(
    place: Place,
    scenario: ScenarioFile = None,
    until: Until = None,
    seed: Seed = 1,
    record: Record = None,
    shift: Annotated[str, typer.Option(help="'latest', 'early' (the last of that name), or '2026-03-02 early'")] = "latest",
    out: Out = None,
    json: AsJson = False,
) -> None:
    """Print what a shift hands over: output against plan, what stands and why, late orders, stops, holds, alarms, people, notes."""
    from twin.command.reports import showing

    showing.handover(showing.run_at(place, scenario, until=until, seed=seed, record=record), shift, out, json=json)


def record(
    place: Place,
    of: Annotated[str, typer.Option("--of", help="Lot, or request", show_default=False)],
    scenario: ScenarioFile = None,
    until: Until = None,
    seed: Seed = 1,
    replayed: Record = None,
    out: Out = None,
    json: AsJson = False,
) -> None:
    """Print the electronic batch record of a lot or request: exceptions first, then who did what when with what, results, signatures."""
    from twin.command.reports import showing

    showing.record(showing.run_at(place, scenario, until=until, seed=seed, record=replayed), of, out, json=json)


def drill(
    place: Place,
    name: Annotated[str, typer.Option(help="Which one of the scope", show_default=False)],
    indicator: Annotated[str, typer.Option(help="An indicator of ISO 22400, or an element of one, as in apt")] = "oee",
    scope: Annotated[IndicatorScope, typer.Option(help="What it is of")] = "equipment",
    scenario: ScenarioFile = None,
    until: Until = None,
    seed: Seed = 1,
    replayed: Record = None,
    json: AsJson = False,
) -> None:
    """Open a figure: what it is divided from, the intervals and counts of each part, and the entries of the journal that reported them."""
    from twin.command.reports import showing

    showing.drill(showing.run_at(place, scenario, until=until, seed=seed, record=replayed), indicator, scope, name, json=json)


def audit(
    place: Place,
    of: Annotated[str, typer.Option("--of", help="What it is about: a lot, order, machine, document; left out: anything")] = "",
    person: Annotated[str, typer.Option(help="Who has said it; left out: anybody")] = "",
    since: Annotated[str | None, typer.Option(help="When it became known, as in '2026-03-02 06:00', local")] = None,
    before: Annotated[str | None, typer.Option(help="The same, up to and not including")] = None,
    until: Until = None,
    replayed: Record = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Write it to this file, .csv or .pdf")] = None,
    json: AsJson = False,
) -> None:
    """Print the audit trail: who has said what, when and from where, what was and is, why, and what was refused."""
    from twin.command.reports import showing

    run = showing.run_at(place, None, until=until, seed=1, record=replayed)
    showing.audit(run, {"of": of, "person": person, "since": since, "before": before}, out, json=json)


def learning(
    place: Place,
    scenario: ScenarioFile = None,
    until: Until = None,
    seed: Seed = 1,
    record: Record = None,
    rows_of: Annotated[RowsOf, typer.Option(help="A row each job order that was begun, or each state of a machine")] = "job_order",
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Write it to this file, .parquet or .csv")] = None,
    json: AsJson = False,
) -> None:
    """Write the table that models learn from: what was known at each decision, and, as later_... and truth_..., what came of it."""
    from twin.command.reports import showing, teaching

    teaching.refuse_other_files(out)  # before a long run
    teaching.show(showing.run_at(place, scenario, until=until, seed=seed, record=record), rows_of, out, json=json)

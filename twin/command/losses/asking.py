"""The command `twin losses`: what it asks."""

from __future__ import annotations

from typing import Annotated

import typer

from twin.command.options import AsJson, PlantOrRun, ScenarioFile, Seed, Until


def add_to(app: typer.Typer) -> None:
    """Give the program the command."""
    app.command(epilog="Example: twin losses plant_models/gearbox_shop --until 2d --kind failure --largest 5")(losses)


def losses(
    place: PlantOrRun,
    scenario: ScenarioFile = None,
    *,
    until: Until = None,
    seed: Seed = 1,
    record: Annotated[str | None, typer.Option("--record", "-r", help="Replay this record of the plant instead, and estimate")] = None,
    as_recorded: Annotated[
        bool,
        typer.Option("--as-recorded", help="With --record: a journal as it stands, with what was decided then; nothing is decided anew"),
    ] = False,
    largest: Annotated[int, typer.Option("--largest", "-n", min=1, help="Of so many losses, the longest")] = 10,
    kind: Annotated[list[str] | None, typer.Option("--kind", help="Only failure, setup, scrap or rework; left out: all")] = None,
    equipment: Annotated[list[str] | None, typer.Option("--equipment", help="Only of this equipment; left out: of all")] = None,
    about: Annotated[
        list[str] | None,
        typer.Option("--about", help="This loss instead, as 'failure 2 of hobber_1 (drive_fault)'; --list has all of them"),
    ] = None,
    only_list: Annotated[bool, typer.Option("--list", help="List the losses, and play nothing")] = False,
    futures: Annotated[
        int, typer.Option(min=2, help="Of a run that cannot be played again: in how many futures each stop is tried, with it and without")
    ] = 20,
    workers: Annotated[
        str | None, typer.Option(help="How many processes, 'dask', or a Dask scheduler's address; left out: one for each core")
    ] = None,
    json: AsJson = False,
) -> None:
    """Say what single losses have cost: the same run without that one failure, set-up or scrap, and the difference in the ledger.

    Of a record, and of a saved run that was live, replayed or led by persons, the cost of stops is estimated, with its spread.
    """
    from twin.command.losses import showing

    asked = showing.Asked(
        largest=largest, kinds=kind or (), equipment=equipment or (), about=about or (), only_list=only_list, futures=futures,
        workers=workers, record=record, as_recorded=as_recorded,
    )  # fmt: skip
    showing.losses(place, scenario, asked, until=until, seed=seed, json=json)

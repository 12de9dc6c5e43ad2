"""plan: its options."""

from __future__ import annotations

from typing import Annotated

import typer

from twin.command.options import AsJson, PlantFolder, ScenarioFile


def plan(
    plant: PlantFolder,
    scenario: ScenarioFile = None,
    *,
    until: Annotated[
        str | None, typer.Option(help="Plan after so much simulated time, as in '2d'; left out: from what the files say")
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of every random stream of the simulated run")] = 1,
    bucket: Annotated[str, typer.Option(help="Length of a bucket, whole days, as in '1 d' or '1 week'")] = "1 d",
    material: Annotated[list[str] | None, typer.Option("--material", "-m", help="Show the record of this material, too")] = None,
    order: Annotated[list[str] | None, typer.Option("--order", help="Show for whom this order is, and what serves it")] = None,
    capacity: Annotated[
        bool, typer.Option("--capacity", help="Show hours that the plan takes against those there are, and late orders")
    ] = False,
    promise: Annotated[
        tuple[str, int] | None, typer.Option(help="When so many of a material can be there, why not earlier, and the price of earlier")
    ] = None,
    wanted: Annotated[str | None, typer.Option(help="When the promise is wanted, from now on, as in '3 d'")] = None,
    advise: Annotated[
        bool,
        typer.Option("--advise", help="Show what safety stock, reorder point and lot size demand and lead times speak for; with --until"),
    ] = False,
    master: Annotated[bool, typer.Option("--master", help="Show the master schedule and the buffers, too")] = False,
    forecast: Annotated[
        bool,
        typer.Option(
            "--forecast", help="Plan for what is expected, too: by the scenario's forecasts, or with --until by the orders that came"
        ),
    ] = False,
    method: Annotated[
        str, typer.Option(help="How orders that came are forecast; automatic: what would have done best before")
    ] = "automatic",
    season: Annotated[int | None, typer.Option(min=2, help="Buckets of a season, for a forecast")] = None,
    simulate: Annotated[
        int,
        typer.Option(min=0, help="Simulate the plan so many times before it is firmed: how probably each order is on time, what it costs"),
    ] = 0,
    json: AsJson = False,
) -> None:
    """Say what to make and to buy, how much, when, for whom, and what to do about what is on order: the material plan."""
    from twin.command.planning import showing

    asked = showing.Asked(
        materials=material or (), orders=order or (), capacity=capacity, promise=promise, wanted=wanted, advise=advise,
        master=master, forecast=forecast,
        method=method, season=season, simulate=simulate,
    )  # fmt: skip
    showing.plan(plant, scenario, asked, until=until, seed=seed, bucket=bucket, json=json)

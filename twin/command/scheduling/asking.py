"""The command `twin schedule`: what it asks."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Supposed = list[str] | None


def add_to(app: typer.Typer) -> None:
    """Give the program the command."""
    app.command(epilog="Example: twin schedule plant_models/gearbox_shop --at 2d --compare --down furnace_1=12h --frozen 4h")(schedule)


def schedule(
    *,
    place: Annotated[Path, typer.Argument(help="A plant folder, which is simulated first, or a saved run", show_default=False)],
    scenario: Annotated[
        Path | None, typer.Option("--scenario", "-s", help="Scenario file; left out: scenarios/<plant>/baseline.yaml")
    ] = None,
    at: Annotated[str, typer.Option(help="How much plant time is simulated before it is scheduled, as in '2d'")] = "2d",
    rule: Annotated[str | None, typer.Option(help="Dispatch rule; left out: the one that gives the least weighted lateness")] = None,
    until: Annotated[str, typer.Option(help="Plant time after which nothing is planned any more")] = "30d",
    compare: Annotated[bool, typer.Option("--compare", help="Show what every rule gives from the same start")] = False,
    down: Annotated[Supposed, typer.Option("--down", help="Re-plan for equipment that is down, as in mill_1=4h")] = None,
    late: Annotated[Supposed, typer.Option("--late", help="Re-plan for a purchase order that comes in, as in PO-steel-3=2d")] = None,
    absent: Annotated[Supposed, typer.Option("--absent", help="Re-plan for a person who is absent, as in anna=1d")] = None,
    released: Annotated[
        Supposed, typer.Option("--released", help="Re-plan for a lot on hold that is released in, as in C1-VALVE=4h")
    ] = None,
    calibrated: Annotated[Supposed, typer.Option("--calibrated", help="Re-plan for a gauge that is calibrated in, as in tester=2h")] = None,
    maintained: Annotated[
        Supposed, typer.Option("--maintained", help="Re-plan for maintenance that is done in, as in M-spindle_1-1=2h, or a plan's next")
    ] = None,
    reconditioned: Annotated[
        Supposed, typer.Option("--reconditioned", help="Re-plan for a tool that is as new again in, as in hob_m2.1=4h")
    ] = None,
    frozen: Annotated[str, typer.Option(help="When re-planned: what begins within that span keeps unit and sequence")] = "0h",
    seed: Annotated[int, typer.Option(help="Seed of every random stream of the simulated run")] = 1,
    json: Annotated[bool, typer.Option("--json", help="Print the result as one JSON document")] = False,
) -> None:
    """Schedule from where a run is: what is done where, when and by whom, what is late and why; and again, after something has happened."""
    from twin.command.scheduling import showing

    said = {
        "down": down, "late": late, "absent": absent, "released": released, "calibrated": calibrated, "maintained": maintained,
        "reconditioned": reconditioned,
    }  # fmt: skip
    supposed = {name: showing.read_pairs(name, pairs or ()) for name, pairs in said.items()}
    showing.schedule(
        place, scenario, at=at, rule=rule, until=until, compare=compare, supposed=supposed, frozen=frozen, seed=seed, json=json
    )  # fmt: skip

"""Arguments and options that several commands have."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

PlantFolder = Annotated[Path, typer.Argument(help="Folder with plant.yaml, items.yaml, signals.yaml", show_default=False)]
ScenarioFile = Annotated[Path | None, typer.Option("--scenario", "-s", help="Scenario file; left out: scenarios/<plant>/baseline.yaml")]
Until = Annotated[str | None, typer.Option(help="How much plant time, as in '5d' or '36 h'; left out: the scenario's horizon")]
PlantOrRun = Annotated[Path, typer.Argument(help="A plant folder, which is simulated first, or a saved run", show_default=False)]
Seed = Annotated[int, typer.Option(help="Seed of every random stream of the simulated run")]
JournalUrl = Annotated[
    str | None, typer.Option("--journal", "-j", help="Where the journal is kept: a file, sqlite:///FILE or postgresql+psycopg://...")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as one JSON document")]
AsJsonLines = Annotated[bool, typer.Option("--json", help="Print a JSON object a line: ready, with the address; at the end the result")]
OutFolder = Annotated[Path | None, typer.Option("--out", "-o", help="Save the run to this folder (Parquet and the plant's files)")]
ScheduleFile = Annotated[Path | None, typer.Option(help="An OperationsSchedule of another ERP: it says what is made, in place of ours")]
CommandsFile = Annotated[
    Path | None, typer.Option(help="With --pace: a file of `hardware_bridge serve --commands`, of what its controllers are told")
]
Engine = Annotated[
    Literal["compiled", "simpy"], typer.Option(help="What plays the plant: compiled (fast) or simpy (readable); the same facts from either")
]
ByRule = Annotated[
    bool, typer.Option("--by-rule", help="The rules of MES and ERP alone: the same facts and costs, far faster; no records, no journal")
]
Port = Annotated[int, typer.Option(min=0, max=65535, help="Port of the pages on this machine; 0: any that is free")]
TablesOften = Annotated[
    str | None, typer.Option("--tables", help="How often the tables for BI tools are brought up to date, as in '1 min'")
]

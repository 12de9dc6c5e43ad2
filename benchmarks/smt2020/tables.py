"""The tables of the testbed, as they are: tab-separated, the first row names the columns, an empty cell says nothing."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

Row = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Testbed:
    """One data set."""

    tools: list[Row]
    routes: dict[str, list[Row]]  # by part
    orders: list[Row]
    lots_begun: list[Row]  # work in process at the start
    setups: list[Row]
    least_runs: list[Row]
    breakdowns: list[Row]
    upkeep: dict[str, Row]  # by name of the calendar
    attached: list[Row]  # breakdowns and upkeep to groups and families of tools
    transports: list[Row]
    reference: dict[str, dict[str, float]]  # lots: th, act, on_time by name


def _rows(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as lines:
        return [{key: (cell or "").strip() for key, cell in row.items() if key} for row in csv.DictReader(lines, delimiter="\t")]


def read_testbed(folder: Path, name: str) -> Testbed:
    """The data set `name` in `folder`, and what is published of its lots."""
    at = folder / name
    header, *lines = (line.split() for line in (folder / f"reference_lots_{name}.txt").read_text(encoding="utf-8").splitlines())
    return Testbed(
        tools=_rows(at / "tool.txt.1l"),
        routes={row["PART"]: _rows(at / row["ROUTEFILE"]) for row in _rows(at / "part.txt")},
        orders=_rows(at / "order.txt"), lots_begun=_rows(at / "WIP.txt"), setups=_rows(at / "setup.txt"),
        least_runs=_rows(at / "setupgrp.txt"), breakdowns=_rows(at / "downcal.txt"),
        upkeep={row["PMCALNAME"]: row for row in _rows(at / "pmcal.txt")}, attached=_rows(at / "attach.txt"),
        transports=_rows(at / "fromto.txt"),
        reference={lot: dict(zip(header[1:], map(float, cells), strict=True)) for lot, *cells in lines},
    )  # fmt: skip

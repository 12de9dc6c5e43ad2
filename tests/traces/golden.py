"""Traces that stand: what runs there are, what each gives now, and the file that says what it gave before."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

import twin

ROOT = Path(__file__).parents[2]
FILE = Path(__file__).with_name("golden.yaml")


@dataclass(frozen=True, kw_only=True, slots=True)
class GoldenRun:
    """One run of a plant that ships; `until` None means to the scenario's end, `record` that it is replayed instead of simulated."""

    plant: str
    scenario: str
    until: str | None = None
    seed: int = 1
    record: bool = False

    @property
    def name(self) -> str:
        return f"{self.plant}/{self.scenario}, {'its record' if self.record else f'{self.until}, seed {self.seed}'}"

    def play(self, **how: Any) -> Any:
        """The run, now."""
        plant = ROOT / "plant_models" / self.plant
        scenario = ROOT / "scenarios" / self.plant / f"{self.scenario}.yaml"
        if self.record:
            return twin.replay(plant, plant / "record", scenario, **how)
        return twin.simulate(plant, scenario, until=self.until, seed=self.seed, **how)


RUNS = (
    GoldenRun(plant="gearbox_shop", scenario="baseline", until="5 d"),
    GoldenRun(plant="gearbox_shop", scenario="furnace_down", until="3 d", seed=7),
    GoldenRun(plant="bottling_line", scenario="baseline", until="8 h"),
    GoldenRun(plant="nist_cell", scenario="baseline", until="2 d"),
    GoldenRun(plant="nist_cell", scenario="order_60", record=True),
)


def hashes_of(run: Any) -> dict[str, Any]:
    """What stands in the file about a run."""
    return {"events": len(run.journal), "trace": run.trace_hash, "journal": run.journal.head}


def newest_reason() -> str:
    """The beginning of the newest [TRACE] line of CHANGELOG.md: it has the newest at the end of a version."""
    lines = re.findall(r"^- \[TRACE\] (.{1,60})", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    return str(lines[-1]).strip()


def standing() -> dict[str, Any]:
    """The file."""
    read: dict[str, Any] = yaml.safe_load(FILE.read_text())
    return read


def write_anew() -> None:
    """All runs, played and written down; the head of the file stays."""
    head = FILE.read_text().split("\nbecause:")[0]
    body = {"because": newest_reason(), "runs": {one.name: hashes_of(one.play()) for one in RUNS}}
    FILE.write_text(f"{head}\n{yaml.safe_dump(body, sort_keys=False, width=140)}")


if __name__ == "__main__":
    write_anew()

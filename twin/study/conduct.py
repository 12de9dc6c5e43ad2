"""How a study is carried out: from which seed, how long, by whom, where results are kept, who watches and who may stop it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypedDict

from twin import library
from twin.library import PlantLike, ScenarioLike
from twin.model.measures import read_duration
from twin.model.plant import Plant
from twin.study.kept import KeptResults
from twin.study.replication import Case, Replicated, case, replication
from twin.study.workers import WorkersLike, refuse_no_workers, workers_for


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a study has come. `total` may grow where a study decides by its results how much more it needs."""

    done: int
    total: int
    found: int  # of those done, how many were kept from before
    elapsed_s: float

    def __str__(self) -> str:
        kept = f", {self.found} of them kept from before" if self.found else ""
        return f"{self.done} of {self.total} replications{kept}, after {self.elapsed_s:.0f} s"


FEW_BY_RULE = 100
"""Replications by rule that are done here before other processes would have begun."""

MOST_REPLICATIONS = 1_000_000
"""Of one scenario in one study: what is kept of each stays in memory."""

Watch = Callable[[Progress], None]


class How(TypedDict, total=False):
    """What every study can be told, beside its question.

    seed : of the first replication; the next has the next number. All scenarios of a study use the same seeds.
    until : how much plant time a replication lasts ("5 d"); left out, the scenario's horizon
    warm_up : how much of it does not count, at its start
    folder : where results are kept, so that nothing runs twice; left out, nowhere
    workers : a number of processes (1: this one), "dask", the address of a Dask scheduler, or a Dask client; left out, one for each core
    by_rule : play by the rules of MES and ERP alone: the same facts and costs in a hundredth of the time, and nobody keeps records
    watch : called with the `Progress` whenever a replication is done; `watch=print` says it line by line
    stop : set it to end the study; what is done is kept
    """

    seed: int
    until: str | None
    warm_up: str | None
    folder: Path | str | None
    workers: WorkersLike
    by_rule: bool
    watch: Watch | None
    stop: threading.Event | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Conduct:
    """The fields of `How`, with what is taken where one is left out."""

    seed: int = 1
    until: str | None = None
    warm_up: str | None = None
    folder: Path | str | None = None
    workers: WorkersLike = None
    by_rule: bool = False
    watch: Watch | None = None
    stop: threading.Event | None = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        library.read_seed(self.seed)
        refuse_no_workers(self.workers)

    @property
    def stopped(self) -> bool:
        return self.stop is not None and self.stop.is_set()

    def case(self, name: str, plant: Plant, scenario: ScenarioLike, *, series_step_us: int = 0) -> Case:
        """The scenario as a case of this study."""
        warm_up_us = read_duration(self.warm_up or 0)
        return case(
            name, plant, library.read_scenario_to_simulate(scenario, plant), span_us=library.read_span(self.until),
            warm_up_us=warm_up_us, series_step_us=series_step_us, by_rule=self.by_rule,
        )  # fmt: skip

    def seeds(self, count: int, after: int = 0) -> range:
        """The seeds of `count` replications, when `after` are there already.

        Raises
        ------
        ValueError : no replication, or more than a study can hold
        """
        if not 1 <= count <= MOST_REPLICATIONS:
            raise ValueError(f"{count} replications; allowed: 1 to {MOST_REPLICATIONS:,}")
        return range(self.seed + after, self.seed + after + count)


class StudyStoppedError(RuntimeError):
    """A study was stopped before it could say anything."""


def carry_out(conduct: Conduct, cases: Sequence[Case], seeds: Sequence[int]) -> list[list[Replicated | None]]:
    """Every case with every seed: for each seed its results in the order of `cases`; None where the study was stopped before.

    Replications go seed by seed, so that what is there after a stop compares every case on the same seeds.
    """
    kept = KeptResults(conduct.folder)
    asked = [[replication(one, seed) for one in cases] for seed in seeds]
    wanted = {each.key: each for row in asked for each in row}
    found = {key: result for key in wanted if (result := kept.find(key)) is not None}
    missing = [each for key, each in wanted.items() if key not in found]
    began_s, before = time.monotonic(), len(found)
    stop = conduct.stop or threading.Event()

    def tell() -> None:
        if conduct.watch:
            conduct.watch(Progress(done=len(found), total=len(wanted), found=before, elapsed_s=time.monotonic() - began_s))

    tell()
    if missing and not stop.is_set():
        is_short = conduct.by_rule and conduct.workers is None and len(missing) < FEW_BY_RULE
        for result in workers_for(1 if is_short else conduct.workers, len(missing)).carry_out(missing, stop):
            kept.keep(result)
            found[result.key] = result
            tell()
    return [[found.get(each.key) for each in row] for row in asked]


def plant_and_scenario(plant: PlantLike, scenario: ScenarioLike) -> tuple[Plant, ScenarioLike]:
    """Plant and scenario, read where they are files."""
    return library.read_plant(plant), library.read_scenario(scenario, plant)

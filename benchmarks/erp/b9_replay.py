"""B9: a recorded journal into an empty database again, with MES and ERP, until the heads of both chains are the same.

The gearbox shop runs for so many days; its journal is the record, and what MES and ERP know then is remembered. Twice it is played:
"as recorded" copies the rows as they stand, reckons every hash again over what is stored, and lets both folds hear each entry
(`twin replay --as-recorded`); "decided anew" hears the plant's facts alone, and MES and ERP conclude and decide all the rest again, with
every id and hash and every check of the path (`twin replay`). Each must end with the same head, with what MES and ERP knew, and, in the
shortest run, with the same rows in every derived table. The peer reads the rows and inserts them, and does nothing else.

    python -m benchmarks.erp.b9_replay [DAYS ...]         # left out: 30 and 120 days, 80 thousand and 320 thousand events
    python -m benchmarks.erp.b9_replay --record FILE      # a journal that is there, as recorded, beside it; with the peak of memory
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.measuring import pairs
from benchmarks.mes.b1_ingest import plain_insert
from twin.model.plant import Plant
from twin.model.scenario import Scenario
from twin.model.states import Source
from twin.results.database.folded import folded_rows
from twin.results.restoring.rebuilding import rebuild
from twin.results.run import Run
from twin.run import carry, simulate
from twin.store.files import read_plant, read_scenario
from twin.store.journal import DatabaseJournal
from twin.store.projections import project_rows
from twin.store.replay import ReplaySource

ROOT = Path(__file__).parents[2]
DAYS, DAY_US = (30, 120), 86_400_000_000
BATCH = 5_000
MUST_A_S, GOAL_A_S = 30_000, 100_000
Way = Callable[[DatabaseJournal, Run], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What must come out again."""

    count: int
    head: str
    folded: Any
    projected: Any  # None: not compared


def record(url: str, plant: Plant, scenario: Scenario, days: int, *, projects: bool) -> Known:
    """A run of so many days, in the database."""
    journal = DatabaseJournal(url)
    run = simulate(plant, scenario, until_us=days * DAY_US, journal=journal)
    projected = project_rows(journal.entries()) if projects else None
    known = Known(count=len(journal), head=journal.head, folded=folded_rows(run), projected=projected)
    journal.close()
    return known


def decided_anew(recorded: DatabaseJournal, run: Run) -> None:
    """The facts happen again, and everything follows from them again."""
    carry(ReplaySource(recorded.entries(), origin=Source.SIMULATED, plant=run.plant), run)


WAYS: dict[str, Way] = {"decided anew": decided_anew, "as recorded": rebuild}


def timed(way: Way, urls: tuple[str, str], case: tuple[Plant, Scenario], known: Known) -> float:
    """CPU seconds of one way; what came of it is what was recorded, and all holds."""
    recorded, journal = (DatabaseJournal(url) for url in urls)
    run = Run(*case, journal)
    begin_s = time.process_time()
    way(recorded, run)
    spent_s = time.process_time() - begin_s
    assert (len(journal), journal.head) == (known.count, known.head), "another journal"
    assert folded_rows(run) == known.folded, "MES and ERP know something else"
    assert known.projected is None or project_rows(journal.entries()) == known.projected, "other derived tables"
    recorded.close()
    journal.close()
    return spent_s


def copied(urls: tuple[str, str], count: int) -> float:
    """CPU seconds to read the rows and to insert them."""
    recorded = DatabaseJournal(urls[0])
    begin_s = time.process_time()
    rows = list(recorded.rows())
    read_s = time.process_time() - begin_s
    recorded.close()
    return read_s + plain_insert(urls[1], rows, max(1, count // BATCH))[1]


def play(file: Path) -> None:
    """A journal that is there, as recorded, into a database beside it; the figures go into the result of the last run."""
    plant, scenario = read_case()
    recorded, copy = DatabaseJournal(file, create=False), file.with_name("b9_copy.db")
    journal = DatabaseJournal(copy)
    run, count, told = Run(plant, scenario, journal), len(recorded), [0]
    begin_s, begin_wall_s = time.process_time(), time.perf_counter()

    def watch(_: int) -> None:
        told[0] += 1
        if not told[0] % 500:
            say = f"{time.process_time() - begin_s:.0f} CPU s, {time.perf_counter() - begin_wall_s:.0f} s, peak {peak_mb()} MB"
            print(f"B9 as recorded: {told[0] * 2_000:,} of {count:,} events: {say}", flush=True)

    rebuild(recorded, run, watch)
    spent_s, wall_s = time.process_time() - begin_s, time.perf_counter() - begin_wall_s
    assert (len(journal), journal.head) == (count, recorded.head), "another journal"
    print(f"B9 as recorded: {count:,} events in {spent_s:.0f} CPU s ({wall_s:.0f} s): {count / spent_s / 1e3:.1f} k a CPU s, the same head")
    kept = json.loads((pairs.RESULTS / "b9.json").read_text(encoding="utf-8"))
    kept["played"] = {"events": count, "cpu_s": round(spent_s), "wall_s": round(wall_s), "peak_mb": peak_mb(), "head": journal.head}
    (pairs.RESULTS / "b9.json").write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    journal.close()
    copy.unlink()


def read_case() -> tuple[Plant, Scenario]:
    plant = read_plant(ROOT / "plant_models" / "gearbox_shop")
    return plant, read_scenario(ROOT / "scenarios" / "gearbox_shop" / "baseline.yaml", plant)


def peak_mb() -> int:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def main(sizes: list[int]) -> None:
    """Print each size, and keep the largest."""
    case = read_case()
    paces: dict[str, list[float]] = {name: [] for name in WAYS}
    for place, days in enumerate(sizes):
        with tempfile.TemporaryDirectory() as folder:
            url = {name: f"sqlite:///{Path(folder) / f'{name}.db'}" for name in ("record", *WAYS, "plain")}
            known = record(url["record"], *case, days, projects=place == 0)
            spent = {name: timed(way, (url["record"], url[name]), case, known) for name, way in WAYS.items()}
            plain_s = copied((url["record"], url["plain"]), known.count)
        for name, spent_s in spent.items():
            paces[name].append(known.count / spent_s)
            pace = f"{known.count:,} events in {spent_s:.1f} CPU s: {known.count / spent_s / 1e3:.1f} k a CPU s, the same head and figures"
            limits = f"must {MUST_A_S / 1e3:g} k, goal {GOAL_A_S / 1e3:g} k"
            print(f"B9 {name}, {days} days: {pace}; rows read and inserted {plain_s:.1f} CPU s; {limits}", flush=True)
    kept = []
    for name, pace in paces.items():
        print(f"B9 {name}: pace of the longest run {pace[-1] / pace[0]:.2f} of that of the shortest")
        kept.append(pairs.row(f"rows read and inserted, {name}", [(1e6 / pace[-1], plain_s / known.count * 1e6)], None))
    print(f"B9 replay: peak {peak_mb()} MB")
    pairs.keep(
        "B9 replay an event", events=known.count, days=sizes,
        events_a_cpu_s={name: [round(it) for it in pace] for name, pace in paces.items()},
        must_a_s=MUST_A_S, goal_a_s=GOAL_A_S, peak_mb=peak_mb(), pairs=kept,
    )  # fmt: skip


if __name__ == "__main__":
    if sys.argv[1:2] == ["--record"]:
        play(Path(sys.argv[2]))
    else:
        main([int(it) for it in sys.argv[1:]] or list(DAYS))

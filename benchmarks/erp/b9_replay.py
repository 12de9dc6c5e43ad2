"""B9: a recorded journal into an empty database again, with MES and ERP, until the heads of both chains are the same.

The gearbox shop runs for so many days; its journal is the record. Twice it is read, parsed and kept anew, every id and hash made again:
"replayed" hears the plant's facts alone, and MES and ERP conclude and decide all the rest anew, with every check of the path; "rebuilt"
applies each entry as it stands to both folds, as a saved run is read. The peer reads the rows and inserts them, and does nothing else.

    python -m benchmarks.erp.b9_replay [DAYS ...]      # left out: 30 and 120 days, 70 thousand and 280 thousand events

Ten million are eleven years of this plant: what they take is reckoned from the longest run, whose pace beside the shorter says how far
the work is in proportion to the events.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.measuring import pairs
from benchmarks.mes.b1_ingest import plain_insert
from twin.model.plant import Plant
from twin.model.scenario import Scenario
from twin.model.states import Source
from twin.results.run import Run
from twin.run import carry, simulate
from twin.store.files import read_plant, read_scenario
from twin.store.ingest.rare_collections import rare_collections
from twin.store.journal import DatabaseJournal
from twin.store.replay import ReplaySource

ROOT = Path(__file__).parents[2]
DAYS, DAY_US = (30, 120), 86_400_000_000
EVENTS, BATCH = 10_000_000, 5_000
MUST_A_S, GOAL_A_S = 30_000, 100_000
Way = Callable[[DatabaseJournal, Run], None]


def record(url: str, plant: Plant, scenario: Scenario, days: int) -> tuple[int, str]:
    """How many entries a run of so many days has, and its head."""
    journal = DatabaseJournal(url)
    simulate(plant, scenario, until_us=days * DAY_US, journal=journal)
    known = len(journal), journal.head
    journal.close()
    return known


def replayed(recorded: DatabaseJournal, run: Run) -> None:
    """The facts happen again, and everything follows from them again."""
    carry(ReplaySource(recorded.entries(), origin=Source.SIMULATED, plant=run.plant), run)


def rebuilt(recorded: DatabaseJournal, run: Run) -> None:
    """Every entry is kept and applied as it stands."""
    with rare_collections():
        for entry in recorded.entries():
            run.journal.append(entry.event, source=entry.source, cause=entry.cause, rule=entry.rule)
            run.reapply(entry.event)
            if not entry.seq % BATCH:
                run.journal.commit()
        run.journal.commit()


def timed(way: Way, urls: tuple[str, str], case: tuple[Plant, Scenario], known: tuple[int, str]) -> float:
    """CPU seconds of one way; what came of it is what was recorded, and all holds."""
    recorded, journal = (DatabaseJournal(url) for url in urls)
    run = Run(*case, journal)
    begin_s = time.process_time()
    way(recorded, run)
    spent_s = time.process_time() - begin_s
    assert (len(journal), journal.head) == known, "another journal"
    assert not run.violations(whole=True)
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


def main(sizes: list[int]) -> None:
    """Print each size, and keep the largest."""
    plant = read_plant(ROOT / "plant_models" / "gearbox_shop")
    case = plant, read_scenario(ROOT / "scenarios" / "gearbox_shop" / "baseline.yaml", plant)
    paces: dict[str, list[float]] = {"replayed": [], "rebuilt": []}
    for days in sizes:
        with tempfile.TemporaryDirectory() as folder:
            url = [f"sqlite:///{Path(folder) / f'{name}.db'}" for name in ("record", *paces, "plain")]
            count, head = record(url[0], *case, days)
            spent = {way.__name__: timed(way, (url[0], to), case, (count, head)) for way, to in ((replayed, url[1]), (rebuilt, url[2]))}
            plain_s = copied((url[0], url[3]), count)
        for name, spent_s in spent.items():
            paces[name].append(count / spent_s)
            print(
                f"B9 {name}, {days} days: {count:,} events in {spent_s:.1f} CPU s: {count / spent_s / 1e3:.1f} k a CPU s, the same head; "
                f"rows read and inserted {plain_s:.1f} CPU s; must {MUST_A_S / 1e3:g} k, goal {GOAL_A_S / 1e3:g} k"
            )
    kept = []
    for name, pace in paces.items():
        print(
            f"B9 {name}: pace of the longest run {pace[-1] / pace[0]:.2f} of that of the shortest; "
            f"{EVENTS:,} events would take {EVENTS / pace[-1]:,.0f} CPU s at it (reckoned, not run)"
        )
        kept.append(pairs.row(f"rows read and inserted, {name}", [(1e6 / pace[-1], plain_s / count * 1e6)], None))
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"B9 replay: peak {peak_mb:.0f} MB")
    pairs.keep(
        "B9 replay an event", events=count, days=sizes, events_a_cpu_s={name: [round(it) for it in pace] for name, pace in paces.items()},
        must_a_s=MUST_A_S, goal_a_s=GOAL_A_S, peak_mb=round(peak_mb), pairs=kept,
    )  # fmt: skip


if __name__ == "__main__":
    main([int(it) for it in sys.argv[1:]] or list(DAYS))

"""An import of a million facts, 2 % of them late, twice or out of order, beside the clean one: the same journal, and what that costs.

python -m benchmarks.mes.imports [FACTS, 1,000,000 if left out]
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from itertools import chain, islice
from pathlib import Path

from benchmarks.measuring.plants import Case
from benchmarks.mes.year import facts_of, shop
from tests.laws.imports.disorder import disordered, ending
from twin.exchange import import_facts
from twin.results.run import Run
from twin.store.ingest import ImportSource, ReceivedFact, needed_tolerance_us, read_received, write_received

FACTS, SHARE, PLACES = 1_000_000, 0.02, 5_000


def imported(case: Case, path: Path) -> tuple[Run, float, float, float]:
    """The run; CPU seconds to look the record through, to take it in, and on the wall."""
    begin_s, begin_cpu_s = time.perf_counter(), time.process_time()
    tolerance_us = needed_tolerance_us(read_received(path))
    looked_s = time.process_time() - begin_cpu_s
    run = import_facts(ImportSource(read_received(path), tolerance_us=tolerance_us), *case)
    return run, looked_s, time.process_time() - begin_cpu_s - looked_s, time.perf_counter() - begin_s


def record(case: Case, count: int, folder: Path) -> tuple[Path, Path]:
    """Two files: as it was, and as it arrived."""
    facts = islice(chain.from_iterable(facts_of(case)), count)
    clean: Sequence[ReceivedFact] = [ReceivedFact(id=f"plc/{n}", sequence=n, event=fact) for n, fact in enumerate(facts, 1)]
    arriving, kinds = disordered(clean, 1, SHARE, PLACES)
    print(f"imports: {len(clean):,} facts; " + ", ".join(f"{kinds[kind]:,} {kind}" for kind in ("late", "twice", "swapped")))
    paths = folder / "clean.jsonl.gz", folder / "received.jsonl.gz"
    write_received(paths[0], clean)
    write_received(paths[1], arriving)
    return paths


def main(count: int) -> None:
    """Print both; end with an error if they differ."""
    case = shop(200, 365.0 * count / 1_000_000, 4.0)
    heads, endings = [], []
    with tempfile.TemporaryDirectory() as folder:
        for path in record(case, count, Path(folder)):
            run, looked_s, took_s, wall_s = imported(case, path)
            counts = run.received
            assert counts is not None
            assert counts.nothing_is_lost
            assert counts.late == counts.refused == 0
            heads.append(run.journal.head)
            endings.append(hash(repr(ending(run))))
            name, peak_gb = path.name.partition(".")[0], resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
            print(
                f"imports: {name}: {counts.received:,} received = {counts.taken:,} taken + {counts.duplicates:,} duplicates +"
                f" {counts.refused:,} refused; {counts.reordered:,} put in order, the latest {counts.most_behind_us / 3.6e9:.1f} h behind"
            )
            print(
                f"imports: {name}: {len(run.journal):,} entries; {looked_s:.0f} CPU s to look through, {took_s:.0f} to take in,"
                f" {wall_s:.0f} s by the wall; peak {peak_gb:.1f} GB"
            )
            del run
    assert heads[0] == heads[1], "the journals differ"
    assert endings[0] == endings[1], "the states differ"
    print("imports: the same head, and the same state at the end")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else FACTS)

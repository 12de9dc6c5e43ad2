"""An import of a million facts, 2 % of them late, twice or out of order, beside the clean one: the same journal, and what that costs.

Each is done by a process of its own, side by side.

python -m benchmarks.mes.imports [FACTS, 1,000,000 if left out]
"""

from __future__ import annotations

import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from hashlib import blake2b
from itertools import chain, islice
from pathlib import Path
from typing import Any

from benchmarks.measuring import pairs
from benchmarks.measuring.plants import Case
from benchmarks.mes.year import facts_of, shop
from tests.laws.imports.disorder import disordered, ending
from twin.exchange import import_facts
from twin.store.ingest import ImportSource, ReceivedFact, needed_tolerance_us, read_received, write_received

FACTS, SHARE, PLACES = 1_000_000, 0.02, 5_000


def imported(case: Case, path: Path) -> dict[str, Any]:
    """What became of a record: how it ended, what was counted, and what it took."""
    begin_s, begin_cpu_s = time.perf_counter(), time.process_time()
    tolerance_us = needed_tolerance_us(read_received(path))
    looked_s = time.process_time() - begin_cpu_s
    run = import_facts(ImportSource(read_received(path), tolerance_us=tolerance_us), *case)
    took_s, wall_s = time.process_time() - begin_cpu_s - looked_s, time.perf_counter() - begin_s
    counts = run.received
    assert counts is not None
    assert counts.nothing_is_lost
    assert counts.late == counts.refused == 0
    return {
        "record": path.name.partition(".")[0], "received": counts.received, "taken": counts.taken, "duplicates": counts.duplicates,
        "reordered": counts.reordered, "most_behind_h": round(counts.most_behind_us / 3.6e9, 1), "entries": len(run.journal),
        "look_through_cpu_s": round(looked_s), "take_in_cpu_s": round(took_s), "wall_s": round(wall_s),
        "peak_gb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6, 2), "head": run.journal.head,
        "state": blake2b(repr(ending(run)).encode(), digest_size=16).hexdigest(),
    }  # fmt: skip


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
    with tempfile.TemporaryDirectory() as folder, multiprocessing.get_context("fork").Pool(2, maxtasksperchild=1) as pool:
        paths = pool.apply(record, (case, count, Path(folder)))
        both = pool.starmap(imported, [(case, path) for path in paths], chunksize=1)
    for it in both:
        print(
            f"imports: {it['record']}: {it['received']:,} received = {it['taken']:,} taken + {it['duplicates']:,} duplicates;"
            f" {it['reordered']:,} put in order, the latest {it['most_behind_h']} h behind; {it['entries']:,} entries;"
            f" {it['look_through_cpu_s']} CPU s to look through, {it['take_in_cpu_s']} to take in, {it['wall_s']} s by the wall;"
            f" peak {it['peak_gb']} GB"
        )
    assert both[0]["head"] == both[1]["head"], "the journals differ"
    assert both[0]["state"] == both[1]["state"], "the states differ"
    print("imports: the same head, and the same state at the end")
    pairs.keep("imports", clean=both[0], disordered=both[1])


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else FACTS)

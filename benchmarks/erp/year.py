"""A year of the gearbox shop, the ERP in the loop: every event posted, weekly forecasts, nightly plans, twelve closes, all laws.

Prices of some deliveries become known after their month was closed. Nothing is compared with a peer: none of them keeps books.

    python -m benchmarks.erp.year [DAYS, all of the scenario if left out]
"""

from __future__ import annotations

import resource
import sys
import time
from collections import Counter
from itertools import pairwise

from benchmarks.measuring import pairs
from tests.rooms.erp.epochs.a_year import DAY_US, Played, play, year
from tests.rooms.erp.epochs.books_again import problems
from twin.model.events import JournalPosted

MOST_CPU_S = 240.0


def main(days: float | None) -> None:
    """Print what it took; end with an error if a law does not hold, or it took too long."""
    plant, scenario = year()
    marks: list[tuple[int, float]] = []  # day, CPU seconds until then

    def mark(now_us: int) -> None:
        day = (now_us - scenario.start_us) // DAY_US
        if day % 30 == 0 and (not marks or marks[-1][0] != day):
            marks.append((day, time.process_time()))

    play(plant, scenario, days=1)  # kernels are there
    begin_s, begin_cpu_s = time.perf_counter(), time.process_time()
    played = play(plant, scenario, days=days, watch=mark)
    wall_s, cpu_s = time.perf_counter() - begin_s, time.process_time() - begin_cpu_s
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    months = [round(after - before, 2) for (_, before), (_, after) in pairwise(marks)]
    checked_s = time.process_time()
    found = problems(played)
    checked_s = time.process_time() - checked_s
    figures = counted(played)
    lived = round((played.run.now_us - scenario.start_us) / DAY_US, 1)
    print(f"YEAR gearbox shop, {lived} days: {', '.join(f'{n:,} {what}' for what, n in figures.items())}")
    print(f"YEAR {cpu_s:.1f} CPU s, {wall_s:.1f} s on the wall, peak {peak_mb:.0f} MB; by thirty days {months}; laws {checked_s:.1f} CPU s")
    print(f"YEAR laws that do not hold: {len(found)}")
    pairs.keep(
        "YEAR", days=lived, cpu_s=round(cpu_s, 1), wall_s=round(wall_s, 1), peak_mb=round(peak_mb), cpu_s_by_thirty_days=months,
        laws_cpu_s=round(checked_s, 1), laws_broken=found, counted=figures,
    )  # fmt: skip
    assert not found, found
    assert cpu_s <= MOST_CPU_S, "above the limit"


def counted(played: Played) -> dict[str, int]:
    """What has happened."""
    erp, kinds = played.run.erp, Counter(type(entry.event).__name__ for entry in played.run.journal)
    entries = [entry.event for entry in played.run.journal if isinstance(entry.event, JournalPosted)]
    orders = erp.customer_orders.orders.values()
    facts = sum(not entry.rule for entry in played.run.journal)
    return {
        "events": len(played.run.journal), "facts": facts, "entries": len(entries), "legs": sum(len(it.legs) for it in entries),
        "late entries": kinds["LateJournalPosted"], "closes": len(played.closes), "prices known late": played.late_count,
        "forecasts": kinds["ForecastIssued"], "purchase orders": kinds["PurchaseOrderPlaced"],
        "requests": kinds["OperationsRequestReleased"],
        "customer orders": len(orders), "shipped": sum(it.shipped_us is not None for it in orders),
        "shipped late": sum(it.shipped_us is not None and it.shipped_us > it.due_us for it in orders),
    }  # fmt: skip


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else None)

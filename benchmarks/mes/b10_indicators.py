"""B10: all indicators of ISO 22400 over a simulated year of 200 work units, by work unit, shift and product.

The floor sums the length of every state interval by unit and state with NumPy, from columns that are there already.

    python -m benchmarks.mes.b10_indicators [DAYS, 365 if left out]
"""

from __future__ import annotations

import resource
import statistics
import sys
import time
from collections import deque
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.measuring import pairs
from benchmarks.mes.year import facts_of, shop
from twin.erp import Erp
from twin.mes import Mes
from twin.model.events import OperationsEvent

UNITS, DAYS, ROUNDS = 200, 365.0, 3


def cpu_s(work: Callable[[], Any]) -> float:
    begin_s = time.process_time()
    work()
    return time.process_time() - begin_s


def lived_through(days: float) -> tuple[Mes, int]:
    """The MES after that time, as it follows the plant and an ERP that asks for what customers want; how many facts there were."""
    plant, scenario = shop(UNITS, days, 4.0)
    mes, erp, count = Mes(plant, scenario.policies), Erp(plant, scenario.policies), 0
    for facts in facts_of((plant, scenario)):
        count += len(facts)
        _conclude(mes, erp, facts)
        _conclude(mes, erp, erp.decide(facts[-1].effective_us))
    return mes, count


def _conclude(mes: Mes, erp: Erp, events: list[OperationsEvent]) -> None:
    pending = deque(events)
    while pending:
        event = pending.popleft()
        pending += [*mes.apply(event), *erp.apply(event)]


def main(days: float) -> None:
    """Print seconds for each scope."""
    begin_s = time.process_time()
    mes, fact_count = lived_through(days)
    lived_s = time.process_time() - begin_s
    end_us, start_us = mes.now_us, min(it.first_us for it in mes.equipment.records.values() if it.first_us >= 0)
    intervals = [it for record in mes.equipment.records.values() for it in record.intervals]
    unit = np.array([int(it.equipment[1:]) for it in intervals])
    state, length_us = np.array([it.state for it in intervals]), np.array([it.duration_us for it in intervals])
    print(
        f"B10 {UNITS} work units, {days:g} days: {fact_count:,} facts, {len(intervals):,} state intervals,"
        f" {len(mes.job_orders):,} job orders; followed in {lived_s:.0f} CPU s, {fact_count / lived_s / 1e3:.1f} k facts a CPU s"
    )
    kept: dict[str, list[float]] = {}  # CPU seconds, ours and those of the plain sums
    for by in ("equipment", "shift", "product"):
        found = []
        for _ in range(ROUNDS):
            floor_s = cpu_s(lambda: np.bincount(unit * 18 + state, length_us, UNITS * 18))
            found.append((cpu_s(lambda by=by: mes.indicators(by, start_us, end_us)) * 1e6, floor_s * 1e6))
        kept[by] = [round(statistics.median(it[n] for it in found) / 1e6, 4) for n in (0, 1)]
        part = [cpu_s(lambda by=by: mes.indicators(by, end_us - 7 * 86_400_000_000, end_us)) for _ in range(ROUNDS)]
        print(
            f"B10 indicators by {by}: {statistics.median(it[0] for it in found) / 1e6:.2f} CPU s over all of it,"
            f" {statistics.median(part):.3f} over the last week; NumPy's sums alone {statistics.median(it[1] for it in found) / 1e3:.1f} ms"
        )
    print(f"B10 peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    pairs.keep("B10 indicators", days=days, cpu_s_ours_and_plain=kept)


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else DAYS)

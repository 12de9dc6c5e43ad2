"""B10: all indicators of ISO 22400 over a simulated year of 200 work units, by work unit, shift and product.

Windows of any length, drawn from all of it, and all of it. Each is asked of the sums that the MES has kept as the plant went on, and of one
that knows the same and has kept none: the figures must be equal to the last bit. The floor sums the length of every state interval by
unit and state with NumPy, from columns that are there already.

    python -m benchmarks.mes.b10_indicators [DAYS, 365 if left out]
"""

from __future__ import annotations

import random
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
from twin.mes.performance.performance import Performance
from twin.model.events import OperationsEvent

UNITS, DAYS, ROUNDS, WINDOWS, COMPARED = 200, 365.0, 3, 60, 3


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


def gone_through(mes: Mes) -> Performance:
    """What knows the same and has kept no sums."""
    return Performance(mes.plant, mes.equipment, mes.execution, mes.release, mes.tracking, mes.calendars, mes.labour.figures)


def floor_s(mes: Mes) -> float:
    """CPU seconds that NumPy takes to sum every state interval by unit and state."""
    intervals = [it for record in mes.equipment.records.values() for it in record.intervals]
    unit = np.array([int(it.equipment[1:]) for it in intervals])
    state, length_us = np.array([it.state for it in intervals]), np.array([it.duration_us for it in intervals])
    return statistics.median(cpu_s(lambda: np.bincount(unit * 18 + state, length_us, UNITS * 18)) for _ in range(ROUNDS))


def windows_of(start_us: int, end_us: int) -> list[tuple[int, int]]:
    """All of it, and windows between any two instants."""
    draw = random.Random(7)
    drawn = [sorted(draw.randrange(start_us, end_us) for _ in range(2)) for _ in range(WINDOWS)]
    return [(start_us, end_us), *((a, b) for a, b in drawn)]


def main(days: float) -> None:
    """Print seconds for each scope."""
    begin_s = time.process_time()
    mes, fact_count = lived_through(days)
    lived_s = time.process_time() - begin_s
    start_us = min(it.first_us for it in mes.equipment.records.values() if it.first_us >= 0)
    windows, plain = windows_of(start_us, mes.now_us), gone_through(mes)
    interval_count = sum(len(record.intervals) for record in mes.equipment.records.values())
    print(
        f"B10 {UNITS} work units, {days:g} days: {fact_count:,} facts, {interval_count:,} state intervals,"
        f" {len(mes.job_orders):,} job orders; followed in {lived_s:.0f} CPU s, {fact_count / lived_s / 1e3:.1f} k facts a CPU s"
    )
    kept: dict[str, dict[str, float]] = {}
    for by in ("equipment", "shift", "product"):
        whole_s = statistics.median(cpu_s(lambda by=by: mes.indicators(by, *windows[0])) for _ in range(ROUNDS))
        each_s = sorted(cpu_s(lambda by=by, it=it: mes.indicators(by, *it)) for it in windows)
        plain_s = cpu_s(lambda by=by: plain.indicators(by, *windows[0], mes.now_us))
        for it in windows[:COMPARED]:
            assert mes.indicators(by, *it) == plain.indicators(by, *it, mes.now_us), (by, it)
        kept[by] = {
            "all_s": round(whole_s, 4), "median_s": round(statistics.median(each_s), 4), "longest_s": round(each_s[-1], 4),
            "gone_through_s": round(plain_s, 3),
        }  # fmt: skip
        print(
            f"B10 indicators by {by}: all of it {whole_s:.3f} CPU s; {len(windows)} windows: median {statistics.median(each_s):.3f},"
            f" longest {each_s[-1]:.3f}; gone through without kept sums {plain_s:.2f}, and equal"
        )
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"B10 NumPy's sums alone {floor_s(mes) * 1e3:.1f} ms; peak {peak_mb:.0f} MB")
    pairs.keep(
        "B10 indicators", days=days, facts=fact_count, intervals=interval_count, followed_cpu_s=round(lived_s), peak_mb=round(peak_mb),
        cpu_s=kept,
    )  # fmt: skip


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else DAYS)

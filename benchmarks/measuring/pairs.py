"""Us and a peer in turn on the same work, and the ratio pair by pair.

The machine may be shared and its speed drifts, so no time stands alone: CPU seconds of this process (waiting for the processor does not
count), ours and the peer's right after each other, the peer's time divided by ours within the pair, and of these ratios the median with the
smallest and the largest. A slow peer gets less work; times are for one piece of work (a customer, a part, a job), so start-up counts a bit
more for whoever gets less.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parents[1] / "results"
ROUNDS = 5
_PACKAGES = ("numba", "numpy", "simpy", "ciw", "salabim", "cimba")


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """Somebody who does the work: what `play(size)` returns has an answer that can be checked; to look for it is no part of the work."""

    name: str
    play: Callable[[int], Any]
    size: int
    answer: Callable[[Any], float] = float


def cpu_s(work: Callable[[], Any]) -> tuple[float, Any]:
    """CPU seconds of this process for some work, and what it returned."""
    begin_s = time.process_time()
    answer = work()
    return time.process_time() - begin_s, answer


def race(name: str, ours: Engine, peers: Sequence[Engine], is_right: Callable[[float, int], bool], must: dict[str, float]) -> None:
    """Play ours and each peer in turn, check every answer, print and keep the figures."""
    compile_s, _ = cpu_s(lambda: ours.play(10))
    first_s, _ = cpu_s(lambda: ours.play(ours.size))
    print(
        f"{name}, {ours.name}: compile or read from the cache {compile_s:.1f} CPU s; first run, memory fresh, {_us(first_s, ours):.3f} us"
    )
    rows = []
    for peer in peers:
        pairs = []
        peer.play(10)  # some compile, as we do
        for _ in range(ROUNDS):
            our_s, our_answer = cpu_s(lambda: ours.play(ours.size))
            peer_s, peer_answer = cpu_s(lambda: peer.play(peer.size))  # noqa: B023  called at once
            for engine, found in ((ours, our_answer), (peer, peer_answer)):
                assert is_right(engine.answer(found), engine.size), f"{engine.name} gives {engine.answer(found)}"
            pairs.append((_us(our_s, ours), _us(peer_s, peer)))
        rows.append(row(peer.name, pairs, must.get(peer.name)))
        print(f"{name}: {written(rows[-1])}")
    keep(name, ours=ours.name, first_us=round(_us(first_s, ours), 3), compile_cpu_s=round(compile_s, 2), pairs=rows)


def _us(spent_s: float, engine: Engine) -> float:
    return spent_s * 1e6 / engine.size


def row(peer: str, pairs: Sequence[tuple[float, float]], must: float | None) -> dict[str, Any]:
    """The figures of one peer; `pairs` are microseconds for one piece of work, ours and the peer's."""
    ratios = sorted(theirs / ours for ours, theirs in pairs)
    return {
        "peer": peer, "ours_us": round(statistics.median(ours for ours, _ in pairs), 4),
        "peer_us": round(statistics.median(theirs for _, theirs in pairs), 4),
        "ratio": round(statistics.median(ratios), 2), "ratio_least": round(ratios[0], 2), "ratio_most": round(ratios[-1], 2), "must": must,
    }  # fmt: skip


def written(figures: dict[str, Any]) -> str:
    """One peer in one line."""
    must = f"; must {figures['must']:g}" if figures["must"] is not None else ""
    return (
        f"ours {figures['ours_us']:.3f} us, {figures['peer']} {figures['peer_us']:.3f} us, "
        f"ratio {figures['ratio']:g} ({figures['ratio_least']:g} to {figures['ratio_most']:g}){must}"
    )


def keep(name: str, **figures: Any) -> None:
    """Write the figures of a benchmark to results/<its first word>.json, with date and versions."""
    known = {}
    for package in _PACKAGES:
        try:
            known[package] = version(package)
        except PackageNotFoundError:
            continue
    made = {"benchmark": name, "at": f"{datetime.now(UTC):%Y-%m-%d %H:%M}", "python": platform.python_version(), "cores": os.cpu_count()}
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name.split()[0].lower()}.json").write_text(json.dumps({**made, "versions": known, **figures}, indent=1) + "\n")

"""How the cost of an event grows: with the size of the plant (10 to 1,000 work units) and with the length of the run (1e3 to 1e7 events).

No peer: what counts is that the line is flat. CPU time of this process for one row of what the plant says, median of five runs, the
sizes in turn. An empty plant of a thousand work units has to be laid out, too: that is on lines of its own. Draws docs/pictures/growth.svg.
"""

from __future__ import annotations

import statistics
from pathlib import Path

from benchmarks.measuring import pairs, plants
from benchmarks.measuring.drawing import Curve, draw
from twin.kernels.floor.rows import plant_rows as at
from twin.simulation.compiled_plant.compiled_plant import CompiledPlant

UNITS = (10, 50, 200, 1000)
JOBS = 20_000
ROWS = (1_000, 10_000, 100_000, 1_000_000, 10_000_000)
ROWS_OF_A_JOB = 41
PICTURE = Path(__file__).parents[1] / "docs" / "pictures" / "growth.svg"


def once(case: plants.Case) -> tuple[float, float, int]:
    """CPU seconds to lay out, CPU seconds to run, rows. What is kept of the rows is handed on and forgotten."""
    lay_s, source = pairs.cpu_s(lambda: CompiledPlant(*case, 1, control="rule"))
    counts: list[int] = []
    source.state.plant[at.STOPS_AT_ROUNDS] = 0
    source.state._events_are_read = lambda rows: counts.append(len(rows))
    run_s, rest = pairs.cpu_s(source.state.run_to_end)
    return lay_s, run_s, sum(counts) + len(rest)


def curve(cases: list[plants.Case], rounds: int) -> list[tuple[float, float, int]]:
    """Medians for each case, the cases in turn."""
    found = [[once(case) for case in cases] for _ in range(rounds)]
    return [
        (statistics.median(r[n][0] for r in found), statistics.median(r[n][1] for r in found), found[0][n][2]) for n in range(len(cases))
    ]


def main() -> None:
    """Print nanoseconds for a row, and draw them."""
    once(plants.big_shop(10, 10))
    by_size = curve([plants.big_shop(units, JOBS) for units in UNITS], pairs.ROUNDS)
    by_length = curve([plants.big_shop(50, max(10, rows // ROWS_OF_A_JOB)) for rows in ROWS], pairs.ROUNDS)
    sizes = [(float(units), run_s / rows * 1e9) for units, (_, run_s, rows) in zip(UNITS, by_size, strict=True)]
    lengths = [(float(rows), run_s / rows * 1e9) for _, run_s, rows in by_length]
    for units, (lay_s, run_s, rows) in zip(UNITS, by_size, strict=True):
        print(f"growth: {units} work units: {run_s / rows * 1e9:.0f} ns a row; laid out in {lay_s:.3f} CPU s")
    for _, run_s, rows in by_length:
        print(f"growth: {rows} rows, 50 work units: {run_s / rows * 1e9:.0f} ns a row")
    draw(
        PICTURE, "Cost of one row of what the plant says, compiled, ns of CPU time",
        [Curve("work units", sizes), Curve("rows of a run, 50 work units", lengths)],
    )  # fmt: skip
    pairs.keep("growth", by_work_units=sizes, by_rows=lengths, laid_out_cpu_s=[round(lay_s, 4) for lay_s, _, _ in by_size])


if __name__ == "__main__":
    main()

"""E6: SMT2020 HVLM in the compiled plant, by rule; CPU seconds, cycle times, on-time shares, and how tools spent their time, against
the published reference; and a peer in the same run, where there is one.

python -m benchmarks.smt2020 --data ../shared/data/smt2020 --days 100 --peer ../PySCFabSim-release
python -m benchmarks.smt2020 --days 730 --seeds 1 2 3 4
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from pathlib import Path
from typing import Any

import yaml

from benchmarks.measuring import pairs
from benchmarks.smt2020 import families, peer
from benchmarks.smt2020.judging import Figures, Lots, comparison, figures, mean_of
from benchmarks.smt2020.plant_files import items_of, plant_of, scenario_of
from benchmarks.smt2020.tables import Testbed, read_testbed
from twin.library import read_plant, read_scenario
from twin.model.plant import Plant
from twin.model.scenario import Scenario
from twin.simulation.compiled_plant.compiled_plant import CompiledPlant
from twin.simulation.engines import get_ready

NAME = "SMT2020_HVLM"


def write(testbed: Testbed, days: int, folder: Path) -> None:
    """The three files of the plant, and what is asked of it."""
    files = {"plant": plant_of(testbed), "items": items_of(testbed), "scenario": scenario_of(testbed, days)}
    folder.mkdir(parents=True, exist_ok=True)
    for name, tables in files.items():
        (folder / f"{name}.yaml").write_text(
            yaml.dump(tables, sort_keys=False, default_flow_style=None, Dumper=_Dumper, width=1000), encoding="utf-8"
        )


class _Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc] # whichever there is
    def ignore_aliases(self, data: Any) -> bool:
        return True


def main() -> None:
    """Convert, read, play, compare."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--data", type=Path, default=Path("../shared/data/smt2020"), help="folder of the tables")
    arguments.add_argument("--days", type=int, default=100)
    arguments.add_argument("--seeds", type=int, nargs="+", default=[1], help="a run each, and the mean of them")
    arguments.add_argument("--peer", type=Path, help="a clone of PySCFabSim, to be played for the same days and seed")
    arguments.add_argument("--keep", action="store_true", help="write the figures of lots to benchmarks/results/e6.json")
    arguments.add_argument("--write", type=Path, help="folder for the plant files; left out: one that is thrown away")
    asked = arguments.parse_args()
    if not asked.data.is_dir():
        print(f"e6: not measured, no tables at {asked.data}; allowed: --data <folder>")
        return
    testbed = read_testbed(asked.data, NAME)
    with tempfile.TemporaryDirectory() as thrown_away:
        folder = asked.write or Path(thrown_away)
        before_s = time.process_time()
        write(testbed, asked.days, folder)
        plant = read_plant(folder)
        scenario = read_scenario(folder / "scenario.yaml", plant)
    print(f"converted and read: {time.process_time() - before_s:.1f} CPU s, {len(plant.layout.work_units)} work units")
    get_ready("compiled")
    runs = {seed: _play(plant, scenario, seed, asked.days, testbed, asked.data) for seed in asked.seeds}
    if len(runs) > 1:
        print(f"mean of {len(runs)} seeds", *comparison(mean_of(list(runs.values())), testbed.reference), sep="\n")
    if asked.keep:
        pairs.keep("E6 SMT2020 HVLM", days=asked.days, lots_by_seed=runs, mean=mean_of(list(runs.values())), published=testbed.reference)
    if asked.peer:
        print(*peer.lines_of(asked.peer, NAME, asked.days, asked.seeds[0]), sep="\n")


def _play(plant: Plant, scenario: Scenario, seed: int, days: int, testbed: Testbed, data: Path) -> Figures:
    """One run, told and held against what is published; figures of its lots."""
    before_s = time.process_time()
    source = CompiledPlant(plant, scenario, seed, control="rule")
    laid_out_s, before_s = time.process_time() - before_s, time.process_time()
    lots, tools = Lots(plant, scenario, source.words), families.Families(plant, scenario.start_us)
    source.run_through(lambda rows: (lots.read(rows), tools.read(rows)))
    cpu_s = time.process_time() - before_s
    print(f"seed {seed}, {days} days: {cpu_s:.1f} CPU s ({laid_out_s:.1f} s to lay out), {lots.steps_done:,} steps, {lots.rows:,} facts, "
          f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MiB")  # fmt: skip
    found = figures(lots.outcomes())
    print(*comparison(found, testbed.reference), sep="\n")
    print(*families.comparison(tools.shares(), families.published(data, NAME)), sep="\n")
    return found


if __name__ == "__main__":
    main()

"""E4: a thousand futures on two threads: six days of the gearbox shop, and a week of one with 50 work units from a live state.

The peer of the first is our own single run with MES and ERP over the same stretch, a thousand times. The second is what is asked for: 50
work units with set-ups, breakdowns and shifts (besides persons, bills and purchases), whose journal is followed as if real machines
wrote it, so that futures begin from what MES and ERP know; the gearbox shop three times as large, with fewer saws, benches and tables.
CPU time of this process; before anything is timed, the shadow's trace is compared with the run's.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from copy import deepcopy
from pathlib import Path
from typing import Any

import yaml

import twin
from benchmarks.measuring import pairs
from twin import study
from twin.results.run import Run

FUTURES, TIMES, UNITS, MUST_S = 1000, 3, 50, 20.0
ONE_LESS = {"saw": 2, "bench": 7, "packing_table": 2}  # 50 rather than 54


def main() -> None:
    """Print ours, the peer and the ratio; then the week of 50 work units."""
    run = twin.simulate("plant_models/gearbox_shop", until="1 d", seed=1)
    study.futures(run, 2)  # compiles, or reads what was compiled
    walls, found = [], []
    for _ in range(pairs.ROUNDS):
        begin_s = time.perf_counter()
        cpu_s, seen = pairs.cpu_s(lambda: study.futures(run, FUTURES))
        walls.append(time.perf_counter() - begin_s)
        assert seen.count == FUTURES
        peer_s, _ = pairs.cpu_s(lambda: twin.simulate("plant_models/gearbox_shop", until="7 d", seed=1))
        found.append((cpu_s * 1e6 / FUTURES, peer_s * 1e6))
    figures = pairs.row("a run with MES and ERP", found, None)
    print(f"E4 a future of six days, gearbox shop: {pairs.written(figures)}")
    print(
        f"E4 {FUTURES} futures: {figures['ours_us'] * FUTURES / 1e6:.2f} CPU s, {statistics.median(walls):.1f} s on two threads; must 20 s"
    )
    pairs.keep("E4 futures", wall_s=round(statistics.median(walls), 2), pairs=[figures])
    fifty()


def fifty() -> None:
    """A thousand futures of a week of 50 work units, from where a journal that is followed stands after a day."""
    with tempfile.TemporaryDirectory() as folder:
        played = larger_shop(Path(folder))
        live = twin.replay(played.plant, played.journal.entries(), scenario=played.scenario)
    assert len(live.plant.layout.work_units) == UNITS
    study.futures(live, 2, until="7 d")
    found, walls = [], []
    for _ in range(pairs.ROUNDS):
        begin_s = time.perf_counter()
        cpu_s, seen = pairs.cpu_s(lambda: study.futures(live, FUTURES, until="7 d"))
        walls.append(time.perf_counter() - begin_s)
        peer_s, _ = pairs.cpu_s(lambda: twin.simulate(played.plant, played.scenario, until="7 d", seed=1))
        assert seen.count == FUTURES
        found.append((cpu_s * 1e6 / FUTURES, peer_s * 1e6))
    figures = pairs.row("a week's run with MES and ERP", found, None)
    cpu_s = figures["ours_us"] * FUTURES / 1e6
    print(f"E4b a future of a week, {UNITS} work units, from a live state: {pairs.written(figures)}")
    print(
        f"E4b {FUTURES} futures of {len(seen.table)} open orders: {cpu_s:.2f} CPU s, {statistics.median(walls):.1f} s by the wall"
        f" on two threads ({min(walls):.1f} to {max(walls):.1f}); must {MUST_S:g} s"
    )
    pairs.keep("E4b futures, 50 units", wall_s=round(statistics.median(walls), 2), must_s=MUST_S, pairs=[figures])


def larger_shop(folder: Path) -> Run:
    """A day of a shop with three times as much of everything, but for what is one less."""
    here = Path("plant_models/gearbox_shop")
    plant, items = (yaml.safe_load((here / f"{name}.yaml").read_text(encoding="utf-8")) for name in ("plant", "items"))
    asked = yaml.safe_load(Path("scenarios/gearbox_shop/baseline.yaml").read_text(encoding="utf-8"))
    seen: dict[str, int] = {}
    units: dict[str, Any] = {}
    for n in range(TIMES):
        for name, unit in plant["work_units"].items():
            kind = unit["equipment_class"]
            seen[kind] = seen.get(kind, 0) + 1
            if seen[kind] <= ONE_LESS.get(kind, TIMES * len(plant["work_units"])):
                units[f"{name}_{n}"] = deepcopy(unit)
    plant["work_units"] = units
    plant["persons"] = {f"{name}_{n}": person for n in range(TIMES) for name, person in plant["persons"].items()}
    for it in plant["storage_units"].values():
        it.update({"capacity": it["capacity"] * TIMES} if "capacity" in it else {})
    plant["repair_crews"]["maintenance"]["size"] *= TIMES
    for it in items["materials"].values():
        it.update({"opening_stock": it["opening_stock"] * TIMES} if "opening_stock" in it else {})
        it.update({"reorder": {key: amount * TIMES for key, amount in it["reorder"].items()}} if "reorder" in it else {})
    demand = asked["demand"]
    demand["orders"] = [order | {"order": f"{order['order']}{n}"} for n in range(TIMES) for order in demand["orders"]]
    demand["streams"] = {f"{name}{n}": stream for n in range(TIMES) for name, stream in demand["streams"].items()}
    asked["horizon"] = "8 d"
    for name, tables in (("plant", plant), ("items", items), ("scenario", asked)):
        (folder / f"{name}.yaml").write_text(yaml.safe_dump(tables, sort_keys=False, allow_unicode=True), encoding="utf-8")
    read = twin.read_plant(folder)
    return twin.simulate(read, twin.read_scenario(folder / "scenario.yaml", read), until="1 d", seed=1)


if __name__ == "__main__":
    main()

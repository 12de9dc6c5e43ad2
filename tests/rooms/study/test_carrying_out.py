"""Studies on a real plant: equal wherever they run, never twice, and nothing lost when something dies."""

from __future__ import annotations

import json
import math
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

import twin
from twin.model.checks.planning.carried_out import OnlyPlanned
from twin.model.problems import PlantFileError, Problem, ToldAgain
from twin.model.scenario import Scenario
from twin.now.from_now_on import NotFromNowOn
from twin.simulation.compiled_plant.kept.forking import NotForked
from twin.simulation.rule_control import NotByRule
from twin.study import Precision, Progress, Range, StudyStoppedError, compare, replicate, search, select_best, sensitivity, warm_up
from twin.study.kept import KeptResults
from twin.study.replication import OtherVersionError, Replication, case, code_version, replication, simulate_one
from twin.study.scheduling.playing import NotScheduled
from twin.study.workers import WorkersLostError


def files_of(kiosk: dict[str, Path]) -> list[Path]:
    return [kiosk[name] for name in ("baseline", "two_presses", "slow_press")]


def test_a_replication_is_the_run_with_that_seed(kiosk: dict[str, Path]) -> None:
    found = replicate(kiosk["plant"], kiosk["baseline"], 3, seed=5, workers=1)
    for result in found.results:
        run = twin.simulate(kiosk["plant"], kiosk["baseline"], seed=result.seed)
        assert (result.trace_hash, result.event_count, result.outcomes) == (run.trace_hash, len(run.journal), run.outcomes())
    assert [result.seed for result in found.results] == [5, 6, 7]
    assert list(found.replications["seed"]) == [5, 6, 7]
    assert set(found.table["outcome"]) == set(found.results[0].outcomes)


@pytest.mark.slow
def test_a_killed_worker_loses_nothing_and_processes_give_what_one_gives(kiosk: dict[str, Path]) -> None:
    killed: list[int] = []

    def kill_one(progress: Progress) -> None:
        if progress.done >= 2 and not killed:
            born = [child for child in psutil.Process().children() if "spawn_main" in " ".join(child.cmdline())]
            killed.append(born[0].pid)
            os.kill(born[0].pid, signal.SIGKILL)

    alone = compare(files_of(kiosk), 5, workers=1)
    several = compare(files_of(kiosk), 5, workers=2, watch=kill_one)
    assert killed
    assert several.results == alone.results
    assert several.summary() == alone.summary()


def test_nothing_runs_twice(kiosk: dict[str, Path], tmp_path: Path) -> None:
    seen: list[Progress] = []
    first = compare(files_of(kiosk)[:2], 3, workers=1, folder=tmp_path, watch=seen.append)
    assert [one.done for one in seen] == [0, 1, 2, 3, 4, 5, 6]
    assert str(seen[-1]).startswith("6 of 6 replications, after ")
    seen.clear()
    again = compare(files_of(kiosk), 4, workers=1, folder=tmp_path, watch=seen.append)
    assert (seen[0].found, seen[0].total) == (6, 12)
    assert [list(row[:2]) for row in again.results[:3]] == [list(row) for row in first.results]
    assert len(list(tmp_path.glob("*/*.json"))) == 12


def test_a_result_is_of_its_plant_scenario_seed_and_version_and_of_no_other(kiosk: dict[str, Path]) -> None:
    plant = twin.read_plant(kiosk["plant"])
    scenario = twin.read_scenario(kiosk["baseline"], plant)
    one = case("a", plant, scenario)
    dearer = plant.model_copy(update={"layout": plant.layout.model_copy(update={"energy_tariff": 300_000})})
    keys = {
        replication(one, 1).key,
        replication(one, 2).key,
        replication(case("a", dearer, scenario), 1).key,
        replication(case("a", plant, scenario.model_copy(update={"horizon": scenario.horizon + 1})), 1).key,
        replication(case("a", plant, scenario, span_us=scenario.horizon - 1), 1).key,
        replication(case("a", plant, scenario, warm_up_us=1), 1).key,
        Replication(case=one, seed=1, version="older").key,
    }
    assert len(keys) == 7
    renamed = case("another name", plant, scenario.model_copy(update={"title": "another title"}))
    assert replication(renamed, 1).key == replication(one, 1).key
    with pytest.raises(OtherVersionError, match="older"):
        simulate_one(Replication(case=one, seed=1, version="older"))
    assert code_version().count("+") == 1


def test_results_of_a_rule_of_ones_own_are_not_those_of_another_that_took_its_name(kiosk: dict[str, Path]) -> None:
    """Nor where the rule is the same and a number that it takes from around it is another."""
    plant = twin.read_plant(kiosk["plant"])

    def key(weight: float, sign: int = 1) -> str:
        def mine(ready_us, due_us, run_us, remaining_us, setup_us, priority, operations_left, now_us):  # type: ignore[no-untyped-def]
            return weight * run_us

        def other(ready_us, due_us, run_us, remaining_us, setup_us, priority, operations_left, now_us):  # type: ignore[no-untyped-def]
            return weight * -run_us

        twin.register_rule("mine", mine if sign > 0 else other)
        scenario = twin.read_scenario(kiosk["baseline"], plant).model_dump(mode="json")
        return replication(case("a", plant, Scenario.model_validate({**scenario, "policies": {"dispatch": "mine"}})), 1).key

    assert key(1.0) == key(1.0)
    assert len({key(1.0), key(2.0), key(1.0, sign=-1)}) == 3


def test_a_broken_or_foreign_file_is_simulated_again(kiosk: dict[str, Path], tmp_path: Path) -> None:
    first = replicate(kiosk["plant"], kiosk["baseline"], 3, workers=1, folder=tmp_path)
    files = sorted(tmp_path.glob("*/*.json"))
    files[0].write_text(files[0].read_text()[:40])
    fields = json.loads(files[1].read_text())
    files[1].write_text(json.dumps({**fields, "key": "0" * 64}))
    files[2].write_text(files[2].read_text().replace('"cost_eur": ', '"cost_eur": 1'))
    again = replicate(kiosk["plant"], kiosk["baseline"], 3, workers=1, folder=tmp_path)
    assert again.results == first.results
    assert [json.loads(file.read_text())["key"] for file in files] == [file.stem for file in files]


def test_what_is_kept_comes_back_to_the_bit(kiosk: dict[str, Path], tmp_path: Path) -> None:
    plant = twin.read_plant(kiosk["plant"])
    one = case("a", plant, twin.read_scenario(kiosk["baseline"], plant), series_step_us=600_000_000)
    result = simulate_one(replication(one, 1))
    assert result is not None
    kept = KeptResults(tmp_path)
    assert kept.find(result.key) is None
    kept.keep(result)
    assert kept.find(result.key) == result
    assert len(result.series) == 18
    with pytest.raises(ValueError, match="cannot be made"):
        KeptResults(next(tmp_path.glob("*/*.json")) / "below a file")


PROGRAM = """
import sys
from twin.study import compare
compare(sys.argv[2:], 60, workers=2, folder=sys.argv[1], watch=lambda progress: print(progress.done, flush=True))
"""


@pytest.mark.slow
def test_a_crash_costs_only_what_was_running_and_its_workers_end_with_it(kiosk: dict[str, Path], tmp_path: Path, root: Path) -> None:
    command = [sys.executable, "-c", PROGRAM, str(tmp_path), *map(str, files_of(kiosk)[:2])]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True) as study:
        assert study.stdout is not None
        for line in study.stdout:
            if int(line) == 7:
                workers = psutil.Process(study.pid).children()
                study.kill()
                break
    assert len(workers) >= 2
    assert psutil.wait_procs(workers, timeout=30)[1] == [], "the workers of a study that was killed work on for ever"
    kept = len(list(tmp_path.glob("*/*.json")))
    assert 7 <= kept < 120
    seen: list[Progress] = []
    resumed = compare(files_of(kiosk)[:2], 5, workers=1, folder=tmp_path, watch=seen.append)
    assert seen[0].found >= 7
    assert resumed.results == compare(files_of(kiosk)[:2], 5, workers=1).results


def test_a_stopped_study_compares_what_is_complete(kiosk: dict[str, Path], tmp_path: Path) -> None:
    stop = threading.Event()

    def stop_it(progress: Progress) -> None:
        if progress.done == 7:
            stop.set()

    found = compare(files_of(kiosk), 50, workers=1, folder=tmp_path, watch=stop_it, stop=stop)
    assert found.stopped
    assert len(found.results) == 2  # the third seed is not done with every scenario
    assert found.summary()["asked"] == 50
    with pytest.raises(StudyStoppedError):
        compare(files_of(kiosk), 50, workers=1, stop=stop)
    with pytest.raises(StudyStoppedError):
        replicate(kiosk["plant"], kiosk["baseline"], 5, workers=1, stop=stop)
    stop.clear()
    rate = Range(paths=["work_units.press_1.hourly_cost"], low=5, high=25, unit="EUR/h", title="rate")
    with pytest.raises(StudyStoppedError, match="goes on from what is kept"):  # said, and not answered from some of nine seeds
        sensitivity(kiosk["plant"], kiosk["baseline"], [rate], "cost_eur", base=2, n=9, workers=1, watch=stop_it, stop=stop)
    stop.clear()
    part = replicate(kiosk["plant"], kiosk["baseline"], 9, workers=1, watch=stop_it, stop=stop)
    assert (len(part.results), part.stopped, part.precise) == (7, True, False)


@pytest.mark.slow
def test_processes_stop_in_the_middle_of_a_replication(kiosk: dict[str, Path]) -> None:
    stop = threading.Event()
    threading.Timer(4.5, stop.set).start()
    began_s = time.monotonic()
    with pytest.raises(StudyStoppedError):
        compare(files_of(kiosk)[:2], 2, until="4000 d", workers=2, stop=stop)
    assert time.monotonic() - began_s < 60


def test_chance_is_common_to_all_scenarios(kiosk: dict[str, Path]) -> None:
    """The same file under two names differs in nothing; one with a dearer press differs by exactly its cost."""
    plant = twin.read_plant(kiosk["plant"])
    scenario = twin.read_scenario(kiosk["baseline"], plant)
    dearer = scenario.model_copy(update={"changes": {"work_units.press_1.hourly_cost": "12 EUR/h"}})
    found = compare({"one": scenario, "same": scenario, "dearer": dearer}, 5, plant=plant, workers=1)
    by_name = {one.name: one for one in found.compared("result_eur")}
    same, more = by_name["same"].difference, by_name["dearer"].difference
    assert same is not None
    assert more is not None
    assert (same.mean, same.half) == (0, 0)
    assert more.mean == pytest.approx(-6.0, abs=0.01)  # 2 EUR/h for three hours
    assert more.half < 0.01 < by_name["one"].mean.half
    assert by_name["dearer"].best_probability == 0


def test_replications_go_on_until_the_mean_is_known_well_enough(kiosk: dict[str, Path], tmp_path: Path) -> None:
    def count(share: float, at_most: int = 400) -> tuple[int, bool]:
        precision = Precision(outcome="availability", share=share, at_most=at_most)
        found = replicate(kiosk["plant"], kiosk["baseline"], 10, precision=precision, workers=1, folder=tmp_path)
        half = found.interval("availability").half / found.interval("availability").mean
        assert found.precise == (half <= share / (1 + share))
        return len(found.results), found.precise

    loose, tight = count(0.30), count(0.12)
    assert loose[1]
    assert tight[1]
    assert 10 <= loose[0] < tight[0]
    assert count(0.001, at_most=15) == (15, False)
    for share, confidence, at_most in ((0.0, 0.95, 9), (-0.02, 0.95, 9), (0.02, 2.0, 9), (0.02, 0.95, 0)):
        with pytest.raises(ValueError, match="allowed: a share above 0, a confidence between 0 and 1, and 1 replication or more"):
            Precision(outcome="availability", share=share, confidence=confidence, at_most=at_most)


def test_the_best_is_selected_and_the_worst_dropped_early(kiosk: dict[str, Path], tmp_path: Path) -> None:
    found = select_best(files_of(kiosk), "lead_time_h_mean", 0.05, first=8, at_most=60, workers=1, folder=tmp_path)
    assert found.sure
    assert found.best == "two_presses"
    assert found.taken["two_presses"] >= max(found.taken.values())
    assert "two_presses" in str(found)
    for difference, first, says in ((math.nan, 8, "cannot be told from none"), (0.05, 1, "two or more"), (0.05, 70, "no fewer")):
        with pytest.raises(ValueError, match=says):
            select_best(files_of(kiosk), "lead_time_h_mean", difference, first=first, at_most=60, workers=1)
    short = select_best(files_of(kiosk)[:2], "result_eur", 0.01, first=4, at_most=9, workers=1, folder=tmp_path)
    assert not short.sure
    assert "not sure yet" in str(short)
    assert max(short.taken.values()) == 9


@pytest.mark.slow
def test_the_warm_up_of_a_plant_that_settles_and_of_one_that_does_not(kiosk: dict[str, Path]) -> None:
    """With three quarters of its time in use the press settles; with a cut that takes longer than orders take to come it never does."""
    found = warm_up(kiosk["plant"], kiosk["two_presses"], 3, until="30 h", step="20 min", workers=1)
    assert found.settled
    assert 0.5 < found.level < 2.0  # M/M/2 at 37.5 %: 0.87
    assert len(found.series) == 90
    plant = twin.read_plant(kiosk["plant"])
    scenario = twin.read_scenario(kiosk["baseline"], plant)
    overloaded = scenario.model_copy(update={"changes": {"routings.key.10.run": {"exponential": "30 min"}}})
    never = warm_up(plant, overloaded, 2, until="30 h", step="20 min", workers=1)
    assert not never.settled
    assert "simulate for longer" in str(never)
    with pytest.raises(ValueError, match="12 values are too few"):
        warm_up(plant, overloaded, 10_000, until="12 h", step="1 h", workers=1)  # told before anything is simulated


def test_the_warm_up_does_not_count(kiosk: dict[str, Path]) -> None:
    whole = replicate(kiosk["plant"], kiosk["baseline"], 2, until="3 h", workers=1)
    assert replicate(kiosk["plant"], kiosk["baseline"], 2, until="3 h", warm_up="0 d", workers=1).results == whole.results
    late = replicate(kiosk["plant"], kiosk["baseline"], 2, until="3 h", warm_up="2 h", workers=1)
    assert [one.trace_hash for one in late.results] == [one.trace_hash for one in whole.results]
    assert all(late.values("cost_eur") < 0.5 * whole.values("cost_eur"))
    with pytest.raises(ValueError, match="nothing is left"):
        replicate(kiosk["plant"], kiosk["baseline"], 2, until="3 h", warm_up="3 h", workers=1)


@pytest.mark.parametrize(
    ("workers", "says"), [(0, "a number from 1"), ("many", "are no workers"), ("tcp://127.0.0.1:1", "no Dask scheduler answers")]
)
def test_workers_that_are_none_are_refused_in_words(workers: int | str, says: str, kiosk: dict[str, Path]) -> None:
    with pytest.raises(ValueError, match=says):
        compare(files_of(kiosk)[:2], 2, workers=workers)


@pytest.mark.parametrize(
    ("names", "says"),
    [
        (["baseline"], "two or more"),
        (["baseline", "baseline"], "two scenarios are called 'baseline'"),
        (["nowhere", "slow_press"], "no such"),
    ],
)
def test_scenarios_that_cannot_be_compared_are_refused_in_words(names: list[str], says: str, kiosk: dict[str, Path]) -> None:
    with pytest.raises(ValueError, match=says):
        compare([kiosk.get(name, Path("nowhere.yaml")) for name in names], 2, workers=1)
    with pytest.raises(ValueError, match="say which plant"):
        compare({"a": twin.read_scenario(kiosk["baseline"], kiosk["plant"]), "b": kiosk["slow_press"]}, 2, workers=1)


@pytest.mark.parametrize("library", ["distributed", "optuna", "SALib"])
def test_a_library_that_is_not_installed_is_named_with_what_to_do(
    library: str, kiosk: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, library, None)  # Python's own way to say that there is none
    cut = Range(paths=["routings.key.10.run.exponential"], low=4, high=11, unit="min")
    plant, scenario = kiosk["plant"], kiosk["baseline"]
    needs = {
        "distributed": lambda: compare(files_of(kiosk), 2, workers="dask"),
        "optuna": lambda: search(plant, scenario, [cut], "oee", workers=1),
        "SALib": lambda: sensitivity(plant, scenario, [cut], "oee", workers=1),
    }
    with pytest.raises(ValueError, match=r"not installed; allowed: pip install 'plant-twin\[study\]'"):
        needs[library]()


def test_an_error_that_names_problems_comes_out_of_a_worker_as_it_went_in() -> None:
    wrong = Problem(file="plant.yaml", line=3, column=1, what="it is wrong", allowed="right")
    of_words = (NotByRule, NotForked, NotFromNowOn, NotScheduled, OnlyPlanned)
    made: list[ToldAgain] = [PlantFileError([wrong]), *(kind(["one", "other"]) for kind in of_words)]
    for error in made:
        again = pickle.loads(pickle.dumps(error))
        assert (type(again), str(again), again.problems) == (type(error), str(error), error.problems)


@pytest.mark.slow
def test_a_script_without_its_guard_is_told_what_is_missing(kiosk: dict[str, Path], tmp_path: Path, root: Path) -> None:
    script = tmp_path / "script.py"
    paths = [str(path) for path in files_of(kiosk)]
    script.write_text(f"from twin.study import compare\ncompare({paths!r}, 4, workers=2)\n")
    environment = {**os.environ, "PYTHONPATH": str(root)}
    done = subprocess.run(
        [sys.executable, str(script)], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=200
    )
    assert done.returncode == 1
    assert WorkersLostError.__name__ in done.stderr
    assert "__main__" in done.stderr.rpartition(WorkersLostError.__name__)[2]

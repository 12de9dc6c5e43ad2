"""MES and ERP in the loop, and their rules inside the compiled plant: one trace. And the futures that begin in the middle of it."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from tests.parity.any_bills import plants_with_bills
from twin import library
from twin.kernels.floor.rows import log_rows as said
from twin.model.events import GoodsShipped, OperationsEvent
from twin.model.plant import Plant
from twin.model.scenario import Scenario
from twin.model.states import Source
from twin.results.run import Run
from twin.run import carry
from twin.simulation.compiled_plant.compiled_plant import CompiledPlant
from twin.simulation.compiled_plant.layout import Ints
from twin.simulation.compiled_plant.shadow import NoShadowError, Shadow, energy_wh, shipments
from twin.store.files import apply_changes

DAY_US = 86_400_000_000
Case = tuple[Plant, Scenario]


def with_mes_and_erp(case: Case, seed: int, until_us: int | None = None) -> Run:
    plant, scenario = case
    return carry(CompiledPlant(plant, scenario, seed, until_us), Run(plant, scenario, seed=seed))


def facts_of(run: Run) -> list[OperationsEvent]:
    return [entry.event for entry in run.journal.entries() if entry.source == Source.SIMULATED]


def by_rule(case: Case, seed: int, until_us: int | None = None) -> list[OperationsEvent]:
    source = CompiledPlant(*case, seed, until_us, control="planned")
    facts: list[OperationsEvent] = []
    while (round_facts := source.advance()) is not None:
        facts += round_facts
    return facts


def shipped_shop(plant: str, scenario: str = "baseline") -> Case:
    read = library.read_plant(f"plant_models/{plant}")
    asked = library.read_scenario(f"scenarios/{plant}/{scenario}.yaml", read)
    return apply_changes(read, asked), asked


def said_by_equipment(rows: Ints) -> int:
    """How much equipment says."""
    return int((rows[:, said.EVENT_WHAT] >= said.PLACES).sum())


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(case=plants_with_bills(), seed=st.integers(0, 2**32))
def test_the_rules_decide_what_mes_and_erp_decide(case: Case, seed: int) -> None:
    """Bills, stock, purchases, persons, batches, rework, scrap that is made up for, lines, storage, failures, under every rule."""
    assert by_rule(case, seed) == facts_of(with_mes_and_erp(case, seed))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("plant", "scenario"), [("gearbox_shop", "baseline"), ("gearbox_shop", "furnace_down"), ("bottling_line", "baseline")]
)
def test_a_shipped_plant_is_the_same_under_mes_and_erp_and_under_their_rules(plant: str, scenario: str) -> None:
    case = shipped_shop(plant, scenario)
    until_us = case[1].start_us + (3 * DAY_US if plant == "gearbox_shop" else DAY_US // 3)
    assert by_rule(case, 11, until_us) == facts_of(with_mes_and_erp(case, 11, until_us))


def without_chance(plant: Plant) -> Plant:
    """Every duration its mean, every piece good, nothing fails."""
    tables = plant.model_dump(mode="json")
    for unit in tables["layout"]["work_units"].values():
        unit["failures"] = []
    for material, routing in tables["layout"]["routings"].items():
        for name, operation in routing.items():
            operation |= {"run": f"{round(plant.layout.routings[material][name].run.mean_us)} us", "scrap": 0, "rework": 0}
    for name, supplier in plant.materials.suppliers.items():
        tables["materials"]["suppliers"][name]["lead_time"] = f"{round(supplier.lead_time.mean_us)} us"
    return Plant.model_validate(tables)


def test_where_there_is_no_chance_every_future_is_the_one_that_comes() -> None:
    plant, scenario = shipped_shop("gearbox_shop")
    asked = scenario.model_dump(mode="json")
    asked["demand"]["streams"] = {}
    case = without_chance(plant), Scenario.model_validate(asked)
    now_us, until_us = scenario.start_us + 2 * DAY_US, scenario.start_us + 7 * DAY_US
    run = with_mes_and_erp(case, 1, until_us)
    before = [fact for fact in facts_of(run) if fact.effective_us <= now_us]
    shadow = Shadow(*case, 1, before, now_us, until_us)
    true: dict[tuple[str, int], int] = defaultdict(int)
    for entry in run.journal.entries():
        if isinstance(entry.event, GoodsShipped) and entry.event.effective_us > now_us:  # one for each lot that is drawn from
            true[entry.event.order, entry.event.effective_us] += entry.event.quantity
    assert true
    for rows in shadow.futures([5, 6]):
        assert {(shadow.order_of(int(o), int(n)), int(at)): int(q) for o, n, _, at, q in shipments(rows)} == true
        assert energy_wh(rows) > 0


def test_a_future_disturbs_neither_the_shadow_nor_the_next_future() -> None:
    case = shipped_shop("gearbox_shop")
    start_us = case[1].start_us
    before = facts_of(with_mes_and_erp(case, 3, start_us + DAY_US))[:-1]  # without the heartbeat of its end
    shadow = Shadow(*case, 3, before, start_us + DAY_US, start_us + 5 * DAY_US)
    first = [rows.copy() for rows in shadow.futures([7, 8, 7])]
    again = [rows.copy() for rows in shadow.futures([8])]
    assert np.array_equal(first[0], first[2])
    assert np.array_equal(first[1], again[0])
    assert not np.array_equal(first[0], first[1])


def test_a_run_in_which_somebody_decided_otherwise_has_no_shadow() -> None:
    case = shipped_shop("gearbox_shop")
    start_us = case[1].start_us
    before = facts_of(with_mes_and_erp(case, 3, start_us + DAY_US))[:-1]
    with pytest.raises(NoShadowError, match="otherwise than the rules"):
        Shadow(*case, 4, before, start_us + DAY_US, start_us + 5 * DAY_US)


@pytest.mark.slow
def test_the_futures_cover_what_comes() -> None:
    """How much equipment says from now on, as it came, has no special rank among 19 futures: over 30 seeds its ranks are uniform.

    Probability integral transform; Gneiting, Balabdaoui, Raftery (2007), J. R. Stat. Soc. B 69, 243.
    """
    case = shipped_shop("gearbox_shop")
    start_us = case[1].start_us
    now_us, until_us = start_us + DAY_US, start_us + 5 * DAY_US // 2
    ranks = []
    for seed in range(30):
        told = by_rule(case, seed, now_us + 1)[:-1]
        shadow = Shadow(*case, seed, told, now_us, until_us)
        came = CompiledPlant(*case, seed, until_us, control="planned").run_on()
        true = said_by_equipment(came[came[:, said.EVENT_US] > now_us])
        counts = [said_by_equipment(rows) for rows in shadow.futures(range(1000 * seed + 1000, 1000 * seed + 1019))]
        noise = np.random.default_rng(seed).random(20)
        ranks.append(sum((count, tie) < (true, noise[-1]) for count, tie in zip(counts, noise[:-1], strict=True)))
    assert stats.chisquare(np.bincount(np.array(ranks) // 4, minlength=5)).pvalue > 1e-4

"""Runs that are asked for their figures alone: they are those of all that the readable plant says, reckoned lot by lot or followed."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.parity.any_case import Case, any_case
from tests.parity.playing import ruled
from tests.theory.models import MIN_US, asked, exponential, plant_of, shop, stream
from twin import study
from twin.model.events import CountObserved, EquipmentStateChanged, OperationsEvent, OperationSkipped, SalesOrderConfirmed
from twin.model.plant import Plant
from twin.model.states import WorkUnitState
from twin.simulation.compiled_plant.compiled_plant import CompiledPlant
from twin.simulation.compiled_plant.flow.figures import FlowFigures
from twin.simulation.compiled_plant.flow.in_turn import flow_figures
from twin.simulation.rule_control import NotByRule

RUNS = st.sampled_from(
    [exponential(1), exponential(3), "1 min", "2 min", {"uniform": {"low": "0 min", "high": "3 min"}},
     {"normal": {"mean": "2 min", "sd": "1 min"}}, {"gamma": {"mean": "2 min", "shape": 2}}, {"empirical": ["1 min", "1 min", "5 min"]}]
)  # fmt: skip
OFTEN_AT_ONCE = {"empirical": ["0 min", "0 min", "0 min", "1 min", "5 min"]}
INTERVALS = st.sampled_from([exponential(1), exponential(3), "1 min", {"uniform": {"low": "0 min", "high": "3 min"}}, OFTEN_AT_ONCE])

LOADS, PER = st.sampled_from(["0 s", "7 s"]), st.sampled_from(["piece", "lot"])


@st.composite
def rows_of_units(draw: st.DrawFn) -> Case:
    """Work units in a row, with storages of all sizes between them, and orders that often come at one instant."""
    count, odd = draw(st.integers(1, 4)), {"equipment_class": "e", "work_center": "aside"}
    tables: dict[str, Any] = {
        "storage_units": {"aside": {}, **{f"q{n}": draw(st.sampled_from([{}, {"capacity": 1}, {"capacity": 3}])) for n in range(count)}},
        "work_centers": {"aside": {"storage": "aside"}, **{f"c{n}": {"storage": f"q{n}"} for n in range(count)}},
        "work_units": {
            "odd_1": odd, "odd_2": odd,
            **{f"u{n}": {"equipment_class": f"e{n}", "work_center": f"c{n}", "load": draw(LOADS)} for n in range(count)},
        },
        "process_segments": {f"s{n}": {"work_center": f"c{n}"} for n in range(count)},
        "routings": {"m": {str(10 * n): {"segment": f"s{n}", "run": draw(RUNS), "per": draw(PER)} for n in range(count)}},
    }  # fmt: skip
    plant = plant_of(tables, {"m": {"lot_size": draw(st.sampled_from([1, 2, 3, 50]))}})
    if draw(st.booleans()):
        return plant, asked(120, orders={"m": draw(st.integers(1, 60))})
    wanted = {**stream(draw(INTERVALS)), "quantity": draw(st.sampled_from([[1], [3], [1, 7, 40]]))}
    wanted |= draw(st.sampled_from([{}, {"first": "0 min"}, {"count": 20}, {"until": "1 h"}, {"first": "3 min", "count": 1}]))
    return plant, asked(120, a=wanted)


def told_by(facts: list[OperationsEvent], plant: Plant, end_us: int) -> dict[str, Any]:
    """The same figures, fact by fact, by what things are called."""
    came: dict[str, tuple[int, str]] = {}
    stays, counts = Counter[int](), Counter[tuple[str, str]]()
    times, state = Counter[tuple[str, str, str]](), dict[str, tuple[int, str, str]]()
    last = {(material, list(routing)[-1]) for material, routing in plant.layout.routings.items() if routing}
    stations = {name for line in plant.layout.production_lines.values() for name in line.stations}
    for fact in facts:
        if isinstance(fact, SalesOrderConfirmed):
            came[f"{fact.order}-{fact.material}"] = fact.effective_us, fact.material
        elif isinstance(fact, EquipmentStateChanged):
            _end(times, state, fact.equipment, fact.effective_us)
            state[fact.equipment] = (fact.effective_us, WorkUnitState(fact.state).name, fact.reason)
        elif isinstance(fact, CountObserved | OperationSkipped) and fact.equipment not in stations:
            good = fact.quantity if isinstance(fact, OperationSkipped) else fact.good
            if isinstance(fact, CountObserved):
                counts.update({(fact.equipment, kind): getattr(fact, kind) for kind in ("good", "scrap", "rework")})
            name, operation = fact.job_order.rsplit("/", 1)
            while name and name not in came:  # without its part, and that it is rework
                name = name.rpartition(".")[0]
            if name and (came[name][1], operation) in last:
                stays[fact.effective_us - came[name][0]] += good
    for equipment in list(state):
        _end(times, state, equipment, end_us)
    return {"orders": len(came), "stays": +stays, "counts": +counts, "times": times}


def _end(times: Counter[tuple[str, str, str]], state: dict[str, tuple[int, str, str]], equipment: str, at_us: int) -> None:
    if equipment in state and at_us > state[equipment][0]:
        times[(equipment, *state[equipment][1:])] += at_us - state[equipment][0]


def assert_told(figures: FlowFigures, facts: list[OperationsEvent], plant: Plant) -> None:
    """Every figure is that of the facts; a quantile to what it is counted by."""
    told = told_by(facts, plant, figures.to_us)
    stays = sorted(told["stays"].elements())
    assert (figures.order_count, figures.piece_count) == (told["orders"], len(stays))
    assert (figures.stay_us, figures.longest_stay_us) == (sum(stays), max(stays, default=0))
    for share in (0.1, 0.5, 0.9, 1.0) if stays else ():
        exact = stays[max(0, math.ceil(share * len(stays)) - 1)]
        assert figures.stay_quantile_us(share) == pytest.approx(exact, rel=1 / 128, abs=1)
    assert (
        +Counter({(name, kind): getattr(it, kind) for name, it in figures.equipment.items() for kind in ("good", "scrap", "rework")})
        == told["counts"]
    )
    assert {(name, *what): us for name, it in figures.equipment.items() for what, us in it.times_us.items()} == told["times"]


@settings(max_examples=30, deadline=None)
@given(case=rows_of_units(), seed=st.integers(0, 2**32), conwip_lots=st.sampled_from([None, None, 1, 3]))
def test_what_is_reckoned_lot_by_lot_is_what_the_readable_plant_says(case: Case, seed: int, conwip_lots: int | None) -> None:
    figures = flow_figures(CompiledPlant(*case, seed, control="rule", conwip_lots=conwip_lots))
    assert figures.why_by_events == ""
    assert_told(figures, ruled("simpy", case, seed, conwip_lots), case[0])


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(case=any_case(with_persons=False), seed=st.integers(0, 2**32), conwip_lots=st.sampled_from([None, None, 1, 5]))
def test_what_is_followed_event_by_event_is_what_the_readable_plant_says(case: Case, seed: int, conwip_lots: int | None) -> None:
    """Lines, batches, rework, samples, vehicles, failures, calendars: whatever rules decide for lots alone."""
    figures = flow_figures(CompiledPlant(*case, seed, control="rule", conwip_lots=conwip_lots))
    assert figures.why_by_events
    assert_told(figures, ruled("simpy", case, seed, conwip_lots), case[0])


def test_a_million_customers_stay_as_long_as_theory_says() -> None:
    """E[T] = 1 / (mu - lambda), and T is exponential; Kleinrock (1975), vol. 1, eq. 3.26 and 5.118."""
    found = study.flow(shop(exponential(1.0)), asked(1e6 / 0.9, a=stream(exponential(1 / 0.9))))
    assert found.why_by_events == ""
    assert found.mean_stay_us / MIN_US == pytest.approx(10, rel=0.05)
    assert found.stay_quantile_us(0.9) / MIN_US == pytest.approx(10 * math.log(10), rel=0.05)
    assert found.equipment["unit_0"].worked_us / (found.to_us - found.from_us) == pytest.approx(0.9, rel=0.01)
    assert found.pieces_per_h == pytest.approx(0.9 * 60, rel=0.01)


def test_where_work_takes_no_time_the_run_is_followed_and_says_so() -> None:
    case = shop({"empirical": ["0 min", "2 min"]}), asked(600, a=stream(exponential(2)))
    found = study.flow(*case)
    assert found.why_by_events == "some work takes no time"
    assert_told(found, ruled("simpy", case, 1, None), case[0])


ONE = asked(60, a=stream("2 min"))
MORE_ORDERS = "lots come of more than one order or stream of orders, or were found at the start"
TOO_MUCH = "there is more than work units that take one lot at a time, queues and storages"


@pytest.mark.parametrize(
    ("plant", "scenario", "why"),
    [
        (shop("1 min", units=2), ONE, "a work center has another number of work units than one that can do the operation"),
        (shop("1 min"), asked(60, rule="spt", a=stream("2 min")), "a work center does not go by first in, first out"),
        (shop("1 min"), asked(60, a=stream("2 min"), b=stream("3 min")), MORE_ORDERS),
        (shop("1 min", power={"idle": "1 kW"}), ONE, TOO_MUCH),
    ],
)  # fmt: skip
def test_what_keeps_lots_from_taking_their_turn_is_said(plant: Plant, scenario: Any, why: str) -> None:
    found = study.flow(plant, scenario)
    assert found.why_by_events == why
    assert_told(found, ruled("simpy", (plant, scenario), 1, None), plant)


def test_a_run_ends_where_it_is_told_to_and_what_rules_cannot_decide_is_refused() -> None:
    case = shop("1 min"), asked(600, a=stream("2 min"))
    assert study.flow(*case, until="10 min").piece_count == 4
    with pytest.raises(ValueError, match=r"share 1.5: allowed: 0 to 1"):
        study.flow(*case, until="10 min").stay_quantile_us(1.5)
    with pytest.raises(NotByRule, match="control by rule alone is not possible"):
        study.flow("plant_models/gearbox_shop")

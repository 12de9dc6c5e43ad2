"""Networks of work centers, open and with constant work in process, against theory."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.theory.confidence import assert_mean, replicated
from tests.theory.models import CASES, Departures, Listener, asked, exponential, mins, plant_of, stream
from twin.model.events import CountObserved, EquipmentStateChanged, OperationsEvent, SalesOrderConfirmed
from twin.model.plant import Plant
from twin.model.states import WorkUnitState


def chain(runs: list[Any], units: list[int], *, lot_size: int = 1, **operations: dict[str, Any]) -> Plant:
    """Work centers c1, c2, … in series, each with its number of units; `operations` adds to an operation (o1, o2, …)."""
    centers = [f"c{n}" for n in range(1, len(runs) + 1)]
    return plant_of(
        {
            "storage_units": {"hall": {}},
            "work_centers": {center: {"storage": "hall"} for center in centers},
            "work_units": {
                f"{center}_{k}": {"equipment_class": center, "work_center": center}
                for center, count in zip(centers, units, strict=True) for k in range(count)
            },
            "process_segments": {center: {"work_center": center} for center in centers},
            "routings": {
                "m": {
                    f"o{n}": {"segment": center, "run": run, **operations.get(f"o{n}", {})}
                    for n, (center, run) in enumerate(zip(centers, runs, strict=True), 1)
                }
            },
        },
        {"m": {"lot_size": lot_size}},
    )  # fmt: skip


class Present(Listener):
    """How many customers are at each of three work centers, over time; and of what was drawn, the means, whose truth is known."""

    def __init__(self, plant: Plant, scenario: Any, warm_up: float) -> None:
        super().__init__(plant, scenario)
        self.number, self.area = [0, 0, 0], np.zeros(3)
        self.last = self.warm_up = warm_up
        self.arrival_count = 0
        self.begun: dict[str, float] = {}
        self.served, self.service = [0, 0, 0], [0.0, 0.0, 0.0]
        self.left = [0, 0, 0]  # after the warm-up

    def hear(self, kind: type[OperationsEvent], at: float, fields: dict[str, Any]) -> None:
        if kind is EquipmentStateChanged and fields["state"] == WorkUnitState.EXECUTE:
            self.begun[fields["equipment"]] = at
        if kind not in (SalesOrderConfirmed, CountObserved):
            return
        if at > self.last:
            self.area += np.multiply(self.number, at - self.last)
            self.last = at
        if kind is SalesOrderConfirmed:
            self.arrival_count += 1
            self.number[0] += 1
        else:
            self.leave(int(fields["equipment"][1]) - 1, at, fields)

    def leave(self, center: int, at: float, fields: dict[str, Any]) -> None:
        self.number[center] -= 1
        self.served[center] += 1
        self.left[center] += at >= self.warm_up
        self.service[center] += at - self.begun[fields["equipment"]]
        if fields["rework"]:
            self.number[0] += 1
        elif center < 2:
            self.number[center + 1] += 1


@pytest.mark.slow
def test_a_jackson_network_with_rework() -> None:
    """Each station is an M/M/c of its own, with lambda from the traffic equations; CT = L / gamma.

    Jackson (1957), Operations Research 5, 518; Little (1961), Operations Research 9, 383.
    """
    case, until = CASES["JACKSON"], 6_000
    services = [1, 1 / 0.4, 1 / 0.8]
    plant = chain(
        [exponential(mean) for mean in services], [1, 2, 1], o2={"rework": 0.2, "rework_to": "o1"}, o3={"rework": 0.1, "rework_to": "o1"}
    )

    def run(seed: int) -> tuple[float, ...]:
        heard = Present(plant, asked(until, s=stream(exponential(2))), warm_up=1_500).listen(seed)
        drawn = [total / count - mean for total, count, mean in zip(heard.service, heard.served, services, strict=True)]
        span = heard.last - heard.warm_up
        lengths, rates = heard.area / span, np.divide(heard.left, span)
        return *lengths, *rates, heard.arrival_count / until - 0.5, *drawn

    rows = replicated(run, 32)
    controls = rows[:, 6:]
    for center, (length, rate) in enumerate(zip(case["L"], case["lam"], strict=True)):
        assert_mean(rows[:, center], length, within=0.4, controls=controls)
        assert_mean(rows[:, 3 + center], rate, within=0.04, controls=controls)
    assert_mean(rows[:, :3].sum(axis=1), case["L_total"], within=0.3, controls=controls)
    assert_mean(rows[:, :3].sum(axis=1) / 0.5, case["CT"], within=0.3, controls=controls)


@pytest.mark.parametrize("lots", [1, 2, 4, 8])
def test_the_best_case_of_penny_fab_one_is_exact(lots: int) -> None:
    """Four machines of 2 h (our time unit is the hour): TH = min(w / T0, rb); Hopp, Spearman (2000), "Factory Physics", 7.3, best case."""
    plant = chain([mins(2)] * 4, [1] * 4)
    leaving = Departures(plant, asked(2 * 8 * 40 + 8.5, orders={"m": 1_000}), {"c4_0"}, warm_up=8.5)
    assert leaving.throughput(1, lots) == pytest.approx(min(lots / 8, 0.5))


@pytest.mark.parametrize("lots", [2, 4])
def test_the_worst_case_of_penny_fab_one_is_exact(lots: int) -> None:
    """All jobs move together: TH = 1 / T0, however many; Hopp, Spearman (2000), 7.3, law of the worst case. Here: one lot of w pieces."""
    plant = chain([mins(2)] * 4, [1] * 4, lot_size=lots)
    leaving = Departures(plant, asked(8 * lots * 20 + 0.5, orders={"m": 1_000}), {"c4_0"}, warm_up=0.5)
    assert leaving.throughput(1, 1) == pytest.approx(CASES["PF1"]["worst_TH"])


def throughputs(runs: list[Any], units: list[int], lots: int, *, until: float, warm_up: float, count: int) -> np.ndarray:
    plant = chain(runs, units)
    last = {f"c{len(runs)}_{k}" for k in range(units[-1])}
    return replicated(lambda seed: Departures(plant, asked(until, orders={"m": 10**7}), last, warm_up).throughput(seed, lots), count)


@pytest.mark.slow
@pytest.mark.parametrize("lots", [1, 4, 8, 12])
def test_the_practical_worst_case_of_penny_fab_one(lots: int) -> None:
    """Balanced, single exponential machines: TH = rb w / (w + W0 - 1); Hopp, Spearman (2000), 7.3.3."""
    through = throughputs([exponential(2)] * 4, [1] * 4, lots, until=1_600, warm_up=100, count=8)
    assert_mean(through, CASES["PF1"]["PWC"][str(lots)], within=0.1)


@pytest.mark.slow
@pytest.mark.parametrize("lots", [1, 4, 8, 12, 20])
def test_penny_fab_two_with_exponential_machines(lots: int) -> None:
    """Exact mean value analysis (Reiser, Lavenberg 1980, J. ACM 27, 313) of the plant in Hopp, Spearman (2000), 7.3; CT = w / TH."""
    case = CASES["PF2-EXP"]
    times, units = [2, 5, 10, 3], [1, 2, 6, 2]
    through = throughputs([exponential(t) for t in times], units, lots, until=2_200, warm_up=200, count=8)
    assert_mean(through, case["TH"][str(lots)], within=0.15)
    if str(lots) in case["PWC"]:
        assert through.min() > case["PWC"][str(lots)]  # worse than in practice would be worse than exponential
    if str(lots) in case["CT"]:
        assert_mean(lots / through, case["CT"][str(lots)], within=0.12)


@pytest.mark.parametrize("lots", [4, 12])
def test_conwip_over_four_exponential_stations(lots: int) -> None:
    """TH = W / (W + 3), CT = W + 3: all states are equally likely (Gordon, Newell 1967, Operations Research 15, 254)."""
    through = throughputs([exponential(1)] * 4, [1] * 4, lots, until=900, warm_up=100, count=8)
    assert_mean(through, CASES["CONWIP-B"]["TH"][str(lots)], within=0.1)
    assert_mean(lots / through, lots + 3, within=0.1)

"""Breakdowns against queueing theory."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.theory.confidence import assert_mean, replicated
from tests.theory.models import CASES, Customers, Listener, asked, exponential, shop, stream
from twin.model.events import EquipmentStateChanged, OperationsEvent
from twin.model.states import WorkUnitState


def breaking(clock: str, good: float, repair: float, crew: str | None = None) -> list[dict[str, Any]]:
    return [{"reason": "f", "clock": clock, "time_to_failure": exponential(good), "repair": exponential(repair), "crew": crew}]


@pytest.mark.parametrize(("clock", "name"), [("busy", "MM1-ODF"), ("calendar", "MM1-TDF")])
def test_mean_number_in_m_m_1_with_breakdowns(clock: str, name: str) -> None:
    """Failures while working stretch the service (M/G/1); failures at any time are a queue whose server has breakdowns.

    White, Christie (1958), Operations Research 6, 79; Avi-Itzhak, Naor (1963), Operations Research 11, 303. L = lambda W (Little 1961).
    """
    plant = shop(exponential(1), failures=breaking(clock, 90, 10))

    def run(seed: int) -> tuple[float, ...]:
        heard = Customers(plant, asked(5_000, s=stream(exponential(2)))).listen(seed)
        return heard.sojourns(300).mean(), heard.waits(300).mean(), max(heard.came.values()) / len(heard.came) - 2

    case, rows = CASES[name], replicated(run, 16)
    controls = rows[:, 2:]
    assert_mean(0.5 * rows[:, 0], case["L"], within=0.3, controls=controls)
    if "W" in case:
        assert_mean(rows[:, 0], case["W"], within=0.3, controls=controls)
    if "Wq" in case:
        assert_mean(rows[:, 1], case["Wq"], within=0.4, controls=controls)


class Down(Listener):
    """How many work units are down, over time."""

    states = tuple(WorkUnitState)
    area = number = last = 0.0

    def hear(self, kind: type[OperationsEvent], at: float, fields: dict[str, Any]) -> None:
        if kind is EquipmentStateChanged and at > 0:
            self.area += self.number * (at - self.last)
            self.last = at
            self.number += 1 if fields["state"] == WorkUnitState.ABORTED else -1


def test_six_machines_wait_for_one_repairer() -> None:
    """The machine repair model M/M/1//6: mean number down, and the availability 1 - E[down] / 6; Gross, Harris (1998), 2.7."""
    plant = shop(exponential(1), units=6, failures=breaking("calendar", 10, 1, "crew"))

    def run(seed: int) -> float:
        heard = Down(plant, asked(2_000)).listen(seed)
        return float(heard.area / heard.last)

    down = replicated(run, 32)
    assert_mean(down, CASES["REPAIR-6-1"]["E_down"], within=0.06)
    assert_mean(1 - down / 6, CASES["REPAIR-6-1"]["availability"], within=0.01)
    assert np.all(down > 0)

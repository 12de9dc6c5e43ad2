"""Cm and Cmk: what one machine does by itself, from a run in which nothing else has changed, against published numbers."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose

from tests.rooms.quality.valve_shop import MIN_US, Shop
from twin.apps.feed import Feed
from twin.apps.pages.quality import capability_text
from twin.kernels.quality.capability import capability
from twin.model.events import CountObserved, EquipmentStateChanged, TestResultRecorded
from twin.model.states import WorkUnitState as S
from twin.store.replay import ReplaySource

MAVRO = [
    2.00180, 2.00170, 2.00180, 2.00190, 2.00180, 2.00170, 2.00150, 2.00140, 2.00150, 2.00150, 2.00170, 2.00180, 2.00180, 2.00190, 2.00190,
    2.00210, 2.00200, 2.00160, 2.00140, 2.00130, 2.00130, 2.00150, 2.00150, 2.00160, 2.00150, 2.00140, 2.00130, 2.00140, 2.00150, 2.00140,
    2.00150, 2.00160, 2.00150, 2.00160, 2.00190, 2.00200, 2.00200, 2.00210, 2.00220, 2.00230, 2.00240, 2.00250, 2.00270, 2.00260, 2.00260,
    2.00260, 2.00270, 2.00260, 2.00250, 2.00240,
]  # fmt: skip
"""NIST StRD, univariate, Mavro: 50 readings of one filter on one instrument, one after the other."""
CERTIFIED_MEAN, CERTIFIED_SIGMA = 2.00185600000000, 0.000429123454003053
TRANSMITTED: dict[str, Any] = {
    "material": "VALVE",
    "operation": "10",
    "gate": False,
    "sampling": {"pieces": 5},
    "characteristics": {"bore": {"unit": "mm", "lower": 2.0, "upper": 2.004}},
}


class BoredShop(Shop):
    """Bores lot after lot, five pieces each, and measures all of them."""

    def __init__(self) -> None:
        super().__init__(bore=TRANSMITTED)
        self.stock(1000).order("A", 250)
        self._lots = iter(f"A-VALVE.{n:02}" for n in range(1, 51))

    def bores(self, values: list[float], *, before: S | None = None) -> None:
        """Lot after lot, without a pause; `before`: what the mill does first."""
        if before is not None:
            self.tell(self._state("mill_1", before))
            self.tell(self._state("mill_1", S.IDLE))
        for first in range(0, len(values), 5):
            lot = next(self._lots)
            self.tell(EquipmentStateChanged(effective_us=self.now_us, equipment="mill_1", state=int(S.EXECUTE), job_order=f"{lot}/10"))
            self.now_us += 29 * MIN_US
            self.tell(
                CountObserved(effective_us=self.now_us, equipment="mill_1", job_order=f"{lot}/10", good=5),
                *(self._state("mill_1", state) for state in (S.COMPLETE, S.IDLE)),
            )
            self.tell(*(self._found(lot, value) for value in values[first : first + 5]))

    def _found(self, lot: str, value: float) -> TestResultRecorded:
        return TestResultRecorded(effective_us=self.now_us, lot=lot, characteristic="bore", value=value)

    def machine(self, least: int = 50) -> dict[str, Any]:
        (row,) = self.run.machine_capability(least).to_dict("records")
        return row


def test_the_indices_are_those_of_the_handbook() -> None:
    """NIST/SEMATECH e-Handbook, 6.1.6: limits 8 and 20, mean 16, s = 2: 1.0 and 0.6667."""
    found = capability(16.0, 2.0, 8.0, 20.0)
    assert (found.spread, round(found.least, 4)) == (1.0, 0.6667)


def test_a_short_run_of_one_machine_has_the_indices_of_the_certified_mean_and_deviation() -> None:
    shop = BoredShop()
    shop.bores(MAVRO)
    row = shop.machine()
    assert (row["equipment"], row["count"], row["job_orders"], row["wanted"]) == ("mill_1", 50, 10, 50)
    assert_allclose((row["mean"], row["sigma"]), (CERTIFIED_MEAN, CERTIFIED_SIGMA), rtol=1e-12)
    assert_allclose(row["cm"], 0.004 / (6 * CERTIFIED_SIGMA), rtol=1e-12)
    assert_allclose(row["cmk"], (CERTIFIED_MEAN - 2.0) / (3 * CERTIFIED_SIGMA), rtol=1e-9)
    assert (round(row["cm"], 3), round(row["cmk"], 3)) == (1.554, 1.442)
    (process,) = shop.run.capability.to_dict("records")
    assert_allclose((process["pp"], process["ppk"]), (row["cm"], row["cmk"]), rtol=1e-12)


def test_the_page_says_what_processes_and_machines_can_do() -> None:
    shop = BoredShop()
    feed = Feed(shop.run, ReplaySource([]), "by hand")
    assert "Nothing that is measured has been measured yet." in capability_text(feed)
    shop.bores(MAVRO)
    cells = re.findall(r"<td[^>]*>([^<]*)</td>", capability_text(Feed(shop.run, ReplaySource([]), "by hand")))
    assert cells == [
        "bore",
        "bore",
        "50",
        "2.0019",
        "–",
        "–",
        "1.55",
        "1.44",
        "mill_1",
        "bore",
        cells[10],
        "50",
        "2.0019",
        "0.000429",
        "1.55",
        "1.44",
    ]


@pytest.mark.parametrize("change", [S.STARTING, S.ABORTED, S.STOPPED, S.HELD])
def test_what_changes_on_the_way_ends_the_run_and_the_process_has_both(change: S) -> None:
    """The mill is set up anew, or stands, and is off by 1 µm from then on: the machine has its own spread, the process that of both."""
    shop = BoredShop()
    shop.bores(MAVRO)
    shop.bores([value + 0.001 for value in MAVRO], before=change)
    row, (process,) = shop.machine(), shop.run.capability.to_dict("records")
    assert (row["count"], process["count"]) == (50, 100)
    assert_allclose(row["mean"], CERTIFIED_MEAN + 0.001, rtol=1e-12)
    assert_allclose(row["sigma"], CERTIFIED_SIGMA, rtol=1e-9)
    assert_allclose(process["sigma_overall"], np.std([*MAVRO, *(value + 0.001 for value in MAVRO)], ddof=1), rtol=1e-9)
    assert process["pp"] < row["cm"]


def test_a_run_that_is_too_short_has_no_indices_and_the_last_that_was_long_enough_counts() -> None:
    shop = BoredShop()
    shop.bores(MAVRO[:20])
    row = shop.machine()
    assert (row["count"], row["wanted"]) == (20, 50)
    assert math.isnan(row["cm"])
    assert math.isnan(row["cmk"])
    assert shop.machine(least=20)["cm"] == pytest.approx(0.004 / (6 * np.std(MAVRO[:20], ddof=1)))
    shop.bores(MAVRO[20:], before=S.ABORTED)
    assert shop.machine(least=20)["count"] == 30
    shop.bores(MAVRO[:5], before=S.ABORTED)
    assert shop.machine(least=20)["count"] == 30, "five more say less of the machine"
    with pytest.raises(ValueError, match="allowed: 2 or more"):
        shop.run.machine_capability(1)

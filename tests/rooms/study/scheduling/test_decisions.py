"""What decisions bring, in money and days: said before they are taken, and by the same seed with the function switched off and on.

One paint booth, seven orders, four colours; every change of colour takes days at 60 EUR an hour.
"""

from __future__ import annotations

from functools import cache

import pytest

import twin
from tests.rooms.study.scheduling.test_schedule import COLOURS, WANTED, case
from twin import moment, study
from twin.results.run import Run
from twin.study.scheduling.schedule import RuleOutcome

DAY_US = 86_400_000_000
RATE_MINOR = 60_00  # an hour of the booth
BOOTH = COLOURS.replace("booth: {equipment_class: booth,", "booth: {hourly_cost: 60 EUR/h, equipment_class: booth,")
SOLD = "materials: {" + ", ".join(f"{it}: {{kind: finished, price: 9000 EUR}}" for it in ("red", "green", "white", "black", "any")) + "}"


@cache
def painted(rule: str) -> Run:
    """Forty days by a dispatch rule, of one seed."""
    return twin.simulate(*case(BOOTH, SOLD, f"{WANTED}policies: {{dispatch: {rule}}}\n"), until="40 d", seed=1)


@cache
def compared() -> tuple[Run, dict[str, RuleOutcome]]:
    """The beginning, and what each rule would bring from there."""
    now = twin.simulate(*case(BOOTH, SOLD, WANTED), until="1 us", seed=1)
    return now, {it.rule: it for it in study.schedule(now, until="40 d").compared}


def setup_h(run: Run) -> float:
    losses = run.losses()
    return float(losses.loc[losses["loss"] == "set-up", "duration_h"].sum())


def late_d(run: Run) -> dict[str, int]:
    """Days by which each order was late."""
    orders = run.erp.customer_orders.orders.values()
    return {it.order: (it.shipped_us - it.due_us) // DAY_US for it in orders if it.shipped_us is not None and it.shipped_us > it.due_us}


def last_us(run: Run) -> int:
    return max(it.shipped_us or run.now_us for it in run.erp.customer_orders.orders.values())


@pytest.mark.slow
@pytest.mark.parametrize("rule", ["edd", "setup_avoidance"])
def test_what_a_decision_does_to_delivery_and_cost_is_said_before_it_is_taken(rule: str) -> None:
    """The planner compares; whatever is decided comes out as it was said: to the day and to the cent."""
    scenario = case(BOOTH, SOLD, WANTED)[1]
    now, said = compared()
    assert said["edd"].setup_us == 9 * DAY_US
    assert said["setup_avoidance"].setup_us == 7 * DAY_US
    assert (said["edd"].late_count, said["setup_avoidance"].late_count) == (1, 2)
    policies = scenario.policies.model_copy(update={"dispatch": rule})
    came = moment.at(now, now.now_us).go_on(scenario=scenario.model_copy(update={"policies": policies}), until="40 d")
    under_way_h = 24  # from green to red, begun before there was anything to decide
    assert (setup_h(came) - under_way_h) * 3_600_000_000 == said[rule].setup_us
    assert len(late_d(came)) == said[rule].late_count
    assert max(late_d(came).values()) * DAY_US == said[rule].late_us_max
    assert last_us(came) == said[rule].ships_us_last
    worked_h = 26 * 24  # a day a piece
    assert -came.erp.ledger.balances["machine_absorbed"] == (worked_h + under_way_h + said[rule].setup_us // 3_600_000_000) * RATE_MINOR


@pytest.mark.slow
def test_heeding_what_the_booth_is_set_up_for_saves_three_days_and_4320_eur() -> None:
    """The loss tree says that set-ups are the greatest loss; the same seed with the function switched on says what that is worth."""
    off, on = painted("edd"), painted("setup_avoidance")
    losses = off.losses()
    assert losses[~losses["loss"].isin(["not used", "productive"])].sort_values("duration_h")["loss"].iloc[-1] == "set-up"
    assert setup_h(off) - setup_h(on) == 3 * 24
    absorbed = [-run.erp.ledger.balances["machine_absorbed"] for run in (off, on)]
    assert absorbed[0] - absorbed[1] == 3 * 24 * RATE_MINOR == 4_320_00
    assert last_us(off) - last_us(on) == 3 * DAY_US
    assert [-run.erp.ledger.balances["revenue"] for run in (off, on)] == [234_000_00, 234_000_00]


@pytest.mark.slow
def test_scheduling_by_due_dates_makes_delivery_ten_days_more_reliable_for_2880_eur() -> None:
    """First come, first served, or by due date, of one seed: 14 days late in two orders, or 4 in one. Two days of set-ups are its price."""
    off, on = painted("fifo"), painted("edd")
    assert late_d(off) == {"black": 11, "white": 3}
    assert late_d(on) == {"black": 4}
    assert sum(late_d(off).values()) - sum(late_d(on).values()) == 10
    absorbed = [-run.erp.ledger.balances["machine_absorbed"] for run in (off, on)]
    assert absorbed[1] - absorbed[0] == 2 * 24 * RATE_MINOR == 2_880_00
    assert setup_h(on) - setup_h(off) == 2 * 24

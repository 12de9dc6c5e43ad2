"""Energy by when it is used: split at the borders of prices, borne by the job orders that used it, with the highest quarter of an hour."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import twin
from tests.rooms.erp.small_shop import DAY_US, HOUR_US, ITEMS, LAYOUT, START_US, Carried, balances, material_actual, plant, response
from tests.rooms.simulation.flow.test_taking_apart import CORES, PARTS
from tests.rooms.simulation.small_floor import plant_of, scenario_of
from twin.erp import Erp
from twin.erp.accounting.costing.energy_use import EnergyUse, Revised
from twin.erp.accounting.costing.evidence.energy_evidence import EnergyEvidence
from twin.model.costing.tariff import Tariff, quarters
from twin.model.events import (
    DispositionCarriedOut,
    EnergyMetered,
    EquipmentActual,
    EquipmentStateChanged,
    OperationsEvent,
    OperationsRequestReleased,
)
from twin.model.measures import DURATION_UNITS_US
from twin.model.plant import PlantFile
from twin.model.scenario import Policies
from twin.results.run import Run
from twin.run import carry
from twin.simulation.engines import ENGINES, play
from twin.study.by_rule.playing import played

MIN_US = DURATION_UNITS_US["min"]
WEEK = ["mon", "tue", "wed", "thu", "fri"]
PRICES: dict[str, Any] = {
    "blocks": {
        "winter_peak": {"price": "0.50 EUR/kWh", "days": WEEK, "start": "17:00", "end": "20:00", "months": [1, 2, 11, 12]},
        "day": {"price": "0.30 EUR/kWh", "days": WEEK, "start": "06:00", "end": "22:00"},
        "saturday_night": {"price": "0.10 EUR/kWh", "days": ["sat"], "start": "22:00", "end": "04:00"},
    },
}


def layout(**prices: Any) -> dict[str, Any]:
    return {**LAYOUT, "energy_prices": prices or PRICES}


def shop(**prices: Any) -> Carried:
    carried = Carried(Erp(plant(layout(**prices), ITEMS), Policies()))
    carried.start()
    carried.round(EquipmentStateChanged(effective_us=START_US, equipment="hob_1", state=4))
    return carried


def metered(at_us: int, energy_wh: int, job_order: str = "") -> EnergyMetered:
    return EnergyMetered(effective_us=at_us, equipment="hob_1", energy_wh=energy_wh, job_order=job_order)


def test_energy_is_split_at_the_border_of_a_price_and_an_order_bears_what_it_used() -> None:
    """Monday, from 04:00 to 10:00, 6 kWh: two hours before six at 0.20 and four at 0.30 are 0.40 + 1.20. Two jobs of a batch share it as
    2 to 4 kWh, 0.53 and 1.07, which are rounded for each."""
    carried = shop()
    for request in ("A", "B"):
        carried.round(OperationsRequestReleased(effective_us=START_US, request=request, material="gear", quantity=1, due_us=DAY_US))
    carried.round(EquipmentStateChanged(effective_us=START_US + 4 * HOUR_US, equipment="hob_1", state=6, job_order="A+B"))
    at_us = START_US + 10 * HOUR_US
    base: dict[str, Any] = {"effective_us": at_us, "equipment": "hob_1", "run_us": 0}
    carried.round(
        metered(at_us, 6_000, "A+B"), EquipmentActual(**base, request="A", job_order="A", energy_wh=2_000),
        EquipmentActual(**base, request="B", job_order="B", energy_wh=4_000),
    )  # fmt: skip
    now = balances(carried.erp)
    assert now["energy"] == 40 + 120
    assert now["energy_absorbed"] == -(53 + 107)
    assert [it.energy_minor for it in carried.erp.request_costs()] == [53, 107]


def test_what_was_never_metered_is_borne_at_the_prices_of_the_time_that_it_worked() -> None:
    """From 21:00 to 23:00, 2 kWh: one hour each at 0.30 and at 0.20."""
    carried = shop()
    carried.round(OperationsRequestReleased(effective_us=START_US, request="A", material="gear", quantity=1, due_us=DAY_US))
    at_us = START_US + 23 * HOUR_US
    told = EquipmentActual(effective_us=at_us, equipment="hob_1", request="A", job_order="A", run_us=2 * HOUR_US, energy_wh=2_000)
    carried.round(told)
    assert balances(carried.erp)["energy_absorbed"] == -50


def test_the_highest_quarter_of_an_hour_of_each_month_is_charged_as_it_rises() -> None:
    """1 kWh in a quarter is 4 kW, at 9.50 a kW 38.00; another 0.25 kWh in it 1 kW more, 9.50; a lower one nothing; April begins anew."""
    carried = shop(demand="9.50 EUR")
    charges = []
    for at_us, energy_wh in ((15, 1_000), (25, 200), (30, 1_050), (45, 900), (30 * 1_440 + 15, 100)):
        before = balances(carried.erp).get("energy", 0)
        carried.round(metered(START_US + at_us * MIN_US, energy_wh))
        charges.append(balances(carried.erp)["energy"] - before - energy_wh * 20 // 1_000)
    assert charges == [3_800, 0, 950, 0, 0]


@settings(max_examples=60, deadline=None)
@given(
    start_us=st.integers(0, 400 * DAY_US), cuts=st.lists(st.integers(1, 9 * DAY_US), min_size=1, max_size=4),
    energy_wh=st.integers(0, 10**7), zone=st.sampled_from(["UTC", "Europe/Berlin", "America/New_York"]),
)  # fmt: skip
def test_no_energy_is_lost_at_a_border_and_every_minute_has_the_price_of_its_block(
    start_us: int, cuts: list[int], energy_wh: int, zone: str
) -> None:
    tariff = Tariff(PlantFile.model_validate({**layout(), "time_zone": zone}))
    from_us, to_us = START_US + start_us, START_US + start_us + sum(cuts)
    pieces = tariff.split(from_us, to_us)
    assert sum(lasts for lasts, _ in pieces) == to_us - from_us
    prices = [price for _, price in pieces]
    assert min(prices) * energy_wh <= tariff.micro_minor(from_us, to_us, energy_wh) <= max(prices) * energy_wh
    assert sum(wh for _, wh in quarters(from_us, to_us, energy_wh)) == energy_wh
    at_us, joined = from_us, []
    for lasts in cuts:
        joined += tariff.split(at_us, at_us + lasts)
        at_us += lasts
    by_price = [{price: sum(lasts for lasts, it in its if it == price) for price in prices} for its in (pieces, joined)]
    assert by_price[0] == by_price[1], "wherever somebody looks between, each price lasts as long"


@pytest.mark.parametrize(("at", "price"), [
    ("2026-01-05T16:59", 30), ("2026-01-05T17:00", 50), ("2026-01-05T20:00", 30), ("2026-03-02T17:00", 30), ("2026-03-02T05:59", 20),
    ("2026-03-07T21:59", 20), ("2026-03-07T22:00", 10), ("2026-03-08T03:59", 10), ("2026-03-08T04:00", 20),
])  # fmt: skip
def test_a_price_holds_on_its_days_and_hours_and_in_its_season(at: str, price: int) -> None:
    at_us = int(twin.model.calendars.datetime.fromisoformat(f"{at}+00:00").timestamp()) * 1_000_000
    assert Tariff(PlantFile.model_validate(layout())).split(at_us, at_us + MIN_US)[0] == (MIN_US, price * 1_000)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_simulated_shop_pays_by_the_clock_and_the_books_hold(engine: str) -> None:
    power = CORES.replace("hourly_cost: 60 EUR/h}", "hourly_cost: 60 EUR/h, power: {idle: 100 W, execute: 6 kW}}")
    prices = (
        "energy_tariff: 0.20 EUR/kWh\nenergy_prices: {demand: 5 EUR, blocks: {day: {price: 0.40 EUR/kWh, start: '06:00', end: '06:08'}}}\n"
    )
    made, scenario = plant_of(power + prices, PARTS), scenario_of("housing 4", horizon="1 d")
    run = carry(play(engine, made, scenario, 1), Run(made, scenario, seed=1))
    assert run.violations() == []
    now = balances(run.erp)
    flat = sum(it.event.energy_wh for it in run.journal.entries() if isinstance(it.event, EnergyMetered)) * 20 // 1_000
    assert now["energy"] > flat
    assert [row for row in run.erp.ledger.entries if row.document == "energy demand"]
    assert played(made, scenario, 1, scenario.horizon).costs.accounts() == run.erp.ledger.balances


@settings(max_examples=25, deadline=None)
@given(
    start_us=st.integers(0, 800 * DAY_US), lasts_us=st.integers(1, 3 * DAY_US), energy_wh=st.integers(0, 10**6),
    start=st.integers(0, 1439), end=st.integers(0, 1439), zone=st.sampled_from(["UTC", "Europe/Berlin", "Australia/Lord_Howe"]),
)  # fmt: skip
@example(start_us=26 * DAY_US + 22 * HOUR_US, lasts_us=5 * HOUR_US, energy_wh=999, start=150, end=180, zone="Europe/Berlin")
@example(start_us=236 * DAY_US + 22 * HOUR_US, lasts_us=5 * HOUR_US, energy_wh=999, start=150, end=170, zone="Europe/Berlin")
def test_evidence_finds_minute_by_minute_what_the_tariff_finds_between_its_borders(
    start_us: int, lasts_us: int, energy_wh: int, start: int, end: int, zone: str
) -> None:
    """Also in the hours that a change of clocks skips, or gives twice (29 March and 25 October 2026)."""
    block = {"price": "0.70 EUR/kWh", "start": f"{start // 60:02}:{start % 60:02}", "end": f"{end // 60:02}:{end % 60:02}"}
    prices = {"blocks": {"own": block, **PRICES["blocks"]}, "demand": "9.50 EUR"}
    declared = PlantFile.model_validate({**layout(**prices), "time_zone": zone})
    posted, evidence = EnergyUse(declared), EnergyEvidence(declared)
    found: Counter[str] = Counter()

    def same(revised: Revised) -> None:
        found["energy"] += Fraction(revised.metered + sum(revised.demand.values()) * 1_000_000, 1_000_000)  # type: ignore[assignment]
        found["energy_absorbed"] += Fraction(sum(micro for _, micro in revised.borne), 1_000_000)  # type: ignore[assignment]
        for account, _, more, _ in evidence.changes():
            found[account] -= more  # type: ignore[assignment]
        assert not any(found.values())

    for at_us, job in ((START_US + start_us, ""), (START_US + start_us + lasts_us, "A+B"), (START_US + start_us + lasts_us, "A")):
        event = metered(at_us, energy_wh, job)
        evidence.hear(event)
        same(posted.metered(event))
    for job, borne_wh in (("A", energy_wh // 3), ("B", energy_wh), ("A", energy_wh)):
        actual = EquipmentActual(
            effective_us=at_us, equipment="hob_1", request=job, job_order=job, energy_wh=borne_wh, run_us=lasts_us // 2
        )
        evidence.hear(actual, job)
        same(posted.borne(actual))


def test_a_reading_that_becomes_known_late_costs_what_it_cost() -> None:
    """Until 04:00 3 kWh at 0.20, until 08:00 4 kWh, half of it at 0.30: 1.60; the highest quarter is 250 Wh, a kW. In either order."""
    for known in ((4, 8, 12), (8, 12, 4)):
        carried = shop(demand="10 EUR", blocks={"day": {"price": "0.30 EUR/kWh", "start": "06:00", "end": "22:00"}})
        for hour in known:
            carried.round(replace(metered(START_US + hour * HOUR_US, {4: 3_000, 8: 4_000, 12: 0}[hour]), recorded_us=START_US + DAY_US))
        assert balances(carried.erp)["energy"] == 60 + 100 + 1_000


hours = st.integers(0, 50)  # ties among them, and two days of which the second is in another month
facts = st.one_of(
    st.builds(lambda at, to: ("state", at, to, 0), hours, st.sampled_from(["", "A", "B", "A+B"])),
    st.builds(lambda at, jobs, wh: ("metered", at, jobs, wh), hours, st.sampled_from(["", "A", "B", "A+B"]), st.integers(0, 40_000)),
    st.builds(lambda at, job, wh: ("told", at, job, wh), hours, st.sampled_from("AB"), st.integers(0, 30_000)),
)


@settings(max_examples=12, deadline=None)
@given(told=st.lists(facts, min_size=2, max_size=9), valued=st.sampled_from(["standard", "fifo"]), is_again=st.booleans(), data=st.data())
def test_whatever_becomes_known_late_or_in_another_order_the_books_are_those_of_the_clean_stream(
    told: list[tuple[str, int, str, int]], valued: str, is_again: bool, data: st.DataObject
) -> None:
    """States, readings and what job orders used, also of requests that are closed by then, or that do work again for a nonconformance."""
    begin_us = START_US + 29 * DAY_US

    def event(kind: str, hour: int, jobs: str, energy_wh: int) -> OperationsEvent:
        at: dict[str, Any] = {"effective_us": begin_us + hour * HOUR_US, "recorded_us": begin_us + 60 * HOUR_US, "equipment": "hob_1"}
        if kind == "state":
            return EquipmentStateChanged(**at, state=6 if jobs else 4, job_order=jobs)
        if kind == "metered":
            return EnergyMetered(**at, job_order=jobs, energy_wh=energy_wh)
        return EquipmentActual(**at, request=jobs, job_order=jobs, energy_wh=energy_wh, run_us=HOUR_US)

    def books(order: list[tuple[str, int, str, int]], closes_after: int) -> tuple[object, ...]:
        gear = {**ITEMS["materials"]["gear"], "valuation": valued}
        items = {**ITEMS, "materials": {**ITEMS["materials"], "gear": gear}}
        carried = Carried(Erp(plant(layout(**PRICES, demand="9.50 EUR"), items), Policies()))
        carried.start()
        for name in "AB":
            carried.round(OperationsRequestReleased(effective_us=begin_us, request=name, material="gear", quantity=1, due_us=DAY_US))
        if is_again:
            again: dict[str, Any] = {
                "nonconformance": "N",
                "disposition": "rework",
                "job_orders": ("B",),
                "material": "gear",
                "quantity": 1,
            }
            carried.round(DispositionCarriedOut(effective_us=begin_us, lot="B", **again))
        end_us = begin_us + 55 * HOUR_US
        for place, fact in enumerate([*order, None]):
            if place == closes_after:
                for name in "AB":
                    carried.round(material_actual(end_us, "Produced", "gear", 1, request=name), response(end_us, name, "gear", 1))
            if fact:
                carried.round(event(*fact))
        erp, accounts = (
            carried.erp,
            ("energy", "energy_payable", "energy_absorbed", "production_variance", "rework_cost", "work_in_progress"),
        )
        bearing = [(it.request, it.energy_minor) for it in erp.request_costs()]
        worth = [(it.material, it.on_hand, it.value_minor) for it in erp.stock_rows()]
        return [erp.ledger.balances[it] for it in accounts], bearing, worth, erp.quality_costs.cost_minor

    clean = sorted(told, key=lambda it: (it[1], it[0] == "told", it[2:]))
    assert books(data.draw(st.permutations(told)), data.draw(st.integers(0, len(told)))) == books(clean, len(told))

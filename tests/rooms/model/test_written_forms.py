"""What is written to JSON is what a person would write, exact, and reads back equal."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from tests.rooms.files.small_plant import ITEMS, PLANT, write_plant
from twin.model.calendars import spoken_duration
from twin.model.floor.words import ClockMin
from twin.model.measures import MOST, Duration, DurationUs, HourlyRateMinor, MoneyMinor, PowerW, TariffMinorPerMWh
from twin.model.plant import Plant
from twin.store.files import read_plant

DURATION = TypeAdapter(DurationUs)
DISTRIBUTION = TypeAdapter(Duration)


def test_a_plant_written_to_json_reads_back_equal(tmp_path: Path) -> None:
    plant = read_plant(write_plant(tmp_path))
    assert Plant.model_validate_json(plant.model_dump_json()) == plant


def test_amounts_are_written_in_the_currency_of_the_plant(tmp_path: Path) -> None:
    plant = read_plant(write_plant(tmp_path, plant=PLANT.replace("EUR", "CHF"), items=ITEMS.replace("EUR", "CHF")))
    written = plant.model_dump_json()
    assert "40 CHF/h" in written
    assert "EUR" not in written
    assert Plant.model_validate_json(written) == plant


@given(duration_us=st.integers(0, 2**62 - 1))
def test_a_duration_is_written_exactly(duration_us: int) -> None:
    written = DURATION.dump_python(duration_us, mode="json")
    assert DURATION.validate_python(written) == duration_us


@given(minor=st.integers(0, MOST), annotation=st.sampled_from([MoneyMinor, HourlyRateMinor, PowerW, TariffMinorPerMWh]))
def test_an_amount_is_written_exactly(minor: int, annotation: type[int]) -> None:
    adapter = TypeAdapter(annotation)
    assert adapter.validate_python(adapter.dump_python(minor, mode="json")) == minor


@given(minute=st.integers(0, 1440))
def test_a_time_of_day_is_written_exactly(minute: int) -> None:
    adapter = TypeAdapter(ClockMin)
    assert adapter.validate_python(adapter.dump_python(minute, mode="json")) == minute


def test_durations_and_distributions_are_written_in_their_short_forms() -> None:
    assert DURATION.dump_python(270_000_000, mode="json") == "270 s"
    assert DURATION.dump_python(0, mode="json") == "0 d"
    for form in (
        "90 s",
        {"exponential": {"mean": "4 min"}},
        {"gamma": {"shape": 2.5, "mean": "1 h"}},
        {"empirical": {"values": ["1 s", "2 s"]}},
    ):
        assert DISTRIBUTION.dump_python(DISTRIBUTION.validate_python(form), mode="json") == form


def test_a_large_tariff_has_no_exponent() -> None:
    adapter = TypeAdapter(TariffMinorPerMWh)
    assert adapter.dump_python(10**9, mode="json") == "10000 EUR/kWh"


def test_a_page_says_a_duration_in_its_two_largest_units() -> None:
    minute_us = 60_000_000
    said = {0: "0 s", 20_000_000: "20 s", 35 * minute_us: "35 min", 260 * minute_us: "4 h 20 min", 62 * 60 * minute_us: "2 d 14 h"}
    assert {duration_us: spoken_duration(duration_us) for duration_us in said} == said
    assert spoken_duration(-35 * minute_us) == "-35 min"
    assert spoken_duration(24 * 60 * minute_us - 1) == "1 d"  # rounded before it is taken apart: never "24 h"

"""Which engine plays a plant, and what is said when one cannot."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import twin
from tests.rooms.simulation.small_floor import ONE_UNIT, plant_of, scenario_of
from twin import library
from twin.model.plant import Plant
from twin.run import simulate
from twin.simulation.compiled_plant.compiled_plant import CompiledPlant
from twin.simulation.compiled_plant.laying_out import NotCompiled
from twin.simulation.engines import play
from twin.simulation.simpy_plant import SimulatedPlant


def with_calendars(count: int) -> Plant:
    """So many persons, each with a calendar of his own."""
    always = {"shifts": {"all": {"days": ["mon"], "start": "06:00", "end": "14:00"}}}
    persons = {f"p{n}": {"classes": ["turner"], "calendar": f"c{n}", "hourly_cost": 0} for n in range(count)}
    changes: dict[str, Any] = {
        "calendars": {f"c{n}": always for n in range(count)},
        "persons": persons,
        "personnel_classes": {"turner": {}},
    }
    return plant_of(ONE_UNIT, **changes)


def test_the_compiled_engine_is_the_default(root: Path) -> None:
    plant, scenario = plant_of(), scenario_of("shaft 4", horizon="2 h")
    assert simulate(plant, scenario).trace_hash == simulate(plant, scenario, engine="simpy").trace_hash
    assert isinstance(play("compiled", plant, scenario, 1), CompiledPlant)
    assert isinstance(play("simpy", plant, scenario, 1), SimulatedPlant)


def test_both_engines_are_a_word_away(root: Path) -> None:
    one, other = (twin.simulate(root / "plant_models/gearbox_shop", until="4 h", engine=engine) for engine in ("compiled", "simpy"))
    assert one.trace_hash == other.trace_hash


def test_an_engine_that_there_is_not_is_named() -> None:
    with pytest.raises(ValueError, match=r"there is no engine 'fast'; allowed: compiled, simpy"):
        simulate(plant_of(), scenario_of(), engine="fast")


def test_what_the_compiled_plant_cannot_hold_is_said_and_the_other_engine_is_not_taken_instead() -> None:
    plant, scenario = with_calendars(63), scenario_of(horizon="1 h")
    with pytest.raises(NotCompiled, match=r'63 calendars of persons, at most 62; allowed: engine="simpy"'):
        simulate(plant, scenario)
    simulate(plant, scenario, engine="simpy")
    simulate(with_calendars(62), scenario)


@pytest.mark.parametrize(
    ("table", "wanted", "said"),
    [
        ("work_units.furnace_1.batch.maximum", 100_000_000, "a batch of 100000000 lots in furnace_1, at most 10000"),
        ("production_lines.line_1.stations.rinser.buffer_after", 20_000_000, "places on conveyors, at most 10000000"),
    ],
)
def test_what_would_take_gigabytes_is_refused_before_it_is_tried(root: Path, table: str, wanted: int, said: str) -> None:
    plant = "gearbox_shop" if "furnace" in table else "bottling_line"
    scenario = library.read_scenario(None, root / "plant_models" / plant).model_copy(update={"changes": {table: wanted}})
    with pytest.raises(NotCompiled, match=said):
        twin.simulate(root / "plant_models" / plant, scenario, until="1 h")

"""Which engine plays a plant, and how large it may be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import twin
from tests.rooms.simulation.small_floor import ONE_UNIT, plant_of, scenario_of, start
from twin import library
from twin.model.events import OperationsEvent
from twin.model.plant import Plant
from twin.model.problems import PlantFileError
from twin.run import simulate
from twin.simulation.compiled_plant.compiled_plant import CompiledPlant
from twin.simulation.engines import ENGINES, play
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


def test_there_may_be_as_many_calendars_of_persons_as_there_are_persons() -> None:
    """Two of seventy are needed at a time; who is at work is looked up by list, however many there are."""
    plant = with_calendars(70)
    tables = plant.model_dump(mode="json")
    tables["layout"]["process_segments"]["turn"]["personnel_class"] = "turner"
    plant, scenario = Plant.model_validate(tables), scenario_of("shaft 9", horizon="10 d")
    one, other = (simulate(plant, scenario, engine=engine) for engine in ENGINES)
    assert one.trace_hash == other.trace_hash
    cases = ["p0", "p0+p69", "p69+p68+p67", "p69+p0"]
    said = [[refusals_and_states(engine, plant, person) for person in cases] for engine in ENGINES]
    assert said[0] == said[1]


def refusals_and_states(engine: str, plant: Plant, person: str) -> list[OperationsEvent]:
    """A job that persons begin and do not end before their shift does."""
    source = play(engine, plant, scenario_of(horizon="2 d"), 1)
    source.advance()
    source.send([start("A", 4000, person=person)])
    facts: list[OperationsEvent] = []
    while (more := source.advance()) is not None:
        facts += more
    assert any(getattr(fact, "reason", "") == "no_operator" for fact in facts)
    return facts


@pytest.mark.slow
@pytest.mark.parametrize(
    ("table", "wanted", "said"),
    [
        ("work_units.furnace_1.batch.maximum", 100_001, "100001 is too large; allowed: 100000 or less"),
        ("production_lines.line_1.stations.rinser.buffer_after", 10_000_001, "10000001 is too large; allowed: 10000000 or less"),
    ],
)
def test_what_would_take_gigabytes_is_refused_when_it_is_read(root: Path, table: str, wanted: int, said: str) -> None:
    plant = "gearbox_shop" if "furnace" in table else "bottling_line"
    scenario = library.read_scenario(None, root / "plant_models" / plant)
    for engine in ENGINES:
        with pytest.raises(PlantFileError, match=said):
            twin.simulate(
                root / "plant_models" / plant, scenario.model_copy(update={"changes": {table: wanted}}), until="1 h", engine=engine
            )
    largest = scenario.model_copy(update={"changes": {table: wanted - 1}})
    assert twin.simulate(root / "plant_models" / plant, largest, until="10 min").now_us

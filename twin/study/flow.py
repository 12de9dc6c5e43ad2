"""One run by rule that is asked for its figures alone: how long pieces stay, what is made, where the time of equipment goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twin import library
from twin.library import PlantLike, ScenarioLike
from twin.model.plant import Plant
from twin.store.files import apply_changes

if TYPE_CHECKING:
    from twin.simulation.compiled_plant.flow.figures import FlowFigures


def flow(plant: PlantLike, scenario: ScenarioLike = None, *, seed: int = 1, until: str | None = None) -> FlowFigures:
    """Play a plant in which rules decide for lots alone, and keep no page of it: `flow("plant_models/my_line", until="365 d")`.

    Where no lot can overtake another (one order or stream of orders, work units in a row, first in, first out, storages of any size, a
    limit of lots) the run is reckoned lot by lot, several times as fast; `why_by_events` of the figures says what kept it from that. Either
    way the figures are the same: those of what the compiled plant and the readable one say.

    Raises
    ------
    PlantFileError, ValueError : what cannot be simulated, or what rules cannot decide for lots alone (persons, bills of material), by name
    """
    from twin.kernels.entries import PREPARING
    from twin.simulation.compiled_plant.compiled_plant import CompiledPlant
    from twin.simulation.compiled_plant.flow.in_turn import flow_figures
    from twin.simulation.engines import COMPILED, get_ready

    read = library.read_plant(plant)
    asked = library.read_scenario_to_simulate(scenario, read if isinstance(plant, Plant) else plant)
    span_us = library.read_span(until)
    get_ready(COMPILED, PREPARING)
    end_us = None if span_us is None else asked.start_us + span_us
    return flow_figures(CompiledPlant(apply_changes(read, asked), asked, library.read_seed(seed), end_us, control="rule"))

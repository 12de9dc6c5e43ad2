"""The two engines that can play a plant, by name: the same facts from either, bit for bit."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any, Literal

from twin.kernels.compiling import WHY_NOT_AT_HOME, are_kept, compile_entries
from twin.kernels.entries import ENTRIES, PREPARING
from twin.model.plant import Plant
from twin.model.problems import listed
from twin.model.scenario import Scenario
from twin.simulation.compiled_plant.compiled_plant import CompiledPlant
from twin.simulation.simpy_plant import SimulatedPlant

Control = Literal["commands", "rule"]
AnyPlant = CompiledPlant | SimulatedPlant

COMPILED, SIMPY = ENGINES = ("compiled", "simpy")
"""The fast one, which is the default, and the readable one, which takes SimPy processes of your own."""


def play(
    engine: str, plant: Plant, scenario: Scenario, seed: int, until_us: int | None = None, control: Control = "commands",
    *, conwip_lots: int | None = None, stops_at_deadlock: bool = False,
) -> AnyPlant:  # fmt: skip
    """The plant as an event source; parameters but the first as of `twin.simulation.simpy_plant.SimulatedPlant`.

    Raises
    ------
    ValueError : there is no such engine
    """
    if engine not in ENGINES:
        raise ValueError(f"there is no engine '{engine}'; allowed: {listed(ENGINES)}")
    if engine == SIMPY:
        return SimulatedPlant(plant, scenario, seed, until_us, control, conwip_lots=conwip_lots, stops_at_deadlock=stops_at_deadlock)
    get_ready(engine, PREPARING)
    source = CompiledPlant(plant, scenario, seed, until_us, control, conwip_lots=conwip_lots, stops_at_deadlock=stops_at_deadlock)
    get_ready(engine, [source.state.kernel])
    return source


def get_ready(engine: str, entries: Sequence[Callable[..., Any]] = ENTRIES) -> None:
    """Have kernels compiled, or read from where they are kept; what takes a while is said first, on standard error.

    They are compiled once for all plants, and again only when their sources change.
    """
    if engine == COMPILED and not are_kept(entries):
        if WHY_NOT_AT_HOME:
            sys.stderr.write(f"{WHY_NOT_AT_HOME}\n")
        sys.stderr.write("compiling the plant kernel, once: about a quarter of a minute\n")
        sys.stderr.flush()
        compile_entries(entries)

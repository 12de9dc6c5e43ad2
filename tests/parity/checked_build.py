"""Plays plants on the compiled kernel, and says what came out. With NUMBA_BOUNDSCHECK=1 it is the debug build, which checks every index.

NUMBA_BOUNDSCHECK=1 python -m tests.parity.checked_build
"""

from __future__ import annotations

import json
from collections.abc import Callable
from hashlib import blake2b
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.parity.any_case import Case, any_case
from tests.parity.meddler import Meddler
from tests.parity.playing import commanded, ruled
from tests.rooms.simulation.small_floor import COLA, LINE, plant_of, scenario_of
from tests.theory.models import asked, exponential, shop, stream
from twin import library, run
from twin.kernels.compiling import CHECKS_BOUNDS
from twin.kernels.floor.rows import plant_rows as at
from twin.simulation.compiled_plant.compiled_plant import CompiledPlant
from twin.simulation.compiled_plant.floor_state import FloorState
from twin.simulation.compiled_plant.flow.in_turn import flow_figures

ROOT = Path(__file__).parents[2]


def said() -> dict[str, str]:
    """What plants of every kind say under either control, and the shipped ones through MES and ERP: a hash each."""
    digest = blake2b(digest_size=16)

    @settings(max_examples=12, deadline=None, derandomize=True, database=None)
    @given(case=any_case(with_persons=False), seed=st.integers(0, 2**32), conwip_lots=st.sampled_from([None, 2]))
    def by_rule(case: Case, seed: int, conwip_lots: int | None) -> None:
        digest.update(repr(ruled("compiled", case, seed, conwip_lots)).encode())

    @settings(max_examples=12, deadline=None, derandomize=True, database=None)
    @given(case=any_case(), seed=st.integers(0, 2**32))
    def by_commands(case: Case, seed: int) -> None:
        digest.update(repr(commanded("compiled", case, seed, Meddler(case[0], seed))).encode())

    by_rule()
    by_commands()
    heard = {"any": digest.hexdigest()}
    case = shop("1 min"), asked(600, a={**stream(exponential(2)), "quantity": [1, 12]})
    for conwip_lots in (None, 2):
        heard[f"figures {conwip_lots}"] = repr(flow_figures(CompiledPlant(*case, 1, control="rule", conwip_lots=conwip_lots)))
    with_power = shop("1 min", power={"idle": "1 kW"}), case[1]  # so that it is played by the full build, which is compiled here already
    heard["figures by events"] = repr(flow_figures(CompiledPlant(*with_power, 1, control="rule")))
    for name in ("gearbox_shop", "bottling_line"):
        plant = library.read_plant(ROOT / "plant_models" / name)
        scenario = library.read_scenario(ROOT / "scenarios" / name / "baseline.yaml", plant)
        heard[name] = run.simulate(plant, scenario, until_us=3 * 3_600_000_000).trace_hash
    return heard


def _corrupt_heap(state: FloorState) -> None:
    state.plant[at.HEAP_AT] = state.plant.size + 10**6


def _corrupt_touched(state: FloorState) -> None:
    state.plant[at.TOUCHED_AT] = 2**40


def _corrupt_calendar(state: FloorState) -> None:
    first_equipment = int(state.plant[at.EQUIPMENT_AT])
    state.plant[first_equipment + at.WATCH] = 2**40


def _corrupt_routing(state: FloorState) -> None:
    state.plan[state.plan[at.STEPS_AT] + at.STEP_NUMBERS] = state.numbers.size + 5


def _corrupt_names(state: FloorState) -> None:
    state.plant[at.NAMES_AT] = state.log.size


CORRUPTIONS: tuple[Callable[[FloorState], None], ...] = (
    _corrupt_heap,
    _corrupt_touched,
    _corrupt_calendar,
    _corrupt_routing,
    _corrupt_names,
)


def bites() -> list[str]:
    """Which wrong addresses raise IndexError. Only for the debug build: the fast one would write wherever it is told."""
    assert CHECKS_BOUNDS
    bitten = []
    for corrupt in CORRUPTIONS:
        source = CompiledPlant(plant_of(LINE, COLA), scenario_of("cola 40"), 1, control="rule")
        corrupt(source.state)
        try:
            while source.advance() is not None:
                pass
        except IndexError:
            bitten.append(corrupt.__name__)
    return bitten


if __name__ == "__main__":
    print(json.dumps({"checks": CHECKS_BOUNDS, "said": said(), "bites": bites() if CHECKS_BOUNDS else []}))

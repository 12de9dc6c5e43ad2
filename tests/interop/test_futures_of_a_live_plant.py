"""A live plant, over real sockets, that is left in the middle: from its journal alone its plant is put together, and futures go on."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path

import pytest

import twin
from tests.ports import copy_at_free_ports
from tests.rooms.command.script import script
from twin import study
from twin.model.events import OperationsEvent
from twin.model.states import Source
from twin.now.plant_now import plant_now
from twin.results.run import Run
from twin.simulation.compiled_plant.compiled_plant import CompiledPlant

pytestmark = [pytest.mark.interop, pytest.mark.slow, pytest.mark.xdist_group("kernel")]

HOUR_US = 3_600_000_000
SEED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """The plant behind the wire as it went on, and what stood in the twin's journal when everybody had left it."""

    direct: Run
    live: Run


@pytest.fixture(scope="module")
def left(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Left:
    folder = tmp_path_factory.mktemp("left")
    plant = copy_at_free_ports(root / "plant_models/gearbox_shop", folder / "gearbox_shop")
    scenario = root / "scenarios/gearbox_shop/baseline.yaml"
    plant_journal, twin_journal = f"sqlite:///{folder}/plant.db", f"sqlite:///{folder}/twin.db"
    direct = twin.simulate(plant, scenario, until="30 h", seed=SEED)
    stop = threading.Event()
    deadline = threading.Timer(240, stop.set)
    paced = ("simulate", plant, "--scenario", scenario, "--seed", SEED, "--pace", 3600, "--journal", plant_journal)
    serve = ("serve", plant, "--journal", plant_journal, "--patience", "60")
    with (
        script("twin", *paced, cwd=root, log=folder / "plant.log"),
        script("hardware_bridge", *serve, cwd=root, log=folder / "serve.log") as controllers,
    ):
        controllers.wait_for("ready")
        deadline.start()
        with script("hardware_bridge", "connect", plant, "--journal", twin_journal, cwd=root, log=folder / "connect.log"):
            twin.follow(plant, twin_journal, scenario, until="9 h", stop=stop)
    deadline.cancel()  # and everybody is gone, in the middle of it
    return Left(direct=direct, live=twin.replay(plant, f"{folder}/twin.db", scenario))


def facts_of(run: Run) -> list[OperationsEvent]:
    return [entry.event for entry in run.journal.entries() if entry.source == Source.SIMULATED]


def complete_until(run: Run) -> Run:
    """Up to the last instant of which all has been heard."""
    last_us = max(entry.event.effective_us for entry in run.journal.entries())
    at_us = last_us - 15 * 60_000_000
    told = [entry for entry in run.journal.entries() if entry.event.effective_us <= at_us]
    again = twin.replay(run.plant, told, run.scenario)
    again.now_us = at_us
    return again


def test_with_what_was_drawn_behind_the_wire_it_goes_on_as_the_plant_did(left: Left) -> None:
    """Nobody tells the twin a total of what is under way; with the seed of the plant behind the wire they are the same, fact by fact."""
    seen = complete_until(left.live)
    assert 8 * HOUR_US < seen.now_us - left.direct.scenario.start_us < 20 * HOUR_US
    now = plant_now(seen, until_us=left.direct.now_us, seed=SEED)
    plant, goes_on = CompiledPlant.resume(now.snapshot), list[OperationsEvent]()
    while (more := plant.advance()) is not None:
        goes_on += more
    went_on = [fact for fact in facts_of(left.direct) if fact.effective_us > seen.now_us]
    assert len(went_on) > 300
    assert goes_on == went_on


def test_futures_of_what_a_journal_holds_cover_what_came(left: Left) -> None:
    seen = complete_until(left.live)
    assert seen.seed is None
    found = study.futures(seen, 200, until="20 h")
    assert found.count == 200
    assert found.unknown
    truth = {order.order: order for order in left.direct.erp.customer_orders.orders.values()}
    assert {it.order for it in found.orders} == {it.order for it in seen.erp.customer_orders.orders.values() if it.open_quantity}
    shipped = [it for it in found.orders if truth[it.order].shipped_us is not None and len(it.shipped_us) > 100]
    for it in shipped:
        assert it.shipped_us[0] - HOUR_US <= (truth[it.order].shipped_us or 0) <= it.shipped_us[-1] + HOUR_US
    assert found.orders

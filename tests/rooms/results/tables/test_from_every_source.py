"""What is in progress, what was made, how well, and what is learned from it: the same of events that are told, replayed and live."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pandas as pd
import pytest

from tests.rooms.quality.valve_shop import FINAL, MIN_US, Shop
from twin.mes.performance.performance import SCOPES
from twin.model.events import CountObserved, EquipmentStateChanged
from twin.model.states import WorkUnitState as S
from twin.results.run import Run

TABLES: dict[str, Callable[[Run], pd.DataFrame]] = {
    "job orders": lambda run: run.job_orders,
    "lots": lambda run: run.lots,
    "output": lambda run: run.output("1 h"),
    "learning by job order": lambda run: run.learning_table(),
    "learning by interval": lambda run: run.learning_table("interval"),
    **{f"indicators by {scope}": partial(Run.indicators_by, scope=scope) for scope in SCOPES if scope != "area"},
}


@pytest.fixture(scope="module")
def shop() -> Shop:
    """A is measured and shipped, B is half bored with one piece of scrap after a stop, C waits."""
    shop = Shop(final=FINAL).stock(30)
    shop.order("A", 5).order("B", 5).order("C", 5)
    shop.does("mill_1", "A-VALVE/10", 5)
    shop.does("grinder_1", "A-VALVE/20", 5)
    shop.measure("A-VALVE", leak=1.0, finish=1.0)
    at = {"equipment": "mill_1", "job_order": "B-VALVE/10"}
    shop.tell(EquipmentStateChanged(effective_us=shop.now_us, state=int(S.EXECUTE), person="olga", **at))
    shop.tell(EquipmentStateChanged(effective_us=shop.now_us, state=int(S.ABORTED), reason="jam", **at))
    shop.now_us += 20 * MIN_US
    shop.tell(EquipmentStateChanged(effective_us=shop.now_us, state=int(S.EXECUTE), person="olga", **at))
    shop.tell(CountObserved(effective_us=shop.now_us, good=2, scrap=1, **at))
    return shop


def test_what_is_in_progress_and_finished_is_said_by_lot_and_job_order(shop: Shop) -> None:
    lots = shop.run.lots.set_index("lot")
    assert lots.loc["A-VALVE", ["produced", "on_hand", "in_process"]].tolist() == [5, 0, 0], "finished, and shipped"
    assert lots.loc["B-VALVE", ["produced", "in_process", "scrapped", "place"]].tolist() == [0, 4, 1, "mill_1"]
    assert lots.loc["C0", "on_hand"] == 30 - 5 - 5, "C has taken nothing yet"
    jobs = shop.run.job_orders.set_index("job_order")["status"]
    assert jobs[["A-VALVE/20", "B-VALVE/10", "B-VALVE/20", "C-VALVE/10"]].tolist() == ["Completed", "Running", "Waiting", "Ready"]
    assert shop.run.output("1 h")[["made", "scrap", "planned"]].to_dict("records") == [{"made": 5, "scrap": 1, "planned": 0}]


def test_every_table_is_the_same_told_replayed_and_live(shop: Shop) -> None:
    for name, table in TABLES.items():
        assert not table(shop.run).empty, name
    assert shop.is_the_same_from_every_source(*TABLES.values())

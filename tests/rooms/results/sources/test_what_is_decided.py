"""What a decision would bring, what has gone wrong and why, what the warehouse is to do: the same of events from every source."""

from __future__ import annotations

from typing import Any

import pandas as pd

from tests.rooms.apps.sources.told_shift import a_shift
from tests.rooms.upkeep.kept_shop import KeptShop
from twin import study
from twin.model import events as e
from twin.results.run import Run

WAREHOUSE: dict[str, Any] = {
    "receiving": "dock",
    "shipping": "gate",
    "bins": {"dock": {}, "gate": {}, "shelf": {"capacity": 100, "distance_m": 5}, "mill_side": {"capacity": 20, "materials": ["CASTING"]}},
    "replenishment": [{"material": "CASTING", "bin": "mill_side", "source": ["shelf"], "minimum": 5, "maximum": 10}],
    "waves": ["10:00"],
}


def by_rule(run: Run) -> pd.DataFrame:
    """Lateness, set-ups and the last delivery by each dispatch rule, from now on."""
    return pd.DataFrame([study.scheduling.schedule.rule_row(it, run.now_us) for it in study.schedule(run, until="12 h").compared])


def chances(run: Run) -> tuple[str, str]:
    """By order, in how many of twenty futures it leaves in time; and what they cost."""
    found = study.futures(run, count=20, until="2 d")
    return found.table.to_csv(), found.ledger_table.to_csv()


def why_late(run: Run) -> str:
    return str(run.explain("B"))


def test_what_each_rule_and_each_future_would_bring_is_said_before_anything_is_decided() -> None:
    shop = a_shift()
    assert len(by_rule(shop.run)) > 2
    assert "B" in chances(shop.run)[0]
    assert shop.is_the_same_from_every_source(by_rule, chances)


def test_stops_losses_scrap_bottleneck_and_what_an_order_waits_for_are_the_same() -> None:
    shop = a_shift()
    assert "jam" in why_late(shop.run)
    stops = shop.run.stops().set_index("reason")
    assert (stops.loc["jam", "duration_h"], stops.loc["jam", "machine_cost_eur"]) == (20 / 60, 20.0)
    assert shop.run.scrap_reasons()["reason"].tolist() == ["burr"]
    assert shop.is_the_same_from_every_source(why_late, Run.stops, Run.losses, Run.scrap_reasons, Run.bottleneck)


def test_the_warehouse_is_told_what_to_bring_to_the_machine_and_what_to_pick_together() -> None:
    """30 castings come to the dock and go to the shelf; ten stand at the mill; five valves are made, and picked with the wave at ten."""
    shop = KeptShop(warehouse=WAREHOUSE)
    shop.stock(30).order("A", 5)
    shop.does("mill_1", "A-VALVE/10", 5)
    shop.does("grinder_1", "A-VALVE/20", 5)
    assert shop.shipped() == {"A": 0}, "nobody carries it before ten"
    shop.wait(240)
    assert shop.shipped() == {"A": 5}
    told = [entry.event for entry in shop.run.journal.entries()]
    assert [(it.order, it.wave) for it in told if isinstance(it, e.PickListReleased)] == [("A", "W-1")]
    moved = [(it.material, it.bin) for it in told if isinstance(it, e.BinTransferred)]
    assert ("CASTING", "mill_side") in moved
    assert shop.is_the_same_from_every_source(Run.stock, Run.bins, Run.pick_lists, lambda run: run.material_plan().messages)

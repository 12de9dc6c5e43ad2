"""An early shift of the valve shop in which a little of everything happens, so that every page has something to show."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.rooms.labour.clocked_shop import MIN_US, START_US, ClockedShop
from tests.rooms.quality.valve_shop import BORE, FINAL
from twin.model import events as e
from twin.model.states import WorkUnitState as S

DECLARED: dict[str, Any] = {
    "quality_plans": {"bores": {**BORE, "authority": "supervisor", "gate": False}, "final": FINAL},
    "alarms": {"default": {"priority": "low"}, "equipment": {"grinder_1": {"coolant": {"priority": "high", "response": "fill up"}}}},
    "maintenance_plans": {
        "greasing": {"equipment": "mill_1", "title": "Greasing", "after_pieces": 4, "within": "8 h", "personnel_class": "operator"}
    },
    "documents": {"WI-10": {"title": "Bore", "kind": "instruction", "revisions": {"A": {"text": "Clamp."}}, "operations": ["10"]}},
    "procedures": {"boring": {"operations": ["10"], "parameters": {"temperature": {"unit": "°C", "warn_above": 55}}}},
    "reasons": {"scrap": ["burr"], "stop": ["jam"]},
}


def a_shift() -> ClockedShop:
    """A is bored, ground, passed and shipped; of B one piece is scrap after a stop, and the rest is held; C waits; the grinder stands."""
    shop = ClockedShop(**DECLARED)
    shop.at(3).order("B", 5).order("C", 5)
    _makes_a(shop)
    _half_makes_b(shop)
    shop.at(150).tell(
        e.AlarmRaised(effective_us=shop.now_us, equipment="grinder_1", alarm="coolant", message="coolant is low"),
        replace(shop._state("grinder_1", S.ABORTED), reason="coolant"),
    )
    about: dict[str, Any] = {"lot": "B-VALVE", "person": "olga"}
    assert shop.at(160).say(e.LotHoldRequested, reason="dents", **about) == ""
    assert shop.at(161).say(e.NonconformanceRaised, nonconformance="NC1", quantity=2, description="dents", **about) == ""
    assert shop.at(170).say(e.ShiftNoteLeft, "olga", shift="early", start_us=START_US, text="it waits for coolant") == ""
    shop.at(200).tell(e.Heartbeat(effective_us=shop.now_us, reason="clock"))
    return shop


def _makes_a(shop: ClockedShop) -> None:
    """Ten valves of A in two lots, of which one goes through; its bores are measured, and it leaves."""
    first = "A-VALVE.1"
    shop.at(5).on("olga", f"{first}/10")
    shop.at(6).staffed("mill_1", f"{first}/10", "olga")
    for minute, value in ((10, 50.0), (15, 56.5)):
        shop.at(minute).tell(
            e.ProcessValueObserved(effective_us=shop.now_us, equipment="mill_1", property="temperature", value=value, unit="°C")
        )
    energy = e.EnergyMetered(effective_us=START_US + 35 * MIN_US, equipment="mill_1", job_order=f"{first}/10", energy_wh=900)
    shop.at(35).tell(energy, shop.done("mill_1", f"{first}/10", 5), shop._state("mill_1", S.COMPLETE, f"{first}/10"))
    shop.at(36).tell(shop._state("mill_1", S.IDLE))
    for minute, bore in ((37, 10.02), (38, 9.98)):
        shop.at(minute).measure(first, bore=bore)
    shop.at(40).staffed("grinder_1", f"{first}/20", "otto")
    shop.at(60).tell(shop.done("grinder_1", f"{first}/20", 5), shop._state("grinder_1", S.COMPLETE, f"{first}/20"))
    shop.at(61).tell(shop._state("grinder_1", S.IDLE))
    shop.at(62).measure(first, leak=1.0, finish=1.0)


def _half_makes_b(shop: ClockedShop) -> None:
    shop.at(70).staffed("mill_1", "B-VALVE/10", "olga")
    shop.at(80).tell(replace(shop._state("mill_1", S.HELD, "B-VALVE/10"), reason="jam", person="olga"))
    shop.at(100).staffed("mill_1", "B-VALVE/10", "olga")
    count = e.CountObserved(
        effective_us=START_US + 110 * MIN_US, equipment="mill_1", job_order="B-VALVE/10", good=2, scrap=1, reason="burr"
    )
    shop.at(110).tell(count)

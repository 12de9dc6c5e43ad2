"""A dairy: vessels and a filler instead of mills, kilograms of milk instead of castings; another file, the same MES, from every source."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.rooms.quality.valve_shop import ITEMS, LAYOUT, MIN_US
from tests.rooms.upkeep.kept_shop import KeptShop
from twin.model import events as e
from twin.model.events.plant import UNCERTAIN
from twin.model.states import WorkUnitState as S
from twin.results.run import Run
from twin.results.views.floor import floor_now

DAIRY: dict[str, Any] = {
    **LAYOUT,
    "plant": "dairy",
    "title": "Dairy",
    "work_centers": {"heating": {"storage": "rack"}, "filling": {"storage": "rack"}},
    "work_units": {
        "pasteuriser_1": {"equipment_class": "pasteuriser", "work_center": "heating", "hourly_cost": "90 EUR/h"},
        "filler_1": {"equipment_class": "filler", "work_center": "filling", "hourly_cost": "70 EUR/h"},
    },
    "process_segments": {"heat": {"work_center": "heating"}, "fill": {"work_center": "filling"}},
    "routings": {"YOGHURT": {"10": {"segment": "heat", "run": "1 min"}, "20": {"segment": "fill", "run": "30 s"}}},
    "procedures": {
        "heating": {
            "operations": ["10"],
            "parameters": {"temperature": {"unit": "°C", "target": 92, "warn_below": 90, "stop_below": 85}},
            "unit_procedures": {"pasteurise": {"hold": ["soak"]}},
        }
    },
}
ITEMS_OF_IT: dict[str, Any] = {
    **ITEMS,
    "materials": {
        "MILK": {"kind": "purchased", "unit": "kg", "standard_cost": "0.50 EUR", "supplier": "foundry", "planning": {}},
        "YOGHURT": {
            "kind": "finished", "unit": "kg", "price": "2 EUR", "lot_size": 400, "bill": [{"material": "MILK", "quantity": 1}],
        },
    },
}  # fmt: skip


class Dairy(KeptShop):
    """Milk is there, and 400 kg of yoghurt are wanted."""

    def __init__(self) -> None:
        super().__init__(ITEMS_OF_IT, **DAIRY)
        self.tell(e.StockCounted(effective_us=self.now_us, material="MILK", lot="M0", quantity=1000))
        about: dict[str, Any] = {"order": "Y", "customer": "acme", "material": "YOGHURT", "quantity": 400, "unit_price_minor": 200}
        self.tell(e.SalesOrderConfirmed(effective_us=self.now_us, due_us=self.now_us + 10_000 * MIN_US, **about))

    def says(self, equipment: str, state: S, job_order: str = "", reason: str = "") -> None:
        self.tell(replace(self._state(equipment, state, job_order), reason=reason))

    def counts(self, equipment: str, job_order: str, **pieces: int) -> None:
        self.tell(e.CountObserved(effective_us=self.now_us, equipment=equipment, job_order=job_order, **pieces))


def on_the_floor(run: Run) -> str:
    return str(floor_now(run))


def a_day_of_yoghurt() -> Dairy:
    """It is heated, too cold at first, which is told; the filler jams with half of it, and the pasteuriser cannot get rid of the next."""
    it, heat, fill = Dairy(), "Y-YOGHURT/10", "Y-YOGHURT/20"
    it.says("pasteuriser_1", S.EXECUTE, heat)
    for value, quality in ((89.0, ""), (91.5, UNCERTAIN), (92.0, "")):
        about: dict[str, Any] = {"equipment": "pasteuriser_1", "property": "temperature", "unit": "°C"}
        it.tell(e.ProcessValueObserved(effective_us=it.now_us, value=value, quality=quality, **about))
    it.tell(e.EnergyMetered(effective_us=it.now_us, equipment="pasteuriser_1", job_order=heat, energy_wh=12_000))
    it.counts("pasteuriser_1", heat, good=400)
    it.says("pasteuriser_1", S.SUSPENDED, reason="blocked")
    it.says("filler_1", S.EXECUTE, fill)
    it.counts("filler_1", fill, good=200)
    it.tell(e.AlarmRaised(effective_us=it.now_us, equipment="filler_1", alarm="jam", message="a cup lies across"))
    it.says("filler_1", S.ABORTED, fill, "jam")
    return it


def test_a_plant_of_another_industry_is_the_same_from_every_source() -> None:
    it = a_day_of_yoghurt()
    it.tell(e.AlarmCleared(effective_us=it.now_us, equipment="filler_1", alarm="jam"))
    it.says("filler_1", S.EXECUTE, "Y-YOGHURT/20")
    it.counts("filler_1", "Y-YOGHURT/20", good=200)
    for name in ("filler_1", "pasteuriser_1"):
        it.says(name, S.IDLE)
    assert it.shipped() == {"Y": 400}
    assert it.run.mes.tracking.on_hand("MILK") == 600
    assert any("temperature of pasteuriser_1 is 89" in words for words in it.alerts())
    assert it.is_the_same_from_every_source(lambda run: run.lots, lambda run: run.job_orders, lambda run: run.process_values)


def test_of_machines_that_wait_for_one_another_it_is_seen_which_stands_and_which_cannot_go_on() -> None:
    it = a_day_of_yoghurt()
    now = {unit.equipment: unit for unit in floor_now(it.run).units}
    assert (now["filler_1"].reason, now["pasteuriser_1"].reason) == ("jam", "blocked")
    assert it.is_the_same_from_every_source(on_the_floor, Run.stops, Run.losses, lambda run: run.states)

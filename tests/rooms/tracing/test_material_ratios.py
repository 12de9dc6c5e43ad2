"""What became of each material, by numbers computed by hand; what a run says adds up."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

import twin
from tests.rooms.mes.little_plant import START_US, Floor
from tests.rooms.mes.performance.test_iso_22400 import little_journal
from twin.model.events import MaterialActual
from twin.model.states import MaterialUse
from twin.results.tracing.material_ratios import MaterialRatios, material_ratios, of_plant

RATIOS = ("finished_goods", "integrated_goods", "production_loss", "storage_and_transport_loss", "other_loss")


def of(floor: Floor, material: str) -> MaterialRatios:
    rows = material_ratios(floor.plant, floor.mes.tracking, floor.journal, START_US, floor.now_us + 1)
    return next(it for it in rows if it.material == material)


def test_what_became_of_the_steel_is_what_was_computed_by_hand():
    """8 pins take 800 mm; 6 are good, 2 scrap. Of 500 mm that come then, 60 are missing when it is counted, 140 are scrapped."""
    floor = little_journal()
    floor.tell(floor.stock("STEEL", 500, "bar"))
    floor.tell(floor.stock("STEEL", 440, "bar"))
    for lot, material, quantity in (("bar", "STEEL", 140), ("R.2", "PIN", 1)):  # a pin that was finished is no loss of steel in process
        use = MaterialUse.SCRAPPED.value
        floor.tell(MaterialActual(effective_us=floor.now_us, lot=lot, material=material, quantity=quantity, use=use))
    steel = of(floor, "STEEL")
    assert (steel.consumed, steel.finished, steel.integrated) == (1000, 600, 600)
    assert (steel.production_loss, steel.storage_and_transport_loss, steel.other_loss) == (200, 60, 140)
    assert [getattr(steel, f"{name}_ratio") for name in RATIOS] == [0.6, 0.6, 0.2, 0.06, 0.14]
    pins = of(floor, "PIN")
    assert (pins.consumed, pins.finished, pins.other_loss, pins.other_loss_ratio) == (1, 0, 1, 1.0)
    screws = of(floor, "SCREW")
    assert (screws.consumed, screws.finished_goods_ratio, screws.other_loss_ratio) == (0, None, None)


def test_the_plant_as_a_whole_is_what_was_bought_at_its_cost():
    """500 mm of steel at 4 minor units and 10 screws at 25; pins are made of steel, and their cost is the steel's."""
    plant = little_journal().plant
    said = dict.fromkeys(("finished", "integrated", "storage_and_transport_loss", "other_loss"), 0)
    rows = [
        MaterialRatios(material="STEEL", consumed=500, production_loss=100, **{**said, "finished": 300, "integrated": 400}),
        MaterialRatios(material="SCREW", consumed=10, production_loss=0, **{**said, "integrated": 9, "storage_and_transport_loss": 1}),
        MaterialRatios(material="PIN", consumed=4, production_loss=4, **said),
    ]
    whole = of_plant(rows, plant, lambda material, quantity: Fraction(quantity) * {"STEEL": 4, "SCREW": 25, "PIN": 10**6}[material])
    assert (whole.consumed, whole.finished, whole.integrated) == (2250, 1200, 1825)
    assert (whole.production_loss, whole.storage_and_transport_loss, whole.other_loss) == (400, 25, 0)
    assert whole.integrated_goods_ratio == 1825 / 2250


def test_what_is_in_process_is_in_the_goods_and_not_finished():
    floor = Floor().all_idle()
    floor.tell(floor.request("R", "PIN", 4), floor.stock("STEEL", 500))
    floor.starts("saw_1", "R/10")
    steel = of(floor, "STEEL")
    assert (steel.consumed, steel.finished, steel.integrated, steel.integrated_goods_ratio) == (400, 0, 400, 1.0)


def test_losses_and_goods_of_a_run_are_all_of_what_was_consumed(root: Path):
    run = twin.simulate(root / "plant_models/gearbox_shop", until="2 d", seed=1)
    table = run.material_ratios().set_index("material")
    parts = [f"{name}_ratio" for name in RATIOS if name != "finished_goods"]
    used = table[table["consumed"] > 0]
    assert len(used) >= 2
    assert used[parts].sum(axis=1).to_numpy() == pytest.approx(1.0)
    assert (used["finished"] <= used["integrated"]).all()
    assert run.material_ratios(run.now_us, run.now_us)["consumed"].sum() == 0
    whole = run.material_ratios_of_plant()
    assert whole.integrated + whole.production_loss + whole.storage_and_transport_loss + whole.other_loss == whole.consumed > 0

"""A kiosk of one press that cuts one key, and a power cut in its way: simulated in a hundredth of a second, booked by hand in a minute."""

from __future__ import annotations

from pathlib import Path

import twin
from tests.rooms.study import kiosk
from twin.model.plant import Plant
from twin.model.scenario import Scenario

PLANT = kiosk.PLANT.replace("{exponential: 9 min}", "10 min")
SCENARIO = """\
plant: kiosk
start: 2026-03-02T06:00:00Z
horizon: 30 min
demand: {orders: [{order: K1, customer: street, material: key, quantity: 1, due: 20 min}]}
disturbances:
- {equipment: press_1, at: 4 min, lasts: 40 min, reason: power_cut}
"""


def write_kiosk(
    folder: Path, price: str = "30 EUR", failures: str = "[]", scenario: str = SCENARIO, layout: str = PLANT
) -> tuple[Plant, Scenario]:
    """The kiosk as read: its files are "kiosk" and "asked.yaml" below `folder`."""
    plant = folder / "kiosk"
    plant.mkdir(exist_ok=True)
    (plant / "plant.yaml").write_text(layout.replace("execute: 1 kW}\n", f"execute: 1 kW}}\n    failures: {failures}\n"))
    (plant / "items.yaml").write_text(kiosk.ITEMS.replace("30 EUR", price))
    (folder / "asked.yaml").write_text(scenario)
    read = twin.read_plant(plant)
    return read, twin.read_scenario(folder / "asked.yaml", read)

"""A kiosk of one press that cuts one key, and a power cut in its way: simulated in a hundredth of a second, booked by hand in a minute."""

from __future__ import annotations

from pathlib import Path

import twin
from twin.model.plant import Plant
from twin.model.scenario import Scenario

PLANT = """\
plant: kiosk
title: Key kiosk
currency: EUR
time_zone: UTC
energy_tariff: 0.20 EUR/kWh
storage_units: {counter: {}}
work_centers: {cutting: {storage: counter}}
work_units:
  press_1:
    equipment_class: press
    work_center: cutting
    hourly_cost: 10 EUR/h
    power: {execute: 1 kW}
    failures: FAILURES
process_segments: {cut: {work_center: cutting}}
routings:
  key: {"10": {segment: cut, run: 10 min}}
"""
ITEMS = """\
materials:
  key: {kind: finished, price: PRICE, lot_size: 1}
customers: {street: {}}
"""
SCENARIO = """\
plant: kiosk
start: 2026-03-02T06:00:00Z
horizon: 30 min
demand: {orders: [{order: K1, customer: street, material: key, quantity: 1, due: 20 min}]}
disturbances:
- {equipment: press_1, at: 4 min, lasts: 40 min, reason: power_cut}
"""


def write_kiosk(folder: Path, price: str = "30 EUR", failures: str = "[]", scenario: str = SCENARIO) -> tuple[Plant, Scenario]:
    """The kiosk as read: its files are "kiosk" and "asked.yaml" below `folder`."""
    plant = folder / "kiosk"
    plant.mkdir(exist_ok=True)
    (plant / "plant.yaml").write_text(PLANT.replace("FAILURES", failures))
    (plant / "items.yaml").write_text(ITEMS.replace("PRICE", price))
    (folder / "asked.yaml").write_text(scenario)
    read = twin.read_plant(plant)
    return read, twin.read_scenario(folder / "asked.yaml", read)

"""A plant of one press that makes keys to order, and what may be asked of it: simulated in a few hundredths of a second."""

from __future__ import annotations

from pathlib import Path

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
process_segments: {cut: {work_center: cutting}}
routings:
  key: {"10": {segment: cut, run: {exponential: 9 min}}}
"""

ITEMS = """\
materials:
  key: {kind: finished, price: 30 EUR, lot_size: 1}
customers: {street: {title: Whoever comes by}}
"""

SCENARIO = """\
title: Does one press do?
plant: kiosk
start: 2026-03-02T06:00:00Z
horizon: 3 h
policies: {dispatch: fifo}
demand:
  streams:
    s: {customer: street, material: key, interval: {exponential: 12 min}, quantity: [1], promise: 40 min}
"""

CHANGES = {
    "baseline": "",
    "two_presses": "changes: {work_units.press_2: {equipment_class: press, work_center: cutting, hourly_cost: 10 EUR/h}}\n",
    "slow_press": "changes: {routings.key.10.run: {exponential: 11 min}}\n",
}
"""Scenarios by name: what is changed in each. Two presses are quicker and cost more; one slow press is worse in all respects."""


def write_kiosk(folder: Path) -> dict[str, Path]:
    """Write the plant and its scenarios below `folder`: the files by name, the plant's folder as "plant"."""
    plant, scenarios = folder / "plant_models" / "kiosk", folder / "scenarios" / "kiosk"
    plant.mkdir(parents=True)
    scenarios.mkdir(parents=True)
    (plant / "plant.yaml").write_text(PLANT)
    (plant / "items.yaml").write_text(ITEMS)
    files = {"plant": plant}
    for name, changes in CHANGES.items():
        files[name] = scenarios / f"{name}.yaml"
        files[name].write_text(SCENARIO + changes)
    return files

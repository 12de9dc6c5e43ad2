"""A little shop in which valves are bored and ground by hand: no machine is connected, persons say what they do."""

from __future__ import annotations

from typing import Any

from tests.rooms.quality.valve_shop import ITEMS, LAYOUT
from twin.model.materials import Materials
from twin.model.plant import Plant, PlantFile
from twin.model.scenario import Scenario

FINAL = {
    "title": "Final check",
    "material": "VALVE",
    "authority": "inspector",
    "characteristics": {"leak": {"unit": "ml", "upper": 5.0}, "finish": {"kind": "yes_no"}},
}
BORING, GRINDING = LAYOUT["work_units"]["mill_1"], LAYOUT["work_units"]["grinder_1"]


GUIDED: dict[str, Any] = {
    "procedures": {
        "boring": {
            "operations": ["10"],
            "steps": {
                "clear": {"text": "Clear the table", "before_start": True},
                "depth": {"text": "Measure the depth", "asks": "value", "unit": "mm", "lower": 9.5, "upper": 10.5},
            },
        }
    },
    "tools": {"reamer": {"operations": ["10"], "count": 2, "life": 100}},
    "labour": {"indirect": {"cleaning": {"title": "Cleaning"}}},
}
"""What persons have more to say about: steps, tools, other work."""


def hand_shop(declared: dict[str, Any] | None = None, **plans: dict[str, Any]) -> Plant:
    """One mill that takes a set-up, one grinder; whoever works there is an operator. `declared`: what plant.yaml has besides."""
    persons = {**LAYOUT["persons"], "pete": {"title": "Pete", "classes": ["operator"], "calendar": "always", "hourly_cost": "30 EUR/h"}}
    layout = {
        **LAYOUT,
        "title": "Hand shop",
        "persons": persons,
        "setups": {"mill": {"default": "10 min"}},
        "process_segments": {
            "bore": {"title": "Bore", "work_center": "boring", "personnel_class": "operator"},
            "grind": {"title": "Grind", "work_center": "grinding", "personnel_class": "operator"},
        },
        "routings": {
            "VALVE": {
                "10": {"segment": "bore", "run": "6 min", "setup_family": "valves"},
                "20": {"segment": "grind", "run": "3 min", "rework_to": "10"},
            }
        },
        "quality_plans": plans,
        **(declared or {}),
    }
    casting, valve = ITEMS["materials"]["CASTING"], ITEMS["materials"]["VALVE"]
    items = {**ITEMS, "materials": {"CASTING": {**casting, "opening_stock": 20}, "VALVE": valve}}
    return Plant(layout=PlantFile.model_validate(layout), materials=Materials.model_validate(items))


def two_orders() -> Scenario:
    """A is due before B."""
    order = {"customer": "acme", "material": "VALVE", "quantity": 5}
    return Scenario.model_validate(
        {
            "title": "Two orders by hand", "plant": "valve_shop", "start": "2026-03-02T06:00:00Z", "horizon": "30 d",
            "demand": {"orders": [{"order": "B", "at": 0, "due": "3 d", **order}, {"order": "A", "at": 0, "due": "2 d", **order}]},
        }
    )  # fmt: skip

"""The question that everybody asks first of a plant: what if there were one machine more here, or one less there, from now on?"""

from __future__ import annotations

from typing import Any

from twin.model.plant import Plant


def one_more_or_less(plant: Plant) -> dict[str, dict[str, Any]]:
    """By words ("one more at Milling"), the changes of the plant: another unit like the first of the work center; or without its last."""
    layout, found = plant.layout, dict[str, dict[str, Any]]()
    for center, declared in layout.work_centers.items():
        units = [name for name, unit in layout.work_units.items() if unit.work_center == center]
        title = declared.title or center
        if units:
            written = layout.work_units[units[0]].model_dump(mode="json", context={"currency": layout.currency})
            written["title"] = f"{layout.work_units[units[0]].title or units[0]}, one more"
            found[f"one more at {title}"] = {f"work_units.{_new_name(plant, units[0])}": written}
        if len(units) > 1:
            found[f"one less at {title}"] = {f"work_units.{units[-1]}": None}
    return found


def _new_name(plant: Plant, like: str) -> str:
    """A name that no equipment has."""
    n, taken = 2, set(plant.equipment)
    while f"{like}_{n}" in taken:
        n += 1
    return f"{like}_{n}"

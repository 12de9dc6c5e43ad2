"""Equipment together: the work units and lines of a work center, of an area, and of the plant (the levels of ISA-95)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from twin.mes.equipment import EquipmentRecord
from twin.model.plant import Plant

GROUPS = ("work_center", "area", "plant")
Members = Mapping[str, Mapping[str, list[str]]]  # scope -> name -> equipment


def members_of(plant: Plant, records: Iterable[EquipmentRecord]) -> Members:
    """Who belongs where, in declared order. Stations count as their line, vehicles nowhere; a work center may lie in no area."""
    found: dict[str, dict[str, list[str]]] = {
        "work_center": {name: [] for name in plant.layout.work_centers},
        "area": {it.area: [] for it in plant.layout.work_centers.values() if it.area},
        "plant": {plant.layout.plant: []},
    }
    for record in records:
        if not record.is_scheduled:
            continue
        found["work_center"][record.work_center].append(record.equipment)
        found["plant"][plant.layout.plant].append(record.equipment)
        if area := plant.layout.work_centers[record.work_center].area:
            found["area"][area].append(record.equipment)
    return found

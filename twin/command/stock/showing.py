"""stock: what lies where, in the terminal or as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from twin.command.manners import say
from twin.command.upkeep.showing import run_of, show
from twin.model.problems import did_you_mean, listed

COLUMNS = {
    "stock": ("material", "on_hand", "unit", "reserved", "held", "free", "incoming", "value", "inventory_class", "days_of_stock", "turns"),
    "bins": ("bin", "places_taken", "capacity", "material", "lot", "quantity", "reserved", "free", "expires", "standing"),
    "reservations": ("order", "material", "lot", "bin", "quantity", "pick_list"),
    "pick_lists": ("pick_list", "wave", "order", "standing", "released", "bin", "material", "lot", "quantity", "picked"),
    "cycle_counts": ("count", "material", "inventory_class", "standing", "bin", "lot", "expected", "found", "difference", "counted_by"),
    "serial_numbers": ("serial_number", "material", "lot", "bin", "standing", "order"),
}


def stock(
    place: Path, scenario: Path | None, *, until: str | None, seed: int, record: str | None, materials: Sequence[str], json: bool
) -> None:
    """Print what is in stock, where, and for whom.

    Raises
    ------
    ValueError : no such material
    Failed : the person ended the run before there was an answer
    """
    run = run_of(place, scenario, until, seed, record)
    known = run.plant.materials.materials
    for name in materials:
        if name not in known:
            raise ValueError(f"--material: there is no material '{name}'{did_you_mean(name, known)}; allowed: {listed(known)}")
    tables = {name: getattr(run, name)() for name in COLUMNS}
    if materials:
        tables = {name: table[table["material"].isin(list(materials))] for name, table in tables.items()}
    currency = run.plant.layout.currency.lower()
    columns = {name: [f"value_{currency}" if it == "value" else it for it in shown] for name, shown in COLUMNS.items()}
    if not json and run.plant.layout.warehouse is None:
        say(f"{run.plant.id} declares no warehouse; allowed: warehouse in plant.yaml, or in the changes of a scenario")
    show(tables, columns, time_zone=run.plant.layout.time_zone, json=json)

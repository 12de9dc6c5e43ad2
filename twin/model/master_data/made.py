"""How something new is made: its routing, which stands in plant.yaml where all else of a material stands in items.yaml.

One entry declares both, so that there is no instant at which a material is there and nobody could make it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from twin.model.events import MasterDataChanged
from twin.model.floor.words import Id
from twin.model.master_data.complaints import findings
from twin.model.measures import Table
from twin.model.plant import Operation, Plant
from twin.model.problems import Finding

MATERIALS, ROUTING = "materials", "routing"
MADE = ("made", "finished")
"""Kinds of what is made here."""
OF_MADE = ("bill", "bill_for", "costing_lot", ROUTING)
"""What is said of something new that is made, beside what is said of all that is new."""
Routing = dict[Id, Operation]


class Made(Table):
    """The operations of one material, as plant.yaml has them."""

    routing: Routing = {}


def apart(table: str, written: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What is written of something: what items.yaml holds of it, and its routing, if there is one."""
    of_floor = {ROUTING} if table == MATERIALS else set()
    return {key: it for key, it in written.items() if key not in of_floor}, {key: it for key, it in written.items() if key in of_floor}


def is_made(said: MasterDataChanged) -> bool:
    """Whether somebody declares something new that is made here."""
    return said.is_new and said.table == MATERIALS and any(key == "kind" and it.strip() in MADE for key, it in said.changes)


def routing_of(written: Mapping[str, Any]) -> Routing:
    """The operations of a material; none, if nothing is written of them."""
    return Made.model_validate(apart(MATERIALS, written)[1]).routing


def complaints(of_floor: Mapping[str, Any]) -> Iterable[Finding]:
    """What is wrong with how a routing is written."""
    try:
        Made.model_validate(of_floor)
    except ValidationError as error:
        return findings("plant", Made, of_floor, error)
    return ()


def with_routing(plant: Plant, material: str, routing: Routing) -> Plant:
    """The plant, where a material is made so: a value; itself, where there is nothing to be said of it."""
    if not routing:
        return plant
    return plant.model_copy(update={"layout": plant.layout.model_copy(update={"routings": {**plant.layout.routings, material: routing}})})


def outside(material: str, routing: Routing) -> Iterator[str]:
    """What a routing asks for that nothing can begin with while the plant runs."""
    for operation, it in routing.items():
        if it.subcontract is not None:
            yield f"operation {operation} of '{material}' is done by a supplier; allowed: operations that are done here"
        if it.arrival_is_told:
            yield f"lots of '{material}' would be scanned after operation {operation}; allowed: a fixed transport time, and no interval"

"""What operations may ask of work units and of transport, drawn for every operation of a plant."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

Tables = dict[str, Any]

DRAWN = st.sampled_from(
    [
        "0 min",
        "3 min",
        {"exponential": "4 min"},
        {"uniform": {"low": "0 min", "high": "6 min"}},
        {"empirical": {"values": ["0 min", "3 min"]}},
    ]
)


def sometimes(draw: st.DrawFn, table: Tables, key: str, values: st.SearchStrategy[Any]) -> None:
    """Leave what is declared, or draw another."""
    if draw(st.booleans()):
        table[key] = draw(values)


def with_odd_steps(draw: st.DrawFn, layout: Tables) -> None:
    """Everything of this file."""
    with_odd_arrivals(draw, layout)
    with_odd_units(draw, layout)


def with_odd_units(draw: st.DrawFn, layout: Tables) -> None:
    """Batches counted in pieces or as an operation says, lots that come back to a work unit, idle units that are set up first."""
    for center in layout["work_centers"].values():
        center["idle_first"] = draw(st.sampled_from(["declared", "least_setup"]))
    for unit in (it for it in layout["work_units"].values() if it["batch"]):
        unit["batch"]["counts"] = draw(st.sampled_from(["lots", "pieces"]))
    for routing in layout["routings"].values():
        before: list[str] = []
        for name, operation in routing.items():
            if layout["process_segments"][operation["segment"]]["work_center"] != "line":
                sometimes(draw, operation, "batch", st.sampled_from([{"maximum": 2}, {"minimum": 3, "maximum": 9, "counts": "pieces"}]))
            if before:
                sometimes(draw, operation, "same_unit_as", st.sampled_from(before))
            before.append(name)


def with_odd_arrivals(draw: st.DrawFn, layout: Tables) -> None:
    """Drawn transport, and cascades: nobody can reckon when a lot is where it goes."""
    for routing in layout["routings"].values():
        for operation in routing.values():
            sometimes(draw, operation, "transport", DRAWN)
            if layout["process_segments"][operation["segment"]]["work_center"] != "line":
                sometimes(draw, operation, "interval", st.sampled_from(["1 us", "2 min", "30 min"]))

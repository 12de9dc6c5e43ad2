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


def with_odd_arrivals(draw: st.DrawFn, layout: Tables) -> None:
    """Drawn transport, and cascades: nobody can reckon when a lot is where it goes."""
    for routing in layout["routings"].values():
        for operation in routing.values():
            sometimes(draw, operation, "transport", DRAWN)
            if layout["process_segments"][operation["segment"]]["work_center"] != "line":
                sometimes(draw, operation, "interval", st.sampled_from(["1 us", "2 min", "30 min"]))

"""Any small planning task: bills without circles, by-products, lot sizes, limits, yields, lead times on a calendar with days off."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st

from twin.erp.material_plan.planning import Requirements, calendar_row
from twin.kernels.material_plan import columns as at

RULES = (at.LOT_FOR_LOT, at.PERIOD, at.ECONOMIC, at.SILVER_MEAL, at.PART_PERIOD, at.LEAST_UNIT_COST, at.WAGNER_WHITIN)


@st.composite
def tasks(draw: st.DrawFn, most_materials: int = 7, most_buckets: int = 9) -> Requirements:
    """Numbers of materials say nothing of their levels."""
    count, buckets = draw(st.integers(1, most_materials)), draw(st.integers(1, most_buckets))
    rank = draw(st.permutations(range(count)))
    materials = np.zeros((count, at.MATERIAL_WIDTH), np.int64)
    for row in materials:
        row[at.ON_HAND], row[at.SAFETY_STOCK] = draw(st.integers(-5, 30)), draw(st.sampled_from([0, 0, 8]))
        row[at.LEAD], row[at.SAFETY_TIME], row[at.CALENDAR] = draw(st.integers(0, 3)), draw(st.integers(0, 1)), draw(st.integers(0, 1))
        row[at.YIELD], row[at.RULE] = draw(st.sampled_from([at.MILLION, 900_000, 700_001])), draw(st.sampled_from(RULES))
        row[at.PERIODS], row[at.MULTIPLE] = draw(st.integers(1, 4)), draw(st.integers(1, 6))
        row[at.MINIMUM] = draw(st.integers(0, 12))
        least = -(-max(1, int(row[at.MINIMUM])) // int(row[at.MULTIPLE])) * int(row[at.MULTIPLE])
        row[at.MAXIMUM] = least * draw(st.integers(0, 2))
        row[at.MOVE_IN] = draw(st.sampled_from([0, 1, 3, 99]))
    lines = [
        (parent, child, draw(st.integers(1, 5)), draw(st.sampled_from([1, 1, 3, 7])), int(draw(st.integers(0, 5)) == 0))
        for parent in range(count)
        for child in range(count)
        if rank[parent] < rank[child] and draw(st.booleans())
    ]
    rows = st.lists(st.tuples(st.integers(0, count - 1), st.integers(0, buckets - 1), st.integers(1, 40)), max_size=12)
    supply = table(draw(rows), 3)
    works = np.array([True, *(draw(st.booleans()) for _ in range(buckets - 1))])
    return Requirements(
        materials=materials,
        costs=np.array([[draw(st.integers(1, 60)), draw(st.integers(1, 5))] for _ in range(count)], np.float64),
        calendars=np.stack([calendar_row(np.ones(buckets, np.bool_)), calendar_row(works)]),
        lines=table(lines, 1 + at.LINE_WIDTH),
        demand=table(draw(rows), 3),
        supply=supply,
        movable=np.array(draw(st.lists(st.booleans(), min_size=len(supply), max_size=len(supply))), np.bool_),
        bucket_count=buckets,
    )


def table(rows: list[Any], width: int) -> at.Ints:
    return np.array(rows, np.int64).reshape(-1, width)

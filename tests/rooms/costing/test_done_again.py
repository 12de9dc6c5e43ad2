"""Work that is done again is taken off its request, and what is absorbed stays what the hours say, to the cent."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rooms.erp.small_shop import HOUR_US, ITEMS, START_US, Carried, balances, job, plant
from twin.erp import Erp
from twin.model.events import DispositionCarriedOut, EquipmentActual, OperationsRequestReleased, PersonnelActual
from twin.model.scenario import Policies


@pytest.mark.parametrize("overheads", [{}, {"rent": {"per": "labour_hour", "rate": "30 EUR"}}], ids=["plain", "overhead"])
def test_halves_of_a_cent_that_are_done_again_lose_nothing(overheads: dict[str, Any]) -> None:
    """Twice half a cent of labour, the first of them done again: by its hours 1 of labour is absorbed, or the run ends."""
    carried = Carried(Erp(plant(items={**ITEMS, "overheads": overheads}), Policies()))
    carried.start(housing=5, gear=20)
    at_us = START_US + 7 * HOUR_US
    asked = OperationsRequestReleased(effective_us=at_us, request="R", material="gearbox", quantity=1, due_us=at_us + HOUR_US)
    carried.round(asked, *(job(at_us, "R", name, "gearbox", 1) for name in ("fit", "again")))
    carried.round(
        DispositionCarriedOut(
            effective_us=at_us, lot="R", nonconformance="N", disposition="rework", material="gearbox", quantity=1, job_orders=("R/again",)
        )
    )
    for n, name in enumerate(("again", "fit"), start=1):
        base: dict[str, Any] = {"effective_us": at_us + n * HOUR_US, "request": "R", "job_order": f"R/{name}"}
        carried.round(
            PersonnelActual(**base, person="anna", work_us=600_000), EquipmentActual(**base, equipment="bench_1", run_us=3_000_000)
        )
    assert balances(carried.erp)["labour_absorbed"] == -1

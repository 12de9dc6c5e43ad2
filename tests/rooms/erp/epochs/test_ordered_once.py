"""The plan that decides orders what is late once: what is on its way is expedited, and not ordered again each day until it comes."""

from __future__ import annotations

from tests.rooms.erp.small_shop import DAY_US, START_US, Carried, of_type, order, plant
from twin.erp import Erp
from twin.model.events import Heartbeat, PurchaseOrderPlaced
from twin.model.scenario import Policies


def bought(*sold: tuple[int, int, int]) -> list[tuple[int, int]]:
    """Day and quantity of what is ordered of housings, which take five days, where `sold` are (day, quantity, day due)."""
    shop = Carried(Erp(plant(), Policies(planning="material_plan")))
    shop.start(steel=25_000)
    found = []
    for day in range(1, 6):
        now_us = START_US + day * DAY_US
        new = [
            order(now_us, f"S{day}-{n}", quantity, material="housing", due_us=due * DAY_US)
            for n, (on, quantity, due) in enumerate(sold)
            if on == day
        ]
        placed = of_type(shop.round(*new, Heartbeat(effective_us=now_us, reason="shift")), PurchaseOrderPlaced)
        found += [(day, it.quantity) for it in placed if it.material == "housing"]
    return found


def test_what_is_late_is_ordered_once() -> None:
    assert bought((1, 10, 2)) == [(1, 10)]


def test_what_is_on_its_way_does_not_keep_anything_else_from_being_ordered() -> None:
    """Four more on day 3 than are on their way; and ten for day 10, on the day on which these have to start: none come of what
    those who wait will take."""
    assert bought((1, 10, 2), (3, 4, 4)) == [(1, 10), (3, 4)]
    assert bought((1, 10, 2), (4, 10, 10)) == [(1, 10), (5, 10)]

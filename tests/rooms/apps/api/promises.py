"""What programs are told of when an order can be there: before it is taken, and when a change moves its date."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from tests.rooms.apps.api.said import ORDER
from twin.apps.api.documents import known_at
from twin.results.run import Run
from twin.results.views.overview import local_time, overview


def promises_are_told_first_and_when_they_move(run: Run, ask: Callable[..., Any], taken: dict[str, Any]) -> None:
    """Refused with the date that can be kept where only a promise will do; a date that moves is told in the answer, and on the Overview."""
    assert ask("/orders/X1")[1]["leaves"]["played_once"]  # something is made for it, or what others wanted no more is kept for it
    assert taken["promise"].startswith("3 of Gearbox G2, two stages, 22 kW can be there ")
    soon = {**ORDER, "order": "Z1", "quantity": 2, "due": (known_at(run.now_us) + timedelta(hours=2)).isoformat()}
    status, late, _ = ask("/orders", {**soon, "quantity": 400, "only_if_promised": True})
    assert status == 409
    words = r"400 of Gearbox G2, .* cannot be there before .* late .*allowed: a date from then on, or only_if_promised: false"
    assert re.search(words, late["detail"])
    assert ask("/orders", soon)[0] == 201
    order = run.erp.customer_orders.orders["Z1"]
    before_us = order.due_us
    status, more, _ = ask("/entries/sales-order-changed", {"order": "Z1", "quantity": 400, "reason": "more of them"})
    assert status == 201
    assert (order.moved_from_us, order.due_us > before_us) == (before_us, True)
    was, now = (local_time(run.plant, at_us) for at_us in (before_us, order.due_us))
    ((moved, words),) = overview(run).moved
    assert (moved, words.startswith(f"promised for {now} now, no longer for {was}: ")) == ("Z1", True)
    assert more["promise"] == f"Z1 is for 400 of Gearbox G2, two stages, 22 kW now, {words}"
    _, fewer, _ = ask("/entries/sales-order-changed", {"order": "Z1", "quantity": 3, "reason": "fewer of them"})
    there = rf"Z1 is for 3 of .* now, promised for {now}; what is to leave can be there \w+ \d+ \w+, \d\d:\d\d \(.+\)"
    assert re.fullmatch(there, fewer["promise"]), fewer
    kept = ask("/allocations?most=500")[1]
    assert [it["due"] for it in kept] == sorted(it["due"] for it in kept), "of all products, the earliest due first"
    assert len({it["material"] for it in kept}) > 1
    lines = [["GB22", 1, soon["due"], -1], ["GB2", 0, soon["due"], -1]]
    _, wrong, _ = ask("/entries/sales-order-entered", {"order": "Z2", "customer": "mixers", "order_lines": lines})
    assert [it["what"].partition(":")[0] for it in wrong["problems"]] == ["line 1", "line 2"], (
        "each line that is wrong is a problem of its own"
    )
    assert all(it["allowed"] for it in wrong["problems"])

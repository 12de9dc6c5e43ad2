"""What programs of the tests say, and how they read what is answered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

ORDER = {"order": "X1", "customer": "mixers", "material": "GB2", "quantity": 3, "due": "2026-03-20T12:00:00Z"}
PURCHASE = {"order": "P1", "material": "BRG1", "quantity": 10, "due": ORDER["due"]}
LOT = {"material": "BAR50", "lot": "open-BAR50", "quantity": 1}
FIRM = {"planned_order": "P-GB1-1", "material": "GB1", "quantity": 1, "due_day": "2026-03-20"}
CANNOT_BE: list[tuple[str, dict[str, Any] | None, int, str]] = [
    ("/orders", {**ORDER, "order": "X9", "material": "GB22"}, 409, "did you mean 'GB2'?"),
    ("/orders", {**ORDER, "order": "X9", "customer": "nobody"}, 409, "nobody knows a customer 'nobody'"),
    ("/orders", {**ORDER, "order": "X9", "due": "2020-01-01T00:00:00Z"}, 409, "the due date is over"),
    ("/orders", {**ORDER, "order": "B5"}, 409, "customer order 'B5' is known already"),
    ("/orders", {**ORDER, "order": "X9", "quantity": -1, "fluff": 1}, 422, "body/fluff"),
    ("/orders", {**ORDER, "order": "X9", "due": "2026-03-20T12:00:00"}, 422, "timezone info; allowed: an instant with its zone"),
    ("/orders", {**ORDER, "order": "X9", "due": "2026-03-20"}, 422, "allowed: an instant with its zone, as 2026-03-20T12:00:00Z"),
    ("/statements/balance?until=2026-04-01", None, 422, "allowed: an instant with its zone"),
    ("/statements/balance?until=2026-04-01T00:00:00Z", None, 422, "'until' is 2026-04-01T00:00:00+00:00, which is to come; allowed:"),
    ("/statements/trial-balance?known_at=2026-04-01T00:00:00Z", None, 422, "'known_at' is 2026-04-01T00:00:00+00:00, which is to come"),
    ("/exports/statements.xlsx?until=2026-04-01T00:00:00Z", None, 422, "which is to come; allowed: up to now"),
    ("/exports/orders.pdf?since=2026-03-01T00:00:00Z", None, 422, "orders.pdf has everything up to now; allowed: without"),
    ("/plan/firm", {**FIRM, "planned_order": "P-GB9-1"}, 409, "the plan has no order 'P-GB9-1'"),
    ("/orders", {**ORDER, "order": "X" * 70_000}, 413, "more than 65536 bytes"),
    ("/purchase-orders", {**PURCHASE, "order": "P9", "material": "GB1"}, 409, "'GB1' is not bought"),
    ("/purchase-orders", {**PURCHASE, "order": "P9", "supplier": "steel"}, 409, "does not come from 'steel'"),
    ("/purchase-orders", {**PURCHASE, "order": "P9", "currency": "USD"}, 409, "nobody knows the rate of 'USD'; allowed: EUR"),
    ("/stock-counts", {"material": "GB1", "lot": "open-BAR50", "quantity": 1}, 409, "is of 'BAR50'"),
    ("/orders?frist=1", None, 422, "'frist' (did you mean 'first'?); allowed: first, most, is_open"),
    ("/stock/GB1?most=1", None, 422, "'most'; allowed: none"),
    ("/papers/letter/X1", None, 422, "path/kind"),
    ("/papers/order_confirmation/B55", None, 404, "there is no customer order 'B55' (did you mean 'B5'?)"),
    ("/orders/B55", None, 404, "there is no customer order 'B55' (did you mean 'B5'?); allowed: "),
    ("/stock/GB11", None, 404, "there is no material 'GB11' (did you mean 'GB1'?); allowed: "),
    ("/promises/BAR50?quantity=1", None, 404, "there is no product 'BAR50'; allowed: GB1"),
    ("/dimensions/colour", None, 422, "path/dimension"),
    ("/variances?since=2026-03-05T00:00:00Z&until=2026-03-03T00:00:00Z", None, 422, "after 'until'; allowed: up to 2026-03-03"),
    ("/statements/income?since=yesterday", None, 422, "query/since"),
    ("/statements/income?since=2026-03-05T00:00:00Z&until=2026-03-03T00:00:00Z", None, 422, "after 'until'; allowed: up to 2026-03-03"),
    ("/statements/income?until=9999-12-31T23:59:59-12:00", None, 422, "allowed: 1970 to 2999"),
    ("/statements/income?until=0001-01-01T00:00:00%2B14:00", None, 422, "allowed: 1970 to 2999"),
    ("/exports/books.docx", None, 422, "path/file"),
    ("/exports/statements.xlsx?window=1999-12", None, 422, "nothing here is called 'window'; allowed: since, until"),
    ("/bank-statements", {"content": "PGh0bWwvPg=="}, 409, "the file has 0 statements; allowed: a statement as camt.053"),
    ("/bank-statements", {"content": "x" * 2_200_000}, 413, "more than 2098176 bytes"),
    ("/period-closes", {"period": "1999-12"}, 409, "period '1999-12' cannot be closed"),
]  # fmt: skip
"""Address, document, status and words of what is refused."""


def lowered(headers: Any) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def plans_are_read(ask: Callable[..., Any]) -> None:
    """The record of a material, and beside it the master schedule, load, orders on equipment and buffers."""
    planned = ask("/plan/materials/GB1")[1]
    assert {len(planned[line]) for line in ("days", "gross", "scheduled", "net", "projected")} == {len(planned["days"])}
    master, load, finite = (ask(f"/plan/{name}?most=500")[1] for name in ("master", "capacity", "finite"))
    assert [it["ordered"] for it in master if it["material"] == "GB1" and it["ordered"]] == [it for it in planned["gross"] if it]
    assert {it["kind"] for it in load} == {"work center", "personnel class"}
    assert all(it["over_h"] == pytest.approx(max(0, it["load_h"] - it["capacity_h"]), abs=1e-9) for it in load)
    late = [it["late_h"] for it in finite if it["late_h"] is not None]
    assert late == sorted(late, reverse=True)
    assert all(bool(it["why"]) == (it["late_h"] != 0) for it in finite)
    asked = {it["customer_order"] for it in finite} - {""}
    assert asked
    orders = ask("/orders?most=500")[1]
    assert asked <= {it["order"] for it in orders if it["leaves"]}, "each of which /orders tells when it leaves"
    for it in orders:
        leaves, due = (datetime.fromisoformat(it[name]) for name in ("expected", "due"))
        assert it["expected_late_s"] == max(0, int((leaves - due).total_seconds()))
        assert it["late_by_s"] == 0 or it["standing"] in ("late", "shipped late"), "what is not due yet is not late, and may leave late"
    assert ask("/plan/buffers")[1] == []


def a_plan_is_tried(ask: Callable[..., Any], run: Any, wait_until: Callable[..., None], looker: str) -> None:
    """Begun once, one at a time, ended, read, refused in words; nothing is ordered by it."""
    before = len([it for it in run.journal.entries() if it.source == "user"])
    short = {"runs": 2, "days": 1}
    status, begun, _ = ask("/plan/trials/monday", short, method="PUT")
    assert (status, begun["state"], begun["runs"], begun["orders"]) == (202, "running", 2, [])
    assert ask("/plan/trials/monday", short, method="PUT")[2]["idempotency-replayed"] == "true"
    assert "was asked for otherwise (2 runs of 1 days, seed 1)" in ask("/plan/trials/monday", {"runs": 3}, method="PUT")[1]["detail"]
    assert "once it has ended, or after DELETE /plan/trials/monday" in ask("/plan/trials/tuesday", short, method="PUT")[1]["detail"]
    assert ask("/plan/trials/monday", short, method="PUT", token=looker)[0] == 403
    assert ask("/plan/trials/sunday")[1]["detail"] == "there is no trial 'sunday'; allowed: monday"
    assert "body/runs" in ask("/plan/trials/sunday", {"runs": 0}, method="PUT")[1]["detail"]
    wait_until(lambda: ask("/plan/trials/monday")[1]["state"] != "running")
    told = ask("/plan/trials/monday")[1]
    assert (told["state"], told["done"], told["why"]) == ("done", 2, "")
    assert {it["order"] for it in told["orders"]} <= set(run.erp.customer_orders.orders)
    assert all(0 <= it["on_time_share_low"] <= it["on_time_share"] <= it["on_time_share_high"] <= 1 for it in told["orders"])
    assert told["result"]["mean_minor"] == pytest.approx(told["revenue"]["mean_minor"] - told["cost"]["mean_minor"], abs=1)
    assert ask("/plan/trials/all", {"runs": 200, "days": 60}, method="PUT")[0] == 202
    assert ask("/plan/trials/all", method="DELETE")[0] == 202
    wait_until(lambda: ask("/plan/trials/all")[1]["state"] == "cancelled")
    assert [it["trial"] for it in ask("/plan/trials")[1]] == ["monday", "all"]
    assert len([it for it in run.journal.entries() if it.source == "user"]) == before


def futures_are_played(ask: Callable[..., Any], run: Any, wait_until: Callable[..., None], looker: str) -> None:
    """As it is and with one machine less, as a pair; whatever cannot be asked is refused in words, before anything is played."""
    asked = {"count": 2, "until": "4 h", "change": "one less at Hobbing"}
    status, refused, _ = ask("/futures", asked)
    assert (status, refused["detail"].startswith("no change 'one less at Hobbing'")) == (409, True)
    assert "one less at Gear hobbing" in refused["problems"][0]["allowed"]
    assert "has no 'saw_9'" in ask("/futures", {"changes": {"work_units.saw_9.calendar": "nights"}})[1]["detail"]
    assert "another 'materials'" in ask("/futures", {"changes": {"materials.GB1.title": "g"}})[1]["detail"]
    for slip in ({"until": "90 d"}, {"until": "0 d"}, {"until": "Friday"}, {"count": 0}, {**asked, "changes": {"persons": {}}}):
        assert ask("/futures", slip)[0] == 422, slip
    assert ask("/futures", asked, token=looker)[0] == 403
    asked["change"] = "one less at Gear hobbing"
    status, begun, _ = ask("/futures", asked, key="hob")
    assert (status, begun["futures"], begun["state"], begun["done"]) == (202, "shop:hob", "running", 0)
    assert ask("/futures", asked, key="hob")[2]["idempotency-replayed"] == "true"
    assert "after DELETE /futures/shop:hob" in ask("/futures", asked)[1]["detail"]
    wait_until(lambda: ask("/futures/shop:hob", token=looker)[1]["state"] != "running")
    told = ask("/futures/shop:hob")[1]
    assert (told["state"], told["count"], told["why"], told["done"]) == ("done", 2, "", told["steps"])
    open_orders = {name for name, it in run.erp.customer_orders.orders.items() if it.open_quantity}
    assert {it["order"] for it in told["orders"]} == {it["order"] for it in told["changed_orders"]} == open_orders
    late = next(it for it in told["differences"] if it["outcome"] == "late_h")
    assert late["difference"] == pytest.approx(late["changed"] - late["as_it_is"])
    assert (told["why_not_booked"] == "") == ("result_eur" in {it["outcome"] for it in told["differences"]})
    assert ask("/futures", {"count": 1000, "until": "60 d"}, key="all")[0] == 202
    assert ask("/futures/shop:all", method="DELETE")[0] == 202
    wait_until(lambda: ask("/futures/shop:all")[1]["state"] == "cancelled")
    assert [it["futures"] for it in ask("/futures")[1]] == ["shop:hob", "shop:all"]
    assert ask("/futures/shop:none")[1]["detail"] == "there are no futures 'shop:none'; allowed: shop:hob, shop:all"


def is_told(path: str, docs: str) -> bool:
    """Whether docs/API.md names an address: what is asked by name as far as the name, what begins alike by its end."""
    if path.endswith("}"):
        return path.partition("{")[0] in docs
    name = path.rpartition("/")[2]
    ends = [f"`{name[at:]}`" for at, letter in enumerate(name) if letter == "-" and path.startswith("/entries")]
    return any(words in docs for words in [path, f"`{name}`", f"`/{name}`", *ends])

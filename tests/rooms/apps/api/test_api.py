"""The interface for programs over a real socket: what is read, what is said, once, and what is refused in words."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

import twin
from tests.rooms.apps.api.in_pdf import pdfs_say_every_amount
from tests.rooms.apps.api.promises import promises_are_told_first_and_when_they_move
from tests.rooms.apps.api.reading import a_statement_is_handed_in, bills_are_set_off_and_sent_back, what_is_owed_dearer_and_in_bins
from tests.rooms.apps.api.said import CANNOT_BE, LOT, ORDER, PURCHASE, a_plan_is_tried, futures_are_played, is_told, lowered, plans_are_read
from tests.rooms.apps.api.shop_floor import what_is_done_there, what_stands_where
from tests.rooms.apps.api.signed import decisions_are_signed, master_data_is_said, records_are_reviewed
from tests.rooms.apps.api.tokens import ALL_BUT, LOOKER, SHOP, TEXT, may_do_all
from tests.rooms.apps.test_entries import wait_until
from twin.apps.api.documents import OrderAsked
from twin.apps.api.entries import address_of, entries_of
from twin.apps.api.once import Once, Refused
from twin.apps.api.records import _Meaning
from twin.apps.api.saying import order_said
from twin.apps.api.serving import ApiServer
from twin.apps.feed import Feed
from twin.apps.feeds import simulated
from twin.model.events import PurchaseOrderPlaced, RecordSigned, SalesOrderConfirmed, TestResultRecorded
from twin.model.states import Source, WorkUnitState
from twin.store.tokens import read_tokens

NUMBERS = count()
PACKED = "scenarios/gearbox_shop/packed.yaml"
HOUR_US = 3_600_000_000
# A right document may not fit how things stand; and what lacks a token is sent with one.
NOT_ASKED = [positive_data_acceptance, negative_data_rejection]
Answer = tuple[int, Any, dict[str, str]]
Ask = Callable[..., Answer]


@pytest.fixture(scope="module")
def served(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Feed, str]]:
    """The shop that has bins and packs, a day and four hours after its start, in real time, and where programs speak to it."""
    file = tmp_path_factory.mktemp("api") / "tokens.yaml"
    file.write_text(TEXT)
    file.chmod(0o600)
    feed = may_do_all(simulated(root / "plant_models/gearbox_shop", root / PACKED, seed=1, speed=1, lead_us=28 * HOUR_US))
    with ApiServer(feed.start(), read_tokens(file, feed.run.plant.layout.persons), 0) as server:
        yield feed, server.address
    feed.stop()
    assert not feed.failure
    assert feed.run.violations(whole=True) == []


@pytest.fixture
def ask(served: tuple[Feed, str]) -> Ask:
    def asked(path: str, body: Any = None, *, token: str | None = SHOP, key: str | None = "new", method: str | None = None) -> Answer:
        headers = {"Content-Type": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        if body is not None and key:
            headers["Idempotency-Key"] = f"{path[1:].replace('/', '-')}-{next(NUMBERS)}" if key == "new" else key
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(served[1] + path, data=data, headers=headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, json.loads(answer.read()), lowered(answer.headers)
        except urllib.error.HTTPError as refusal:
            status, headers, document = refusal.code, lowered(refusal.headers), json.loads(refusal.read())
        assert headers["content-type"] == "application/problem+json"
        assert document["status"] == status
        return status, document, headers

    return asked


def test_programs_read_what_the_plant_knows(served: tuple[Feed, str], ask: Ask) -> None:
    run = served[0].run
    status, orders, _ = ask("/orders?most=500")
    assert status == 200
    assert {it["order"] for it in orders} == set(run.erp.customer_orders.orders)
    assert [it["material"] for it in ask("/stock?most=500")[1]] == list(run.plant.materials.materials)
    _, stock, _ = ask("/stock/GB1")
    assert sum(lot["value_minor"] for lot in stock["lots"]) == stock["value_minor"]
    _, trial, _ = ask("/statements/trial-balance")
    assert trial["debit_minor"] == trial["credit_minor"] > 0
    balances = {it["account"]: it["debit_minor"] - it["credit_minor"] for it in trial["accounts"]}
    assert balances == run.erp.ledger.balances
    assert ask("/statements/income?until=2026-03-02T00:00:00Z")[1]["lines"][-1]["amount_minor"] == 0
    _, flow, _ = ask("/statements/cash-flow")
    totals = [it["amount_minor"] for it in flow["lines"] if it["is_total"]]
    assert totals == [balances["cash"]] * 2
    assert sum(it["amount_minor"] for it in flow["lines"]) == 2 * sum(totals)
    assert {it["amount_minor"] for it in ask("/statements/cash-flow?until=2026-03-01T00:00:00Z")[1]["lines"]} == {0}
    what_is_owed_dearer_and_in_bins(ask, run, balances)
    what_stands_where(ask, run)
    made = ask("/batch-records?most=500")[1]
    assert {it["lot"] for it in made} == {name for name, it in run.mes.lots.items() if it.made_here and it.begun}
    assert made[0]["standing"] == "to be reviewed"
    record = ask(f"/batch-records/{made[0]['lot']}")[1]
    assert all(it["chain"]["holds"] for it in record.get("lots", [record]))
    assert ask(f"/certificates/{made[0]['lot']}")[0] == 409
    assert ask("/certificates/nothing")[1]["detail"].startswith("there is no lot 'nothing'; allowed: ")
    plans_are_read(ask)


def test_the_pdfs_that_programs_take_say_every_amount_of_the_statements_and_orders(served: tuple[Feed, str], ask: Ask) -> None:
    pdfs_say_every_amount(ask, served[1], SHOP)


@pytest.mark.parametrize(("path", "body", "status", "said"), CANNOT_BE)
def test_what_cannot_be_is_refused_in_words_and_changes_nothing(
    served: tuple[Feed, str], ask: Ask, path: str, body: dict[str, Any] | None, status: int, said: str
) -> None:
    users = sum(entry.source == Source.USER for entry in served[0].run.journal.entries())
    got, document, _ = ask(path, body)
    assert got == status
    assert said in document["detail"]
    assert sum(entry.source == Source.USER for entry in served[0].run.journal.entries()) == users


def test_who_has_no_token_or_another_role_is_refused(ask: Ask) -> None:
    for token in (None, "nobody's-token-at-all-00", SHOP[:-1]):
        status, document, headers = ask("/orders", token=token)
        assert (status, headers["www-authenticate"]) == (401, "Bearer")
        assert SHOP not in json.dumps(document)
    assert ask("/orders", token=LOOKER)[0] == 200
    for path, body in (
        ("/orders", ORDER),
        ("/statements/income", None),
        ("/statements/cash-flow", None),
        ("/open-items/receivables", None),
        ("/variances", None),
        ("/dimensions/customer", None),
        ("/quotes", None),
        ("/plan/messages", None),
        ("/period-closes", {"period": "x"}),
    ):
        status, document, _ = ask(path, body, token=LOOKER)
        assert status == 403
        assert "'looker' is reader; allowed: " in document["detail"]


def test_all_other_roles_together_may_not_say_what_takes_one(served: tuple[Feed, str], ask: Ask) -> None:
    """A clerk of the sales does not pay bills, and whoever pays them offers nothing: each entry is refused to who lacks its role alone."""
    users = sum(entry.source == Source.USER for entry in served[0].run.journal.entries())
    asked = [(address_of(kind), role) for kind, role in entries_of(served[0].run.plant).items()]
    of_record = ("releases", "signatures", "rejections", "exceptions/Y/acceptances")
    asked += [(path, "production") for path in (*(f"/batch-records/X/{it}" for it in of_record), "/results/X/Y/signatures", "/signatures")]
    for path, role in (*asked, ("/orders", "sales"), ("/purchase-orders", "purchasing"), ("/period-closes", "finance")):
        status, document, _ = ask(path, {}, token=ALL_BUT[role])
        assert (status, document["detail"].partition("allowed: ")[2].split(" ")[0]) == (403, role), (path, document)
    assert sum(entry.source == Source.USER for entry in served[0].run.journal.entries()) == users


def test_what_is_said_twice_with_one_key_is_said_once_and_another_thing_is_refused(served: tuple[Feed, str], ask: Ask) -> None:
    run = served[0].run
    first = ask("/orders", ORDER, key="once")
    assert (first[0], first[1]["person"], first[1]["entry"]) == (201, "clara", "shop/once")
    again = ask("/orders", ORDER, key="once")
    assert again[:2] == first[:2]
    assert again[2]["idempotency-replayed"] == "true"
    assert ask("/orders", {**ORDER, "quantity": 4}, key="once")[0] == 422
    assert ask("/orders", ORDER, key=None)[0] == 422
    kept = [it for it in run.journal.entries() if isinstance(it.event, SalesOrderConfirmed) and it.event.order == "X1"]
    assert [(it.source, it.event.entry_id, it.event.terminal) for it in kept] == [(Source.USER, "shop/once", "api")]
    assert ask("/orders/X1")[1]["net_minor"] == 3 * run.plant.materials.materials["GB2"].price
    promises_are_told_first_and_when_they_move(run, ask, first[1])
    refused = ask("/orders", {**ORDER, "material": "BAR50"}, key="refused")
    assert ask("/orders", {**ORDER, "material": "BAR50"}, key="refused")[:2] == refused[:2]


def test_after_a_restart_the_key_is_known_again(served: tuple[Feed, str], ask: Ask) -> None:
    feed, asked = served[0], OrderAsked(**{**ORDER, "order": "X5"})
    first = ask("/orders", {**ORDER, "order": "X5"}, key="kept")
    after = Once(feed)  # it knows what the journal knows, and no more
    event, was_there = after.enter("shop/kept", asked, SalesOrderConfirmed, order_said(feed.run, asked, "clara", "shop/kept"))
    assert was_there
    assert first[1]["entry"] == event.entry_id  # type: ignore[attr-defined]
    other = asked.model_copy(update={"quantity": 7})
    with pytest.raises(Refused, match="used for another document"):
        after.enter("shop/kept", other, SalesOrderConfirmed, order_said(feed.run, other, "clara", "shop/kept"))


def test_no_key_is_forgotten_however_much_is_said_after_it(served: tuple[Feed, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """What was taken is known as taken, and is not taken twice, when its document is kept no longer."""
    feed = served[0]
    monkeypatch.setattr("twin.apps.api.once.REMEMBERED", 1)
    monkeypatch.setattr("twin.store.entries.REMEMBERED", 1)
    once = Once(feed)

    def say(order: str) -> tuple[Any, bool]:
        asked = OrderAsked(**{**ORDER, "order": order})
        return once.enter(f"shop/{order}", asked, SalesOrderConfirmed, order_said(feed.run, asked, "clara", f"shop/{order}"))

    taken = [say(f"Y{number}") for number in range(4)]
    assert say("Y0") == (taken[0][0], True)
    assert Once(feed)._said["shop/Y0"].words == ""
    with pytest.raises(Refused, match="used for another document"):
        once.enter("shop/Y1", OrderAsked(**ORDER), SalesOrderConfirmed, order_said(feed.run, OrderAsked(**ORDER), "clara", "shop/Y1"))


def test_all_that_is_wrong_with_an_order_is_said_at_once(ask: Ask) -> None:
    status, document, _ = ask("/orders", {**ORDER, "order": "B5", "material": "GB22", "customer": "nobody", "due": "2020-01-01T00:00:00Z"})
    assert status == 409
    whats = [it["what"] for it in document["problems"]]
    assert [what.split(" ")[0] for what in whats] == ["the", "'GB22'", "nobody", "customer"]
    assert all(it["allowed"] for it in document["problems"])
    problems = ask("/purchase-orders", {**PURCHASE, "order": "B5", "supplier": "nobody", "due": "2020-01-01T00:00:00Z"})[1]["problems"]
    assert [it["allowed"] for it in problems] == ["between the plant's time now and then", "bearings"]


@pytest.mark.slow
def test_a_planned_order_is_tried_and_then_firmed_as_it_was_seen_by_who_may(served: tuple[Feed, str], ask: Ask) -> None:
    a_plan_is_tried(ask, served[0].run, wait_until, LOOKER)
    futures_are_played(ask, served[0].run, wait_until, LOOKER)
    assert ask("/entries/forecast-entered", {"material": "GB2", "week": "2026-04-05T22:00:00Z", "week_pieces": [400]})[0] == 201
    run, planned = served[0].run, ask("/plan/orders?most=500")[1]
    made, bought = (next(it for it in planned if it["source"] == source) for source in ("make", "purchase"))

    def firm(it: dict[str, Any], **other: Any) -> Answer:
        body = {"planned_order": it["order"], "material": it["material"], "quantity": it["lots"][0], "due_day": it["due"], **other}
        return ask("/plan/firm", body)

    status, document, _ = firm(made, quantity=made["lots"][0] + 1)
    assert (status, document["problems"][0]["allowed"].split(" of ")[0]) == (409, str(made["lots"][0]))
    assert (firm(bought)[1]["event"], firm(made)[1]["event"]) == ("PurchaseOrderPlaced", "OperationsRequestReleased")
    kept = [it.event for it in run.journal.entries() if it.source == Source.USER][-2:]
    assert [(it.material, it.quantity, it.person, it.terminal) for it in kept] == [  # type: ignore[attr-defined]
        (it["material"], it["lots"][0], "clara", "api") for it in (bought, made)
    ]
    assert kept[0].order in run.erp.purchasing.open
    assert kept[1].request in run.erp.requests.open  # type: ignore[attr-defined]


def test_a_purchase_a_count_and_a_close_go_through_the_one_path(served: tuple[Feed, str], ask: Ask) -> None:
    run = served[0].run
    assert ask("/purchase-orders", PURCHASE)[0] == 201
    assert (found := ask("/purchase-orders/P1")[1])["standing"] == "open"
    assert (found["agreed_price_minor"], found["agreed_currency"]) == (found["value_minor"] // 10, "EUR")
    agreed = {"order": "P1", "reason": "the mill is down", "due": "2026-03-27T12:00:00Z"}
    assert ask("/entries/purchase-order-changed", agreed)[0] == 201
    changed = ask("/purchase-orders/P1")[1]
    assert (changed["quantity"], changed["due"], changed["first_due"]) == (found["quantity"], "2026-03-27T12:00:00Z", found["due"])
    assert "is for" in ask("/entries/purchase-order-changed", agreed)[1]["detail"]
    assert [it["method"] for it in ask("/promises/GB2?quantity=40")[1]["methods"]][1] == "played once"
    assert ask("/orders", {**ORDER, "order": "X7", "quantity": 40})[0] == 201
    assert ask("/entries/sales-order-changed", {"order": "X7", "quantity": 30, "reason": "fewer"})[0] == 201
    assert [it["open_quantity"] for it in ask("/allocations?most=500")[1] if it["order"] == "X7"] == [30]
    assert ask("/entries/sales-order-cancelled", {"order": "X7", "reason": "sold elsewhere"})[0] == 201
    assert [ask("/orders/X7")[1][name] for name in ("quantity", "first_quantity", "standing")] == [0, 40, "cancelled"]
    supplier = changed["supplier"]
    bills_are_set_off_and_sent_back(ask, run, supplier)
    week = {"material": "GB1", "week": "2026-04-05T22:00:00Z", "week_pieces": [7, 9]}
    assert ask("/entries/forecast-entered", week)[0] == 201
    assert "no week begins then" in ask("/entries/forecast-entered", {**week, "week": "2026-04-05T12:00:00Z"})[1]["detail"]
    firm = {"planned": "FP1", "material": "GB1", "quantity": 7, "due": "2026-04-06T06:00:00Z"}
    assert ask("/entries/planned-order-frozen", firm)[0] == 201
    assert run.erp.frozen.orders["FP1"].quantity == 7
    later = {"request": min(run.erp.requests.open), "reason": "wanted later", "due": "2026-04-02T12:00:00Z"}
    assert ask("/entries/operations-request-changed", later)[0] == 201
    assert "already; allowed: another quantity or date" in ask("/entries/operations-request-changed", later)[1]["detail"]
    assert "no request is called 'R0'" in ask("/entries/operations-request-cancelled", {"request": "R0", "reason": "-"})[1]["detail"]
    before = run.erp.stock.on_hand["BAR50"]
    assert ask("/stock-counts", {"material": "BAR50", "lot": "found-here", "quantity": 100})[0] == 201
    assert ask("/stock/BAR50")[1]["on_hand"] == before + 100
    assert "no bin 'shelf_9'" in ask("/entries/put-away", {**LOT, "bin": "shelf_9"})[1]["detail"]
    assert "no pick list 'PL9'" in ask("/entries/picked", {**LOT, "bin": "rack_1", "pick_list": "PL9"})[1]["detail"]
    assert ask("/periods")[1]["closable"] == ["2026-03-02"]
    assert ask("/period-closes", {"period": "2026-03-02"})[0] == 201
    closed = ask("/periods")[1]["periods"][0]
    assert (closed["period"], closed["closed_by"]) == ("2026-03-02", "clara")
    assert closed["result_known_then_minor"] == closed["result_as_it_was_minor"]
    replayed = twin.replay(run.plant, list(run.journal.entries()), run.scenario)
    assert replayed.erp.ledger.balances == run.erp.ledger.balances
    assert any(isinstance(it.event, PurchaseOrderPlaced) and it.event.order == "P1" for it in replayed.journal.entries())


def test_the_office_speaks_through_it_and_the_erp_refuses_in_words(served: tuple[Feed, str], ask: Ask) -> None:
    run = served[0].run
    wanted = {"requisition": "RQ1", "material": "BRG1", "quantity": 40, "due": ORDER["due"]}
    assert ask("/entries/purchase-requisition-raised", wanted)[0] == 201
    assert run.erp.sourcing.requisitions["RQ1"].raised_by == "clara"
    asked = {"rfq": "RF1", "requisition": "RQ1", "suppliers": ["bearings", "sundries"], "answer_by": "2026-03-10T12:00:00Z"}
    assert ask("/entries/rfq-sent", asked)[0] == 201
    offer = {"rfq": "RF1", "quote": "Q1", "supplier": "bearings", "unit_price_minor": 650}
    quote = {**offer, "lead_time_s": 86_400, "valid_until": ORDER["due"]}
    assert ask("/entries/quote-received", {**quote, "breaks": [[30, 600]]}, key="quote")[0] == 201
    assert ask("/entries/quote-received", {**quote, "breaks": [[30, 600]]}, key="quote")[2]["idempotency-replayed"] == "true"
    assert ask("/entries/quote-accepted", {"rfq": "RF1", "quote": "Q1"})[0] == 201
    bought = next(it for it in ask("/purchase-orders?most=500")[1] if it["agreed_by"] == "RF1")
    assert (bought["quantity"], bought["value_minor"]) == (40, 40 * 600)
    assert [(it["requisition"], it["standing"], it["order"]) for it in ask("/requisitions")[1]] == [("RQ1", "ordered", bought["order"])]
    assert [(it["quote"], it["total_minor"], it["is_accepted"]) for it in ask("/quotes")[1]] == [("Q1", 40 * 600, True)]
    bill = {"order": bought["order"], "supplier": "bearings", "bill": "C9", "net_minor": -1_200, "quantity": -2}
    assert ask("/entries/bill-entered", bill)[0] == 201, "a credit note for two pieces is no slip of the description"
    assert ask("/entries/purchase-requisition-raised", {**wanted, "requisition": "RQ2", "quantity": -1})[0] == 422
    early = {**bill, "bill": "C10", "net_minor": 24_000, "quantity": 40}
    taken = ask("/entries/bill-entered", early)
    assert (taken[0], taken[1]["waits"].partition(":")[0]) == (201, "blocked until a person releases it, or it fits")
    nothing = {"supplier": "bearings", "bill": "C10", "amount_minor": 0}
    for address, about in (("payment-ordered", nothing), ("bill-entered", {**early, "bill": "C11", "quantity": 0})):
        status, document, _ = ask(f"/entries/{address}", about)
        assert (status, "0 is none of it; allowed: another number, or left out for all of it" in str(document)) == (422, True)
    status, document, _ = ask("/entries/quote-accepted", {"rfq": "RF9", "quote": "Q1"}, key="no")
    assert status == 409
    assert "RF9" in document["detail"]
    assert ask("/entries/quote-accepted", {"rfq": "RF9", "quote": "Q1"}, key="no")[:2] == (status, document)
    assert ask("/entries/credit-limit-changed", {"customer": "mixers", "limit_minor": 1, "reason": "x"}, token=LOOKER)[0] == 403
    master_data_is_said(ask)
    a_statement_is_handed_in(ask, run)


def test_a_batch_is_released_and_signed_by_who_can_sign_and_no_secret_is_kept(served: tuple[Feed, str], ask: Ask) -> None:
    run, secret = served[0].run, "correct horse"
    lot = next(name for name, it in run.mes.lots.items() if it.made_here and it.produced and not it.in_process)
    release, signed = f"/batch-records/{lot}/releases", f"/batch-records/{lot}/signatures"
    assert ask(signed, {"secret": secret, "meaning": "reviewed"})[1]["detail"].startswith(f"lot '{lot}' is not released by its record")
    assert ask(release, {"secret": "short"})[1]["detail"] == "a secret needs 8 signs or more", "and nothing is released"
    assert ask(release, {"secret": secret, "reason": "looked at"}, key="released")[0] == 201
    assert ask(release, {"secret": secret, "reason": "looked at"}, key="released")[2]["idempotency-replayed"] == "true"
    assert ask(signed, {"secret": "wrong horse", "meaning": "reviewed"})[0] == 409
    assert ask(signed, {"secret": secret, "meaning": "reviewed"})[0] == 201
    assert "has released it already" in ask(release, {"secret": secret, "reason": "again"})[1]["detail"]
    record = ask(f"/batch-records/{lot}")[1]["release"]
    assert (record["standing"], [it["meaning"] for it in record["signatures"]]) == ("released and signed", ["approved", "reviewed"])
    assert ask("/batch-records/nothing/releases", {"secret": secret})[0] == 404
    measured = TestResultRecorded(effective_us=0, lot=lot, characteristic="width", value=4.0, person="clara", terminal="gauge")
    assert served[0].enter(measured) == ""
    at = next(it.id for it in run.journal.entries() if isinstance(it.event, TestResultRecorded))
    result = f"/results/{measured.lot}/{measured.characteristic}/signatures"
    late = ask(result, {"secret": secret, "meaning": "reviewed", "value": 4.1})
    assert (late[0], f"width of lot {lot} is 4.0 by now, not 4.1" in late[1]["detail"]) == (409, True), "what was read is not the newest"
    assert ask(result, {"secret": secret, "meaning": "reviewed", "value": 4.0}, key="signed")[0] == 201
    assert (run.mes.quality.signatures[-1].record, run.mes.quality.signatures[-1].meaning) == (at, "reviewed")
    once = Once(served[0])  # after a restart
    assert once.enter("shop/signed", _Meaning(batch=f"width of {lot}", meaning="reviewed"), RecordSigned, lambda _: measured)[1]
    with pytest.raises(Refused, match="used for another document"):
        once.enter("shop/signed", _Meaning(batch=f"height of {lot}", meaning="reviewed"), RecordSigned, lambda _: measured)
    decisions_are_signed(ask, lot, secret)
    records_are_reviewed(ask, secret)
    said = [str(it.event) for it in run.journal.entries() if it.source == Source.USER]
    assert not any("horse" in it for it in said)


def test_the_words_of_a_document_may_be_as_long_as_a_file(ask: Ask) -> None:
    longest = {"document": "WI-9", "revision": "B", "text": "Clamp on the bore.\n" * 2_000}
    for it in (longest, {**longest, "text": "", "file": "b.png", "content": "A" * 200_000}):
        assert ask("/entries/document-released", it)[1]["detail"].startswith("no document is called 'WI-9'")


def test_a_program_commands_a_machine_and_is_refused_in_words(served: tuple[Feed, str], ask: Ask) -> None:
    records = served[0].run.mes.equipment.records
    said = {"equipment": "bench_1", "command": "Hold", "reason": "a camera has seen smoke"}
    status, document, _ = ask("/entries/unit-command-given", said)
    assert (status, "signals.yaml declares no commands of bench_1" in document["detail"]) == (409, True)
    assert ask("/entries/unit-command-given", {**said, "equipment": "hobber_1"}, token=LOOKER)[0] == 403
    unit = next(it for it in served[0].run.mes.unit_commands.declared if records[it].state == WorkUnitState.EXECUTE)
    assert ask("/entries/unit-command-given", {**said, "equipment": unit})[0] == 201
    wait_until(lambda: records[unit].state == WorkUnitState.HELD)
    assert ask("/entries/unit-command-given", {**said, "equipment": unit, "command": "Unhold", "reason": "steam"})[0] == 201
    wait_until(lambda: records[unit].state == WorkUnitState.EXECUTE)


def test_a_program_works_on_the_floor_as_a_person_does_and_is_refused_in_words(served: tuple[Feed, str], ask: Ask) -> None:
    what_is_done_there(ask, served[0].run, wait_until)
    assert ask("/job-commands", {}, token=LOOKER)[0] == ask("/checks", {}, token=LOOKER)[0] == 403


@pytest.mark.slow
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_it_keeps_to_its_own_description_whatever_is_sent(served: tuple[Feed, str], ask: Ask, mode: GenerationMode, root: Path) -> None:
    """Schemathesis makes requests of the description, right ones and wrong ones, and holds the answers against it: at every address the
    simplest one that there is, and any other."""
    schema = schemathesis.openapi.from_url(f"{served[1]}/openapi.json")
    operations = [it.ok() for it in schema.get_all_operations()]
    docs = (root / "docs/API.md").read_text()
    assert not [it.label for it in operations if not is_told(it.path, docs)]
    for operation in operations:
        if mode == GenerationMode.NEGATIVE and not list(operation.iter_parameters()) and not list(operation.body):
            continue  # nothing that could be wrong

        @given(case=operation.as_strategy(generation_mode=mode))
        @settings(max_examples=2, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
        def holds(case: schemathesis.Case) -> None:
            case.call_and_validate(timeout=60, headers={"Authorization": f"Bearer {SHOP}"}, excluded_checks=NOT_ASKED)

        holds()
        for kept in ("/plan/trials", "/futures"):  # drawn ones last for hours
            for it in ask(kept)[1] if operation.path.startswith(kept) else []:
                ask(f"{kept}/{it['trial' if 'trial' in it else 'futures']}", method="DELETE")

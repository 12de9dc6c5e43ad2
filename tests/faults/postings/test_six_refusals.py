"""What must not be posted is refused with the reason at every door: file, page, REST, import. Nothing has changed then."""

from __future__ import annotations

import json
import shutil
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.faults.postings.a_month import SCENARIO, Rounds, books
from tests.rooms.apps.api.tokens import SHOP, TEXT
from tests.rooms.apps.test_entries import wait_until
from tests.rooms.erp.small_shop import DAY_US, LAYOUT, START_US, plant
from tests.rooms.warehouse.stored_shop import ITEMS, WAREHOUSE, comes, wanted
from twin.apps.api.serving import ApiServer
from twin.apps.feed import Feed
from twin.library import read_plant
from twin.model import events as e
from twin.model.problems import PlantFileError
from twin.results.run import Run
from twin.run import carry
from twin.store.ingest import ImportSource
from twin.store.ingest.received import read_line
from twin.store.tokens import read_tokens

STORE = plant({**LAYOUT, "routings": {}, "warehouse": WAREHOUSE}, ITEMS)
NOW_US = START_US + 9 * DAY_US
SAID: dict[str, Any] = {"effective_us": NOW_US, "person": "anna", "terminal": "office"}
RESERVED: dict[str, Any] = {"material": "motor", "lot": "M1", "bin": "near"}
UNBALANCED = (("wages", 900), ("cash", -800))
QUOTE: dict[str, Any] = {"rfq": "RF1", "quote": "Q1", "supplier": "dealer", "unit_price_minor": -650}
DIFFER, TWICE = (
    "debits and credits differ by 1.00",
    "12 of lot 'M1' of 'motor' lie in bin 'near', reserved 8 for 'LATE'; allowed: 4 or fewer",
)
BEFORE: list[list[e.OperationsEvent]] = [
    [e.Heartbeat(effective_us=START_US, reason="start")],
    [wanted("LATE", "motor", 10, due_us=20 * DAY_US), wanted("SOON", "motor", 20, due_us=12 * DAY_US)],
    [comes("motor", "M1", 12, NOW_US - 1)],
    [e.StockReserved(order="LATE", quantity=8, **RESERVED, **SAID)],
    [e.PurchaseRequisitionRaised(requisition="RQ1", material="paint", quantity=4, due_us=NOW_US + DAY_US, **SAID)],
    [e.PurchaseRequisitionApproved(requisition="RQ1", **{**SAID, "person": "ben"})],
    [e.RfqSent(rfq="RF1", requisition="RQ1", suppliers=("dealer",), answer_by_us=NOW_US + DAY_US, **SAID)],
    [e.PeriodCloseRequested(effective_us=NOW_US, period="first week", until_us=START_US + 7 * DAY_US)],
]


def stored() -> Run:
    return Run(STORE, SCENARIO)


def is_in_the_books(run: Run) -> dict[str, object]:
    """All but what was told to somebody, and when."""
    return {name: it for name, it in books(run).items() if name not in ("alerts", "now_us")}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Feed, str]]:
    """The pages' feed of the store after what was before, and where programs speak to it."""
    file = tmp_path_factory.mktemp("api") / "tokens.yaml"
    file.write_text(TEXT.replace("clara", "anna"))
    file.chmod(0o600)
    feed = Feed(stored(), Rounds(BEFORE), "simulated").start()
    wait_until(lambda: bool(feed.run.erp.ledger.closed) or bool(feed.failure))
    with ApiServer(feed, read_tokens(file, feed.run.plant.layout.persons), 0) as server:
        yield feed, server.address
    feed.stop()
    assert not feed.failure


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (e.EntryProposed(document="slip", legs=UNBALANCED, **SAID), DIFFER),
        (e.StockReserved(order="SOON", quantity=5, **RESERVED, **SAID), TWICE),
        (e.BinTransferred(material="motor", lot="M1", quantity=5, from_bin="near", bin="far", **SAID), "reserved 8 for 'LATE'"),
        (e.QuoteReceived(lead_time_us=DAY_US, valid_until_us=NOW_US + DAY_US, **QUOTE, **SAID), "allowed: 0 or more"),
    ],
)
def test_a_page_says_why_it_is_refused(served: tuple[Feed, str], said: e.Entry, words: str) -> None:
    feed, _ = served
    before = is_in_the_books(feed.run)
    assert words in feed.enter(said)
    assert is_in_the_books(feed.run) == before


@pytest.mark.parametrize(
    ("path", "body", "status", "words"),
    [
        ("/entries/entry-proposed", {"document": "slip", "legs": UNBALANCED}, 409, DIFFER),
        ("/entries/stock-reserved", {"order": "SOON", "quantity": 5, **RESERVED}, 409, TWICE),
        ("/entries/quote-received", {**QUOTE, "lead_time_s": 9, "valid_until": "2026-03-20T12:00:00Z"}, 409, "allowed: 0 or more"),
        ("/period-closes", {"period": "2026-03-05"}, 409, "period '2026-03-05' cannot be closed"),
        (
            "/purchase-orders",
            {"order": "P", "material": "paint", "quantity": 1, "due": "2026-03-20T12:00:00Z", "unit": "sack"},
            422,
            "unit",
        ),
    ],
)
def test_a_program_is_told_why_it_is_refused(served: tuple[Feed, str], path: str, body: dict[str, Any], status: int, words: str) -> None:
    feed, address = served
    before = is_in_the_books(feed.run)
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {SHOP}", "Idempotency-Key": path.replace("/", "-")}
    with pytest.raises(urllib.error.HTTPError) as refusal:
        urllib.request.urlopen(urllib.request.Request(address + path, data=json.dumps(body).encode(), headers=headers), timeout=60)
    document = json.loads(refusal.value.read())
    assert (refusal.value.code, document["status"]) == (status, status)
    assert words in document["detail"]
    assert is_in_the_books(feed.run) == before


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ({"type": "EntryProposed", "document": "slip", "legs": UNBALANCED, "person": "anna", "terminal": "office"}, DIFFER),
        ({"type": "StockReserved", "order": "SOON", "quantity": 5, **RESERVED, "person": "anna", "terminal": "office"}, TWICE),
        (
            {"type": "PurchaseOrderPlaced", "order": "P", "supplier": "dealer", "material": "paint", "quantity": 1, "unit_price_minor": -1,
             "due_us": NOW_US},
            "unit_price_minor",
        ),
        ({"type": "JournalPosted", "document": "by hand", "legs": UNBALANCED}, "type 'JournalPosted' is"),
        ({"type": "GoodsReceived", "order": "P", "supplier": "dealer", "material": "paint", "quantity": 1, "unit": "sack"}, "'unit'"),
    ],
)  # fmt: skip
def test_an_import_tells_what_it_has_refused(line: dict[str, Any], words: str) -> None:
    run = carry(Rounds(BEFORE), stored())
    before, count = is_in_the_books(run), len(run.journal)
    read = read_line(json.dumps({"id": "1", "effective_us": NOW_US, **line}))
    source = ImportSource([read], tolerance_us=0)
    carry(source, run)
    told = [it.event for it in run.journal.entries() if it.seq > count]
    reasons = [getattr(it, "reason", "") or getattr(it, "message", "") for it in told] + [getattr(read, "what", "")]
    assert any(words in it for it in reasons), reasons
    assert is_in_the_books(run) == before


@pytest.mark.parametrize(
    ("right", "wrong", "words"),
    [
        ("price: 659 EUR", "price: -659 EUR", "less than nothing makes no sense here; allowed: 0 or more"),
        (
            "{material: TR1, quantity: 1}",
            "{material: GB1, quantity: 1}",
            "the bill goes round in a circle: GB1 -> GB1; allowed: a material",
        ),
        ("lot_size: 6, planned", "lot_size: 6, planning: {order_unit: sack}, planned", "'GB1' has no unit 'sack'"),
    ],
)
def test_a_file_is_refused_with_its_line(tmp_path: Path, root: Path, right: str, wrong: str, words: str) -> None:
    shutil.copytree(root / "plant_models" / "gearbox_shop", tmp_path / "shop")
    items = tmp_path / "shop" / "items.yaml"
    assert right in items.read_text()
    items.write_text(items.read_text().replace(right, wrong, 1))
    with pytest.raises(PlantFileError) as refusal:
        read_plant(tmp_path / "shop")
    assert words in str(refusal.value)
    assert "items.yaml:" in str(refusal.value)


def test_an_entry_of_a_closed_period_is_refused_and_told_whoever_made_it() -> None:
    run = carry(Rounds(BEFORE), stored())
    before = is_in_the_books(run)
    legs = (("wages", 100), ("wages_payable", -100))
    carry(Rounds([[e.JournalPosted(effective_us=START_US + DAY_US, recorded_us=NOW_US, document="late", legs=legs)]]), run)
    assert "closed: first week and all before it" in run.erp.alerts[-1].message
    assert is_in_the_books(run) == before

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from twin.model.events import (
    EquipmentActual,
    EquipmentStateChanged,
    GoodsReceived,
    GoodsShipped,
    InvoiceIssued,
    JobOrderAborted,
    JobOrderCommand,
    JobOrderCompleted,
    JobOrderCreated,
    JobOrderHeld,
    JobOrderPaused,
    JobOrderResumed,
    JobOrderStarted,
    JournalPosted,
    LotCreated,
    LotMerged,
    LotMoved,
    LotSplit,
    MaterialActual,
    OperationsEvent,
    PersonnelActual,
    PurchaseOrderPlaced,
    SalesOrderConfirmed,
    StockCounted,
)
from twin.model.states import Source
from twin.store.journal import DatabaseJournal, MemoryJournal, StoreError
from twin.store.projections import project, project_rows, rebuild
from twin.store.projections.tables import PROJECTIONS

LOTS = ["gear-1", "gear-1.R", "steel-a", "steel-b"]
JOB_ORDERS = [f"{lot}/{operation}" for lot in LOTS[:2] for operation in ("turn", "mill")]
ORDERS = ["SO-1", "SO-2", "PO-steel-1"]
UNITS = ["lathe_1", "mill_1", "line_1"]


def stored_rows(journal: DatabaseJournal) -> dict[str, list[dict[str, object]]]:
    with journal.engine.connect() as connection:
        return {
            table.name: [dict(row) for row in connection.execute(select(table).order_by(*table.primary_key)).mappings()]
            for table in PROJECTIONS
        }


def shop_event(draw: random.Random, at_us: int) -> OperationsEvent:
    """Anything that the tables tell of, in any order: tables must follow from the events, sensible or not."""
    lot, job_order, order, unit = (draw.choice(some) for some in (LOTS, JOB_ORDERS, ORDERS, UNITS))
    quantity = draw.randrange(1, 20)
    made: list[Callable[[], OperationsEvent]] = [
        lambda: EquipmentStateChanged(
            effective_us=max(0, at_us - draw.choice([0, 0, 0, 1, 7, 200])), equipment=unit, state=draw.randrange(18), job_order=job_order
        ),
        lambda: JobOrderCreated(
            effective_us=at_us, job_order=job_order, lot=job_order.split("/")[0], material="gear", operation="turn", quantity=quantity
        ),
        lambda: JobOrderCommand(
            effective_us=at_us, equipment=unit, job_order="+".join(JOB_ORDERS[:2]), command=draw.choice(["Start", "Hold"])
        ),
        lambda: draw.choice([JobOrderStarted, JobOrderHeld, JobOrderPaused, JobOrderResumed, JobOrderAborted])(
            effective_us=at_us, equipment=unit, job_order=job_order, lot=lot
        ),
        lambda: JobOrderCompleted(effective_us=at_us, job_order=job_order, good=quantity, scrap=1),
        lambda: EquipmentActual(effective_us=at_us, job_order=job_order, setup_us=3, run_us=quantity, energy_wh=2),
        lambda: PersonnelActual(effective_us=at_us, job_order=job_order, person="ann", work_us=quantity),
        lambda: LotCreated(effective_us=at_us, lot=lot, material="gear", quantity=quantity, place=draw.choice(["", "store"])),
        lambda: LotSplit(effective_us=at_us, lot=lot, from_lot=draw.choice(LOTS), quantity=quantity),
        lambda: LotMerged(
            effective_us=at_us, lot=lot, from_lot=draw.choice([it for it in LOTS if it != lot]), material="gear", quantity=quantity
        ),
        lambda: LotMoved(effective_us=at_us, lot=lot, place=unit),
        lambda: StockCounted(effective_us=at_us, lot=lot, material="steel", quantity=quantity),
        lambda: GoodsReceived(
            effective_us=at_us, lot=lot, order=order, supplier="works", material="steel", quantity=quantity, unit_price_minor=5
        ),
        lambda: GoodsShipped(effective_us=at_us, lot=lot, order=order, customer="agency", material="gear", quantity=quantity),
        lambda: MaterialActual(
            effective_us=at_us,
            lot=lot,
            job_order=draw.choice([job_order, ""]),
            use=draw.choice(["Consumed", "Produced", "Scrapped", "Inventoried", "By-product Produced"]),
            material="gear",
            quantity=quantity,
        ),
        lambda: SalesOrderConfirmed(
            effective_us=at_us, order=order, customer="agency", material="gear", quantity=quantity, due_us=at_us + 99, unit_price_minor=7
        ),
        lambda: PurchaseOrderPlaced(
            effective_us=at_us, order=order, supplier="works", material="steel", quantity=quantity, unit_price_minor=5, due_us=at_us + 9
        ),
        lambda: InvoiceIssued(effective_us=at_us, order=order, customer="agency", net_minor=quantity * 7),
        lambda: JournalPosted(effective_us=at_us, document="issue", legs=(("1400", quantity), ("1300", -quantity)), order=order),
    ]
    return draw.choice(made)()


@pytest.mark.slow
@given(seed=st.integers(0, 2**32), batches=st.lists(st.tuples(st.integers(0, 40), st.integers(1, 50)), min_size=1, max_size=5))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_tables_are_equal_however_often_they_were_brought_up_to_date_and_after_a_rebuild(
    fresh_database: Callable[[], str], seed: int, batches: list[tuple[int, int]]
):
    draw = random.Random(seed)
    journal, at_us = DatabaseJournal(fresh_database()), 1_000
    for appended, batch in batches:
        for _ in range(appended):
            at_us += draw.choice([0, 0, 1, 50])
            journal.append(shop_event(draw, at_us), source=Source.USER)
        journal.commit()
        assert project(journal, batch=batch) == appended
    once = project_rows(journal.entries())
    incrementally = stored_rows(journal)
    rebuild(journal, batch=batches[0][1])
    assert incrementally == stored_rows(journal) == once
    journal.close()


@given(seed=st.integers(0, 2**32), length=st.integers(0, 300))
@settings(max_examples=60, deadline=None)
def test_intervals_tile_time_and_stock_is_the_sum_of_its_movements(seed, length):
    draw = random.Random(seed)
    journal, at_us = MemoryJournal(), 1_000
    for _ in range(length):
        at_us += draw.choice([0, 0, 1, 50])
        journal.append(shop_event(draw, at_us), source=Source.USER)
    rows = project_rows(journal.entries())
    _assert_tiled(rows["state_interval"], journal)
    on_hand: dict[str, int] = defaultdict(int)
    for movement in rows["stock_movement"]:
        on_hand[movement["lot"]] += movement["quantity"]
    assert {lot["lot"]: lot["on_hand"] for lot in rows["lot"] if lot["on_hand"]} == {lot: n for lot, n in on_hand.items() if n}
    balance: dict[int, int] = defaultdict(int)
    for posting in rows["posting"]:
        balance[posting["seq"]] += posting["amount_minor"]
    assert set(balance.values()) <= {0}


def _assert_tiled(intervals, journal) -> None:
    """Each begins where the one before ends, in the order of what happened, late facts in their place; the last is open."""
    for unit in UNITS:
        tiles = sorted((i for i in intervals if i["equipment"] == unit), key=lambda i: (i["start_us"], i["seq"]))
        assert [i["end_us"] for i in tiles] == [i["start_us"] for i in tiles[1:]] + [None] * bool(tiles)
        changes = [e for e in journal.entries() if isinstance(e.event, EquipmentStateChanged) and e.event.equipment == unit]
        changes.sort(key=lambda e: (e.event.effective_us, e.seq))
        assert [(i["seq"], i["start_us"], i["state"]) for i in tiles] == [(e.seq, e.event.effective_us, e.event.state) for e in changes]


@pytest.fixture
def rows():
    """One order through the shop: ten gears of twelve pieces of steel, one scrapped, two reworked."""
    journal = MemoryJournal()
    events: list[OperationsEvent] = [
        StockCounted(effective_us=0, lot="open-steel", material="steel", quantity=100),
        SalesOrderConfirmed(effective_us=1, order="SO-1", customer="agency", material="gear", quantity=9, due_us=99, unit_price_minor=700),
        LotCreated(effective_us=1, lot="SO-1-gear", request="SO-1-gear", material="gear", quantity=10),
        JobOrderCreated(
            effective_us=1,
            job_order="SO-1-gear/turn",
            lot="SO-1-gear",
            request="SO-1-gear",
            equipment="turning",
            material="gear",
            operation="turn",
            quantity=10,
            due_us=99,
        ),
        EquipmentStateChanged(effective_us=0, equipment="lathe_1", state=4),
        JobOrderCommand(effective_us=2, equipment="lathe_1", job_order="SO-1-gear/turn", command="Start", person="ann"),
        EquipmentStateChanged(effective_us=2, equipment="lathe_1", state=6, job_order="SO-1-gear/turn", person="ann"),
        JobOrderStarted(effective_us=2, equipment="lathe_1", job_order="SO-1-gear/turn"),
        MaterialActual(effective_us=2, lot="open-steel", job_order="SO-1-gear/turn", use="Consumed", material="steel", quantity=12),
        EquipmentStateChanged(effective_us=50, equipment="lathe_1", state=4),
        EquipmentActual(effective_us=50, equipment="lathe_1", job_order="SO-1-gear/turn", setup_us=8, run_us=40, energy_wh=3),
        PersonnelActual(effective_us=50, person="ann", job_order="SO-1-gear/turn", work_us=48),
        MaterialActual(effective_us=50, lot="SO-1-gear", job_order="SO-1-gear/turn", use="Scrapped", material="gear", quantity=1),
        JobOrderCompleted(effective_us=50, job_order="SO-1-gear/turn", good=7, scrap=1, rework=2),
        LotSplit(effective_us=50, from_lot="SO-1-gear", lot="SO-1-gear.R", quantity=2),
        MaterialActual(effective_us=50, lot="SO-1-gear", job_order="SO-1-gear/turn", use="Produced", material="gear", quantity=7),
        GoodsShipped(effective_us=60, lot="SO-1-gear", order="SO-1", customer="agency", material="gear", quantity=7),
        InvoiceIssued(effective_us=60, order="SO-1", customer="agency", net_minor=4900),
        JournalPosted(effective_us=60, order="SO-1", document="invoice", legs=(("1200", 4900), ("4000", -4900))),
        PurchaseOrderPlaced(
            effective_us=60, order="PO-steel-1", supplier="works", material="steel", quantity=50, unit_price_minor=90, due_us=80
        ),
        GoodsReceived(
            effective_us=85, order="PO-steel-1", lot="PO-steel-1", supplier="works", material="steel", quantity=48, unit_price_minor=90
        ),
    ]
    for event in events:
        journal.append(event, source=Source.SIMULATED)
    return project_rows(journal.entries())


def chosen(rows, *columns):
    return [tuple(row[column] for column in columns) for row in rows]


def test_a_job_order_shows_what_it_took_and_gave(rows):
    (job_order,) = rows["job_order"]
    assert job_order == {
        "job_order": "SO-1-gear/turn",
        "request": "SO-1-gear",
        "lot": "SO-1-gear",
        "material": "gear",
        "operation": "turn",
        "work_center": "turning",
        "equipment": "lathe_1",
        "quantity": 10,
        "due_us": 99,
        "created_us": 1,
        "started_us": 2,
        "completed_us": 50,
        "order_id": "",
        "status": "Completed",
        "good": 7,
        "scrap": 1,
        "rework": 2,
        "setup_us": 8,
        "run_us": 40,
        "work_us": 48,
        "energy_wh": 3,
    }


def test_states_become_intervals(rows):
    found = chosen(rows["state_interval"], "equipment", "start_us", "end_us", "state_name", "person")
    assert found == [("lathe_1", 0, 2, "Idle", ""), ("lathe_1", 2, 50, "Execute", "ann"), ("lathe_1", 50, None, "Idle", "")]


def test_lots_know_where_they_came_from_and_what_is_left(rows):
    columns = ("lot", "origin", "from_lot", "material", "quantity", "produced", "consumed", "scrapped", "shipped", "on_hand")
    assert chosen(rows["lot"], *columns) == [
        ("PO-steel-1", "received", "", "steel", 48, 0, 0, 0, 0, 48),
        ("SO-1-gear", "opened", "", "gear", 10, 7, 0, 1, 7, 0),
        ("SO-1-gear.R", "split", "SO-1-gear", "gear", 2, 0, 0, 0, 0, 0),
        ("open-steel", "counted", "", "steel", 100, 0, 12, 0, 0, 88),
    ]
    assert chosen(rows["lot_edge"], "from_lot", "to_lot", "material", "quantity") == [
        ("open-steel", "SO-1-gear", "steel", 12),
        ("SO-1-gear", "SO-1-gear.R", "gear", 2),
    ]
    assert chosen(rows["stock_movement"], "kind", "lot", "quantity") == [
        ("counted", "open-steel", 100),
        ("consumed", "open-steel", -12),
        ("produced", "SO-1-gear", 7),
        ("shipped", "SO-1-gear", -7),
        ("received", "PO-steel-1", 48),
    ]


def test_orders_show_what_came_of_them(rows):
    assert chosen(rows["customer_order"], "order_id", "quantity", "shipped", "invoiced_minor", "status") == [
        ("SO-1", 9, 7, 4900, "invoiced")
    ]
    assert chosen(rows["purchase_order"], "order_id", "quantity", "placed_us", "due_us", "received", "received_us") == [
        ("PO-steel-1", 50, 60, 80, 48, 85)
    ]
    assert chosen(rows["posting"], "leg", "account", "amount_minor", "order_id") == [(1, "1200", 4900, "SO-1"), (2, "4000", -4900, "SO-1")]


def test_tables_cannot_tell_of_what_is_not_committed(database_url):
    journal = DatabaseJournal(database_url)
    journal.append(LotMoved(effective_us=1, lot="a", place="store"), source=Source.LIVE)
    for bring in (project, rebuild):
        with pytest.raises(StoreError, match="1 entries of the journal are not committed"):
            bring(journal)
    journal.commit()
    assert project(journal) == 1
    assert project(journal) == 0
    journal.close()

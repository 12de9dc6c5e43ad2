"""What the tables say of stock and of purchase orders is what the ERP says, after every round of all that can change them."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Mapping, Sequence
from typing import Any

from tests.rooms.erp.small_shop import material_actual, response
from tests.rooms.subcontracting.outside_shop import OutsideShop, day, outside_plant
from twin.model import events as e
from twin.model.events import OperationsEvent
from twin.model.events.production import JobOrderCorrected
from twin.model.states import Source
from twin.store.journal import DatabaseJournal, MemoryJournal
from twin.store.projections import project, project_rows

OFFICE: dict[str, Any] = {"person": "anna", "terminal": "office"}
Figures = dict[str, dict[Any, Any]]


class Kept(OutsideShop):
    """The shop with a journal that says of what each event is a conclusion; after each round the tables are compared with the ERP."""

    def __init__(self) -> None:
        self.kept = MemoryJournal()
        super().__init__(outside_plant())

    def _conclude(self, events: Sequence[OperationsEvent]) -> list[OperationsEvent]:
        pending, applied = deque(self.kept.append(it, source=Source.USER) for it in events), list[OperationsEvent]()
        while pending:
            entry = pending.popleft()
            applied.append(entry.event)
            followed = self.erp.apply(entry.event)
            pending.extend(self.kept.append(it, source=Source.RULE, cause=entry.id, rule="Erp") for it in followed)
        return applied

    def round(self, *facts: OperationsEvent) -> list[OperationsEvent]:
        followed = super().round(*facts)
        rows = project_rows(self.kept.entries())
        on_hand: Counter[str] = Counter()
        for it in rows["stock_movement"]:
            on_hand[it["material"]] += it["quantity"]
        tables: Figures = {
            "stock": dict(on_hand),
            "lots": {it["lot"]: (it["on_hand"], it["at_suppliers"]) for it in rows["lot"] if it["on_hand"]},
            "orders": {
                it["order_id"]: (it["received"], max(0, it["quantity"] - it["received"] - it["cancelled"])) for it in rows["purchase_order"]
            },
            "away": {(it["supplier"], it["material"], it["lot"]): it["quantity"] for it in rows["at_supplier"] if it["quantity"]},
            "sold": {it["order_id"]: (it["header"], it["quantity"], it["status"]) for it in rows["customer_order"]},
        }
        assert tables == self.said(on_hand), facts
        return followed

    def said(self, moved: Mapping[str, object]) -> Figures:
        """What the ERP says, of materials that have ever moved."""
        stock, away = self.erp.stock, Counter[tuple[str, str, str]]()
        for job in self.erp.subcontracting.jobs.values():
            for (material, lot), quantity in job.components.items():
                away[job.supplier, material, lot] += quantity
        return {
            "stock": {material: it for material, it in stock.on_hand.items() if it or material in moved},
            "lots": {
                lot: (it.quantity, stock.at_suppliers.get((material, lot), 0))
                for material, lots in stock.lots.items()
                for lot, it in lots.items()
            },
            "orders": {name: (it.received, it.open_quantity) for name, it in self.erp.purchasing.orders.items()},
            "away": dict(away),
            "sold": {
                name: (it.whole, it.quantity, "open" if it.open_quantity else "cancelled")
                for name, it in self.erp.customer_orders.orders.items()
            },
        }


def buy(shop: Kept, name: str, *deliveries: int, lot: str = "", quantity: int = 20) -> None:
    about: dict[str, Any] = {"order": name, "supplier": "mill", "material": "part", "unit_price_minor": 100}
    shop.round(e.PurchaseOrderPlaced(effective_us=day(1), quantity=quantity, due_us=day(2), **about))
    for it in deliveries:
        shop.round(e.GoodsReceived(effective_us=day(2), lot=lot, quantity=it, **about))


def bought(shop: Kept) -> None:
    """Two deliveries of one lot, corrected together; one under its order's id; orders that are closed, or refused to be."""
    buy(shop, "PO1", 5, 6, lot="heat-7")
    buy(shop, "PO2", 4, lot="heat-7")
    buy(shop, "PO3", 3)
    corrected = {"material": "part", "unit_price_minor": 110}
    shop.round(e.GoodsReceiptCorrected(effective_us=day(2), recorded_us=day(3), order="PO1", lot="heat-7", quantity=8, **corrected))
    shop.round(e.GoodsReceiptCorrected(effective_us=day(2), recorded_us=day(3), order="PO3", quantity=5, **corrected))
    shop.round(e.GoodsReturned(effective_us=day(3), order="PO3", material="part", quantity=1))
    shop.say(e.PurchaseOrderChanged, order="PO2", reason="the furnace is down", quantity=18, due_us=day(9))
    shop.say(e.PurchaseOrderChanged, order="PO2", reason="by mistake", quantity=1)
    shop.say(e.PurchaseOrderChanged, order="PO2", reason="no, all of them", quantity=20)
    stranger = e.PurchaseOrderClosed(effective_us=day(3), order="PO2", reason="sold out", person="nobody", terminal="office")
    assert any(isinstance(it, e.EntryRefused) for it in shop.round(stranger))
    assert shop.erp.purchasing.orders["PO2"].open_quantity == 16
    for name in ("PO1", "PO3", "PO3"):  # the second of one is refused, and the first holds
        shop.say(e.PurchaseOrderClosed, order=name, reason="sold out")
    shop.say(e.PurchaseOrderClosed, order="PO2", reason=" ")
    shop.say(e.PurchaseOrderEntered, order="PO8", supplier="mill", order_lines=(("part", 5, day(9), -1), ("part", 6, day(9), -1)))
    shop.say(e.PurchaseOrderClosed, order="PO8", reason=" ", all_lines=True)
    shop.say(e.PurchaseOrderClosed, order="PO8", reason="sold out", all_lines=True)


def sold(shop: Kept) -> None:
    """Orders that are changed, refused to be, and cancelled."""
    for name in ("C1", "C2"):
        about: dict[str, Any] = {
            "order": name,
            "customer": "acme",
            "material": "unit",
            "quantity": 9,
            "unit_price_minor": 100,
            "header": "C",
        }
        shop.round(e.SalesOrderConfirmed(effective_us=day(3), due_us=day(20), **about))
    shop.say(e.SalesOrderChanged, order="C1", reason="fewer", quantity=7, due_us=day(25))
    shop.say(e.SalesOrderChanged, order="C1", reason=" ", quantity=3)
    shop.say(e.SalesOrderCancelled, order="C2", reason="sold elsewhere")
    assert [it.quantity for it in shop.erp.customer_orders.orders.values()] == [7, 0]


def outside(shop: Kept) -> None:
    """Work of a supplier that came back in part, was corrected, given up, never begun, and is still there."""
    for request in ("R", "R2", "R3", "R4"):
        shop.ask(10, request)
    for request in ("R", "R2", "R4"):
        shop.send(10, request)
    about: dict[str, Any] = {"supplier": "plater", "material": "part", "lot": "open-part"}
    shop.round(e.SupplierStockCounted(effective_us=day(3), person="nobody", terminal="office", quantity=3, reason="looked", **about))
    shop.say(e.SupplierStockCounted, **about, quantity=28, reason="two are lost")
    shop.say(e.SupplierStockCounted, **{**about, "lot": "heat-7"}, quantity=28, reason="is not there")
    shop.round(e.StockCounted(effective_us=day(4), material="part", lot="open-part", quantity=60))
    shop.back(8, 2, "R")
    job = {"request": "R", "lot": "R", "job_order": "R/plate"}
    shop.round(JobOrderCorrected(effective_us=day(5), recorded_us=day(6), **job, good=7, scrap=3, rework=0))
    shop.round(e.JobOrderAborted(effective_us=day(6), request="R2", lot="R2", job_order="R2/plate"))
    shop.round(response(day(6), "R3", "unit", good=0))
    orders = shop.erp.purchasing.orders
    assert [(it, orders[f"SC-{it}-plate"].open_quantity) for it in ("R", "R2", "R3", "R4")] == [("R", 0), ("R2", 0), ("R3", 0), ("R4", 10)]


def lost_and_taken_apart(shop: Kept) -> None:
    shop.round(e.SparePartIssued(effective_us=day(7), maintenance="M1", material="part", lot="open-part", quantity=2))
    shop.round(material_actual(day(7), "Scrapped", "part", 1, request="", lot="heat-7"))  # out of stock
    shop.round(material_actual(day(7), "Scrapped", "unit", 1, request="R4"))  # in process
    recovered = (("part", "R-part", 1), ("part", "R-part", 1), ("part", "heat-7", 1))
    shop.round(e.ProductUnbuilt(effective_us=day(8), request="R", lot="R", material="unit", quantity=4, recovered=recovered))


def test_the_tables_say_of_stock_and_orders_what_the_erp_says_whatever_happens(database_url: str) -> None:
    shop = Kept()
    bought(shop)
    outside(shop)
    lost_and_taken_apart(shop)
    sold(shop)
    assert shop.erp.alerts == []
    journal = DatabaseJournal(database_url)
    for entry in shop.kept.entries():
        journal.append(entry.event, source=entry.source, cause=entry.cause, rule=entry.rule)
    journal.commit()
    project(journal, batch=17)  # what an entry changed, and that it was refused, may come in two batches
    with journal.engine.connect() as connection:

        def asked(columns: str, view: str) -> list[tuple[Any, ...]]:
            return [tuple(it) for it in connection.exec_driver_sql(f"SELECT {columns} FROM {view}")]

        stock = dict(asked("material, on_hand", "bi_stock"))
        views: Figures = {
            "stock": stock,
            "lots": {lot: (on_hand, away) for lot, on_hand, away in asked("lot, on_hand, at_suppliers", "bi_lot_on_hand")},
            "orders": {name: (came, due) for name, came, due in asked("order_id, received, open_quantity", "bi_purchase_order")},
            "away": {(at, what, lot): it for at, what, lot, it in asked("supplier, material, lot, quantity", "bi_at_supplier")},
            "sold": {it[0]: it[1:] for it in asked("order_id, header, quantity, status", "bi_customer_order")},
        }
    assert views == shop.said(stock)
    assert views["away"] == {("plater", "part", "open-part"): 8}, (
        "ten were sent for R4; a loss is of the last job order that the lot lies there for"
    )
    journal.close()

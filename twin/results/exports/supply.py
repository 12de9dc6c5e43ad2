"""The material plan, purchasing and stock as books: what their pages show, whole."""

from __future__ import annotations

from twin.erp.material_plan.messages import ActionMessage
from twin.results.exports.sheets import Book, Sheet, SheetRow, amounts, book_of, counts, numbers, shares, texts, times, wide
from twin.results.run import Run
from twin.results.views.business.plan import LINES, PlanNow, plan_now
from twin.results.views.business.purchasing import PurchasingNow, at_suppliers_now, purchasing_now
from twin.results.views.business.sourcing import sourcing_now
from twin.results.views.overview import local_time
from twin.results.warehouse.stock_now import StockNow, stock_now


def plan_book(run: Run) -> Book:
    """What to do, planned orders, the record of every material on the days on which something of it moves, and who is served by what."""
    plan = plan_now(run)
    moves = [name for _, name in LINES if name != "projected"]
    records = [
        SheetRow(cells=(it.material, plan.day(it.bucket), *(getattr(it, name) for _, name in LINES)))
        for it in plan.records
        if any(getattr(it, name) for name in moves)
    ]
    planned = [
        SheetRow(
            cells=(
                it.order, it.material, "buy" if it.is_bought else "make", it.supplier, it.started, it.good, plan.day(it.start),
                plan.day(it.due), plan.day(it.arrives), it.because,
            )
        )
        for it in plan.plan.orders
    ]  # fmt: skip
    pegs = [
        SheetRow(
            cells=(
                it.material, it.supply_kind, it.supply, plan.day(it.supply_bucket), it.demand_kind, it.demand, plan.day(it.demand_bucket),
                it.quantity,
            )
        )
        for it in plan.plan.pegs
    ]  # fmt: skip
    sheets = [
        _messages("What to do", plan, plan.messages),
        Sheet(
            title="Planned orders", rows=planned,
            columns=(
                *texts("Order", "Material", "To do", "Supplier"), *counts("Starts", "Good"), *texts("Start", "Due", "Is there"),
                *wide("Why"),
            ),
        ),
        Sheet(title="Records", columns=(*texts("Material", "Day"), *counts(*(title for title, _ in LINES))), rows=records),
        Sheet(
            title="Who is served by what", rows=pegs,
            columns=(
                *texts("Material", "Supply", "Order", "There on", "Demand", "Whose", "Needed on"), *counts("Quantity"),
            ),
        ),
    ]  # fmt: skip
    return book_of(run, "Material plan", f"from where the plant stands on {local_time(run.plant, run.now_us)}", sheets)


def purchasing_book(run: Run) -> Book:
    """What the plan proposes to buy or to move, orders, how suppliers serve us; what lies at them, is wanted, offered and agreed."""
    plan, materials = plan_now(run), run.plant.materials.materials
    proposed = [it for it in plan.messages if materials[it.material].kind == "purchased"]
    bought = purchasing_now(run)
    sheets = [
        _messages("Proposed by the plan", plan, proposed),
        _purchases(bought, run),
        _away(run),
        _suppliers(bought, run),
        *_sourcing(run),
    ]
    return book_of(run, "Purchasing", f"as it stands on {local_time(run.plant, run.now_us)}", sheets)


def stock_book(run: Run) -> Book:
    """Materials and lots, and where there is a warehouse: bins, what is reserved, picked and counted."""
    now, currency = stock_now(run), run.plant.layout.currency
    materials = [
        SheetRow(
            cells=(
                it.material, it.title, it.unit, it.on_hand, it.reserved, it.held, it.incoming, it.value_minor, it.inventory_class,
                it.days_of_stock, it.turns,
            )
        )
        for it in now.materials
    ]  # fmt: skip
    materials.append(SheetRow(cells=("All", "", "", None, None, None, None, now.value_minor, "", None, None), is_total=True))
    lots = [
        SheetRow(cells=(it.lot, it.material, it.quantity, it.reserved, it.standing, it.since_us, it.expires_us, it.places))
        for it in now.lots
    ]
    sheets = [
        Sheet(
            title="Materials", rows=materials,
            columns=(
                *texts("Material", "Title", "Unit"), *counts("On hand", "Wanted", "Held", "Coming"), *amounts(currency, "Worth"),
                *texts("Class"), *numbers("Days of stock", "Turns a year"),
            ),
        ),
        Sheet(
            title="Lots", rows=lots,
            columns=(
                *texts("Lot", "Material"), *counts("Quantity", "Reserved"), *texts("Standing"), *times("Since", "Expires"), *wide("Where"),
            ),
        ),
        *(_warehouse(now) if now.has_warehouse else ()),
    ]  # fmt: skip
    return book_of(run, "Stock", f"as it stands on {local_time(run.plant, run.now_us)}", sheets)


def _messages(title: str, plan: PlanNow, messages: list[ActionMessage]) -> Sheet:
    rows = [
        SheetRow(
            cells=(
                it.action.replace("_", " "), it.order, it.kind, it.material, it.quantity, plan.day(it.from_bucket), plan.day(it.to_bucket),
                it.why,
            )
        )
        for it in messages
    ]  # fmt: skip
    columns = (*texts("What to do", "Order", "Is", "Material"), *counts("Quantity"), *texts("Due", "Wanted"), *wide("Why"))
    return Sheet(title=title, columns=columns, rows=rows)


def _purchases(now: PurchasingNow, run: Run) -> Sheet:
    rows = [
        SheetRow(
            cells=(
                it.order, it.supplier, it.material, it.quantity, it.received, it.placed_us, it.due_us, it.received_us, it.standing,
                it.operation, it.agreed_by, it.value_minor, it.open_minor,
            )
        )
        for it in now.orders
    ]  # fmt: skip
    rows.append(SheetRow(cells=("Still to come", "", "", None, None, None, None, None, "", "", "", None, now.open_minor), is_total=True))
    columns = (
        *texts("Order", "Supplier", "Material"), *counts("Quantity", "Received"), *times("Ordered", "Due", "Came last"),
        *texts("Standing", "Operation", "Agreed by"), *amounts(run.plant.layout.currency, "Value", "Open"),
    )  # fmt: skip
    return Sheet(title="Purchase orders", columns=columns, rows=rows)


def _suppliers(now: PurchasingNow, run: Run) -> Sheet:
    rows = [
        SheetRow(
            cells=(
                it.supplier, it.title, it.order_count, it.open_count, it.late_count, it.on_time_share, it.quality_share, it.price_share,
                it.score, it.open_minor,
            )
        )
        for it in now.suppliers
    ]  # fmt: skip
    columns = (
        *texts("Supplier", "Title"), *counts("Orders", "Open", "Late now"), *shares("Came in time", "Quality", "Price", "Score"),
        *amounts(run.plant.layout.currency, "Open"),
    )  # fmt: skip
    return Sheet(title="Suppliers", columns=columns, rows=rows)


def _away(run: Run) -> Sheet:
    rows = [
        SheetRow(cells=(it.supplier, it.kind, it.material, it.lot, it.quantity, it.order, it.sent_us, it.due_us, it.value_minor))
        for it in at_suppliers_now(run)
    ]
    columns = (
        *texts("Supplier", "What", "Material", "Lot"), *counts("Quantity"), *texts("Order"), *times("Sent", "Due"),
        *amounts(run.plant.layout.currency, "Value"),
    )  # fmt: skip
    return Sheet(title="At suppliers", columns=columns, rows=rows)


def _sourcing(run: Run) -> list[Sheet]:
    now, currency = sourcing_now(run), run.plant.layout.currency
    wanted = [
        SheetRow(
            cells=(it.requisition, it.material, it.quantity, it.due_us, it.raised_by, it.standing, it.decided_by, it.order, it.value_minor)
        )
        for it in now.requisitions
    ]
    quotes = [
        SheetRow(
            cells=(
                it.rfq, it.of.quote, it.of.supplier, it.of.quantity, it.of.arrives_us,
                "accepted" if it.is_accepted else "" if it.of.is_valid else "not valid any more", it.of.goods_minor, it.of.delivery_minor,
                it.of.late_minor, it.of.total_minor,
            )
        )
        for it in now.quotes
    ]  # fmt: skip
    agreed = [
        SheetRow(cells=(it.blanket, it.supplier, it.material, it.until_us, it.quantity, it.called, it.open, it.unit_price_minor))
        for it in now.blankets
    ]
    return [
        Sheet(
            title="Requisitions", rows=wanted,
            columns=(
                *texts("Requisition", "Material"), *counts("Quantity"), *times("Wanted"),
                *texts("Raised by", "Standing", "Decided by", "Became"), *amounts(currency, "Value"),
            ),
        ),
        Sheet(
            title="Quotes", rows=quotes,
            columns=(
                *texts("Request", "Quote", "Supplier"), *counts("Quantity"), *times("Would come"), *texts("Standing"),
                *amounts(currency, "Goods", "Delivery", "Late", "All"),
            ),
        ),
        Sheet(
            title="Blanket orders", rows=agreed,
            columns=(
                *texts("Blanket order", "Supplier", "Material"), *times("Until"), *counts("Quantity", "Called off", "Left"),
                *amounts(currency, "Price"),
            ),
        ),
    ]  # fmt: skip


def _warehouse(now: StockNow) -> list[Sheet]:
    bins = [SheetRow(cells=(it.bin, it.title, it.zone, it.taken, it.capacity, it.content)) for it in now.bins]
    kept = [SheetRow(cells=(it.order, it.material, it.lot, it.bin, it.quantity)) for it in now.kept]
    picks = [
        SheetRow(
            cells=(
                it.pick_list, it.wave, it.order, it.standing, it.reason, it.released_us, line.material, line.lot, line.bin, line.quantity,
            )
        )
        for it in now.pick_lists
        for line in it.lines
    ]  # fmt: skip
    to_count = [
        SheetRow(cells=(it.count, it.material, it.inventory_class, it.requested_us, lot, place, None, None))
        for it in now.counts
        for place, lot in it.to_do
    ]
    counted = [SheetRow(cells=(it.count, it.material, "", it.at_us, it.lot, it.bin, it.expected, it.found)) for it in now.counted]
    return [
        Sheet(title="Bins", columns=(*texts("Bin", "Title", "Zone"), *counts("Taken", "Places"), *wide("What lies there")), rows=bins),
        Sheet(title="Reservations", columns=(*texts("Order", "Material", "Lot", "Bin"), *counts("Quantity")), rows=kept),
        Sheet(
            title="Pick lists", rows=picks,
            columns=(
                *texts("Pick list", "Wave", "Order", "Standing", "Reason"), *times("Released"), *texts("Material", "Lot", "Bin"),
                *counts("Quantity"),
            ),
        ),
        Sheet(
            title="Cycle counts", rows=[*to_count, *counted],
            columns=(*texts("Count", "Material", "Class"), *times("When"), *texts("Lot", "Bin"), *counts("Expected", "Found")),
        ),
    ]  # fmt: skip

"""What the ERP knows: stock, orders, requests, deliveries on their way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from twin.erp.requests import Request
from twin.mes.execution import JobOrder
from twin.model.demand.orders import OrderLine
from twin.model.events import PurchaseOrderPlaced
from twin.model.scenario import Scenario
from twin.results.run import Run
from twin.simulation.compiled_plant.begun.asked import Asked, SeenRequest, SeenStock
from twin.simulation.compiled_plant.begun.ground import Ground
from twin.simulation.compiled_plant.compiled_plant import CompiledPlant
from twin.simulation.demand import Supply


def root_of(run: Run, lot: str) -> str:
    """The lot that rework has first taken `lot` off; itself if none."""
    lots = run.mes.tracking.lots
    while lot in lots and lots[lot].from_lot:
        lot = lots[lot].from_lot
    return lot


def _is_of_demand(scenario: Scenario, order: str) -> bool:
    stream, _, number = order.rpartition("-")
    return any(line.order == order for line in scenario.demand.orders) or (stream in scenario.demand.streams and number.isdigit())


def needed_requests(run: Run, jobs: Iterable[JobOrder]) -> list[Request]:
    """Requests that are open, that lots in the making are for, and those whose names they bear; in the order in which they were planned."""
    requests = run.erp.requests.requests
    wanted, ahead = set[str](), [*run.erp.requests.open, *(job.request for job in jobs)]
    while ahead:
        name = ahead.pop()
        if name in requests and name not in wanted:
            wanted.add(name)
            ahead += [requests[name].parent, requests[name].name]
    return [it for name, it in requests.items() if name in wanted]


def with_strange_orders(run: Run, requests: Iterable[Request], notes: list[str]) -> Scenario:
    """The scenario with one more known order for each that no demand of it has asked for; they come no more, they have come."""
    scenario, start_us = run.scenario, run.scenario.start_us
    known = run.erp.customer_orders.orders
    open_orders = [order for waiting in run.erp.customer_orders.waiting.values() for _, order in waiting]
    asked = {order: known[order].material for order in open_orders}
    for it in requests:
        asked.setdefault(_named_after(run, it), it.material)
    strange = {order: material for order, material in asked.items() if not _is_of_demand(scenario, order)}
    if any(order not in scenario.work_in_process for order in strange):
        notes.append(f"{len(strange)} orders are of no demand of the scenario ({', '.join(list(strange)[:3])} ...): taken as they are")
    lines = []
    for order, material in strange.items():
        sold = known.get(order)
        due, customer, quantity = (sold.due_us - start_us, sold.customer, sold.quantity) if sold else (0, "", 1)
        lines.append(OrderLine(order=order, customer=customer, material=material, quantity=quantity, at="0 us", due=f"{max(1, due)} us"))
    demand = scenario.demand.model_copy(update={"orders": [*scenario.demand.orders, *lines]})
    return scenario.model_copy(update={"demand": demand, "work_in_process": {}, "supply": []})


def _named_after(run: Run, request: Request) -> str:
    """The order whose name a request bears: its customer's, or that of a lot that was found at the start; else its own."""
    top = request
    while top.parent:
        top = run.erp.requests.requests[top.parent]
    found = top.name.removesuffix(f"-{top.material}")
    return found if found in run.scenario.work_in_process else request.order or request.request


def tell_demand(ground: Ground, run: Run, notes: list[str]) -> None:
    """Which orders have come, and since when the next is awaited."""
    scenario, known = run.scenario, run.erp.customer_orders.orders
    for n, line in enumerate(scenario.demand.orders):
        if line.order in known:
            continue
        if scenario.start_us + line.at > ground.now_us:
            ground.tell_line(n)
        else:
            notes.append(f"order {line.order} of the scenario should have come and has not: taken not to come any more")
    for name in scenario.demand.streams:
        numbers = [int(n) for stream, _, n in (order.rpartition("-") for order in known) if stream == name and n.isdigit()]
        last = max(numbers, default=0)
        ground.tell_stream(name, last, known[f"{name}-{last}"].confirmed_us if last else scenario.start_us)


def tell_asked(asked: Asked, run: Run, requests: Iterable[Request], jobs: Iterable[JobOrder], notes: list[str]) -> None:
    """Stock, requests, customer orders, purchase orders."""
    erp, now_us = run.erp, run.now_us
    asked.tell_stock(
        {
            material: SeenStock(
                on_hand=erp.stock.on_hand[material] - erp.stock.sent(material), incoming=erp.stock.incoming[material],
                reserved=erp.stock.reserved[material] - erp.stock.sent(material),
                purchases=erp.purchasing.placed_count.get(material, 0),
            )
            for material in erp.stock.on_hand
        }
    )  # fmt: skip
    lots = {job.lot: job.request for job in jobs}
    open_lots = Counter(lots.values())
    roots = Counter({root_of(run, lot): request for lot, request in lots.items()}.values())
    asked.tell_requests([_seen(run, it, open_lots, roots) for it in requests], [name for _, name in erp.requests.planned])
    asked.tell_backlog([name for name in run.mes.release.backlog if name in asked.rows])
    _note_shipments(run, notes)
    for waiting in erp.customer_orders.waiting.values():
        for _, name in reversed(waiting):
            order = erp.customer_orders.orders[name]
            asked.tell_order(name, order.material, order.open_quantity, order.due_us, order.priority)
    for name in sorted(erp.purchasing.open):
        purchase = erp.purchasing.orders[name]
        number = name.rpartition("-")[2]
        if run.plant.materials.materials[purchase.material].supplier is None:
            notes.append(f"nobody is declared to supply {purchase.material}: {name} is taken not to come")
            continue
        asked.tell_delivery(
            name,
            purchase.material,
            int(number) if number.isdigit() else 0,
            purchase.open_quantity,
            now_us - purchase.placed_us - purchase.moved_us,
        )


def expect_deliveries(source: CompiledPlant, run: Run, seed: int, notes: list[str]) -> None:
    """What is on order comes to a plant that is commanded: when it was drawn to come, under the seed of the run; else after what is planned
    as its lead time, and what should have come, at once.
    """
    suppliers, now_us, drawn = run.plant.materials.suppliers, run.now_us, Supply(run.plant, seed)
    for name in sorted(run.erp.purchasing.open):
        it = run.erp.purchasing.orders[name]
        if it.supplier not in suppliers:
            notes.append(f"nobody is declared to supply {it.material}: {name} is taken not to come")
            continue
        purchase = PurchaseOrderPlaced(
            effective_us=it.placed_us + it.moved_us, order=name, supplier=it.supplier, material=it.material, quantity=it.open_quantity,
            unit_price_minor=it.unit_price_minor, due_us=it.due_us,
        )  # fmt: skip
        lead_time_us = drawn.lead_time_us(purchase)[1] if run.seed == seed else round(suppliers[it.supplier].lead_time.mean_us)
        source.expect(purchase, max(1, it.placed_us + it.moved_us + lead_time_us - now_us))


def _note_shipments(run: Run, notes: list[str]) -> None:
    """Orders that do not ship whole as soon as they can, which the rules of a future do."""
    known, limits = run.erp.customer_orders, run.erp.credit.limits
    orders = [known.orders[name] for waiting in known.waiting.values() for _, name in waiting]
    bound = [it.order for it in orders if it.is_partial or it.held or it.customer in limits or it.header]
    if bound:
        how = "ship in parts, with other lines, or as far as credit goes"
        notes.append(f"{len(bound)} orders {how} ({', '.join(bound[:3])} ...): taken to ship whole, each by itself")


def _seen(run: Run, it: Request, open_lots: Counter[str], roots: Counter[str]) -> SeenRequest:
    order, made = run.erp.customer_orders.orders.get(it.order), run.mes.release.requests.get(it.request)
    priority = made.priority if made else order.priority if order else 0
    return SeenRequest(
        request=it.request, name=it.name, order=_named_after(run, it), parent=it.parent, material=it.material, quantity=it.quantity,
        due_us=it.due_us, release_us=it.release_us, priority=priority, is_open=it.closed_us is None,
        is_released=it.released_us is not None, produced=it.produced, scrapped=it.scrapped, answered_good=it.answered_good,
        good=made.good if made else 0, open_lots=open_lots[it.request], uncut_lots=len(made.uncut) if made else 0,
        named_lots=roots[it.request], outstanding=it.outstanding,
    )  # fmt: skip

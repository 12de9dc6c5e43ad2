"""Who asks the plant for something, and who delivers to it: customer orders, order streams, suppliers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from twin.model.demand.orders import OrderLine, OrderStream
from twin.model.events import GoodsReceived, MasterDataChanged, PurchaseOrderPlaced, PurchaseOrderRevised, SalesOrderConfirmed
from twin.model.master_data.foreseen import with_new
from twin.model.plant import Plant
from twin.model.scenario import Scenario
from twin.simulation.clock import Life, PlantEnvironment
from twin.simulation.streams import RandomStream, drawing

OrderHeard = Callable[[str, str, int, int, int], None]
"""Called with order id, material, quantity, due date and priority when a customer orders."""


class Customers:
    """The demand of a scenario as SimPy processes, one for each order line and each stream."""

    def __init__(self, env: PlantEnvironment, plant: Plant, scenario: Scenario, heard: OrderHeard | None = None) -> None:
        self._env, self._materials, self._heard = env, plant.materials.materials, heard
        for order in scenario.demand.orders:
            env.process(self._life_of_order(order))
        for name, stream in scenario.demand.streams.items():
            env.process(self._life_of_stream(name, stream))

    def _life_of_order(self, order: OrderLine) -> Life:
        yield self._env.timeout(order.at)
        due_us, said = self._env.start_us + order.due, {"partial": order.partial or "", "header": order.header or ""}
        self._confirm(order.order, order.customer, order.material, order.quantity, due_us, order.priority, **said)

    def _life_of_stream(self, name: str, stream: OrderStream) -> Life:
        """Orders `<stream>-<n>`, n from 1; the n-th interval and the n-th quantity are the same numbers under any policy."""
        env, draw_interval_us = self._env, drawing(stream.interval)
        intervals, quantities = env.stream("demand", name), env.stream("quantity", name)
        n = 0
        while stream.count is None or n < stream.count:
            interval_us = stream.first if n == 0 and stream.first is not None else draw_interval_us(intervals)
            yield env.timeout(interval_us)
            if stream.until is not None and env.now_us > env.start_us + stream.until:
                return
            n += 1
            choices = stream.quantity
            quantity = choices[int(quantities.uniform() * len(choices))] if len(choices) > 1 else choices[0]
            self._confirm(f"{name}-{n}", stream.customer, stream.material, quantity, env.now_us + stream.promise, stream.priority)

    def _confirm(self, order: str, customer: str, material: str, quantity: int, due_us: int, priority: int, **said: str) -> None:
        env = self._env
        env.record(
            SalesOrderConfirmed, order=order, customer=customer, material=material, quantity=quantity, due_us=due_us,
            unit_price_minor=self._materials[material].price or 0, priority=priority, **said,
        )  # fmt: skip
        if self._heard:
            self._heard(order, material, quantity, due_us, priority)


def nobody_delivers(purchase: PurchaseOrderPlaced) -> tuple[str, str]:
    """In words why nobody delivers: the material is unknown, or the supplier."""
    return f"there is no material '{purchase.material}'", f"there is no supplier '{purchase.supplier}'"


def placed_before(order: str) -> str:
    """In words that an order has a number that another has, or had: that one stands, and alone is delivered."""
    return f"purchase order '{order}' was placed before; allowed: a new number"


class Supply:
    """What suppliers answer to a purchase order: one delivery, after the supplier's drawn lead time."""

    def __init__(self, plant: Plant, seed: int) -> None:
        self._seed, self._plant = seed, plant
        self._draws = {name: drawing(supplier.lead_time) for name, supplier in plant.materials.suppliers.items()}

    def learn(self, said: MasterDataChanged) -> None:
        """A supplier or a material is new: he brings what he is asked for, as long after that as it was said of him."""
        self._plant = with_new(self._plant, said)
        new = {name: it for name, it in self._plant.materials.suppliers.items() if name not in self._draws}
        self._draws |= {name: drawing(it.lead_time) for name, it in new.items()}

    def lead_time_us(self, purchase: PurchaseOrderPlaced) -> tuple[str, int]:
        """ "" and how long the delivery takes, us; or the reason why nobody delivers, and 0."""
        of_material, of_supplier = nobody_delivers(purchase)
        if purchase.material not in self._plant.materials.materials:
            return of_material, 0
        if purchase.supplier not in self._draws:
            return of_supplier, 0
        return "", self._draws[purchase.supplier](RandomStream(self._seed, "lead_time", purchase.order))

    def revised(self, purchase: PurchaseOrderPlaced, said: PurchaseOrderRevised) -> tuple[PurchaseOrderPlaced, int]:
        """The order as it is from now on, as if it had been placed so much later or sooner; and how long until it comes, us."""
        moved_us = said.due_us - purchase.due_us
        order = replace(purchase, effective_us=purchase.effective_us + moved_us, quantity=said.quantity, due_us=said.due_us)
        return order, max(0, order.effective_us + self.lead_time_us(order)[1] - said.effective_us)

    @staticmethod
    def delivery(purchase: PurchaseOrderPlaced) -> dict[str, Any]:
        """The fields of the receipt (GoodsReceived)."""
        return {
            "order": purchase.order, "lot": purchase.order, "supplier": purchase.supplier, "material": purchase.material,
            "quantity": purchase.quantity, "unit_price_minor": purchase.unit_price_minor,
        }  # fmt: skip


class Suppliers:
    """Answer each purchase order with its delivery, as a SimPy process. What a person has received meanwhile does not come once more."""

    def __init__(self, env: PlantEnvironment, plant: Plant) -> None:
        self._env, self._supply = env, Supply(plant, env.seed)
        self._received: Counter[str] = Counter()  # by order, as persons say
        self._placed: set[str] = set()
        self._to_come: dict[str, PurchaseOrderPlaced] = {}  # by order, as it was agreed last

    def learn(self, said: MasterDataChanged) -> None:
        """Somebody, or something to be bought, is new."""
        self._supply.learn(said)

    def received(self, order: str, quantity: int) -> None:
        """A person says that so much of an order has come."""
        self._received[order] += quantity

    def take_order(self, purchase: PurchaseOrderPlaced) -> str:
        """Deliver in due time; "" or the reason why nobody will."""
        if purchase.order in self._placed:
            return placed_before(purchase.order)
        refusal, lead_time_us = self._supply.lead_time_us(purchase)
        if not refusal:
            self._placed.add(purchase.order)
            self._await(purchase, lead_time_us)
        return refusal

    def revise(self, said: PurchaseOrderRevised) -> None:
        """Bring so much in all, as much later or sooner. What has come, or comes from elsewhere, stays as it is."""
        if said.order in self._to_come:
            self._await(*self._supply.revised(self._to_come[said.order], said))

    def _await(self, purchase: PurchaseOrderPlaced, after_us: int) -> None:
        self._to_come[purchase.order] = purchase
        self._env.process(self._life_of_delivery(purchase, after_us))

    def _life_of_delivery(self, purchase: PurchaseOrderPlaced, lead_time_us: int) -> Life:
        yield self._env.timeout(lead_time_us)
        if self._to_come.get(purchase.order) is not purchase:
            return  # it was changed meanwhile
        del self._to_come[purchase.order]
        rest = purchase.quantity - self._received[purchase.order]
        if rest > 0:
            self._env.record(GoodsReceived, **{**self._supply.delivery(purchase), "quantity": rest})

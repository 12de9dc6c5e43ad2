"""Packing: what is picked for an order goes into packages, and leaves once all of it is packed. A `Function` of the ERP."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from twin.erp.functions import Rule
from twin.erp.procurement.sourcing_entries import beyond, too_little, unknown
from twin.erp.warehouse.warehouse import Warehouse
from twin.model import events as e
from twin.model.events import OperationsEvent
from twin.model.readiness.signed import refusal, unsigned
from twin.model.trade.loads import write_weight
from twin.model.warehouse.packing import Packing as Declared

if TYPE_CHECKING:
    from twin.erp.erp import Erp

Derived = list[OperationsEvent]


@dataclass(slots=True, kw_only=True)
class Package:
    """One package: for which order, and what lies in it. `shipped_us`: when it left."""

    package: str
    package_type: str
    pick_list: str
    order: str
    material: str
    packed_us: int
    content: dict[str, int] = field(default_factory=dict)  # quantity by lot
    shipped_us: int | None = None

    @property
    def quantity(self) -> int:
        return sum(self.content.values())


class Packing:
    """Packages by id, in the order in which they were begun."""

    def __init__(self, erp: Erp, warehouse: Warehouse, declared: Declared) -> None:
        self._erp, self._declared, self._lists = erp, declared, warehouse.contents.pick_lists
        self.is_by_rule = warehouse.declared.moves == "rule"
        self._picked = erp.customer_orders.picked or dict
        self.packages: dict[str, Package] = {}
        self._of_list: dict[str, list[Package]] = {}
        erp.customer_orders.picked = self._leaving
        erp.customer_orders.packed_in = self._packed_in
        self._rules: dict[type[OperationsEvent], Rule] = {
            e.Packed: self._hear,
            e.PickListCancelled: self._unpack,
            e.GoodsShipped: self._ship,
        }

    @property
    def rules(self) -> Mapping[type[OperationsEvent], Rule]:
        """What it listens to."""
        return self._rules

    def decide(self, now_us: int) -> Derived:
        """By rule everything that is picked is packed at once, package after package of the first kind that takes it; else persons pack.

        What is too heavy for every kind waits (`checks.warehouse.stored.packages` finds it at the door).
        """
        if not self.is_by_rule:
            return []
        found: Derived = []
        for order, lots in self._picked().items():
            name = self._lists.open[order]
            material, number = self._lists.all[name].lines[0].material, len(self._of_list.get(name, ()))
            kind = next((kind for kind in self._declared.packages if self.most(kind, material) != 0), None)
            if kind is None:
                continue
            room, filled = self.most(kind, material), 0
            for lot, there in lots:
                left = there - self._packed(name, lot)
                while left > 0:
                    if not filled:
                        number += 1
                    part = left if room is None else min(left, room - filled)
                    found.append(
                        e.Packed(
                            effective_us=now_us, pick_list=name, material=material, lot=lot, quantity=part, package=f"{name}/{number}",
                            package_type=kind,
                        )
                    )  # fmt: skip
                    left, filled = left - part, filled + part
                    filled = 0 if room is not None and filled >= room else filled
        return found

    def violations(self) -> list[str]:
        """Packages in which more lies than was picked, or than they hold."""
        wrong = [
            f"package '{it.package}': {it.quantity} in it, {most} at most"
            for it in self.packages.values()
            if (most := self.most(it.package_type, it.material)) is not None and it.quantity > most
        ]
        for name in self._lists.open.values():
            listed, picked = self._of_list.get(name, ()), self._lists.all[name].picked
            lots = {lot for it in listed if it.shipped_us is None for lot in it.content}
            wrong += [
                f"pick list '{name}': {self._packed(name, lot)} of lot '{lot}' packed, {picked.get(lot, 0)} picked"
                for lot in lots
                if self._packed(name, lot) > picked.get(lot, 0)
            ]
        return wrong

    def most(self, package_type: str, material: str) -> int | None:
        """How many of a material go into a package of a kind at most; None: any number."""
        return self._declared.packages[package_type].most(self._erp.materials[material].unit_weight)

    def weight_mg(self, it: Package) -> int | None:
        """What a package weighs with what is in it; None where nobody has declared what one piece does."""
        each_mg = self._erp.materials[it.material].unit_weight
        return None if each_mg is None else (self._declared.packages[it.package_type].weight or 0) + it.quantity * each_mg

    def title(self, package_type: str) -> str:
        """What a kind of package is called."""
        return self._declared.packages[package_type].title or package_type

    def to_pack(self) -> list[tuple[str, str, str, int]]:
        """Pick list, order, lot and quantity of what is picked and in no package yet."""
        return [
            (self._lists.open[order], order, lot, left)
            for order, lots in self._picked().items()
            for lot, there in lots
            if (left := there - self._packed(self._lists.open[order], lot)) > 0
        ]

    # Inside

    def _packed(self, pick_list: str, lot: str) -> int:
        return sum(it.content.get(lot, 0) for it in self._of_list.get(pick_list, ()) if it.shipped_us is None)

    def _leaving(self) -> dict[str, list[tuple[str, int]]]:
        """Orders of which all that is picked is packed."""
        return {
            order: lots
            for order, lots in self._picked().items()
            if all(self._packed(self._lists.open[order], lot) >= quantity for lot, quantity in lots)
        }

    def _packed_in(self, order: str, lot: str) -> str:
        own = self._of_list.get(self._lists.open.get(order, ""), ())
        return "+".join(it.package for it in own if lot in it.content and it.shipped_us is None)

    def _hear(self, event: e.Packed) -> Derived:
        is_by_rule = not event.person and not event.terminal
        doubt = "" if is_by_rule else unsigned(event, self._erp.plant.layout.persons) or beyond(event)
        if doubt := doubt or self._wrong(event):
            return [refusal(event, doubt)]
        it = self.packages.get(event.package)
        if it is None:
            it = self.packages[event.package] = Package(
                package=event.package, package_type=event.package_type, pick_list=event.pick_list,
                order=self._lists.all[event.pick_list].order, material=event.material, packed_us=event.effective_us,
            )  # fmt: skip
            self._of_list.setdefault(event.pick_list, []).append(it)
        it.content[event.lot] = it.content.get(event.lot, 0) + event.quantity
        return []

    def _wrong(self, event: e.Packed) -> str:
        doubt = unknown("pick list", event.pick_list, self._lists.all) or unknown(
            "kind of package", event.package_type, self._declared.packages
        )
        if doubt := doubt or too_little(event.quantity):
            return doubt
        of, it = self._lists.all[event.pick_list], self.packages.get(event.package)
        if of.standing != "picked":
            return f"pick list '{event.pick_list}' is {of.standing}; allowed: one that is picked"
        left = of.picked.get(event.lot, 0) - self._packed(event.pick_list, event.lot)
        if event.quantity > left or event.material != of.lines[0].material:
            what = f"{event.quantity} of lot '{event.lot}' of '{event.material}'"
            return f"{what}: {left} of it are picked and not packed; allowed: that at most"
        if not event.package.strip() or "+" in event.package:
            return f"package '{event.package}'; allowed: a number of its own, without +"
        if it and (it.shipped_us is not None or (it.pick_list, it.package_type) != (event.pick_list, event.package_type)):
            gone = "" if it.shipped_us is None else " that has left"
            return f"package '{event.package}' is for '{it.order}', a {it.package_type}{gone}; allowed: another"
        most = self.most(event.package_type, event.material)
        if most is not None and event.quantity + (it.quantity if it else 0) > most:
            room = most - (it.quantity if it else 0)
            return (
                f"a {event.package_type} holds {most} of '{event.material}'; allowed: {room} more in '{event.package}', or another package"
            )
        return ""

    def _unpack(self, event: e.PickListCancelled) -> Derived:
        """What was packed for a list that cannot be picked so lies there again as it was picked."""
        for it in self._of_list.pop(event.pick_list, ()):
            if it.shipped_us is None:
                del self.packages[it.package]
        return []

    def _ship(self, event: e.GoodsShipped) -> Derived:
        """A package has left once all that lies in it has."""
        for name in filter(None, event.packages.split("+")):
            it = self.packages.get(name)
            order = self._erp.customer_orders.orders.get(event.order)
            if it and order and order.shipped_us == event.effective_us:
                it.shipped_us = event.effective_us
        return []


def weight_words(weight_mg: int | None) -> str:
    """As it stands on a label; "" where nobody knows."""
    return "" if weight_mg is None else write_weight(weight_mg)

"""The forms about orders of customers: one that comes without a quote, and those that shall be otherwise."""

from __future__ import annotations

from typing import Any

from twin.apps.office.purchasing_forms import AS_TIME
from twin.apps.terminals.forms import Form, ask, choice, form, group
from twin.apps.terminals.readers import Said, free_number, instant_of, money_of, text_of, whole_if_any, whole_of
from twin.apps.words import customer_choices, customer_title, material_choices, material_title
from twin.erp.sales.quoting import PARTIAL
from twin.model import events as e
from twin.results.run import Run
from twin.results.trade.ordering import OrderWanted, confirmed
from twin.results.views.overview import local_time

PARTS = {"as its customer is used to": "", "in parts, as it comes": PARTIAL[0], "all at once": PARTIAL[1]}


def orders_group(run: Run) -> Form:
    """What customers want, and want otherwise."""
    plant = run.plant
    sold = material_choices(plant, [name for name, it in plant.materials.materials.items() if it.price])
    still_open = {
        f"{it.order} of {customer_title(plant, it.customer)}: {it.quantity:,} of {material_title(plant, it.material)}"
        f" by {local_time(plant, it.due_us)}" + (f", {it.shipped:,} have left" if it.shipped else ""): it.order
        for it in run.erp.customer_orders.orders.values()
        if it.open_quantity
    }
    none = "Nothing is to leave."
    return group(
        "orders", "Orders", [],
        form(
            "SalesOrderConfirmed", "Take an order",
            choice("customer", "Customer", customer_choices(plant), none="No customer is declared."),
            choice("material", "Product", sold, none="Nothing is sold."), ask("quantity", "Quantity", "whole"),
            ask("due", f"Wanted by, {AS_TIME}", "text"), ask("unit_price", "Price, if another than usual", "money", needed=False),
            choice("partial", "It leaves", PARTS), ask("order", "Number of the order, if it has one", "text", needed=False),
            send="It is an order", mark="go",
        ),
        form(
            "SalesOrderChanged", "Change an order", choice("order", "Order", still_open, none=none),
            ask("quantity", "So many in all, if another number is wanted", "whole", needed=False),
            ask("due", f"By, if another date is wanted, {AS_TIME}", "text", needed=False), ask("reason", "Reason", "text"),
            send="Change it",
        ),
        form(
            "SalesOrderCancelled", "Cancel an order", choice("order", "Order", still_open, none=none), ask("reason", "Reason", "text"),
            send="Cancel what has not left", mark="bad",
        ),
    )  # fmt: skip


def ordered_said(run: Run, said: Said, at: dict[str, Any]) -> e.SalesOrderConfirmed:
    """As an event, under a number of its own where nobody has written one."""
    wanted = OrderWanted(
        order=text_of(said, "order") or free_number("O", run.erp.customer_orders.orders), customer=text_of(said, "customer"),
        material=text_of(said, "material"), quantity=whole_of(said, "quantity"), due_us=instant_of(run.plant, said, "due"),
        unit_price_minor=money_of(said, "unit_price") if text_of(said, "unit_price") else None, partial=text_of(said, "partial"),
    )  # fmt: skip
    if wanted.partial not in PARTS.values():
        raise ValueError(f"partial: '{wanted.partial}'; allowed: {' or '.join(PARTIAL)}, or nothing")
    return confirmed(run, wanted, at)


def order_changed_said(run: Run, said: Said, at: dict[str, Any]) -> e.SalesOrderChanged:
    """As an event; what is left empty stays."""
    return e.SalesOrderChanged(
        **at, order=text_of(said, "order"), quantity=whole_if_any(said, "quantity"), reason=text_of(said, "reason"),
        due_us=instant_of(run.plant, said, "due") if text_of(said, "due") else 0,
    )  # fmt: skip

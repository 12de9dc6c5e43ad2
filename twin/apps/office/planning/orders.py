"""The forms about orders of customers: one that comes without a quote, and those that shall be otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, TypeVar

from twin.apps.office.purchasing_forms import AS_TIME, currency_choice
from twin.apps.terminals.forms import Form, ask, choice, form, group
from twin.apps.terminals.readers import Said, free_number, instant_of, money_of, text_of, whole_if_any, whole_of
from twin.apps.words import customer_choices, customer_title, material_title
from twin.erp.accounting.rounding import amount
from twin.erp.sales.quoting import PARTIAL
from twin.model import events as e
from twin.model.plant import Plant
from twin.results.run import Run
from twin.results.trade.ordering import OrderWanted, confirmed
from twin.results.trade.promised_first import promised_first, refuse_what_comes_too_late
from twin.results.views.overview import local_time

MORE_PRODUCTS = "Further products, as in GB2: 3; GB1: 2 at 900.00 by 2026-03-05 14:00"
Ordered = TypeVar("Ordered", bound=e.SalesOrderConfirmed | e.SalesOrderEntered)
_MORE = re.compile(r"\s*(?P<material>[^:;]+?)\s*:\s*(?P<quantity>[0-9]+)(?:\s+at\s+(?P<price>[^;]+?))?(?:\s+by\s+(?P<due>[^;]+?))?\s*")
IF_LATE = "If it cannot be there by then"
LATE = {"say when it can, and do not take it": "", "take it all the same": "taken"}
PARTS = {"as its customer is used to": "", "in parts, as it comes": PARTIAL[0], "all at once": PARTIAL[1]}


def orders_group(run: Run) -> Form:
    """What customers want, and want otherwise."""
    plant = run.plant
    sold = sold_choices(plant)
    still_open = {
        f"{it.order} of {customer_title(plant, it.customer)}: {it.quantity:,} of {material_title(plant, it.material)}"
        f" by {local_time(plant, it.due_us)}" + (f", {it.shipped:,} have left" if it.shipped else ""): it.order
        for it in run.erp.customer_orders.orders.values()
        if it.open_quantity
    }
    none = "Nothing is to leave."
    orders = run.erp.customer_orders
    open_lines = {name: len(lines) for name in orders.headers if (lines := orders.lines_of(name))}
    of_several = {f"{name} of {customer_title(plant, orders.customer_of(name))}": name for name in open_lines}
    whole = {f"{words}: all of it, {open_lines[name]} lines": name for words, name in of_several.items()}
    return group(
        "orders", "Orders", [],
        form(
            "SalesOrderConfirmed", "Take an order",
            choice("customer", "Customer", customer_choices(plant), none="No customer is declared.", unset=True),
            choice("material", "Product", sold, none="Nothing is sold.", unset=True), ask("quantity", "Quantity", "whole"),
            ask("due", f"Wanted by, {AS_TIME}", "text"), ask("unit_price", "Price, if another than usual", "money", needed=False),
            *currency_choice(plant), choice("partial", "It leaves", PARTS), choice("late", IF_LATE, LATE),
            ask("more", MORE_PRODUCTS, "text", needed=False),
            ask("order", "Number of the order, if it has one", "text", needed=False), send="It is an order", mark="go",
        ),
        form(
            "SalesOrderEntered", "Add to an order",
            choice("order", "Order", of_several, none="No order of several products is open.", unset=True),
            choice("material", "Product", sold, none="Nothing is sold.", unset=True), ask("quantity", "Quantity", "whole"),
            ask("due", f"Wanted by, {AS_TIME}", "text"), ask("unit_price", "Price, if another than usual", "money", needed=False),
            choice("late", IF_LATE, LATE), send="Add it",
        ),
        form(
            "SalesOrderChanged", "Change an order", choice("order", "Order", still_open, none=none, unset=True),
            ask("quantity", "So many in all, if another number is wanted", "whole", needed=False),
            ask("due", f"By, if another date is wanted, {AS_TIME}", "text", needed=False), ask("reason", "Reason", "text"),
            send="Change it",
        ),
        form(
            "SalesOrderCancelled", "Cancel an order", choice("order", "Order", {**whole, **still_open}, none=none, unset=True),
            ask("reason", "Reason", "text"),
            send="Cancel what has not left", mark="bad",
        ),
    )  # fmt: skip


def sold_choices(plant: Plant) -> dict[str, str]:
    """What is sold, each by its id and its title: what a form asks for in writing (`MORE_PRODUCTS`) is written by ids."""
    sold = [name for name, it in plant.materials.materials.items() if it.price]
    return {name if (title := material_title(plant, name)) == name else f"{name}: {title}": name for name in sold}


def ordered_said(run: Run, said: Said, at: dict[str, Any]) -> e.SalesOrderConfirmed | e.SalesOrderEntered:
    """As an event, under a number of its own where nobody has written one; of several products as an order of several lines."""
    return _as_promised(run, said, _wanted(run, said, at))


def _as_promised(run: Run, said: Said, event: Ordered) -> Ordered:
    """The same, if it can be promised, or is taken all the same; a page asks, and who says nothing of it has not asked.

    Raises
    ------
    ValueError : with when it can be there, and why not earlier
    """
    if said.get("late") == "":
        refuse_what_comes_too_late(run, promised_first(run, event), ", or that it is taken all the same")
    return event


def _wanted(run: Run, said: Said, at: dict[str, Any]) -> e.SalesOrderConfirmed | e.SalesOrderEntered:
    known = run.erp.customer_orders
    wanted = OrderWanted(
        order=text_of(said, "order") or free_number("O", {**known.orders, **known.headers}), customer=text_of(said, "customer"),
        material=text_of(said, "material"), quantity=whole_of(said, "quantity"), due_us=instant_of(run.plant, said, "due"),
        unit_price_minor=price_of(said, "unit_price") if text_of(said, "unit_price") else None, partial=text_of(said, "partial"),
        currency=text_of(said, "currency"),
    )  # fmt: skip
    if wanted.partial not in PARTS.values():
        raise ValueError(f"partial: '{wanted.partial}'; allowed: {' or '.join(PARTIAL)}, or nothing")
    if not text_of(said, "more"):
        return confirmed(run, wanted, at)
    price_minor = -1 if wanted.unit_price_minor is None else wanted.unit_price_minor
    further = [(material, many, wanted.due_us if due_us < 0 else due_us, price) for material, many, price, due_us in more_of(run, said)]
    return e.SalesOrderEntered(
        **at, order=wanted.order, customer=wanted.customer, partial=wanted.partial, currency=wanted.currency,
        order_lines=((wanted.material, wanted.quantity, wanted.due_us, price_minor), *further),
    )  # fmt: skip


def price_of(said: Said, name: str) -> int:
    """What is said to be the price; -1 where none is: the usual one.

    Raises
    ------
    ValueError : it is below zero, or no amount of money
    """
    if not text_of(said, name):
        return -1
    if (price_minor := money_of(said, name)) < 0:
        raise ValueError(f"{name}: {amount(price_minor)}; allowed: 0 or more, or nothing for the usual price")
    return price_minor


def line_added_said(run: Run, said: Said, at: dict[str, Any]) -> e.SalesOrderEntered:
    """One more line of an order that has several, for its customer, shipping as they do."""
    known, name = run.erp.customer_orders, text_of(said, "order")
    price_minor = price_of(said, "unit_price")
    line = (text_of(said, "material"), whole_of(said, "quantity"), instant_of(run.plant, said, "due"), price_minor)
    others = [known.orders[it] for it in known.headers.get(name, ())]
    partial = PARTIAL[0] if others and all(it.is_partial for it in others) else PARTIAL[1] if others else ""
    currency = others[0].currency if others else ""
    added = e.SalesOrderEntered(**at, order=name, customer=known.customer_of(name), order_lines=(line,), partial=partial, currency=currency)
    return _as_promised(run, said, added)


def more_of(run: Run, said: Said) -> Iterator[tuple[str, int, int, int]]:
    """Further products: material, quantity, price (-1: the usual one), and by when (-1: with the others).

    Raises
    ------
    ValueError : something is written in another way
    """
    for part in filter(str.strip, text_of(said, "more").split(";")):
        if (found := _MORE.fullmatch(part)) is None:
            raise ValueError(f"more: '{part.strip()[:40]}' is no product with a quantity; allowed: as in GB2: 3; GB1: 2 at 900.00")
        price_minor = price_of({"price": found["price"] or ""}, "price")
        due_us = instant_of(run.plant, {"due": found["due"]}, "due") if found["due"] else -1
        yield found["material"], whole_of({"more": found["quantity"]}, "more"), price_minor, due_us


def order_changed_said(run: Run, said: Said, at: dict[str, Any]) -> e.SalesOrderChanged:
    """As an event; what is left empty stays."""
    return e.SalesOrderChanged(
        **at, order=text_of(said, "order"), quantity=whole_if_any(said, "quantity"), reason=text_of(said, "reason"),
        due_us=instant_of(run.plant, said, "due") if text_of(said, "due") else 0,
    )  # fmt: skip

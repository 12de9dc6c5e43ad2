"""The forms of the orders page: offers to customers, what became of them, what is held, what comes back, how much a customer may owe."""

from __future__ import annotations

from twin.apps.office.planning.orders import orders_group, sold_choices
from twin.apps.office.purchasing_forms import AS_TIME, currency_choice
from twin.apps.terminals.forms import Form, ask, choice, form, group
from twin.apps.words import customer_choices, customer_title, exact, material_title
from twin.results.run import Run
from twin.results.views.business.orders import QuoteOffered, quotes_offered

RETURNED = {"Held, to be inspected": "inspect", "As good as new: into stock": "stock", "Scrapped at once": "scrap"}
MORE_OFFERED = "Further products, as in GB2: 3; GB1: 2 at 900.00"


def sales_forms(run: Run) -> list[Form]:
    """Groups of forms. Called with the run's lock."""
    plant = run.plant
    customers = customer_choices(plant)
    sold = sold_choices(plant)
    quotes: dict[str, list[QuoteOffered]] = {}
    for it in quotes_offered(run):
        if not it.order:
            quotes.setdefault(it.quote, []).append(it)
    offers = {f"{name}: {_offered(run, lines)}": name for name, lines in quotes.items()}
    return [
        orders_group(run),
        group(
            "quotes", "Quotes", [],
            form(
                "SalesQuoteOffered", "Offer something",
                choice("customer", "Customer", customers, none="No customer is declared.", unset=True),
                choice("material", "Product", sold, none="Nothing is sold.", unset=True), ask("quantity", "Quantity", "whole"),
                ask("unit_price", "Price, if another than usual", "money", needed=False),
                *currency_choice(plant),
                ask("discount", "Discount, whole per cent", "whole", needed=False), ask("valid_until", f"Valid until, {AS_TIME}", "text"),
                ask("more", MORE_OFFERED, "text", needed=False),
                ask("due", f"Wanted by, {AS_TIME}; else as soon as it can be", "text", needed=False), send="Offer it", mark="go",
            ),
            form(
                "SalesQuoteAccepted", "The customer takes it", choice("quote", "Quote", offers, none="No quote is open."),
                ask("order", "Number of the order, if it has one", "text", needed=False), send="It is an order",
            ),
        ),
        _shipments(run, customers),
    ]  # fmt: skip


def _shipments(run: Run, customers: dict[str, str]) -> Form:
    """What is held, what comes back, and how much a customer may owe."""
    plant, orders = run.plant, run.erp.customer_orders.orders
    held = {f"{it.order} of {customer_title(plant, it.customer)}: {it.held}": it.order for it in orders.values() if it.held}
    shipped = {
        f"{it.order} of {customer_title(plant, it.customer)}: {it.shipped:,} shipped": it.order for it in orders.values() if it.shipped
    }
    return group(
        "shipments", "Shipments and credit", [],
        form(
            "ShipmentReleased", "Let a shipment go", choice("order", "Order that is held", held, none="Nothing is held."),
            ask("reason", "Reason", "text"), send="Let it go",
        ),
        form(
            "CreditLimitChanged", "How much may be owed",
            choice("customer", "Customer", customers, none="No customer is declared.", unset=True),
            ask("limit", "At most; nothing: any amount", "money", needed=False), ask("reason", "Reason", "text"), send="Change it",
        ),
        form(
            "ReturnAccepted", "Goods came back", choice("order", "Of order", shipped, none="Nothing is shipped."),
            ask("quantity", "Pieces", "whole"), ask("reason", "Reason", "text"),
            choice("disposition", "What becomes of it", RETURNED),
            ask("credit", "Credit, if another than was invoiced", "money", needed=False),
            send="Accept it",
        ),
    )  # fmt: skip


def _offered(run: Run, lines: list[QuoteOffered]) -> str:
    """What stands on a quote, in a few words."""
    plant = run.plant
    products = [
        f"{it.quantity:,} of {material_title(plant, it.material)} at {exact(it.net_price_minor)} {it.currency}".strip() for it in lines
    ]
    return f"{', '.join(products)}, to {customer_title(plant, lines[0].customer)}"

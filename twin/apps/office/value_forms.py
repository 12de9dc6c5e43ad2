"""The forms about what something is worth: freight, receipts that were others, overheads, another method, what was taken apart."""

from __future__ import annotations

from twin.apps.terminals.forms import OF_WHEN, Form, ask, choice, earlier, form, group, several
from twin.apps.words import choices, exact, material_title
from twin.erp.accounting.valuation.corrections import METHODS
from twin.erp.accounting.valuation.entering import SPLITS
from twin.results.run import Run
from twin.results.views.business.values import to_take_apart, values_now

SPLIT_WORDS = {"equal": "equal parts", "quantity": "quantity", "weight": "weight", "volume": "volume", "value": "value"}
METHOD_WORDS = {"standard": "standard cost", "fifo": "first in, first out", "moving_average": "moving average"}


def value_forms(run: Run) -> list[Form]:
    """What is said on the finance page. Called with the run's lock."""
    plant, now = run.plant, values_now(run)
    titles = {name: material_title(plant, name) for name in plant.materials.materials}
    came = {
        f"{it.order}, lot {it.lot}: {it.quantity:,} of {titles[it.material]} for {exact(it.worth_minor)}": f"{it.order}|{it.lot}"
        for it in now.deliveries
    }
    overheads = choices({name: it.title for name, it in plant.materials.overheads.items()})
    methods = choices({name: f"{material_title(plant, name)}, now at {METHOD_WORDS[method]}" for name, method in now.methods.items()})
    none = "Nothing has come yet."
    return [
        group(
            "receipts", "What deliveries have cost", [],
            form(
                "LandedCostEntered", "Share out freight or duty", ask("order", "Number of its bill", "text"),
                ask("amount", "Amount, as in 150.00, below zero to take back of it", "money"),
                choice("split", "Shared by", {SPLIT_WORDS[it]: it for it in SPLITS}),
                several("deliveries", "Deliveries", came, none=none, needed=False), earlier(OF_WHEN), send="Share it out", mark="go",
            ),
            form(
                "ReceiptCorrectionEntered", "A delivery was another", choice("delivery", "Delivery", came, none=none),
                ask("quantity", "It was so many", "whole"), ask("unit_price", "At a price of", "money"), ask("reason", "Reason", "text"),
                send="Correct it",
            ),
        ),
        group(
            "values", "Overheads and methods", [],
            form(
                "OverheadEntered", "An overhead has cost", choice("overhead", "Overhead", overheads, none="No overhead is declared."),
                ask("amount", "Amount", "money"), ask("budget", "So much was planned", "money", needed=False),
                ask("order", "Number of its bill", "text"), earlier(OF_WHEN), send="Enter it",
            ),
            form(
                "ValuationChangeRequested", "Count stock by another method", choice("material", "Material", methods),
                choice("method", "From now on", {METHOD_WORDS[it]: it for it in METHODS}), ask("reason", "Reason", "text"),
                send="Change it", mark="bad",
            ),
        ),
    ]  # fmt: skip


def unbuild_forms(run: Run) -> list[Form]:
    """What is said on the stock page. Called with the run's lock."""
    made = {
        f"{it.lot}: {it.quantity:,} of {material_title(run.plant, it.material)}, made by {it.request}": f"{it.request}|{it.lot}"
        for it in to_take_apart(run)
    }
    apart = form(
        "UnbuildEntered", "Take apart", choice("made", "Lot in stock", made, none="Nothing that was made here is in stock."),
        ask("quantity", "Pieces", "whole"), ask("reason", "Reason", "text"), send="It is taken apart", mark="bad",
    )  # fmt: skip
    return [group("apart", "Taken apart, as its bill says", [], apart)]

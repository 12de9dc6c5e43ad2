"""The forms of the purchasing page: what is wanted, who offers it, what is ordered, which bills are paid."""

from __future__ import annotations

from twin.apps.office.outside_forms import outside_forms
from twin.apps.terminals.forms import OF_WHEN, Form, ask, choice, choose, earlier, form, group, option, several
from twin.apps.words import day_words, exact, material_choices, material_title, person_titles, supplier_choices, supplier_title, with_days
from twin.model.plant import Plant
from twin.results.run import Run
from twin.results.views.business.owed import ItemNow, payables_now
from twin.results.views.business.plan import ChangeProposed, PlanNow, changes_proposed
from twin.results.views.business.sourcing import QuoteNow, RequisitionNow, SourcingNow, sourcing_now
from twin.results.views.overview import local_time

AS_TIME = "as in 2026-03-02 14:00"


def purchasing_forms(run: Run) -> list[Form]:
    """Groups of forms. Called with the run's lock."""
    now = sourcing_now(run)
    return [_wanted(run, now), _offered(run, now), _ordered(run, now), _come(run), _bills(run), *outside_forms(run)]


def proposed_form(run: Run, plan: PlanNow) -> Form:
    """What the material plan proposes to order, or to change of what is on order, to be said as it was seen."""
    materials = run.plant.materials.materials
    to_release = {it.order for it in plan.messages if it.action == "release" and materials[it.material].kind == "purchased"}
    shown = {
        f"{it.quantities[0]:,} of {material_title(run.plant, it.material)} for {day_words(plan.day(it.due))}": "|".join(
            (it.order, it.material, str(it.quantities[0]), plan.day(it.due))
        )
        for it in plan.plan.listed.due_now()
        if it.order in to_release
    }
    released = form(
        "PlannedOrder", "Order what the plan proposes", choice("planned", "Planned order", shown, none="Nothing has to be ordered."),
        send="Release the order", mark="go",
    )  # fmt: skip
    changes = {change_words(it): "|".join((it.order, str(it.quantity), it.due)) for it in changes_proposed(run, plan) if it.is_purchase}
    changed = form(
        "PlannedChange", "Agree on what the plan proposes",
        choice("change", "Order", changes, none="What is on order is as the plan would have it."), send="The supplier has agreed",
    )  # fmt: skip
    return group("proposed", "What the plan proposes", [], released, changed)


def change_words(it: ChangeProposed) -> str:
    """What the plan would have of an order, and why."""
    wanted = f"{it.quantity:,} in all by {day_words(it.due)}" if it.quantity else "nothing more"
    return f"{it.order}: {wanted}, since {with_days(it.why)}"


def _bought(run: Run) -> dict[str, str]:
    known = run.plant.materials.materials
    return material_choices(run.plant, [name for name, it in known.items() if it.kind == "purchased"])


def currency_choice(plant: Plant) -> list[Form]:
    """In which currency prices are said, where the plant knows another than its own."""
    known = plant.materials.finance.currencies
    return [choice("currency", "Currency, if another", {"–": "", **{it: it for it in known}})] if known else []


def _wanted(run: Run, now: SourcingNow) -> Form:
    plant = run.plant

    def words(it: RequisitionNow) -> str:
        return f"{it.requisition}: {it.quantity:,} of {material_title(plant, it.material)}"

    limit = plant.materials.purchasing.approval_above
    dear = {run.erp.sourcing.rfqs[it.rfq].requisition for it in now.quotes if limit is not None and it.of.total_minor > limit}
    raised = [
        it
        for it in now.requisitions
        if it.standing == "raised" or (it.standing == "approved" and not it.decided_by and it.requisition in dear)
    ]
    undecided = {words(it): it.requisition for it in now.requisitions if it.standing in ("raised", "approved")}
    to_approve = [option(f"{words(it)}, by {person_titles(plant, it.raised_by)}", it.requisition, not_person=it.raised_by) for it in raised]
    return group(
        "wanted", "Requisitions", [f"{len(raised)} wait for approval by somebody else than who has raised them."] if raised else [],
        form(
            "PurchaseRequisitionRaised", "Want something", choice("material", "Material", _bought(run)),
            ask("quantity", "Quantity", "whole"),
            ask("due", f"Wanted by, {AS_TIME}", "text"), ask("reason", "Reason", "text", needed=False), send="Raise it", mark="go",
        ),
        form(
            "PurchaseRequisitionApproved", "Approve", choose("requisition", "Requisition", to_approve, none="None waits for you."),
            send="It may be bought",
        ),
        form(
            "PurchaseRequisitionRejected", "Reject", choice("requisition", "Requisition", undecided, none="None is undecided."),
            ask("reason", "Reason", "text"), send="It is not bought", mark="bad",
        ),
    )  # fmt: skip


def _offered(run: Run, now: SourcingNow) -> Form:
    sourcing, plant = run.erp.sourcing, run.plant
    approved = {
        f"{it.requisition}: {it.quantity:,} of {material_title(plant, it.material)}": it.requisition
        for it in now.requisitions
        if it.standing == "approved"
    }
    asked = {
        f"{name}: {supplier_title(plant, supplier)}, until {local_time(plant, it.answer_by_us)}": f"{name}|{supplier}"
        for name, it in sourcing.rfqs.items()
        if not it.accepted
        for supplier in it.suppliers
    }
    offers = {_offer(run, it): f"{it.rfq}|{it.of.quote}" for it in now.quotes if not sourcing.rfqs[it.rfq].accepted}
    return group(
        "offered", "Quotes", [],
        form(
            "RfqSent", "Ask for quotes", choice("requisition", "For", approved, none="No requisition is approved."),
            several("suppliers", "Suppliers", supplier_choices(run.plant)), ask("answer_by", f"Answer by, {AS_TIME}", "text"),
            send="Send it",
        ),
        form(
            "QuoteReceived", "Enter a quote", choice("asked", "Who answers what", asked, none="Nobody is asked."),
            ask("quote", "Number of the quote", "text"), ask("unit_price", "Price, as in 12.50", "money"),
            ask("lead_time", "Days until it comes", "whole"), ask("valid_until", f"Valid until, {AS_TIME}", "text"),
            ask("minimum", "At least so many, if it says so", "whole", needed=False),
            ask("delivery", "Delivery as a whole, if it costs", "money", needed=False),
            ask("breaks", "Cheaper from: quantity and price, as in 72: 90.00; 100: 85.00", "text", needed=False),
            *currency_choice(run.plant), send="Enter it",
        ),
        form(
            "QuoteAccepted", "Award", choice("offer", "To, the best first", offers, none="There is no quote to be awarded."),
            ask("reason", "Reason, if it is not the best", "text", needed=False), send="Order by it", mark="go",
        ),
    )  # fmt: skip


def _offer(run: Run, it: QuoteNow) -> str:
    of = it.of
    late = f", of which {exact(of.late_minor)} for coming late" if of.late_minor else ""
    standing = "" if of.is_valid else ", not valid any more"
    return f"{it.rfq}, {of.rank}.: {of.quote} of {supplier_title(run.plant, of.supplier)}, {exact(of.total_minor)} in all{late}{standing}"


def _ordered(run: Run, now: SourcingNow) -> Form:
    plant = run.plant
    blankets = {
        f"{it.blanket}: {it.open:,} of {material_title(plant, it.material)} left at {exact(it.unit_price_minor)}": it.blanket
        for it in now.blankets
        if it.open
    }
    still_open = {
        f"{it.order}: {it.open_quantity:,} of {material_title(plant, it.material)} to come": it.order
        for it in run.erp.purchasing.orders.values()
        if it.open_quantity
    }
    known = run.erp.purchasing
    whole = {f"{it}, all {len(lines)} lines that are open": it for it in known.headers if len(lines := known.open_lines(it)) > 1}
    approved = {it.requisition: it.requisition for it in now.requisitions if it.standing == "approved"}
    others = {supplier_title(plant, it): it for known in plant.materials.materials.values() for it in known.alternative_suppliers}
    date = ask("due", f"Wanted by, {AS_TIME}", "text")
    return group(
        "ordered", "Orders", [],
        form(
            "PurchaseOrderPlaced", "Order at a supplier", choice("material", "Material", _bought(run)),
            choice("supplier", "Supplier, if not the usual", {"–": "", **others}), ask("quantity", "Quantity", "whole"), date,
            ask("unit_price", "Price, if another than usual", "money", needed=False), *currency_choice(run.plant),
            ask("more", "More of the same supplier, as in BAR50: 20; BAR80: 5 at 70.00 by 2026-03-05 14:00", "text", needed=False),
            send="Release the order",
        ),
        form(
            "BlanketOrderAgreed", "Agree on a blanket order", ask("blanket", "Number, if it has one", "text", needed=False),
            choice("supplier", "Supplier", supplier_choices(run.plant)), choice("material", "Material", _bought(run)),
            ask("quantity", "Quantity in all", "whole"), ask("unit_price", "Price, as in 12.50", "money"),
            ask("until", f"Until, {AS_TIME}", "text"), send="It is agreed",
        ),
        form(
            "BlanketOrderCalled", "Call off", choice("blanket", "Blanket order", blankets, none="Nothing is agreed."),
            ask("quantity", "Quantity", "whole"), date, choice("requisition", "For requisition", {"–": "", **approved}), send="Call it off",
        ),
        _changed(run),
        form(
            "PurchaseOrderClosed", "Nothing more will come", choice("order", "Order", {**whole, **still_open}, none="No order is open."),
            ask("reason", "Reason", "text"), send="Close it", mark="bad",
        ),
        *_beyond(run),
    )  # fmt: skip


def _beyond(run: Run) -> list[Form]:
    """What has come beyond what was ordered and may: it is kept, or goes back. Nothing has: nobody is asked."""
    orders, given_back = run.erp.purchasing.orders, run.erp.corrections.given_back
    excess = {name: run.erp.purchasing.excess(name, given_back.get(name, 0)) for name, it in orders.items() if it.beyond}
    many = {
        f"{it}: {quantity:,} of {material_title(run.plant, orders[it].material)} too many": it
        for it, quantity in excess.items()
        if quantity
    }
    if not many:
        return []
    return [
        form(
            "OverDeliveryDecided", "More has come than was ordered", choice("order", "Order", many),
            choose("kept", "What becomes of it", [option("we keep it", "kept"), option("it goes back", "back")]),
            ask("quantity", "So many, left empty for all", "whole", needed=False),
            ask("lot", "Out of lot, if not the last", "text", needed=False), ask("reason", "Reason", "text", needed=False), send="So be it",
        )
    ]  # fmt: skip


def _changed(run: Run) -> Form:
    """What a supplier has agreed to of an order that is open."""
    plant = run.plant
    goods = {
        f"{it.order}: {it.quantity:,} of {material_title(plant, it.material)} by {local_time(plant, it.due_us)}"
        + (f", {it.received:,} came" if it.received else ""): it.order
        for it in run.erp.purchasing.orders.values()
        if it.open_quantity and not it.operation and it.closed_us is None
    }
    return form(
        "PurchaseOrderChanged", "Change an order", choice("order", "Order", goods, none="No order is open."),
        ask("quantity", "So many in all, if another number is agreed", "whole", needed=False),
        ask("due", f"By, if another date is agreed, {AS_TIME}", "text", needed=False), ask("reason", "Reason", "text"),
        send="The supplier has agreed",
    )  # fmt: skip


def _come(run: Run) -> Form:
    """What a supplier has brought. Where the plant says that itself, nobody is asked."""
    plant = run.plant
    to_come = {
        f"{it.order}: {it.open_quantity:,} of {material_title(plant, it.material)} to come": it.order
        for it in run.erp.purchasing.orders.values()
        if it.open_quantity and not it.operation
    }
    until = [ask("expires", f"May be used before, {AS_TIME}", "text", needed=False)] if plant.layout.warehouse else []
    by_persons = run.scenario.policies.persons_receive
    return group(
        "come", "Goods have come", [] if by_persons else ["This plant says by itself what suppliers have brought: nobody has to enter it."],
        form(
            "GoodsReceiptEntered", "Receive goods", choice("order", "Order", to_come if by_persons else {}, none="Nothing is to come."),
            ask("quantity", "So many have come", "whole"), ask("lot", "Lot of the supplier, if it has one", "text", needed=False), *until,
            earlier(OF_WHEN), send="They have come", mark="go",
        ),
    )  # fmt: skip


def _less(run: Run, it: ItemNow) -> str:
    """What is enough for a bill that is paid in time."""
    discounts, item = run.erp.settlement.discounts, run.erp.settlement.items.payables[it.party, it.item]
    left_minor, until_us = discounts.may_be_left_minor(item, run.now_us), discounts.until_us(item)
    if not left_minor or until_us is None:
        return ""
    return f", {exact(item.open_minor - left_minor, it.currency)} if paid by {local_time(run.plant, until_us).partition(',')[0]}"


def _bills(run: Run) -> Form:
    plant, owed = run.plant, payables_now(run)
    orders = {
        f"{it.order} of {supplier_title(plant, it.supplier)}: {it.received:,} came": it.order
        for it in run.erp.purchasing.orders.values()
        if it.received
    }
    items = [(it, f"{it.item} of {supplier_title(plant, it.party)}: {exact(it.amount_minor, it.currency)}") for it in owed.items]
    blocked = {f"{words}, {it.blocked}": f"{it.party}|{it.item}" for it, words in items if it.blocked}
    payable = {f"{words}{_less(run, it)}": f"{it.party}|{it.item}" for it, words in items if not it.blocked}
    count = f"{len(blocked)} {'is' if len(blocked) == 1 else 'are'} blocked, release {'it' if len(blocked) == 1 else 'them'} first"
    no_bill = f"No bill may be paid: {count}." if blocked else "No bill is open."
    return group(
        "bills", "Bills and payments", [],
        form(
            "BillEntered", "Enter a bill", choice("order", "For what came on", orders, none="Nothing has come on any order."),
            ask("bill", "Number of the bill", "text"), ask("net", "Net, below zero for a credit note", "money"),
            ask("tax", "Tax", "money", needed=False), ask("quantity", "For so many, if it says so", "whole", needed=False),
            ask("more", "For further orders: net and pieces, as in PO-2: 120.00 for 4; PO-7: 35.00", "text", needed=False),
            earlier(OF_WHEN), send="Enter it",
        ),
        form(
            "BillReleaseRequested", "Release a blocked bill", choice("bill", "Bill", blocked, none="No bill is blocked."),
            ask("reason", "Why the difference is accepted", "text"), send="It may be paid",
        ),
        form(
            "PaymentOrdered", "Pay a bill", choice("bill", "Bill", payable, none=no_bill),
            ask("amount", "Amount, left empty for all of it, less its discount", "money", needed=False),
            earlier(OF_WHEN), send="Pay it", mark="go",
        ),
    )  # fmt: skip

"""The paper to a supplier: what is ordered of him, with his price and our date."""

from __future__ import annotations

from twin.erp.accounting.rounding import round_half_even
from twin.model.problems import did_you_mean
from twin.results.papers.trade_paper import PaperLine, TradePaper, day, letter_head, material_of, sender
from twin.results.run import Run


def purchase_order(run: Run, name: str) -> TradePaper:
    """What is ordered, all lines of the order.

    Raises
    ------
    ValueError : nobody knows such an order
    """
    purchasing = run.erp.purchasing
    names = purchasing.headers.get(name) or [name]
    placed = [purchasing.orders[it] for it in names if it in purchasing.orders]
    if not placed:
        known = (*purchasing.headers, *(order.order for order in purchasing.orders.values() if not order.header))
        raise ValueError(f"there is no purchase order '{name}'{did_you_mean(name, known)}; allowed: one that page Purchasing has")
    first, lines = placed[0], list[PaperLine]()
    is_agreed = bool(first.currency) and all(it.currency == first.currency for it in placed)  # else its lines are summed in the books'
    for it in placed:
        price_minor = it.agreed_price_minor if is_agreed else it.unit_price_minor
        definition = run.plant.materials.materials.get(it.material)
        title, unit = material_of(run, it.material)
        price_per = definition.price_per if definition and not it.operation else 1
        wanted = it.quantity - it.cancelled
        lines.append(
            PaperLine(
                title=f"{it.operation} of {title}" if it.operation else title, quantity=wanted, unit=unit, price_minor=price_minor,
                price_per=price_per, net_minor=round_half_even(wanted * price_minor, price_per),
            )
        )  # fmt: skip
    agreed = first.rfq or first.blanket
    wishes = [f"We expect {line.quantity:,} of {line.title} on {day(run, it.due_us)}." for it, line in zip(placed, lines, strict=True)]
    return TradePaper(
        kind="Purchase order", number=name, sender=sender(run),
        receiver=letter_head(run.plant.materials.suppliers.get(first.supplier), first.supplier),
        facts=[("Date", day(run, first.placed_us)), ("Supplier", first.supplier), *([("As agreed in", agreed)] if agreed else [])],
        currency=first.currency if is_agreed else run.plant.layout.currency, lines=lines, sums=[("Net", sum(it.net_minor for it in lines))],
        words=[*wishes, "Please name our order on your delivery note and your bill."],
    )  # fmt: skip

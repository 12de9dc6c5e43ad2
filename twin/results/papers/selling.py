"""Papers to customers: what they are promised, what they are asked for or get back, what they are reminded of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction

from twin.erp.accounting.rounding import round_half_even
from twin.erp.sales.customer_orders import CustomerOrder
from twin.erp.settlement.open_items import OpenItem
from twin.model.events import (
    DownPaymentCleared,
    DownPaymentInvoiced,
    DunningIssued,
    FreeInvoiceIssued,
    GoodsShipped,
    GoodsTakenBack,
    InvoiceIssued,
    OperationsEvent,
    TaxCharged,
)
from twin.model.master_data.dated import NOW_US
from twin.model.problems import did_you_mean
from twin.model.settlement.percent import MILLION
from twin.results.papers.trade_paper import PaperLine, TradePaper, day, letter_head, material_of, sender, written
from twin.results.run import Run
from twin.results.tables import account_titles

_OfInvoice = tuple[OperationsEvent, int]


def order_confirmation(run: Run, name: str) -> TradePaper:
    """What a customer has ordered and is promised, all lines of the order.

    Raises
    ------
    ValueError : nobody knows such an order
    """
    orders = run.erp.customer_orders
    names = orders.headers.get(name) or [name]
    lines = [orders.orders[it] for it in names if it in orders.orders]
    if not lines:
        known = (*orders.headers, *(order.order for order in orders.orders.values() if not order.header))
        raise ValueError(f"there is no customer order '{name}'{did_you_mean(name, known)}; allowed: one that page Orders has")
    first = lines[0]
    is_agreed = bool(first.currency) and all(it.currency == first.currency for it in lines)
    told = [_order_line(run, it, is_agreed) for it in lines]
    net_minor = sum(it.net_minor for it in told)
    asked_minor = net_minor + sum(_tax_minor(run, it, line.net_minor) for it, line in zip(lines, told, strict=True))
    taxes = [("Tax", asked_minor - net_minor)] if asked_minor != net_minor else []
    promised = [f"{it.quantity:,} of {material_of(run, it.material)[0]} leave our house on {day(run, it.due_us)}." for it in lines]
    return TradePaper(
        kind="Order confirmation", number=name, sender=sender(run), receiver=_receiver(run, first.customer),
        facts=[("Date", day(run, run.now_us)), ("Your order of", day(run, first.confirmed_us)), ("Customer", first.customer),
               *([("Made of quote", first.quote)] if first.quote else [])],
        currency=first.currency if is_agreed else run.plant.layout.currency, lines=told,
        sums=[("Net", net_minor), *taxes, ("Total", asked_minor)],
        words=[*promised, "All of it ships together." if len(lines) > 1 and not first.is_partial else ""],
    )  # fmt: skip


def _order_line(run: Run, it: CustomerOrder, is_agreed: bool) -> PaperLine:
    """`is_agreed`: in the currency in which it was agreed."""
    title, unit = material_of(run, it.material)
    price_minor, net_minor = (it.agreed_price_minor, it.agreed_net_minor) if is_agreed else (it.unit_price_minor, it.net_minor)
    return PaperLine(title=title, quantity=it.quantity, unit=unit, price_minor=price_minor, price_per=it.price_per, net_minor=net_minor)


def _tax_minor(run: Run, it: CustomerOrder, net_minor: int) -> int:
    """The tax of a net as it is now, in its currency."""
    owing = run.erp.settlement.owing
    return owing.tax_on(net_minor, owing.code_of(owing.customer_terms(it.customer, NOW_US), it.material, NOW_US), NOW_US)


def invoice(run: Run, name: str) -> TradePaper:
    """An invoice as it was issued, or a credit note; fees of reminders are on those.

    Raises
    ------
    ValueError : nobody knows such an invoice
    """
    item = _item(run, name)
    of = _of_invoice(run, item)
    is_agreed = bool(item.currency) and any(_is_agreed(it) for it, _ in of)
    lines, taxes = [*_lines(run, item, of, is_agreed)], _taxes(run, item, of, is_agreed)
    net_minor = sum(it.net_minor for it in lines)
    taken = run.erp.settlement.credits.discount.get(name, (0, 0))[0 if is_agreed else 1]
    is_credit, total_minor = item.amount_minor < 0, net_minor + sum(minor for _, minor in taxes) + taken
    asked_minor = item.amount_minor - sum(it.amount_minor for it in item.added if it.said_us > item.issued_us)  # without fees of later
    own_minor = None if is_agreed else total_minor
    asked = f"We ask for {_in_words(run, item, asked_minor, own_minor)} by {day(run, item.due_us)}, with {name} as its reference."
    less = _discount(run, item, asked_minor)
    bank = run.plant.materials.company.bank
    reasons = [event.reason for event, _ in of if isinstance(event, FreeInvoiceIssued) and event.reason]
    back = f"This stands to your credit: {_in_words(run, item, -asked_minor, own_minor and -own_minor)}."
    return TradePaper(
        kind="Credit note" if is_credit else "Invoice", number=name, sender=sender(run), receiver=_receiver(run, item.party),
        facts=[("Date", day(run, item.issued_us)), ("Customer", item.party), *([("Order", item.order)] if item.order else []),
               *([] if is_credit else [("Due", day(run, item.due_us))])],
        currency=item.currency if is_agreed else run.plant.layout.currency, lines=lines,
        sums=[("Net", net_minor), *taxes, *([("Less the discount that it was paid at", taken)] if taken else []), ("Total", total_minor)],
        words=[*reasons, back] if is_credit else [*reasons, asked, less, f"Bank: {bank}" if bank else ""],
    )  # fmt: skip


def _discount(run: Run, item: OpenItem, asked_minor: int) -> str:
    """What is enough for an invoice that is paid sooner, as it said when it was issued; "" where terms said nothing of it."""
    until_us = run.erp.settlement.discounts.until_us(item)
    less_minor = round_half_even(asked_minor * item.discount.share, MILLION) if item.discount else 0
    if until_us is None or less_minor <= 0:
        return ""
    currency = item.currency or run.plant.layout.currency
    enough = f"{written(asked_minor - less_minor)} {currency} are enough"
    return f"Paid by {day(run, until_us)}, {enough}: that is {written(less_minor)} less."


def reminder(run: Run, name: str) -> TradePaper:
    """The last reminder of an invoice: what is open of it, with the fees that were asked for.

    Raises
    ------
    ValueError : nobody knows such an invoice, or nobody was reminded of it
    """
    item = _item(run, name)
    sent = [event for event, _ in _of_invoice(run, item) if isinstance(event, DunningIssued)]
    if not sent:
        raise ValueError(f"nobody was reminded of invoice '{name}'; allowed: one that is overdue, and whose reminder has gone out")
    last = sent[-1]
    fees_minor = sum(it.fee_minor for it in sent)
    rate = run.erp.settlement.rates.rate(item.currency, last.effective_us)
    open_minor, open_booked_minor = item.stood_at(last.effective_us)
    credit_minor = open_minor - round(last.fee_minor * rate) - last.open_minor  # the reminder asks for the net of it
    credit_booked_minor = round(Fraction(open_booked_minor * credit_minor, open_minor)) if open_minor else 0
    open_minor, open_booked_minor = open_minor - credit_minor, open_booked_minor - credit_booked_minor
    asked_minor = open_booked_minor + credit_booked_minor - fees_minor
    credit = [("Less what stands to your credit", -credit_booked_minor)] if credit_booked_minor else []
    late = item.overdue_days(last.effective_us, run.plant.layout.time_zone)
    title = f"Invoice {name} of {day(run, item.issued_us)}, due {day(run, item.due_us)}, {late} days ago"
    line = PaperLine(title=title, quantity=None, unit="", price_minor=None, price_per=1, net_minor=asked_minor)
    return TradePaper(
        kind=f"Reminder {last.stage}", number=name, sender=sender(run), receiver=_receiver(run, item.party),
        facts=[("Date", day(run, last.effective_us)), ("Customer", item.party), *([("Order", item.order)] if item.order else [])],
        currency=run.plant.layout.currency, lines=[line],
        sums=[("Fees of reminders", fees_minor), *credit, ("Open", open_booked_minor)],
        words=[f"We have not found a payment for all of it, and ask for {_in_words(run, item, open_minor, open_booked_minor)} at once."],
    )  # fmt: skip


def _item(run: Run, name: str) -> OpenItem:
    receivables = run.erp.settlement.items.receivables
    if name not in receivables:
        raise ValueError(f"there is no invoice '{name}'{did_you_mean(name, receivables)}; allowed: one that page Finance has")
    return receivables[name]


def _receiver(run: Run, customer: str) -> list[str]:
    return letter_head(run.plant.materials.customers.get(customer), customer)


def _is_agreed(event: OperationsEvent) -> bool:
    """Whether it is of an order that was agreed in another currency."""
    if isinstance(event, GoodsTakenBack):
        return bool(event.agreed_credit_minor)
    return isinstance(event, InvoiceIssued | DownPaymentInvoiced) and bool(event.currency)


def _in_words(run: Run, item: OpenItem, asked_minor: int, own_minor: int | None) -> str:
    """An amount in the currency of the invoice, and, where that is another, what it is in the books; None: the paper is not in those."""
    if own_minor is None:
        return f"{written(asked_minor)} {item.currency}"
    own = f"{written(own_minor)} {run.plant.layout.currency}"
    return f"{written(asked_minor)} {item.currency} ({own})" if item.currency else own


def _of_invoice(run: Run, item: OpenItem) -> list[_OfInvoice]:
    """The events that an invoice or a credit is of, each with how many pieces it is for, in the order in which they were kept."""
    on_invoice, left = run.erp.settlement.owing.on_invoice, Counter[str]()
    receivables, found, credits = run.erp.settlement.items.receivables, list[_OfInvoice](), 0
    credited = [name for name, it in receivables.items() if it.order == item.order and name.startswith(f"CR-{item.order}-")]
    for entry in run.journal.entries():
        event = entry.event
        match event:
            case GoodsShipped():
                left[event.order] += event.quantity
            case InvoiceIssued():
                quantity = left.pop(event.order, 0)  # what has left since the invoice before
                if event.effective_us == item.issued_us and item.item in on_invoice.get(event.order, ()):
                    found.append((event, quantity))
            case GoodsTakenBack():
                if event.order == item.order and event.credit_minor:
                    credits += 1  # credits of an order are numbered as goods came back
                    if item.item in credited and credited.index(item.item) == credits - 1:
                        found.append((event, event.quantity))
            case FreeInvoiceIssued() | TaxCharged() | DunningIssued() | DownPaymentInvoiced():
                if event.invoice == item.item:
                    found.append((event, 0))
            case DownPaymentCleared():
                if (event.side, event.item) == ("receivable", item.item):
                    found.append((event, 0))
    return found


def _net_minor(item: OpenItem) -> int:
    """What a credit was booked at, without its tax and what was added to it later."""
    return item.asked_first().booked_minor


def _lines(run: Run, item: OpenItem, of: list[_OfInvoice], is_agreed: bool) -> Iterator[PaperLine]:
    """`is_agreed`: in the currency in which it was agreed."""
    orders, titles = run.erp.customer_orders.orders, account_titles(run)
    is_empty = True
    for event, quantity in of:
        if isinstance(event, InvoiceIssued | GoodsTakenBack):
            order, is_empty = orders[event.order], False
            title, unit = material_of(run, order.material)
            back = isinstance(event, GoodsTakenBack)
            if isinstance(event, GoodsTakenBack):
                net_minor = -(event.agreed_credit_minor if is_agreed else event.credit_minor)
            else:
                net_minor = event.agreed_minor if is_agreed else event.net_minor
            price_minor = order.agreed_price_minor if is_agreed else order.unit_price_minor
            yield PaperLine(
                title=f"{title}, taken back" if back else title, quantity=quantity, unit=unit,
                price_minor=None if back else price_minor, price_per=order.price_per, net_minor=net_minor,
            )  # fmt: skip
        elif isinstance(event, DownPaymentInvoiced | DownPaymentCleared):
            is_empty = False
            yield _in_advance(event, is_agreed)
        elif isinstance(event, FreeInvoiceIssued):
            is_empty = False
            for account, minor in event.earning_lines:
                yield PaperLine(title=titles.get(account, account), quantity=None, unit="", price_minor=None, price_per=1, net_minor=minor)
    if is_empty:  # it was open before the books began
        net_minor = _net_minor(item) - item.tax_minor
        yield PaperLine(title="Brought forward", quantity=None, unit="", price_minor=None, price_per=1, net_minor=net_minor)


def _in_advance(event: DownPaymentInvoiced | DownPaymentCleared, is_agreed: bool) -> PaperLine:
    """What is asked for in advance, or given back; or what was, and is taken off."""
    if isinstance(event, DownPaymentCleared):
        title, net_minor = f"Less down payment {event.down_payment}", -(event.net_minor if is_agreed else event.worth_minor)
    else:
        title = f"Down payment on order {event.order}" + (", given back" if event.net_minor < 0 else "")
        net_minor = event.agreed_minor if is_agreed else event.net_minor
    return PaperLine(title=title, quantity=None, unit="", price_minor=None, price_per=1, net_minor=net_minor)


def _taxes(run: Run, item: OpenItem, of: list[_OfInvoice], is_agreed: bool) -> list[tuple[str, int]]:
    """Each tax by its title, with the rate that it was charged at and what it comes to."""
    by_code, taxed = Counter[str](), run.erp.settlement.owing.charged.of
    left = {key: list(its) for key, its in taxed.items() if key[1] == item.item}  # in the order in which they were charged
    for event, _ in of:
        if isinstance(event, TaxCharged):
            its = left.get((event.order, event.invoice))
            _, title, rate = its.pop(0) if its else (event.tax_code, "", None)
            title = title or f"Tax {event.tax_code}"
            by_code[title if rate is None else f"{title}, {rate / MILLION * 100:g} %"] += (
                event.agreed_tax_minor if is_agreed else event.tax_minor
            )
    if not by_code:
        return [("Tax", item.tax_minor)] if item.tax_minor else []
    return list(by_code.items())

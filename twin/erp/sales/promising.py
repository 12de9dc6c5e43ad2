"""When a customer can have something: of what is there or coming and promised to nobody, else of what is made or bought anew."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from twin.erp.material_plan.promise import available_to_promise
from twin.model.measures import write_duration

if TYPE_CHECKING:
    from twin.erp.erp import Erp
    from twin.erp.requests import Request


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """All of a quantity can be there at `due_us`, and what of, in words."""

    due_us: int
    reason: str


def promise(
    erp: Erp, material: str, quantity: int, now_us: int, without: str = "", *, as_due: bool = False, as_agreed: bool = False
) -> Promise:
    """The earliest instant at which `quantity` of `material` is available to promise; as if there were no customer order `without`.

    A bucket begins wherever something comes, so a date is that of a supply and no end of a day. What is overdue, or not begun, comes no
    sooner than lead times allow from now on. What nobody has asked for yet takes the planned lead times of its bill, one after the other;
    nothing that comes later than that is waited for. `as_due`: by what is let go, each when it is due, overdue now; `as_agreed`: also what
    is hastened.
    """
    hastened = without if not as_due else ""
    lead_us, coming = lead_us_of(erp, material), _coming(erp, material, now_us, hastened, without, as_due=as_due or as_agreed)
    starts = sorted({now_us, *(at_us for at_us, _, _ in coming)})
    made, promised = [0] * len(starts), [0] * len(starts)
    for at_us, pieces, _ in coming:
        made[bisect_right(starts, at_us) - 1] += pieces
    for at_us, pieces in _promised(erp, material, without):
        promised[bisect_right(starts, max(now_us, at_us)) - 1] += pieces
    left, used_us = quantity, now_us
    for start_us, free in zip(starts, available_to_promise(erp.stock.shippable(material), made, promised), strict=True):
        if lead_us and not as_due and start_us > now_us + lead_us:
            break
        left -= free
        used_us = start_us if free > 0 else used_us
        if left <= 0:
            of = ", ".join(dict.fromkeys(name for at_us, _, name in coming if at_us <= start_us))
            return Promise(due_us=start_us, reason=f"in stock or coming until then ({of})" if start_us > now_us else "in stock")
    of = f"{quantity - left} in stock or coming, " if left < quantity else ""
    return Promise(due_us=max(now_us + lead_us, used_us), reason=f"{of}{left} anew, in {write_duration(lead_us)}")


def _coming(erp: Erp, material: str, now_us: int, hastened: str, without: str, *, as_due: bool) -> list[tuple[int, int, str]]:
    """What requests and purchase orders still bring: when, how much, which; not what is only planned for the order `without`.

    What was let go for the order `hastened` comes as soon as lead times say.
    """
    made = [erp.requests.requests[name] for name in sorted(erp.requests.open | erp.requests.unfinished)]
    made = [it for it in made if not (without and it.order == without and it.released_us is None)]
    bought = [erp.purchasing.orders[name] for name in sorted(erp.purchasing.open)]
    lead_us = lead_us_of(erp, material)
    of_it = []
    for it in made:
        if it.material == material and it.expected:
            due_us = _comes_us(it, hastened, lead_us)
            of_it.append((due_us if as_due else _made_us(erp, it, due_us, now_us), it.expected, it.request))
    for order in bought:
        if order.material == material:
            late_us = now_us + lead_us if order.due_us < now_us and not as_due else 0
            of_it.append((max(order.due_us, late_us), order.open_quantity, order.order))
    return [(max(now_us, at_us), pieces, name) for at_us, pieces, name in of_it]


def _comes_us(it: Request, hastened: str, lead_us: int) -> int:
    """When a request brings what it is for: when it is due, or, of an order that is hastened, as soon as lead times say."""
    if not (hastened and lead_us) or it.order != hastened or it.released_us is None:
        return it.due_us
    return min(it.due_us, it.released_us + lead_us)


def _made_us(erp: Erp, it: Request, due_us: int, now_us: int) -> int:
    """When a request that is due then can be there: one that has not begun takes the lead time of what it makes, and of what it lacks.

    One that has begun is taken at its word until it is overdue, and then takes as much of its lead time as is left of its pieces.
    """
    own_us = erp.materials[it.material].planned_lead_time
    if it.produced or it.found or any(it.taken.values()):
        left_us = own_us * it.expected // max(1, it.quantity)
        return due_us if due_us > now_us else now_us + max(1, left_us)
    lacking = [name for name, pieces in it.outstanding.items() if erp.stock.on_hand.get(name, 0) < pieces and name != it.material]
    anew_us = now_us + own_us + max((lead_us_of(erp, name) for name in lacking), default=0)
    return max(due_us, anew_us, now_us + 1)


def _promised(erp: Erp, material: str, without: str) -> list[tuple[int, int]]:
    """What customers were promised, and what is kept back for requests and maintenance: when, how much."""
    orders = [erp.customer_orders.orders[name] for _, name in erp.customer_orders.waiting[material] if name != without]
    requests = [erp.requests.requests[name] for name in sorted(erp.requests.open)]
    return [
        *((it.due_us, it.open_quantity) for it in orders),
        *((it.release_us, it.outstanding[material]) for it in requests if it.outstanding.get(material)),
        *((0, pieces) for (_, of), pieces in sorted(erp.spare_parts.reserved.items()) if of == material),
    ]


def lead_us_of(erp: Erp, material: str) -> int:
    """How long it takes to have a material anew, if nothing that it needs is there."""
    items = erp.plant.materials
    definition = items.materials[material]
    if definition.kind == "purchased":
        return round(items.suppliers[definition.supplier].lead_time.mean_us) if definition.supplier in items.suppliers else 0
    return definition.planned_lead_time + max((lead_us_of(erp, line.material) for line in definition.bill), default=0)

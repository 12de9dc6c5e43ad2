"""A promise as a person wants it: the date, from what, why it is not earlier, and what an earlier one would cost."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from twin.erp.accounting.rounding import round_half_even
from twin.erp.capacity_plan.alternatives.promised import asked
from twin.erp.capacity_plan.capacity_plan import CapacityPlan
from twin.erp.capacity_plan.promise import Answer, Promising, Stretch
from twin.erp.capacity_plan.shop import floor_of, in_instants
from twin.erp.capacity_plan.work import rows_of
from twin.kernels.material_plan import promising as at
from twin.kernels.material_plan.timelines import Busy
from twin.model.calendars import spoken_duration, written_local
from twin.model.measures import US_PER_H
from twin.model.settlement.percent import MILLION


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """What would bring it forward, and at what price: work outside the calendars at the hourly rates, a supplier's express delivery."""

    what: str
    at_us: int
    gained_us: int
    cost_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """`at_us` : when all of it can be there; None, if not within the year after the plan that hours are known for.

    `way` : what goes on until then, without a gap, of what comes last; `in_time` : how many can be there by the wanted date; `uses` : the
    alternatives that bring it forward, in words.
    """

    material: str
    quantity: int
    from_stock: int
    started: int
    at_us: int | None
    reason: str
    way: tuple[Stretch, ...] = ()
    earlier: tuple[Earlier, ...] = ()
    wanted_us: int | None = None
    in_time: int | None = None
    uses: tuple[str, ...] = ()

    @property
    def is_in_time(self) -> bool:
        return self.at_us is not None and (self.wanted_us is None or self.at_us <= self.wanted_us)


def promise_of(plan: CapacityPlan, promising: Promising, material: str, quantity: int, wanted_us: int | None = None) -> Promise:
    """The earliest promise for so many, beside all that is planned; nothing is changed by it.

    Raises
    ------
    ValueError : no such material, or nothing is asked for
    """
    if material not in plan.number_of:
        raise ValueError(f"no material is called '{material}'")
    if quantity < 1:
        raise ValueError(f"{quantity} of {material} cannot be promised; allowed: 1 or more")
    number = plan.number_of[material]
    first, (promising, answer, uses) = promising, asked(plan, promising, number, quantity)
    top = answer.node(number)
    if answer.at_us is None:
        return Promise(
            material=material, quantity=quantity, from_stock=top[at.TAKEN], started=top[at.MADE], at_us=None, wanted_us=wanted_us,
            reason="the hours that are known do not suffice", in_time=_in_time(promising, number, quantity, wanted_us),
            uses=uses,
        )  # fmt: skip
    way = promising.way(answer)
    return Promise(
        material=material, quantity=quantity, from_stock=top[at.TAKEN], started=top[at.MADE], at_us=answer.at_us, way=tuple(way),
        reason=_reason(plan, way), earlier=tuple(_earlier(plan, promising, answer, quantity, way)), wanted_us=wanted_us,
        in_time=quantity if wanted_us is None or answer.at_us <= wanted_us else max(
            _in_time(it, number, quantity, wanted_us) for it in dict.fromkeys((promising, first))
        ),
        uses=uses,
    )  # fmt: skip


def said(plan: CapacityPlan, stretch: Stretch) -> str:
    """A stretch in words."""
    lasts = spoken_duration(stretch.length_us)
    if stretch.why == "stock":
        return f"{stretch.material} is free in stock {lasts} from now"
    if stretch.why == "bought":
        definition = plan.plant.materials.materials[stretch.material]
        source = f"bought of {definition.supplier}" if definition.supplier else "made, as planned,"
        return f"{stretch.material} is {source} and takes {lasts}"
    if stretch.why == "queue":
        return f"{stretch.material} waits {lasts} for {stretch.equipment}, {_meanwhile(plan, stretch)}"
    if stretch.why == "way":
        return f"{stretch.material} is on its way for {lasts}"
    return f"{stretch.material} is worked on for {lasts} at {stretch.equipment}"


def _meanwhile(plan: CapacityPlan, queue: Stretch) -> str:
    """What equipment does while it is waited for."""
    busy_us = plan.hours.of(queue.equipment).between_us(queue.from_us, queue.to_us)
    closed_us = queue.length_us - busy_us
    if not busy_us or not closed_us:
        return "which does other work" if busy_us else "which does not work then"
    return f"which does other work for {spoken_duration(busy_us)} and is closed for {spoken_duration(closed_us)}"


def _reason(plan: CapacityPlan, way: list[Stretch]) -> str:
    """The longest stretch, in words: without it, it would be earliest."""
    if not way:
        return "it is free in stock now"
    return said(plan, max(way, key=lambda it: it.length_us))


def _in_time(promising: Promising, number: int, quantity: int, wanted_us: int | None) -> int:
    """How many of them can be there by then: more take no less time."""
    if wanted_us is None:
        return 0
    low, high = 0, quantity
    while low < high:
        middle = (low + high + 1) // 2
        at_us = promising.ask(number, middle).at_us
        low, high = (middle, high) if at_us is not None and at_us <= wanted_us else (low, middle - 1)
    return low


def _earlier(plan: CapacityPlan, promising: Promising, answer: Answer, quantity: int, way: list[Stretch]) -> list[Earlier]:
    """Each remedy of what it waits for, and all of them together; what brings nothing is left out."""
    assert answer.at_us is not None
    equipment = [it.equipment for it in way if it.why in ("queue", "work")]
    closed = [name for name in dict.fromkeys(equipment) if len(plan.hours.spans(name)) > 1]
    bought = [it.material for it in way if it.why == "bought" and _express(plan, it.material)]
    remedies: list[tuple[set[str], set[str]]] = [({name}, set()) for name in closed] + [(set(), {name}) for name in dict.fromkeys(bought)]
    if len(remedies) > 1:
        remedies.append((set(closed), set(bought)))
    found = []
    for opened, hurried in remedies:
        other = _opened(plan, promising, opened, hurried)
        sooner = other.ask(answer.number, quantity)
        if sooner.at_us is not None and sooner.at_us < answer.at_us:
            found.append(
                Earlier(
                    what=" and ".join(
                        f"{', '.join(names)} {how}"
                        for names, how in (([it for it in closed if it in opened], "around the clock"), (sorted(hurried), "by express"))
                        if names
                    ),
                    at_us=sooner.at_us, gained_us=answer.at_us - sooner.at_us,
                    cost_minor=_outside_minor(plan, sooner, other, opened) + _express_minor(plan, sooner, other, hurried),
                )
            )  # fmt: skip
    return sorted(found, key=lambda it: (it.cost_minor, it.at_us))


def _express(plan: CapacityPlan, material: str) -> tuple[int, int] | None:
    """How long an express delivery takes, and what it costs; None: nobody offers one that is faster."""
    supplier = plan.plant.materials.suppliers.get(plan.plant.materials.materials[material].supplier or "")
    if supplier is None or supplier.express is None or supplier.express.lead_time >= plan.lead_us(material):
        return None
    return supplier.express.lead_time, supplier.express.price


def _opened(plan: CapacityPlan, promising: Promising, opened: set[str], hurried: set[str]) -> Promising:
    """The same state with some equipment open around the clock, but for the work that is on it, and some materials by express."""
    whole = [(plan.hours.from_us, plan.hours.to_us)]
    floor, busy = promising.floor, promising.busy
    if opened:
        floor = floor_of(plan.steps, plan.material_at, {it: whole if it in opened else plan.hours.spans(it) for it in plan.equipment})
        taken = {n: in_instants(promising.floor.shop, promising.busy, n) for n, it in enumerate(plan.equipment) if it in opened}
        most = max([busy.rows.shape[1], *(2 * len(it) for it in taken.values())])
        rows, count = np.zeros((len(plan.equipment), most, 2), np.int64), busy.counts.copy()
        rows[:, : busy.rows.shape[1]] = busy.rows
        for n, spans in taken.items():
            count[n] = len(spans)
            rows[n, : len(spans)] = np.array(spans, np.int64).reshape(-1, 2) - plan.hours.from_us
        busy = Busy(count, rows, np.zeros(1, np.int64))
    sources = promising.network.sources.copy()
    for material in hurried:
        express = _express(plan, material)
        assert express is not None
        number = plan.number_of[material]
        sources[number, at.LEAD_US] = sources[number, at.LIMIT_US] = express[0]
    return Promising(promising.material_at, promising.network._replace(sources=sources), floor, busy, promising.now_us, promising.flow)


def _outside_minor(plan: CapacityPlan, answer: Answer, promising: Promising, opened: set[str]) -> int:
    """What work outside the calendars costs: machines and, where somebody stays, the mean wage of those who can, with overtime."""
    layout = plan.plant.layout
    cost = Fraction(0)
    for place in answer.places.tolist():
        name = promising.floor.equipment[place[at.EQUIPMENT]]
        if name not in opened:
            continue
        step = rows_of(plan.steps[plan.material_at[place[at.NUMBER]]])[place[at.STEP]][1]
        begin_us = plan.hours.from_us + place[at.WORKED]  # around the clock: working time is time
        outside_us = place[at.LENGTH] - plan.hours.of(name).between_us(begin_us, begin_us + place[at.LENGTH])
        rates = [it.hourly_cost for it in layout.persons.values() if step.personnel_class in it.classes] if step.labour_piece_us else []
        machine = (layout.work_units.get(name) or layout.production_lines[name]).hourly_cost
        wages = Fraction(sum(rates), len(rates)) * Fraction(MILLION + layout.labour.overtime, MILLION) if rates else 0
        cost += Fraction(outside_us, US_PER_H) * (machine + wages)
    return round_half_even(cost.numerator, cost.denominator)


def _express_minor(plan: CapacityPlan, answer: Answer, promising: Promising, hurried: set[str]) -> int:
    total = 0
    for node in answer.nodes.tolist():
        name = promising.material_at[node[at.NUMBER]]
        express = _express(plan, name) if name in hurried and node[at.MADE] else None
        total += express[1] if express else 0
    return total


def written(plan: CapacityPlan, at_us: int | None) -> str:
    """An instant in the plant's time."""
    return "not within the hours that are known" if at_us is None else written_local(at_us, plan.plant.layout.time_zone)

"""The movements of one key (a material, or one lot of it) in time, and what each is worth: FIFO or moving average, in integers.

| what happens               | FIFO                                        | moving average              |
|----------------------------|---------------------------------------------|-----------------------------|
| something is brought in    | a new layer                                 | one layer with what is there |
| something is taken         | from the oldest layer on                    | its share of the layer      |
| more is taken than there   | at an estimate (last price, else standard); the next receipt settles it first       |
| something is found         | at the average of what is there             | the same                    |
| a receipt goes back        | from its own layer, then from the oldest    | its share of the layer      |
| an issue comes back        | at the cost at which it was taken           | the same                    |
| the method changes         | to another: at the last price paid; to FIFO: one layer                        |

A share of a layer is rounded half to even, and the last unit takes what is left, so nothing is worth nothing and nothing is lost.
The values follow from the set of movements and not from the order in which they became known: a late one is put in its place, and
what comes after it is reckoned again.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from twin.erp.accounting.rounding import round_half_even
from twin.erp.accounting.valuation.movements import Method, Movement, Rank

STEPS_KEPT = 256
"""After so many movements the state is remembered, so that a late one is not reckoned from the beginning."""
STEPS_NEAR, NEAR = 8, 16
"""Near the end, where most of what changes again lies (a request is closed soon after it gave something out), after so many; so often."""


@dataclass(slots=True)
class CostLayer:
    """Quantity and value of one receipt still in stock."""

    movement: Movement | None
    quantity: int
    value_minor: int


@dataclass(slots=True)
class Shortage:
    """What was taken and had not come: `open_minor` is the estimate of what no receipt has settled yet."""

    movement: Movement
    quantity: int
    open_minor: int
    settled_minor: int


@dataclass(slots=True)
class Standing:
    """What is in stock after some movement."""

    method: Method
    layers: deque[CostLayer] = field(default_factory=deque)
    shortages: deque[Shortage] = field(default_factory=deque)
    price: tuple[int, int] = (0, 0)  # value and quantity of what was brought in last

    @property
    def quantity(self) -> int:
        return sum(it.quantity for it in self.layers) - sum(it.quantity for it in self.shortages)

    @property
    def value_minor(self) -> int:
        return sum(it.value_minor for it in self.layers) - sum(it.open_minor for it in self.shortages)

    def copy(self) -> Standing:
        return Standing(
            self.method,
            deque(CostLayer(it.movement, it.quantity, it.value_minor) for it in self.layers),
            deque(Shortage(it.movement, it.quantity, it.open_minor, it.settled_minor) for it in self.shortages),
            self.price,
        )


class Timeline:
    """All movements of one key in their order, and the standing after the last."""

    def __init__(self, method: Method) -> None:
        self.movements: list[Movement] = []
        self._keys: list[tuple[tuple[int, int, str], int]] = []  # of the movements; equal ones by arrival
        self._kept: list[tuple[int, Standing]] = [(0, Standing(method))]  # what there was after so many movements
        self.now = Standing(method)

    def insert(self, movement: Movement) -> list[Movement]:
        """Put `movement` in its place; every movement whose value has changed, in order of time."""
        key = (movement.sort_key, len(self.movements))
        place = bisect_left(self._keys, key)
        self.movements.insert(place, movement)
        insort(self._keys, key)
        if place < len(self.movements) - 1:
            return self.replay(place)
        touched = self._step(self.now, movement)
        self._keep(place + 1)
        return _changed(touched)

    def revise(self, movements: Iterable[Movement]) -> list[Movement]:
        """What some movements bring has changed: reckon from the first of them on; every movement with another value."""
        first = min((self._place_of(it) for it in movements), default=len(self.movements))
        return self.replay(first)

    def _place_of(self, movement: Movement) -> int:
        """What it brings is part of its sort key, which stays as it was when it came."""
        at_us = movement.event.effective_us
        place = bisect_left(self._keys, ((at_us, int(movement.rank), ""), -1))
        while self.movements[place] is not movement:
            place += 1
        return place

    def replay(self, place: int) -> list[Movement]:
        """Reckon movement number `place` and all after it again."""
        known = bisect_right(self._kept, place, key=_count_of)
        del self._kept[known:]
        begin, standing = self._kept[-1][0], self._kept[-1][1].copy()
        for shortage in standing.shortages:
            shortage.movement.value_minor = shortage.settled_minor + shortage.open_minor
        self.now = standing
        touched: list[Movement] = [it.movement for it in standing.shortages]
        for number in range(begin, len(self.movements)):
            touched += self._step(standing, self.movements[number])
            self._keep(number + 1)
        return _changed(touched)

    def _keep(self, count: int) -> None:
        """Remember what there is now, if the last time is long ago: a copy of many layers costs as much as many movements."""
        kept = self._kept
        if count - kept[-1][0] < max(STEPS_NEAR, min(len(self.now.layers), STEPS_KEPT)):
            return
        kept.append((count, self.now.copy()))
        if len(kept) > NEAR + 1 and kept[-NEAR][0] - kept[-NEAR - 2][0] <= STEPS_KEPT:
            del kept[-NEAR - 1]  # it is not near any more, and not needed between its neighbours

    def _step(self, standing: Standing, movement: Movement) -> list[Movement]:
        """Let `movement` happen; it, and the shortages that it settles."""
        if movement.rank == Rank.METHOD:
            _change_method(standing, movement)
            return [movement]
        if movement.rank == Rank.TAKEN:
            _take(standing, movement)
            return [movement]
        if movement.rank == Rank.BROUGHT:
            movement.value_minor = movement.given_minor
            standing.price = (movement.value_minor, movement.quantity) if movement.quantity else standing.price
        elif movement.rank == Rank.RETURNED:
            movement.value_minor = movement.returned_minor()
        else:
            movement.value_minor = _estimate(standing, movement)
        return [movement, *_bring(standing, movement)]


def _count_of(kept: tuple[int, Standing]) -> int:
    return kept[0]


def _changed(touched: Iterable[Movement]) -> list[Movement]:
    """Those whose value is not the posted one, each once."""
    return list({id(it): it for it in touched if it.value_minor != it.posted_minor}.values())


def _estimate(standing: Standing, movement: Movement) -> int:
    """What a quantity without a value is worth: the average of what is there, else the last price, else standard."""
    quantity = abs(movement.quantity)
    there = sum(it.quantity for it in standing.layers)
    if there:
        return round_half_even(quantity * sum(it.value_minor for it in standing.layers), there)
    value_minor, per = standing.price
    return round_half_even(quantity * value_minor, per) if per else movement.estimate_minor


def _bring(standing: Standing, movement: Movement) -> list[Movement]:
    """Settle what was taken before it came, first in time first; what is left is in stock."""
    quantity, value_minor, settled = movement.quantity, movement.value_minor, []
    while quantity and standing.shortages:
        shortage = standing.shortages[0]
        of_it = min(quantity, shortage.quantity)
        cost = round_half_even(value_minor * of_it, quantity)
        estimate = round_half_even(shortage.open_minor * of_it, shortage.quantity)
        shortage.settled_minor += cost
        shortage.open_minor -= estimate
        shortage.quantity -= of_it
        shortage.movement.value_minor += cost - estimate
        quantity, value_minor = quantity - of_it, value_minor - cost
        settled.append(shortage.movement)
        if not shortage.quantity:
            standing.shortages.popleft()
    if quantity:
        if standing.method == "moving_average" and standing.layers:
            standing.layers[0].quantity += quantity
            standing.layers[0].value_minor += value_minor
        else:
            standing.layers.append(CostLayer(movement, quantity, value_minor))
    return settled


def _take(standing: Standing, movement: Movement) -> None:
    """Cost of what is taken: by layers, then at an estimate that the next receipt settles."""
    wanted, cost = -movement.quantity, 0
    if movement.of and standing.method == "fifo":
        for layer in [it for it in standing.layers if it.movement in movement.of]:
            drawn, value_minor = _draw(layer, wanted)
            wanted, cost = wanted - drawn, cost + value_minor
            if not layer.quantity:
                standing.layers.remove(layer)
    while wanted and standing.layers:
        drawn, value_minor = _draw(standing.layers[0], wanted)
        wanted, cost = wanted - drawn, cost + value_minor
        if not standing.layers[0].quantity:
            standing.layers.popleft()
    open_minor = 0
    if wanted:
        value_minor, per = standing.price
        open_minor = (
            round_half_even(wanted * value_minor, per) if per else round_half_even(movement.estimate_minor * wanted, -movement.quantity)
        )
        standing.shortages.append(Shortage(movement, wanted, open_minor, cost))
    movement.value_minor = cost + open_minor


def _draw(layer: CostLayer, wanted: int) -> tuple[int, int]:
    """Take up to `wanted` out of a layer: quantity and value; the last unit takes what is left."""
    if wanted >= layer.quantity:
        drawn = layer.quantity, layer.value_minor
    else:
        drawn = wanted, round_half_even(layer.value_minor * wanted, layer.quantity)
    layer.quantity -= drawn[0]
    layer.value_minor -= drawn[1]
    return drawn


def _change_method(standing: Standing, movement: Movement) -> None:
    """To standard at standard, from FIFO at the last price paid, else as it is. `value_minor`: by how much the stock is worth more."""
    before, quantity = standing.value_minor, standing.quantity
    assert movement.method is not None
    price = movement.price or (standing.price if standing.method == "fifo" and movement.method != "fifo" else None)
    layers_minor = sum(it.value_minor for it in standing.layers)
    if price and price[1] and (quantity > 0 or movement.price):
        layers_minor = round_half_even(price[0] * quantity, price[1])
    if movement.method == "standard":
        standing.shortages.clear()  # standard knows none: less than nothing is worth less than nothing
        standing.layers = deque([CostLayer(None, quantity, layers_minor)])
    else:
        in_stock = sum(it.quantity for it in standing.layers)
        standing.layers = deque([CostLayer(None, in_stock, layers_minor)] if in_stock else [])
    standing.method = movement.method
    movement.value_minor = standing.value_minor - before

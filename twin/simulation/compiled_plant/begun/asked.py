"""What is asked of the plant, as its planners know it: stock, customer orders, requests, purchase orders on their way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from twin.kernels.floor.rows import asked_rows as asked
from twin.kernels.floor.rows import plant_rows as at
from twin.kernels.floor.rows import timer_rows as due
from twin.model.materials import unit_bill
from twin.simulation.compiled_plant.begun.ground import Ground, entity
from twin.simulation.streams import drawing


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenStock:
    on_hand: int
    incoming: int
    reserved: int
    purchases: int  # orders placed so far


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenRequest:
    """A request that is open, or whose name others still bear."""

    request: str
    name: str  # without the number of a follow-up
    order: str
    parent: str
    material: str
    quantity: int
    due_us: int
    release_us: int
    priority: int
    is_open: bool
    is_released: bool
    produced: int
    scrapped: int
    answered_good: int
    good: int  # of lots that are done
    open_lots: int
    uncut_lots: int  # that are not let in yet
    named_lots: int  # lots whose names begin with its own, reworked ones with their roots
    outstanding: Mapping[str, int]


class Asked:
    """Rows of stock, orders and requests."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._materials = list(ground.declared.materials.materials)
        self._lines = {line.order: n for n, line in enumerate(ground.scenario.demand.orders)}
        self._streams = list(ground.scenario.demand.streams)
        self.rows: dict[str, int] = {}  # of requests
        self.numbers: dict[str, int] = {}

    def origin_of(self, order: str) -> tuple[int, int]:
        """Whom an order comes from: its number among the known ones, or a stream and the number within it."""
        if order in self._lines:
            return self._lines[order], 0
        stream, _, number = order.rpartition("-")
        return len(self._lines) + self._streams.index(stream), int(number)

    def tell_stock(self, stock: Mapping[str, SeenStock]) -> None:
        """Every material."""
        ground = self._ground
        for n, material in enumerate(self._materials):
            it, row = stock[material], int(ground.rows[at.MATERIALS_AT]) + n * asked.MATERIAL_STOCK_ROW
            ground.put(
                row,
                {
                    asked.ON_HAND: it.on_hand, asked.INCOMING: it.incoming, asked.RESERVED: it.reserved, asked.PURCHASES: it.purchases,
                    asked.CLAIMED: 0, asked.PROMISED: 0, asked.ORDER_FIRST: -1,
                },
            )  # fmt: skip

    def tell_order(self, order: str, material: str, quantity: int, due_us: int, priority: int) -> None:
        """A customer order that waits for stock: told from the last to the first that is served, of each material."""
        ground, row = self._ground, self._ground.new_request()
        origin, n = self.origin_of(order)
        number = self._materials.index(material)
        stock = int(ground.rows[at.MATERIALS_AT]) + number * asked.MATERIAL_STOCK_ROW
        following = int(ground.rows[stock + asked.ORDER_FIRST])
        ground.put(
            row,
            {
                asked.REQUEST_ORIGIN: origin, asked.REQUEST_N: n, asked.REQUEST_MATERIAL: number, asked.REQUEST_QUANTITY: quantity,
                asked.REQUEST_DUE_US: due_us, asked.REQUEST_PRIORITY: priority, asked.REQUEST_NEXT: following,
            },
        )  # fmt: skip
        ground.rows[stock + asked.ORDER_FIRST] = row

    def tell_delivery(self, order: str, material: str, n: int, quantity: int, age_us: int) -> None:
        """A purchase order that was placed so long ago."""
        ground, row = self._ground, self._ground.new_request()
        number = self._materials.index(material)
        ground.put(row, {asked.REQUEST_MATERIAL: number, asked.REQUEST_QUANTITY: quantity, asked.REQUEST_N: n})
        declared = ground.declared.materials
        lead_time = declared.suppliers[declared.materials[material].supplier or ""].lead_time
        total_us = drawing(lead_time)(ground.stream("lead_time", order))
        ground.after(ground.now_us + total_us - age_us, due.GOODS_DUE, row)

    def tell_requests(self, requests: Sequence[SeenRequest], planned: Sequence[str]) -> None:
        """All of them, those above before those below, the first of a name before its follow-ups; and which wait for their release date."""
        for it in requests:
            self._tell_request(it)
        following = -1
        for name in reversed(planned):
            row = self.rows[name]
            self._ground.rows[row + asked.REQUEST_NEXT] = following
            following = row
        self._ground.rows[at.PLANNED_FIRST] = following
        words = self._ground.words
        words.recall(**{**words.learned(), "requests": {number: name for name, number in self.numbers.items()}})

    def tell_backlog(self, requests: Sequence[str]) -> None:
        """Requests with lots that are not let in yet, the earliest first."""
        rows, before = [self.rows[name] for name in requests], -1
        for row, following in zip(rows, [*rows, -1][1:], strict=True):
            self._ground.put(row, {asked.REQUEST_PREVIOUS: before, asked.REQUEST_NEXT: following})
            before = row
        self._ground.rows[at.BACKLOG_FIRST], self._ground.rows[at.BACKLOG_LAST] = rows[0] if rows else -1, before

    def _tell_request(self, it: SeenRequest) -> None:
        ground, row = self._ground, self._ground.new_request()
        ground.rows[at.REQUEST_SERIAL] += 1
        self.rows[it.request], self.numbers[it.request] = row, int(ground.rows[at.REQUEST_SERIAL])
        origin, n = self.origin_of(it.order)
        definition = ground.declared.materials.materials[it.material]
        lot_size = definition.lot_size or it.quantity
        parent, first = self.rows.get(it.parent, -1), self.rows[it.name]
        follow_up = int(it.request[len(it.name) + 2 :]) if it.request != it.name else 1
        fields = {
            asked.REQUEST_ORIGIN: origin, asked.REQUEST_N: n, asked.REQUEST_MATERIAL: self._materials.index(it.material),
            asked.REQUEST_QUANTITY: it.quantity, asked.REQUEST_LOT_SIZE: lot_size, asked.REQUEST_DUE_US: it.due_us,
            asked.REQUEST_PRIORITY: it.priority, asked.RELEASE_US: it.release_us, asked.IN_NUMBERS: self.numbers[it.request],
            asked.REQUEST_ENTITY: entity(it.request), asked.PARENT: parent, asked.FIRST_OF_NAME: first, asked.FOLLOW_UP: follow_up,
            asked.LEVEL: int(ground.rows[parent + asked.LEVEL]) + 1 if parent >= 0 else 0,
            asked.CUT_COUNT: -(-it.quantity // lot_size) - it.uncut_lots if it.is_released else 0,
            asked.OPEN_LOTS: it.open_lots + it.uncut_lots,
            asked.PRODUCED: it.produced, asked.SCRAPPED: it.scrapped, asked.REQUEST_GOOD: it.good,
            asked.ANSWERED_GOOD: -1 if it.is_open else it.answered_good, asked.USERS: int(it.is_open) + it.named_lots,
        }  # fmt: skip
        ground.put(row, fields)
        if parent >= 0:
            ground.rows[parent + asked.USERS] += 1
        if first != row:
            ground.rows[first + asked.USERS] += 1
            ground.rows[first + asked.FOLLOW_UPS] = max(int(ground.rows[first + asked.FOLLOW_UPS]), follow_up - 1)
        components = unit_bill(ground.declared.materials.materials, it.material)
        for line, component in enumerate(components):
            ground.rows[row + asked.REQUEST_ROW + line] = it.outstanding.get(component, 0)

"""A plant at its start, about to be told how things stand at another instant: free rows, timers, calendars, demand."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from twin.kernels.chance.philox import entity_number
from twin.kernels.compiling import address_of
from twin.kernels.floor.commanding import change_rule
from twin.kernels.floor.rows import asked_rows as asked
from twin.kernels.floor.rows import plant_rows as at
from twin.kernels.floor.rows import step_rows as more
from twin.kernels.floor.rows import timer_rows as due
from twin.model.plant import Plant
from twin.model.scenario import Scenario
from twin.simulation.compiled_plant.compiled_plant import CompiledPlant
from twin.simulation.compiled_plant.kept.agenda import lay_heap
from twin.simulation.compiled_plant.layout import Control, Ints, Layout, signed
from twin.simulation.shop_floor.routing import Step, Steps, read_steps
from twin.simulation.streams import RandomStream, drawing


class Ground:
    """The compiled plant that everything is put into; `source` when all is told.

    Parameters
    ----------
    seed : durations under way, of which only the age is known, have the totals that they have under this seed; who does not know it
        draws them anew (`twin.kernels.floor.redrawing`). Until then what is left of them may be less than nothing.
    control : "planned", with the rules of MES and ERP in it; or "commands": an MES and an ERP beside it decide
    """

    def __init__(
        self, plant: Plant, scenario: Scenario, seed: int, now_us: int, until_us: int, control: Control = "planned"
    ) -> None:  # fmt: skip
        self.source = CompiledPlant(plant, scenario, seed, until_us, control=control)
        self.is_commanded = control == "commands"
        self.declared, self.scenario, self.seed, self.now_us = plant, scenario, seed, now_us
        self.begun = plant
        self.state, self.words = self.source.state, self.source.words
        self.layout: Layout = self.source.layout
        self.timers: list[tuple[int, int]] = []
        self._begun_steps: Steps = {(it.material, it.operation): it for it in self.layout.steps.values()}
        self._forget_the_start()

    def begun_by(self, before: Plant) -> None:
        """What is under way has begun in a plant that was another: its totals are of that one."""
        if before is not self.begun:
            self.begun, self._begun_steps = before, read_steps(before)

    def begun_step(self, material: str, operation: str) -> Step:
        """A step as it was when what is under way began."""
        return self._begun_steps[material, operation]

    def begun_setup_us(self, equipment: str, before: int, after: int) -> int:
        """How long a set-up takes that is under way, from one family to the next, by their numbers."""
        layout, families = self.begun.layout, {n: name for name, n in self.layout.families.items()}
        unit = layout.work_units.get(equipment)
        matrix, family = layout.setups.get(unit.equipment_class if unit else equipment), families[after]
        return matrix.duration_us(families[before], family) if matrix and family is not None else 0

    def addresses(self) -> tuple[int, int, int]:
        """Where the plant, the plan and the numbers lie now."""
        return address_of(self.rows), address_of(self.layout.plan), address_of(self.layout.numbers)

    @property
    def rows(self) -> Ints:
        """The array of the plant; another one when it has grown."""
        return self.state.plant

    def put(self, row: int, fields: Mapping[int, int]) -> None:
        """Write fields of a row."""
        for field, value in fields.items():
            self.rows[row + field] = value

    def stream(self, purpose: str, entity: str, draw: int = 0) -> RandomStream:
        """The random stream of the plant's seed, at its draw number `draw`."""
        stream = RandomStream(self.seed, purpose, entity)
        stream.skip(draw)
        return stream

    # -- rows that grow

    def new_lot(self) -> int:
        """A lot that is known by nothing but its number."""
        while self.rows[at.LOT_FREE_COUNT] <= self.rows[at.LOT_RESERVE]:
            self.state.grow(at.LOTS_FULL)
        row = self._take(at.LOT_FREE, at.LOT_FREE_COUNT, at.QUEUE_NEXT, int(self.rows[at.LOT_SIZE]))
        self.rows[at.LOT_SERIAL] += 1
        nothing = (
            at.DUE_US,
            at.REQUEST,
            at.STORAGE,
            at.HOLDER,
            at.WAIT_NEXT,
            at.WAIT_PREVIOUS,
            at.QUEUE_NEXT,
            at.QUEUE_PREVIOUS,
            at.JOB_NEXT,
        )
        self.put(row, {at.SERIAL: int(self.rows[at.LOT_SERIAL]), at.ROOT: row, **dict.fromkeys(nothing, -1)})
        return row

    def new_request(self) -> int:
        """A request, a customer order or a delivery, empty."""
        while self.rows[at.REQUEST_FREE_COUNT] <= self.rows[at.REQUEST_RESERVE]:
            self.state.grow(at.REQUESTS_FULL)
        row = self._take(at.REQUEST_FREE, at.REQUEST_FREE_COUNT, asked.REQUEST_NEXT, int(self.rows[at.REQUEST_SIZE]))
        nothing = (asked.REQUEST_NEXT, asked.REQUEST_PREVIOUS, asked.PARENT, asked.ANSWERED_GOOD)
        self.put(row, {asked.FIRST_OF_NAME: row, **dict.fromkeys(nothing, -1)})
        return row

    def _take(self, free: int, count: int, link: int, size: int) -> int:
        row = int(self.rows[free])
        self.rows[free] = self.rows[row + link]
        self.rows[count] -= 1
        self.rows[row : row + size] = 0
        return row

    # -- timers

    def fixed_timer(self, kind: int, number: int) -> int:
        """The timer of a piece of equipment (WORK_DONE), a cause, a calendar, an order, a stream or the clock, by its number."""
        counts = {
            due.WORK_DONE: int(self.rows[at.EQUIPMENT_COUNT]), due.CAUSE_DUE: int(self.rows[at.CAUSE_COUNT]),
            due.BOUND_DUE: int(self.rows[at.WATCH_COUNT]), due.LINE_DUE: int(self.layout.plan[at.LINE_COUNT]),
            due.STREAM_DUE: int(self.rows[at.STREAM_COUNT]), due.CLOCK_DUE: 1,
        }  # fmt: skip
        before = sum(counts[it] for it in range(due.WORK_DONE, kind))
        return int(self.rows[at.TIMERS_AT]) + (before + number) * due.TIMER_ROW

    def set_timer(self, timer: int, instant_us: int) -> None:
        self.timers.append((instant_us, timer))

    def after(self, instant_us: int, kind: int, what: int) -> None:
        """Set one of the free timers."""
        while self.rows[at.TIMER_FREE_COUNT] <= self.rows[at.TIMER_RESERVE]:
            self.state.grow(at.TIMERS_FULL)
        timer = self._take(at.TIMER_FREE, at.TIMER_FREE_COUNT, due.TIMER_WHAT, due.TIMER_ROW)
        self.put(timer, {due.TIMER_PLACE: -1, due.TIMER_KIND: kind, due.TIMER_WHAT: what})
        self.set_timer(timer, instant_us)

    # -- from beginning to end

    def _forget_the_start(self) -> None:
        """What equipment has said at the start was said long ago; no timer runs."""
        self.state.read_events()
        self.source.forget()
        self.rows[[at.LOG_COUNT, at.ROUND_BEGIN, at.NAMES_COUNT, at.BEATS]] = 0
        lay_heap(self.rows, [])
        self.rows[at.NOW] = self.now_us

    def tell_calendars(self) -> None:
        """Calendars as they stand, and the clock."""
        for n, row in enumerate(self.layout.watches.values()):
            first, count = int(self.rows[row + at.BOUNDS_AT]), int(self.rows[row + at.BOUND_COUNT])
            bounds = self.layout.plan[first : first + 2 * count].reshape(-1, 2)
            following = int(np.searchsorted(bounds[:, 0], self.now_us, side="right"))
            self.rows[row + at.BOUND_NEXT] = following
            if following:
                self.rows[row + at.IS_OPEN] = bounds[following - 1, 1]
            if following < count:
                self.set_timer(self.fixed_timer(due.BOUND_DUE, n), int(bounds[following, 0]))
        passed = (self.now_us - self.scenario.start_us) // at.CLOCK_BEAT_US + 1
        self.set_timer(self.fixed_timer(due.CLOCK_DUE, 0), self.scenario.start_us + passed * at.CLOCK_BEAT_US)

    def tell_line(self, number: int) -> None:
        """A known order that is still to come."""
        self.set_timer(self.fixed_timer(due.LINE_DUE, number), self.scenario.start_us + self.scenario.demand.orders[number].at)

    def tell_stream(self, name: str, count: int, last_us: int) -> None:
        """A stream of orders, of which `count` have come, the last at `last_us` (none: at the start)."""
        number = list(self.scenario.demand.streams).index(name)
        stream, row = self.scenario.demand.streams[name], int(self.rows[at.STREAMS_AT]) + number * asked.STREAM_ROW
        draws = count + (stream.first is None)
        if not draws and stream.first is not None and last_us + stream.first <= self.now_us:  # the first should have come: as if it had
            draws, last_us = 1, last_us + stream.first
        self.put(row, {asked.STREAM_N: count, asked.STREAM_DRAWS: draws})
        is_over = stream.until is not None and self.scenario.start_us + stream.until < self.now_us
        if is_over or (stream.count is not None and count >= stream.count):
            self.rows[row + asked.STREAM_DRAWS] = 0  # no other is awaited
            return
        total_us = drawing(stream.interval)(self.stream("demand", name, draws - 1)) if draws else stream.first or 0
        self.set_timer(self.fixed_timer(due.STREAM_DUE, number), last_us + total_us)

    def finish(self) -> CompiledPlant:
        """Everything is told: queues are put in order, timers run, and in the first settle phase equipment says where it is not as told."""
        for n in range(int(self.rows[at.CENTER_COUNT])):
            center = int(self.rows[at.CENTERS_AT]) + n * at.CENTER_ROW
            change_rule(*self.addresses(), center, int(self.rows[center + at.RULE]))
        lay_heap(self.rows, self.timers)
        self.rows[at.TOUCHED_COUNT] = 0
        for row in self.layout.equipment.values():
            is_whole = self.rows[row + at.KIND] != at.STATION
            self.rows[row + at.IS_TOUCHED] = int(is_whole)
            if is_whole:
                self.rows[int(self.rows[at.TOUCHED_AT]) + int(self.rows[at.TOUCHED_COUNT])] = row
                self.rows[at.TOUCHED_COUNT] += 1
        self.rows[at.SETTLE_IS_DUE], self.rows[at.PHASE], self.rows[at.STOCK_HAS_CHANGED] = 1, at.HAPPEN, 1
        return self.source

    def step(self, material: str, operation: str) -> tuple[int, Step]:
        """Address of a step, and what it is."""
        address = self.layout.step_at[material, operation]
        return address, self.layout.steps[address]

    def more_of(self, material: str, operation: str) -> int:
        """Address of the other row of a step."""
        plan = self.layout.plan
        return int(plan[more.MORE_STEPS_AT]) + int(plan[self.layout.step_at[material, operation] + at.STEP_NUMBER]) * more.MORE_STEP_ROW

    def tell_samples(self, material: str, operation: str, came: int) -> None:
        """How many lots have come to an operation that is done to every n-th."""
        self.rows[self.layout.plan[self.more_of(material, operation) + more.CAME_AT]] = came


def entity(name: str) -> int:
    """The number of a name, as rows hold it."""
    return signed(entity_number(name))

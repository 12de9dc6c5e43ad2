"""The arrays of a compiled plant, and running the kernel on them: tables grow when they are too small, the log is read when it is full."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from twin.kernels.compiling import address_of
from twin.kernels.floor.advancing import advance_at, begin_at
from twin.kernels.floor.lean import is_lean, lean_advance_at
from twin.kernels.floor.rows import asked_rows as asked
from twin.kernels.floor.rows import log_rows as said
from twin.kernels.floor.rows import plant_rows as at
from twin.kernels.floor.rows import timer_rows as due
from twin.kernels.own_rules import tell_what_was_raised
from twin.simulation.compiled_plant.layout import Floats, Ints, Layout

_EVENT_ROWS, _NAME_ROWS = 1 << 14, 1 << 12
_WHOLE_ROWS, _WHOLE_NAMES = 1 << 22, 1 << 21
_ROWS_AT_FIRST = 64


class FloorState:
    """`plant`, `plan`, `numbers` and `log` of one run, kept alive while the kernel works on their addresses.

    Parameters
    ----------
    events_are_read, names_are_read : called with rows (int64[n, EVENT_ROW], int64[n, NAME_ROW]) when they leave the log; copies are theirs
    """

    def __init__(
        self, plant: Ints, plan: Ints, numbers: Floats, events_are_read: Callable[[Ints], None], names_are_read: Callable[[Ints], None]
    ) -> None:  # fmt: skip
        self.plant, self.plan, self.numbers = plant, plan, numbers
        self._events_are_read, self._names_are_read = events_are_read, names_are_read
        self.lot_rows: list[int] = []  # addresses
        self.kept: list[Ints] = []
        self.kept_names: list[Ints] = []
        self._is_lean: bool | None = None  # not looked up yet
        self._keeps_all = False  # the log is read once, at the end
        rows = max(_EVENT_ROWS, 4 * int(plant[at.LOG_RESERVE]))
        names = max(_NAME_ROWS, 4 * int(plant[at.NAMES_RESERVE]))
        self.log: Ints = np.zeros(rows * said.EVENT_ROW + names * said.NAME_ROW, dtype=np.int64)
        plant[at.LOG_CAPACITY], plant[at.NAMES_CAPACITY], plant[at.NAMES_AT] = rows, names, rows * said.EVENT_ROW

    @classmethod
    def laid_out(cls, layout: Layout, events_are_read: Callable[[Ints], None], names_are_read: Callable[[Ints], None]) -> FloorState:
        """A plant before anything has happened, with room to grow."""
        state = cls(layout.plant, layout.plan, layout.numbers, events_are_read, names_are_read)
        for table in (at.TIMERS_FULL, at.LOTS_FULL, at.REQUESTS_FULL, at.NEWS_FULL):
            state.grow(table)
        return state

    @classmethod
    def of(cls, plant: Ints, plan: Ints, numbers: Floats) -> FloorState:
        """A copy of a plant that has been running, whose words are kept as rows, and what lots are called."""
        state = cls(plant, plan, numbers, lambda rows: state.kept.append(rows.copy()), lambda rows: state.kept_names.append(rows.copy()))
        return state

    def begin_again(self, plant: Ints) -> None:
        """Go back to how `plant` was (and stays): what was said since is forgotten."""
        places = [at.LOG_CAPACITY, at.NAMES_CAPACITY, at.NAMES_AT]
        sizes = self.plant[places].copy()
        if self.plant.size != plant.size:
            self.plant = plant.copy()
        else:
            self.plant[:] = plant
        self.plant[places] = sizes
        self.plant[[at.LOG_COUNT, at.ROUND_BEGIN, at.NAMES_COUNT]] = 0
        self.kept, self.kept_names = [], []

    def run_on(self, memory: Ints | None = None) -> Ints:
        """Run from where it is to its end, and everything that was said on the way; `memory` is overwritten with it if it is enough.

        So are names, as far as there is room for them: `take_names` gives the last ones.
        """
        self.kept = []
        self._keeps_all = True
        self._grow_log(_WHOLE_ROWS, memory, _WHOLE_NAMES)
        return self.run_to_end()

    def run_through(self, read: Callable[[Ints], None], learn: Callable[[Ints], None] | None = None) -> None:
        """Run from where it is to its end; what is said on the way is given to `read`, names to `learn`, slice by slice, and forgotten."""
        self._events_are_read = read
        if learn is not None:
            self._names_are_read = learn
        status = self.advance()
        assert status == at.ENDED
        self.plant[at.ROUND_BEGIN] = self.plant[at.LOG_COUNT]
        self.read_events()

    def run_to_end(self) -> Ints:
        """Run without a stop; everything that was said, int64[n, EVENT_ROW]. Shares memory with the log."""
        status = self.advance()
        assert status == at.ENDED
        last = self.log[: int(self.plant[at.LOG_COUNT]) * said.EVENT_ROW].reshape(-1, said.EVENT_ROW)
        return np.concatenate([*self.kept, last]) if self.kept else last

    @classmethod
    def resumed(
        cls, layout: Layout, events: Ints, names: Ints, events_are_read: Callable[[Ints], None], names_are_read: Callable[[Ints], None]
    ) -> FloorState:
        """Go on from a plant that was kept: its arrays are copied, so what was kept can be gone on from again."""
        kept = layout.plant
        state = cls(kept.copy(), layout.plan, layout.numbers, events_are_read, names_are_read)
        places = [at.LOG_CAPACITY, at.NAMES_CAPACITY, at.NAMES_AT]
        state.plant[places] = kept[places]
        names_at = int(kept[at.NAMES_AT])
        state.log = np.zeros(names_at + int(kept[at.NAMES_CAPACITY]) * said.NAME_ROW, dtype=np.int64)
        state.log[: events.size] = events
        state.log[names_at : names_at + names.size] = names
        return state

    def unread(self) -> tuple[Ints, Ints]:
        """Copies of what stands in the log and was not read yet: fields of events, fields of names."""
        names_at = int(self.plant[at.NAMES_AT])
        names_end = names_at + int(self.plant[at.NAMES_COUNT]) * said.NAME_ROW
        return self.log[: int(self.plant[at.LOG_COUNT]) * said.EVENT_ROW].copy(), self.log[names_at:names_end].copy()

    def begin(self, opening_stock: Sequence[int]) -> None:
        """The first words: the run begins, the stock of these materials (their numbers) is counted, equipment says its state."""
        self.tell(said.TELLS_BEAT, said.BEAT_START)
        for material in opening_stock:
            self.tell(said.TELLS_STOCK, material)
        begin_at(*self.addresses())

    def end(self) -> None:
        """The last words: a heartbeat, since silence up to the end matters."""
        self.plant[at.NOW] = self.plant[at.END]
        self.tell(said.TELLS_BEAT, said.BEAT_END)
        self.plant[at.ROUND_BEGIN] = self.plant[at.LOG_COUNT]

    def tell(self, kind: int, a: int) -> None:
        """Say something of the plant as a whole, now."""
        if self.plant[at.LOG_COUNT] == self.plant[at.LOG_CAPACITY]:
            self.read_events()
        row = int(self.plant[at.LOG_COUNT]) * said.EVENT_ROW
        self.log[row : row + said.EVENT_ROW] = (self.plant[at.NOW], kind, a, 0, 0, 0)
        self.plant[at.LOG_COUNT] += 1

    def addresses(self) -> tuple[int, int, int, int]:
        """Where the arrays lie now; they are this object's, so the addresses hold until it grows."""
        return address_of(self.plant), address_of(self.plan), address_of(self.numbers), address_of(self.log)

    @property
    def kernel(self) -> Callable[[int, int, int, int], int]:
        """What plays this plant: the lean build, which has no code for what the plant does not use, or the full one."""
        if self._is_lean is None:
            self._is_lean = is_lean(self.plant, self.plan, self.numbers)
        return lean_advance_at() if self._is_lean else advance_at

    def advance(self, end_us: int | None = None) -> int:
        """Run until the end, a round, or commands to be obeyed: ENDED, ROUND or OBEY."""
        if end_us is not None:
            self.plant[at.END] = end_us
        kernel = self.kernel
        while True:
            status = int(kernel(*self.addresses()))
            tell_what_was_raised()
            if status in (at.ENDED, at.ROUND, at.OBEY):
                return status
            if status == at.LOG_FULL and self._keeps_all:
                self._grow_log(4 * int(self.plant[at.LOG_CAPACITY]))
            elif status == at.LOG_FULL:
                self.read_events()
            elif status == at.NAMES_FULL:
                self.read_names()
            else:
                self.grow(status)

    # -- the log

    def read_events(self) -> None:
        """Give away the rows of all rounds that are over; what this round has said so far moves to the front."""
        begin, count = int(self.plant[at.ROUND_BEGIN]), int(self.plant[at.LOG_COUNT])
        rows = self.log[: count * said.EVENT_ROW].reshape(-1, said.EVENT_ROW)
        if begin:
            self.read_names()
            self._events_are_read(rows[:begin])
        rows[: count - begin] = rows[begin:count].copy()
        self.plant[at.LOG_COUNT], self.plant[at.ROUND_BEGIN] = count - begin, 0
        if count - begin + int(self.plant[at.LOG_RESERVE]) > int(self.plant[at.LOG_CAPACITY]):
            self._grow_log(2 * int(self.plant[at.LOG_CAPACITY]))  # one round alone fills it

    def _grow_log(self, capacity: int, memory: Ints | None = None, names: int = 0) -> None:
        """Room for `capacity` rows and `names` names, or more; memory not written to yet costs nothing, the first writing most."""
        names_at, used = int(self.plant[at.NAMES_AT]), int(self.plant[at.LOG_COUNT]) * said.EVENT_ROW
        written = int(self.plant[at.NAMES_COUNT]) * said.NAME_ROW
        names = max(self.log.size - names_at, names * said.NAME_ROW)
        size = capacity * said.EVENT_ROW + names
        log: Ints = memory if memory is not None and memory.size >= size else np.empty(size, dtype=np.int64)
        capacity = (log.size - names) // said.EVENT_ROW
        moved_to = capacity * said.EVENT_ROW
        log[:used], log[moved_to : moved_to + written] = self.log[:used], self.log[names_at : names_at + written]
        self.log = log
        self.plant[at.LOG_CAPACITY], self.plant[at.NAMES_AT], self.plant[at.NAMES_CAPACITY] = capacity, moved_to, names // said.NAME_ROW

    def take_names(self) -> Ints:
        """What was written down of names and nobody has read yet, int64[n, NAME_ROW]. Shares memory with the log."""
        first, count = int(self.plant[at.NAMES_AT]), int(self.plant[at.NAMES_COUNT])
        self.plant[at.NAMES_COUNT] = 0
        return self.log[first : first + count * said.NAME_ROW].reshape(-1, said.NAME_ROW)

    def read_names(self) -> None:
        """Give away what was written down of names."""
        names = self.take_names()
        if names.size:
            self._names_are_read(names)

    def make_room(self, lots: int = 0) -> None:
        """See that there is room for one more step, and for so many new lots, before Python itself takes a step."""
        plant = self.plant
        if plant[at.LOG_COUNT] + plant[at.LOG_RESERVE] > plant[at.LOG_CAPACITY]:
            self.read_events()
        if plant[at.NAMES_COUNT] + plant[at.NAMES_RESERVE] + lots > plant[at.NAMES_CAPACITY]:
            self.read_names()
        while self.plant[at.LOT_FREE_COUNT] < self.plant[at.LOT_RESERVE] + lots:
            self.grow(at.LOTS_FULL)
        if self.plant[at.TIMER_FREE_COUNT] <= self.plant[at.TIMER_RESERVE]:
            self.grow(at.TIMERS_FULL)
        if self.plant[at.REQUEST_FREE_COUNT] <= self.plant[at.REQUEST_RESERVE]:
            self.grow(at.REQUESTS_FULL)

    # -- tables that grow: new rows lie at the end, and hang on the free ones

    def grow(self, status: int) -> None:
        """Twice as many lots, requests or timers."""
        if status == at.TIMERS_FULL:
            self._more_rows(
                at.TIMER_COUNT, at.TIMER_FREE, at.TIMER_FREE_COUNT, due.TIMER_ROW, due.TIMER_WHAT, int(self.plant[at.TIMER_RESERVE])
            )
            self._move(at.HEAP_AT, int(self.plant[at.HEAP_COUNT]) * due.HEAP_ROW, int(self.plant[at.TIMER_COUNT]) * due.HEAP_ROW)
        elif status == at.LOTS_FULL:
            self._more_rows(
                at.LOT_COUNT, at.LOT_FREE, at.LOT_FREE_COUNT, int(self.plant[at.LOT_SIZE]), at.QUEUE_NEXT, int(self.plant[at.LOT_RESERVE])
            )
            self._move(at.SCRATCH_AT, 0, at.SCRATCH_SIZE + 2 * int(self.plant[at.LOT_COUNT]))
        elif status == at.NEWS_FULL:
            capacity = max(_ROWS_AT_FIRST, 2 * int(self.plant[at.NEWS_CAPACITY]), 4 * int(self.plant[at.NEWS_RESERVE]))
            used = int(self.plant[at.NEWS_FIRST] + self.plant[at.NEWS_COUNT]) * asked.NEWS_ROW
            self._move(at.NEWS_AT, used, capacity * asked.NEWS_ROW)
            self.plant[at.NEWS_CAPACITY] = capacity
        else:
            size, reserve = int(self.plant[at.REQUEST_SIZE]), int(self.plant[at.REQUEST_RESERVE])
            self._more_rows(at.REQUEST_COUNT, at.REQUEST_FREE, at.REQUEST_FREE_COUNT, size, asked.REQUEST_NEXT, reserve)

    def _more_rows(self, count_at: int, free_at: int, free_count_at: int, row: int, link: int, reserve: int) -> None:
        plant = self.plant
        more = max(_ROWS_AT_FIRST, 2 * reserve, int(plant[count_at]))
        rows = np.zeros((more, row), dtype=np.int64)
        first = plant.size
        rows[:, link] = first + row * np.arange(1, more + 1)
        rows[-1, link] = plant[free_at]
        if count_at == at.TIMER_COUNT:
            rows[:, due.TIMER_PLACE] = -1
        if count_at == at.LOT_COUNT:
            self.lot_rows += range(first, first + more * row, row)
        self.plant = plant = np.concatenate([plant, rows.reshape(-1)])
        plant[free_at] = first
        plant[free_count_at] += more
        plant[count_at] += more

    def append(self, values: Sequence[int]) -> int:
        """Values at the end of the plant; their address."""
        address = self.plant.size
        self.plant = np.concatenate([self.plant, np.array(values, dtype=np.int64)])
        return address

    def _move(self, where: int, used: int, size: int) -> None:
        """A table that is one piece moves to the end, where there is more room for it."""
        begin = int(self.plant[where])
        piece = np.zeros(size, dtype=np.int64)
        piece[:used] = self.plant[begin : begin + used]
        self.plant[where] = self.plant.size
        self.plant = np.concatenate([self.plant, piece])

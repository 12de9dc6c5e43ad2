"""Lots and jobs as somebody has seen them: who waits where, what is being worked on, for how long, and what cannot leave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from twin.kernels.floor.flow.found import add_load_of
from twin.kernels.floor.rows import log_rows as said
from twin.kernels.floor.rows import lot_rows as of_lot
from twin.kernels.floor.rows import plant_rows as at
from twin.kernels.floor.rows import step_rows as more
from twin.kernels.floor.rows import timer_rows as due
from twin.simulation.compiled_plant.begun.ground import Ground, entity
from twin.simulation.streams import drawing


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenLot:
    """A lot in the making; `operation` is what is done with it or comes next."""

    lot: str
    root: str  # the lot that rework has first taken it off; itself if none
    depth: int  # how often rework has taken it off
    part: int  # its number within the request, 0: the only one
    part_digits: int
    material: str
    operation: str
    quantity: int
    ready_us: int  # when it is, or was, where this is done
    due_us: int
    priority: int
    request: int  # row
    request_number: int
    consumes: bool
    is_stored: bool  # it has a place in a storage unit, unless it is on equipment
    waits_since_us: Mapping[str, int]  # operations that have to begin in time: from when on that counts
    sent_back: Mapping[str, int]  # how often it went back, since it had waited too long for an operation
    done_on: Mapping[str, str]  # operations that a later one comes back for: the equipment that did them


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenRun:
    """One of the lots that equipment ran together."""

    lot: str
    material: str
    operation: str
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenWay:
    """Where a lot that will be scanned has come from: the job order that is done, or that rework has taken it off."""

    lot: str
    material: str
    operation: str
    equipment: str
    since_us: int
    jobs: Sequence[SeenRun]  # all that were done together


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenJob:
    """What a work unit or a line has in hand, and how far it is."""

    lots: Sequence[str]  # by the names of their lots; the first is the one that was named first
    person: int  # number, 0: nobody
    is_in_setup: bool
    alongside_us: int  # of its set-up, before it was started
    ran_from_us: int  # when its run began, if it is not in set-up
    worked_us: int  # in this phase
    is_at_work: bool
    is_deserted: bool
    ordered: tuple[int, str] | None  # state and reason of a Hold or Pause by command


class Floor:
    """Rows of lots and of what equipment does."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self.lots: dict[str, int] = {}  # rows, by name
        self._names: dict[int, str] = {}
        self._batches: dict[int, list[int]] = {}

    # -- lots

    def tell_lot(self, it: SeenLot) -> None:
        """A lot; its root first, gone or not."""
        ground = self._ground
        if it.root != it.lot and it.root not in self.lots:
            self._tell_root(it)
        row = ground.new_lot()
        self.lots[it.lot] = row
        root = self.lots[it.root]
        step_at, _ = ground.step(it.material, it.operation)
        ground.rows[at.LOT_LIVE_COUNT] += 1
        ground.rows[root + at.ROOT_FAMILY] += 1
        ground.put(row, self._origin(it))
        ground.put(
            row,
            {
                at.ROOT: root, at.DEPTH: it.depth, at.LOT_ENTITY: entity(it.lot), at.LOT_QUANTITY: it.quantity, at.STEP: step_at,
                at.READY_US: it.ready_us, at.DUE_US: it.due_us, at.LOT_PRIORITY: it.priority, at.CONSUMES: int(it.consumes),
            },
        )  # fmt: skip
        self._tell_limits(row, it)
        add_load_of(*ground.addresses(), row)
        for operation, equipment in it.done_on.items():
            saves_at = int(ground.layout.plan[ground.step(it.material, operation)[0] + at.SAVES_AT])
            ground.rows[row + saves_at] = ground.layout.equipment[equipment]
        self._names[int(ground.rows[row + at.SERIAL])] = it.lot
        if it.is_stored:
            self._store(row, step_at)

    def _tell_limits(self, row: int, it: SeenLot) -> None:
        for field, told in ((more.WAITS_SINCE, it.waits_since_us), (more.BACK_COUNT, it.sent_back)):
            for operation, value in told.items():
                self._ground.rows[row + int(self._ground.layout.plan[self._ground.more_of(it.material, operation) + field])] = value

    def tell_deepest(self, root: str, depth: int) -> None:
        """How often rework has taken something off a lot, so that the next has a name of its own."""
        self._ground.rows[self.lots[root] + at.ROOT_DEEPEST] = depth

    def _tell_root(self, it: SeenLot) -> None:
        row = self._ground.new_lot()
        self.lots[it.root] = row
        self._ground.put(row, {**self._origin(it), at.LOT_IS_GONE: 1, at.LOT_ENTITY: entity(it.root)})
        self._names[int(self._ground.rows[row + at.SERIAL])] = it.root

    def _origin(self, it: SeenLot) -> dict[int, int]:
        return {
            at.ORIGIN: at.BY_REQUEST, at.ORIGIN_N: it.request_number, at.REQUEST: it.request, at.PART: it.part,
            at.PART_DIGITS: it.part_digits, at.LOT_MATERIAL: list(self._ground.declared.materials.materials).index(it.material),
        } | ({at.ORIGIN: at.BY_HOST, at.ORIGIN_N: self._ground.words.text(it.root)} if self._ground.is_commanded else {})  # fmt: skip

    def _store(self, row: int, step_at: int) -> None:
        rows, storage = self._ground.rows, int(self._ground.layout.plan[step_at + at.STEP_STORAGE])
        rows[at.STORED_COUNT] += 1
        rows[storage + at.STORAGE_LOTS] += 1
        self._ground.put(row, {at.STORAGE: storage, at.STORED_N: int(rows[at.STORED_COUNT])})

    def _leave_storage(self, row: int) -> None:
        """It is on equipment."""
        storage = int(self._ground.rows[row + at.STORAGE])
        if storage >= 0:
            self._ground.rows[storage + at.STORAGE_LOTS] -= 1
            self._ground.rows[row + at.STORAGE] = -1

    def let_come(self, lot: str, way: SeenWay) -> None:
        """A lot is on its way to where it will be scanned."""
        ground, row = self._ground, self.lots[lot]
        step_at, step = ground.step(way.material, way.operation)[0], ground.begun_step(way.material, way.operation)
        inside_us = self._stay_us(way.equipment, way.jobs)[1] if step.interval_us else 0
        ready_us = way.since_us + inside_us + drawing(step.transport)(ground.stream("transport", f"{way.lot}/{way.operation}"))
        ground.put(
            row,
            {
                at.READY_US: max(ready_us, ground.now_us + 1), of_lot.AWAY_SINCE: way.since_us, of_lot.AWAY_STEP: step_at,
                of_lot.AWAY_ENTITY: entity(f"{way.lot}/{way.operation}"), of_lot.AWAY_INSIDE: inside_us,
            },
        )  # fmt: skip
        ground.after(int(ground.rows[row + at.READY_US]), due.SCAN_DUE, row)
        self._watch(row, int(ground.rows[row + at.READY_US]))

    def let_wait(self, lot: str) -> None:
        """A lot stands in its queue, or is on its way there; where commands decide there are no queues."""
        ground, row = self._ground, self.lots[lot]
        ready_us = int(ground.rows[row + at.READY_US])
        self._watch(row, ready_us)
        if ready_us > ground.now_us:
            if not ground.is_commanded:
                ground.after(ready_us, due.LOT_DUE, row)
            ground.after(ready_us, due.ARRIVAL_DUE, 0)
        if ready_us > ground.now_us or ground.is_commanded:
            return
        step = int(ground.rows[row + at.STEP])
        center = int(ground.rows[at.CENTERS_AT]) + int(ground.layout.plan[step + at.STEP_CENTER]) * at.CENTER_ROW
        first = int(ground.rows[center + at.QUEUE_FIRST])
        ground.rows[row + at.QUEUE_NEXT] = first  # in any order: they are put in order when everybody is told
        ground.put(center, {at.QUEUE_FIRST: row, at.QUEUE_COUNT: int(ground.rows[center + at.QUEUE_COUNT]) + 1})

    def _watch(self, row: int, ready_us: int) -> None:
        """How long it may wait."""
        ground, plan = self._ground, self._ground.layout.plan
        limit = int(plan[more.MORE_STEPS_AT]) + int(plan[int(ground.rows[row + at.STEP]) + at.STEP_NUMBER]) * more.MORE_STEP_ROW
        since_us = int(ground.rows[row + int(plan[limit + more.WAITS_SINCE])]) if plan[limit + more.LIMIT_US] else 0
        if since_us:
            ground.after(max(since_us + int(plan[limit + more.LIMIT_US]) + 1, ready_us), due.LIMIT_DUE, row)

    # -- equipment

    def tell_state(self, equipment: str, state: int, reason: str, since_us: int, person: int, unread_w_us: int) -> None:
        """What a piece of equipment has said last."""
        ground = self._ground
        row = ground.layout.equipment[equipment]
        ground.put(
            row,
            {
                at.STATE: state, at.TOLD_REASON: ground.words.reason(reason), at.TOLD_JOB: 0, at.TOLD_PERSONS: person,
                at.METERED_US: since_us, at.UNREAD: unread_w_us,
            },
        )  # fmt: skip

    def tell_family(self, equipment: str, family: str | None) -> None:
        """What it stands set up for; a family that there is no more is none."""
        self._ground.rows[self._ground.layout.equipment[equipment] + at.FAMILY] = self._ground.layout.families.get(family, -1)

    def tell_run(self, equipment: str, lots: int, since_us: int, done_us: int) -> None:
        """How far the minimum run of its set-up has come."""
        row = self._ground.layout.equipment[equipment]
        self._ground.put(row, {at.RUN_LOTS: min(lots, at.FOREVER), at.RUN_SINCE: since_us, at.DONE_US: done_us})

    def tell_job(self, equipment: str, job: SeenJob, *, is_told: bool) -> None:
        """What it has in hand; the family that it was set up for before the job is told already."""
        ground, row = self._ground, self._ground.layout.equipment[equipment]
        lots = self._take(row, job.lots)
        step_at = int(ground.rows[lots[0] + at.STEP])
        plan, family = ground.layout.plan, int(ground.layout.plan[step_at + at.STEP_FAMILY])
        steps = [int(ground.rows[lot + at.STEP]) for lot in lots]
        label = self._label([self._number_of(name, step) for name, step in zip(job.lots, steps, strict=True)])
        watch = ground.words.watches[list(ground.declared.layout.persons)[job.person - 1]] if job.person else -1
        calendars = ground.words.calendar_lists[watch,] if job.person else 0
        is_line = int(ground.rows[row + at.KIND]) == at.LINE
        run_us, inside_us = (0, 0) if is_line else self._stay_us(equipment, [self._seen_run(lot) for lot in lots])
        setup_us = ground.begun_setup_us(equipment, int(ground.rows[row + at.FAMILY]), family) - job.alongside_us
        total_us = setup_us if job.is_in_setup else run_us
        ground.put(
            row,
            {
                at.HAS_JOB: 1, at.JOB_PHASE: at.IN_SETUP if job.is_in_setup else at.IN_RUN, at.JOB_LABEL: label, at.JOB_LOT: lots[0],
                at.JOB_PERSONS: job.person, at.JOB_CALENDARS: calendars, at.JOB_FAMILY: family, at.JOB_IS_KNOWN: 1,
                at.IS_SETUP_STAFFED: max(int(plan[step + at.STEP_SETUP_STAFFED]) for step in steps),
                at.IS_RUN_STAFFED: max(int(plan[step + at.STEP_RUN_STAFFED]) for step in steps),
                at.IS_DESERTED: int(job.is_deserted),
            },
        )  # fmt: skip
        if is_told:
            ground.rows[row + at.TOLD_JOB] = label
        if job.ordered:
            ground.put(row, {at.ORDERED_STATE: job.ordered[0], at.ORDERED_REASON: ground.words.reason(job.ordered[1])})
        if family >= 0 and (is_line or not job.is_in_setup):
            ground.rows[row + at.FAMILY] = family
        if is_line and not job.is_in_setup:
            return  # its stations do the work
        left_us = total_us - job.worked_us
        ground.put(
            row,
            {
                at.ACTIVITY: at.SETTING_UP if job.is_in_setup else at.RUNNING,
                at.NEED_US: max(1, left_us) if job.is_in_setup else left_us,
                at.RUN_US: run_us, at.INSIDE_US: inside_us, at.RAN_FROM_US: 0 if job.is_in_setup else job.ran_from_us,
            },
        )  # fmt: skip
        self.let_work(row, job.is_at_work)

    def let_work(self, row: int, is_at_work: bool) -> None:
        """An activity is going on, or stands until it may go on."""
        ground = self._ground
        if not is_at_work:
            ground.rows[row + at.IS_STANDING] = 1
            return
        ground.put(row, {at.IS_AT_WORK: 1, at.BEGUN_US: ground.now_us})
        stretch_us = int(ground.rows[row + at.NEED_US])
        if ground.rows[row + at.ACTIVITY] == at.RUNNING:
            first = int(ground.rows[at.CAUSES_AT]) + int(ground.rows[row + at.CAUSE_FIRST]) * at.CAUSE_ROW
            causes = [first + n * at.CAUSE_ROW for n in range(int(ground.rows[row + at.CAUSES]))]
            stretch_us = min([stretch_us, *(int(ground.rows[it + at.LEFT_US]) for it in causes if ground.rows[it + at.WEARS])])
        ground.set_timer(ground.fixed_timer(due.WORK_DONE, int(ground.rows[row + at.PLACE])), ground.now_us + stretch_us)

    def tell_blocked(
        self, equipment: str, lots: Sequence[str], jobs: Sequence[tuple[str, str, str]], since_us: int, *, is_told: bool
    ) -> None:
        """It has done these jobs (lot, material, operation), and cannot get rid of these lots."""
        ground, row = self._ground, self._ground.layout.equipment[equipment]
        for rank, lot in enumerate(sorted(lots)):
            at_row, last = self.lots[lot], int(ground.rows[at.WAITING_LAST])
            self._leave_storage(at_row)
            ground.put(at_row, {at.HOLDER: row, at.WAIT_SINCE: since_us, at.WAIT_RANK: rank, at.WAIT_PREVIOUS: last})
            ground.rows[last + at.WAIT_NEXT if last >= 0 else at.WAITING_FIRST] = at_row
            ground.rows[at.PLACES_ARE_SOUGHT] = 1
            ground.rows[at.WAITING_LAST] = at_row
        label = self._label([self._number_of(lot, ground.step(material, operation)[0]) for lot, material, operation in jobs])
        ground.put(
            row, {at.HAS_JOB: 1, at.JOB_PHASE: at.IS_DONE, at.LEAVING: len(lots), at.JOB_IS_KNOWN: 1, at.JOB_LOT: self.lots[lots[0]]}
        )
        ground.put(row, {at.JOB_LABEL: label, at.TOLD_JOB: label if is_told else 0})

    def tell_cycles(self, station: str, cycles: int) -> None:
        """How many transfer lots a station has begun, ever."""
        self._ground.rows[self._ground.layout.equipment[station] + at.CYCLE_DRAWS] = cycles

    def share_label(self, line: str, station: str) -> None:
        """A station tells the job of its line."""
        rows, equipment = self._ground.rows, self._ground.layout.equipment
        rows[equipment[station] + at.TOLD_JOB] = rows[equipment[line] + at.JOB_LABEL]

    # -- names

    def tell_names(self) -> None:
        """The words for the numbers of lots, batches and requests."""
        words = self._ground.words
        words.recall(**{**words.learned(), "lots": dict(self._names), "batches": dict(self._batches)})
        if self._ground.is_commanded:
            serials = {name: int(self._ground.rows[row + at.SERIAL]) for name, row in self.lots.items()}
            self._ground.source.know({name: (row, serials[name]) for name, row in self.lots.items()})

    def _number_of(self, lot: str, step_at: int) -> int:
        """The number of a job, of a lot that may be gone."""
        serial = next((number for number, name in self._names.items() if name == lot), None)
        if serial is None:
            self._ground.rows[at.LOT_SERIAL] += 1
            serial = int(self._ground.rows[at.LOT_SERIAL])
            self._names[serial] = lot
        return serial * said.STEPS_IN_A_LABEL + int(self._ground.layout.plan[step_at + at.STEP_NUMBER])

    def _label(self, numbers: list[int]) -> int:
        """How a job is told: its number, or that of a batch."""
        if len(numbers) == 1:
            return numbers[0]
        self._ground.rows[at.BATCH_COUNT] += 1
        self._batches[int(self._ground.rows[at.BATCH_COUNT])] = numbers
        return -int(self._ground.rows[at.BATCH_COUNT])

    # -- inside

    def _take(self, row: int, names: Sequence[str]) -> list[int]:
        """The lots that are worked on together hang on one another."""
        ground, lots = self._ground, [self.lots[name] for name in names]
        by_name = sorted(names)
        for n, lot in enumerate(lots):
            self._leave_storage(lot)
            following = lots[n + 1] if n + 1 < len(lots) else -1
            ground.put(
                lot,
                {
                    at.LOT_IS_RUNNING: 1, at.STARTS: 1, at.JOB_NEXT: following, at.WAIT_RANK: by_name.index(names[n]), at.CONSUMES: 0,
                },
            )  # fmt: skip
        return lots

    def _seen_run(self, lot: int) -> SeenRun:
        rows, step = self._ground.rows, self._ground.layout.steps[int(self._ground.rows[lot + at.STEP])]
        name = self._names[int(rows[lot + at.SERIAL])]
        return SeenRun(lot=name, material=step.material, operation=step.operation, quantity=int(rows[lot + at.LOT_QUANTITY]))

    def _stay_us(self, equipment: str, lots: Sequence[SeenRun]) -> tuple[int, int]:
        """How long the run of lots keeps equipment busy under the plant's seed, and how much longer they stay inside."""
        ground = self._ground
        steps = [ground.begun_step(lot.material, lot.operation) for lot in lots]
        n = max(range(len(lots)), key=lambda n: steps[n].expected_run_us(lots[n].quantity, equipment))  # the first of equals
        run_us = steps[n].way_on(equipment).draw_run_us(ground.stream("run", f"{lots[n].lot}/{lots[n].operation}"))
        unit = ground.begun.layout.work_units.get(equipment)
        handling_us = unit.load + unit.unload if unit else 0
        busy_us, inside_us = steps[n].stay_us(run_us, lots[n].quantity, handling_us)
        return min(at.FOREVER + handling_us, busy_us), inside_us

"""The compiled floor as commands see it: the same rules as the readable plant (`twin.simulation.commands`), on rows of integers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from twin.kernels.chance.philox import entity_number
from twin.kernels.floor.commanding import (
    await_delivery,
    begin_lot,
    end_job,
    go_on_as,
    needed_setup_us,
    order_stop,
    start_job,
    take_out,
    take_up_again,
)
from twin.kernels.floor.flow.found import put_lot
from twin.kernels.floor.rows import plant_rows as at
from twin.model.events import DispositionCarriedOut, JobOrderCommand, MasterDataChanged, PurchaseOrderPlaced, PurchaseOrderRevised
from twin.model.events.genealogy import LotRegrouped
from twin.model.plant import Batch, Plant
from twin.model.states import WorkUnitState
from twin.simulation.commands import Commands, NamedLot
from twin.simulation.compiled_plant.floor_state import FloorState
from twin.simulation.compiled_plant.layout import Layout
from twin.simulation.compiled_plant.words import Words
from twin.simulation.demand import Supply, placed_before
from twin.simulation.shop_floor.routing import Step, Steps

Obeyed = JobOrderCommand | MasterDataChanged | PurchaseOrderPlaced | PurchaseOrderRevised | DispositionCarriedOut | LotRegrouped
OBEYED = (JobOrderCommand, MasterDataChanged, PurchaseOrderPlaced, PurchaseOrderRevised, DispositionCarriedOut, LotRegrouped)

_GONE = -1
"""Quantity of a delivery that has come, or that another one takes the place of; 0: nothing is wanted of it now."""


class CommandedFloor:
    """Carries commands out on the arrays of a compiled plant."""

    def __init__(self, plant: Plant, steps: Steps, layout: Layout, state: FloorState, words: Words, seed: int) -> None:
        self.state, self.words, self.layout = state, words, layout
        self._known: dict[str, tuple[int, int]] = {}  # name -> address and serial of a lot
        self._supply = Supply(plant, seed)
        self._deliveries: list[PurchaseOrderPlaced] = []
        self._placed: set[str] = set()
        takes_commands: dict[str, Any] = {**plant.layout.work_units, **plant.layout.production_lines}
        floor = {name: _Unit(self, name, getattr(it, "batch", None)) for name, it in takes_commands.items()}
        self._commands = Commands(floor, steps, _Flow(self), _Workforce(self))

    def obey(self, command: Obeyed) -> str:
        """Carry out a command; "" or the reason why not."""
        self.state.make_room()
        if isinstance(command, JobOrderCommand):
            return self._commands.obey(command, self.now_us)
        if isinstance(command, DispositionCarriedOut):
            return self._commands.dispose(command)
        if isinstance(command, LotRegrouped):
            return self._commands.regroup(command)
        if isinstance(command, PurchaseOrderRevised):
            self._revise(command)
            return ""
        if isinstance(command, MasterDataChanged):
            self._supply.learn(command)
            return ""
        if command.order in self._placed:
            return placed_before(command.order)
        refusal, lead_time_us = self._supply.lead_time_us(command)
        if not refusal:
            self.expect(command, lead_time_us)
        return refusal

    def expect(self, purchase: PurchaseOrderPlaced, after_us: int) -> None:
        """A delivery comes so long after this instant."""
        await_delivery(self.state.addresses()[0], after_us, len(self._deliveries))
        self._deliveries.append(purchase)
        self._placed.add(purchase.order)

    def _revise(self, said: PurchaseOrderRevised) -> None:
        """So much comes in all, be it nothing, as much later or sooner, if it has not come; what was awaited brings nothing."""
        number = next((n for n in reversed(range(len(self._deliveries))) if self._deliveries[n].order == said.order), None)
        if number is not None and self._deliveries[number].quantity != _GONE:
            purchase, after_us = self._supply.revised(self._deliveries[number], said)
            self._deliveries[number] = replace(purchase, quantity=_GONE)
            self.expect(purchase, after_us)

    def delivery(self, number: int) -> dict[str, Any]:
        """What comes with delivery `number`; {} if the order was changed, and another brings it. It comes once."""
        purchase = self._deliveries[number]
        self._deliveries[number] = replace(purchase, quantity=_GONE)
        return self._supply.delivery(purchase) if purchase.quantity > 0 else {}

    @property
    def now_us(self) -> int:
        return int(self.state.plant[at.NOW])

    def learned(self) -> tuple[dict[str, tuple[int, int]], list[PurchaseOrderPlaced]]:
        """What the host knows beside the arrays, as copies: address and serial of every lot by name, and what was ordered."""
        return dict(self._known), list(self._deliveries)

    def recall(self, known: Mapping[str, tuple[int, int]], deliveries: Iterable[PurchaseOrderPlaced]) -> None:
        """Know what another has learned."""
        self._known, self._deliveries = dict(known), list(deliveries)
        self._placed = {it.order for it in self._deliveries}

    def calendars(self, persons: tuple[str, ...]) -> int:
        """Address of the list of these persons' calendars; 0 if it is nobody."""
        watches, lists = self.words.watches_of(persons), self.words.calendar_lists
        if watches and watches not in lists:
            lists[watches] = self.state.append([len(watches), *watches])
        return lists[watches] if watches else 0

    # -- lots by name

    def learn(self, new: Iterable[tuple[str, int, int]]) -> None:
        """Lots that have come into being: name, address, serial."""
        for name, address, serial in new:
            self._known[name] = (address, serial)

    def lot(self, name: str) -> _Lot | None:
        """The lot of that name, if it is in the plant."""
        self.state.read_names()
        if name not in self._known:
            return None
        address, serial = self._known[name]
        plant = self.state.plant
        is_there = int(plant[address + at.SERIAL]) == serial and not plant[address + at.LOT_IS_GONE]
        return _Lot(self, address, name) if is_there else None

    def is_gone(self, name: str) -> bool:
        self.state.read_names()
        return name in self._known and self.lot(name) is None

    def begin(self, name: str, quantity: int, step: Step) -> int:
        """A lot comes into being; its address."""
        plant_address, _, _, log_address = self.state.addresses()
        key = (step.material, step.operation)
        number, entity = self.words.text(name), entity_number(name)
        address = begin_lot(
            plant_address, log_address, number, entity - 2**64 if entity >= 2**63 else entity, quantity, self.layout.step_at[key],
            self.words.material(step.material),
        )  # fmt: skip
        return int(address)

    def find(self, name: str, quantity: int, step: Step) -> None:
        """A lot that is in the making already: it waits for its step."""
        lot = self.begin(name, quantity, step)
        put_lot(*self.state.addresses()[:3], lot)


@dataclass(frozen=True, slots=True)
class _Lot:
    """A lot in the plant, by its row."""

    floor: CommandedFloor
    address: int
    name: str

    def _field(self, field: int) -> int:
        return int(self.floor.state.plant[self.address + field])

    @property
    def quantity(self) -> int:
        return self._field(at.LOT_QUANTITY)

    @property
    def step(self) -> Step:
        return self.floor.layout.steps[self._field(at.STEP)]

    @property
    def ready_us(self) -> int:
        return self._field(at.READY_US)

    @property
    def is_running(self) -> bool:
        return bool(self._field(at.LOT_IS_RUNNING))

    def may_go_to(self, equipment: str) -> bool:
        """Whether `equipment` is what did the operation that the next one is bound to, if it is bound to any."""
        bound_at = int(self.floor.layout.plan[self._field(at.STEP) + at.BOUND_AT])
        return bound_at < 0 or self._field(bound_at) in (0, self.floor.layout.equipment[equipment])


class _Flow:
    """The lots of the plant by name, as `Commands` asks for them."""

    def __init__(self, floor: CommandedFloor) -> None:
        self._floor = floor

    def lot(self, name: str) -> _Lot | None:
        return self._floor.lot(name)

    def is_gone(self, name: str) -> bool:
        return self._floor.is_gone(name)

    def dispose(self, name: str, pieces: int, back_to: Step | None) -> None:
        """Pieces of a lot that waits are lost, or go back to a step as a lot of their own."""
        lot, to_step = self._floor.lot(name), self._floor.layout.step_at[back_to.material, back_to.operation] if back_to else -1
        assert lot is not None
        take_out(*self._floor.state.addresses(), lot.address, pieces, to_step)

    def find(self, name: str, quantity: int, step: Step) -> None:
        self._floor.find(name, quantity, step)

    def go_on_as(self, name: str, pieces: int, into: str) -> None:
        """Pieces of a lot that waits go on as another: a new one, or one that waits for the same; without pieces it is gone."""
        lot, there = self._floor.lot(name), self._floor.lot(into)
        assert lot is not None
        to = there.address if there else self._floor.begin(into, pieces, lot.step)
        go_on_as(*self._floor.state.addresses()[:3], lot.address, to, pieces, int(there is None))
        take_out(*self._floor.state.addresses(), lot.address, pieces, -1)


class _Workforce:
    """Who there is, and who is at work."""

    def __init__(self, floor: CommandedFloor) -> None:
        self._floor = floor

    def knows(self, person: str) -> bool:
        return person in self._floor.words.watches

    def are_at_work(self, persons: tuple[str, ...]) -> bool:
        return all(self._floor.state.plant[watch + at.IS_OPEN] for watch in self._floor.words.watches_of(persons))


@dataclass(frozen=True, slots=True)
class _Job:
    """The job of a unit, as far as commands ask for it."""

    label: str
    persons: tuple[str, ...]


class _Unit:
    """A work unit or a line, by its row."""

    def __init__(self, floor: CommandedFloor, name: str, batch: Batch | None) -> None:
        self._floor, self.name, self.batch = floor, name, batch
        self._row = floor.layout.equipment[name]
        self.is_line = self._field(at.KIND) == at.LINE

    def _field(self, field: int) -> int:
        return int(self._floor.state.plant[self._row + field])

    @property
    def state(self) -> WorkUnitState:
        return WorkUnitState(self._field(at.STATE))

    @property
    def job(self) -> _Job | None:
        if not self._field(at.HAS_JOB):
            return None
        self._floor.state.read_names()
        persons = self._floor.words.text_of(self._field(at.JOB_PERSONS))
        return _Job(self._floor.words.job_of(self._field(at.JOB_LABEL)), tuple(persons.split("+")) if persons else ())

    @property
    def is_done(self) -> bool:
        return self._field(at.JOB_PHASE) == at.IS_DONE

    @property
    def is_stop_ordered(self) -> bool:
        return bool(self._field(at.ORDERED_STATE))

    @property
    def is_deserted(self) -> bool:
        return bool(self._field(at.IS_DESERTED))

    @property
    def stop(self) -> tuple[WorkUnitState, str] | None:
        state = self._field(at.STOP_STATE)
        return (WorkUnitState(state), self._floor.words.reason_of(self._field(at.STOP_REASON))) if state else None

    @property
    def is_open(self) -> bool:
        watch = self._field(at.WATCH)
        return watch < 0 or bool(self._floor.state.plant[watch + at.IS_OPEN])

    @property
    def needs_persons(self) -> bool:
        if not self._field(at.HAS_JOB) or self.is_done:
            return False
        return bool(self._field(at.IS_SETUP_STAFFED if self._field(at.JOB_PHASE) == at.IN_SETUP else at.IS_RUN_STAFFED))

    def setup_us(self, family: str | None) -> int:
        plant_address, plan_address, _, _ = self._floor.state.addresses()
        return int(needed_setup_us(plant_address, plan_address, self._row, self._floor.layout.families[family]))

    def start_lots(self, lots: Sequence[NamedLot], persons: tuple[str, ...]) -> None:
        """Those that are not in the plant yet come into being."""
        floor, plant = self._floor, self._floor.state
        plant.make_room(len(lots))
        rows = []
        for name, quantity, step in lots:
            known = floor.lot(name)
            rows.append(known.address if known else floor.begin(name, quantity, step))
        by_name = sorted(range(len(lots)), key=lambda n: lots[n][0])
        for n, row in enumerate(rows):
            plant.plant[row + at.JOB_NEXT] = rows[n + 1] if n + 1 < len(rows) else -1
            plant.plant[row + at.WAIT_RANK] = by_name.index(n)
        calendars = floor.calendars(persons)
        start_job(*plant.addresses(), self._row, rows[0], floor.words.text("+".join(persons)), calendars)

    def order_stop(self, stop: tuple[WorkUnitState, str]) -> None:
        order_stop(self._floor.state.addresses()[0], self._row, int(stop[0]), self._floor.words.reason(stop[1]))

    def go_on(self, persons: tuple[str, ...]) -> None:
        words = self._floor.words
        calendars = self._floor.calendars(persons)
        take_up_again(self._floor.state.addresses()[0], self._row, words.text("+".join(persons)), calendars)

    def end_job(self, state: WorkUnitState, reason: str) -> None:
        end_job(*self._floor.state.addresses(), self._row, int(state), self._floor.words.reason(reason))

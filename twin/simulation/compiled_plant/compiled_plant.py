"""The compiled plant as an event source: the same facts as `twin.simulation.simpy_plant`, bit for bit, many times as fast."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from twin.kernels.floor.flow.found import find_lot
from twin.kernels.floor.rows import log_rows as said
from twin.kernels.floor.rows import plant_rows as at
from twin.kernels.floor.rows import step_rows as more
from twin.kernels.floor.rows import timer_rows as due
from twin.model.calendars import written_local
from twin.model.events import (
    AlarmCleared,
    AlarmRaised,
    CountObserved,
    EnergyMetered,
    EquipmentStateChanged,
    GoodsReceived,
    Heartbeat,
    JobOrderCommand,
    JobOrderCommandRefused,
    LotSetDown,
    MaterialIdentified,
    OperationsEvent,
    OperationSkipped,
    PurchaseOrderPlaced,
    QueueTimeExceeded,
    SalesOrderConfirmed,
    StockCounted,
    TestRequested,
    WorkInProcessCounted,
)
from twin.model.master_data.foreseen import foreseen
from twin.model.plant import Plant
from twin.model.scenario import Scenario
from twin.model.states import DEADLOCK, Source
from twin.simulation.clock import FactRecorder, Recorder
from twin.simulation.compiled_plant.commanded_floor import OBEYED, CommandedFloor
from twin.simulation.compiled_plant.floor_state import FloorState
from twin.simulation.compiled_plant.kept.forking import changed
from twin.simulation.compiled_plant.kept.snapshot import Snapshot, frozen
from twin.simulation.compiled_plant.knots import Knots
from twin.simulation.compiled_plant.laying_out import lay_out
from twin.simulation.compiled_plant.layout import Control, Ints, Layout
from twin.simulation.compiled_plant.tables.loss_tables import still_to_come
from twin.simulation.compiled_plant.words import Words
from twin.simulation.rule_control import refuse_what_rules_cannot_decide
from twin.simulation.shop_floor.losses.counted_losses import refuse_what_has_not_come
from twin.simulation.shop_floor.routing import Steps, read_steps


class CompiledPlant:
    """An event source that plays a plant, from the scenario's start up to, not including, its end.

    Parameters and errors are those of `twin.simulation.simpy_plant.SimulatedPlant`.
    """

    origin = Source.SIMULATED

    def __init__(
        self, plant: Plant, scenario: Scenario, seed: int, until_us: int | None = None, control: Control = "commands",
        *, conwip_lots: int | None = None, recorder: Recorder | None = None, stops_at_deadlock: bool = False,
    ) -> None:  # fmt: skip
        self.end_us = scenario.start_us + scenario.horizon if until_us is None else until_us
        if self.end_us <= scenario.start_us:
            raise ValueError(f"a run must end after its start: {self.end_us} <= {scenario.start_us}")
        if control == "rule":
            refuse_what_rules_cannot_decide(plant, scenario)
        plant = foreseen(plant, scenario) if control == "commands" else plant
        steps = read_steps(plant)
        words = Words(plant, scenario, steps)
        conwip_lots = scenario.policies.conwip_lots if conwip_lots is None else conwip_lots
        layout = lay_out(plant, scenario, steps, words, seed=seed, end_us=self.end_us, control=control, lot_limit=conwip_lots)
        self._host(plant, scenario, seed, words, recorder)
        self._work_on(FloorState.laid_out(layout, self._take_events, self._take_names), layout, steps, stops_at_deadlock)
        self.state.plant[at.STOPS_AT_ROUNDS] = 1
        self._find_work(layout)
        self.state.begin(self._stocked)
        self._plays_from_the_start = True

    def _host(self, plant: Plant, scenario: Scenario, seed: int, words: Words, recorder: Recorder | None) -> None:
        """What the host has to have before there are arrays."""
        self._plant, self._scenario, self._seed, self.words = plant, scenario, seed, words
        self._found = scenario.counted_work()
        self._recorder = recorder or FactRecorder(plant.equipment)
        self._storages = list(plant.layout.storage_units)
        self._equipment = [*plant.equipment, ""]  # place -1 is the plant as a whole
        self._sent: list[OperationsEvent] = []
        self._refusals: list[dict[str, Any]] = []
        self._has_ended = self._plays_from_the_start = False
        self._stocked: list[int] = sorted(
            (n for n, it in enumerate(plant.materials.materials.values()) if it.opening_stock),
            key=list(plant.materials.materials).__getitem__,
        )

    def _work_on(self, state: FloorState, layout: Layout, steps: Steps, stops_at_deadlock: bool) -> None:
        """Take the arrays; who does not decide by rule is commanded."""
        self.state, self._layout = state, layout
        by_rule = bool(state.plant[at.IS_BY_RULE])
        self._commanded = None if by_rule else CommandedFloor(self._plant, steps, layout, state, self.words, self._seed)
        self._knots = Knots(self._plant, layout, state, self.words) if stops_at_deadlock else None

    # -- the state is a value

    def snapshot(self) -> Snapshot:
        """All that this plant is at this instant; what it does later does not change it. A recorder of one's own is no part of it."""
        events, names = self.state.unread()
        known, deliveries = self._commanded.learned() if self._commanded else ({}, [])
        layout = frozen(replace(self._layout, plant=self.state.plant.copy()), end_us=self.end_us)
        heard = self._recorder.heard if isinstance(self._recorder, FactRecorder) else ()
        return Snapshot(
            plant=self._plant, scenario=self._scenario, seed=self._seed, end_us=self.end_us, has_ended=self._has_ended,
            layout=layout, events=events, names=names, words=self.words.copy(), known=known, deliveries=tuple(deliveries),
            sent=tuple(self._sent), heard=heard, lot_rows=tuple(self.state.lot_rows), stops_at_deadlock=self._knots is not None,
        )  # fmt: skip

    @classmethod
    def resume(cls, snapshot: Snapshot, recorder: Recorder | None = None) -> CompiledPlant:
        """A plant that goes on from where `snapshot` was taken; from one snapshot as many as wanted."""
        plant = cls.__new__(cls)
        plant.end_us = snapshot.end_us
        plant._host(snapshot.plant, snapshot.scenario, snapshot.seed, snapshot.words.copy(), recorder)
        state = FloorState.resumed(snapshot.layout, snapshot.events, snapshot.names, plant._take_events, plant._take_names)
        state.lot_rows = list(snapshot.lot_rows)
        plant._work_on(state, snapshot.layout, snapshot.steps, snapshot.stops_at_deadlock)
        if plant._commanded:
            plant._commanded.recall(snapshot.known, snapshot.deliveries)
        plant._sent, plant._has_ended = list(snapshot.sent), snapshot.has_ended
        if isinstance(plant._recorder, FactRecorder):
            plant._recorder.heard = snapshot.heard
        return plant

    def know(self, lots: Mapping[str, tuple[int, int]]) -> None:
        """Where commands decide: lots that somebody else has put into its arrays, by name with their address and serial."""
        assert self._commanded is not None
        self._commanded.recall(lots, self._commanded.learned()[1])

    def expect(self, purchase: PurchaseOrderPlaced, after_us: int) -> None:
        """Where commands decide: a delivery that was ordered before comes so long after this instant."""
        assert self._commanded is not None
        self._commanded.expect(purchase, after_us)

    def fork(self, *, seed: int | None = None, scenario: Scenario | None = None, until_us: int | None = None) -> CompiledPlant:
        """Another plant with the same past that goes its own way from here; `kept.forking.changed` says what may differ."""
        return CompiledPlant.resume(changed(self.snapshot(), seed=seed, scenario=scenario, until_us=until_us))

    def _find_work(self, layout: Layout) -> None:
        """The lots that stand on the floor already."""
        for n, found in enumerate(self._found):
            self.state.make_room(1)
            self.state.tell(said.TELLS_WORK, n)
            step_at = layout.step_at[found["material"], found["operation"]]
            if self._commanded:
                self._commanded.find(found["lot"], found["quantity"], layout.steps[step_at])
            else:
                find_lot(*self.state.addresses(), len(self._scenario.demand.orders) + n, step_at)

    @property
    def layout(self) -> Layout:
        """Where things lie in its arrays."""
        return self._layout

    def forget(self) -> None:
        """What it has said of a round that is not over was said by somebody else."""
        self._recorder.take_round()

    @property
    def now_us(self) -> int:
        """The plant's time, us since 1970."""
        return int(self.state.plant[at.NOW])

    @property
    def has_ended(self) -> bool:
        """Whether all has been said, up to the end or to a deadlock."""
        return self._has_ended

    @property
    def next_us(self) -> int:
        """The instant at which something happens next, at most the end, if nobody commands anything before."""
        plant = self.state.plant
        if self._has_ended or self._sent or plant[at.SETTLE_IS_DUE] or plant[at.URGENT_COUNT]:
            return self.now_us
        next_us = int(plant[plant[at.HEAP_AT] + due.HEAP_US]) if plant[at.HEAP_COUNT] else self.end_us
        return min(next_us, self.end_us)

    def pass_time(self, to_us: int) -> None:
        """Let time pass up to an instant before which nothing happens: commands that are sent then take effect there."""
        assert self.now_us <= to_us <= max(self.next_us, self.now_us)
        self.state.plant[at.NOW] = to_us

    def advance(self, to_us: int | None = None) -> list[OperationsEvent] | None:
        """The facts of the next round; at the end a heartbeat, since silence up to there matters; then None.

        With `to_us` only what happens up to that instant: None if nothing more does, and the plant can go on from there.

        Raises
        ------
        NoSuchLossError : at the end of a run from its start, and a loss that the scenario leaves out has not come
        """
        is_slice = to_us is not None and to_us + 1 < self.end_us
        while not self._has_ended:
            status = self.state.advance(to_us + 1 if to_us is not None and is_slice else self.end_us)
            if status == at.OBEY:
                self._obey()
                continue
            self.state.read_events()
            is_deadlocked = self._is_deadlocked()
            if is_slice and status == at.ENDED and not is_deadlocked:
                return None
            if status == at.ENDED or is_deadlocked:
                if self._plays_from_the_start and not is_deadlocked:
                    self.refuse_what_has_not_come()
                self._has_ended = True
                self.state.end()
                self.state.read_events()
            if facts := self._recorder.take_round():
                return facts
        return None

    def refuse_what_has_not_come(self) -> None:
        """NoSuchLossError if losses that the scenario leaves out have not come up to now."""
        refuse_what_has_not_come(still_to_come(self.state.plant, self._scenario.without))

    def advance_before_end(self) -> list[OperationsEvent] | None:
        """`advance`, without the heartbeat of the end: the plant goes on from here; None where nothing more happens before its end."""
        while self.state.advance() != at.ENDED:
            self.state.read_events()
            if facts := self._recorder.take_round():
                return facts
        self.state.read_events()
        return self._recorder.take_round() or None

    def _is_deadlocked(self) -> bool:
        """Whether equipment waits for each other for ever; if so, it calls for somebody."""
        if self._knots is None:
            return False
        equipment, message = self._knots.deadlock(lambda at_us: written_local(at_us, self._plant.layout.time_zone))
        if message:
            fields = {"equipment": equipment, "alarm": DEADLOCK, "message": message}
            self._recorder.record(AlarmRaised, self.now_us, fields)
            self.state.plant[at.END] = self.now_us  # so that the last heartbeat is here
        return bool(message)

    def deadlock(self) -> str:
        """Who waits for whom for ever, in words, if the plant has come to that and nobody has been told of it yet; else ""."""
        knots = Knots(self._plant, self._layout, self.state, self.words)
        return knots.deadlock(lambda at_us: written_local(at_us, self._plant.layout.time_zone))[1]

    def run_on(self, memory: Ints | None = None) -> Ints:
        """Run to the end without a stop, where rules decide: everything that is said, as rows (int64[n, EVENT_ROW]).

        `memory` is the `state.log` of an earlier run whose rows and names nobody needs any more; fresh memory may cost more than the run.
        """
        self.state.plant[at.STOPS_AT_ROUNDS] = 0
        rows = self.state.run_on(memory)
        self.words.learn_later(self.state.take_names(), stay=True)
        return rows

    def run_through(self, read: Callable[[Ints], None], learn: Callable[[Ints], None] | None = None) -> None:
        """As `run_on`, for runs too long to keep: the rows are given to `read` slice by slice, which must not keep them.

        `learn` is given what lots are called (int64[n, NAME_ROW]) before what they do is read; nobody else hears of it then.
        """
        self.state.plant[at.STOPS_AT_ROUNDS] = 0
        self.state.run_through(read, learn)

    def send(self, commands: Sequence[OperationsEvent]) -> None:
        """Take commands; they take effect at this instant, in the order given, and their facts come as the next round."""
        if commands:
            if self._commanded is None:
                raise ValueError("the rules decide in this plant; allowed: commands to a plant with control='commands'")
            self._sent += commands
            self.state.plant[at.HAS_COMMANDS] = self.state.plant[at.SETTLE_IS_DUE] = 1

    def _obey(self) -> None:
        """In the settle phase: carry out what was sent, or say why not."""
        sent, self._sent = self._sent, []
        self.state.plant[at.HAS_COMMANDS] = 0
        assert self._commanded is not None
        for command in sent:
            refusal = f"{type(command).__name__} is no command"
            if isinstance(command, OBEYED):
                refusal = self._commanded.obey(command)
            elif isinstance(command, TestRequested):
                continue  # persons test it
            if refusal:
                what = command.command if isinstance(command, JobOrderCommand) else type(command).__name__
                fields = {"equipment": command.equipment, "job_order": command.job_order, "command": what, "reason": refusal}
                self.state.tell(said.TELLS_REFUSAL, len(self._refusals))
                self._refusals.append(fields)

    # -- what it says

    def _take_names(self, rows: Ints) -> None:
        if self._commanded:
            self._commanded.learn(self.words.learn(rows.tolist()))
        else:
            self.words.learn_later(rows)

    def facts_of(self, rows: Ints) -> list[OperationsEvent]:
        """What rows of one round say (int64[n, EVENT_ROW]), as a run hears it; where rules decide, and rounds are not given away."""
        self._take_events(rows)
        return self._recorder.take_round()

    def _take_events(self, rows: Ints) -> None:
        for row in rows.tolist():
            if row[said.EVENT_WHAT] in (said.TELLS_SHIPMENT, said.TELLS_PURCHASE):
                continue
            kind, fields = self._fact(*row[1:])
            if fields:
                self._recorder.record(kind, row[said.EVENT_US], fields)

    def _fact(self, what: int, a: int, b: int, c: int, d: int) -> tuple[type[OperationsEvent], dict[str, Any]]:
        """The class of a fact, and its fields without its instant."""
        words, kind = self.words, what % said.PLACES
        equipment = self._equipment[what // said.PLACES - 1]
        if kind == said.TELLS_STATE:
            told = {"state": a, "reason": words.reason_of(b), "job_order": words.job_of(c), "person": words.text_of(d)}
            return EquipmentStateChanged, {"equipment": equipment, **told}
        if kind in (said.TELLS_COUNT, said.TELLS_SKIP, said.TELLS_LIMIT, said.TELLS_ENERGY):
            return self._about_job(kind, equipment, a, b, c, d)
        if kind in (said.TELLS_LOADED, said.TELLS_SET_DOWN, said.TELLS_ARRIVAL):
            return self._of_lot(kind, equipment, a, c)
        if kind in (said.TELLS_ALARM, said.TELLS_ALL_CLEAR):
            return AlarmRaised if kind == said.TELLS_ALARM else AlarmCleared, {"equipment": equipment, "alarm": words.reason_of(b)}
        if kind == said.TELLS_BEAT:
            return Heartbeat, {"reason": said.BEAT_REASONS[a]}
        if kind == said.TELLS_STOCK:
            material, definition = list(self._plant.materials.materials.items())[a]
            return StockCounted, {"lot": f"open-{material}", "material": material, "quantity": definition.opening_stock}
        if kind == said.TELLS_WORK:
            return WorkInProcessCounted, self._found[a]
        if kind == said.TELLS_ORDER:
            return SalesOrderConfirmed, self._order(a, b, c, d)
        if kind == said.TELLS_REFUSAL:
            return JobOrderCommandRefused, self._refusals[a]
        if a < 0:
            return GoodsReceived, self._delivery(b, c, d)
        assert self._commanded is not None
        return GoodsReceived, self._commanded.delivery(a)

    def _of_lot(self, kind: int, equipment: str, a: int, job: int) -> tuple[type[OperationsEvent], dict[str, Any]]:
        """Of a lot that is carried, or has arrived."""
        if kind == said.TELLS_ARRIVAL:
            return MaterialIdentified, self.words.arrival_of(job)
        subject = {"equipment": equipment, "job_order": self.words.job_of(job), "lot": self.words.lot_of_job(job)}
        if kind == said.TELLS_LOADED:
            return MaterialIdentified, subject
        return LotSetDown, {**subject, "place": self._storages[a]}

    def _about_job(self, kind: int, equipment: str, a: int, b: int, c: int, d: int) -> tuple[type[OperationsEvent], dict[str, Any]]:
        job_order = self.words.job_of(c)
        if kind == said.TELLS_COUNT:
            return CountObserved, {"equipment": equipment, "job_order": job_order, "good": a, "scrap": b, "rework": d}
        if kind == said.TELLS_SKIP:
            return OperationSkipped, {"equipment": equipment, "job_order": job_order, "quantity": a}
        if kind == said.TELLS_LIMIT:
            lost = {more.SENT_BACK: {"rework": a}, more.SCRAPPED: {"scrap": a}}.get(d, {})
            return QueueTimeExceeded, {"job_order": job_order, "quantity": a, "waited_us": b, **lost}
        return EnergyMetered, {"equipment": equipment, "job_order": job_order, "energy_wh": a}

    def _delivery(self, material_number: int, n: int, quantity: int) -> dict[str, Any]:
        material, definition = list(self._plant.materials.materials.items())[material_number]
        order = f"PO-{material}-{n}"
        return {
            "order": order, "lot": order, "supplier": definition.supplier, "material": material, "quantity": quantity,
            "unit_price_minor": definition.standard_cost or 0,
        }  # fmt: skip

    def _order(self, quantity: int, origin: int, n: int, due_us: int) -> dict[str, Any]:
        demand = self._scenario.demand
        lines = len(demand.orders) + len(self._found)
        asked = demand.orders[origin] if origin < len(demand.orders) else list(demand.streams.values())[origin - lines]
        return {
            "order": self.words.order_of(origin, n), "customer": asked.customer, "material": asked.material, "quantity": quantity,
            "due_us": due_us, "unit_price_minor": self._plant.materials.materials[asked.material].price or 0, "priority": asked.priority,
            "partial": getattr(asked, "partial", None) or "", "header": getattr(asked, "header", None) or "",
        }  # fmt: skip

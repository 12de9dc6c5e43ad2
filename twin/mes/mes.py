"""The MES: one fold over all events, put together from the rooms of Level 3. Read this first; each file beside it has one idea.

`apply` looks the event's reaction up by its type. A reaction changes state from the event alone, and gives back what is concluded
from it; a conclusion changes state when it is applied itself. `decide` changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from twin.mes.alarms.alarms import AlarmSystem
from twin.mes.changing.declared_anew import DeclaredAnew
from twin.mes.changing.master_data import MasterData
from twin.mes.changing.requests import ChangedRequests
from twin.mes.collection.actuals import actuals
from twin.mes.collection.functions import Function, Reaction, asking, reactions_of
from twin.mes.collection.job_ends import JobEnds
from twin.mes.collection.late_facts import corrections
from twin.mes.collection.reactions import OfOneMaterial, Quietly, SaidByPersons
from twin.mes.collection.setup_runs import SetupRuns
from twin.mes.commands import Commands
from twin.mes.dispatching import Dispatching
from twin.mes.documents.document_control import DocumentControl
from twin.mes.equipment import Equipment, is_legal_report
from twin.mes.execution import ENDED, Execution, JobOrder
from twin.mes.hand_work.earlier import HappenedEarlier
from twin.mes.hand_work.hand_work import HandWork
from twin.mes.hand_work.since_then import SinceThen
from twin.mes.invariants import Invariants
from twin.mes.labour.labour import Labour
from twin.mes.maintenance.maintenance import Maintenance
from twin.mes.operations.pieces_there import pieces_there
from twin.mes.operations.queue_times import QueueTimes
from twin.mes.packml.modes import Modes
from twin.mes.packml.unit_commands import AskedCommands
from twin.mes.performance.indicators import Indicators
from twin.mes.performance.performance import Performance
from twin.mes.personnel import Personnel, WorkCalendars
from twin.mes.process.process_management import ProcessManagement
from twin.mes.process.setpoints import Setpoints
from twin.mes.quality.quality import Quality
from twin.mes.records.records import Records
from twin.mes.release import Release, Request
from twin.mes.resources.hot_lots import HotLots
from twin.mes.resources.rejoining import Rejoining
from twin.mes.resources.reservations import Reservations
from twin.mes.resources.splitting import Splitting
from twin.mes.resources.tool_room import ToolRoom
from twin.mes.scheduling.changed_rules import ChangedRules
from twin.mes.scheduling.published import Published
from twin.mes.supervision.supervision import Supervision
from twin.mes.tracking.alternates.choosing import Choosing
from twin.mes.tracking.genealogy import Link
from twin.mes.tracking.lots import Lot
from twin.mes.tracking.merging import Merging
from twin.mes.tracking.passages import Passages
from twin.mes.tracking.scanning import Scanning
from twin.mes.tracking.tracking import Tracking
from twin.mes.tracking.transports import Transports
from twin.model import events as e
from twin.model.events import OperationsEvent, WorkAlertRaised
from twin.model.master_data.dated import with_own_tables
from twin.model.plant import Plant
from twin.model.scenario import Policies
from twin.model.states import DEADLOCK, DispatchStatus, WorkUnitState


class Mes:
    """Level 3 of one plant (a `Fold`).

    Parameters
    ----------
    plant : the plant, with the changes of the scenario made
    policies : dispatch rules; `decisions: observed` means that the plant decides and the MES only follows
    """

    is_told = False
    """Whether another MES decides and reports."""

    def __init__(self, plant: Plant, policies: Policies) -> None:
        self.plant, self.policies = (plant := with_own_tables(plant)), policies  # those that hold now
        self.calendars = WorkCalendars(plant)
        self.equipment = Equipment(plant)
        self.release = Release(plant, policies)
        self.transports = Transports(plant)
        self.execution = Execution(plant.layout.work_centers, self.transports)
        self.tracking = Tracking(plant)
        self.personnel = Personnel(plant, self.equipment, self.calendars)
        self.commands = Commands(plant, self.execution, self.equipment, self.tracking, self.personnel, self.calendars)
        self.setup_runs, self.queue_times = SetupRuns(plant), QueueTimes(plant, self.execution)
        self.dispatching = Dispatching(
            plant, policies, self.execution, self.equipment, self.personnel, self.calendars, self.commands, self.release,
            self.setup_runs,
        )  # fmt: skip
        self.labour = Labour(plant, self.equipment, self.execution, self.commands, self.personnel, self._latest_us)
        self.performance = Performance(
            plant, self.equipment, self.execution, self.release, self.tracking, self.calendars, self.labour.figures
        )
        self.quality = Quality(plant, policies, self.execution, self.tracking, self.release)
        self.job_ends = JobEnds(plant, self.execution, self.release, self.tracking, self.transports, self.setup_runs, self.queue_times)
        self._add_functions(plant, policies)
        self.invariants = Invariants(self.equipment, self.execution, self.tracking)
        self.alerts, self._unknown_equipment, self.now_us = list[WorkAlertRaised](), set[str](), -1
        self._storage = {center: it.storage for center, it in plant.layout.work_centers.items()}
        self._reactions: dict[type[OperationsEvent], Reaction] = self._by_type()
        self._heard: dict[type[OperationsEvent], tuple[Sequence[Callable[[Any], object]], Sequence[Reaction]]] = {}  # by what has happened

    def _add_functions(self, plant: Plant, policies: Policies) -> None:
        """What MESA calls functions, beside the flow of job orders, in the order in which they are asked."""
        self.documents = DocumentControl(plant, self.execution)
        self.process = ProcessManagement(plant, policies, self.execution, self.equipment, self.documents, self._latest_us)
        self.tool_room, self.hot_lots = ToolRoom(plant, self.execution), HotLots(plant, self.execution, self.tracking)
        self.splitting = Splitting(plant, policies, self.execution, self.tracking, self.release)
        self.dispatching.hot_lots = self.hot_lots.reasons
        rejoining = Rejoining(self.execution, self.tracking, self.release, self.queue_times, self.splitting.leaving)
        self.merging, self.passages = Merging(plant, self.tracking, self.execution, rejoining), Passages(self.tracking)
        floor = self.execution, self.equipment, self.tracking, self.release
        self.hand_work = HandWork(plant, policies, *floor, self.tool_room, self.process.steps)
        self.alarms, self.setpoints = AlarmSystem(plant), Setpoints(plant, self.execution, self.process.recipes)
        self.maintenance = Maintenance(plant, self.equipment, self.tracking, self.performance, self.calendars, self.labour)
        self.unit_commands = AskedCommands(plant, policies, self.equipment, self.execution, self.commands, self.process.phases)
        self.modes = Modes(plant, self.equipment, self.unit_commands)
        self.supervision = Supervision(plant, self.equipment, self.execution, self.release)
        self.changed_requests = ChangedRequests(plant, self.execution, self.tracking, self.release)
        self.records = Records(plant, self.calendars, self.tracking, self.quality)
        self.published, self.changed_rules, self.master_data = Published(plant, self), ChangedRules(plant, self), MasterData(self)
        since = SinceThen(self.execution, self.tracking, self.documents, self.process.steps, self.quality, self.records)
        self.happened_earlier = HappenedEarlier(plant, policies, self.commands, self.equipment, self.execution, self.calendars, since)
        self.declared_anew, self.reservations = DeclaredAnew(plant, self), Reservations(plant, self)
        self.functions: tuple[Function, ...] = (
            self.declared_anew, self.labour, self.quality, self.records, self.documents, self.process, self.tool_room, self.hot_lots,
            self.splitting, self.merging, Choosing(plant, self.tracking), Scanning(plant, self.tracking), self.passages, self.alarms,
            self.maintenance, self.modes, self.supervision, self.hand_work, self.published, self.setpoints, self.unit_commands,
            self.changed_requests, self.changed_rules, self.master_data, self.reservations,
        )  # fmt: skip
        self._asking = asking(self.functions)
        self.commands.require(self.documents, self.process, self.tool_room, self.maintenance, self.modes, self.supervision)
        self.commands.require(self.published, self.reservations)
        self.commands.interlocks += [self.modes, self.unit_commands]

    def apply(self, event: OperationsEvent) -> list[OperationsEvent]:
        """Take one event in; what is concluded from it."""
        self.now_us = max(self.now_us, event.effective_us)
        kind = type(event)
        heard = self._heard.get(kind)
        if heard is None:
            if not self._heard:
                self.maintenance.begin(event.effective_us)
            heard = self._heard[kind] = self._who_hears(kind)
        self.invariants.note(event)
        for sum_up in heard[0]:
            sum_up(event)
        return [it for hear in heard[1] for it in hear(event)]

    def _who_hears(self, kind: type[OperationsEvent]) -> tuple[Sequence[Callable[[Any], object]], Sequence[Reaction]]:
        """Who sums up what was, before events of a class change it; and who concludes from them, in this order."""
        hearing = [hears for it in self.functions if issubclass(kind, tuple(it.hears)) for hears in reactions_of(it, kind)]
        hearing += [it for it in (self._reactions.get(kind),) if it]
        if kind is e.GoodsReceived and self.policies.receipts == "persons":
            hearing = [SaidByPersons(it) for it in hearing]
        return self.performance.hearing(kind), self.happened_earlier.guarded(kind, hearing)

    def decide(self, now_us: int) -> list[OperationsEvent]:
        """Lots to let in at `now_us`, or what a function asks for; where there is nothing of it, commands to resume and to start."""
        return (
            self.release.decide(now_us)
            or next(filter(None, (it.decide(now_us) for it in self._asking)), [])
            or self.dispatching.decide(now_us)
        )

    def follow(self, policies: Policies) -> None:
        """Decide by these policies from now on."""
        self.policies = policies
        self.release.follow(policies)
        self.dispatching.follow(policies)

    # To look at

    @property
    def job_orders(self) -> Mapping[str, JobOrder]:
        return MappingProxyType(self.execution.job_orders)

    @property
    def lots(self) -> Mapping[str, Lot]:
        return MappingProxyType(self.tracking.lots)

    @property
    def requests(self) -> Mapping[str, Request]:
        return MappingProxyType(self.release.requests)

    def status(self, job_order: str, now_us: int | None = None) -> tuple[DispatchStatus, str]:
        """B2MML dispatch status of a job order, and the reason for it.

        Raises
        ------
        KeyError : nobody released it
        """
        return self.commands.status(self.execution.job_orders[job_order], self.now_us if now_us is None else now_us)

    def queue(self, work_center: str) -> list[JobOrder]:
        """Job orders that wait at a work center or are on their way to it, by their turn."""
        return sorted(self.execution.queues[work_center].values(), key=lambda job: (job.turn_us < 0, job.turn_us, job.job_order))

    def forward(self, lot: str) -> list[Link]:
        """Which lots `lot` went into, nearest first, with quantities."""
        return self.tracking.forward(lot)

    def backward(self, lot: str) -> list[Link]:
        """Which lots went into `lot`, nearest first, with quantities."""
        return self.tracking.backward(lot)

    def indicators(self, by: str, from_us: int, to_us: int, *, failures_plus: int = 0) -> list[Indicators]:
        """ISO 22400-2 indicators by a scope over [from_us, to_us), cut at what is known.

        Scopes: "equipment", "work_center", "area", "plant" (elements summed, then divided), "request", "shift", "product" or "person".

        "order" is the same as "request": the order of ISO 22400 is the production order, not the customer's.
        `failures_plus` is added to the number of failures where a mean time is formed; take 1 if FE + 1 is your house's rule.

        Raises
        ------
        ValueError : no such scope
        """
        return self.performance.indicators(by, from_us, to_us, self.now_us, failures_plus)

    def violations(self, now_us: int) -> list[str]:
        """What must hold and does not, of what happened since this was asked last, in words: at the cost of that, however long the run."""
        return [*self.invariants.violations(now_us), *self.tracking.violations(), *self.commands.double_bookings()]

    def audit(self, now_us: int) -> list[str]:
        """`violations`, and all of it again from the single intervals, movements and lots of the whole run."""
        return [*self.violations(now_us), *self.equipment.audit(), *self.tracking.audit(), *self.invariants.audit()]

    # Reactions

    def _by_type(self) -> dict[type[OperationsEvent], Reaction]:
        tracking, equipment, execution, commands = self.tracking, self.equipment, self.execution, self.commands
        return {
            e.EquipmentStateChanged: self._state_changed,
            e.CountObserved: self._counted,
            e.OperationSkipped: self._skipped,
            e.QueueTimeExceeded: self.queue_times.exceed,
            e.EnergyMetered: Quietly(equipment.meter),
            e.EquipmentModeChanged: Quietly(equipment.switch_mode),
            e.AlarmRaised: self._alarm_raised,
            e.AlarmCleared: Quietly(equipment.clear_alarm),
            e.OperationsRequestReleased: self.release.take,
            e.WorkInProcessCounted: self._found,
            e.OperationsResponse: Quietly(self.release.answer),
            e.JobOrderCreated: self._job_order_created,
            e.JobOrderCommand: commands.take,
            e.JobOrderCommandRefused: Quietly(commands.refuse),
            e.JobOrderStarted: self._started,
            e.JobOrderHeld: Quietly(execution.hold),
            e.JobOrderPaused: Quietly(execution.hold),
            e.JobOrderResumed: Quietly(execution.resume),
            e.JobOrderCompleted: self.job_ends.complete,
            e.JobOrderAborted: self.job_ends.abort,
            e.EquipmentActual: Quietly(execution.book),
            e.PersonnelActual: Quietly(execution.book),
            e.PersonnelActualCorrected: Quietly(execution.book),
            e.MaterialActual: tracking.apply_actual,
            e.GoodsReceived: OfOneMaterial(tracking, tracking.receive),
            e.StockCounted: OfOneMaterial(tracking, tracking.count),
            e.LotExpiryRecorded: Quietly(tracking.expiries.date),
            e.GoodsShipped: OfOneMaterial(tracking, tracking.ship),
            e.GoodsReceiptCorrected: OfOneMaterial(tracking, tracking.correct),
            e.GoodsReturned: OfOneMaterial(tracking, tracking.give_back),
            e.GoodsTakenBack: OfOneMaterial(tracking, tracking.take_back),
            e.ProductUnbuilt: OfOneMaterial(tracking, tracking.unbuild),
            e.LotCreated: OfOneMaterial(tracking, self._lot_created),
            e.LotSplit: tracking.split,
            e.LotMoved: tracking.move,
            e.MaterialIdentified: self._identified,
            e.LotSetDown: self._set_down,
            e.TestResultRecorded: tracking.record_test,
            WorkAlertRaised: Quietly(self.alerts.append),
        }

    def _state_changed(self, event: e.EquipmentStateChanged) -> list[OperationsEvent]:
        if doubt := self.equipment.doubt(event):
            return self._once(event, doubt)
        record = self.equipment.records[event.equipment]
        if self.equipment.is_late(event, self.now_us):
            known, pieces = self.equipment.cut(event, self.now_us)
            started = self.execution.follow_late(event, record) if pieces else []
            return [*started, *corrections(event, known, pieces, self.execution.job_orders, self.now_us, self.labour.worked_us)]
        before, phase = record.state, record.phase
        event, is_commanded = self.unit_commands.stops.explained(event, record)
        closed = self.equipment.enter(event, self.now_us, is_commanded=is_commanded)
        self.commands.answer(event, record)
        concluded: list[OperationsEvent] = []
        if not is_legal_report(before, event.state, phase):
            names = f"{WorkUnitState(before).label} to {WorkUnitState(event.state).label}"
            concluded.append(WorkAlertRaised.about(event, "packml", f"{event.equipment} went from {names}, which PackML does not allow"))
        if (count := len(record.job_orders)) > record.maximum_batch:
            concluded.append(WorkAlertRaised.about(event, "job_order", f"{event.equipment} reports {count} job orders at a time"))
        return [
            *concluded,
            *actuals(closed, self.execution.job_orders, self.labour.worked_us),
            *self.execution.follow(closed, event, record),
        ]

    def _counted(self, event: e.CountObserved) -> list[OperationsEvent]:
        record = self.equipment.records.get(event.equipment)
        if record is None:
            return self._once(event, f"nobody declared '{event.equipment}'")
        if min(event.good, event.scrap, event.rework) < 0:
            return [WorkAlertRaised.about(event, "count", f"{event.equipment} counts fewer than no pieces")]
        self.equipment.count(event)
        return self.execution.count(event, record) if event.job_order else []

    def _skipped(self, event: e.OperationSkipped) -> list[OperationsEvent]:
        """A job order is done without having been begun: its lot was no sample for it, and goes on with all of its pieces."""
        job, report = self.execution.job_orders.get(event.job_order), self.execution.reports[event.job_order]
        if job is None or job.status in ENDED or report.phase is not None:
            return [WorkAlertRaised.about(event, "job_order", f"job order '{event.job_order}' was passed over, and is not open")]
        report.phase, report.good, report.was_skipped = DispatchStatus.COMPLETED, pieces_there(self.execution, job, event.quantity), True
        return [
            e.JobOrderCompleted(
                effective_us=event.effective_us, equipment=event.equipment, request=job.request, job_order=job.job_order, lot=job.lot,
                good=report.good, scrap=0, rework=0,
            )
        ]  # fmt: skip

    def _alarm_raised(self, event: e.AlarmRaised) -> list[OperationsEvent]:
        self.equipment.raise_alarm(event)
        return [WorkAlertRaised.about(event, DEADLOCK, event.message)] if event.alarm == DEADLOCK else []

    def _job_order_created(self, event: e.JobOrderCreated) -> list[OperationsEvent]:
        step = self.release.step(event.material, event.operation)
        if step is None or event.job_order in self.execution.job_orders:
            return [WorkAlertRaised.about(event, "job_order", f"job order '{event.job_order}' exists, or no routing has its operation")]
        request, lot = self.release.requests.get(event.request), self.tracking.lots.get(event.lot)
        if request:
            request.open_count += 1
            request.announced_count -= 1 if request.announced_count and lot and lot.split_by else 0
        splitter = self.queue_times.way_back(self.execution.job_orders.get(lot.split_by) if lot else None)
        concluded = self.execution.create(event, step, request.priority if request else 0, splitter)
        job = self.execution.job_orders[event.job_order]
        if splitter and job.before is None and self.transports.carrier(splitter.equipment, job.work_center):
            job.turn_us = self.transports.call(splitter.equipment, job, event.effective_us)
        if job.before is None:
            self.release.note_place(event.lot, step, event.quantity)
        return concluded

    def _set_down(self, event: e.LotSetDown) -> list[OperationsEvent]:
        """A vehicle has brought a lot: it has its turn now."""
        job = self.execution.job_orders.get(event.job_order)
        if self.transports.set_down(event) and job:
            job.turn_us = event.effective_us
        return self.tracking.move(event)

    def _lot_created(self, event: e.LotCreated) -> list[OperationsEvent]:
        return self.release.note_lot(event) or self.tracking.create(event)

    def _identified(self, event: e.MaterialIdentified) -> list[OperationsEvent]:
        if not self.transports.load(event):
            self.execution.arrivals.note(event)
        return self.tracking.move(event)

    def _found(self, event: e.WorkInProcessCounted) -> list[OperationsEvent]:
        """A lot was counted in the middle of its routing."""
        if event.lot in self.tracking.lots:
            return [WorkAlertRaised.about(event, "lot", f"lot '{event.lot}' exists already")]
        concluded = self.release.take_found(event)
        if event.lot and not any(isinstance(it, WorkAlertRaised) for it in concluded):
            step = self.release.steps[event.material][event.operation]
            self.tracking.find(event, self._storage[step.work_center])
        return concluded

    def _started(self, event: e.JobOrderStarted) -> list[OperationsEvent]:
        job = self.execution.job_orders.get(event.job_order)
        if job is None:
            return []
        if job.status in ENDED and job.request in self.release.requests:
            self.release.requests[job.request].open_count += 1  # it was given up, and runs all the same
        self.setup_runs.start(event, job.step.setup_family)
        self.queue_times.note(event, job)
        skipped = self.execution.start(event)
        if lot := self.tracking.lots.get(job.lot):
            lot.place = event.equipment
        return [*skipped, *self.tracking.begin(event.effective_us, job.lot, job.job_order)]

    # Inside

    def _latest_us(self) -> int:
        return self.now_us

    def _once(self, event: OperationsEvent, doubt: str) -> list[OperationsEvent]:
        """An alert; about equipment that nobody declared, only the first time."""
        if event.equipment not in self.equipment.records:
            if event.equipment in self._unknown_equipment:
                return []
            self._unknown_equipment.add(event.equipment)
        return [WorkAlertRaised.about(event, "equipment", doubt)]

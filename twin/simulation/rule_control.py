"""The plant without an MES: demand becomes lots at once, and rules of the scenario decide which lot goes where.

For theory and for sweeps. Persons and bills of material are the MES's business and are refused here. Decisions fall where the MES's
would: when everything of an instant has settled, for work centers and then equipment in declared order. An order longer than the run
saturates what it runs on.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from twin.kernels.dispatch import IDLE_ROUNDS, batch_of, in_order_asked
from twin.kernels.ranking import Ranking
from twin.model import plant as declared_plant
from twin.model.checks.planning.carried_out import planned_over_all_orders
from twin.model.plant import Batch, Plant, most_at_once
from twin.model.policies.own_rules import OWN_RULES
from twin.model.problems import ToldAgain
from twin.model.scenario import Scenario
from twin.model.states import WorkUnitState
from twin.simulation.clock import PlantEnvironment
from twin.simulation.shop_floor.production_line import ProductionLine
from twin.simulation.shop_floor.routing import Step, Steps
from twin.simulation.shop_floor.storage import MaterialFlow
from twin.simulation.shop_floor.waits.lots import Lot
from twin.simulation.shop_floor.work_unit import Job, WorkUnit

Floor = dict[str, WorkUnit | ProductionLine]
"""What takes jobs, by id."""


class NotByRule(ToldAgain, ValueError):
    """What a plant has that rules alone cannot decide; every such thing is named."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = list(problems)
        super().__init__(
            "control by rule alone is not possible: " + "; ".join(self.problems) + "; allowed: these otherwise, or what MES and ERP decide "
            "themselves, as twin.simulate and twin.at(run).go_on"
        )


@dataclass(slots=True, kw_only=True)
class Request:
    """An order that becomes lots, one after the other."""

    heard_us: int
    order: str
    material: str
    quantity: int
    lot_size: int
    due_us: int
    priority: int
    cut_count: int = 0  # lots that it has become

    @property
    def lot_count(self) -> int:
        return -(-self.quantity // self.lot_size)

    def cut(self, step: Step, now_us: int) -> Lot:
        """The next lot, named as the MES would name it."""
        name = f"{self.order}-{self.material}"
        pieces = min(self.lot_size, self.quantity - self.cut_count * self.lot_size)
        self.cut_count += 1
        if self.lot_count > 1:
            name = f"{name}.{self.cut_count:0{len(str(self.lot_count))}}"
        return Lot(name=name, quantity=pieces, step=step, ready_us=now_us, due_us=self.due_us, priority=self.priority)


class RuleControl:
    """Releases lots and starts them.

    Parameters
    ----------
    conwip_lots : constant work in process: at most so many lots are in the plant, the next is released when one has left (Spearman,
        Woodruff, Hopp 1990); None: every order is released at once, or so that it has its planned lead time, as the scenario says
    """

    def __init__(
        self,
        env: PlantEnvironment,
        plant: Plant,
        scenario: Scenario,
        floor: Floor,
        steps: Steps,
        flow: MaterialFlow,
        conwip_lots: int | None,
    ) -> None:
        refuse_what_rules_cannot_decide(plant, scenario)
        self._env, self._materials, self._floor, self._steps, self._flow = env, plant.materials.materials, floor, steps, flow
        self._conwip_lots = scenario.policies.conwip_lots if conwip_lots is None else conwip_lots
        self._workload = scenario.policies.workload
        self._is_offset = scenario.policies.release == "due_date_offset"
        policies, layout = scenario.policies, plant.layout
        centers = list(layout.work_centers)
        self._ranking = Ranking(centers, policies, OWN_RULES)
        self._rounds = {center: IDLE_ROUNDS[it.idle_first] for center, it in layout.work_centers.items()}
        self._orders = {center: it.idle_order for center, it in layout.work_centers.items()}
        self._queues: dict[str, list[Lot]] = {center: [] for center in centers}
        declared: dict[str, declared_plant.WorkUnit | declared_plant.ProductionLine] = {**layout.work_units, **layout.production_lines}
        self._equipment = {center: [floor[e] for e, it in declared.items() if it.work_center == center] for center in centers}
        self._sources = plant.sources_of_centers()
        self._batch_waits: dict[str, set[int]] = {center: set() for center in centers}
        for center, units in self._equipment.items():
            for source in self._sources[center]:
                self._batch_waits[source] |= {unit.batch.wait for unit in units if isinstance(unit, WorkUnit) and unit.batch}
        self._preferences = range(1 + max((way.preference for step in steps.values() for way in step.others.values()), default=0))
        self._first = {step.material: step for step in steps.values() if step.is_first}
        self._backlog: list[Request] = []
        flow.listener = self

    # -- what it hears while things happen

    def order_heard(self, order: str, material: str, quantity: int, due_us: int, priority: int) -> None:
        """A customer orders: the order waits for its release."""
        definition = self._materials[material]
        request = Request(
            heard_us=self._env.now_us, order=order, material=material, quantity=quantity, lot_size=definition.lot_size or quantity,
            due_us=due_us, priority=priority,
        )  # fmt: skip
        delay_us = due_us - definition.planned_lead_time - self._env.now_us if self._is_offset else 0
        if delay_us > 0:
            self._env.after(delay_us, lambda: self._ask(request))
        else:
            self._ask(request)

    def _ask(self, request: Request) -> None:
        self._backlog.append(request)
        self._env.settle_soon()

    def lot_ready(self, lot: Lot) -> None:
        self._queue(lot)
        self._env.settle_soon()

    def lot_withdrawn(self, lot: Lot) -> None:
        """It waits no longer, and was not started."""
        self._queues[lot.step.work_center].remove(lot)

    def lot_gone(self, lot: Lot) -> None:
        self._env.settle_soon()

    # -- what it decides when they have settled

    def decide(self) -> None:
        """Release, then start whatever can start."""
        if self._backlog:
            self._release()
        for preference in self._preferences:
            for center, sources in self._sources.items():
                for takes_setups in self._rounds[center] if any(self._queues[source] for source in sources) else ():
                    for unit in in_order_asked(self._equipment[center], self._orders[center], self._env.now_us):
                        if unit.job is None and unit.state is WorkUnitState.IDLE:
                            self._start(center, unit, preference, takes_setups)

    def _release(self) -> None:
        """Let lots into the plant as far as there is room for them: the earliest order first, at one instant in the order of ids.

        An order that goes to a work center with too much work before it lets others pass.
        """
        self._backlog.sort(key=lambda request: (request.heard_us, request.order))
        now_us, limit = self._env.now_us, self._conwip_lots if self._conwip_lots is not None else math.inf
        waiting, load_us = [], self._load_us()
        for request in self._backlog:
            first = self._first[request.material]
            while request.cut_count < request.lot_count and len(self._flow.lots) < limit and self._has_little_before_it(first, load_us):
                lot = request.cut(first, now_us)
                self._flow.begin(lot)
                self._queue(lot)
                self._add_load(load_us, lot)
            if request.cut_count < request.lot_count:
                waiting.append(request)
        self._backlog = waiting

    def _load_us(self) -> dict[str, int]:
        """Expected work of all lots in the plant, by work center, where there is a limit."""
        load_us: dict[str, int] = {}
        for lot in self._flow.lots.values() if self._workload else ():
            self._add_load(load_us, lot)
        return load_us

    def _add_load(self, load_us: dict[str, int], lot: Lot) -> None:
        step: Step | None = lot.step
        while step and self._workload:
            load_us[step.work_center] = load_us.get(step.work_center, 0) + int(step.expected_run_us(lot.quantity, ""))
            step = self._steps[step.material, step.next_operation] if step.next_operation else None

    def _has_little_before_it(self, first: Step, load_us: dict[str, int]) -> bool:
        """Whether at every work center of the routing there is less work than its limit."""
        centers = (step.work_center for (material, _), step in self._steps.items() if material == first.material) if self._workload else ()
        return all(load_us.get(center, 0) < self._workload.get(center, math.inf) for center in centers)

    def _queue(self, lot: Lot) -> None:
        """Let the lot stand in the queue of its work center, and look at the queue again when a batch has waited long enough for it."""
        self._queues[lot.step.work_center].append(lot)
        for wait_us in self._batch_waits[lot.step.work_center]:
            self._env.after(wait_us, self._env.settle_soon)

    def _start(self, center: str, unit: WorkUnit | ProductionLine, preference: int, takes_setups: bool) -> None:
        """Start what the rule puts first among what waits for `unit`; a batch only if the batch rule finds it full enough.

        Lots for which it is a later choice than `preference` are left to others, which may be free too; and what it would have to be set
        up for, unless it `takes_setups`.
        """
        queued = (lot for source in self._sources[center] for lot in self._queues[source])
        waiting = [lot for lot in queued if unit.name in lot.step.equipment and lot.may_go_to(unit.name)]
        if unit.keeps_setup(any(lot.step.setup_family == unit.family for lot in waiting)):
            waiting = [lot for lot in waiting if lot.step.setup_family in (None, unit.family)]
        able = [lot for lot in waiting if lot.step.preference(unit.name) <= preference]
        if not able:
            return
        if isinstance(unit, WorkUnit) and unit.batch:
            lots = self._batch(center, unit, unit.batch, able)
        else:
            lots = [able[0] if len(able) == 1 else min(able, key=lambda lot: self._key(center, unit, lot))]
        if lots and not takes_setups and unit.setup_us(lots[0].step.setup_family):
            return
        for lot in lots:
            self._queues[lot.step.work_center].remove(lot)
        if lots:
            unit.start(Job(lots=lots))

    def _batch(self, center: str, unit: WorkUnit, batch: Batch, able: list[Lot]) -> list[Lot]:
        """The lots of one set-up family that start together, the family of the best-ranked lot first; none if no batch is full enough."""
        families: dict[str | None, list[Lot]] = {}
        for lot in sorted(able, key=lambda lot: self._key(center, unit, lot)):
            families.setdefault(lot.step.setup_family, []).append(lot)
        for lots in families.values():
            waited_us = self._env.now_us - min(lot.ready_us for lot in lots)
            limits = most_at_once(batch, lots[0].step.batch)
            counted = [1 if limits.counts == "lots" else lot.quantity for lot in lots]
            if size := batch_of(counted, limits.minimum, limits.maximum, waited_us, batch.wait):
                return lots[:size]
        return []

    def _key(self, center: str, unit: WorkUnit | ProductionLine, lot: Lot) -> tuple[tuple[float, ...], int, str]:
        step = lot.step
        run_us, remaining_us = step.expected_run_us(lot.quantity, unit.name), step.remaining_us(lot.quantity, unit.name)
        setup_us, left, now_us = unit.setup_us(step.setup_family), step.operations_left, self._env.now_us
        job = (lot.ready_us, lot.due_us, run_us, remaining_us, setup_us, lot.priority, left, now_us)
        key = self._ranking.key(center, unit.name, lot.job_order, job)
        return key, lot.ready_us, lot.job_order


def lots_that_are_held(plant: Plant) -> list[str]:
    """Quality plans that hold lots, which rules know nothing of."""
    plans = plant.layout.quality_plans
    return [f"lots are held by quality plan {name}" for name, it in plans.items() if it.gate or it.on_signal == "hold"]


def what_only_the_mes_knows(plant: Plant) -> list[str]:
    """What a start depends on, and neither rules nor futures know: documents, procedures, tools."""
    layout = plant.layout
    declared = (("document", layout.documents), ("procedure", layout.procedures), ("tool", layout.tools))
    return [f"starts depend on {what} {name}" for what, named in declared for name in named]


def units_that_wait(plant: Plant) -> list[str]:
    """Calibrations and maintenance plans that keep equipment from work, which rules know nothing of."""
    layout = plant.layout
    return [
        *(f"equipment may wait for calibration {name}" for name in layout.calibrations),
        *(f"{it.equipment} may wait for maintenance plan {name}" for name, it in layout.maintenance_plans.items() if it.blocks),
    ]


def skills_that_end(plant: Plant) -> list[str]:
    """Qualifications that are over one day, which rules know nothing of."""
    ends = [(name, skill, last) for name, it in plant.layout.persons.items() for skill, last in it.valid_until.items()]
    return [f"{name} is qualified as {skill} until {last.day} {last:%b %Y}" for name, skill, last in ends]


def shipments_that_wait(plant: Plant, scenario: Scenario) -> list[str]:
    """What ships otherwise than whole and as soon as it can, which rules know nothing of."""
    customers = plant.materials.customers
    partial = [f"customer {name} takes orders in parts" for name, it in customers.items() if it.partial == "allowed"]
    partial += [f"order {it.order} ships in parts" for it in scenario.demand.orders if it.partial == "allowed"]
    partial += [f"order {it} has several lines" for it in dict.fromkeys(it.header for it in scenario.demand.orders if it.header)]
    return [*partial, *(f"customer {name} has a credit limit" for name, it in customers.items() if it.credit_limit is not None)]


OF_THE_BOOKS = (
    "BankLineAssigned", "BankMatchUndone", "BankStatementEntered", "BillEntered", "BillRejected", "BillReleaseRequested", "BudgetSet",
    "CostBillEntered", "DebtWrittenOff", "DownPaymentAsked", "DownPaymentBillEntered", "EntryProposed",
    "FreeInvoiceEntered", "OpeningItemEntered", "PaymentOrdered", "PaymentTakenBack",
    "ServicePriceAgreed", "SetOffEntered", "StandardRollUpRequested",
)  # fmt: skip
"""What persons say to the books alone: it starts nothing, and keeps nothing from starting."""


def what_needs_the_mes(plant: Plant, scenario: Scenario) -> list[str]:
    """All that makes a start depend on what neither rules nor futures know, in words."""
    said = [f"persons say something: {it}" for it in dict.fromkeys(it.says for it in scenario.entries) if it not in OF_THE_BOOKS]
    said += ["persons say what suppliers have brought: receipts"] if scenario.policies.receipts == "persons" else []
    stored = ["shipments wait for picks, and lots expire: warehouse"] if plant.layout.warehouse else []
    return [*lots_that_are_held(plant), *what_only_the_mes_knows(plant), *units_that_wait(plant), *skills_that_end(plant), *said, *stored]


def refuse_what_rules_cannot_decide(plant: Plant, scenario: Scenario) -> None:
    """Refuse, by name, what needs an MES."""
    layout, problems = plant.layout, []
    demand = scenario.demand
    asked_for = dict.fromkeys([*(order.material for order in demand.orders), *(stream.material for stream in demand.streams.values())])
    for material in asked_for:
        if plant.materials.materials[material].bill:
            problems.append(f"material {material} has a bill")
        if material not in layout.routings:
            problems.append(f"material {material} has no routing")
        for operation, step in layout.routings.get(material, {}).items():
            if personnel_class := layout.process_segments[step.segment].personnel_class:
                problems.append(f"operation {operation} of {material} needs a {personnel_class}")
    if scenario.policies.decisions == "persons":
        problems.append("persons decide what is started (decisions: persons)")
    problems += what_needs_the_mes(plant, scenario)
    problems += shipments_that_wait(plant, scenario)
    problems += planned_over_all_orders(scenario)
    if problems:
        raise NotByRule(problems)

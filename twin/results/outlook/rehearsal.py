"""What the floor will do if nothing new goes wrong: every open job order played through once, with expected times.

By the calendars of equipment and persons, the queues and their dispatch rules or the schedule that was published, set-ups, batches and
what is in stock. No failure and no loss of pieces is drawn, what is expected to be scrapped is lost; stops and repairs that are going on
count until they should be over. It changes nothing on the floor, and is no forecast with a probability: that needs many futures.
"""

from __future__ import annotations

import heapq
import math
from collections import deque
from collections.abc import Callable, Collection, Iterable

from twin.erp.sales.customer_orders import CustomerOrder
from twin.kernels.dispatch import IDLE_ROUNDS, batch_of, in_order_asked
from twin.kernels.ranking import Ranking
from twin.mes.release import lots_of
from twin.model.materials import needed
from twin.model.personnel.working_hours import WorkingHours
from twin.model.plant import most_at_once
from twin.model.policies.own_rules import OWN_RULES
from twin.results.outlook.ahead import JobAhead, UnitAhead, jobs_ahead, on_it_us, persons_ahead, planned_jobs, units_ahead
from twin.results.outlook.asked_later import AskedLater, Thought, asked_for_later
from twin.results.outlook.crew import Crew
from twin.results.run import Run

HORIZON_US = 35 * 86_400_000_000
PERSONS, SETUPS = "persons", "set-ups"
NO_TIME_US = 1_000_000  # a job order that has run longer than expected ends in a second


class Rehearsal:
    """One play, from now on. `shipped_us` has when each open customer order leaves, `sources` which requests made its goods.

    Orders that are not in `shipped_us` have no end in sight within five weeks; `missing` says which purchased materials never come.

    Parameters
    ----------
    thought_of : an order that nobody has placed, played as if it came now
    leaves_out : what does not count: PERSONS are always there, SETUPS take no time
    """

    def __init__(self, run: Run, thought_of: Thought | None = None, leaves_out: Collection[str] = ()) -> None:
        self._run, self.thought_of, self._leaves_out = run, thought_of, leaves_out
        self._until_us = run.now_us + HORIZON_US
        calendars = {name: [work] for name, work in run.mes.calendars.work_times.items()}
        self.hours: dict[str | None, WorkingHours] = {
            None: WorkingHours(None),
            **{name: WorkingHours.of(work, run.now_us, self._until_us) for name, work in calendars.items()},
        }
        self.units = units_ahead(run, self.hours)
        for unit in self.units.values() if SETUPS in leaves_out else ():
            unit.matrix = None
        self._crew = Crew(persons_ahead(run, self.hours), self._at)
        policies = run.mes.policies  # that hold now: with the sequence of the schedule that was published
        centers = run.plant.layout.work_centers
        self._of_center = {center: [it for it in self.units.values() if it.center == center] for center in centers}
        self._ranking, self._planned = Ranking(centers, policies, OWN_RULES), run.mes.published.planned
        self._waiting: dict[str, list[JobAhead]] = {center: [] for center in centers}
        self._bills = {name: run.mes.tracking.bill(name) for name in run.plant.materials.materials}
        self._stock = {name: deque([(run.mes.tracking.available(name), "")]) for name in self._bills}
        self._on_hand = {name: run.mes.tracking.available(name) for name in self._bills}
        self._need = dict.fromkeys(self._bills, 0)
        self._coming = dict.fromkeys(self._bills, 0)
        self._open: dict[str, int] = {}  # by request: lots that are not finished
        self._good: dict[str, int] = {}
        self._asked: dict[str, tuple[str, int, int]] = {}  # by request: material, quantity, due date
        self._scrap = {(m, o): it.scrap for m, routing in run.plant.layout.routings.items() for o, it in routing.items()}
        self._line_scrap = {
            name: 1 - _kept(it.scrap for it in line.stations.values()) for name, line in run.plant.layout.production_lines.items()
        }
        placed = [it for it in run.erp.customer_orders.orders.values() if it.open_quantity]
        self.orders: list[CustomerOrder | Thought] = sorted(
            [*placed, *([thought_of] if thought_of else [])], key=lambda o: (o.due_us, o.order)
        )
        self.shipped_us: dict[str, int] = {}
        self.sources: dict[str, list[tuple[int, str]]] = {}  # by order: quantity and request; "" is stock of today
        self.missing: list[str] = []
        self._events: list[tuple[int, int, Callable[[int], None]]] = []
        self._pushed = 0
        self._seed()

    def play(self) -> Rehearsal:
        """Play until every order has left, or nothing can be seen any more."""
        for material in {order.material: None for order in self.orders}:
            self._ship(material, self._run.now_us)
        while self._events and len(self.shipped_us) < len(self.orders):
            now_us = self._events[0][0]
            while self._events and self._events[0][0] == now_us:
                heapq.heappop(self._events)[2](now_us)
            self._crew.go_on(now_us)
            self._start_all(now_us)
        return self

    # What is there at the beginning

    def _seed(self) -> None:
        now_us, run = self._run.now_us, self._run
        self._at(now_us, _nothing)
        for bound in {start for hours in self.hours.values() for start, _ in hours.spans or []}:
            self._at(max(bound, now_us), _nothing)
        for order in self.orders:
            self._need[order.material] += order.open_quantity
        for request in run.erp.requests.requests.values():
            if request.closed_us is None:
                self._asked[request.request] = (request.material, request.quantity, request.due_us)
                self._good[request.request] = request.produced
                if request.released_us is None:
                    lots = self._lots(request.request, request.material, request.quantity)
                    jobs = planned_jobs(run, request.material, request.request, lots, request.due_us, request.release_us)
                    self._expect(jobs, max(now_us, request.release_us))
                elif (known := run.mes.requests.get(request.request)) and known.uncut:  # let in at once, as if there were room
                    lots = known.uncut
                    self._expect(planned_jobs(run, request.material, request.request, lots, request.due_us, now_us), now_us)
        for later in asked_for_later(run, self.thought_of):
            self._asks(later)
        waiting, at_units = jobs_ahead(run)
        for jobs in (waiting, *at_units.values()):
            self._expect(jobs, None)
        for job in waiting:
            self._at(max(now_us, job.ready_us), self._comes(job, job.ready_us))
        for name, jobs in at_units.items():
            self._goes_on(self.units[name], jobs)
        for unit in self.units.values():
            self._at(unit.free_us, _nothing)
        for it in self._planned.values():
            self._at(max(now_us, it.start_us), _nothing)
        self._buy()

    def _asks(self, it: AskedLater) -> None:
        """What will be asked for: of the floor when it is let go, of a supplier when he has it here."""
        if it.is_bought:
            self._coming[it.material] += it.quantity
            self._at(max(self._run.now_us, it.at_us), self._received(it.material, it.quantity))
            return
        self._asked[it.request], self._good[it.request] = (it.material, it.quantity, it.due_us), 0
        lots = self._lots(it.request, it.material, it.quantity)
        at_us = max(self._run.now_us, it.at_us)
        self._expect(planned_jobs(self._run, it.material, it.request, lots, it.due_us, at_us), at_us)

    def _expect(self, jobs: list[JobAhead], ready_us: int | None) -> None:
        """Reckon with what these lots will use and give."""
        for job in jobs:
            self._open[job.request] = self._open.get(job.request, 0) + 1
            self._coming[job.step.material] += job.quantity
            if job.consumes:
                for component, each in self._bills[job.step.material].items():
                    self._need[component] += needed(each, job.quantity)
            if ready_us is not None:
                self._at(ready_us, self._comes(job))

    def _buy(self) -> None:
        """What was ordered comes when it is due; what is needed beyond that is ordered today, if somebody sells it."""
        run, now_us, is_planned = self._run, self._run.now_us, self._run.erp.policies.planning == "material_plan"
        for order in run.erp.purchasing.orders.values():
            if order.open_quantity and not order.operation:
                self._coming[order.material] += order.open_quantity
                self._at(max(now_us, order.due_us), self._received(order.material, order.open_quantity))
        for name, it in run.plant.materials.materials.items():
            short = self._need[name] - self._on_hand[name] - self._coming[name]
            if it.kind == "purchased" and short > 0:
                supplier = run.plant.materials.suppliers.get(it.supplier or "")
                if supplier and (it.reorder or is_planned):
                    self._at(now_us + round(supplier.lead_time.mean_us), self._received(name, short))
                else:
                    self.missing.append(name)

    def _goes_on(self, unit: UnitAhead, jobs: list[JobAhead]) -> None:
        """What is on a unit goes on, once it is up."""
        setup_us, run_us = on_it_us(self._run, unit, jobs)
        unit.jobs = jobs
        self._at(max(self._run.now_us, unit.free_us), lambda now_us: self._work(unit, jobs[0], now_us, setup_us, run_us))

    # What happens

    def _at(self, at_us: int, action: Callable[[int], None]) -> None:
        if at_us <= self._until_us:
            heapq.heappush(self._events, (at_us, self._pushed, action))
            self._pushed += 1

    def _comes(self, job: JobAhead, since_us: int | None = None) -> Callable[[int], None]:
        def come(now_us: int) -> None:
            job.ready_us = now_us if since_us is None else since_us
            self._waiting[job.step.work_center].append(job)

        return come

    def _received(self, material: str, quantity: int) -> Callable[[int], None]:
        def receive(now_us: int) -> None:
            self._store(material, quantity, "", now_us)

        return receive

    def _finished(self, unit: UnitAhead) -> Callable[[int], None]:
        def finish(now_us: int) -> None:
            unit.free_us, jobs, unit.jobs = now_us, unit.jobs, []
            for job in jobs:
                share = self._line_scrap.get(unit.name, self._scrap.get((job.step.material, job.step.operation), 0.0))
                good = job.quantity - round(job.quantity * share)
                self._coming[job.step.material] -= job.quantity - (good if job.after else 0)
                if job.after and good:
                    job.after.quantity = good
                    carried_us = self._run.mes.transports.expected_us(unit.name, job.after.step.work_center)
                    self._at(now_us + round(job.step.away_us(unit.name)) + carried_us, self._comes(job.after))
                    continue
                if good:
                    self._store(job.step.material, good, job.request, now_us)
                self._lot_ends(job.request, good, now_us)

        return finish

    def _lot_ends(self, request: str, good: int, now_us: int) -> None:
        """With the last lot of a request, what it is short of is asked for anew, unless there is enough all the same."""
        self._open[request] -= 1
        self._good[request] = self._good.get(request, 0) + good
        if self._open[request] or request not in self._asked:
            return
        material, quantity, due_us = self._asked[request]
        short = min(quantity - self._good[request], self._need[material] - self._on_hand[material] - self._coming[material])
        if short > 0:
            self._asked[f"{request}+"], self._good[f"{request}+"] = (material, short, due_us), 0
            lots = self._lots(f"{request}+", material, short)
            self._expect(planned_jobs(self._run, material, f"{request}+", lots, due_us, now_us), now_us)

    def _lots(self, request: str, material: str, quantity: int) -> list[tuple[str, int]]:
        return lots_of(request, quantity, self._run.plant.materials.materials[material].lot_size)

    def _store(self, material: str, quantity: int, request: str, now_us: int) -> None:
        self._stock[material].append((quantity, request))
        self._on_hand[material] += quantity
        self._ship(material, now_us)

    def _take(self, material: str, quantity: int) -> list[tuple[int, str]]:
        """Take from stock, first in first out; what was taken, and which request had made it."""
        self._on_hand[material] -= quantity
        self._need[material] -= quantity
        taken, there = [], self._stock[material]
        while quantity > 0 and there:
            lot, request = there.popleft()
            drawn = min(lot, quantity)
            taken.append((drawn, request))
            quantity -= drawn
            if lot > drawn:
                there.appendleft((lot - drawn, request))
        return taken

    def _ship(self, material: str, now_us: int) -> None:
        """Orders ship whole; one that is due earlier keeps what there is (`CustomerOrders.review`)."""
        left = self._on_hand[material]
        for order in self.orders:
            if order.material == material and order.order not in self.shipped_us and left > 0:
                left -= order.open_quantity
                if left >= 0:
                    self.shipped_us[order.order] = now_us
                    self.sources[order.order] = self._take(material, order.open_quantity)

    # What starts

    def _start_all(self, now_us: int) -> None:
        """What needs no set-up first, where idle units are asked so."""
        for takes_setups in (False, True):
            for name, units in self._of_center.items():
                center = self._run.plant.layout.work_centers[name]
                if takes_setups in IDLE_ROUNDS[center.idle_first]:
                    self._start_each(in_order_asked(units, center.idle_order, now_us), now_us, takes_setups=takes_setups)

    def _start_each(self, units: Iterable[UnitAhead], now_us: int, *, takes_setups: bool) -> None:
        for unit in units:
            waiting = [job for source in self._run.mes.release.sources[unit.center] for job in self._waiting[source]]
            if waiting and not unit.jobs and unit.free_us <= now_us and unit.hours.is_open(now_us):
                able = [job for job in waiting if job.may_go_to(unit.name) and self._may_start(unit, job, now_us)]
                ranked = sorted(able, key=lambda job: self._rank(unit, job, now_us))
                if ranked and (takes_setups or not unit.setup_us(ranked[0].step.setup_family)):
                    self._start(unit, ranked, now_us)

    def _may_start(self, unit: UnitAhead, job: JobAhead, now_us: int) -> bool:
        planned = self._planned.get(job.job_order)  # as published: what is there before its turn waits for it
        if planned and now_us < planned.start_us:
            return False
        if job.consumes:
            for component, each in self._bills[job.step.material].items():
                if self._on_hand[component] < needed(each, job.quantity):
                    return False
        return not self._needs_person(unit, job) or self._crew.is_free(job.step.personnel_class, now_us)

    def _needs_person(self, unit: UnitAhead, job: JobAhead) -> bool:
        if PERSONS in self._leaves_out:
            return False
        return job.step.personnel_class is not None and (job.step.attended == "all" or unit.setup_us(job.step.setup_family) > 0)

    def _rank(self, unit: UnitAhead, job: JobAhead, now_us: int) -> tuple[tuple[float, ...], int, str]:
        step, setup_us = job.step, unit.setup_us(job.step.setup_family)
        remaining_us, left = step.remaining_us(job.quantity, unit.name), step.operations_left
        facts = (job.ready_us, job.due_us, job.run_us(unit.name), remaining_us, setup_us, job.priority, left, now_us)
        key = self._ranking.key(unit.center, unit.name, job.job_order, facts)
        return key, job.ready_us, job.job_order

    def _start(self, unit: UnitAhead, ranked: list[JobAhead], now_us: int) -> None:
        jobs = ranked[:1]
        if unit.batch:
            family = [job for job in ranked if job.step.setup_family == jobs[0].step.setup_family]
            first_us = min(job.ready_us for job in family)
            # One lot alone may start: what will keep it company is not known yet, since it is for orders that nobody has placed.
            most = most_at_once(unit.batch, jobs[0].step.batch)
            size = batch_of(most.counted(job.quantity for job in family), 1, most.maximum, now_us - first_us, unit.batch.wait)
            if not size:
                self._at(first_us + unit.batch.wait, _nothing)
                return
            jobs = family[:size]
        for job in jobs:
            job.done_on[job.step.operation] = unit.name
            self._waiting[job.step.work_center].remove(job)
            if job.consumes:
                job.consumes = False
                for component, each in self._bills[job.step.material].items():
                    self._take(component, needed(each, job.quantity))
        unit.jobs = jobs
        setup_us = unit.left_to_set_up_us(jobs, now_us)
        self._work(unit, jobs[0], now_us, setup_us, max(job.busy_us(unit.name) for job in jobs))

    def _work(self, unit: UnitAhead, job: JobAhead, now_us: int, setup_us: float, run_us: float) -> None:
        """Set up and run within the calendars, with somebody there as long as the segment asks for it."""
        step = job.step
        unit.family = step.setup_family or unit.family
        setup, run = round(setup_us), max(NO_TIME_US, round(run_us))
        is_attended = step.personnel_class is not None and PERSONS not in self._leaves_out
        attended_us = setup + (run if step.attended == "all" else 0) if is_attended else 0

        def alone(from_us: int) -> None:
            end_us = unit.hours.end_us(from_us, setup + run - attended_us) or self._until_us + 1
            unit.free_us, unit.ran_from_us = end_us, max(now_us, end_us - run)
            self._at(end_us, self._finished(unit))

        unit.free_us = self._until_us + 1  # until somebody has been there for as long as it takes
        if not attended_us:
            alone(now_us)
        else:
            self._crew.attend(unit, job, attended_us, alone, now_us)


def _nothing(_now_us: int) -> None:
    """Time to see what can start."""


def _kept(shares: Iterable[float]) -> float:
    """What is left of one after each share of what was left is lost."""
    return math.prod(1 - share for share in shares)

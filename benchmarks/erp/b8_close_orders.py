"""B8: 20,000 production orders closed, with every posting, into a journal that lasts; the peer inserts the very rows into the same table.

Another MES reports. A customer wants six gearboxes every half hour; our ERP plans the seven production orders of each down its bill
(pinion, wheel, shaft, gear train, body, housing, gearbox), buys what they need, releases them, and is told what they took and gave:
components, hours of machines and persons, energy, pieces, that they are finished. It posts all of it (issues, labour, machine, energy,
completion, close), ships and invoices; what must hold is checked every hour. At standard cost, and all materials under moving average.

    python -m benchmarks.erp.b8_close_orders [ORDERS, 20,000 if left out [ROUNDS, 3]]
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

from benchmarks.measuring import pairs
from benchmarks.mes.b1_ingest import plain_insert, rows_in
from twin.model.events import (
    EquipmentActual,
    GoodsReceived,
    Heartbeat,
    JobOrderCompleted,
    JobOrderCreated,
    JournalPosted,
    LotCreated,
    MaterialActual,
    OperationsEvent,
    OperationsResponse,
    PersonnelActual,
    PurchaseOrderPlaced,
    SalesOrderConfirmed,
    StockCounted,
)
from twin.model.plant import Plant
from twin.model.scenario import Policies, Scenario
from twin.model.states import MaterialUse, Source
from twin.results.run import Run
from twin.run import carry
from twin.store.files import read_plant, read_scenario
from twin.store.journal import DatabaseJournal

ROOT = Path(__file__).parents[2]
ORDERS, EACH, ROUNDS, LIMIT_S, GOAL_S = 20_000, 6, 3, 60.0, 20.0
MINUTE_US, HOUR_US, DAY_US = 60_000_000, 3_600_000_000, 86_400_000_000
EVERY_US = HOUR_US // 2
MADE = ("PI1", "GE1", "SH1", "HB1", "TR1", "HS1", "GB1")
"""In the order in which they are finished, each some hours after the one before."""
PARENT = {"PI1": "TR1", "GE1": "TR1", "SH1": "TR1", "TR1": "GB1", "HB1": "HS1", "HS1": "GB1"}
LARGER = 60  # times as much is bought at once as in the small shop of the files


def case(valuation: Literal["standard", "moving_average"]) -> tuple[Plant, Scenario]:
    """The gearbox shop without a stock of what it makes, and another MES in it."""
    plant = read_plant(ROOT / "plant_models" / "gearbox_shop")
    materials = {}
    for name, it in plant.materials.materials.items():
        reorder = it.reorder and it.reorder.model_copy(
            update={"point": LARGER * it.reorder.point, "quantity": LARGER * it.reorder.quantity}
        )
        opening = LARGER * it.opening_stock if it.kind == "purchased" else 0
        materials[name] = it.model_copy(update={"valuation": valuation, "reorder": reorder, "opening_stock": opening})
    scenario = read_scenario(ROOT / "scenarios" / "gearbox_shop" / "baseline.yaml", plant)
    own = plant.model_copy(update={"materials": plant.materials.model_copy(update={"materials": materials})})
    return own, scenario.model_copy(update={"policies": Policies(decisions="told")})


class Shop:
    """What customers, suppliers and another MES say (EventSource): it knows what our ERP will ask for, and does it within a day."""

    origin = Source.LIVE

    def __init__(self, plant: Plant, start_us: int, orders: int) -> None:
        self._plant, self._start_us = plant, start_us
        self._chains = -(-orders // len(MADE))
        self._stock: dict[str, deque[list[str | int]]] = {}  # lots of what is bought, first in first out: [lot, quantity]
        self._coming: deque[GoodsReceived] = deque()
        self._rounds = self._days()
        self.closed = 0
        self._machine = {unit.work_center: name for name, unit in reversed(plant.layout.work_units.items())}
        self._worker = {cls: name for name, it in reversed(plant.layout.persons.items()) for cls in it.classes}

    def advance(self) -> Sequence[OperationsEvent] | None:
        """The next round."""
        return next(self._rounds, None)

    def send(self, commands: Sequence[OperationsEvent]) -> None:
        """A supplier delivers within the half hour, each third time dearer."""
        for it in commands:
            if isinstance(it, PurchaseOrderPlaced):
                price = it.unit_price_minor * (100 + len(it.order) % 3) // 100
                self._coming.append(
                    GoodsReceived(
                        effective_us=0, order=it.order, lot=it.order, supplier=it.supplier, material=it.material, quantity=it.quantity,
                        unit_price_minor=price,
                    )
                )  # fmt: skip

    def _days(self) -> Iterator[list[OperationsEvent]]:
        """Every half hour an order comes, and each order that came seven to thirteen turns ago has one of its seven finished."""
        at_us = self._start_us
        yield [Heartbeat(effective_us=at_us, reason="start"), *self._opening(at_us)]
        for turn in range(self._chains + 2 * len(MADE)):
            at_us = self._start_us + (turn + 1) * EVERY_US
            if turn % 2:
                yield [Heartbeat(effective_us=at_us, reason="shift" if turn % 16 == 15 else "clock")]
            if arrived := self._delivered(at_us):
                yield arrived
            if turn < self._chains:
                yield self._ordered(f"SO{turn}", at_us)
            for step, material in enumerate(MADE):
                if 0 <= (chain := turn - len(MADE) - step) < self._chains:
                    yield self._finished(f"SO{chain}", material, at_us + (step + 1) * MINUTE_US)
        yield [Heartbeat(effective_us=at_us + HOUR_US, reason="end")]

    def _opening(self, at_us: int) -> list[OperationsEvent]:
        bought = {name: it.opening_stock for name, it in self._plant.materials.materials.items() if it.opening_stock}
        self._stock = {name: deque([[f"OPEN-{name}", quantity]]) for name, quantity in bought.items()}
        return [StockCounted(effective_us=at_us, lot=f"OPEN-{name}", material=name, quantity=it) for name, it in bought.items()]

    def _delivered(self, at_us: int) -> list[OperationsEvent]:
        came: list[OperationsEvent] = []
        while self._coming:
            it = self._coming.popleft()
            self._stock[it.material].append([it.lot, it.quantity])
            came.append(
                GoodsReceived(
                    effective_us=at_us, order=it.order, lot=it.lot, supplier=it.supplier, material=it.material, quantity=it.quantity,
                    unit_price_minor=it.unit_price_minor,
                )
            )  # fmt: skip
        return came

    def _ordered(self, order: str, at_us: int) -> list[OperationsEvent]:
        """A customer's order; the MES opens a lot and its job orders for each request that follows, so it says so a moment later."""
        price = self._plant.materials.materials["GB1"].price or 0
        return [
            SalesOrderConfirmed(
                effective_us=at_us, order=order, customer="conveyors", material="GB1", quantity=EACH, due_us=at_us + 7 * DAY_US,
                unit_price_minor=price,
            )
        ]  # fmt: skip

    def _finished(self, order: str, material: str, at_us: int) -> list[OperationsEvent]:
        """Everything that one production order was, from its lot on; reported once it is finished."""
        request = _request(order, material)
        facts: list[OperationsEvent] = [LotCreated(effective_us=at_us, request=request, lot=request, material=material, quantity=EACH)]
        routing = self._plant.layout.routings[material]
        for place, (operation, step) in enumerate(routing.items()):
            segment = self._plant.layout.process_segments[step.segment]
            job, center, run_us = f"{request}/{operation}", segment.work_center, (20 + len(order) + place) * EACH * MINUTE_US // 2
            about: dict[str, Any] = {"effective_us": at_us, "request": request, "job_order": job, "lot": request}
            facts.append(JobOrderCreated(**about, equipment=center, material=material, operation=operation, quantity=EACH))
            if not place:
                facts += self._consumed(order, material, about)
            facts.append(
                EquipmentActual(**about, equipment=self._machine[center], setup_us=10 * MINUTE_US, run_us=run_us, energy_wh=run_us // 10**6)
            )
            if segment.personnel_class:
                facts.append(PersonnelActual(**about, person=self._worker[segment.personnel_class], work_us=run_us))
            facts.append(JobOrderCompleted(**about, good=EACH))
        done: dict[str, Any] = {"effective_us": at_us, "request": request, "lot": request}
        facts.append(MaterialActual(**done, use=MaterialUse.PRODUCED, material=material, quantity=EACH))
        facts.append(OperationsResponse(**done, material=material, good=EACH))
        self.closed += 1
        return facts

    def _consumed(self, order: str, material: str, about: dict[str, Any]) -> list[OperationsEvent]:
        """Its own parts, and what is bought, first in first out."""
        facts: list[OperationsEvent] = []
        for line in self._plant.materials.materials[material].bill:
            left = EACH * line.quantity
            lots = self._stock.get(line.material)
            while left:
                if lots is None:
                    lot, taken = _request(order, line.material), left
                else:
                    lot, there = str(lots[0][0]), int(lots[0][1])
                    taken = min(there, left)
                    lots[0][1] = there - taken
                    if taken == there:
                        lots.popleft()
                left -= taken
                fields = {**about, "lot": lot, "use": MaterialUse.CONSUMED, "material": line.material, "quantity": taken}
                facts.append(MaterialActual(**fields))
        return facts


def _request(order: str, material: str) -> str:
    """What our ERP calls the request for a material of an order: after all that stand above it in the bill."""
    return f"{_request(order, PARENT[material]) if material in PARENT else order}-{material}"


def close(url: str, plant: Plant, scenario: Scenario, orders: int) -> tuple[float, float, Run, Shop]:
    """CPU seconds and seconds on the wall, and what came of it."""
    journal = DatabaseJournal(url)
    shop = Shop(plant, scenario.start_us, orders)
    run = Run(plant, scenario, journal)
    begin_s, begin_cpu_s = time.perf_counter(), time.process_time()
    carry(shop, run)
    return time.process_time() - begin_cpu_s, time.perf_counter() - begin_s, run, shop


def measure(valuation: Literal["standard", "moving_average"], orders: int, rounds: int, folder: Path) -> dict[str, Any]:
    """Print the times of one valuation; what is to be kept."""
    plant, scenario = case(valuation)
    found = []
    for n in range(rounds):
        url = f"sqlite:///{folder / f'{valuation}{n}.db'}"
        cpu_s, wall_s, run, shop = close(url, plant, scenario, orders)
        closed = sum(it.closed_us is not None for it in run.erp.requests.requests.values())
        assert closed == shop.closed == len(run.erp.requests.requests) >= orders, "each was closed"
        assert not run.erp.ledger.wip_balances, "nothing is left in process"
        assert not run.erp.alerts
        assert not run.violations(whole=True)
        posted, entries = sum(isinstance(it, JournalPosted) for it in run.erp.ledger.entries), len(run.journal)
        run.journal.close()
        plain_wall_s, plain_s = plain_insert(f"sqlite:///{folder / f'plain{valuation}{n}.db'}", rows_in(url), entries // 2_000)
        found.append((cpu_s, plain_s, wall_s, plain_wall_s))
    cpu_s, plain_s, wall_s, plain_wall_s = sorted(found)[len(found) // 2]
    scaled_s = cpu_s * ORDERS / closed
    print(
        f"B8 close orders, {valuation}: {closed:,} production orders, {posted:,} entries, {entries:,} rows: {cpu_s:.1f} CPU s "
        f"({wall_s:.1f} by the wall), {cpu_s / closed * 1e3:.2f} ms an order; insert of the rows {plain_s:.1f} CPU s; "
        f"{ORDERS:,} orders {scaled_s:.1f} CPU s; must {LIMIT_S:g}, goal {GOAL_S:g}"
    )
    return pairs.row(
        f"insert of the same rows, {valuation}", [(ours / closed * 1e6, plain / closed * 1e6) for ours, plain, *_ in found], None
    )


def main(orders: int, rounds: int) -> None:
    """Print both, and keep them."""
    with tempfile.TemporaryDirectory() as folder:
        kept = [measure(valuation, orders, rounds, Path(folder)) for valuation in ("standard", "moving_average")]
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"B8 close orders: peak {peak_mb:.0f} MB")
    pairs.keep("B8 close an order", orders=orders, must_s=LIMIT_S, goal_s=GOAL_S, peak_mb=round(peak_mb), pairs=kept)


if __name__ == "__main__":
    main(*(int(given) for given in (*sys.argv[1:], *(ORDERS, ROUNDS)[len(sys.argv) - 1 :])))

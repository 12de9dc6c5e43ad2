"""A Level 3 that plays along, and now and then commands whatever comes to its mind: sensible, too late, wrong, or nonsense."""

from __future__ import annotations

import random

from tests.rooms.simulation.scripted_control import ScriptedControl
from twin.model.events import CountObserved, Heartbeat, JobOrderCommand, OperationsEvent, PurchaseOrderPlaced, PurchaseOrderRevised
from twin.model.plant import Plant, job_order_id
from twin.model.states import JobCommand

NOBODY, NOTHING = "nobody", "nothing"


class Meddler(ScriptedControl):
    """What it does follows from what it has heard and its own seed alone, so two engines that say the same hear the same."""

    def __init__(self, plant: Plant, seed: int) -> None:
        super().__init__(plant)
        self._random = random.Random(seed)
        self._spoke_us = -1
        self._heard_lots = ["ghost"]
        self._purchases = 0

    def release(self, lot: str, material: str, quantity: int, now_us: int) -> None:
        if len(self._heard_lots) < 200:
            super().release(lot, material, quantity, now_us)
            self._heard_lots += [it.lot for it in self.queue if it.lot not in self._heard_lots]

    def count(self, fact: CountObserved) -> None:
        if fact.job_order in self.running:
            super().count(fact)

    def resume(self, equipment: str, job_order: str, now_us: int) -> list[OperationsEvent]:
        return super().resume(equipment, job_order, now_us) if job_order.split("+")[0] in self.running else []

    def decide(self, now_us: int) -> list[OperationsEvent]:
        commands = super().decide(now_us)
        if now_us > self._spoke_us and self._random.random() < 0.4:  # once an instant, or the instant would never end
            self._spoke_us = now_us
            commands += [self._whatever(now_us) for _ in range(self._random.randint(1, 3))]
            self._random.shuffle(commands)
        return commands

    def _whatever(self, now_us: int) -> OperationsEvent:
        pick = self._random.choice
        kind = pick([*JobCommand, *JobCommand, "Wave", "buy", "revise", "beat"])
        if kind == "beat":
            return Heartbeat(effective_us=now_us, reason="meddling")
        if kind == "buy":
            self._purchases += 1
            number = pick([self._purchases, self._purchases, 1])  # 1: it was placed before
            return PurchaseOrderPlaced(
                effective_us=now_us, order=f"p{number}", material=pick(["iron", "x", NOTHING]), quantity=pick([1, 10**15]),
                supplier=pick(["smelter", "smelter", NOBODY]), unit_price_minor=3, due_us=now_us,
            )  # fmt: skip
        if kind == "revise":
            return PurchaseOrderRevised(
                effective_us=now_us, order=f"p{self._random.randint(0, 3)}", material="iron", quantity=pick([0, 5]),
                due_us=now_us + pick([-1, 0, 1]) * 3_600_000_000,
            )  # fmt: skip
        equipment = pick([*self.plant.equipment, *self.state, NOTHING])
        if kind == JobCommand.START:
            return self._start_of_something(equipment, now_us)
        job_order = self.state.get(equipment, (0, "", ""))[2]
        return JobOrderCommand(
            effective_us=now_us, equipment=equipment, command=kind, reason=pick(["", "check"]), person=self._somebody(),
            job_order=pick([job_order, job_order, "", "x/10"]),
        )  # fmt: skip

    def _somebody(self) -> str:
        return self._random.choice(["", "", "ada", "bo", "ada+bo", NOBODY])

    def _start_of_something(self, equipment: str, now_us: int) -> JobOrderCommand:
        pick, lots = self._random.choice, []
        for _ in range(pick([1, 1, 2, 3])):
            material = pick([*self.layout.routings, NOTHING])
            operation = pick([*self.layout.routings.get(material, {}), "99"])
            waiting = pick(self.queue) if self.queue and self._random.random() < 0.6 else None
            if waiting:
                lots.append((waiting.lot, waiting.material, waiting.operation, waiting.quantity + pick([0, 0, 0, 1])))
            else:
                lots.append((pick([pick(self._heard_lots), f"new{self._random.randint(0, 9)}"]), material, operation, pick([0, 1, 5])))
        return JobOrderCommand(
            effective_us=now_us, equipment=equipment, command=JobCommand.START, person=self._somebody(),
            job_order="+".join(job_order_id(lot, operation) for lot, _, operation, _ in lots[: pick([1, 9, 9])]),
            lots=tuple(it[0] for it in lots), materials=tuple(it[1] for it in lots), operations=tuple(it[2] for it in lots),
            quantities=tuple(it[3] for it in lots),
        )  # fmt: skip

"""A shift worked by hand without a server: what persons say is heard at once, and time passes when somebody lets it pass."""

from __future__ import annotations

from typing import Any

from tests.rooms.quality.valve_shop import MIN_US, _Told
from twin.model.events import CountObserved, Entry, EntryRefused, JobOrderCommandRefused, OperationsEvent, PiecesCounted, SetupDone
from twin.model.plant import Plant
from twin.model.scenario import Scenario
from twin.model.states import JobCommand
from twin.results.run import Run
from twin.run import carry
from twin.simulation.beside.hand_worked_plant import HandWorkedPlant


class Shift:
    """Persons at the terminals of a plant."""

    def __init__(self, plant: Plant, scenario: Scenario) -> None:
        by_hand = scenario.policies.model_copy(update={"decisions": "persons", "reports": "persons"})
        asked = scenario.model_copy(update={"policies": by_hand})
        self.run, self.worked = Run(plant, asked, seed=1), HandWorkedPlant(plant, asked, seed=1)
        self.passes(1)

    def passes(self, minutes: int) -> None:
        """So much time passes."""
        to_us = self.worked.now_us + minutes * MIN_US
        self._hears(to_us)
        self.worked.pass_time(to_us)

    def say(self, kind: type[Entry], equipment: str = "mill_1", person: str = "olga", **said: Any) -> str:
        """What a person says; "" or why it was refused."""
        return self._said(kind(effective_us=self.worked.now_us, equipment=equipment, person=person, terminal="tablet 1", **said))

    def command(self, command: JobCommand, job_order: str, equipment: str = "mill_1", person: str = "olga") -> str:
        hand_work = self.run.mes.hand_work
        return self._said(hand_work.command(command, self.worked.now_us, equipment, person, job_order, terminal="tablet 1"))

    def does(self, job_order: str, equipment: str = "mill_1", minutes: int = 30, **counted: Any) -> int:
        """A job order is begun and counted half an hour later; when it was counted."""
        assert self.command(JobCommand.START, job_order, equipment) == ""
        if equipment == "mill_1":
            self.say(SetupDone, equipment)
        self.passes(minutes)
        assert self.say(PiecesCounted, equipment, job_order=job_order, **counted) == ""
        return self.counted_us(job_order)

    def counted_us(self, job_order: str) -> int:
        events = (it.event for it in self.run.journal.entries())
        return max(it.effective_us for it in events if isinstance(it, CountObserved) and it.job_order == job_order)

    def _said(self, event: OperationsEvent) -> str:
        before = len(self.run.journal)
        carry(_Told([[event]]), self.run)
        for entry in self.run.journal.entries(before):
            if isinstance(entry.event, EntryRefused | JobOrderCommandRefused):
                return entry.event.reason
        self.worked.send([event])
        self._hears(self.worked.now_us)
        return ""

    def _hears(self, to_us: int) -> None:
        while facts := self.worked.advance(to_us):
            source = _Told([facts])
            carry(source, self.run)
            self.worked.send(source.commands)

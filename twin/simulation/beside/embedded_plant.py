"""The compiled plant in a `simpy.Environment`, next to hand-written SimPy processes.

    env = simpy.Environment(initial_time=scenario.start_us)           # its time is us since 1970
    plant = EmbeddedPlant(env, CompiledPlant(read, scenario, seed=1))
    env.process(crew(plant))                                          # waits for facts, for time, for resources of its own; sends commands
    run = twin.run.carry(plant, Run(read, scenario, seed=1))          # with MES and ERP; by rule alone: env.run()

At an instant everybody else comes first, then the plant takes one round; whoever hears it may send commands, which take effect at that same
instant ("happen, then decide"). A plant that nobody says anything to does what it does alone, fact by fact.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence

import simpy

from twin.model.events import OperationsEvent
from twin.simulation.clock import SETTLE
from twin.simulation.compiled_plant.compiled_plant import CompiledPlant

Decide = Callable[[Sequence[OperationsEvent], int], Sequence[OperationsEvent]]
"""A Level 3 of one's own: the facts of a round and the instant, to commands."""


class EmbeddedPlant:
    """An event source whose plant shares its time with other SimPy processes.

    Parameters
    ----------
    env : its time is where the plant begins
    plant : controlled by commands, or by rule; then nobody can send it any
    decide : who answers each round, if that is neither the rules nor whoever calls `advance`

    Raises
    ------
    ValueError : the environment's time is not the plant's
    """

    def __init__(self, env: simpy.Environment, plant: CompiledPlant, decide: Decide | None = None) -> None:
        if env.now != plant.now_us:
            allowed = f"simpy.Environment(initial_time={plant.now_us}), where the plant is"
            raise ValueError(f"the environment is at {env.now}; allowed: {allowed}")
        self.env, self.plant, self.origin = env, plant, plant.origin
        self._decide = decide
        self._rounds: deque[list[OperationsEvent]] = deque()
        self._waiting: list[tuple[Callable[[OperationsEvent], bool], simpy.Event]] = []
        self.ended = env.event()
        self._plan_turn()

    @property
    def now_us(self) -> int:
        """The plant's time and everybody else's, us since 1970."""
        return int(self.env.now)

    # -- for processes

    def fact(self, matches: Callable[[OperationsEvent], bool]) -> simpy.Event:
        """An event that happens with the next fact that matches, and has it as its value."""
        heard = self.env.event()
        self._waiting.append((matches, heard))
        return heard

    def send(self, commands: Sequence[OperationsEvent]) -> None:
        """Take commands, now.

        Raises
        ------
        ValueError : the rules decide in this plant
        """
        if commands:
            self.plant.pass_time(int(self.env.now))
            self.plant.send(commands)
            self._plan_turn()

    # -- as an event source

    def advance(self) -> list[OperationsEvent] | None:
        """The facts of the next round, everybody else's doings up to there included; None at the end."""
        while not self._rounds:
            if self.ended.triggered:
                return None
            self.env.step()
        return self._rounds.popleft()

    # -- the plant's turns

    def _plan_turn(self) -> None:
        """After all that others do at the instant at which the plant has something to do next."""
        turn = simpy.Event(self.env)
        turn._ok, turn._value = True, None
        turn.callbacks.append(self._take_turn)
        self.env.schedule(turn, priority=SETTLE, delay=max(0, self.plant.next_us - int(self.env.now)))

    def _take_turn(self, _: simpy.Event) -> None:
        """One round, if one is due: commands may have changed what was planned, and then another turn is planned."""
        now_us = int(self.env.now)
        if self.ended.triggered or self.plant.next_us > now_us:
            return
        self.plant.pass_time(now_us)
        facts = self.plant.advance(None if now_us >= self.plant.end_us else now_us)
        if facts is None and (now_us >= self.plant.end_us or self.plant.has_ended):
            self.ended.succeed()
            return
        if facts:
            self._tell(facts, now_us)
        self._plan_turn()

    def _tell(self, facts: list[OperationsEvent], now_us: int) -> None:
        if self._decide:
            self.plant.send(self._decide(facts, now_us))
        else:
            self._rounds.append(facts)
        for fact in facts:
            heard = [event for matches, event in self._waiting if matches(fact)]
            self._waiting = [entry for entry in self._waiting if entry[1] not in heard]
            for event in heard:
                event.succeed(fact)

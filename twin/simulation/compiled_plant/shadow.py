"""The shadow of a simulated run: the same plant under the same seed, with the rules in place of MES and ERP, up to now; and its futures.

The rules decide what MES and ERP decide, so the shadow has said what the run has said, word for word; that is checked, and a run in which
somebody decided otherwise has no shadow. A future costs milliseconds: a copy, new draws for all that is under way, and the kernel.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from twin.kernels.compiling import address_of
from twin.kernels.floor.redrawing import redraw_at
from twin.kernels.floor.rows import log_rows as said
from twin.kernels.floor.rows import plant_rows as at
from twin.model.events import OperationsEvent
from twin.model.plant import Plant
from twin.model.scenario import Scenario
from twin.simulation.compiled_plant.compiled_plant import CompiledPlant
from twin.simulation.compiled_plant.floor_state import FloorState
from twin.simulation.compiled_plant.layout import Ints
from twin.simulation.streams import stream_key


class NoShadowError(ValueError):
    """The run is not what the rules alone would have made of it; the message says where they part."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayedFuture:
    """What a future has logged (int64[n, EVENT_ROW]), what its lots are called (int64[n, NAME_ROW]), its plant's array at the end."""

    rows: Ints
    names: list[Ints]
    plant: Ints


class Shadow:
    """A plant at an instant of a run, from which futures begin.

    Parameters
    ----------
    plant, scenario, seed : of the run; the scenario's changes already made
    facts : what the run's plant has said so far
    now_us, until_us : the instant from which the futures begin, and where they end; us since 1970

    Raises
    ------
    NoShadowError : the run's facts are not those that the rules give
    """

    def __init__(self, plant: Plant, scenario: Scenario, seed: int, facts: Sequence[OperationsEvent], now_us: int, until_us: int) -> None:
        source = CompiledPlant(plant, scenario, seed, until_us, control="planned")
        source.state.plant[at.END] = now_us + 1
        ahead = self._compare(source, facts)
        self._begin(source, now_us, until_us, ahead)

    @classmethod
    def standing_as(cls, source: CompiledPlant, now_us: int, until_us: int) -> Shadow:
        """Of a run that nobody can simulate: `source` was told how its plant stands at `now_us`, and decides by rule."""
        shadow = cls.__new__(cls)
        shadow._begin(source, now_us, until_us, [])
        return shadow

    def _begin(self, source: CompiledPlant, now_us: int, until_us: int, ahead: list[list[OperationsEvent]]) -> None:
        self._source, self.state, self.words = source, source.state, source.words
        self.now_us, self.until_us, self._ahead = now_us, until_us, ahead
        self.state.plant[at.NOW], self.state.plant[at.END], self.state.plant[at.STOPS_AT_ROUNDS] = now_us, until_us, 0

    @staticmethod
    def _compare(source: CompiledPlant, facts: Sequence[OperationsEvent]) -> list[list[OperationsEvent]]:
        """The facts of the run are the first that the shadow says; at the very last instant it may be ahead, by these rounds."""
        rounds: list[list[OperationsEvent]] = []
        while (more := source.advance_before_end()) is not None:
            rounds.append(more)
        told = [fact for more in rounds for fact in more]
        for n, (ours, theirs) in enumerate(zip(told, facts, strict=False)):
            if ours != theirs:
                raise NoShadowError(
                    f"somebody decided otherwise than the rules: fact {n + 1} of the run is {type(theirs).__name__} of "
                    f"'{theirs.equipment}', by rule it would be {type(ours).__name__} of '{ours.equipment}'"
                )
        if len(facts) > len(told):
            raise NoShadowError(f"the run has {len(facts)} facts, by rule there are {len(told)} up to now")
        ahead, count = [], len(told)
        while count > len(facts):
            ahead.append(rounds.pop())
            count -= len(ahead[-1])
        return ahead[::-1]

    def futures(self, seeds: Sequence[int], stop: threading.Event | None = None) -> Iterator[Ints]:
        """The rows that each future logs (int64[n, EVENT_ROW]), from now to the end; one array, overwritten by the next."""
        yield from (it.rows for it in self.played(seeds, stop))

    def played(self, seeds: Sequence[int | None], stop: threading.Event | None = None) -> Iterator[PlayedFuture]:
        """Each future, and how its plant stands at the end, overwritten by the next; None: the one in which nothing is drawn anew."""
        begun = self.state.plant
        future = FloorState.of(begun.copy(), self.state.plan.copy(), self.state.numbers)
        for seed in seeds:
            if stop and stop.is_set():
                return
            future.begin_again(begun)
            future.plan[:] = self.state.plan
            if seed is not None:
                self._draw_anew(future, seed)
            rows = future.run_to_end()
            yield PlayedFuture(rows=rows, names=[*future.kept_names, future.unread()[1].reshape(-1, said.NAME_ROW)], plant=future.plant)

    def rounds(self, seed: int | None) -> Iterator[list[OperationsEvent]]:
        """The facts of one future, round by round, as a run hears them; None: of the one in which nothing is drawn anew."""
        yield from self._ahead
        source = CompiledPlant.resume(self._source.snapshot())
        source.state.plant[at.STOPS_AT_ROUNDS] = 1
        if seed is not None:
            source.state.plan = self.state.plan.copy()
            self._draw_anew(source.state, seed)
        while (facts := source.advance()) is not None:
            yield facts

    def _draw_anew(self, future: FloorState, seed: int) -> None:
        """Other dice from now on; what is under way ends at another time, given how long it has lasted."""
        keys = [part for purpose in at.PURPOSES for part in stream_key(seed, purpose)]
        first = int(self.state.plan[at.KEYS_AT])
        future.plan[first : first + len(keys)] = np.array(keys, dtype=np.uint64).view(np.int64)
        redraw_at(*map(address_of, (future.plant, self.state.plan, future.plan, future.numbers)))

    def order_of(self, origin: int, n: int) -> str:
        """The id of a customer order."""
        return self.words.order_of(origin, n)


def shipments(rows: Ints) -> Ints:
    """Of the rows of a future those that say that an order was shipped: origin, number, due, instant, quantity."""
    shipped: Ints = rows[rows[:, said.EVENT_WHAT] == said.TELLS_SHIPMENT]
    columns = [said.EVENT_B, said.EVENT_C, said.EVENT_D, said.EVENT_US, said.EVENT_A]
    return np.ascontiguousarray(shipped[:, columns])


def energy_wh(rows: Ints) -> int:
    """Energy that was metered in a future."""
    metered = rows[:, said.EVENT_WHAT] % said.PLACES == said.TELLS_ENERGY
    return int(rows[metered, said.EVENT_A].sum())

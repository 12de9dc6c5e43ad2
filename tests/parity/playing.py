"""A plant played to its end on either engine."""

from __future__ import annotations

from collections.abc import Iterator

from tests.parity.any_case import Case
from tests.rooms.simulation.scripted_control import ScriptedControl
from twin.model.events import Heartbeat, OperationsEvent
from twin.simulation.engines import AnyPlant, play
from twin.simulation.shop_floor.losses.counted_losses import NoSuchLossError

Facts = list[OperationsEvent]


def rounds(source: AnyPlant) -> Iterator[Facts]:
    """Round by round; what a plant refuses at its end is the last that it says."""
    try:
        while (told := source.advance()) is not None:
            yield told
    except NoSuchLossError as error:
        yield [Heartbeat(effective_us=source.end_us, reason=str(error))]


def ruled(engine: str, case: Case, seed: int, conwip_lots: int | None) -> Facts:
    source = play(engine, *case, seed, control="rule", conwip_lots=conwip_lots)
    return [fact for told in rounds(source) for fact in told]


def commanded(engine: str, case: Case, seed: int, control: ScriptedControl) -> Facts:
    source = play(engine, *case, seed)
    facts: Facts = []
    for told in rounds(source):
        facts += told
        for fact in told:
            control.apply(fact)
        source.send(control.decide(source.now_us))
    return facts

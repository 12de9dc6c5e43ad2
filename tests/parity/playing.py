"""A plant played to its end on either engine."""

from __future__ import annotations

from tests.parity.any_case import Case
from tests.rooms.simulation.scripted_control import ScriptedControl
from twin.model.events import OperationsEvent
from twin.simulation.engines import play

Facts = list[OperationsEvent]


def ruled(engine: str, case: Case, seed: int, conwip_lots: int | None) -> Facts:
    source = play(engine, *case, seed, control="rule", conwip_lots=conwip_lots)
    facts: Facts = []
    while (told := source.advance()) is not None:
        facts += told
    return facts


def commanded(engine: str, case: Case, seed: int, control: ScriptedControl) -> Facts:
    source = play(engine, *case, seed)
    facts: Facts = []
    while (told := source.advance()) is not None:
        facts += told
        for fact in told:
            control.apply(fact)
        source.send(control.decide(source.now_us))
    return facts

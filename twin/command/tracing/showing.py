"""trace: where lots came from and what became of them, mass balances, recalls; in the terminal or as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import typer

from twin import library
from twin.command.manners import print_json
from twin.command.reasons import saved_or_simulated


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a person asks of the lots of a run."""

    lots: Sequence[str] = ()
    built: Sequence[str] = ()
    balances: Sequence[str] = ()
    recall: Sequence[str] = ()
    machine: str = ""
    start: str | None = None
    end: str | None = None
    sources: bool = False


def trace(place: Path, scenario: Path | None, asked: Asked, *, until: str | None, seed: int, record: str | None, json: bool) -> None:
    """Print the answers, one after the other.

    Raises
    ------
    ValueError : nothing is asked, or there is no such lot, request, equipment or instant
    Failed : the person ended the run before there was an answer
    """
    if not (asked.lots or asked.built or asked.balances or asked.recall or asked.machine):
        raise ValueError("it does not say what to trace; allowed: --lot, --serial, --balance, --recall, --machine")
    if (asked.start or asked.end) and not asked.machine:
        raise ValueError("--from and --to are of a piece of equipment; allowed: with --machine")
    run = library.replay(place, record, scenario) if record else saved_or_simulated(place, scenario, until, seed)
    traces = [run.trace(lot) for lot in asked.lots]
    built = [run.as_built(name) for name in asked.built]
    balances = [run.mass_balance(name) for name in asked.balances]
    recalls = [run.recall(asked.recall, sources=asked.sources)] if asked.recall else []
    recalls += [run.recall(equipment=asked.machine, start=asked.start, end=asked.end)] if asked.machine else []
    if json:
        told = {"traces": traces, "as_built": built, "balances": balances, "recalls": recalls}
        print_json({kind: [one.summary() for one in them] for kind, them in told.items()})  # type: ignore[attr-defined] # all have it
        return
    typer.echo("\n\n\n".join(map(str, [*traces, *built, *balances, *recalls])))

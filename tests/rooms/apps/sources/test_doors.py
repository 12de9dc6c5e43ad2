"""What is said through a scanner, at a tablet, by a program over its socket, ends in the journal in which it ends if it is told.

The same shift is worked through each door, at the same instants; then its journal is held against the told one, and against its own
record, against a live plant, and against what machines say over OPC UA and Modbus.
"""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from functools import cache
from itertools import count
from typing import Any

import pytest

from tests.rooms.apps.sources.as_shown import page
from tests.rooms.apps.sources.hand_clock import HandTimed, hand_timed
from tests.rooms.quality.valve_shop import is_the_same_from_every_source
from twin.apps.api.serving import ApiServer
from twin.apps.scanning.scanner import Scanner
from twin.apps.terminals.terminal import WorkTablet
from twin.model.events import OperationsEvent, PiecesCounted, SetupDone
from twin.model.states import JobCommand, Source
from twin.results.run import Run
from twin.store.tokens import Program, Tokens

OLGA, TOKEN = "olga", "program-of-the-doors-0001"
BORE, GRIND = {"equipment": "mill_1", "job_order": "A-VALVE/10"}, {"equipment": "grinder_1", "job_order": "A-VALVE/20"}
FINISHED = {"good": 5}


def telling(shop: HandTimed) -> dict[int, Callable[[], object]]:
    """Said to the run itself."""
    at = {"effective_us": 0, "person": OLGA, "terminal": "told"}

    def begins(equipment: str, job_order: str) -> Callable[[], str]:
        command = shop.feed.run.mes.hand_work.command
        return lambda: shop.feed.enter(lambda at_us: command(JobCommand.START, at_us, equipment, OLGA, job_order, terminal="told"))

    return {
        1: begins(**BORE),
        7: lambda: shop.feed.enter(SetupDone(**at, **BORE)),
        33: lambda: shop.feed.enter(PiecesCounted(**at, **BORE, **FINISHED)),
        41: begins(**GRIND),
        52: lambda: shop.feed.enter(PiecesCounted(**at, **GRIND, **FINISHED)),
    }


def scanning(shop: HandTimed) -> dict[int, Callable[[], object]]:
    """Badge, unit and job order are scanned; what is left is counted by scanning the job order once more."""
    seconds = count(0, 5)
    scanner = Scanner(shop.feed, "scanner 7", clock=lambda: float(next(seconds)))

    def scans(*texts: str) -> Callable[[], str]:
        return lambda: "".join("" if (it := scanner.scan(text)).is_accepted else it.words for text in texts)

    bore, grind = (f"JOB:{it['job_order']}" for it in (BORE, GRIND))
    return {
        1: scans(f"PERSON:{OLGA}", "UNIT:mill_1", bore), 7: scans(bore), 33: scans(bore, bore),
        41: scans("UNIT:grinder_1", grind), 52: scans(grind, grind),
    }  # fmt: skip


def pressing(shop: HandTimed) -> dict[int, Callable[[], object]]:
    """Buttons of the tablet, as its page sends them."""
    tablet, ids = WorkTablet(shop.feed, terminal="tablet 1"), count()

    def presses(kind: str, **said: Any) -> Callable[[], str]:
        entry = {"kind": kind, "person": OLGA, "terminal": "tablet 1", "said": {name: str(it) for name, it in said.items()}}
        return lambda: tablet._take({**entry, "id": f"pressed {next(ids)}"})

    return {
        1: presses("Start", **BORE), 7: presses("SetupDone", **BORE), 33: presses("PiecesCounted", **BORE, **FINISHED),
        41: presses("Start", **GRIND), 52: presses("PiecesCounted", **GRIND, **FINISHED),
    }  # fmt: skip


def asking(shop: HandTimed, address: str) -> dict[int, Callable[[], object]]:
    """A program asks at its address, over a socket."""
    keys = count()

    def posts(path: str, **said: Any) -> Callable[[], str]:
        def post() -> str:
            head = {"Content-Type": "application/json", "Authorization": f"Bearer {TOKEN}", "Idempotency-Key": f"said-{next(keys)}"}
            request = urllib.request.Request(address + path, json.dumps(said).encode(), head)
            with closing(urllib.request.urlopen(request, timeout=60)) as answer:
                return "" if answer.status == 201 else str(answer.read())

        return post

    return {
        1: posts("/job-commands", command="Start", **BORE), 7: posts("/entries/setup-done", **BORE),
        33: posts("/entries/pieces-counted", **BORE, **FINISHED), 41: posts("/job-commands", command="Start", **GRIND),
        52: posts("/entries/pieces-counted", **GRIND, **FINISHED),
    }  # fmt: skip


def works(shop: HandTimed, said: dict[int, Callable[[], object]]) -> None:
    for minute, say in said.items():
        shop.turn_to(minute)
        assert say() == "", minute
    shop.turn_to(57)


def worked(door: str) -> Run:
    """The shift through one door."""
    with hand_timed() as shop:
        if door == "program":
            tokens = Tokens()
            tokens.admit(TOKEN, Program("erp", OLGA, frozenset({"production"})))
            with ApiServer(shop.feed, tokens, 0) as server:
                works(shop, asking(shop, server.address))
        else:
            works(shop, {"told": telling, "scanner": scanning, "tablet": pressing}[door](shop))
    return shop.feed.run


@cache
def told() -> list[tuple[OperationsEvent, Source]]:
    return as_said(worked("told"))


def as_said(run: Run) -> list[tuple[OperationsEvent, Source]]:
    """The journal without where each entry was said, and under which id."""
    said = [(entry.event, entry.source) for entry in run.journal.entries()]
    return [
        (replace(event, **{name: "" for name in ("terminal", "entry_id") if getattr(event, name, "")}), source) for event, source in said
    ]


@pytest.mark.parametrize("door", ["scanner", "tablet", "program"])
def test_a_shift_through_any_door_has_the_journal_of_the_told_one_and_so_have_its_record_and_the_live_plant(door: str) -> None:
    run = worked(door)
    assert as_said(run) == told()
    jobs = run.job_orders.set_index("job_order")["status"]
    assert jobs[["A-VALVE/10", "A-VALVE/20", "B-VALVE/10"]].tolist() == ["Completed", "Completed", "Ready"]
    assert is_the_same_from_every_source(run, lambda it: it.job_orders, lambda it: it.lots, lambda it: page(it, "/terminal"))


def test_a_set_up_is_of_the_job_order_that_the_machine_has() -> None:
    """It says so in its audit trail, through whichever door it came."""
    with hand_timed() as shop:
        said = telling(shop)
        shop.turn_to(1)
        assert said[1]() == ""
        at = {"effective_us": 0, "person": OLGA, "terminal": "told", "equipment": "mill_1"}
        words = "mill_1 is set up for A-VALVE/10, not for 'B-VALVE/10'; allowed: that, or none said"
        assert shop.feed.enter(SetupDone(**at, job_order="B-VALVE/10")) == words
        shop.turn_to(7)
        assert said[7]() == ""

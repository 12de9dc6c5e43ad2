"""serve and live: pages to look at, and what ends them."""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twin import library
from twin.command import report
from twin.command.manners import Failed, print_line, say, stopped_by_ctrl_c
from twin.command.processes import PATIENCE_S, Child, Step, running
from twin.model.scenario import Scenario
from twin.store.files import apply_changes

if TYPE_CHECKING:
    from twin.apps.api.serving import ApiServer
    from twin.apps.feed import Feed

ONCE_SHOWS_US = 8 * 3600 * 1_000_000  # with --once: as much plant time as a shift has,
ONCE_SPEED = 1200.0  # in less than half a minute
SPEED, BY_HAND_SPEED = 600.0, 1.0  # plant seconds in one on the wall; persons work in real time
CONTROLLERS = "its controllers answer"


def serve(
    plant: Path, scenario: Path | None, *,
    seed: int, speed: float | None, engine: str, record: str | None, journal: str | None, port: int, lead: str, json: bool,
    by_hand: bool = False, secrets: Path | None = None, tokens: Path | None = None, api_port: int = 0, tables: str | None = None,
    escalations: Path | None = None, accept_changes: str = "",
) -> None:  # fmt: skip
    """Show one run in the browser until Ctrl-C: live if `journal` is given, replayed if `record` is, worked `by_hand`, else simulated."""
    lead_us = library.read_span(lead) if lead != "0" else None
    if accept_changes and not journal:
        raise ValueError("--accept-changes: a journal that goes on takes what the files declare otherwise; allowed: with --journal")
    tables_us = _often(record, journal, lead_us, tables, by_hand=by_hand)
    speed = speed or (BY_HAND_SPEED if by_hand else SPEED)
    from twin.apps import feeds  # takes two seconds, which nobody waits for who asked for what there is not
    from twin.apps.server import PageServer

    with stopped_by_ctrl_c() as stop:
        say("reading the plant ...")
        if journal and not by_hand and "://" not in journal and not Path(journal).exists():
            say(f"waiting for a bridge that writes into {journal}; until then the pages are empty")
        if by_hand:
            feed = feeds.by_hand(plant, scenario, seed=seed, speed=speed, journal=journal, tables_us=tables_us, accepted_by=accept_changes)
            if count := len(feed.run.journal):
                say(f"{count} entries are in {journal}: the shift goes on at {_spoken_time(feed)}")
        elif journal:
            feed = feeds.live(plant, scenario, journal, tables_us, accept_changes)
        elif record:
            feed = feeds.replayed(plant, scenario, record, speed=speed, lead_us=lead_us, stop=stop)
        else:
            feed = feeds.simulated(plant, scenario, seed=seed, speed=speed, engine=engine, lead_us=lead_us, stop=stop)
        for words in feed.files_said:
            say(words)
        if secrets:
            feed.enroll(secrets)
        programs, caller = _programs(feed, tokens, api_port), _caller(feed, escalations)  # before anything starts: what is wrong is said
        try:
            with PageServer(feed.start(), port) as server, programs as api, caller:
                besides = {"api": api.address} if api else {}
                _say_where(server.address, feed, json=json, **besides)
                say(f"The pages are at {server.address} (Ctrl-C ends)")
                if api:
                    say(f"Programs with a token are answered at {api.address}; {api.address}/openapi.json describes it")
                if by_hand:
                    say(f"The terminals are at {server.address}/terminal")
                stop.wait()
                say("ending ...")
        finally:
            feed.stop()
    _show_end(feed, json=json)


def _often(record: str | None, journal: str | None, lead_us: int | None, tables: str | None, *, by_hand: bool) -> int | None:
    """How often tables are written, where what is asked for goes together."""
    if record and journal:
        raise ValueError("--record and --journal exclude each other: a run is replayed or live; allowed: one of them")
    if journal and lead_us:
        raise ValueError(
            "--lead and --journal exclude each other: nothing can be run through that has not happened yet; allowed: one of them"
        )
    if by_hand and (record or lead_us):
        raise ValueError(
            "--by-hand excludes --record and --lead: nothing happens but what persons say; allowed: --by-hand with --journal, or without"
        )
    if (tables_us := library.read_often(tables)) is not None and not journal:
        raise ValueError("--tables: tables are kept in the database of a journal; allowed: with --journal")
    return tables_us


def _programs(feed: Feed, tokens: Path | None, port: int) -> AbstractContextManager[ApiServer | None]:
    """The interface for the programs of a file; nothing without one."""
    if tokens is None:
        return nullcontext()
    from twin.apps.api.serving import ApiServer
    from twin.store.tokens import read_tokens

    return ApiServer(feed, read_tokens(tokens, feed.run.plant.layout.persons), port)


def _caller(feed: Feed, escalations: Path | None) -> AbstractContextManager[object]:
    """Who tells others of what nobody has answered; nobody without a file that says whom."""
    if escalations is None:
        return nullcontext()
    from twin.apps.escalating.caller import Caller
    from twin.store.escalating.ways import read_ways

    return Caller(feed, read_ways(escalations, feed.run.plant.layout.personnel_classes))


def live(
    plant: Path, scenario: Path | None, *, seed: int, speed: float, engine: str, port: int, port_offset: int, once: bool, json: bool,
    journal: str | None = None, tables: str | None = None, escalations: Path | None = None,
) -> None:  # fmt: skip
    """Virtual controllers, the bridge, MES and ERP on what it reads, and the pages; everything ends with this command.

    A `journal` of a name stays when all has ended, with its tables for other programs where they are asked for.
    """
    from twin.apps.ports import free_port
    from twin.simulation.engines import get_ready

    asked = library.read_scenario_to_simulate(scenario, plant)
    _check_all_can_be_heard(plant, asked)
    if (tables_us := library.read_often(tables)) is not None and journal is None:
        raise ValueError("--tables: tables are kept in the database of a journal; allowed: with --journal")
    if journal is not None and (kept := library.new_journal(journal)):
        kept.close()
    get_ready(engine)  # here, where it is seen: the processes behind the pages would wait for it without a word
    port = free_port(port)  # before anything starts that would have to be ended again
    speed = max(speed, ONCE_SPEED) if once else speed
    with tempfile.TemporaryDirectory(prefix="twin-live-") as folder, stopped_by_ctrl_c() as stop:
        journal = journal or f"sqlite:///{folder}/twin.db"
        steps = _steps(
            plant, scenario, seed, speed, engine, port_offset, f"sqlite:///{folder}/plant.db", journal, Path(folder, "commands.jsonl")
        )
        with running(steps, Path(folder), stop) as children:
            from twin.apps import feeds  # takes seconds, which nobody waits for whose controllers do not stand
            from twin.apps.server import PageServer

            feed = feeds.live(plant, scenario, journal, tables_us)
            caller = _caller(feed, escalations)
            try:
                with PageServer(feed.start(), port) as server, caller:
                    told = children[CONTROLLERS].ready() or {}
                    _say_where(server.address, feed, json=json, journal=journal, controllers=told.get("controllers", []))
                    say(f"Live: {asked.title or asked.plant}, {speed:g} times as fast as the wall clock")
                    ends = "all of it ends by itself after a shift of the plant" if once else "Ctrl-C ends everything"
                    say(f"The pages are at {server.address} ({ends})")
                    _stay(feed, children.values(), stop, asked.start_us + ONCE_SHOWS_US if once else None, server.address)
                    say("ending ...")
            finally:
                feed.stop()
        _show_end(feed, json=json)


def _spoken_time(feed: Feed) -> str:
    from twin.results.views.overview import local_time

    return local_time(feed.run.plant, feed.run.now_us)


def _steps(
    plant: Path,
    scenario: Path | None,
    seed: int,
    speed: float,
    engine: str,
    port_offset: int,
    plant_journal: str,
    twin_journal: str,
    commands: Path,
) -> list[Step]:
    """The plant, its controllers and the bridge. They start together, so each waits for the one before it."""
    named = ["--scenario", str(scenario)] if scenario else []
    told = ["--commands", str(commands)]  # what is commanded over the controllers comes to the plant behind them
    paced, shifted = ["--seed", str(seed), "--pace", str(speed), "--engine", engine], ["--port-offset", str(port_offset), "--json"]
    return [
        Step(
            what="the plant runs",
            ready=False,
            arguments=["twin", "simulate", str(plant), *named, *paced, *told, "--journal", plant_journal],
        ),
        Step(
            what=CONTROLLERS,
            arguments=["hardware_bridge", "serve", str(plant), "--journal", plant_journal, "--patience", "60", *told, *shifted],
        ),
        Step(what="the bridge reads them", arguments=["hardware_bridge", "connect", str(plant), "--journal", twin_journal, *shifted]),
    ]


def _say_where(address: str, feed: Feed, *, json: bool, **besides: Any) -> None:
    if json:
        print_line(event="ready", address=address, run=feed.kind, plant=feed.run.plant.id, **besides)


def _show_end(feed: Feed, *, json: bool) -> None:
    """What came out of the run. Raises `Failed` if the run itself broke off behind the pages."""
    if feed.failure:
        raise Failed(f"MES and ERP have stopped: {feed.failure}")
    if json:
        print_line(event="ended", **feed.run.summary())
    else:
        report.print_run(feed.run)


def _check_all_can_be_heard(folder: Path, asked: Scenario) -> None:
    """Every piece of equipment has a controller: MES would wait for one that is silent until the end of time.

    Raises
    ------
    ValueError : signals.yaml is missing, or has no place for some equipment
    """
    plant = library.read_plant(folder)
    if plant.signals is None:
        raise ValueError(f"{folder}: it has no signals.yaml, so nobody knows its controllers; allowed: `twin serve` shows it simulated")
    if silent := [name for name in apply_changes(plant, asked).equipment if name not in plant.signals.equipment]:
        missing = f"{', '.join(silent)} of '{asked.title or asked.plant}' cannot be heard, since signals.yaml has no place for it"
        raise ValueError(f"{folder}: {missing}; allowed: only equipment that it names; `twin serve` shows all of it simulated")


def _stay(feed: Feed, children: Iterable[Child], stop: threading.Event, until_us: int | None, address: str) -> None:
    """Until the person ends it, a process behind it ends with a fault, or (with --once) enough has been shown."""
    began_s = time.monotonic()
    while not stop.wait(0.2):
        if feed.failure:
            raise Failed(f"MES and ERP have stopped: {feed.failure}")
        for child in children:
            child.check()
        if until_us is not None and feed.run.now_us >= until_us:
            report.print_page_check(address)
            return
        if until_us is not None and time.monotonic() - began_s > PATIENCE_S:
            raise Failed("no live shift within four minutes; the processes behind it are too slow or stand still")

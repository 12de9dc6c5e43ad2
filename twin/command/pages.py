"""serve, live and lab: something to look at, and the processes behind it."""

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from twin import library
from twin.command import report
from twin.command.manners import FAILED, say, stopped_by_ctrl_c
from twin.model.scenario import Scenario
from twin.store.files import apply_changes

if TYPE_CHECKING:
    from twin.apps.feed import Feed

PATIENCE_S = 240.0
ONCE_SHOWS_US = 8 * 3600 * 1_000_000  # with --once: as much plant time as a shift has,
ONCE_SPEED = 1200.0  # in less than half a minute


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """A process behind the pages, and what it has to say."""

    what: str
    process: subprocess.Popen[bytes]
    log: Path

    def has_failed(self) -> bool:
        return self.process.poll() not in (None, 0)

    def complaint(self) -> str:
        """Why it ended, in its own words."""
        said = self.log.read_text(errors="replace").strip()
        return f"not so that {self.what}: it ended with {self.process.returncode}" + (f"\n{said}" if said else "")


def serve(
    plant: Path, scenario: Path | None, *, seed: int, speed: float, record: str | None, journal: str | None, port: int, lead: str
) -> None:
    """Show one run in the browser until Ctrl-C: live if `journal` is given, replayed if `record` is, else simulated."""
    from twin.apps import feeds
    from twin.apps.server import PageServer

    if record and journal:
        raise ValueError("--record and --journal exclude each other: a run is replayed or live")
    with stopped_by_ctrl_c() as stop:
        say("reading the plant ...")
        if journal and "://" not in journal and not Path(journal).exists():
            say(f"waiting for a bridge that writes into {journal}; until then the pages are empty")
        if journal:
            feed = feeds.live(plant, scenario, journal)
        elif record:
            feed = feeds.replayed(plant, scenario, record, speed=speed)
        else:
            lead_us = library.read_span(lead) if lead != "0" else None
            feed = feeds.simulated(plant, scenario, seed=seed, speed=speed, lead_us=lead_us, stop=stop)
        try:
            with PageServer(feed.start(), port) as server:
                say(f"The pages are at {server.address} (Ctrl-C ends)")
                stop.wait()
                say("ending ...")
        finally:
            feed.stop()
    report.print_run(feed.run)


def live(plant: Path, scenario: Path | None, *, seed: int, speed: float, port: int, once: bool) -> None:
    """Virtual controllers, the bridge, MES and ERP on what it reads, and the pages; everything ends with this command."""
    from twin.apps import feeds
    from twin.apps.server import PageServer

    asked = library.read_scenario_to_simulate(scenario, plant)
    _check_all_can_be_heard(plant, asked)
    speed = max(speed, ONCE_SPEED) if once else speed
    with tempfile.TemporaryDirectory(prefix="twin-live-") as folder, stopped_by_ctrl_c() as stop:
        plant_journal, twin_journal = f"sqlite:///{folder}/plant.db", f"sqlite:///{folder}/twin.db"
        named = ["--scenario", str(scenario)] if scenario else []
        steps = {
            "the plant runs": [
                "twin",
                "simulate",
                str(plant),
                *named,
                "--seed",
                str(seed),
                "--pace",
                str(speed),
                "--journal",
                plant_journal,
            ],
            "its controllers answer": ["hardware_bridge", "serve", str(plant), "--journal", plant_journal],
            "the bridge reads them": ["hardware_bridge", "connect", str(plant), "--journal", twin_journal],
        }
        with _running(steps, Path(folder)) as children:
            feed = feeds.live(plant, scenario, twin_journal)
            try:
                with PageServer(feed.start(), port) as server:
                    say(f"Live: {asked.title or asked.plant}, {speed:g} times as fast as the wall clock")
                    say(f"The pages are at {server.address} (Ctrl-C ends everything)")
                    _stay(feed, children, stop, asked.start_us + ONCE_SHOWS_US if once else None, server.address)
                    say("ending ...")
            finally:
                feed.stop()
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


def _stay(feed: Feed, children: Sequence[Child], stop: threading.Event, until_us: int | None, address: str) -> None:
    """Until the person ends it, a process behind it ends with a fault, or (with --once) enough has been shown."""
    began_s = time.monotonic()
    while not stop.wait(0.2):
        if feed.failure:
            say(f"MES and ERP have stopped: {feed.failure}")
            raise typer.Exit(FAILED)
        for child in children:
            if child.has_failed():
                say(child.complaint())
                raise typer.Exit(FAILED)
        if until_us is not None and feed.run.now_us >= until_us:
            report.print_page_check(address)
            return
        if until_us is not None and time.monotonic() - began_s > PATIENCE_S:
            say("no live shift within four minutes; the processes behind it are too slow or stand still")
            raise typer.Exit(FAILED)


@contextmanager
def _running(steps: dict[str, list[str]], folder: Path) -> Iterator[list[Child]]:
    """Each step as `python -m ...` in a process of its own, ended in the reverse order, by their ids alone."""
    children: list[Child] = []
    try:
        for what, arguments in steps.items():
            log = folder / f"{len(children)}.log"
            with log.open("wb") as out:
                process = subprocess.Popen([sys.executable, "-m", *arguments], stdout=out, stderr=out, start_new_session=True)
            children.append(Child(what=what, process=process, log=log))
            _wait_until_it_stands(children[-1])
            say(f"  {what}")
        yield children
    finally:
        for child in reversed(children):
            child.process.send_signal(signal.SIGINT)
        for child in reversed(children):
            try:
                child.process.wait(10)
            except subprocess.TimeoutExpired:
                child.process.kill()
                child.process.wait()


def _wait_until_it_stands(child: Child) -> None:
    """A moment of life is what we ask of a process here; one that ends at once has said why, and `_stay` looks at it from then on."""
    deadline_s = time.monotonic() + 1.5
    while time.monotonic() < deadline_s:
        if child.has_failed():
            say(child.complaint())
            raise typer.Exit(FAILED)
        time.sleep(0.1)


def lab(port: int) -> None:
    """JupyterLab on the folder of notebooks, on this machine alone.

    Raises
    ------
    ValueError : no notebooks here
    """
    notebooks = Path("notebooks")
    if not notebooks.is_dir():
        raise ValueError("there is no folder 'notebooks' here; call this from the project's folder")
    options = ["--ip=127.0.0.1", f"--port={port}", "--LabApp.news_url=", f"--notebook-dir={notebooks}"]
    code = subprocess.call([sys.executable, "-m", "jupyterlab", *options])
    if code:
        raise typer.Exit(FAILED)

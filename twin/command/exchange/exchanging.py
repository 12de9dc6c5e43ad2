"""export and exchange: what other systems read, and the desk where their messages are taken."""

from __future__ import annotations

import json as text
import threading
from contextlib import ExitStack
from pathlib import Path

from twin import library
from twin.command.manners import print_json, print_line, say, stopped_by_ctrl_c
from twin.command.reasons import saved_or_simulated
from twin.results.exchange.desk import Desk
from twin.results.exchange.documents import KINDS
from twin.store.exchange.drop_folder import DropFolder
from twin.store.exchange.taking import SIDES
from twin.store.journal import open_journal
from twin.store.texts import write_texts

POLL_S = 0.5


def export(place: Path, about: str, scenario: Path | None, *, until: str | None, seed: int, out: Path | None) -> None:
    """Write the message to a file, or to standard output.

    Raises
    ------
    ValueError : there is no message about that
    StoreError : the file cannot be written
    """
    if about not in KINDS:
        raise ValueError(f"there is no message about '{about}'; allowed: {', '.join(KINDS)}")
    document = saved_or_simulated(place, scenario, until, seed).b2mml(about)
    if out is None:
        print_json(document)
    else:
        write_texts(out.parent, {out.name: text.dumps(document, indent=1) + "\n"})
        say(f"wrote {out}")


def exchange(
    plant: Path, journal: str, scenario: Path | None, *, side: str, folder: Path | None, port: int | None, json: bool
) -> None:  # fmt: skip
    """Answer messages until Ctrl-C.

    Raises
    ------
    ValueError : no such side, or nowhere to hear messages
    """
    if side not in SIDES:
        raise ValueError(f"there is no side '{side}'; allowed: {', '.join(SIDES)}")
    if folder is None and port is None:
        raise ValueError("nobody could send a message; allowed: --folder, --port, or both")
    read = library.read_plant(plant)
    kept = open_journal(journal)
    with stopped_by_ctrl_c() as stop, ExitStack() as open_things:
        open_things.callback(kept.close)
        desk = Desk(read, library.read_scenario(scenario, plant), kept, side)
        drop = None if folder is None else DropFolder(folder)
        address = ""
        if port is not None:
            from twin.apps.exchange.endpoint import Endpoint

            address = open_things.enter_context(Endpoint(desk, port)).address
        if json:
            print_line(event="ready", address=address, folder=str(folder or ""), side=side)
        places = [*([f"at {address}"] if address else []), *([f"in {folder}/in"] if folder else [])]
        say(f"Messages are taken {' and '.join(places)} (Ctrl-C ends)")
        _answer(desk, drop, stop)
    counts = {"taken": desk.taken_count, "refused": desk.refused_count}
    if json:
        print_line(event="ended", **counts)
    say(f"{desk.taken_count} answered, {desk.refused_count} refused")


def _answer(desk: Desk, drop: DropFolder | None, stop: threading.Event) -> None:
    """Answer what is dropped, until the end; what comes over HTTP is answered as it comes."""
    while not stop.wait(POLL_S):
        if drop is None:
            continue
        for path, said in drop.waiting():
            answer, taken = desk.answer(said, path.name)
            drop.answer(path, answer, taken=taken)

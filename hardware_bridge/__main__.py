"""`python -m hardware_bridge serve | connect`: the bridge as commands.

Exit codes: 0 it has done what was asked (Ctrl-C included), 1 something failed on the way, 2 the files or the options are wrong,
130 Ctrl-C before there was anything to end.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import sys
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
import typer.core

from hardware_bridge.serve.controller import ServeError
from hardware_bridge.serve.own_plant import OWN_PACE, OWN_PATIENCE_S, OwnPlant
from hardware_bridge.signal import SignalSource
from hardware_bridge.wiring import Wire, WiringError, wires_of
from twin.beginning import begun
from twin.model.plant import Plant
from twin.model.problems import PlantFileError, problems_document
from twin.model.signals import ModbusConnection, OpcUaConnection
from twin.store.exchange.commands_file import hand_on
from twin.store.files import read_plant
from twin.store.journal import Journal, StoreError, open_journal
from twin.store.live import NOT_LIVE, why_not_live

if TYPE_CHECKING:
    from hardware_bridge.certificates import Certificates  # brings asyncua in

FAILED, BAD_INPUT = 1, 2


class Commands(typer.core.TyperGroup):
    """Commands whose errors come out as words, and with --json as a JSON document too, what was mistyped among them."""

    def parse_args(self, context: Any, args: list[str]) -> list[str]:
        context.meta["json"] = "--json" in args
        return super().parse_args(context, args)

    def invoke(self, context: Any) -> Any:
        with _words_for_errors(as_json=context.meta["json"]):
            return super().invoke(context)


app = typer.Typer(
    cls=Commands,
    help="The hardware bridge: controllers on OPC UA and Modbus TCP into a journal, and a journal as virtual controllers.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

PlantFolder = Annotated[Path, typer.Argument(help="Folder with plant.yaml, items.yaml and signals.yaml", show_default=False)]
ServedUrl = Annotated[
    str | None,
    typer.Option("--journal", "-j", help="A file, sqlite:///FILE or postgresql+psycopg://...; left out: a simulation of its own"),
]
JournalUrl = Annotated[
    str | None, typer.Option("--journal", "-j", help="A file, sqlite:///FILE or postgresql+psycopg://...; left out: PLANT.db, here")
]
PortOffset = Annotated[int, typer.Option(help="Added to every port of signals.yaml, for a second plant on this machine")]
Pki = Annotated[
    Path | None, typer.Option(help="Folder of certificates (own, trusted, rejected), for encrypted connections", show_default=False)
]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Also what asyncua and pymodbus have to say")]
AsJson = Annotated[bool, typer.Option("--json", help="Print a JSON object a line: ready, with the controllers; at the end what was done")]


@app.command(
    epilog="Example: python -m hardware_bridge serve plant_models/gearbox_shop   (or a recording: --journal runs/shop.db --pace 60)"
)
def serve(  # each is an option that somebody can type
    plant: PlantFolder,
    journal: ServedUrl = None,
    pace: Annotated[
        float | None,
        typer.Option(min=0, help=f"Plant seconds a second; left out: as facts come into the journal, or {OWN_PACE:g} without a journal"),
    ] = None,
    port_offset: PortOffset = 0,
    patience: Annotated[
        float | None,
        typer.Option(
            min=0, help=f"Seconds to wait for the first client, and for one that is too slow; left out: 10, or {OWN_PATIENCE_S:g}"
        ),
    ] = None,
    pki: Pki = None,
    commands: Annotated[
        Path | None,
        typer.Option(help="What the controllers are told goes into this file, which `twin simulate --commands` hears", show_default=False),
    ] = None,
    verbose: Verbose = False,
    as_json: AsJson = False,
) -> None:
    """Serve a plant as virtual OPC UA and Modbus TCP controllers: the facts of a journal, or a simulation that lasts as long as this."""
    from hardware_bridge.serve.publisher import Publisher

    _log(verbose)
    tell = _teller(as_json)
    model, wires = _wired(plant, port_offset, served=True)
    certificates = _certificates(pki, wires)
    own = None if journal else OwnPlant(plant, pace or OWN_PACE)
    if own and commands:
        raise WiringError("--commands: without a journal the plant is simulated here, and hears its controllers; allowed: with --journal")
    publisher = Publisher(
        model,
        wires,
        lambda: open_journal(own.journal if own else journal or "", create=False),
        pace=0.0 if own else pace or 0.0,
        patience_s=(OWN_PATIENCE_S if own else 10.0) if patience is None else patience,
        certificates=certificates,
        obey=(lambda *told: hand_on(own.commands if own else commands or Path(), *told)) if own or commands else None,
    )

    def listening() -> None:
        tell(event="ready", controllers=_controllers(wires))
        _say("serving " + _addresses(wires))

    if own:
        _say(f"no --journal, so {model.id} is simulated here, at {own.pace:g} times the wall's pace")
    _run(own.serve(publisher.serve(listening)) if own else publisher.serve(listening))
    tell(event="ended", published_count=publisher.published_count)
    _say(f"served {publisher.published_count} facts")


@app.command(epilog="Example: python -m hardware_bridge connect plant_models/gearbox_shop   (into another journal: --journal runs/live.db)")
def connect(  # noqa: PLR0913, PLR0917  # each is an option that somebody can type
    plant: PlantFolder,
    journal: JournalUrl = None,
    port_offset: PortOffset = 0,
    until_idle: Annotated[float | None, typer.Option(min=0, help="End after so many seconds without anything new")] = None,
    spool: Annotated[
        Path | None, typer.Option(help="Keeps what the journal does not have yet; left out: beside the journal", show_default=False)
    ] = None,
    record: Annotated[Path | None, typer.Option(help="Write every signal to this file, too", show_default=False)] = None,
    keep_signals: Annotated[
        bool, typer.Option("--keep-signals", help="Keep in the journal which node or register each fact came from, and what it said")
    ] = False,
    recorded: Annotated[Path | None, typer.Option(help="Read a file of --record instead of the controllers", show_default=False)] = None,
    pki: Pki = None,
    verbose: Verbose = False,
    as_json: AsJson = False,
) -> None:
    """Read the plant's controllers into a journal, for `twin follow`. Writes set-points of signals.yaml alone, of a recording nothing."""
    from hardware_bridge.connect.bridge import Bridge
    from hardware_bridge.connect.recording import RecordedSource, SignalRecorder
    from hardware_bridge.connect.spool import Spool
    from hardware_bridge.connect.writing import WritingDesk

    _log(verbose)
    tell = _teller(as_json)
    model, wires = _wired(plant, port_offset)
    kept = journal or f"{model.id}.db"
    certificates, keeper = None if recorded else _certificates(pki, wires), Spool(spool or _beside(kept, model))
    if not keeper.unsent_bytes:  # else an earlier bridge has been there, and the database may come back later
        _check_live(kept)
    sources: list[SignalSource] = [RecordedSource(wire, recorded) if recorded else _source(wire, certificates) for wire in wires]
    recorder = SignalRecorder(record) if record else None
    bridge = Bridge(
        wires, sources, keeper, lambda: open_journal(kept, excludes=NOT_LIVE),
        clock=_wall_clock_us, until_idle_s=until_idle, recorder=recorder, keeps_signals=keep_signals,
        listening=lambda: tell(event="ready", controllers=_controllers(wires)),
    )  # fmt: skip
    bridge.time_zone = model.layout.time_zone
    # Who reads a file is at no machine: the plant that it tells of may be at work on something else today.
    desk = None if recorded else WritingDesk(wires, lambda: open_journal(kept, create=False), certificates)
    tell(event="connecting", controllers=_controllers(wires))
    _say(f"into {kept}: connecting to {_addresses(wires)}")
    if unwired := [name for name in model.equipment if not any(name in wire.equipment for wire in wires)]:
        _say(f"not heard, since signals.yaml has no place for it: {', '.join(unwired)}")
    try:
        _run(bridge.run(desk))
    finally:
        _say(bridge.health_line())
        if recorder:
            recorder.close()
    tell(event="ended", **bridge.health())


def _source(wire: Wire, certificates: Certificates | None) -> SignalSource:
    """The source that reads a wire."""
    if isinstance(wire.connection, ModbusConnection):
        from hardware_bridge.connect.modbus_source import ModbusSource

        return ModbusSource(wire)
    from hardware_bridge.connect.opcua_source import OpcUaSource

    return OpcUaSource(wire, certificates)


def _wired(folder: Path, port_offset: int, *, served: bool = False) -> tuple[Plant, list[Wire]]:
    plant = read_plant(folder)
    return plant, wires_of(plant, port_offset, served=served)


def _certificates(folder: Path | None, wires: list[Wire]) -> Certificates | None:
    """The folder of certificates, if any connection needs it."""
    encrypted = [wire.name for wire in wires if isinstance(wire.connection, OpcUaConnection) and wire.connection.security != "none"]
    if not encrypted:
        return None
    if folder is None:
        raise WiringError(f"{', '.join(encrypted)}: security Basic256Sha256 needs certificates; allowed: --pki FOLDER")
    from hardware_bridge.certificates import Certificates

    return Certificates(folder)


def _addresses(wires: list[Wire]) -> str:
    return ", ".join(f"{wire.name} at {wire.address} ({len(wire.equipment)} work units)" for wire in wires)


def _controllers(wires: list[Wire]) -> list[dict[str, Any]]:
    """Where each connection is and whose signals go over it, for programs."""
    return [{"name": wire.name, "address": wire.address, "equipment": list(wire.equipment)} for wire in wires]


def _beside(journal: str, plant: Plant) -> Path:
    """Where the spool lies if nobody says it: beside the journal's file; for a server's database in the current folder."""
    if "://" not in journal or journal.startswith("sqlite:///"):
        file = Path(journal.removeprefix("sqlite:///"))
        return file.with_name(file.name + ".spool")
    return Path(f"{plant.id}.spool")


def _check_live(url: str) -> None:
    """The journal of a simulation is not for the facts of a live plant: the bridge would tell the plant its own story.

    Raises
    ------
    StoreError : the journal cannot be used
    """
    journal: Journal = open_journal(url)
    try:
        if why := why_not_live(journal):
            raise WiringError(f"{url} {why}")
    finally:
        journal.close()


def _wall_clock_us() -> int:
    return time.time_ns() // 1_000


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _print_line(**told: Any) -> None:
    """One JSON object on a line of standard output."""
    typer.echo(json.dumps(told, ensure_ascii=False))


def _tell_nobody(**told: Any) -> None:
    """Without --json there is nothing on standard output."""


def _teller(as_json: bool) -> Callable[..., None]:
    return _print_line if as_json else _tell_nobody


def _run(work: Coroutine[None, None, None]) -> None:
    """Run until the work ends, or until somebody ends it, which is no error: it is cancelled, and cleans up."""

    async def until_stopped() -> None:
        task = asyncio.ensure_future(work)
        stopped = False

        def stop() -> None:
            nonlocal stopped
            stopped = True
            task.cancel()

        def hang_up() -> None:
            nothing = os.open(os.devnull, os.O_WRONLY)  # a terminal that has gone refuses what is said on the way out
            for terminal in terminals:
                os.dup2(nothing, terminal)
            stop()

        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stop)
        terminals = [stream for stream in (1, 2) if os.isatty(stream)]
        if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # as nohup leaves it
            loop.add_signal_handler(signal.SIGHUP, hang_up)
        try:
            await task
        except asyncio.CancelledError:
            if not stopped:
                raise

    asyncio.run(until_stopped())


def _log(verbose: bool) -> None:
    """To stderr: what happens on the wires; what the libraries have to say only when it is asked for."""
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    for library in ("asyncua", "pymodbus"):
        logging.getLogger(library).setLevel(logging.WARNING if verbose else logging.CRITICAL)
    for library in ("alembic", "sqlalchemy"):
        logging.getLogger(library).setLevel(logging.WARNING)


@contextmanager
def _words_for_errors(*, as_json: bool) -> Iterator[None]:
    """What can go wrong is said in words, with its exit code, and to programs as {"problems": [...]} or {"failure": "..."}."""
    tell = _teller(as_json)
    try:
        yield
    except (PlantFileError, WiringError) as wrong:
        tell(**problems_document(wrong))
        _say(f"{wrong}")
        raise typer.Exit(BAD_INPUT) from None
    except typer.TyperException as mistyped:  # said in words by Typer itself
        tell(**problems_document(ValueError(mistyped.format_message())))
        raise
    except (ServeError, StoreError, OSError) as failure:
        tell(failure=str(failure))
        _say(f"{failure}")
        raise typer.Exit(FAILED) from None
    except ExceptionGroup as group:
        if group.split(OSError)[1] is not None:  # not from the spool's disk: a fault of ours, with its traceback
            raise
        tell(failure="; ".join(map(str, group.exceptions)))
        _say("; ".join(map(str, group.exceptions)))
        raise typer.Exit(FAILED) from None
    except KeyboardInterrupt:  # before there was anything to end
        tell(failure="cancelled")
        _say("cancelled")
        raise typer.Exit(FAILED) from None


if __name__ == "__main__":
    begun()
    app()

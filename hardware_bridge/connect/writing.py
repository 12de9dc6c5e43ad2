"""Set-points and PackML commands on their way to controllers: asked for in the journal, written where signals.yaml declares it, answered.

Each is written once, over a connection of its own, and never again: a machine is not to be told of a job order that it had an hour ago.
So nothing is written that may have waited longer: while no bridge was there, the journal was away, or the MES was behind.
"""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from hardware_bridge.certificates import Certificates
from hardware_bridge.connect import unit_commands
from hardware_bridge.registers import SETPOINT_REGISTERS, read_setpoint, write_setpoint
from hardware_bridge.wiring import Wire
from twin.model.events import (
    OperationsEvent,
    SetpointConfirmed,
    SetpointRefused,
    SetpointRequested,
    UnitCommandAnswered,
    UnitCommandRequested,
)
from twin.model.signals import OpcUaConnection, Setpoint
from twin.store.journal import Journal, JournalEntry, NoJournal, StoreError

LOOK_S = 0.1
"""Seconds between two looks whether something new is asked for."""
AWAY_S = 1.0
"""The same, while the journal cannot be read."""
LATE_S = 30.0
ANSWER_S = 4.0
log = logging.getLogger(__name__)


class NotWritten(Exception):
    """Why a set-point is not at its controller, in words; and what is there instead, if that was read."""

    def __init__(self, words: str, read_back: str = "") -> None:
        super().__init__(words)
        self.read_back = read_back


class WritingDesk:
    """Writes what the journal asks for.

    Parameters
    ----------
    wires : with the set-points and commands that may be written
    open_journal : for reading, called in a thread of this desk alone; it may not be there yet
    certificates : for connections that are encrypted
    late_s : after so many seconds a request is of another time, and is not written any more
    """

    def __init__(
        self,
        wires: Sequence[Wire],
        open_journal: Callable[[], Journal],
        certificates: Certificates | None = None,
        *,
        late_s: float = LATE_S,
    ) -> None:
        self._wire_of: Mapping[str, Wire] = {
            name: wire for wire in wires for name, it in wire.equipment.items() if it.setpoints or it.commands or it.phases
        }
        self._open_journal, self._certificates, self._late_s = open_journal, certificates, late_s
        self._journal: Journal | None = None
        self._seq, self._looked_s = 0, -math.inf
        self._away = ""
        self._known: deque[tuple[float, int]] = deque()  # how far the plant's time was known, and when
        self._thread = ThreadPoolExecutor(1, "writing")

    @property
    def is_needed(self) -> bool:
        """Whether anything may be written at all."""
        return bool(self._wire_of)

    @property
    def has_looked(self) -> bool:
        """Whether it has looked for the first time: what is asked for after that is written."""
        return self._looked_s > -math.inf

    async def serve(self, answer: Callable[[OperationsEvent], None], recorded_us: Callable[[], int], known_us: Callable[[], int]) -> None:
        """Write and answer until cancelled. What may be late is answered, and not written; a journal that is away is waited for.

        `answer` makes a fact of the journal of it; its `effective_us` is that of what was asked. `known_us`: plant time up to which
        everything has been heard.
        """
        loop = asyncio.get_running_loop()
        self._known.append((-math.inf, known_us()))  # what was known before belongs to a bridge before us
        try:
            while True:
                looked_s, now_s = self._looked_s, time.monotonic()
                try:
                    asked = await loop.run_in_executor(self._thread, self._asked)
                except StoreError as error:
                    self._say_away(str(error))
                    await asyncio.sleep(AWAY_S)
                    continue
                self._say_away("")
                self._looked_s = now_s
                for entry in asked:
                    answer(await self._answer(entry, recorded_us(), why_late=self._why_late(entry.event, looked_s, known_us())))
                self._remember(known_us())
                await asyncio.sleep(LOOK_S)
        finally:
            if self._journal is not None:
                self._thread.submit(self._journal.close)
            self._thread.shutdown()

    def _asked(self) -> list[JournalEntry]:
        """In the thread: what is asked for since the last look, and not answered.

        Raises
        ------
        StoreError : the journal cannot be read now; the next look takes the same entries again
        """
        try:
            self._journal = self._journal or self._open_journal()
        except NoJournal:  # then nobody has asked before us, either
            return []
        asked: dict[str, JournalEntry] = {}
        seq = self._seq
        for entry in self._journal.entries(seq):
            seq = entry.seq
            if isinstance(entry.event, SetpointRequested | UnitCommandRequested):
                asked[entry.id] = entry
            elif isinstance(entry.event, SetpointConfirmed | SetpointRefused):
                asked.pop(entry.event.setpoint, None)
            elif isinstance(entry.event, UnitCommandAnswered):
                asked.pop(entry.event.asked, None)
        self._seq = seq
        return list(asked.values())

    def _say_away(self, error: str) -> None:
        """Say once that the journal cannot be read, and once that it can again."""
        if error and error != self._away:
            log.error("set-points and commands wait, the journal cannot be read: %s", error)
        elif self._away and not error:
            log.info("the journal can be read again")
        self._away = error

    def _remember(self, known_us: int) -> None:
        """Note how far the plant's time is known; the first note that is kept stands for how far it was `late_s` ago."""
        now_s = time.monotonic()
        if known_us > self._known[-1][1]:
            self._known.append((now_s, known_us))
        while len(self._known) > 1 and now_s - self._known[1][0] > self._late_s:
            self._known.popleft()

    def _why_late(self, asked: OperationsEvent, looked_s: float, known_us: int) -> str:
        """Why it is too late to write it, in words; "" if it is not. `looked_s`: when everything that had been asked for was seen last."""
        self._remember(known_us)
        if looked_s == -math.inf:
            return "it was asked for when no bridge was there"
        if time.monotonic() - looked_s > self._late_s:
            return f"it may have been asked for more than {self._late_s:g} s ago"
        since_s, known_then_us = self._known[0]
        if asked.effective_us < known_then_us:
            what = "it was asked for" if isinstance(asked, UnitCommandRequested) else "the job order began"
            return f"{what} " + ("before this bridge came" if since_s == -math.inf else f"more than {self._late_s:g} s ago")
        return ""

    async def _answer(self, entry: JournalEntry, recorded_us: int, why_late: str) -> OperationsEvent:
        asked = entry.event
        if isinstance(asked, UnitCommandRequested):
            return await self._commanded(entry.id, asked, recorded_us, why_late)
        assert isinstance(asked, SetpointRequested)
        said = {
            "effective_us": asked.effective_us, "recorded_us": recorded_us, "equipment": asked.equipment, "request": asked.request,
            "job_order": asked.job_order, "lot": asked.lot, "setpoint": entry.id, "property": asked.property, "value": asked.value,
        }  # fmt: skip
        try:
            if why_late:
                raise NotWritten(f"{why_late}, and is not written afterwards")
            await self._write(asked)
        except NotWritten as error:
            log.warning("%s of %s is not %g: %s", asked.property, asked.equipment, asked.value, error)
            return SetpointRefused(**said, reason=str(error), read_back=error.read_back)  # type: ignore[arg-type]
        log.info("%s of %s is %g", asked.property, asked.equipment, asked.value)
        return SetpointConfirmed(**said)  # type: ignore[arg-type]

    async def _commanded(self, entry_id: str, asked: UnitCommandRequested, recorded_us: int, why_late: str) -> UnitCommandAnswered:
        outcome, reason = "taken", ""
        try:
            if why_late:
                raise unit_commands.NotTaken(f"{why_late}, and is not sent afterwards", "not sent")
            await unit_commands.command(self._wire_of.get(asked.equipment), asked, self._certificates)
        except unit_commands.NotTaken as error:
            outcome, reason = error.outcome, str(error)
        log.log(logging.WARNING if reason else logging.INFO, "%s to %s: %s %s", asked.command, asked.equipment, outcome, reason)
        return UnitCommandAnswered(
            effective_us=asked.effective_us, recorded_us=recorded_us, equipment=asked.equipment, request=asked.request,
            job_order=asked.job_order, lot=asked.lot, asked=entry_id, command=asked.command, phase=asked.phase, mode=asked.mode,
            outcome=outcome, reason=reason,
        )  # fmt: skip

    async def _write(self, asked: SetpointRequested) -> None:
        """Write it and read it back.

        Raises
        ------
        NotWritten : it is not there
        """
        wire = self._wire_of.get(asked.equipment)
        where = wire.equipment[asked.equipment].setpoints.get(asked.property) if wire else None
        if wire is None or where is None:
            raise NotWritten(f"signals.yaml declares no set-point '{asked.property}' of {asked.equipment}")
        try:
            async with asyncio.timeout(2 * ANSWER_S):
                if isinstance(wire.connection, OpcUaConnection):
                    encrypted = wire.connection.security != "none"
                    back, wanted = await _over_opcua(wire, where, asked.value, self._certificates if encrypted else None), asked.value
                else:
                    registers = write_setpoint(asked.value)
                    back, wanted = await _over_modbus(wire, asked.equipment, where, registers), read_setpoint(registers)
        except NotWritten:
            raise
        except Exception as error:  # what a stranger on the port makes the libraries raise has no bounds
            raise NotWritten(f"{wire.address}: {str(error) or type(error).__name__}") from None
        if back != wanted:
            raise NotWritten(f"the controller reads {back:g} back", f"{back:g}")


async def _over_opcua(wire: Wire, where: Setpoint, value: float, certificates: Certificates | None) -> float:
    from asyncua import ua
    from asyncua.client.client import Client

    from hardware_bridge.connect.opcua_source import connect

    assert isinstance(wire.connection, OpcUaConnection)
    client = Client(wire.address, timeout=ANSWER_S, watchdog_intervall=3_600)
    await connect(client, certificates)
    try:
        index = await client.get_namespace_index(wire.connection.namespace)
        node = client.get_node(ua.NodeId(ua.String(where.node or ""), ua.Int16(index)))
        await node.write_value(ua.DataValue(ua.Variant(value, ua.VariantType.Double)))
        return float(await node.read_value())
    finally:
        await client.disconnect()


async def _over_modbus(wire: Wire, equipment: str, where: Setpoint, registers: list[int]) -> float:
    from pymodbus.client import AsyncModbusTcpClient

    client = AsyncModbusTcpClient(wire.host, port=wire.port, timeout=ANSWER_S, retries=0, reconnect_delay=0, name=wire.name)
    unit, address = wire.equipment[equipment].unit or 0, where.address or 0
    try:
        if not await client.connect():
            raise NotWritten(f"{wire.address} cannot be reached")
        written = await client.write_registers(address, registers, device_id=unit)
        if written.isError():
            raise NotWritten(f"unit {unit} does not take registers {address} to {address + 1}: exception {written.exception_code}")
        answer = await client.read_holding_registers(address, count=SETPOINT_REGISTERS, device_id=unit)
        if answer.isError() or len(answer.registers) != SETPOINT_REGISTERS:
            raise NotWritten(f"unit {unit} does not say what registers {address} to {address + 1} hold now")
        return read_setpoint(answer.registers)
    finally:
        client.close()

"""Set-points on their way to controllers: asked for in the journal, written where signals.yaml declares it, read back, answered.

Each is written once, over a connection of its own, and never again: a machine is not to be told of a job order that it had an hour ago.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from hardware_bridge.certificates import Certificates
from hardware_bridge.registers import SETPOINT_REGISTERS, read_setpoint, write_setpoint
from hardware_bridge.wiring import Wire
from twin.model.events import OperationsEvent, SetpointConfirmed, SetpointRefused, SetpointRequested
from twin.model.signals import OpcUaConnection, Setpoint
from twin.store.journal import Journal, JournalEntry, StoreError

LOOK_S = 0.1
"""Seconds between two looks whether something new is asked for."""
ANSWER_S = 4.0
log = logging.getLogger(__name__)


class NotWritten(Exception):
    """Why a set-point is not at its controller, in words; and what is there instead, if that was read."""

    def __init__(self, words: str, read_back: str = "") -> None:
        super().__init__(words)
        self.read_back = read_back


class SetpointDesk:
    """Writes what the journal asks for.

    Parameters
    ----------
    wires : with the set-points that may be written
    open_journal : for reading, called in a thread of this desk alone; it may not be there yet
    certificates : for connections that are encrypted
    """

    def __init__(self, wires: Sequence[Wire], open_journal: Callable[[], Journal], certificates: Certificates | None = None) -> None:
        self._wire_of: Mapping[str, Wire] = {name: wire for wire in wires for name, it in wire.equipment.items() if it.setpoints}
        self._open_journal, self._certificates = open_journal, certificates
        self._journal: Journal | None = None
        self._seq, self._is_first = 0, True
        self._thread = ThreadPoolExecutor(1, "set-points")

    @property
    def is_needed(self) -> bool:
        """Whether anything may be written at all."""
        return bool(self._wire_of)

    @property
    def has_looked(self) -> bool:
        """Whether it has looked for the first time: what is asked for after that is written."""
        return not self._is_first

    async def serve(self, answer: Callable[[OperationsEvent], None], recorded_us: Callable[[], int]) -> None:
        """Write and answer until cancelled. What was asked for before this bridge came is answered, and not written.

        `answer` makes a fact of the journal of it; its `effective_us` is that of what was asked.
        """
        loop = asyncio.get_running_loop()
        try:
            while True:
                is_late = self._is_first
                for entry in await loop.run_in_executor(self._thread, self._asked):
                    answer(await self._answer(entry, recorded_us(), is_late))
                await asyncio.sleep(LOOK_S)
        finally:
            if self._journal is not None:
                self._thread.submit(self._journal.close)
            self._thread.shutdown()

    def _asked(self) -> list[JournalEntry]:
        """In the thread: what is asked for since the last look, and not answered."""
        try:
            if self._journal is None:
                self._journal = self._open_journal()
        except StoreError:  # nobody has written it yet: then nobody has asked before us, either
            self._is_first = False
            return []
        self._is_first = False
        asked: dict[str, JournalEntry] = {}
        for entry in self._journal.entries(self._seq):
            self._seq = entry.seq
            if isinstance(entry.event, SetpointRequested):
                asked[entry.id] = entry
            elif isinstance(entry.event, SetpointConfirmed | SetpointRefused):
                asked.pop(entry.event.setpoint, None)
        return list(asked.values())

    async def _answer(self, entry: JournalEntry, recorded_us: int, is_late: bool) -> OperationsEvent:
        asked = entry.event
        assert isinstance(asked, SetpointRequested)
        said = {
            "effective_us": asked.effective_us, "recorded_us": recorded_us, "equipment": asked.equipment, "request": asked.request,
            "job_order": asked.job_order, "lot": asked.lot, "setpoint": entry.id, "property": asked.property, "value": asked.value,
        }  # fmt: skip
        try:
            if is_late:
                raise NotWritten("it was asked for when no bridge was there, and is not written afterwards")
            await self._write(asked)
        except NotWritten as error:
            log.warning("%s of %s is not %g: %s", asked.property, asked.equipment, asked.value, error)
            return SetpointRefused(**said, reason=str(error), read_back=error.read_back)  # type: ignore[arg-type]
        log.info("%s of %s is %g", asked.property, asked.equipment, asked.value)
        return SetpointConfirmed(**said)  # type: ignore[arg-type]

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

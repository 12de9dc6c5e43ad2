"""Virtual PLCs on Modbus TCP: each piece of equipment is a unit, its last changes a ring of registers. Read-only but for set-points
and commands.

The server is written here, on asyncio: pymodbus 3.16's answers one of several pipelined requests and loses the stream after one
bad header, and only function code 3 is needed. Its peers in the tests are pymodbus, libmodbus (mbpoll) and jsmodbus.
Protocol: MODBUS Messaging on TCP/IP Implementation Guide V1.0b, MODBUS Application Protocol V1.1b3.
"""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Callable, Iterable, Mapping
from functools import partial

from pymodbus.constants import ExcCodes

from hardware_bridge.change import ControllerMemory
from hardware_bridge.registers import (
    COMMAND_REGISTERS,
    INDEX_ADDRESS,
    INDEX_REGISTERS,
    PRESENT_ADDRESS,
    PRESENT_REGISTERS,
    RECORD_REGISTERS,
    RING_ADDRESS,
    SETPOINT_REGISTERS,
    RingIndex,
    write_index,
    write_present,
    write_records,
)
from hardware_bridge.serve.controller import HOLD_S, ServeError, cannot_listen
from hardware_bridge.serve.obeying import COMMAND_OF_NUMBER, Obey, ObeyedCommands, Refusal
from hardware_bridge.serve.reader import Reader, any_holds
from hardware_bridge.wiring import Wire
from twin.model.events import OperationsEvent
from twin.model.signals import EquipmentSignals, ModbusConnection
from twin.model.upkeep.transitions import SET_UNIT_MODE

Take = Callable[[str, str | None, int, int], Refusal | None]
"""Phase ("": the unit itself), command, mode and the state that it is in."""
MAX_CONNECTIONS = 64
MAX_UNSENT_BYTES = 65_536  # of answers that a client does not take
READ_HOLDING_REGISTERS, WRITE_MULTIPLE_REGISTERS = 3, 16
_REFUSED = {
    Refusal.UNKNOWN: ExcCodes.ILLEGAL_VALUE, Refusal.STATE: ExcCodes.DEVICE_FAILURE, Refusal.NOBODY: ExcCodes.ILLEGAL_FUNCTION,
}  # fmt: skip
_HEADER = struct.Struct(">HHHB")  # transaction, protocol, length, unit (MBAP)
_MAX_LENGTH = 254  # of unit and PDU


class UnitMemory:
    """The registers of one unit, and who reads its ring how far."""

    def __init__(
        self, ring: int, energy_scale: int, patience_s: float, setpoints: Iterable[int] = (), take: Take | None = None,
        commands_at: Mapping[int, str] | None = None,
    ) -> None:  # fmt: skip
        self.take, self.commands_at = take, commands_at or {}  # what takes a command; of which phase, by the first of its four registers
        self._commands = {first: bytearray(2 * COMMAND_REGISTERS) for first in self.commands_at}
        self.setpoints = dict.fromkeys(setpoints, bytes(2 * SETPOINT_REGISTERS))  # by the first register: what a client may write
        self.readers: dict[int, Reader] = {}
        self._read_since_index: dict[int, int] = {}  # by client, the newest record that it has read since its last look at the index
        self._patience_s = patience_s
        self._ring = ring
        self._records = bytearray(ring * RECORD_REGISTERS * 2)
        self._sequences = [0] * ring  # that stands in each slot
        self._newest = 0
        self._controller = ControllerMemory(energy_scale=energy_scale)

    async def publish(self, fact: OperationsEvent) -> None:
        """Put the change into the ring, as soon as no reader would lose a record by it.

        Raises
        ------
        ServeError : its texts are too long for the ring
        """
        change = self._controller.change_of(fact)
        records = write_records(change, self._newest + 1)
        if len(records) > self._ring - 2:
            raise ServeError(f"{fact} needs {len(records)} records; the ring has {self._ring}")
        # Two records stay free: one that is being read now is not the next to be written.
        while any_holds(self.readers.values(), self._newest + len(records) + 2 - self._ring):
            await asyncio.sleep(HOLD_S)
        self._controller.remember(fact, change)
        for record in records:
            slot = self._newest % self._ring
            self._records[slot * len(record) : (slot + 1) * len(record)] = record
            self._newest += 1
            self._sequences[slot] = self._newest

    def read(self, client: int, address: int, count: int, life: int, clock_us: int) -> bytes | None:
        """The registers, if they lie in one area; and it is known now how far this client has read."""
        if address in self.setpoints:
            return self.setpoints[address] if count == SETPOINT_REGISTERS else None
        for first, registers in self._commands.items():
            if _within(address, count, first, COMMAND_REGISTERS):
                start = (address - first) * 2
                return bytes(registers[start : start + 2 * count])
        index = RingIndex(self._ring, life, self._newest, clock_us)
        if _within(address, count, INDEX_ADDRESS, INDEX_REGISTERS):
            # A client that comes back to the index has taken in what it read before.
            self._greet(client).has_read(self._read_since_index.pop(client, 0))
            start = (address - INDEX_ADDRESS) * 2
            return write_index(index)[start : start + 2 * count]
        if _within(address, count, PRESENT_ADDRESS, PRESENT_REGISTERS):
            start = (address - PRESENT_ADDRESS) * 2
            return write_present(self._controller, index)[start : start + 2 * count]
        if _within(address, count, RING_ADDRESS, self._ring * RECORD_REGISTERS):
            start = address - RING_ADDRESS
            slot, rest = divmod(start, RECORD_REGISTERS)
            if not rest and count == RECORD_REGISTERS:
                self._greet(client)
                self._read_since_index[client] = max(self._sequences[slot], self._read_since_index.get(client, 0))
            return bytes(self._records[2 * start : 2 * (start + count)])
        return None

    def is_commanded_at(self, address: int) -> bool:
        """Whether a command or a mode with its change request is written there."""
        return any(address in (first, first + 2) for first in self.commands_at)

    def command(self, address: int, registers: bytes) -> int:
        """Take a command, or a mode, with its change request, which is put back at once; 0, or the code of an exception."""
        assert self.take is not None
        first = next(it for it in self.commands_at if address in (it, it + 2))
        number, request = struct.unpack(">HH", registers)
        start, phase = (address - first) * 2, self.commands_at[first]
        self._commands[first][start : start + 4] = struct.pack(">HH", number, 0)
        if not request:
            return 0
        command = SET_UNIT_MODE if start else COMMAND_OF_NUMBER.get(number)
        refused = self.take(phase, command, number if start else 0, self._controller.state_of(phase))
        return _REFUSED[refused] if refused else 0

    def forget(self, client: int) -> None:
        """The client's connection has ended; it is waited for a while, since it may come back."""
        self._read_since_index.pop(client, None)
        if reader := self.readers.get(client):
            reader.gone = True

    def _greet(self, client: int) -> Reader:
        """The reader that this client is. A new one takes the place of those that are gone: it may need all that is in the ring."""
        if client not in self.readers:
            self.readers = {number: reader for number, reader in self.readers.items() if not reader.gone}
            self.readers[client] = Reader(patience_s=self._patience_s, position=max(self._newest - self._ring, 0))
        return self.readers[client]


class ModbusController:
    """The virtual PLCs of one Modbus connection (VirtualController)."""

    def __init__(self, wire: Wire, patience_s: float, obey: Obey | None = None) -> None:
        assert isinstance(wire.connection, ModbusConnection)
        obeyed = ObeyedCommands(wire, obey)
        self.name = wire.name
        self.life = 0
        self.clock_us = -1
        self.connections: set[ModbusServerProtocol] = set()
        self._wire = wire
        self._server: asyncio.Server | None = None
        self._unit_of = {name: it.unit or 0 for name, it in wire.equipment.items()}
        self.units = {
            it.unit or 0: UnitMemory(
                wire.connection.ring, it.energy_scale, patience_s, [where.address or 0 for where in it.setpoints.values()],
                partial(obeyed.take, name), _commanded_at(it),
            )
            for name, it in wire.equipment.items()
        }  # fmt: skip  # wires_of has checked that each has a unit of its own

    async def start(self) -> None:
        """See VirtualController."""
        try:
            loop = asyncio.get_running_loop()
            self._server = await loop.create_server(lambda: ModbusServerProtocol(self), self._wire.host, self._wire.port)
        except OSError as error:
            raise cannot_listen(self.name, self._wire.address, error) from None

    async def stop(self) -> None:
        """See VirtualController."""
        if self._server:
            self._server.close()
            for connection in list(self.connections):
                connection.close()
            await self._server.wait_closed()

    def is_read(self) -> bool:
        """See VirtualController."""
        return all(unit.readers for unit in self.units.values())

    async def publish(self, fact: OperationsEvent) -> None:
        """See VirtualController."""
        await self.units[self._unit_of[fact.equipment]].publish(fact)

    async def say(self, fact: OperationsEvent) -> None:
        """See VirtualController; Modbus has no texts without a unit, and wires_of has refused such a map."""
        raise ServeError(f"{self.name}: Modbus carries no messages: {fact}")

    async def move_clock(self, clock_us: int) -> None:
        """See VirtualController."""
        self.clock_us = clock_us


class ModbusServerProtocol(asyncio.Protocol):
    """One client. Requests are answered in their order; whoever breaks the framing is cut off, since nothing after it can be trusted."""

    def __init__(self, controller: ModbusController) -> None:
        self._controller = controller
        self._received = bytearray()
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._controller.connections.add(self)
        if len(self._controller.connections) > MAX_CONNECTIONS:
            transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._controller.connections.discard(self)
        for unit in self._controller.units.values():
            unit.forget(id(self))

    def close(self) -> None:
        if self._transport:
            self._transport.close()

    def data_received(self, data: bytes) -> None:
        self._received += data
        while self._transport and len(self._received) >= _HEADER.size:
            transaction, protocol, length, unit = _HEADER.unpack_from(self._received)
            if protocol or not 2 <= length <= _MAX_LENGTH:
                self._transport.abort()
                return
            end = _HEADER.size - 1 + length
            if len(self._received) < end:
                return
            pdu = bytes(self._received[_HEADER.size : end])
            del self._received[:end]
            answer = self._answer(unit, pdu)
            if self._transport.get_write_buffer_size() > MAX_UNSENT_BYTES:
                self._transport.abort()
                return
            self._transport.write(_HEADER.pack(transaction, 0, len(answer) + 1, unit) + answer)

    def _answer(self, unit: int, pdu: bytes) -> bytes:
        function = pdu[0]
        memory = self._controller.units.get(unit)
        if function == WRITE_MULTIPLE_REGISTERS and memory is not None and (memory.setpoints or memory.commands_at):
            return _written(memory, pdu)
        if function != READ_HOLDING_REGISTERS:  # every other write among them: this controller takes none
            return _refusal(function, ExcCodes.ILLEGAL_FUNCTION)
        if memory is None:
            return _refusal(function, ExcCodes.GATEWAY_NO_RESPONSE)
        if len(pdu) != 5:
            return _refusal(function, ExcCodes.ILLEGAL_VALUE)
        address, count = struct.unpack_from(">HH", pdu, 1)
        if not 1 <= count <= 125:
            return _refusal(function, ExcCodes.ILLEGAL_VALUE)
        registers = memory.read(id(self), address, count, self._controller.life, self._controller.clock_us)
        if registers is None:
            return _refusal(function, ExcCodes.ILLEGAL_ADDRESS)
        return bytes((function, len(registers))) + registers


def _commanded_at(it: EquipmentSignals) -> dict[int, str]:
    """By the first register of commands: the phase that they are for, "" for the unit itself."""
    own = {it.commands.address or 0: ""} if it.commands else {}
    return own | {commands.address or 0: phase for phase, commands in it.phases.items()}


def _written(memory: UnitMemory, pdu: bytes) -> bytes:
    """Take a set-point, or a command with its request: both of its registers, and those alone."""
    if len(pdu) != 6 + 2 * SETPOINT_REGISTERS or pdu[5] != 2 * SETPOINT_REGISTERS:
        return _refusal(WRITE_MULTIPLE_REGISTERS, ExcCodes.ILLEGAL_VALUE)
    address, count = struct.unpack_from(">HH", pdu, 1)
    if count == SETPOINT_REGISTERS and memory.is_commanded_at(address):
        code = memory.command(address, pdu[6:])
        return _refusal(WRITE_MULTIPLE_REGISTERS, code) if code else pdu[:5]
    if count != SETPOINT_REGISTERS or address not in memory.setpoints:
        return _refusal(WRITE_MULTIPLE_REGISTERS, ExcCodes.ILLEGAL_ADDRESS)
    memory.setpoints[address] = pdu[6:]
    return pdu[:5]


def _within(address: int, count: int, start: int, length: int) -> bool:
    return start <= address and address + count <= start + length


def _refusal(function: int, code: int) -> bytes:
    return bytes((function & 0x7F | 0x80, code))

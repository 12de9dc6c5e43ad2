"""Signals of a Modbus TCP server: polls the ring of changes of each unit, so that nothing between two polls is lost."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress

from pymodbus.client import AsyncModbusTcpClient
from pymodbus.exceptions import ModbusException

from hardware_bridge.registers import (
    INDEX_ADDRESS,
    INDEX_REGISTERS,
    RECORD_REGISTERS,
    RecordPart,
    RingIndex,
    join_parts,
    read_index,
    read_record,
    slot_address,
)
from hardware_bridge.signal import Position, Quality, Signal, SourceLost
from hardware_bridge.wiring import Wire
from twin.model.signals import ModbusConnection

ANSWER_S = 3.0
"""A server that does not answer for so long is lost."""


class _UnitRefused(Exception):
    """A unit answers, but not with its registers."""


class ModbusSource:
    """One Modbus connection (SignalSource). Reads only: function code 3.

    A unit that refuses, or has another layout, is BAD by itself; the others go on.
    """

    def __init__(self, wire: Wire) -> None:
        assert isinstance(wire.connection, ModbusConnection)
        self.connection = wire.name
        self.address = wire.address
        self.equipment = list(wire.equipment)
        self._wire = wire
        self._poll_s = wire.connection.poll / 1e6
        self._shown: set[str] = set()  # units that have been told to be present since the connection was made
        self._parts: dict[str, list[RecordPart]] = {}  # of a change whose last record has not come yet
        self._next: dict[str, tuple[int, int]] = {}  # life, and the record that is read next
        self._newest: dict[str, int] = {}  # record at the last look

    async def batches(self, known: Callable[[str], Position]) -> AsyncIterator[Sequence[Signal]]:
        """See SignalSource."""
        # Our own reconnect: pymodbus would wait for minutes, and send a request again that was answered late.
        client = AsyncModbusTcpClient(
            self._wire.host, port=self._wire.port, timeout=ANSWER_S, retries=0, reconnect_delay=0, name=self.connection
        )
        try:
            if not await client.connect():
                raise SourceLost(f"{self.address} cannot be reached")
            for memory in (self._shown, self._parts, self._newest):
                memory.clear()
            self._next = {name: (known(name).life, known(name).sequence + 1) for name in self.equipment}
            loop = asyncio.get_running_loop()
            while True:
                began_s = loop.time()
                batch = await self._sweep(client)
                yield batch
                if not any(signal.property == "change" for signal in batch):
                    await asyncio.sleep(max(0.0, self._poll_s - (loop.time() - began_s)))
        except (ModbusException, OSError) as error:
            if isinstance(error, SourceLost):
                raise
            raise SourceLost(f"{self.address} does not answer: {error}") from None
        finally:
            with suppress(Exception):  # it may be half closed already
                client.close()

    async def _sweep(self, client: AsyncModbusTcpClient) -> list[Signal]:
        """What is new on every unit, and the time up to which that is all."""
        batch: list[Signal] = []
        clocks = []
        for name, it in self._wire.equipment.items():
            try:
                clocks.append(await self._unit(client, name, it.unit or 0, batch))
            except (_UnitRefused, ValueError) as error:
                self._shown.discard(name)
                batch.append(
                    Signal(
                        connection=self.connection, equipment=name, property="change", value=None, source_us=-1,
                        quality=Quality.BAD, reason=str(error), place=f"unit {it.unit}",
                    )
                )  # fmt: skip
        if clocks and min(clocks) >= 0:
            batch.append(Signal(connection=self.connection, property="clock", value=min(clocks), source_us=min(clocks)))
        return batch

    async def _unit(self, client: AsyncModbusTcpClient, name: str, unit: int, batch: list[Signal]) -> int:
        """Append what is new on one unit; the unit's clock, up to which nothing is missing."""
        index = read_index(await self._read(client, unit, INDEX_ADDRESS, INDEX_REGISTERS))
        oldest = max(index.newest - index.ring + 1, 1)
        life, number = self._next[name]
        if life != index.life:
            self._parts.pop(name, None)
            number = oldest
        number = max(number, oldest)
        if number > index.newest and index.newest != self._newest.get(name, 0):
            # It tells nothing new (after a restart, it tells all anew). Reading its newest record shows it how far we are.
            await self._read(client, unit, slot_address(index.newest, index.ring), RECORD_REGISTERS)
        while number <= index.newest:
            part = read_record(await self._read(client, unit, slot_address(number, index.ring), RECORD_REGISTERS))
            number = self._take(name, part, index, batch) + 1
        self._next[name], self._newest[name] = (index.life, number), index.newest
        if name not in self._shown and number == index.newest + 1:
            self._shown.add(name)
            batch.append(self._present(name, index))
        return index.clock_us

    def _take(self, name: str, part: RecordPart, index: RingIndex, batch: list[Signal]) -> int:
        """Put a record behind the parts before it; its number, which is higher than asked for if that was overwritten meanwhile."""
        number = part.change.sequence
        parts = self._parts.setdefault(name, [])
        if not part.goes_on or (parts and parts[-1].change.sequence + 1 != number):
            parts.clear()
        if not part.goes_on or parts:  # else its beginning was lost, and it is no change
            parts.append(part)
        if parts and not part.more:
            change = join_parts(parts)
            parts.clear()
            batch.append(
                Signal(
                    connection=self.connection, equipment=name, property="change", value=change,
                    source_us=change.time_us, sequence=number, life=index.life, place=self._place(name, number, index),
                )
            )  # fmt: skip
        return number

    def _place(self, name: str, number: int, index: RingIndex) -> str:
        first = slot_address(number, index.ring)
        return f"unit {self._wire.equipment[name].unit}, registers {first} to {first + RECORD_REGISTERS - 1}"

    def _present(self, name: str, index: RingIndex) -> Signal:
        return Signal(
            connection=self.connection, equipment=name, property="present", value=index.newest,
            source_us=index.clock_us, sequence=index.newest, life=index.life,
        )  # fmt: skip

    async def _read(self, client: AsyncModbusTcpClient, unit: int, address: int, count: int) -> bytes:
        answer = await client.read_holding_registers(address, count=count, device_id=unit)
        if answer.isError():
            raise _UnitRefused(f"unit {unit} refuses registers {address} to {address + count - 1}: exception {answer.exception_code}")
        if len(answer.registers) != count:
            raise _UnitRefused(f"unit {unit} answers {len(answer.registers)} registers, not {count}")
        return struct.pack(f">{count}H", *answer.registers)

"""Whoever connects to a virtual PLC may read. Whatever else is sent, nothing changes, nothing grows, and the others are served."""

from __future__ import annotations

import asyncio
import random
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import psutil
import pytest
from asyncua import Client, ua
from pymodbus.client import AsyncModbusTcpClient

from hardware_bridge.registers import INDEX_ADDRESS, INDEX_REGISTERS, PRESENT_ADDRESS, PRESENT_REGISTERS, RECORD_REGISTERS, RING_ADDRESS
from hardware_bridge.serve.opcua_hardening import MAX_CHUNK_BYTES
from hardware_bridge.serve.publisher import Publisher
from hardware_bridge.wiring import Wire, wires_of
from tests.rooms.bridge.virtual_shop import eventually, keep, kept, record, served, virtual_shop
from twin.store.journal import open_journal


@asynccontextmanager
async def serving(folder: Path, *names: str) -> AsyncIterator[list[Wire]]:
    """Virtual PLCs on these connections, that have published a record."""
    plant, path = virtual_shop(), keep(record(300), folder / "recorded.db")
    wires = [wire for wire in wires_of(plant) if wire.name in names]
    publisher = Publisher(plant, wires, lambda: open_journal(path, create=False), patience_s=0.1)
    async with served(publisher):
        await eventually(lambda: publisher.clock_us == _end(path))
        yield wires


def _end(path: Path) -> int:
    """The time of the last fact of a record."""
    return kept(path)[-1].event.effective_us


async def index_of(wire: Wire) -> list[int]:
    """The index of unit 1: proof that the server serves."""
    client = AsyncModbusTcpClient(wire.host, port=wire.port, timeout=10, retries=0)
    assert await client.connect()
    registers = list((await client.read_holding_registers(INDEX_ADDRESS, count=INDEX_REGISTERS, device_id=1)).registers)
    client.close()
    return registers


@pytest.mark.slow
def test_every_write_to_an_opc_ua_node_is_refused(tmp_path: Path) -> None:
    async def scene() -> None:
        async with serving(tmp_path, "plc_a") as (opcua,), Client(opcua.address) as client:
            space = await client.get_namespace_index("urn:test:shop")
            folder = client.get_node(f"ns={space};s=lathe")
            for variable in await folder.get_variables():
                value = await variable.read_data_value(raise_on_bad_status=False)  # uncertain is no reason to refuse
                with pytest.raises(ua.UaStatusCodeError) as refused:
                    await variable.write_value(ua.DataValue(value.Value))
                assert refused.value.code == ua.StatusCodes.BadUserAccessDenied
            with pytest.raises(ua.UaStatusCodeError):
                await folder.add_variable(space, "Backdoor", 1)
            with pytest.raises(ua.UaStatusCodeError):
                await client.delete_nodes([folder])

    asyncio.run(scene())


@pytest.mark.slow
def test_no_name_and_no_password_opens_more(tmp_path: Path) -> None:
    async def scene() -> None:
        async with serving(tmp_path, "plc_a") as (opcua,):
            client = Client(opcua.address)
            client.set_user("admin")
            client.set_password("admin")
            with pytest.raises((ua.UaStatusCodeError, ua.UaError)):
                await client.connect()
            client.disconnect_socket()

    asyncio.run(scene())


@pytest.mark.slow
def test_the_session_of_another_cannot_be_guessed_and_his_subscription_not_ended(tmp_path: Path) -> None:
    async def scene() -> None:
        async with serving(tmp_path, "plc_a") as (opcua,), Client(opcua.address) as victim, Client(opcua.address) as thief:
            token = victim.uaclient.session.authentication_token
            assert token.NodeIdType == ua.NodeIdType.ByteString
            assert len(token.Identifier) == 32
            subscription = await victim.create_subscription(100, _Quiet())
            with pytest.raises(ua.UaStatusCodeError):
                await thief.delete_subscriptions([subscription.subscription_id])

    asyncio.run(scene())


class _Quiet:
    def datachange_notification(self, *_: Any) -> None:
        return


@pytest.mark.slow
def test_a_message_that_announces_more_than_a_chunk_is_cut_off_before_it_is_kept(tmp_path: Path) -> None:
    async def scene() -> None:
        async with serving(tmp_path, "plc_a") as (opcua,):
            before = psutil.Process().memory_info().rss
            reader, writer = await asyncio.open_connection(opcua.host, opcua.port)
            writer.write(b"HELF" + struct.pack("<I", 2**31 - 1))
            with suppress(ConnectionError):
                for _ in range(500):
                    writer.write(bytes(MAX_CHUNK_BYTES))
                    await asyncio.wait_for(writer.drain(), 5)
            with suppress(ConnectionError):
                assert await asyncio.wait_for(reader.read(), 5) == b""
            assert psutil.Process().memory_info().rss - before < 15 * 2**20
            async with Client(opcua.address):
                pass

    asyncio.run(scene())


def test_modbus_takes_no_write_and_says_so(tmp_path: Path) -> None:
    async def scene() -> None:
        async with serving(tmp_path, "plc_b") as (modbus,):
            client = AsyncModbusTcpClient(modbus.host, port=modbus.port, timeout=10, retries=0)
            await client.connect()
            before = (await client.read_holding_registers(PRESENT_ADDRESS, count=PRESENT_REGISTERS, device_id=1)).registers
            answers = [
                await client.write_register(1, 7, device_id=1),
                await client.write_registers(1, [7, 7], device_id=1),
                await client.write_coil(1, True, device_id=1),
                await client.mask_write_register(address=1, and_mask=0, or_mask=1, device_id=1),
                await client.readwrite_registers(read_address=0, read_count=1, write_address=1, values=[7], device_id=1),
                await client.read_input_registers(0, count=1, device_id=1),
            ]
            assert [answer.exception_code for answer in answers] == [1] * 6
            assert (await client.read_holding_registers(PRESENT_ADDRESS, count=PRESENT_REGISTERS, device_id=1)).registers == before
            client.close()

    asyncio.run(scene())


def test_modbus_refuses_by_the_book(tmp_path: Path) -> None:
    """Exception codes of MODBUS Application Protocol V1.1b3, section 7."""

    async def scene() -> None:
        async with serving(tmp_path, "plc_b") as (modbus,):
            client = AsyncModbusTcpClient(modbus.host, port=modbus.port, timeout=10, retries=0)
            await client.connect()
            between_areas = await client.read_holding_registers(PRESENT_REGISTERS, count=1, device_id=1)
            over_the_end = await client.read_holding_registers(RING_ADDRESS + 32 * RECORD_REGISTERS - 1, count=2, device_id=1)
            unknown_unit = await client.read_holding_registers(0, count=1, device_id=99)
            assert [between_areas.exception_code, over_the_end.exception_code, unknown_unit.exception_code] == [2, 2, 11]
            client.close()

    asyncio.run(scene())


def test_modbus_requests_that_come_together_are_answered_one_after_the_other(tmp_path: Path) -> None:
    async def scene() -> None:
        async with serving(tmp_path, "plc_b") as (modbus,):
            reader, writer = await asyncio.open_connection(modbus.host, modbus.port)
            requests = [struct.pack(">HHHBBHH", number, 0, 6, 1, 3, 0, number) for number in range(1, 21)]
            everything = b"".join(requests)
            writer.write(everything[:33])
            await writer.drain()
            await asyncio.sleep(0.05)
            writer.write(everything[33:])
            for number in range(1, 21):
                answer = await reader.readexactly(9 + 2 * number)
                assert struct.unpack_from(">HHHBBB", answer) == (number, 0, 3 + 2 * number, 1, 3, 2 * number)
            writer.close()

    asyncio.run(scene())


@pytest.mark.parametrize("header", [b"\0\1\0\1\0\6\1", b"\0\1\0\0\0\1\1", b"\0\1\0\0\xff\xff\1", b"GET / HTTP/1.1\r\n"])
def test_modbus_framing_that_is_broken_ends_the_connection_and_no_other(tmp_path: Path, header: bytes) -> None:
    async def scene() -> None:
        async with serving(tmp_path, "plc_b") as (modbus,):
            reader, writer = await asyncio.open_connection(modbus.host, modbus.port)
            writer.write(header + bytes(16))
            with suppress(ConnectionResetError):
                assert await asyncio.wait_for(reader.read(), 5) == b""
            writer.close()
            assert (await index_of(modbus))[:2] == [1, 32]

    asyncio.run(scene())


@pytest.mark.slow
def test_after_thousands_of_mutated_messages_both_servers_serve(tmp_path: Path) -> None:
    draw = random.Random(3)

    async def attack(wire: Wire, good: bytes) -> None:
        with suppress(OSError):
            _, writer = await asyncio.open_connection(wire.host, wire.port)
            for _ in range(10):
                mutated = bytearray(good)
                for _ in range(draw.randint(1, 4)):
                    mutated[draw.randrange(len(mutated))] = draw.randrange(256)
                writer.write(mutated)
                await writer.drain()
            await asyncio.sleep(0)
            writer.close()

    async def scene() -> None:
        async with serving(tmp_path, "plc_a", "plc_b") as (opcua, modbus):
            hello = (
                b"HELF" + struct.pack("<IIIIII", 32 + len(opcua.address), 0, 65_535, 65_535, 0, 0) + struct.pack("<I", len(opcua.address))
            )
            for _ in range(60):
                await attack(opcua, hello + opcua.address.encode())
                await attack(modbus, struct.pack(">HHHBBHH", 1, 0, 6, 1, 3, 0, 100))
            assert (await index_of(modbus))[:2] == [1, 32]
            async with Client(opcua.address) as client:
                space = await client.get_namespace_index("urn:test:shop")
                assert await client.get_node(f"ns={space};s=lathe.LastChange").read_data_value(raise_on_bad_status=False)

    asyncio.run(scene())

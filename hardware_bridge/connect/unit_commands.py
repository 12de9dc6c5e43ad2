"""A PackML command on its way to one controller: over OPC UA by tags or methods, over Modbus by registers, and whether it was taken.

By tags and by registers the command is written first and its change request after it, as ISA-TR88.00.02 has it; a controller that has
taken it puts the request back. Nothing is written twice: what is not answered may have been heard all the same.
"""

from __future__ import annotations

import asyncio
from typing import Any

from hardware_bridge.certificates import Certificates
from hardware_bridge.wiring import Wire
from twin.model.events import UnitCommandRequested
from twin.model.signals import COMMAND_TAGS, OpcUaConnection, UnitCommands
from twin.model.upkeep.transitions import COMMAND_NUMBERS, SET_UNIT_MODE

ANSWER_S = 4.0
"""Seconds that a controller has to take what it was told."""
_LOOK_S = 0.05
_MODBUS_WORDS = {1: "it takes nothing at all", 2: "it has no such registers", 3: "it knows no such command", 4: "not in its state now"}


class NotTaken(Exception):
    """Why a command was not taken, in words, and the outcome: "refused", "no answer" or "not sent"."""

    def __init__(self, words: str, outcome: str = "refused") -> None:
        super().__init__(words)
        self.outcome = outcome


async def command(wire: Wire | None, asked: UnitCommandRequested, certificates: Certificates | None) -> None:
    """Have the controller take it.

    Raises
    ------
    NotTaken : it has not, or nobody knows
    """
    signals = wire.equipment[asked.equipment] if wire else None
    declared = (signals.phases.get(asked.phase) if asked.phase else signals.commands) if signals else None
    if wire is None or declared is None or asked.command not in declared.takes:
        of = f"phase {asked.phase} of {asked.equipment}" if asked.phase else asked.equipment
        raise NotTaken(f"signals.yaml declares no command {asked.command} of {of}", "not sent")
    try:
        async with asyncio.timeout(2 * ANSWER_S):
            if isinstance(wire.connection, OpcUaConnection):
                encrypted = wire.connection.security != "none"
                await _over_opcua(wire, declared, asked, certificates if encrypted else None)
            else:
                await _over_modbus(wire, declared, asked)
    except NotTaken:
        raise
    except Exception as error:  # what a stranger on the port makes the libraries raise has no bounds
        raise NotTaken(f"{wire.address}: {str(error) or type(error).__name__}", "no answer") from None


def _is_mode(asked: UnitCommandRequested) -> bool:
    return asked.command == SET_UNIT_MODE


def _number(asked: UnitCommandRequested) -> int:
    return asked.mode if _is_mode(asked) else COMMAND_NUMBERS[asked.command]


async def _over_opcua(wire: Wire, declared: UnitCommands, asked: UnitCommandRequested, certificates: Certificates | None) -> None:
    from asyncua import ua
    from asyncua.client.client import Client

    from hardware_bridge.connect.opcua_source import connect

    assert isinstance(wire.connection, OpcUaConnection)
    client = Client(wire.address, timeout=ANSWER_S, watchdog_intervall=3_600)
    await connect(client, certificates)
    try:
        index = await client.get_namespace_index(wire.connection.namespace)
        name = declared.node or wire.equipment[asked.equipment].node or asked.equipment

        def node(identifier: str) -> Any:
            return client.get_node(ua.NodeId(ua.String(identifier), ua.Int16(index)))

        if declared.by == "methods":
            await _call(node(name), asked)
        else:
            value, request = (f"{name}.{tag}" for tag in (COMMAND_TAGS[2:] if _is_mode(asked) else COMMAND_TAGS[:2]))
            await _write_tags(node(value), node(request), _number(asked))
    finally:
        await client.disconnect()


async def _call(unit: Any, asked: UnitCommandRequested) -> None:
    """The method of that name, in whatever namespace its companion specification has put it."""
    from asyncua import ua
    from asyncua.ua.uaerrors import UaStatusCodeError

    named = {(await it.read_browse_name()).Name: it for it in await unit.get_methods()}
    if asked.command not in named:
        raise NotTaken(f"the controller has no method {asked.command}; it has: {', '.join(named) or 'none'}")
    arguments = [ua.Variant(asked.mode, ua.VariantType.Int32)] if _is_mode(asked) else []
    try:
        await unit.call_method(named[asked.command], *arguments)
    except UaStatusCodeError as refused:
        raise NotTaken(_words(refused)) from None


async def _write_tags(value: Any, request: Any, number: int) -> None:
    from asyncua import ua
    from asyncua.ua.uaerrors import UaStatusCodeError

    try:
        await value.write_value(ua.DataValue(ua.Variant(number, ua.VariantType.Int32)))
        await request.write_value(ua.DataValue(ua.Variant(True, ua.VariantType.Boolean)))  # the value of the tag
    except UaStatusCodeError as refused:
        raise NotTaken(_words(refused)) from None
    await _until_put_back(request.read_value)


async def _over_modbus(wire: Wire, declared: UnitCommands, asked: UnitCommandRequested) -> None:
    from pymodbus.client import AsyncModbusTcpClient

    client = AsyncModbusTcpClient(wire.host, port=wire.port, timeout=ANSWER_S, retries=0, reconnect_delay=0, name=wire.name)
    unit, address = wire.equipment[asked.equipment].unit or 0, (declared.address or 0) + (2 if _is_mode(asked) else 0)
    try:
        if not await client.connect():
            raise NotTaken(f"{wire.address} cannot be reached", "not sent")
        written = await client.write_registers(address, [_number(asked), 1], device_id=unit)
        if written.isError():
            words = _MODBUS_WORDS.get(written.exception_code, "a code of its own")
            raise NotTaken(f"unit {unit} answers with exception {written.exception_code}: {words}")

        async def request() -> Any:
            answer = await client.read_holding_registers(address + 1, count=1, device_id=unit)
            return answer.isError() or answer.registers[0]

        await _until_put_back(request)
    finally:
        client.close()


async def _until_put_back(read: Any) -> None:
    """Wait until the controller has put the change request back."""
    try:
        async with asyncio.timeout(ANSWER_S):
            while await read():
                await asyncio.sleep(_LOOK_S)
    except TimeoutError:
        raise NotTaken(
            f"it did not put its change request back within {ANSWER_S:g} s; it may have heard it all the same", "no answer"
        ) from None


def _words(refused: Exception) -> str:
    """What an OPC UA status says: its text, and its name."""
    return f"{refused} ({type(refused).__name__})" if str(refused) else type(refused).__name__

"""Virtual PLCs on OPC UA: a folder for each piece of equipment with plain values for SCADA, and one value that holds each whole change."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from asyncua import ua
from asyncua.common.node import Node
from asyncua.ua.attribute_ids import AttributeIds
from asyncua.ua.status_codes import StatusCodes

from hardware_bridge.certificates import Certificates
from hardware_bridge.change import ChangeKind, ChangeRecord, ControllerMemory, write_change
from hardware_bridge.message import write_message
from hardware_bridge.registers import COUNTER_MODULUS
from hardware_bridge.serve.controller import HOLD_S, cannot_listen
from hardware_bridge.serve.obeying import COMMAND_OF_NUMBER, Obey, ObeyedCommands, Refusal
from hardware_bridge.serve.opcua_hardening import HardenedServer, PublishedValue
from hardware_bridge.serve.reader import Reader, any_holds
from hardware_bridge.wiring import Wire
from twin.model.events import OperationsEvent, event_to_fields
from twin.model.events.plant import UNCERTAIN
from twin.model.signals import COMMAND_TAGS, EquipmentSignals, OpcUaConnection, UnitCommands
from twin.model.states import WorkUnitState
from twin.model.upkeep.transitions import SET_UNIT_MODE

HELD = 256
"""Changes of one piece of equipment (or messages) that a client may leave unacknowledged before publishing waits for it."""
KEPT = 4 * HELD
"""Changes that can be read again after a reconnect: what the last client left, what has come since, and some more."""
_LOOK = 32  # changes between two looks at the clients

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TEXT, _COUNT, _REAL, _TIME = ua.VariantType.String, ua.VariantType.UInt32, ua.VariantType.Double, ua.VariantType.DateTime
_NUMBER, _YES_NO = ua.VariantType.Int32, ua.VariantType.Boolean
_REFUSED = {
    Refusal.UNKNOWN: StatusCodes.BadOutOfRange, Refusal.STATE: StatusCodes.BadInvalidState,
    Refusal.NOBODY: StatusCodes.BadNotSupported,
}  # fmt: skip
PLAIN_NODES: dict[str, tuple[ua.VariantType, Any]] = {
    "State": (_COUNT, int(WorkUnitState.UNKNOWN)),
    "StateName": (_TEXT, WorkUnitState.UNKNOWN.label),
    "Mode": (_COUNT, 1),
    "Reason": (_TEXT, ""),
    "JobOrder": (_TEXT, ""),
    "Person": (_TEXT, ""),
    "Good": (_COUNT, 0),
    "Scrap": (_COUNT, 0),
    "Rework": (_COUNT, 0),
    "EnergyWh": (_COUNT, 0),
    "Alarm": (_TEXT, ""),
}
"""The plain values of each piece of equipment: type, and value before anything has happened."""


class _Series:
    """A node whose values must all arrive, numbered, and what is still kept of them."""

    def __init__(self, node_id: ua.NodeId, patience_s: float) -> None:
        self.node_id = node_id
        self.readers: dict[int, Reader] = {}
        self.kept: deque[str] = deque(maxlen=KEPT)
        self.sequence = 0
        self.unseen = _LOOK  # values since the last look at the clients
        self.patience_s = patience_s


class OpcUaController:
    """The virtual PLCs of one OPC UA connection (VirtualController)."""

    def __init__(self, wire: Wire, patience_s: float, certificates: Certificates | None = None, obey: Obey | None = None) -> None:
        assert isinstance(wire.connection, OpcUaConnection)
        self._certificates, self._obeyed = certificates, ObeyedCommands(wire, obey)
        self.name = wire.name
        self.life = 0
        self._wire = wire
        self._patience_s = patience_s
        self._server = HardenedServer()
        self._namespace = 0
        self._memory = {name: ControllerMemory() for name in wire.equipment}
        self._series: dict[str, _Series] = {}
        self._nodes: dict[str, dict[str, ua.NodeId]] = {}
        self._clock_us = -1

    async def start(self) -> None:
        """See VirtualController."""
        connection, server = self._wire.connection, self._server
        assert isinstance(connection, OpcUaConnection)
        await server.init()
        server.set_endpoint(self._wire.address)
        server.socket_address = (self._wire.host, self._wire.port)
        server.set_server_name(f"plant-twin virtual PLC {self.name}")
        await server.set_application_uri(f"{connection.namespace}:{self.name}")
        if connection.security != "none":
            assert self._certificates is not None  # the command has asked for them
            await server.encrypt(self._certificates, self.name)
        self._namespace = await server.register_namespace(connection.namespace)
        await self._build(urlsplit(connection.url).path.strip("/") or self.name)
        try:
            await server.start()
        except OSError as error:
            raise cannot_listen(self.name, self._wire.address, error) from None

    async def stop(self) -> None:
        """See VirtualController."""
        if self._server.bserver is not None:
            await self._server.stop()

    def is_read(self) -> bool:
        """See VirtualController."""
        for series in self._series.values():
            self._look(series)
        return all(any(not reader.gone for reader in series.readers.values()) for series in self._series.values())

    async def publish(self, fact: OperationsEvent) -> None:
        """See VirtualController."""
        equipment, memory = fact.equipment, self._memory[fact.equipment]
        change = memory.change_of(fact)
        await self._hold(self._series[equipment])
        memory.remember(fact, change)
        at, nodes = _datetime(change.time_us), self._nodes[equipment]
        is_uncertain = change.quality == UNCERTAIN
        for name, kind, value in self._plain(change, memory):
            if name in nodes:
                await self._write(nodes[name], PublishedValue(ua.Variant(value, kind), at, is_uncertain=is_uncertain))
        await self._append(self._series[equipment], write_change(change, self.life), at, is_uncertain=is_uncertain)

    async def say(self, fact: OperationsEvent) -> None:
        """See VirtualController."""
        series = self._series[""]
        await self._hold(series)
        text = write_message(fact, event_to_fields(fact), sequence=series.sequence + 1, life=self.life)
        await self._append(series, text, _datetime(fact.effective_us))

    async def move_clock(self, clock_us: int) -> None:
        """See VirtualController."""
        if clock_us > self._clock_us:
            self._clock_us = clock_us
            at = _datetime(clock_us)
            await self._write(self._node_id("Clock"), PublishedValue(ua.Variant(at, _TIME), at))

    async def _build(self, name: str) -> None:
        """The address space: Objects / plant / equipment / values; every node read-only but declared set-points and commands."""
        plant = await self._folder(self._server.get_objects_node(), self._node_id("Plant"), name)
        await self._variable(plant, self._node_id("Clock"), "Clock", ua.Variant(_EPOCH, _TIME))
        if self._wire.business:
            folder = await self._folder(plant, self._node_id("Business"), "Business")
            self._series[""] = await self._build_series(folder, "Business", "LastMessage", "RecentMessages")
        for equipment, it in self._wire.equipment.items():
            folder = await self._folder(plant, self._node_id(it.node or equipment), equipment)
            await self._build_plain(folder, equipment, it)
            if it.commands:
                await self._build_commands(folder, equipment, it.commands, it.commands.node or it.node or equipment)
            for phase, commands in it.phases.items():
                await self._build_commands(folder, equipment, commands, commands.node or phase, phase)
            self._series[equipment] = await self._build_series(folder, it.node or equipment, "LastChange", "RecentChanges")

    async def _build_plain(self, folder: Node, equipment: str, it: EquipmentSignals) -> None:
        values = {**PLAIN_NODES, **dict.fromkeys(it.process_values, (_REAL, 0.0))}
        nodes = self._nodes[equipment] = {}
        for name, (kind, value) in values.items():
            nodes[name] = self._node_id(f"{it.node}.{name}")
            await self._variable(folder, nodes[name], name, ua.Variant(value, kind))
        for name, where in it.setpoints.items():  # what a client may write, and nothing else
            node_id = self._node_id(where.node or name)
            node = await folder.add_variable(node_id, ua.QualifiedName(f"{name} set-point", self._namespace), ua.Variant(0.0, _REAL))
            await node.set_writable()

    async def _build_commands(self, folder: Node, equipment: str, declared: UnitCommands, node: str, phase: str = "") -> None:
        """The command tags of ISA-TR88.00.02, whose change requests are put back at once, or the methods of OPC 30050."""

        def take(command: str | None, mode: int) -> ua.StatusCode:
            refused = self._obeyed.take(equipment, phase, command, mode, self._memory[equipment].state_of(phase))
            return ua.StatusCode(ua.UInt32(_REFUSED[refused] if refused else StatusCodes.Good))

        if declared.by == "methods":
            parent = folder
            if node != (self._wire.equipment[equipment].node or equipment):
                parent = await self._folder(folder, self._node_id(node), "Commands")
            for name in declared.takes:
                asked = [ua.VariantType.Int32] if name == SET_UNIT_MODE else []
                method_id, method_name = self._node_id(f"{node}.{name}"), ua.QualifiedName(name, self._namespace)
                await parent.add_method(method_id, method_name, partial(_method, partial(take, name)), asked, [])
            return
        tags = {tag: self._node_id(f"{node}.{tag}") for tag in (COMMAND_TAGS[:2] if phase else COMMAND_TAGS)}
        for tag, node_id in tags.items():
            value = ua.Variant(Value=False, VariantType=_YES_NO) if tag.endswith("Request") else ua.Variant(0, _NUMBER)
            variable = await folder.add_variable(node_id, ua.QualifiedName(tag, self._namespace), value)
            await variable.set_writable()
        command, request, *of_mode = tags.values()
        requests = self._server.requests
        requests[request] = lambda: take(COMMAND_OF_NUMBER.get(self._number(command)), 0)
        if of_mode:
            requests[of_mode[1]] = lambda: take(SET_UNIT_MODE, self._number(of_mode[0]))

    def _number(self, node_id: ua.NodeId) -> int:
        """What a client has written there; 0 if it is no number."""
        value = self._server.iserver.aspace.read_attribute_value(node_id, AttributeIds.Value).Value
        return value.Value if value is not None and isinstance(value.Value, int) else 0

    async def _build_series(self, folder: Node, prefix: str, last: str, recent: str) -> _Series:
        series = _Series(self._node_id(f"{prefix}.{last}"), self._patience_s)
        await self._variable(folder, series.node_id, last, ua.Variant("", _TEXT))
        recent_id = self._node_id(f"{prefix}.{recent}")
        await self._variable(folder, recent_id, recent, ua.Variant([], _TEXT, is_array=True))
        self._server.iserver.set_attribute_value_callback(
            recent_id, lambda *_: ua.DataValue(ua.Variant(list(series.kept), _TEXT, is_array=True))
        )
        return series

    def _node_id(self, identifier: str) -> ua.NodeId:
        return ua.NodeId(ua.String(identifier), ua.Int16(self._namespace))

    async def _folder(self, parent: Node, node_id: ua.NodeId, name: str) -> Node:
        return await parent.add_object(node_id, ua.QualifiedName(name, self._namespace))

    async def _variable(self, parent: Node, node_id: ua.NodeId, name: str, value: ua.Variant) -> None:
        # The browse name as a QualifiedName: asyncua puts a plain text into namespace 0.
        await parent.add_variable(node_id, ua.QualifiedName(name, self._namespace), value)

    def _plain(self, change: ChangeRecord, memory: ControllerMemory) -> list[tuple[str, ua.VariantType, Any]]:
        """The plain values that this change has given a new value or a new time."""
        match change.kind:
            case ChangeKind.STATE:
                reason, job_order, person = memory.state_text
                texts = {"StateName": WorkUnitState(change.state).label, "Reason": reason, "JobOrder": job_order, "Person": person}
                return [("State", _COUNT, change.state), *((name, _TEXT, text) for name, text in texts.items())]
            case ChangeKind.MODE:
                return [("Mode", _COUNT, change.mode)]
            case ChangeKind.COUNT:
                totals = {"Good": change.good, "Scrap": change.scrap, "Rework": change.rework}
                return [(name, _COUNT, total % COUNTER_MODULUS) for name, total in totals.items()]
            case ChangeKind.ENERGY:
                return [("EnergyWh", _COUNT, change.energy % COUNTER_MODULUS)]
            case ChangeKind.PROCESS_VALUE:
                return [(change.reason, _REAL, float(change.value))]
            case ChangeKind.ALARM_RAISED | ChangeKind.ALARM_CLEARED:
                return [("Alarm", _TEXT, next(reversed(memory.alarms), ""))]
        return []

    async def _append(self, series: _Series, text: str, at: datetime, *, is_uncertain: bool = False) -> None:
        series.sequence += 1
        series.unseen += 1
        series.kept.append(text)
        await self._write(series.node_id, PublishedValue(ua.Variant(text, _TEXT), at, series.sequence, is_uncertain=is_uncertain))

    async def _write(self, node_id: ua.NodeId, value: PublishedValue) -> None:
        status = await self._server.iserver.aspace.write_attribute_value(node_id, AttributeIds.Value, value)
        assert status.is_good(), f"{node_id}: {status}"

    async def _hold(self, series: _Series) -> None:
        """Wait until every client has acknowledged so much that nothing it needs falls out of what is kept."""
        if series.unseen < _LOOK:
            return
        self._look(series)
        while any_holds(series.readers.values(), series.sequence + _LOOK - HELD):
            await asyncio.sleep(HOLD_S)
            self._look(series)
        series.unseen = 0

    def _look(self, series: _Series) -> None:
        """How far each client has acknowledged. asyncua has no name for that: its subscriptions are asked themselves."""
        callbacks: Mapping[int, Any] = self._server.iserver.aspace[series.node_id].attributes[AttributeIds.Value].datachange_callbacks
        seen: dict[int, Reader] = {}
        for monitored, callback in callbacks.items():
            service = callback.__self__
            subscription = service.isub
            if subscription.pub_request_callback is None:  # the server's own
                continue
            number = subscription.data.SubscriptionId
            reader = seen[number] = series.readers.get(number) or Reader(patience_s=series.patience_s)
            reader.gone = subscription.pub_request_callback.__self__._transport.is_closing()
            reader.has_read(_acknowledged(service, service._monitored_datachange[monitored], series.sequence))
        if any(not reader.gone for reader in seen.values()):  # somebody has come in the place of those that are gone
            seen = {number: reader for number, reader in seen.items() if not reader.gone}
        series.readers = seen


def _acknowledged(service: Any, monitored_id: int, newest: int) -> int:
    """Number of the last value that a subscription has acknowledged, if all before it are, too."""
    subscription, client_handle = service.isub, service._monitored_items[monitored_id].client_handle
    for result in subscription._not_acknowledged_results.values():
        for notification in result.NotificationMessage.NotificationData:
            for monitored in getattr(notification, "MonitoredItems", ()):
                if monitored.ClientHandle == client_handle:
                    return getattr(monitored.Value, "sequence", 0) - 1
    waiting = subscription._triggered_datachanges.get(monitored_id)
    return getattr(waiting[0].Value, "sequence", 0) - 1 if waiting else newest


async def _method(take: Callable[[int], ua.StatusCode], parent: ua.NodeId, mode: ua.Variant | None = None) -> ua.StatusCode:
    """A method of a unit: a command, or a mode."""
    return take(mode.Value if mode is not None and isinstance(mode.Value, int) else 0)


def _datetime(us: int) -> datetime:
    return _EPOCH + timedelta(microseconds=us)

"""signals.yaml against the plant: each piece of equipment at one address, and nothing that its wire cannot carry."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from twin.model.plant import Plant
from twin.model.problems import Finding
from twin.model.signals import (
    EQUIPMENT_NODES,
    PERSON_CHARS,
    REASON_CHARS,
    SERVER_NODES,
    EquipmentSignals,
    ModbusConnection,
    OpcUaConnection,
    SignalMap,
)


def _finding(*path: str, what: str, allowed: str = "", at_key: bool = False) -> Finding:
    return Finding(document="signals", path=path, what=what, allowed=allowed, at_key=at_key)


def addresses(plant: Plant) -> Iterator[Finding]:
    """OPC UA has a node, Modbus a unit id, and no two pieces of equipment have the same."""
    first: dict[tuple[str, str | int], str] = {}
    for equipment, it, connection in _connected(plant):
        key, other = ("node", "unit") if isinstance(connection, OpcUaConnection) else ("unit", "node")
        address = getattr(it, key)
        if getattr(it, other) is not None:
            what = f"connection '{it.connection}' is {connection.driver}, which has no {other}"
            yield _finding("equipment", equipment, other, what=what, allowed=key, at_key=True)
        if address is None:
            what = f"'{equipment}' needs its {key} at connection '{it.connection}'"
            yield _finding("equipment", equipment, what=what, allowed=f"{key}: {equipment if key == 'node' else 1}", at_key=True)
        elif (it.connection, address) in first:
            what = f"{key} {address} of '{it.connection}' is that of '{first[it.connection, address]}' already"
            yield _finding("equipment", equipment, key, what=what, allowed=f"a {key} of its own")
        else:
            first[it.connection, address] = equipment


def nodes(plant: Plant) -> Iterator[Finding]:
    """No node of an OPC UA server is there twice: neither the server's own, nor one equipment's property and another's folder."""
    taken: dict[tuple[str, str], str] = {}
    for equipment, it, connection in _connected(plant):
        if not isinstance(connection, OpcUaConnection) or it.node is None:
            continue
        for name in (name for name in it.process_values if name in EQUIPMENT_NODES):
            what = f"'{name}' is a node that all equipment has already, and no process value"
            yield _finding("equipment", equipment, "process_values", name, what=what, allowed="another name", at_key=True)
        taken |= {(it.connection, f"{it.node}.{name}"): equipment for name in (*EQUIPMENT_NODES, *it.process_values)}
    for equipment, it, _ in _connected(plant):
        owner = "the server itself" if it.node in SERVER_NODES else taken.get((it.connection, it.node or ""))
        if owner:
            what = f"node {it.node} of '{it.connection}' is one of {owner} already"
            yield _finding("equipment", equipment, "node", what=what, allowed=f"a node of its own, as {equipment}")


def business(plant: Plant) -> Iterator[Finding]:
    """Messages are numbered under the name of their connection, changes under that of their equipment."""
    if plant.signals and plant.signals.business in plant.signals.equipment:
        what = f"'{plant.signals.business}' is the name of a connection and of a piece of equipment"
        yield _finding("business", what=what, allowed="another name for the connection that carries the messages")


def _connected(plant: Plant) -> Iterator[tuple[str, EquipmentSignals, OpcUaConnection | ModbusConnection]]:
    signals = plant.signals or SignalMap(connections={}, equipment={})
    for equipment, it in signals.equipment.items():
        if it.connection in signals.connections:
            yield equipment, it, signals.connections[it.connection]


def registers(plant: Plant) -> Iterator[Finding]:
    """A Modbus controller has registers for one job order and for short words."""
    layout = plant.layout
    for equipment, it, connection in _connected(plant):
        if not isinstance(connection, ModbusConnection):
            continue
        path = ("equipment", equipment, "connection")
        unit = layout.work_units.get(equipment)
        if unit and unit.batch:
            what = f"'{equipment}' works in batches, whose job orders are too many for the registers of '{it.connection}'"
            yield _finding(*path, what=what, allowed="an opcua connection")
        stations = {name: station for line in layout.production_lines.values() for name, station in line.stations.items()}
        failures = unit.failures if unit else stations[equipment].failures if equipment in stations else []
        for reason in (failure.reason for failure in failures if len(failure.reason) > REASON_CHARS):
            what = f"reason '{reason}' of '{equipment}' is longer than a register string of '{it.connection}'"
            yield _finding(*path, what=what, allowed=f"{REASON_CHARS} characters, or an opcua connection")
        for person in (person for person in _operators(plant, equipment) if len(person) > PERSON_CHARS):
            what = f"person '{person}', who may work at '{equipment}', is longer than a register string of '{it.connection}'"
            yield _finding(*path, what=what, allowed=f"{PERSON_CHARS} characters, or an opcua connection")


def _operators(plant: Plant, equipment: str) -> list[str]:
    """Who may be told to work at this work unit or line."""
    segments = [it for segment, it in plant.layout.process_segments.items() if equipment in plant.equipment_of(segment)]
    classes = {it.personnel_class for it in segments}
    return [person for person, it in plant.layout.persons.items() if classes.intersection(it.classes)]


def security(plant: Plant) -> Iterator[Finding]:
    """Without security on loopback only, and only when said; business messages go over OPC UA."""
    signals = plant.signals
    if signals is None:
        return
    for name, connection in signals.connections.items():
        if not isinstance(connection, OpcUaConnection):
            continue
        path = ("connections", name)
        host = _host(connection.url)
        if host is None:
            yield _finding(*path, "url", what=f"'{connection.url}' is no OPC UA address", allowed="opc.tcp://host:port/path")
        elif connection.security == "none" and not connection.allow_anonymous_loopback:
            allowed = "security: Basic256Sha256, or allow_anonymous_loopback: true on loopback"
            yield _finding(*path, "security", what="a connection without security must be allowed in words", allowed=allowed)
        elif connection.security == "none" and not _is_loopback(host):
            yield _finding(*path, "security", what=f"'{host}' is not loopback and needs security", allowed="Basic256Sha256")
    carrier = signals.connections.get(signals.business or "")
    if isinstance(carrier, ModbusConnection):
        opcua = ", ".join(n for n, c in signals.connections.items() if isinstance(c, OpcUaConnection))
        yield _finding(
            "business", what=f"'{signals.business}' is modbus, which carries no messages", allowed=opcua or "an opcua connection"
        )


def _host(url: str) -> str | None:
    try:
        parts = urlsplit(url)
        return parts.hostname if parts.scheme == "opc.tcp" and parts.port != 0 else None
    except ValueError:  # a port that is no number, or a host in brackets that is no address
        return None


def _is_loopback(host: str) -> bool:
    return host in ("localhost", "::1") or host.startswith("127.")

"""signals.yaml against the plant: each piece of equipment at one address, and nothing that its wire cannot carry."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from twin.model.checks.references import WHO_CAN_DO
from twin.model.plant import Plant
from twin.model.problems import Finding, Place
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


def _finding(*path: str, what: str, allowed: str, at_key: bool = False, rests_on: Iterable[Place] = ()) -> Finding:
    return Finding(document="signals", path=path, what=what, allowed=allowed, at_key=at_key, rests_on=tuple(rests_on))


def _driver(equipment: str, connection: str) -> tuple[Place, ...]:
    """What tells the driver that a piece of equipment is reached by."""
    return ("signals", "equipment", equipment, "connection"), ("signals", "connections", connection, "driver")


def addresses(plant: Plant) -> Iterator[Finding]:
    """OPC UA has a node, Modbus a unit id, and no two pieces of equipment have the same."""
    first: dict[tuple[str, str | int], str] = {}
    for equipment, it, connection in _connected(plant):
        key, other = ("node", "unit") if isinstance(connection, OpcUaConnection) else ("unit", "node")
        address = getattr(it, key)
        rests_on = (*_driver(equipment, it.connection), ("signals", "equipment", equipment, key))
        if getattr(it, other) is not None:
            what = f"connection '{it.connection}' is {connection.driver}, which has no {other}"
            yield _finding("equipment", equipment, other, what=what, allowed=key, at_key=True, rests_on=rests_on[:2])
        if address is None:
            what = f"'{equipment}' needs its {key} at connection '{it.connection}'"
            allowed = f"{key}: {equipment if key == 'node' else 1}"
            yield _finding("equipment", equipment, what=what, allowed=allowed, at_key=True, rests_on=rests_on)
        elif (it.connection, address) in first:
            other_one = first[it.connection, address]
            what = f"{key} {address} of '{it.connection}' is that of '{other_one}' already"
            both = (*rests_on, *(("signals", "equipment", other_one, name) for name in ("connection", key)))
            yield _finding("equipment", equipment, key, what=what, allowed=f"a {key} of its own", rests_on=both)
        else:
            first[it.connection, address] = equipment


def nodes(plant: Plant) -> Iterator[Finding]:
    """No node of an OPC UA server is there twice: neither the server's own, nor one equipment's property and another's folder."""
    served = [
        (equipment, it, it.node) for equipment, it, connection in _connected(plant) if it.node and isinstance(connection, OpcUaConnection)
    ]
    taken: dict[tuple[str, str], tuple[str, tuple[Place, ...]]] = {}
    for equipment, it, node in served:
        rests_on = _driver(equipment, it.connection)
        for name in (name for name in it.process_values if name in EQUIPMENT_NODES):
            what = f"'{name}' is a node that all equipment has already, and no process value"
            path = ("equipment", equipment, "process_values", name)
            yield _finding(*path, what=what, allowed="another name", at_key=True, rests_on=rests_on)
        owner: tuple[Place, ...] = (*rests_on, ("signals", "equipment", equipment, "node"))
        taken |= {(it.connection, f"{node}.{name}"): (equipment, owner) for name in EQUIPMENT_NODES}
        values = ("signals", "equipment", equipment, "process_values")
        taken |= {(it.connection, f"{node}.{name}"): (equipment, (*owner, (*values, name))) for name in it.process_values}
    for equipment, it, node in served:
        first, theirs = ("the server itself", ()) if node in SERVER_NODES else taken.get((it.connection, node), ("", ()))
        if first:
            what = f"node {node} of '{it.connection}' is one of {first} already"
            rests_on = (*_driver(equipment, it.connection), *theirs)
            yield _finding("equipment", equipment, "node", what=what, allowed=f"a node of its own, as {equipment}", rests_on=rests_on)


def setpoints(plant: Plant) -> Iterator[Finding]:
    """Each set-point has a place of its own that its controller writes nothing to."""
    connected = list(_connected(plant))
    own: dict[tuple[str, str], str] = {}
    for equipment, it, connection in connected:
        if isinstance(connection, OpcUaConnection):
            own |= {(it.connection, name): "the server itself" for name in SERVER_NODES}
            own |= {(it.connection, f"{it.node}.{name}"): equipment for name in (*EQUIPMENT_NODES, *it.process_values)}
            own[it.connection, it.node or ""] = equipment
    written: dict[tuple[str, str], tuple[str, str]] = {}
    for equipment, it, connection in connected:
        key, other = ("node", "address") if isinstance(connection, OpcUaConnection) else ("address", "node")
        for name, where in it.setpoints.items():
            path, rests_on = ("equipment", equipment, "setpoints", name), _driver(equipment, it.connection)
            if getattr(where, other) is not None:
                what = f"connection '{it.connection}' is {connection.driver}, which has no {other}"
                yield _finding(*path, other, what=what, allowed=key, at_key=True, rests_on=rests_on)
            if where.node is None or not isinstance(connection, OpcUaConnection):
                continue
            place = it.connection, where.node
            if not where.node:
                yield _finding(*path, "node", what="this is no node", allowed=f"a string id, as {equipment}.{name}Setpoint")
            elif place in own:
                what = f"node {where.node} of '{it.connection}' is one of {own[place]}, which says something there"
                yield _finding(*path, "node", what=what, allowed="a node that is written to alone", rests_on=_said_by(plant, it.connection))
            elif place in written:
                what = f"node {where.node} of '{it.connection}' is set-point '{written[place][1]}' of '{written[place][0]}' already"
                first = "signals", "equipment", written[place][0]
                rests_on = (*rests_on, (*first, "connection"), (*first, "setpoints", written[place][1], "node"))
                yield _finding(*path, "node", what=what, allowed="a node of its own", rests_on=rests_on)
            else:
                written[place] = equipment, name


def _said_by(plant: Plant, connection: str) -> tuple[Place, ...]:
    """What tells which nodes the server of a connection has."""
    on_it = [(equipment, it) for equipment, it, _ in _connected(plant) if it.connection == connection]
    return tuple(
        place
        for equipment, _ in on_it
        for place in (*_driver(equipment, connection), *(("signals", "equipment", equipment, key) for key in ("node", "process_values")))
    )


def business(plant: Plant) -> Iterator[Finding]:
    """Messages are numbered under the name of their connection, changes under that of their equipment."""
    if plant.signals and plant.signals.business in plant.signals.equipment:
        what = f"'{plant.signals.business}' is the name of a connection and of a piece of equipment"
        allowed = "another name for the connection that carries the messages"
        yield _finding("business", what=what, allowed=allowed, rests_on=[("signals", "equipment", plant.signals.business)])


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
        rests_on = _driver(equipment, it.connection)
        unit = layout.work_units.get(equipment)
        if unit and unit.batch:
            what = f"'{equipment}' works in batches, whose job orders are too many for the registers of '{it.connection}'"
            yield _finding(*path, what=what, allowed="an opcua connection", rests_on=rests_on)
        failures = plant.failures.get(equipment, [])
        for reason in (failure.reason for failure in failures if len(failure.reason) > REASON_CHARS):
            what = f"reason '{reason}' of '{equipment}' is longer than a register string of '{it.connection}'"
            yield _finding(*path, what=what, allowed=f"{REASON_CHARS} characters, or an opcua connection", rests_on=rests_on)
        for person in (person for person in _operators(plant, equipment) if len(person) > PERSON_CHARS):
            what = f"person '{person}', who may work at '{equipment}', is longer than a register string of '{it.connection}'"
            yield _finding(
                *path, what=what, allowed=f"{PERSON_CHARS} characters, or an opcua connection", rests_on=(*rests_on, *_OPERATORS)
            )


_OPERATORS: tuple[Place, ...] = (
    *WHO_CAN_DO,
    *(("plant", "process_segments", "*", key) for key in ("work_center", "equipment_class", "personnel_class")),
)
"""What tells who may be told to work where, besides the classes of each person."""


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
            rests_on: list[Place] = [("signals", *path, "allow_anonymous_loopback")]
            what = "a connection without security must be allowed in words"
            yield _finding(*path, "security", what=what, allowed=allowed, rests_on=rests_on)
        elif connection.security == "none" and not _is_loopback(host):
            what = f"'{host}' is not loopback and needs security"
            yield _finding(*path, "security", what=what, allowed="Basic256Sha256", rests_on=[("signals", *path, "url")])
    carrier = signals.connections.get(signals.business or "")
    if isinstance(carrier, ModbusConnection):
        opcua = ", ".join(n for n, c in signals.connections.items() if isinstance(c, OpcUaConnection))
        what = f"'{signals.business}' is modbus, which carries no messages"
        told: list[Place] = [("signals", "connections", signals.business or "", "driver")]
        yield _finding("business", what=what, allowed=opcua or "an opcua connection", rests_on=told)


def _host(url: str) -> str | None:
    try:
        parts = urlsplit(url)
        return parts.hostname if parts.scheme == "opc.tcp" and parts.port != 0 else None
    except ValueError:  # a port that is no number, or a host in brackets that is no address
        return None


def _is_loopback(host: str) -> bool:
    return host in ("localhost", "::1") or host.startswith("127.")

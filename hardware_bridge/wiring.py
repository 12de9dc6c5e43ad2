"""Which controller is found where: the signal map of a plant, checked for what a bridge needs."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from hardware_bridge.registers import COMMAND_REGISTERS, RECORD_REGISTERS, RING_ADDRESS
from twin.model.plant import Plant
from twin.model.signals import EquipmentSignals, ModbusConnection, OpcUaConnection


class WiringError(ValueError):
    """The signal map cannot be wired; the message names every problem, one a line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """One connection and the equipment on it, in declared order.

    `host` and `port` are where it listens; `port` has the offset in it. `business`: it carries orders and deliveries too.
    """

    name: str
    connection: OpcUaConnection | ModbusConnection
    host: str
    port: int
    equipment: dict[str, EquipmentSignals]
    business: bool

    @property
    def address(self) -> str:
        """For people and for asyncua: the URL with the offset."""
        if isinstance(self.connection, OpcUaConnection):
            return f"opc.tcp://{self.host}:{self.port}{urlsplit(self.connection.url).path}"
        return f"modbus-tcp://{self.host}:{self.port}"


def wires_of(plant: Plant, port_offset: int = 0, *, served: bool = False) -> list[Wire]:
    """One wire for each connection of the plant's signal map, its ports shifted by `port_offset`. `served`: we shall listen there.

    Raises
    ------
    WiringError : with every problem of the map
    """
    if plant.signals is None:
        raise WiringError(f"plant '{plant.id}' has no signals.yaml; allowed: a map of its equipment to OPC UA nodes or Modbus units")
    signals, problems = plant.signals, []
    if signals.business and not isinstance(signals.connections.get(signals.business), OpcUaConnection):
        problems.append(f"business: '{signals.business}' is no OPC UA connection; Modbus has no texts")
    for name, it in signals.equipment.items():
        if name not in plant.equipment:
            problems.append(f"equipment: the plant has no '{name}'; allowed: {', '.join(plant.equipment)}")
        if it.connection not in signals.connections:
            problems.append(f"{name}: there is no connection '{it.connection}'; allowed: {', '.join(signals.connections)}")
    wires = []
    for name, connection in signals.connections.items():
        host, port, wrong = _listens_at(connection)
        if served and isinstance(connection, ModbusConnection) and not is_loopback(host):
            wrong.append(f"Modbus has no security and is served on loopback alone, not at '{host}'; allowed: 127.0.0.1")
        on_it = {e: signals.equipment[e] for e in plant.equipment if e in signals.equipment and signals.equipment[e].connection == name}
        problems += [f"{name}: {problem}" for problem in (*wrong, *_addresses(connection, on_it))]
        if on_it or name == signals.business:
            wires.append(
                Wire(
                    name=name, connection=connection, host=host, port=port + port_offset, equipment=on_it, business=name == signals.business
                )
            )
    problems += [f"{wire.name}: port {wire.port} is none; allowed: 1 to 65535" for wire in wires if not 0 < wire.port < 65536]
    if problems or not wires:
        raise WiringError("\n".join(problems or ["the signal map has no equipment; allowed: one entry or more under 'equipment'"]))
    return wires


def _listens_at(connection: OpcUaConnection | ModbusConnection) -> tuple[str, int, list[str]]:
    """Host and port of a connection, and what is wrong with them."""
    if isinstance(connection, ModbusConnection):
        return connection.host, connection.port, []
    url = urlsplit(connection.url)
    try:
        host, port = url.hostname or "", url.port or 4840
    except ValueError:
        host, port = "", 0
    if url.scheme != "opc.tcp" or not host:
        return host, port, [f"'{connection.url}' is no address of an OPC UA server; allowed: opc.tcp://127.0.0.1:4840/name"]
    if connection.security == "none" and not (connection.allow_anonymous_loopback and is_loopback(host)):
        wrong = "without security a connection must be on loopback, and say allow_anonymous_loopback: true"
        return host, port, [f"security none at '{host}'; {wrong}"]
    return host, port, []


def is_loopback(host: str) -> bool:
    """Whether the host is this machine, by its name or by its address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _addresses(connection: OpcUaConnection | ModbusConnection, equipment: dict[str, EquipmentSignals]) -> list[str]:
    """What is wrong with the addresses of the equipment on one connection."""
    problems, seen = [], dict[object, str]()
    for name, it in equipment.items():
        opcua = isinstance(connection, OpcUaConnection)
        address = it.node if opcua else it.unit
        if address is None:
            problems.append(f"{name} needs its {'node' if opcua else 'unit'}")
        elif address in seen:
            problems.append(f"{name} and {seen[address]} have the same {'node' if opcua else 'unit'} {address}")
        else:
            seen[address] = name
        problems += [*_setpoints(connection, name, it), *_commands(connection, name, it)]
    return problems


def _setpoints(connection: OpcUaConnection | ModbusConnection, name: str, it: EquipmentSignals) -> list[str]:
    """What is wrong with where the set-points of one piece of equipment are written."""
    problems, taken = [], dict[object, str]()
    own_end = RING_ADDRESS + connection.ring * RECORD_REGISTERS if isinstance(connection, ModbusConnection) else 0
    for setpoint, where in it.setpoints.items():
        place = where.node if isinstance(connection, OpcUaConnection) else where.address
        if place is None:
            problems.append(f"{name}, set-point {setpoint} needs its {'node' if isinstance(connection, OpcUaConnection) else 'address'}")
        elif place in taken or (isinstance(place, int) and place + 1 in taken):
            problems.append(
                f"{name}, set-point {setpoint} and {taken.get(place) or taken[int(place) + 1]} are written to the same place {place}"
            )
        elif isinstance(place, int) and place < own_end:
            problems.append(
                f"{name}, set-point {setpoint}: registers up to {own_end - 1} are what the unit says; allowed: {own_end} to 65534"
            )
        else:
            for one in (place, place + 1) if isinstance(place, int) else (place,):
                taken[one] = setpoint
    return problems


def _commands(connection: OpcUaConnection | ModbusConnection, name: str, it: EquipmentSignals) -> list[str]:
    """What is wrong with where the commands of one piece of equipment, and of its phases, are written."""
    if not isinstance(connection, ModbusConnection):
        return []
    named = {**({"commands": it.commands} if it.commands else {}), **{f"commands of {phase}": one for phase, one in it.phases.items()}}
    own_end, problems = RING_ADDRESS + connection.ring * RECORD_REGISTERS, list[str]()
    taken = {f"set-point {setpoint}": (where.address, 2) for setpoint, where in it.setpoints.items() if where.address is not None}
    for of, commands in named.items():
        first = commands.address
        if first is None:
            problems.append(f"{name}, {of} need their address")
        elif first < own_end:
            allowed = f"allowed: {own_end} to {65536 - COMMAND_REGISTERS}"
            problems.append(f"{name}, {of}: registers up to {own_end - 1} are what the unit says; {allowed}")
        else:
            shared = [other for other, (at, count) in taken.items() if at < first + COMMAND_REGISTERS and first < at + count]
            if shared:
                last = first + COMMAND_REGISTERS - 1
                problems.append(f"{name}, {of} and {shared[0]} are written to the same registers, {first} to {last}")
            taken[of] = (first, COMMAND_REGISTERS)
    return problems

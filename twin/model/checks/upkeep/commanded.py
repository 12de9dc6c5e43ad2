"""The commands that controllers take: each has a place of its own, as its driver has it, and an authority that somebody declared."""

from __future__ import annotations

from collections.abc import Iterator

from twin.model.plant import Plant
from twin.model.problems import Finding, KeyPath, did_you_mean, listed
from twin.model.signals import COMMAND_TAGS, EQUIPMENT_NODES, EquipmentSignals, ModbusConnection, UnitCommands


def dangling(plant: Plant) -> Iterator[Finding]:
    """Personnel classes that nobody has declared."""
    classes = plant.layout.personnel_classes
    for equipment, it in (plant.signals.equipment if plant.signals else {}).items():
        if it.commands and it.commands.authority and it.commands.authority not in classes:
            name = it.commands.authority
            path: KeyPath = ("equipment", equipment, "commands", "authority")
            what = f"no personnel class is called '{name}'{did_you_mean(name, classes)}"
            yield Finding(document="signals", path=path, what=what, allowed=listed(classes), spoils=True)


def places(plant: Plant) -> Iterator[Finding]:
    """Modbus has an address and nothing else, OPC UA no address; no tag is a node that says something, or a set-point."""
    signals = plant.signals
    for equipment, it in (signals.equipment if signals else {}).items():
        connection = signals.connections.get(it.connection) if signals else None
        if it.commands is None or connection is None:
            continue
        path: KeyPath = ("equipment", equipment, "commands")
        rests_on = (("signals", "equipment", equipment, "connection"), ("signals", "connections", it.connection, "driver"))
        is_modbus = isinstance(connection, ModbusConnection)
        for key in ("node", "by") if is_modbus else ("address",):
            if getattr(it.commands, key) not in (None, "tags"):
                what = f"connection '{it.connection}' is {connection.driver}, which has no {key}"
                allowed = "address" if is_modbus else "node, by"
                yield Finding(document="signals", path=(*path, key), what=what, allowed=allowed, at_key=True, rests_on=rests_on)
        if is_modbus and it.commands.address is None:
            what = f"commands of '{equipment}' need their address at connection '{it.connection}'"
            allowed = "address: 21000, the first of four registers"
            yield Finding(document="signals", path=path, what=what, allowed=allowed, at_key=True, rests_on=rests_on)
        if not is_modbus and (taken := _taken(equipment, it, it.commands)):
            yield Finding(
                document="signals", path=path, what=f"node {taken} of '{it.connection}' is a process value or a set-point already",
                allowed="another name for that, or a node of their own for the commands", at_key=True, rests_on=rests_on,
            )  # fmt: skip


def _taken(equipment: str, it: EquipmentSignals, commands: UnitCommands) -> str:
    """A command tag that is something else already; "" if none is."""
    node = commands.node or it.node or equipment
    own = {f"{it.node}.{name}" for name in (*EQUIPMENT_NODES, *it.process_values)} | {where.node for where in it.setpoints.values()}
    names = COMMAND_TAGS if commands.by == "tags" else commands.takes
    return next((tag for name in names if (tag := f"{node}.{name}") in own), "")

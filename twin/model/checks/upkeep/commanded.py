"""The commands that controllers take: each has a place of its own, as its driver has it, and an authority that somebody declared."""

from __future__ import annotations

from collections.abc import Iterator

from twin.model.plant import Plant
from twin.model.problems import Finding, KeyPath, did_you_mean, listed
from twin.model.signals import COMMAND_TAGS, EQUIPMENT_NODES, EquipmentSignals, ModbusConnection, UnitCommands
from twin.model.upkeep.transitions import COMMAND_NUMBERS, SET_UNIT_MODE


def dangling(plant: Plant) -> Iterator[Finding]:
    """Personnel classes that nobody has declared."""
    classes = plant.layout.personnel_classes
    known = [path for it in plant.layout.procedures.values() for content in it.contents.values() for path in content.phases]
    for equipment, it in (plant.signals.equipment if plant.signals else {}).items():
        for path, commands in _all(equipment, it):
            if commands.authority and commands.authority not in classes:
                name = commands.authority
                what = f"no personnel class is called '{name}'{did_you_mean(name, classes)}"
                yield Finding(document="signals", path=(*path, "authority"), what=what, allowed=listed(classes), spoils=True)
        for phase, commands in it.phases.items():
            path = ("equipment", equipment, "phases", phase)
            if phase not in known:
                what, allowed = f"no procedure has a phase '{phase}'{did_you_mean(phase, known)}", listed(known)
                yield Finding(document="signals", path=path, what=what, allowed=allowed, at_key=True)
            if SET_UNIT_MODE in commands.takes:
                what, allowed = f"a phase has no mode, and takes no {SET_UNIT_MODE}", listed(COMMAND_NUMBERS)
                yield Finding(document="signals", path=(*path, "takes"), what=what, allowed=allowed, at_key=True)


def _all(equipment: str, it: EquipmentSignals) -> Iterator[tuple[KeyPath, UnitCommands]]:
    """The commands of a unit and of its phases, each with where they stand."""
    if it.commands:
        yield ("equipment", equipment, "commands"), it.commands
    for phase, commands in it.phases.items():
        yield ("equipment", equipment, "phases", phase), commands


def places(plant: Plant) -> Iterator[Finding]:
    """Modbus has an address and nothing else, OPC UA no address; no tag is a node that says something, or a set-point."""
    signals = plant.signals
    for equipment, it in (signals.equipment if signals else {}).items():
        connection = signals.connections.get(it.connection) if signals else None
        if connection is None:
            continue
        rests_on = (("signals", "equipment", equipment, "connection"), ("signals", "connections", it.connection, "driver"))
        is_modbus = isinstance(connection, ModbusConnection)
        for path, commands in _all(equipment, it):
            for key in ("node", "by") if is_modbus else ("address",):
                if getattr(commands, key) not in (None, "tags"):
                    what = f"connection '{it.connection}' is {connection.driver}, which has no {key}"
                    allowed = "address" if is_modbus else "node, by"
                    yield Finding(document="signals", path=(*path, key), what=what, allowed=allowed, at_key=True, rests_on=rests_on)
            of = f"phase {path[-1]} of '{equipment}'" if "phases" in path else f"'{equipment}'"
            if is_modbus and commands.address is None:
                what = f"commands of {of} need their address at connection '{it.connection}'"
                allowed = "address: 21000, the first of four registers"
                yield Finding(document="signals", path=path, what=what, allowed=allowed, at_key=True, rests_on=rests_on)
            if not is_modbus and "phases" in path and commands.node is None:
                what, allowed = (
                    f"commands of {of} need a node of their own",
                    "node: Furnace1.Soak, the object that has their tags or methods",
                )
                yield Finding(document="signals", path=path, what=what, allowed=allowed, at_key=True, rests_on=rests_on)
            if not is_modbus and (taken := _taken(equipment, it, commands)):
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

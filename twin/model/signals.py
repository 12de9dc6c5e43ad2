"""signals.yaml: which address means which property of which equipment (the SignalMap)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from twin.model.floor.words import Id
from twin.model.measures import PositiveUs, Table
from twin.model.upkeep.transitions import UnitCommandName

Role = Literal[
    "state", "reason", "job_order", "person", "good", "scrap", "rework", "energy_wh", "alarm", "process_value", "clock", "business"
]

# What an OPC UA server has beside process values: below the node of each piece of equipment, and once.
EQUIPMENT_NODES = (
    "State", "StateName", "Mode", "Reason", "JobOrder", "Person", "Good", "Scrap", "Rework", "EnergyWh", "Alarm",
    "LastChange", "RecentChanges",
)  # fmt: skip
SERVER_NODES = ("Plant", "Clock", "Business", "Business.LastMessage", "Business.RecentMessages")

# The strings that a Modbus controller has registers for, in characters (two a register); OPC UA has no such bounds.
JOB_ORDER_CHARS = 40
PERSON_CHARS = 20
REASON_CHARS = 16


class OpcUaConnection(Table):
    """A server that is subscribed to. Anonymous without security is allowed on loopback only, and only when said."""

    driver: Literal["opcua"]
    url: str
    namespace: str
    publish: PositiveUs = 100_000
    security: Literal["none", "Basic256Sha256"] = "Basic256Sha256"
    allow_anonymous_loopback: Annotated[bool, Field(strict=True)] = False


class ModbusConnection(Table):
    """A server that is polled: one unit id for each equipment, whose registers are a ring of its last changes (see the bridge's README)."""

    driver: Literal["modbus"]
    host: str
    port: Annotated[int, Field(ge=0, le=65535, strict=True)]
    poll: PositiveUs = 100_000
    ring: Annotated[int, Field(ge=2, le=64, strict=True)] = 32  # records kept by the controller


class Setpoint(Table):
    """Where a set-point is written: an OPC UA node (Double), or two Modbus holding registers (IEEE 754 single, high word first).

    What is not declared so is never written.
    """

    node: str | None = None  # OPC UA: string id
    address: Annotated[int, Field(ge=0, le=65534, strict=True)] | None = None  # Modbus: of the first of the two registers


COMMAND_TAGS = ("CntrlCmd", "CmdChangeRequest", "UnitMode", "UnitModeChangeRequest")
"""The command tags of ISA-TR88.00.02, in the order of their registers: two for a command, two for a mode."""


class UnitCommands(Table):
    """Which PackML commands a controller takes, and where. What is not declared so is never sent.

    OPC UA, `by: tags`: Command.CntrlCmd, .CmdChangeRequest, .UnitMode and .UnitModeChangeRequest of ISA-TR88.00.02, each as
    "<node>.CntrlCmd" and so on; `by: methods`: methods of the object `node`, named as in OPC 30050.
    Modbus: four holding registers, in the order of the tags.
    """

    takes: Annotated[list[UnitCommandName], Field(min_length=1)]
    by: Literal["tags", "methods"] = "tags"  # OPC UA alone
    node: str | None = None  # OPC UA: left out, the node of the equipment
    address: Annotated[int, Field(ge=0, le=65532, strict=True)] | None = None  # Modbus: of the first of the four registers
    authority: Id | None = None  # personnel class that may give commands; left out: anybody


class EquipmentSignals(Table):
    """Where one piece of equipment is found: an OPC UA folder or a Modbus unit id."""

    connection: str
    node: str | None = None  # OPC UA: string id of the folder; each property is "<node>.<Property>"
    unit: Annotated[int, Field(ge=1, le=247, strict=True)] | None = None  # Modbus unit id
    energy_scale: Annotated[int, Field(ge=1, strict=True)] = 1  # Wh per count of the energy register
    process_values: dict[str, str] = {}  # property -> unit
    setpoints: dict[str, Setpoint] = {}  # parameter of a procedure -> where its target is written when a job order starts
    commands: UnitCommands | None = None  # None: its controller takes none
    phases: dict[
        str, UnitCommands
    ] = {}  # phase of a procedure (ISA-88), as furnace/carburise/soak -> the commands that it takes, and where


class SignalMap(Table):
    """The contents of signals.yaml."""

    connections: dict[str, Annotated[OpcUaConnection | ModbusConnection, Field(discriminator="driver")]]
    equipment: dict[str, EquipmentSignals]
    business: str | None = None  # connection (OPC UA) that carries orders and deliveries as B2MML-shaped messages

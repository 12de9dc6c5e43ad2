"""signals.yaml: which address means which property of which equipment (the SignalMap)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from twin.model.measures import PositiveUs, Table

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


class EquipmentSignals(Table):
    """Where one piece of equipment is found: an OPC UA folder or a Modbus unit id."""

    connection: str
    node: str | None = None  # OPC UA: string id of the folder; each property is "<node>.<Property>"
    unit: Annotated[int, Field(ge=1, le=247, strict=True)] | None = None  # Modbus unit id
    energy_scale: Annotated[int, Field(ge=1, strict=True)] = 1  # Wh per count of the energy register
    process_values: dict[str, str] = {}  # property -> unit
    setpoints: dict[str, Setpoint] = {}  # parameter of a procedure -> where its target is written when a job order starts


class SignalMap(Table):
    """The contents of signals.yaml."""

    connections: dict[str, Annotated[OpcUaConnection | ModbusConnection, Field(discriminator="driver")]]
    equipment: dict[str, EquipmentSignals]
    business: str | None = None  # connection (OPC UA) that carries orders and deliveries as B2MML-shaped messages

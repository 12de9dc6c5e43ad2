"""Tools: where they are, which job order has which, and what persons say about them; lots that go before others, or in parts."""

from __future__ import annotations

from dataclasses import dataclass

from twin.model.events.entries import Entry
from twin.model.events.operations_event import OperationsEvent
from twin.model.events.plant import PlantEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolMounted(PlantEvent):
    """A tool, as "hob_m2.1", is on `equipment` now; "" is the tool store."""

    tool: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolAssigned(OperationsEvent):
    """A job order began on `equipment` with a tool, and has it until it ends."""

    tool: str
    used: int  # pieces that it had made by then


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolPlaced(Entry):
    """A person has put a tool on `equipment`, or taken it back to the store (""); ToolMounted follows."""

    tool: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolReconditioned(Entry):
    """A tool is as new: ground, exchanged. Its life begins again."""

    tool: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LotExpedited(Entry):
    """A lot is hot: it goes before all others wherever it waits, whatever the rule says."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LotExpeditingEnded(Entry):
    """A lot waits its turn again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LotSplitRequested(Entry):
    """`quantity` of a lot that waits shall go on as a lot of its own."""

    quantity: int

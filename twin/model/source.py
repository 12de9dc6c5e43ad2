"""The two contracts that meet in `twin/run.py`: where facts come from, and what is made of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from twin.model.events import (
    DispositionCarriedOut,
    JobOrderCommand,
    OperationsEvent,
    PurchaseOrderPlaced,
    PurchaseOrderRevised,
    TestRequested,
    UnitCommandRequested,
)
from twin.model.events.genealogy import LotRegrouped
from twin.model.states import Source

COMMANDS = (
    DispositionCarriedOut, JobOrderCommand, LotRegrouped, PurchaseOrderPlaced, PurchaseOrderRevised, TestRequested, UnitCommandRequested,
)  # fmt: skip
"""The decisions that a source is told."""


class EventSource(Protocol):
    """Yields what happened in the plant and accepts commands: the simulated plant, the live plant, a replayed record."""

    origin: Source

    def advance(self) -> Sequence[OperationsEvent] | None:
        """All facts of the next round, in canonical order; None at the end.

        The facts of one round have one `effective_us`, not before the last round's. Commands sent after a round take effect at
        that same instant: their facts come as the next round, until nothing more happens and time moves on.
        """

    def send(self, commands: Sequence[OperationsEvent]) -> None:
        """Take commands (see COMMANDS). A refused one answers with JobOrderCommandRefused as a fact."""


class Fold(Protocol):
    """MES or ERP: state changed by events alone. No clock, no draw, no file, no look at where an event came from."""

    def apply(self, event: OperationsEvent) -> list[OperationsEvent]:
        """Take one event in; what follows from it at once."""

    def decide(self, now_us: int) -> list[OperationsEvent]:
        """After all facts of a round: what to do now. Commands among them go to the source."""

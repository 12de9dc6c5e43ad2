"""A simulated plant beside which persons say what a scenario lets them say: with the first facts of that instant, beside either engine."""

from __future__ import annotations

from collections.abc import Sequence

from twin.model.events import Entry, OperationsEvent, PurchaseOrderPlaced
from twin.model.scenario import Scenario
from twin.model.source import EventSource
from twin.model.states import Source
from twin.simulation.beside.beside_plant import BesidePlant


class PersonsBeside(BesidePlant):
    """An event source around another. `from_us`: what was said before that, or at that instant if it is not the start, is said already."""

    def __init__(self, source: EventSource, scenario: Scenario, from_us: int) -> None:
        super().__init__(source)
        self._delivers = scenario.policies.receipts == "plant"
        said = sorted((it.event(scenario.start_us) for it in scenario.entries), key=lambda event: event.recorded_us)
        self._to_say = [it for it in said if it.recorded_us > from_us or from_us <= scenario.start_us]

    def added(self, facts: Sequence[OperationsEvent]) -> Sequence[OperationsEvent]:
        """What is said at that instant, too: the clock of the plant beats then, if nothing else happens."""
        said = [it for it in self._to_say if it.recorded_us <= facts[0].effective_us]
        self._to_say = self._to_say[len(said) :]
        return [*facts, *said]

    def send(self, commands: Sequence[OperationsEvent]) -> None:
        """Where persons say what has come, suppliers that are simulated hear of no order."""
        super().send(commands if self._delivers else [it for it in commands if not isinstance(it, PurchaseOrderPlaced)])

    def origin_of(self, fact: OperationsEvent) -> Source:
        """Persons say entries, the plant all else."""
        return Source.USER if isinstance(fact, Entry) else super().origin_of(fact)

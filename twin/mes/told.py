"""Another MES decides and reports; ours keeps what it says, for genealogy, states and indicators, and concludes nothing of its own."""

from __future__ import annotations

from twin.mes.mes import Mes
from twin.model.events import OperationsEvent
from twin.model.plant import Plant
from twin.model.scenario import Policies


class ToldMes(Mes):
    """Level 3 as another system tells it (a `Fold`). What it tells is not judged by our rules: it need not tell everything."""

    is_told = True

    def apply(self, event: OperationsEvent) -> list[OperationsEvent]:
        """Take one event in; nothing follows, since who told it has told what follows, too."""
        super().apply(event)
        return []

    def decide(self, now_us: int) -> list[OperationsEvent]:
        """Nothing: another decides."""
        return []

    def violations(self, now_us: int) -> list[str]:
        """None: what another reports is no fault of ours."""
        return []

    def audit(self, now_us: int) -> list[str]:
        """None, as `violations`."""
        return []


def mes_of(plant: Plant, policies: Policies) -> Mes:
    """The MES that these policies ask for."""
    return ToldMes(plant, policies) if policies.decisions == "told" else Mes(plant, policies)

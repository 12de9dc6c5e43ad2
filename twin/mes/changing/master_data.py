"""What is declared becomes otherwise: the MES keeps the same tables as the ERP, which says what can be. A `Function` of the MES."""

from __future__ import annotations

from twin.mes.collection.functions import Reacting
from twin.model.events import MasterDataRevised, OperationsEvent
from twin.model.master_data.dated import Dated
from twin.model.plant import Plant


class MasterData(Reacting):
    """Lots that are cut from then on have the size of then."""

    def __init__(self, plant: Plant) -> None:
        self.dated = Dated(plant)
        self._reactions = {MasterDataRevised: self._take}

    def _take(self, event: MasterDataRevised) -> list[OperationsEvent]:
        self.dated.take(event)
        return []

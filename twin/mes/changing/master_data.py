"""What is declared becomes otherwise: the MES keeps the same tables as the ERP, which says what can be. A `Function` of the MES."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twin.mes.collection.functions import Reacting
from twin.model.events import MasterDataRevised, OperationsEvent
from twin.model.master_data.dated import Dated
from twin.model.master_data.made import MATERIALS

if TYPE_CHECKING:
    from twin.mes.mes import Mes


class MasterData(Reacting):
    """Lots that are cut from then on have the size of then; what is new and made here has its bill and its routing."""

    def __init__(self, mes: Mes) -> None:
        self.dated, self._mes = Dated(mes.plant), mes
        self._reactions = {MasterDataRevised: self._take}

    def _take(self, event: MasterDataRevised) -> list[OperationsEvent]:
        self.dated.take(event)
        if event.is_new and event.table == MATERIALS:
            self._know(event.declared)
        return []

    def _know(self, material: str) -> None:
        mes, plant = self._mes, self._mes.plant
        mes.tracking.issuing.know(material)
        if material in plant.layout.routings:
            mes.release.know(plant, [material])
            mes.equipment.know(plant)

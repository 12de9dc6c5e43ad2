"""The plant of a run, with the persons who work there now, and what is declared now."""

from __future__ import annotations

from twin.mes.mes import Mes
from twin.model.personnel.staff import Staffing
from twin.model.plant import Plant


class StaffOfRun:
    """`declared` is the plant as the files have it; `plant` has in it what was said of persons and of master data since then."""

    mes: Mes

    def begin_with(self, plant: Plant) -> None:
        """The run is one of this plant."""
        self.declared = self._plant = plant
        self._staffed: tuple[Staffing | None, int, Plant] = (None, 0, plant)  # as of so many changes

    @property
    def played(self) -> Plant:
        """The plant without what was said of it: who plays the run from its first instant hears that anew."""
        return self._plant

    @property
    def plant(self) -> Plant:
        """The plant as it is now, a value: with who has joined, left or learnt something since the files were read, what is declared."""
        staffing, dated = self.mes.labour.staffing, self.mes.master_data.dated
        version = staffing.version + dated.version
        if self._plant is not self.declared or not version:
            return self._plant
        if self._staffed[0] is not staffing or self._staffed[1] != version:
            self._staffed = staffing, version, dated.seen(staffing.seen(self.declared))
        return self._staffed[2]

    @plant.setter
    def plant(self, plant: Plant) -> None:
        self._plant = plant

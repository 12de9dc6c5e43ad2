"""The pages of a run by rule: all that the plant has said, as columns, and whose request each of its lots is.

A job order is told as a label, serial of its lot * STEPS_IN_A_LABEL + number of its operation; a batch as minus its number.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from twin.kernels.floor.rows import asked_rows as asked
from twin.kernels.floor.rows import log_rows as said
from twin.kernels.floor.rows import plant_rows as at
from twin.model.scenario import Scenario
from twin.simulation.compiled_plant.compiled_plant import CompiledPlant
from twin.simulation.compiled_plant.words import Words

Ints = NDArray[np.int64]

NOBODY = -1

_IS_KEPT = np.isin(
    range(said.PLACES),
    [
        said.TELLS_BEAT, said.TELLS_STOCK, said.TELLS_WORK, said.TELLS_DELIVERY, said.TELLS_STATE, said.TELLS_COUNT, said.TELLS_ENERGY,
        said.TELLS_SHIPMENT, said.TELLS_SKIP, said.TELLS_LIMIT,
    ],
)  # fmt: skip


class NamesKept(Words):
    """Words that keep what the floor has written down as rows, too."""

    def __init__(self, words: Words) -> None:
        self.__dict__.update(words.__dict__)
        self.rows = [rows.copy() for rows in words._unread]

    def learn_later(self, names: Ints, *, stay: bool = False) -> None:
        self.rows.append(names if stay else names.copy())
        super().learn_later(self.rows[-1], stay=True)


@dataclass(slots=True)
class Pages:
    """What the plant has said so far (int64[n, EVENT_ROW] each), and how it stands at the end of it.

    Attributes
    ----------
    request_of : by serial of a lot, the number of its request
    material_of : by number of a request, what it asks for
    found_as : by number of a request, which lot found at the start it is for; NOBODY: none
    order_of : by number of a request, the place of its customer order in `orders`; NOBODY: none is known
    is_open : by number of a request, whether it is not answered at the end
    members : by number of a batch, the labels of its job orders
    """

    source: CompiledPlant
    scenario: Scenario
    names: NamesKept
    keeps_all: bool = False
    slices: list[Ints] = field(default_factory=list)
    plant: Ints = field(init=False)  # the array of the compiled plant, as it stands at the end
    request_of: Ints = field(init=False)
    is_whole: NDArray[np.bool_] = field(init=False)  # by serial: no pieces that were sent back
    addresses: Ints = field(init=False)
    material_of: Ints = field(init=False)
    found_as: Ints = field(init=False)
    order_of: list[tuple[int, int] | None] = field(init=False)
    is_open: NDArray[np.bool_] = field(init=False)
    members: dict[int, list[int]] = field(init=False)

    @classmethod
    def of(cls, source: CompiledPlant, scenario: Scenario, *, keeps_all: bool = False) -> Pages:
        """Those of a plant that is about to be played by rule; nothing is said yet. `keeps_all`: what costs nothing is kept too."""
        names = NamesKept(source.words)
        source.words = names
        return cls(source, scenario, names, keeps_all)

    def take(self, rows: Ints) -> None:
        """Keep some rows more; unless all of them are kept, as far as they say where time, energy, material or money goes."""
        self.slices.append(rows.copy() if self.keeps_all else rows[_IS_KEPT[rows[:, said.EVENT_WHAT] % said.PLACES]])

    @property
    def rows(self) -> Ints:
        if len(self.slices) > 1:
            self.slices = [np.concatenate(self.slices)]
        return self.slices[0] if self.slices else np.empty((0, said.EVENT_ROW), np.int64)

    def close(self) -> None:
        """Nothing more is said: read what lots are called, and which requests are open."""
        self.stand()
        self._close(self.source.state.plant)

    def stand(self) -> None:
        """The plant has come to an instant, from which `going_on` goes on."""
        _, unread = self.source.state.unread()
        self.names.learn_later(unread.reshape(-1, said.NAME_ROW))
        self.slices = [self.rows]

    def going_on(self, rows: Ints, names: list[Ints], plant: Ints) -> Pages:
        """All that was said up to here and in a future of it, closed; `plant`: its array at the end."""
        words = NamesKept(self.names.copy())
        words.rows += self.names.rows
        for it in names:
            words.learn_later(it)
        self.source.words = words
        whole = Pages(self.source, self.scenario, words, self.keeps_all, list(self.slices))
        whole.take(rows)
        whole._close(plant)
        return whole

    def quantity_now(self, serial: int) -> int:
        """Pieces of a lot that is in the plant at the end.

        Raises
        ------
        KeyError : it is not
        """
        plant, address = self.plant, int(self.addresses[serial])
        if plant[address + at.SERIAL] != serial or plant[address + at.LOT_IS_GONE]:
            raise KeyError(serial)
        return int(plant[address + at.LOT_QUANTITY])

    def takes_its_bill(self, serial: int) -> bool:
        """Whether a lot takes its bill from stock: what was found, or sent back, has it in it already."""
        return bool(self.is_whole[serial]) and int(self.found_as[self.request_of[serial]]) == NOBODY

    def jobs_on_lines(self) -> set[int]:
        """Labels of the job orders that lines have begun and not counted to the end."""
        plant = self.plant
        units = [int(plant[at.EQUIPMENT_AT]) + n * at.EQUIPMENT_ROW for n in range(int(plant[at.EQUIPMENT_COUNT]))]
        lines = (unit for unit in units if plant[unit + at.KIND] == at.LINE)
        return {int(plant[unit + at.JOB_LABEL]) for unit in lines if plant[unit + at.HAS_JOB] and plant[unit + at.LEFT_TO_COUNT] > 0}

    # Inside

    def _close(self, plant: Ints) -> None:
        self.plant = plant
        names = np.concatenate(self.names.rows)
        self._read_lots(names[names[:, said.NAME_KIND] == said.NAMES_LOT])
        self._read_requests(names[names[:, said.NAME_KIND] == said.NAMES_REQUEST])
        self.members = {}
        for row in names[names[:, said.NAME_KIND] == said.NAMES_MEMBER].tolist():
            self.members.setdefault(row[said.NAME_SERIAL], []).append(row[said.NAME_ORIGIN])
        self._read_what_is_open()

    def _read_lots(self, lots: Ints) -> None:
        count = 1 + int(lots[:, said.NAME_SERIAL].max(initial=0))
        self.request_of, self.addresses = np.zeros(count, np.int64), np.zeros(count, np.int64)
        self.is_whole = np.zeros(count, np.bool_)
        serials = lots[:, said.NAME_SERIAL]
        assert (lots[:, said.NAME_ORIGIN] == at.BY_REQUEST).all()
        self.request_of[serials], self.addresses[serials] = lots[:, said.NAME_N], lots[:, said.NAME_LOT]
        self.is_whole[serials] = lots[:, said.NAME_DEPTH] == 0

    def _read_requests(self, requests: Ints) -> None:
        count = 1 + int(requests[:, said.NAME_SERIAL].max(initial=0))
        known = len(self.scenario.demand.orders)
        work = self.scenario.counted_work()
        self.material_of, self.found_as = np.zeros(count, np.int64), np.full(count, NOBODY)
        self.order_of = [None] * count
        places = {order.order: n for n, order in enumerate(self.scenario.demand.orders)}
        for row in requests.tolist():
            serial, origin, n = row[said.NAME_SERIAL], row[said.NAME_ORIGIN], row[said.NAME_N]
            self.material_of[serial] = row[said.NAME_MATERIAL]
            if origin == at.BY_REQUEST:
                self.order_of[serial] = self.order_of[n]
            elif known <= origin < known + len(work):
                self.found_as[serial] = origin - known if row[said.NAME_PART] <= 1 else NOBODY
                of = work[origin - known]["order"]
                self.order_of[serial] = (places[of], 0) if of in places else None
            else:
                self.order_of[serial] = (origin, n)

    def _read_what_is_open(self) -> None:
        """Open is what has a lot that is not gone, or lots that are not let in yet; what has neither has cost nothing."""
        plant = self.plant
        self.is_open = np.zeros(self.material_of.size, np.bool_)
        serials = np.arange(1, self.addresses.size)
        at_home = plant[self.addresses[1:] + at.SERIAL] == serials
        alive = at_home & (plant[self.addresses[1:] + at.LOT_IS_GONE] == 0)
        self.is_open[self.request_of[1:][alive]] = True
        waiting = int(plant[at.BACKLOG_FIRST])
        while waiting >= 0:
            self.is_open[plant[waiting + asked.IN_NUMBERS]] = True
            waiting = int(plant[waiting + asked.REQUEST_NEXT])

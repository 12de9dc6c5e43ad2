"""Words for the numbers of the compiled floor: names of lots and jobs, reasons, persons. And numbers for words that commands bring."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.kernels.floor.rows import log_rows as said
from twin.kernels.floor.rows import plant_rows as at
from twin.model.plant import Plant, job_order_id
from twin.model.scenario import Scenario
from twin.simulation.shop_floor.routing import Steps


class Words:
    """Texts by number and numbers by text, of one run. What the floor calls lots is read from the names that it writes down."""

    def __init__(self, plant: Plant, scenario: Scenario, steps: Steps) -> None:
        self._reasons = list(said.REASONS)
        self._reason_numbers = {reason: n for n, reason in enumerate(self._reasons)}
        self._texts = [""]  # names of persons together, names of lots that commands brought
        self._text_numbers = {"": 0}
        self._materials = list(plant.materials.materials)
        self._operations = [operation for _, operation in steps]
        self._storages = [step.storage for step in steps.values()]
        self._orders = [*(line.order for line in scenario.demand.orders), *scenario.work_in_process]
        self._streams = list(scenario.demand.streams)
        self.watches: dict[str, int] = {}  # of persons: addresses of their calendars
        self.calendar_lists: dict[tuple[int, ...], int] = {}  # and where lists of such calendars lie
        self._lots: dict[int, str] = {}  # by serial
        self._batches: dict[int, list[int]] = {}
        self._requests: dict[int, str] = {}
        self._unread: list[NDArray[np.int64]] = []  # names that nobody has asked for yet

    def copy(self) -> Words:
        """Words that go their own way from here."""
        learned = self.learned()
        other = Words.__new__(Words)
        other.__dict__.update(self.__dict__)
        other._unread = []
        other.recall(**learned)
        return other

    def learned(self) -> dict[str, Any]:
        """What was learned since the beginning, as values that can be written down; `recall` takes it in."""
        self._read()
        return {
            "reasons": list(self._reasons), "texts": list(self._texts), "watches": dict(self.watches),
            "calendar_lists": [[address, *watches] for watches, address in self.calendar_lists.items()],
            "lots": dict(self._lots), "batches": {number: list(members) for number, members in self._batches.items()},
            "requests": dict(self._requests),
        }  # fmt: skip

    def recall(
        self, *, reasons: list[str], texts: list[str], watches: dict[str, int], calendar_lists: list[list[int]], lots: dict[int, str],
        batches: dict[int, list[int]], requests: dict[int, str],
    ) -> None:  # fmt: skip
        """Know this, and nothing else."""
        self._reasons, self._reason_numbers = reasons, {reason: n for n, reason in enumerate(reasons)}
        self._texts, self._text_numbers = texts, {text: n for n, text in enumerate(texts)}
        self.watches, self._lots, self._batches, self._requests = watches, lots, batches, requests
        self.calendar_lists = {tuple(its): address for address, *its in calendar_lists}

    # -- numbers for words

    def reason(self, reason: str) -> int:
        """The number of a reason, a new one if need be."""
        if reason not in self._reason_numbers:
            self._reason_numbers[reason] = len(self._reasons)
            self._reasons.append(reason)
        return self._reason_numbers[reason]

    def text(self, text: str) -> int:
        """The number of a text; "" is 0."""
        if text not in self._text_numbers:
            self._text_numbers[text] = len(self._texts)
            self._texts.append(text)
        return self._text_numbers[text]

    def watches_of(self, persons: Iterable[str]) -> tuple[int, ...]:
        """The calendars of these persons, each once."""
        return tuple(sorted({self.watches[person] for person in persons}))

    # -- words for numbers

    @property
    def reason_count(self) -> int:
        """How many reasons there are; their numbers are below it."""
        return len(self._reasons)

    def reason_of(self, number: int) -> str:
        return self._reasons[number]

    def text_of(self, number: int) -> str:
        return self._texts[number]

    def order_of(self, origin: int, n: int) -> str:
        """The id of an order: of a line, or the n-th of a stream."""
        return self._orders[origin] if origin < len(self._orders) else f"{self._streams[origin - len(self._orders)]}-{n}"

    def lot_of(self, serial: int) -> str:
        self._read()
        return self._lots[serial]

    def arrival_of(self, label: int) -> dict[str, Any]:
        """Where the lot of a job order waits for it, and what they are called."""
        serial, step = divmod(label, said.STEPS_IN_A_LABEL)
        return {"equipment": self._storages[step], "job_order": self.job_of(label), "lot": self.lot_of(serial)}

    def job_of(self, label: int) -> str:
        """The job order of a label, or those of a batch, joined; 0 is none."""
        if label == 0:
            return ""
        self._read()
        if label < 0:
            return "+".join([self.job_of(member) for member in self._batches[-label]])
        serial, step = divmod(label, said.STEPS_IN_A_LABEL)
        return job_order_id(self._lots[serial], self._operations[step])

    def lot_of_job(self, label: int) -> str:
        """The lot that one job order is about."""
        return self.lot_of(label // said.STEPS_IN_A_LABEL)

    def material(self, material: str) -> int:
        return self._materials.index(material)

    def learn_later(self, names: NDArray[np.int64], *, stay: bool = False) -> None:
        """Keep what the floor has written down until somebody asks what a lot is called: a million names take a second.

        `stay` says that nobody writes over it as long as these words are needed.
        """
        self._unread.append(names if stay else names.copy())

    def _read(self) -> None:
        if self._unread:
            for names in self._unread:
                self.learn(names.tolist())
            self._unread = []

    def learn(self, names: Sequence[Sequence[int]]) -> list[tuple[str, int, int]]:
        """Take in what the floor has written down; name, address and serial of every lot that is new."""
        new = []
        for kind, serial, origin, n, part, digits, depth, material, address in names:
            if kind == said.NAMES_MEMBER:
                self._batches.setdefault(serial, []).append(origin)
                continue
            if origin == at.BY_HOST:
                name = self._texts[n]
            elif kind == said.NAMES_LOT and origin == at.BY_REQUEST:
                name = self._requests[n]
            else:
                above = self._requests[n] if origin == at.BY_REQUEST else self.order_of(origin, n)
                name = f"{above}-{self._materials[material]}"
            if kind == said.NAMES_REQUEST:
                self._requests[serial] = f"{name}.F{part}" if part > 1 else name
                continue
            if part:
                name = f"{name}.{part:0{digits}}"
            self._lots[serial] = name + ".R" * depth
            new.append((self._lots[serial], address, serial))
        return new

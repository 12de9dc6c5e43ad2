"""What the MES would conclude from the pages of a run by rule, as the events that the ERP hears of it.

The compiled rules have decided what is started when; what is left to say is which work, time and material belong to which job order, and
`Work` knows that. Which lots a component comes out of depends on the stock of that moment, so that is for whoever hears it: `Begun`.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from twin.kernels.floor.rows import log_rows as said
from twin.mes.operations.parts import parts
from twin.model.events import (
    EquipmentActual,
    JobOrderCompleted,
    JobOrderCreated,
    JobOrderStarted,
    MaterialActual,
    OperationsEvent,
    OperationsResponse,
    PersonnelActual,
)
from twin.model.states import MaterialUse
from twin.study.by_rule.declared import Declared
from twin.study.by_rule.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A job order begins; `takes_bill`: its lot is worked on for the first time, and what its bill asks for is taken."""

    started: JobOrderStarted
    material: str
    quantity: int  # of the lot
    takes_bill: bool


Conclusion = OperationsEvent | Begun


class Conclusions:
    """By row of the pages, in the order in which they are told. `of` is of the plant; the pages of `work` are closed."""

    def __init__(self, of: Declared, work: Work) -> None:
        self._of, self._pages, self._work = of, work.pages, work
        self._words, self._requests = self._pages.names, self._pages.names.learned()["requests"]
        self._created: dict[int, JobOrderCreated] = {}
        self._known_at: dict[int, int] = {}  # by label: the first row that is about it
        self.by_row: defaultdict[int, list[Conclusion]] = defaultdict(list)
        self._hear_what_ended()
        self._hear_what_began()
        self._hear_what_was_lost()
        self._hear_what_was_finished()
        self._hear_answers()
        self._create()

    def _hear_what_ended(self) -> None:
        """Time, energy and work of each interval that is over."""
        places, is_costed = self._of.places, self._of.is_costed.tolist()
        for at_us, place, label, setup_us, run_us, energy_wh, row in self._work.machine.tolist():
            if is_costed[place] and (setup_us or run_us or energy_wh):
                subject = self._subject(label, row)
                self.by_row[row].append(
                    EquipmentActual(
                        effective_us=at_us, equipment=places[place], setup_us=setup_us, run_us=run_us, energy_wh=energy_wh, **subject
                    )
                )
        for at_us, text, label, work_us, row in self._work.labour.tolist():
            subject = self._subject(label, row)
            persons = self._words.text_of(text).split("+") if work_us else []
            self.by_row[row] += [PersonnelActual(effective_us=at_us, person=it, work_us=work_us, **subject) for it in persons]

    def _hear_what_began(self) -> None:
        firsts = self._work.begun()
        for label, row in self._work.started().items():
            serial, subject = label // said.STEPS_IN_A_LABEL, self._subject(label, row)
            takes_bill = firsts[serial] == row and self._pages.takes_its_bill(serial)
            started, it = JobOrderStarted(effective_us=self._at_us(row), **subject), self._created[label]
            self.by_row[row].append(Begun(started=started, material=it.material, quantity=it.quantity, takes_bill=takes_bill))

    def _hear_what_was_lost(self) -> None:
        for at_us, label, pieces, row in self._work.scrap.tolist():
            self._move(label, row, at_us, MaterialUse.SCRAPPED, pieces)

    def _hear_what_was_finished(self) -> None:
        for label, end in self._work.ends.items():
            if label in self._work.unfinished:
                continue
            at_us, row, subject = end.last_us, end.last_row, self._subject(label, end.last_row)
            completed = JobOrderCompleted(effective_us=at_us, good=end.good, scrap=end.scrap, rework=end.rework, **subject)
            self.by_row[row] += [completed, *parts(self._of.plant, self._created[label], completed)]
            if end.good and self._is_last(label):
                self._move(label, row, at_us, MaterialUse.PRODUCED, end.good)

    def _hear_answers(self) -> None:
        answered = self._work.answered()
        good, scrap = dict.fromkeys(answered, 0), dict.fromkeys(answered, 0)
        for label, end in self._work.ends.items():
            if (request := self._request(label)) in answered:
                good[request] += end.good if self._is_last(label) else 0
                scrap[request] += end.scrap
        for request, row in answered.items():
            self.by_row[row].append(
                OperationsResponse(
                    effective_us=self._at_us(row), request=self._requests[request], good=good[request], scrap=scrap[request],
                    material=self._of.names[int(self._pages.material_of[request])],
                )
            )  # fmt: skip

    def _create(self) -> None:
        """Job orders are there before anything is said of them; what is under way at the end is one, too."""
        it = self._work.intervals
        for label, row in zip(it.label.tolist(), it.since_row.tolist(), strict=True):
            for member in self._pages.members[-label] if label < 0 else [label] if label else []:
                self._subject(member, row)
        for label, row in self._known_at.items():
            self.by_row[row].insert(0, self._created[label])

    # Inside

    def _at_us(self, row: int) -> int:
        return int(self._pages.rows[row, said.EVENT_US])

    def _request(self, label: int) -> int:
        return int(self._pages.request_of[label // said.STEPS_IN_A_LABEL])

    def _is_last(self, label: int) -> bool:
        return self._of.step(label % said.STEPS_IN_A_LABEL).following is None

    def _subject(self, label: int, row: int) -> dict[str, Any]:
        """Request, job order and lot of a label that a row is about."""
        if (known := self._created.get(label)) is None:
            serial, step = divmod(label, said.STEPS_IN_A_LABEL)
            material, operation = self._of.steps[step]
            known = self._created[label] = JobOrderCreated(
                effective_us=self._at_us(row), request=self._requests[int(self._pages.request_of[serial])],
                job_order=self._words.job_of(label), lot=self._words.lot_of(serial), material=material, operation=operation,
                quantity=self._work.lot_quantity(serial),
            )  # fmt: skip
        self._known_at[label] = min(row, self._known_at.get(label, row))
        return {"request": known.request, "job_order": known.job_order, "lot": known.lot}

    def _move(self, label: int, row: int, at_us: int, use: MaterialUse, pieces: int) -> None:
        subject = self._subject(label, row)
        self.by_row[row].append(
            MaterialActual(effective_us=at_us, use=use.value, material=self._created[label].material, quantity=pieces, **subject)
        )

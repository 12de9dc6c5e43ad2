"""The single losses of a run: each failure, set-up, scrap and rework that its plant has told, with the number that it is left out by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from twin.model.events import AlarmCleared, AlarmRaised, CountObserved, EquipmentStateChanged, OperationsEvent
from twin.model.losses.left_out import LeftOut, LossKind
from twin.model.plant import Plant
from twin.model.states import DEADLOCK, WorkUnitState

US_PER_MIN = 60_000_000
_SETTING_UP = int(WorkUnitState.STARTING)
_STILL_HIS = frozenset({_SETTING_UP, int(WorkUnitState.HELD), int(WorkUnitState.SUSPENDED)})
"""States in which a set-up that has begun may be, until the work begins or the job ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LossFound:
    """One loss. `duration_us`: how long the equipment was down or was set up; of pieces, their share of the run that lost them."""

    left_out: LeftOut
    at_us: int
    duration_us: int
    job_order: str = ""
    pieces: int = 0
    goes_on: bool = False  # it was not over at the end of the run

    @property
    def minutes(self) -> float:
        """The same in minutes."""
        return self.duration_us / US_PER_MIN

    @property
    def rank(self) -> tuple[int, int, str, str]:
        """The longest first; of equally long ones the earliest, then by equipment and kind."""
        return -self.duration_us, self.at_us, self.left_out.equipment, str(self.left_out)


@dataclass(slots=True, kw_only=True)
class _Open:
    """A loss that is not over yet."""

    left_out: LeftOut
    at_us: int
    job_order: str = ""
    worked_us: int = 0
    since_us: int | None = None  # set-up: works since then; None: it stands

    def closed(self, end_us: int, *, goes_on: bool = False) -> LossFound:
        duration_us = end_us - self.at_us
        if self.left_out.loss == "setup":
            duration_us = self.worked_us + (end_us - self.since_us if self.since_us is not None else 0)
        return LossFound(
            left_out=self.left_out, at_us=self.at_us, duration_us=duration_us, job_order=self.job_order, goes_on=goes_on
        )  # fmt: skip


@dataclass(slots=True, kw_only=True)
class _Runs:
    """How long a piece of equipment has run since it last counted pieces."""

    ran_us: int = 0
    since_us: int | None = None
    counted_us: int | None = None
    counted_ran_us: int = 0  # before the counts of that instant: those of a batch share it

    def begin(self, now_us: int) -> None:
        self.since_us = now_us

    def end(self, now_us: int) -> None:
        if self.since_us is not None:
            self.ran_us, self.since_us = self.ran_us + now_us - self.since_us, None

    def count(self, now_us: int) -> int:
        """Pieces are counted now: how long the run before them was."""
        if self.counted_us != now_us:
            going_on = self.since_us is not None
            self.end(now_us)
            self.counted_us, self.counted_ran_us, self.ran_us = now_us, self.ran_us, 0
            self.since_us = now_us if going_on else None
        return self.counted_ran_us


@dataclass(slots=True)
class _Hears:
    """Follows the plant's own facts in their order."""

    plant: Plant
    without: frozenset[tuple[LossKind, str, str, int]]
    found: list[LossFound] = field(default_factory=list)
    _counts: dict[tuple[LossKind, str, str], int] = field(default_factory=dict)
    _down: dict[tuple[str, str], list[_Open]] = field(default_factory=dict)
    _setups: dict[str, _Open] = field(default_factory=dict)
    _runs: dict[str, _Runs] = field(default_factory=dict)

    def number(self, loss: LossKind, equipment: str, reason: str = "") -> LeftOut:
        """The next loss of that kind there."""
        key = loss, equipment, reason
        count = self._counts.get(key, 0) + 1
        while (*key, count) in self.without:
            count += 1
        self._counts[key] = count
        return LeftOut(loss=loss, equipment=equipment, reason=reason, occurrence=count)

    def fails(self, fact: AlarmRaised) -> None:
        if fact.alarm != DEADLOCK:
            left_out = self.number("failure", fact.equipment, fact.alarm)
            self._down.setdefault((fact.equipment, fact.alarm), []).append(_Open(left_out=left_out, at_us=fact.effective_us))

    def is_repaired(self, fact: AlarmCleared) -> None:
        if down := self._down.get((fact.equipment, fact.alarm)):
            self.found.append(down.pop(0).closed(fact.effective_us))

    def changes(self, fact: EquipmentStateChanged) -> None:
        runs = self._runs.setdefault(fact.equipment, _Runs())
        runs.begin(fact.effective_us) if fact.state == WorkUnitState.EXECUTE else runs.end(fact.effective_us)
        open_one = self._setups.get(fact.equipment)
        if open_one and open_one.since_us is not None:
            open_one.worked_us, open_one.since_us = open_one.worked_us + fact.effective_us - open_one.since_us, None
        if open_one and (fact.job_order != open_one.job_order or fact.state not in _STILL_HIS):
            self.found.append(self._setups.pop(fact.equipment).closed(fact.effective_us))
            open_one = None
        if fact.state == _SETTING_UP and fact.reason == "setup":
            if open_one is None:
                left_out = self.number("setup", fact.equipment)
                open_one = self._setups[fact.equipment] = _Open(left_out=left_out, at_us=fact.effective_us, job_order=fact.job_order)
            open_one.since_us = fact.effective_us

    def counts(self, fact: CountObserved) -> None:
        if fact.equipment in self.plant.layout.production_lines:
            return  # its stations have told
        ran_us = self._runs.setdefault(fact.equipment, _Runs()).count(fact.effective_us)
        kinds: tuple[tuple[LossKind, int], ...] = (("scrap", fact.scrap), ("rework", fact.rework))
        for loss, pieces in kinds:
            if pieces:
                self.found.append(
                    LossFound(
                        left_out=self.number(loss, fact.equipment), at_us=fact.effective_us, job_order=fact.job_order, pieces=pieces,
                        duration_us=ran_us * pieces // (fact.good + fact.scrap + fact.rework),
                    )
                )  # fmt: skip

    def still_open(self, end_us: int) -> Iterator[LossFound]:
        for open_one in [*self._setups.values(), *(it for down in self._down.values() for it in down)]:
            yield open_one.closed(end_us, goes_on=True)


def losses_in(facts: Iterable[OperationsEvent], plant: Plant, end_us: int, without: Iterable[LeftOut] = ()) -> list[LossFound]:
    """Every single loss that the facts of a plant tell, in the order in which they began; `without`: what it left out already."""
    hears = _Hears(plant, frozenset((it.loss, it.equipment, it.reason, it.occurrence) for it in without))
    for fact in facts:
        match fact:
            case EquipmentStateChanged():
                hears.changes(fact)
            case CountObserved():
                hears.counts(fact)
            case AlarmRaised():
                hears.fails(fact)
            case AlarmCleared():
                hears.is_repaired(fact)
    found = [*hears.found, *hears.still_open(end_us)]
    return sorted(found, key=lambda it: (it.at_us, it.left_out.equipment, str(it.left_out)))

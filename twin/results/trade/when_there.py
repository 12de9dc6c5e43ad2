"""When a customer could have something: one date to promise, what each method says beside it, and why that is another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from twin.erp.sales.capable import AVAILABLE, CAPABLE, capable
from twin.erp.sales.promising import Promise, lead_us_of, promise
from twin.model.calendars import spoken_duration
from twin.model.problems import listed
from twin.results.outlook.asked_later import THOUGHT, Thought, asked_for_later
from twin.results.outlook.rehearsal import HORIZON_US, PERSONS, SETUPS, Rehearsal
from twin.results.outlook.work_left import work_left
from twin.results.run import Run

PLAYED = "played once"
UNSEEN = (
    (PERSONS, "it does not wait for persons, the floor does for"),
    (SETUPS, "it has set-ups at their mean, on the floor they take"),
)
"""What finite capacity leaves out, or has by an allowance."""
MOST_TRIES = 5
MOST_LOTS = 2_000
"""Of more the floor is not played: it takes seconds, in which the plant waits."""
WORTH_A_TRY_US = 4 * 3_600_000_000
LEAST_US = 60_000_000
"""What differs by less is the same to whoever reads dates to the minute."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pushed:
    """An open order that would leave later if this one were taken; `after_us` None: not within the weeks that are played."""

    order: str
    due_us: int
    before_us: int
    after_us: int | None

    @property
    def is_late_by_it(self) -> bool:
        """In time without it, and too late with it."""
        return self.before_us <= self.due_us and (self.after_us is None or self.after_us > self.due_us)


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """What one method says, `at_us` None: no date; and why that is not what is recommended, "" where it is."""

    name: str
    at_us: int | None
    reason: str
    differs: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WhenThere:
    """All answers to one question.

    Attributes
    ----------
    recommended_us : the date that finite capacity can give and that the floor keeps, played once with the order; None: nobody can say
    why : what decides it
    capable, available : the promises by material and capacity, and by stock and lead times
    played_us : when it leaves, wanted by the recommended date; None: no end in sight, or not played
    pushed : orders that leave later with it than without, those first that are late by it
    quotes_by : by which method quotes go here
    """

    material: str
    quantity: int
    recommended_us: int | None
    why: str
    capable: Promise
    available: Promise
    played_us: int | None
    methods: tuple[Method, ...]
    pushed: tuple[Pushed, ...]
    quotes_by: str

    @property
    def late_by_it(self) -> list[Pushed]:
        """Orders that would be late by it alone."""
        return [it for it in self.pushed if it.is_late_by_it]


def when_there(run: Run, material: str, quantity: int) -> WhenThere:
    """When so much of a product that nobody has ordered yet can be there; nothing is changed by asking."""
    asked = _Asked(run, material, quantity)
    return WhenThere(
        material=material, quantity=quantity, recommended_us=asked.recommended_us, why=asked.why, capable=asked.capable,
        available=asked.available, played_us=asked.left_us, methods=tuple(asked.methods()), pushed=tuple(asked.pushed),
        quotes_by=run.erp.policies.promising.replace("_", " "),
    )  # fmt: skip


def recommended(run: Run, material: str, quantity: int) -> tuple[int, str] | None:
    """The date to promise alone, and why not earlier; None: nobody can say."""
    asked = _Asked(run, material, quantity)
    if asked.recommended_us is None:
        return None
    is_by_capacity = asked.recommended_us == asked.capable.due_us
    return asked.recommended_us, asked.capable.reason if is_by_capacity else asked.why


class _Asked:
    """One question, and all that it takes to answer it."""

    def __init__(self, run: Run, material: str, quantity: int) -> None:
        self._run, self._material, self._quantity = run, material, quantity
        self.capable = capable(run.erp, material, quantity, run.now_us, left=work_left(run))
        self.available = promise(run.erp, material, quantity, run.now_us)
        self._not_played = self._why_not_played()
        self._played: Rehearsal | None = None
        self.recommended_us: int | None = self.capable.due_us
        if not self._not_played:
            self._played, self.recommended_us = self._settled()
        self.left_us = self._played.shipped_us.get(THOUGHT) if self._played else None

    def _why_not_played(self) -> str:
        """Why nobody plays the floor with it; "" if somebody does."""
        if self.capable.due_us >= self._run.now_us + HORIZON_US:
            return "the floor is played for five weeks, and it takes longer"
        sizes = {name: it.lot_size for name, it in self._run.plant.materials.materials.items()}
        asked = asked_for_later(self._run, self._thought(self.capable.due_us))
        lots = sum(-(-it.quantity // (sizes[it.material] or it.quantity)) for it in asked if not it.is_bought)
        return f"{lots:,} lots are too many to be played" if lots > MOST_LOTS else ""

    def _thought(self, due_us: int) -> Thought:
        return Thought(material=self._material, quantity=self._quantity, due_us=due_us)

    def _settled(self) -> tuple[Rehearsal, int | None]:
        """A play in which it is wanted by a date by which it leaves, and that date; None: none that was tried is kept.

        What is wanted later gives way to more, and is asked for later by a plan: so a date that the play has moved is tried again; where
        that one is kept with time to spare, the instant at which it leaves is tried, once.
        """
        plays: list[Rehearsal] = []

        def leaves_us(by_us: int) -> int | None:
            plays.append(Rehearsal(self._run, self._thought(by_us)).play())
            return plays[-1].shipped_us.get(THOUGHT)

        wanted_us = self.capable.due_us
        left_us, tried = leaves_us(wanted_us), 1
        while left_us is not None and left_us > wanted_us and tried < MOST_TRIES:
            wanted_us = left_us if tried == 1 else 2 * left_us - wanted_us
            left_us, tried = leaves_us(wanted_us), tried + 1
        if left_us is None or left_us > wanted_us:
            return plays[-1], None
        if tried > 1 and wanted_us - left_us >= WORTH_A_TRY_US:
            kept, again_us = plays[-1], leaves_us(left_us)
            return (plays[-1], left_us) if again_us is not None and again_us <= left_us else (kept, wanted_us)
        return plays[-1], wanted_us

    @property
    def why(self) -> str:
        """What decides the date that is recommended."""
        if self._played is None:
            return f"material and finite capacity alone say so: {self._not_played}"
        if self.recommended_us is None and self.left_us is not None:
            return "nobody can say: of each date that was tried the floor is late, since what is wanted later is begun later"
        if self.recommended_us is None:
            missing = self._played.missing
            return f"nobody can say: {f'{listed(missing)} does not come' if missing else 'no end is in sight within five weeks'}"
        if self.recommended_us > self.capable.due_us:
            return "the floor keeps none that is earlier, played once with this order"
        return (
            "material and finite capacity can give it without moving what is planned, and the floor keeps it, played once with this order"
        )

    @cached_property
    def pushed(self) -> list[Pushed]:
        """Who leaves later with it, those first that it makes late, then by when they are due."""
        if self._played is None:
            return []
        before, after = Rehearsal(self._run).play().shipped_us, self._played.shipped_us
        found = [
            Pushed(order=it.order, due_us=it.due_us, before_us=before[it.order], after_us=after.get(it.order))
            for it in self._played.orders
            if it.order in before and (it.order not in after or after[it.order] - before[it.order] >= LEAST_US)
        ]
        return sorted(found, key=lambda it: (not it.is_late_by_it, it.due_us, it.order))

    def methods(self) -> Iterator[Method]:
        """What each says, and why that is another date."""
        reason = self.capable.reason.removeprefix(f"{CAPABLE}: ")
        yield Method(name=CAPABLE, at_us=self.capable.due_us, reason=reason, differs=self._differs_capable())
        reason = "all open work and this order, wanted by the date above, played once from now"
        yield Method(name=PLAYED, at_us=self.left_us, reason=self._not_played or reason, differs=self._differs_played())
        yield Method(name=AVAILABLE, at_us=self.available.due_us, reason=self.available.reason, differs=self._differs_available())

    def _apart(self, at_us: int | None) -> int:
        """So much later than the date that is recommended, < 0: earlier; 0 where one of them is none, or both are in one minute."""
        if at_us is None or self.recommended_us is None or abs(at_us - self.recommended_us) < LEAST_US:
            return 0
        return at_us - self.recommended_us

    def _differs_capable(self) -> str:
        """What the play waits for that is not in finite capacity, each part as long as the play is shorter without it."""
        apart_us = self._apart(self.capable.due_us)
        if not apart_us or self._played is None or self._played.thought_of is None or self.left_us is None:
            return ""
        parts = list[str]()
        if self._run.erp.policies.planning == "material_plan":
            parts.append("the plan asks the floor for it only as long before its date as planned lead times say")
        for what, words in UNSEEN:
            other_us = Rehearsal(self._run, self._played.thought_of, (what,)).play().shipped_us.get(THOUGHT)
            if other_us is not None and self.left_us - other_us >= LEAST_US:
                parts.append(f"{words} {spoken_duration(self.left_us - other_us)}")
        found = "; ".join(parts) or "it leaves out queues by the dispatch rule, batches and transport"
        return f"{spoken_duration(-apart_us)} earlier: {found}"

    def _differs_played(self) -> str:
        """Why the floor is earlier than finite capacity."""
        apart_us = self._apart(self.left_us)
        if not apart_us:
            return ""
        count = len(self.pushed)
        gives_way = f", and {'one open order leaves' if count == 1 else f'{count} open orders leave'} later for it" if count else ""
        begins = f"the floor begins at once what it is given{gives_way}; finite capacity moves nothing that is planned"
        return f"{spoken_duration(-apart_us)} earlier: {begins}"

    def _differs_available(self) -> str:
        apart_us = self._apart(self.available.due_us)
        if not apart_us:
            return ""
        if apart_us < 0:
            unseen = "it does not see that equipment is taken or closed, nor what is short further down the bill"
            return f"{spoken_duration(-apart_us)} earlier: {unseen}"
        lead = spoken_duration(lead_us_of(self._run.erp, self._material))
        summed = f"it adds the planned lead times of the bill one after the other ({lead}), however free the floor is"
        return f"{spoken_duration(apart_us)} later: {summed}"

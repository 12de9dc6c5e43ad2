"""What one step of the path costs, counted in calls of functions: a count is the same on a busy machine and on an idle one."""

from __future__ import annotations

import inspect
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import MISSING, fields
from fractions import Fraction
from pathlib import Path
from types import FrameType

import pytest

from tests.rooms.upkeep.kept_shop import SCENARIO, kept_plant
from twin.erp.accounting.rounding import Accruals
from twin.erp.accounting.valuation.movements import Movement, Rank
from twin.erp.accounting.valuation.timeline import STEPS_KEPT, Timeline
from twin.mes import mes_of
from twin.model.calendars import WorkTime
from twin.model.events import CountObserved, EquipmentStateChanged, JournalPosted, MaintenanceRequested, OperationsEvent
from twin.model.events.operations_event import EVENT_TYPES
from twin.model.states import Source
from twin.store.files import read_plant
from twin.store.journal import DatabaseJournal

FRIDAY_US = 1_772_798_400_000_000  # 2026-03-06 12:00 UTC


def calls(action: Callable[[], object]) -> Counter[str]:
    """How often each function of Python is called meanwhile, by its qualified name."""
    found: Counter[str] = Counter()

    def note(frame: FrameType, event: str, _: object) -> None:
        if event == "call":
            found[frame.f_code.co_qualname] += 1

    sys.setprofile(note)
    try:
        action()
    finally:
        sys.setprofile(None)
    return found


def test_an_event_is_made_by_one_call_and_is_what_its_class_declares():
    made = calls(lambda: JournalPosted(effective_us=5, document="machine", legs=(("energy", 1), ("energy_payable", -1))))
    assert made["__init__"] == 1
    assert sum(made.values()) == 2, "the constructor, and who called it"
    for kind in EVENT_TYPES.values():
        given = inspect.signature(kind).parameters.values()
        assert {it.name: it.default for it in given} == {
            it.name: inspect.Parameter.empty if it.default is MISSING else it.default for it in fields(kind)
        }
        with pytest.raises(TypeError, match="effective_us"):
            kind()  # type: ignore[call-arg]
    late = CountObserved(effective_us=7, recorded_us=9, good=1)
    assert (late.recorded_us, CountObserved(effective_us=7, good=1).recorded_us) == (9, 7)
    with pytest.raises(AttributeError):
        late.good = 2  # type: ignore[misc]


def test_steps_between_rounded_totals_need_no_fraction_and_lose_nothing():
    accruals, steps, exact = Accruals(), 0, Fraction(0)
    for n in range(1, 60):
        numerator, denominator = 7 * n - 90, (3_600_000_000, 1_000_000, 7)[n % 3]
        steps, exact = steps + accruals.step_of(("R", "labour"), numerator, denominator), exact + Fraction(numerator, denominator)
    assert steps == round(exact) == accruals.total_minor(("R", "labour"))
    assert accruals.exact(("R", "labour")) == exact
    assert not [it for it in calls(lambda: accruals.step_of(("R", "labour"), 5, 3_600_000_000)) if it.startswith("Fraction")]


@pytest.mark.parametrize("method", ["moving_average", "fifo"])
def test_what_changes_near_the_end_of_a_key_is_reckoned_from_near_the_end(method):
    timeline = Timeline(method)
    for number in range(4 * STEPS_KEPT - 1):
        is_in = number % 2 == 0
        timeline.insert(
            Movement(
                event=OperationsEvent(effective_us=number), rank=Rank.BROUGHT if is_in else Rank.TAKEN, material="part", lot="",
                quantity=2 if is_in else -2, document="x", account="scrap_loss", given_minor=100 if is_in else 0,
            )
        )  # fmt: skip
    last = timeline.movements[-1]
    last.given_minor = 300
    again = calls(lambda: timeline.revise([last]))
    assert timeline.now.value_minor == 300
    assert again["Timeline._step"] < 20, "and not all since a quarter of a thousand movements ago"


def test_texts_of_a_journal_are_read_by_the_database_itself(tmp_path: Path):
    journal = DatabaseJournal(tmp_path / "plant.db")
    for n in range(50):
        journal.append(CountObserved(effective_us=n, equipment="mill_1", good=n, lot="Größe"), source=Source.LIVE)
    journal.commit()
    assert calls(lambda: list(journal.entries()))["_as_text"] == 0
    assert [entry.event.lot for entry in journal] == ["Größe"] * 50
    journal.close()


def test_sums_are_not_told_of_what_they_do_not_speak_of():
    mes = mes_of(kept_plant(), SCENARIO.policies)
    posted = JournalPosted(effective_us=5, document="machine", legs=())
    assert not mes.performance.hearing(JournalPosted)
    assert mes.performance.hearing(EquipmentStateChanged)
    mes.apply(posted)
    assert not [it for it in calls(lambda: mes.apply(posted)) if it.startswith(("KeptSums", "ExecutionTimes"))]


def test_an_hour_late_in_a_week_asks_for_no_other_week(root: Path):
    plant = read_plant(root / "plant_models" / "gearbox_shop")
    work_time = WorkTime(next(iter(plant.layout.calendars.values())), plant.layout.time_zone)
    asked = calls(lambda: work_time.intervals(FRIDAY_US, FRIDAY_US + 3_600_000_000))
    assert asked["WorkTime._intervals_of_week"] == 1


def test_maintenance_that_is_done_costs_no_later_start_anything():
    mes = mes_of(kept_plant(), SCENARIO.policies)
    unit = next(iter(mes.plant.layout.work_units))
    for n in range(200):
        mes.maintenance._request(MaintenanceRequested(effective_us=n, equipment=unit, maintenance=f"M{n}", category="x", description="y"))
        mes.maintenance.orders[f"M{n}"].standing = "done"
    mes.maintenance.missing_of("anybody", None, unit, 300)  # type: ignore[arg-type]
    assert sum(calls(lambda: mes.maintenance.missing_of("anybody", None, unit, 300)).values()) < 10  # type: ignore[arg-type]

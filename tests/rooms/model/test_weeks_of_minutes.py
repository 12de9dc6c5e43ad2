"""The checks see a calendar as the minutes of one week; the runs see it as intervals. Both must work at the same minutes."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from twin.model.calendars import WorkTime
from twin.model.checks.working_time import ALWAYS, WEEK_MIN, open_minutes
from twin.model.personnel.work_calendar import WEEKDAYS, CalendarException, WorkCalendar

MONDAY_US = 4 * 86_400_000_000  # 1970-01-05
MINUTE_US = 60_000_000


def clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


@st.composite
def calendars(draw: st.DrawFn) -> WorkCalendar:
    """One shift on some days, perhaps over midnight, with a break inside it."""
    days = draw(st.lists(st.sampled_from(WEEKDAYS), min_size=1, unique=True))
    start = draw(st.integers(0, 1439))
    length = draw(st.integers(3, 1440))
    after = draw(st.integers(0, length - 2))
    pause = draw(st.integers(1, length - after - 1))
    breaks = [{"start": clock((start + after) % 1440), "end": clock((start + after + pause) % 1440)}]
    shift = {"days": days, "start": clock(start), "end": clock((start + length) % 1440), "breaks": breaks}
    return WorkCalendar.model_validate({"shifts": {"only": shift}})


@given(calendar=calendars(), minutes=st.lists(st.integers(0, WEEK_MIN - 1), min_size=20, max_size=20))
def test_a_week_of_minutes_is_open_when_the_intervals_work(calendar: WorkCalendar, minutes: list[int]) -> None:
    week, times = open_minutes(calendar), WorkTime(calendar, "UTC")
    for minute in minutes:
        assert bool(week >> minute & 1) == times.works_at(MONDAY_US + minute * MINUTE_US)


@given(calendar=calendars())
def test_a_week_has_as_many_open_minutes_as_its_intervals(calendar: WorkCalendar) -> None:
    week = WEEK_MIN * MINUTE_US
    intervals = WorkTime(calendar, "UTC").intervals(MONDAY_US + week, MONDAY_US + 2 * week)
    assert sum(i.end_us - i.start_us for i in intervals) == open_minutes(calendar).bit_count() * MINUTE_US


@st.composite
def exceptions(draw: st.DrawFn) -> list[CalendarException]:
    """Some stretches of up to a day in which there is work, and of up to a week in which there is none; they may overlap."""
    found = []
    for shift in draw(st.lists(st.sampled_from(["", "extra"]), max_size=4)):
        start = draw(st.integers(-5000, 20_000))
        found.append(_exception(start, start + draw(st.integers(1, 1440 if shift else WEEK_MIN)), shift))
    return found


def _exception(start: int, end: int, shift: str) -> CalendarException:
    return CalendarException.of(MONDAY_US + start * MINUTE_US, MONDAY_US + end * MINUTE_US, shift)


@settings(max_examples=25)
@given(calendar=calendars(), otherwise=exceptions(), minutes=st.lists(st.integers(-6000, 25_000), min_size=20, max_size=20))
def test_in_an_exception_it_is_as_the_last_of_them_says_and_elsewhere_as_the_week(
    calendar: WorkCalendar, otherwise: list[CalendarException], minutes: list[int]
) -> None:
    week, times = WorkTime(calendar, "UTC"), WorkTime(calendar.model_copy(update={"exceptions": otherwise}), "UTC")
    for minute in minutes:
        at_us = MONDAY_US + minute * MINUTE_US
        holds = [it.shift for it in otherwise if it.start_us <= at_us < it.end_us]
        assert times.works_at(at_us) == (bool(holds[-1]) if holds else week.works_at(at_us))
        if found := times.interval_at(at_us):
            assert found.shift == (holds[-1] if holds else "only")
            assert any(it.start_us <= at_us < it.end_us for it in times.shifts(at_us, at_us + 1))
        assert bool(times.breaks(at_us, at_us + 1)) == (not holds and bool(week.breaks(at_us, at_us + 1)))
        bound_us = times.next_bound_us(at_us)
        assert bound_us is not None
        assert times.works_at(bound_us - 1) == times.works_at(at_us)


@settings(max_examples=50)
@given(
    calendar=calendars(),
    otherwise=exceptions(),
    spans=st.lists(st.tuples(st.integers(-9000, 9000), st.integers(0, 25_000)), min_size=8, max_size=8),
)
def test_working_time_is_the_length_of_the_intervals_whatever_was_asked_before(
    calendar: WorkCalendar, otherwise: list[CalendarException], spans: list[tuple[int, int]]
) -> None:
    times = WorkTime(calendar.model_copy(update={"exceptions": otherwise}), "Europe/Berlin")
    for begin, length in spans:
        from_us, to_us = MONDAY_US + begin * MINUTE_US, MONDAY_US + (begin + length) * MINUTE_US
        seen = {it for i in times.intervals(from_us, to_us) for it in range(i.start_us, i.end_us, MINUTE_US)}
        assert times.worked_us(from_us, to_us) == len(seen) * MINUTE_US


def test_no_calendar_is_around_the_clock() -> None:
    assert open_minutes(None) == ALWAYS

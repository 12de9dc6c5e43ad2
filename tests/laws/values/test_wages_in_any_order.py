"""Wages follow from when persons joined, left, earned what and worked when: not from the order in which somebody heard of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rooms.erp.small_shop import HOUR_US, LAYOUT, START_US, plant
from twin.erp import Erp
from twin.model.calendars import WorkTime
from twin.model.events import EquipmentStateChanged, Heartbeat, OperationsEvent, PersonnelChanged
from twin.model.plant import PlantFile
from twin.model.scenario import Policies
from twin.model.states import WorkUnitState

LAST_H = 150
SHOP = {**LAYOUT, "labour": {"overtime": "25 %"}}
CALENDARS = {name: WorkTime(it, "UTC") for name, it in PlantFile.model_validate(SHOP).calendars.items()}


@dataclass(frozen=True, slots=True)
class Said:
    """Somebody is otherwise from an hour on; heard of so many hours later, or announced so many before (< 0)."""

    hour: int
    late: int
    worker: str
    cost_minor: int  # 0: he has left
    calendar: str


@dataclass(frozen=True, slots=True)
class Worked:
    """Somebody was at the bench."""

    hour: int
    hours: int
    worker: str


CHANGES = st.builds(
    Said, st.integers(1, LAST_H - 30), st.integers(-10, 29), st.sampled_from(["anna", "ben", "cleo"]),
    st.sampled_from([0, 2_500, 4_000, 5_100]), st.sampled_from(["early", "long"]),
)  # fmt: skip
WORK = st.lists(st.builds(Worked, st.integers(0, 9), st.integers(1, 9), st.sampled_from(["anna", "ben", "anna+ben"])), max_size=8)


def wages_minor(changes: list[Said], work: list[Worked]) -> int:
    """What the ERP has by the last hour."""
    erp = Erp(plant(SHOP), Policies(), is_checked=False)
    told: list[tuple[int, int, OperationsEvent]] = [
        (hour, 2, Heartbeat(effective_us=at(hour), reason="clock" if hour else "start")) for hour in range(0, LAST_H + 1, 7)
    ]
    told.append((LAST_H, 3, Heartbeat(effective_us=at(LAST_H), reason="clock")))
    for it in changes:
        hour = max(it.hour + it.late, 0)
        said = PersonnelChanged(
            effective_us=at(min(hour, it.hour)), recorded_us=at(hour), terminal="message of hr", worker=it.worker, classes=("fitter",),
            calendar=it.calendar, hourly_cost_minor=it.cost_minor or -1, has_left=not it.cost_minor,
        )  # fmt: skip
        told.append((hour, 1, said if it.late >= 0 else replace(said, from_us=at(it.hour))))
    for it in stretches(work):
        state = EquipmentStateChanged(
            effective_us=at(it.hour), equipment="bench_1", state=WorkUnitState.EXECUTE, job_order="J", person=it.worker
        )
        told.append((it.hour, 0, state))
        told.append(
            (it.hour + it.hours, -1, replace(state, effective_us=at(it.hour + it.hours), state=WorkUnitState.IDLE, job_order="", person=""))
        )
    for _, _, event in sorted(told, key=lambda one: one[:2]):
        erp.apply(event)
    return erp.capacity.wages_minor


def at(hour: int) -> int:
    return START_US + hour * HOUR_US


def stretches(work: list[Worked]) -> list[Worked]:
    """One after the other."""
    found, hour = list[Worked](), 0
    for it in work:
        found.append(replace(it, hour=hour + it.hour))
        hour = found[-1].hour + it.hours
    return [it for it in found if it.hour + it.hours <= LAST_H]


def by_the_hour(changes: list[Said], work: list[Worked]) -> int:
    """The same, hour by hour: what a person earns then, by the calendar, and for what he works besides."""
    persons, total = PlantFile.model_validate(SHOP).persons, 0
    for name in ("anna", "ben", "cleo"):
        known = persons.get(name)
        cost, calendar, is_here = (known.hourly_cost, known.calendar, True) if known else (0, "", False)
        for hour in range(LAST_H):
            for it in sorted((it for it in changes if it.worker == name and it.hour == hour), key=heard):
                cost, calendar, is_here = it.cost_minor or cost, it.calendar, bool(it.cost_minor)
            if not calendar:
                continue
            covered, works = (
                CALENDARS[calendar].works_at(at(hour)),
                any(name in it.worker and it.hour <= hour < it.hour + it.hours for it in stretches(work)),
            )
            total += cost * 100 if is_here and covered else 0
            total += cost * 125 if works and not covered else 0
    return total // 100


def heard(it: Said) -> int:
    """Of what is so from one instant on, what was heard last holds."""
    return it.hour + max(it.late, -it.hour)


@settings(max_examples=80, deadline=None)
@given(changes=st.lists(CHANGES, max_size=6, unique_by=lambda it: (it.worker, it.hour)), work=WORK)
def test_wages_do_not_depend_on_when_changes_of_staff_are_heard_of(changes: list[Said], work: list[Worked]) -> None:
    changes = [
        replace(it, cost_minor=it.cost_minor or 1_000) if it.worker == "cleo" else it for it in changes
    ]  # nobody leaves before he joins
    assert abs(wages_minor(changes, work) - by_the_hour(changes, work)) <= 1

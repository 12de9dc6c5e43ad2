"""What persons are paid, with overtime, against what orders are charged for them."""

from __future__ import annotations

from dataclasses import replace

from tests.rooms.erp.small_shop import DAY_US, HOUR_US, ITEMS, LAYOUT, START_US, Carried, job, labour, order, plant
from tests.rooms.settlement.desk import Desk
from twin.erp import Erp
from twin.model.events import EquipmentStateChanged, Heartbeat, JournalPosted
from twin.model.scenario import Policies
from twin.model.states import Source, WorkUnitState
from twin.run import replay
from twin.store.journal import MemoryJournal


def test_a_shift_with_overtime_is_paid_and_absorbed() -> None:
    """Case hr-01: 8.5 h of which 8 are normal, at 20 and half on top: 175.00; 7 h on orders at 25: 175.00; 1.5 h on none.

    The 25 that an order is charged are the rate of 20 and an overhead of 5 an hour.
    """
    layout = {
        **LAYOUT, "time_zone": "UTC", "labour": {"overtime": "50 %"}, "setups": {},
        "work_units": {"press": {"equipment_class": "press", "work_center": "cutting", "calendar": "early"}},
        "persons": {"emp": {"classes": ["cutter"], "calendar": "early", "hourly_cost": "20 EUR/h"}},
        "process_segments": {"pressing": {"work_center": "cutting", "personnel_class": "cutter"}},
        "routings": {"unit": {"press": {"segment": "pressing", "run": "7 h"}}},
    }  # fmt: skip
    items = {
        **ITEMS, "materials": {"part": {"kind": "purchased"}, "unit": {"kind": "finished"}},
        "overheads": {"shop": {"per": "labour_hour", "rate": "5 EUR"}},
    }  # fmt: skip
    carried = Carried(Erp(plant(layout, items), Policies()))
    carried.start()
    begun, ended = START_US + 15 * HOUR_US // 2, START_US + 29 * HOUR_US // 2  # 07:30 to 14:30; the shift is from 06:00 to 14:00
    carried.round(order(begun, "A", 1, material="unit"), job(begun, "A-unit", "press", "unit", 1))
    base = {"equipment": "press", "job_order": "A-unit/press", "person": "emp"}
    carried.round(EquipmentStateChanged(effective_us=begun, state=WorkUnitState.EXECUTE, **base))
    idle = EquipmentStateChanged(effective_us=ended, equipment="press", state=WorkUnitState.IDLE)
    carried.round(idle, labour(ended, "emp", "A-unit", 7 * HOUR_US))
    carried.round(Heartbeat(effective_us=START_US + DAY_US, reason="clock"))
    balances = carried.erp.ledger.balances
    assert (balances["wages"], balances["wages_payable"]) == (17_500, -17_500)
    assert balances["labour_absorbed"] + balances["overhead_absorbed"] == -17_500
    paid_us = carried.erp.capacity.persons["early"].worked_us + carried.erp.capacity.persons_outside // 2_000
    assert paid_us - carried.erp.wip.labour_us["A-unit"] == 3 * HOUR_US // 2


def test_wages_that_an_older_version_has_posted_otherwise_stand_and_are_made_good_with_the_next() -> None:
    desk = Desk()
    desk.passes(3)
    straight = desk.run()
    posted = [it for it in straight.journal.entries() if isinstance(it.event, JournalPosted) and it.event.document == "wages"]
    first, second, *_ = posted
    written = MemoryJournal()
    for fact in desk.facts:
        written.append(fact, source=Source.SIMULATED, occurrence=0)
    legs = (("wages", 7_00), ("wages_payable", -7_00))
    written.append(replace(first.event, legs=legs), source=Source.RULE, cause=first.cause, rule=first.rule, occurrence=0)
    run = replay(list(written.entries()), desk.plant, desk.scenario, journal=written)
    stood, made_good, *_ = (
        it.event for it in run.journal.entries() if isinstance(it.event, JournalPosted) and it.event.document == "wages"
    )
    assert stood.legs == legs
    assert made_good.legs[0][1] == first.event.legs[0][1] + second.event.legs[0][1] - 7_00
    assert run.erp.ledger.balances == straight.erp.ledger.balances
    assert run.violations(whole=True) == []

"""Labour (BUSINESS 2.2, 6): clocking on and off job orders and other work, shares, breaks, corrections; booked once, to the cent."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from tests.rooms.labour.clocked_shop import MIN_US, START_US, ClockedShop
from twin.model.events import ClockedOn, ClockingEntered, CountObserved, Heartbeat, PersonnelActual, PersonnelActualCorrected
from twin.model.states import WorkUnitState as S
from twin.results.run import Run

BORE_1, BORE_2 = "A-VALVE.1/10", "A-VALVE.2/10"
LABOUR = "labour_absorbed"


def jobs(shop: ClockedShop) -> list[str]:
    return [job.job_order for job in shop.run.mes.job_orders.values()]


def test_the_shop_has_the_job_orders_of_this_test():
    assert {BORE_1, BORE_2} <= set(jobs(ClockedShop()))


def test_two_persons_on_one_job_are_each_booked_for_their_own_time():
    shop = ClockedShop().at(10)
    assert shop.on("olga", BORE_1) == ""
    assert shop.at(20).on("otto", BORE_1) == ""
    assert shop.at(40).off("olga", BORE_1) == ""
    assert shop.at(50).off("otto") == ""
    assert (shop.booked_min("olga"), shop.booked_min("otto")) == ({BORE_1: 30}, {BORE_1: 30})
    assert shop.balance(LABOUR) == -(1800 + 1500)  # half an hour at 36 EUR/h and at 30 EUR/h, in cents
    assert shop.run.violations(whole=True) == []
    assert shop.is_the_same_from_every_source()


def test_one_person_on_three_jobs_shares_the_time_exactly():
    """1 hour by shares 1 : 1 : 1 of three, and by 2 : 1 of two: whole microseconds, no microsecond lost."""
    shop = ClockedShop().at(0)
    shop.order("B", 5)
    third = "B-VALVE/10"
    shop.at(10).on("olga", f"{BORE_1}+{BORE_2}+{third}")
    shop.at(11).off("olga")
    told = [entry.event for entry in shop.run.journal.entries() if isinstance(entry.event, PersonnelActual)]
    assert sum(it.work_us for it in told) == MIN_US
    assert [it.work_us for it in told] == [20_000_000, 20_000_000, 20_000_000]
    shop.at(20).on("olga", f"{BORE_1}+{BORE_2}", shares=(2, 5))
    shop.at(21).off("olga")
    told = [entry.event for entry in shop.run.journal.entries() if isinstance(entry.event, PersonnelActual)][3:]
    assert [it.work_us for it in told] == [17_142_857, 42_857_143], "largest remainder of 60 s by 2 : 5"
    assert sum(it.work_us for it in told) == MIN_US


def test_a_job_that_is_added_changes_the_split_from_then_on():
    shop = ClockedShop().at(10)
    shop.on("olga", BORE_1)
    shop.at(30).on("olga", BORE_2)
    shop.at(50).off("olga", BORE_1)
    shop.at(60).off("olga")
    assert shop.booked_min("olga") == {BORE_1: 20 + 10, BORE_2: 10 + 10}


def test_declared_breaks_and_clocked_breaks_do_not_count():
    shop = ClockedShop().at(160)
    shop.on("olga", BORE_1)  # 08:40, declared break 09:00 to 09:30
    shop.at(230).on("olga", "break", activity=True)  # 09:50
    again = {"worker": "olga", "activity": "break", "on_us": START_US + 225 * MIN_US, "off_us": -1, "reason": "forgot"}
    assert shop.at(235).say(ClockingEntered, "sam", **again) == "olga was clocked on to break Mon 2 Mar, 09:50, in that time"
    shop.at(240).off("olga", "break", activity=True)
    shop.at(250).off("olga")
    assert shop.booked_min("olga") == {BORE_1: 90 - 30 - 10}
    shop.at(260).on("olga", "cleaning", activity=True)
    shop.at(280).off("olga")
    it = shop.run.labour().set_index("person").loc["olga"]
    assert (it["work_h"], it["indirect_h"], it["break_h"]) == pytest.approx((50 / 60, 20 / 60, 10 / 60))
    by = shop.run.labour("activity").set_index("activity")
    assert by.loc["cleaning", "indirect_h"] == pytest.approx(20 / 60)


@pytest.mark.parametrize(
    ("at_min", "said", "why"),
    [
        (20, {"person": "olga", "what": BORE_1}, "olga is clocked on to A-VALVE.1/10 since Mon 2 Mar, 06:10 already; allowed: to"),
        (20, {"person": "olga", "what": "meeting", "activity": True}, "olga is clocked on to A-VALVE.1/10 since Mon 2 Mar, 06:10 already"),
        (20, {"person": "oleg", "what": BORE_1}, "nobody knows a person 'oleg' (did you mean 'olga'?); allowed: olga, otto, sam, cleo"),
        (20, {"person": "cleo", "what": BORE_1}, "cleo is no operator, which A-VALVE.1/10 asks for; allowed: olga, otto"),
        (20, {"person": "otto", "what": "A-VALVE.7/10"}, "nobody released job order 'A-VALVE.7/10'"),
        (20, {"person": "otto", "what": "party", "activity": True}, "no activity is called 'party'; allowed: cleaning, meeting, break"),
        (20, {"person": "otto", "what": BORE_1, "shares": (1, 2)}, "shares 1, 2 for A-VALVE.1/10; allowed: a whole number from 1"),
        (20, {"person": "otto", "what": ""}, "it names no job order and no activity; allowed: one of them"),
        (496, {"person": "otto", "what": BORE_1}, "otto is off shift; the next shift begins Tue 3 Mar, 06:00; allowed: from 15 min"),
        (1445, {"person": "otto", "what": BORE_1}, "otto was qualified as operator until 2 Mar 2026"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_in_words(at_min: int, said: dict[str, Any], why: str):
    shop = ClockedShop().at(10)
    assert shop.on("olga", BORE_1) == ""
    assert why in shop.at(at_min).on(**said)
    assert [len(sheet.clockings) for sheet in shop.run.mes.labour.sheets.values()] == [1, 0, 0, 0], "and changes nothing"


def test_within_the_tolerance_one_may_clock_on_before_the_shift():
    shop = ClockedShop().at(24 * 60 - 15)
    assert shop.on("olga", BORE_1) == ""
    assert shop.at(24 * 60 + 45).off("olga") == ""
    assert shop.booked_min("olga") == {BORE_1: 60}
    by = shop.run.labour("shift").set_index("shift")
    assert by.loc["outside shifts", "work_h"] == pytest.approx(0.25)
    assert by.loc["outside shifts", "attendance_h"] == pytest.approx(0.25), "what was clocked outside of the calendar was attendance too"
    assert shop.on("otto", "meeting", late_min=60, activity=True) == "", "a day late: what was taken so once is taken so again"


def test_where_a_person_clocks_the_word_of_the_machine_does_not_count_twice():
    shop = ClockedShop().at(10)
    shop.staffed("mill_1", BORE_1, "olga")
    shop.at(20).on("olga", BORE_1)
    shop.at(60).tell(shop._state("mill_1", S.HELD, BORE_1))
    assert shop.booked_min("olga") == {BORE_1: 10}, "before she clocked on, as the machine says"
    shop.at(70).off("olga")
    assert shop.booked_min("olga") == {BORE_1: 60}
    it = shop.run.labour().set_index("person").loc["olga"]
    assert it["work_h"] == pytest.approx(1.0)
    assert shop.run.indicators_by("person").set_index("person").loc["olga", "work_h"] == pytest.approx(1.0)
    assert shop.run.violations(whole=True) == []


def test_a_clocking_that_arrives_late_takes_back_what_the_machine_had_said():
    shop = ClockedShop().at(10)
    shop.staffed("mill_1", BORE_1, "olga")
    shop.at(40).tell(shop._state("mill_1", S.HELD, BORE_1))
    assert shop.booked_min("olga") == {BORE_1: 30}
    shop.at(50).on("olga", "meeting", late_min=20, activity=True)
    shop.at(51).off("olga", late_min=30)
    assert shop.booked_min("olga") == {BORE_1: 20}
    corrected = [entry.event for entry in shop.run.journal.entries() if isinstance(entry.event, PersonnelActualCorrected)]
    assert corrected
    assert shop.balance(LABOUR) == -round(3600 * 20 / 60)
    assert shop.run.violations(whole=True) == []


def test_a_forgotten_clock_off_is_corrected_by_a_supervisor_and_both_answers_stay():
    shop = ClockedShop().at(60)
    shop.on("olga", BORE_1)
    shop.at(8 * 60 + 20).tell(Heartbeat(effective_us=shop.now_us, reason="shift"))
    assert shop.alerts("clocking") == ["olga is clocked on to A-VALVE.1/10 since Mon 2 Mar, 07:00, and the shift is over"]
    shop.at(24 * 60 + 5)
    assert shop.off("olga").startswith("olga is clocked on since Mon 2 Mar, 07:00, longer than 12 h; supervisor has to say")
    assert shop.correct("olga", BORE_1, 60, 120, by="olga") == "olga is no supervisor; allowed: sam"
    assert shop.correct("olga", BORE_1, 60, 120, reason=" ") == "it needs a reason"
    assert shop.correct("olga", BORE_1, 60, 59).startswith("it cannot have ended Mon 2 Mar, 06:59; allowed: from Mon 2 Mar, 07:00 to now")
    assert shop.correct("olga", BORE_2, 60, 120) == "olga did not clock on to 'A-VALVE.2/10' Mon 2 Mar, 07:00; there: nothing"
    assert shop.booked_min("olga") == {}
    assert shop.correct("olga", BORE_1, 60, 160) == ""
    assert shop.booked_min("olga") == {BORE_1: 100}
    assert shop.correct("olga", BORE_1, 60, 120, reason="asked her") == ""
    assert shop.booked_min("olga") == {BORE_1: 60}
    assert shop.balance(LABOUR) == -3600
    table = shop.run.clockings
    assert table["reason"].fillna("").tolist() == ["", "forgot", "asked her"]
    assert table["was_off"].isna().tolist() == [True, True, False]
    assert shop.run.violations(whole=True) == []
    assert shop.is_the_same_from_every_source()


def test_what_was_clocked_otherwise_is_put_right_and_what_was_forgotten_is_entered_and_pay_follows():
    shop = ClockedShop().at(60)
    shop.on("olga", BORE_1)
    shop.at(120).off("olga")
    assert shop.balance(LABOUR) == -3600
    was = {"was_on_min": 60, "was": BORE_1}
    shop.at(240)
    assert shop.enter("olga", BORE_2, 30, 100, by="olga", **was) == "olga is no supervisor; allowed: sam"
    assert shop.enter("olga", BORE_2, 30, 100, was_on_min=61, was=BORE_1).endswith("then; there: A-VALVE.1/10 Mon 2 Mar, 07:00")
    assert shop.enter("olga", BORE_2, 30, 260, **was).endswith("allowed: a time that is past, of the last year")
    assert shop.enter("olga", BORE_2, -800, -10, **was) == "that is longer than 12 h; allowed: no longer, or one for each shift"
    assert shop.enter("olga", BORE_2, -20, 10, **was).startswith(f"job order {BORE_2} is there since Mon 2 Mar, 06:")
    assert shop.enter("cleo", BORE_2, 30, 100) == f"cleo is no operator, which {BORE_2} asks for; allowed: olga, otto"
    assert shop.enter("olga", BORE_2, 30, 100, reason=" ", **was) == "it needs a reason"
    assert shop.enter("olga", BORE_2, 30, 100, **was) == ""
    assert shop.enter("olga", BORE_2, 90, 110) == f"olga was clocked on to {BORE_2} Mon 2 Mar, 06:30, in that time"
    assert shop.booked_min("olga") == {BORE_1: 0, BORE_2: 70}
    assert shop.balance(LABOUR) == -4200
    assert shop.enter("otto", BORE_1, 60, 90) == "", "it was forgotten"
    assert shop.enter("otto", BORE_2, 210) == "", "and goes on"
    assert shop.booked_min("otto")[BORE_1] == 30
    assert shop.at(270).off("otto") == ""
    assert shop.booked_min("otto") == {BORE_1: 30, BORE_2: 60}
    assert shop.balance(LABOUR) == -4200 - 1500 - 3000
    table = shop.run.clockings.query("person == 'olga'")
    assert table[["was", "corrected_by", "job_order"]].fillna("").values.tolist() == [["", "", BORE_2], [BORE_1, "sam", BORE_2]]
    assert shop.run.violations(whole=True) == []
    assert shop.is_the_same_from_every_source()
    assert shop.on("olga", "meeting", late_min=20, activity=True) == (
        f"olga was clocked on to {BORE_2} from Mon 2 Mar, 06:30 to Mon 2 Mar, 07:40; allowed: after that, or Enter a clocking"
    )


def test_whoever_is_on_a_job_order_that_is_done_is_clocked_off_before_it_is_closed():
    shop = ClockedShop().at(10)
    shop.on("olga", BORE_1)
    shop.at(20).tell(shop._state("mill_1", S.EXECUTE, BORE_1))
    shop.at(40).tell(CountObserved(effective_us=shop.now_us, equipment="mill_1", job_order=BORE_1, good=4, scrap=1))
    assert shop.booked_min("olga") == {BORE_1: 30}
    assert shop.off("olga") == "olga is not clocked on"
    assert shop.on("olga", BORE_1).startswith("job order A-VALVE.1/10 is Completed")
    it = shop.run.labour().set_index("person").loc["olga"]
    assert (it["good"], it["scrap"], it["quality_ratio"]) == (4, 1, 0.8)
    assert it["earned_h"] == pytest.approx(4 * 6 / 60), "four good pieces, six minutes each"
    assert it["productivity"] == pytest.approx(24 / 30)


def test_pieces_and_earned_time_are_shared_by_work_and_add_up():
    shop = ClockedShop().at(10)
    shop.on("olga", BORE_1)
    shop.on("otto", BORE_1)
    shop.at(20).tell(shop._state("mill_1", S.EXECUTE, BORE_1))
    shop.at(30).off("otto")
    shop.at(40).tell(CountObserved(effective_us=shop.now_us, equipment="mill_1", job_order=BORE_1, good=4, scrap=1))
    for by in ("person", "group", "shift"):
        table = shop.run.labour(by)
        assert (table["good"].sum(), table["scrap"].sum()) == (4, 1), by
        assert table["earned_h"].sum() == pytest.approx(24 / 60), by
    people = shop.run.labour().set_index("person")
    assert people.loc["olga", "earned_h"] / people.loc["otto", "earned_h"] == pytest.approx(30 / 19)  # minutes that they were on it
    assert list(people.loc[["olga", "otto"], "scrap"]) == [1, 0], "what does not divide goes to the larger part"
    assert shop.run.labour("group").set_index("group").loc["operator", "person_count"] == 2
    assert shop.is_the_same_from_every_source(*(partial(Run.labour, by=by) for by in ("person", "group", "shift", "activity")))


def test_nobody_who_is_in_a_meeting_is_sent_to_a_machine():
    shop = ClockedShop(
        persons={"olga": {"classes": ["operator"], "calendar": "early", "hourly_cost": "36 EUR/h"}}, labour={"indirect": {"meeting": {}}}
    )
    sent = [it for it in shop.commands if getattr(it, "command", "") == "Start"]
    assert {it.person for it in sent} == {"olga"}
    away = ClockedShop(labour={"indirect": {"meeting": {}}})
    away.commands.clear()
    away.at(5).tell(ClockedOn(effective_us=away.now_us, person="olga", terminal="t", activity="meeting"))
    assert away.run.mes.labour.away() == {"olga"}
    assert "olga" in away.run.mes.commands.persons_taken()


def test_a_skill_that_is_over_starts_nothing():
    shop = ClockedShop()
    job = shop.run.mes.job_orders[BORE_1]
    asked = shop.run.mes.commands.missing_of
    assert asked("otto", job, "mill_1", START_US) == ""
    assert asked("otto", job, "mill_1", START_US + 18 * 60 * MIN_US) == "otto was qualified as operator until 2 Mar 2026"


def test_no_labour_by_anything_else():
    with pytest.raises(ValueError, match="no labour by 'moon'; allowed: person, group, shift, activity"):
        ClockedShop().run.labour("moon")


def test_a_clocking_that_becomes_known_when_its_job_is_done_ended_with_it():
    booked = []
    for known_min in (20, 60):
        shop = ClockedShop()
        shop.at(10).tell(shop._state("mill_1", S.EXECUTE, BORE_1))
        if known_min == 20:
            shop.at(20).on("olga", BORE_1)
        shop.at(40).tell(shop.done("mill_1", BORE_1, 5), shop._state("mill_1", S.COMPLETE, BORE_1), shop._state("mill_1", S.IDLE))
        if known_min == 60:
            assert shop.at(60).on("olga", BORE_1, late_min=20) == ""
        assert shop.run.mes.labour.sheets["olga"].open == {}
        booked.append(shop.booked_min("olga"))
        assert shop.run.violations(whole=True) == []
    assert booked == [{BORE_1: 20.0}] * 2


def test_what_was_forgotten_over_a_weekend_ends_with_its_shift_and_is_said():
    """Clocked on Monday at 06:10, done on Wednesday at noon: nobody works 54 hours, and the shift ends at 14:00."""
    shop = ClockedShop().at(10)
    shop.on("olga", BORE_1)
    shop.at(54 * 60).tell(shop.done("mill_1", BORE_1, 5))
    shop.staffed("mill_1", "", "", S.IDLE)
    (clocking,) = shop.run.mes.labour.sheets["olga"].clockings
    assert clocking.off_us == START_US + 8 * 60 * MIN_US
    assert shop.booked_min("olga") == {BORE_1: 8 * 60 - 10 - 30}, "to the end of the shift, without its break"
    assert "has forgotten it: it ends with the shift, Mon 2 Mar, 14:00" in shop.alerts("clocking")[-1]
    assert shop.correct("olga", BORE_1, 10, 60) == "", "somebody knows better"
    assert shop.booked_min("olga") == {BORE_1: 50}
    assert shop.run.violations(whole=True) == []
    assert shop.is_the_same_from_every_source()

"""A machine has counted wrong, and a person says so: whatever followed is as if it had counted right, in the run, its replay and live."""

from __future__ import annotations

from typing import Any

import pytest

import twin
from tests.rooms.apps.hand_shop import two_orders
from tests.rooms.hand_work.test_counts_corrected import figures, is_whole, shop
from tests.rooms.quality.valve_shop import MIN_US, Shop
from twin.apps.api.entries import ENTRIES, document_of, entry_said
from twin.apps.terminals.entered import Entered
from twin.apps.terminals.forms import floor_forms
from twin.model import events as e
from twin.model.scenario import Scenario
from twin.model.states import WorkUnitState as S

FIRST, SECOND = "A-VALVE/10", "A-VALVE/20"
REASONS: dict[str, Any] = {"reason": "surface", "why": "it took chips for pieces"}


def waiting(*counts: tuple[int, int]) -> Shop:
    """The mill counts five pieces of A, good and scrap; they wait, since the grinder is down."""
    it = Shop().stock(20)
    it.tell(it._state("grinder_1", S.ABORTED))
    it.order("A", 5)
    it.tell(it._state("mill_1", S.EXECUTE, FIRST))
    for good, scrap in counts:
        it.tell(e.CountObserved(effective_us=it.now_us, equipment="mill_1", job_order=FIRST, good=good, scrap=scrap))
    if sum(map(sum, counts)) == 5:
        it.tell(it._state("mill_1", S.COMPLETE, FIRST), it._state("mill_1", S.IDLE))
    return it


def corrects(it: Shop, good: int, scrap: int, place: int = 0, **said: Any) -> str:
    counted = [entry.event for entry in it.run.journal.entries() if isinstance(entry.event, e.CountObserved)][place]
    about = {"equipment": "mill_1", "job_order": FIRST, "counted_us": counted.effective_us, "rework": 0, **REASONS}
    return it.say(e.CountCorrected, person="olga", **{**about, "good": good, "scrap": scrap, **said})


def goes_on(it: Shop, good: int) -> None:
    """The grinder is up again, and does what is good."""
    for state in (S.STOPPED, S.RESETTING, S.IDLE):
        it.tell(it._state("grinder_1", state))
    it.does("grinder_1", SECOND, good)


@pytest.mark.parametrize(("was", "really"), [((5, 0), (3, 2)), ((4, 1), (5, 0)), ((2, 3), (4, 1))])
def test_a_completed_job_order_is_as_if_its_machine_had_counted_right(was: tuple[int, int], really: tuple[int, int]) -> None:
    wrong, right = waiting(was), waiting(really)
    assert corrects(wrong, *really) == ""
    right.now_us += MIN_US
    for it in (wrong, right):
        goes_on(it, really[0])
        assert it.run.mes.job_orders[SECOND].quantity == really[0]
        assert it.run.violations(whole=True) == []
    assert figures(wrong) == figures(right)
    assert wrong.is_the_same_from_every_source(lambda run: run.job_orders, lambda run: run.lots)
    assert corrects(wrong, 4, 1) == f"its pieces have gone on: {SECOND} is completed; allowed: before that is begun"


def test_an_open_job_order_goes_on_from_what_was_really_good() -> None:
    wrong, right = waiting((3, 0)), waiting((1, 2))
    assert corrects(wrong, 1, 2) == ""
    right.now_us += MIN_US
    for it in (wrong, right):
        it.tell(e.CountObserved(effective_us=it.now_us, equipment="mill_1", job_order=FIRST, good=2))
        it.tell(it._state("mill_1", S.COMPLETE, FIRST), it._state("mill_1", S.IDLE))
        goes_on(it, 3)
    assert figures(wrong) == figures(right)
    assert right.run.scrap_reasons()["reason"].to_list() == [""], "a machine does not say why"
    assert corrects(right, 1, 2, why="") == "", "who says so first need not say why it is said"
    for it in (wrong, right):
        assert it.run.scrap_reasons()[["reason", "scrap"]].to_numpy().tolist() == [["surface", 2]]
    found = wrong.run.drill("quality_ratio", "equipment", "mill_1", wrong.run.scenario.start_us, wrong.run.now_us + 1)
    assert [it for it in found.facts["type"] if it.startswith("Count")] == ["CountObserved", "CountCorrected", "CountObserved"]
    assert wrong.is_the_same_from_every_source(lambda run: run.job_orders)


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"good": 4, "scrap": 0}, "4 good, 0 scrap, 0 rework; allowed: 5 pieces in all, since mill_1 counts on from there: what was no"),
    ({"good": 6, "scrap": -1}, "6 good, -1 scrap, 0 rework; allowed: 5 pieces in all"),
    ({"good": 4, "scrap": 0, "rework": 1}, "mill_1 sends 0 back to be reworked; allowed: 0 to be reworked"),
    ({"good": 5, "scrap": 0}, "that is what was counted"),
    ({"good": 4, "scrap": 1, "reason": "bad luck"}, "'bad luck' is no reason for scrap"),
    ({"good": 4, "scrap": 1, "why": " "}, "it needs a reason"),
    ({"good": 4, "scrap": 1, "counted_us": 7}, "nobody has counted A-VALVE/10 at mill_1 then; allowed: what was counted"),
    ({"good": 4, "scrap": 1, "job_order": "Z/10"}, "nobody has counted Z/10 at mill_1 then"),
    ({"good": 4, "scrap": 1, "equipment": "mil_1"}, "nobody declared 'mil_1' (did you mean 'mill_1'?)"),
    ({"good": 4, "scrap": 1, "person": "mallory"}, "nobody knows a person 'mallory'"),
]


def test_what_cannot_be_is_refused_in_words_and_changes_nothing() -> None:
    it = waiting((5, 0))
    before = figures(it)
    for wrong, words in WRONG:
        counted = next(entry.event for entry in it.run.journal.entries() if isinstance(entry.event, e.CountObserved))
        about = {"equipment": "mill_1", "job_order": FIRST, "counted_us": counted.effective_us, "rework": 0, "person": "olga", **REASONS}
        assert it.say(e.CountCorrected, **{**about, **wrong}).startswith(words), wrong
        it.now_us -= MIN_US
    assert {**figures(it), "indicators": 0} == {**before, "indicators": 0}


@pytest.mark.parametrize("valuation", ["standard", "fifo"])
def test_a_simulated_machine_is_corrected_in_stock_and_value_by_both_engines(valuation: str) -> None:
    """Five valves lie in stock and wait for their inspection; two of them were none. The customer's are made anew."""
    plant, asked = shop(valuation), two_orders()
    before = twin.simulate(plant, asked, until="50 min 30 s", engine="simpy")
    assert not [it for it in before.mes.lots.values() if it.made_here and it.on_hand]
    counted = next(
        entry.event
        for entry in twin.simulate(plant, asked, until="1 h", engine="simpy").journal.entries()
        if isinstance(entry.event, e.CountObserved) and entry.event.job_order == SECOND
    )
    about = {
        "equipment": "grinder_1",
        "job_order": SECOND,
        "counted_us": counted.effective_us,
        "good": 3,
        "scrap": 2,
        "rework": 0,
        **REASONS,
    }
    about |= REASONS
    entries = [{"at": "1 h", "person": "olga", "says": "CountCorrected", "about": about}]
    scenario = Scenario.model_validate({**asked.model_dump(mode="json", exclude_unset=True), "entries": entries})
    runs = [twin.simulate(plant, scenario, until="6 h", engine=engine) for engine in ("simpy", "compiled")]
    told = [[entry.event for entry in run.journal.entries()] for run in runs]
    assert told[0] == told[1]
    assert (runs[0].mes.lots["A-VALVE"].on_hand, runs[0].mes.lots["A-VALVE"].scrapped) == (3, 2)
    assert runs[0].erp.stock.lot_quantity("VALVE", "A-VALVE") == 3
    row = runs[0].job_orders.set_index("job_order").loc[SECOND]
    assert (row["good"], row["scrap"]) == (3, 2)

    class OfRun:
        run = runs[0]

    is_whole(OfRun())  # type: ignore[arg-type]


def test_the_tablet_offers_it_and_a_program_may_say_it() -> None:
    it = waiting((5, 0))
    forms = [form for group in floor_forms(it.run, "boring") for form in group["forms"]]
    form = next(form for form in forms if form.get("kind") == "CountCorrected")
    (option,) = form["fields"][0]["options"]
    assert option["title"].startswith(f"{FIRST}, ")
    fields = {"count": option["id"], "good": "4", "scrap": "1", "rework": "0", "reason": "surface", "why": "chips"}
    entry = {"id": "1", "kind": "CountCorrected", "person": "olga", "terminal": "tablet", "said": fields}
    said = Entered(it.run).event(entry, it.now_us)
    document = document_of(e.CountCorrected)(
        equipment="mill_1", job_order=FIRST, counted=_instant(said.counted_us), good=4, scrap=1, rework=0, reason="surface", why="chips",  # type: ignore[attr-defined]
    )  # fmt: skip
    assert ENTRIES[e.CountCorrected] == "production"
    program = entry_said(e.CountCorrected, document, "olga", "1")(it.now_us)
    for name in ("equipment", "job_order", "counted_us", "good", "scrap", "rework", "reason", "why", "person"):
        assert getattr(program, name) == getattr(said, name), name
    it.tell(program)
    assert (it.run.mes.job_orders[FIRST].good, it.run.mes.job_orders[FIRST].scrap) == (4, 1)


def _instant(at_us: int) -> str:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(at_us / 1e6, UTC).isoformat()

"""A count that was wrong is said again: whatever followed from it is as if it had been right at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.rooms.apps.hand_shop import FINAL, hand_shop, two_orders
from tests.rooms.hand_work.hand_shift import Shift
from tests.rooms.results.test_users import told
from twin.exchange import keep_books
from twin.model import events as e
from twin.model.events.production import JobOrderCorrected, MaterialActualCorrected
from twin.model.plant import Plant
from twin.model.states import Source
from twin.results.run import Run
from twin.run import carry, replay
from twin.simulation.beside.hand_worked_plant import ENTRIES, HandWorkedPlant
from twin.store.projections.projecting import project_rows
from twin.store.resumed import Resumed

HIS_WORK = {"supplier": "foundry", "price": "1 EUR"}
FIRST, SECOND = "A-VALVE/10", "A-VALVE/20"


def shop(valuation: str = "standard") -> Plant:
    """What is finished is held until it is inspected, so it is in stock and cannot leave."""
    plant = hand_shop(final=FINAL)
    materials = plant.materials.materials
    valued = {name: it.model_copy(update={"valuation": valuation}) for name, it in materials.items()}
    return Plant(layout=plant.layout, materials=plant.materials.model_copy(update={"materials": valued}))


def shift(valuation: str = "standard") -> Shift:
    return Shift(shop(valuation), two_orders())


def corrects(shift: Shift, job_order: str, at_us: int, good: int, scrap: int, **said: Any) -> str:
    where = "mill_1" if job_order.endswith("/10") else "grinder_1"
    about = {"reason": "surface" if scrap else "", "rework": 0, "why": "miscounted", **said}
    return shift.say(e.CountCorrected, where, job_order=job_order, counted_us=at_us, good=good, scrap=scrap, **about)


def figures(shift: Shift) -> dict[str, Any]:
    """All that has to be the same, however a count came to be known."""
    run = shift.run
    rows = project_rows(run.journal.entries())
    lots = {it["lot"]: (it["on_hand"], it["produced"], it["scrapped"]) for it in rows["lot"]}
    assert lots == {name: (it.on_hand, it.produced, it.scrapped) for name, it in run.mes.lots.items()} | {
        name: it for name, it in lots.items() if name not in run.mes.lots or not run.mes.lots[name].made_here
    }
    return {
        "books": dict(run.erp.ledger.balances),
        "requests": {name: (it.produced, it.scrapped, it.expected) for name, it in run.erp.requests.requests.items()},
        "costs": [(it.request, it.variance_minor, it.scrap_minor, it.produced_minor) for it in run.erp.request_costs()],
        "stock": {name: {lot: it.quantity for lot, it in lots_of.items()} for name, lots_of in run.erp.stock.lots.items()},
        "lots": lots,
        "jobs": [(it["job_order"], it["status"], it["good"], it["scrap"]) for it in rows["job_order"]],
        "indicators": [
            dict(vars_of(it).items())
            for by in ("equipment", "product", "request", "shift")
            for it in run.mes.indicators(by, run.scenario.start_us, run.now_us)
        ],
        "alerts": [it.alert for it in run.mes.alerts],
    }


def vars_of(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in row.__slots__}


def is_whole(shift: Shift) -> None:
    """Everything holds, and the record replayed is the same shift."""
    run, due = shift.run, shift.run.erp.evidence.due
    assert run.violations(whole=True) == []
    if "scrap_loss" in due:
        lost = run.erp.ledger.balances["scrap_loss"]
        assert (due["scrap_loss"], lost > 0) == (lost, any(it.scrapped for it in run.mes.lots.values()))
    assert told(replay(list(run.journal.entries()), run.plant, run.scenario)) == told(run)


@pytest.mark.parametrize("valuation", ["standard", "fifo"])
@pytest.mark.parametrize(("was", "really"), [((2, 1), (3, 0)), ((3, 0), (1, 2)), ((1, 2), (2, 1))])
def test_an_open_job_orders_scrap_is_corrected_up_and_down(valuation: str, was: tuple[int, int], really: tuple[int, int]) -> None:
    shifts = []
    for first, then in ((was, really), (really, None)):
        it = shift(valuation)
        at_us = it.does(FIRST, good=first[0], scrap=first[1], reason="surface" if first[1] else "")
        if then:
            assert corrects(it, FIRST, at_us, *then) == ""
        it.passes(10)
        assert it.say(e.PiecesCounted, job_order=FIRST, is_last=True) == ""
        is_whole(it)
        shifts.append(figures(it))
    assert shifts[0] == shifts[1]


def test_tools_wear_by_the_count_that_is_in_force_and_a_figure_leads_to_both_answers() -> None:
    """Fewer pieces make a tool last longer, and more wear it out, in words; an entry that was refused leads nowhere."""
    plant = hand_shop({"tools": {"reamer": {"operations": ["10"], "life": 4}}}, final=FINAL)
    it = Shift(plant, two_orders())
    at_us, used = it.does(FIRST, good=3), lambda: it.run.mes.tool_room.tools["reamer.1"].used
    assert used() == 3
    assert "no reason for scrap" in corrects(it, FIRST, at_us, 1, 1, reason="")
    assert corrects(it, FIRST, at_us, 1, 1) == ""
    assert used() == 2
    assert corrects(it, FIRST, at_us, 4, 0) == ""
    assert used() == 4
    assert [alert.message for alert in it.run.mes.alerts] == ["tool reamer.1 is worn out: 4 of 4 pieces"]
    found = it.run.drill("quality_ratio", "equipment", "mill_1", it.run.scenario.start_us, it.run.now_us + 1)
    assert list(found.facts["type"]) == ["CountObserved", "CountCorrected", "CountCorrected"]
    assert set(found.table["seq"]) == {found.facts["seq"].iloc[-1]}
    assert told(replay(list(it.run.journal.entries()), it.run.plant, it.run.scenario)) == told(it.run)


def test_a_begun_lot_that_is_split_by_hand_lies_so_already_and_no_floor_is_told() -> None:
    """Journals of shifts from before simulated floors were told of it have no LotRegrouped, and are gone on with."""
    it = Shift(hand_shop(), two_orders())
    it.does(FIRST, is_last=True)
    assert it.say(e.LotSplitRequested, lot="A-VALVE", quantity=2) == ""
    it.passes(1)
    lots = {type(entry.event).__name__ for entry in it.run.journal.entries() if entry.event.lot == "A-VALVE.S1"}
    assert "LotSplit" in lots
    assert "LotRegrouped" not in lots
    assert it.run.violations(whole=True) == []


@pytest.mark.parametrize("valuation", ["standard", "moving_average"])
@pytest.mark.parametrize(("was", "really"), [((5, 0), (3, 2)), ((3, 2), (5, 0))])
def test_a_completed_job_order_is_corrected_until_the_next_begins(valuation: str, was: tuple[int, int], really: tuple[int, int]) -> None:
    shifts = []
    for first, then in ((was, really), (really, None)):
        it = shift(valuation)
        at_us = it.does(FIRST, good=first[0], scrap=first[1], reason="surface" if first[1] else "")
        if then:
            assert corrects(it, FIRST, at_us, *then) == ""
            assert it.run.mes.job_orders[SECOND].quantity == then[0]
        it.does(SECOND, "grinder_1", is_last=True)
        is_whole(it)
        shifts.append(figures(it))
        again = corrects(it, FIRST, at_us, 4, 1)
        assert again == "its pieces have gone on: A-VALVE/20 is completed; allowed: before that is begun"
    assert shifts[0] == shifts[1]


@pytest.mark.parametrize("valuation", ["standard", "fifo", "moving_average"])
@pytest.mark.parametrize(("was", "really"), [((5, 0), (3, 2)), ((3, 2), (4, 1)), ((5, 0), (0, 5))])
def test_what_is_in_stock_is_corrected_with_its_value_and_what_is_short_is_made_anew(
    valuation: str, was: tuple[int, int], really: tuple[int, int]
) -> None:
    shifts = []
    for first, then in ((was, really), (really, None)):
        it = shift(valuation)
        it.does(FIRST, is_last=True)
        at_us = it.does(SECOND, "grinder_1", good=first[0], scrap=first[1], reason="surface" if first[1] else "")
        if then:
            assert corrects(it, SECOND, at_us, *then) == ""
        is_whole(it)
        assert it.run.erp.stock.lot_quantity("VALVE", "A-VALVE") == really[0]
        asked = sum(request.quantity for request in it.run.erp.requests.requests.values() if request.order == "A")
        assert asked >= 5 + really[1], "what is short is asked for again"
        found = figures(it)
        shifts.append({name: found[name] for name in ("books", "lots", "stock", "indicators", "alerts")})
    if sum(was) and was[1] > really[1]:  # more was asked for than is needed, since nobody knew: all but that is the same
        shifts = [{**it, "lots": {}, "indicators": []} for it in shifts]
    assert shifts[0] == shifts[1]


def test_what_has_left_is_not_made_less_and_nothing_changes() -> None:
    it = Shift(hand_shop(), two_orders())
    it.does(FIRST, is_last=True)
    at_us = it.does(SECOND, "grinder_1", is_last=True)
    assert it.run.erp.customer_orders.orders["A"].shipped == 5
    before = figures(it)
    assert corrects(it, SECOND, at_us, 4, 1) == (
        "its pieces have gone on: 0 of lot A-VALVE are in stock, and nobody draws on them; allowed: to lose those"
    )
    assert figures(it) == before


def test_what_ended_as_scrap_comes_back_by_no_correction() -> None:
    """It was not inspected, since nothing of it was there: it would leave without that."""
    it = shift()
    it.does(FIRST, is_last=True)
    at_us = it.does(SECOND, "grinder_1", scrap=5, reason="surface")
    assert corrects(it, SECOND, at_us, 5, 0) == "nothing of lot A-VALVE was good, and it has ended; allowed: to count it into stock"


def test_what_a_supplier_has_done_goes_by_his_bill() -> None:
    routing = {"10": {"segment": "bore", "run": "6 min"}, "20": {"segment": "grind", "run": "3 min", "subcontract": HIS_WORK}}
    it = Shift(hand_shop({"routings": {"VALVE": routing}}), two_orders())
    it.does(FIRST, is_last=True)
    at_us = it.does(SECOND, "grinder_1", is_last=True)
    assert corrects(it, SECOND, at_us, 4, 1) == (
        "a supplier has done A-VALVE/20, and is owed for what came back good; allowed: to correct his bill"
    )
    is_whole(it)


def test_all_of_a_lot_can_be_scrap_after_all_and_what_waits_for_it_is_given_up() -> None:
    it = shift()
    at_us = it.does(FIRST, is_last=True)
    assert corrects(it, FIRST, at_us, 0, 5) == ""
    run = it.run
    assert (run.mes.job_orders[SECOND].status, run.mes.job_orders[SECOND].reason) == ("Aborted", "no pieces left")
    assert run.erp.requests.requests["A-VALVE"].closed_us is not None
    assert run.erp.requests.requests["A-VALVE.F2"].quantity == 5
    is_whole(it)
    assert corrects(it, FIRST, at_us, 5, 0) == "nothing of lot A-VALVE was good, and it has ended; allowed: to count it into stock"


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"good": 4, "scrap": 0}, "4 good, 0 scrap, 0 rework; allowed: 5 pieces in all, since all of A-VALVE/10 is counted"),
        ({"good": 6, "scrap": -1}, "6 good, -1 scrap, 0 rework"),
        ({"good": 4, "scrap": 0, "rework": 1}, "0 have gone back to be reworked; allowed: 0 to be reworked"),
        ({"good": 5, "scrap": 0}, "that is what was counted"),
        ({"good": 4, "scrap": 1, "reason": "bad luck"}, "'bad luck' is no reason for scrap"),
        ({"good": 4, "scrap": 1, "why": " "}, "it needs a reason"),
        ({"good": 4, "scrap": 1, "person": "stranger"}, "nobody knows a person 'stranger'"),
    ],
)
def test_what_makes_no_sense_of_a_completed_one_is_refused_in_words(said: dict[str, Any], words: str) -> None:
    it = shift()
    at_us = it.does(FIRST, is_last=True)
    assert words in corrects(it, FIRST, at_us, **said)
    assert not [entry for entry in it.run.journal.entries() if isinstance(entry.event, JobOrderCorrected | MaterialActualCorrected)]


@pytest.mark.parametrize("valuation", ["standard", "fifo"])
def test_another_erp_hears_of_it_as_of_all_that_is_made(valuation: str) -> None:
    """What was said again goes out as OperationsPerformance, and our ERP alone keeps the same books of it."""
    it = shift(valuation)
    at_us = it.does(FIRST, is_last=True)
    assert corrects(it, FIRST, at_us, 4, 1) == ""
    at_us = it.does(SECOND, "grinder_1", good=3, scrap=1, reason="surface")
    assert corrects(it, SECOND, at_us, 2, 2) == ""
    run = it.run
    books = keep_books(run.plant, [run.b2mml("performance"), run.b2mml("events")], list(run.journal.entries()), run.scenario)
    assert books.erp.ledger.balances == run.erp.ledger.balances
    assert books.erp.violations() == []
    assert books.mes.lots["A-VALVE"] == run.mes.lots["A-VALVE"]


def test_scrap_that_is_booked_otherwise_than_it_was_lost_is_seen() -> None:
    it = shift()
    at_us = it.does(FIRST, good=4, scrap=1, reason="surface")
    assert corrects(it, FIRST, at_us, 3, 2) == ""
    books = it.run.erp.ledger.balances
    books["scrap_loss"], books["work_in_progress"] = books["scrap_loss"] + 1, books["work_in_progress"] - 1
    assert f"account 'scrap_loss' is {books['scrap_loss']}, {books['scrap_loss'] - 1} by its events" in it.run.erp.violations()


def test_both_answers_are_kept_and_tell_their_story() -> None:
    it = shift()
    it.does(FIRST, is_last=True)
    at_us = it.does(SECOND, "grinder_1", good=3, scrap=2, reason="surface")
    assert corrects(it, SECOND, at_us, 4, 1) == ""
    said: Callable[[type], list[Any]] = lambda kind: [x.event for x in it.run.journal.entries() if type(x.event) is kind]  # noqa: E731
    assert [(x.good, x.scrap) for x in said(e.JobOrderCompleted)[-1:] + said(JobOrderCorrected)] == [(3, 2), (4, 1)]
    assert [(x.use, x.quantity) for x in said(MaterialActualCorrected)] == [("Scrapped", -1), ("Produced", 1)]
    balance = it.run.mass_balance("A-VALVE")
    assert balance.holds
    stages = [(x.stage, x.quantity) for x in it.run.trace("A-VALVE").stages]
    assert stages[-2:] == [("less scrapped", 1), ("more made", 1)]
    assert [(x.standing, x.quantity) for x in it.run.trace("A-VALVE").where] == [("in stock", 4), ("scrapped", 1)]
    other = figures(it)
    assert other["requests"]["A-VALVE"][:2] == (4, 1)


def test_why_it_was_scrap_is_shown_in_pieces_time_and_money_and_said_again_at_any_time() -> None:
    it = shift()
    run, counted = it.run, lambda: [tuple(row) for row in it.run.scrap_reasons().itertuples(index=False)]
    first_us = it.does(FIRST, good=4, scrap=1, reason="surface")
    lost_minor = run.erp.ledger.balances["scrap_loss"]
    bored = ("surface", "VALVE", "mill_1", 1, 0, pytest.approx(lost_minor / 100, abs=0.01))
    assert counted() == [bored]
    it.does(SECOND, "grinder_1", good=3, scrap=1, reason="dimension")
    ground_minor = run.erp.ledger.balances["scrap_loss"] - lost_minor
    assert counted() == [("dimension", "VALVE", "grinder_1", 1, 0, pytest.approx(ground_minor / 100, abs=0.01)), bored]
    assert run.scrap_reasons(first_us)["reason"].to_list() == ["dimension"], "what was counted later"

    before = {name: value for name, value in figures(it).items() if name != "indicators"}
    assert corrects(it, FIRST, first_us, 4, 1).startswith("its pieces have gone on: A-VALVE/20 is completed")
    assert corrects(it, FIRST, first_us, 4, 1, reason="tired") == (
        "'tired' is no reason for scrap; allowed: dimension, surface, material flaw, set-up piece, other"
    )
    assert corrects(it, FIRST, first_us, 4, 1, reason="set-up piece", why="") == "it needs a reason"
    assert corrects(it, FIRST, first_us, 4, 1, reason="set-up piece") == "", "its pieces have gone on, and it was as many"
    assert [row[0] for row in counted()] == ["dimension", "set-up piece"]
    assert {name: value for name, value in figures(it).items() if name != "indicators"} == before
    lost = run.losses().query("loss == 'scrap and rework' and equipment == 'mill_1'")
    assert lost[["reason", "duration_h"]].to_numpy().tolist() == [["set-up piece", pytest.approx(0.1)]], "six minutes a piece"
    shown = run.drill("scrap", "equipment", "mill_1", run.scenario.start_us, run.now_us + 1).table
    assert shown["reason"].to_list() == ["set-up piece"]
    is_whole(it)

    # A shift that was kept before counts had reasons goes on, and its counts have none
    users = (e.Entry, e.JobOrderCommand)
    kept = [x._replace(source=Source.USER) if x.source != Source.RULE and isinstance(x.event, users) else x for x in run.journal.entries()]
    kept = [x._replace(event=replace(x.event, reason="")) if isinstance(x.event, e.CountObserved) else x for x in kept]
    again = Run(run.plant, run.scenario, seed=1)
    carry(Resumed(HandWorkedPlant(run.plant, run.scenario, seed=1), kept, ENTRIES), again)
    assert set(again.scrap_reasons()["reason"]) == {"", "set-up piece"}
    assert again.erp.ledger.balances == run.erp.ledger.balances

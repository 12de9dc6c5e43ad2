"""Alternates on the floor: issued where the planned material is short, by rule or as a person says; what that costs has a name."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

import twin
from tests.rooms.erp.material_plan.little_plan import LAYOUT, START, plant, scenario
from twin.apps.terminals.entered import Entered
from twin.apps.terminals.forms import floor_forms
from twin.mes.tracking.alternates.choosing import Choosing
from twin.model import events as e
from twin.model.checks.planning.carried_out import OnlyPlanned, only_planned
from twin.model.costing.standards import Standards
from twin.model.materials import alternates_of
from twin.model.plant import Plant
from twin.model.scenario import Scenario
from twin.results.run import Run
from twin.results.tracing.material_ratios import ratios_of

DAY_US = 86_400_000_000
PERSONS: dict[str, Any] = {
    "calendars": {"day": {"shifts": {"one": {"days": ["mon"], "start": "06:00", "end": "14:00"}}}},
    "personnel_classes": {"planner": {}}, "persons": {"anna": {"classes": ["planner"], "calendar": "day", "hourly_cost": "40 EUR/h"}},
}  # fmt: skip


def shop(steel: int, brass: int, *, brass_cost: str = "1.50 EUR", by_lot: int = 5, **more: Any) -> Plant:
    """Two of steel at a euro, or three of brass, for a gear; fives of them, one after the other, in a minute each."""
    line = {"material": "steel", "quantity": 2, "alternates": [{"material": "brass", "quantity": 3, **more}]}
    layout = {**LAYOUT, **PERSONS, "routings": {"gear": {"10": {"segment": "work", "run": "1 min"}}}}
    return plant(
        {
            "gear": {"kind": "finished", "price": "9 EUR", "lot_size": by_lot, "bill": [line, {"material": "pin", "quantity": 1}]},
            "steel": {"days": 10, "opening_stock": steel}, "pin": {"opening_stock": 100},
            "brass": {"days": 8, "opening_stock": brass, "standard_cost": brass_cost},
        },
        layout,
    )  # fmt: skip


def consumed(run: Run) -> dict[str, Counter[tuple[str, str]]]:
    """By job order: what it took of each material, and in whose place."""
    found: dict[str, Counter[tuple[str, str]]] = {}
    for entry in run.journal.entries():
        it = entry.event
        if isinstance(it, e.MaterialActual) and it.use == "Consumed":
            found.setdefault(it.job_order, Counter())[it.material, it.instead_of] += it.quantity
    return found


def test_where_steel_is_short_brass_is_issued_for_a_whole_lot() -> None:
    """Fifteen gears in lots of five: steel for one lot, brass for the other two; nobody mixes them, and the four of steel stay."""
    run = twin.simulate(shop(14, 40), scenario({"gear": {3: 15}}, horizon=5))
    assert [sorted(it.items()) for it in consumed(run).values()] == [
        [(("pin", ""), 5), (("steel", ""), 10)], [(("brass", "steel"), 15), (("pin", ""), 5)], [(("brass", "steel"), 15), (("pin", ""), 5)],
    ]  # fmt: skip
    assert (run.erp.stock.on_hand["steel"], run.erp.stock.on_hand["brass"]) == (4, 10)
    assert run.erp.stock.reserved["steel"] == 0, "what an alternate stands for is reserved no longer"
    assert not run.violations(whole=True)
    again = twin.replay(run.plant, run.journal.entries(), run.scenario)
    assert [it.event for it in again.journal.entries()] == [it.event for it in run.journal.entries()]
    assert [(it[0], it[2], it[3]) for it in run.mass_balance("gear@3-gear").needs if it[0] != "pin"] == [
        ("steel", 10, 10),
        ("brass", 30, 30),
    ]
    ratios = {it.material: (it.consumed, it.finished, it.integrated) for it in ratios_of(run)}
    assert (ratios["steel"], ratios["brass"]) == ((10, 10, 10), (30, 30, 30))


def test_its_cost_is_a_variance_with_a_name_and_the_same_run_without_it_agrees() -> None:
    """Thirty of brass at 1.50 for twenty of steel at 1: 25.00. With steel for all, the same run has 25.00 less of production variance."""
    run = twin.simulate(shop(14, 40), scenario({"gear": {3: 15}}, horizon=5))
    told = {it.kind: it.amount_minor for it in run.erp.variances() if it.request}
    assert told["material substitution"] == 30 * 150 - 20 * 100 == 2_500
    assert "material usage" not in told
    assert "material yield" not in told
    plenty = twin.simulate(shop(40, 40), scenario({"gear": {3: 15}}, horizon=5))
    balances = [it.erp.ledger.balances["production_variance"] for it in (run, plenty)]
    assert balances[0] - balances[1] == 2_500
    assert sum(amount for kind, amount in told.items() if kind != "purchase price") == balances[0]


def test_nothing_short_or_nothing_enough_and_the_bill_holds() -> None:
    """Two of brass too few for a lot: it waits for steel; from the tenth day on it has that. Outside its dates an alternate is none."""
    waiting = twin.simulate(shop(4, 13), scenario({"gear": {3: 5}}, horizon=5))
    assert consumed(waiting) == {}
    (job,) = waiting.mes.job_orders.values()
    assert waiting.mes.status(job.job_order) == ("Pending", "steel: 4 of 10 there, brass: 13 of 15 there")
    later = twin.simulate(shop(4, 13), scenario({"gear": {3: 5}}, horizon=12))
    assert [*consumed(later).values()] == [Counter({("steel", ""): 10, ("pin", ""): 5})]
    expired = twin.simulate(shop(4, 40, valid_until="2026-03-01"), scenario({"gear": {3: 5}}, horizon=5))
    assert consumed(expired) == {}


def test_what_is_made_at_actual_cost_costs_what_the_alternate_did() -> None:
    """By moving average: five of brass lots cost 22.50 and steel lots 10; pins 5: in the end the gears bear all of it."""
    made = shop(14, 40)
    gear = made.materials.materials["gear"].model_copy(update={"valuation": "moving_average"})
    materials = made.materials.model_copy(update={"materials": {**made.materials.materials, "gear": gear}})
    run = twin.simulate(made.model_copy(update={"materials": materials}), scenario({"gear": {3: 15}}, horizon=5))
    assert not run.violations(whole=True)
    (row,) = run.erp.request_costs()
    assert (row.material_minor, row.produced_minor) == (1_000 + 4_500 + 1_500, 7_000)


def test_a_plan_takes_what_open_orders_will_still_take_of_the_alternate() -> None:
    """The gears are released and have not begun: what they need of steel, and cannot get in time, is planned of brass."""
    made = shop(4, 13)
    run = twin.simulate(made, scenario({"gear": {3: 5}}, horizon=2))
    plan = run.material_plan().plan
    assert [(it.place.parent, it.alternative) for it in plan.substitutions] == [("gear", "brass")]


def chosen(run: Run, **said: Any) -> list[e.OperationsEvent]:
    event = e.AlternateChosen(effective_us=run.now_us, person="anna", terminal="desk", **said)
    return Choosing(run.plant, run.mes.tracking).apply(event)


def test_a_person_says_it_of_a_lot_that_has_not_begun() -> None:
    """Enough of both: without a word steel is taken, with one brass. It is refused of a lot that has begun, and of what is no alternate."""
    made = shop(4, 13)
    run = twin.simulate(made, scenario({"gear": {3: 5}}, horizon=2))
    (lot,) = [name for name, it in run.mes.lots.items() if it.material == "gear"]
    issuing = run.mes.tracking.issuing
    plenty = {"steel": 100, "brass": 100, "pin": 100}.__getitem__
    assert issuing.chosen("gear", lot, 5, run.now_us, plenty)[0][0] == ("steel", 2, "", "")
    assert chosen(run, lot=lot, material="steel", alternate="brass") == []
    assert issuing.chosen("gear", lot, 5, run.now_us, plenty)[0][0] == ("brass", 3, "steel", "")
    assert chosen(run, lot=lot, material="steel", alternate="steel") == []
    assert issuing.chosen("gear", lot, 5, run.now_us, plenty)[0][0] == ("steel", 2, "", "")
    for said, words in (
        ({"lot": "x", "material": "steel", "alternate": "brass"}, "nobody knows lot 'x'"),
        ({"lot": lot, "material": "pin", "alternate": "brass"}, "leaves no choice for 'pin'; allowed: steel"),
        ({"lot": lot, "material": "steel", "alternate": "pin"}, "allowed: steel, brass"),
    ):
        (refused,) = chosen(run, **said)
        assert isinstance(refused, e.EntryRefused)
        assert words in refused.reason


def test_a_terminal_offers_the_choice_and_says_what_was_chosen() -> None:
    run = twin.simulate(shop(4, 13), scenario({"gear": {3: 5}}, horizon=2))
    (lots,) = [it for it in floor_forms(run) if it["id"] == "lots"]
    (form,) = [it for it in lots["forms"] if it["kind"] == "AlternateChosen"]
    (lot,) = [name for name, it in run.mes.lots.items() if it.material == "gear"]
    options = [it["id"] for it in form["fields"][0]["options"]]
    assert options == [f"{lot}|steel|steel", f"{lot}|steel|brass"]
    said = {"kind": "AlternateChosen", "person": "anna", "terminal": "tablet", "id": "1", "said": {"choice": options[1], "reason": "rust"}}
    event = Entered(run).event(said, run.now_us)
    assert isinstance(event, e.AlternateChosen)
    assert (event.lot, event.material, event.alternate, event.reason, event.person) == (lot, "steel", "brass", "rust", "anna")
    assert Choosing(run.plant, run.mes.tracking).apply(event) == []
    done = twin.simulate(shop(14, 40), scenario({"gear": {3: 15}}, horizon=5))
    assert "AlternateChosen" not in [form["kind"] for group in floor_forms(done) for form in group["forms"]], "nothing is left to choose"


def test_what_could_not_be_told_apart_is_refused_by_name_and_by_rule_all_of_it() -> None:
    made, asked = shop(4, 13), scenario({"gear": {3: 5}}, horizon=2)
    gear = made.materials.materials["gear"]
    pin = gear.bill[1].model_copy(update={"material": "brass"})
    table = {**made.materials.materials, "gear": gear.model_copy(update={"bill": [gear.bill[0], pin]})}
    twice = made.model_copy(update={"materials": made.materials.model_copy(update={"materials": table})})
    with pytest.raises(OnlyPlanned, match=r"stand for several lines .* \(gear\)"):
        twin.simulate(twice, asked)
    assert only_planned(made, asked) == []
    assert only_planned(made, asked, by_rule=True) == ["alternates of a bill line (gear)"]
    found = alternates_of(made.materials.materials, "gear")
    assert {name: [(it.material, each) for it, each in others] for name, others in found.items()} == {"steel": [("brass", 3)]}


@pytest.mark.parametrize(("minutes", "lots_before", "gears_out", "by_bill"), [(4, 0, 0, False), (8, 1, 5, True), (12, 2, 10, False)])
def test_a_new_standard_of_what_it_stands_for_leaves_its_cost_as_it_was(
    minutes: int, lots_before: int, gears_out: int, by_bill: bool
) -> None:
    """Steel is 1.40 from then on. Fifteen of brass at 1.50 stand for ten of steel: 12.50 more at 1.00, 8.50 more at 1.40, and there is no
    other variance; by the other bill two pins less a lot, too. Worth 0.40 more are 4 of steel in stock, ten in the lot in process, of brass
    too, and two in each gear that is out."""
    made = shop_of_two_bills(14, 40) if by_bill else shop(14, 40)
    materials = made.materials.model_copy(update={"standards": Standards(roll_up="on_request")})
    asked = scenario({"gear": {3: 15}}, horizon=5)
    start_us = next(it.event.effective_us for it in twin.simulate(made, asked).journal.entries() if isinstance(it.event, e.MaterialActual))
    said = {"at": f"{start_us - asked.start_us + minutes * 60_000_000} us", "person": "anna", "says": "StandardRollUpRequested"}
    entries = [{**said, "about": {"material": "steel", "unit_price_minor": 140}}]
    entered = Scenario.model_validate({"plant": "little", "start": START, "horizon": "5 d", "entries": entries}).entries
    run = twin.simulate(made.model_copy(update={"materials": materials}), asked.model_copy(update={"entries": entered}))
    assert not run.violations(whole=True)
    told = {it.kind: it.amount_minor for it in run.erp.variances() if it.request}
    assert told == {"material substitution": lots_before * 1_250 + (2 - lots_before) * 850 - (400 if by_bill else 0)}
    assert run.erp.ledger.balances["stock_revaluation"] == -40 * (4 + 10 + 2 * gears_out)
    assert run.erp.ledger.balances["work_in_progress"] == 0


def shop_of_two_bills(steel: int, brass: int) -> Plant:
    """The same shop; brass is no alternate, but what another bill asks for, of which half a dozen gears take 18, and three pins."""
    made = shop(steel, brass)
    tables = made.model_dump(mode="json")
    gear = tables["materials"]["materials"]["gear"]
    gear["bill"][0]["alternates"] = []
    other = [{"material": "brass", "quantity": 18}, {"material": "pin", "quantity": 3}]
    gear["alternative_bills"] = {"of_brass": {"bill": other, "bill_for": 6}}
    return Plant.model_validate(tables)


def test_where_its_own_bill_is_short_a_lot_is_made_by_another_and_that_is_said_and_costed() -> None:
    """Of fifteen gears five by steel and ten by brass, at 15 of brass and 3 pins for five: 30 at 1.50 for 20 at 1, and 4 pins at 1 less."""
    run = twin.simulate(shop_of_two_bills(14, 40), scenario({"gear": {3: 15}}, horizon=5))
    said = [it.event for it in run.journal.entries() if isinstance(it.event, e.MaterialActual) and it.event.use == "Consumed"]
    taken = Counter[tuple[str, str]]()
    for it in said:
        taken[it.by_bill, it.material] += it.quantity
    assert taken == {("", "steel"): 10, ("", "pin"): 5, ("of_brass", "brass"): 30, ("of_brass", "pin"): 6}
    assert (run.erp.stock.reserved["steel"], run.erp.stock.reserved["pin"]) == (0, 0), "what its own bill asks for is reserved no longer"
    told = {it.kind: it.amount_minor for it in run.erp.variances() if it.request}
    assert told["material substitution"] == 30 * 150 - 20 * 100 - 4 * 100
    assert not {"material usage", "material yield"} & told.keys()
    assert not run.violations(whole=True)
    assert not run.mes.audit(run.now_us)
    again = twin.replay(run.plant, run.journal.entries(), run.scenario)
    assert [it.event for it in again.journal.entries()] == [it.event for it in run.journal.entries()]
    assert {it[0]: it[2:] for it in run.mass_balance("gear@3-gear").needs} == {"steel": (10, 10), "brass": (30, 30), "pin": (11, 11)}


def test_a_person_says_by_which_bill_a_lot_is_made() -> None:
    run = Run(shop_of_two_bills(100, 100), scenario({}))
    made = {"effective_us": 1, "lot": "L", "material": "gear", "quantity": 5, "request": "R"}
    run.mes.apply(e.LotCreated(**made))  # type: ignore[arg-type]
    choosing, said = Choosing(run.plant, run.mes.tracking), {"effective_us": 2, "lot": "L", "person": "anna", "terminal": "t"}
    (refused,) = choosing.apply(e.AlternateChosen(**said, material="gear", alternate="of_gold"))  # type: ignore[arg-type]
    assert isinstance(refused, e.EntryRefused)
    assert refused.reason == "'gear' has no bill 'of_gold'; allowed: gear, of_brass"
    assert choosing.apply(e.AlternateChosen(**said, material="gear", alternate="of_brass")) == []  # type: ignore[arg-type]
    lines, missing = run.mes.tracking.issuing.chosen("gear", "L", 5, 3, lambda _: 100)
    assert ([it[0] for it in lines], missing, {it[3] for it in lines}) == (["brass", "pin"], "", {"of_brass"})
    lines, missing = run.mes.tracking.issuing.chosen("gear", "L", 5, 3, lambda _: 10)
    assert missing == "brass: 10 of 15 there"
    assert only_planned(run.plant, run.scenario, by_rule=True) == ["alternative_bills (gear)"]

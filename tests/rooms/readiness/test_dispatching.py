"""Who goes first and why, what keeps each from its start, which tool is missing, who is free: as a supervisor reads it."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import twin
from tests.rooms.quality.valve_shop import ITEMS, MIN_US, of_type
from tests.rooms.readiness.turning_shop import TURNING, TurningShop
from twin.mes import mes_of
from twin.model.events import (
    DocumentAcknowledged,
    DocumentReleased,
    EquipmentModeChanged,
    EquipmentStateChanged,
    JobOrderCommand,
    JobOrderCommandRefused,
    LotCreated,
    LotExpedited,
    LotExpeditingEnded,
    LotHoldRequested,
    LotSplitRequested,
    OperationsRequestReleased,
    SalesOrderConfirmed,
    ToolAssigned,
    ToolMounted,
    ToolPlaced,
    ToolReconditioned,
)
from twin.model.scenario import Policies
from twin.model.states import WorkUnitState as S

TWO_MILLS = {
    "work_units": {
        **TURNING["work_units"], "mill_2": {"equipment_class": "mill", "work_center": "boring", "hourly_cost": "60 EUR/h"},
    },
}  # fmt: skip


def busy(**declared: Any) -> TurningShop:
    """Bo bores valves for A; orders B and C of five wait for the mill, C due before B."""
    shop = TurningShop(**declared).order("A", 5)
    shop.begins("mill_1", "A-VALVE/10", "bo")
    shop.order("B", 5).order("C", 5)
    return shop


def order_of(shop: TurningShop, center: str = "boring") -> list[str]:
    return shop.run.queue(center)["job_order"].tolist()


def test_the_queue_says_the_rank_of_each_and_the_reason_for_it() -> None:
    shop = busy()
    queue = shop.run.queue("boring")
    assert queue["rank"].tolist() == [1, 2]
    assert queue["job_order"].tolist() == ["B-VALVE/10", "C-VALVE/10"]
    assert queue["because"].tolist() == ["due in 6 d 22 h", "due in 6 d 22 h"]
    assert queue["blocked_by"].tolist() == ["no equipment that can do it is free"] * 2
    assert shop.run.queue("grinding").empty
    assert shop.is_the_same_from_every_source(lambda run: run.queue("boring"))


@pytest.mark.parametrize(
    ("policies", "because"),
    [
        ({"dispatch": "fifo"}, "there for 1 min"),
        ({"dispatch": "spt"}, "run of 30 min"),
        ({"dispatch": "slack"}, "slack of 6 d 21 h"),
        ({"dispatch": "slack_per_operation"}, "slack of 6 d 21 h over 2 operations"),
        ({"dispatch": "setup_avoidance", "ties": ["priority", "edd"]}, "no set-up, then priority 0, then due in 6 d 22 h"),
        ({"dispatch": "critical_ratio"}, "critical ratio 222.20"),
        ({"dispatch": "sequence", "sequence": {"boring": ["C-VALVE/10", "B-VALVE/10"]}}, "place 2 of the plan"),
        ({"dispatch": "weighted", "weighted": {"waited": 1.0}}, "weighted -0.00208"),
    ],
)
def test_each_rule_says_what_it_looks_at(policies: dict[str, Any], because: str) -> None:
    shop = busy()
    shop.run.mes.follow(Policies.model_validate(policies))
    queue = shop.run.queue("boring").set_index("job_order")
    assert queue.loc["B-VALVE/10", "because"] == because
    assert shop.run.queue("boring")["rank"].tolist() == [1, 2]


def test_what_is_planned_for_the_other_unit_of_its_work_center_is_in_the_plan() -> None:
    shop = busy(**TWO_MILLS)
    shop.run.mes.follow(Policies.model_validate({}).in_sequence({"mill_1": ["A-VALVE/10", "C-VALVE/10"], "mill_2": ["B-VALVE/10"]}))
    queue = shop.run.queue("boring").set_index("job_order")
    assert queue.loc["C-VALVE/10", "because"].startswith("place 2 of the plan")


def test_a_hot_lot_goes_before_all_others_and_the_queue_says_who_wants_it() -> None:
    shop = busy()
    assert order_of(shop) == ["B-VALVE/10", "C-VALVE/10"]
    assert shop.say(LotExpedited, person="ida", lot="C-VALVE", reason=" ") == "it needs a reason"
    assert shop.say(LotExpedited, person="ida", lot="X-VALVE", reason="x") == "nobody knows lot 'X-VALVE'"
    assert shop.say(LotExpedited, person="ida", lot="C-VALVE", reason="customer stands still") == ""
    assert order_of(shop) == ["C-VALVE/10", "B-VALVE/10"]
    assert shop.run.queue("boring").loc[0, "because"].startswith("hot lot: customer stands still, says Ida; due in ")
    shop.does("mill_1", "A-VALVE/10", 5)
    assert shop.started() == ["A-VALVE/10", "C-VALVE/10", "A-VALVE/20"], "B waits for the mill"
    assert shop.is_the_same_from_every_source()


def test_a_lot_that_is_hot_no_more_waits_its_turn() -> None:
    shop = busy()
    shop.say(LotExpedited, person="ida", lot="C-VALVE", reason="x")
    assert shop.say(LotExpedited, person="ida", lot="C-VALVE", reason="x") == "lot C-VALVE is hot already"
    assert shop.say(LotExpeditingEnded, person="ida", lot="C-VALVE") == ""
    assert shop.say(LotExpeditingEnded, person="ida", lot="C-VALVE") == "lot C-VALVE is not hot"
    assert order_of(shop) == ["B-VALVE/10", "C-VALVE/10"]


def test_what_blocks_a_job_order_is_named_whatever_it_is() -> None:
    declared = {
        "documents": {"WI": {"operations": ["10"], "acknowledge": True, "revisions": {"A": {"text": "x"}}}},
        "tools": {"reamer": {"operations": ["20"]}},
        "procedures": {"bore": {"operations": ["10"], "steps": {"clear": {"text": "Empty.", "asks": "yes", "before_start": True}}}},
    }
    shop = TurningShop(**declared).order("A", 5)
    assert shop.run.queue("boring")["kind"].tolist() == ["requirement"]
    lacks = "step 'clear' is not confirmed: Empty.; instruction WI rev A is not acknowledged by Bo; instruction WI rev A is not"
    assert shop.run.queue("boring").loc[0, "blocked_by"].startswith(lacks)
    shop.say(LotHoldRequested, person="ida", lot="A-VALVE", reason="crack")
    assert shop.run.queue("boring").loc[0, "kind"] == "held"
    assert shop.run.queue("boring").loc[0, "blocked_by"].startswith(f"on hold: held by ida: crack; {lacks}")
    lean = TurningShop()
    lean.stock(3).order("B", 5)  # three castings are left of a hundred
    assert lean.run.queue("boring")[["job_order", "kind", "blocked_by"]].to_numpy().tolist() == [
        ["B-VALVE/10", "material", "missing: CASTING (3 of 5 there)"]
    ]
    assert lean.sent() == []
    assert shop.is_the_same_from_every_source(lambda run: run.queue("boring"))


def test_a_missing_tool_blocks_a_start_and_says_where_those_of_its_kind_are() -> None:
    shop = TurningShop(**TWO_MILLS, tools={"reamer": {"title": "Reamer 12", "operations": ["10"]}}).order("A", 5).order("B", 5)
    assert [name for name, _ in shop.sent()] == ["A-VALVE/10"], "two mills, two turners, one reamer"
    why = shop.obstacle("boring", "B-VALVE/10")
    assert (why.why, why.detail) == ("requirement", "tool reamer (Reamer 12) is missing: reamer.1 is at mill_1 for A-VALVE/10")
    assigned = of_type(shop.begins("mill_1", "A-VALVE/10", "bo"), ToolAssigned)
    assert [(it.job_order, it.tool, it.used) for it in assigned] == [("A-VALVE/10", "reamer.1", 0)]
    shop.does("mill_1", "A-VALVE/10", 5)
    assert [name for name, _ in shop.sent()] == ["A-VALVE/10", "B-VALVE/10", "A-VALVE/20"], "it is released with the job order"
    assert shop.is_the_same_from_every_source()


def test_two_starts_of_one_instant_do_not_share_a_tool() -> None:
    shop = TurningShop(**TWO_MILLS, tools={"reamer": {"operations": ["10"]}})
    at = {"effective_us": shop.now_us, "material": "VALVE", "customer": "acme", "quantity": 5, "unit_price_minor": 5000}
    due_us = shop.now_us + 100 * MIN_US
    shop.tell(*(SalesOrderConfirmed(order=name, due_us=due_us, **at) for name in ("A", "B")))
    sent = [name for name, _ in shop.sent()]
    refused = shop.run.events.query("type == 'JobOrderCommandRefused'")
    assert len(sent) == len(refused) == 1, "what is refused never reaches the plant"
    assert refused["detail"].str.contains("tool reamer is missing").all()


def test_a_tool_wears_out_with_the_pieces_and_is_as_new_when_it_was_reconditioned() -> None:
    shop = TurningShop(tools={"reamer": {"operations": ["10"], "life": 8}}).order("A", 10)
    for lot in ("A-VALVE.1", "A-VALVE.2"):
        shop.does("mill_1", f"{lot}/10", 5)
    assert shop.alerts("tool") == ["tool reamer.1 is worn out: 10 of 8 pieces"]
    shop.order("B", 5)
    assert shop.obstacle("boring", "B-VALVE/10").detail == "tool reamer is missing: reamer.1 is worn out (10 of 8 pieces)"
    assert shop.say(ToolReconditioned, person="ida", tool="reamer") == (
        "no tool is called 'reamer' (did you mean 'reamer.1'?); allowed: reamer.1"
    )
    assert shop.say(ToolReconditioned, person="ida", tool="reamer.1") == ""
    assert shop.sent()[-1][0] == "B-VALVE/10"
    assert shop.is_the_same_from_every_source()


def test_of_tools_that_are_alike_the_one_that_is_mounted_there_is_used() -> None:
    shop = TurningShop(tools={"reamer": {"operations": ["10"], "count": 2}})
    shop.tell(ToolMounted(effective_us=shop.now_us, equipment="mill_1", tool="reamer.2"))
    shop.order("A", 5)
    assigned = of_type(shop.begins("mill_1", "A-VALVE/10", "bo"), ToolAssigned)
    assert [it.tool for it in assigned] == ["reamer.2"]
    tools = shop.run.resources.query("kind == 'tool'").set_index("resource")
    assert tools["state"].to_dict() == {"reamer.1": "in store", "reamer.2": "in use"}
    assert shop.say(ToolReconditioned, person="ida", tool="reamer.2") == "tool reamer.2 is in use for A-VALVE/10"


def test_a_floor_that_starts_by_itself_without_the_tool_is_told_of() -> None:
    shop = TurningShop(**TWO_MILLS, tools={"reamer": {"operations": ["10"]}}).order("A", 5).order("B", 5)
    shop.begins("mill_1", "A-VALVE/10", "bo")
    shop.begins("mill_2", "B-VALVE/10", "eve")
    assert shop.alerts("tool") == ["B-VALVE/10 was started, but tool reamer is missing: reamer.1 is at mill_1 for A-VALVE/10"]


def test_every_resource_says_what_it_does_and_who_is_qualified_is_free() -> None:
    shop = busy()
    there = shop.run.resources.set_index("resource")
    assert there.loc["mill_1", ["state", "is_free", "job_order", "person"]].tolist() == ["Execute", False, "A-VALVE/10", "bo"]
    assert there.loc["grinder_1", ["state", "is_free"]].tolist() == ["Idle", True]
    assert there.loc["bo", ["state", "at", "job_order", "qualified"]].tolist() == ["works", "mill_1", "A-VALVE/10", "turner"]
    assert there.loc["eve", ["state", "is_free"]].tolist() == ["free", True]
    assert there.loc["A-VALVE", ["kind", "title", "state"]].tolist() == ["lot", "VALVE", "Running"]
    assert shop.run.free_persons("turner") == ["eve"]
    with pytest.raises(ValueError, match="no personnel class is called 'turners'"):
        shop.run.free_persons("turners")
    with pytest.raises(ValueError, match="no work center is called 'borings'"):
        shop.run.queue("borings")
    assert shop.is_the_same_from_every_source(lambda run: run.resources, lambda run: run.free_persons("turner"))


def test_who_was_sent_a_moment_ago_is_reserved() -> None:
    shop = TurningShop().order("A", 5)
    there = shop.run.resources.set_index("resource")
    assert there.loc["bo", ["state", "is_free", "at", "job_order"]].tolist() == ["sent", False, "mill_1", "A-VALVE/10"]
    assert there.loc["mill_1", ["state", "is_free", "job_order"]].tolist() == ["Idle", False, "A-VALVE/10"]
    assert shop.run.free_persons("turner") == ["eve"]


@pytest.mark.slow
def test_in_the_gearbox_shop_one_hob_is_waited_for_and_a_hot_lot_passes(root: Path) -> None:
    scenario = root / "scenarios/gearbox_shop/one_hob.yaml"
    run = twin.simulate(root / "plant_models/gearbox_shop", scenario, until="2 d", seed=1)
    assigned = [it for it in (entry.event for entry in run.journal.entries()) if isinstance(it, ToolAssigned)]
    assert {it.tool for it in assigned} >= {"hob_m2.1", "hob_m3.1", "hob_m5.1"}
    first = next(job for job in run.mes.job_orders.values() if job.lot == "B7-GB3-TR3-PI3" and job.operation == "30")
    plain = twin.simulate(root / "plant_models/gearbox_shop", root / "scenarios/gearbox_shop/baseline.yaml", until="2 d", seed=1)
    before = plain.mes.job_orders[first.job_order]
    assert first.started_us < before.started_us or before.started_us < 0, "it was made hot on Monday"
    overlaps(assigned, run)
    again = twin.simulate(root / "plant_models/gearbox_shop", scenario, until="2 d", seed=1, engine="simpy")
    assert again.journal.head == run.journal.head


def overlaps(assigned: list[ToolAssigned], run: twin.Run) -> None:
    """No tool is on two job orders at a time."""
    jobs = run.mes.job_orders
    spans: dict[str, list[tuple[int, int]]] = {}
    for it in assigned:
        job = jobs[it.job_order]
        spans.setdefault(it.tool, []).append((job.started_us, job.ended_us if job.ended_us >= 0 else run.now_us))
    for each in spans.values():
        each.sort()
        assert all(one[1] <= other[0] for one, other in pairwise(each))


def on_hand(shop: TurningShop, material: str) -> int:
    return shop.run.mes.tracking.on_hand(material)


def test_part_of_a_lot_that_waits_goes_on_by_itself_and_all_of_it_is_accounted_for() -> None:
    shop = busy(**TWO_MILLS)
    shop.begins("mill_2", "B-VALVE/10", "eve")
    assert order_of(shop) == ["C-VALVE/10"]
    assert shop.say(LotSplitRequested, person="ida", lot="C-VALVE", quantity=5) == "5 of lot C-VALVE; allowed: 1 to 4"
    assert shop.say(LotSplitRequested, person="ida", lot="A-VALVE", quantity=2) == (
        "lot A-VALVE is being worked on; allowed: while it waits"
    )
    assert shop.say(LotSplitRequested, person="ida", lot="C-VALVE", quantity=2) == ""
    queue = shop.run.queue("boring").set_index("job_order")
    assert queue["quantity"].to_dict() == {"C-VALVE/10": 3, "C-VALVE.S1/10": 2}
    for unit, lot, pieces in (("mill_1", "A-VALVE", 5), ("mill_2", "B-VALVE", 5), ("mill_1", "C-VALVE", 3), ("mill_2", "C-VALVE.S1", 2)):
        shop.does(unit, f"{lot}/10", pieces)
        shop.does("grinder_1", f"{lot}/20", pieces)
    assert shop.shipped() == {"A": 5, "B": 5, "C": 5}
    assert on_hand(shop, "CASTING") == 85
    balance = shop.run.mass_balance("C-VALVE")
    assert balance.holds
    assert all(asked == taken for _, _, asked, taken in balance.needs)
    assert shop.run.violations(whole=True) == []
    assert shop.is_the_same_from_every_source()


def test_a_lot_may_be_split_between_two_operations_on_a_plant_that_speaks_for_itself() -> None:
    draft = {"documents": {"WI": {"operations": ["20"], "revisions": {"A": {"text": "x", "released": False}}}}}
    shop = TurningShop(**draft).order("A", 5)
    shop.does("mill_1", "A-VALVE/10", 5)
    assert shop.say(LotSplitRequested, person="ida", lot="A-VALVE", quantity=2) == ""
    assert shop.say(DocumentReleased, person="ida", document="WI", revision="A") == ""
    shop.does("grinder_1", "A-VALVE/20", 3)
    shop.does("grinder_1", "A-VALVE.S1/20", 2)
    assert shop.shipped() == {"A": 5}
    assert on_hand(shop, "CASTING") == 95
    assert shop.run.genealogy("A-VALVE.S1")["lot"].tolist()[:1] == ["A-VALVE"]
    assert shop.run.violations(whole=True) == []
    assert shop.is_the_same_from_every_source()


def test_a_command_that_is_refused_takes_no_tool_from_where_it_is() -> None:
    shop = TurningShop(**TWO_MILLS, tools={"reamer": {"operations": ["10"]}}).order("A", 5).order("B", 5)
    shop.begins("mill_1", "A-VALVE/10", "bo")
    start = {"equipment": "mill_2", "job_order": "A-VALVE/10", "person": "eve", "command": "Start"}
    refused = of_type(shop.tell(JobOrderCommand(effective_us=shop.now_us, **start)), JobOrderCommandRefused)
    assert [it.reason for it in refused] == ["job order A-VALVE/10 is Running; Start needs Ready"]
    assert [name for name, _ in shop.sent()] == ["A-VALVE/10"], "the reamer is at mill_1"
    assert shop.obstacle("boring", "B-VALVE/10").detail == "tool reamer is missing: reamer.1 is at mill_1 for A-VALVE/10"


def test_two_persons_who_split_a_lot_at_one_instant_lose_no_piece() -> None:
    shop = busy()
    split = {"lot": "B-VALVE", "terminal": "tablet 3"}
    shop.tell(*(LotSplitRequested(effective_us=shop.now_us, person=name, quantity=2, **split) for name in ("bo", "eve", "ida")))
    jobs = shop.run.mes.job_orders
    assert {name: jobs[name].quantity for name in jobs if name.startswith("B-") and name.endswith("/10")} == {
        "B-VALVE/10": 1, "B-VALVE.S1/10": 2, "B-VALVE.S2/10": 2,
    }  # fmt: skip
    refused = shop.run.events.query("type == 'EntryRefused'")["person"].tolist()
    assert (refused, shop.alerts("lot")) == (["ida"], [])
    shop.does("mill_1", "A-VALVE/10", 5)
    for name, pieces in (("B-VALVE/10", 1), ("B-VALVE.S1/10", 2), ("B-VALVE.S2/10", 2)):
        shop.does("mill_1", name, pieces)
    assert shop.run.violations(whole=True) == []
    assert shop.is_the_same_from_every_source()


def test_in_a_mode_that_takes_no_resume_none_is_commanded() -> None:
    shop = TurningShop().order("A", 5)
    shop.begins("mill_1", "A-VALVE/10", "bo")
    held = {"effective_us": shop.now_us, "equipment": "mill_1"}
    waits = EquipmentStateChanged(**held, state=int(S.SUSPENDED), reason="no_operator", job_order="A-VALVE/10")
    assert of_type(shop.tell(EquipmentModeChanged(**held, mode=3), waits), JobOrderCommand) == []
    back = shop.tell(EquipmentModeChanged(effective_us=shop.now_us, equipment="mill_1", mode=1))
    assert [(it.command, it.job_order) for it in of_type(back, JobOrderCommand)] == [("Resume", "A-VALVE/10")]


def test_a_batch_is_made_of_what_one_person_may_do() -> None:
    """Bo has read how valves are bored, Eve how plugs are; neither may do both, and nothing waits for that."""
    mill = {**TURNING["work_units"]["mill_1"], "batch": {"minimum": 1, "maximum": 2}}
    said = {"operations": ["10"], "acknowledge": True, "revisions": {"A": {"text": "Clamp."}}}
    shop = TurningShop(
        items={**ITEMS, "materials": {**ITEMS["materials"], "PLUG": ITEMS["materials"]["VALVE"]}},
        work_units={**TURNING["work_units"], "mill_1": mill},
        routings={**TURNING["routings"], "PLUG": {"10": {"segment": "bore", "run": "6 min"}}},
        documents={"WI-1": {**said, "materials": ["VALVE"]}, "WI-2": {**said, "materials": ["PLUG"]}},
    )
    for person, document in (("bo", "WI-1"), ("eve", "WI-2")):
        shop.say(DocumentAcknowledged, person=person, document=document, revision="A")
    at = {"effective_us": shop.now_us, "customer": "acme", "quantity": 5, "due_us": shop.now_us + 10_000 * MIN_US, "unit_price_minor": 5000}
    shop.tell(*(SalesOrderConfirmed(order=name, material=material, **at) for name, material in (("A", "VALVE"), ("B", "PLUG"))))
    assert shop.sent() == [("A-VALVE/10", "bo")]
    assert shop.run.events.query("type == 'JobOrderCommandRefused'").empty


def test_lots_are_let_in_by_the_rule_where_persons_decide_what_is_started() -> None:
    mes = mes_of(TurningShop().plant, Policies(decisions="persons", conwip_lots=2))
    wanted = OperationsRequestReleased(effective_us=1, request="R", material="VALVE", quantity=20, due_us=100)
    assert of_type(mes.apply(wanted), LotCreated) == []
    assert len(of_type(mes.decide(1), LotCreated)) == 2


def test_a_person_says_where_a_tool_was_put_and_what_makes_no_sense_is_refused() -> None:
    shop = TurningShop(tools={"reamer": {"operations": ["10"], "count": 2}})
    said = {"person": "ida", "tool": "reamer.2"}
    assert shop.say(ToolPlaced, **{**said, "tool": "reamer.3"}).startswith("no tool is called 'reamer.3' (did you mean 'reamer.")
    assert shop.say(ToolPlaced, **said, equipment="mill_7").startswith(
        "nobody declared 'mill_7' (did you mean 'mill_1'?); allowed: grinder_1"
    )
    assert shop.say(ToolPlaced, **said) == "tool reamer.2 is in the tool store already"
    assert shop.say(ToolPlaced, **said, equipment="mill_1") == ""
    assert shop.say(ToolPlaced, **said, equipment="mill_1") == "tool reamer.2 is on mill_1 already"
    shop.order("A", 5)
    assert [it.tool for it in of_type(shop.begins("mill_1", "A-VALVE/10", "bo"), ToolAssigned)] == ["reamer.2"]
    assert shop.say(ToolPlaced, **said) == "tool reamer.2 is at mill_1 for A-VALVE/10"
    assert shop.is_the_same_from_every_source()

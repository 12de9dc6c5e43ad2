"""A machine has told that it stands, and a person says why: every figure follows, in the run, its replay and its tables."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import twin
from tests.rooms.apps.api.tokens import LOOKER, SHOP, TEXT
from tests.rooms.apps.hand_shop import BORING, GRINDING, hand_shop, two_orders
from tests.rooms.apps.test_entries import running
from tests.rooms.quality.valve_shop import MIN_US, Shop
from tests.rooms.results.test_users import told
from twin.apps.api.serving import ApiServer
from twin.apps.feed import Feed
from twin.apps.feeds import _lead
from twin.apps.terminals.terminal import WorkTablet, _shown
from twin.model import events as e
from twin.model.plant import Plant
from twin.model.scenario import Scenario
from twin.model.states import WorkUnitState as S
from twin.results.outlook.ahead import up_again_us
from twin.results.run import Run
from twin.results.views.stops import stops
from twin.run import replay
from twin.simulation.engines import play
from twin.simulation.pacing import Paced
from twin.store.projections.projecting import project_rows
from twin.store.tokens import read_tokens

FAILS = {"failures": [{"reason": "spindle", "clock": "calendar", "time_to_failure": "30 min", "repair": "1 h"}]}
KEPT_UP = {"maintenance": [{"reason": "lubrication", "every": {"at": "08:00"}, "lasts": "20 min"}]}


def failing_shop() -> Plant:
    """The shop with a mill that runs for half an hour and fails for one; its grinder is kept up in the morning."""
    clara = {"classes": ["operator"], "calendar": "always", "hourly_cost": "30 EUR/h"}  # as whom the programs of the tests speak
    persons = hand_shop().layout.model_dump(mode="json", exclude_unset=True)["persons"]
    return hand_shop(
        {"persons": {**persons, "clara": clara}, "work_units": {"mill_1": {**BORING, **FAILS}, "grinder_1": {**GRINDING, **KEPT_UP}}}
    )


def span(run: Run, reason: str, unit: str = "mill_1") -> tuple[int, int]:
    """When a unit stood first for a reason: from, to."""
    first = next(it for it in run.mes.equipment.records[unit].intervals if it.reason == reason)
    return first.start_us, first.end_us


def lost(run: Run) -> dict[str, tuple[float, float]]:
    """Minutes and money of each reason for which the mill has failed."""
    return {it.reason: (it.minutes, it.cost_minor) for it in stops(run) if it.equipment == "mill_1" and it.loss == "failure"}


def refused(run: Run) -> list[str]:
    return [it.event.reason for it in run.journal.entries() if isinstance(it.event, e.EntryRefused)]


def test_whoever_says_why_a_simulated_machine_stood_moves_minutes_and_money_in_the_run_and_its_replay() -> None:
    plant, asked = failing_shop(), two_orders()
    before = twin.simulate(plant, asked, until="8 h", engine="simpy")
    (since_us, to_us), (kept_us, _) = span(before, "spindle"), span(before, "lubrication", "grinder_1")

    def said(at: str, reason: str, was: str = "spindle", since_us: int = since_us, why: str = "", unit: str = "mill_1") -> dict[str, Any]:
        about = {"equipment": unit, "since_us": since_us, "was_reason": was, "reason": reason, "why": why}
        return {"at": at, "person": "olga", "says": "StopReasonCorrected", "about": about}

    entries = [
        said("4 h", "cleaning"), said("5 h", "tool broken", "cleaning"), said("5 h", "tired", "cleaning"),
        said("5 h", "other", since_us=since_us + 1), said("5 h", "other", "lubrication", kept_us, unit="grinder_1"),
        said("5 h", "cleaning", "cleaning"), said("5 h", "cleaning"), said("6 h", "tool broken", "cleaning", why="it was the drill"),
    ]  # fmt: skip
    document = asked.model_dump(mode="json", exclude_unset=True)
    run = twin.simulate(plant, Scenario.model_validate({**document, "entries": entries}), until="8 h", engine="simpy")
    assert refused(run) == [
        "it needs a reason",
        "'tired' is no reason for a stop; allowed: breakdown, tool broken, material jam, no power or air, cleaning, other, spindle",
        "no stop of mill_1 began then; allowed: one that was reported, of equipment that is held, aborted or stopped",
        "grinder_1 was kept up then, as planned: lubrication; allowed: a stop that nobody planned",
        "that is what was said",
        "mill_1 stopped then for 'cleaning', not 'spindle'",
    ]
    minutes, (whole, money) = (to_us - since_us) / MIN_US, lost(before)["spindle"]
    assert lost(run) == {"spindle": (whole - minutes, money - 100 * minutes), "tool broken": (minutes, 100 * minutes)}, "60 EUR an hour"
    losses = run.mes.performance.losses(asked.start_us, run.now_us, run.now_us)
    assert [it.duration_us for it in losses if it.reason == "tool broken"] == [to_us - since_us]
    assert [it.why for it in run.mes.hand_work.corrections if isinstance(it, e.StopReasonCorrected)] == ["", "it was the drill"]
    stood = [(it["start_us"], it["end_us"], it["reason"]) for it in project_rows(run.journal.entries())["state_interval"]]
    assert (since_us, to_us, "tool broken") in stood
    frame = run.states
    assert list(frame[frame["reason"] == "tool broken"]["duration_h"]) == [minutes / 60]
    assert run.violations(whole=True) == []
    again = replay(list(run.journal.entries()), run.plant, run.scenario)
    assert (told(again), lost(again), again.trace_hash) == (told(run), lost(run), run.trace_hash)


def test_a_controllers_stop_without_a_reason_has_it_in_each_of_its_states_from_every_source() -> None:
    shop = Shop()
    shop.stock(20).order("A", 5)
    since_us = shop.now_us
    for state in (S.ABORTING, S.ABORTED, S.CLEARING, S.STOPPED):
        shop.tell(shop._state("mill_1", state))
    stop = {"equipment": "mill_1", "since_us": since_us, "was_reason": ""}
    assert shop.run.mes.hand_work.correcting.unexplained_since("mill_1") == since_us
    assert "nobody knows a person 'mallory'" in shop.say(e.StopReasonCorrected, "mallory", **stop, reason="material jam", why="")
    assert "not say where" in shop.say(e.StopReasonCorrected, "olga", "", **stop, reason="material jam", why="")
    assert shop.say(e.StopReasonCorrected, "olga", **stop, reason="material jam", why="") == ""
    record = shop.run.mes.equipment.records["mill_1"]
    assert [(it.start_us, it.reason) for it in record.intervals[1:]] == [(since_us + n * MIN_US, "material jam") for n in range(3)]
    assert (record.reason, record.reported) == ("material jam", "")
    assert shop.run.mes.hand_work.correcting.unexplained_since("mill_1") == -1, "it is asked once"
    shop.tell(shop._state("mill_1", S.IDLE))
    assert shop.run.mes.hand_work.correcting.known_stops(9) == [("mill_1", since_us, "material jam")]
    assert shop.is_the_same_from_every_source()


@pytest.fixture
def feed() -> Iterator[Feed]:
    """The failing shop 40 minutes after its start: the mill stands."""
    plant, asked = failing_shop(), two_orders()
    source = Paced(play("simpy", plant, asked, 1, asked.start_us + asked.horizon, stops_at_deadlock=True), 1)
    run = Run(plant, asked, seed=1)
    _lead(source, run, asked.start_us + 31 * MIN_US, None)
    with running(Feed(run, source, "simulated")) as it:
        yield it


def test_the_tablet_asks_why_a_machine_stands_and_a_program_may_say_it_too(feed: Feed, tmp_path: Path) -> None:
    unit = next(it for it in _shown(feed, "boring")["units"] if it["id"] == "mill_1")
    since_us = feed.run.scenario.start_us + 30 * MIN_US
    assert unit["stop"] == f"mill_1|{since_us}|spindle"
    tablet = WorkTablet(feed, terminal="terminal boring", now=_shown(feed, "boring"))
    who = {"kind": "StopReasonCorrected", "person": "olga", "terminal": "terminal boring"}
    assert tablet._take({**who, "id": "1", "said": {"stop": unit["stop"], "reason": "material jam"}}) == ""
    assert "no reason for a stop" in tablet._take({**who, "id": "2", "said": {"stop": f"mill_1|{since_us}|material jam", "reason": "x"}})
    shown = _shown(feed, "boring")
    with feed.run.lock:
        up_us = up_again_us(feed.run, feed.run.mes.equipment.records["mill_1"])
    assert up_us == since_us + 60 * MIN_US, "its repair takes as long as that of what the machine said"
    asked = next(it for group in shown["forms"] for it in group["forms"] if it["kind"] == "StopReasonCorrected")
    assert [it["id"] for it in asked["fields"][0]["options"]] == [f"mill_1|{since_us}|material jam"]
    assert "spindle" in [it["id"] for it in asked["fields"][1]["options"]], "what the machine said can be said again"
    assert [(it["reason"], it["stop"]) for it in shown["units"]] == [("material jam", "")], "it is asked once, and corrected by the form"
    file = tmp_path / "tokens.yaml"
    file.write_text(TEXT)
    file.chmod(0o600)
    body = {
        "equipment": "mill_1", "since": datetime.fromtimestamp(since_us / 1e6, UTC).isoformat(), "was_reason": "material jam",
        "reason": "spindle", "why": "it was the spindle after all",
    }  # fmt: skip
    with ApiServer(feed, read_tokens(file, feed.run.plant.layout.persons), 0) as server:
        assert posted(server.address, LOOKER, body)[0] == 403
        assert posted(server.address, SHOP, {**body, "why": ""}) == (409, "it needs a reason")
        assert posted(server.address, SHOP, body)[0] == 201
    assert feed.run.mes.equipment.records["mill_1"].reason == "spindle"
    assert [(it.person, it.terminal, it.reason) for it in feed.run.mes.hand_work.corrections if isinstance(it, e.StopReasonCorrected)] == [
        ("olga", "terminal boring", "material jam"), ("clara", "api", "spindle"),
    ]  # fmt: skip


def posted(address: str, token: str, body: dict[str, Any]) -> tuple[int, str]:
    """Status, and what was refused."""
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}", "Idempotency-Key": f"{token}-{len(body['why'])}"}
    request = urllib.request.Request(f"{address}/entries/stop-reason-corrected", data=json.dumps(body).encode(), headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, ""
    except urllib.error.HTTPError as refusal:
        return refusal.code, json.loads(refusal.read())["detail"]

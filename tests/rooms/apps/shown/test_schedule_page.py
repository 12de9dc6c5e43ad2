"""What a planner decides on the page Schedule and over HTTP: one operation is moved by hand, the rule of a work center is another."""

from __future__ import annotations

from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import panel_material_ui as pmui
import pytest

from tests.rooms.apps.api.tokens import SHOP, TEXT
from tests.rooms.apps.hand_shop import hand_shop, two_orders
from tests.rooms.apps.shown.test_who_speaks import parts
from tests.rooms.apps.test_entries import running, said_by_users, wait_until
from twin import study
from twin.apps.api.application import application
from twin.apps.api.floor.sequencing import _Planned
from twin.apps.feed import Feed
from twin.apps.feeds import by_hand
from twin.apps.pages.plan_card import TERMINAL, PlanCard
from twin.apps.pages.planning.rules_card import RulesCard
from twin.apps.speaking.speaker import Speaker
from twin.model.events import DispatchRuleChanged, SchedulePublished
from twin.store.tokens import read_tokens

pytestmark = pytest.mark.filterwarnings("ignore:Using `httpx` with `starlette.testclient` is deprecated")
A, B = "A-VALVE/10", "B-VALVE/10"


@pytest.fixture
def feed() -> Iterator[Feed]:
    plant = hand_shop()
    plant.layout.persons["clara"] = plant.layout.persons["olga"].model_copy(update={"title": "Clara", "roles": ["planner"]})
    with running(by_hand(plant, two_orders(), seed=1, speed=60)) as feed:
        wait_until(lambda: len(feed.run.mes.job_orders) >= 4)
        yield feed


class Viewer:
    """Whoever looks at a card, without a browser."""

    def __init__(self, card: Any) -> None:
        self.card = card

    def field(self, kind: type[Any], label: str) -> Any:
        return next(it for it in parts(self.card.view) if isinstance(it, kind) and it.label == label)

    def choose(self, **chosen: str) -> None:
        """Each by its label, as whoever waits for what is offered."""
        for label, value in chosen.items():
            select = self.field(pmui.Select, label.replace("_", " "))
            self.card.refresh()
            assert value in select.options.values(), f"{label}: {select.options}"
            select.value = value

    def types(self, label: str, text: str) -> None:
        self.field(pmui.TextInput, label).param.update(value=text, value_input=text)

    def press(self, label: str) -> None:
        self.field(pmui.Button, label).param.trigger("clicks")

    def reads(self, words: str) -> bool:
        self.card.refresh()
        return any(words in unescape(str(getattr(it, "object", ""))) for it in parts(self.card.view))


def queue(feed: Feed) -> list[str]:
    with feed.run.lock:
        return [job.job_order for job, _ in feed.run.mes.dispatching.queue("boring", feed.run.now_us)]


def test_programs_move_an_operation_let_it_go_and_change_the_rule_of_a_work_center(feed: Feed, tmp_path: Path) -> None:
    from fastapi.testclient import TestClient  # it warns when it is imported

    tokens = tmp_path / "tokens.yaml"
    tokens.write_text(TEXT)
    tokens.chmod(0o600)
    known = read_tokens(tokens, feed.run.plant.layout.persons)
    program = TestClient(application(feed, known), headers={"Authorization": f"Bearer {SHOP}"})

    def says(path: str, key: str, **body: str) -> Any:
        return program.post(path, json=body, headers={"Idempotency-Key": key})

    assert queue(feed) == [A, B]
    moved = says("/schedule/moves", "move-1", job_order=B, before=A)
    assert (moved.status_code, moved.json()["event"]) == (201, "SchedulePublished"), moved.text
    assert queue(feed) == [B, A]
    again = says("/schedule/moves", "move-1", job_order=B, before=A)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert [(it["job_order"], it["before"], it["person"]) for it in program.get("/schedule/moves").json()] == [(B, A, "clara")]
    refused = says("/schedule/moves", "move-2", job_order=B, equipment="grinder_1")
    assert (refused.status_code, refused.json()["detail"]) == (409, f"grinder_1 cannot do {B}; allowed: mill_1")
    planned = _Planned(feed.run, lambda run: study.put(run, A, before=B, until="21 d"), "clara", A, "")
    planned.plan()
    assert says("/schedule/releases", "free-0", job_order=B).status_code == 201
    with pytest.raises(ValueError, match="another schedule was published while this was planned; allowed: to plan again"):
        planned.event("late", feed.run.now_us)
    assert says("/schedule/moves", "move-3", job_order=B, before=A).status_code == 201
    changed = says("/entries/dispatch-rule-changed", "rule-1", work_center="boring", dispatch_rule="edd", reason="dates first")
    assert changed.status_code == 201, changed.text
    assert queue(feed) == [A, B], "the rule counts from now on, whatever was published"
    said = {it["work_center"]: (it["dispatch_rule"], it["person"], it["reason"]) for it in program.get("/dispatch-rules").json()}
    assert said == {"boring": ("edd", "clara", "dates first"), "grinding": ("sequence", "clara", "a schedule was published")}
    assert says("/schedule/releases", "free-1", job_order=B).status_code == 201
    assert program.get("/schedule/moves").json() == []
    events = said_by_users(feed.run)
    assert [type(it) for it in events] == [*[SchedulePublished] * 3, DispatchRuleChanged, SchedulePublished]
    assert [it.pinned_job_orders for it in events if isinstance(it, SchedulePublished)] == [(B,), (), (B,), ()]


def test_a_planner_supposes_moves_publishes_and_changes_rules_on_the_page(feed: Feed) -> None:
    speaker = Speaker(feed, TERMINAL)
    speaker.who.value = "clara"
    plan, rules = Viewer(PlanCard(feed, speaker)), Viewer(RulesCard(feed, speaker))
    plan.choose(suppose_that="down", which="mill_1")
    plan.types("for how long", "soon")
    plan.press("Suppose it")
    assert plan.reads("Not supposed: 'soon' is"), [str(getattr(it, "object", "")) for it in parts(plan.card.view)]
    plan.types("for how long", "20 h")
    plan.press("Suppose it")
    plan.choose(suppose_that="rush", product="VALVE")
    plan.press("Suppose it")
    assert plan.reads("Supposed: mill_1 is down for 20 h; acme orders 1 VALVE, due in 20 h.")
    plan.choose(by_which_rule="as now")
    plan.press("What if")
    wait_until(lambda: plan.reads("What if mill_1 is down for 20 h; acme orders 1 VALVE as what-if-1, and not to be published."))
    assert not plan.field(pmui.Button, "Publish").visible
    plan.press("Suppose nothing")
    plan.choose(move_the_job_order=B, before_or_after=A)
    plan.press("Put it there")
    wait_until(lambda: plan.reads("keep unit and sequence.") and plan.field(pmui.Button, "Publish").visible)
    assert queue(feed) == [A, B]
    plan.press("Publish")
    wait_until(lambda: queue(feed) == [B, A])
    wait_until(lambda: plan.reads(f"Put by hand: {B} on mill_1, before {A}, by Clara"))
    plan.choose(move_the_job_order=A, before_or_after=B)
    plan.choose(to_the_unit="mill_1")
    plan.press("Put it there")
    wait_until(lambda: plan.reads(f"{A} on mill_1, before {B}") or plan.field(pmui.Button, "Publish").visible)
    rules.choose(work_center="boring", goes_by="spt")
    rules.press("Change the rule")
    wait_until(lambda: rules.reads("Refused: it needs a reason"))
    rules.types("why", "short ones first")
    rules.press("Change the rule")
    wait_until(lambda: rules.reads("boring goes by shortest operation first (SPT) from now on."))
    assert rules.reads("short ones first")

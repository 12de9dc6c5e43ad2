"""Phases go through the state machine of work units, whoever tells of them; steps are confirmed in their order, and corrected."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from tests.rooms.quality.test_nonconformances import png
from tests.rooms.readiness.test_process import TEMPERATURE, observe, running
from tests.rooms.readiness.turning_shop import TurningShop
from twin.apps.terminals.forms import floor_forms
from twin.model.events import (
    DocumentReleased,
    LotExpedited,
    NonconformanceContained,
    NonconformanceDispositioned,
    NonconformanceRaised,
    PhaseReported,
    PhaseStateChanged,
    StepConfirmed,
    StepCorrected,
)
from twin.model.readiness.documents import digest_of
from twin.model.states import WorkUnitState as S
from twin.results.auditing.said_now import not_said_now
from twin.results.auditing.signable import signed_entry
from twin.results.readiness.at_hand import floor_at_hand
from twin.store.proof.signing import Signatures

PHASED = {"operations": ["10"], "unit_procedures": {"mill": {"prepare": ["clamp", "probe"], "cut": ["bore"]}}}


def phase(shop: TurningShop, name: str, *states: S, **more: Any) -> None:
    for state in states:
        shop.tell(PhaseStateChanged(effective_us=shop.now_us, equipment="mill_1", phase=f"mill/{name}", state=int(state), **more))


def test_phases_go_through_the_state_machine_of_work_units_one_after_the_other() -> None:
    shop = running(procedures={"bore": PHASED})
    phases = shop.run.mes.process.phases
    phase(shop, "prepare/clamp", S.EXECUTE, S.COMPLETE)
    phase(shop, "prepare/probe", S.EXECUTE)
    states = [phases.state_of("A-VALVE/10", it) for it in ("mill", "mill/prepare", "mill/prepare/clamp")]
    assert states == [S.EXECUTE, S.EXECUTE, S.COMPLETE]
    phase(shop, "prepare/probe", S.HELD)
    assert phases.state_of("A-VALVE/10", "mill") == S.HELD
    phase(shop, "prepare/probe", S.EXECUTE, S.COMPLETE)
    assert phases.state_of("A-VALVE/10", "mill/prepare") == S.COMPLETE
    phase(shop, "cut/bore", S.EXECUTE, S.COMPLETE)
    assert phases.state_of("A-VALVE/10", "mill") == S.COMPLETE
    assert shop.alerts("phase") == []
    assert shop.run.phases_of("A-VALVE/10")["state"].tolist()[:3] == ["Execute", "Complete", "Execute"]
    assert shop.is_the_same_from_every_source()


def test_a_person_says_what_is_done_of_a_phase_where_no_controller_does() -> None:
    shop = TurningShop(procedures={"bore": PHASED}).order("A", 5)
    phases, clamp = shop.run.mes.process.phases, "mill/prepare/clamp"

    def say(name: str, change: str, reason: str = "", job_order: str = "A-VALVE/10") -> str:
        return shop.say(PhaseReported, "bo", job_order=job_order, phase=name, change=change, reason=reason)

    assert say(clamp, "begin") == "job order A-VALVE/10 is Dispatched; allowed: while it is under way"
    shop.begins("mill_1", "A-VALVE/10", "bo")
    assert say(clamp, "begin") == ""
    assert say(clamp, "begun") == "'begun' is nothing that a phase does (did you mean 'begin'?); allowed: begin, hold, resume, end"
    assert say(clamp, "resume") == f"phase {clamp} of A-VALVE/10 is Execute; allowed: hold, end"
    assert say(clamp, "hold") == "it needs a reason: why the phase is held"
    assert say(clamp, "hold", "the vice is loose") == ""
    assert (phases.state_of("A-VALVE/10", "mill"), phases.changes_of(shop.run.mes.job_orders["A-VALVE/10"])) == (
        S.HELD, [(clamp, "resume")],
    )  # fmt: skip
    assert [say(clamp, change) for change in ("resume", "end", "end")] == [
        "", "", f"phase {clamp} of A-VALVE/10 is Complete; allowed: nothing, it is over",
    ]  # fmt: skip
    bore = "mill/cut/bore"
    assert say(bore, "begin") == f"phase {bore} of A-VALVE/10 comes after mill/prepare/probe; allowed: once that is complete"
    assert say("mill/cut/drill", "begin").startswith("A-VALVE/10 has no phase 'mill/cut/drill' (did you mean 'mill/cut/bore'?); allowed: ")
    assert say("x", "begin", job_order="A-VALVE/20") == "A-VALVE/20 has no phase 'x'; allowed: none: no procedure of it has phases"
    assert shop.run.phases_of("A-VALVE/10")["state"].tolist() == ["Execute", "Held", "Execute", "Complete"]
    phase(shop, "prepare/probe", S.EXECUTE, job_order="A-VALVE/10", person="bo")  # a controller that knows who stands there
    assert say("mill/prepare/probe", "end") == "the controller of mill_1 says the phases of A-VALVE/10; allowed: where none does"
    assert shop.alerts("phase") == []
    assert shop.is_the_same_from_every_source(lambda run: run.phases_of("A-VALVE/10"))


def test_a_phase_out_of_its_order_or_against_the_state_machine_is_told() -> None:
    shop = running(procedures={"bore": PHASED})
    phase(shop, "cut/bore", S.EXECUTE)
    phase(shop, "prepare/clamp", S.EXECUTE, S.COMPLETE, S.HELD)
    assert shop.alerts("phase") == [
        "phase mill/cut/bore of A-VALVE/10 began before mill/prepare/clamp, mill/prepare/probe was complete",
        "phase mill/prepare/clamp of A-VALVE/10 went from Complete to Held, which no phase may",
    ]
    phase(shop, "cut/drill", S.EXECUTE)
    assert shop.alerts("phase")[-1].startswith("A-VALVE/10 has no phase 'mill/cut/drill' (did you mean 'mill/cut/bore'?); allowed: ")


def test_a_value_is_looked_at_during_its_phases_alone() -> None:
    during = {**TEMPERATURE, "during": ["mill/cut/bore"]}
    shop = running(procedures={"bore": {**PHASED, "parameters": {"temperature": during}}})
    assert observe(shop, 70) == []
    for name in ("prepare/clamp", "prepare/probe"):
        phase(shop, name, S.EXECUTE, S.COMPLETE)
    phase(shop, "cut/bore", S.EXECUTE)
    observe(shop, 70)
    assert len(shop.alerts("parameter")) == 1


STEPS = {
    "clear": {"text": "Nothing of the last order lies here.", "asks": "yes", "before_start": True},
    "clamp": {"text": "Clamp on the bore."},
    "torque": {"text": "Torque of the clamp.", "asks": "value", "unit": "Nm", "lower": 18, "upper": 22},
    "note": {"text": "Batch of the coolant.", "asks": "words"},
}


def test_work_begins_only_when_what_belongs_before_it_is_confirmed() -> None:
    """Here, by two persons: the second confirms what the first has said, and nobody starts before."""
    steps = {**STEPS, "clear": {**STEPS["clear"], "verified_by_two": True}}
    shop = TurningShop(procedures={"bore": {"operations": ["10"], "steps": steps}}).order("A", 5)
    assert shop.obstacle("boring", "A-VALVE/10").detail == "step 'clear' is not confirmed: Nothing of the last order lies here."
    assert shop.say(StepConfirmed, person="bo", job_order="A-VALVE/10", step="clear", answer=0.0) == (
        "'clear' has to be answered with yes before work goes on: Nothing of the last order lies here."
    )
    said = {"job_order": "A-VALVE/10", "step": "clear"}
    assert shop.say(StepConfirmed, "bo", **said, answer=1.0) == ""
    with pytest.raises(ValueError, match="is not confirmed: a second person has still to confirm it; allowed: once it is"):
        signed_entry(shop.run, "step", ["clear", "A-VALVE/10"], None)
    assert shop.say(StepConfirmed, "bo", **said, answer=1.0) == (
        "bo has confirmed step 'clear' of A-VALVE/10 as the first; allowed: a second person"
    )
    assert shop.say(StepConfirmed, "eve", **said, answer=1.0, words="no") == (
        "bo has said of step 'clear' of A-VALVE/10: 1; allowed: the same, or it is corrected first"
    )
    assert shop.say(StepCorrected, "ida", **said, reason="chips", is_undone=True) == ""
    with pytest.raises(ValueError, match="it was said that it is not done"):
        signed_entry(shop.run, "step", ["clear", "A-VALVE/10"], None)
    assert shop.say(StepConfirmed, "eve", **said, answer=1.0) == ""
    assert (shop.sent(), shop.run.mes.process.steps.missing(shop.run.mes.job_orders["A-VALVE/10"], before_start=True)) == ([], ["clear"])
    (row,) = next(it["rows"] for it in floor_forms(shop.run) if it["id"] == "guided")
    assert row["text"] == "Nothing of the last order lies here. eve has said: 1. Somebody else verifies it."
    assert row["forms"][0]["values"] == {**said, "answer": "1.0", "words": ""}
    assert shop.say(StepConfirmed, "bo", **said, answer=1.0) == ""
    assert [name for name, _ in shop.sent()] == ["A-VALVE/10"]
    assert shop.run.steps_of("A-VALVE/10").loc[0, ["person", "verified_by"]].tolist() == ["eve", "bo"]
    assert shop.run.batch_record("A-VALVE")["lots"][0]["steps"][0]["confirmed"][-1] == "clear: 1 (eve, verified by bo)"
    done_us = shop.run.mes.process.steps.confirmed["A-VALVE/10"]["clear"].at_us
    assert signed_entry(shop.run, "step", ["clear", "A-VALVE/10"], done_us).event.person == "bo"
    assert shop.run.mes.process.said_us("bo", shop.run.mes.job_orders["A-VALVE/10"], done_us) == (done_us, "step 'clear' was confirmed")
    assert shop.is_the_same_from_every_source()


def test_what_two_have_verified_is_not_written_otherwise_by_one_once_the_work_is_done() -> None:
    """Somebody else has signed what becomes of the deviation; a journal that has such a correction is gone on with all the same."""
    steps = {"torque": {**STEPS["torque"], "verified_by_two": True}}
    shop = TurningShop(procedures={"bore": {"operations": ["10"], "steps": steps}}).order("A", 5)
    shop.begins("mill_1", "A-VALVE/10", "bo")
    said: dict[str, Any] = {"job_order": "A-VALVE/10", "step": "torque"}
    for person in ("bo", "eve"):
        assert shop.say(StepConfirmed, person, **said, answer=20.0) == ""

    def refused(person: str = "eve") -> str:
        return not_said_now(shop.run, StepCorrected(effective_us=shop.now_us, person=person, **said, answer=19.0, reason="misread"))

    assert refused() == "", "as long as it goes on, a second person verifies what was corrected"
    shop.does("mill_1", "A-VALVE/10", 5)
    assert refused() == (
        "step 'torque' is verified by two persons, and job order A-VALVE/10 is Completed since Mon 2 Mar, 06:36; allowed: once somebody"
        " else than eve has signed the disposition of a nonconformance of lot A-VALVE that was decided since then"
    )
    wrong = {"nonconformance": "NC-1"}
    assert shop.say(NonconformanceRaised, "eve", lot="A-VALVE", quantity=1, description="19 Nm, not 20", **wrong) == ""
    assert shop.say(NonconformanceContained, "eve", action="set aside", **wrong) == ""
    assert shop.say(NonconformanceDispositioned, "ida", disposition="use as is", reason="holds", **wrong) == ""
    assert "allowed: once somebody else than eve has signed" in refused(), "it is decided, and nobody has signed that"
    signatures = Signatures(shop.run.journal)
    signatures.enroll("ida", "secret of ida")
    entry = signed_entry(shop.run, "disposition", ["NC-1"], None)
    shop.tell(signatures.sign(entry.id, "ida", "secret of ida", "approved", terminal="desk", at_us=shop.now_us))
    assert (refused(), "somebody else than ida has signed" in refused("ida")) == ("", True)
    assert shop.say(StepCorrected, "eve", **said, answer=19.0, reason="misread") == ""
    assert shop.is_the_same_from_every_source()


def test_steps_are_confirmed_in_their_order_with_who_when_and_what_and_within_limits() -> None:
    shop = TurningShop(procedures={"bore": {"operations": ["10"], "steps": STEPS}}).order("A", 5)

    def confirm(step: str, **said: Any) -> str:
        return shop.say(StepConfirmed, person="bo", job_order="A-VALVE/10", step=step, **said)

    assert confirm("clamp").endswith("belongs to work that has begun, and job order A-VALVE/10 is Waiting")
    assert confirm("clear", answer=1.0) == ""
    shop.begins("mill_1", "A-VALVE/10", "bo")
    assert confirm("torque", answer=20.0) == "step 'torque' comes later; first: clamp (Clamp on the bore.)"
    assert confirm("clamp") == ""
    assert confirm("clamp") == "step 'clamp' of A-VALVE/10 is confirmed already"
    assert confirm("torque") == "'torque' asks for a value; allowed: 18 to 22 Nm"
    assert confirm("torque", answer=25.0) == "25 Nm is out of limits; allowed: 18 to 22 Nm"
    assert confirm("torque", answer=20.0) == ""
    assert confirm("note") == "'note' asks for words"
    assert confirm("notes") == "job order A-VALVE/10 has no step 'notes' (did you mean 'note'?); allowed: clear, clamp, torque, note"
    shop_before = shop.run.steps_of("A-VALVE/10")

    def correct(step: str, **said: Any) -> str:
        return shop.say(StepCorrected, person="eve", job_order="A-VALVE/10", step=step, **said)

    assert correct("note", reason="x") == "step 'note' of A-VALVE/10 is not confirmed; allowed: clear, clamp, torque"
    assert correct("torque", reason=" ", answer=19.0) == "it needs a reason"
    assert correct("torque", reason="misread", answer=25.0) == "25 Nm is out of limits; allowed: 18 to 22 Nm"
    assert correct("torque", reason="misread", answer=20.0) == "step 'torque' of A-VALVE/10 was confirmed so already: 20"
    assert correct("clamp", reason="x") == "'clamp' has no value that could be another; allowed: that it is not done after all"
    assert correct("clamp", reason="it was loose", is_undone=True) == ""
    assert confirm("note", words="B7") == "step 'note' comes later; first: clamp (Clamp on the bore.)"
    assert confirm("clamp") == ""
    assert correct("torque", reason="misread", answer=19.0) == ""
    steps = shop.run.steps_of("A-VALVE/10")
    assert steps["before"].tolist() == ["", "done (bo); eve: it was loose", "20 (bo); eve: misread", ""]
    assert steps.loc[2, ["value", "person"]].tolist() == [19.0, "eve"]
    trail = shop.run.audit_trail(of="A-VALVE/10", person="eve").query("standing == 'taken'")
    assert trail[["was", "now", "why"]].to_numpy().tolist()[-1] == ["answer 20", "answer 19", "misread"]
    record = shop.run.batch_record("A-VALVE")["lots"][0]["steps"][0]["confirmed"]
    assert record[-2:] == ["clamp: done (bo)", "torque: 19 (eve, corrected: misread)"]
    steps = shop_before
    assert steps["is_confirmed"].tolist() == [True, True, True, False]
    assert steps.loc[2, ["value", "person", "terminal"]].tolist() == [20.0, "bo", "tablet 3"]
    shop.does("mill_1", "A-VALVE/10", 5)
    assert shop.alerts("step") == ["A-VALVE/10 was completed; not confirmed: note"]
    assert correct("clamp", reason="x", is_undone=True) == "job order A-VALVE/10 is Completed; allowed: before it has ended"
    assert shop.is_the_same_from_every_source(lambda run: run.steps_of("A-VALVE/10"))


def test_what_is_optional_keeps_nothing_waiting() -> None:
    steps = {**STEPS, "clamp": {**STEPS["clamp"], "optional": True}, "note": {**STEPS["note"], "optional": True}}
    shop = TurningShop(procedures={"bore": {"operations": ["10"], "steps": steps}}).order("A", 5)
    said = {"person": "bo", "job_order": "A-VALVE/10"}
    assert shop.say(StepConfirmed, **said, step="clear", answer=1.0) == ""
    shop.begins("mill_1", "A-VALVE/10", "bo")
    guided = shop.run.mes.process.steps
    assert [it.step for it in floor_at_hand(shop.run).steps] == ["clamp", "torque"]
    assert guided.keeps_open(shop.run.mes.job_orders["A-VALVE/10"]).startswith("A-VALVE/10 cannot be completed: not confirmed: torque (")
    assert shop.say(StepConfirmed, **said, step="torque", answer=20.0) == ""
    assert guided.keeps_open(shop.run.mes.job_orders["A-VALVE/10"]) == ""
    shop.order("B", 65)
    assert shop.say(LotExpedited, person="ida", lot="B-VALVE.13", reason="the customer waits") == ""
    offered = dict.fromkeys(it.job_order for it in floor_at_hand(shop.run, "boring").steps)
    assert [*offered][:2] == ["A-VALVE/10", "B-VALVE.13/10"], "of 13 lots the one that goes first"
    shop.does("mill_1", "A-VALVE/10", 5)
    assert shop.alerts("step") == []


def test_a_state_that_no_phase_has_is_told() -> None:
    shop = running(procedures={"bore": PHASED})
    shop.tell(PhaseStateChanged(effective_us=shop.now_us, equipment="mill_1", phase="mill/cut/bore", state=99))
    assert shop.alerts("phase") == ["phase mill/cut/bore of A-VALVE/10 reports state 99, which no phase has"]


def test_a_step_shows_the_drawing_that_is_in_force_for_its_job_order() -> None:
    """What has begun by revision B shows B still when C is valid; who has not begun sees C."""
    rows = {"documents": {"DR-7": {"title": "Clamp", "kind": "drawing", "operations": ["10"], "revisions": {"B": {"text": "As drawn."}}}}}
    steps = {"clamp": {"text": "Clamp on the bore.", "document": "DR-7"}, "note": {"text": "Look again.", "before_start": True}}
    shop = TurningShop(**rows, procedures={"bore": {"operations": ["10"], "steps": {"note": steps["note"], "clamp": steps["clamp"]}}})
    shop.order("A", 5)

    def shown(step: str) -> dict[str, Any] | None:
        rows = next(it for it in floor_forms(shop.run, "boring") if it["id"] == "guided")["rows"]
        return next((it.get("shown") for it in rows if it["id"].endswith(step)), None)

    assert shop.say(StepConfirmed, "bo", job_order="A-VALVE/10", step="note", answer=1.0) == ""
    shop.begins("mill_1", "A-VALVE/10", "bo")
    words = {"title": "Clamp, drawing DR-7", "revision": "B", "file": "", "is_picture": False, "text": "As drawn.", "address": ""}
    assert shown("clamp") == words
    picture = base64.b64encode(png(40, 30)).decode()
    assert shop.say(DocumentReleased, "ida", document="DR-7", revision="C", file="clamp.png", content=picture) == ""
    assert shown("clamp") == words
    (kept,) = shop.run.mes.documents.in_force["A-VALVE/10"]
    assert [it[:2] for it in kept.documents] == [("DR-7", "B")]
    shop.order("B", 5)
    (asked,) = [it for it in floor_at_hand(shop.run, "boring").steps if it.job_order == "B-VALVE/10"]
    assert asked.shown is None, "of the step before the start nothing is to be shown"
    shop.does("mill_1", "A-VALVE/10", 5)
    assert shop.say(StepConfirmed, "bo", job_order="B-VALVE/10", step="note", answer=1.0) == ""
    shop.begins("mill_1", "B-VALVE/10", "bo")
    seen = shown("clamp")
    assert seen is not None
    assert (seen["revision"], seen["is_picture"], seen["address"]) == ("C", True, f"/document/{digest_of(png(40, 30))}")
    assert shop.is_the_same_from_every_source(lambda run: str(floor_at_hand(run, "boring").steps))

"""What the forms of supervisors, of documents, of quality and of the warehouse say: each offers what there is, and becomes an entry."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from tests.rooms.quality.valve_shop import Shop
from tests.rooms.readiness.test_documents import B_TEXT, C_TEXT, instruction, shop_with_two_revisions
from tests.rooms.readiness.test_process import BORING, observe, running
from tests.rooms.readiness.test_steps_and_phases import PHASED, STEPS
from tests.rooms.readiness.turning_shop import TurningShop
from tests.rooms.upkeep.kept_shop import KeptShop
from tests.rooms.upkeep.test_alarms import shop as alarmed
from tests.rooms.upkeep.test_alarms import state
from twin.apps.api.entries import document_of, entries_of, entry_said
from twin.apps.office.entered import OfficeEntered
from twin.apps.office.expiry_forms import expiry_forms
from twin.apps.office.stock.counted_forms import counted_forms
from twin.apps.terminals.declaring.document_forms import document_forms
from twin.apps.terminals.entered import Entered
from twin.apps.terminals.forms import Form, floor_forms
from twin.apps.terminals.quality_forms import quality_forms
from twin.apps.terminals.supervising_forms import supervisor_forms
from twin.model import events as e
from twin.results.auditing.signable import signed_entry
from twin.results.run import Run
from twin.results.warehouse.figures import warehouse_of

HOUR_US = 3_600_000_000


def form_of(forms: list[Form], kind: str) -> Form:
    (found,) = [it for group in forms for it in group["forms"] if it["kind"] == kind]
    return dict(found)


def offered(forms: list[Form], kind: str) -> list[str]:
    """What can be chosen in the first field of a form."""
    return [option["id"] for option in form_of(forms, kind)["fields"][0]["options"]]


def presses(shop: Shop, forms: Callable[[Run], list[Form]], kind: str, person: str, entered: type[Entered] = Entered, **said: str) -> str:
    """What a person fills in, field by field, and what comes of it: "", or why it is refused."""
    fields = [it["name"] for it in form_of(forms(shop.run), kind)["fields"]]
    assert set(said) <= set(fields)
    entry = {"kind": kind, "person": person, "terminal": "page", "id": "", "said": {**dict.fromkeys(fields, ""), **said}}
    followed = shop.tell(entered(shop.run).event(entry, shop.now_us))
    return next((it.reason for it in followed if isinstance(it, e.EntryRefused)), "")


def test_what_no_form_offers_is_refused_in_words() -> None:
    wrong = {"kind": "ClockingEntered", "person": "ida", "terminal": "page", "id": "", "said": {"clocking": "bo|soon|", "what": "break"}}
    with pytest.raises(ValueError, match="clocking: 'soon' is no time of what is offered; allowed: one of what is offered"):
        Entered(TurningShop().run).event(wrong, 0)


def test_a_lot_is_let_go_first_and_waits_its_turn_again() -> None:
    shop = TurningShop().order("A", 5).order("B", 5)
    lots = offered(supervisor_forms(shop.run), "LotExpedited")
    assert lots == ["A-VALVE", "B-VALVE"]
    assert presses(shop, supervisor_forms, "LotExpedited", "ida", lot="B-VALVE") == "it needs a reason"
    assert presses(shop, supervisor_forms, "LotExpedited", "ida", lot="B-VALVE", reason="their line stands") == ""
    assert shop.run.mes.hot_lots.reasons == {"B-VALVE": "hot lot: their line stands, says Ida"}
    forms = supervisor_forms(shop.run)
    assert forms[0]["notes"] == ["B-VALVE is a hot lot: their line stands, says Ida"]
    assert (offered(forms, "LotExpedited"), offered(forms, "LotExpeditingEnded")) == (["A-VALVE"], ["B-VALVE"])
    assert presses(shop, supervisor_forms, "LotExpeditingEnded", "ida", lot="A-VALVE") == "lot A-VALVE is not hot"
    assert presses(shop, supervisor_forms, "LotExpeditingEnded", "ida", lot="B-VALVE") == ""
    assert shop.run.mes.hot_lots.reasons == {}


def test_what_is_held_for_a_process_value_goes_on_from_the_terminal_of_its_work_center_or_from_the_supervisor() -> None:
    shop = running(procedures={"bore": BORING})
    assert offered(floor_forms(shop.run, "boring"), "ProcessDeviationCleared") == []
    observe(shop, 61)
    forms = floor_forms(shop.run, "boring")
    assert offered(forms, "ProcessDeviationCleared") == offered(supervisor_forms(shop.run), "ProcessDeviationCleared") == ["mill_1"]
    assert offered(floor_forms(shop.run, "grinding"), "ProcessDeviationCleared") == []
    assert "is held: temperature was 61 at" in next(it for it in forms if it["id"] == "process")["notes"][0]
    at_boring = lambda run: floor_forms(run, "boring")  # noqa: E731
    assert presses(shop, at_boring, "ProcessDeviationCleared", "bo", equipment="mill_1") == "it needs a reason: what was done"
    assert presses(shop, at_boring, "ProcessDeviationCleared", "bo", equipment="mill_1", reason="coolant filled up") == ""
    assert shop.run.mes.process.held == {}


def test_an_alarm_is_taken_out_of_service_by_who_may_and_returned() -> None:
    it: KeptShop = alarmed()
    it.raises("mill_1", "door")
    (key,) = offered(supervisor_forms(it.run), "AlarmTakenOutOfService")
    assert key == "alarm|mill_1|door"
    assert presses(it, supervisor_forms, "AlarmTakenOutOfService", "quinn", alarm=key) == "it needs a reason"
    assert "which door asks for" in presses(
        it, supervisor_forms, "AlarmTakenOutOfService", "olga", alarm=key, reason="its switch is broken"
    )
    assert presses(it, supervisor_forms, "AlarmTakenOutOfService", "quinn", alarm=key, reason="its switch is broken") == ""
    assert state(it, "door") == "out of service"
    (note,) = supervisor_forms(it.run)[2]["notes"]
    assert note.startswith("door · ")
    assert note.endswith("its switch is broken")
    assert offered(supervisor_forms(it.run), "AlarmTakenOutOfService") == []
    assert offered(supervisor_forms(it.run), "AlarmReturnedToService") == [key]
    assert presses(it, supervisor_forms, "AlarmReturnedToService", "quinn", alarm=key) == ""
    assert state(it, "door") == "unacknowledged"
    with pytest.raises(ValueError, match="mill_1 has raised no alarm 'window'"):
        presses(it, supervisor_forms, "AlarmReturnedToService", "quinn", alarm="alarm|mill_1|window")


def test_a_revision_is_released_at_an_instant_and_withdrawn_with_a_reason_by_who_may() -> None:
    shop = TurningShop(**instruction(B={"text": B_TEXT}, C={"text": C_TEXT, "released": False}))
    assert offered(document_forms(shop.run), "DocumentWithdrawn") == ["WI-12|B"]
    assert document_forms(shop.run)[0]["notes"] == ["WI-12, revision C: draft"]
    release = {"document": "WI-12", "revision": "C"}
    assert "bo is no engineer, which 'WI-12' asks for" in presses(shop, document_forms, "DocumentReleased", "bo", **release)
    with pytest.raises(ValueError, match="effective from: 'noon' is no time"):
        presses(shop, document_forms, "DocumentReleased", "ida", **release, effective_from="noon")
    assert presses(shop, document_forms, "DocumentReleased", "ida", **release) == ""
    valid = shop.run.mes.documents.documents["WI-12"].valid_at(shop.now_us)
    assert valid is not None
    assert (valid.revision, valid.released_by, valid.to_us) == ("C", "ida", -1)
    assert offered(document_forms(shop.run), "DocumentWithdrawn") == ["WI-12|B", "WI-12|C"]
    assert offered(document_forms(shop.run), "SignDecision") == [f"document|{valid.released_us}|WI-12|C"]
    released = signed_entry(shop.run, "document", ["WI-12", "C"], valid.released_us)
    assert (type(released.event), released.event.person) == (e.DocumentReleased, "ida"), "what bo tried is not what is signed"
    assert presses(shop, document_forms, "DocumentWithdrawn", "ida", released="WI-12|C") == "it needs a reason"
    assert presses(shop, document_forms, "DocumentWithdrawn", "ida", released="WI-12|C", reason="wrong clamp") == ""
    assert shop.run.mes.documents.documents["WI-12"].valid_at(shop.now_us) is None


def test_a_revision_that_nobody_declared_comes_with_its_words_and_may_begin_and_end_later() -> None:
    shop = shop_with_two_revisions()
    said = {"document": "WI-12", "revision": "D", "effective_from": "2040-03-02 14:00", "effective_to": "2040-03-03 14:00+00:00"}
    assert "has no revision 'D'" in presses(shop, document_forms, "DocumentReleased", "ida", **said)
    assert presses(shop, document_forms, "DocumentReleased", "ida", **said, text="Clamp twice.") == ""
    it = shop.run.mes.documents.documents["WI-12"].all["D"]
    assert (it.text, it.to_us) == ("Clamp twice.", 2_214_396_000_000_000)


def test_who_holds_a_lot_may_say_when_it_will_be_decided() -> None:
    shop = TurningShop().order("A", 5)
    shop.begins("mill_1", "A-VALVE/10", "bo")
    said = {"lot": "A-VALVE", "reason": "scratches"}
    past = presses(shop, quality_forms, "LotHoldRequested", "bo", **said, disposition="2001-01-01 00:00")
    assert past.startswith("it would have been decided at ")
    assert past.endswith(", which is past; allowed: a later instant, or none")
    assert presses(shop, quality_forms, "LotHoldRequested", "bo", **said, disposition="2040-03-03 14:00+00:00") == ""
    assert shop.run.mes.quality.holds.disposition_us["A-VALVE"] == 2_214_396_000_000_000


def test_the_label_of_a_lot_says_until_when_it_may_be_used() -> None:
    bins = {"dock": {}, "gate": {}, "shelf": {}}
    shop = TurningShop(warehouse={"receiving": "dock", "shipping": "gate", "bins": bins})
    says = partial(presses, shop, expiry_forms, "LotExpirySet", "bo", entered=OfficeEntered)
    with pytest.raises(ValueError, match="lot: nothing of lot 'C1' is in stock"):
        says(lot="C1", expires="2040-03-03 14:00")
    with pytest.raises(ValueError, match="expires: 'soon' is no time"):
        says(lot="C0", expires="soon")
    assert "no material 'CASTIN' (did you mean 'CASTING'?)" in says(lot="C0", material="CASTIN", expires="2040-03-03 14:00")
    assert says(lot="C0", expires="2040-03-03 14:00+00:00") == ""
    warehouse = warehouse_of(shop.run)
    assert warehouse is not None
    assert warehouse.contents.expires_us["CASTING", "C0"] == 2_214_396_000_000_000
    assert expiry_forms(TurningShop().run) == [], "nobody would hear it"


def test_a_lot_is_written_off_at_the_stock_page() -> None:
    shop = TurningShop()
    assert "CASTING|C0" in str(counted_forms(shop.run)[0]["forms"][1]["fields"][0]["options"])
    says = partial(presses, shop, counted_forms, "StockWrittenOff", "bo", entered=OfficeEntered)
    before = shop.run.erp.stock.on_hand["CASTING"]
    assert says(lot="CASTING|C0", quantity="2", reason=" ") == "what is written off needs a reason"
    assert says(lot="CASTING|C0", quantity="2", reason="dropped") == ""
    assert shop.run.erp.stock.on_hand["CASTING"] == before - 2


def test_steps_are_corrected_and_phases_told_of_at_the_terminal_and_by_a_program() -> None:
    shop = TurningShop(procedures={"bore": {**PHASED, "steps": {"torque": {**STEPS["torque"], "before_start": True}}}}).order("A", 5)
    assert shop.say(e.StepConfirmed, "bo", job_order="A-VALVE/10", step="torque", answer=20.0) == ""
    shop.begins("mill_1", "A-VALVE/10", "bo")
    floor = partial(floor_forms, center="boring")
    again, undone = (it for group in floor(shop.run) for it in group["forms"] if it["kind"] == "StepCorrected")
    (torque,) = again["fields"][0]["options"]
    assert (torque["title"], undone["values"]) == ("A-VALVE/10, torque: 20 (bo)", {"is_undone": "yes"})
    entry = {"kind": "StepCorrected", "person": "eve", "terminal": "page", "id": ""}
    said = {"confirmed": torque["id"], "reason": "misread"}
    with pytest.raises(ValueError, match="is no number"):
        Entered(shop.run).event({**entry, "said": {**said, "answer": "19,5x"}}, shop.now_us)
    shop.tell(Entered(shop.run).event({**entry, "said": {**said, "answer": "19"}}, shop.now_us))
    assert shop.run.mes.process.steps.confirmed["A-VALVE/10"]["torque"].value == 19.0
    assert offered(floor(shop.run), "PhaseReported") == ["A-VALVE/10|begin|mill/prepare/clamp"]
    assert presses(shop, floor, "PhaseReported", "bo", phase="A-VALVE/10|begin|mill/prepare/clamp") == ""
    assert offered(floor(shop.run), "PhaseReported") == [f"A-VALVE/10|{it}|mill/prepare/clamp" for it in ("hold", "end")]

    def posts(kind: type[e.Entry], **said: object) -> str:
        assert kind in entries_of(shop.plant)
        followed = shop.tell(entry_said(kind, document_of(kind)(**said), "ida", "1")(shop.now_us))
        return next((it.reason for it in followed if isinstance(it, e.EntryRefused)), "")

    assert posts(e.PhaseReported, job_order="A-VALVE/10", phase="mill/prepare/clamp", change="end") == ""
    assert posts(e.StepCorrected, job_order="A-VALVE/10", step="torque", answer=18.5, reason="gauge was off") == ""
    assert shop.run.steps_of("A-VALVE/10").loc[0, ["value", "person", "terminal"]].tolist() == [18.5, "ida", "api"]
    shop.does("mill_1", "A-VALVE/10", 5)
    assert posts(e.NonconformanceRaised, lot="A-VALVE", nonconformance="NC-1", quantity=2, description="rust") == ""
    assert posts(e.NonconformanceContained, nonconformance="NC-1", action="set aside") == ""
    assert posts(e.NonconformanceDispositioned, nonconformance="NC-1", disposition="rework", rework_to="10") == ""
    assert shop.run.mes.lots["A-VALVE.R"].in_process == 2
    assert shop.is_the_same_from_every_source()

"""Maintenance is done by its instruction: steps are confirmed, readings judged and kept, at the tablet where it is asked for, too."""

from __future__ import annotations

from typing import Any

from tests.rooms.upkeep.kept_shop import KeptShop
from twin.apps.terminals.entered import Entered
from twin.apps.terminals.upkeep_forms import maintenance_forms, maintenance_here
from twin.model.events import EntryRefused, MaintenancePerformed, MaintenanceStarted, MaintenanceStepConfirmed
from twin.results.upkeep.caring import care_now

GREASING: dict[str, Any] = {
    "equipment": "mill_1",
    "after_pieces": 10,
    "personnel_class": "operator",
    "documents": ["WI-9"],
    "steps": {
        "lock": {"text": "Lock the switch", "asks": "yes"},
        "play": {"text": "Measure the play", "asks": "value", "unit": "mm", "upper": 0.02},
        "rails": {"text": "Wipe the rails", "optional": True},
    },
}
DOCUMENT = {
    "title": "Greasing",
    "kind": "instruction",
    "revisions": {"B": {"text": "Two strokes.", "released": True}},
    "materials": ["VALVE"],
}


def rows(shop: KeptShop, center: str = "boring") -> dict[str, list[str]]:
    """Steps that may be confirmed at a tablet, and the buttons of each."""
    (group,) = maintenance_here(shop.run, center)
    return {row["id"]: [it["button"] for it in row["forms"]] for row in group["rows"]}


def press(shop: KeptShop, button: str, person: str = "olga", **fields: str) -> str:
    """A button of the group at the tablet, its own values and what is filled in; "" or why it was refused."""
    (group,) = maintenance_here(shop.run, "boring")
    (form,) = [
        it for it in (*group["forms"], *(one for row in group["rows"] for one in row["forms"])) if button in (it["button"], it["label"])
    ]
    entry = {"id": "1", "kind": form["kind"], "person": person, "terminal": "terminal boring", "said": {**form["values"], **fields}}
    told = shop.tell(Entered(shop.run).event(entry, shop.now_us))
    return next((it.reason for it in told if isinstance(it, EntryRefused)), "")


def test_maintenance_is_not_done_before_its_steps_are_and_what_was_read_is_kept() -> None:
    shop = KeptShop(maintenance_plans={"greasing": GREASING}, documents={"WI-9": DOCUMENT})
    assert press(shop, "Ask for maintenance", equipment="mill_1", description="it howls") == ""
    assert [(it.category, it.requested_by) for it in shop.run.mes.maintenance.orders.values()] == [("corrective", "olga")]
    shop.stock(100).order("A", 10)
    shop.does("mill_1", "A-VALVE.1/10", 5)
    shop.does("mill_1", "A-VALVE.2/10", 5)
    about = {"maintenance": "M-greasing-1"}
    early = "M-greasing-1 is requested; allowed: where it is started"
    assert shop.say(MaintenanceStepConfirmed, "olga", step="lock", answer=1.0, **about) == early
    assert shop.say(MaintenanceStarted, "olga", **about) == ""
    assert rows(shop) == {
        "M-greasing-1/lock": ["Yes", "No"], "M-greasing-1/play": ["Enter"], "M-greasing-1/rails": ["Done"],
    }  # fmt: skip
    assert rows(shop, "grinding") == {}
    (doing,) = [it for it in maintenance_forms(shop.run) if it["id"] == "doing"]
    assert "M-greasing-1: Greasing WI-9, revision B: Two strokes." in doing["notes"]
    missing = "M-greasing-1 is not done: step 'lock': Lock the switch; step 'play': Measure the play; allowed: once that is confirmed"
    assert shop.say(MaintenancePerformed, "olga", **about) == missing
    assert press(shop, "Yes") == ""
    said = {"step": "play", "maintenance": "M-greasing-1"}
    assert shop.say(MaintenanceStepConfirmed, "olga", **said) == "step 'play' asks for a value: Measure the play; allowed: 0.02 mm or less"
    assert press(shop, "Enter", answer="0,05") == ""
    assert shop.alerts("maintenance")[-1] == "M-greasing-1, Measure the play: 0.05 mm; allowed: 0.02 mm or less"
    assert care_now(shop.run).steps == {"M-greasing-1": "; 2 of 3 steps; Measure the play: 0.05 mm, allowed: 0.02 mm or less"}
    again = {**said, "answer": 0.01}
    assert shop.say(MaintenanceStepConfirmed, "quinn", **again) == "quinn is no operator, which this asks for; allowed: olga"
    wanted = "step 'play' was confirmed by olga: 0.05 mm; allowed: something else, for a reason"
    assert shop.say(MaintenanceStepConfirmed, "olga", **again) == wanted
    corrected = {"confirmed": "M-greasing-1|play", "answer": "0.01", "reason": "bearing set anew"}
    assert press(shop, "Correct a step of maintenance", **corrected) == ""
    assert shop.say(MaintenancePerformed, "olga", **about) == ""
    table = shop.run.maintenance_steps()
    assert table[["step", "is_confirmed", "is_allowed", "person"]].to_numpy().tolist() == [
        ["lock", True, True, "olga"], ["play", True, True, "olga"], ["rails", False, None, ""],
    ]  # fmt: skip
    assert table["value"].tolist()[:2] == [1.0, 0.01]
    assert table["before"].tolist() == ["", "0.05 mm (olga); bearing set anew", ""]
    assert shop.is_the_same_from_every_source(lambda run: run.maintenance_steps())

"""Process values keep to limits, the route to its order, phases to their machine, persons to the steps; prompts say what to change."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import twin
from tests.rooms.files.small_plant import PLANT, put, write_plant
from tests.rooms.quality.valve_shop import of_type
from tests.rooms.readiness.turning_shop import TurningShop
from twin.apps.terminals.entered import Entered
from twin.apps.terminals.forms import floor_forms
from twin.model.events import (
    EquipmentStateChanged,
    JobOrderCommand,
    JobOrderCommandRefused,
    ModeChangeRequested,
    ProcessDeviationCleared,
    ProcessValueCorrected,
    ProcessValueObserved,
    SetpointConfirmed,
    SetpointRefused,
    SetpointRequested,
    WorkPromptRaised,
)
from twin.model.plant import Plant
from twin.model.problems import PlantFileError
from twin.model.readiness.earlier import MAY_BE_EARLIER
from twin.model.states import WorkUnitState as S
from twin.store.files import read_plant

TEMPERATURE = {"unit": "°C", "target": 50, "warn_below": 45, "warn_above": 55, "stop_below": 40, "stop_above": 60}
BORING = {"operations": ["10"], "parameters": {"temperature": TEMPERATURE}}


def running(person: str = "bo", **declared: Any) -> TurningShop:
    """Bo bores five valves."""
    shop = TurningShop(**declared).order("A", 5)
    shop.begins("mill_1", "A-VALVE/10", person)
    return shop


def observe(shop: TurningShop, *values: float, name: str = "temperature") -> list[Any]:
    return [
        followed
        for value in values
        for followed in shop.tell(ProcessValueObserved(effective_us=shop.now_us, equipment="mill_1", property=name, value=float(value)))
    ]


def test_a_value_outside_its_first_limits_is_told_and_says_what_to_change() -> None:
    shop = running(procedures={"bore": BORING})
    assert observe(shop, 50, 54) == []
    followed = observe(shop, 56)
    assert shop.alerts("parameter") == ["temperature of mill_1 is 56 °C; allowed: 45 to 55 °C"]
    prompt = of_type(followed, WorkPromptRaised)[0]
    assert (prompt.what, prompt.suggestion) == ("Bring temperature of mill_1 back to 45 to 55 °C", "set temperature to 50 °C")
    assert observe(shop, 57) == [], "it is told once"
    assert shop.run.process_values["level"].tolist() == ["", "", "warn", "warn"]
    assert shop.is_the_same_from_every_source()


def test_a_value_outside_its_second_limits_holds_the_job_order_until_somebody_says_that_it_is_in_order() -> None:
    shop = running(procedures={"bore": BORING})
    observe(shop, 61)
    held = [(it.command, it.equipment, it.job_order, it.reason) for it in of_type(shop.commands, JobOrderCommand)][1:]
    assert held == [("Hold", "mill_1", "A-VALVE/10", "temperature out of limits")]
    shop.begins("mill_1", "A-VALVE/10", "bo", S.HELD)
    assert str(shop.run.mes.status("A-VALVE/10")[0]) == "Held"
    assert shop.say(ProcessDeviationCleared, person="bo", equipment="mill_1", reason=" ") == "it needs a reason: what was done"
    assert shop.say(ProcessDeviationCleared, person="bo", equipment="grinder_1", reason="x") == "grinder_1 is not held for a process value"
    assert shop.say(ProcessDeviationCleared, person="bo", equipment="mill_1", reason="coolant refilled") == ""
    assert [it.command for it in of_type(shop.commands, JobOrderCommand)] == ["Start", "Hold", "Restart"]
    assert shop.is_the_same_from_every_source()


def test_a_value_that_was_told_wrong_is_corrected_and_what_it_asks_for_follows() -> None:
    shop = running(procedures={"bore": BORING})
    observe(shop, 50, 61)
    first_us, second_us = (at_us for at_us, _ in shop.run.mes.process.values["A-VALVE/10", "temperature"])

    def says(observed_us: int, was: float, value: float, reason: str = "misread", **said: Any) -> str:
        about = {"equipment": "mill_1", "job_order": "A-VALVE/10", "property": "temperature", **said}
        return shop.say(ProcessValueCorrected, "bo", observed_us=observed_us, was=was, value=value, reason=reason, **about)

    assert says(second_us, 61, 51, " ") == "it needs a reason"
    assert says(second_us, 60, 51) == "temperature was not 60 then; there: 61"
    assert says(second_us, 61, 51, property="temp") == "no 'temp' of A-VALVE/10 was observed; allowed: temperature"
    assert says(second_us, 61, 51, equipment="grinder_1") == "A-VALVE/10 was done at mill_1, not at 'grinder_1'; allowed: mill_1"
    assert says(second_us, 61, 51) == ""
    what = "temperature of mill_1 was 51 °C, and not 61 °C, as bo says (misread)"
    stays = "what is held for it stays so until a person says it is in order"
    assert shop.alerts("parameter")[-1] == f"{what}: it had not left 40 to 60 °C; {stays}"
    assert list(shop.run.mes.process.held) == ["mill_1"]
    assert shop.say(ProcessDeviationCleared, person="bo", equipment="mill_1", reason="it was misread") == ""
    shop.begins("mill_1", "A-VALVE/10", "bo")
    (form,) = (it for group in floor_forms(shop.run, "boring") for it in group["forms"] if it["kind"] == "ProcessValueCorrected")
    titles = {it["title"]: it["id"] for it in form["fields"][0]["options"]}
    assert list(titles.values()) == [f"mill_1|A-VALVE/10|temperature|{second_us}|51", f"mill_1|A-VALVE/10|temperature|{first_us}|50"]
    said = {"observed": f"mill_1|A-VALVE/10|temperature|{second_us}|51", "value": "65,5", "reason": "another gauge"}
    entry = {"id": "1", "kind": "ProcessValueCorrected", "person": "bo", "terminal": "terminal boring", "said": said}
    shop.tell(Entered(shop.run).event(entry, shop.now_us))
    assert [(it.value, it.level) for it in shop.run.mes.process.deviations] == [(61, "stop"), (65.5, "stop")]
    assert [it.command for it in of_type(shop.commands, JobOrderCommand)][-1] == "Hold"
    table = shop.run.process_values
    assert table[["value", "level", "reason"]].to_numpy().tolist() == [[50, "", ""], [65.5, "stop", "another gauge"]]
    record = shop.run.batch_record("A-VALVE")
    assert [it["what"] for it in record["exceptions"] if it["kind"] == "corrected"] == [
        "temperature: 61 is 51; misread", "temperature: 51 is 65.5; another gauge",
    ]  # fmt: skip
    assert "temperature: 2 from 50 to 65.5" in str(record["lots"])
    assert shop.is_the_same_from_every_source(lambda run: run.process_values)


def test_targets_go_to_the_machine_with_the_job_order_and_what_is_not_confirmed_is_told() -> None:
    """Of the parameters with a target those alone that signals.yaml lets anybody write."""
    plc = {"driver": "modbus", "host": "127.0.0.1", "port": 5020}
    mill = {"connection": "plc", "unit": 1, "setpoints": {"temperature": {"address": 20_000}, "feed": {"address": 20_002}}}
    parameters = {"temperature": TEMPERATURE, "feed": {"target": 0.2}, "speed": {"target": 900}, "carbon": {"warn_above": 0.9}}
    shop = running(
        procedures={"bore": {"operations": ["10"], "parameters": parameters}},
        signals={"connections": {"plc": plc}, "equipment": {"mill_1": mill}},
    )
    entries = [it for it in shop.run.journal.entries() if isinstance(it.event, SetpointRequested)]
    assert [(it.event.equipment, it.event.job_order, it.event.property, it.event.value, it.event.unit) for it in entries] == [
        ("mill_1", "A-VALVE/10", "temperature", 50.0, "°C"), ("mill_1", "A-VALVE/10", "feed", 0.2, ""),
    ], "once, with the command to start; not again at the start"  # fmt: skip
    about = {"effective_us": shop.now_us, "equipment": "mill_1", "job_order": "A-VALVE/10"}
    shop.tell(SetpointConfirmed(**about, setpoint=entries[0].id, property="temperature", value=50.0))
    shop.tell(SetpointRefused(**about, setpoint=entries[1].id, property="feed", value=0.2, reason="the controller reads 0.1 back"))
    assert shop.alerts("setpoint") == [
        "feed of mill_1 was to be 0.2 for A-VALVE/10, and it is not confirmed: the controller reads 0.1 back"
    ]
    assert [(it.property, it.standing) for it in shop.run.mes.setpoints.now.values()] == [("temperature", "confirmed"), ("feed", "refused")]
    assert shop.is_the_same_from_every_source()


def test_what_is_allowed_beyond_one_limit_alone_is_said_so() -> None:
    shop = running(procedures={"bore": {"operations": ["10"], "parameters": {"flow": {"unit": "l/min", "stop_below": 4}}}})
    observe(shop, 3.5, name="flow")
    assert shop.alerts("parameter") == ["flow of mill_1 is 3.5 l/min; allowed: 4 l/min or more"]


def test_a_value_that_drifts_is_told_before_it_leaves_its_limits() -> None:
    shop = running(procedures={"bore": {**BORING, "parameters": {"temperature": {**TEMPERATURE, "advice": "refill coolant"}}}})
    assert of_type(observe(shop, 50, 49, 50, 50.5, 51, 51.5), WorkPromptRaised) == [], "the last five would reach 55 much later"
    prompts = of_type(observe(shop, 53, 54), WorkPromptRaised)
    assert [(it.prompt, it.what, it.suggestion) for it in prompts] == [
        ("drift", "Stop the drift of temperature at mill_1", "refill coolant")
    ]
    assert "is 53 °C: 55 °C is reached in" in prompts[0].why
    assert shop.alerts("prompt")[0].startswith("Stop the drift of temperature at mill_1: temperature of mill_1 was ")
    (advice,) = (it for it in floor_forms(shop.run, "boring") if it["id"] == "advice")
    assert "Stop the drift of temperature at mill_1. temperature of mill_1 was" in advice["notes"][0]
    assert not [it for it in floor_forms(shop.run, "grinding") if it["id"] == "advice"], "it is acted on where it is"
    assert shop.is_the_same_from_every_source()


def test_a_stop_that_comes_again_prompts_somebody_to_find_its_cause() -> None:
    stops = {"repeated_stop": {"count": 3, "within": "1 h"}, "advice": {"jam": "clean the chute"}}
    shop = running(prompts=stops)
    told = []
    for _ in range(3):
        state = EquipmentStateChanged(effective_us=shop.now_us, equipment="mill_1", state=int(S.HELD), job_order="A-VALVE/10", reason="jam")
        told.append(of_type(shop.tell(state), WorkPromptRaised))
        shop.begins("mill_1", "A-VALVE/10", "bo")
    assert [len(it) for it in told] == [0, 0, 1]
    assert (told[2][0].why, told[2][0].suggestion) == ("mill_1 stood still 3 times for 'jam' within 1 h", "clean the chute")
    assert shop.is_the_same_from_every_source()


def test_a_signal_of_a_control_chart_prompts_somebody_to_look_for_what_has_changed() -> None:
    chart = {"kind": "i_mr", "mean": 10.0, "sigma": 0.02}
    plan = {"material": "VALVE", "operation": "10", "gate": False, "characteristics": {"bore": {"unit": "mm", "chart": chart}}}
    shop = running(quality_plans={"bore": plan}, prompts={"control_charts": True})
    shop.does("mill_1", "A-VALVE/10", 5)
    followed = of_type(shop.measure("A-VALVE", bore=10.2), WorkPromptRaised)
    assert [(it.prompt, it.what) for it in followed] == [("control_chart", "Look for what has changed bore")]
    assert followed[0].why.startswith("chart of bore of VALVE: ")


def test_an_operation_out_of_its_order_is_refused_by_command_and_told_when_the_floor_does_it() -> None:
    shop = TurningShop().order("A", 5)
    start = {"equipment": "grinder_1", "job_order": "A-VALVE/20", "command": "Start", "person": "bo"}
    refused = of_type(shop.tell(JobOrderCommand(effective_us=shop.now_us, **start)), JobOrderCommandRefused)
    assert [it.reason for it in refused] == ["job order A-VALVE/20 is Waiting (operation 10 is not done); Start needs Ready"]
    shop.begins("grinder_1", "A-VALVE/20", "bo")
    assert shop.alerts("route") == ["lot A-VALVE is at operation 20 on grinder_1, and 10 before it is not done"]
    assert shop.is_the_same_from_every_source(lambda run: run.queue("grinding"))


PROCEDURES = """\
procedures:
  baking:
    materials: [cake]
    operations: [bake]
    parameters:
      heat: {unit: °C, target: 180, warn_below: 170, warn_above: 190, stop_above: 220, during: [oven/bake/hot]}
    steps:
      door: {text: Close the door.}
      weight: {text: Weigh it., asks: value, lower: 1, upper: 2}
    unit_procedures:
      oven: {bake: [warm, hot]}
"""
FIRST_LINE = len(PLANT.splitlines())


def test_what_is_shown_beside_a_step_is_a_document_for_all_of_its_work(tmp_path: Path) -> None:
    other = "documents: {DR-7: {materials: [blank], revisions: {A: {text: As drawn.}}}}\n"
    folder = write_plant(tmp_path, plant=PLANT + put(PROCEDURES, "Close the door.", "Close the door., document: DR-7") + other)
    with pytest.raises(
        PlantFileError, match="'DR-7' is not for operation bake of 'cake', as the step is; allowed: a document for all work"
    ):
        read_plant(folder)


def test_a_procedure_reads_back_from_what_is_kept_of_it(tmp_path: Path) -> None:
    plant = read_plant(write_plant(tmp_path, plant=PLANT + PROCEDURES))
    assert plant.layout.procedures["baking"].phases == ["oven/bake/warm", "oven/bake/hot"]
    assert Plant.model_validate_json(plant.model_dump_json()) == plant


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("warn_above: 190", "warn_above: 230", 6, "stop_above is 220, and warn_above is 230; allowed: 230 or more"),
        ("target: 180", "target: 160", 6, "target is 160, and warn_below is 170; allowed: 170 or more"),
        (
            "oven/bake/hot]", "oven/bake/hott]", 6,
            "'baking' has no phase 'oven/bake/hott' (did you mean 'oven/bake/hot'?); allowed: oven/bake/warm, oven/bake/hot",
        ),
        (
            "Close the door.", "Close the door., optional: true, before_start: true", 8,
            "'door' is optional, and nothing starts before it is confirmed; allowed: one of optional and before_start",
        ),
        (
            "Close the door.", "Close the door., verified_by_two: true", 8,
            "'door' is confirmed by two persons, and fewer are declared; allowed: two persons or more",
        ),
        (
            "Close the door.", "Close the door., document: DR-7", 8,
            "no document is called 'DR-7'; allowed: one of documents, and none is declared",
        ),
        ("lower: 1, upper: 2", "lower: 3, upper: 2", 9, "nothing lies between 3 and 2; allowed: more than 3"),
        ("Close the door.", "Close the door., lower: 1", 8, "'door' asks for no value, and has a limit; allowed: asks: value, or no limit"),
        ("materials: [cake]", "materials: [cakes]", 3, "no material is called 'cakes' (did you mean 'cake'?); allowed: flour, blank, cake"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_procedure_is_said_at_its_line(tmp_path: Path, old: str, new: str, line: int, said: str) -> None:
    folder = write_plant(tmp_path, plant=PLANT + put(PROCEDURES, old, new))
    with pytest.raises(PlantFileError) as raised:
        read_plant(folder)
    assert [(it.line - FIRST_LINE, str(it).split(": ", 1)[1]) for it in raised.value.problems] == [(line, said)]


ENTRIES = """\
plant: small
start: "2026-03-02T06:00:00+01:00"
horizon: 5 d
entries:
  - {at: 1 h, person: ada, says: ProcessDeviationCleared, about: {equipment: oven_1, reason: cooled down}}
"""


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "at: 1 h", "at: 7 min",
            "nobody listens 7 min after the start: a simulated plant hears persons every quarter of an hour; allowed: a multiple of 15 min",
        ),
        ("at: 1 h", "at: 6 d", "the run has ended 6 d after its start; allowed: less than 5 d"),
        (
            "ProcessDeviationCleared, about: {equipment: oven_1, reason: cooled down}",
            "HelpAnswered, happened: 2 h, about: {help: fitter}",
            "it is said 1 h after the start, and would happen later; allowed: at most 1 h",
        ),
        (
            "at: 1 h", "at: 1 h, happened: 30 min",
            f"ProcessDeviationCleared is so from when it is said; allowed: {', '.join(it.__name__ for it in MAY_BE_EARLIER)}",
        ),
        ("person: ada", "person: adda", "no person is called 'adda' (did you mean 'ada'?); allowed: ada"),
        ("reason: cooled down", "reasons: cooled down", None),
        ("reason: cooled down", "reason: 5", "5 is no str; allowed: reason: str"),
        ("ProcessDeviationCleared", "ProcessDeviationCleard", None),
    ],
)  # fmt: skip
def test_what_is_wrong_in_what_persons_say_is_said_at_its_line(tmp_path: Path, old: str, new: str, said: str | None) -> None:
    from twin.store.files import read_scenario

    plant = read_plant(write_plant(tmp_path, plant=PLANT))
    (tmp_path / "asked.yaml").write_text(put(ENTRIES, old, new))
    with pytest.raises(PlantFileError) as raised:
        read_scenario(tmp_path / "asked.yaml", plant)
    problems = [str(it).split(": ", 1)[1] for it in raised.value.problems]
    assert all(it.line == 5 for it in raised.value.problems)
    if said:
        assert problems == [said]
    elif "reasons" in new:
        assert any(it.startswith("ProcessDeviationCleared has no 'reasons'; allowed: reason, ") for it in problems)
    else:
        assert problems[0].startswith("nobody can say 'ProcessDeviationCleard' (did you mean 'ProcessDeviationCleared'?)")


def test_in_the_gearbox_shop_a_furnace_that_drifts_is_told_then_held_and_goes_on_when_it_is_in_order(root: Path) -> None:
    scenario = root / "scenarios/gearbox_shop/carburising.yaml"
    run = twin.simulate(root / "plant_models/gearbox_shop", scenario, until="3 d", seed=1)
    prompts = run.prompts
    assert {"drift", "limits"} <= set(prompts["prompt"])
    assert (prompts["suggestion"] == "recalibrate the thermocouple of zone 2").any()
    commands = [it for it in (entry.event for entry in run.journal.entries()) if isinstance(it, JobOrderCommand)]
    told = [it.command for it in commands if it.equipment == "furnace_1" and it.command in ("Hold", "Restart")]
    assert told[:2] == ["Hold", "Restart"]
    held = run.states.query("equipment == 'furnace_1' and reason == 'Temperature of zone 2 out of limits'")
    assert len(held) >= 1
    again = twin.simulate(root / "plant_models/gearbox_shop", scenario, until="3 d", seed=1, engine="simpy")
    assert again.journal.head == run.journal.head


TWO_VALUES = {"bore": {**BORING, "parameters": {"temperature": TEMPERATURE, "pressure": {**TEMPERATURE, "unit": "bar"}}}}


def commands(shop: TurningShop) -> list[str]:
    return [it.command for it in of_type(shop.commands, JobOrderCommand)]


def test_what_is_held_for_two_values_goes_on_when_somebody_says_that_it_is_in_order() -> None:
    shop = running(procedures=TWO_VALUES)
    observe(shop, 61)
    shop.begins("mill_1", "A-VALVE/10", "bo", S.HELD)
    observe(shop, 61, name="pressure")
    assert shop.say(ProcessDeviationCleared, person="bo", equipment="mill_1", reason="pump replaced") == ""
    assert commands(shop) == ["Start", "Hold", "Restart"]
    shop.begins("mill_1", "A-VALVE/10", "bo")
    observe(shop, 61)
    assert commands(shop) == ["Start", "Hold", "Restart", "Hold"], "each value is judged anew"
    assert shop.is_the_same_from_every_source()


def test_what_a_person_has_restarted_without_a_word_is_restarted_by_nobody_later() -> None:
    shop = running(procedures={"bore": BORING})
    at = {"equipment": "mill_1", "job_order": "A-VALVE/10", "person": "bo"}
    observe(shop, 61)
    shop.begins("mill_1", "A-VALVE/10", "bo", S.HELD)
    shop.tell(JobOrderCommand(effective_us=shop.now_us, **at, command="Restart"))
    shop.begins("mill_1", "A-VALVE/10", "bo")
    assert shop.say(ProcessDeviationCleared, person="bo", equipment="mill_1", reason="x") == "mill_1 is not held for a process value"
    shop.tell(JobOrderCommand(effective_us=shop.now_us, **at, command="Hold", reason="somebody is in the machine"))
    shop.begins("mill_1", "A-VALVE/10", "bo", S.HELD)
    shop.begins("grinder_1", "", "", S.IDLE)
    assert commands(shop) == ["Start", "Hold"], "of the MES"


def test_a_hold_that_a_mode_does_not_take_is_told_and_made_good_in_another_mode() -> None:
    manual = {"title": "Manual", "number": 3, "change_in": ["Execute", "Held"], "commands": ["Start"]}
    production = {"title": "Production", "number": 1, "change_in": ["Execute", "Held"], "commands": ["Start", "Hold", "Restart"]}
    shop = running(procedures={"bore": BORING}, packml={"modes": {"manual": manual, "production": production}})
    assert shop.say(ModeChangeRequested, person="ida", equipment="mill_1", wanted_mode="manual") == ""
    observe(shop, 61)
    assert [it.reason for it in of_type([entry.event for entry in shop.run.journal.entries()], JobOrderCommandRefused)] == [  # once
        "mill_1 is in mode Manual, which takes no Hold; allowed: in Production"
    ]
    assert "A-VALVE/10 at mill_1 was to get a Hold (temperature out of limits), and it was refused: " in shop.alerts("parameter")[-1]
    assert "Hold" not in [it.command for it in of_type(shop.commands, JobOrderCommand)], "what the MES refuses does not reach the plant"
    assert shop.say(ModeChangeRequested, person="ida", equipment="mill_1", wanted_mode="production") == ""
    assert [it.command for it in of_type(shop.commands, JobOrderCommand)][-1] == "Hold"
    shop.begins("mill_1", "A-VALVE/10", "bo", S.HELD)
    assert str(shop.run.mes.status("A-VALVE/10")[0]) == "Held"
    assert shop.is_the_same_from_every_source()

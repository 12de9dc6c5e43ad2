"""Phases are commanded like units: refused where their state does not take it, on the same way to controllers, answered by states."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rooms.apps.office.test_supervising_forms import form_of, presses
from tests.rooms.files.small_plant import PLANT, write_plant
from tests.rooms.quality.valve_shop import ITEMS, MIN_US, SCENARIO, of_type
from tests.rooms.readiness.turning_shop import TURNING, TurningShop
from twin.apps.api.entries import entries_of
from twin.apps.terminals.supervising_forms import supervisor_forms
from twin.model import events as e
from twin.model.materials import Materials
from twin.model.plant import Plant, PlantFile
from twin.model.problems import PlantFileError
from twin.model.scenario import Scenario
from twin.model.signals import SignalMap
from twin.model.states import WorkUnitState as S
from twin.results.run import Run
from twin.run import simulate
from twin.store.files import read_plant

CLAMP, BORE, POLISH = "mill/prepare/clamp", "mill/cut/bore", "mill/cut/polish"
PROCEDURE = {
    "operations": ["10"], "unit_procedures": {"mill": {"prepare": ["clamp"], "cut": ["bore", "polish"]}},
    "phase_times": {CLAMP: "20 min", BORE: "5 min", POLISH: "5 min"},
}  # fmt: skip
TAKES = ["Start", "Hold", "Unhold", "Stop", "Abort", "Clear", "Reset"]
PHASES = {phase: {"takes": TAKES, "address": 21_000 + 10 * n, "authority": "turner"} for n, phase in enumerate((CLAMP, BORE))}
SIGNALS: dict[str, Any] = {
    "connections": {"plc": {"driver": "modbus", "host": "127.0.0.1", "port": 5020}},
    "equipment": {"mill_1": {"connection": "plc", "unit": 1, "phases": PHASES}},
}


def shop() -> TurningShop:
    """Bo bores five valves; the mill has clamped them, and bores."""
    it = TurningShop(signals=SIGNALS, procedures={"bore": PROCEDURE}).order("A", 5)
    it.begins("mill_1", "A-VALVE/10", "bo")
    assert isinstance(it, TurningShop)
    enters(it, CLAMP, S.EXECUTE)
    enters(it, CLAMP, S.COMPLETE)
    enters(it, BORE, S.EXECUTE)
    return it


def enters(it: TurningShop, phase: str, state: S) -> None:
    it.tell(e.PhaseStateChanged(effective_us=it.now_us, equipment="mill_1", job_order="A-VALVE/10", phase=phase, state=int(state)))


def wants(it: TurningShop, command: str, phase: str = BORE, person: str = "eve", reason: str = "chatter", job: str = "A-VALVE/10") -> str:
    return it.say(e.PhaseCommandGiven, person, job_order=job, phase=phase, command=command, reason=reason)


def asked(it: TurningShop) -> list[tuple[str, str, str]]:
    return [
        (each.command, each.phase, each.person) for each in of_type([one.event for one in it.run.journal.entries()], e.UnitCommandRequested)
    ]


def answer(it: TurningShop, command: str, outcome: str, reason: str = "") -> None:
    at: dict[str, Any] = {"effective_us": it.now_us, "equipment": "mill_1", "phase": BORE}
    it.tell(e.UnitCommandAnswered(**at, command=command, outcome=outcome, reason=reason))


def standings(it: TurningShop) -> list[tuple[str, str, str]]:
    table = it.run.unit_commands
    return [*zip(table["phase"], table["command"], table["standing"], strict=True)]


def test_a_phase_is_held_let_go_and_aborted_through_its_controller_and_says_so_by_its_state() -> None:
    it = shop()
    assert wants(it, "Hold") == ""
    assert wants(it, "Hold") == f"Hold was asked of phase {BORE} of mill_1 already; allowed: once its controller has answered"
    answer(it, "Hold", "taken")
    assert standings(it) == [(BORE, "Hold", "taken")]
    enters(it, BORE, S.HELD)
    assert standings(it) == [(BORE, "Hold", "done")]
    assert str(it.run.mes.status("A-VALVE/10")[0]) == "Running", "the unit itself was told nothing"
    assert presses(it, supervisor_forms, "PhaseCommandGiven", "bo", command=f"A-VALVE/10|Unhold|{BORE}", reason="it was a chip") == ""
    enters(it, BORE, S.EXECUTE)
    assert wants(it, "Abort", reason="the tool broke") == ""
    answer(it, "Abort", "refused", "not in its state now")
    assert it.alerts("unit_command") == [
        f"phase {BORE} of mill_1 was to take Abort (the tool broke); refused: not in its state now. Whoever is there has to see to it"
    ]
    assert asked(it) == [("Hold", BORE, "eve"), ("Unhold", BORE, "bo"), ("Abort", BORE, "eve")]
    notes = next(group["notes"] for group in supervisor_forms(it.run) if group["id"] == "unit_commands")
    assert notes[0].startswith("mill_1, mill / cut / bore: Abort, Mon 2 Mar, 06:")
    assert it.is_the_same_from_every_source(lambda run: run.unit_commands)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"command": "Unhold"}, f"phase {BORE} of A-VALVE/10: it is Execute, which takes no Unhold; allowed: Stop, Hold, Suspend, Abort"),
        ({"command": "Start"}, f"phase {BORE} of A-VALVE/10: it is Execute, which takes no Start"),
        (
            {"command": "Hold", "phase": CLAMP},
            f"phase {CLAMP} of A-VALVE/10: it is Complete, which takes no Hold; allowed: Reset, Stop, Abort",
        ),
        ({"command": "Suspend"}, f"phase {BORE} of mill_1 takes no 'Suspend'; allowed: Start, Hold"),
        ({"command": "Hold", "phase": "mill/cut/bor"}, f"A-VALVE/10 has no phase 'mill/cut/bor' (did you mean '{BORE}'?)"),
        (
            {"command": "Start", "phase": POLISH},
            f"signals.yaml declares no commands of phase {POLISH} of mill_1; allowed: of {CLAMP}, {BORE}",
        ),
        ({"command": "Hold", "job": "A-VALVE/11"}, "nobody released job order 'A-VALVE/11' (did you mean 'A-VALVE/10'?)"),
        ({"command": "Hold", "job": "A-VALVE/20"}, "A-VALVE/20 has no phase"),
        ({"command": "Hold", "reason": " "}, "it needs a reason: why the phase is to do that"),
        ({"command": "Hold", "person": "ida"}, f"ida is no turner, which the commands of phase {BORE} of mill_1 ask for; allowed: bo, eve"),
    ],
)
def test_what_cannot_be_commanded_is_refused_in_words_and_not_sent(said: dict[str, str], words: str) -> None:
    it = shop()
    assert words in wants(it, **said)
    assert asked(it) == []


def test_a_phase_does_not_begin_before_those_ahead_of_it_and_only_what_it_takes_is_offered() -> None:
    it = TurningShop(signals=SIGNALS, procedures={"bore": PROCEDURE}).order("A", 5)
    it.begins("mill_1", "A-VALVE/10", "bo")  # type: ignore[attr-defined]  # the shop itself
    assert wants(it, "Start") == f"phase {BORE} of A-VALVE/10 comes after {CLAMP}; allowed: once that is complete"  # type: ignore[arg-type]
    offered = [option["id"].split("|")[1:] for option in form_of(supervisor_forms(it.run), "PhaseCommandGiven")["fields"][0]["options"]]
    assert ["Start", CLAMP] in offered
    assert ["Start", BORE] not in offered
    assert e.PhaseCommandGiven in entries_of(it.plant)
    assert e.PhaseCommandGiven not in entries_of(TurningShop().plant)


def simulated(engine: str, *entries: dict[str, Any]) -> Run:
    """Five valves are bored by a simulated mill, once castings have come after two days."""
    layout = PlantFile.model_validate({**TURNING, "procedures": {"bore": PROCEDURE}})
    plant = Plant(layout=layout, materials=Materials.model_validate(ITEMS), signals=SignalMap.model_validate(SIGNALS))
    orders = [{"order": "A", "customer": "acme", "material": "VALVE", "quantity": 5, "due": "9 d"}]
    fields = {**SCENARIO.model_dump(mode="json", exclude_defaults=True), "horizon": "3 d", "demand": {"orders": orders}}
    return simulate(plant, Scenario.model_validate({**fields, "entries": list(entries)}), seed=1, engine=engine)


def phases(run: Run) -> list[tuple[int, str, str]]:
    """Minutes after the mill began, phase and state."""
    told = [it.event for it in run.journal.entries() if isinstance(it.event, e.PhaseStateChanged)]
    return [((it.effective_us - told[0].effective_us) // MIN_US, it.phase.rpartition("/")[2], S(it.state).label) for it in told]


@pytest.mark.parametrize("engine", ["compiled", "simpy"])
def test_a_simulated_phase_is_held_with_its_unit_and_one_that_was_aborted_is_begun_again(engine: str) -> None:
    def says(minutes: int, command: str, phase: str = CLAMP) -> dict[str, Any]:
        about = {"job_order": "A-VALVE/10", "phase": phase, "command": command, "reason": "chatter"}
        return {"at": f"{2 * 1440 + minutes} min", "person": "eve", "says": "PhaseCommandGiven", "about": about}

    entries = [says(15, "Hold"), says(30, "Unhold"), says(15, "Hold", BORE)]
    run = simulated(engine, *entries)
    assert phases(run)[:4] == [(0, "clamp", "Execute"), (15, "clamp", "Held"), (30, "clamp", "Execute"), (45, "clamp", "Complete")]
    held = [it for it in run.mes.equipment.records["mill_1"].intervals if it.state == S.HELD]
    assert [((it.end_us - it.start_us) // MIN_US, it.reason) for it in held] == [(15, "chatter")]
    (row,) = (it for it in run.mes.indicators("equipment", run.scenario.start_us, run.now_us) if it.name == "mill_1")
    assert row.failure_count == 0, "somebody wanted it"
    refused = [it.event.reason for it in run.journal.entries() if isinstance(it.event, e.EntryRefused)]
    assert refused == [f"phase {BORE} of A-VALVE/10: it is Idle, which takes no Hold; allowed: Start, Stop, Abort"]
    entries = [says(15, "Abort"), says(30, "Clear"), says(45, "Reset"), says(60, "Start")]
    assert phases(simulated(engine, *entries))[:6] == [
        (0, "clamp", "Execute"), (15, "clamp", "Aborted"), (30, "clamp", "Stopped"), (45, "clamp", "Idle"), (60, "clamp", "Execute"),
        (75, "clamp", "Complete"),
    ]  # fmt: skip


def test_what_is_wrong_with_commands_of_phases_is_said_with_its_line(tmp_path: Any) -> None:
    steps = "procedures:\n  baking:\n    materials: [cake]\n    unit_procedures: {oven: {bake: [warm, hot]}}\n"
    signals = (
        "connections:\n  plc: {driver: modbus, host: 127.0.0.1, port: 5020}\nequipment:\n"
        "  saw_1: {connection: plc, unit: 1, phases: {oven/bake/hott: {takes: [Hold, SetUnitMode]}}}\n"
    )
    folder = write_plant(tmp_path, plant=PLANT + steps)
    (folder / "signals.yaml").write_text(signals)
    with pytest.raises(PlantFileError) as caught:
        read_plant(folder)
    words = " ".join(map(str, caught.value.problems))
    assert "no procedure has a phase 'oven/bake/hott' (did you mean 'oven/bake/hot'?)" in words
    assert "a phase has no mode, and takes no SetUnitMode" in words
    assert "commands of phase oven/bake/hott of 'saw_1' need their address" in words

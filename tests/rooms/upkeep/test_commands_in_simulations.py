"""Simulated units do what they are told, in both engines alike: by persons, and over virtual controllers in a process of its own."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

import twin
from twin.controlled import ControlledPlant
from twin.model.events import EntryRefused, EquipmentModeChanged, EquipmentStateChanged
from twin.model.states import Source
from twin.model.states import WorkUnitState as S
from twin.results.run import Run
from twin.store.exchange.commands_file import hand_on
from twin.store.files import read_plant, read_scenario

SAID = [
    ("30 min", "grinder_1", "maintenance"), ("105 min", "saw_1", "Hold"), ("2 h", "saw_1", "Hold"), ("135 min", "saw_1", "Unhold"),
    ("150 min", "saw_1", "Suspend"),
]  # fmt: skip


def commanded(root: Path, folder: Path) -> Path:
    """The baseline of the gearbox shop, in which Jana commands a saw and has a grinder in maintenance."""
    said = [
        f"{{at: {at}, person: jana, says: ModeChangeRequested, about: {{equipment: {unit}, wanted_mode: {what}}}}}"
        if what == "maintenance"
        else f"{{at: {at}, person: jana, says: UnitCommandGiven, about: {{equipment: {unit}, command: {what}, reason: a noise}}}}"
        for at, unit, what in SAID
    ]
    file, baseline = folder / "commanded.yaml", (root / "scenarios/gearbox_shop/baseline.yaml").read_text()
    file.write_text(baseline + "\nentries:\n" + "".join(f"  - {it}\n" for it in said))
    return file


@pytest.mark.slow
def test_a_unit_that_is_held_stands_until_it_is_let_go_in_both_engines_alike(root: Path, tmp_path: Path) -> None:
    file = commanded(root, tmp_path)
    runs = [twin.simulate(root / "plant_models/gearbox_shop", file, until="3 h", engine=it) for it in ("compiled", "simpy")]
    assert runs[0].trace_hash == runs[1].trace_hash
    for run in runs:
        asked = run.unit_commands
        assert [*zip(asked["equipment"], asked["command"], asked["person"], asked["standing"], strict=True)] == [
            ("grinder_1", "SetUnitMode", "jana", "done"), ("saw_1", "Hold", "jana", "done"), ("saw_1", "Unhold", "jana", "done"),
        ]  # fmt: skip
        refused = [it.event.reason for it in run.journal.entries() if isinstance(it.event, EntryRefused)]
        assert refused == [
            "saw_1: it is Held, which takes no Hold; allowed: Stop, Unhold, Abort",
            "the controller of saw_1 takes no 'Suspend'; allowed: Hold, Unhold, Stop, Abort",
        ]
        stood = [
            ((it.start_us - run.scenario.start_us) // 60_000_000, (it.end_us - run.scenario.start_us) // 60_000_000, S(it.state).label)
            for it in run.mes.equipment.records["saw_1"].intervals
            if it.state == S.HELD
        ]
        assert [it for it in stood if it[0] >= 105] == [(105, 135, "Held")]
        modes = [it.source for it in run.journal.entries() if isinstance(it.event, EquipmentModeChanged)]
        assert modes == [Source.SIMULATED], "the unit says it, not the MES"


@pytest.mark.slow
def test_a_plant_behind_virtual_controllers_hears_what_they_are_told(root: Path, tmp_path: Path) -> None:
    """At a pace; what stood in the file before is of another day. A unit that has no job order says what it takes."""
    file, stop, at_work = tmp_path / "told.jsonl", threading.Event(), threading.Event()
    hand_on(file, "saw_1", "Abort", 0)
    plant = read_plant(root / "plant_models/gearbox_shop")
    baseline = read_scenario(root / "scenarios/gearbox_shop/baseline.yaml", plant)
    about = {"plant": plant, "scenario": baseline, "commands": file, "until": "8 h", "journal": str(tmp_path / "plant.db")}
    with pytest.raises(ValueError, match="--commands: nobody could command what is over at once; allowed: with --pace"):
        ControlledPlant(**about, pace=None).simulate()
    found: list[Run] = []

    def look(now_us: int) -> None:
        if now_us > baseline.start_us + 12 * 60_000_000:
            at_work.set()

    thread = threading.Thread(target=lambda: found.append(ControlledPlant(**about, pace=600).simulate(look, stop)))
    thread.start()
    assert at_work.wait(30)
    for unit, command, mode in (("saw_1", "Hold", 0), ("grinder_1", "SetUnitMode", 2), ("hobber_2", "Reset", 0)):
        hand_on(file, unit, command, mode)
    stop.wait(1.5)
    stop.set()
    thread.join(30)
    (run,) = found
    facts = [it.event for it in run.journal.entries() if it.source == Source.SIMULATED]
    assert [it.reason for it in facts if isinstance(it, EquipmentStateChanged) and it.state == S.HELD and it.equipment == "saw_1"] == [
        "told to its controller"
    ]
    assert [(it.equipment, it.mode) for it in facts if isinstance(it, EquipmentModeChanged)] == [("grinder_1", 2)]
    (told,) = (it.message for it in run.mes.alerts if it.alert == "unit_command")
    assert told.startswith(
        "hobber_2 was to take Reset (told to its controller); refused: a simulated unit starts, resets and clears by itself"
    )
    assert "allowed: Hold, Unhold, Suspend, Unsuspend, Stop, Abort, while it has a job order" in told
    run.journal.close()

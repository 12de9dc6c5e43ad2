"""Compiled kernels are kept, found again, never stale, and in nobody's way."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from twin.kernels.compiling import FOLDER, sources_hash
from twin.simulation.engines import COMPILED, get_ready

UNLOADED = """
import json, sys
from twin.kernels import compiling
from twin.kernels.floor.commanding import needed_setup_us
was_kept = compiling.are_kept([needed_setup_us])
compiling.compile_entries([needed_setup_us])
print(json.dumps({"folder": str(compiling.FOLDER), "was_kept": was_kept, "numba": "numba" in sys.modules}))
"""

SMALL = """
import json, sys
from numba.core import event
heard = event.RecordingListener()
event.register("numba:compile", heard)
from twin.kernels import compiling
from twin.kernels.floor.commanding import needed_setup_us
was_kept = compiling.are_kept([needed_setup_us])
compiling.compile_entries([needed_setup_us])
print(json.dumps({"folder": str(compiling.FOLDER), "why": compiling.WHY_NOT_AT_HOME, "was_kept": was_kept,
                  "compiled": len(heard.buffer), "kept": compiling.are_kept([needed_setup_us])}))
"""


def start(root: Path, program: str = SMALL, **environment: Any) -> subprocess.Popen[str]:
    """A process that needs one small entry."""
    means = {**os.environ, **{name: str(value) for name, value in environment.items()}, "PYTHONPATH": str(root)}
    return subprocess.Popen([sys.executable, "-c", program], cwd=root, env=means, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def answer(process: subprocess.Popen[str]) -> dict[str, Any]:
    said, complained = process.communicate(timeout=240)
    assert process.returncode == 0, complained
    found: dict[str, Any] = json.loads(said)
    return found


@pytest.mark.slow
def test_a_second_process_compiles_nothing(root: Path, tmp_path: Path) -> None:
    first, second = (answer(start(root, TWIN_CACHE=tmp_path)) for _ in range(2))
    assert first["compiled"] > 0
    assert (first["was_kept"], first["kept"]) == (False, True)
    assert second == {**first, "was_kept": True, "compiled": 0}
    assert Path(first["folder"]).parent == tmp_path


@pytest.mark.slow
def test_machine_code_is_read_without_numba_and_what_was_damaged_is_compiled_anew(root: Path, tmp_path: Path) -> None:
    first, second = (answer(start(root, UNLOADED, TWIN_CACHE=tmp_path)) for _ in range(2))
    assert first == {**second, "was_kept": False, "numba": True}
    assert second == {**first, "was_kept": True, "numba": False}
    (file,) = Path(first["folder"]).rglob("*.needed_setup_us.o")
    whole = file.read_bytes()
    file.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    assert answer(start(root, UNLOADED, TWIN_CACHE=tmp_path))["numba"]
    assert file.read_bytes() == whole


@pytest.mark.slow
def test_what_another_compiler_would_make_is_kept_elsewhere(root: Path, tmp_path: Path) -> None:
    where = "import json; from twin.kernels.compiling import FOLDER; print(json.dumps({'folder': str(FOLDER)}))"
    others = ({}, {"NUMBA_OPT": 1}, {"NUMBA_CPU_NAME": "generic"}, {"NUMBA_BOUNDSCHECK": 1}, {"NUMBA_NUM_THREADS": 1})
    folders = [answer(start(root, where, TWIN_CACHE=tmp_path, **other))["folder"] for other in others]
    assert len(set(folders)) == 4
    assert folders[0] == folders[-1]


def test_a_change_in_any_kernel_file_is_kept_elsewhere(root: Path, tmp_path: Path) -> None:
    """So nothing stale is ever found."""
    room = tmp_path / "kernels"
    shutil.copytree(root / "twin/kernels", room, ignore=shutil.ignore_patterns("__pycache__"))
    before = sources_hash(room)
    assert before == sources_hash()
    seen = {before}
    for file in sorted(room.rglob("*.py")):
        with file.open("a") as text:
            text.write("# changed\n")
        seen.add(sources_hash(room))
    assert len(seen) == 1 + sum(1 for _ in room.rglob("*.py"))


@pytest.mark.slow
def test_the_three_folders_that_were_used_last_are_kept(root: Path, tmp_path: Path) -> None:
    for age in range(1, 6):
        folder = tmp_path / f"kernels-{age}"
        folder.mkdir()
        (folder / "some.nbi").write_text("old")
        used_s = time.time() - age * 86_400
        os.utime(folder, (used_s, used_s))
    (tmp_path / "notes").mkdir()
    ours = Path(answer(start(root, TWIN_CACHE=tmp_path))["folder"])
    assert {folder.name for folder in tmp_path.iterdir()} == {ours.name, "kernels-1", "kernels-2", "notes"}


@pytest.mark.slow
@pytest.mark.parametrize("names", ["TWIN_CACHE", "HOME"])
def test_where_nothing_can_be_written_a_temporary_folder_does(root: Path, tmp_path: Path, names: str) -> None:
    """A file where a folder should be: it stops the superuser too, whom no permission stops."""
    blocked, temporary = tmp_path / "blocked", tmp_path / "temporary"
    blocked.write_text("no folder")
    temporary.mkdir()
    environment = {"TWIN_CACHE": "", "XDG_CACHE_HOME": "", names: blocked / "below", "TMPDIR": temporary}
    first, second = (answer(start(root, **environment)) for _ in range(2))
    assert Path(first["folder"]).is_relative_to(temporary)
    assert "cannot be written (Not a directory)" in first["why"]
    assert "TWIN_CACHE names another place" in first["why"]
    assert (first["was_kept"], second["was_kept"], second["compiled"]) == (False, True, 0)


@pytest.mark.slow
def test_a_temporary_folder_of_somebody_else_is_not_trusted(root: Path, tmp_path: Path) -> None:
    """What is kept there is run: nobody else may write it."""
    blocked, temporary = tmp_path / "blocked", tmp_path / "temporary"
    blocked.write_text("no folder")
    (temporary / f"plant-twin-{os.getuid()}").mkdir(parents=True)
    (temporary / f"plant-twin-{os.getuid()}").chmod(0o777)
    found = answer(start(root, TWIN_CACHE=blocked / "below", TMPDIR=temporary))
    assert Path(found["folder"]).parent.name != f"plant-twin-{os.getuid()}"
    assert Path(found["folder"]).is_relative_to(temporary)


@pytest.mark.slow
def test_of_two_processes_that_want_the_same_at_once_one_compiles_and_the_other_waits(root: Path, tmp_path: Path) -> None:
    both = [answer(process) for process in [start(root, TWIN_CACHE=tmp_path) for _ in range(2)]]
    assert all(it["kept"] for it in both)
    assert sorted(it["compiled"] > 0 for it in both) == [False, True]
    assert answer(start(root, TWIN_CACHE=tmp_path))["compiled"] == 0


@pytest.mark.slow
def test_the_first_run_says_that_it_compiles_and_the_second_says_nothing(root: Path, tmp_path: Path) -> None:
    """The first of them lacks one kernel; to compile all would only take longer, and says the same."""
    get_ready(COMPILED)
    shutil.copytree(FOLDER, tmp_path / FOLDER.name, ignore=shutil.ignore_patterns("*.begin_at.o"))
    command = [sys.executable, "-m", "twin", "simulate", "plant_models/gearbox_shop", "--until", "1h", "--json"]
    means = {**os.environ, "TWIN_CACHE": str(tmp_path)}
    first, second = (
        subprocess.run(command, cwd=root, env=means, capture_output=True, text=True, timeout=280, check=True) for _ in range(2)
    )
    assert first.stderr == "compiling the plant kernel, once: about a quarter of a minute\n"
    assert second.stderr == ""
    assert first.stdout == second.stdout
    loud = [command[0], "-X", "importtime", *command[1:]]
    third = subprocess.run(loud, cwd=root, env=means, capture_output=True, text=True, timeout=280, check=True)
    assert third.stdout == second.stdout
    assert {"twin", "numpy", "llvmlite"} <= (imported := set(re.findall(r"\| +(\w+)", third.stderr)))
    assert not imported & {"numba", "pandas", "pyarrow", "sqlalchemy", "asyncua"}  # each would take longer than the run


def test_python_cannot_call_a_kernel(root: Path) -> None:
    """It has no machine code of its own."""
    from twin.kernels.chance.philox import entity_with

    with pytest.raises(TypeError):
        entity_with(1, 2)

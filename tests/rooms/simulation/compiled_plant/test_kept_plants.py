"""What a kept plant says of itself when it cannot be gone on from, and what a fork cannot have of its own."""

from __future__ import annotations

import pickle
import re
import zlib
from hashlib import blake2b

import pytest

from tests.rooms.simulation.small_floor import plant_of, scenario_of
from twin.model.measures import write_duration
from twin.model.scenario import Disturbance
from twin.simulation.compiled_plant.compiled_plant import CompiledPlant
from twin.simulation.compiled_plant.kept.forking import NotForked, changed
from twin.simulation.compiled_plant.kept.snapshot import Snapshot
from twin.simulation.compiled_plant.kept.written import SnapshotError

MIN_US = 60_000_000
RANDOM = {"routings/shaft": '{"10": {segment: turn, run: {exponential: 5 min}}}'}


def kept(minutes: int = 30) -> Snapshot:
    """A lathe in the midst of its work."""
    plant = CompiledPlant(plant_of(**RANDOM), scenario_of("shaft 40"), 1, control="rule")
    while plant.advance(scenario_of().start_us + minutes * MIN_US) is not None:
        pass
    return plant.snapshot()


def future(snapshot: Snapshot) -> list[object]:
    plant, facts = CompiledPlant.resume(snapshot), list[object]()
    while (more := plant.advance()) is not None:
        facts += more
    return facts


def test_a_kept_plant_is_a_value() -> None:
    one, same, later = kept(), kept(), kept(60)
    assert {one, same} == {one}
    assert one != later
    assert repr(later) == f"<Snapshot of one_unit: {write_duration(later.now_us - scenario_of().start_us)} after its start, seed 1>"
    assert pickle.loads(pickle.dumps(one)) == one
    with pytest.raises(ValueError, match="read-only"):
        one.layout.plant[0] = 0


def test_another_seed_gives_another_future() -> None:
    one = kept()
    assert future(changed(one, seed=2)) != future(one)
    assert future(changed(one, seed=1)) == future(one)


@pytest.mark.parametrize(
    ("place", "byte", "said"),
    [
        (0, b"T", "these bytes are no kept plant; allowed: what Snapshot.to_bytes() has written"),
        (11, b"\7", "kept in version 7, and this program reads version 1; allowed: keep it again"),
        (13, b"x", "their rows may mean other things; allowed: simulate it again"),
        (29, b"x", "damaged: its bytes are not those that were written; allowed: an undamaged copy of it"),
        (-1, b"x", "damaged"),
        (-40, b"xyz", "damaged"),
    ],
)
def test_bytes_that_are_no_good_say_why(place: int, byte: bytes, said: str) -> None:
    written = bytearray(kept().to_bytes())
    place %= len(written)
    written[place : place + len(byte)] = byte
    with pytest.raises(SnapshotError, match=re.escape(said)):
        Snapshot.from_bytes(bytes(written))


def test_a_plant_of_a_program_that_declares_plants_otherwise_is_refused_in_words() -> None:
    written = kept().to_bytes()
    content = zlib.compress(zlib.decompress(written[61:]).replace(b'"kind', b'"kinb', 1).replace(b"horizon", b"horizom", 1))
    forged = written[:29] + blake2b(content, digest_size=32).digest() + content
    with pytest.raises(SnapshotError, match=r"declared otherwise \(.*\); allowed: simulate it again"):
        Snapshot.from_bytes(forged)


@pytest.mark.parametrize("length", [0, 5, 40, 61, 500])
def test_bytes_that_are_cut_off_say_so(length: int) -> None:
    with pytest.raises(SnapshotError, match=r"no kept plant|damaged"):
        Snapshot.from_bytes(kept().to_bytes()[:length])


def test_what_a_fork_cannot_have_of_its_own_is_said_all_at_once() -> None:
    asked = scenario_of("shaft 41", "10 min")
    stops = [Disturbance(equipment=name, at="1 min", lasts="1 min") for name in ("lathe", "saw")]
    with pytest.raises(NotForked) as refused:
        changed(kept(), scenario=asked.model_copy(update={"disturbances": stops}), seed=1.5)  # type: ignore[arg-type]  (as typed)
    assert refused.value.problems == [
        "the scenario has another 'demand'",
        "a disturbance of 'lathe' begins before now",
        "a disturbance is of 'saw', which there is not",
        "a disturbance of 'saw' begins before now",
        "the end is not after now",
        "a seed is a whole number, and 1.5 is none",
    ]

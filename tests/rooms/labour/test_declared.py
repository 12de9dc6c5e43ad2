"""Labour as people declare it: what is wrong is said with its file, line and column, and with what is allowed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.rooms.files.small_plant import PLANT, put, write_plant
from twin.model.problems import PlantFileError
from twin.store.files import read_plant

LABOUR = "labour: {tolerance: 10 min, longest: 10 h, supervisors: sawyer, indirect: {cleaning: {title: Cleaning}}}\n"
GOOD = put(PLANT, "ada: {classes: [sawyer], ", "ada: {classes: [sawyer], valid_until: {sawyer: 2026-12-31}, ") + LABOUR


def test_labour_is_read_with_all_that_it_says(tmp_path: Path) -> None:
    layout = read_plant(write_plant(tmp_path, plant=GOOD)).layout
    assert (layout.labour.tolerance, layout.labour.longest) == (600_000_000, 36_000_000_000)
    assert str(layout.persons["ada"].valid_until["sawyer"]) == "2026-12-31"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("supervisors: sawyer", "supervisors: sawier", "no personnel class is called 'sawier' (did you mean 'sawyer'?); allowed: sawyer"),
        ("{sawyer: 2026-12-31}", "{baker: 2026-12-31}", "ada is no baker; allowed: sawyer"),
        ("cleaning: {title", "break: {title", "'break' is no work; allowed: another name; a break may be clocked without being declared"),
        ("longest: 10 h", "longest: 0 h", "'0 h' is too small; allowed: more than 0"),
    ],
)
def test_a_slip_is_named_with_what_is_allowed(old: str, new: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(PlantFileError) as refused:
        read_plant(write_plant(tmp_path, plant=put(GOOD, old, new)))
    assert said in str(refused.value)

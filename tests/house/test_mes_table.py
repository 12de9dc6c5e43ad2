"""docs/MES.md says which test proves each sentence of what an MES must do: every sentence is there, and every test exists."""

from __future__ import annotations

import re
from pathlib import Path

SENTENCES = {*range(1, 33), 64, 65, 66, *range(70, 74), *range(83, 88)}
"""Of the list of what MES, ERP, MRP and SCADA must do, those that concern an MES."""

_ROW = re.compile(r"^\| (?P<numbers>[\d, -]+) \| (?P<what>[^|]+) \| (?P<tests>[^|]+) \| (?P<where>[^|]+) \|$", re.M)
_TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def rows(root: Path) -> list[re.Match[str]]:
    return list(_ROW.finditer((root / "docs" / "MES.md").read_text()))


def test_every_sentence_has_a_row(root: Path) -> None:
    told = {int(number) for row in rows(root) for number in re.findall(r"\d+", row["numbers"])}
    assert told == SENTENCES


def test_every_row_names_tests_that_exist(root: Path) -> None:
    for row in rows(root):
        named = _TEST.findall(row["tests"])
        assert named, row["what"]
        for file, name in named:
            assert re.search(rf"^(async )?def {name}\(", (root / file).read_text(), re.M), f"{file} has no {name}"

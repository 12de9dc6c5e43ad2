"""The slips of `slips/*.txt`, read: a diff of one of the small plant's files each, with all that is to be said of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "slips"


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """`old` stands once in `file` (plant, items, signals, scenario), `new` is written instead, and `said` is said of it."""

    file: str
    old: str
    new: str
    said: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.file}: {' '.join(self.new.split())[:60]}"


def written_slips() -> list[Slip]:
    """Every slip of every file, in order."""
    return [
        _slip(path.stem, block) for path in sorted(FOLDER.glob("*.txt")) for block in path.read_text(encoding="utf-8").split("\n\n")[1:]
    ]


def _slip(kind: str, block: str) -> Slip:
    lines = {sign: [line[2:] for line in block.splitlines() if line[0] == sign] for sign in "-+="}
    file = "plant" if kind == "keys_and_values" else kind
    return Slip(file=file, old="\n".join(lines["-"]), new="\n".join(lines["+"]), said=tuple(lines["="]))

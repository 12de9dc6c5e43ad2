"""A folder into which another system drops messages, and out of which it takes the answers.

FOLDER/in/NAME.json        dropped by the other side: written under another name first, then renamed
FOLDER/out/NAME.ack.json   the answer: Acknowledge, or what was asked for
FOLDER/taken/, refused/    what was answered, as it came
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from twin.store.journal import StoreError

_PLACES = ("in", "out", "taken", "refused")


class DropFolder:
    """Messages in, answers out.

    Raises
    ------
    StoreError : the folder cannot be made or used
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        try:
            for place in _PLACES:
                (folder / place).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"'{folder}' cannot be used: {error.strerror}; allowed: a folder that may be written to") from None

    def waiting(self) -> Iterator[tuple[Path, bytes]]:
        """Every message that waits, by name."""
        for path in sorted((self.folder / "in").glob("*.json")):
            yield path, path.read_bytes()

    def answer(self, path: Path, answer: Mapping[str, Any], *, taken: bool) -> None:
        """Put the answer out, then the message away: whoever is killed in between gets the same message, and gives the same answer."""
        out = self.folder / "out" / f"{path.stem}.ack.json"
        unfinished = out.with_name(f".{out.name}")
        with unfinished.open("w", encoding="utf-8") as file:
            json.dump(answer, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(out)
        path.replace(self.folder / ("taken" if taken else "refused") / path.name)

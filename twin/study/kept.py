"""Results that are kept: one file for each replication in a folder, so that nothing runs twice and a crash costs only what was running."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

from twin.study.replication import Replicated


class KeptResults:
    """A folder of results by key. Several studies, in several processes, may use one folder at a time."""

    def __init__(self, folder: Path | str | None) -> None:
        self.folder = None if folder is None else Path(folder)
        if self.folder is not None:
            try:
                self.folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                words = f"'{folder}' cannot be made: {error.strerror}; allowed: a folder that may be written to"
                raise ValueError(words) from None

    def find(self, key: str) -> Replicated | None:
        """The result of that key; None if there is none, or none that can be read."""
        if self.folder is None:
            return None
        try:
            fields = json.loads(self._file(key).read_text(encoding="utf-8"))
            if fields.pop("digest") != _digest(fields):
                return None
            fields["series"] = tuple(fields["series"])
            found = Replicated(**fields)
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return found if found.key == key else None

    def keep(self, result: Replicated) -> None:
        """Write a result; it is there whole, or not at all."""
        if self.folder is None:
            return
        file = self._file(result.key)
        file.parent.mkdir(exist_ok=True)
        number, unfinished = tempfile.mkstemp(dir=file.parent, prefix=".unfinished-")
        try:
            with os.fdopen(number, "w", encoding="utf-8") as stream:
                fields = json.loads(json.dumps(asdict(result)))
                json.dump({**fields, "digest": _digest(fields)}, stream)
                stream.flush()
                os.fsync(stream.fileno())  # a name must not come to be before what it names, whatever happens to the machine
            Path(unfinished).replace(file)
        finally:
            Path(unfinished).unlink(missing_ok=True)

    def _file(self, key: str) -> Path:
        assert self.folder is not None
        return self.folder / key[:2] / f"{key}.json"


def _digest(fields: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()

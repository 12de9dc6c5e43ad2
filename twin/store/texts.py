"""Documents for other programs and people: each file whole, or not there at all."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from twin.store.journal import StoreError


def write_texts(folder: Path, texts: Mapping[str, str]) -> list[Path]:
    """Write texts by the names of their files into a folder, which is made; the paths written.

    Raises
    ------
    StoreError : a file cannot be written
    """
    written = [folder / name for name in texts]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, text in zip(written, texts.values(), strict=True):
            unfinished = path.with_name(f".{path.name}.{os.getpid()}")
            try:
                unfinished.write_text(text, encoding="utf-8")
                unfinished.replace(path)
            finally:
                unfinished.unlink(missing_ok=True)
    except OSError as error:
        raise StoreError(f"'{folder}' cannot be written: {error.strerror or error}; allowed: a folder that may be written to") from None
    return written

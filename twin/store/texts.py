"""Documents for other programs and people: each file whole, or not there at all."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path

from twin.store.journal import StoreError

OTHERS = stat.S_IRWXO | stat.S_IWGRP


def too_open(file: Path) -> str:
    """Why a file of secrets is none, since others on this machine may read it, or its group write it; "" if all is well."""
    if os.name != "posix" or not file.is_file():
        return ""
    mode = stat.S_IMODE(file.stat().st_mode)
    return (
        f"others may read or change it (mode {mode:03o}); allowed: its owner alone, as after chmod 600 {file.name}" if mode & OTHERS else ""
    )


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

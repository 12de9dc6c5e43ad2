"""How often Python looks for garbage while a run is carried."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

CREATED = 50_000
_turn = threading.Lock()
_before: list[tuple[int, int, int]] = []  # a threshold for each run that is being carried, in any thread; the first is the usual one


@contextmanager
def rare_collections() -> Iterator[None]:
    """What a run makes stays, and nothing of it goes in circles: looking for garbage as often as usual took an eighth of its time.

    The threshold is one for all threads: the first run that begins raises it, and the last that ends lowers it again.
    """
    with _turn:
        _before.append(gc.get_threshold())
        gc.set_threshold(max(_before[0][0], CREATED), *_before[0][1:])
    try:
        yield
    finally:
        with _turn:
            usual = _before[0]
            _before.pop()
            if not _before:
                gc.set_threshold(*usual)

"""How the tools of each family spent their time, read from the rows that the compiled plant logs, against what is published of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from twin.kernels.floor.rows import log_rows as said
from twin.kernels.floor.rows import plant_rows as at
from twin.model.plant import Plant

SHARES = ("util", "br", "pm", "setup")
_KEY = 64  # more than there are states


class Families:
    """Adds up how long each tool was in which state for which reason, slice by slice of the log."""

    def __init__(self, plant: Plant, start_us: int) -> None:
        self._families = [unit.work_center for unit in plant.layout.work_units.values()]
        tools = len(self._families)
        self._state = np.full(tools, at.IDLE, np.int64)
        self._since_us = np.full(tools, start_us, np.int64)
        self._start_us = self._end_us = start_us
        self._spent_us: dict[int, NDArray[np.float64]] = {}  # by state and reason

    def read(self, rows: NDArray[np.int64]) -> None:
        """A slice of the log, int64[n, EVENT_ROW]."""
        if not len(rows):
            return
        told = rows[rows[:, said.EVENT_WHAT] % said.PLACES == said.TELLS_STATE]
        tool, at_us = told[:, said.EVENT_WHAT] // said.PLACES - 1, told[:, said.EVENT_US]
        state = told[:, said.EVENT_A] + _KEY * told[:, said.EVENT_B]
        known = np.arange(len(self._state))
        tools = np.concatenate([known, tool])
        order = np.argsort(tools, kind="stable")
        tools, since_us = tools[order], np.concatenate([self._since_us, at_us])[order]
        states = np.concatenate([self._state, state])[order]
        goes_on = tools[1:] == tools[:-1]
        lasts_us = (since_us[1:] - since_us[:-1])[goes_on]
        spent, what = tools[:-1][goes_on], states[:-1][goes_on]
        for one in np.unique(what):
            sums = self._spent_us.setdefault(int(one), np.zeros(len(known)))
            sums += np.bincount(spent[what == one], lasts_us[what == one], len(known))
        last = np.append(~goes_on, True)
        self._state, self._since_us = states[last], since_us[last]
        self._end_us = int(rows[-1, said.EVENT_US])

    def shares(self) -> dict[str, dict[str, float]]:
        """By family, in per cent: `util` of the time available, the others of all time, as they are published."""
        all_us = float(self._end_us - self._start_us)
        found = {}
        for family in dict.fromkeys(self._families):
            of = np.array([it == family for it in self._families])
            part = dict.fromkeys((*SHARES, "rest"), 0.0)
            for state, spent_us in self._spent_us.items():
                part[_share_of(state % _KEY, state // _KEY)] += spent_us[of].mean()
            available_us = all_us - part["br"] - part["pm"]
            found[family] = {name: 100 * part[name] / all_us for name in SHARES} | {
                "util": 100 * (part["util"] + part["setup"]) / available_us
            }
        return found


def _share_of(state: int, reason: int) -> str:
    if reason == said.SET_UP:
        return "setup"
    return {at.EXECUTE: "util", at.STOPPED: "pm", at.ABORTED: "br", at.HELD: "br"}.get(state, "rest")


def published(folder: Path, name: str) -> dict[str, dict[str, float]]:
    """What is published of the families of the data set `name`."""
    header, *lines = (line.split() for line in (folder / f"reference_machines_{name}.txt").read_text(encoding="utf-8").splitlines())
    return {family: dict(zip(header[1:], map(float, cells), strict=True)) for family, *cells in lines}


def comparison(found: dict[str, dict[str, float]], reference: dict[str, dict[str, float]], most: int = 12) -> Iterator[str]:
    """The families that differ most, and the mean difference of all."""
    known = [family for family in found if family in reference]
    yield f"{'family':20} " + "   ".join(f"{name:>6} {'ref':>6}" for name in SHARES)
    for family in sorted(known, key=lambda it: -max(abs(found[it][name] - reference[it][name]) for name in SHARES))[:most]:
        yield f"{family:20} " + "   ".join(f"{found[family][name]:6.2f} {reference[family][name]:6.2f}" for name in SHARES)
    means = (np.mean([found[family][name] - reference[family][name] for family in known]) for name in SHARES)
    yield f"{f'mean of {len(known)}: off by':20} " + "   ".join(f"{mean:+6.2f} {'':6}" for mean in means)

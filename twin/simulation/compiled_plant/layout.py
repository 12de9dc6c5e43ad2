"""What a plant laid out is made of: its arrays, and where the host finds things in them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from twin.simulation.shop_floor.routing import Step

Control = Literal["commands", "rule", "planned"]
"""Who decides: whoever sends commands; the rules, for lots alone; or the rules, for Level 3 and Level 4."""

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(slots=True, kw_only=True)
class Layout:
    """The arrays of a plant, and where the host finds things in them."""

    plant: Ints
    plan: Ints
    numbers: Floats
    equipment: dict[str, int]  # addresses
    steps: dict[int, Step]  # by address
    step_at: dict[tuple[str, str], int]  # address by material and operation
    families: dict[str | None, int]


class NotCompiled(ValueError):
    """What a plant has that the compiled floor cannot hold; every such thing is named."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = list(problems)
        super().__init__("the compiled plant cannot hold this plant: " + "; ".join(self.problems) + '; allowed: engine="simpy"')


def signed(word: int) -> int:
    """64 bits as int64."""
    return word - 2**64 if word >= 2**63 else word

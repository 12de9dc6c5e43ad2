"""How we sell: whether an order may ship in parts, and how much a customer may owe."""

from __future__ import annotations

from typing import Literal

Partial = Literal["allowed", "never"]
"""Whether an order ships in parts as stock comes, or whole."""

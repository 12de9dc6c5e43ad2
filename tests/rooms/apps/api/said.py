"""What programs of the tests say, and how they read what is answered."""

from __future__ import annotations

from typing import Any

ORDER = {"order": "X1", "customer": "mixers", "material": "GB2", "quantity": 3, "due": "2026-03-20T12:00:00Z"}
PURCHASE = {"order": "P1", "material": "BRG1", "quantity": 10, "due": ORDER["due"]}
FIRM = {"planned_order": "P-GB1-1", "material": "GB1", "quantity": 1, "due_day": "2026-03-20"}


def lowered(headers: Any) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}

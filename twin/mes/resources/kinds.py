"""What can be reserved."""

from __future__ import annotations

EQUIPMENT, PERSON, TOOL = KINDS = ("equipment", "person", "tool")

"""Tools: what has to be on a work unit for some operations, of which there are so many, and which wear out."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from twin.model.readiness.scope import Scope


class Tool(Scope):
    """Tools that are alike, for all work in the scope. A start reserves one; it stays where it was until another unit needs it."""

    title: str = ""
    count: Annotated[int, Field(ge=1, le=10_000, strict=True)] = 1
    life: Annotated[int, Field(ge=1, le=10**9, strict=True)] | None = None  # pieces; then it is worn out until it is reconditioned


def pieces_of(name: str, tool: Tool) -> list[str]:
    """What the single tools of a kind are called: hob_m2.1, hob_m2.2."""
    return [f"{name}.{n}" for n in range(1, tool.count + 1)]

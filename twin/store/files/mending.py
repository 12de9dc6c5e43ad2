"""A table with a slip in it, mended as its writer probably meant it, so that the rest of the plant can be checked at once.

A misspelled key is read as the key it looks like, and a wrong value of an optional key as if it were left out. The slips are
reported all the same: a mended plant is never handed out.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable
from typing import Any, TypeVar

from pydantic import ValidationError

from twin.model.measures import Table
from twin.model.problems import Finding, KeyPath, nearest
from twin.store.files.complaints import table_at

T = TypeVar("T", bound=Table)


def mend(model: type[T], data: Any, found: Iterable[Finding]) -> tuple[T | None, list[KeyPath]]:
    """The table with what was found put right, and where; None if it is still none."""
    mended = copy.deepcopy(data)
    paths = [finding.path for finding in found]
    for path in paths:
        _mend_key(model, mended, path)
    try:
        return model.model_validate(mended), paths
    except ValidationError:
        return None, paths


def _mend_key(model: type[Table], data: Any, path: KeyPath) -> None:
    """Rename the key at `path` if it is unknown; take it away if it may be left out."""
    table = table_at(model, path[:-1]) if path else None
    if table is None:
        return
    holder = data
    for part in path[:-1]:
        holder = holder[part]
    key = path[-1]
    if not isinstance(holder, dict) or key not in holder:
        return
    field = table.model_fields.get(str(key))
    if field is None:
        value = holder.pop(key)
        holder.setdefault(nearest(str(key), (name for name in table.model_fields if name not in holder)) or key, value)
        if key in holder:
            del holder[key]
    elif not field.is_required() and not isinstance(holder[key], dict | list) and len(path) > 1:
        del holder[key]


def follows(finding: Finding, mended: Iterable[KeyPath]) -> bool:
    """Whether the finding is about a table that was mended, and so may be the fault of the mending."""
    return any(finding.path[: len(path) - 1] == path[:-1] for path in mended if path)

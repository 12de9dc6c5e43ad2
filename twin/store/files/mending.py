"""A table with a slip in it, mended as its writer probably meant it, so that the rest of the plant can be checked at once.

A misspelled key is read as the key it looks like, a wrong value of an optional key as if it were left out, and a wrong measure that
is needed as some right one. The slips are reported all the same: a mended plant is never handed out.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable
from typing import Any, TypeVar, cast

from pydantic import ValidationError, create_model
from pydantic.fields import FieldInfo

from twin.model.measures import Table
from twin.model.problems import Finding, KeyPath, nearest
from twin.store.files.complaints import table_at

T = TypeVar("T", bound=Table)


_STAND_INS = ("1 min", "1 EUR", "1 EUR/h", 1)
"""For a needed measure that is wrong. A wrong word has none: too much hangs on it."""


def mend(model: type[T], data: Any, found: Iterable[Finding]) -> tuple[T | None, list[KeyPath]]:
    """The table with what was found put right, and where; None if it is still none."""
    mended = copy.deepcopy(data)
    paths = [finding.path for finding in found]
    for path in reversed(paths):  # entries of a list from its end, for the others keep their places so
        _mend_at(model, mended, path)
    try:
        return model.model_validate(mended), paths
    except ValidationError:
        return None, paths


def _mend_at(model: type[Table], data: Any, path: KeyPath) -> None:
    """Rename a key that is unknown, take away what may be left out, and put something in place of a needed measure."""
    holder = _holder(data, path)
    if isinstance(holder, list) and holder[int(path[-1]) :]:
        holder.pop(int(path[-1]))
    table = table_at(model, path[:-1])
    if table is None or not isinstance(holder, dict):
        return
    key = str(path[-1])
    field = table.model_fields.get(key)
    if field is None:
        value = holder.pop(key)
        meant = nearest(key, (name for name in table.model_fields if name not in holder))
        if meant is not None:
            holder[meant] = value
    elif field.is_required():
        _stand_in(field, holder, key)
    elif not isinstance(holder.get(key), dict | list) and len(path) > 1:
        holder.pop(key, None)


def _holder(data: Any, path: KeyPath) -> Any:
    """The table or list that holds the last part of `path`; None if the mending of another slip took it away, or there is none."""
    holder: Any = data if path else None
    for part in path[:-1]:
        within = isinstance(holder, dict) and part in holder
        holder = holder[part] if within or (isinstance(holder, list) and holder[int(part) :]) else None
    return holder


def _stand_in(field: FieldInfo, holder: dict[str, Any], key: str) -> None:
    one_field = create_model("one_field", measure=(cast(Any, field.annotation), field))
    for stand_in in _STAND_INS:
        try:
            read = one_field.model_validate({"measure": stand_in})
        except ValidationError:
            continue
        if not isinstance(read.model_dump()["measure"], str):
            holder[key] = stand_in
        return


def follows(finding: Finding, mended: Iterable[KeyPath]) -> bool:
    """Whether the finding is about a table that was mended, and so may be the fault of the mending. A dangling reference is not."""
    return not finding.dangling and any(finding.path[: len(path) - 1] == path[:-1] for path in mended if path)

"""Something right in place of what is wrong or missing, of the type that is needed there, so that the rest can be checked.

Nothing is ever said of a stand-in: whoever puts it in place doubts that place. Its words name nothing.
"""

from __future__ import annotations

import types
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Union, cast, get_args, get_origin

from pydantic import BaseModel, ValidationError, WithJsonSchema, create_model
from pydantic.fields import FieldInfo

WORD = "set_aside"
_VALUES = (WORD, "1 min", "1 EUR", "1 EUR/h", "1 EUR/kWh", "1 m", "1 m/s", "1 %", 1, "06:00", "2026-03-02", "2026-03-02T06:00:00Z", True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """What may stand at a place of a table: its type, with its bounds if it is a field, and whether something must."""

    annotation: Any
    field: Any = ...
    needed: bool = True

    def inner(self, node: Any, part: str | int) -> Slot | None:
        """The slot of `part` of `node`, which stands here; None if there is no such slot, or the type has no parts to mend one by one."""
        bare = _bare(self.annotation)
        if isinstance(node, dict) and (table := table_of(bare, node)) is not None:
            field = table.model_fields.get(str(part))
            return Slot(annotation=field.annotation, field=field, needed=field.is_required()) if field else None
        if get_origin(bare) is (dict if isinstance(node, dict) else list):
            return Slot(annotation=get_args(bare)[-1])
        return None

    def stand_in(self) -> Any:
        """A value that may stand here."""
        one_field = create_model("one_field", value=(cast(Any, self.annotation), self.field))
        for candidate in (*_examples(self.annotation), *_candidates(_bare(self.annotation))):
            try:
                one_field.model_validate({"value": candidate})
            except ValidationError:
                continue
            return candidate
        raise AssertionError(f"no stand-in for {self.annotation}")


def table_of(annotation: Any, node: dict[str, Any]) -> type[BaseModel] | None:
    """The model of the table `node`: in a union of tables with a tag, the one that it names, else the one that knows most of its keys."""
    bare = _bare(annotation)
    if isinstance(bare, type) and issubclass(bare, BaseModel):
        return bare
    tagged = _tagged(bare)
    named = next((table for (key, word), table in tagged.items() if node.get(key) == word), None)
    return named or max(tagged.values(), key=lambda table: len(table.model_fields.keys() & node.keys()), default=None)


def tag_of(annotation: Any, node: dict[str, Any]) -> tuple[str, str] | None:
    """The key and the word that name the table `node` best in such a union; None if this is none."""
    table = table_of(annotation, node)
    return next((tag for tag, named in _tagged(_bare(annotation)).items() if named is table), None)


def _tagged(bare: Any) -> dict[tuple[str, str], type[BaseModel]]:
    """The tables of a union by the key and the word that stand for each. Distributions are mended as a whole."""
    tables = [member for member in _members(bare) if isinstance(member, type) and issubclass(member, BaseModel)]
    keys = [(key, table) for table in tables for key in ("driver", "reader") if key in table.model_fields]
    return {(key, word): table for key, table in keys for word in get_args(table.model_fields[key].annotation)}


def _members(bare: Any) -> tuple[Any, ...]:
    return get_args(bare) if get_origin(bare) in (Union, types.UnionType) else ()


def _bare(annotation: Any) -> Any:
    """The type without what pydantic knows about it, and without None."""
    while get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    others = [member for member in _members(annotation) if member is not types.NoneType]
    return _bare(others[0]) if len(others) == 1 else annotation


def _examples(annotation: Any) -> list[Any]:
    """What a type says of itself may stand there, as names that are known."""
    if get_origin(annotation) is not Annotated:
        return []
    return [
        it
        for known in get_args(annotation)[1:]
        if isinstance(known, WithJsonSchema)
        for it in (known.json_schema or {}).get("examples", [])
    ]


def _candidates(bare: Any) -> Iterator[Any]:
    yield from _VALUES
    if get_origin(bare) is Literal:
        yield get_args(bare)[0]
    elif get_origin(bare) is dict:
        yield {}
        yield {WORD: Slot(annotation=get_args(bare)[-1]).stand_in()}
    elif get_origin(bare) is list:
        yield []
        yield [Slot(annotation=get_args(bare)[-1]).stand_in()]
    elif isinstance(bare, type) and issubclass(bare, BaseModel):
        yield {name: _of_field(field) for name, field in bare.model_fields.items() if field.is_required()}
    for member in _members(bare):
        yield from _candidates(_bare(member))


def _of_field(field: FieldInfo) -> Any:
    return Slot(annotation=field.annotation, field=field).stand_in()

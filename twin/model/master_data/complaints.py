"""What pydantic says about a table, as findings in plain words: one for each thing that is wrong, with what is allowed."""

from __future__ import annotations

import types
from collections.abc import Callable, Iterator
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from twin.model.measures import DISTRIBUTIONS
from twin.model.problems import Document, Finding, KeyPath, did_you_mean, listed, nearest

_A_DISTRIBUTION = "a duration such as '4.5 min', or a distribution such as {exponential: {mean: 4.5 min}}"


def findings(document: Document, model: type[BaseModel], data: Any, error: ValidationError) -> Iterator[Finding]:
    """Every complaint of `error`, which `model` raised about `data`, at its path in `data`."""
    details = error.errors(include_url=False)
    meant = {_meant_key(model, detail["loc"]) for detail in details if detail["type"] == "extra_forbidden"}
    for detail in details:
        loc = tuple(part for part in detail["loc"] if part != "[key]")
        path, node = _place(data, loc)
        bad_key = "[key]" in detail["loc"]
        if detail["type"] == "extra_forbidden":
            yield _unknown_key(document, model, loc, path)
        elif detail["type"] == "missing":
            if loc in meant:
                continue  # it is there, misspelled
            yield Finding(document=document, path=(*path, loc[-1]), what=f"key '{loc[-1]}' is missing{_in(path)}")
        else:
            what, _, allowed = _explain(detail, node).partition("; allowed: ")
            if detail["type"] == "union_tag_invalid":
                path = (*path, detail.get("ctx", {})["discriminator"].strip("'"))
            if loc[-2:] == ("constant", "value") and path[-1:] != ("value",) and not isinstance(node, dict):
                allowed = _A_DISTRIBUTION
            yield Finding(document=document, path=path, what=what, allowed=allowed, at_key=bad_key)


def _place(data: Any, loc: KeyPath) -> tuple[KeyPath, Any]:
    """The path of `loc` in the data and the value there; parts that only pydantic knows (the kind in a union) are left out."""
    path: KeyPath = ()
    node = data
    for part in loc:
        in_table = isinstance(node, dict) and part in node
        in_list = isinstance(node, list) and isinstance(part, int) and part < len(node)
        if in_table or in_list:
            path, node = (*path, part), node[part]
    return path, node


def _in(path: KeyPath) -> str:
    return f" in '{'.'.join(map(str, path))}'" if path else ""


def _meant_key(model: type[BaseModel], loc: KeyPath) -> KeyPath:
    """Where the key would stand that an unknown one looks like."""
    return (*loc[:-1], nearest(str(loc[-1]), _fields(model, loc[:-1])) or "")


def _unknown_key(document: Document, model: type[BaseModel], loc: KeyPath, path: KeyPath) -> Finding:
    key = str(loc[-1])
    known = _fields(model, loc[:-1])
    return Finding(
        document=document, path=path, what=f"unknown key '{key}'{did_you_mean(key, known)}", allowed=listed(known, 30), at_key=True
    )


def _fields(model: type[BaseModel], loc: KeyPath) -> list[str]:
    """Keys of the table at `loc`, without the kind that a distribution is named by."""
    table = table_at(model, loc)
    distribution = table in DISTRIBUTIONS.values()
    return [name for name in table.model_fields if not (distribution and name == "kind")] if table else []


def table_at(annotation: Any, loc: KeyPath) -> type[BaseModel] | None:
    """The model of the table at `loc`, following fields, lists, tables by id, and unions by the tag that pydantic puts into `loc`."""
    if get_origin(annotation) is Annotated:
        return table_at(get_args(annotation)[0], loc)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        if not loc:
            return annotation
        field = annotation.model_fields.get(str(loc[0]))
        return table_at(field.annotation, loc[1:]) if field else None
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin in (dict, list):
        return table_at(inner[-1], loc[1:]) if loc else None
    if origin in (Union, types.UnionType):
        tables = [t for t in inner if isinstance(t, type) and issubclass(t, BaseModel)]
        if len(tables) == 1:
            return table_at(tables[0], loc)
        tagged = [t for t in tables if loc and loc[0] in _tags(t)]
        if tagged:
            return table_at(tagged[0], loc[1:])
        others = [t for t in inner if t not in tables and t is not type(None)]
        return next((found for t in others if (found := table_at(t, loc))), None)
    return None


def _tags(table: type[BaseModel]) -> set[str]:
    """The words that can stand for this table in a union: the values of its `kind` or `driver`."""
    fields = [table.model_fields[name] for name in ("kind", "driver") if name in table.model_fields]
    return {word for field in fields for word in get_args(field.annotation)}


def _shown(value: Any) -> str:
    """The value as the reader sees it in the file, cut short."""
    match value:
        case None:
            return "nothing"
        case dict():
            return "a table"
        case list():
            return "a list"
        case bool():
            return "'true'" if value else "'false'"
        case int() | float():
            return f"the number {value}"
        case _:
            text = str(value)
            return f"'{text}'" if len(text) <= 60 else f"'{text[:57]}…'"


def _needed(what: str, allowed: str = "") -> Callable[[ErrorDetails, Any], str]:
    def say(detail: ErrorDetails, node: Any) -> str:
        return f"{what} is needed here, not {_shown(node)}" + (f"; allowed: {allowed}" if allowed else "")

    return say


def _bound(key: str, word: str) -> Callable[[ErrorDetails, Any], str]:
    def say(detail: ErrorDetails, node: Any) -> str:
        limit = detail.get("ctx", {})[key]
        few = "too small" if key in ("ge", "gt") else "too large"
        return f"{_shown(node)} is {few}; allowed: {word.format(limit)}"

    return say


def _text_needed(detail: ErrorDetails, node: Any) -> str:
    quoted = f'; allowed: the text in quotes, as in "{str(node).lower()}"' if isinstance(node, int | float) else ""
    return f"text is needed here, not {_shown(node)}{quoted}"


def _not_a_choice(detail: ErrorDetails, node: Any) -> str:
    words = detail.get("ctx", {})["expected"].replace(" or ", ", ").replace("'", "").split(", ")
    return f"{_shown(node)} is not known here{did_you_mean(str(node), words)}; allowed: {', '.join(words)}"


def _no_tag(detail: ErrorDetails, node: Any) -> str:
    if detail.get("ctx", {})["discriminator"] == "'kind'":
        return f"a duration or one distribution is needed here, not {_shown(node)}; allowed: {_A_DISTRIBUTION}"
    return f"key {detail['ctx']['discriminator']} is missing"


def _bad_tag(detail: ErrorDetails, node: Any) -> str:
    context = detail.get("ctx", {})
    words = context["expected_tags"].replace("'", "").split(", ")
    return f"'{context['tag']}' is not known here{did_you_mean(context['tag'], words)}; allowed: {', '.join(words)}"


def _own_words(detail: ErrorDetails, node: Any) -> str:
    """What a validator of the model said; a word among a short list of allowed ones gets a suggestion."""
    said = str(detail.get("ctx", {}).get("error", detail["msg"]))
    if node is None:
        said = said.replace("'None'", "nothing")
    what, _, allowed = said.partition("; allowed: ")
    if what.startswith("unknown") and "'" in what:
        what += did_you_mean(what.split("'")[1], allowed.split(", "))
    return f"{what}; allowed: {allowed}" if allowed else what


_SAYINGS: dict[str, Callable[[ErrorDetails, Any], str]] = {
    "value_error": _own_words,
    "string_type": _text_needed,
    "int_type": _needed("a whole number"),
    "int_parsing": _needed("a whole number"),
    "int_from_float": _needed("a whole number"),
    "float_type": _needed("a number"),
    "float_parsing": _needed("a number"),
    "finite_number": _needed("a number"),
    "bool_type": _needed("true or false", "true, false"),
    "bool_parsing": _needed("true or false", "true, false"),
    "dict_type": _needed("a table", "lines of 'key: value'"),
    "model_type": _needed("a table", "lines of 'key: value'"),
    "model_attributes_type": _needed("a table", "lines of 'key: value'"),
    "list_type": _needed("a list", "lines of '- value', or [value, value]"),
    "date_type": _needed("a date", "YYYY-MM-DD"),
    "date_parsing": _needed("a date", "YYYY-MM-DD"),
    "date_from_datetime_parsing": _needed("a date", "YYYY-MM-DD"),
    "date_from_datetime_inexact": _needed("a date", "YYYY-MM-DD"),
    "datetime_type": _needed("an instant", "2026-03-02T06:00:00Z or 2026-03-02T06:00:00+01:00"),
    "datetime_parsing": _needed("an instant", "2026-03-02T06:00:00Z or 2026-03-02T06:00:00+01:00"),
    "datetime_from_date_parsing": _needed("an instant", "2026-03-02T06:00:00Z or 2026-03-02T06:00:00+01:00"),
    "literal_error": _not_a_choice,
    "union_tag_not_found": _no_tag,
    "union_tag_invalid": _bad_tag,
    "too_short": lambda detail, node: "at least one entry is needed here",
    "greater_than": _bound("gt", "more than {}"),
    "greater_than_equal": _bound("ge", "{} or more"),
    "less_than": _bound("lt", "less than {}"),
    "less_than_equal": _bound("le", "{} or less"),
}


def _explain(detail: ErrorDetails, node: Any) -> str:
    say = _SAYINGS.get(detail["type"])
    return say(detail, node) if say else detail["msg"]

"""Transactions: a verb, a noun and what it is about, in the envelope of B2MML V0700; read whole, with all that is wrong at once.

{"ProcessOperationsSchedule": {"ReleaseID": "V0700",
    "ApplicationArea": {"BODID": "erp/17", "CreationDateTime": "2026-03-02T06:00:00Z", "Sender": {"LogicalID": "ERP"}},
    "DataArea": {"Process": {}, "OperationsSchedule": [{...}]}}}
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import Field, TypeAdapter, ValidationError

from twin.model.exchange import nouns
from twin.model.exchange.parts import DateTime, Id, Part
from twin.model.problems import PlantFileError, Problem, did_you_mean, listed

RELEASE = "V0700"
NOUNS: dict[str, type[Part]] = {
    it.__name__: it
    for it in (
        nouns.OperationsSchedule, nouns.OperationsPerformance, nouns.OperationsEvent, nouns.MaterialInformation,
        nouns.PersonnelInformation, nouns.EquipmentInformation,
    )
}  # fmt: skip
CHANGING: dict[str, type[Part]] = {"OperationsSchedule": nouns.OtherSchedule}
"""What can be told again to be otherwise, or not at all, and how that is said."""
CHANGE, CANCEL = "Change", "Cancel"
TELLING, ASKING = ("Process", "Sync", "Show", CHANGE, CANCEL), ("Get",)
VERBS = (*TELLING, *ASKING)
ACKNOWLEDGE = "Acknowledge"
NAMES = tuple(f"{verb}{noun}" for verb in VERBS for noun in (CHANGING if verb in (CHANGE, CANCEL) else NOUNS))


class Sender(Part):
    """Who sends."""

    logical_id: str = ""


class ApplicationArea(Part):
    """Which message this is: `bodid` is its id, for good."""

    bodid: Id
    creation_date_time: DateTime | None = None
    sender: Sender = Sender()


class ResponseExpression(Part):
    action_code: Literal["Accepted", "Modified", "Rejected"] = Field(alias="actionCode")


class ChangeStatus(Part):
    code: str
    reason: list[str] = []


class ResponseCriteria(Part):
    response_expression: ResponseExpression
    change_status: ChangeStatus


class Acknowledgement(Part):
    """The verb Acknowledge: which message is answered, and whether it was taken."""

    original_application_area: ApplicationArea
    response_criteria: list[ResponseCriteria]


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message that was read or is to be sent: verb, noun, who and when, and the nouns themselves (none where something is asked)."""

    verb: str
    noun: str
    area: ApplicationArea
    content: tuple[Part, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.verb}{self.noun}"

    def document(self) -> dict[str, Any]:
        """The message as plain values for JSON."""
        data: dict[str, Any] = {self.verb: {}}
        if self.verb in TELLING:
            data[self.noun] = [plain(it) for it in self.content]
        return {self.name: {"ReleaseID": RELEASE, "ApplicationArea": plain(self.area), "DataArea": data}}


def plain(part: Part) -> dict[str, Any]:
    """A part as plain values; what says nothing is left out."""
    return part.model_dump(by_alias=True, mode="json", exclude_defaults=True)


def acknowledge(message_name: str, area: ApplicationArea, problems: Sequence[str] = (), note: str = "") -> dict[str, Any]:
    """The answer to a message: taken, or refused with every reason."""
    noun = next((it for it in NOUNS if message_name.endswith(it)), "Message")
    said = Acknowledgement(
        original_application_area=area,
        response_criteria=[
            ResponseCriteria(
                response_expression=ResponseExpression(action_code="Rejected" if problems else "Accepted"),
                change_status=ChangeStatus(code="Rejected" if problems else "Accepted", reason=list(problems) or ([note] if note else [])),
            )
        ],
    )
    own = ApplicationArea(bodid=f"{area.bodid}/acknowledged", creation_date_time=area.creation_date_time, sender=Sender(logical_id="twin"))
    data = {ACKNOWLEDGE: plain(said)}
    return {f"{ACKNOWLEDGE}{noun}": {"ReleaseID": RELEASE, "ApplicationArea": plain(own), "DataArea": data}}


def area_of(said: Any) -> tuple[str, ApplicationArea]:
    """Name and area of something that may be no message, as far as it has them: for the answer."""
    name, body = next(iter(said.items())) if isinstance(said, dict) and said else ("Message", {})
    given = body.get("ApplicationArea") if isinstance(body, dict) else None
    bodid = given.get("BODID") if isinstance(given, dict) else None
    text = bodid.encode("utf-8", "replace").decode()[:500] if isinstance(bodid, str) else ""  # half a character cannot be sent back
    return str(name), ApplicationArea(bodid=text or "unknown")


def read_message(text: str | bytes, file: str = "") -> Message:
    """The message in a text.

    Raises
    ------
    PlantFileError : with everything that is wrong: where (a path in the message), what, and what is allowed
    """
    try:
        said = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _refused(file, [("", f"no JSON: {error}", "one message as a JSON object")]) from None
    if not isinstance(said, dict) or len(said) != 1:
        raise _refused(file, [("", "no message", f"an object with one key: {listed(NAMES, 40)}")])
    ((name, body),) = said.items()
    if name not in NAMES:
        raise _refused(file, [(name, f"there is no message '{name}'{did_you_mean(name, NAMES)}", listed(NAMES, 40))])
    verb = next(it for it in VERBS if name.startswith(it))
    noun = name.removeprefix(verb)
    if not isinstance(body, dict):
        raise _refused(file, [(name, "no table", "ReleaseID, ApplicationArea, DataArea")])
    wrong: list[tuple[str, str, str]] = []
    if body.get("ReleaseID", RELEASE) != RELEASE:
        wrong.append((f"{name}/ReleaseID", f"'{body['ReleaseID']}' is another release", RELEASE))
    area = _part(ApplicationArea, body.get("ApplicationArea", {}), f"{name}/ApplicationArea", wrong)
    content = _content(verb, noun, body.get("DataArea", {}), f"{name}/DataArea", wrong)
    parts = ("ReleaseID", "ApplicationArea", "DataArea")
    wrong += [(f"{name}/{key}", f"unknown key '{key}'", listed(parts)) for key in body if key not in parts]
    if wrong or area is None:
        raise _refused(file, wrong)
    return Message(verb=verb, noun=noun, area=area, content=content)


def _content(verb: str, noun: str, data: Any, path: str, wrong: list[tuple[str, str, str]]) -> tuple[Part, ...]:
    allowed = (verb, noun) if verb in TELLING else (verb,)
    if not isinstance(data, dict):
        wrong.append((path, "no table", listed(allowed)))
        return ()
    wrong += [(f"{path}/{key}", f"unknown key '{key}'{did_you_mean(key, allowed)}", listed(allowed)) for key in data if key not in allowed]
    if verb in ASKING:
        return ()
    given = data.get(noun)
    if not isinstance(given, list) or not given:
        wrong.append((f"{path}/{noun}", f"at least one {noun} is needed here", f"a list of {noun}"))
        return ()
    parts = [_part(_content_kind(verb, noun), it, f"{path}/{noun}/{n}", wrong) for n, it in enumerate(given)]
    return tuple(it for it in parts if it is not None)


def _content_kind(verb: str, noun: str) -> type[Part]:
    """How a verb says a noun."""
    return CHANGING[noun] if verb in (CHANGE, CANCEL) else NOUNS[noun]


def _part(kind: type[Part], said: Any, path: str, wrong: list[tuple[str, str, str]]) -> Any:
    try:
        return TypeAdapter(kind).validate_python(said)
    except ValidationError as error:
        wrong += [_explained(kind, detail, path) for detail in error.errors(include_url=False)]
        return None


def _explained(kind: type[Part], detail: Any, path: str) -> tuple[str, str, str]:
    """What pydantic found, in words: where, what, what is allowed."""
    loc = [str(it) for it in detail["loc"]]
    where, last = "/".join([path, *loc]), loc[-1] if loc else ""
    context = detail.get("ctx", {})
    match detail["type"]:
        case "missing":
            return where, f"'{last}' is missing", "a value for it"
        case "extra_forbidden":
            known = _names_at(kind, loc[:-1])
            return where, f"unknown key '{last}'{did_you_mean(last, known)}", listed(known, 30)
        case "literal_error":
            words = context["expected"].replace(" or ", ", ").replace("'", "").split(", ")
            return where, f"'{detail['input']}' is not known here{did_you_mean(str(detail['input']), words)}", listed(words, 30)
        case "value_error":
            what, _, allowed = str(context["error"]).partition("; allowed: ")
            return where, what, allowed
        case "string_type":
            return where, f"{json.dumps(detail['input'], default=str)[:60]} is no text", "a text in quotes"
        case "int_type" | "int_parsing":
            return where, f"'{detail['input']}' is no whole number", "a whole number"
        case "list_type":
            return where, "a list is needed here", "[...]"
        case "too_short" | "too_long":
            return where, f"{context['actual_length']} entries", f"{context.get('min_length') or context.get('max_length')} here"
        case "string_too_short":
            return where, "an empty text", "at least one character"
        case "model_type" | "model_attributes_type":
            return where, "a table is needed here", "{...}"
    return where, detail["msg"], ""


def _names_at(kind: type[Part], loc: Iterable[str]) -> list[str]:
    """What the table at that path of a noun may have."""
    schema = kind.model_json_schema(by_alias=True)
    here = schema
    for part in loc:
        here = here.get("items", here) if part.isdecimal() else here.get("properties", {}).get(part, {})
        for choice in [here, *here.get("anyOf", [])]:
            if reference := choice.get("$ref") or choice.get("items", {}).get("$ref"):
                here = schema["$defs"][reference.rpartition("/")[2]]
                break
    return list(here.get("properties", {}))


def _refused(file: str, wrong: Iterable[tuple[str, str, str]]) -> PlantFileError:
    return PlantFileError(
        Problem(file=file, line=0, column=0, what=f"{path}: {what}" if path else what, allowed=allowed) for path, what, allowed in wrong
    )


def message_schema() -> dict[str, Any]:
    """The JSON schema of every message, for those who write one."""
    defs: dict[str, Any] = {}
    properties: dict[str, Any] = {}
    kinds: tuple[type[Part], ...] = (ApplicationArea, *NOUNS.values(), *CHANGING.values())
    for kind in kinds:
        schema = TypeAdapter(kind).json_schema(by_alias=True, ref_template="#/$defs/{model}")
        defs |= schema.pop("$defs", {})
        defs.setdefault(kind.__name__, schema)
    for name in NAMES:
        verb = next(it for it in VERBS if name.startswith(it))
        noun = name.removeprefix(verb)
        items = {"$ref": f"#/$defs/{_content_kind(verb, noun).__name__}"}
        telling = {noun: {"type": "array", "minItems": 1, "items": items}} if verb in TELLING else {}
        data = {
            "type": "object",
            "properties": {verb: {"type": "object"}, **telling},
            "required": list(telling),
            "additionalProperties": False,
        }
        properties[name] = {
            "type": "object",
            "properties": {"ReleaseID": {"const": RELEASE}, "ApplicationArea": {"$ref": "#/$defs/ApplicationArea"}, "DataArea": data},
            "required": ["ApplicationArea", *(["DataArea"] if telling else [])],
            "additionalProperties": False,
        }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Messages shaped as B2MML V0700, as JSON",
        "type": "object", "properties": properties, "additionalProperties": False, "minProperties": 1, "maxProperties": 1, "$defs": defs,
    }  # fmt: skip


def message(verb: str, noun: str, bodid: str, content: Iterable[Part], *, at_us: int | None = None, sender: str = "twin") -> Message:
    """A message to send."""
    area = ApplicationArea(bodid=bodid, creation_date_time=at_us, sender=Sender(logical_id=sender))
    return Message(verb=verb, noun=noun, area=area, content=tuple(content))

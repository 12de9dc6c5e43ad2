"""The address of the audit trail: who has said what, when, from where and why, what was and is; as JSON, CSV or PDF."""

# Without `from __future__ import annotations`: FastAPI reads annotations.

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Any, Literal

from fastapi import APIRouter, HTTPException, Query, Response
from pydantic import AwareDatetime, BaseModel, Field, TypeAdapter

from twin.apps.api.documents import instant_us, known_at
from twin.apps.api.reading import First, Instant, Most
from twin.apps.feed import Feed
from twin.model.events import EVENT_TYPES
from twin.model.personnel.roles import role_of
from twin.results.auditing.audit_trail import TrailEntry, audit_trail
from twin.results.auditing.trail_written import MEDIA, trail_file
from twin.store.tokens import Program

OF_PERSONS = ("AbsenceEntered", "AttendanceEntered", "PersonnelChanged", "ShiftsSwapped", "SkillRecorded")
WAGE = "hourly_cost_minor"
Named = Annotated[str, Query(max_length=100, pattern=r"^[^\x00-\x1f]*$")]
_FORMS: dict[str, Any] = {
    "application/json": {"schema": {"type": "array", "items": {"type": "object"}}},
    "text/csv": {"schema": {"type": "string"}},
    "application/pdf": {"schema": {"type": "string", "format": "binary"}},
}


class Said(BaseModel):
    """One entry of the trail; `standing`: taken, or refused and why."""

    seq: int
    entry: str
    hash: str
    known: AwareDatetime = Field(description="When it was said")
    effective: AwareDatetime = Field(description="As of when")
    person: str
    terminal: str
    says: str
    about: dict[str, str]
    was: dict[str, str]
    now: dict[str, str]
    why: str
    standing: str
    signed: list[str]


_MANY = TypeAdapter(list[Said])


def auditing(router: APIRouter, feed: Feed, as_one_of: Callable[..., Any], refused: dict[int | str, dict[str, Any]]) -> APIRouter:
    """The address, under `router`."""
    answers: dict[int | str, dict[str, Any]] = {200: {"content": _FORMS}, 409: refused[409]}

    @router.get("/audit-trail", response_class=Response, responses=answers)
    def trail_of(
        program: Annotated[Program, as_one_of()], of: Named = "", person: Named = "", since: Instant = None, until: Instant = None,
        form: Literal["json", "csv", "pdf"] = "json", first: First = 0, most: Most = 100,
    ) -> Response:  # fmt: skip
        """What persons have said of a thing, a person, a window, the newest first. Of money: to finance; of persons: to production too."""
        since_us, until_us = (None if it is None else instant_us(it) for it in (since, until))
        try:
            with feed.run.lock:
                known = audit_trail(feed.run, of=of, person=person, since_us=since_us, until_us=until_us)
            found = [_without_wages(program, it) for it in reversed(known) if _may_read(program, it)]
            if form == "json":
                return Response(_MANY.dump_json([_said(it) for it in found[first : first + most]]), media_type="application/json")
            about = ", ".join(filter(None, (of, person))) or "all of it"
            content = trail_file(feed.run, found, about, f".{form}")
        except ValueError as error:
            raise HTTPException(409, str(error)) from None
        return Response(content, media_type=MEDIA[f".{form}"])

    return router


def _may_read(program: Program, it: TrailEntry) -> bool:
    """What takes the role finance, to who has it; what is said of persons, to who may say such things, or pays them."""
    if "finance" in program.roles:
        return True
    return "production" in program.roles if it.says in OF_PERSONS else role_of(EVENT_TYPES[it.says]) != "finance"


def _without_wages(program: Program, it: TrailEntry) -> TrailEntry:
    """What somebody costs is told to finance alone."""
    if "finance" in program.roles:
        return it
    was, now = ({name: value for name, value in side.items() if name != WAGE} for side in (it.was, it.now))
    return replace(it, was=was, now=now)


def _said(it: TrailEntry) -> Said:
    return Said(
        seq=it.seq, entry=it.entry, hash=it.entry_hash, known=known_at(it.recorded_us), effective=known_at(it.at_us), person=it.person,
        terminal=it.terminal, says=it.says, about=it.about, was=it.was, now=it.now, why=it.why, standing=it.standing,
        signed=list(it.signed),
    )  # fmt: skip

"""Batch records and certificates for programs: which lots wait for review, and each document as JSON, HTML or PDF."""

# Without `from __future__ import annotations`: FastAPI reads annotations.

from typing import Annotated, Any, Literal

from fastapi import APIRouter, HTTPException, Path, Query, Response
from pydantic import AwareDatetime, BaseModel, Field

from twin.apps.api.documents import known_at
from twin.apps.feed import Feed
from twin.results.exports.records import CERTIFICATE, KINDS, RECORD, document_file
from twin.results.reports.to_review import LotToReview, lots_to_review

Name = Annotated[str, Path(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:-]*$")]
Form = Annotated[Literal["json", "html", "pdf"], Query(description="As what it is wanted")]
_FORMS: dict[str, Any] = {
    "application/json": {"schema": {"type": "object"}},
    "text/html": {"schema": {"type": "string"}},
    "application/pdf": {"schema": {"type": "string", "format": "binary"}},
}


class Reviewed(BaseModel):
    """A lot that was made here, and how its batch record stands."""

    lot: str
    material: str
    request: str
    produced: int = Field(description="In the smallest unit of the material")
    ended: AwareDatetime | None = Field(description="When its last job order ended; null before")
    standing: str = Field(description="to be reviewed; released, not signed; under way; released and signed")
    doubts: str = Field(description="What a reviewer looks at first, in words")


def records(router: APIRouter, feed: Feed, refused: dict[int | str, dict[str, Any]]) -> APIRouter:
    """The addresses, under `router`; `refused`: how the application describes a refusal."""

    @router.get("/batch-records")
    def all_records(first: Annotated[int, Query(ge=0, le=10**9)] = 0, most: Annotated[int, Query(ge=1, le=500)] = 100) -> list[Reviewed]:
        """Lots by how their batch record stands, those that wait for review first."""
        return [_reviewed(it) for it in feed.look(lots_to_review)[first : first + most]]

    @router.get("/batch-records/{name}", response_class=Response, responses={200: {"content": _FORMS}, **refused})
    def record(name: Name, form: Form = "json") -> Response:
        """The batch record of a lot, or of all lots of a request: exceptions first."""
        return _document(feed, RECORD, name, form)

    @router.get("/certificates/{lot}", response_class=Response, responses={200: {"content": _FORMS}, **refused})
    def certified(lot: Name, form: Form = "json") -> Response:
        """The certificate of analysis of a lot that has passed and is not held."""
        return _document(feed, CERTIFICATE, lot, form)

    return router


def _reviewed(it: LotToReview) -> Reviewed:
    return Reviewed(
        lot=it.lot, material=it.material, request=it.request, produced=it.produced,
        ended=known_at(it.ended_us) if it.ended_us >= 0 else None, standing=it.standing, doubts=it.doubts,
    )  # fmt: skip


def _document(feed: Feed, what: str, name: str, form: str) -> Response:
    with feed.run.lock:
        if name not in feed.run.mes.lots and not (what == RECORD and name in feed.run.mes.requests):
            raise HTTPException(404, f"there is no lot {'or request ' if what == RECORD else ''}'{name}'")
        try:
            content = document_file(feed.run, what, name, f".{form}")
        except ValueError as error:
            raise HTTPException(409, str(error)) from None
    return Response(content, media_type=KINDS[f".{form}"])

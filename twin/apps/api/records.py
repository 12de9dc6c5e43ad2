"""Batch records and certificates for programs: which lots wait for review, each document as JSON, HTML or PDF; lots released and signed."""

# Without `from __future__ import annotations`: FastAPI reads annotations.

from collections.abc import Callable, Collection
from typing import Annotated, Any, Literal, cast

from fastapi import APIRouter, HTTPException, Path, Query, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, SecretStr

from twin.apps.api.documents import Taken, instant_us, known_at
from twin.apps.api.entries import TERMINAL
from twin.apps.api.once import Key, Once, taken
from twin.apps.api.reading import First, Most
from twin.apps.feed import Feed
from twin.apps.pages.shifts.signing import (
    Make,
    batch_rejection,
    batch_release,
    batch_signature,
    decision_signature,
    exception_acceptance,
    result_signature,
)
from twin.model.events import BatchRecordRejected, BatchRecordReleased, OperationsEvent, RecordExceptionAccepted, RecordSigned
from twin.model.problems import did_you_mean, listed
from twin.results.auditing.signable import SIGNABLE, Signable, names_of, signed_decisions, subject
from twin.results.exports.records import CERTIFICATE, KINDS, RECORD, document_file
from twin.results.reports.to_review import LotToReview, lots_to_review
from twin.store.proof.badges import Session
from twin.store.tokens import Program

Name = Annotated[str, Path(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:-]*$")]
Word = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f]+$")]
Decision = Literal["disposition", "override", "document", "step", "exception", "rejection"]
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
    standing: str = Field(description="to be reviewed; released, not signed; rejected; under way; built in; released and signed")
    doubts: str = Field(description="What a reviewer looks at first, in words")


class _Signed(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    secret: SecretStr = Field(min_length=1, max_length=200, description="Of the person who stands for the program; it is kept nowhere")


class ReleaseAsked(_Signed):
    """A lot shall be released by its batch record as it is now, and that signed: `reason`, if there are exceptions."""

    reason: Annotated[str, Field(max_length=500, pattern=r"^[^\x00-\x1f]*$")] = ""


class ReviewAsked(_Signed):
    """A lot shall not be released by its batch record as it is now, or one exception of that accepted; and that signed as reviewed."""

    reason: Annotated[str, Field(min_length=1, max_length=500, pattern=r"^[^\x00-\x1f]*[^\x00-\x20][^\x00-\x1f]*$")]


class SignatureAsked(_Signed):
    """The release of a lot shall be signed, once more or by somebody else."""

    meaning: Literal["authored", "reviewed", "approved"]


class ResultSignatureAsked(SignatureAsked):
    """A result of a lot shall be signed, once more or by somebody else: of `value`, as it was read, else it is refused."""

    value: Annotated[float | None, Field(allow_inf_nan=False, description="Left out: the newest, whatever it is")] = None


class DecisionSignatureAsked(SignatureAsked):
    """What a person has decided or done shall be signed: a disposition, an override of an inspection, a released document, a guided step,
    an accepted exception or a rejection of a batch record.

    `names`: by its own fields, as {"nonconformance": "NC-1"}, {"plan": ..., "lot": ...}, {"document": ..., "revision": ...},
    {"step": ..., "job_order": ...}, {"lot": ..., "exception": ...} or {"lot": ...}; `at`: when it was said, as it was read, and it is
    refused if it was said otherwise since.
    """

    of: Decision
    names: Annotated[dict[Word, Word], Field(min_length=1, max_length=2)]
    at: AwareDatetime | None = None


class Decided(BaseModel):
    """What may be signed, as it was said last, and who has signed it."""

    of: Decision
    names: dict[str, str]
    at: AwareDatetime
    words: str
    signed: list[str] = Field(description="As in 'quinn, approved'")


class _Release(BaseModel):
    """What is asked for, without the secret: this may be remembered."""

    lot: str
    reason: str = ""


class _Review(BaseModel):
    lot: str
    reason: str
    exception: str = ""


class _Meaning(BaseModel):
    batch: str
    meaning: str
    value: float | None = None
    at: AwareDatetime | None = None


def records(
    router: APIRouter, feed: Feed, once: Once, as_one_of: Callable[..., Any], refused: dict[int | str, dict[str, Any]]
) -> APIRouter:
    """The addresses, under `router`; `refused`: how the application describes a refusal."""
    not_there: dict[int | str, dict[str, Any]] = {409: refused[409]}

    @router.get("/batch-records")
    def all_records(first: Annotated[int, Query(ge=0, le=10**9)] = 0, most: Annotated[int, Query(ge=1, le=500)] = 100) -> list[Reviewed]:
        """Lots by how their batch record stands, those that wait for review first."""
        return [_reviewed(it) for it in feed.look(lots_to_review)[first : first + most]]

    @router.get("/batch-records/{name}", response_class=Response, responses={200: {"content": _FORMS}, **not_there})
    def record(name: Name, form: Form = "json") -> Response:
        """The batch record of a lot, or of all lots of a request: exceptions first."""
        return _document(feed, RECORD, name, form)

    @router.get("/certificates/{lot}", response_class=Response, responses={200: {"content": _FORMS}, **not_there})
    def certified(lot: Name, form: Form = "json") -> Response:
        """The certificate of analysis of a lot that has passed and is not held."""
        return _document(feed, CERTIFICATE, lot, form)

    @router.post("/batch-records/{lot}/releases", status_code=201, responses=refused)
    def release(
        lot: Name, asked: ReleaseAsked, key: Key, response: Response, program: Annotated[Program, as_one_of("production")]
    ) -> Taken:
        """Release a lot by its batch record as it is now, and sign that as approved: who cannot sign releases nothing."""
        _known(feed, lot)
        secret = asked.secret.get_secret_value()
        done = taken(
            once, response, program, key, _Release(lot=lot, reason=asked.reason), BatchRecordReleased,
            lambda entry: _if_signed(feed, program.person, secret, batch_release(feed, program.person, TERMINAL, lot, asked.reason, entry)),
        )  # fmt: skip
        signed_as = f"{done.entry}/signed"
        make = batch_signature(feed, program.person, TERMINAL, lot, secret, "approved", signed_as)
        once.enter(signed_as, _Meaning(batch=lot, meaning="approved"), RecordSigned, make)
        return done

    @router.post("/batch-records/{lot}/signatures", status_code=201, responses=refused)
    def sign(lot: Name, asked: SignatureAsked, key: Key, response: Response, program: Annotated[Program, as_one_of("production")]) -> Taken:
        """Sign the release of a lot: that it was authored, reviewed or approved."""
        _known(feed, lot)
        secret = asked.secret.get_secret_value()
        return taken(
            once, response, program, key, _Meaning(batch=lot, meaning=asked.meaning), RecordSigned,
            lambda entry: batch_signature(feed, program.person, TERMINAL, lot, secret, asked.meaning, entry),
        )  # fmt: skip

    _reviews(router, feed, once, as_one_of, refused)
    _results(router, feed, once, as_one_of, refused)
    _decisions(router, feed, once, as_one_of, refused)
    return router


def _reviews(router: APIRouter, feed: Feed, once: Once, as_one_of: Callable[..., Any], refused: dict[int | str, dict[str, Any]]) -> None:
    """The addresses at which exceptions are accepted one by one, and records rejected."""

    def reviewed(
        said: _Review, kind: type[OperationsEvent], of: Decision, names: list[str], asked: ReviewAsked, key: str, response: Response,
        program: Program, make: Callable[[str], Make],
    ) -> Taken:  # fmt: skip
        _known(feed, said.lot)
        secret, by = asked.secret.get_secret_value(), Session(person=program.person, terminal=TERMINAL)
        done = taken(once, response, program, key, said, kind, lambda entry: _if_signed(feed, program.person, secret, make(entry)))
        signed_as = f"{done.entry}/signed"
        signature = decision_signature(feed, by, of, names, None, secret, "reviewed", signed_as)
        once.enter(signed_as, _Meaning(batch=subject(of, names), meaning="reviewed"), RecordSigned, signature)
        return done

    @router.post("/batch-records/{lot}/rejections", status_code=201, responses=refused)
    def reject(lot: Name, asked: ReviewAsked, key: Key, response: Response, program: Annotated[Program, as_one_of("production")]) -> Taken:
        """Do not release a lot by its batch record as it is now, and sign that: what is here of it is held, as a nonconformance."""
        return reviewed(
            _Review(lot=lot, reason=asked.reason), BatchRecordRejected, "rejection", [lot], asked, key, response, program,
            lambda entry: batch_rejection(feed, program.person, TERMINAL, lot, asked.reason, entry),
        )  # fmt: skip

    @router.post("/batch-records/{lot}/exceptions/{exception}/acceptances", status_code=201, responses=refused)
    def accept(
        lot: Name, exception: Name, asked: ReviewAsked, key: Key, response: Response,
        program: Annotated[Program, as_one_of("production")],
    ) -> Taken:  # fmt: skip
        """Accept one exception of the batch record of a lot, by the number that it has there, and sign that."""
        return reviewed(
            _Review(lot=lot, reason=asked.reason, exception=exception), RecordExceptionAccepted, "exception", [lot, exception], asked, key,
            response, program, lambda entry: exception_acceptance(feed, program.person, TERMINAL, lot, exception, asked.reason, entry),
        )  # fmt: skip


def _results(router: APIRouter, feed: Feed, once: Once, as_one_of: Callable[..., Any], refused: dict[int | str, dict[str, Any]]) -> None:
    """The address at which results are signed."""

    @router.post("/results/{lot}/{characteristic}/signatures", status_code=201, responses=refused)
    def sign_result(
        lot: Name, characteristic: Name, asked: ResultSignatureAsked, key: Key, response: Response,
        program: Annotated[Program, as_one_of("production")],
    ) -> Taken:  # fmt: skip
        """Sign the newest result of a characteristic of a lot: that it was authored, reviewed or approved."""
        _known(feed, lot)
        secret, by = asked.secret.get_secret_value(), Session(person=program.person, terminal=TERMINAL)
        said = _Meaning(batch=f"{characteristic} of {lot}", meaning=asked.meaning, value=asked.value)
        return taken(
            once, response, program, key, said, RecordSigned,
            lambda entry: result_signature(feed, by, lot, characteristic, secret, asked.meaning, entry, asked.value),
        )  # fmt: skip


def _decisions(router: APIRouter, feed: Feed, once: Once, as_one_of: Callable[..., Any], refused: dict[int | str, dict[str, Any]]) -> None:
    """The address at which decisions are signed."""

    @router.get("/signatures")
    def decisions(first: First = 0, most: Most = 100) -> list[Decided]:
        """What persons have decided and done that may be signed, the newest first, with who has signed it."""
        return [_decided(*it) for it in feed.look(signed_decisions)[first : first + most]]

    @router.post("/signatures", status_code=201, responses=refused)
    def sign_one(
        asked: DecisionSignatureAsked, key: Key, response: Response, program: Annotated[Program, as_one_of("production")]
    ) -> Taken:
        """Sign what a person has decided or done, as it was said last: that it was authored, reviewed or approved."""
        secret, by = asked.secret.get_secret_value(), Session(person=program.person, terminal=TERMINAL)
        try:
            names = names_of(asked.of, asked.names)
        except ValueError as error:
            raise HTTPException(422, str(error)) from None
        said = _Meaning(batch=subject(asked.of, names), meaning=asked.meaning, at=asked.at)
        read_us = None if asked.at is None else instant_us(asked.at)
        return taken(
            once, response, program, key, said, RecordSigned,
            lambda entry: decision_signature(feed, by, asked.of, names, read_us, secret, asked.meaning, entry),
        )  # fmt: skip


def _decided(it: Signable, signed: list[RecordSigned]) -> Decided:
    named = dict(zip(SIGNABLE[it.of][1], it.names, strict=True))
    return Decided(
        of=cast(Decision, it.of), names=named, at=known_at(it.at_us), words=it.words, signed=[f"{s.person}, {s.meaning}" for s in signed]
    )


def _nothing(what: str, name: str, known: Collection[str]) -> HTTPException:
    return HTTPException(404, f"there is no {what} '{name}'{did_you_mean(name, known)}; allowed: {listed(known)}")


def _known(feed: Feed, lot: str) -> None:
    with feed.run.lock:
        if lot not in feed.run.mes.lots:
            raise _nothing("lot", lot, feed.run.mes.lots)


def _if_signed(feed: Feed, person: str, secret: str, make: Make) -> Make:
    """What a person says, if it can be signed by the person."""

    def made(at_us: int) -> Any:
        if words := feed.signatures.why_not_of(person, secret, TERMINAL):
            raise ValueError(words)
        return make(at_us)

    return made


def _reviewed(it: LotToReview) -> Reviewed:
    return Reviewed(
        lot=it.lot, material=it.material, request=it.request, produced=it.produced,
        ended=known_at(it.ended_us) if it.ended_us >= 0 else None, standing=it.standing, doubts=it.doubts,
    )  # fmt: skip


def _document(feed: Feed, what: str, name: str, form: str) -> Response:
    with feed.run.lock:
        if name not in feed.run.mes.lots and not (what == RECORD and name in feed.run.mes.requests):
            known = feed.run.mes.lots if what != RECORD else {**feed.run.mes.lots, **feed.run.mes.requests}
            raise _nothing("lot or request" if what == RECORD else "lot", name, known)
        try:
            content = document_file(feed.run, what, name, f".{form}")
        except ValueError as error:
            raise HTTPException(409, str(error)) from None
    return Response(content, media_type=KINDS[f".{form}"])

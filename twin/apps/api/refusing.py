"""Refusals in words: every answer that is none is a problem document (RFC 9457), whoever found the problem."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from twin.apps.api.entries import LONGER
from twin.apps.api.once import Refused
from twin.model.problems import did_you_mean, listed

PROBLEM = "application/problem+json"
MOST_BYTES = 64 * 1024
MISMATCH, SHOWN = "string_pattern_mismatch", 80
ALPHABETS = {
    "A-Za-z0-9+/=": "the file as base64",
    "A-Za-z0-9_.:-": "an id, as files and other answers have it, and no title: letters, digits and _ . : - without a blank, as in saw_1",
}
"""What a pattern asks for, by the characters that it allows, in words."""
TITLES = {
    400: "Not understood", 401: "Who are you?", 403: "Not allowed", 404: "Not there", 405: "Not possible here", 409: "Not as things stand",
    413: "Too long", 422: "Not as it should be", 503: "Not now",
}  # fmt: skip


def problem(status: int, detail: str, problems: Iterable[dict[str, str]] = (), headers: dict[str, str] | None = None) -> JSONResponse:
    """A problem document as an answer."""
    title = TITLES.get(status, "Refused")
    document = {"type": "about:blank", "title": title, "status": status, "detail": detail, "problems": list(problems)}
    return JSONResponse(document, status, media_type=PROBLEM, headers=headers)


def add_refusals(app: FastAPI) -> None:
    """Let an application refuse in words."""

    @app.exception_handler(Refused)
    def refused(request: Request, error: Refused) -> JSONResponse:
        lines = [it for line in error.words.split("\n") for it in _each(line)]
        return problem(error.status, "; ".join(error.words.split("\n")), map(_parts, lines))

    @app.exception_handler(RequestValidationError)
    def not_as_it_should_be(request: Request, error: RequestValidationError) -> JSONResponse:
        found = [{"where": _where(it["loc"]), "what": _wrong(it), "allowed": _allowed(it)} for it in error.errors()]
        words = [f"{it['where']}: {it['what']}" + (f"; allowed: {it['allowed']}" if it["allowed"] else "") for it in found]
        return problem(422, "; ".join(words), found)

    @app.exception_handler(HTTPException)
    def http(request: Request, error: HTTPException) -> JSONResponse:
        words = error.detail
        if error.status_code == 404 and words == "Not Found":
            words = f"there is nothing at {request.url.path}; allowed: what /openapi.json lists"
        if error.status_code == 405:
            words = f"{request.method} is not possible at {request.url.path}; allowed: what /openapi.json lists"
        return problem(error.status_code, words, [_parts(words)], dict(error.headers or {}))


def known_words_only(request: Request) -> None:
    """Refuse a query with a word that the address does not know: a slip would have no effect, and nobody would notice.

    Raises
    ------
    Refused : there is one
    """
    known = [field.alias for field in request.scope["route"].dependant.query_params]
    for word in request.query_params:
        if word not in known:
            raise Refused(422, f"nothing here is called '{word}'{did_you_mean(word, known)}; allowed: {listed(known) if known else 'none'}")


def _wrong(error: dict[str, Any]) -> str:
    """What is wrong; of what does not look as it should, what was sent."""
    return f"'{str(error['input'])[:SHOWN]}' cannot be one" if error["type"] == MISMATCH else str(error["msg"])


def _allowed(error: dict[str, Any]) -> str:
    """What would be allowed, by the kind of what is wrong; "" where that says it itself."""
    wrong = error["type"]
    if wrong == MISMATCH:
        pattern = error["ctx"]["pattern"]
        return next((words for alphabet, words in ALPHABETS.items() if alphabet in pattern), "one line of text, which is not empty")
    if wrong.startswith(("datetime", "timezone")):
        return "an instant with its zone, as 2026-03-20T12:00:00Z or 2026-03-20T13:00:00+01:00"
    return "a day, as 2026-03-20" if wrong.startswith("date_") else ""


def _where(place: Iterable[Any]) -> str:
    return "/".join(map(str, place))


def _each(words: str) -> list[str]:
    """Every problem of a refusal that has several in one line: each ends with what is allowed; what follows the last belongs to it."""
    found: list[str] = []
    for part in words.split("; "):
        ends = bool(found) and "; allowed: " in found[-1] and not part.startswith("allowed: ")
        if not found or ends:
            found.append(part)
        else:
            found[-1] += f"; {part}"
    if len(found) > 1 and "; allowed: " not in found[-1]:
        last = found.pop()
        found[-1] += f"; {last}"
    return found


def _parts(words: str) -> dict[str, str]:
    what, _, allowed = words.partition("; allowed: ")
    return {"what": what, "allowed": allowed}


class NotTooLong:
    """Refuses a body that is longer than any document that is taken here, before it is all read."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        most = LONGER.get(scope["path"], MOST_BYTES)
        body, more = bytearray(), True
        while more:
            message = await receive()
            if message["type"] != "http.request":  # whoever asked has gone
                return
            body += message.get("body", b"")
            more = message.get("more_body", False)
            if len(body) > most:
                words = f"more than {most} bytes; allowed: one document"
                await problem(413, words, [_parts(words)])(scope, receive, send)
                return
        whole = [{"type": "http.request", "body": bytes(body), "more_body": False}]

        async def again() -> Message:
            return whole.pop() if whole else await receive()

        await self._app(scope, again, send)

"""Where escalated alarms go: a file of who runs the server, since addresses and passwords are none of the plant's."""

from __future__ import annotations

from collections.abc import Collection
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import yaml
from pydantic import Field, ValidationError

from twin.model.measures import PositiveUs, Table, read_duration
from twin.model.problems import did_you_mean, listed
from twin.store.texts import too_open

Address = Annotated[str, Field(pattern=r"^[^@\s,;<>]+@[^@\s,;<>]+$", max_length=254)]
Span = PositiveUs
EVERYBODY = "everybody"
AGAIN = [read_duration(span) for span in ("30 s", "2 min", "10 min")]


class Webhook(Table):
    """A program that takes each escalation as JSON by HTTP POST; `to`: of these personnel classes alone, left out: of all."""

    url: Annotated[str, Field(pattern=r"^https?://[^\s/@]+(/[^\s]*)?$", max_length=500)]
    to: list[str] = []

    @property
    def shown(self) -> str:
        """How it is called in the journal and on pages: without path and query, which may be a secret, and told apart by its digest."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc} ({sha256(self.url.encode()).hexdigest()[:8]})"


class Mail(Table):
    """A server for mail (SMTP), and who gets it, by personnel class; `everybody` gets what nobody else does, too."""

    server: Annotated[str, Field(min_length=1, max_length=253)]
    port: Annotated[int, Field(ge=1, le=65535, strict=True)] = 25
    security: Literal["none", "starttls", "tls"] = "none"
    user: str = ""
    password: str = ""
    sender: Address
    to: dict[str, list[Address]]


class Ways(Table):
    """All ways by which an escalation leaves the server; what is not delivered is tried `again` after each of these, by the wall."""

    webhooks: list[Webhook] = []
    mail: Mail | None = None
    again: list[Span] = AGAIN


def read_ways(file: Path, classes: Collection[str]) -> Ways:
    """The ways of a file.

    Raises
    ------
    ValueError : no such file, one with a password that others may read, or everything that is wrong in it, a line each
    """
    try:
        read: Any = yaml.safe_load(file.read_text(encoding="utf-8")) if file.is_file() else None
    except (yaml.YAMLError, UnicodeDecodeError, OSError):
        read = None
    if not isinstance(read, dict) or not read:
        raise ValueError(f"{file}: no ways are to be read there; allowed: a file with webhooks: [{{url: ...}}], mail: {{...}}, or both")
    try:
        ways = Ways.model_validate(read)
    except ValidationError as error:
        lines = [f"{file}: {'.'.join(map(str, it['loc']))}: {_words(it)}" for it in error.errors(include_input=False)]
        raise ValueError("\n".join(lines)) from None  # no message holds a password
    wrong = [f"{file}: {why}" for why in _strangers(ways, classes)]
    if ways.mail and ways.mail.password and (why := too_open(file)):
        wrong.append(f"{file}: {why}")
    if not ways.webhooks and not ways.mail:
        wrong.append(f"{file}: nothing is to be told to anybody; allowed: webhooks, mail, or both")
    if wrong:
        raise ValueError("\n".join(wrong))
    return ways


def _words(error: Any) -> str:
    """What is wrong in words: what was written may be a password, and stands in none of them."""
    if error["type"] == "extra_forbidden":
        names = {name for table in (Ways, Webhook, Mail) for name in table.model_fields}
        return f"is not known{did_you_mean(str(error['loc'][-1]), names)}; allowed: {listed(sorted(names), 20)}"
    if error["type"] == "string_pattern_mismatch":
        return "is no address; allowed: as in http://127.0.0.1:9000/alarms, or in crew@works.example"
    return str(error["msg"]).removeprefix("Value error, ")


def _strangers(ways: Ways, classes: Collection[str]) -> list[str]:
    known = [*classes, EVERYBODY]
    named = [("webhooks", name) for it in ways.webhooks for name in it.to] + [
        ("mail", name) for name in (ways.mail.to if ways.mail else ())
    ]
    return [
        f"{where}: no personnel class is called '{name}'{did_you_mean(name, known)}; allowed: {listed(known, 30)}"
        for where, name in named
        if name not in known
    ]

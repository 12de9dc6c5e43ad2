"""One escalation sent one way: as JSON by HTTP POST, or as mail by SMTP. What goes wrong is said in words."""

from __future__ import annotations

import json
import smtplib
import ssl
import urllib.error
import urllib.request
from dataclasses import asdict, dataclass
from email.message import EmailMessage
from http.client import HTTPException
from typing import Any

from twin.store.escalating.ways import EVERYBODY, Mail, Webhook

PATIENCE_S = 10.0
CONTENT = "application/json; charset=utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody of the class that is asked now."""

    id: str
    title: str
    is_on_shift: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What a program or a person gets to know: what, where, since when, who is asked. Instants in ISO 8601."""

    id: str  # of the escalation, in the journal: the same again is the same
    plant: str
    what: str
    title: str
    message: str
    priority: str
    response: str
    where: str
    equipment: str
    lot: str
    job_order: str
    request: str
    since: str
    escalated: str
    escalation: int
    to: str  # personnel class; "": nobody is left
    who: tuple[Person, ...]

    @property
    def words(self) -> str:
        """As a letter."""
        persons = ", ".join(it.title + (" (on shift)" if it.is_on_shift else "") for it in self.who)
        lines = [
            f"{self.title} at {self.where}", self.message, "", f"Since: {self.since}", f"Priority: {self.priority}",
            f"What to do: {self.response}" if self.response else "",
            f"Nobody has acknowledged it in time; it went to {self.to or 'the last who could be asked'} at {self.escalated}.",
            f"Of them: {persons}" if persons else "", "", f"{self.plant}, entry {self.id} of its journal",
        ]  # fmt: skip
        return "\n".join(line for n, line in enumerate(lines) if line or n in (2, 8)) + "\n"


class NotDelivered(Exception):
    """It did not arrive, in words."""


class _Stays(urllib.request.HTTPRedirectHandler):
    """What was sent somewhere else was not taken: a redirected POST would arrive as a GET, without what it says."""

    def redirect_request(self, *_: Any) -> None:
        return None


def post(notice: Notice, way: Webhook) -> None:
    """Give it to a program; whatever proxy the environment names is none of this.

    Raises
    ------
    NotDelivered : nobody answers there, or not with 2xx
    """
    body = json.dumps(asdict(notice), ensure_ascii=False).encode()
    asked = urllib.request.Request(way.url, body, {"Content-Type": CONTENT, "Idempotency-Key": notice.id}, method="POST")
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _Stays)
    try:
        with opener.open(asked, timeout=PATIENCE_S):
            pass
    except urllib.error.HTTPError as error:
        error.close()
        raise NotDelivered(f"{way.shown} answers {error.code}") from None
    except (OSError, HTTPException, ValueError) as error:
        raise NotDelivered(f"{way.shown} does not answer: {getattr(error, 'reason', '') or error}") from None


def mail(notice: Notice, way: Mail, receivers: list[str]) -> None:
    """Send it by mail.

    Raises
    ------
    NotDelivered : the server does not take it, or not for everybody
    """
    letter = EmailMessage()
    letter["Subject"] = " ".join(f"{notice.plant}: {notice.title} at {notice.where}".split())  # one line, whatever a title has in it
    letter["From"], letter["To"] = way.sender, ", ".join(receivers)
    letter["Message-ID"] = f"<{notice.id}@{way.sender.partition('@')[2]}>"
    letter.set_content(notice.words)
    try:
        with _opened(way) as server:
            refused = server.send_message(letter)
    except (OSError, smtplib.SMTPException, ValueError) as error:  # a name or password that cannot be sent is a ValueError
        raise NotDelivered(f"{way.server}:{way.port} does not take the mail: {error}") from None
    if refused:
        raise NotDelivered(f"{way.server}:{way.port} does not take it for {', '.join(refused)}")


def _opened(way: Mail) -> smtplib.SMTP:
    if way.security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(way.server, way.port, timeout=PATIENCE_S, context=ssl.create_default_context())
    else:
        server = smtplib.SMTP(way.server, way.port, timeout=PATIENCE_S)
        if way.security == "starttls":
            server.starttls(context=ssl.create_default_context())
    if way.user:
        server.login(way.user, way.password)
    return server


def receivers_of(notice: Notice, way: Mail) -> list[str]:
    """Who gets mail of it."""
    return [*dict.fromkeys([*way.to.get(notice.to, ()), *way.to.get(EVERYBODY, ())])]

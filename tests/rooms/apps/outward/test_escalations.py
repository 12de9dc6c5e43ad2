"""What nobody has answered in time leaves the server: a program and a mailbox get it once, over real sockets, and the journal says so."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import fields
from email import message_from_string
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.rooms.apps.hand_shop import hand_shop, two_orders
from tests.rooms.apps.outward.mail_server import mail_server
from tests.rooms.apps.test_entries import running, wait_until
from twin.apps.escalating.caller import Caller, _Open
from twin.apps.escalating.sending import Notice, mail
from twin.apps.feed import Feed
from twin.apps.feeds import by_hand
from twin.model.events import AlarmEscalated, EscalationSent, HelpCalled, WorkAlertRaised
from twin.store.escalating.ways import Mail, Ways, read_ways

ALARMS = {"default": {"priority": "high", "within": "2 min", "escalate_to": ["inspector"], "response": "Go there."}}
CLASSES = ("inspector", "operator")


class Hook(HTTPServer):
    """A program that takes escalations; the first time it is not ready."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.heard: list[tuple[str, Any]] = []
        self.address = f"http://127.0.0.1:{self.server_address[1]}/alarms"


class _Answers(BaseHTTPRequestHandler):
    server: Hook

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.heard.append((self.headers["Idempotency-Key"], body))
        self.send_response(503 if len(self.server.heard) == 1 else 204)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Nobody reads it."""


@pytest.fixture
def hook() -> Iterator[Hook]:
    with Hook() as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def feed() -> Iterator[Feed]:
    with running(
        by_hand(hand_shop({"alarms": {**ALARMS, "alerts": {"escalation_not_told": {}}}}), two_orders(), seed=1, speed=600)
    ) as feed:
        yield feed


def sent(feed: Feed) -> dict[str, tuple[int, str]]:
    return {it.address: (it.tries, it.failure) for it in events(feed, EscalationSent)}


def events(feed: Feed, kind: type[Any]) -> list[Any]:
    with feed.run.lock:
        return [it.event for it in feed.run.journal.entries() if isinstance(it.event, kind)]


def calls_help(feed: Feed, equipment: str) -> None:
    said = HelpCalled(effective_us=0, equipment=equipment, person="olga", terminal="tablet 1", help="maintenance", note="it smells of oil")
    assert feed.enter(said) == ""


def test_an_escalation_is_told_once_is_tried_again_and_stands_in_the_journal(feed: Feed, hook: Hook) -> None:
    with mail_server() as letters:
        mail = {"server": "127.0.0.1", "port": letters.port, "sender": "plant@works.example", "to": {"inspector": ["quinn@works.example"]}}
        ways = Ways.model_validate({"webhooks": [{"url": hook.address, "to": ["inspector"]}], "mail": mail, "again": ["100 ms"]})
        with Caller(feed, ways):
            calls_help(feed, "mill_1")
            wait_until(lambda: len(sent(feed)) == 2)
            calls_help(feed, "grinder_1")
            wait_until(lambda: len(events(feed, AlarmEscalated)) == 2 and len(hook.heard) == 3)
            wait_until(lambda: len(letters.letters) == 2)
        assert sent(feed)[ways.webhooks[0].shown][1] == sent(feed)["mail to inspector"][1] == ""
        assert events(feed, EscalationSent)[0].terminal == "server"
        (first, told), (again, same), (other, _) = hook.heard
        assert (first, told) == (again, same), "what was not taken is sent again, and is the same"
        assert other != first
        said = (told["what"], told["where"], told["message"], told["priority"], told["response"], told["to"])
        assert said == ("help: maintenance", "mill_1", "it smells of oil", "high", "Go there.", "inspector")
        assert told["since"] < told["escalated"]
        assert told["who"] == [{"id": "quinn", "title": "quinn", "is_on_shift": True}]
        receivers, letter = letters.letters[0]
        assert receivers == ["quinn@works.example"]
        assert message_from_string(letter)["Subject"] == "Hand shop: help: maintenance at mill_1"
        assert "What to do: Go there." in letter
        with Caller(feed, ways):
            threading.Event().wait(1.0)
        assert (len(hook.heard), len(letters.letters)) == (3, 2), "another caller on this journal tells nothing twice"
    record = feed.run.mes.alarms.all[False, "mill_1", "help: maintenance"]
    assert set(record.told_now) == {ways.webhooks[0].shown, "mail to inspector"}


def test_what_cannot_be_told_calls_somebody_here_and_what_was_answered_is_not_told(feed: Feed) -> None:
    mail = {"server": "127.0.0.1", "port": 9, "sender": "plant@works.example", "to": {"operator": ["olga@works.example"]}}
    ways = Ways.model_validate(
        {"webhooks": [{"url": "http://127.0.0.1:9/alarms?key=hush", "to": ["everybody"]}], "mail": mail, "again": ["10 ms"]}
    )
    with Caller(feed, ways):
        calls_help(feed, "mill_1")
        wait_until(lambda: len(sent(feed)) == 2)
    assert sent(feed)["mail to inspector"] == (2, "nobody has an address for inspector")
    shown = ways.webhooks[0].shown
    assert (shown.partition(" ")[0], "hush" in shown) == ("http://127.0.0.1:9", False), "what may be a secret stands in no journal"
    assert sent(feed)[shown][1].startswith(f"{shown} does not answer: ")
    alerts = [it for it in events(feed, WorkAlertRaised) if it.alert == "escalation_not_told"]
    assert "help: maintenance went to the next, and nobody could be told" in alerts[0].message


def test_what_fails_as_nobody_has_foreseen_is_said_and_keeps_nothing_else_from_going_out(feed: Feed, hook: Hook) -> None:
    ways = Ways.model_validate({"webhooks": [{"url": hook.address}], "again": ["10 ms"]})

    def breaks(_: Notice) -> None:
        raise ZeroDivisionError

    class Broken(Caller):
        def _ways_of(self, record: str, event: AlarmEscalated) -> list[_Open]:
            return [_Open(record=record, event=event, address="nowhere", send=breaks), *super()._ways_of(record, event)]

    with Broken(feed, ways):
        calls_help(feed, "mill_1")
        wait_until(lambda: len(sent(feed)) == 2)
    assert sent(feed) == {"nowhere": (2, "it cannot be sent: ZeroDivisionError"), ways.webhooks[0].shown: (2, "")}


def test_a_title_of_several_lines_is_one_line_of_a_mail_and_forges_no_header() -> None:
    about = dict.fromkeys((it.name for it in fields(Notice)), "x") | {
        "plant": "Works\u2028of\r\nBcc: all@x.example",
        "who": (),
        "escalation": 1,
    }
    with mail_server() as letters:
        way = Mail.model_validate({"server": "127.0.0.1", "port": letters.port, "sender": "plant@works.example", "to": {}})
        mail(Notice(**about), way, ["quinn@works.example"])  # type: ignore[arg-type]
        receivers, letter = letters.letters[0]
    assert receivers == ["quinn@works.example"]
    assert message_from_string(letter)["Subject"] == "Works of Bcc: all@x.example: x at x"


def test_a_file_of_ways_is_refused_in_words_and_shows_no_password(tmp_path: Path) -> None:
    file = tmp_path / "escalations.yaml"
    file.write_text(
        "webhooks: [{url: 'ftp://x', to: [inspektor]}]\nmail: {server: m, sender: plant, to: {}, pasword: hush-hush}\nagain: [soon]\n"
    )
    with pytest.raises(ValueError, match=r"is no address.*") as refused:
        read_ways(file, CLASSES)
    words = str(refused.value)
    assert "mail.pasword: is not known (did you mean 'password'?)" in words
    assert "again.0: 'soon' is no duration" in words
    assert "hush" not in words
    file.write_text("webhooks: [{url: 'http://127.0.0.1:1/a', to: [inspektor]}]\n")
    with pytest.raises(ValueError, match=r"no personnel class is called 'inspektor' \(did you mean 'inspector'"):
        read_ways(file, CLASSES)
    file.write_text("mail: {server: m, sender: plant@works.example, password: hush-hush, to: {everybody: [a@works.example]}}\n")
    file.chmod(0o644)
    with pytest.raises(ValueError, match=r"chmod 600 escalations\.yaml"):
        read_ways(file, CLASSES)

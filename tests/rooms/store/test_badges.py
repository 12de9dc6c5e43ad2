"""A badge and a PIN: who has shown both is signed on, until nothing was entered for a while; whoever guesses is locked out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from twin.model.events import Entry, Heartbeat, SecretChanged
from twin.model.plant import Person
from twin.model.states import Source
from twin.store.journal import MemoryJournal
from twin.store.proof.badges import LONGEST_S, UNHEARD_S, Badges, Session, SignOnRefused
from twin.store.proof.changing import Secrets
from twin.store.proof.lockout import LOCKED_S, TRIES, Lockout
from twin.store.proof.secrets_file import hash_secrets, read_secrets
from twin.store.proof.signing import SignatureRefused, Signatures

PERSONS = ("olga", "pete", "quinn")
TERMINAL = "terminal boring"
FILE = """
olga: correct horse
pete: {secret: battery staple, pin: "4711"}
quinn: {pin: "081512"}
"""


class Wall:
    """A clock that stands until somebody moves it."""

    def __init__(self) -> None:
        self.now_s = 1_000_000.0

    def __call__(self) -> float:
        return self.now_s


def badges(file: Path, wall: Wall) -> Badges:
    found = Badges(idle_s=300, clock=wall)
    found.enroll_all(file, PERSONS)
    return found


@pytest.fixture
def file(tmp_path: Path) -> Path:
    written = tmp_path / "secrets.yaml"
    written.write_text(FILE)
    written.chmod(0o600)
    return written


def test_nobody_enters_anything_without_badge_and_pin(file: Path) -> None:
    wall = Wall()
    asked = badges(file, wall)
    assert asked.doubt("", "pete", TERMINAL) == f"pete is not signed on at '{TERMINAL}'; allowed: badge and PIN first"
    token = asked.sign_on("pete", "4711", TERMINAL)
    assert asked.doubt(token, "pete", TERMINAL) == ""
    for person, terminal in (("quinn", TERMINAL), ("pete", "terminal grinding"), ("", TERMINAL)):
        assert "is not signed on" in asked.doubt(token, person, terminal), "a session is one person's, at one terminal"
    assert "is not signed on" in asked.doubt(token[:-1] + "x", "pete", TERMINAL)
    with pytest.raises(SignOnRefused, match="'olga' has no PIN here"):
        asked.sign_on("olga", "4711", TERMINAL)
    assert Badges().doubt("", "anybody", TERMINAL) == "", "where nobody has a PIN nobody is asked for one"


def test_what_a_terminal_says_of_itself_makes_no_session_younger(file: Path) -> None:
    """The server knows when it has heard the page of a terminal; only while it has not, does being idle not count."""
    wall = Wall()
    asked = badges(file, wall)
    token = asked.sign_on("pete", "4711", TERMINAL)
    for _ in range(61):
        asked.hear(TERMINAL)
        wall.now_s += 5
    assert "has ended" in asked.doubt(token, "pete", TERMINAL, was_kept=True), "it was there all the time, and pete was not"
    token = asked.sign_on("pete", "4711", TERMINAL)
    wall.now_s += 3600
    asked.hear(TERMINAL)
    assert asked.doubt(token, "pete", TERMINAL, was_kept=True) == "", "an hour without a server"
    for _ in range(61):
        asked.hear(TERMINAL)
        wall.now_s += UNHEARD_S / 3
    assert "has ended" in asked.doubt(token, "pete", TERMINAL, was_kept=True)


def test_who_has_signed_off_or_is_locked_out_is_so_after_a_restart(file: Path) -> None:
    wall, kept = Wall(), list[Entry]()
    asked = Badges(clock=wall, tell=kept.append)
    asked.enroll_all(file, PERSONS)
    token = asked.sign_on("pete", "4711", TERMINAL)
    asked.sign_off(token, "pete", TERMINAL)
    for _ in range(TRIES):
        with pytest.raises(SignOnRefused):
            asked.sign_on("quinn", "0000", TERMINAL)
    again = badges(file, wall)
    assert again.doubt(token, "pete", TERMINAL) == "", "another server that was told nothing"
    again.recall(kept)
    assert "has ended" in again.doubt(token, "pete", TERMINAL, was_kept=True)
    with pytest.raises(SignOnRefused, match="quinn is locked out after 5 wrong PINs; allowed: again in 15 min"):
        again.sign_on("quinn", "081512", TERMINAL)
    assert [type(it).__name__ for it in kept] == ["SignedOff"] + ["SecretRefused"] * TRIES
    assert not any(said in repr(kept) for said in (token, "0000", "4711"))


def test_wrong_secrets_of_a_signature_lock_a_person_out_at_every_terminal(file: Path) -> None:
    wall, kept, journal = Wall(), list[Entry](), MemoryJournal()
    record = journal.append(Heartbeat(effective_us=5, reason="clock"), source=Source.SIMULATED)
    signatures = Signatures(journal, lockout=Lockout("secret", kept.append, wall))
    signatures.enroll_all(file, PERSONS)

    def sign(secret: str, terminal: str = TERMINAL) -> None:
        signatures.sign(record.id, "olga", secret, "approved", terminal=terminal, at_us=7)

    sign("correct horse", "terminal in session")
    for guess in range(TRIES - 1):
        with pytest.raises(SignatureRefused, match=f"that is not the secret of olga; {TRIES - 1 - guess} more tr"):
            sign("wrong horse", f"terminal {guess}")
    words = signatures.why_not_of("olga", "wrong horse", TERMINAL)
    assert words == "that is not the secret of olga, who is locked out now; allowed: again in 15 min"
    for where in (TERMINAL, "terminal in session"):
        with pytest.raises(SignatureRefused, match="olga is locked out after 5 wrong secrets; allowed: again in 15 min"):
            sign("correct horse", where)
    assert signatures.why_not_of("olga", "correct horse").startswith("olga is locked out")
    assert signatures.why_not_of("pete", "battery staple") == "", "nobody else is"
    assert [getattr(it, "tries_left", None) for it in kept] == [4, 3, 2, 1, 0]
    wall.now_s += LOCKED_S + 1
    sign("correct horse")


def test_a_session_ends_by_itself_and_what_was_entered_offline_arrives_all_the_same(file: Path) -> None:
    wall = Wall()
    asked = badges(file, wall)
    token = asked.sign_on("pete", "4711", TERMINAL)
    for _ in range(3):
        wall.now_s += 290
        assert asked.doubt(token, "pete", TERMINAL) == ""
    wall.now_s += 301
    assert asked.doubt(token, "pete", TERMINAL, was_kept=True) == "", "the server was away, and pete was not"
    wall.now_s += 301
    assert asked.doubt(token, "pete", TERMINAL) == "the session of pete has ended; allowed: badge and PIN again"
    restarted = badges(file, wall)
    assert restarted.doubt(token, "pete", TERMINAL, was_kept=True) == "", "another server with the same file knows the session"
    wall.now_s += LONGEST_S
    assert "has ended" in restarted.doubt(token, "pete", TERMINAL, was_kept=True), "nobody works longer than that"
    token = asked.sign_on("pete", "4711", TERMINAL)
    asked.sign_off(token, "pete", TERMINAL)
    assert "has ended" in asked.doubt(token, "pete", TERMINAL)


def test_a_session_that_has_ended_does_not_begin_again(file: Path) -> None:
    wall = Wall()
    asked = badges(file, wall)
    token = asked.sign_on("pete", "4711", TERMINAL)
    asked.sign_off(token, "pete", TERMINAL)
    for was_kept in (False, False, True, False):
        assert "has ended" in asked.doubt(token, "pete", TERMINAL, was_kept=was_kept)
    assert asked.doubt(asked.sign_on("pete", "4711", TERMINAL), "pete", TERMINAL) == ""


@pytest.mark.parametrize("token", ["1:\u00e9", "\u0663:abc", "1:\ud800"])
def test_a_token_of_strange_signs_is_nobodys(file: Path, token: str) -> None:
    asked = badges(file, Wall())
    assert "is not signed on" in asked.doubt(token, "pete", TERMINAL)
    assert "is not signed on" in asked.doubt("1:abc", "pete", "\ud800")
    with pytest.raises(SignOnRefused, match="that is not the PIN"):
        asked.sign_on("pete", "\ud800", TERMINAL)


def test_wrong_pins_are_counted_and_lock_a_person_out_for_a_while(file: Path) -> None:
    wall = Wall()
    asked = badges(file, wall)
    words = []
    for guess in range(TRIES + 1):
        with pytest.raises(SignOnRefused) as refused:
            asked.sign_on("pete", f"000{guess}", TERMINAL)
        words.append(str(refused.value))
    assert words[0] == f"that is not the PIN of pete; {TRIES - 1} more tries"
    assert words[TRIES - 2].endswith("1 more try")
    assert words[TRIES - 1] == "that is not the PIN of pete, who is locked out now; allowed: again in 15 min"
    assert words[TRIES] == f"pete is locked out after {TRIES} wrong PINs; allowed: again in 15 min"
    with pytest.raises(SignOnRefused, match="locked out"):
        asked.sign_on("pete", "4711", TERMINAL)
    assert asked.sign_on("quinn", "081512", TERMINAL), "nobody else is"
    wall.now_s += LOCKED_S
    assert asked.sign_on("pete", "4711", TERMINAL)
    assert not any("4711" in it or "0000" in it for it in words)


def test_a_hashed_file_says_the_same_and_shows_no_secret(file: Path) -> None:
    file.chmod(0o600)
    assert hash_secrets(file) == 4
    text = file.read_text()
    assert not any(secret in text for secret in ("correct horse", "battery staple", "4711", "081512"))
    assert file.stat().st_mode & 0o777 == 0o600
    assert hash_secrets(file) == 0, "what is hashed stays as it is"
    assert file.read_text() == text
    assert badges(file, Wall()).sign_on("pete", "4711", TERMINAL)
    signatures = Signatures(MemoryJournal())
    signatures.enroll_all(file, PERSONS)
    assert signatures.why_not_of("olga", "correct horse") == ""
    assert signatures.why_not_of("olga", "wrong horse") == "that is not the secret of olga; 4 more tries"
    assert "'quinn' has no secret here" in signatures.why_not_of("quinn", "correct horse")


@pytest.mark.parametrize("is_hashed_between", [False, True])
def test_a_signature_and_a_session_hold_after_a_restart_with_the_same_file_plain_or_hashed(file: Path, is_hashed_between: bool) -> None:
    journal, wall = MemoryJournal(), Wall()
    record = journal.append(Heartbeat(effective_us=5, reason="clock"), source=Source.SIMULATED)
    before, after = Signatures(journal), Signatures(journal)
    before.enroll_all(file, PERSONS)
    signed = before.sign(record.id, "olga", "correct horse", "approved", terminal=TERMINAL, at_us=7)
    token = badges(file, wall).sign_on("pete", "4711", TERMINAL)
    if is_hashed_between:
        hash_secrets(file)
    after.enroll_all(file, PERSONS)
    assert badges(file, wall).doubt(token, "pete", TERMINAL) == ""
    assert after.doubt(signed) == ""
    assert after.doubt(replace(signed, meaning="authored")) == "it was made for another record, person, meaning or time"


class Door:
    """All that one server knows of a file of secrets, and what it has told."""

    def __init__(self, file: Path) -> None:
        self.journal, self.kept = MemoryJournal(), list[Entry]()
        self.badges, self.signatures = badges(file, Wall()), Signatures(self.journal)
        self.signatures.enroll_all(file, PERSONS)
        roles: dict[str, list[Any]] = {"olga": ["security"], "pete": [], "quinn": []}
        persons = {name: Person(classes=["operator"], calendar="day", hourly_cost="30 EUR/h", roles=its) for name, its in roles.items()}
        self.secrets = Secrets(file, persons, self.badges, self.signatures, self.kept.append)

    def change(self, person: str, kind: str, was: str, new: str, again: str = "") -> str:
        return self.secrets.change(person, TERMINAL, kind, was=was, new=new, again=again or new)


def test_a_person_changes_the_own_pin_and_secret_and_what_was_signed_before_holds(file: Path) -> None:
    door = Door(file)
    record = door.journal.append(Heartbeat(effective_us=5, reason="clock"), source=Source.SIMULATED)
    signed = door.signatures.sign(record.id, "pete", "battery staple", "approved", terminal=TERMINAL, at_us=7)
    token = door.badges.sign_on("pete", "4711", TERMINAL)
    for said, words in (
        (("pin", "4711", "471", "472"), "a PIN needs 4 signs or more; the new one was not typed twice alike"),
        (("pin", "4711", "4711"), "the new one is the one that there was"),
        (("pin", "0000", "1234"), "that is not the PIN of pete; 4 more tries"),
        (("secret", "wrong horse", "purple staple"), "that is not the secret of pete; 4 more tries"),
        (("key", "4711", "1234"), "pete has no key here; allowed: PIN, secret"),
    ):
        assert door.change("pete", *said) == words
    assert door.change("olga", "pin", "4711", "1234") == "olga has no PIN here; allowed: secret"
    assert door.change("pete", "pin", "4711", "1234") == door.change("pete", "secret", "battery staple", "purple staple") == ""
    assert door.badges.doubt(token, "pete", TERMINAL) == "the PIN of pete is another now; allowed: badge and that PIN"
    for again in (door, Door(file)):
        with pytest.raises(SignOnRefused, match="that is not the PIN of pete"):
            again.badges.sign_on("pete", "4711", TERMINAL)
        assert again.badges.why_not("pete", Session(person="pete", terminal="t", token=again.badges.sign_on("pete", "1234", "t"))) == ""
        assert again.signatures.why_not_of("pete", "battery staple").startswith("that is not the secret of pete")
        assert again.signatures.why_not_of("pete", "purple staple") == again.signatures.why_not_of("olga", "correct horse") == ""
    restarted = Signatures(door.journal)
    restarted.enroll_all(file, PERSONS)
    assert restarted.doubt(signed) == "", "he has signed all the same"
    assert restarted.doubt(replace(signed, meaning="authored")) != ""
    assert (file.stat().st_mode & 0o777, "olga: correct horse" in file.read_text()) == (0o600, True), "lines of others stay"
    assert not any(it in file.read_text() + repr(door.kept) for it in ("4711", "1234", "staple"))
    assert [(type(it).__name__, it.person, it.worker, it.secret_kind) for it in door.kept if isinstance(it, SecretChanged)] == [
        ("SecretChanged", "pete", "pete", kind) for kind in ("pin", "secret")
    ]
    file.unlink()
    assert "no secrets are to be read there" in door.change("pete", "pin", "1234", "4711")
    assert door.badges.sign_on("pete", "1234", TERMINAL), "what could not be written has changed nothing"


def test_who_has_forgotten_a_pin_gets_one_with_which_only_another_is_chosen(file: Path) -> None:
    door = Door(file)

    def gives(person: str, worker: str, kind: str = "pin", new: str = "9999", reason: str = "forgotten") -> str:
        return door.secrets.give(person, TERMINAL, kind, worker=worker, new=new, again=new, reason=reason)

    assert gives("pete", "quinn") == "pete has not the role 'security', which this takes; allowed: olga"
    assert gives("olga", "olga").startswith("that is your own")
    assert "did you mean 'quinn'" in gives("olga", "quin")
    assert gives("olga", "quinn", new="999", reason=" ") == "a PIN needs 4 signs or more"
    assert gives("olga", "quinn", reason=" ") == "it needs a reason"
    assert gives("olga", "quinn") == gives("olga", "pete", "secret", "purple staple") == ""
    for again in (door, Door(file)):
        session = Session(person="quinn", terminal="t", token=again.badges.sign_on("quinn", "9999", "t"))
        words = "the PIN of quinn was chosen by somebody else; allowed: first one of your own, with Change my PIN or secret"
        assert again.badges.why_not("quinn", session) == words
        assert "the secret of pete was chosen by somebody else" in again.signatures.why_not_of("pete", "purple staple")
    assert door.change("quinn", "pin", "9999", "2222") == door.change("pete", "secret", "purple staple", "battery horse") == ""
    for again in (door, Door(file)):
        assert again.badges.why_not("quinn", Session(person="quinn", terminal="t", token=again.badges.sign_on("quinn", "2222", "t"))) == ""
        assert again.signatures.why_not_of("pete", "battery horse") == ""
    file.write_text("olga: correct horse\nquinn: battery staple\n")
    bare = Door(file)  # nobody has a PIN, so nobody is signed on
    given = {"worker": "quinn", "new": "purple staple", "again": "purple staple", "reason": "forgotten"}
    assert bare.secrets.give("olga", TERMINAL, "secret", **given).startswith("that is not the secret of olga; 4 more tries")
    assert bare.secrets.give("olga", TERMINAL, "secret", own="correct horse", **given) == ""
    assert [(it.person, it.worker, it.reason) for it in door.kept if isinstance(it, SecretChanged)] == [
        ("olga", "quinn", "forgotten"), ("olga", "pete", "forgotten"), ("quinn", "quinn", ""), ("pete", "pete", ""),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("olga: {secret: correct horse, older: short, given: [pin]}", "(?s)'older' is no list.*'pin' is given and is not there; allowed"),
        ("olga: [correct", r"secrets.yaml:1:15: no secrets are to be read there, since it is no YAML; allowed: a file with a line 'person"),
        ("\x00", "since it is no YAML"),
        ("- olga", "no secrets are to be read there; allowed"),
        ("olaf: correct horse\npete: {pin: '12'}", r"(?s)a person 'olaf' \(did you mean 'olga'\?\).*pete: a PIN needs 4 signs or more"),
        ("pete: {pin: 4711}", "its PIN is read as the number 4711; allowed: in quotes"),
        ("pete: {pni: '4711'}", "'pni' is neither a secret nor a PIN; allowed: secret, pin"),
        ("pete: {pin: 'scrypt:00:11'}", "its pin begins with 'scrypt:' and is no hash; allowed: what `twin secrets` wrote"),
    ],
)  # fmt: skip
def test_what_is_no_file_of_secrets_is_said_in_words(tmp_path: Path, text: str, words: str) -> None:
    file = tmp_path / "secrets.yaml"
    file.write_text(text)
    file.chmod(0o600)
    with pytest.raises(ValueError, match=words):
        read_secrets(file, PERSONS)


@pytest.mark.parametrize("mode", [0o644, 0o606, 0o660])
def test_a_file_of_secrets_that_others_may_read_is_none(file: Path, mode: int) -> None:
    file.chmod(mode)
    with pytest.raises(ValueError, match=rf"others may read or change it \(mode {mode:o}\); allowed: .* chmod 600 secrets.yaml"):
        read_secrets(file, PERSONS)
    file.chmod(0o640)
    assert read_secrets(file, PERSONS), "a group may be the server's own"

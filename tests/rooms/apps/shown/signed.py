"""What persons have decided of a lot is signed, and stands in the audit trail: below the browser, of a feed in which it was said."""

from __future__ import annotations

from twin.apps.feed import Feed
from twin.apps.pages.shifts.audit_page import AuditTrail
from twin.apps.people.secret_forms import given_secret_forms
from twin.apps.terminals.forms import floor_forms
from twin.apps.terminals.quality_forms import quality_forms
from twin.apps.terminals.terminal import WorkTablet
from twin.results.reports.batch_evidence import evidence_of


def trail(feed: Feed, nonconformance: str) -> None:
    """Who decided it, from where, why, and what was refused before."""
    asked = AuditTrail(feed)
    asked.pick(nonconformance)
    asked.read()
    rows = [it["cells"] for it in asked.rows.shown.rows]
    said = [(it[1], it[2], it[3], it[7], it[8]) for it in rows]
    assert said[-1][:3] == ("olga", "quality page", "Nonconformance raised")
    assert ("quinn", "quality page", "Nonconformance dispositioned", "on the inside", "signed: quinn, approved") in said
    assert ("quinn", "quality page", "Nonconformance dispositioned", "", "refused: to use it as it is needs a reason") in said


def decisions(feed: Feed, lot: str) -> None:
    """What was decided about the lot, and the steps of its work, are signed as they were read; its record has the signatures."""
    forms = [form for group in [*quality_forms(feed.run), *floor_forms(feed.run)] for form in group["forms"]]
    signing = {form["button"]: form["fields"][0]["options"] for form in forms if form["kind"] == "SignDecision"}

    def sign(decision: str, person: str = "quinn", secret: str = "correct horse") -> str:
        said = {"decision": decision, "meaning": "approved", "secret": secret}
        return WorkTablet(feed, terminal="t")._take({"kind": "SignDecision", "person": person, "terminal": "t", "id": "", "said": said})

    (disposition,) = (it["id"] for it in signing["Sign a disposition"])
    of, _, name = disposition.split("|")
    assert sign(f"{of}|1|{name}").endswith(f"{name} was said otherwise since it was read; allowed: to read that, and to sign it")
    assert sign(disposition, secret="wrong horse").startswith("that is not the secret of quinn")
    assert sign(disposition) == ""
    assert sign("mood|1|good").endswith("allowed: disposition, override, document, step, exception, rejection")
    step = next(it["id"] for it in signing["Sign a step"] if it["title"].startswith(f"clear of {lot}"))
    assert sign(step) == ""
    found = evidence_of(feed.run, lot)
    events = {entry.id: type(entry.event).__name__ for entry in found.entries}
    signed = [(events[record], it.person) for record, its in found.signatures.items() for it in its if it.meaning == "approved"]
    assert signed == [("NonconformanceDispositioned", "quinn"), ("StepConfirmed", "quinn")]
    assert [feed.signatures.doubt(it) for it in feed.run.mes.quality.signatures[-2:]] == ["", ""]


def a_forgotten_pin(feed: Feed) -> None:
    """Who may gives another; nobody else is offered that."""
    assert given_secret_forms(feed) == []
    feed.run.plant.layout.persons["quinn"].roles.append("security")
    (form,) = given_secret_forms(feed)[0]["forms"]
    assert [it["id"] for it in form["fields"][0]["options"]] == ["quinn", "olga"]
    assert "was" not in [it["name"] for it in form["fields"]], "a PIN has said who gives it"
    of_quinn = {"person": "quinn", "terminal": "t", "token": feed.badges.sign_on("quinn", "1357", "t"), "id": ""}
    said = {"secret_kind": "pin", "worker": "olga", "new": "2468", "again": "2468", "reason": "forgotten"}
    assert WorkTablet(feed, terminal="t")._take({"kind": "SecretGiven", "said": said, **of_quinn}) == ""
    of_olga = {"person": "olga", "terminal": "t", "token": feed.badges.sign_on("olga", "2468", "t"), "id": ""}
    tablet = WorkTablet(feed, terminal="t")
    assert tablet._take({"kind": "ClockedOff", "said": {}, **of_olga}).startswith("the PIN of olga was chosen by somebody else")
    assert tablet._take({"kind": "SecretChanged", "said": {**said, "was": "2468", "new": "8642", "again": "8642"}, **of_olga}) == ""

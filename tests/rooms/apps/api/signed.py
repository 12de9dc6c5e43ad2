"""What a program signs for the person it stands for, and what it reads of that."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.rooms.apps.api.tokens import ALL_BUT, LOOKER


def records_are_reviewed(ask: Callable[..., Any], secret: str) -> None:
    """An exception is accepted by its number, a record rejected: each once, for a reason, and signed by who can sign; the lot is held."""
    lot = next(it["lot"] for it in ask("/batch-records?most=500")[1] if it["standing"] == "to be reviewed")
    users = len(ask(f"/audit-trail?of={lot}")[1])
    too_many = {"nonconformance": "NC-Z", "lot": lot, "quantity": 10**6, "description": "a slip"}
    assert ask("/entries/nonconformance-raised", too_many)[0] == 409, "which is an exception of its record"
    number = next(it["number"] for it in ask(f"/batch-records/{lot}")[1]["exceptions"] if it["kind"] == "refused")
    unsaid = ask(f"/batch-records/{lot}/releases", {"secret": secret})
    assert (unsaid[0], "exceptions would be accepted with it: it needs a reason" in unsaid[1]["detail"]) == (409, True)
    assert len(ask(f"/audit-trail?of={lot}")[1]) == users + 1, "a release without a reason is no entry"
    accept, reject = f"/batch-records/{lot}/exceptions/{number}/acceptances", f"/batch-records/{lot}/rejections"
    said = {"secret": secret, "reason": "as the customer wants it"}
    assert ask(accept, {**said, "reason": " "})[0] == 422
    assert ask(accept, {**said, "secret": "wrong horse"})[0] == 409
    assert ask(accept.replace(number, "nope"), said)[1]["detail"].startswith(
        f"the record of lot '{lot}' has no exception 'nope'; allowed: "
    )
    assert ask(accept, said, key="accepted")[0] == ask(accept, said, key="accepted")[0] == 201
    (row,) = (it for it in ask(f"/batch-records/{lot}")[1]["exceptions"] if it["number"] == number)
    assert row["accepted"].startswith("by clara, ")
    assert ask(reject, said, key="rejected")[0] == ask(reject, said, key="rejected")[0] == 201
    assert "has rejected it already" in ask(reject, said)[1]["detail"]
    signed = {it["of"]: it["signed"] for it in ask("/signatures")[1]}
    assert signed["exception"] == signed["rejection"] == ["clara, reviewed"]
    (listed,) = (it for it in ask("/batch-records?most=500")[1] if it["lot"] == lot)
    assert (listed["standing"], listed["doubts"].startswith("held: ")) == ("rejected", True)


def decisions_are_signed(ask: Callable[..., Any], lot: str, secret: str) -> None:
    """A disposition, as it was read and once; by whom can be read."""
    wrong = {"nonconformance": "NC-X"}
    raised = {**wrong, "lot": lot, "quantity": 1, "description": "a scratch"}
    for what, about in (("raised", raised), ("contained", {**wrong, "action": "set aside"})):
        assert ask(f"/entries/nonconformance-{what}", about)[0] == 201
    assert ask("/entries/nonconformance-dispositioned", {**wrong, "disposition": "use as is", "reason": "inside"})[0] == 201
    decided = next(it for it in ask("/signatures")[1] if it["of"] == "disposition")
    assert (decided["names"], decided["signed"], decided["words"]) == (wrong, [], "NC-X: use as is, by clara")
    asked = {"of": "disposition", "names": wrong, "at": decided["at"], "secret": secret, "meaning": "approved"}
    assert "was said otherwise since it was read" in ask("/signatures", {**asked, "at": "2026-03-01T00:00:00Z"})[1]["detail"]
    assert ask("/signatures", {**asked, "names": {"plan": "x"}})[1]["detail"].endswith("names plan; allowed: nonconformance")
    assert ask("/signatures", asked, key="disposed")[0] == ask("/signatures", asked, key="disposed")[0] == 201
    assert next(it for it in ask("/signatures")[1] if it["names"] == wrong)["signed"] == ["clara, approved"]
    cause = {"root_cause": "a chip", "measure": "blow it off", "due": "2090-01-01T00:00:00Z", "lot_count": 2, "responsible": "clara"}
    assert ask("/entries/corrective-action-opened", {**wrong, **cause, "action": "CA-X"})[0] == 201
    assert ask("/entries/corrective-action-changed", {"action": "CA-X", "reason": "late", "due": "2091-01-01T00:00:00Z"})[0] == 201
    (action,) = ask("/corrective-actions")[1]
    assert (action["due"], action["responsible"], action["changes"]) == ("2091-01-01T00:00:00Z", "clara", "clara: late")
    trail = ask("/audit-trail?of=NC-X&person=clara")[1]
    assert [(it["says"], it["terminal"], it["standing"]) for it in trail] == [
        (it, "api", "taken")
        for it in ("CorrectiveActionOpened", "NonconformanceDispositioned", "NonconformanceContained", "NonconformanceRaised")
    ]
    assert (trail[1]["signed"], trail[1]["why"], trail[1]["now"]) == (["clara, approved"], "inside", {"disposition": "use as is"})
    away = {"worker": "emil", "from": "2026-06-01T00:00:00Z", "until": "2026-06-02T00:00:00Z", "absence": "sickness"}
    assert ask("/entries/absence-entered", away)[0] == 201
    assert ask("/entries/personnel-changed", {"worker": "emil", "hourly_cost_minor": 4_100, "reason": "agreed"})[0] == 201
    assert ask("/audit-trail?of=emil", token=LOOKER)[1] == []
    assert [it["now"].get("hourly_cost_minor") for it in ask("/audit-trail?of=emil")[1]][:1] == ["41.00"]
    of_production = ask("/audit-trail?of=emil", token=ALL_BUT["finance"])[1]
    assert {it["says"] for it in of_production} == {"AbsenceEntered", "PersonnelChanged"}
    assert not any("hourly_cost_minor" in it["now"] for it in of_production)
    leaves = {"worker": "emil", "has_left": True, "from": "2026-09-01T00:00:00Z"}
    assert ask("/entries/personnel-changed", leaves)[0] == 201
    status, why, *_ = ask("/entries/personnel-changed", {**leaves, "from": "2026-10-01T00:00:00Z"})
    assert (status, why["detail"].partition(";")[2]) == (409, " allowed: until then, or that emil joins again, with classes and calendar")
    assert ask("/audit-trail?person=nobody")[1]["detail"].startswith("nobody knows a person 'nobody'")
    nothing = ask(f"/results/{lot}/nothing/signatures", {"secret": secret, "meaning": "reviewed"})
    words = f"lot {lot} has no result of 'nothing' that could be signed; allowed: "
    assert (nothing[0], nothing[1]["detail"].startswith(words), nothing[1]["detail"].endswith(": none")) == (409, True, False)


def master_data_is_said(ask: Callable[..., Any]) -> None:
    """What is declared of a supplier is otherwise, and stands in the audit trail with the reason."""
    longer = {"table": "suppliers", "declared": "bearings", "changes": [["lead_time", "11 d"]], "reason": "a new contract"}
    assert ask("/entries/master-data-changed", longer)[0] == 201
    status, refused, _ = ask("/entries/exchange-rate-entered", {"currency": "XXX", "rate": "2"})
    assert (status, "no rates of 'XXX' are declared" in refused["detail"]) == (409, True)
    before_the_books = ask("/entries/master-data-changed", {**longer, "changes": [["lead_time", "9 d"]], "from": "2020-01-01T00:00:00Z"})
    assert (before_the_books[0], "the books begin" in before_the_books[1]["detail"]) == (409, True)
    (told,) = (it for it in ask("/audit-trail?of=bearings")[1] if it["standing"] == "taken" and it["says"] == "MasterDataChanged")
    assert (told["about"], told["now"]["changes"], told["why"]) == (
        {"table": "suppliers", "declared": "bearings"}, "lead_time 11 d", "a new contract",
    )  # fmt: skip

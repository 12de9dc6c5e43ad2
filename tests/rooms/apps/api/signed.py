"""What a program signs for the person it stands for, and what it reads of that."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


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
    trail = ask("/audit-trail?of=NC-X&person=clara")[1]
    assert [(it["says"], it["terminal"], it["standing"]) for it in trail] == [
        (f"Nonconformance{it}", "api", "taken") for it in ("Dispositioned", "Contained", "Raised")
    ]
    assert (trail[0]["signed"], trail[0]["why"], trail[0]["now"]) == (["clara, approved"], "inside", {"disposition": "use as is"})
    assert ask("/audit-trail?person=nobody")[1]["detail"].startswith("nobody knows a person 'nobody'")
    nothing = ask(f"/results/{lot}/nothing/signatures", {"secret": secret, "meaning": "reviewed"})
    assert (nothing[0], nothing[1]["detail"]) == (409, f"lot {lot} has no result of 'nothing' that could be signed")

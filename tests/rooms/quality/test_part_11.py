"""Records and signatures as 21 CFR Part 11 asks for them: corrected in the open, signed with a meaning, tampering seen at its entry."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.rooms.quality.valve_shop import BORE, Shop
from twin.model.events import RecordSigned, TestResultCorrected, TestResultRecorded
from twin.results.auditing.audit_trail import audit_trail
from twin.results.auditing.trail_written import trail_file
from twin.results.readiness.at_hand import quality_at_hand
from twin.store.journal import verify
from twin.store.proof.signing import SignatureRefused, Signatures

WEIGHT = {**BORE, "characteristics": {"weight": {"unit": "g", "lower": 10.0, "upper": 10.15}}}
SECRET = "nine lives"


@pytest.fixture
def shop() -> Shop:
    """A weight was written down as 10.2, and the operator corrects it to 10.1 (case part11-01-chain)."""
    told = Shop(weight=WEIGHT).stock(100).order("A", 5)
    told.does("mill_1", "A-VALVE/10", 5)
    told.measure("A-VALVE", weight=10.2)
    return told


def corrected(shop: Shop, **said: Any) -> str:
    plain = {"person": "olga", "lot": "A-VALVE", "characteristic": "weight", "was": 10.2, "value": 10.1, "reason": "misread"}
    return shop.say(TestResultCorrected, **{**plain, **said})


def signed(shop: Shop, signatures: Signatures, secret: str = SECRET, **where: Any) -> RecordSigned:
    entry = next(it for it in shop.run.journal.entries() if isinstance(it.event, TestResultCorrected))
    at: dict[str, Any] = {"terminal": "scale 1", "at_us": shop.now_us, **where}
    return signatures.sign(entry.id, "olga", secret, "authored", **at)


def keyring(shop: Shop) -> Signatures:
    found = Signatures(shop.run.journal)
    found.enroll("olga", SECRET)
    return found


def test_a_correction_keeps_what_was_there_with_who_when_and_why(shop: Shop) -> None:
    """Case part11-01-chain (a): 10.2, 10.1, who, when, why."""
    assert shop.disposition("A-VALVE").startswith("weight failed: weight is 10.2")
    assert corrected(shop) == ""
    shop.tell(signed(shop, keyring(shop)))
    history = shop.run.measurement_history("A-VALVE", "weight")
    assert list(history["value"]) == [10.2, 10.1]
    assert list(history["person"]) == ["", "olga"]
    assert list(history["reason"]) == ["", "misread"]
    assert list(history["signed"]) == ["", "authored by olga"]
    assert history["at"].is_monotonic_increasing
    assert shop.run.mes.quality.inspections.all["weight", "A-VALVE"].verdict == "passed"
    why = "what it was raised for is none any more: weight of lot A-VALVE was corrected from 10.2 to 10.1 by olga, misread"
    assert shop.disposition("A-VALVE") == f"NC-A-VALVE-weight is not decided; {why}", "what was raised is decided by a person"
    assert shop.is_the_same_from_every_source()


def test_results_that_are_nearly_the_same_are_offered_each_and_what_was_said_last_is_signed() -> None:
    shop = Shop(weight={**WEIGHT, "sampling": {"pieces": 3}}).stock(100).order("A", 5)
    shop.does("mill_1", "A-VALVE/10", 5)
    for value in (10.0000001, 10.0000002):
        shop.measure("A-VALVE", weight=value)
    now = quality_at_hand(shop.run)
    assert [it[2] for it in now.results.values()] == [10.0000001, 10.0000002]
    assert now.to_sign == [("weight", "A-VALVE", 10.0000002)]
    assert corrected(shop, was=10.0000001, value=10.11) == ""
    assert quality_at_hand(shop.run).to_sign == [("weight", "A-VALVE", 10.11)], "of whichever piece it is"


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"reason": ""}, "it needs a reason"),
        ({"was": 10.3}, "no result 10.3 of weight of lot A-VALVE; there: 10.2"),
        ({"person": ""}, "nobody has signed it; allowed: one person, by id"),
        ({"lot": "B"}, "nobody knows lot 'B'"),
    ],
)
def test_a_correction_without_reason_or_of_nothing_is_refused(shop: Shop, said: dict[str, Any], why: str) -> None:
    assert corrected(shop, **said) == why
    assert shop.run.measurement_history("A-VALVE", "weight")["value"].iloc[0] == 10.2
    assert shop.run.mes.quality.inspections.all["weight", "A-VALVE"].values == {"weight": [10.2]}


def test_one_changed_value_is_found_at_its_entry(shop: Shop) -> None:
    """Case part11-01-chain (b)."""
    corrected(shop)
    entries = list(shop.run.journal.entries())
    place = next(n for n, it in enumerate(entries) if isinstance(it.event, TestResultRecorded))
    assert verify(entries) is None
    forged = entries[place]._replace(event=replace(entries[place].event, value=10.1))  # type: ignore[call-arg]
    assert verify([*entries[:place], forged, *entries[place + 1 :]]) == entries[place].seq


def test_a_signature_copied_to_another_record_does_not_hold(shop: Shop) -> None:
    """Case part11-01-chain (c)."""
    corrected(shop)
    signatures = keyring(shop)
    signature = signed(shop, signatures)
    assert signatures.doubt(signature) == ""
    other = next(it for it in shop.run.journal.entries() if isinstance(it.event, TestResultRecorded))
    assert signatures.doubt(replace(signature, record=other.id)) == "the record is not the one that was signed"
    moved = replace(signature, record=other.id, record_hash=other.hash)
    assert signatures.doubt(moved) == "it was made for another record, person, meaning or time"
    assert signatures.doubt(replace(signature, meaning="approved")) == "it was made for another record, person, meaning or time"


def test_each_signature_needs_id_and_secret(shop: Shop) -> None:
    """Case part11-01-chain (d). Within a session 11.200 wants one component at least that only its owner has: an id is none."""
    corrected(shop)
    signatures = keyring(shop)
    for again in (False, True):
        with pytest.raises(SignatureRefused, match="signed without a secret; allowed: the id and the own secret, each time"):
            signed(shop, signatures, "")
        with pytest.raises(SignatureRefused, match="that is not the secret of olga"):
            signed(shop, signatures, "nine livez")
        if not again:
            signed(shop, signatures)


def test_no_secret_is_kept_in_the_journal_or_said_in_a_refusal(shop: Shop) -> None:
    corrected(shop)
    shop.tell(signed(shop, keyring(shop)))
    assert SECRET not in " ".join(map(repr, shop.run.journal.entries()))
    with pytest.raises(SignatureRefused) as refused:
        keyring(shop).sign("nothing", "olga", "another secret", "authored", terminal="t", at_us=0)
    assert "another secret" not in str(refused.value)
    with pytest.raises(SignatureRefused, match="8 signs or more"):
        keyring(shop).enroll("quinn", "short")


def test_the_audit_trail_says_who_when_from_where_what_was_and_is_and_why(shop: Shop) -> None:
    """11.10(e), of the lot, of a person, of a window; what was refused stands there, too, and the file says the same."""
    assert corrected(shop) == ""
    shop.tell(signed(shop, keyring(shop)))
    assert corrected(shop, was=10.1, value=10.2, reason=" ") == "it needs a reason"
    trail = shop.run.audit_trail(of="A-VALVE")
    assert trail[["person", "terminal", "says", "about"]].drop_duplicates().to_numpy().tolist() == [
        ["olga", "tablet 3", "Test result corrected", "lot A-VALVE, characteristic weight"]
    ]
    assert trail[["was", "now", "why", "standing", "signed"]].to_numpy().tolist() == [
        ["value 10.2", "value 10.1", "misread", "taken", "olga, authored"],
        ["value 10.1", "value 10.2", "", "refused: it needs a reason", ""],
    ]
    (signature,) = shop.run.audit_trail(person="olga").query("says == 'Record signed'").to_dict("records")
    assert signature["about"].endswith("of Test result corrected lot A-VALVE, characteristic weight")
    assert SECRET not in str(shop.run.audit_trail().to_dict())
    written = trail_file(shop.run, audit_trail(shop.run, of="A-VALVE"), "lot A-VALVE", ".csv").decode().splitlines()
    assert [len(written), written[0].split(",")[:4]] == [3, ["seq", "known", "effective", "person"]]
    too_many = audit_trail(shop.run, of="A-VALVE") * 2_501
    with pytest.raises(ValueError, match="5,002 entries are too many for one PDF; allowed: up to 5,000"):
        trail_file(shop.run, too_many, "all of it", ".pdf")
    known = [it.event.recorded_us for it in shop.run.journal.entries() if isinstance(it.event, TestResultCorrected)]
    assert len(shop.run.audit_trail(since_us=known[0], until_us=known[-1] + 1)) >= 2
    assert len(shop.run.audit_trail(of="A-VALVE", until_us=known[0])) == 0
    with pytest.raises(ValueError, match=r"nobody knows a person 'olgaa' \(did you mean 'olga'\?\)"):
        shop.run.audit_trail(person="olgaa")


def test_replayed_from_nothing_events_balances_and_head_are_the_same(shop: Shop) -> None:
    """Case audit-01-replay: identical events, balances and stock; debits = credits, stock ledger = general ledger."""
    corrected(shop)
    assert shop.is_the_same_from_every_source()
    from tests.rooms.quality.valve_shop import SCENARIO
    from twin.run import replay

    again = replay(list(shop.run.journal.entries()), shop.plant, SCENARIO)
    twice = replay(list(shop.run.journal.entries()), shop.plant, SCENARIO)
    assert again.journal.head == twice.journal.head
    assert [(it.id, it.event) for it in again.journal.entries()] == [(it.id, it.event) for it in twice.journal.entries()]
    valued, booked = again.erp.stock_rows(), again.erp.ledger.stock_balances
    assert [it.value_minor - booked.get(it.material, 0) for it in valued] == [0] * len(valued) != []
    assert again.erp.ledger.balances == shop.run.erp.ledger.balances
    assert sum(again.erp.ledger.balances.values()) == 0
    assert again.violations(whole=True) == []

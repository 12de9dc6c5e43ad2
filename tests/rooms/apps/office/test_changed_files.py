"""A plant's files change while its journal goes on: what can become so is accepted by a person, from then on; the rest is named."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.rooms.apps.hand_shop import hand_shop, two_orders
from tests.rooms.apps.test_entries import running, wait_until
from tests.rooms.results.test_users import told
from twin.apps.feed import Feed
from twin.apps.feeds import by_hand
from twin.model import events as e
from twin.model.master_data.differences import begun_with
from twin.model.plant import Plant
from twin.rebuilding import rebuild
from twin.results.auditing.audit_trail import audit_trail
from twin.run import replay
from twin.store.journal import StoreError

DAY_US = 86_400_000_000


def otherwise(change: Callable[[dict[str, Any]], None]) -> Plant:
    """The hand shop as its files are after somebody has edited them."""
    written = copy.deepcopy(hand_shop().model_dump(mode="json"))
    change(written)
    return Plant.model_validate(written)


def edited(written: dict[str, Any]) -> None:
    written["materials"]["suppliers"]["foundry"]["lead_time"] = {"constant": {"value": "9 d"}}
    written["materials"]["suppliers"]["mill"] = {"title": "The mill", "lead_time": {"constant": {"value": "4 d"}}}
    written["materials"]["materials"]["CASTING"]["standard_cost"] = "12 EUR"
    written["materials"]["materials"]["OIL"] = {
        "kind": "purchased", "unit": "l", "standard_cost": "3 EUR", "supplier": "mill", "planning": {"minimum": 5},
    }  # fmt: skip
    written["layout"]["title"] = "The hand shop"
    valve, steps = written["materials"]["materials"]["VALVE"], written["layout"]["routings"]["VALVE"]
    oiled = [{"material": "GREASED", "quantity": 1}, {"material": "OIL", "quantity": 2}]
    greased = {**valve, "kind": "made", "price": None}
    written["materials"]["materials"] |= {"OILED": {**valve, "title": "Oiled", "bill": oiled}, "GREASED": greased}
    written["layout"]["routings"] |= {"OILED": {"10": {**steps["20"], "rework_to": None}}, "GREASED": steps}


def kept(feed: Feed) -> list[str]:
    return [it.event.written for it in feed.run.journal.entries() if isinstance(it.event, e.PlantDeclared)]


def entered(feed: Feed, table: str, declared: str, *changes: tuple[str, str], is_new: bool = False) -> None:
    said = e.MasterDataChanged(
        effective_us=0, person="olga", terminal="office", table=table, declared=declared, changes=changes, reason="told", is_new=is_new
    )
    assert feed.enter(said, has_token=True) == ""


def served(url: Path, plant: Plant, accepted_by: str = "") -> Feed:
    return by_hand(plant, two_orders(), seed=1, speed=600, journal=str(url), accepted_by=accepted_by)


def test_what_the_files_declare_otherwise_is_so_from_when_a_person_accepts_it_and_in_every_reading(tmp_path: Path) -> None:
    url, now = tmp_path / "shift.db", otherwise(edited)
    with running(served(url, hand_shop())) as feed:
        wait_until(lambda: len(kept(feed)) == 1)
        entered(feed, "suppliers", "foundry", ("lead_time", "7 d"))
        entered(feed, "suppliers", "foundry", ("lead_time", "9 d"))  # what a person has entered, and then written, is so already
        entered(feed, "suppliers", "mill", ("lead_time", "4 d"), is_new=True)
        oil = (("kind", "purchased"), ("unit", "l"), ("standard_cost", "3 EUR"), ("supplier", "mill"))
        entered(feed, "materials", "OIL", *oil, ("planning.minimum", "5"), is_new=True)
    again = served(url, now)
    assert len(again.files_said) == 1
    assert "declare otherwise, which is not in force: suppliers.foundry: lead_time " in again.files_said[0]
    assert "suppliers.mill: new, title The mill" in again.files_said[0]
    assert again.run.plant.materials.materials["CASTING"] == hand_shop().materials.materials["CASTING"], "it goes on as it was begun"
    assert again.run.plant.title == "The hand shop"
    with pytest.raises(ValueError, match="--accept-changes: nobody knows a person 'olgo'"):
        served(url, now, accepted_by="olgo")
    with running(served(url, now, accepted_by="olga")) as feed:
        wait_until(lambda: len(kept(feed)) == 2)
        run = feed.run
    assert run.plant.materials.suppliers["foundry"].lead_time.mean_us == 9 * DAY_US
    assert run.plant.materials == now.materials
    said = [(it.person, it.about["declared"], it.why) for it in audit_trail(run) if it.says == "MasterDataChanged"]
    assert said[4:] == [("olga", it, "accepted with the plant's files") for it in ("mill", "CASTING", "GREASED", "OILED")]
    changes = [(it.was.get("changes"), it.now["changes"]) for it in audit_trail(run, of="foundry") if it.says == "MasterDataChanged"]
    assert changes == [("lead_time 2 d", "lead_time 7 d"), ("lead_time 7 d", "lead_time 9 d")]
    assert run.plant.layout.routings == now.layout.routings
    dearer = run.scenario.model_copy(update={"changes": {"materials.CASTING.standard_cost": "20 EUR"}})
    assert replay(list(run.journal.entries()), now, dearer).declared.materials.materials["CASTING"].standard_cost == 2_000
    third = served(url, now)
    assert (third.files_said, told(third.run)) == ([], told(run))
    for read in (rebuild(now, str(url), two_orders()), replay(list(run.journal.entries()), now, run.scenario)):
        assert (told(read), read.plant.materials) == (told(run), now.materials)

    def with_another_limit(written: dict[str, Any]) -> None:
        edited(written)
        written["materials"]["customers"]["acme"]["credit_limit"] = "5000 EUR"

    (words,) = served(url, otherwise(with_another_limit)).files_said
    assert words.endswith("what was concluded before goes by it, too: customers.acme.credit_limit is otherwise")

    def with_another_grinder(written: dict[str, Any]) -> None:
        edited(written)
        written["layout"]["work_units"]["grinder_2"] = dict(written["layout"]["work_units"]["grinder_1"])

    with pytest.raises(
        StoreError, match=r"The plant's files have changed: work_units.grinder_2 is new; allowed: these as they were, or a new"
    ):
        served(url, otherwise(with_another_grinder))


def test_what_is_gone_from_the_files_is_there_for_what_was_begun_with_it() -> None:
    """A tax is renamed, and nobody has accepted that: customers are taxed as they were."""

    def taxed(code: str) -> Plant:
        def change(written: dict[str, Any]) -> None:
            written["materials"]["finance"]["tax_codes"] = {code: {"rate": "20 %"}}
            written["materials"]["customers"]["acme"]["terms"] = {"tax": code}

        return otherwise(change)

    read = begun_with(taxed("vat"), taxed("ust")).materials
    assert (read.customers["acme"].terms.tax, list(read.finance.tax_codes)) == ("vat", ["vat"])  # type: ignore[union-attr]

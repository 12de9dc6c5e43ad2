"""A lot is where a person has scanned it."""

from __future__ import annotations

import pytest

from tests.rooms.quality.valve_shop import Shop
from twin.model.events import LotMoved, LotScanned, MaterialIdentified


@pytest.fixture
def shop() -> Shop:
    shop = Shop()
    shop.delivery("P1", 20)
    return shop.order("A", 5)


def test_a_scan_says_where_a_lot_is_and_who_said_so(shop: Shop) -> None:
    followed = shop.tell(LotScanned(effective_us=shop.now_us, lot="L-P1", place="rack", person="olga", terminal="scanner 2"))
    assert [(type(it), it.person) for it in followed] == [(LotMoved, "olga")]
    assert shop.run.mes.lots["L-P1"].place == "rack"
    followed = shop.tell(LotScanned(effective_us=shop.now_us, lot="L-P1", equipment="mill_1", person="olga", terminal="scanner 2"))
    assert [type(it) for it in followed] == [MaterialIdentified]
    assert shop.run.mes.lots["L-P1"].place == "mill_1"
    assert ("scanned", "rack", "olga", "at scanner 2") in [
        (it.stage, it.place, it.person, it.detail) for it in shop.run.trace("L-P1").stages
    ]
    assert shop.is_the_same_from_every_source()


def test_a_scan_that_makes_no_sense_is_refused_in_words(shop: Shop) -> None:
    assert shop.say(LotScanned, lot="L-P2", place="rack") == "no lot 'L-P2' (did you mean 'L-P1'?)"
    assert shop.say(LotScanned, lot="L-P1") == "it does not say where; allowed: one storage unit, or one piece of equipment"
    assert shop.say(LotScanned, lot="L-P1", place="racks") == "no storage unit 'racks' (did you mean 'rack'?); allowed: rack"
    assert shop.say(LotScanned, lot="L-P1", equipment="mill_2") == (
        "nobody declared 'mill_2' (did you mean 'mill_1'?); allowed: mill_1, grinder_1"
    )
    assert shop.say(LotScanned, lot="L-P1", place="rack", terminal="") == "it does not say where it was said; allowed: the terminal"
    shop.stock(2, "C1")
    shop.stock(0, "C1")
    assert shop.say(LotScanned, lot="C1", place="rack").startswith("nothing of lot C1 is left here")
    assert shop.run.mes.lots["L-P1"].place == "stock"

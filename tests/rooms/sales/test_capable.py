"""Quotes by material and finite capacity: the date, why it is not earlier, and what an earlier one would cost."""

from __future__ import annotations

import pytest

from tests.rooms.erp.small_shop import DAY_US, HOUR_US, of_type, order
from tests.rooms.procurement.trading_shop import Office, T
from twin.erp import Erp
from twin.erp.sales.capable import capable
from twin.model import events as e
from twin.model.events import OrderPromised
from twin.model.scenario import Policies


class CapableOffice(Office):
    """The same office, whose quotes go by what the shop is capable of."""

    def __init__(self, opening: dict[str, int]) -> None:
        super().__init__()
        self.erp = Erp(self.erp.plant, Policies(promising="capable_to_promise"))
        self.start(**opening)


def quoted(office: Office, quantity: int) -> tuple[float, str]:
    """Hours from now until so many gearboxes can be there, and why."""
    about = {"customer": "acme", "material": "gearbox", "unit_price_minor": 25_000, "valid_until_us": office.now_us + DAY_US}
    (promised,) = of_type(office.say(e.SalesQuoteOffered, quote=f"Q{quantity}", quantity=quantity, **about), OrderPromised)
    return (promised.due_us - office.now_us) / HOUR_US, promised.reason


def test_a_quote_has_the_date_the_reason_and_the_price_of_earlier() -> None:
    """Monday, 07:00: a gearbox takes half an hour at the bench, which works until 14:00 and from 06:00 on.

    Four are there at 09:00. Sixteen take eight hours: seven today, and one tomorrow until 07:00. Around the clock they would be there at
    15:00, for an hour of the bench (6 EUR) and of ben, the fitter (40 EUR).
    """
    office = CapableOffice({"housing": 16, "gear": 40})
    assert quoted(office, 4) == (2, "capable to promise: gearbox is worked on for 2 h at bench_1")
    hours, reason = quoted(office, 16)
    assert hours == 24
    assert reason == (
        "capable to promise: gearbox is worked on for 1 d at bench_1;"
        " 16 h earlier (Mon 2 Mar, 15:00) with bench_1 around the clock, for 46.00 EUR"
    )  # fmt: skip


def test_what_others_have_ordered_comes_first_and_what_is_in_stock_is_there_now() -> None:
    office = CapableOffice({"gearbox": 3, "housing": 40, "gear": 80})
    assert quoted(office, 3) == (0, "capable to promise: it is free in stock now")
    office.round(order(T, "SO", 7, due_us=DAY_US))
    assert quoted(office, 2)[0] == pytest.approx(3)  # after the four that are made for him


def test_more_pieces_are_never_promised_earlier() -> None:
    """The bench works seven hours a day; for 6,000 the hours that are known do not suffice, and planned lead times know none."""
    office = CapableOffice({})
    promised = [capable(office.erp, "gearbox", quantity, office.now_us) for quantity in (1_000, 3_000, 6_000, 60_000, 10**9)]
    assert [it.due_us for it in promised] == sorted(it.due_us for it in promised)
    assert promised[0].due_us > office.now_us + 30 * DAY_US
    assert "the hours that are known do not suffice, which end on " in promised[-1].reason


def test_without_the_policy_a_quote_goes_by_planned_lead_times_as_before() -> None:
    office = Office({"housing": 16, "gear": 40})
    assert "anew" in quoted(office, 16)[1]

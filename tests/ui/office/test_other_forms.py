"""Forms of the office that no other test presses, in a real browser, on one shop: packing, taking apart, what the plan proposes to order,
standards, and what suppliers do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from playwright.sync_api import expect

from tests.ports import free_port
from tests.ui.conftest import OpenPage
from tests.ui.test_hand_forms import Forms
from tests.ui.test_pages import SIDEWAYS
from tests.ui.test_pages import wait_until as wait_until_drawn
from twin.apps.feed import Feed
from twin.apps.feeds import simulated
from twin.apps.server import PageServer
from twin.erp.warehouse.pick_lists import PickList
from twin.model import events as e
from twin.results.views.business.values import to_take_apart
from twin.results.warehouse.stock_now import stock_now

# The page with download buttons is made in this process: Panel Material UI itself gives Panel both names of one option.
pytestmark = [pytest.mark.ui, pytest.mark.filterwarnings("ignore:Both 'variant' and 'button_style':PendingDeprecationWarning")]
LEAD_US = 30 * 3_600_000_000


@pytest.fixture(scope="module")
def feed(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Feed]:
    """The shop that packs, where persons do it; two operations are suppliers', and standards may be rolled up."""
    packed, outside = (
        yaml.safe_load((root / f"scenarios/gearbox_shop/{name}.yaml").read_text()) for name in ("packed", "hardened_outside")
    )
    packed["changes"]["warehouse"]["moves"] = "persons"
    more = {"standards": {"roll_up": "on_request"}, "materials.PACK2.planning": {"safety_stock": 60}}
    scenario = {**packed, "entries": [], "changes": {**packed["changes"], **outside["changes"], **more}}
    file = tmp_path_factory.mktemp("forms") / "forms.yaml"
    file.write_text(yaml.safe_dump(scenario))
    feed = simulated(root / "plant_models/gearbox_shop", file, seed=1, speed=1, lead_us=LEAD_US)
    feed.start()
    yield feed
    feed.stop()
    assert not feed.failure, feed.failure
    assert feed.run.violations(whole=True) == []


@pytest.fixture(scope="module")
def server(feed: Feed) -> Iterator[PageServer]:
    with PageServer(feed, free_port()) as server:
        yield server


def is_picked(feed: Feed) -> PickList:
    """Somebody in the warehouse has picked what is asked for first, and says so with a scanner."""
    it = feed.look(stock_now).open_lists[0]
    for line in it.lines:
        refused = feed.enter(e.Picked(
            effective_us=feed.now_us, person="marek", terminal="scanner", pick_list=it.pick_list, material=line.material, lot=line.lot,
            bin=line.bin, quantity=line.quantity,
        ))  # fmt: skip
        assert not refused, refused
    return it


def test_what_is_picked_is_packed_and_what_was_made_is_taken_apart(open_page: OpenPage, server: PageServer, feed: Feed) -> None:
    erp, it = feed.run.erp, is_picked(feed)
    page = open_page("/stock", at=server.address, theme="dark", width=390, height=1600)
    desk = Forms(page)
    wait_until_drawn(page, dark=True)
    desk.is_used_by("marek")
    desk.fills("Pack", "It is in there", picked=it.order, quantity="1000", package_type="Crate")
    desk.refused("1000 of lot")
    desk.fills("Pack", "It is in there", picked=it.order, quantity="1", package_type="Crate")
    desk.hears("Pack: done")
    assert erp.packing
    assert [package.content for package in erp.packing.packages.values()] == [{it.lines[0].lot: 1}]
    made = next(row for row in feed.look(to_take_apart) if row.quantity > 1)
    before = erp.stock.lot_quantity(made.material, made.lot)
    desk.fills("Take apart", "It is taken apart", made=f"{made.lot}:", quantity="1", reason="a crack")
    desk.hears("Take apart: done")
    assert erp.stock.lot_quantity(made.material, made.lot) == before - 1
    wait_until_drawn(page, dark=True)
    assert page.evaluate(SIDEWAYS) == []


def test_what_the_plan_proposes_is_ordered_and_what_lies_at_a_supplier_is_counted(
    open_page: OpenPage, server: PageServer, feed: Feed
) -> None:
    erp = feed.run.erp
    page = open_page("/purchasing", at=server.address, height=1600)
    desk = Forms(page)
    desk.is_used_by("marek")
    desk.fills("Order what the plan proposes", "Release the order", planned="")
    desk.refused("marek has not the role 'purchasing', which this takes; allowed: nora")
    expect(page.get_by_text("Nobody has to sign on here: whoever opens a page may speak in any name.")).to_be_visible()
    expect(page.get_by_text("finance: Clara; ").or_(page.get_by_text("purchasing: Nora; "))).to_be_visible()
    desk.is_used_by("nora")
    known = set(erp.purchasing.orders)
    desk.fills("Order what the plan proposes", "Release the order", planned="")
    desk.hears("Order what the plan proposes: done")
    (ordered,) = [it for name, it in erp.purchasing.orders.items() if name not in known and not it.operation]
    assert ordered.open_quantity == ordered.quantity > 0
    away = next(it for it in feed.look(lambda run: run.erp.at_suppliers()) if it.kind == "component" and it.quantity > 1)
    row = page.locator("tr", has_text=away.lot).filter(has_text=away.order).first
    expect(row).to_contain_text("Assembly works")
    expect(row).to_contain_text(f"{away.value_minor / 100:,.2f}")
    before = erp.ledger.balances["inventory_difference"]
    desk.fills("Counted at a supplier", "It was counted", there=f"lot {away.lot}, at", quantity="900000000", reason="all of it")
    desk.refused("900000000 is too many; allowed: 0 to 100000000")
    desk.fills("Counted at a supplier", "It was counted", there=f"lot {away.lot}, at", quantity="0", reason="all of it broke")
    desk.refused("nora has not the role 'warehouse', which this takes; allowed: fatma, marek")
    desk.is_used_by("marek")
    desk.fills("Counted at a supplier", "It was counted", there=f"lot {away.lot}, at", quantity="0", reason="all of it broke")
    desk.hears("Counted at a supplier: done")
    assert erp.ledger.balances["inventory_difference"] > before
    desk.is_used_by("nora")
    desk.fills("Agree on another price", "It is agreed", work="Gear wheel, module 5", unit_price="13.05")
    desk.hears("Agree on another price: done")
    assert erp.subcontracting.prices == {("GE3", "50"): 1_305}
    assert page.evaluate(SIDEWAYS) == []


def test_standards_are_rolled_up_from_another_price(open_page: OpenPage, server: PageServer, feed: Feed) -> None:
    page = open_page("/month-end", at=server.address, width=390, height=1600)
    page.get_by_role("combobox", name="expect another price of").click()
    page.get_by_role("menuitem", name="Housing casting, large").click()
    page.get_by_label("price, as 3.20 EUR").fill("120.50 USD")
    page.get_by_role("button", name="Roll up standards").click()
    expect(page.get_by_text("Refused: price: '120.50 USD' is in USD; allowed: EUR").first).to_be_visible()
    page.get_by_role("combobox", name="who are you?").click()
    page.get_by_role("menuitem", name="Clara").click()
    page.get_by_label("price, as 3.20 EUR").fill("120.50 EUR")
    page.get_by_role("button", name="Roll up standards").click()
    expect(page.get_by_text("Standards are rolled up with 1 piece of Housing casting, large").first).to_be_visible()
    assert feed.run.erp.standards.released["CAST2"].material_minor == 12_050
    assert page.evaluate(SIDEWAYS) == []

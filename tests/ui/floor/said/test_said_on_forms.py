"""Forms that no other browser test presses, in one shop: a process value in order again, a clocking and a result that were wrong, an
inspection that is overruled, a hold with its date and its release, revisions of documents, a lot that expires. Each is wrong once, too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from playwright.sync_api import expect

from tests.ports import free_port
from tests.rooms.apps.test_entries import said_by_users
from tests.ui.floor.conftest import PHONE, Viewer
from tests.ui.test_hand_forms import Forms
from tests.ui.test_pages import SIDEWAYS
from twin.apps.feed import Feed
from twin.apps.feeds import simulated
from twin.apps.server import PageServer
from twin.model import events as e
from twin.results.readiness.at_hand import quality_at_hand, written

# The page with download buttons is made in this process: Panel Material UI itself gives Panel both names of one option.
pytestmark = [pytest.mark.ui, pytest.mark.filterwarnings("ignore:Both 'variant' and 'button_style':PendingDeprecationWarning")]
SHOP, LEAD_US = "plant_models/gearbox_shop", 35 * 3_600_000_000
TUESDAY = "2026-03-03"
DRAWING = (
    "<svg xmlns='http://www.w3.org/2000/svg' width='320' height='80'><script>document.title = 1</script><rect width='9' height='9'/></svg>"
)
BREAK = {"at": "1 d 9 h", "person": "ivan", "terminal": "hardening", "says": "ClockedOn", "about": {"activity": "break"}}


def read(root: Path, name: str) -> dict[str, Any]:
    return dict(yaml.safe_load((root / f"scenarios/gearbox_shop/{name}.yaml").read_text()))


@pytest.fixture(scope="module")
def feed(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Feed]:
    """Tuesday, five in the afternoon: the furnace is held for its temperature, Ivan has a break, gearboxes were inspected."""
    furnace, teeth, documents, packed = (read(root, name) for name in ("carburising", "measured_teeth", "new_instruction", "packed"))
    entries = [it for it in furnace["entries"] if it["says"] != "ProcessDeviationCleared"]
    unread = {name: it for name, it in documents["changes"].items() if name != "documents.WI-30"}  # whoever has not read that hobs nothing
    changes = {**packed["changes"], **furnace["changes"], **teeth["changes"], **unread}
    file = tmp_path_factory.mktemp("said") / "said.yaml"
    file.write_text(yaml.safe_dump({**furnace, "entries": [*entries, BREAK], "changes": changes}))
    feed = simulated(root / SHOP, file, seed=1, speed=0.05, lead_us=LEAD_US)
    yield feed.start()
    feed.stop()
    assert not feed.failure, feed.failure
    assert feed.run.violations(whole=True) == []


@pytest.fixture(scope="module")
def address(feed: Feed) -> Iterator[str]:
    with PageServer(feed, free_port()) as server:
        yield server.address


def said_last(feed: Feed, kind: type[Any]) -> Any:
    with feed.run.lock:
        return [it for it in said_by_users(feed.run) if isinstance(it, kind)][-1]


def who_and_where(it: Any) -> tuple[str, str]:
    return it.person, it.terminal


def test_the_furnace_goes_on_once_somebody_says_what_was_done(viewer: Viewer, address: str, feed: Feed) -> None:
    page = viewer.look(f"{address}/terminal?center=hardening", theme="dark", width=PHONE, height=2400)
    tablet = Forms(page)
    expect(page.get_by_text(re.compile("is held: temperature was 960.* at Tue 3 Mar, 16:30; allowed: 900 to 960 °C"))).to_be_visible()
    shown = page.locator("[data-course=temperature]").first
    expect(shown).to_have_text(re.compile("^Temperature of zone 2: 96[0-9.]+ °Callowed: 915 to 945 °C$"))
    expect(shown.locator("svg[role=img] polyline")).to_be_visible()
    tablet.is_used_by("ivan")
    tablet.fills("It is in order again", "It goes on", reason="")
    tablet.refused("What was done: it is empty", at="reason")
    tablet.fills("It is in order again", "It goes on", reason="thermocouple changed")
    tablet.hears("It is in order again: done")
    expect(page.get_by_text("Nothing is held for a process value.").first).to_be_visible()
    assert who_and_where(it := said_last(feed, e.ProcessDeviationCleared)) == ("ivan", "terminal hardening")
    assert (it.equipment, it.reason) == ("furnace_1", "thermocouple changed")
    assert page.evaluate(SIDEWAYS) == []


def test_somebody_else_says_when_a_break_has_ended(viewer: Viewer, address: str, feed: Feed) -> None:
    page = viewer.look(f"{address}/terminal?center=hardening", theme="dark", width=PHONE, height=2400)
    tablet = Forms(page)
    expect(page.get_by_text("Ivan works on break since Tue 3 Mar, 15:00")).to_be_visible()
    tablet.press("Correct a clocking")
    expect(page.get_by_text("Nobody else is clocked on.")).to_be_visible()  # Ivan stands here, and nobody corrects his own
    tablet.press("Cancel")
    tablet.is_used_by("jana")
    wrong = {"clocking": "Ivan: break", "reason": "forgotten"}
    tablet.fills("Correct a clocking", "Correct it", ended="half past three", **wrong)
    tablet.refused(f"Ended at: 'half past three' is no time; allowed: date and time, as in {TUESDAY} 14:00")
    tablet.fills("Correct a clocking", "Correct it", ended=f"{TUESDAY} 14:00", **wrong)
    tablet.refused("15:00")
    tablet.fills("Correct a clocking", "Correct it", ended=f"{TUESDAY} 15:30", **wrong)
    tablet.hears("Correct a clocking: done")
    expect(page.get_by_text("Nobody is clocked on.")).to_be_visible()
    assert who_and_where(it := said_last(feed, e.ClockingCorrected)) == ("jana", "terminal hardening")
    assert (it.worker, it.off_us - it.on_us) == ("ivan", 30 * 60_000_000)
    earlier = {"clocking": "Ivan: break since Tue 3 Mar, 15:00", "what": "break", "reason": "he went earlier"}
    tablet.fills("Enter a clocking", "It was this", began=f"{TUESDAY} 14:30", ended=f"{TUESDAY} 15:30", **earlier)
    tablet.hears("Enter a clocking: done")
    assert who_and_where(it := said_last(feed, e.ClockingEntered)) == ("jana", "terminal hardening")
    assert (it.worker, it.was_work, it.activity, it.off_us - it.on_us) == ("ivan", "break", "break", 60 * 60_000_000)


def test_a_lot_is_held_until_a_day_and_released(viewer: Viewer, address: str, feed: Feed) -> None:
    page = viewer.look(f"{address}/quality", height=2600)
    desk = Forms(page)
    desk.is_used_by("hanna")
    desk.fills("Hold a lot", "Hold it", lot="open-CAST1", reason="pores", disposition=f"{TUESDAY} 08:00")
    desk.refused("Tue 3 Mar, 08:00")
    desk.fills("Hold a lot", "Hold it", lot="open-CAST1", reason="pores", disposition="2026-03-05 10:00")
    desk.hears("Hold a lot: done")
    row = page.locator("tr", has_text="open-CAST1").first
    expect(row).to_contain_text("pores")
    expect(row).to_contain_text("Thu 5 Mar, 10:00")
    assert who_and_where(said_last(feed, e.LotHoldRequested)) == ("hanna", "quality page")
    desk.fills("Release a lot", "Release it", lot="open-CAST1", reason="looked at")
    desk.hears("Release a lot: done")
    expect(page.get_by_text("No lot is held.").first).to_be_visible()


def test_a_result_is_corrected_and_what_failed_by_it_is_accepted_for_a_reason(viewer: Viewer, address: str, feed: Feed) -> None:
    page = viewer.look(f"{address}/quality", height=2600)
    desk = Forms(page)
    desk.is_used_by("hanna")
    with feed.run.lock:
        here = quality_at_hand(feed.run).lots
        inspection = next(it for it in feed.run.mes.quality.inspections.all.values() if it.lot in here and it.verdict == "passed")
        lot, results = inspection.lot, (it.event for it in feed.run.journal.entries() if isinstance(it.event, e.TestResultRecorded))
        measured = next(it for it in results if it.lot == lot and it.upper is not None)
        plan = feed.run.plant.layout.quality_plans[inspection.plan].characteristics[measured.characteristic]
    about = {"result": f"{plan.title or measured.characteristic} of {lot}: {written(measured.value)}", "reason": "misread"}
    desk.fills("Correct a result", "Correct it", value="ninety", **about)
    desk.refused("a number", at="value")
    desk.fills("Correct a result", "Correct it", value="91.5", **about)
    desk.hears("Correct a result: done")
    assert inspection.verdict == "failed"
    desk.fills("Accept in spite of it", "Accept", inspection=lot, reason="")
    desk.refused("Reason: it is empty", at="reason")
    desk.fills("Accept in spite of it", "Accept", inspection=lot, reason="the customer wants it as it is")
    desk.hears("Accept in spite of it: done")
    expect(page.locator("tr", has_text="passed by override").first).to_contain_text(lot)
    assert who_and_where(it := said_last(feed, e.InspectionOverruled)) == ("hanna", "quality page")
    assert it.reason == "the customer wants it as it is"


def test_a_revision_is_released_and_the_one_before_withdrawn(viewer: Viewer, address: str, feed: Feed, tmp_path: Path) -> None:
    page = viewer.look(f"{address}/documents", height=1600)
    page.get_by_role("combobox", name="who are you?").click()
    page.get_by_role("menuitem", name="Marek", exact=True).click()
    desk = Forms(page)
    new = {"document": "WI-40", "revision": "B", "text": "Detergent 2 %, 60 °C, 20 min."}
    desk.fills("Release a revision", "Release it", **new)
    desk.refused("marek")
    page.get_by_role("combobox", name="who are you?").click()
    page.get_by_role("menuitem", name="Goran", exact=True).click()
    desk.fills("Release a revision", "Release it", effective_to="soon", **new)
    desk.refused("Until: 'soon' is no time; allowed: date and time, as in 2026-03-")
    desk.fills("Release a revision", "Release it", effective_to="2026-04-01 06:00", **new)
    desk.hears("Release a revision: done")
    row = page.locator("tr", has_text="WI-40").first
    expect(row).to_contain_text("B")
    expect(row).to_contain_text("Tue 3 Mar, 17:00")
    assert who_and_where(said_last(feed, e.DocumentReleased)) == ("goran", "documents page")
    desk.fills("Withdraw a revision", "Withdraw it", released="WI-40, revision B", reason="wrong detergent")
    desk.hears("Withdraw a revision: done")
    expect(page.get_by_text("WI-40, revision B: withdrawn")).to_be_visible()
    assert said_last(feed, e.DocumentWithdrawn).reason == "wrong detergent"
    added = {"title": "Rinse twice", "revision": "A", "text": "Rinse, dry, rinse.", "work_centers": "Washing"}
    desk.fills("A new document", "Release it", document="WI 77", **added)
    desk.refused("'WI 77' is no id of a document")
    desk.fills("A new document", "Release it", document="WI-77", **added)
    desk.hears("A new document: done")
    expect(page.locator("tr", has_text="Rinse twice").first).to_contain_text("A")
    desk.fills("A document is needed no more", "Nobody needs it", document="WI-77", reason="once is enough")
    expect(page.locator("tr", has_text="Rinse twice").first).to_contain_text("is not needed now")
    large = tmp_path / "large.pdf"
    large.write_bytes(b"%PDF-".ljust(4_000_001))
    desk.fills("Release a revision", "Release it", document="WI-40", revision="C", file=str(large))
    desk.refused("large.pdf is larger than 4 MB; allowed: up to that", at="file")
    drawing = tmp_path / "wash.svg"
    drawing.write_text(DRAWING)
    desk.fills("Release a revision", "Release it", document="WI-40", revision="C", file=str(drawing))
    desk.hears("Release a revision: done")
    page.get_by_role("combobox", name="document", exact=True).click()
    page.get_by_role("menuitem", name="WI-40: ").click()
    picture = page.get_by_role("img", name="wash.svg")
    expect(picture).to_be_visible()
    assert picture.evaluate("it => it.decode().then(() => it.naturalWidth)") == 320
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Open wash.svg (drawing)").click()
    assert opened.value.evaluate("document.querySelectorAll('*').length") == 2, "the drawing, without its script"
    opened.value.close()


def test_a_lot_expires_as_its_label_says(viewer: Viewer, address: str, feed: Feed) -> None:
    page = viewer.look(f"{address}/stock", theme="dark", width=PHONE, height=3000)
    desk = Forms(page)
    desk.is_used_by("marek")
    desk.fills("A lot expires", "It expires then", lot="open-OIL9", expires="2026-05-01 00:00")
    desk.refused("nothing of lot 'open-OIL9' is in stock (did you mean 'open-OIL'?); allowed: ")
    desk.fills("A lot expires", "It expires then", lot="open-OIL", expires="2026-05-01 00:00")
    desk.hears("A lot expires: done")
    expect(page.locator("tr", has_text="open-OIL").filter(has_text="Fri 1 May, 00:00").first).to_be_visible()
    assert who_and_where(said_last(feed, e.LotExpirySet)) == ("marek", "stock page")
    assert page.evaluate(SIDEWAYS) == []

"""Labels that the product prints itself read back with somebody else's decoder."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.rooms.quality.valve_shop import Shop
from tests.rooms.tracing.reading import pixels, read
from twin.results.labels.codes import CodeKind, CodeUnknown, read_code
from twin.results.labels.drawing import code_128_svg, qr_svg
from twin.results.labels.label import label, labels, labels_of_request
from twin.results.labels.sheet import save_labels, sheet_html


@pytest.fixture
def shop() -> Shop:
    shop = Shop()
    shop.delivery("P1", 20)
    return shop.order("A", 12)


@example(name="/300(")  # once taken for N300P besides: see `read`
@given(name=st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=30))
def test_whatever_is_drawn_reads_back(name: str) -> None:
    text = f"LOT:{name}"
    assert read(pixels(qr_svg(text))) == [("QRCode", text)]
    assert read(pixels(code_128_svg(text))) == [("Code128", text)]


def test_what_no_scanner_types_is_refused() -> None:
    for draw in (qr_svg, code_128_svg):
        with pytest.raises(ValueError, match="cannot stand on a label"):
            draw("LOT:Fräse")


def test_a_request_has_a_label_for_each_lot_and_job_order(shop: Shop) -> None:
    found = labels_of_request(shop.run, "A-VALVE")
    assert [it.code.text for it in found] == [
        text for n in "123" for text in (f"LOT:A-VALVE.{n}", f"JOB:A-VALVE.{n}/10", f"JOB:A-VALVE.{n}/20")
    ]
    assert found[0].lines == ("VALVE (VALVE)", "5 piece", "For A, due Mon 9 Mar, 04:43")
    assert found[1].lines[0] == "Operation 10 at boring"
    with pytest.raises(CodeUnknown, match="no request 'B'; allowed: A-VALVE"):
        labels_of_request(shop.run, "B")


def test_every_work_unit_person_and_place_has_one(shop: Shop) -> None:
    texts = [
        it.code.text for kind in (CodeKind.EQUIPMENT, CodeKind.PERSON, CodeKind.PLACE, CodeKind.ACTION) for it in labels(shop.run, kind)
    ]
    assert texts == ["UNIT:mill_1", "UNIT:grinder_1", "PERSON:quinn", "PERSON:olga", "PLACE:rack", "DO:undo", "DO:sign off"]
    assert all(read_code(shop.run, text).text == text for text in texts)
    assert label(shop.run, read_code(shop.run, "PERSON:olga")).lines == ("operator",)


def test_what_is_typed_means_the_one_thing_that_has_the_name(shop: Shop) -> None:
    assert read_code(shop.run, " mill_1 ").text == "UNIT:mill_1"
    assert read_code(shop.run, "lot:L-P1").text == "LOT:L-P1"
    for text, words in (
        ("mil_1", r"nothing here is called 'mil_1' \(did you mean 'mill_1'\?\); a code begins with LOT:, JOB:"),
        ("LOT:L-P2", r"no lot 'L-P2' \(did you mean 'L-P1'\?\)"),
        ("", "nothing was scanned"),
    ):
        with pytest.raises(CodeUnknown, match=words):
            read_code(shop.run, text)
    shop.delivery("P9", 1)
    shop.run.mes.tracking.lots["mill_1"] = shop.run.mes.tracking.lots["L-P9"]
    with pytest.raises(CodeUnknown, match="'mill_1' may be LOT:mill_1 or UNIT:mill_1"):
        read_code(shop.run, "mill_1")


def test_a_sheet_holds_all_labels_and_fetches_nothing(shop: Shop, tmp_path: Path) -> None:
    found = labels_of_request(shop.run, "A-VALVE")
    page = sheet_html("Labels <of> A", found)
    assert page.count("class='label'") == len(found) == 9
    assert "Labels &lt;of&gt; A" in page
    assert "http" not in page.replace("http://www.w3.org/2000/svg", "")
    written = save_labels("Labels", found[:1], tmp_path / "labels")
    assert [path.name for path in written] == ["labels.html", "LOT_A-VALVE.1.qr.svg", "LOT_A-VALVE.1.code128.svg"]
    assert read(pixels(written[1].read_text())) == [("QRCode", "LOT:A-VALVE.1")]

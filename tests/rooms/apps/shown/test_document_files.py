"""Files of documents over HTTP: by digest, as what they are, with nothing in them that acts, and no way to any other file."""

from __future__ import annotations

import base64
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.ports import free_port
from tests.rooms.readiness.test_documents import instruction
from tests.rooms.readiness.turning_shop import TurningShop
from twin.apps.feed import Feed
from twin.apps.server import PageServer
from twin.model.events import DocumentReleased
from twin.model.readiness.documents import digest_of
from twin.model.readiness.opened import without_acts
from twin.results.readiness.document_files import document_file
from twin.store.replay import ReplaySource

PDF = b"%PDF-1.7 drawn"
SVG = (
    b"<svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink' onload='alert(1)'><script>alert(1)</script>"
    b"<a xlink:href='javascript:alert(1)'><rect/></a><foreignObject/><style>@import 'http://elsewhere/a.css';</style>"
    b"<style>.cut{fill:url(#hatch)} /* a@b */ .lit{fill:red} @media print{.ink{fill:#000}} .off{background:image-set('http://elsewhere/r')}"
    b".on{fill:blue}</style><image href='http://elsewhere/p.png'/><rect class='cut' style='fill:url(http://elsewhere/q)'/></svg>"
)


def released(shop: TurningShop, revision: str, file: str, content: bytes, text: str = "") -> str:
    said = {"document": "WI-12", "revision": revision, "file": file, "content": base64.b64encode(content).decode(), "text": text}
    return shop.say(DocumentReleased, person="ida", **said)


@pytest.fixture
def shop(tmp_path: Path) -> TurningShop:
    (tmp_path / "fixture.pdf").write_bytes(PDF)
    (tmp_path / "secrets.yaml").write_text("olga: correct horse")
    return TurningShop(**instruction(B={"file": "fixture.pdf", "digest": digest_of(PDF)}))


@pytest.fixture
def address(shop: TurningShop, tmp_path: Path) -> Iterator[str]:
    with PageServer(Feed(shop.run, ReplaySource([]), "told", folder=tmp_path), free_port()) as server:
        yield server.address


def opened(address: str, path: str) -> tuple[int, bytes, dict[str, str]]:
    try:
        with urllib.request.urlopen(address + path, timeout=20) as answer:
            return answer.status, answer.read(), dict(answer.headers)
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.read(), dict(refusal.headers)


def test_a_declared_file_and_one_that_came_with_an_entry_are_opened_by_digest_alone(
    shop: TurningShop, address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert released(shop, "C", "drawing.svg", SVG) == ""
    threads, cleaned = set[str](), without_acts.cache_info().misses

    def seen(*asked: Any) -> tuple[str, bytes]:
        threads.add(threading.current_thread().name)
        return document_file(*asked)

    monkeypatch.setattr("twin.apps.components.document_files.document_file", seen)
    status, content, headers = opened(address, f"/document/{digest_of(PDF)}")
    assert (status, content, headers["Content-Type"], headers["X-Content-Type-Options"]) == (200, PDF, "application/pdf", "nosniff")
    status, content, headers = opened(address, f"/document/{digest_of(SVG)}")
    assert (status, headers["Content-Type"]) == (200, "image/svg+xml")
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "sandbox" in headers["Content-Security-Policy"]
    assert all(kept in content for kept in (b"url(#hatch)", b".lit{fill:red}", b"@media print{.ink{fill:#000}}", b".on{fill:blue}"))
    assert not [bad for bad in (b"alert", b"elsewhere", b"script", b"foreignObject", b"onload") if bad in content]
    for away in (f"/document/{digest_of('olga: correct horse')}", "/document/..%2Fsecrets.yaml", "/document/secrets.yaml", "/document/"):
        assert opened(address, away)[0] == 404, away
    assert "pages" not in threads, "the thread of all pages waits for no file"
    assert without_acts.cache_info().misses == cleaned, "it was cleaned as it was released, and is not for each who looks"
    (tmp_path / "fixture.pdf").write_bytes(PDF + b" anew")
    status, words, _ = opened(address, f"/document/{digest_of(PDF)}")
    assert (status, words.decode().partition(";")[0]) == (410, "'fixture.pdf' was changed since it was released")


def test_what_is_no_document_is_not_released(shop: TurningShop) -> None:
    for file, content, words in (
        ("drawing.pdf", b"MZ", "'drawing.pdf' is not what its name says; allowed: application/pdf"),
        ("drawing.dwg", PDF, "'drawing.dwg' cannot be opened; allowed: a name that ends in .pdf, .png"),
        ("drawing.svg", b"<!DOCTYPE svg [<!ENTITY a 'b'>]><svg/>", "it declares a document type"),
        ("drawing.svg", b"<html/>", "its outermost element is no svg"),
        ("notes.txt", b"\xff\xfe", "is no text/plain"),
        ("", PDF, "'' cannot be opened"),
        ("drawing.pdf", PDF + bytes(4_000_000), "the file is larger than 4 MB"),
        ("drawing.pdf", b"", "'drawing.pdf' came without its content"),
    ):
        assert words in released(shop, "C", file, content)
    assert list(shop.run.mes.documents.documents["WI-12"].all) == ["B"]


def test_a_text_that_came_as_a_file_is_read_where_its_words_are_and_a_revision_says_one_thing(shop: TurningShop) -> None:
    assert "allowed: one of them" in released(shop, "C", "notes.md", b"Clamp twice.", text="Clamp once.")
    assert released(shop, "C", "notes.md", b"Clamp twice.") == ""
    assert released(shop, "C", "notes.md", b"Clamp twice.") == "revision C of WI-12 is released already"
    it = shop.run.mes.documents.documents["WI-12"].all["C"]
    assert (it.text, it.file, it.digest) == ("Clamp twice.", "notes.md", digest_of(b"Clamp twice."))
    assert shop.is_the_same_from_every_source()

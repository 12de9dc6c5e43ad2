"""The words of a PDF as they stand on its pages: its fonts say which character each glyph is. Enough for what Typst writes, and no more."""

from __future__ import annotations

import re
import zlib

_OBJECT = re.compile(rb"(\d+) 0 obj\s*(.*?)endobj", re.S)
_FONT = re.compile(rb"/(f\d+) (\d+) 0 R")
_INSIDE = rb"(?:\\.|[^()\\])*"
for _ in range(6):  # brackets that close stand for themselves, as deep as glyphs happen to have their numbers
    _INSIDE = rb"(?:\\.|[^()\\]|\(" + _INSIDE + rb"\))*"
_SHOWN = re.compile(rb"/(f\d+) [\d.]+ Tf|(\(" + _INSIDE + rb"\))|\b(BT|ET)\b", re.S)
_ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def words_of(pdf: bytes) -> list[str]:
    """Each piece of text that was set, in the order in which it was."""
    objects = {int(number): body for number, body in _OBJECT.findall(pdf)}
    fonts = {name: _characters(objects, int(at)) for body in objects.values() for name, at in _FONT.findall(body)}
    found: list[str] = []
    for body in objects.values():
        content = _unpacked(body)
        if b"BT" in content and b"Tf" in content:
            found += _texts(content, fonts)
    return found


def _unpacked(body: bytes) -> bytes:
    """The stream of an object; nothing where it has none."""
    head, mark, rest = body.partition(b"stream")
    packed = rest.lstrip(b"\r\n").rpartition(b"endstream")[0]
    return zlib.decompressobj().decompress(packed) if mark and b"FlateDecode" in head else b""


def _characters(objects: dict[int, bytes], font: int) -> dict[int, str]:
    """By glyph, what it stands for."""
    named = re.search(rb"/ToUnicode (\d+) 0 R", objects[font])
    if named is None:
        return {}
    table = _unpacked(objects[int(named[1])])
    single = b"".join(re.findall(rb"beginbfchar(.*?)endbfchar", table, re.S))
    known = {int(glyph, 16): bytes.fromhex(text.decode()).decode("utf-16-be") for glyph, text in re.findall(rb"<(\w+)>\s*<(\w+)>", single)}
    for block in re.findall(rb"beginbfrange(.*?)endbfrange", table, re.S):
        for first, last, text in re.findall(rb"<(\w+)>\s*<(\w+)>\s*<(\w+)>", block):
            known |= {glyph: chr(int(text, 16) + glyph - int(first, 16)) for glyph in range(int(first, 16), int(last, 16) + 1)}
    return known


def _texts(content: bytes, fonts: dict[bytes, dict[int, str]]) -> list[str]:
    """What is shown between each BT and ET."""
    found, font, text, is_text = list[str](), dict[int, str](), "", False
    for name, string, mark in _SHOWN.findall(content):
        if name:
            font = fonts[name]
        elif string and is_text:
            glyphs = re.sub(rb"\\([0-7]{3}|.)", _plain, string[1:-1], flags=re.S)
            text += "".join(font[int.from_bytes(glyphs[at : at + 2])] for at in range(0, len(glyphs), 2))
        elif mark:
            is_text = mark == b"BT"
            found += [text] if text else []
            text = ""
    return found


def _plain(escape: re.Match[bytes]) -> bytes:
    it = escape[1]
    return bytes([int(it, 8)]) if it.isdigit() else _ESCAPES.get(it, it)

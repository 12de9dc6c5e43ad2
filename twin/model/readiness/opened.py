"""Files that are opened at the point of use: which may be, what their content has to be, and an SVG without anything that could act.

A name proves nothing, so the content is looked at; a drawing that somebody sends is shown to everybody, so no script may come with it.
"""

from __future__ import annotations

import base64
import binascii
import re
import struct
import zlib
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice
from pathlib import PurePosixPath
from xml.etree import ElementTree

from twin.model.problems import listed

PDF, SVG, TEXT = "application/pdf", "image/svg+xml", "text/plain"
MEDIA = {".pdf": PDF, ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".svg": SVG, ".md": TEXT, ".txt": TEXT}
"""Media types of what can be opened, by the ends of names."""
PHOTOS = ("image/png", "image/jpeg")
"""What a camera gives."""
BEGINS = {PDF: b"%PDF-", "image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}
_Part = tuple[bytes, bytes]
"""What a part of a picture is, and what it holds."""
_END = b"\xd9"
_MOST_PARTS = 10_000
_MOST_PIXELS = 50_000_000
"""Of a photo: what a large camera gives; a small file can ask for more than a server holds."""
LARGEST = 4_000_000
"""Of a file that is sent with an entry, bytes: it is kept in the journal."""
_SVG, _XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
for _prefix, _namespace in (("svg", _SVG), ("xlink", _XLINK)):
    ElementTree.register_namespace(_prefix, _namespace)  # with a prefix: there is but one default in a process
_DRAWN = frozenset({
    "svg", "g", "defs", "symbol", "use", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text", "tspan", "textPath",
    "title", "desc", "linearGradient", "radialGradient", "stop", "clipPath", "mask", "pattern", "marker", "image", "style",
})  # fmt: skip
"""Elements that draw something; all others are left out, with what is in them."""
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]", re.DOTALL)
_HREFS = ("href", f"{{{_XLINK}}}href")
_SHOWN_WITHIN = ("#", "data:image/png;base64,", "data:image/jpeg;base64,")


def media_of(name: str) -> str:
    """The media type of a file that can be opened; "" of others."""
    return MEDIA.get(PurePosixPath(name).suffix.lower(), "")


def why_not_opened(name: str, content: bytes) -> str:
    """Why nobody can open a file of this name and content; "" if it can be opened."""
    media = media_of(name)
    if not media:
        return f"'{name}' cannot be opened; allowed: a name that ends in {listed(MEDIA)}"
    if not content.startswith(BEGINS.get(media, b"")) or not content:
        return f"'{name}' is not what its name says; allowed: {media}"
    try:
        if media == TEXT:
            content.decode()
        elif media == SVG:
            without_acts(content)
    except ValueError as error:  # of a text that is not in UTF-8, too
        return f"'{name}' is no {media}: {error}"
    return ""


def why_not_seen(name: str, content: bytes) -> str:
    """Why nobody can see a photo of this name and content, which begins as one; "" if it is whole from its first byte to its last."""
    is_png = media_of(name) == "image/png"
    parts = list(islice(_png_parts(content) if is_png else _jpeg_parts(content), _MOST_PARTS))
    width, height = _png_size(parts) if is_png else _jpeg_size(parts)
    if width * height > _MOST_PIXELS:
        return f"'{name}' has {width} x {height} pixels; allowed: up to {_MOST_PIXELS // 1_000_000} million"
    is_whole = bool(parts) and parts[-1][0] in (b"IEND", _END)
    if is_png and is_whole:
        is_whole = _unpacks(b"".join(part for kind, part in parts if kind == b"IDAT"), 8 * (width + 2) * height)
    return "" if width * height and is_whole else f"'{name}' is no whole picture; allowed: a PNG or JPEG that can be shown"


def _png_parts(content: bytes) -> Iterator[_Part]:
    """Its chunks, up to the first that is not as it was written (ISO/IEC 15948, 5)."""
    place, kind = 8, b""
    while place + 12 <= len(content) and kind != b"IEND":
        (length,), kind = struct.unpack_from(">I", content, place), content[place + 4 : place + 8]
        part, place = content[place + 4 : place + 8 + length], place + 12 + length
        if place > len(content) or struct.unpack_from(">I", content, place - 4) != (zlib.crc32(part),):
            return
        yield kind, part[4:]


def _png_size(parts: Sequence[_Part]) -> tuple[int, int]:
    kind, part = parts[0] if parts else (b"", b"")
    return struct.unpack(">II", part[:8]) if kind == b"IHDR" and len(part) == 13 else (0, 0)


def _unpacks(packed: bytes, most: int) -> bool:
    """Whether it is whole, and no more than so many bytes: unpacked in parts, and none of them kept."""
    unpacking = zlib.decompressobj()
    try:
        while packed and not unpacking.eof and most >= 0:
            most -= len(unpacking.decompress(packed, 1 << 20))
            packed = unpacking.unconsumed_tail
    except zlib.error:
        return False
    return unpacking.eof and most >= 0


def _jpeg_parts(content: bytes) -> Iterator[_Part]:
    """Its segments from marker to marker (ITU-T T.81, annex B)."""
    place, kind, has_scan = 2, b"", False
    while place + 2 <= len(content) and content[place] == 0xFF and kind != _END:
        kind, length = content[place + 1 : place + 2], int.from_bytes(content[place + 2 : place + 4])
        if (kind != _END and length < 2) or (kind == _END and not has_scan):
            return
        yield kind, content[place + 4 : place + 2 + length]
        place += 2 + length
        if kind == b"\xda":  # what follows is the picture itself, in which 0xFF is no marker before 0 or a restart
            has_scan, found = True, _MARKER.search(content, place)
            place = found.start() if found else len(content)


def _jpeg_size(parts: Iterable[_Part]) -> tuple[int, int]:
    for kind, part in parts:
        if 0xC0 <= kind[0] <= 0xCF and kind[0] not in (0xC4, 0xC8, 0xCC) and len(part) >= 6:
            height, width = struct.unpack(">HH", part[1:5])
            return width, height
    return 0, 0


def content_of(written: str) -> bytes:
    """What a file holds that came as base64.

    Raises
    ------
    ValueError : it is no base64, or larger than what is taken
    """
    try:
        content = base64.b64decode(written, validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("the file did not come as it was sent; allowed: its bytes as base64") from None
    if len(content) > LARGEST:
        raise ValueError(f"the file is larger than {LARGEST // 1_000_000} MB; allowed: up to that")
    return content


@lru_cache(maxsize=8)
def without_acts(content: bytes) -> bytes:
    """An SVG with what draws alone: no script, no handler, nothing from elsewhere, no entities. The last few are kept: it takes a second.

    Of a style sheet the rules that reach out are left out, and the others stay.

    Raises
    ------
    ValueError : it is no SVG, or declares a document type, with which entities come
    """
    text = content.decode()  # an SVG in another encoding could hide what is looked for
    if "<!DOCTYPE" in text.upper() or "<!ENTITY" in text.upper():
        raise ValueError("it declares a document type; allowed: an SVG without one")
    try:
        root = ElementTree.fromstring(text)
        if root.tag != f"{{{_SVG}}}svg":
            raise ValueError("its outermost element is no svg")
        _strip(root)
        clean: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    except (ElementTree.ParseError, RecursionError) as error:
        raise ValueError(f"it cannot be read ({error})") from None
    return clean


def _strip(root: ElementTree.Element) -> None:
    for parent in list(root.iter()):
        for child in list(parent):
            is_style = child.tag == f"{{{_SVG}}}style"
            if not _draws(child.tag) or (is_style and len(child)):
                parent.remove(child)
            elif is_style:
                child.text = "".join(rule for rule in _rules(child.text or "") if not _reaches_out(rule))
        for name, value in list(parent.attrib.items()):
            is_away = name in _HREFS and not value.strip().lower().startswith(_SHOWN_WITHIN)
            if is_away or name.rpartition("}")[2].lower().startswith("on") or _reaches_out(value if name not in _HREFS else ""):
                del parent.attrib[name]


def _draws(tag: str) -> bool:
    namespace, _, name = tag.rpartition("}")
    return namespace == f"{{{_SVG}" and name in _DRAWN


def _rules(style: str) -> Iterator[str]:
    """The rules of a style sheet without comments, each with what stands in its braces.

    It is not read as a browser reads it, where braces stand in quotes: each part that stays is harmless by itself, and ends at a brace or
    a semicolon, so that it makes nothing else of the next.
    """
    text = _COMMENT.sub(" ", style)
    begin = depth = 0
    for at, sign in enumerate(text):
        depth += (sign == "{") - (sign == "}")
        if depth <= 0 and sign in ";}":
            yield text[begin : at + 1]
            begin, depth = at + 1, 0
    yield text[begin:]


def _reaches_out(value: str) -> bool:
    """Whether a style or an attribute takes something from elsewhere, or could; a backslash may write anything."""
    low = "".join(value.lower().split())
    return (
        "\\" in low
        or any(taken in low for taken in ("@import", "script:", "image-set(", "src("))
        or low.replace("url(#", "").replace("url('#", "").replace('url("#', "").count("url(") > 0
    )

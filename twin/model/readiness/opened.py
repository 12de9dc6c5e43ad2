"""Files that are opened at the point of use: which may be, what their content has to be, and an SVG without anything that could act.

A name proves nothing, so the content is looked at; a drawing that somebody sends is shown to everybody, so no script may come with it.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import PurePosixPath
from xml.etree import ElementTree

from twin.model.problems import listed

PDF, SVG, TEXT = "application/pdf", "image/svg+xml", "text/plain"
MEDIA = {".pdf": PDF, ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".svg": SVG, ".md": TEXT, ".txt": TEXT}
"""Media types of what can be opened, by the ends of names."""
PHOTOS = ("image/png", "image/jpeg")
"""What a camera gives."""
BEGINS = {PDF: b"%PDF-", "image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}
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

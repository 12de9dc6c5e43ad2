"""What stands beside what is to be done: a document as the tablet draws it."""

from __future__ import annotations

from typing import Any

from twin.apps.components.document_files import address_of, is_picture
from twin.model.readiness.opened import media_of
from twin.results.readiness.documents_now import DocumentSeen


def shown(it: DocumentSeen) -> dict[str, Any]:
    """Its words, or where its file is opened; a picture is drawn there."""
    none = f"No revision of {it.document} is released: nobody may start."
    return {
        "title": f"{it.title}, {it.kind} {it.document}", "revision": it.revision, "file": it.file, "is_picture": is_picture(it.file),
        "text": (it.text or (f"It is the file {it.file}." if it.file else "")) if it.revision else none,
        "address": address_of(it.digest) if it.file and media_of(it.file) else "",
    }  # fmt: skip

"""Files as they can be opened: what came with an entry from the journal (revisions, pictures), what is declared from beside plant.yaml."""

from __future__ import annotations

from pathlib import Path

from twin.model.readiness.documents import digest_of
from twin.model.readiness.opened import content_of, why_not_opened
from twin.results.run import Run


class FileAway(ValueError):
    """The file of a revision cannot be had any more; the message says why."""


def document_file(run: Run, digest: str, folder: Path | None) -> tuple[str, bytes]:
    """Name and content of the file of a revision, or of a picture, by its digest. `folder`: of the plant, where declared files lie.

    Raises
    ------
    KeyError : no revision with a file, and no picture, has it
    FileAway : the file is not there, is another by now, or is none that can be opened
    """
    with run.lock:
        known = (it for document in run.mes.documents.documents.values() for it in document.every if it.file and it.digest == digest)
        found = next(known, None)
        pictures = (one for it in run.mes.quality.nonconformances.all.values() for one in it.pictures if one.digest == digest)
        picture = next(pictures, None) if found is None else None
    if picture:
        return picture.file, content_of(picture.content)
    if found is None:
        raise KeyError(digest)
    if found.content:
        return found.file, content_of(found.content)
    path = (folder / found.file).resolve() if folder else None
    if folder is None or path is None or not path.is_relative_to(folder.resolve()) or not path.is_file():
        raise FileAway(f"'{found.file}' is not there any more; allowed: the file with the digest {digest}, beside plant.yaml")
    content = path.read_bytes()
    if digest_of(content) != digest:
        raise FileAway(f"'{found.file}' was changed since it was released; allowed: the file with the digest {digest}, or a new revision")
    if why := why_not_opened(found.file, content):
        raise FileAway(why)
    return found.file, content

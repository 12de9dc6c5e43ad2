"""Revisions whose words stand in a file beside plant.yaml: they are read with the plant, so that nothing else opens a file later."""

from __future__ import annotations

from pathlib import Path

from twin.model.plant import Plant
from twin.model.problems import Finding
from twin.model.readiness.documents import Document, Revision, digest_of

TEXT_ENDS = (".md", ".txt")
"""Of these files the words are read, too; of others, as drawings, the digest alone."""
LARGEST = 20_000_000


def with_document_files(plant: Plant, folder: Path) -> tuple[Plant, list[Finding]]:
    """The plant with what its documents' files say, and what is wrong with these files."""
    found: list[Finding] = []
    documents: dict[str, Document] = {}
    for name, document in plant.layout.documents.items():
        read = {revision: _read(folder, (name, revision), it, found) for revision, it in document.revisions.items()}
        documents[name] = document if read == document.revisions else document.model_copy(update={"revisions": read})
    if documents == plant.layout.documents:
        return plant, found
    return plant.model_copy(update={"layout": plant.layout.model_copy(update={"documents": documents})}), found


def _read(folder: Path, of: tuple[str, str], it: Revision, found: list[Finding]) -> Revision:
    if it.file is None or it.digest:
        return it
    path = (folder / it.file).resolve()
    what = ""
    if not path.is_relative_to(folder.resolve()):
        what = f"'{it.file}' lies outside the folder of the plant"
    elif not path.is_file():
        what = f"there is no file '{it.file}' beside plant.yaml"
    elif path.stat().st_size > LARGEST:
        what = f"'{it.file}' is larger than {LARGEST // 1_000_000} MB"
    text = ""
    if not what:
        content = path.read_bytes()
        if it.file.endswith(TEXT_ENDS):
            try:
                text = content.decode()
            except UnicodeDecodeError:
                what = f"'{it.file}' is no text in UTF-8"
    if what:
        there = sorted(each.name for each in folder.iterdir() if each.is_file() and each.suffix != ".yaml")
        allowed = f"a file beside plant.yaml{': ' + ', '.join(there[:12]) if there else ''}"
        found.append(Finding(document="plant", path=("documents", of[0], "revisions", of[1], "file"), what=what, allowed=allowed))
        return it
    return it.model_copy(update={"text": text, "digest": digest_of(content)})

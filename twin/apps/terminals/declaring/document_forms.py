"""The forms of who answers for documents: new ones, revisions that are released and withdrawn, documents that nobody needs any more."""

from __future__ import annotations

from typing import Any

from twin.apps.terminals.forms import Form, ask, choice, earlier, form, group, several, signing_form
from twin.apps.terminals.readers import Said, file_of, instant_if_any, needed_text_of, parts_of, text_of, texts_of
from twin.apps.words import choices, material_title
from twin.mes.documents.added import KINDS
from twin.model import events as e
from twin.model.problems import listed
from twin.model.readiness.opened import MEDIA
from twin.results.run import Run

_WHEN = "as in 2026-03-02 14:00; empty:"
_SPAN = (
    ask("effective_from", f"Valid from, {_WHEN} now", "text", needed=False),
    ask("effective_to", f"Until, {_WHEN} open", "text", needed=False),
)
_FILE = ask("file", f"Or a file, {listed(MEDIA)}", "file", needed=False)


def document_forms(run: Run) -> list[Form]:
    """What is said on the documents page by who answers for documents. Called with the run's lock."""
    documents = run.mes.documents.documents
    titles = {f"{name}: {it.declared.title or name}": name for name, it in documents.items()}
    released = {
        f"{name}, revision {revision}": f"{name}|{revision}"
        for name, it in documents.items()
        for revision, one in it.all.items()
        if one.standing == "released"
    }
    drafts = [f"{name}, revision {revision}: {one.standing}" for name, it in documents.items() for revision, one in it.all.items()
              if one.standing != "released"]  # fmt: skip
    needed = {title: name for title, name in titles.items() if documents[name].is_needed_at(run.now_us)}
    return [
        group(
            "revisions", "Revisions", drafts,
            form(
                "DocumentReleased", "Release a revision", choice("document", "Document", titles), ask("revision", "Revision", "text"),
                ask("text", "Its words; of a declared revision they are known", "text", needed=False),
                _FILE, *_SPAN, earlier("Released, if earlier, as in 14:05"),
                send="Release it", mark="go",
            ),
            form(
                "DocumentWithdrawn", "Withdraw a revision", choice("released", "Revision", released, none="No revision is released."),
                ask("reason", "Reason", "text"), earlier(), send="Withdraw it", mark="bad",
            ),
            _new(run),
            form(
                "DocumentEnded", "A document is needed no more", choice("document", "Document", needed, none="No document is needed."),
                ask("reason", "Reason", "text"), earlier(), send="Nobody needs it", mark="bad",
            ),
            signing_form(run, "Sign a release", "document"),
        )
    ]  # fmt: skip


def _new(run: Run) -> Form:
    """One that nobody declared, with its first revision; work that it is for needs it once that is valid."""
    layout = run.plant.layout
    materials = {material_title(run.plant, it): it for it in layout.routings}
    operations = dict.fromkeys(operation for routing in layout.routings.values() for operation in routing)
    centers = choices({name: it.title for name, it in layout.work_centers.items()})
    nobody = {"anybody": "", **choices({name: it.title for name, it in layout.personnel_classes.items()})}
    return form(
        "DocumentAdded", "A new document", ask("document", "Id, as in WI-31", "text"), ask("title", "Title", "text"),
        choice("document_kind", "Kind", {it: it for it in KINDS}), ask("revision", "Its first revision, as in A", "text"),
        ask("text", "Its words", "text", needed=False), _FILE, *_SPAN,
        several("materials", "For which materials; none: all", materials, needed=False),
        several("operations", "For which operations; none: all", {it: it for it in operations}, needed=False),
        several("work_centers", "At which work centers; none: all", centers, needed=False),
        choice("acknowledge", "Is to be acknowledged before a start", {"yes": "yes", "no": ""}),
        choice("authority", "Who may release and withdraw it", nobody), send="Release it", mark="go",
    )  # fmt: skip


def released_said(run: Run, said: Said, at: dict[str, Any]) -> e.DocumentReleased:
    """As an event; from now on, and until a newer one is valid, where nothing else is written."""
    return _released(run, said, at)


def added_said(run: Run, said: Said, at: dict[str, Any]) -> e.DocumentReleased:
    """As an event: a document that nobody declared comes with its first revision."""
    about: dict[str, Any] = {name: tuple(filter(None, texts_of(said, name))) for name in ("materials", "operations", "work_centers")}
    about |= {name: text_of(said, name) for name in ("document_kind", "authority")}
    return _released(run, said, at, **about, title=needed_text_of(said, "title"), acknowledge=text_of(said, "acknowledge") == "yes")


def _released(run: Run, said: Said, at: dict[str, Any], **about: Any) -> e.DocumentReleased:
    file, content = file_of(said, "file")
    return e.DocumentReleased(
        **at, **about, document=text_of(said, "document"), revision=needed_text_of(said, "revision"), text=text_of(said, "text"), file=file,
        content=content,
        effective_from_us=instant_if_any(run.plant, said, "effective_from", -1),
        effective_to_us=instant_if_any(run.plant, said, "effective_to", -1),
    )  # fmt: skip


def withdrawn_said(said: Said, at: dict[str, Any]) -> e.DocumentWithdrawn:
    """As an event."""
    document, revision = parts_of(said, "released", 2)
    return e.DocumentWithdrawn(**at, document=document, revision=revision, reason=text_of(said, "reason"))


def ended_said(said: Said, at: dict[str, Any]) -> e.DocumentWithdrawn:
    """As an event: nobody needs the document any more."""
    return e.DocumentWithdrawn(**at, document=text_of(said, "document"), revision="", reason=text_of(said, "reason"), is_over=True)

"""The forms of PINs and secrets: one's own is changed wherever one stands; who has forgotten one gets another from who may give it."""

from __future__ import annotations

from typing import Any

from twin.apps.feed import Feed
from twin.apps.terminals.forms import Form, ask, choice, choose, form, group, option
from twin.apps.words import person_choices
from twin.store.proof.badges import CHANGE, Session

KINDS = {"pin": "PIN", "secret": "Secret to sign with"}
NEW = (ask("new", "The new one", "secret"), ask("again", "The new one again", "secret"))


def own_secret_forms(feed: Feed) -> list[Form]:
    """What whoever stands here may change of his own; nothing where no file of secrets is served."""
    if feed.secrets is None:
        return []
    persons = feed.run.plant.layout.persons
    own = [option(KINDS[kind], kind, person=person) for person in persons for kind in feed.secrets.of(person)]
    which = choose("secret_kind", "What", own, none="Who stands here has no PIN and no secret.")
    changed = form("SecretChanged", CHANGE, which, ask("was", "The one that there is", "secret"), *NEW, send="It is this now")
    return [group("secrets", "PIN and secret", [], changed)]


def given_secret_forms(feed: Feed) -> list[Form]:
    """What somebody who may gives to who has forgotten his own; nothing where nobody may."""
    if feed.secrets is None or not feed.secrets.givers:
        return []
    persons = {title: name for title, name in person_choices(feed.run.plant).items() if feed.secrets.of(name)}
    own = [] if feed.badges.are_asked_for else [ask("was", "Your own secret to sign with", "secret")]  # else anybody could say who he is
    given = form(
        "SecretGiven", "Give a new PIN or secret", choice("worker", "Whom", persons),
        choice("secret_kind", "What", {title: kind for kind, title in KINDS.items()}), *NEW, ask("reason", "Why", "text"), *own,
        send="It is this, until another is chosen",
    )  # fmt: skip
    return [group("given", "Who has forgotten a PIN or secret", [], given)]


def change_secret(feed: Feed, kind: str, by: Session, said: dict[str, Any]) -> str:
    """Do what one of these forms says; "" or in words why not. Whose PIN was chosen by somebody else may do this in his session."""
    of = {name: str(said.get(name, "")) for name in ("secret_kind", "worker", "was", "new", "again", "reason")}
    if feed.secrets is None:
        return "no file of secrets is served here; allowed: twin serve --secrets FILE"
    if kind == "SecretChanged":
        return feed.secrets.change(by.person, by.terminal, of["secret_kind"], was=of["was"], new=of["new"], again=of["again"])
    given = {name: of[name] for name in ("worker", "new", "again", "reason")}
    return feed.badges.why_not(by.person, by) or feed.secrets.give(by.person, by.terminal, of["secret_kind"], own=of["was"], **given)

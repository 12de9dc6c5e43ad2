"""What a run shows to whoever looks: each page as a viewer gets it, and every answer to a program, without browser or sockets."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pandas as pd
import param
from bokeh.model import Model
from bokeh.models import ColumnDataSource
from fastapi import FastAPI

from twin.apps.api.application import application
from twin.apps.feed import Feed
from twin.apps.server import PAGES
from twin.results.run import Run
from twin.store.replay import ReplaySource
from twin.store.tokens import ROLES, Program, Tokens

TOKEN = "reader-of-what-is-shown-0001"
NOT_OF_THE_PLANT = re.compile(r"\bscanner [0-9a-f]{6}\b|\b[0-9a-f]{64}\b|\bchain of \d+ entries\b|\"seq\":\d+")
"""What differs by design: a scanner is named when its page is opened; each entry of a journal has a hash that covers the source that
said it; and a live journal has what its bridge says of how far it has heard as entries, too."""


def page(run: Run, path: str) -> list[str]:
    """All that stands on a page, from the top: texts, tables with every row, what may be chosen, what a figure is drawn of."""
    return [of_the_plant(words) for part in _parts(PAGES[path](_feed(run))) for words in _words(part)]


def _feed(run: Run) -> Feed:
    return Feed(run, ReplaySource([]), "told")


def of_the_plant(words: str) -> str:
    """Without what differs by design."""
    return NOT_OF_THE_PLANT.sub("...", words)


def _parts(part: Any) -> Iterator[Any]:
    yield part
    for inner in getattr(part, "objects", None) or getattr(part, "main", None) or ():
        yield from _parts(inner)


def _words(part: Any) -> Iterator[str]:
    """What one part says; not how it is called, which is counted up, nor what stands within it, which says it by itself."""
    if not isinstance(part, param.Parameterized):
        return
    for name, it in part.param.values(onlychanged=True).items():
        said = sorted(str(source.data) for source in it.select({"type": ColumnDataSource})) if isinstance(it, Model) else it
        if name not in ("name", "objects", "main") and isinstance(said, str | float | list | tuple | dict | pd.DataFrame):
            yield f"{type(part).__name__}.{name}: {said.to_csv() if isinstance(said, pd.DataFrame) else said}"


class _Pointed(Feed):
    """A feed that can be pointed at another run of the same plant, and keeps nothing of the last."""

    def look(self, what: Callable[[Run], Any], fresh_for_s: float = 0.0) -> Any:
        return what(self.run)


_INTERFACES: dict[str, tuple[_Pointed, FastAPI]] = {}  # by plant; to make one takes a second


def answers(run: Run) -> dict[str, str]:
    """What every address that asks for nothing in particular answers to a program that may read all of it, by address."""
    if run.plant.id not in _INTERFACES:
        tokens, pointed = Tokens(), _Pointed(run, ReplaySource([]), "told")
        tokens.admit(TOKEN, Program("reader", "", frozenset(ROLES)))
        _INTERFACES[run.plant.id] = pointed, application(pointed, tokens)
    feed, app = _INTERFACES[run.plant.id]
    feed.run = run
    addresses = sorted(path for path, ways in app.openapi()["paths"].items() if "get" in ways and "{" not in path)

    async def asked() -> dict[str, str]:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://plant") as program:
            found = [(it, await program.get(it, headers={"Authorization": f"Bearer {TOKEN}"})) for it in addresses]
        return {it: of_the_plant(f"{answer.status_code} {answer.text}") for it, answer in found}

    return asyncio.run(asked())

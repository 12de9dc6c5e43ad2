"""YAML as plain tables, lists and scalars, with the line and column of every key and value.

Stricter than YAML 1.1, so that what is read is what was meant: `no`, `on` and `off` are words, `08:30` is not 510, `1e3` is a
number, `007` is a word, a key stands once, and there are no tags or second documents. An alias (`*x`) repeats what its anchor
(`&x`) marked, and what is wrong there is said of the place where it is written.
"""

from __future__ import annotations

import math
import re
import stat
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn, cast

import yaml
from yaml.reader import Reader

from twin.model.problems import Finding, KeyPath, Problem, listed

MAX_BYTES = 2_000_000
MAX_DEPTH = 40
MAX_EVENTS = 200_000  # keys and values, those that aliases repeat included
MAX_NUMBER_CHARS = 18  # an integer of 18 digits fits in int64

Mark = tuple[int, int]
"""Line and column, from 1."""

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml reads ten times as fast; both give the same events and marks
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_NUMBER = re.compile(r"[-+]?(\.[0-9]+|(0|[1-9][0-9]*)(\.[0-9]*)?)([eE][-+]?[0-9]{1,3})?")
_SURROGATE = re.compile("[\ud800-\udfff]")
_CONSTANTS = {"": None, "~": None, "null": None, "Null": None, "NULL": None, "true": True, "True": True, "false": False, "False": False}


@dataclass(kw_only=True)
class MarkedText:
    """One file as read: its data, where each key and value stands, and what was wrong with its text."""

    file: str
    data: Any = None
    keys: dict[KeyPath, Mark] = field(default_factory=dict)
    values: dict[KeyPath, Mark] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    repeated_in: set[KeyPath] = field(default_factory=set)  # tables in which a key stands twice

    def complain(self, mark: Mark, what: str, allowed: str = "") -> None:
        self.problems.append(Problem(file=self.file, line=mark[0], column=mark[1], what=what, allowed=allowed))

    def problem(self, finding: Finding) -> Problem:
        """The finding with the line and column of the deepest part of its path that stands in the text."""
        path = finding.path
        if path in self.values:
            mark = self.keys.get(path, self.values[path]) if finding.at_key else self.values[path]
        else:  # the key is missing: the table that lacks it is named by its own key
            while path not in self.values and path:
                path = path[:-1]
            mark = self.keys.get(path, self.values.get(path, (1, 1)))
        return Problem(file=self.file, line=mark[0], column=mark[1], what=finding.what, allowed=finding.allowed)


class _RefusedError(Exception):
    """The rest of the text cannot be read; the problem is noted already."""


def read_marked(path: Path) -> MarkedText:
    """Read one file. Never raises: what is wrong is in `problems` of the answer, and `data` is None if nothing could be read."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # a pipe would keep us waiting
            return _unreadable(path, "this is no file")
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return _unreadable(path, "the file is missing")
    except OSError as error:
        return _unreadable(path, f"the file cannot be read: {error.strerror}")
    except ValueError:
        return _unreadable(path, "no file can have such a name")
    return read_marked_bytes(str(path), raw)


def _unreadable(path: Path, why: str) -> MarkedText:
    text = MarkedText(file=str(path))
    text.complain((1, 1), why)
    return text


def read_marked_bytes(file: str, raw: bytes) -> MarkedText:
    """Read the contents of a file; `file` is its name in the problems."""
    marked = MarkedText(file=file)
    if len(raw) > MAX_BYTES:
        marked.complain((1, 1), "the file is too large", f"{MAX_BYTES // 1_000_000} MB")
        return marked
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8", errors="replace")
        marked.complain(_mark_after(before), f"byte 0x{raw[error.start]:02x} is not UTF-8", "text saved as UTF-8")
        return marked
    if strange := Reader.NON_PRINTABLE.search(text):
        marked.complain(_mark_after(text[: strange.start()]), f"character U+{ord(strange[0]):04X} cannot be printed")
        return marked
    _read_text(marked, text)
    return marked


def _mark_after(text: str) -> Mark:
    return text.count("\n") + 1, len(text) - text.rfind("\n")


def _read_text(marked: MarkedText, text: str) -> None:
    loader = _LOADER(text)
    try:
        marked.data = _Builder(marked, loader).document()
        if marked.data is None and not marked.problems:
            marked.complain((1, 1), "the file is empty", "a table, as in 'plant: my_plant'")
    except yaml.MarkedYAMLError as error:
        marked.complain(*_syntax(error, text))
        marked.data = None
    except _RefusedError:
        marked.data = None
    finally:
        loader.dispose()


_SYNTAX = {
    "found unexpected end of stream": "a quote is opened here and never closed",
    "tab character": "a tab stands here; indent with blanks",
    "cannot start any token": "text may not begin so; put it in quotes",
    "mapping values are not allowed": "':' is not expected here; put text that holds ': ' in quotes, or check the indentation",
    "sequence entries are not allowed": "'-' is not expected here; a list begins on a line of its own",
    "could not find expected ':'": "':' is missing after this key",
    "',' or '}'": "',' or '}' is expected",
    "',' or ']'": "',' or ']' is expected",
    "expected key": "this does not fit the lines above; check the indentation",
    "<block end>": "this does not fit the lines above; check the indentation",
    "'-' indicator": "this does not fit the list above; check the indentation",
    "undefined tag handle": "tags are not read",
    "unknown escape character": "this '\\' means nothing in double quotes; use single quotes",
    "document start": "the file goes on after its end ('...')",
    "node content": "a value is expected here",
}
"""What libyaml and PyYAML say, in part, and what we say."""


def _syntax(error: yaml.MarkedYAMLError, text: str) -> tuple[Mark, str]:
    """Where the text is no YAML, and why, for somebody who does not know the parser's words."""
    said = str(error.problem or error.context)
    ours = next((ours for theirs, ours in _SYNTAX.items() if theirs in said), f"this is no YAML: {said}")
    at, opened = error.problem_mark or error.context_mark, error.context_mark
    if at is None:
        return (1, 1), ours
    lines = text.splitlines()
    if at.line < len(lines) and lines[at.line][at.column : at.column + 1] == "\t":
        ours = _SYNTAX["tab character"]
    elif opened is not None and "is opened here" in ours:
        at = opened
    elif opened is not None and "is expected" in ours and opened.line < at.line:
        ours += f" (opened on line {opened.line + 1})"
    return (at.line + 1, at.column + 1), ours


class _Builder:
    """Builds tables and lists from the parser's events; keeps the first of a duplicate key."""

    def __init__(self, marked: MarkedText, loader: Any) -> None:
        self._marked = marked
        self._loader = loader
        self._count = 0
        self._anchors: dict[str, list[yaml.Event]] = {}  # what each complete anchor stands for, aliases in it written out
        self._recordings: list[list[yaml.Event]] = []  # of the anchors that are open
        self._pending: deque[yaml.Event] = deque()  # of an alias

    def _next(self) -> yaml.Event:
        """The next event of the text, or of what an alias repeats."""
        event = cast(yaml.Event, self._pending.popleft() if self._pending else self._loader.get_event())
        if isinstance(event, yaml.AliasEvent):
            if event.anchor not in self._anchors:
                self._refuse(event, f"'*{event.anchor}' repeats nothing", f"an anchor that is complete before it: {listed(self._anchors)}")
            self._pending.extendleft(reversed(self._anchors[event.anchor]))
            return self._next()
        self._count += 1
        if self._count > MAX_EVENTS:
            self._refuse(event, "there is too much in this file", f"{MAX_EVENTS:,} keys and values, with what aliases repeat")
        for recording in self._recordings:
            recording.append(event)
        return event

    def document(self) -> Any:
        data: Any = None
        documents = 0
        while self._loader.check_event():
            event = self._next()
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self._refuse(event, "a second document begins here", "one document in a file")
            elif isinstance(event, yaml.NodeEvent):
                data = self._node(event, ())
        return data

    def _refuse(self, event: yaml.Event, what: str, allowed: str = "") -> NoReturn:
        self._marked.complain(_mark_of(event), what, allowed)
        raise _RefusedError

    def _node(self, event: yaml.Event, path: KeyPath) -> Any:
        assert isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent)
        self._marked.values[path] = _mark_of(event)
        if event.tag is not None:
            self._refuse(event, f"tag '{event.tag.replace('tag:yaml.org,2002:', '!!')}' is not read", "the value without a tag")
        if len(path) > MAX_DEPTH:
            self._refuse(event, "tables are nested too deep", f"{MAX_DEPTH} levels")
        if event.anchor is None:
            return self._value(event, path)
        recording: list[yaml.Event] = [event]
        self._recordings.append(recording)
        value = self._value(event, path)
        self._recordings.pop()
        self._anchors[event.anchor] = recording
        return value

    def _value(self, event: yaml.Event, path: KeyPath) -> Any:
        if isinstance(event, yaml.MappingStartEvent):
            return self._table(path)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._list(path)
        return self._scalar(cast(yaml.ScalarEvent, event))

    def _table(self, path: KeyPath) -> dict[str, Any]:
        table: dict[str, Any] = {}
        while not isinstance(key_event := self._next(), yaml.MappingEndEvent):
            if not isinstance(key_event, yaml.ScalarEvent):
                self._refuse(key_event, "a key must be one word", "key: value")
            key, mark = key_event.value, _mark_of(key_event)
            if key_event.anchor is not None or key_event.tag is not None:
                self._refuse(key_event, f"key '{key}' has an anchor or a tag", "the key alone")
            place = (*path, key)
            if key in table:
                self._marked.complain(mark, f"duplicate key '{key}' (first on line {self._marked.keys[place][0]})", "each key once")
                self._marked.repeated_in.add(path)
                place = (*path, f"{key} ")  # read it to get past it, for its own problems; the first one counts
            self._marked.keys[place] = mark
            value = self._node(self._next(), place)
            table.setdefault(key, value)
        return table

    def _list(self, path: KeyPath) -> list[Any]:
        entries: list[Any] = []
        while not isinstance(event := self._next(), yaml.SequenceEndEvent):
            entries.append(self._node(event, (*path, len(entries))))
        return entries

    def _scalar(self, event: yaml.ScalarEvent) -> Any:
        text = str(event.value)
        if _SURROGATE.search(text):
            self._refuse(event, "half of a surrogate pair is no character", "the character itself, or both halves of it")
        return text if event.style not in (None, "") else _plain(text)


def _mark_of(event: yaml.Event) -> Mark:
    start = event.start_mark
    assert start is not None
    return start.line + 1, start.column + 1


def _plain(text: str) -> Any:
    """A scalar without quotes: nothing, true or false, a number, or the text itself."""
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if len(text) > MAX_NUMBER_CHARS:
        return text
    if _INTEGER.fullmatch(text):
        return int(text)
    if _NUMBER.fullmatch(text):
        number = float(text)
        if not math.isfinite(number):
            return text
        whole = "e" in text.lower() and number.is_integer() and abs(number) < 10**MAX_NUMBER_CHARS
        return int(number) if whole else number
    return text

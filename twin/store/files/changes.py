"""The changes of a scenario: what is different in the plant from its files, as a small diff.

"work_units.mill_1.hourly_cost": "50 EUR/h" sets a value, "work_units.mill_4": {...} adds an entry, and null takes one away
(an optional value is then as if it were left out). Entries of a list go by their number, from 0; the number after the last adds one.
Paths into materials, suppliers and customers mean items.yaml, all others plant.yaml.
"""

from __future__ import annotations

from typing import Any

from twin.model.checks import Doubts, check_plant
from twin.model.master_data.currencies import other_currencies
from twin.model.materials import Materials
from twin.model.plant import Plant, PlantFile
from twin.model.problems import Document, Finding, KeyPath, PlantFileError, Problem, did_you_mean, listed
from twin.model.scenario import Scenario
from twin.model.signals import SignalMap
from twin.store.files.mending import read_or_mend


def apply_changes(plant: Plant, scenario: Scenario) -> Plant:
    """The plant as the scenario wants it; its signals without those of equipment that the scenario takes away.

    Raises
    ------
    PlantFileError : a change names what is not there, or makes a plant that cannot be
    """
    changed, found = examine_changes(plant, scenario.changes, Doubts())
    if found:
        where = f"changes of '{scenario.title or scenario.plant}'"
        raise PlantFileError(Problem(file=where, line=0, column=0, what=f.what, allowed=f.allowed) for f in found)
    return changed


def examine_changes(plant: Plant, changes: dict[str, Any], doubts: Doubts) -> tuple[Plant, list[Finding]]:
    """The changed plant, and what is wrong, as findings in the scenario: with any, the plant is a mended one.

    `doubts` : what is in doubt in `plant`; afterwards, in the changed plant
    """
    return _ChangedPlant(plant, doubts).examine(changes) if changes else (plant, [])


class _RefusedError(Exception):
    """A change that cannot be made: why and what is allowed, and where in the plant something is not as it was meant."""

    def __init__(self, why: str, path: KeyPath) -> None:
        super().__init__(why)
        self.path = path


class _ChangedPlant:
    """The tables of a plant in their written form, and which change made which part of them."""

    def __init__(self, plant: Plant, doubts: Doubts) -> None:
        written = plant.model_dump(mode="json")
        self._before = plant
        self._tables: dict[Document, dict[str, Any]] = {"plant": written["layout"], "items": written["materials"]}
        self._made: dict[tuple[Document, KeyPath], str] = {}
        self._doubts = doubts
        self._found: list[Finding] = []

    def examine(self, changes: dict[str, Any]) -> tuple[Plant, list[Finding]]:
        known = {_gist(finding) for finding in check_plant(self._before, self._doubts.copy())}
        for key, value in changes.items():
            document: Document = "items" if key.split(".", maxsplit=1)[0] in Materials.model_fields else "plant"
            try:
                self._change(document, key, value)
            except _RefusedError as refused:
                self._refuse(document, key, refused)
        layout = read_or_mend("plant", PlantFile, self._tables["plant"], self._doubts)
        materials = read_or_mend("items", Materials, self._tables["items"], self._doubts)
        changed = Plant(layout=layout.table, materials=materials.table, signals=self._before.signals)
        changed = changed.model_copy(update={"signals": _remaining_signals(changed)})
        fresh = [finding for finding in check_plant(changed, self._doubts) if _gist(finding) not in known]
        found = [(layout if finding.document == "plant" else materials).in_text(finding) for finding in fresh]
        return changed, self._found + [self._in_scenario(finding) for finding in (*layout.found, *materials.found, *found)]

    def _refuse(self, document: Document, key: str, refused: _RefusedError) -> None:
        """Say why the change cannot be made, unless it is for what is in doubt anyway; nobody knows then what it was to change."""
        what, _, allowed = str(refused).partition("; allowed: ")
        if not self._doubts.is_unknown(document, refused.path):
            self._found.append(Finding(document="scenario", path=("changes", key), what=what, allowed=allowed, at_key=True))
        documents: list[Document] = [document] if refused.path else ["plant", "items"]
        for doubtful in documents:
            self._doubts.add(doubtful, refused.path)

    def _change(self, document: Document, key: str, value: Any) -> None:
        table, path = self._parent(document, key)
        last = path[-1]
        if path == ("plant",):
            raise _RefusedError("the id of the plant cannot be changed; allowed: another key of its files", path)
        if isinstance(table, list):
            _change_entry(table, path, value, key)
        elif value is None:
            if last not in table:
                raise _RefusedError(
                    f"'{key}' is not there to be taken away{did_you_mean(str(last), table)}; allowed: {listed(table)}", path
                )
            del table[last]
        else:
            table[last] = value
            self._found += other_currencies("scenario", value, self._before.layout.currency, ("changes", key), str(last))
        self._made[document, path] = key

    def _parent(self, document: Document, key: str) -> tuple[Any, KeyPath]:
        """The table or list that holds what `key` names, and the path of the latter; of ids with dots, the longest that fits."""
        node: Any = self._tables[document]
        path: KeyPath = ()
        words = key.split(".")
        if words[0] not in node:
            known = [*PlantFile.model_fields, *Materials.model_fields]
            raise _RefusedError(f"'{words[0]}' is no table of a plant{did_you_mean(words[0], known)}; allowed: {listed(known, 30)}", path)
        while True:
            size = _words_of_entry(node, words)
            if size == len(words):
                return node, (*path, _entry(node, ".".join(words), key, path))
            entry = _entry(node, ".".join(words[:size]), key, path)
            if isinstance(node, dict) and entry not in node:
                where = ".".join(map(str, path))
                raise _RefusedError(f"'{where}' has no '{entry}'{did_you_mean(str(entry), node)}; allowed: {listed(node)}", (*path, entry))
            if isinstance(node, list) and int(entry) >= len(node):
                raise _RefusedError(f"'{'.'.join(map(str, path))}' has no entry {entry}; allowed: 0 to {len(node) - 1}", path)
            path, node, words = (*path, entry), node[entry], words[size:]
            if not isinstance(node, dict | list):
                where = ".".join(map(str, path))
                held = "left out" if node is None else f"the value '{node}'"
                raise _RefusedError(f"'{where}' is {held} and has no '{'.'.join(words)}'; allowed: a change of '{where}' as a whole", path)

    def _in_scenario(self, finding: Finding) -> Finding:
        """The finding at the change that made it, or at all of them if it is about a part that no change names."""
        for size in range(len(finding.path), 0, -1):
            key = self._made.get((finding.document, finding.path[:size]))
            if key is not None:
                inside = finding.path[size:]
                path: KeyPath = ("changes", key, *inside)
                return Finding(document="scenario", path=path, what=finding.what, allowed=finding.allowed, at_key=finding.at_key)
        what = f"with these changes, '{'.'.join(map(str, finding.path))}' is wrong: {finding.what}"
        return Finding(document="scenario", path=("changes",), what=what, allowed=finding.allowed, at_key=True)


def _gist(finding: Finding) -> tuple[Document, KeyPath, str]:
    """What a finding says, without the words that it might suggest: a change may add to these."""
    return finding.document, finding.path, finding.what.partition(" (did you mean")[0]


def _words_of_entry(node: Any, words: list[str]) -> int:
    """How many of the dotted words name the next entry: the most that fit one that is there, else one."""
    if isinstance(node, dict):
        for size in range(len(words), 0, -1):
            if ".".join(words[:size]) in node:
                return size
    return 1


def _entry(node: Any, word: str, key: str, path: KeyPath) -> str | int:
    if not isinstance(node, list):
        return word
    if not word.isdecimal():
        raise _RefusedError(f"'{word}' in '{key}' is no number of a list entry; allowed: 0 to {len(node)}", path)
    return int(word)


def _change_entry(entries: list[Any], path: KeyPath, value: Any, key: str) -> None:
    index = int(path[-1])
    if index > len(entries) or (value is None and index == len(entries)):
        raise _RefusedError(f"'{key}' is beyond the end of its list; allowed: 0 to {len(entries) - (value is None)}", path[:-1])
    if value is None:
        del entries[index]
    else:
        entries[index : index + 1] = [value]


def _remaining_signals(plant: Plant) -> SignalMap | None:
    """The signals of equipment that is still there: what a scenario takes away has none."""
    signals = plant.signals
    if signals is None:
        return None
    there = set(plant.equipment)
    return signals.model_copy(update={"equipment": {e: s for e, s in signals.equipment.items() if e in there}})

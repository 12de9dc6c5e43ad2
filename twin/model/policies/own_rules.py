"""Dispatch rules of a user's own, by name, as long as this process lives. `twin.register_rule` puts them here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnRule:
    """A compiled rule: called as `key` by the MES and the readable plant, at its address by the compiled plant."""

    name: str
    key: Callable[..., float]
    address: int
    fingerprint: str = ""  # of what it does: results of a rule of the same name that does another thing are not its own
    keeps: tuple[Any, ...] = ()  # what must live as long as somebody may call it

    def __reduce__(self) -> tuple[Callable[[str], OwnRule], tuple[str]]:
        """An address holds in one process alone, so a copy of what dispatches has the rule of that name."""
        return _rule_called, (self.name,)


_RULES: dict[str, OwnRule] = {}
_ONCE: list[OwnRule] = []  # rules that were replaced: a plant that is running may still call them


def _rule_called(name: str) -> OwnRule:
    if name not in _RULES:
        raise ValueError(f"no dispatch rule is called '{name}' in this process; allowed: twin.register_rule(\"{name}\", function)")
    return _RULES[name]


OWN_RULES: Mapping[str, OwnRule] = MappingProxyType(_RULES)


def keep_rule(rule: OwnRule) -> None:
    """Let scenarios name the rule; another of that name is forgotten."""
    if rule.name in _RULES:
        _ONCE.append(_RULES[rule.name])
    _RULES[rule.name] = rule

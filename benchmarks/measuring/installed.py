"""Peers that are there only if somebody has installed them: `pip install ciw salabim cimba`."""

from __future__ import annotations

from importlib import import_module, util

from benchmarks.measuring.pairs import Engine


def optional_peers(work: str, **sizes: int) -> list[Engine]:
    """Those that are installed, with the size of the work for each; of the others it is said that they are not."""
    found = []
    for package, size in sizes.items():
        if util.find_spec(package) is None:
            print(f"{package} is not installed here, so it was not measured")
            continue
        module = import_module(f"benchmarks.measuring.peers.peers_{package}")
        found.append(Engine(name={"ciw": "Ciw", "cimba": "Cimba"}.get(package, package), play=getattr(module, work), size=size))
    return found

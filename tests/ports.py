"""Ports that are free: two test runs on one machine, or two workers of one, never meet at a port."""

from __future__ import annotations

import random
import re
import shutil
import socket
from contextlib import closing, suppress
from pathlib import Path


def free_port() -> int:
    """A port of loopback that nobody listens at just now, and that no other test is given.

    Not one that the system gives to whoever asks for any: the next connection of a browser or a database might take it before it is used.
    """
    while True:
        port = random.SystemRandom().randrange(10_000, 32_000)
        with closing(socket.socket()) as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def free_ports(count: int) -> list[int]:
    """So many of them, each another."""
    found: set[int] = set()
    while len(found) < count:
        found.add(free_port())
    return list(found)


def copy_at_free_ports(plant: Path, copy: Path) -> Path:
    """The same plant with its controllers at ports that are free."""
    shutil.copytree(plant, copy)
    signals = copy / "signals.yaml"
    text = signals.read_text()
    found = sorted(set(re.findall(r"(?:127\.0\.0\.1:|port: )(\d+)", text)))
    assert found
    for old, new in zip(found, free_ports(len(found)), strict=True):
        text = re.sub(rf"(127\.0\.0\.1:|port: ){old}\b", rf"\g<1>{new}", text)
    signals.write_text(text)
    return copy

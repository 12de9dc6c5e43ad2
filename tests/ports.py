"""Ports that are free: two test runs on one machine, or two workers of one, never meet at a port."""

from __future__ import annotations

import re
import shutil
import socket
from contextlib import ExitStack, closing
from pathlib import Path


def free_ports(count: int) -> list[int]:
    """So many ports of loopback that nobody listens at just now."""
    with ExitStack() as open_until_all_are_found:
        probes = [open_until_all_are_found.enter_context(closing(socket.create_server(("127.0.0.1", 0)))) for _ in range(count)]
        return [probe.getsockname()[1] for probe in probes]


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

"""Ports of this machine to listen at."""

from __future__ import annotations

import errno
import socket


def free_port(port: int) -> int:
    """The port itself if it can be had; 0 asks for any.

    Raises
    ------
    ValueError : the port is taken
    """
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            raise ValueError(f"port {port} is taken; allowed: another one, as in --port {port + 1}") from None
        return int(probe.getsockname()[1])

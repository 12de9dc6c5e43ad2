"""A cable that can be cut: TCP between a bridge and its controllers, with faults."""

from __future__ import annotations

import asyncio
from contextlib import suppress


class LinkProxy:
    """Forwards one loopback port to another.

    Attributes
    ----------
    stalled : bytes are kept back, in both directions, and no connection ends
    refused : new connections are closed at once
    """

    def __init__(self, listens_at: int, leads_to: int) -> None:
        self.stalled = False
        self.refused = False
        self._listens_at = listens_at
        self._leads_to = leads_to
        self._ends: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> LinkProxy:
        self._server = await asyncio.start_server(self._join, "127.0.0.1", self._listens_at)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        self.cut()
        await self._server.wait_closed()

    def cut(self) -> None:
        """Reset every connection, as if the cable was pulled and the switch had noticed."""
        for end in self._ends:
            end.transport.abort()

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.refused:
            writer.close()
            return
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._leads_to)
        except OSError:
            writer.close()
            return
        self._ends |= {writer, far_writer}
        await asyncio.gather(self._pump(reader, far_writer), self._pump(far_reader, writer))
        self._ends -= {writer, far_writer}

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(65_536):
                while self.stalled and not writer.is_closing():
                    await asyncio.sleep(0.02)
                writer.write(data)
                await writer.drain()
        writer.close()

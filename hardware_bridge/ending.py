"""What ends a command of the bridge: its work is done, Ctrl-C, SIGTERM, or the terminal is closed."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Coroutine

OUT, ERR = 1, 2


def run_until_stopped(work: Coroutine[None, None, None]) -> None:
    """Run until the work ends, or until somebody ends it, which is no error: it is cancelled, and cleans up."""

    async def until_stopped() -> None:
        task = asyncio.ensure_future(work)
        stopped = False

        def stop() -> None:
            nonlocal stopped
            stopped = True
            task.cancel()

        def hang_up() -> None:
            nothing = os.open(os.devnull, os.O_WRONLY)  # a terminal that has gone refuses what is said on the way out
            for terminal in terminals:
                os.dup2(nothing, terminal)
            stop()

        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stop)
        terminals = [stream for stream in (OUT, ERR) if os.isatty(stream)]
        if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # as nohup leaves it
            loop.add_signal_handler(signal.SIGHUP, hang_up)
        try:
            await task
        except asyncio.CancelledError:
            if not stopped:
                raise

    asyncio.run(until_stopped())

"""A plant of its own behind the virtual PLCs, for whoever has no journal to serve: a simulation in a process of its own."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import tempfile
from collections.abc import Coroutine
from pathlib import Path

from hardware_bridge.serve.controller import ServeError
from hardware_bridge.wiring import WiringError

OWN_PACE = 300.0
"""Plant seconds a second, if nobody says it: a shift in a minute and a half."""
OWN_PATIENCE_S = 60.0
"""Seconds for the first client: whoever types `serve` types `connect` in another terminal then, and is to miss nothing."""
LOOK_S = 0.1
_PATIENCE_S = 10.0
_BAD_INPUT = 2


class OwnPlant:
    """`twin simulate` of a plant folder at a pace, into a journal (`journal`) that is there as long as it is served."""

    def __init__(self, plant: Path, pace: float) -> None:
        self.pace = pace
        self.journal = ""
        self.commands = Path()  # where what its controllers are told is written down
        self._plant = plant

    async def serve(self, serving: Coroutine[None, None, None]) -> None:
        """Simulate, and serve, until cancelled. A simulation that has come to its end is served on.

        Raises
        ------
        WiringError, ServeError : the simulation cannot be made, or has ended with a fault
        """
        with tempfile.TemporaryDirectory(prefix="twin-served-") as folder:
            self.journal, said, self.commands = f"{folder}/plant.db", Path(folder, "said.txt"), Path(folder, "commands.jsonl")
            options = ["--pace", str(self.pace), "--journal", self.journal, "--commands", str(self.commands)]
            with said.open("wb") as words:  # in a session of its own: the Ctrl-C that ends us comes to it from us
                simulation = subprocess.Popen(
                    [sys.executable, "-m", "twin", "simulate", str(self._plant), *options],
                    stdout=subprocess.DEVNULL,
                    stderr=words,
                    start_new_session=True,
                )
            tasks = [asyncio.create_task(serving), asyncio.create_task(_watch(simulation, said))]
            try:
                done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    task.result()
            finally:
                simulation.send_signal(signal.SIGINT)
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
                await _end(simulation)


async def _watch(simulation: subprocess.Popen[bytes], said: Path) -> None:
    """Wait until it ends with a fault, and raise that in its own words."""
    while not simulation.poll():
        await asyncio.sleep(LOOK_S)
    words = said.read_text(errors="replace").strip().removeprefix("twin: ")
    if simulation.returncode == _BAD_INPUT:
        raise WiringError(f"it cannot be simulated here: {words}, or --journal of a simulation that runs, or of a recording")
    raise ServeError(f"the simulation has ended with {simulation.returncode}\n{words}")


async def _end(simulation: subprocess.Popen[bytes]) -> None:
    """Wait for it; one that does not end when asked is killed."""
    try:
        await asyncio.to_thread(simulation.wait, _PATIENCE_S)
    except subprocess.TimeoutExpired:
        pass
    finally:
        simulation.kill()
        simulation.wait()

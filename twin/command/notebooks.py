"""lab: JupyterLab on the notebooks."""

from __future__ import annotations

import importlib.util
import os
import secrets
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

from twin.apps.ports import free_port
from twin.command.manners import Failed, print_line, say, stopped_by_ctrl_c

PATIENCE_S = 120.0
# "Save and export as HTML" would make a page that asks other hosts for its scripts; ours needs none of them.
EXPORTS_ALONE = ["--HTMLExporter.mathjax_url=", "--HTMLExporter.require_js_url=", "--HTMLExporter.mermaid_js_url="]


def lab(*, port: int, json: bool) -> None:
    """JupyterLab on the folder of notebooks, on this machine alone, until Ctrl-C. With `json` a program opens the address, not we.

    Raises
    ------
    ValueError : no notebooks or no JupyterLab here, or the port is taken
    Failed : JupyterLab does not start, or has ended by itself
    """
    notebooks = Path("notebooks")
    if not notebooks.is_dir():
        raise ValueError("there is no folder 'notebooks' here; allowed: to call this from the project's folder")
    if importlib.util.find_spec("jupyterlab") is None:
        raise ValueError("JupyterLab is not installed here; allowed: `make lab`, which installs it and opens the notebooks")
    port, token = free_port(port), secrets.token_urlsafe(24)
    options = [
        "--ip=127.0.0.1",
        f"--port={port}",
        "--ServerApp.port_retries=0",
        "--LabApp.news_url=",
        f"--notebook-dir={notebooks}",
        *EXPORTS_ALONE,
    ]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        options.append("--allow-root")  # as in a container; it listens on loopback alone, and asks for the token
    if json:
        options.append("--no-browser")
    with stopped_by_ctrl_c() as stop:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *options],
            env={**os.environ, "JUPYTER_TOKEN": token},  # in the environment, since everybody can read a command line
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr,
        )
        try:
            _wait_until_it_answers(server, f"http://127.0.0.1:{port}/api/status", token, stop)
            if not stop.is_set():
                address = f"http://127.0.0.1:{port}/lab?token={token}"
                if json:
                    print_line(event="ready", address=address)
                say(f"The notebooks are at {address} (Ctrl-C ends)")
            while not stop.wait(0.2):
                if server.poll() is not None:
                    raise Failed(f"JupyterLab has ended with {server.returncode}")
        finally:
            server.terminate()  # an interrupt it would ask about
            server.wait()
    if json:
        print_line(event="ended")


def _wait_until_it_answers(server: subprocess.Popen[bytes], address: str, token: str, stop: threading.Event) -> None:
    asked = urllib.request.Request(address, headers={"Authorization": f"token {token}"})
    deadline_s = time.monotonic() + PATIENCE_S
    while not stop.wait(0.2):
        if server.poll() is not None:
            raise Failed(f"JupyterLab does not start: it ended with {server.returncode}")
        if time.monotonic() > deadline_s:
            raise Failed(f"JupyterLab has not answered within {PATIENCE_S:.0f} s")
        try:
            urllib.request.urlopen(asked, timeout=2).close()
            return
        except (OSError, urllib.error.URLError):
            continue

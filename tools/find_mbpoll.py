"""Find mbpoll, which reads our Modbus servers with libmodbus, or fetch it: TWIN_MBPOLL, PATH, then Debian's package (root only).

python -m tools.find_mbpoll       prints the path; exits 3 with the reason where there is none
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

from tools import debian


class MbpollMissing(RuntimeError):
    """There is no mbpoll, and none could be fetched; the message says what was tried."""


def find_mbpoll(*, fetch: bool = False) -> str:
    """The path of mbpoll; with `fetch` it may be installed (seconds, network).

    Raises
    ------
    MbpollMissing : none found, or none could be fetched
    """
    named = os.environ.get("TWIN_MBPOLL")
    if named and not os.access(named, os.X_OK):
        raise MbpollMissing(f"TWIN_MBPOLL names '{named}', which cannot be executed")
    if found := named or shutil.which("mbpoll"):
        return found
    reason = ""
    try:
        if fetch and debian.install("mbpoll") and (installed := shutil.which("mbpoll")):
            return installed
    except (subprocess.SubprocessError, OSError) as error:
        reason = f"; apt-get: {getattr(error, 'stderr', None) or error}".rstrip()
    raise MbpollMissing(f"no mbpoll: install Debian's package mbpoll, or set TWIN_MBPOLL to its path{reason}")


if __name__ == "__main__":
    try:
        print(find_mbpoll(fetch=True))
    except MbpollMissing as missing:
        print(missing, file=sys.stderr)
        raise SystemExit(3) from None

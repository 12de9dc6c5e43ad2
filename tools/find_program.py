"""Find a program that the tests drive, or fetch it: TWIN_<NAME> in the environment, PATH, then Debian's package of that name (root only).

mbpoll reads our Modbus servers with libmodbus, hledger checks the books that we write.

python -m tools.find_program mbpoll       prints the path; exits 3 with the reason where there is none
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

from tools import debian


class ProgramMissing(RuntimeError):
    """There is no such program, and none could be fetched; the message says what was tried."""


def find_program(name: str, *, fetch: bool = False) -> str:
    """The path of a program that comes as Debian's package `name`; with `fetch` it may be installed (seconds, network).

    Raises
    ------
    ProgramMissing : none found, or none could be fetched
    """
    variable = f"TWIN_{name.upper()}"
    named = os.environ.get(variable)
    if named and not os.access(named, os.X_OK):
        raise ProgramMissing(f"{variable} names '{named}', which cannot be executed")
    if found := named or shutil.which(name):
        return found
    reason = ""
    try:
        if fetch and debian.install(name) and (installed := shutil.which(name)):
            return installed
    except (subprocess.SubprocessError, OSError) as error:
        reason = f"; apt-get: {getattr(error, 'stderr', None) or error}".rstrip()
    raise ProgramMissing(f"no {name}: install Debian's package {name}, or set {variable} to its path{reason}")


if __name__ == "__main__":
    try:
        print(find_program(sys.argv[-1], fetch=True))
    except ProgramMissing as missing:
        print(missing, file=sys.stderr)
        raise SystemExit(3) from None

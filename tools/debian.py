"""Install a package of Debian, where that can be done: as root, with apt."""

from __future__ import annotations

import os
import shutil
import subprocess


def install(*packages: str) -> bool:
    """Whether the packages are installed now; False: we are not root, or this is no Debian.

    Raises
    ------
    subprocess.CalledProcessError : apt refuses; its reason is in `stderr`
    """
    if not hasattr(os, "geteuid") or os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    wait = ["-qq", "-o", "DPkg::Lock::Timeout=300"]
    for command in (["update", *wait], ["install", "-y", "--no-install-recommends", *wait, *packages]):
        subprocess.run(["apt-get", *command], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=quiet)
    return True

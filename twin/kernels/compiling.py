"""How kernels are compiled: once for all plants, kept on disk, and never stale.

Numba keys what it keeps by the file that defines a function; a change in a file that this one calls would go unseen. So the folder it
keeps things in is named by a hash over the sources of all kernels, the versions of Numba and Python, and this machine's processor.
"""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Callable
from hashlib import blake2b
from pathlib import Path
from typing import Any, TypeVar

import numba
from numba import njit, types
from numba.extending import intrinsic

_ROOM = Path(__file__).parent
Function = TypeVar("Function", bound=Callable[..., Any])


def sources_hash() -> str:
    """16 hex digits over every source file of the kernels and what compiles them."""
    digest = blake2b(f"{numba.__version__}/{sys.version}/{platform.machine()}".encode(), digest_size=8)
    for path in sorted(_ROOM.rglob("*.py")):
        digest.update(path.relative_to(_ROOM).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def cache_folder() -> Path:
    """Where compiled kernels are kept: below TWIN_CACHE, or in the user's cache."""
    above = os.environ.get("TWIN_CACHE") or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "plant-twin"
    return Path(above) / f"kernels-{sources_hash()}"


_FOLDER = str(cache_folder())


def kernel(function: Function) -> Function:
    """Compile `function` when it is first called, for whatever it is called with: addresses (fast) or arrays (bounds can be checked)."""
    before, numba.config.CACHE_DIR = numba.config.CACHE_DIR, _FOLDER  # type: ignore[attr-defined] # set at run time
    try:
        compiled: Any = njit(cache=True, nogil=True, error_model="numpy")(function)
    finally:
        numba.config.CACHE_DIR = before  # type: ignore[attr-defined] # the kernels of others are kept where they want them
    return compiled  # type: ignore[no-any-return] # called as the function it is made of


def is_compiled() -> bool:
    """Whether something is kept for these very sources: if not, the first run compiles, which takes a while."""
    return any(Path(_FOLDER).rglob("*.nbi"))


def _pointer_to(numba_type: Any) -> Any:
    @intrinsic
    def convert(typing_context: Any, address: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            return builder.inttoptr(arguments[0], context.get_value_type(signature.return_type))

        return types.CPointer(numba_type)(types.int64), generate  # type: ignore[no-untyped-call]

    return convert


int64_at = _pointer_to(types.int64)
"""Inside a kernel: the int64 values at an address. No bounds are checked, and the caller keeps their owner alive."""

float64_at = _pointer_to(types.float64)
"""Inside a kernel: the float64 values at an address."""

"""How kernels are compiled: once for all plants, kept on disk, and never stale.

Numba keys what it keeps by the file that defines a function; a change in a file that this one calls would go unseen. So the folder it
keeps things in is named by a hash over the sources of all kernels, the versions of Numba and Python, and this machine's processor.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any, TypeVar

import numba
from llvmlite import binding
from numba import njit, types
from numba.extending import intrinsic, register_jitable
from numpy.typing import NDArray

from twin.kernels.linking import EntryCache, EntryCompiler, KernelCompiler

_ROOM = Path(__file__).parent
_KEPT_VERSIONS = 3
CHECKS_BOUNDS = bool(numba.config.BOUNDSCHECK)  # type: ignore[attr-defined] # set at run time
"""The debug build: with NUMBA_BOUNDSCHECK=1 entries take arrays where they took addresses, and a wrong address raises IndexError."""

Function = TypeVar("Function", bound=Callable[..., Any])


def sources_hash(room: Path = _ROOM) -> str:
    """16 hex digits over every source file of the kernels and what compiles them."""
    made_by = f"{numba.__version__}/{sys.version}/{binding.get_host_cpu_name()}/{CHECKS_BOUNDS}"
    digest = blake2b(made_by.encode(), digest_size=8)
    for path in sorted(room.rglob("*.py")):
        digest.update(path.relative_to(room).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _cache_folder() -> tuple[Path, str]:
    """Where compiled kernels are kept: below TWIN_CACHE, or in the user's cache; else a temporary folder, and why."""
    above = Path(os.environ.get("TWIN_CACHE") or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "plant-twin")
    name = f"kernels-{sources_hash()}"
    try:
        (above / name).mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=above / name).close()
        return above / name, ""
    except OSError as reason:
        ours = Path(tempfile.gettempdir()) / f"plant-twin-{os.getuid()}"
        with contextlib.suppress(OSError):
            ours.mkdir(mode=0o700, exist_ok=True)
        if not ours.is_dir() or ours.stat().st_uid != os.getuid() or ours.stat().st_mode & 0o022:  # somebody else's: run nothing from there
            ours = Path(tempfile.mkdtemp(prefix="plant-twin-"))
        return (
            ours / name,
            f"{above} cannot be written ({reason.strerror}), so compiled kernels are kept in {ours}; TWIN_CACHE names another place",
        )


FOLDER, WHY_NOT_AT_HOME = _cache_folder()
"""Where compiled kernels are kept, and, if that is a temporary folder, why."""


def entry(function: Function) -> Function:
    """Compile a function that Python calls, when it is first called: with addresses (fast) or with arrays (bounds can be checked)."""
    compiled: Any = _compiled(function, pipeline_class=EntryCompiler, cache=True)
    compiled._cache.__class__ = EntryCache
    return compiled  # type: ignore[no-any-return] # called as the function it is made of


def kernel(function: Function) -> Function:
    """Compile a function that only kernels and entries call, as a part of each entry. Python cannot call it."""
    return _compiled(function, pipeline_class=KernelCompiler, no_cpython_wrapper=True, no_cfunc_wrapper=True)


def _compiled(function: Function, **options: Any) -> Function:
    before, numba.config.CACHE_DIR = numba.config.CACHE_DIR, str(FOLDER)  # type: ignore[attr-defined] # set at run time
    try:
        compiled: Any = njit(nogil=True, error_model="numpy", **options)(function)
    finally:
        numba.config.CACHE_DIR = before  # type: ignore[attr-defined] # the kernels of others are kept where they want them
    ask = compiled.get_call_template

    def get_call_template(arguments: Sequence[Any], named: dict[str, Any]) -> Any:
        """A constant is an argument like any other: left to itself, Numba compiles a function anew for each constant it is called with."""
        return ask(tuple(types.unliteral(it) for it in arguments), {name: types.unliteral(it) for name, it in named.items()})

    compiled.get_call_template = get_call_template
    return compiled  # type: ignore[no-any-return] # called as the function it is made of


def are_kept(entries: Sequence[Callable[..., Any]]) -> bool:
    """Whether all of them were compiled before, from these very sources; of the debug build, any."""
    return (any if CHECKS_BOUNDS else all)(any(FOLDER.rglob(f"*.{entry.__name__}-*.nbi")) for entry in entries)


def compile_entries(entries: Sequence[Callable[..., Any]]) -> None:
    """Compile entries that take whole numbers alone, or read them from where they are kept; then forget the oldest kernels there.

    The debug build compiles each as it is called.
    """
    for it in () if CHECKS_BOUNDS else entries:
        compiled: Any = it
        compiled.compile((types.int64,) * compiled.py_func.__code__.co_argcount)
    with contextlib.suppress(OSError):  # somebody else tidies up at the same time
        os.utime(FOLDER)
        versions = sorted(FOLDER.parent.glob("kernels-*"), key=lambda folder: folder.stat().st_mtime, reverse=True)
        for folder in versions[_KEPT_VERSIONS:]:
            shutil.rmtree(folder, ignore_errors=True)


def _pointer_to(numba_type: Any) -> Any:
    if CHECKS_BOUNDS:
        return register_jitable(lambda array: array)

    @intrinsic
    def convert(typing_context: Any, address: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            return builder.inttoptr(arguments[0], context.get_value_type(signature.return_type))

        return types.CPointer(numba_type)(types.int64), generate

    return convert


def address_of(array: NDArray[Any]) -> Any:
    """What an entry takes for an array: its address, which holds while somebody keeps the array; in the debug build the array itself."""
    return array if CHECKS_BOUNDS else array.ctypes.data


int64_at = _pointer_to(types.int64)
"""Inside an entry: the int64 values at an address. No bounds are checked, and the caller keeps their owner alive."""

float64_at = _pointer_to(types.float64)
"""Inside an entry: the float64 values at an address."""

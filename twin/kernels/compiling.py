"""How kernels are compiled: once for all plants, kept on disk, and never stale.

Machine code is kept in a folder named by a hash over the sources of all kernels, the versions of Numba and Python, what Numba was told
by variables, and this machine's processor. So a change in any file that a function calls is seen, and nothing stale is ever found. Numba
itself is imported only where something has to be compiled: what it needs of these files is made then (`deferring`).
"""

from __future__ import annotations

import contextlib
import inspect
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from hashlib import blake2b
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeVar

from llvmlite import __version__ as llvm_version
from llvmlite import binding
from numpy.typing import NDArray

from twin.kernels.deferring import Deferred, DeferredEntry, in_both_engines, intrinsic, share_with_numba
from twin.kernels.machine_code import Entry

_ROOM = Path(__file__).parent
_HERE = f"{__package__}."
_KEPT_VERSIONS = 3
_TELLS_NOTHING = ("NUMBA_BOUNDSCHECK", "NUMBA_CACHE_DIR", "NUMBA_NUM_THREADS")  # of Numba's variables, in another way or not at all
CHECKS_BOUNDS = bool(int(os.environ.get("NUMBA_BOUNDSCHECK") or 0))
"""The debug build: with NUMBA_BOUNDSCHECK=1 entries take arrays where they took addresses, and a wrong address raises IndexError."""

Function = TypeVar("Function", bound=Callable[..., Any])


def _numba_version() -> bytes:
    """The file in which Numba says its version; to import Numba takes longer than all else, and to look into its metadata is slow too."""
    where = find_spec("numba")
    assert where is not None
    assert where.origin is not None
    return Path(where.origin).with_name("_version.py").read_bytes()


def sources_hash(room: Path = _ROOM) -> str:
    """16 hex digits over every source file of the kernels and what compiles them."""
    processor = f"{binding.get_host_cpu_name()}/{binding.get_host_cpu_features().flatten()}"
    told = sorted((name, value) for name, value in os.environ.items() if name.startswith("NUMBA_") and name not in _TELLS_NOTHING)
    digest = blake2b(f"{_numba_version()!r}/{llvm_version}/{sys.version}/{processor}/{told}/{CHECKS_BOUNDS}".encode(), digest_size=8)
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
    from_python: Any
    if CHECKS_BOUNDS or any(function.__annotations__[name] != "int" for name in inspect.signature(function).parameters):
        from_python = DeferredEntry(partial(_for_any_arguments, function), function)
    else:
        name = f"{function.__module__.removeprefix(_HERE)}.{function.__name__}"
        from_python = Entry(function, FOLDER / f"{name}.o", partial(_machine_code, function))
    return from_python  # type: ignore[no-any-return] # called as the function it is made of


def kernel(function: Function) -> Function:
    """Compile a function that only kernels and entries call, as a part of each entry. Python cannot call it."""
    return _kernel(function, is_inlined=False)


def inlined(function: Function) -> Function:
    """As `kernel`, for small functions that much depends on: each caller has a copy, whatever LLVM thinks of that."""
    return _kernel(function, is_inlined=True)


def seldom(function: Function) -> Function:
    """As `kernel`, for functions that are seldom called beside what else goes on: LLVM keeps the usual way straight, past them."""
    return _kernel(function, is_inlined=False, compiler="SeldomCompiler")


def _kernel(function: Function, is_inlined: bool, compiler: str = "KernelCompiler") -> Function:
    """Numba hands `forceinline` down to what is called where it is left open."""
    options = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True, "forceinline": is_inlined}
    kept_as_code: Any = Deferred(partial(_compiled, function, compiler, **options))
    return kept_as_code  # type: ignore[no-any-return] # kernels call it as the function it is made of


def _for_any_arguments(function: Callable[..., Any]) -> Any:
    """What Numba compiles for each kind of arguments, and keeps in its own way."""
    from twin.kernels.linking import EntryCache

    compiled = _compiled(function, "EntryCompiler", cache=True)
    compiled._cache.__class__ = EntryCache
    return compiled


def _machine_code(function: Callable[..., Any]) -> tuple[str, bytes]:
    """The symbol and the code of a function of whole numbers."""
    from numba import types

    from twin.kernels.linking import code_of

    compiled = _compiled(function, "NativeCompiler", no_cpython_wrapper=True, no_cfunc_wrapper=True)
    compiled.compile((types.int64,) * function.__code__.co_argcount)
    return code_of(compiled)


def _compiled(function: Callable[..., Any], compiler: str, **options: Any) -> Any:
    import numba

    from twin.kernels import linking

    share_with_numba()
    before, numba.config.CACHE_DIR = numba.config.CACHE_DIR, str(FOLDER)  # type: ignore[attr-defined] # set at run time
    try:
        compiled: Any = numba.njit(nogil=True, error_model="numpy", pipeline_class=getattr(linking, compiler), **options)(function)
    finally:
        numba.config.CACHE_DIR = before  # type: ignore[attr-defined] # the kernels of others are kept where they want them
    ask: Any = compiled.get_call_template
    plain: Any = numba.types.unliteral

    def get_call_template(arguments: Sequence[Any], named: dict[str, Any]) -> Any:
        """A constant is an argument like any other: left to itself, Numba compiles a function anew for each constant it is called with."""
        return ask(tuple(plain(it) for it in arguments), {name: plain(it) for name, it in named.items()})

    compiled.get_call_template = get_call_template
    return compiled


def are_kept(entries: Sequence[Callable[..., Any]]) -> bool:
    """Whether all of them were compiled before, from these very sources; of the debug build, any."""
    if CHECKS_BOUNDS:
        return any(any(FOLDER.rglob(f"*.{entry.__name__}-*.nbi")) for entry in entries)
    return all(isinstance(it, Entry) and it.is_kept for it in entries)


def compile_entries(entries: Sequence[Callable[..., Any]]) -> None:
    """Compile entries that take whole numbers alone, or read them from where they are kept; then forget the oldest kernels there.

    The debug build compiles each as it is called.
    """
    for it in entries:
        if isinstance(it, Entry):
            it.get_ready()
    with contextlib.suppress(OSError):  # somebody else tidies up at the same time
        os.utime(FOLDER)
        versions = sorted(FOLDER.parent.glob("kernels-*"), key=lambda folder: folder.stat().st_mtime, reverse=True)
        for folder in versions[_KEPT_VERSIONS:]:
            shutil.rmtree(folder, ignore_errors=True)


def _pointer_to(kind: str) -> Any:
    if CHECKS_BOUNDS:
        return in_both_engines(lambda array: array)

    @intrinsic
    def convert(typing_context: Any, address: Any) -> Any:
        from numba import types

        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            return builder.inttoptr(arguments[0], context.get_value_type(signature.return_type))

        return types.CPointer(getattr(types, kind))(types.int64), generate

    return convert


def address_of(array: NDArray[Any]) -> Any:
    """What an entry takes for an array: its address, which holds while somebody keeps the array; in the debug build the array itself."""
    return array if CHECKS_BOUNDS else array.ctypes.data


int64_at = _pointer_to("int64")
"""Inside an entry: the int64 values at an address. No bounds are checked, and the caller keeps their owner alive."""

float64_at = _pointer_to("float64")
"""Inside an entry: the float64 values at an address."""

"""Machine code of entries on disk and back in memory, by LLVM alone: that takes a tenth of the time in which Numba is imported.

An entry takes whole numbers, mostly addresses, and gives one or nothing, so it is called as the C function that it is. What stands in its
file is what LLVM made of it; it needs nothing but the C library, since Numba's own wrappers are left out.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import tempfile
import threading
from collections.abc import Callable, Iterator
from functools import cache, update_wrapper
from hashlib import blake2b
from pathlib import Path
from typing import Any

from llvmlite import binding

_DIGEST = 16
_NOTHING_WRONG = (0, -2)  # Numba's codes for a value, and for none
_WHOLE = ctypes.c_int64
_ONE_AT_A_TIME = threading.RLock()


def keep(path: Path, symbol: str, code: bytes) -> None:
    """Write machine code, whole or not at all, with a digest over it: what is read back is run."""
    content = symbol.encode() + b"\n" + code
    with contextlib.suppress(OSError):  # a full disk: it is compiled again the next time
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            file.write(blake2b(content, digest_size=_DIGEST).digest() + content)
        os.chmod(file.name, 0o644)  # others may read what one who may write here has compiled
        os.replace(file.name, path)


def kept(path: Path) -> tuple[str, bytes] | None:
    """The symbol and the code that were kept there; None if there is nothing, or not all of it."""
    try:
        written = path.read_bytes()
    except OSError:
        return None
    digest, content = written[:_DIGEST], written[_DIGEST:]
    if digest != blake2b(content, digest_size=_DIGEST).digest():
        return None
    symbol, _, code = content.partition(b"\n")
    return symbol.decode(), code


@contextlib.contextmanager
def _one_process(path: Path) -> Iterator[None]:
    """While one process compiles, others wait for its file rather than do the same work beside it.

    The lock goes with the process that holds it. Where files cannot be locked, all of them compile, which does no harm.
    """
    with contextlib.ExitStack() as held:
        with contextlib.suppress(OSError, ImportError):
            import fcntl

            path.parent.mkdir(parents=True, exist_ok=True)
            turn = held.enter_context(path.with_suffix(".lock").open("w"))
            fcntl.flock(turn, fcntl.LOCK_EX)
        yield


@cache
def _linker() -> Any:
    binding.initialize_native_target()
    binding.initialize_native_asmprinter()
    machine = binding.Target.from_default_triple().create_target_machine(codemodel="jitdefault", jit=True)
    return binding.create_lljit_compiler(machine)


def loaded(symbol: str, code: bytes) -> Any:
    """The library that holds the code in memory; `library[symbol]` is an address as long as somebody keeps the library."""
    library = binding.JITLibraryBuilder().add_object_img(code).add_current_process().export_symbol(symbol)
    return library.link(_linker(), symbol)


class Entry:
    """A compiled function of whole numbers that Python calls. It is read from its file, or compiled first if there is none."""

    def __init__(self, function: Callable[..., Any], path: Path, compiled: Callable[[], tuple[str, bytes]]) -> None:
        update_wrapper(self, function)
        self._path = path
        self._compiled = compiled
        self._gives_a_number = function.__annotations__["return"] == "int"
        self._count = function.__code__.co_argcount
        self._library: Any = None
        self._native: Any = None

    @property
    def is_kept(self) -> bool:
        return self._path.is_file()

    def get_ready(self) -> None:
        """Have it in memory."""
        with _ONE_AT_A_TIME:
            if self._native is None:
                found = kept(self._path) or self._first_code()
                self._library = loaded(*found)
                with contextlib.suppress(OSError):  # what is used is not the oldest, however long ago it was compiled
                    os.utime(self._path.parent)
                takes = (ctypes.c_void_p, ctypes.c_void_p, *(_WHOLE,) * self._count)
                self._native = ctypes.CFUNCTYPE(ctypes.c_int32, *takes)(self._library[found[0]])  # lets other threads run

    def _first_code(self) -> tuple[str, bytes]:
        with _one_process(self._path):
            found = kept(self._path)  # by now: another process may have compiled it
            if found is None:
                found = self._compiled()
                keep(self._path, *found)
            return found

    def __call__(self, *arguments: int) -> int | None:
        if self._native is None:
            self.get_ready()
        given, wrong = _WHOLE(), ctypes.c_void_p()
        code = self._native(ctypes.byref(given), ctypes.byref(wrong), *arguments)
        assert code in _NOTHING_WRONG
        return given.value if self._gives_a_number else None

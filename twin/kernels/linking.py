"""How kernels that call one another are compiled together, and optimised once.

Numba by itself optimises every function with all that it calls, and makes machine code of it, though nobody but its callers needs it: for a
floor of 160 small functions that took half a minute. Here a kernel is kept as LLVM's intermediate code, and an entry joins all it needs.

This leans on the inside of Numba (`JITCodeLibrary`, the pipeline's state), which is why pyproject.toml pins its version.
"""

from __future__ import annotations

import ctypes
from typing import Any

from numba import _dynfunc  # type: ignore[attr-defined] # a part written in C
from numba.core.caching import FunctionCache
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import Compiler
from numba.core.compiler_lock import global_compiler_lock
from numba.core.runtime.nrt import rtsys

_REFUSE = ctypes.cast(ctypes.pythonapi.PyErr_BadArgument, ctypes.c_void_p).value
"""What Python runs into when it calls a kernel: a TypeError, where there would be no machine code."""


class _Library(JITCodeLibrary):
    """The code of one function; it remembers all that it needs, however deep, callees before their callers."""

    def __init__(self, codegen: Any, name: str) -> None:
        super().__init__(codegen, name)  # type: ignore[no-untyped-call]
        self.needs: dict[JITCodeLibrary, None] = {}

    def add_linking_library(self, library: JITCodeLibrary) -> None:
        library._ensure_finalized()
        self.needs.update(getattr(library, "needs", {}))
        self.needs[library] = None


class _KernelLibrary(_Library):
    """Not optimised, and no machine code."""

    def finalize(self) -> None:
        self._finalized = True

    def get_pointer_to_function(self, name: str) -> int:
        return 0


class _SeldomLibrary(_KernelLibrary):
    """Callers are laid out for the way past it, and what they know at hand is kept for that way."""

    def finalize(self) -> None:
        for function in self._final_module.functions:
            if not function.is_declaration:
                function.add_function_attribute("cold")
        super().finalize()


class _EntryLibrary(_Library):
    """Joins everything that is needed, then optimises it and makes machine code."""

    def finalize(self) -> None:
        self._own = {it.name for it in self._final_module.functions if not it.is_declaration}
        self._linking_libraries = list(reversed(self.needs))  # callers first: LLVM drops what nobody has asked for yet
        super().finalize()  # type: ignore[no-untyped-call]

    def _optimize_final_module(self) -> None:
        """Nobody else calls the kernels that were joined, so LLVM may do with them what it likes: a quarter less time in the tandem."""
        for function in self._final_module.functions:
            if not function.is_declaration and function.name not in self._own:
                function.linkage = "internal"
        super()._optimize_final_module()  # type: ignore[no-untyped-call]


class EntryCache(FunctionCache):
    """Where machine code of entries is kept. It is complete, so reading it needs nothing of what Numba knows of NumPy and SciPy.

    Numba itself brings all of that in first, which takes longer than all else (`load_overload` of its Cache).
    """

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        rtsys.initialize(target_context)
        with self._guard_against_spurious_io_errors():
            return self._load_overload(sig, target_context)  # type: ignore[no-untyped-call]


class EntryCompiler(Compiler):
    """Numba's compiler, for functions that Python calls."""

    library_class: type[_Library] = _EntryLibrary

    def define_pipelines(self) -> Any:
        self.state.library = self.library_class(self.state.targetctx.codegen(), self.state.func_id.func_qualname)
        self.state.library.enable_object_caching()
        return super().define_pipelines()  # type: ignore[no-untyped-call]


class NativeCompiler(EntryCompiler):
    """Numba's compiler, for functions of whole numbers whose machine code is called as it is, without Numba's wrappers."""

    def define_pipelines(self) -> Any:
        self.state.targetctx = self.state.targetctx.subtarget(get_executable=_without_machine_code)
        return super().define_pipelines()


def code_of(compiled: Any) -> tuple[str, bytes]:
    """The symbol and the machine code of a function that `NativeCompiler` compiled."""
    (result,) = compiled.overloads.values()
    symbol = result.fndesc.llvm_func_name
    with global_compiler_lock:
        assert result.library.get_pointer_to_function(symbol)  # the code is made when somebody asks where it is
    return symbol, result.library._get_compiled_object()


class KernelCompiler(NativeCompiler):
    """Numba's compiler, for functions that only compiled functions call."""

    library_class = _KernelLibrary


class SeldomCompiler(KernelCompiler):
    """The same, for functions that are seldom called beside what else goes on."""

    library_class = _SeldomLibrary


def _without_machine_code(library: JITCodeLibrary, description: Any, environment: Any) -> Any:
    """What stands for the function in Python."""
    name = description.qualname.split(".")[-1]
    return _dynfunc.make_function(description.lookup_module(), name, "a kernel", _REFUSE, environment, (library,))

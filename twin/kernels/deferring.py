"""What needs Numba is made when something is compiled: a process that finds its kernels kept has its result before Numba is imported."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import update_wrapper
from typing import Any, TypeVar

Function = TypeVar("Function", bound=Callable[..., Any])

_ONE_AT_A_TIME = threading.RLock()  # to make one may take others
_shared: list[Callable[..., Any]] = []


class Deferred:
    """What Numba makes of a function, made when it is asked for. Compiled code calls it as if it were that; Python cannot."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make: Callable[[], Any] | None = make
        self._made: Any = None

    @property
    def made(self) -> Any:
        """What Numba made."""
        with _ONE_AT_A_TIME:
            if self._make is not None:
                self._made, self._make = self._make(), None
            return self._made

    @property
    def _numba_type_(self) -> Any:
        """What Numba's `typeof` asks of values that it does not know."""
        from numba.core.registry import cpu_target

        with _ONE_AT_A_TIME:
            return cpu_target.typing_context.resolve_value_type(self.made)


class DeferredEntry(Deferred):
    """One that Python calls, too, with whatever Numba understands."""

    def __init__(self, make: Callable[[], Any], function: Callable[..., Any]) -> None:
        super().__init__(make)
        update_wrapper(self, function)

    def __call__(self, *arguments: Any) -> Any:
        return self.made(*arguments)


def in_both_engines(function: Function) -> Function:
    """A plain Python function that kernels may call too, where it is compiled as a part of them."""
    _shared.append(function)
    return function


def share_with_numba() -> None:
    """Tell Numba of the plain functions that it has not heard of."""
    from numba.core.registry import cpu_target
    from numba.extending import register_jitable

    if _shared:
        while _shared:
            register_jitable(_shared.pop())
        cpu_target.typing_context.refresh()


def intrinsic(function: Callable[..., Any]) -> Any:
    """Numba's `intrinsic`: a function that writes LLVM's code itself."""

    def make() -> Any:
        from numba.core.registry import cpu_target
        from numba.extending import intrinsic as of_numba

        made = of_numba(function)
        cpu_target.typing_context.refresh()  # whoever asks for it compiles already, and has looked for what is new before
        return made

    return Deferred(make)

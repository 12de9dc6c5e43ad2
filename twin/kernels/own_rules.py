"""A dispatch rule of a user's own: one function, compiled for itself, and called at its address by kernels that were compiled before it.

So no kernel is compiled anew for it, and the MES calls the very same machine code.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from typing import Any

import numpy as np
from llvmlite import ir
from numba import cfunc, njit, types
from numba.core.errors import NumbaError
from numba.extending import intrinsic

from twin.kernels.compiling import float64_at

ARGUMENTS = ("ready_us", "due_us", "run_us", "remaining_us", "setup_us", "priority", "operations_left", "now_us")
"""What a rule is told of a job order, in this order; as `twin.kernels.dispatch.rank` has them."""

_TYPES = tuple(types.float64 if name in ("run_us", "remaining_us") else types.int64 for name in ARGUMENTS)
_SIGNATURE = types.float64(*_TYPES)


RAISED = np.zeros(1 + len(ARGUMENTS))
"""The number of the rule that raised an error last, 0: none; and what it was told."""

_PLAIN: list[Callable[..., float]] = []


def compile_rule(function: Callable[..., float]) -> Any:
    """The function as a C function (with `.address` and `.ctypes`); a division by nothing gives infinity or no number, and any
    other error is noted: see `tell_what_was_raised`.

    Raises
    ------
    ValueError : it takes other arguments, or cannot be compiled
    """
    plain = getattr(function, "py_func", function)
    if tuple(inspect.signature(plain).parameters) != ARGUMENTS:
        raise ValueError(f"a dispatch rule takes other arguments than {', '.join(inspect.signature(plain).parameters) or 'none'}; "
                         f"allowed: {', '.join(ARGUMENTS)}")  # fmt: skip
    inner, told_at, number = njit(error_model="numpy")(plain), RAISED.ctypes.data, len(_PLAIN) + 1

    def guarded(
        ready_us: int, due_us: int, run_us: float, remaining_us: float, setup_us: int, priority: int, operations_left: int, now_us: int
    ) -> Any:
        try:
            return inner(ready_us, due_us, run_us, remaining_us, setup_us, priority, operations_left, now_us)
        except Exception:  # nobody above it hears one: it is noted, and told by `tell_what_was_raised`
            raised = float64_at(told_at)
            raised[0], raised[1], raised[2], raised[3], raised[4] = number, ready_us, due_us, run_us, remaining_us
            raised[5], raised[6], raised[7], raised[8] = setup_us, priority, operations_left, now_us
        return math.nan

    try:
        compiled = cfunc(_SIGNATURE, error_model="numpy")(guarded)
    except NumbaError as reason:
        raise ValueError(f"the dispatch rule cannot be compiled: {reason}") from reason
    _PLAIN.append(plain)
    return compiled


class OwnRuleRaised(ValueError):
    """A rule of a user's own has raised an error; the message says which, and at which job order."""


def tell_what_was_raised() -> None:
    """Raise OwnRuleRaised if a rule has raised since this was asked last: compiled code can only note it."""
    if not RAISED[0]:
        return
    plain = _PLAIN[int(RAISED[0]) - 1]
    told = [float(it) if kind is types.float64 else int(it) for it, kind in zip(RAISED[1:], _TYPES, strict=True)]
    RAISED[0] = 0
    words = "an error"
    try:
        plain(*told)
    except Exception as error:  # once more, where it can be heard
        words = f"{type(error).__name__}: {error}"
    job = ", ".join(f"{name} = {it}" for name, it in zip(ARGUMENTS, told, strict=True))
    raise OwnRuleRaised(f"the dispatch rule {plain.__name__} has raised {words}, at {job}; allowed: a number for every job order")


def _call_rule(  # noqa: PLR0913, PLR0917  what a rule is told, and where it is
    typing_context: Any, address: Any, ready_us: Any, due_us: Any, run_us: Any, remaining_us: Any, setup_us: Any, priority: Any,
    operations_left: Any, now_us: Any,
) -> Any:  # fmt: skip
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        function = ir.FunctionType(ir.DoubleType(), [context.get_value_type(it) for it in _TYPES])
        return builder.call(builder.inttoptr(arguments[0], function.as_pointer()), arguments[1:])

    return types.float64(types.int64, *_TYPES), generate


call_rule: Any = intrinsic(_call_rule)
"""Inside a kernel: the key that the rule at an address gives; the address, then its arguments."""

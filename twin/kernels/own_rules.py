"""A dispatch rule of a user's own: one function, compiled for itself, and called at its address by kernels that were compiled before it.

So no kernel is compiled anew for it, and the MES calls the very same machine code.
"""

from __future__ import annotations

import hashlib
import inspect
import math
from collections.abc import Callable
from types import CodeType, FunctionType
from typing import Any

import numpy as np

from twin.kernels.deferring import intrinsic

ARGUMENTS = ("ready_us", "due_us", "run_us", "remaining_us", "setup_us", "priority", "operations_left", "now_us")
"""What a rule is told of a job order, in this order; as `twin.kernels.dispatch.rank` has them."""

CHANCE = frozenset({"random", "numpy.random", "time", "datetime", "secrets", "uuid"})
"""Modules of which the same question has another answer each time."""
_FLOATS = ("run_us", "remaining_us")


def _types() -> list[Any]:
    from numba import types

    return [types.float64 if name in _FLOATS else types.int64 for name in ARGUMENTS]


RAISED = np.zeros(1 + len(ARGUMENTS))
"""The number of the rule that raised an error last, 0: none; and what it was told."""

_PLAIN: list[Callable[..., float]] = []


def _pointer(typing_context: Any, address: Any) -> Any:
    """The float64 values at an address, in the build on checked arrays too: a rule is no kernel, and has this one address."""
    from numba import types

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.inttoptr(arguments[0], context.get_value_type(signature.return_type))

    return types.CPointer(types.float64)(types.int64), generate


_noted_at: Any = intrinsic(_pointer)


def compile_rule(function: Callable[..., float]) -> Any:
    """The function as a C function (with `.address` and `.ctypes`); a division by nothing gives infinity or no number, and any
    other error is noted: see `tell_what_was_raised`.

    Raises
    ------
    ValueError : it takes other arguments, or cannot be compiled
    """
    from numba import cfunc, njit, types
    from numba.core.errors import NumbaError

    plain = getattr(function, "py_func", function)
    if drawn := sorted(_chances_in(plain, ())):
        raise ValueError(f"a dispatch rule with {', '.join(drawn)} decides otherwise each time, and nothing could be played again; "
                         "allowed: what it is told, and numbers of its own")  # fmt: skip
    if tuple(inspect.signature(plain).parameters) != ARGUMENTS:
        raise ValueError(f"a dispatch rule takes other arguments than {', '.join(inspect.signature(plain).parameters) or 'none'}; "
                         f"allowed: {', '.join(ARGUMENTS)}")  # fmt: skip
    inner, told_at, number = njit(error_model="numpy", boundscheck=True)(plain), RAISED.ctypes.data, len(_PLAIN) + 1

    def guarded(
        ready_us: int, due_us: int, run_us: float, remaining_us: float, setup_us: int, priority: int, operations_left: int, now_us: int
    ) -> Any:
        try:
            return inner(ready_us, due_us, run_us, remaining_us, setup_us, priority, operations_left, now_us)
        except Exception:  # nobody above it hears one: it is noted, and told by `tell_what_was_raised`
            raised = _noted_at(told_at)
            if raised[0] != 0:  # the first is told: what comes after may be of it
                return math.nan
            raised[0], raised[1], raised[2], raised[3], raised[4] = number, ready_us, due_us, run_us, remaining_us
            raised[5], raised[6], raised[7], raised[8] = setup_us, priority, operations_left, now_us
        return math.nan

    try:
        compiled = cfunc(types.float64(*_types()), error_model="numpy")(guarded)
    except NumbaError as reason:
        raise ValueError(f"the dispatch rule cannot be compiled: {reason}") from reason
    _PLAIN.append(plain)
    return compiled


def _chances_in(plain: Any, callers: tuple[Any, ...]) -> set[str]:
    """What a function, or one that it calls, takes from chance or from the clock of the machine."""
    code, around = plain.__code__, plain.__globals__
    used = {name: around[name] for name in code.co_names if name in around}
    used |= dict(zip(code.co_freevars, (cell.cell_contents for cell in plain.__closure__ or ()), strict=True))
    found = {name for name, it in used.items() if _is_of_chance(it)}
    found |= {"random" for it in used.values() if it is np and "random" in code.co_names}
    inner = [getattr(it, "py_func", it) for it in used.values()]
    for one in inner:
        if isinstance(one, FunctionType) and one not in callers and one.__module__ not in CHANCE:
            found |= _chances_in(one, (*callers, plain))
    return found


def _is_of_chance(value: Any) -> bool:
    of = getattr(value, "__self__", value)
    known = (getattr(value, "__module__", None), getattr(value, "__name__", None), type(of).__module__)
    return any(it in CHANCE or str(it).startswith("numpy.random") for it in known)


def fingerprint(function: Callable[..., float]) -> str:
    """Stands for what a rule does: another if its code is another, or what it takes from around it (numbers, arrays, functions)."""
    return hashlib.sha256(repr(_done_by(getattr(function, "py_func", function), ())).encode()).hexdigest()


def _done_by(plain: Any, callers: tuple[Any, ...]) -> Any:
    if plain in callers:
        return plain.__name__
    code: CodeType = plain.__code__
    around = {name: plain.__globals__[name] for name in code.co_names if name in plain.__globals__}
    around |= dict(zip(code.co_freevars, (cell.cell_contents for cell in plain.__closure__ or ()), strict=True))
    return _said_by(code), [(name, _is(around[name], (*callers, plain))) for name in sorted(around)]


def _said_by(code: CodeType) -> Any:
    constants = [_said_by(it) if isinstance(it, CodeType) else repr(it) for it in code.co_consts]
    return code.co_code.hex(), code.co_names, constants


def _is(value: Any, callers: tuple[Any, ...]) -> Any:
    inner = getattr(value, "py_func", value)
    if isinstance(inner, FunctionType):
        return _done_by(inner, callers)
    return (str(value.dtype), value.shape, value.tobytes().hex()) if isinstance(value, np.ndarray) else repr(value)


class OwnRuleRaised(ValueError):
    """A rule of a user's own has raised an error; the message says which, and at which job order."""


def tell_what_was_raised() -> None:
    """Raise OwnRuleRaised if a rule has raised since this was asked last: compiled code can only note it."""
    if not RAISED[0]:
        return
    plain = _PLAIN[int(RAISED[0]) - 1]
    told = [float(it) if name in _FLOATS else int(it) for it, name in zip(RAISED[1:], ARGUMENTS, strict=True)]
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
    from llvmlite import ir
    from numba import types

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        function = ir.FunctionType(ir.DoubleType(), [context.get_value_type(it) for it in _types()])
        return builder.call(builder.inttoptr(arguments[0], function.as_pointer()), arguments[1:])

    return types.float64(types.int64, *_types()), generate


call_rule: Any = intrinsic(_call_rule)
"""Inside a kernel: the key that the rule at an address gives; the address, then its arguments."""

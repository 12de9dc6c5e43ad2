"""A dispatch rule of a user's own: one function, compiled for itself, and called at its address by kernels that were compiled before it.

So no kernel is compiled anew for it, and the MES calls the very same machine code.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from twin.kernels.deferring import intrinsic

ARGUMENTS = ("ready_us", "due_us", "run_us", "remaining_us", "setup_us", "priority", "operations_left", "now_us")
"""What a rule is told of a job order, in this order; as `twin.kernels.dispatch.rank` has them."""


def _types() -> list[Any]:
    from numba import types

    return [types.float64 if name in ("run_us", "remaining_us") else types.int64 for name in ARGUMENTS]


def compile_rule(function: Callable[..., float]) -> Any:
    """The function as a C function (with `.address` and `.ctypes`); a division by nothing gives infinity or no number, and no exception.

    Raises
    ------
    ValueError : it takes other arguments, or cannot be compiled
    """
    from numba import cfunc, types
    from numba.core.errors import NumbaError

    plain = getattr(function, "py_func", function)
    if tuple(inspect.signature(plain).parameters) != ARGUMENTS:
        raise ValueError(f"a dispatch rule takes other arguments than {', '.join(inspect.signature(plain).parameters) or 'none'}; "
                         f"allowed: {', '.join(ARGUMENTS)}")  # fmt: skip
    try:
        return cfunc(types.float64(*_types()), error_model="numpy")(plain)
    except NumbaError as reason:
        raise ValueError(f"the dispatch rule cannot be compiled: {reason}") from reason


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

"""The smallest of the keys in the table of timers, a vector at a time: no question is asked, so none is answered wrong."""

from __future__ import annotations

from typing import Any

from twin.kernels.compiling import CHECKS_BOUNDS, inlined
from twin.kernels.deferring import intrinsic
from twin.kernels.floor.rows import timer_rows as due
from twin.kernels.floor.rows.plant_rows import Ints


def _smallest_but(typing_context: Any, area: Any, begin: Any, blocks: Any, key: Any) -> Any:
    """Of TABLE_BLOCK * `blocks` (at least one) int64 from `begin` on the smallest that is not `key`; NEVER if there is none."""
    from llvmlite import ir
    from numba import types
    from numba.core import cgutils

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        area, begin, blocks, key = arguments
        word, vector = ir.IntType(64), ir.VectorType(ir.IntType(64), due.TABLE_BLOCK)

        def all_of(value: Any) -> Any:
            one = builder.insert_element(ir.Constant(vector, ir.Undefined), value, ir.Constant(ir.IntType(32), 0))
            return builder.shuffle_vector(one, one, ir.Constant(ir.VectorType(ir.IntType(32), due.TABLE_BLOCK), [0] * due.TABLE_BLOCK))

        never, keys = all_of(word(due.NEVER)), all_of(key)
        smallest = cgutils.alloca_once_value(builder, never)
        with cgutils.for_range(builder, blocks) as loop:
            first = builder.gep(area, [builder.add(begin, builder.mul(loop.index, word(due.TABLE_BLOCK)))])
            block = builder.load(builder.bitcast(first, vector.as_pointer()), align=8)
            others = builder.select(builder.icmp_signed("==", block, keys), never, block)
            before = builder.load(smallest)
            builder.store(builder.select(builder.icmp_signed("<", others, before), others, before), smallest)
        reduce = cgutils.get_or_insert_function(
            builder.module, ir.FunctionType(word, [vector]), f"llvm.vector.reduce.smin.v{due.TABLE_BLOCK}i64"
        )
        return builder.call(reduce, [builder.load(smallest)])

    return types.int64(area, types.int64, types.int64, types.int64), generate


@inlined
def _one_by_one(area: Ints, begin: int, blocks: int, key: int) -> int:
    """The same in the debug build, whose arrays know their bounds."""
    smallest = due.NEVER
    for n in range(blocks * due.TABLE_BLOCK):
        other = area[begin + n]
        smallest = min(smallest, due.NEVER if other == key else other)
    return smallest


_smallest: Any = _one_by_one if CHECKS_BOUNDS else intrinsic(_smallest_but)


@inlined
def earliest_but(plant: Ints, key: int) -> int:
    """The smallest key in the table, `key` left out."""
    return _smallest(plant, plant[due.TABLE_AT], plant[due.TABLE_BLOCKS], key)  # type: ignore[no-any-return] # int64

"""Philox4x64-10, compiled: one word of a stream by its number, with no state at all.

A stream is keyed by seed and purpose (128 bits), and its entity is the third word of the counter. So word n of any stream of a purpose is
found at counter (n // 4 + 1, 0, entity, 0), place n % 4: the same numbers in either engine, in any order.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from twin.kernels.chance.logarithm import minus_log_of
from twin.kernels.compiling import inlined, kernel
from twin.kernels.deferring import intrinsic

_FNV_OFFSET = 0xCBF29CE484222325
_FNV_PRIME = 0x100000001B3
_MULTIPLIER_0 = np.uint64(0xD2E7470EE14C6C93)
_MULTIPLIER_1 = np.uint64(0xCA5A826395121157)
_WEYL_0 = np.uint64(0x9E3779B97F4A7C15)
_WEYL_1 = np.uint64(0xBB67AE8584CAA73B)
_PRIME = np.uint64(_FNV_PRIME)


def entity_number(name: str) -> int:
    """64 bits of a name: FNV-1a over its UTF-8 bytes.

    Notes
    -----
    Fowler, Noll, Vo; RFC 9923. A name can be carried on byte by byte (`entity_with`), so a plant that makes names of lots in numbers
    finds the same entity as one that has them as text.
    """
    number = _FNV_OFFSET
    for byte in name.encode():
        number = ((number ^ byte) * _FNV_PRIME) & 0xFFFFFFFFFFFFFFFF
    return number


@kernel
def entity_with(entity: int, byte: int) -> int:
    """The entity number of a name that goes on with `byte`; int64 in and out, as bits."""
    return np.int64((np.uint64(entity) ^ np.uint64(byte)) * _PRIME)  # type: ignore[return-value]


def _product(typing_context: Any, left: Any, right: Any) -> Any:
    """The upper and the lower 64 bits of a product of two uint64, by one multiplication."""
    from llvmlite import ir
    from numba import types

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        word, wide = ir.IntType(64), ir.IntType(128)
        product = builder.mul(builder.zext(arguments[0], wide), builder.zext(arguments[1], wide))
        halves = builder.trunc(builder.lshr(product, ir.Constant(wide, 64)), word), builder.trunc(product, word)
        return context.make_tuple(builder, signature.return_type, halves)

    return types.UniTuple(types.uint64, 2)(types.uint64, types.uint64), generate


product_of: Any = intrinsic(_product)


def _leading_zeros(typing_context: Any, whole: Any) -> Any:
    """How many zeros stand before the first one of the 64 bits of a number that is not 0."""
    from llvmlite import ir
    from numba import types

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.ctlz(arguments[0], ir.Constant(ir.IntType(1), 1))

    return types.int64(types.int64), generate


leading_zeros: Any = intrinsic(_leading_zeros)


def _philox_block(key_0: int, key_1: int, block: int, attempt: int, entity: int) -> tuple[int, int, int, int]:
    """The words of the block at counter (block, attempt, entity, 0); all int64, as bits; the words as uint64.

    Notes
    -----
    Salmon, Moraes, Dror, Shaw (2011), "Parallel random numbers: as easy as 1, 2, 3", SC'11.
    """
    k_0, k_1 = np.uint64(key_0), np.uint64(key_1)
    w_0, w_1, w_2, w_3 = np.uint64(block), np.uint64(attempt), np.uint64(entity), np.uint64(0)
    for _ in range(10):
        high_0, low_0 = product_of(_MULTIPLIER_0, w_0)
        high_1, low_1 = product_of(_MULTIPLIER_1, w_2)
        w_0, w_1, w_2, w_3 = high_1 ^ (w_1 ^ k_0), low_1, high_0 ^ (w_3 ^ k_1), low_0
        k_0 += _WEYL_0
        k_1 += _WEYL_1
    return w_0, w_1, w_2, w_3  # type: ignore[return-value]


inlined_block = inlined(_philox_block)


def _philox_word(key_0: int, key_1: int, block: int, attempt: int, entity: int, place: int) -> int:
    """Word `place` (0 to 3) of that block."""
    w_0, w_1, w_2, w_3 = inlined_block(key_0, key_1, block, attempt, entity)
    if place == 0:
        return w_0
    if place == 1:
        return w_1
    return w_2 if place == 2 else w_3


philox_word, _inlined_word = kernel(_philox_word), inlined(_philox_word)


@inlined
def word_of(key_0: int, key_1: int, entity: int, draw: int) -> int:
    """Word number `draw` (from 0) of the stream."""
    return _inlined_word(key_0, key_1, (draw >> 2) + 1, 0, entity, draw & 3)


@inlined
def share_of(word: int) -> float:
    """A word (uint64) as a number strictly between 0 and 1."""
    return (np.float64(word >> np.uint64(12)) + 0.5) * 2.0**-52


@inlined
def minus_log_of_complement(word: int) -> float:
    """-log(1 - share_of(word)): the complement is an odd number of 2^-53, so its exponent is told by the zeros before it."""
    odd = (1 << 53) - 1 - 2 * np.int64(word >> np.uint64(12))
    zeros = leading_zeros(odd) - 11
    return minus_log_of(zeros + 1, odd << zeros)


@inlined
def uniform(key_0: int, key_1: int, entity: int, draw: int) -> float:
    """Draw number `draw` (from 0) of the stream, strictly between 0 and 1."""
    return share_of(word_of(key_0, key_1, entity, draw))

"""Where chance comes from: one counter-based stream for each purpose and entity, and a draw from each declared distribution.

The n-th number of a stream depends on the seed, the purpose, the entity and n alone, so the third repair of mill_1 is the same number
in any order of events, on any machine, and under any other policy (common random numbers).

Every variate uses up one draw, and scalars alone make it from the uniform: NumPy's vectorised logarithms differ in the last
bit from the C library's, and a compiled plant has to draw the same numbers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import lru_cache
from hashlib import blake2b

import numpy as np

from twin.kernels.chance.philox import entity_number
from twin.kernels.chance.variates import (
    CONSTANT,
    EMPIRICAL,
    EXPONENTIAL,
    GAMMA,
    LOGNORMAL,
    NORMAL,
    TRIANGULAR,
    UNIFORM,
    WEIBULL,
    gamma_attempt,
    good_ahead,
    variate_us,
    whole_us,
)
from twin.model.measures import (
    AnyDistribution,
    Constant,
    Empirical,
    Erlang,
    Exponential,
    Gamma,
    Lognormal,
    Normal,
    Triangular,
    Uniform,
    Weibull,
)

_WORD = (1 << 64) - 1
_SHORT_STREAM_BLOCKS = 8
_WORDS_AT_ONCE = 128


def philox_block(key: tuple[int, int], counter: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    """The four 64-bit words of Philox4x64-10 at `counter`.

    Notes
    -----
    Salmon, Moraes, Dror, Shaw (2011), "Parallel random numbers: as easy as 1, 2, 3", SC'11. `numpy.random.Philox` gives the same
    words; it counts up before its first block, so its block n is counter n + 1.
    """
    key_0, key_1 = key
    word_0, word_1, word_2, word_3 = counter
    word = _WORD
    for _ in range(10):
        product_0 = 0xD2E7470EE14C6C93 * word_0
        product_1 = 0xCA5A826395121157 * word_2
        word_0 = (product_1 >> 64) ^ word_1 ^ key_0
        word_2 = (product_0 >> 64) ^ word_3 ^ key_1
        word_1 = product_1 & word
        word_3 = product_0 & word
        key_0 = (key_0 + 0x9E3779B97F4A7C15) & word
        key_1 = (key_1 + 0xBB67AE8584CAA73B) & word
    return word_0, word_1, word_2, word_3


def open_uniform(word: int) -> float:
    """A number strictly between 0 and 1 from 52 bits of `word`: inversion may take the logarithm of it and of its complement."""
    return ((word >> 12) + 0.5) * 2.0**-52


@lru_cache(maxsize=1000)
def stream_key(seed: int, purpose: str) -> tuple[int, int]:
    """The Philox key of all streams of one purpose under one seed."""
    digest = blake2b(f"{seed}/{purpose}".encode(), digest_size=16).digest()
    return int.from_bytes(digest[:8], "little"), int.from_bytes(digest[8:], "little")


class RandomStream:
    """Uniform numbers for one purpose of one entity, drawn in order. Draw n is word n % 4 of block n // 4 + 1.

    Seed and purpose are the key, the entity is the third word of the counter. Most streams end after a number or two, and Python makes
    their block; a stream that goes on has NumPy make many blocks at once.
    """

    __slots__ = ("_drawn", "_entity", "_first", "_key", "_words")

    def __init__(self, seed: int, purpose: str, entity: str) -> None:
        self._key, self._entity = stream_key(seed, purpose), entity_number(entity)
        self._drawn = self._first = 0
        self._words: Sequence[int] = ()  # draws from `_first` on

    def word(self) -> int:
        """The next draw, raw: 64 random bits."""
        place = self._drawn - self._first
        if place >= len(self._words):
            place = self._make_words()
        self._drawn += 1
        return self._words[place]

    def _make_words(self) -> int:
        """Make the words from the block of the next draw on; the place of that draw among them."""
        block = self._drawn >> 2
        self._first = block << 2
        if block < _SHORT_STREAM_BLOCKS:
            self._words = philox_block(self._key, (block + 1, 0, self._entity, 0))
        else:
            numpys = np.random.Philox(key=self._key[0] | self._key[1] << 64, counter=block | self._entity << 128)
            self._words = numpys.random_raw(_WORDS_AT_ONCE).tolist()
        return self._drawn & 3

    def uniform(self) -> float:
        """The next draw, strictly between 0 and 1."""
        return open_uniform(self.word())

    def skip(self, draws: int) -> None:
        """Leave `draws` draws out: they belong to somebody else."""
        self._drawn += draws

    def begin_variate(self) -> int:
        """Use up one draw for a variate that needs a number of uniforms not known before; they come from `sub_block`."""
        self.skip(1)
        return self._drawn - 1

    def sub_block(self, variate: int, attempt: int) -> tuple[int, int, int, int]:
        """Four words that belong to attempt `attempt` (from 0) at draw `variate` alone: the counter's second word tells them apart."""
        return philox_block(self._key, (variate + 1, attempt + 1, self._entity, 0))


Draw = Callable[[RandomStream], int]
"""One variate of a distribution, in whole microseconds."""

Parameters = tuple[int, float, float, float]
"""The number of a distribution (`twin.kernels.chance.variates`) and its parameters a, b, c."""


def parameters(distribution: AnyDistribution) -> Parameters:
    """A declared distribution in numbers, as both engines draw from it; what does not change from draw to draw is worked out here."""
    match distribution:
        case Constant(value=value):
            return CONSTANT, float(value), 0.0, 0.0
        case Exponential(mean=mean):
            return EXPONENTIAL, float(mean), 0.0, 0.0
        case Normal(mean=mean, sd=sd):
            return NORMAL, float(mean), float(sd), 0.5 * math.erfc(mean / sd / math.sqrt(2.0))
        case Lognormal(mean=mean, sd=sd):
            variance = math.log1p((sd / mean) * (sd / mean))
            return LOGNORMAL, math.log(mean) - variance / 2.0, math.sqrt(variance), 0.0
        case Uniform(low=low, high=high):
            return UNIFORM, float(low), float(high), 0.0
        case Triangular(low=low, mode=mode, high=high):
            return TRIANGULAR, float(low), float(mode), float(high)
        case Gamma(shape=shape, mean=mean):
            return GAMMA, shape, mean / shape, 0.0
        case Erlang(phases=phases, mean=mean):  # the sum of `phases` exponentials is a gamma of that shape
            return GAMMA, float(phases), mean / phases, 0.0
        case Weibull(shape=shape, scale=scale):
            return WEIBULL, shape, float(scale), 0.0
        case Empirical():
            return EMPIRICAL, 0.0, 0.0, 0.0


def drawing(distribution: AnyDistribution) -> Draw:
    """How to draw from a declared distribution."""
    kind, a, b, c = parameters(distribution)
    if isinstance(distribution, Constant):
        value = distribution.value
        return lambda stream: value
    if isinstance(distribution, Empirical):
        values = distribution.values
        return lambda stream: values[int(stream.uniform() * len(values))]
    if kind == GAMMA:
        return lambda stream: whole_us(_draw_gamma(stream, a) * b)
    return lambda stream: variate_us(kind, a, b, c, stream.uniform())


def _draw_gamma(stream: RandomStream, shape: float) -> float:
    """One gamma variate of mean `shape`. Each attempt has a block of its own, so it uses up one draw however many attempts it takes."""
    variate, attempt = stream.begin_variate(), 0
    while True:
        u_0, u_1, u_2, _ = map(open_uniform, stream.sub_block(variate, attempt))
        if (drawn := gamma_attempt(shape, u_0, u_1, u_2)) >= 0.0:
            return drawn
        attempt += 1


class Rejects:
    """Which pieces in a row of pieces are bad, each by itself with the same chance: scrap or rework.

    Instead of one draw a piece, the run of good pieces up to the next bad one is drawn, then its kind; so a row of many thousand pieces
    costs two draws for each bad one, and may be cut into lots anywhere. A row without bad pieces uses up no draw.
    """

    def __init__(self, stream: RandomStream, scrap: float, rework: float) -> None:
        self._stream, self._scrap, self._share = stream, scrap, scrap + rework
        self._good_ahead = self._draw_good_ahead()

    def _draw_good_ahead(self) -> int:
        return good_ahead(self._share, self._stream.uniform() if 0.0 < self._share < 1.0 else 0.5)

    def among(self, quantity: int) -> tuple[int, int]:
        """Pieces of scrap, and pieces to rework, among the next `quantity`."""
        scrap = rework = 0
        while self._good_ahead < quantity:
            quantity -= self._good_ahead + 1
            if self._stream.uniform() * self._share < self._scrap:
                scrap += 1
            else:
                rework += 1
            self._good_ahead = self._draw_good_ahead()
        self._good_ahead -= quantity
        return scrap, rework

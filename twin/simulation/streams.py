"""Where chance comes from: one counter-based stream for each purpose and entity, and a draw from each declared distribution.

The n-th number of a stream depends on the seed, the purpose, the entity and n alone, so the third repair of mill_1 is the same number
in any order of events, on any machine, and under any other policy (common random numbers).

Every variate uses up one draw, and scalar `math` alone makes it from the uniform: NumPy's vectorised logarithms differ in the last
bit from the C library's, and a compiled plant has to draw the same numbers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from hashlib import blake2b

import numpy as np

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


class RandomStream:
    """Uniform numbers for one purpose of one entity, drawn in order. Draw n is word n % 4 of block n // 4 + 1.

    Most streams end after a number or two, and Python makes their block; a stream that goes on has NumPy make many blocks at once.
    """

    __slots__ = ("_drawn", "_first", "_key", "_words")

    def __init__(self, seed: int, purpose: str, entity: str) -> None:
        digest = blake2b(f"{seed}/{purpose}/{entity}".encode(), digest_size=16).digest()
        self._key = (int.from_bytes(digest[:8], "little"), int.from_bytes(digest[8:], "little"))
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
            self._words = philox_block(self._key, (block + 1, 0, 0, 0))
        else:
            numpys = np.random.Philox(key=self._key[0] | self._key[1] << 64, counter=block)
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
        return philox_block(self._key, (variate + 1, attempt + 1, 0, 0))


Draw = Callable[[RandomStream], int]
"""One variate of a distribution, in whole microseconds."""


def normal_quantile(share: float) -> float:
    """Where the standard normal distribution reaches `share`, 0 < share < 1; relative error about 1e-16.

    Notes
    -----
    Wichura (1988), Algorithm AS 241 (PPND16), Applied Statistics 37, 477.
    """
    off_centre = share - 0.5
    if abs(off_centre) <= 0.425:
        r = 0.180625 - off_centre * off_centre
        return off_centre * _ratio(r, _CENTRE_ABOVE, _CENTRE_BELOW)
    r = math.sqrt(-math.log(share if off_centre < 0 else 1.0 - share))
    far = _ratio(r - 1.6, _MIDDLE_ABOVE, _MIDDLE_BELOW) if r <= 5.0 else _ratio(r - 5.0, _TAIL_ABOVE, _TAIL_BELOW)
    return -far if off_centre < 0 else far


def _ratio(x: float, above: tuple[float, ...], below: tuple[float, ...]) -> float:
    """Quotient of two polynomials in `x`, coefficients from the highest power down."""
    numerator = denominator = 0.0
    for coefficient in above:
        numerator = numerator * x + coefficient
    for coefficient in below:
        denominator = denominator * x + coefficient
    return numerator / denominator


# fmt: off
_CENTRE_ABOVE = (2.5090809287301226727e3, 3.3430575583588128105e4, 6.7265770927008700853e4, 4.5921953931549871457e4,
                 1.3731693765509461125e4, 1.9715909503065514427e3, 1.3314166789178437745e2, 3.3871328727963666080e0)
_CENTRE_BELOW = (5.2264952788528545610e3, 2.8729085735721942674e4, 3.9307895800092710610e4, 2.1213794301586595867e4,
                 5.3941960214247511077e3, 6.8718700749205790830e2, 4.2313330701600911252e1, 1.0)
_MIDDLE_ABOVE = (7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1, 1.27045825245236838258e0,
                 3.64784832476320460504e0, 5.76949722146069140550e0, 4.63033784615654529590e0, 1.42343711074968357734e0)
_MIDDLE_BELOW = (1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2, 1.48103976427480074590e-1,
                 6.89767334985100004550e-1, 1.67638483018380384940e0, 2.05319162663775882187e0, 1.0)
_TAIL_ABOVE = (2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.24266094738807843860e-3, 2.65321895265761230930e-2,
               2.96560571828504891230e-1, 1.78482653991729133580e0, 5.46378491116411436990e0, 6.65790464350110377720e0)
_TAIL_BELOW = (2.04426310338993978564e-15, 1.42151175831644588870e-7, 1.84631831751005468180e-5, 7.86869131145613259100e-4,
               1.48753612908506148525e-2, 1.36929880922735805310e-1, 5.99832206555887937690e-1, 1.0)
# fmt: on


def _whole(duration_us: float) -> int:
    """To the nearest microsecond, halves up; a duration is never negative."""
    return int(duration_us + 0.5)


def _draw_gamma(stream: RandomStream, shape: float) -> float:
    """One gamma variate of mean `shape` and scale 1, exact.

    Notes
    -----
    Marsaglia, Tsang (2000), ACM Trans. Math. Softw. 26, 363: reject from the cube of a normal; below shape 1 by their boost with
    U^(1/shape). Each attempt has a block of its own, so one variate uses up one draw however many attempts it takes.
    """
    d = (shape if shape >= 1.0 else shape + 1.0) - 1.0 / 3.0
    c = 1.0 / math.sqrt(9.0 * d)
    variate = stream.begin_variate()
    attempt = 0
    while True:
        word_0, word_1, word_2, _ = stream.sub_block(variate, attempt)
        x = normal_quantile(open_uniform(word_0))
        v = 1.0 + c * x
        if v > 0.0:
            v = v * v * v
            if math.log(open_uniform(word_1)) < 0.5 * x * x + d - d * v + d * math.log(v):
                break
        attempt += 1
    boost = 1.0 if shape >= 1.0 else math.pow(open_uniform(word_2), 1.0 / shape)
    return d * v * boost


def _triangular(low: int, mode: int, high: int) -> Draw:
    width, rise = float(high - low), float(mode - low)
    peak = rise / width if width else 0.0

    def draw(stream: RandomStream) -> int:
        u = stream.uniform()
        if u < peak:
            return _whole(low + math.sqrt(u * width * rise))
        return _whole(high - math.sqrt((1.0 - u) * width * (width - rise)))

    return draw


def _normal(mean: int, sd: int) -> Draw:
    below_zero = 0.5 * math.erfc(mean / sd / math.sqrt(2.0))
    return lambda stream: _whole(max(0.0, mean + sd * normal_quantile(below_zero + stream.uniform() * (1.0 - below_zero))))


def _lognormal(mean: int, sd: int) -> Draw:
    variance = math.log1p((sd / mean) * (sd / mean))
    centre, spread = math.log(mean) - variance / 2.0, math.sqrt(variance)
    return lambda stream: _whole(math.exp(centre + spread * normal_quantile(stream.uniform())))


def drawing(distribution: AnyDistribution) -> Draw:
    """How to draw from a declared distribution; what does not change from draw to draw is worked out once, here."""
    match distribution:
        case Constant(value=value):
            return lambda stream: value
        case Exponential(mean=mean):
            return lambda stream: _whole(-mean * math.log1p(-stream.uniform()))
        case Normal(mean=mean, sd=sd):
            return _normal(mean, sd)
        case Lognormal(mean=mean, sd=sd):
            return _lognormal(mean, sd)
        case Uniform(low=low, high=high):
            return lambda stream: _whole(low + stream.uniform() * (high - low))
        case Triangular(low=low, mode=mode, high=high):
            return _triangular(low, mode, high)
        case Gamma(shape=shape, mean=mean):
            return lambda stream: _whole(_draw_gamma(stream, shape) * (mean / shape))
        case Erlang(phases=phases, mean=mean):  # the sum of `phases` exponentials is a gamma of that shape
            return lambda stream: _whole(_draw_gamma(stream, float(phases)) * (mean / phases))
        case Weibull(shape=shape, scale=scale):
            return lambda stream: _whole(scale * math.pow(-math.log1p(-stream.uniform()), 1.0 / shape))
        case Empirical(values=values):
            return lambda stream: values[int(stream.uniform() * len(values))]


class Rejects:
    """Which pieces in a row of pieces are bad, each by itself with the same chance: scrap or rework.

    Instead of one draw a piece, the run of good pieces up to the next bad one is drawn (geometric, by inversion), then its kind; so a
    row of many thousand pieces costs two draws for each bad one, and may be cut into lots anywhere.
    """

    def __init__(self, stream: RandomStream, scrap: float, rework: float) -> None:
        self._stream, self._scrap, self._share = stream, scrap, scrap + rework
        self._good_ahead = self._draw_good_ahead()

    def _draw_good_ahead(self) -> int:
        if self._share <= 0.0:
            return 2**62
        if self._share >= 1.0:
            return 0
        return int(math.log(self._stream.uniform()) / math.log1p(-self._share))

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

"""The logarithm by which times are drawn: products and sums alone, so it gives the same bits in both engines, on any machine.

The C library's asks things of its argument that nobody can foresee, so the processor guesses wrong, and it is another with each library.
Here nothing is asked: v = z / 2^e with 1 <= z < 2, and for each of 128 slices of z there is a short whole number F with F z about 1024.
So r = F z / 1024 - 1 is small and known exactly, and -log v = e log 2 + log(F / 1024) - log(1 + r).

Tang (1990), "Table-driven implementation of the logarithm function in IEEE floating-point arithmetic", ACM Trans. Math. Softw. 16, 378.
"""

from __future__ import annotations

import numpy as np

from twin.kernels.deferring import in_both_engines

_SLICES, _ONE = 128, 1024
_BITS_HIGH, _BITS = 46, 98
"""A logarithm is kept as two numbers: a multiple of 2^-46, of which sums below 64 are exact, and what is missing, to 2^-98."""


def _factor(n: int) -> int:
    """F of a slice: about 1024 over its middle; half of 1024 at the upper end, so that little is lost where v is nearly 1."""
    return _ONE // 2 if n == _SLICES - 1 else round(_ONE / (1.0 + (n + 0.5) / _SLICES))


def _scaled_log(factor: int) -> int:
    """log(1024 / factor) times 2^98, by its series in (1024 - factor) / (1024 + factor)."""
    above, below = _ONE - factor, _ONE + factor
    power, total, n = (2 * above << _BITS + 8) // below, 0, 1
    while power:
        total += power // n
        power = power * above * above // (below * below)
        n += 2
    return (total + 128) >> 8


def _high(scaled: int) -> int:
    return (scaled + (1 << _BITS - _BITS_HIGH - 1)) >> _BITS - _BITS_HIGH


_FACTORS = np.array([_factor(n) for n in range(_SLICES)], dtype=np.int64)
_SCALED = [_scaled_log(int(factor)) for factor in _FACTORS]
_HIGH = np.array([_high(it) * 2.0**-_BITS_HIGH for it in _SCALED])
_LOW = np.array([(it - (_high(it) << _BITS - _BITS_HIGH)) * 2.0**-_BITS for it in _SCALED])
_LOG_2_HIGH, _LOG_2_LOW = float(_HIGH[-1]), float(_LOW[-1])


_ULP = 2.0**-62
_C_2, _C_3, _C_4, _C_5 = 0.5 * _ULP**2, (1.0 / 3.0) * _ULP**3, 0.25 * _ULP**4, 0.2 * _ULP**5
_C_6, _C_7 = (1.0 / 6.0) * _ULP**6, (1.0 / 7.0) * _ULP**7
"""Coefficients of the series for r in units of 2^-62, in which it is a whole number: powers of two change no digit of a product."""


@in_both_engines
def minus_log(share: float) -> float:
    """-log(share), 2^-60 < share < 1; off by less than one unit in the last place (by 0.51 of it where the result is above 0.02)."""
    bits = int(np.float64(share).view(np.int64))
    return minus_log_of(1023 - (bits >> 52), bits & (2**52 - 1) | 2**52)


@in_both_engines
def minus_log_of(exponent: int, whole: int) -> float:
    """-log(whole / 2^(52 + exponent)), 2^52 <= whole < 2^53, 1 <= exponent <= 60."""
    n = whole >> 45 & _SLICES - 1
    r = float(whole * _FACTORS[n] - 2**62)
    r_2 = r * r
    series = r_2 * ((_C_2 - r * _C_3) + r_2 * ((_C_4 - r * _C_5) + r_2 * (_C_6 - r * _C_7)))
    high = exponent * _LOG_2_HIGH - _HIGH[n]
    r *= _ULP
    nearly = high - r
    return float(nearly + ((((high - nearly) - r) + (exponent * _LOG_2_LOW - _LOW[n])) + series))

"""Variates from uniforms, one source for both engines: plain Python functions on scalars, which kernels may call too.

Scalar `math` alone: NumPy's vectorised logarithms differ in the last bit from the C library's, Numba's do not. Inversion wherever there is
one, so that a variate uses up one draw and common random numbers stay in step.
"""

from __future__ import annotations

import math

from twin.kernels.chance.logarithm import minus_log
from twin.kernels.deferring import in_both_engines

CONSTANT, EXPONENTIAL, NORMAL, LOGNORMAL, UNIFORM, TRIANGULAR, GAMMA, WEIBULL, EMPIRICAL = range(9)

LONGEST_US = 2**61
"""No duration is longer (73,000 years); what is drawn beyond it counts as this."""

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
_TAIL_BELOW = (2.04426310337993978564e-15, 1.42151175831644588870e-7, 1.84631831751005468180e-5, 7.86869131145613259100e-4,
               1.48753612908506148525e-2, 1.36929880922735805310e-1, 5.99832206555887937690e-1, 1.0)
# fmt: on


@in_both_engines
def _ratio(x: float, above: tuple[float, ...], below: tuple[float, ...]) -> float:
    """Quotient of two polynomials in `x`, coefficients from the highest power down."""
    numerator = denominator = 0.0
    for coefficient in above:
        numerator = numerator * x + coefficient
    for coefficient in below:
        denominator = denominator * x + coefficient
    return numerator / denominator


@in_both_engines
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


@in_both_engines
def whole_us(duration_us: float) -> int:
    """To the nearest microsecond, halves up; never negative, never longer than `LONGEST_US`."""
    if duration_us >= LONGEST_US:
        return LONGEST_US
    return int(duration_us + 0.5)


@in_both_engines
def exponential_us(mean_us: float, complement: float) -> int:
    """An exponential variate by inversion of the uniform whose complement to 1 is given."""
    return whole_us(mean_us * minus_log(complement))


@in_both_engines
def variate_us(kind: int, a: float, b: float, c: float, u: float) -> int:
    """One variate by inversion of the uniform `u`, in whole microseconds.

    Parameters
    ----------
    kind : EXPONENTIAL (a: mean), NORMAL (a: mean, b: standard deviation, c: share of it below zero, which is cut off),
        LOGNORMAL (a, b: mean and standard deviation of the logarithm), UNIFORM (a: low, b: high), TRIANGULAR (a: low, b: mode, c: high),
        WEIBULL (a: shape, b: scale). CONSTANT and EMPIRICAL are looked up, GAMMA is drawn by attempts.
    u : strictly between 0 and 1
    """
    if kind == EXPONENTIAL:
        return exponential_us(a, 1.0 - u)
    if kind == NORMAL:
        return whole_us(max(0.0, a + b * normal_quantile(c + u * (1.0 - c))))
    if kind == LOGNORMAL:
        exponent = a + b * normal_quantile(u)
        return LONGEST_US if exponent > 700.0 else whole_us(math.exp(exponent))
    if kind == UNIFORM:
        return whole_us(a + u * (b - a))
    if kind == TRIANGULAR:
        width, rise = c - a, b - a
        if u * width < rise:
            return whole_us(a + math.sqrt(u * width * rise))
        return whole_us(c - math.sqrt((1.0 - u) * width * (width - rise)))
    exponent = math.log(-math.log1p(-u)) / a  # WEIBULL
    return LONGEST_US if exponent > 700.0 else whole_us(b * math.exp(exponent))


@in_both_engines
def gamma_attempt(shape: float, u_0: float, u_1: float, u_2: float) -> float:
    """One attempt at a gamma variate of mean `shape` and scale 1, exact; negative if it is rejected.

    Notes
    -----
    Marsaglia, Tsang (2000), ACM Trans. Math. Softw. 26, 363: reject from the cube of a normal; below shape 1 by their boost with
    U^(1/shape).
    """
    d = (shape if shape >= 1.0 else shape + 1.0) - 1.0 / 3.0
    x = normal_quantile(u_0)
    v = 1.0 + x / math.sqrt(9.0 * d)
    if v <= 0.0:
        return -1.0
    v = v * v * v
    if math.log(u_1) >= 0.5 * x * x + d - d * v + d * math.log(v):
        return -1.0
    boost = 1.0 if shape >= 1.0 else math.pow(u_2, 1.0 / shape)
    return d * v * boost


@in_both_engines
def good_ahead(share: float, u: float) -> int:
    """How many good pieces come before the next bad one, each piece being bad with chance `share`: geometric, by inversion of `u`."""
    if share <= 0.0:
        return 2**62
    if share >= 1.0:
        return 0
    ahead = math.log(u) / math.log1p(-share)
    return 2**62 if ahead >= 2**62 else int(ahead)

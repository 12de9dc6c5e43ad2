"""Random numbers: NumPy's Philox bit for bit, and distributions that are what they say."""

from __future__ import annotations

import math
from hashlib import blake2b
from statistics import NormalDist
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError
from scipy import stats

from twin.kernels.chance.philox import entity_number
from twin.kernels.chance.variates import normal_quantile
from twin.model.measures import (
    AnyDistribution,
    Constant,
    Duration,
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
from twin.simulation.streams import RandomStream, Rejects, drawing, open_uniform, philox_block

WORDS = st.integers(0, 2**64 - 1)
DRAWS = 20_000


@given(key=st.tuples(WORDS, WORDS), counter=st.tuples(st.integers(0, 2**64 - 2), WORDS, WORDS, WORDS))
def test_philox_gives_the_words_of_numpy(key: tuple[int, int], counter: tuple[int, int, int, int]) -> None:
    numpys = np.random.Philox(key=np.array(key, dtype=np.uint64), counter=np.array(counter, dtype=np.uint64))
    assert philox_block(key, (counter[0] + 1, *counter[1:])) == tuple(numpys.random_raw(4).tolist())


def test_a_stream_is_numpys_generator_keyed_by_seed_purpose_and_entity() -> None:
    digest = blake2b(b"7/repair", digest_size=16).digest()
    numpys = np.random.Philox(key=np.frombuffer(digest, dtype="<u8"), counter=entity_number("mill_3/spindle") << 128)
    stream = RandomStream(7, "repair", "mill_3/spindle")
    assert [stream.word() for _ in range(1000)] == numpys.random_raw(1000).tolist()


@given(skipped=st.integers(0, 40), before=st.integers(0, 9))
def test_the_nth_draw_is_the_same_however_one_gets_there(skipped: int, before: int) -> None:
    whole, jumping = RandomStream(1, "run", "x"), RandomStream(1, "run", "x")
    words = [whole.word() for _ in range(60)]
    assert [jumping.word() for _ in range(before)] == words[:before]
    jumping.skip(skipped)
    assert jumping.word() == words[before + skipped]


def test_a_gamma_uses_up_one_draw_so_that_what_follows_stays_in_step() -> None:
    plain, mixed = RandomStream(1, "run", "x"), RandomStream(1, "run", "x")
    words = [plain.word() for _ in range(12)]
    draw = drawing(Gamma(shape=0.4, mean="1 s"))
    got = []
    for n in range(12):
        if n % 3 == 1:
            draw(mixed)
        else:
            got.append(mixed.word())
    assert got == [word for n, word in enumerate(words) if n % 3 != 1]


def test_a_uniform_is_strictly_between_zero_and_one() -> None:
    assert open_uniform(0) == 2.0**-53
    assert open_uniform(2**64 - 1) == 1 - 2.0**-53


def test_streams_of_different_names_share_nothing() -> None:
    names = [("run", "a"), ("run", "b"), ("repair", "a"), ("failure", "a")]
    drawn = {RandomStream(seed, *name).word() for seed in range(50) for name in names}
    assert len(drawn) == 200


@given(share=st.floats(1e-15, 1 - 1e-15))
def test_the_normal_quantile_is_that_of_the_standard_library(share: float) -> None:
    assert normal_quantile(share) == pytest.approx(NormalDist().inv_cdf(share), rel=1e-13, abs=1e-15)


S = 1_000_000  # us
CUT = (0.0 - 10) / 8  # the normal below is cut off here, in standard deviations
KNOWN: list[tuple[AnyDistribution, Any]] = [
    (Exponential(mean="90 s"), stats.expon(scale=90 * S)),
    (Normal(mean="300 s", sd="20 s"), stats.norm(300 * S, 20 * S)),
    (Normal(mean="10 s", sd="8 s"), stats.truncnorm(CUT, np.inf, loc=10 * S, scale=8 * S)),
    (Lognormal(mean="60 s", sd="45 s"), stats.lognorm(math.sqrt(math.log1p(0.75**2)), scale=60 * S / math.sqrt(1 + 0.75**2))),
    (Uniform(low="5 s", high="9 s"), stats.uniform(5 * S, 4 * S)),
    (Triangular(low="5 s", mode="6 s", high="15 s"), stats.triang(0.1, 5 * S, 10 * S)),
    (Triangular(low="5 s", mode="15 s", high="15 s"), stats.triang(1.0, 5 * S, 10 * S)),
    (Gamma(shape=0.3, mean="60 s"), stats.gamma(0.3, scale=200 * S)),
    (Gamma(shape=16.0, mean="60 s"), stats.gamma(16, scale=60 * S / 16)),
    (Erlang(phases=4, mean="60 s"), stats.erlang(4, scale=15 * S)),
    (Weibull(shape=1.7, scale="60 s"), stats.weibull_min(1.7, scale=60 * S)),
    (Weibull(shape=0.8, scale="60 s"), stats.weibull_min(0.8, scale=60 * S)),
]


@pytest.mark.parametrize(("distribution", "truth"), KNOWN, ids=lambda it: f"{it.kind}-{it.mean_us / S:g}s" if hasattr(it, "kind") else "")
def test_draws_are_distributed_as_declared(distribution: AnyDistribution, truth: Any) -> None:
    """Kolmogorov-Smirnov, and mean and variance within 4.5 standard errors: a false alarm in 100,000 (and the seed is fixed)."""
    draw, stream = drawing(distribution), RandomStream(1, "test", distribution.kind)
    drawn = np.array([draw(stream) for _ in range(DRAWS)], dtype=float)
    assert stats.kstest(drawn, truth.cdf).pvalue > 1e-5
    mean, variance, kurtosis = (float(moment) for moment in truth.stats(moments="mvk"))
    assert abs(drawn.mean() - mean) < 4.5 * math.sqrt(variance / DRAWS)
    assert abs(drawn.var() - variance) < 4.5 * variance * math.sqrt((kurtosis + 2) / DRAWS)
    assert distribution.mean_us == pytest.approx(mean, rel=1e-9)


def test_a_constant_is_constant_and_a_list_is_drawn_evenly() -> None:
    stream = RandomStream(1, "test", "plain")
    assert {drawing(Constant(value="4.5 s"))(stream) for _ in range(10)} == {4_500_000}
    draw = drawing(Empirical(values=["1 us", "2 us", "2 us", "5 us"]))
    counts = np.bincount([draw(stream) for _ in range(DRAWS)], minlength=6)
    assert stats.chisquare(counts[[1, 2, 5]], [DRAWS / 4, DRAWS / 2, DRAWS / 4]).pvalue > 1e-5


def test_numbers_never_change() -> None:
    """What the first release drew, every later one draws: kept records and compiled plants depend on it."""
    drawn = [
        drawing(distribution)(RandomStream(1, "run", "golden"))
        for distribution in (
            Exponential(mean="60 s"),
            Normal(mean="60 s", sd="9 s"),
            Lognormal(mean="60 s", sd="9 s"),
            Gamma(shape=2.5, mean="60 s"),
        )
    ]
    assert drawn == [47_624_200, 61_082_033, 60_409_895, 46_882_367]


@pytest.mark.parametrize(("scrap", "rework", "cuts"), [(0.02, 0.0, [7, 1, 92]), (0.3, 0.1, [10]), (0.0, 0.04, [1]), (1.0, 0.0, [3])])
def test_rejected_pieces_are_binomial_however_the_row_is_cut(scrap: float, rework: float, cuts: list[int]) -> None:
    """Counts against the binomial by chi-square; a false alarm in 100,000."""
    rejects = Rejects(RandomStream(1, "scrap", f"{scrap}/{rework}"), scrap, rework)
    pieces = {"all": 0, "scrap": 0, "rework": 0}
    for _ in range(20_000):
        for cut in cuts:
            found = rejects.among(cut)
            pieces["all"] += cut
            pieces["scrap"] += found[0]
            pieces["rework"] += found[1]
    for kind, share in (("scrap", scrap), ("rework", rework)):
        if 0 < share < 1:
            assert stats.binomtest(pieces[kind], pieces["all"], share).pvalue > 1e-5
        else:
            assert pieces[kind] == share * pieces["all"]


def test_rejects_of_one_row_do_not_depend_on_where_it_is_cut() -> None:
    whole = Rejects(RandomStream(1, "scrap", "row"), 0.1, 0.05)
    cut = Rejects(RandomStream(1, "scrap", "row"), 0.1, 0.05)
    assert whole.among(1000) == tuple(map(sum, zip(*(cut.among(n) for n in (1, 99, 400, 500)), strict=True)))


SPANS = st.integers(1, 2**62 - 1)
SHAPES = st.floats(0, math.inf, allow_nan=False)
DECLARED = st.one_of(
    st.builds(lambda shape, mean: {"gamma": {"shape": shape, "mean": f"{mean} us"}}, SHAPES, SPANS),
    st.builds(lambda shape, scale: {"weibull": {"shape": shape, "scale": f"{scale} us"}}, SHAPES, SPANS),
    st.builds(lambda mean, sd: {"normal": {"mean": f"{mean} us", "sd": f"{sd} us"}}, SPANS, SPANS),
    st.builds(lambda mean, sd: {"lognormal": {"mean": f"{mean} us", "sd": f"{sd} us"}}, SPANS, SPANS),
    st.builds(lambda mean: {"exponential": {"mean": f"{mean} us"}}, SPANS),
)


@given(declared=DECLARED)
def test_what_may_be_declared_has_a_mean_and_can_be_drawn(declared: dict[str, Any]) -> None:
    """However absurd its parameters are; what has no mean that a run could see is refused in words."""
    try:
        distribution: AnyDistribution = TypeAdapter(Duration).validate_python(declared)
    except ValidationError:
        return
    assert 0 <= distribution.mean_us < 2**63
    stream = RandomStream(1, "absurd", "any")
    draw = drawing(distribution)
    assert all(draw(stream) >= 0 for _ in range(20))

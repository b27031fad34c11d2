"""Closed formulas of uncertainty.py against statsmodels, over whatever counts hypothesis thinks of."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint, proportions_ztest

from metrics.uncertainty import benjamini_hochberg, newcombe, two_shares, wilson

samples = st.integers(1, 5_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@settings(max_examples=60, deadline=None)
@given(samples)
def test_wilson_is_that_of_statsmodels(sample: tuple[int, int]) -> None:
    assert wilson(*sample) == pytest.approx(proportion_confint(*sample, method="wilson"), abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(samples, samples)
def test_newcombe_is_that_of_statsmodels(sample: tuple[int, int], base: tuple[int, int]) -> None:
    expected = confint_proportions_2indep(*sample, *base, method="newcomb", compare="diff")
    assert newcombe(*sample, *base) == pytest.approx(expected, abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(samples, samples)
def test_the_test_of_two_shares_is_that_of_statsmodels(sample: tuple[int, int], base: tuple[int, int]) -> None:
    (successes, n), (base_successes, base_n) = sample, base
    if 0 < successes + base_successes < n + base_n:
        z, p = proportions_ztest([successes, base_successes], [n, base_n])
        assert two_shares(*sample, *base) == pytest.approx((z, p), abs=1e-9)
    else:
        assert two_shares(*sample, *base) == (0.0, 1.0), "nothing differs where everybody answered the same"


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_benjamini_hochberg_is_that_of_statsmodels(p_values: list[float]) -> None:
    assert benjamini_hochberg(p_values) == tuple(multipletests(p_values, alpha=0.05, method="fdr_bh")[0])

"""Closed formulas of uncertainty.py against statsmodels and scipy, over whatever counts hypothesis thinks of."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import t as student
from scipy.stats import ttest_ind
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint, proportions_ztest

from metrics.uncertainty import Mean, benjamini_hochberg, mean_interval, newcombe, two_means, two_shares, wilson

answers = st.lists(st.integers(1, 5), min_size=10, max_size=200)
"""From as few answers on as are shown."""
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


def sums(given: list[int]) -> Mean:
    return sum(given), sum(answer * answer for answer in given), len(given)


@settings(max_examples=60, deadline=None)
@given(answers.filter(lambda given: len(set(given)) > 1))
def test_the_interval_of_a_mean_is_that_of_scipy_cut_at_the_ends_of_the_scale(given: list[int]) -> None:
    n, mean = len(given), sum(given) / len(given)
    error = (sum((answer - mean) ** 2 for answer in given) / (n - 1) / n) ** 0.5
    low, high = student.interval(0.95, n - 1, loc=mean, scale=error)
    assert mean_interval(sums(given)) == pytest.approx((max(1, low), min(5, high)), abs=2e-3)


@settings(max_examples=60, deadline=None)
@given(answers.filter(lambda given: len(set(given)) > 1), answers.filter(lambda given: len(set(given)) > 1))
def test_the_test_of_two_means_is_that_of_scipy(given: list[int], base: list[int]) -> None:
    expected = ttest_ind(given, base, equal_var=False)
    span, p = two_means(sums(given), sums(base))
    assert span == pytest.approx(tuple(expected.confidence_interval()), abs=4e-3)
    assert p == pytest.approx(expected.pvalue, abs=1e-3)


@pytest.mark.parametrize("answer", [1, 3, 5])
def test_answers_that_are_all_the_same_leave_a_mean_as_uncertain_as_its_scale_allows(answer: int) -> None:
    n, share = 20, (answer - 1) / 4
    low, high = proportion_confint(n * share, n, method="wilson")
    assert mean_interval(sums([answer] * n)) == pytest.approx((1 + 4 * low, 1 + 4 * high))
    span, p = two_means(sums([answer] * n), sums([2, 3, 4] * 10))
    expected = confint_proportions_2indep(n * share, n, 15, 30, method="newcomb", compare="diff")
    assert span == pytest.approx(tuple(4 * end for end in expected))
    assert p == pytest.approx(proportions_ztest([n * share, 15], [n, 30])[1], abs=1e-9)


def test_a_single_answer_has_the_interval_that_its_scale_allows() -> None:
    low, high = mean_interval((4, 16, 1))
    assert (low, high) == pytest.approx(tuple(1 + 4 * end for end in wilson(0.75, 1)))

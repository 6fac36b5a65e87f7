"""The marginal distribution's inverse against scipy's."""

import numpy as np
import pytest
from scipy.stats import nbinom, poisson

from doorstep.model.demand import LEVELS
from doorstep.model.spread import invert


def inverse(
    mean: float, shape: float, *, step: float = 1.0, bulk: float = 0.0, sizes: tuple[float, ...] = ()
) -> list[float]:
    found = np.empty((1, len(LEVELS)), np.float32)
    spread = np.array([[shape, step, bulk]], np.float32)
    invert(np.array([mean]), spread, np.array(sizes), np.array([LEVELS]), found)
    return [float(x) for x in found[0]]


# Wider ones lie on a coarser lattice: the next test.
FITTING = [
    (mean, shape)
    for mean in (0.03, 0.8, 3.7, 25.0, 180.0, 900.0)
    for shape in (0.3, 2.0, 8.0, 500.0)
    if mean + 12 * np.sqrt(mean + mean**2 / shape) < 3_900
]


@pytest.mark.parametrize(("mean", "shape"), FITTING)
def test_quantiles_are_those_of_a_negative_binomial(mean: float, shape: float) -> None:
    """For any mean and shape whose table fits, each quantile is scipy's."""
    assert nbinom.ppf(LEVELS, shape, shape / (shape + mean)).tolist() == inverse(mean, shape)


def test_large_amounts_are_close() -> None:
    """On a coarser lattice quantiles stay within a percent."""
    expected = nbinom.ppf(LEVELS, 8, 8 / (8 + 50_000))
    assert inverse(50_000, 8) == pytest.approx(expected, rel=0.01)


def test_steps_scale() -> None:
    """In tenths of a unit the quantiles are a tenth of those in units."""
    assert inverse(0.6, 8, step=0.1) == pytest.approx([x / 10 for x in inverse(6, 8)])


def test_bulk_orders_widen_the_tail_and_keep_the_mean() -> None:
    """With one bulk order of 20 in ten days, the table is that of the sum, found by drawing."""
    chance = np.random.default_rng(1)
    sizes = tuple(float(x == 20) for x in range(21))
    drawn = nbinom.rvs(8, 8 / (8 + 3), size=400_000, random_state=chance)
    drawn = drawn + 20 * poisson.rvs(0.1, size=400_000, random_state=chance)
    found = inverse(5.0, 8.0, bulk=0.1, sizes=sizes)
    for level, x in zip(LEVELS, found, strict=True):
        assert (drawn < x).mean() - 0.003 <= level <= (drawn <= x).mean() + 0.003

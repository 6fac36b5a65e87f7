"""The rules that need no library, and the spread around them."""

import numpy as np
import pytest
from msgspec.structs import replace

from doorstep.bench.backtest.days import clean, rows_in
from doorstep.bench.backtest.peers import in_stock_mean, peers, seasonal_naive, told_by
from doorstep.bench.backtest.rows import QUANTILES
from doorstep.bench.backtest.spread import EDGES, quantiles_of, shapes, step_of
from doorstep.model.demand import ahead_of
from tests.forecast.backtest.made import OPEN_BITS, ahead, panel


def test_seasonal_naive_is_the_same_weekday_of_the_last_week_that_has_one() -> None:
    """A day without a row takes the week before; a series without any has no answer."""
    made = panel()
    sales = made.sales.copy()
    sales[0, -5] = np.nan
    sales[1] = np.nan
    made = replace(made, sales=sales)
    told = seasonal_naive(made, ahead(made))
    assert np.array_equal(told[2:], sales[2:, -7:].astype(np.float64))
    assert sales[0, -12] == told[0, 2]
    assert np.isnan(told[1]).all()


def test_the_in_stock_mean_leaves_days_with_a_stock_out_alone() -> None:
    """The mean of the clean days of the last four weeks; of all days where none is clean."""
    made = panel()
    out_hours, out = made.out_hours.copy(), made.out.copy()
    out_hours[0], out[0] = 1, 1 << 20
    made = replace(made, out_hours=out_hours, out=out)
    told = in_stock_mean(made, ahead(made), days=28)
    for x in range(made.n):
        last, free = made.sales[x, -28:].astype(np.float64), clean(made)[x, -28:]
        assert (last[free] if free.any() else last).mean() == pytest.approx(told[x, 0])
    assert (told == told[:, :1]).all()


def test_clean_means_no_flag_from_six_to_ten_at_night() -> None:
    """Flags of the night do not count; a day without flags is not clean, and neither is one without a row."""
    made = panel(n=6, d=30)
    night = np.full((6, 30), (1 << 24) - 1 - OPEN_BITS, np.uint32)
    made = replace(made, out=night, out_hours=np.zeros((6, 30), np.int8))
    assert clean(made).all()
    for hour in (6, 21):
        assert not clean(replace(made, out=night | np.uint32(1 << hour))).any()
    unknown = replace(made, out_known=np.zeros((6, 30), np.bool_), out_hours=np.full((6, 30), -1, np.int8))
    assert not clean(unknown).any()
    daily = replace(unknown, out_hours=np.zeros((6, 30), np.int8))
    assert clean(daily).all()
    assert not clean(replace(made, sales=np.full((6, 30), np.nan, np.float32))).any()


def test_every_rule_answers_every_series_in_its_own_units() -> None:
    """Means and quantiles of all rows, quantiles rising, none below 0; sales in tenths give quantiles in tenths."""
    made = panel()
    for scale in (1.0, 0.1):
        small = replace(made, sales=(made.sales * scale).astype(np.float32))
        past, known = small.days(0, 56), ahead_of(small, 56, 7)
        for peer in peers():
            if peer.needs:
                continue
            told = told_by(peer, past, known)
            assert ((42,), (42, len(QUANTILES))) == (told.mean.shape, told.quantiles.shape)
            assert (told.quantiles >= 0).all()
            assert (np.diff(told.quantiles, axis=1) >= 0).all()
            steps = told.quantiles / scale
            assert np.abs(steps - np.rint(steps)).max() < 1e-6


def test_a_series_that_is_not_there_is_not_found() -> None:
    """Keys are found by all three parts."""
    made = panel()
    other = made.keys[::-1].copy()
    other[0, 1] += 50
    assert [-1, 4, 3, 2, 1, 0] == rows_in(made.keys, other).tolist()


def test_the_spread_finds_the_shape_it_was_made_with() -> None:
    """Negative binomial counts of shape 0.3 give 0.3 back, Poisson counts nearly 0; quantiles keep their word."""
    rng = np.random.Generator(np.random.PCG64(1))
    mean = rng.uniform(0.2, 30, 60_000)
    wide = rng.negative_binomial(1 / 0.3, 1 / (1 + 0.3 * mean)).astype(np.float64)
    found = shapes(mean, wide, step=1.0)
    assert np.abs(found[2:] - 0.3).max() < 0.05  # two standard errors of the smallest band
    counts = shapes(mean, rng.poisson(mean).astype(np.float64), step=1.0)
    # The standard error of a shape of 0 is about sqrt((2 m² + m) / (n m⁴)): 0.024 at means of 1 to 2, 0.004 from 4 on.
    assert counts[2:4].max() < 0.05
    assert counts[4:].max() < 0.01
    told = quantiles_of(mean, found, step=1.0)
    for place, q in enumerate(QUANTILES):
        below, most = (wide < told[:, place]).mean(), (wide <= told[:, place]).mean()
        assert below - 0.01 < q < most + 0.01


def test_few_rows_take_the_shape_of_all() -> None:
    """A band with hardly a row does not make up a spread of its own."""
    mean = np.concatenate([np.full(1_000, 3.0), [30.0]])
    y = np.concatenate([np.tile([0.0, 6.0], 500), [500.0]])
    found = shapes(mean, y, step=1.0)
    assert found[len(EDGES)] == found[0]


@pytest.mark.parametrize(("sales", "step"), [([1.0, 2.0, np.nan], 1.0), ([0.1, 2.0], 0.1), ([], 1.0)])
def test_whole_sales_are_units_and_others_tenths(sales: list[float], step: float) -> None:
    """FreshRetailNet's sales are normalised by ten; whole ones are counts already."""
    assert step == step_of(np.array(sales, np.float64))

"""Sample paths come from the forecast alone and have its margins."""

import numpy as np
import pytest

from doorstep.base.errors import BadInput
from doorstep.core.forecast import ForecastParams, forecast
from doorstep.model.demand import LEVELS, Forecast
from doorstep.model.paths import cell_paths, hour_paths, paths
from tests.forecast.made import city, seen

pytestmark = pytest.mark.check  # each forecast is fitted anew: a second or two


@pytest.fixture(scope="module")
def told() -> Forecast:
    panel, ahead, _ = city()
    params = ForecastParams(sweeps=4, past_sweeps=2, origins=1, trees=0)
    return forecast(panel, seen(panel), ahead, days=7, params=params, seed=3)


def test_any_part_of_the_city_is_drawn_the_same(told: Forecast) -> None:
    """One sku alone, in another order, for fewer days and paths: the same numbers as out of the whole draw."""
    skus = [1000 + x for x in range(12)]
    whole = paths(told, [101], skus, list(range(7)), 40)
    part = paths(told, [101], [1005, 1002], [3, 6], 10)
    assert np.array_equal(whole[:10][:, [5, 2]][:, :, [3, 6]], part)
    assert (40, 12, 7) == whole.shape
    assert np.int32 == whole.dtype


def test_sites_are_summed(told: Forecast) -> None:
    """Paths of two sites are the sum of the paths of each."""
    one, two = (paths(told, [x], [1000, 1003], [0, 1], 20) for x in (100, 102))
    assert np.array_equal(one + two, paths(told, [100, 102], [1000, 1003], [0, 1], 20))


def test_paths_have_the_margins_of_the_forecast(told: Forecast) -> None:
    """Over all cells the share of paths at or below each quantile is what the forecast's own table says."""
    drawn = cell_paths(told, np.arange(len(told.keys)), list(range(7)), 400)
    for i, level in enumerate(LEVELS):
        at = (drawn <= told.quantiles[:, None, :, i]).mean()
        below = (drawn < told.quantiles[:, None, :, i]).mean()
        assert below - 0.015 <= level <= at + 0.015
    assert drawn.mean() == pytest.approx(told.mean.mean(), rel=0.02)


def test_days_of_a_sku_move_together(told: Forecast) -> None:
    """Paths of neighbouring days of a series correlate, and so do sites of a city: more than by chance."""
    drawn = cell_paths(told, np.arange(len(told.keys)), [0, 1], 2000).astype(np.float64)
    z = (drawn - drawn.mean(axis=1, keepdims=True)) / np.maximum(drawn.std(axis=1, keepdims=True), 1e-9)
    days = (z[:, :, 0] * z[:, :, 1]).mean(axis=1)
    assert days.mean() > 0.005
    assert np.abs(drawn.sum(axis=0)[:, 0].var() / drawn[:, :, 0].var(axis=1).sum()) > 1.02


def test_hours_sum_to_their_days(told: Forecast) -> None:
    """Hour paths are the same paths, split."""
    days = paths(told, [100], [1001, 1002], [0, 5], 30)
    hours = hour_paths(told, [100], [1001, 1002], [0, 5], 30)
    assert np.array_equal(days, hours.sum(axis=3))
    assert 0 == hours[..., :6].sum()


def test_strangers_are_refused(told: Forecast) -> None:
    """A site, a sku or a day that is not there is refused by name."""
    with pytest.raises(BadInput, match="no site 7"):
        paths(told, [7], [1000], [0], 1)
    with pytest.raises(BadInput, match="no sku 'x'"):
        paths(told, [100], ["x"], [0], 1)
    with pytest.raises(BadInput, match="day 7 is not in the forecast"):
        paths(told, [100], [1000], [7], 1)

"""The forecast as a whole: no leaks, the same bytes, an answer for every odd series."""

import msgspec
import numpy as np
import pytest

from doorstep.adapters.engine import Local
from doorstep.base.errors import BadInput
from doorstep.core.forecast import ForecastParams, forecast, forecast_others, joined, teach
from doorstep.model.demand import LEVELS, Ahead, Forecast, Panel, ahead_of
from tests.forecast.made import city, seen

pytestmark = pytest.mark.check  # each forecast is fitted anew: a second or two

QUICK = ForecastParams(sweeps=4, past_sweeps=2, origins=2, trees=10)


def told(panel: Panel, ahead: Ahead | None, *, days: int = 7, params: ForecastParams = QUICK) -> Forecast:
    return forecast(panel, seen(panel), ahead, days=days, params=params, seed=3)


def same(one: Forecast, two: Forecast) -> bool:
    names = ("keys", "mean", "sd", "in_stock_sales", "quantiles", "spread", "method")
    return one.about == two.about and all(np.array_equal(getattr(one, x), getattr(two, x)) for x in names)


def changed(panel: Panel, **parts: object) -> Panel:
    return msgspec.structs.replace(panel, **parts)


def test_what_happens_on_the_target_days_changes_nothing() -> None:
    """Other sales and other stock flags on the days to come give identical forecasts: nothing leaks."""
    _, _, whole = city()
    end = whole.d - 7
    sales, out = whole.sales.copy(), whole.out.copy()
    out_hours = whole.out_hours.copy()
    sales[:, end:], out[:, end:], out_hours[:, end:] = 99, 2**24 - 1, 16
    other = changed(whole, sales=sales, out=out, out_hours=out_hours)
    one = told(whole.days(0, end), ahead_of(whole, end, 7))
    two = told(other.days(0, end), ahead_of(other, end, 7))
    assert same(one, two)


def test_the_leak_test_can_fail() -> None:
    """One more sale on the last day of the history is no leak, and is seen."""
    panel, ahead, _ = city()
    sales = panel.sales.copy()
    sales[0, -1] += 30
    assert not same(told(panel, ahead), told(changed(panel, sales=sales), ahead))


def test_processes_give_the_same_bytes_as_one() -> None:
    """Past origins fitted in two processes give what this process alone gives."""
    panel, ahead, _ = city(sites=2, skus=6)
    alone = told(panel, ahead)
    beside = forecast(panel, seen(panel), ahead, days=7, params=QUICK, seed=3, engine=Local(2))
    assert same(alone, beside)


def test_numbers_are_finite_and_in_order() -> None:
    """Quantiles never fall, nothing is negative or NaN, and the mean lies between the outer quantiles."""
    panel, ahead, _ = city()
    made = told(panel, ahead)
    for x in (made.mean, made.sd, made.in_stock_sales, made.quantiles):
        assert np.isfinite(x).all()
        assert (x >= 0).all()
    assert (np.diff(made.quantiles, axis=2) >= 0).all()
    assert (made.quantiles[:, :, 0] <= made.mean).all()
    assert (made.mean <= made.quantiles[:, :, -1]).all()
    assert made.quantiles.shape == (*made.mean.shape, len(LEVELS))


def test_odd_series_get_an_answer_and_a_method() -> None:
    """All zero, one day long, with a gap, all out of stock, ended, new sku, new site: a number and a flag each."""
    panel, ahead, _ = city()
    sales, out = panel.sales.copy(), panel.out.copy()
    out_hours, discount = panel.out_hours.copy(), panel.discount
    sales[0] = 0
    sales[1, :-1] = np.nan
    sales[2, 20:40] = np.nan
    out[3], out_hours[3], sales[3] = 2**24 - 1, 16, 0
    sales[4, 20:] = np.nan
    odd = changed(panel, sales=sales, out=out, out_hours=out_hours, discount=discount)
    keys = np.concatenate([np.delete(ahead.keys, 4, axis=0), [[1, 100, 5000], [1, 900, 1000], [1, 900, 5000]]])
    rows = [*(i for i in range(len(ahead.keys)) if i != 4), 0, 0, 0]
    parts = {x: getattr(ahead, x)[rows] for x in ("groups", "on_sale", "discount", "holiday", "activity", "weather")}
    future = Ahead(keys=keys, first_day=ahead.first_day, **parts)
    made = told(odd, future)
    assert np.array_equal(keys, made.keys)
    assert np.isfinite(made.mean).all()
    assert np.isfinite(made.quantiles).all()
    assert (made.mean > 0).all()
    assert [2, 1, 0, 1] == made.method[:4, 0].tolist()
    assert [1, 1, 1] == made.method[-3:, 0].tolist()


def test_without_a_known_future_who_sold_lately_goes_on() -> None:
    """A series that ended three weeks ago is not forecast; all others are, for as many days as asked."""
    panel, _, _ = city()
    sales = panel.sales.copy()
    sales[5, -21:] = np.nan
    made = told(changed(panel, sales=sales), None, days=3)
    assert np.array_equal(np.delete(panel.keys, 5, axis=0), made.keys)
    assert (panel.n - 1, 3) == made.mean.shape


def test_nothing_on_sale_is_refused() -> None:
    """A history whose series have all ended, without a known future, is refused in a sentence."""
    panel, _, _ = city()
    sales = panel.sales.copy()
    sales[:, -15:] = np.nan
    with pytest.raises(BadInput, match="no series has a row in its last 14 days"):
        told(changed(panel, sales=sales), None)


def test_a_week_of_history_is_enough_for_an_answer() -> None:
    """Seven days, and even one, give finite numbers; no past origin is fitted."""
    panel, ahead, _ = city()
    for days in (7, 1):
        made = told(panel.days(panel.d - days, panel.d), ahead)
        assert np.isfinite(made.mean).all()
        assert np.isfinite(made.quantiles).all()


def test_a_deep_discount_is_forecast_to_sell_more() -> None:
    """The same day with 30 % off is expected to want about twice as much, as the history shows."""
    panel, ahead, _ = city()
    plain = msgspec.structs.replace(ahead, discount=np.ones_like(ahead.discount))
    deep = msgspec.structs.replace(ahead, discount=np.full_like(ahead.discount, 0.7))
    ratio = told(panel, deep).mean.sum() / told(panel, plain).mean.sum()
    assert ratio == pytest.approx(0.7**-2, rel=0.15)


def test_other_sites_learn_from_a_lesson() -> None:
    """Sites forecast alone with what two others teach come within a tenth of the forecast of all together."""
    panel, ahead, _ = city(sites=6)
    params = ForecastParams(trees=0)
    together = told(panel, ahead, params=params)
    first = panel.keys[:, 1] < 104
    rest = ~first

    def some(rows: np.ndarray) -> Ahead:
        parts = {x: getattr(ahead, x)[rows] for x in ("keys", "groups", "on_sale", "discount", "holiday", "activity")}
        return Ahead(first_day=ahead.first_day, weather=ahead.weather[rows], **parts)

    taught = panel.series(first)
    one, lesson = teach(taught, seen(taught), some(first), days=7, params=params, seed=3)
    two = forecast_others(panel.series(rest), seen(panel.series(rest)), some(rest), lesson)
    both = joined([two, one])
    assert np.array_equal(together.keys, both.keys)
    wape = np.abs(both.mean - together.mean).sum() / together.mean.sum()
    assert wape < 0.1


def test_the_mean_is_unbiased_and_its_quantiles_hold() -> None:
    """Over five made cities of full shelves the sum is within 4 %, and nine tenths of the days are below q90."""
    came, due, below, cells = 0.0, 0.0, 0, 0
    for seed in range(5):
        panel, ahead, whole = city(seed=seed, sites=5, skus=20)
        made = told(panel, ahead, params=ForecastParams(trees=0, origins=2))
        full = whole.out_hours[:, -7:] == 0
        level = whole.sales[:, -7:]
        below += int((level <= made.quantiles[:, :, 5])[full].sum())
        cells += int(full.sum())
        came += float(level.sum())
        due += float(made.mean.sum())
    assert below / cells > 0.9
    assert due > came * 0.96

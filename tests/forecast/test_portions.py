"""Goods by weight: a history in grams says what the same history in pieces says."""

import numpy as np
from msgspec import structs

from doorstep.core.history.portions import PORTION, portions
from doorstep.model.demand import Panel
from doorstep.model.paths import paths
from doorstep.wire.forecast import City, forecast_city, recovered
from tests.forecast.made import city

WEIGHED = (1003, 1007)


def weighed(panel: Panel) -> Panel:
    """The same goods, two skus of them told in grams."""
    by = np.where(np.isin(panel.keys[:, 2], WEIGHED), PORTION, 1.0)
    assert panel.hours is not None
    return structs.replace(
        panel,
        sales=(panel.sales * by[:, None]).astype(np.float32),
        hours=(panel.hours * by[:, None, None]).astype(np.float32),
    )


def test_weighed_skus_are_told_by_their_amounts() -> None:
    """Two skus in grams are found, none among packs, and none among normalised amounts."""
    panel, _, _ = city()
    assert {} == portions(panel)
    assert dict.fromkeys(WEIGHED, PORTION) == portions(weighed(panel))
    assert panel.hours is not None
    odd = structs.replace(panel, hours=panel.hours * np.float32(123.4))
    assert {} == portions(odd)


def test_grams_are_forecast_as_pieces_are() -> None:
    """Told in grams, a sku's forecast is 500 times as large, and every other forecast is the same to the bit."""
    panel, ahead, _ = city()
    plain = forecast_city(City(name="1", panel=panel, ahead=ahead), days=7, seed=1)
    grams = forecast_city(City(name="1", panel=weighed(panel), ahead=ahead), days=7, seed=1)
    heavy = np.isin(plain.keys[:, 2], WEIGHED)
    for name in ("mean", "sd", "in_stock_sales", "quantiles"):
        one, other = getattr(plain, name), getattr(grams, name)
        assert np.array_equal(one[~heavy], other[~heavy])
        assert np.allclose(one[heavy] * PORTION, other[heavy], rtol=1e-5)
    sites, skus = [100], [1003, 1004]
    one, other = (paths(x, sites, skus, range(7), 50) for x in (plain, grams))
    assert np.array_equal(other, one * np.array([500, 1])[None, :, None])


def test_grams_are_recovered_as_pieces_are() -> None:
    """Recovered demand of a sku in grams is 500 times that in pieces; the share of the day in stock is the same."""
    panel, _, _ = city()
    plain, grams = recovered(panel), recovered(weighed(panel))
    by = np.where(np.isin(panel.keys[:, 2], WEIGHED), PORTION, 1.0)[:, None]
    assert np.allclose(plain.mean * by, grams.mean, rtol=1e-5)
    assert np.array_equal(plain.exposure, grams.exposure)

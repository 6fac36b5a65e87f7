"""`F.parquet` holds all of a forecast."""

from pathlib import Path

import msgspec
import numpy as np
import pytest

from doorstep.base.errors import BadFile
from doorstep.core.forecast import ForecastParams, forecast
from doorstep.intake.freshretailnet.forecasts import read_forecast, write_forecast
from doorstep.model.demand import Forecast
from doorstep.model.paths import paths
from tests.forecast.made import city, seen


@pytest.fixture(scope="module")
def told() -> Forecast:
    panel, ahead, _ = city(sites=2, skus=6)
    off = ahead.on_sale.copy()
    off[0, 3:] = False
    ahead = msgspec.structs.replace(ahead, on_sale=off)
    params = ForecastParams(sweeps=3, origins=0, trees=0)
    return forecast(panel, seen(panel), ahead, days=7, params=params, seed=3)


def test_what_is_written_is_read(told: Forecast, tmp_path: Path) -> None:
    """Every array and all that is said about it come back; the same forecast gives the same bytes."""
    one, two = tmp_path / "a.parquet", tmp_path / "b.parquet"
    assert told.on_sale.sum() == write_forecast(told, one) == write_forecast(told, two)
    assert one.read_bytes() == two.read_bytes()
    back = read_forecast(one)
    for x in ("keys", "groups", "on_sale", "mean", "sd", "in_stock_sales", "quantiles", "method"):
        assert np.array_equal(getattr(told, x), getattr(back, x)), x
    assert told.about["drift"] == back.about["drift"]


def test_paths_come_from_the_file_alone(told: Forecast, tmp_path: Path) -> None:
    """Paths drawn from the forecast in memory and from its file are the same."""
    path = tmp_path / "F.parquet"
    write_forecast(told, path)
    skus = [1000, 1001, 1005]
    assert np.array_equal(paths(told, [100], skus, [0, 4], 50), paths(read_forecast(path), [100], skus, [0, 4], 50))


def test_ids_of_text_come_back(told: Forecast, tmp_path: Path) -> None:
    """Sites named by text are written as text."""
    keys = told.keys.copy()
    keys[:, 1] -= 100
    named = msgspec.structs.replace(told, keys=keys, names={"store_id": ("east", "west")})
    path = tmp_path / "F.parquet"
    write_forecast(named, path)
    back = read_forecast(path)
    assert ("east", "west") == back.names["store_id"]
    assert np.array_equal(paths(named, ["west"], [1001], [2], 9), paths(back, ["west"], [1001], [2], 9))


def test_another_file_is_refused(tmp_path: Path) -> None:
    """What is not there, or is no forecast, is refused by name."""
    with pytest.raises(BadFile, match="is not there"):
        read_forecast(tmp_path / "none.parquet")
    other = tmp_path / "other.parquet"
    other.write_bytes(b"nothing")
    with pytest.raises(BadFile, match="cannot be read"):
        read_forecast(other)

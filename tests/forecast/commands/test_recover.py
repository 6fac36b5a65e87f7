"""`doorstep forecast recover`: a row a row of history, with what would have been sold."""

import json
from pathlib import Path

import polars as pl
import pytest

from tests.forecast.commands.cities import city, forecast, write

Printed = pytest.CaptureFixture[str]
KEYS = ["city_id", "store_id", "product_id", "dt"]


def test_every_row_of_history_is_answered(tmp_path: Path, capsys: Printed) -> None:
    """Same keys, sales as they were, no NaN; a day never out of stock keeps its sales, and no day loses any."""
    history, out = write(city(odd=True), tmp_path / "h.parquet"), tmp_path / "R.parquet"
    code, said, error = forecast(capsys, "recover", history, "--out", out, "--json")
    assert 0 == code, error
    found = pl.read_parquet(out)
    given = city(odd=True).sort(KEYS)
    assert found.select(KEYS).rows() == given.select(KEYS).rows()
    done = json.loads(said)
    assert found.height == done["rows"]
    own = done["cities"][0]["recovery"]
    assert own["masked"]["days"] > 100
    assert {"7": own} == json.loads(pl.read_parquet_metadata(out)["doorstep"])["cities"]
    assert "hidden in part" in error
    numbers = found.select("sales", "exposure", "demand_mean", "demand_sd")
    assert all(numbers[x].is_finite().all() and (numbers[x] >= 0).all() for x in numbers.columns)
    assert (found["exposure"] <= 1).all()
    assert {"observed", "recovered", "prior"} >= set(found["method"])
    assert (found["sales"] - given["sale_amount"]).abs().max() < 1e-5  # type: ignore[operator]
    seen = found.filter(pl.col("method") == "observed")
    assert seen.height
    assert (seen["demand_mean"] - seen["sales"]).abs().max() < 1e-5  # type: ignore[operator]


def test_files_of_days_only_are_recovered_too(tmp_path: Path, capsys: Printed) -> None:
    """Without hourly columns the counts of empty hours must do."""
    history = write(city().drop("hours_sale", "hours_stock_status"), tmp_path / "h.parquet")
    out = tmp_path / "R.parquet"
    code, _, error = forecast(capsys, "recover", history, "--out", out)
    assert 0 == code, error
    found = pl.read_parquet(out)
    assert city().height == found.height
    assert found["demand_mean"].is_finite().all()


def test_a_bad_file_is_refused_and_nothing_written(tmp_path: Path, capsys: Printed) -> None:
    """As `forecast run` does."""
    out = tmp_path / "R.parquet"
    code, said, _ = forecast(capsys, "recover", tmp_path / "absent.parquet", "--out", out)
    assert (2, "", False) == (code, said, out.exists())

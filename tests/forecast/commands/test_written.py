"""A file of one city or several, read back."""

from datetime import timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from doorstep.base.errors import BadInput
from doorstep.model.paths import paths
from doorstep.wire.forecasts import read_city
from tests.forecast.commands.cities import FIRST, city, forecast, write

Printed = pytest.CaptureFixture[str]


@pytest.fixture
def files(tmp_path: Path, capsys: Printed) -> tuple[Path, Path]:
    """The forecast of city 7 alone, and of 7 and 8."""
    histories = [write(city(7), tmp_path / "7.parquet"), write(city(8, days=50), tmp_path / "8.parquet")]
    outs = (tmp_path / "one.parquet", tmp_path / "both.parquet")
    for n, out in enumerate(outs, start=1):
        code, _, error = forecast(capsys, "run", *histories[:n], "--days", 3, "--out", out, "--processes", 1)
        assert 0 == code, error
    return outs


@pytest.mark.check
def test_paths_are_the_same_from_a_file_of_one_city_or_of_several(files: tuple[Path, Path]) -> None:
    """What is drawn depends on the city's own forecast only."""
    one, both = read_city(files[0]), read_city(files[1], "7")
    drawn = [paths(x, [70], [1, 2], [0, 1, 2], 5) for x in (one, both)]
    assert (5, 2, 3) == drawn[0].shape
    assert np.array_equal(drawn[0], drawn[1])
    assert np.array_equal(one.mean, both.mean)
    other = read_city(files[1], "8")
    assert ({8}, FIRST + timedelta(50)) == (
        set(other.keys[:, 0].tolist()),
        FIRST + timedelta(int(other.first_day - one.first_day) + 63),
    )


@pytest.mark.check
def test_a_city_that_is_not_there_is_refused(files: tuple[Path, Path]) -> None:
    """The sentence says which there are; of several one must be named."""
    for name in ("9", None):
        with pytest.raises(BadInput, match="7, 8"):
            read_city(files[1], name)


@pytest.mark.check
def test_the_run_is_named_by_what_it_says(files: tuple[Path, Path], tmp_path: Path, capsys: Printed) -> None:
    """Another seed or another history, another name; the same, the same."""
    told = {pl.read_parquet_metadata(x)["doorstep"].split('"run_id":')[1][:18] for x in files}
    assert 2 == len(told)
    again = tmp_path / "again.parquet"
    assert 0 == forecast(capsys, "run", tmp_path / "7.parquet", "--days", 3, "--out", again)[0]
    assert files[0].read_bytes() == again.read_bytes()
    assert 0 == forecast(capsys, "run", tmp_path / "7.parquet", "--days", 3, "--out", again, "--seed", 2, "--force")[0]
    assert pl.read_parquet_metadata(again)["doorstep"].split('"run_id":')[1][:18] not in told

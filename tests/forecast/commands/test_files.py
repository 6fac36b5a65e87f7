"""Which files belong together, what is known of days to come, and what is odd about a series."""

from datetime import timedelta
from itertools import permutations
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from msgspec.structs import replace

from doorstep.base.errors import BadInput
from doorstep.intake.freshretailnet.panel import read_panel
from doorstep.wire.forecast import Files, over_groups, read_cities, together
from doorstep.wire.known import known_of
from doorstep.wire.oddities import FLAGS, flags_of
from tests.forecast.backtest.made import panel
from tests.forecast.commands.cities import FIRST, ODD, city, forecast, week, write
from tests.intake.freshretailnet.made import write_csv


def silent(_what: str, _done: int, _total: int) -> None:
    pass


def test_files_that_share_a_city_are_read_together(tmp_path: Path) -> None:
    """In any order: a file of two cities ties the files of each; a city alone stays alone, with its known future."""
    both = write(pl.concat([city(7, days=3), city(8, days=3)]), tmp_path / "both.parquet")
    one = write(city(8, days=5).filter(pl.col("dt") > str(FIRST + timedelta(2))), tmp_path / "one.parquet")
    alone = write(city(9, days=3), tmp_path / "alone.parquet")
    known = write(week(9), tmp_path / "known.parquet")
    for files in permutations([both, one, alone]):
        assert [
            Files(histories=(both, one), known=()),
            Files(histories=(alone,), known=(known,)),
        ] == together(files, [known])


def test_each_city_of_a_file_ends_on_its_own_last_day(tmp_path: Path) -> None:
    """Two cities in one file are two panels, cut to the days that each has."""
    frame = pl.concat([city(7, days=30), city(8, days=20, first=FIRST + timedelta(3))])
    (files,) = together([write(frame, tmp_path / "h.parquet")], [])
    seven, eight = read_cities(files, days=7, tell=silent)
    assert ("7", 30, "8", 20) == (seven.name, seven.panel.d, eight.name, eight.panel.d)
    assert seven.panel.first_day + 3 == eight.panel.first_day
    assert {8} == set(eight.panel.keys[:, 0].tolist())


def fails(files: Files, _tell: object, _engine: object) -> list[str]:
    """Work that cannot be done for one city."""
    if "8.parquet" in str(files.histories):
        raise BadInput("city 8 cannot be right")
    return [str(files.histories[0])]


def test_what_another_process_refuses_is_refused(tmp_path: Path) -> None:
    """The sentence and the exit code come back, whichever city it was."""
    files = [write(city(x, days=3), tmp_path / f"{x}.parquet") for x in (7, 8, 9)]
    with pytest.raises(BadInput, match="city 8 cannot be right"):
        over_groups(fails, files, (), processes=1, tell=silent)
    assert [str(files[0]), str(files[2])] == over_groups(fails, files[::2], (), processes=1, tell=silent)


def test_a_known_future_goes_on_as_its_last_day(tmp_path: Path) -> None:
    """Ten days of which seven are known: on sale as on the seventh, list price, weekends flagged, weather unknown."""
    made = read_panel([write(city(), tmp_path / "h.parquet")])
    path = write(week(), tmp_path / "k.parquet")
    known, last = known_of([path], made, "7", days=10)
    assert (7, (8, 10)) == (last, known.on_sale.shape)
    assert known.on_sale.all()
    assert (known.discount[:, 7:] == 1).all()
    assert np.isnan(known.weather[:, 7:]).all()
    weekend = [(FIRST + timedelta(63 + x)).weekday() >= 5 for x in range(10)]
    assert weekend == known.holiday[0].astype(bool).tolist()
    shorter, last = known_of([path], made, "7", days=3)
    assert (3, (8, 3)) == (last, shorter.on_sale.shape)


def test_a_flag_is_given_for_what_it_says_and_nothing_else(tmp_path: Path) -> None:
    """Each odd series has its flag, a usual one has none, one that nobody knows is new."""
    made = read_panel([write(city(odd=True), tmp_path / "h.parquet")])
    keys = np.concatenate([made.keys, [[7, 70, 999]]])
    told = dict(zip(keys[:, 2].tolist(), flags_of(made, keys), strict=True))
    expected = {**dict.fromkeys(range(1, 5), ""), **{sku: name for name, sku in ODD.items()}, 999: "new"}
    assert expected == told
    assert set(ODD) | {"new"} == set(FLAGS)


def test_days_that_nobody_recorded_do_not_count_as_out_of_stock() -> None:
    """Without flags nothing is known about the shelf, so nothing is said of it."""
    made = panel(n=6, d=30)
    unknown = replace(made, out_known=np.zeros((6, 30), np.bool_), out_hours=np.full((6, 30), -1, np.int8))
    assert {""} == set(flags_of(unknown, made.keys))


@pytest.mark.check
def test_text_files_do_as_well(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same history as csv gives the same forecast."""
    frame = city(days=30)
    one = write(frame, tmp_path / "h.parquet")
    two = write_csv(tmp_path / "h.csv.gz", list(frame.iter_rows(named=True)))
    outs = [tmp_path / "one-F.parquet", tmp_path / "two-F.parquet"]
    for path, out in zip((one, two), outs, strict=True):
        code, _, error = forecast(capsys, "run", path, "--days", 2, "--out", out)
        assert 0 == code, error
    assert outs[0].read_bytes() == outs[1].read_bytes()

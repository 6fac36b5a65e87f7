"""Files in FreshRetailNet's columns become a panel whole, or are refused with their place."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from doorstep.base.errors import BadFile, BadInput
from doorstep.intake.freshretailnet.panel import read_ahead, read_panel
from doorstep.model.demand import Panel
from tests.intake.freshretailnet.made import shared


def rows(*, store: object = 5, days: int = 3) -> pl.DataFrame:
    dates = [f"2024-05-{x + 1:02d}" for x in range(days)]
    return pl.DataFrame(
        {
            "city_id": [1] * days,
            "store_id": [store] * days,
            "third_category_id": [9] * days,
            "product_id": [77] * days,
            "dt": dates,
            "sale_amount": [float(x) for x in range(days)],
            "hours_sale": [[0.0] * 10 + [float(x)] + [0.0] * 13 for x in range(days)],
            "stock_hour6_22_cnt": [2] * days,
            "hours_stock_status": [[0] * 20 + [1, 1, 1, 0]] * days,
            "discount": [0.9] * days,
            "holiday_flag": [0] * days,
            "activity_flag": [1] * days,
            "precpt": [None, *[1.5] * (days - 1)],
            "avg_temperature": [20.0] * days,
            "avg_humidity": [60.0] * days,
            "avg_wind_level": [1.0] * days,
        }
    )


def written(frame: pl.DataFrame, path: Path) -> Path:
    frame.write_parquet(path)
    return path


def test_every_cell_arrives(tmp_path: Path) -> None:
    """A row of every column is found again in the panel; what is not known is said so."""
    panel = read_panel([written(rows(), tmp_path / "a.parquet")])
    assert [[1, 5, 77]] == panel.keys.tolist()
    assert [[-1, -1, -1, 9]] == panel.groups.tolist()
    assert "2024-05-01" == str(np.datetime64(panel.first_day, "D"))
    assert [[0, 1, 2]] == panel.sales.tolist()
    assert panel.hours is not None
    assert 2 == panel.hours[0, 2, 10]
    assert [[0b111 << 20] * 3] == panel.out.tolist()
    assert [[2, 2, 2]] == panel.out_hours.tolist()
    assert np.isnan(panel.weather[0, 0, 0])
    assert 1.5 == panel.weather[0, 1, 0]
    assert panel.live is None


def test_the_order_of_files_changes_nothing(tmp_path: Path) -> None:
    """Two files in either order make the same panel; days that only one has are NaN in the other's series."""
    one = written(rows(store=9), tmp_path / "a.parquet")
    two = written(rows(store=5, days=2), tmp_path / "b.parquet")
    panel, other = read_panel([one, two]), read_panel([two, one])
    assert np.array_equal(panel.keys, other.keys)
    assert np.array_equal(panel.sales, other.sales, equal_nan=True)
    assert [5, 9] == panel.keys[:, 1].tolist()
    assert np.isnan(panel.sales[0, 2])


def test_ids_of_text_keep_their_names(tmp_path: Path) -> None:
    """Where one file has text ids and another numbers, all are text, sorted."""
    paths = [written(rows(store=x), tmp_path / f"{x}.parquet") for x in ("west", "9")]
    panel = read_panel(paths)
    assert ("9", "west") == panel.names["store_id"]
    assert [0, 1] == panel.keys[:, 1].tolist()


def put(column: str, value: Any) -> Callable[[pl.DataFrame], pl.DataFrame]:
    def change(frame: pl.DataFrame) -> pl.DataFrame:
        cells = frame[column].to_list()
        cells[1] = value
        return frame.with_columns(pl.Series(column, cells, strict=False))

    return change


@pytest.mark.parametrize(
    ("change", "column", "what"),
    [
        (put("dt", "2024-13-01"), "dt", "no date"),
        (put("dt", "2024-05-01"), "dt", "has this day of this store and product already"),
        (put("dt", "1024-05-01"), "dt", "between 1990 and 2100"),
        (put("sale_amount", -1.0), "sale_amount", "from 0 on"),
        (put("sale_amount", float("nan")), "sale_amount", "from 0 on"),
        (put("sale_amount", float("inf")), "sale_amount", "from 0 on"),
        (put("sale_amount", None), "sale_amount", "is empty"),
        (put("hours_sale", [1.0] * 23), "hours_sale", "24 numbers"),
        (put("hours_sale", None), "hours_sale", "24 numbers"),
        (put("hours_sale", [float("nan"), *[0.0] * 23]), "hours_sale", "hour 0 is not"),
        (put("hours_stock_status", [0] * 23 + [2]), "hours_stock_status", "hour 23 is not"),
        (put("discount", -0.1), "discount", "from 0 to 100"),
        (put("holiday_flag", 3), "holiday_flag", "from 0 to 1"),
        (put("product_id", None), "product_id", "every row names"),
    ],
)
def test_a_bad_cell_is_refused_with_its_place(
    tmp_path: Path, change: Callable[[pl.DataFrame], pl.DataFrame], column: str, what: str
) -> None:
    """File, row, column and value are named."""
    path = written(change(rows()), tmp_path / "bad.parquet")
    with pytest.raises(BadFile, match=what) as refused:
        read_panel([path])
    assert (str(path), 2, column) == (refused.value.file, refused.value.row, refused.value.column)


def test_a_day_in_two_files_is_refused(tmp_path: Path) -> None:
    """The second file is named."""
    paths = [written(rows(), tmp_path / f"{x}.parquet") for x in "ab"]
    with pytest.raises(BadFile, match="another file has this day") as refused:
        read_panel(paths)
    assert (str(paths[1]), 1) == (refused.value.file, refused.value.row)


def test_what_is_no_history_is_refused(tmp_path: Path) -> None:
    """No file, no rows, no column of sales, no parquet: each is told apart."""
    with pytest.raises(BadInput, match="no history was named"):
        read_panel([])
    with pytest.raises(BadFile, match="is not there"):
        read_panel([tmp_path / "none.parquet"])
    with pytest.raises(BadFile, match="has no rows"):
        read_panel([written(rows().head(0), tmp_path / "empty.parquet")])
    with pytest.raises(BadFile, match="the column is missing"):
        read_panel([written(rows().drop("sale_amount", "hours_sale"), tmp_path / "less.parquet")])
    broken = tmp_path / "broken.parquet"
    broken.write_bytes(b"PAR1 is not all")
    with pytest.raises(BadFile, match="cannot be read"):
        read_panel([broken])


def test_a_daily_history_is_one_too(tmp_path: Path) -> None:
    """Without hourly columns there are days, and counts of empty hours where they are given."""
    panel = read_panel([written(rows().drop("hours_sale", "hours_stock_status"), tmp_path / "a.parquet")])
    assert panel.hours is None
    assert not panel.out_known.any()
    assert [[2, 2, 2]] == panel.out_hours.tolist()


def future(panel: Panel, **parts: object) -> pl.DataFrame:
    date = str(np.datetime64(panel.first_day + panel.d, "D"))
    told = {"city_id": [1], "store_id": [5], "product_id": [77], "dt": [date], "discount": [0.8], **parts}
    return pl.DataFrame(told)


def test_the_known_future_meets_the_history(tmp_path: Path) -> None:
    """It begins where the history ends, knows the history's categories, may have new skus, and no other days."""
    panel = read_panel([written(rows(), tmp_path / "a.parquet")])
    frame = pl.concat([future(panel), future(panel, product_id=[78])])
    ahead = read_ahead([written(frame, tmp_path / "k.parquet")], panel, days=2)
    assert [[1, 5, 77], [1, 5, 78]] == ahead.keys.tolist()
    assert [[True, False]] * 2 == ahead.on_sale.tolist()
    assert [9, -1] == ahead.groups[:, 3].tolist()
    early = future(panel, dt=["2024-05-02"])
    with pytest.raises(BadFile, match="the known future begins on 2024-05-04"):
        read_ahead([written(early, tmp_path / "early.parquet")], panel, days=2)


def test_the_public_sample_is_read() -> None:
    """161 series of 83 days; the sum of hours is the day's sale."""
    panel = read_panel([shared("freshretailnet", "sample_3stores_city06.csv.gz")])
    assert (161, 83) == panel.sales.shape
    assert panel.hours is not None
    assert panel.hours.sum(axis=2) == pytest.approx(panel.sales, abs=1e-3)

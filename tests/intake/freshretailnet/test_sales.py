"""Files of sales: read alike from parquet and text, refused with their place."""

from pathlib import Path
from typing import Any

import pytest

from doorstep.base.errors import BadFile, BadInput
from tests.intake.freshretailnet.made import DATE, DATES, SCHEMA, STORE, Sales, pl, row, rows, write_csv, write_parquet


def test_parquet_and_text_say_the_same(tmp_path: Path) -> None:
    """The sample's columns, joined by semicolons and packed, give the series that parquet gives."""
    parquet = Sales(write_parquet(tmp_path / "sales.parquet"))
    for name in ("sales.csv", "sales.csv.gz"):
        text = Sales(write_csv(tmp_path / name))
        assert parquet.pairs == text.pairs == tuple((STORE, x) for x in DATES)
        assert parquet.ranking == text.ranking
        for a, b in zip(parquet.series(STORE), text.series(STORE), strict=True):
            assert (a.sku, a.first, a.second) == (b.sku, b.first, b.second)
            for date in DATES:
                assert [round(x) for x in a.days[date].sold] == [round(x) for x in b.days[date].sold]
                assert a.days[date].empty == b.days[date].empty
                assert (a.days[date].discount, a.days[date].temp_c) == (b.days[date].discount, b.days[date].temp_c)


def test_a_unit_is_a_tenth_of_the_amount(tmp_path: Path) -> None:
    """Sales of 0.5 are five packs."""
    series = Sales(write_parquet(tmp_path / "sales.parquet")).series(STORE)
    assert "2" == series[1].sku
    assert {8: 5, 9: 4, 12: 1, 17: 3} == {h: round(x) for h, x in enumerate(series[1].days[DATE].sold) if x}
    assert [12, 13, 14, 15] == [h for h, x in enumerate(series[1].days[DATE].empty) if x]


def change(**other: Any) -> list[dict[str, Any]]:
    """The rows, the third one changed."""
    found = rows()
    found[2] = {**found[2], **other}
    return found


@pytest.mark.parametrize(
    ("other", "column"),
    [
        ({"hours_sale": [0.1] * 23}, "hours_sale"),
        ({"hours_sale": None}, "hours_sale"),
        ({"hours_sale": [0.1] * 23 + [-0.1]}, "hours_sale"),
        ({"hours_sale": [0.1] * 23 + [float("nan")]}, "hours_sale"),
        ({"hours_sale": [0.1] * 23 + [float("inf")]}, "hours_sale"),
        ({"hours_sale": [0.1] * 23 + [None]}, "hours_sale"),
        ({"hours_stock_status": [0] * 25}, "hours_stock_status"),
        ({"hours_stock_status": [0] * 23 + [2]}, "hours_stock_status"),
        ({"discount": None}, "discount"),
        ({"discount": -0.1}, "discount"),
        ({"discount": float("nan")}, "discount"),
        ({"dt": DATES[1]}, "dt"),
        ({"dt": None}, "dt"),
        ({"product_id": None}, "product_id"),
    ],
)
def test_a_row_that_is_no_day_is_refused(tmp_path: Path, other: dict[str, Any], column: str) -> None:
    """The refusal names file, row and column."""
    sales = Sales(write_parquet(tmp_path / "sales.parquet", change(**other)))
    with pytest.raises(BadFile) as error:
        sales.series(STORE)
    assert (str(tmp_path / "sales.parquet"), 3, column) == (error.value.file, error.value.row, error.value.column)


@pytest.mark.parametrize("column", ["store_id", "product_id", "dt", "hours_sale", "hours_stock_status", "discount"])
@pytest.mark.parametrize("name", ["sales.parquet", "sales.csv"])
def test_a_missing_column_is_refused(tmp_path: Path, name: str, column: str) -> None:
    """So is a file without a column that is needed."""
    path = tmp_path / name
    if path.suffix == ".parquet":
        pl.DataFrame(rows(), schema=SCHEMA, strict=False).drop(column).write_parquet(path)
    else:
        text = write_csv(path).read_text().replace(column, f"no_{column}", 1)
        path.write_text(text)
    with pytest.raises(BadFile) as error:
        Sales(path)
    assert column == error.value.column


@pytest.mark.parametrize("name", ["sales.parquet", "sales.csv.gz", "sales.csv", "sales.xlsx"])
@pytest.mark.parametrize("content", [b"", b"PAR1 and then nothing", b"\xff\xfe\x00\x01"])
def test_what_is_no_table_is_refused(tmp_path: Path, name: str, content: bytes) -> None:
    """Broken, empty and foreign files are refused, and files that are not there."""
    path = tmp_path / name
    with pytest.raises(BadFile):
        Sales(path)
    path.write_bytes(content)
    with pytest.raises(BadFile):
        Sales(path)


def test_sales_that_are_no_lists_are_refused(tmp_path: Path) -> None:
    """One number a day is not 24."""
    path = tmp_path / "sales.parquet"
    frame = pl.DataFrame(rows(), schema=SCHEMA, strict=False)
    frame.with_columns(pl.col("sale_amount").alias("hours_sale")).write_parquet(path)
    with pytest.raises(BadFile) as error:
        Sales(path)
    assert "hours_sale" == error.value.column


def test_an_unknown_store_is_told_which_there_are(tmp_path: Path) -> None:
    """The sentence names some that exist."""
    sales = Sales(write_parquet(tmp_path / "sales.parquet"))
    with pytest.raises(BadInput, match="no store '8'; it has 7"):
        sales.series("8")


def test_the_ranking_is_by_what_sells_in_the_mean(tmp_path: Path) -> None:
    """Ties go by number, so that 9 stands before 10."""
    found = [row(10, DATE, {8: 1}), row(9, DATE, {8: 1}), row(3, DATE, {8: 2})]
    sales = Sales(write_parquet(tmp_path / "sales.parquet", found))
    assert ("3", "9", "10") == sales.ranking
    assert ["3", "9", "10"] == [x.sku for x in sales.series(STORE)]

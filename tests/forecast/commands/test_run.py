"""`doorstep forecast run`: histories in, a forecast out, or a sentence and nothing."""

import itertools
import json
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from tests.forecast.commands.cities import FIRST, ODD, city, forecast, week, write

COLUMNS = ["city_id", "store_id", "product_id", "dt", "mean", "sd", "in_stock_sales"]
QUANTILES = ["q05", "q10", "q25", "q50", "q75", "q90", "q95", "q98"]
Printed = pytest.CaptureFixture[str]


def sound(frame: pl.DataFrame) -> bool:
    """No number is missing or below 0, quantiles rise, and every method is known."""
    numbers = frame.select("mean", "sd", "in_stock_sales", *QUANTILES)
    rising = all((frame[x] <= frame[y]).all() for x, y in itertools.pairwise(QUANTILES))
    known = set(frame["method"]) <= {"model", "cold", "fallback"}
    finite = all(numbers[x].is_finite().all() and (numbers[x] >= 0).all() for x in numbers.columns)
    return finite and rising and known and not any(frame.null_count().row(0))


def test_a_forecast_is_a_row_a_series_and_day(tmp_path: Path, capsys: Printed) -> None:
    """The columns and metadata of the format, one row for each series and day that is known to be on sale."""
    history, known = write(city(), tmp_path / "h.parquet"), write(week(), tmp_path / "k.parquet")
    out = tmp_path / "F.parquet"
    code, said, error = forecast(capsys, "run", history, "--known-future", known, "--days", 7, "--out", out, "--json")
    assert 0 == code, error
    found = pl.read_parquet(out)
    assert set(COLUMNS + QUANTILES + ["method", "flag"]) <= set(found.columns)
    assert 2 * 4 * 7 == found.height == json.loads(said)["rows"]
    assert sound(found)
    keys = found.select("city_id", "store_id", "product_id", "dt")
    assert keys.equals(keys.unique().sort(*keys.columns))
    assert {str(FIRST + timedelta(63 + x)) for x in range(7)} == set(found["dt"])
    about = json.loads(pl.read_parquet_metadata(out)["doorstep"])
    assert {"run_id", "seed", "made_at", "data_cutoff"} <= set(about)
    assert (1, str(FIRST + timedelta(62))) == (about["seed"], about["data_cutoff"])


@pytest.mark.check
def test_the_same_input_gives_the_same_bytes(tmp_path: Path, capsys: Printed) -> None:
    """In any order of the files and of their rows; and another city in the run changes no row of the first."""
    whole = city()
    one = write(whole.filter(pl.col("store_id") == 70), tmp_path / "one.parquet")
    two = write(whole.filter(pl.col("store_id") == 71), tmp_path / "two.parquet")
    shuffled = write(whole.reverse(), tmp_path / "shuffled.parquet")
    other = write(city(8, days=50), tmp_path / "other.parquet")
    outs = [tmp_path / f"{x}.parquet" for x in "abcd"]
    for out, files in zip(outs, ((one, two), (two, one), (shuffled,), (other, one, two)), strict=True):
        assert 0 == forecast(capsys, "run", *files, "--days", 3, "--out", out)[0]
    assert outs[0].read_bytes() == outs[1].read_bytes() == outs[2].read_bytes()
    both = pl.read_parquet(outs[3])
    assert {7, 8} == set(both["city_id"])
    first = pl.read_parquet(outs[0])
    assert first.equals(both.filter(pl.col("city_id") == 7).select(first.columns))
    assert {str(FIRST + timedelta(50 + x)) for x in range(3)} == set(both.filter(pl.col("city_id") == 8)["dt"])


def test_odd_series_get_an_answer_and_a_flag(tmp_path: Path, capsys: Printed) -> None:
    """Gaps, all zero, one day long, ended, all out of stock, never seen: a number for each, and what is odd of it."""
    history = write(city(odd=True), tmp_path / "h.parquet")
    known = write(week(more=(*ODD.values(), 999)), tmp_path / "k.parquet")
    out = tmp_path / "F.parquet"
    code, _, error = forecast(capsys, "run", history, "--known-future", known, "--days", 7, "--out", out)
    assert 0 == code, error
    found = pl.read_parquet(out)
    assert sound(found)
    assert (2 * 4 + len(ODD) + 1) * 7 == found.height
    flags = {int(x): set(y.split(";")) for x, y in found.select("product_id", "flag").unique().rows() if x > 900}
    assert {"new"} == flags.pop(999)
    for name, sku in ODD.items():
        assert name in flags[sku], (name, flags[sku])
    assert {""} == set(found.filter(pl.col("product_id") < 900)["flag"])
    zero = found.filter(pl.col("product_id") == ODD["zero"])
    usual = found.filter(pl.col("product_id") == 2)
    assert zero["mean"].mean() < 0.5 * usual["mean"].mean()  # type: ignore[operator]
    for flag in ("gaps", "ended", "out", "zero", "short", "new"):
        assert f"({flag})" in error


@pytest.mark.check
@pytest.mark.parametrize("name", list(ODD))
def test_a_history_of_one_odd_series_alone_gets_an_answer(name: str, tmp_path: Path, capsys: Printed) -> None:
    """With nothing beside it to learn from, no crash and no NaN, with and without a known future."""
    odd = city(odd=True).filter(pl.col("product_id") == ODD[name])
    history = write(odd, tmp_path / "h.parquet")
    last = max(odd["dt"])
    after = FIRST + timedelta(1 + (pl.Series([last]).str.to_date()[0] - FIRST).days)
    known = write(week(after=after, more=(ODD[name],), skus=0), tmp_path / "k.parquet")
    for at, more in enumerate(((), ("--known-future", known))):
        out = tmp_path / f"F{at}.parquet"
        code, _, error = forecast(capsys, "run", history, *more, "--days", 7, "--out", out)
        assert 0 == code, error
        assert sound(pl.read_parquet(out))
        assert 7 == pl.read_parquet(out).height


@pytest.mark.check
def test_an_ended_series_is_answered_without_a_known_future_too(tmp_path: Path, capsys: Printed) -> None:
    """Nothing says that it is gone for good: it has its rows and its flag."""
    history, out = write(city(odd=True), tmp_path / "h.parquet"), tmp_path / "F.parquet"
    code, _, error = forecast(capsys, "run", history, "--days", 2, "--out", out)
    assert 0 == code, error
    assert "No --known-future" in error
    found = pl.read_parquet(out)
    assert sound(found)
    ended = found.filter(pl.col("product_id") == ODD["ended"])
    assert {(0.0, 0.0)} == set(ended.select("mean", "q98").rows())
    assert (2, {"ended"}) == (ended.height, set(ended["flag"]))


@pytest.mark.check
def test_a_known_future_that_ends_early_goes_on_as_usual(tmp_path: Path, capsys: Printed) -> None:
    """Fourteen days out of seven known ones, and the command says from where on it does not know."""
    history, known = write(city(), tmp_path / "h.parquet"), write(week(), tmp_path / "k.parquet")
    out = tmp_path / "F.parquet"
    code, _, error = forecast(capsys, "run", history, "--known-future", known, "--days", 14, "--out", out)
    assert 0 == code, error
    assert f"nothing is known after {FIRST + timedelta(69)}" in error
    found = pl.read_parquet(out)
    assert (8 * 14, True) == (found.height, sound(found))


@pytest.mark.check
def test_one_known_future_may_speak_of_several_cities(tmp_path: Path, capsys: Printed) -> None:
    """Each city takes its own rows, though their days differ."""
    histories = [write(city(7), tmp_path / "7.parquet"), write(city(8, days=50), tmp_path / "8.parquet")]
    known = pl.concat([week(7), week(8, after=FIRST + timedelta(50))])
    out = tmp_path / "F.parquet"
    path = write(known, tmp_path / "k.parquet")
    code, _, error = forecast(capsys, "run", *histories, "--known-future", path, "--days", 7, "--out", out)
    assert 0 == code, error
    found = pl.read_parquet(out)
    assert known.select("city_id", "dt").unique().sort("city_id", "dt").rows() == sorted(
        set(found.select("city_id", "dt").rows())
    )


def bad(frame: pl.DataFrame, row: int, column: str, value: object) -> pl.DataFrame:
    values = frame[column].to_list()
    values[row] = value
    return frame.with_columns(pl.Series(column, values, dtype=frame.schema[column]))


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("sale_amount", -1.0),
        ("sale_amount", float("nan")),
        ("hours_sale", [0.0] * 23),
        ("hours_stock_status", [2] * 24),
        ("dt", "2024-02-30"),
        ("dt", None),
        ("discount", -0.5),
        ("city_id", None),
    ],
)
def test_a_cell_that_cannot_be_right_is_refused_with_its_place(
    column: str, value: object, tmp_path: Path, capsys: Printed
) -> None:
    """File, row, column; exit code 2; nothing is written."""
    history, out = write(bad(city(days=20), 40, column, value), tmp_path / "h.parquet"), tmp_path / "F.parquet"
    code, said, error = forecast(capsys, "run", history, "--days", 7, "--out", out)
    assert (2, "") == (code, said)
    assert f"{history}, row 41, column {column}" in error
    assert not out.exists()
    assert [history.name] == [x.name for x in tmp_path.iterdir()]


def test_files_that_cannot_be_right_are_refused(tmp_path: Path, capsys: Printed) -> None:
    """Absent, empty, cut, of another kind, named twice, contradicting, a known future of yesterday or of elsewhere."""
    history = write(city(days=20), tmp_path / "h.parquet")
    again = write(city(days=20).head(5), tmp_path / "again.parquet")
    empty = write(city(days=20).clear(), tmp_path / "empty.parquet")
    cut = tmp_path / "cut.parquet"
    cut.write_bytes(history.read_bytes()[:-200])
    text = tmp_path / "text.parquet"
    text.write_text("no parquet at all")
    past = write(week(after=FIRST), tmp_path / "past.parquet")
    elsewhere = write(week(8), tmp_path / "elsewhere.parquet")
    short = write(city(days=20).drop("sale_amount", "hours_sale"), tmp_path / "short.parquet")
    out = tmp_path / "F.parquet"
    for files, word in (
        ([tmp_path / "absent.parquet"], "absent.parquet"),
        ([empty], "no rows"),
        ([cut], "cut.parquet"),
        ([text], "text.parquet"),
        ([short], "sale_amount"),
        ([history, history], "twice"),
        ([history, again], "already"),
        ([history, "--known-future", past], "past.parquet"),
        ([history, "--known-future", elsewhere], "no history"),
        ([history, "--known-future", tmp_path / "absent.parquet"], "absent.parquet"),
    ):
        code, said, error = forecast(capsys, "run", *files, "--days", 7, "--out", out)
        assert (2, "") == (code, said), (files, error)
        assert word in error, (files, error)
        assert not out.exists()


def test_what_may_not_be_written_over_is_not(tmp_path: Path, capsys: Printed) -> None:
    """A file that is there needs --force, a folder is no file, a folder that is not there is not made."""
    history = write(city(days=20), tmp_path / "h.parquet")
    there = tmp_path / "F.parquet"
    there.write_text("mine")
    for out in (there, tmp_path, tmp_path / "no" / "F.parquet"):
        code, _, error = forecast(capsys, "run", history, "--days", 7, "--out", out)
        assert 2 == code, error
    assert "mine" == there.read_text()
    assert 2 == forecast(capsys, "run", history, "--days", 0, "--out", tmp_path / "G.parquet")[0]
    assert 2 == forecast(capsys, "run", history, "--days", 15, "--out", tmp_path / "G.parquet")[0]
    assert 0 == forecast(capsys, "run", history, "--days", 1, "--out", there, "--force")[0]
    assert 8 == pl.read_parquet(there).height

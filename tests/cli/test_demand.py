"""`doorstep day --demand` and `--past`: a forecast by hand, made of the past that the built-in day has."""

from pathlib import Path

import polars as pl
import pytest

from tests.intake.freshretailnet.made import typed

Text = pytest.CaptureFixture[str]


def test_the_past_is_history_that_a_forecast_can_be_made_of(tmp_path: Path, capsys: Text) -> None:
    """2,000 skus over 28 days with flags, nothing of the day itself; and one day of what is known ahead, unsold."""
    code, said, told = typed(capsys, "day", "--past", tmp_path / "past")
    assert (0, "") == (code, said)
    assert "doorstep forecast run" in told
    past, known = (pl.read_parquet(tmp_path / "past" / x) for x in ("past.parquet", "known.parquet"))
    assert (56_000, 2_000) == (past.height, known.height)
    assert ("2020-03-11", "2020-04-07") == (past["dt"].min(), past["dt"].max())
    assert {"2020-04-08"} == set(known["dt"])
    assert "sale_amount" in past.columns
    assert not {"sale_amount", "hours_sale", "hours_stock_status"} & set(known.columns)
    assert past["sale_amount"].sum() == pytest.approx(past["hours_sale"].list.sum().sum())
    assert 1_000 < (past["stock_hour6_22_cnt"] > 0).sum() < 17_000
    assert 2 == typed(capsys, "day", "--past", tmp_path / "past")[0]  # it holds files


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--demand", "nowhere.parquet"), "nowhere.parquet: is not there"),
        (("--demand", "nowhere.parquet", "--from", "."), "leave out one of the two"),
        (("--past", "past", "--demand", "nowhere.parquet"), "--past and --demand"),
    ],
)
def test_a_demand_that_cannot_be_is_refused(
    tmp_path: Path, capsys: Text, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], said: str
) -> None:
    """Exit code 2, one sentence, and nothing is written."""
    monkeypatch.chdir(tmp_path)
    code, printed, told = typed(capsys, "day", "--out", "out", *words)
    assert (2, "") == (code, printed)
    assert said in told.replace("\n", " ")
    assert [] == list(tmp_path.iterdir())

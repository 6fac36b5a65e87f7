"""`doorstep forecast backtest`: a page, scores, a table; or a sentence and nothing."""

import json
from datetime import timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from doorstep.bench.backtest.origins import origins
from doorstep.intake.freshretailnet.panel import read_panel
from doorstep.wire.forecast import City, forecast_city, recovered
from tests.forecast.commands.cities import FIRST, city, forecast, week, write

Printed = pytest.CaptureFixture[str]
KEYS = {
    "model",
    "origin",
    "horizon",
    "level",
    "band",
    "n",
    "wape",
    "wpe",
    "pinball",
    "coverage",
    "protocol",
}
PLAIN = "seasonal_naive,in_stock_mean_14,in_stock_mean_28"


def truth(frame: pl.DataFrame, *, times: float = 2.0) -> pl.DataFrame:
    """A truth: everybody wanted so many times what was sold."""
    return frame.select("city_id", "store_id", "product_id", "dt", (times * pl.col("sale_amount")).alias("demand"))


@pytest.mark.check
def test_a_backtest_is_a_page_and_scores(tmp_path: Path, capsys: Printed) -> None:
    """Every model at every origin by both protocols; the page draws what the file says; a bar a model."""
    history, out = write(city(odd=True), tmp_path / "h.parquet"), tmp_path / "out"
    code, said, error = forecast(capsys, "backtest", history, "--weeks", 2, "--out", out, "--peers", PLAIN, "--json")
    assert 0 == code, error
    assert ["report.html", "scores.json"] == sorted(x.name for x in out.iterdir())
    lines = json.loads((out / "scores.json").read_text())
    assert all(set(x) >= KEYS for x in lines)
    assert {"doorstep", "doorstep_mean", *PLAIN.split(",")} == {x["model"] for x in lines}
    dates = {str(FIRST + timedelta(x)) for x in (48, 55)}
    assert dates | {"all"} == {x["origin"] for x in lines}
    assert {"frn", "truth"} == {x["protocol"] for x in lines}
    assert {"series", "city_sku", "site_category", "site", "city"} == {x["level"] for x in lines}
    assert set(range(8)) == {x["horizon"] for x in lines}
    told = json.loads(said)
    assert len(lines) == told["lines"]
    head = [x for x in told["headline"] if x["model"] == "doorstep" and x["protocol"] == "truth"]
    assert head[0] in lines
    assert b'<script type="application/json" id="figures">' in (out / "report.html").read_bytes()


@pytest.mark.check
def test_a_truth_of_the_week_after_is_what_the_last_origin_is_scored_by(tmp_path: Path, capsys: Printed) -> None:
    """One week: the one after the history, against the truth; the naive rule's score can be counted by hand."""
    whole = city(days=70)
    before = pl.col("dt") < str(FIRST + timedelta(63))
    history = write(whole.filter(before), tmp_path / "h.parquet")
    after = whole.filter(~before)
    known = write(after.select(week().columns), tmp_path / "k.parquet")
    told = write(truth(after), tmp_path / "truth.parquet")
    out = tmp_path / "out"
    words = ["--weeks", "1", "--known-future", str(known), "--truth", str(told), "--peers", "seasonal_naive"]
    code, _, error = forecast(capsys, "backtest", history, *words, "--out", out)
    assert 0 == code, error
    lines = json.loads((out / "scores.json").read_text())
    (line,) = [
        x
        for x in lines
        if (x["model"], x["protocol"], x["origin"], x["horizon"]) == ("seasonal_naive", "truth", "all", 0)
        and (x["level"], x["band"], x["promo"]) == ("series", "all", "all")
    ]
    last = whole.filter(before & (pl.col("dt") >= str(FIRST + timedelta(56)))).sort("store_id", "product_id", "dt")
    naive, wanted = (
        last["sale_amount"].to_numpy(),
        2 * after.sort("store_id", "product_id", "dt")["sale_amount"].to_numpy(),
    )
    assert pytest.approx(abs(wanted - naive).sum() / wanted.sum(), abs=1e-5) == line["wape"]
    assert ("true", 56) == (line["target"], line["n"])


def test_what_cannot_be_backtested_is_refused(tmp_path: Path, capsys: Printed) -> None:
    """Too short, too many weeks, a peer that nobody knows, a truth that is not there, a folder that is full."""
    short = write(city(days=30), tmp_path / "short.parquet")
    history = write(city(), tmp_path / "h.parquet")
    full = tmp_path / "full"
    full.mkdir()
    (full / "mine").write_text("mine")
    out = tmp_path / "out"
    for words, word in (
        ([short, "--weeks", "1", "--out", out], "it takes 35"),
        ([history, "--weeks", "9", "--out", out], "--weeks 5"),
        ([history, "--weeks", "0", "--out", out], "weeks"),
        ([history, "--weeks", "1", "--out", out, "--peers", "oracle"], "no such peer"),
        ([history, "--weeks", "1", "--out", out, "--truth", tmp_path / "absent.parquet"], "absent.parquet"),
        ([history, "--weeks", "1", "--out", full], "not empty"),
        ([history, "--weeks", "1", "--out", history], "is a file"),
    ):
        code, said, error = forecast(capsys, "backtest", *words)
        assert (2, "") == (code, said), (words, error)
        assert word in error, (words, error)
        assert not out.exists()
    assert ["mine"] == [x.name for x in full.iterdir()]


@pytest.mark.check
def test_peers_that_are_not_installed_are_named(
    tmp_path: Path, capsys: Printed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who is left out is said, on stderr and on the page; the rest goes on."""
    monkeypatch.setattr("doorstep.bench.backtest.peers.find_spec", lambda _name: None)
    history, out = write(city(days=42), tmp_path / "h.parquet"), tmp_path / "out"
    code, said, error = forecast(
        capsys, "backtest", history, "--weeks", 1, "--out", out, "--peers", "mlforecast", "--json"
    )
    assert 0 == code, error
    assert "mlforecast is left out" in error
    assert ["mlforecast"] == json.loads(said)["absent"]
    assert b'"absent":["mlforecast"]' in (out / "report.html").read_bytes()


@pytest.mark.check
def test_our_forecast_does_not_see_the_days_that_it_is_scored_on(tmp_path: Path) -> None:
    """Other sales and other stock flags on the target days: the same forecast, bit by bit; planted, a leak shows."""
    whole = city()
    late = pl.col("dt") > str(FIRST + timedelta(55))
    other = whole.with_columns(
        sale_amount=pl.when(late).then(3 * pl.col("sale_amount") + 1).otherwise(pl.col("sale_amount")),
        hours_sale=pl.when(late)
        .then(pl.col("hours_sale").list.eval(3 * pl.element()))
        .otherwise(pl.col("hours_sale")),
        hours_stock_status=pl.when(late)
        .then(pl.col("hours_stock_status").list.eval(1 - pl.element()))
        .otherwise(pl.col("hours_stock_status")),
        stock_hour6_22_cnt=pl.when(late)
        .then(16 - pl.col("stock_hour6_22_cnt"))
        .otherwise(pl.col("stock_hour6_22_cnt")),
    )
    told = []
    for frame, name in ((whole, "one"), (other, "two")):
        panel = read_panel([write(frame, tmp_path / f"{name}.parquet")])
        (turn,) = origins(panel, recovered(panel), weeks=1)
        leaky = panel.days(0, panel.d - 6)  # the first target day, too, as if it were known
        honest, leak = (
            forecast_city(City(name="7", panel=x, ahead=turn.ahead), days=7, seed=1) for x in (turn.past, leaky)
        )
        told.append((honest, leak))
    (one, leak_one), (two, leak_two) = told
    for x in ("mean", "sd", "in_stock_sales", "quantiles", "spread", "method"):
        assert np.array_equal(getattr(one, x), getattr(two, x)), x
    assert not np.array_equal(leak_one.mean, leak_two.mean)

"""What was expected of a real day: made of the days before it, by the forecast room."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from doorstep.base.errors import BadFile
from doorstep.base.ids import SkuId
from doorstep.intake.freshretailnet.forecasts import read_forecast, write_forecast
from doorstep.intake.freshretailnet.sales import HOURS, Series, SoldDay
from doorstep.wire.real import foresee, make_real_day
from tests.intake.freshretailnet.made import STORE, Sales, Source, listed, places, row, typed, usual, write_parquet

DATES = tuple(f"2024-04-{x:02d}" for x in range(1, 29))
DATE = DATES[22]


def store(*, days: int = 28, busier: float = 1.0, since: str = DATE, empty: tuple[int, ...] = ()) -> list[Series]:
    """Eight skus; from a date on they sell `busier` times as much, with some hours flagged empty."""
    found = []
    for sku in range(1, 9):
        rows = {}
        for n, date in enumerate(DATES[:days]):
            times = busier if date >= since else 1.0
            sold = [round(times * usual(sku, n).get(hour, 0)) for hour in range(HOURS)]
            flags = tuple(hour in empty and date >= since for hour in range(HOURS))
            rows[date] = SoldDay(sold=tuple(map(float, sold)), empty=flags, discount=1.0 if sku % 2 else 0.8)
        found.append(Series(sku=SkuId(f"{sku}"), first=f"{sku % 3}", second=f"{10 + sku}", days=rows))
    return found


def test_the_day_itself_and_later_days_change_nothing() -> None:
    """Sales and flags of the day and after it may be anything: what was expected is the same to the bit."""
    known = foresee(store(), DATE, seed=1)
    assert known is not None
    for other in (store(busier=9.0), store(busier=0.0, empty=tuple(range(24))), store(days=23)):
        assert known == foresee(other, DATE, seed=1)


def test_the_days_before_teach() -> None:
    """A leak test that nothing could fail would prove nothing: twice the sales of the last weeks change it all."""
    known = foresee(store(), DATE, seed=1)
    busier = foresee(store(busier=2.0, since=DATES[8]), DATE, seed=1)
    assert known is not None
    assert busier is not None
    assert all(sum(busier.rates[x]) > 1.3 * sum(known.rates[x]) for x in known.rates)
    assert "22 days before, to 2024-04-22" in known.source


def test_what_is_expected_is_about_what_sells() -> None:
    """Full shelves, the same every day: within a fifth of what the store sells, in the hours in which it does."""
    series = store()
    known = foresee(series, DATE, seed=1)
    assert known is not None
    asked = sum(sum(x) for x in known.rates.values())
    sold = sum(sum(x.days[DATE].sold) for x in series)
    assert abs(asked / sold - 1) < 0.2
    assert 0 == sum(x[4] for x in known.rates.values())


def test_too_few_days_are_no_forecast() -> None:
    """Of thirteen days before nothing is foreseen; of fourteen it is."""
    assert foresee(store(), DATES[13], seed=1) is None
    assert foresee(store(), DATES[14], seed=1) is not None


@pytest.fixture
def sales(tmp_path: Path) -> Sales:
    rows = [row(sku, date, usual(sku, day)) for sku in range(1, 7) for day, date in enumerate(DATES)]
    rows[22] = row(1, DATE, {8: 4}, empty=range(9, 24))
    return Sales(write_parquet(tmp_path / "sales.parquet", rows))


def source(sales: Sales, date: str = DATE) -> Source:
    return Source(sales=sales.path.name, store=STORE, date=date, site="A001")


def test_a_real_day_says_where_its_expectation_comes_from(sales: Sales) -> None:
    """The forecast room with its days, or the mean rates where there are too few; and it fills the empty hours."""
    real = make_real_day(sales, places(), listed(), source=source(sales))
    told = {x.name: x.value for x in real.assumptions}
    assert "the forecast room's, of 22 days before, to 2024-04-22" == told["expected demand"]
    assert sum(x.asked for x in real.asked.filled) > 5
    early = make_real_day(sales, places(), listed(), source=source(sales, DATES[3]))
    assert "the mean rates of the days before" == {x.name: x.value for x in early.assumptions}["expected demand"]


def test_a_forecast_by_hand_is_used_or_refused(
    sales: Sales, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`forecast run` on the days before, then --demand; one that has seen the day is refused, and nothing written."""
    before = tmp_path / "before.parquet"
    write_parquet(
        before, [row(sku, date, usual(sku, day)) for sku in range(1, 7) for day, date in enumerate(DATES[:22])]
    )
    path = tmp_path / "F.parquet"
    assert 0 == typed(capsys, "forecast", "run", before, "--days", "2", "--out", path)[0]
    real = make_real_day(sales, places(), listed(), source=source(sales), demand=path)
    assert {x.name: x.value for x in real.assumptions}["expected demand"].startswith("a forecast that was given")
    own = make_real_day(sales, places(), listed(), source=source(sales))
    assert abs(real.asked.total / own.asked.total - 1) < 0.1
    with pytest.raises(BadFile) as refused:
        make_real_day(sales, places(), listed(), source=source(sales, DATES[25]), demand=path)
    assert "dt" == refused.value.column
    made = read_forecast(path)
    write_forecast(replace(made, about={**made.about, "data_cutoff": DATE}), path)
    with pytest.raises(BadFile) as refused:
        make_real_day(sales, places(), listed(), source=source(sales), demand=path)
    assert "data_cutoff" == refused.value.column

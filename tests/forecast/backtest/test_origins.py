"""What is known at an origin, and what came."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from msgspec.structs import replace

from doorstep.base.errors import BadFile, BadInput
from doorstep.bench.backtest.origins import Origin, Truth, origins, read_truth
from doorstep.bench.backtest.peers import peers
from doorstep.model.demand import DAILY
from tests.forecast.backtest.made import FIRST_DAY, ahead, panel, recovered


def truth_after(days: int = 7) -> Truth:
    """A truth of the week after the made panel: everybody wanted 3."""
    made = panel()
    n = made.n * days
    return Truth(
        keys=np.repeat(made.keys, days, axis=0),
        day=np.tile(FIRST_DAY + made.d + np.arange(days), made.n),
        demand=np.full(n, 3.0),
        sale=np.full(n, 2.0),
        out_hours=np.tile([0, 1, 0, 0, 2, 0, 0], made.n)[:n],
        best=np.full((n, 9), 3.0),
    )


def all_of(**other: object) -> list[Origin]:
    made = panel()
    return list(origins(made, recovered(made), **{"weeks": 2, **other}))  # type: ignore[arg-type]


def test_weeks_follow_each_other_and_end_with_the_history() -> None:
    """Two weeks of a history of 63 days begin after days 49 and 56, and each has all its rows."""
    found = all_of()
    assert [49, 56] == [x.past.d for x in found]
    assert [7 * 6, 7 * 6] == [len(x.rows) for x in found]
    assert [set(range(FIRST_DAY + x, FIRST_DAY + x + 7)) for x in (49, 56)] == [
        set(x.rows.day.tolist()) for x in found
    ]
    assert ["recovered", "recovered"] == [x.target for x in found]


def test_what_came_changes_nothing_of_what_was_known() -> None:
    """Other sales, hours and flags on the target days leave past and known future as they were, in every field."""
    made = panel()
    after = np.arange(made.d) >= 49
    changed = replace(
        made,
        sales=np.where(after, made.sales * 3 + 1, made.sales).astype(np.float32),
        out=np.where(after, np.uint32(1 << 9), made.out).astype(np.uint32),
        out_hours=np.where(after, np.int8(1), made.out_hours).astype(np.int8),
    )
    one = next(iter(origins(made, recovered(made), weeks=2)))
    two = next(iter(origins(changed, recovered(changed), weeks=2)))
    for x in DAILY:
        assert np.array_equal(getattr(one.past, x), getattr(two.past, x)) or getattr(one.past, x) is None
    for x in ("keys", "on_sale", "discount", "holiday", "activity", "weather"):
        assert np.array_equal(getattr(one.ahead, x), getattr(two.ahead, x))
    for peer in peers():
        if peer.here and not peer.needs:
            assert np.array_equal(peer.means(one.past, one.ahead), peer.means(two.past, two.ahead))
    assert not np.array_equal(one.rows.sale, two.rows.sale)


def test_a_truth_of_days_after_the_history_adds_the_week_that_everybody_asks_for() -> None:
    """With a known future its week is the last; demand, sales and flags are the truth's."""
    found = all_of(weeks=1, truth=truth_after(), ahead=ahead(panel()))
    (last,) = found
    assert (63, "true") == (last.past.d, last.target)
    assert ({3.0}, {2.0}) == (set(last.rows.demand.tolist()), set(last.rows.sale.tolist()))
    assert 5 * 6 == int(last.rows.clean.sum())
    assert {3.0} == set(last.best.reshape(-1).tolist())


def test_without_a_known_future_only_the_history_is_scored() -> None:
    """A truth of days to come is of no use without what was known of them; older weeks take recovered demand."""
    found = all_of(truth=truth_after())
    assert ([49, 56], ["recovered"] * 2) == ([x.past.d for x in found], [x.target for x in found])


def test_a_series_that_has_ended_is_not_asked_for() -> None:
    """Where there is no row in the week, nothing was known of it and nothing is scored."""
    made = panel()
    sales = made.sales.copy()
    sales[0, 50:] = np.nan
    made = replace(made, sales=sales)
    first, last = origins(made, recovered(made), weeks=2)
    assert (5 * 7 + 1, 5 * 7) == (len(first.rows), len(last.rows))


@pytest.mark.parametrize(("weeks", "said"), [(6, "--weeks 5"), (100, "--weeks 5")])
def test_too_many_weeks_are_refused_with_a_number_that_fits(weeks: int, said: str) -> None:
    """28 days must lie before the first origin."""
    assert 5 == len(all_of(weeks=5))
    with pytest.raises(BadInput, match=said):
        all_of(weeks=weeks)


def test_a_history_too_short_for_any_week_is_refused() -> None:
    """34 days are not 28 and a week."""
    made = panel(d=34)
    with pytest.raises(BadInput, match="it takes 35"):
        list(origins(made, recovered(made), weeks=1))


def frame(**columns: object) -> pl.DataFrame:
    return pl.DataFrame({"city_id": [7], "store_id": [100], "product_id": [1], "dt": ["2024-03-20"], **columns})


def test_a_truth_file_is_read_and_a_bad_one_refused_with_its_place(tmp_path: Path) -> None:
    """Keys, day and demand are needed; a demand below 0 or a date that is none is named with row and value."""
    path = tmp_path / "truth.parquet"
    frame(demand=[4]).write_parquet(path)
    found = read_truth([path], panel())
    assert (4.0, -1, True) == (float(found.demand[0]), int(found.out_hours[0]), bool(np.isnan(found.sale[0])))
    for bad, column in (
        (frame(), "demand"),
        (frame(demand=[-1.0]), "demand: '-1.0'"),
        (frame(demand=[None]), "demand"),
        (frame(demand=[1]).with_columns(dt=pl.lit("20 March")), "dt: '20 March'"),
        (frame(demand=[1]).drop("store_id"), "store_id"),
    ):
        bad.write_parquet(path)
        with pytest.raises(BadFile, match=column):
            read_truth([path], panel())
    path.write_bytes(b"PAR1 and no more")
    with pytest.raises(BadFile, match="cannot be read"):
        read_truth([path], panel())

"""Recovery: what holds for any panel."""

from itertools import pairwise

import numpy as np
import pytest
from msgspec.structs import replace

from doorstep.bench.demandworlds import COUNT, KINDS, OPEN, Kind, demand_world, panel_of
from doorstep.core.history.recover import recover
from doorstep.model.demand import RECOVERY, Panel
from tests.history.recovery.panels import with_hours

ALL = np.uint32((1 << 24) - 1)


def small(kind: Kind = "plain") -> Panel:
    return panel_of(demand_world(kind, 31, sites=4, skus=10, history=50))


def test_a_panel_without_an_empty_hour_comes_back_as_it_was() -> None:
    """Where nothing was flagged, demand is what was sold, and nothing is in doubt."""
    panel = small()
    panel = replace(panel, out=np.zeros_like(panel.out))
    found = recover(panel)
    assert np.array_equal(panel.sales, found.mean)
    assert (found.sd == 0).all()
    assert (found.method == RECOVERY.index("observed")).all()
    assert (found.exposure > 0.999).all()


@pytest.mark.parametrize("kind", KINDS)
def test_every_row_gets_an_answer_and_no_other(kind: Kind) -> None:
    """Mean and spread are finite and not below zero where there is a row, and NaN where there is none."""
    panel = small(kind)
    found = recover(panel)
    there = panel.there
    for x in (found.mean, found.sd):
        assert (x[there] >= 0).all()
        assert np.isnan(x[~there]).all()
    assert ((found.exposure >= 0) & (found.exposure <= 1)).all()


def test_odd_series_get_an_answer() -> None:
    """All zero, all out of stock, one day long, with a gap, ended, without any row: a number, never an error."""
    panel = small()
    assert panel.hours is not None
    sales, hours, out = panel.sales.copy(), panel.hours.copy(), panel.out.copy()
    hours[0], hours[1], out[1] = 0, 0, ALL
    sales[:2] = 0
    sales[2, 1:], sales[3, 10:40], sales[4, 20:], sales[5] = np.nan, np.nan, np.nan, np.nan
    hours[np.isnan(sales)] = 0
    odd = replace(panel, sales=sales, hours=hours, out=out)
    found = recover(odd)
    assert np.isfinite(found.mean[odd.there]).all()
    assert (found.mean[0][out[0] & OPEN == 0] == 0).all()
    assert (found.method[1] == RECOVERY.index("prior")).all()
    assert (found.mean[1] > 0).all()
    assert (found.sd[1] > 0).all()


@pytest.mark.parametrize("out", [np.uint32(0), ALL])
def test_a_panel_that_sold_nothing_wanted_nothing(out: np.uint32) -> None:
    """All zero, in stock or out of it: about zero."""
    panel = small()
    assert panel.hours is not None
    still = with_hours(panel, np.zeros_like(panel.hours), np.full_like(panel.out, out))
    assert recover(still).mean.max() < 1e-3


def test_a_single_day_is_enough() -> None:
    """One day of one series."""
    panel = small()
    one = panel.days(0, 1).series(np.array([3]))
    assert np.isfinite(recover(one).mean).all()


def test_the_order_of_series_changes_nothing() -> None:
    """Series come back in their places, whatever their order."""
    panel = small()
    order = np.random.default_rng(1).permutation(panel.n)
    expected, actual = recover(panel).mean[order], recover(panel.series(order)).mean
    assert np.allclose(expected, actual, rtol=2e-3, equal_nan=True)


def test_the_same_panel_gives_the_same_bytes() -> None:
    """Twice the same."""
    panel = small("records")
    first, second = recover(panel), recover(panel)
    assert first.mean.tobytes() == second.mean.tobytes()
    assert first.report == second.report


def test_sales_in_other_units_are_recovered_in_those() -> None:
    """Ten times the sales, ten times the demand, to two per cent in all: pulls to rough guesses have a unit."""
    panel = small()
    assert panel.hours is not None
    once, ten = recover(panel).mean, recover(with_hours(panel, panel.hours * 10)).mean
    assert ten.sum() / once.sum() == pytest.approx(10, rel=0.02)


def test_more_flagged_hours_never_lower_a_day() -> None:
    """While flags are trusted, hours without a sale that are flagged as well raise the day's demand or leave it."""
    panel = small()
    assert panel.hours is not None
    row, day = 7, 20
    last = np.flatnonzero(panel.hours[row, day] > 0)[-1]
    means = []
    for first in range(21, last, -1):
        out = panel.out.copy()
        out[row, day] |= np.uint32(sum(1 << h for h in range(first, 22)))
        means.append(float(recover(replace(panel, out=out)).mean[row, day]))
    assert len(means) >= 2
    assert all(b >= a - 1e-3 * a for a, b in pairwise(means))


@pytest.mark.parametrize("what", ["hours out", "a flag", "nothing"])
def test_days_alone_are_enough(what: str) -> None:
    """Without hours every row still gets an answer: not below its sales, and above them where it ran out."""
    hourly = small()
    count = COUNT[(hourly.out & OPEN) >> 6]
    known = {"hours out": count, "a flag": (count > 0).astype(np.int8), "nothing": np.full_like(count, -1)}[what]
    panel = replace(hourly, hours=None, out_hours=known)
    found = recover(panel)
    assert (found.mean >= panel.sales).all()
    ran_out = known > 0
    assert (found.mean[ran_out] > panel.sales[ran_out]).all()
    assert np.array_equal(found.mean[~ran_out], panel.sales[~ran_out])
    assert found.report.daily


def test_bands_are_wider_where_only_days_are_known() -> None:
    """The same stock-outs, told by days: more is in doubt."""
    panel = small()
    by_day = replace(panel, hours=None, out_hours=(COUNT[(panel.out & OPEN) >> 6] > 0).astype(np.int8))
    ran_out = by_day.out_hours > 0
    assert recover(by_day).sd[ran_out].mean() > recover(panel).sd[ran_out].mean()

"""Scores against a slow second way to count them."""

from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from doorstep.bench.backtest.rows import QUANTILES, Rows, Told
from doorstep.bench.backtest.scores import Score, scores
from tests.forecast.backtest.made import rows

seeds = st.integers(0, 10_000)


def the(lines: list[Score], protocol: str, **cell: object) -> Score:
    wanted = {"horizon": 0, "level": "series", "band": "all", "promo": "all", **cell}
    (found,) = [
        x for x in lines if x.protocol == protocol and all(getattr(x, name) == y for name, y in wanted.items())
    ]
    return found


def scored(made: Rows, told: Told) -> list[Score]:
    return scores(made, told, model="m", city="7", origin="2024-01-01")


def answers(told: Told) -> list[tuple[float, list[float]]]:
    """What was told of each row, 0 where nothing was."""
    whole = zip(told.mean, told.quantiles, strict=True)
    return [(0.0, [0.0] * len(q)) if np.isnan(m) else (float(m), [float(x) for x in q]) for m, q in whole]


@settings(max_examples=15)
@given(seeds)
def test_the_truth_protocol_is_what_a_plain_loop_counts(seed: int) -> None:
    """WAPE, WPE, pinball and both coverages of all rows; a row without a forecast counts as 0 and is told."""
    made, told = rows(seed)
    line = the(scored(made, told), "truth")
    total = off = signed = 0.0
    loss = dict.fromkeys(QUANTILES, 0.0)
    under, most = dict.fromkeys(QUANTILES, 0), dict.fromkeys(QUANTILES, 0)
    for y, (mean, quantiles) in zip(made.demand, answers(told), strict=True):
        total, off, signed = total + y, off + abs(y - mean), signed + mean - y
        for q, x in zip(QUANTILES, quantiles, strict=True):
            loss[q] += max(q * (y - x), (q - 1) * (y - x))
            under[q] += y < x
            most[q] += y <= x
    n = len(made)
    assert (n, int(np.isnan(told.mean).sum())) == (line.n, line.missing)
    assert pytest.approx(off / total, abs=1e-6) == line.wape
    assert pytest.approx(signed / total, abs=1e-6) == line.wpe
    for q in QUANTILES:
        assert pytest.approx(loss[q] / total, abs=1e-6) == line.pinball[str(q)]
        assert pytest.approx(most[q] / n, abs=1e-6) == line.coverage[str(q)]
        assert pytest.approx(under[q] / n, abs=1e-6) == line.below[str(q)]


@settings(max_examples=15)
@given(seeds)
def test_the_authors_protocol_is_the_mean_of_daily_values_on_clean_days(seed: int) -> None:
    """`in_stock_sales` against recorded sales, day by day, and in the two volume bands of the authors."""
    made, told = rows(seed)
    lines = scored(made, told)
    assert told.in_stock_sales is not None
    for band, where in (("all", made.usual >= 0), ("low", made.usual < 1), ("high", made.usual >= 1)):
        days: dict[int, list[tuple[float, float]]] = defaultdict(list)
        for x in np.flatnonzero(where & made.clean):
            days[int(made.day[x])].append((float(made.sale[x]), float(np.nan_to_num(told.in_stock_sales[x]))))
        sums = [(sum(y for y, _ in d), sum(abs(y - x) for y, x in d), sum(x - y for y, x in d)) for d in days.values()]
        wape = [off / total for total, off, _ in sums if total]
        wpe = [signed / total for total, _, signed in sums if total]
        line = the(lines, "frn", band=band)
        assert sum(len(d) for d in days.values()) == line.n
        assert pytest.approx(sum(wape) / len(wape), abs=2e-6) == line.wape
        assert pytest.approx(sum(wpe) / len(wpe), abs=2e-6) == line.wpe


@settings(max_examples=15)
@given(seeds)
def test_sums_are_compared_after_adding_up(seed: int) -> None:
    """Each level sums demand and mean by its keys and day before it takes the difference."""
    made, told = rows(seed)
    lines = scored(made, told)
    for level, names in (
        ("city_sku", ["sku"]),
        ("site_category", ["site", "category"]),
        ("site", ["site"]),
        ("city", []),
    ):
        sums: dict[tuple[int, ...], list[float]] = defaultdict(lambda: [0.0, 0.0])
        for x, (mean, _) in enumerate(answers(told)):
            cell = sums[int(made.day[x]), *(int(getattr(made, y)[x]) for y in names)]
            cell[0] += float(made.demand[x])
            cell[1] += mean
        off = sum(abs(y - x) for y, x in sums.values()) / float(made.demand.sum())
        line = the(lines, "truth", level=level)
        assert len(sums) == line.n
        assert pytest.approx(off, abs=1e-6) == line.wape


@settings(max_examples=15)
@given(seeds)
def test_the_parts_make_the_whole(seed: int) -> None:
    """Horizons, bands and promotions each split the rows without rest."""
    made, told = rows(seed)
    lines = [x for x in scored(made, told) if x.level == "series"]
    for protocol in ("truth", "frn"):
        here = [x for x in lines if x.protocol == protocol]
        n = the(here, protocol).n
        assert n == sum(x.n for x in here if x.horizon)
        assert n == sum(x.n for x in here if x.band != "all")
        assert n == sum(x.n for x in here if x.promo != "all")


def test_a_perfect_answer_scores_nothing() -> None:
    """Truth told as mean and as every quantile: no error, no loss, and everything is covered."""
    made, _ = rows(1)
    told = Told(mean=made.demand, quantiles=np.repeat(made.demand[:, None], len(QUANTILES), axis=1))
    line = the(scored(made, told), "truth")
    assert (0.0, 0.0, {0.0}, {1.0}, {0.0}) == (
        line.wape,
        line.wpe,
        set(line.pinball.values()),
        set(line.coverage.values()),
        set(line.below.values()),
    )


def test_the_true_mean_looks_too_high_to_the_authors() -> None:
    """Where shelves empty on busy days, the mean of demand is biased upwards on the days that are left."""
    rng = np.random.Generator(np.random.PCG64(3))
    made, _ = rows(1, r=4_000)
    demand = rng.poisson(4, 4_000).astype(np.float64)
    stock = 5.0
    made = replace(made, demand=demand, sale=np.minimum(demand, stock), clean=demand <= stock)
    told = Told(mean=np.full(4_000, 4.0), quantiles=np.full((4_000, len(QUANTILES)), 4.0))
    lines = scored(made, told)
    truth, frn = the(lines, "truth"), the(lines, "frn")
    assert truth.wpe is not None
    assert frn.wpe is not None
    assert abs(truth.wpe) < 0.02
    assert frn.wpe > 0.15


def test_nothing_wanted_is_no_number() -> None:
    """Where the sum is nothing, WAPE is None, and JSON holds no NaN."""
    made, told = rows(1)
    made = replace(made, demand=np.zeros(len(made)), sale=np.zeros(len(made)))
    assert {(None, None)} == {(x.wape, x.wpe) for x in scored(made, told)}

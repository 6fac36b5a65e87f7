"""Roll the origin back a week at a time: what was known then, what came, what a truth file says."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl
from msgspec import Struct

from doorstep.base.errors import BadFile, BadInput
from doorstep.bench.backtest.days import clean, rows_in
from doorstep.bench.backtest.rows import Masks, Reals, Rows, Target, Whole
from doorstep.model.demand import KEYS, Ahead, Panel, Recovered, ahead_of

WEEK: Final = 7
LEAST_HISTORY: Final = 28
"""Days that must lie before the earliest origin: the least that peers and seasons need."""
CATEGORY: Final = 2
"""Which of a panel's groups is the category of the level `site_category`: the second."""


class Truth(Struct, frozen=True, kw_only=True, eq=False):
    """
    What people wanted, of r rows; a row that a file does not tell is NaN (demand, sale) or -1 (out_hours).

    Parameters
    ----------
    keys
        `[r, 3]`, numbers as in the panel.
    day
        `[r]`, counted from 1970-01-01.
    demand, sale, out_hours
        `[r]`: true demand, recorded sales, true stock-out hours of 6 to 21.
    best
        `[r, 9]`: mean and eight quantiles that know all parameters and states at the end of the history
        (`origin_mean`, `origin_q05` … of simulated worlds); NaN where the files have none.
    """

    keys: Whole
    day: Whole
    demand: Reals
    sale: Reals
    out_hours: Whole
    best: Reals


class Origin(Struct, frozen=True, kw_only=True, eq=False):
    """
    One origin: what was known, and what came.

    Parameters
    ----------
    past
        The panel up to the origin.
    ahead
        What was known of the days after it.
    kept
        `[m, h]`: which of them are scored.
    rows
        Those, series by series, with what came.
    best
        `[r, 9]`: mean and quantiles of the best honest forecast, where a truth file has it.
    target
        What stands for demand in the rows: told by a truth, or recovered from records.
    date
        The last day of `past`.
    """

    past: Panel
    ahead: Ahead
    kept: Masks
    rows: Rows
    best: Reals
    target: Target
    date: str


def origins(
    panel: Panel, recovered: Recovered, *, weeks: int, truth: Truth | None = None, ahead: Ahead | None = None
) -> Iterator[Origin]:
    """
    Yield the origins of a backtest, the earliest first.

    Parameters
    ----------
    panel
        All history of one city.
    recovered
        The same with stock-outs seen through: what stands for demand where no truth is told.
    weeks
        How many weeks of target days, at least 1. The last ends with the last day that has an outcome: the history's,
        or the truth's where `ahead` is known.
    truth
        True demand of some rows.
    ahead
        What is known of the days after the history; together with a truth of them it gives one more origin.

    Raises
    ------
    BadInput
        The history is too short for so many weeks.
    """
    beyond = ahead is not None and truth is not None and bool((truth.day >= panel.first_day + panel.d).any())
    ends = [panel.d - WEEK * x for x in range(0 if beyond else 1, weeks + (0 if beyond else 1))]
    if ends[-1] < LEAST_HISTORY:
        most = (panel.d - LEAST_HISTORY) // WEEK + beyond
        few = f"{panel.d} days of history are too few for"
        if most <= 0:
            raise BadInput(f"{few} a backtest: it takes {LEAST_HISTORY + WEEK * (not beyond)}")
        before = f"{LEAST_HISTORY} days must lie before the first origin"
        raise BadInput(f"{few} {weeks} weeks: {before}; ask for --weeks {most}")
    for end in reversed(ends):
        known = ahead if end == panel.d else ahead_of(panel, end, WEEK)
        assert known is not None, "an origin at the end of the history has a known future"
        yield _origin(panel, recovered, end, known, truth)


def read_truth(paths: Sequence[Path], panel: Panel) -> Truth:
    """
    Read truth files: the keys, `dt`, `demand`; `sale_amount`, `stock_hour6_22_cnt`, `origin_…` where there are any.

    Raises
    ------
    BadFile
        A file cannot be read, lacks a column, or its demand is no number from 0 on.
    """
    parts = [_truth_of(path, panel) for path in paths]
    assert parts, "a truth is read from at least one file"
    return Truth(**{x: np.concatenate([getattr(y, x) for y in parts]) for x in Truth.__struct_fields__})


def _truth_of(path: Path, panel: Panel) -> Truth:
    best = ["origin_mean", *(f"origin_q{x}" for x in ("05", "10", "25", "50", "75", "90", "95", "98"))]
    try:
        there = pl.read_parquet_schema(path)
        wanted = [x for x in (*KEYS, "dt", "demand", "sale_amount", "stock_hour6_22_cnt", *best) if x in there]
        frame = pl.read_parquet(path, columns=wanted)
    except (pl.exceptions.PolarsError, OSError) as error:
        said = str(error).split("\n", 1)[0][:200]
        raise BadFile(str(path), what=f"cannot be read ({said}); is it a parquet file of true demand?") from error
    for x in (*KEYS, "dt", "demand"):
        if x not in there:
            raise BadFile(str(path), column=x, what="the column is missing; a truth has keys, dt and demand")
    demand = frame["demand"].cast(pl.Float64, strict=False).fill_null(float("nan")).to_numpy()
    wrong = ~(demand >= 0)
    if wrong.any():
        row = int(np.argmax(wrong))
        shown = str(frame["demand"][row])
        raise BadFile(str(path), row=row + 1, column="demand", value=shown, what="must be a number from 0 on")
    day = frame["dt"].cast(pl.String).str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)
    if day.null_count():
        row = int(np.argmax(day.is_null().to_numpy()))
        raise BadFile(
            str(path), row=row + 1, column="dt", value=str(frame["dt"][row]), what="is no date; write YYYY-MM-DD"
        )
    r = len(frame)

    def numbers(column: str) -> Reals:
        if column not in there:
            return np.full(r, np.nan)
        found: Reals = frame[column].cast(pl.Float64, strict=False).fill_null(float("nan")).to_numpy()
        return found

    out = numbers("stock_hour6_22_cnt")
    return Truth(
        keys=np.stack([_numbered(frame[x], panel.names.get(x)) for x in KEYS], axis=1),
        day=day.to_physical().to_numpy().astype(np.int64),
        demand=demand,
        sale=numbers("sale_amount"),
        out_hours=np.where(np.isnan(out), -1, out).astype(np.int64),
        best=np.stack([numbers(x) for x in best], axis=1),
    )


def _numbered(column: pl.Series, names: tuple[str, ...] | None) -> Whole:
    """Turn ids into the panel's numbers; -1 where the panel does not have one."""
    if names is None:
        found: Whole = column.cast(pl.Int64, strict=False).fill_null(-1).to_numpy()
        return found
    number = {x: i for i, x in enumerate(names)}
    return np.array([number.get(str(x), -1) for x in column], np.int64)


def _origin(panel: Panel, recovered: Recovered, end: int, ahead: Ahead, truth: Truth | None) -> Origin:
    """Cut the panel and put what came beside what was known."""
    past = panel.days(0, end)
    m, h = ahead.on_sale.shape
    rows = rows_in(panel.keys, ahead.keys)
    there = rows >= 0
    came = slice(end, min(end + h, panel.d))
    width = came.stop - came.start
    recorded = np.zeros((m, width), np.bool_)
    demand, sale = np.full((m, h), np.nan), np.full((m, h), np.nan)
    free = np.zeros((m, h), np.bool_)
    best = np.full((m, h, 9), np.nan)
    if width:
        part = panel.days(came.start, came.stop)
        recorded = there[:, None] & part.there[rows]
        sale[:, :width] = np.where(recorded, part.sales[rows], np.nan)
        free[:, :width] = recorded & clean(part)[rows]
    told = truth is not None and _tell(truth, ahead, demand, sale, free, best)
    if width and not told:
        demand[:, :width] = np.where(recorded, recovered.mean[rows, came], np.nan)
    kept = ahead.on_sale & (~np.isnan(demand) | ~np.isnan(sale))
    usual = _usual(past)
    at_series, at_day = np.nonzero(kept)

    scored = Rows(
        city=ahead.keys[at_series, 0],
        site=ahead.keys[at_series, 1],
        sku=ahead.keys[at_series, 2],
        category=ahead.groups[at_series, CATEGORY],
        day=at_day + ahead.first_day,
        horizon=at_day + 1,
        sale=sale[kept],
        clean=free[kept],
        demand=demand[kept],
        usual=np.where(there, usual[rows], 0.0)[at_series],
        promo=((ahead.discount < 1) | (ahead.activity > 0))[kept],
    )
    date = str(np.datetime64(past.first_day + past.d - 1, "D"))
    target: Target = "true" if told else "recovered"
    return Origin(past=past, ahead=ahead, kept=kept, rows=scored, best=best[kept], target=target, date=date)


def _tell(truth: Truth, ahead: Ahead, demand: Reals, sale: Reals, free: Masks, best: Reals) -> bool:
    """Write what a truth tells of the days ahead into `[m, h]` arrays; return whether it tells anything."""
    near = (truth.day >= ahead.first_day) & (truth.day < ahead.first_day + demand.shape[1])
    series = rows_in(ahead.keys, truth.keys[near])
    known = series >= 0
    at = (series[known], (truth.day[near] - ahead.first_day)[known])
    demand[at] = truth.demand[near][known]
    best[at] = truth.best[near][known]
    told = truth.sale[near][known]
    sale[at] = np.where(np.isnan(told), sale[at], told)
    hours = truth.out_hours[near][known]
    free[at] = np.where(hours >= 0, hours == 0, free[at])
    return bool(known.any())


def _usual(past: Panel) -> Reals:
    count = past.there.sum(axis=1)
    total = np.nansum(past.sales.astype(np.float64), axis=1)
    mean: Reals = total / np.maximum(count, 1)
    return mean

"""A backtest of one city: every origin, every model, one table."""

from collections.abc import Callable, Iterable, Sequence
from typing import Final

import numpy as np
from msgspec import Struct

from doorstep.bench.backtest.days import rows_in
from doorstep.bench.backtest.origins import Origin
from doorstep.bench.backtest.peers import Peer, told_by
from doorstep.bench.backtest.rows import Rows, Target, Told
from doorstep.bench.backtest.scores import Score, mean_of, scores
from doorstep.bench.backtest.worst import Curve, Traced, worst
from doorstep.model.demand import Ahead, Forecast, Panel

OURS: Final = "doorstep"
MEAN: Final = "doorstep_mean"
"""Our mean where it is scored as if it were `in_stock_sales`: what the page explains."""
BEST: Final = "best_honest"
"""The forecast that knows all parameters and states at the end of the history; simulated worlds tell it."""
Ours = Callable[[Panel, Ahead], Forecast]


class Days(Struct, frozen=True, kw_only=True):
    """Target days free of stock-outs, or those with one: how many, and means a day of what was, and was told."""

    n: int
    sold: float
    wanted: float
    mean: float
    in_stock_sales: float


class Result(Struct, frozen=True, kw_only=True):
    """
    A backtest of one city.

    Parameters
    ----------
    city
        Its id, as the files have it.
    origins
        Their dates, the earliest first.
    targets
        Of each origin, what stood for demand.
    lines
        Every score.
    cpu_s
        Seconds of one core by model, all origins; only the trees of the peers' spread are counted with them.
    free, short
        Days free of stock-outs, days with one: the two numbers explained.
    worst
        The series whose errors exceed most what the forecast itself expected.
    """

    city: str
    origins: tuple[str, ...]
    targets: tuple[Target, ...]
    lines: tuple[Score, ...]
    cpu_s: dict[str, float]
    free: Days | None
    short: Days | None
    worst: tuple[Curve, ...]


def backtest(
    turns: Iterable[Origin],
    ours: Ours,
    peers: Sequence[Peer],
    *,
    city: str,
    cpu_s: Callable[[], float],
    said: Callable[[str, str], None],
) -> Result:
    """
    Forecast at every origin with every model, and score what came.

    Parameters
    ----------
    turns
        Of `origins`.
    ours
        Recovers and forecasts; it is given the past and what is known ahead, nothing else.
    peers
        Those that are here.
    cpu_s
        Seconds of the processor so far: the clock is an argument.
    said
        Called with the origin's date before each model, with its name, and after the last, with none: a progress bar.
    """
    kept: list[tuple[Origin, dict[str, Told]]] = []
    took: dict[str, float] = {}
    for x in turns:
        answers: dict[str, Told] = {}
        for name, ask in _models(x, ours, peers):
            said(x.date, name)
            begun = cpu_s()
            answers[name] = ask()
            took[name] = took.get(name, 0.0) + cpu_s() - begun
        said(x.date, "")
        if not np.isnan(x.best).all():
            answers[BEST] = Told(mean=x.best[:, 0], quantiles=x.best[:, 1:])
        kept.append((x, answers))
    assert kept, "a backtest has at least one origin"
    rows = Rows.joined([x.rows for x, _ in kept])
    told = Told.joined([y[OURS] for _, y in kept])
    traced = [Traced(past=x.past, rows=x.rows, told=y[OURS]) for x, y in kept]
    return Result(
        city=city,
        origins=tuple(x.date for x, _ in kept),
        targets=tuple(x.target for x, _ in kept),
        lines=tuple(_lines(kept, city)),
        cpu_s={name: round(x, 1) for name, x in took.items()},
        free=_days(rows, told, free=True),
        short=_days(rows, told, free=False),
        worst=worst(traced),
    )


def told_of(forecast: Forecast, origin: Origin) -> Told:
    """Lay our forecast beside the rows of an origin; NaN where it has none."""
    m = len(forecast.keys)
    shift = origin.ahead.first_day - forecast.first_day
    series, day = np.nonzero(origin.kept)
    at = rows_in(forecast.keys, origin.ahead.keys)[series]
    day = day + shift
    there = (at >= 0) & (day >= 0) & (day < forecast.mean.shape[1])
    at, day = np.where(there, at, 0), np.where(there, day, 0)
    if not m:
        there[:] = False
        return Told(
            mean=np.full(len(at), np.nan),
            quantiles=np.full((len(at), forecast.quantiles.shape[2]), np.nan),
            in_stock_sales=np.full(len(at), np.nan),
        )
    there &= forecast.on_sale[at, day]
    return Told(
        mean=np.where(there, forecast.mean[at, day].astype(np.float64), np.nan),
        quantiles=np.where(there[:, None], forecast.quantiles[at, day].astype(np.float64), np.nan),
        in_stock_sales=np.where(there, forecast.in_stock_sales[at, day].astype(np.float64), np.nan),
    )


def _models(origin: Origin, ours: Ours, peers: Sequence[Peer]) -> list[tuple[str, Callable[[], Told]]]:
    def own() -> Told:
        return told_of(ours(origin.past, origin.ahead), origin)

    def other(peer: Peer) -> Callable[[], Told]:
        return lambda: told_by(peer, origin.past, origin.ahead, spread=not peer.needs or origin.target == "true").some(
            origin.kept.reshape(-1)
        )

    return [(OURS, own), *((x.name, other(x)) for x in peers)]


def _lines(kept: Sequence[tuple[Origin, dict[str, Told]]], city: str) -> list[Score]:
    """Score each origin, and all of them together: pooled by the truth, the mean of the weeks by the authors."""
    lines: list[Score] = []
    names = list(dict.fromkeys(name for _, answers in kept for name in answers))
    for name in names:
        here = [(x, answers[name]) for x, answers in kept if name in answers]
        each = [
            y for x, told in here for y in scores(x.rows, told, model=name, city=city, origin=x.date, target=x.target)
        ]
        lines += each
        if len(here) < len(kept):
            continue  # who was not asked at every origin does not stand beside those who were
        rows = Rows.joined([x.rows for x, _ in here])
        target: Target = "true" if all(x.target == "true" for x, _ in here) else "recovered"
        together = scores(rows, Told.joined([y for _, y in here]), model=name, city=city, origin="all", target=target)
        lines += [x for x in together if x.protocol == "truth"]
        lines += _weeks(each)
    lines += _mean_as_sales(kept, city)
    return lines


def _weeks(each: Sequence[Score]) -> list[Score]:
    """Take the mean of every line of the authors' protocol over the weeks."""
    cells: dict[tuple[object, ...], list[Score]] = {}
    for x in each:
        if x.protocol == "frn":
            cells.setdefault((x.horizon, x.band, x.promo), []).append(x)
    return [mean_of(x) for x in cells.values()]


def _mean_as_sales(kept: Sequence[tuple[Origin, dict[str, Told]]], city: str) -> list[Score]:
    """Score our mean as if it were what sells from a full shelf: the number that looks bad and is not."""
    each: list[Score] = []
    for x, answers in kept:
        told = Told(mean=answers[OURS].mean, quantiles=answers[OURS].quantiles)
        found = scores(x.rows, told, model=MEAN, city=city, origin=x.date, target=x.target)
        each += [y for y in found if y.protocol == "frn"]
    return [*each, *_weeks(each)]


def _days(rows: Rows, told: Told, *, free: bool) -> Days | None:
    where = (rows.clean == free) & ~np.isnan(rows.demand) & ~np.isnan(rows.sale) & ~np.isnan(told.mean)
    if not where.any() or told.in_stock_sales is None:
        return None
    parts = (rows.sale, rows.demand, told.mean, told.in_stock_sales)
    sold, wanted, mean, stock = (round(float(x[where].mean()), 3) for x in parts)
    return Days(n=int(where.sum()), sold=sold, wanted=wanted, mean=mean, in_stock_sales=stock)

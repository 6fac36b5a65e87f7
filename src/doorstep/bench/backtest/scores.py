"""Scores of a forecast: by level, horizon, volume band and promotion, by two protocols."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final, Literal

import numpy as np
from msgspec import Struct, structs

from doorstep.bench.backtest.rows import QUANTILES, Masks, Reals, Rows, Target, Told, Whole

Protocol = Literal["frn", "truth"]
LEVELS: Final[dict[str, tuple[str, ...]]] = {
    "city_sku": ("city", "sku", "day"),
    "site_category": ("site", "category", "day"),
    "site": ("site", "day"),
    "city": ("city", "day"),
}
"""Sums that are scored beside the series itself, with what makes one row of each."""
EDGES: Final = (1.0, 3.0, 10.0)
"""Bands of volume, in mean daily sales as the files have them."""
LOW_HIGH: Final = 1.0
"""The dataset authors split series at a mean daily sale of 1."""
DIGITS: Final = 6


class Score(Struct, frozen=True, kw_only=True):
    """
    One line of `scores.json`.

    Parameters
    ----------
    origin
        The last day of history, `YYYY-MM-DD`; ``all``: every origin together.
    horizon
        Days ahead, from 1 on; 0: every horizon together.
    level
        series, city_sku, site_category, site, city: what was summed before it was compared.
    band
        all, or a band of the series' mean daily sale: low, high (below 1, from 1 on) of the authors' protocol.
    promo
        all, on, off.
    n, missing
        Rows, and how many of them the model did not forecast: those count as 0.
    wape, wpe
        Σ|y − x| / Σy and Σ(x − y) / Σy, 1 = 100 %; None where nothing was sold or wanted.
    pinball
        By quantile: Σ max(q(y − x), (q − 1)(y − x)) / Σy.
    coverage, below
        By quantile: share of rows with y ≤ x; with y < x. Demand in whole units jumps over its level, which lies
        between the two where the distribution is right.
    protocol
        truth: the mean against what people wanted. frn: what sells from a full shelf against recorded sales on days
        free of stock-outs, WAPE and WPE a day and then the mean of the days, as the dataset's authors score.
    target
        What is compared with: true demand, demand recovered from records, or recorded sales.
    """

    model: str
    city: str
    origin: str
    horizon: int
    level: str
    band: str
    promo: str
    n: int
    missing: int
    wape: float | None
    wpe: float | None
    pinball: dict[str, float]
    coverage: dict[str, float]
    below: dict[str, float]
    protocol: Protocol
    target: Target | Literal["recorded"]


def scores(rows: Rows, told: Told, *, model: str, city: str, origin: str, target: Target = "true") -> list[Score]:
    """
    Score what a model told of one origin, or of several by the truth protocol.

    Returns
    -------
    Lines in a fixed order; a line with no rows is left out.
    """
    named = Named(model=model, city=city, origin=origin, target=target)
    return [*_truth(rows, told, named), *_frn(rows, told, named)]


def mean_of(lines: Sequence[Score]) -> Score:
    """Take the mean of one line over several origins: what the authors' protocol says of a run of weeks."""
    wape, wpe = (_mean([getattr(x, name) for x in lines]) for name in ("wape", "wpe"))
    n, missing = sum(x.n for x in lines), sum(x.missing for x in lines)
    return structs.replace(lines[0], origin="all", n=n, missing=missing, wape=wape, wpe=wpe)


class Named(Struct, frozen=True, kw_only=True):
    """Who is scored, and where."""

    model: str
    city: str
    origin: str
    target: Target


class Cell(Struct, frozen=True, kw_only=True):
    """Which rows are scored together."""

    horizon: int = 0
    level: str = "series"
    band: str = "all"
    promo: str = "all"


def _truth(rows: Rows, told: Told, named: Named) -> Iterator[Score]:
    """Score against demand, wherever that is known."""
    known = ~np.isnan(rows.demand)
    if not known.any():
        return
    rows, told = rows.some(known), told.some(known)
    missing = np.isnan(told.mean)
    mean = np.where(missing, 0.0, told.mean)
    quantiles = np.where(missing[:, None], 0.0, told.quantiles)
    for cell, where in _cells(rows, _bands(rows.usual)):
        yield _line(
            named,
            cell,
            rows.demand[where],
            mean[where],
            quantiles=quantiles[where],
            missing=int(missing[where].sum()),
        )
    for level, by in LEVELS.items():
        group, first = _groups(rows, by)
        wanted = np.bincount(group, rows.demand).astype(np.float64)
        summed = np.bincount(group, mean).astype(np.float64)
        lost = np.bincount(group, missing.astype(np.float64))
        horizons = rows.horizon[first]
        yield _line(named, Cell(level=level), wanted, summed, missing=int(lost.sum()))
        for x in np.unique(horizons):
            at = horizons == x
            cell = Cell(level=level, horizon=int(x))
            yield _line(named, cell, wanted[at], summed[at], missing=int(lost[at].sum()))


def _frn(rows: Rows, told: Told, named: Named) -> Iterator[Score]:
    """Score as the authors do: `demand_forecasting/SSA/ssa_forecasting.py` of Dingdong-Inc/frn-50k-baseline."""
    kept = rows.clean & ~np.isnan(rows.sale)
    if not kept.any():
        return
    rows, told = rows.some(kept), told.some(kept)
    answer = told.mean if told.in_stock_sales is None else told.in_stock_sales
    missing = np.isnan(answer)
    answer = np.where(missing, 0.0, answer)
    bands = {"low": rows.usual < LOW_HIGH, "high": rows.usual >= LOW_HIGH}
    for cell, where in _cells(rows, bands):
        days = [where & (rows.day == x) for x in np.unique(rows.day[where])]
        lines = [_line(named, cell, rows.sale[x], answer[x], protocol="frn") for x in days]
        wape, wpe = (_mean([getattr(x, name) for x in lines]) for name in ("wape", "wpe"))
        yield structs.replace(lines[0], n=int(where.sum()), missing=int(missing[where].sum()), wape=wape, wpe=wpe)


def _cells(rows: Rows, bands: dict[str, Masks]) -> Iterator[tuple[Cell, Masks]]:
    """Yield everything, each horizon, each band, promotion on and off; what is empty is left out."""
    cells: list[tuple[Cell, Masks]] = [(Cell(), np.ones(len(rows), np.bool_))]
    cells += [(Cell(horizon=int(x)), rows.horizon == x) for x in np.unique(rows.horizon)]
    cells += [(Cell(band=name), where) for name, where in bands.items()]
    cells += [(Cell(promo="on"), rows.promo), (Cell(promo="off"), ~rows.promo)]
    yield from ((cell, where) for cell, where in cells if where.any())


def _bands(usual: Reals) -> dict[str, Masks]:
    edges = (0.0, *EDGES, np.inf)
    names = [f"{low:g}-{high:g}" if high < np.inf else f"{low:g}+" for low, high in pairwise(edges)]
    found = np.digitize(usual, EDGES)
    return {name: found == x for x, name in enumerate(names)}


def _groups(rows: Rows, by: tuple[str, ...]) -> tuple[Whole, Whole]:
    """Return of each row the number of its group, of each group its first row."""
    keys = np.stack([getattr(rows, x) for x in dict.fromkeys(("city", *by))], axis=1)
    _, first, group = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    return group.reshape(-1), first


def _line(
    named: Named,
    cell: Cell,
    y: Reals,
    x: Reals,
    *,
    quantiles: Reals | None = None,
    missing: int = 0,
    protocol: Protocol = "truth",
) -> Score:
    total = float(y.sum())
    pinball: dict[str, float] = {}
    coverage: dict[str, float] = {}
    below: dict[str, float] = {}
    if quantiles is not None and total > 0 and not np.isnan(quantiles).any():
        for place, q in enumerate(QUANTILES):
            short = y - quantiles[:, place]
            pinball[str(q)] = round(float(np.maximum(q * short, (q - 1) * short).sum()) / total, DIGITS)
            coverage[str(q)] = round(float((short <= 0).mean()), DIGITS)
            below[str(q)] = round(float((short < 0).mean()), DIGITS)
    return Score(
        model=named.model,
        city=named.city,
        origin=named.origin,
        horizon=cell.horizon,
        level=cell.level,
        band=cell.band,
        promo=cell.promo,
        n=len(y),
        missing=missing,
        wape=round(float(np.abs(y - x).sum()) / total, DIGITS) if total > 0 else None,
        wpe=round(float((x - y).sum()) / total, DIGITS) if total > 0 else None,
        pinball=pinball,
        coverage=coverage,
        below=below,
        protocol=protocol,
        target="recorded" if protocol == "frn" else named.target,
    )


def _mean(values: Sequence[float | None]) -> float | None:
    known = [x for x in values if x is not None]
    return round(sum(known) / len(known), DIGITS) if known else None

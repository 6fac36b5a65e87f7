"""What a day should have sold by everything but itself: level, weekday, sku-day, site-day and offer, multiplied."""

from typing import Any, Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from doorstep.core.history.level import cell_sums, day_sums, smooth
from doorstep.core.history.recover_params import RecoverParams

Floats = NDArray[np.float32]
Codes = NDArray[np.int64]
OFFERS: Final = 8  # discount in tenths down to a half and less, with and without an activity
NEVER: Final = 1e-6  # expected sales below this tell nothing


class Cells(Struct, frozen=True, kw_only=True, eq=False):
    """
    How a panel's series and days hang together: codes count from 0.

    `sku`, `site`, `category`, `cluster` (category within a site): `[n]`; `weekday`: `[d]`; `offer`, `kind`: `[n, d]`.
    """

    sku: Codes
    site: Codes
    category: Codes
    cluster: Codes
    weekday: Codes
    offer: NDArray[np.int16]
    kind: NDArray[np.int8]


class Spread(Struct, frozen=True, kw_only=True):
    """
    Variance of a day's sales around what is due: ``scale`` x due + due² / shape.

    Parameters
    ----------
    scale
        Variance of an hour's sales over their mean: 1 for counts.
    means, shapes
        The shape of the day's rate around its prior at some expected demands, rising; between them on a line in logs.
    """

    scale: float
    means: tuple[float, ...] = (1.0,)
    shapes: tuple[float, ...] = (6.0,)

    def shape(self, mean: Floats) -> Floats:
        """Return the shape at expected demands."""
        at = np.interp(np.log(np.maximum(mean, NEVER)), np.log(self.means), np.log(self.shapes))
        return np.exp(at).astype(np.float32)


def prior(sold: Floats, exposed: Floats, cells: Cells, spread: Spread, params: RecoverParams) -> Floats:
    """
    Fit level and factors in alternation.

    Parameters
    ----------
    sold
        `[n, d]`: sales from the shelf; 0 where nothing is known.
    exposed
        `[n, d]`: share of the day's demand that the shelf was there for; 0 leaves the day out of the evidence.
    cells
        Codes of the panel.
    spread
        Of the round before.

    Returns
    -------
    The expected demand of each day, `[n, d]`. A day's own sales do not enter its mean.

    Notes
    -----
    Each factor is a ratio of sums, pulled to 1 by its credibility (Bühlmann 1967): the share of its variance over
    cells that is not noise.
    """
    other = np.ones_like(sold)
    mean = _level(sold, exposed, other, cells, spread, params)
    looseness = np.float32(1) / spread.shape(mean)
    for _ in range(2):
        for apply in (_weekday, _offer, _sku_day, _site_day):
            due = np.asarray(mean * exposed, dtype=np.float32)
            ratio = apply(sold, due, np.asarray(spread.scale * due + due * due * looseness, dtype=np.float32), cells)
            other *= ratio
            mean *= ratio
        mean = _level(sold, exposed, other, cells, spread, params)
    return mean


def _level(
    sold: Floats, exposed: Floats, other: Floats, cells: Cells, spread: Spread, params: RecoverParams
) -> Floats:
    """Return expected demand: the level around each day times the other factors."""
    open_due = exposed * other
    total, due = sold.sum(1, dtype=np.float64), open_due.sum(1, dtype=np.float64)
    start = _outline(total, due, cells)
    rough = start[:, None].astype(np.float32) * open_due
    weight = (1.0 / (spread.scale + rough / spread.shape(rough))).astype(np.float32)
    seen, wanted = sold * weight, open_due * weight
    pull = 1.0 / params.series_sd**2
    whole = (seen.sum(1, dtype=np.float64) + pull) / (
        wanted.sum(1, dtype=np.float64) + pull / np.maximum(start, NEVER)
    )
    level = np.empty_like(sold)
    smooth(seen, wanted, params.keep_bp / 10_000, whole, 1.0 / params.local_sd**2, level)
    level *= other
    return level


def _outline(total: NDArray[np.float64], due: NDArray[np.float64], cells: Cells) -> NDArray[np.float64]:
    """Return what a series' sku and site say of its level: for series that say little themselves."""
    city = max(float(total.sum()) / max(float(due.sum()), NEVER), NEVER)
    start = np.full(total.shape, city)
    for code in (cells.sku, cells.site, cells.sku):
        expected = start * due
        have = np.bincount(code, total)
        want = np.bincount(code, expected)
        start *= ((have + 2.0) / (want + 2.0))[code]
    return start


def _credible(
    have: NDArray[Any], want: NDArray[Any], noise: NDArray[Any], truth: tuple[NDArray[Any], ...] | None = None
) -> NDArray[np.float32]:
    """Return ratios of `have` to `want`, pulled to 1 as far as they are noise; `truth`: the cells to judge that by."""
    whole, due, var = truth if truth is not None else (have, want, noise)
    weight = 1.0 / np.square(var + 0.02 * due * due + NEVER)
    about = float((weight * (np.square(whole - due) - var)).sum() / max(float((weight * due * due).sum()), NEVER))
    about = min(max(about, 0.0), 4.0)
    real = about * want * want
    ratio = 1.0 + real / (noise + real + NEVER) * (have / np.maximum(want, NEVER) - 1.0)
    return np.asarray(np.clip(ratio, 0.05, 20.0), dtype=np.float32)


def _weekday(sold: Floats, due: Floats, noise: Floats, cells: Cells) -> Floats:
    """Weekdays by category."""
    size = int(cells.category.max()) + 1, sold.shape[1]
    sums = []
    for value in (sold, due, noise):
        total = np.zeros(size)
        day_sums(value, cells.category, total)
        sums.append(np.stack([total[:, cells.weekday == x].sum(1) for x in range(7)], axis=1))
    ratio = _credible(sums[0], sums[1], sums[2])
    return np.ascontiguousarray(ratio[:, cells.weekday][cells.category])


def _offer(sold: Floats, due: Floats, noise: Floats, cells: Cells) -> Floats:
    """Discounts and activities by category."""
    size = int(cells.category.max()) + 1, 2 * OFFERS
    sums = []
    for value in (sold, due, noise):
        total = np.zeros(size)
        cell_sums(value, cells.category, cells.offer, total)
        sums.append(total)
    ratio = _credible(sums[0], sums[1], sums[2])
    return np.asarray(ratio[cells.category[:, None], cells.offer])


def _by_day(sold: Floats, due: Floats, noise: Floats, code: Codes) -> Floats:
    """Days of one code, each series left out of its own."""
    size = int(code.max()) + 1, sold.shape[1]
    sums = []
    for value in (sold, due, noise):
        total = np.zeros(size)
        day_sums(value, code, total)
        sums.append(total)
    have, want, var = (
        np.maximum(x.astype(np.float32)[code] - own, 0) for x, own in zip(sums, (sold, due, noise), strict=True)
    )
    return _credible(have, want, var, (sums[0], sums[1], sums[2]))


def _sku_day(sold: Floats, due: Floats, noise: Floats, cells: Cells) -> Floats:
    return _by_day(sold, due, noise, cells.sku)


def _site_day(sold: Floats, due: Floats, noise: Floats, cells: Cells) -> Floats:
    return _by_day(sold, due, noise, cells.site)

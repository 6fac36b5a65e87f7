"""Large orders: how many there are, how big, and what of them an empty shelf lost."""

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from doorstep.core.history.lumps import SIZES, rest, split
from doorstep.core.history.prior import Cells
from doorstep.core.history.recover_params import RecoverParams

Floats = NDArray[np.float32]
Table = NDArray[np.float64]
PULL = 2.0  # large orders that a series' expected number stands for


class Bulk(Struct, frozen=True, kw_only=True, eq=False):
    """
    What came in large orders.

    Parameters
    ----------
    regular
        `[n, d, 24]`: sales less the large orders.
    lump
        `[n, d]`: the sum of the day's large orders.
    rate, square
        `[n]`: expected sales a day in large orders, and the variance of them.
    missing
        `[n, d]`: what the order that emptied the shelf is expected to have lost.
    share
        Of all sales, 0 to 1.
    """

    regular: Floats
    lump: Floats
    rate: Table
    square: Table
    missing: Floats
    share: float


def bulk(
    hours: Floats,
    out: NDArray[np.uint32],
    rate: Floats,
    share: Floats,
    profile: Floats,
    cells: Cells,
    scale: float,
    params: RecoverParams,
) -> Bulk | None:
    """
    Split large orders off.

    Parameters
    ----------
    hours, out, rate, share, profile
        Sales `[n, d, 24]`, flags, expected demand and exposure `[n, d]`, hourly shares `[n, kinds, 24]`.
    scale
        Variance of an hour's sales over their mean.

    Returns
    -------
    None where they are less than ``params.bulk_bp`` of all sales.
    """
    n, d, _ = hours.shape
    unit = max(scale, 0.1)
    regular, orders, lump = np.empty_like(hours), np.empty((n, d), np.float32), np.empty((n, d), np.float32)
    ends, cuts, enters = np.zeros(SIZES), np.zeros(SIZES), np.zeros(SIZES)
    split(hours, out, rate, profile, cells.kind, unit, regular, orders, lump, ends, cuts, enters)
    total = float(hours.sum(dtype=np.float64))
    part = float(lump.sum(dtype=np.float64)) / max(total, 1e-9)
    if part * 10_000 < params.bulk_bp:
        return None
    alive = _alive(ends, cuts, enters)
    beyond = np.append(np.cumsum(alive[::-1])[::-1][1:], 0.0)
    left = unit * (beyond + alive) / np.maximum(alive, 1e-9)
    left[alive < 1e-6] = unit
    mean = unit * (1.0 + alive.sum())
    square = unit**2 * float((2 * np.arange(SIZES) + 1.0) @ alive)
    days, level = share.sum(1, dtype=np.float64), (rate * share).sum(1, dtype=np.float64)
    found = orders.sum(1, dtype=np.float64)
    chance, missing, started = np.empty_like(lump), np.empty_like(lump), np.empty_like(lump)
    expected = found.sum() / max(level.sum(), 1e-9) * level / np.maximum(days, 1e-9)
    # Those that an empty shelf cut down to a small sale are not counted: counting them as likely overshoots on days
    # that ran out, for what is taken for the tail of small orders is then taken for large ones.
    often = (found + PULL) / (days + PULL / np.maximum(expected, 1e-9))
    rest(hours, out, rate, profile, cells.kind, unit, often, alive, left, chance, missing, started)
    return Bulk(
        regular=regular, lump=lump + started, rate=often * mean, square=often * square, missing=missing, share=part
    )


def _alive(ends: Table, cuts: Table, enters: Table) -> Table:
    """Return the share of large orders of more than each size: some were cut short, small ones go unnoticed."""
    # Kaplan & Meier (1958), with late entry: at risk at a size are those noticed from below it that reached it.
    at_risk = np.cumsum(enters) - np.append(0.0, np.cumsum(ends + cuts)[:-1])
    alive = np.cumprod(1.0 - ends / np.maximum(at_risk, 1.0))
    # None was seen to be larger than the largest: what is left of the curve there is what stock never allowed.
    alive[int(np.max(np.flatnonzero(ends), initial=0)) :] = 0.0
    return np.asarray(alive)

"""Kernels that tell single large orders from the stream of small ones."""

import numpy as np
from numpy.typing import NDArray

from doorstep.base.compiled import compiled

Floats = NDArray[np.float32]
Table = NDArray[np.float64]
SIZES = 128


@compiled
def split(
    hours: Floats,
    out: NDArray[np.uint32],
    rate: Floats,
    profile: Floats,
    kind: NDArray[np.int8],
    unit: float,
    regular: Floats,
    orders: Floats,
    lump: Floats,
    ends: Table,
    cuts: Table,
    enters: Table,
) -> None:
    """
    Take hours that hold far more than their share for a large order on top of what was due.

    Parameters
    ----------
    hours, out
        `[n, d, 24]` sales; `[n, d]` flags.
    rate, profile, kind
        Expected demand `[n, d]`, shares of the day `[n, kinds, 24]`, kind of day `[n, d]`.
    unit
        What a sale comes in: the variance of an hour's sales over their mean.
    regular
        `[n, d, 24]`, filled: sales less the large orders.
    orders, lump
        `[n, d]`, filled: how many large orders, and their sum.
    ends, cuts, enters
        `[SIZES]`, added to: orders by size in units; those that may have been cut short by an empty shelf; and all by
        the size from which they would have been noticed.
    """
    n, d, _ = hours.shape
    for i in range(n):
        for t in range(d):
            orders[i, t] = 0.0
            lump[i, t] = 0.0
            bits = out[i, t]
            for h in range(24):
                q = hours[i, t, h]
                regular[i, t, h] = q
                if q <= 8.0 * unit:
                    continue
                r = rate[i, t] * profile[i, kind[i, t], h]
                if q <= 8.0 * unit + 4.0 * r:
                    continue
                regular[i, t, h] = r
                orders[i, t] += 1.0
                lump[i, t] += q - r
                size = min(int((q - r) / unit), SIZES - 1)
                enters[min(int(8.0 + 3.0 * r / unit), size)] += 1.0
                now = (bits >> np.uint32(h)) & np.uint32(1)
                then = (bits >> np.uint32(min(h + 1, 23))) & np.uint32(1)
                # Where the next hour is flagged but sold something, the order left some on the shelf.
                if now == 1 or (then == 1 and hours[i, t, min(h + 1, 23)] <= 0):
                    cuts[size] += 1.0
                else:
                    ends[size] += 1.0


@compiled
def rest(
    hours: Floats,
    out: NDArray[np.uint32],
    rate: Floats,
    profile: Floats,
    kind: NDArray[np.int8],
    unit: float,
    often: Table,
    alive: Table,
    left: Table,
    chance: Floats,
    missing: Floats,
    started: Floats,
) -> None:
    """
    Ask of each day's first empty hour whether a large order emptied the shelf, and what of it went without.

    Parameters
    ----------
    hours, out, rate, profile, kind, unit
        As for `split`; `rate` without large orders.
    often
        `[n]`: large orders a day.
    alive, left
        `[SIZES]`: share of large orders of more than this size, and how much more they are, in sales.
    chance, missing, started
        `[n, d]`, filled: chance that a large order did it; the sales that it is expected to have lost; and to have
        begun with, where they were too few to be noticed by `split`.
    """
    n, d, _ = hours.shape
    for i in range(n):
        for t in range(d):
            chance[i, t], missing[i, t], started[i, t] = 0.0, 0.0, 0.0
            bits = out[i, t]
            begins = bits & ~(bits << np.uint32(1)) & np.uint32(0xFFFFFE)
            if begins == 0:
                continue
            for h in range(1, 24):
                if (begins >> np.uint32(h)) & np.uint32(1) == 0:
                    continue
                at = h if hours[i, t, h] > 0 else h - 1
                q, p = hours[i, t, at], profile[i, kind[i, t], at]
                if q <= 0:
                    continue
                r = max(rate[i, t] * p / unit, 1e-6)
                units = max(int(np.rint(q / unit)), 1)
                # Small orders sold at least so much in the hour: the tail of a geometric-like mixture of Poissons.
                term = (1.0 + r / 3.0) ** -3.0
                below = term
                for k in range(1, min(units, 60)):
                    term *= (k + 2.0) / k * r / (r + 3.0)
                    below += term
                small = max(1.0 - below, 1e-9)
                size = min(units, SIZES - 1)
                x = often[i] * p * alive[size] / (often[i] * p * alive[size] + small)
                chance[i, t] = x
                missing[i, t] = x * left[size]
                if q <= 8.0 * unit + 4.0 * r * unit:
                    started[i, t] = x * max(q - r * unit, 0.0)
                break

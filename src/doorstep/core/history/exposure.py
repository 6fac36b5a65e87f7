"""Kernels over hours: how much of a day's demand the shelf was there for, and at what hours people buy."""

import numpy as np
from numpy.typing import NDArray

from doorstep.base.compiled import compiled

Floats = NDArray[np.float32]
FULL = 250  # an hour wholly in stock, in a byte


@compiled
def onsets(out: NDArray[np.uint32], hours: Floats, counts: NDArray[np.int64]) -> None:
    """
    Count hours in which flags begin within a day: with sales in them, and without but with sales in the hour before.

    Parameters
    ----------
    out
        `[n, d]`, bit h set where hour h was flagged.
    hours
        `[n, d, 24]`: sales.
    counts
        `[2]`, added to.
    """
    n, d = out.shape
    for i in range(n):
        for t in range(d):
            bits = out[i, t]
            begins = bits & ~(bits << np.uint32(1)) & np.uint32(0xFFFFFE)
            if begins == 0:
                continue
            for h in range(1, 24):
                if (begins >> np.uint32(h)) & np.uint32(1):
                    if hours[i, t, h] > 0:
                        counts[0] += 1
                    elif hours[i, t, h - 1] > 0:
                        counts[1] += 1


@compiled
def stock_of_flags(out: NDArray[np.uint32], hours: Floats, late: float, stock: NDArray[np.uint8]) -> None:
    """
    Turn trusted flags into shares of each hour in stock.

    Parameters
    ----------
    out
        `[n, d]`, bit h set where hour h was flagged.
    hours
        `[n, d, 24]`: sales. What empties a shelf is a sale: where the first flagged hour has none, it was emptied in
        the hour before.
    late
        Share of the hours in which shelves run empty that are flagged: those empty early enough in the hour.
    stock
        `[n, d, 24]`, filled, of 250.
    """
    n, d = out.shape
    early = np.uint8(np.rint(250 * late / 2))
    tail = np.uint8(np.rint(250 * (1 + late) / 2))
    for i in range(n):
        for t in range(d):
            bits = out[i, t]
            before = False  # what the last hour of the day before left is flagged in this day's first
            for h in range(24):
                flagged = (bits >> np.uint32(h)) & np.uint32(1)
                if flagged == 0:
                    stock[i, t, h] = 250
                elif before and hours[i, t, h] > 0:
                    stock[i, t, h] = early
                else:
                    stock[i, t, h] = 0
                    if before and hours[i, t, h - 1] > 0:
                        stock[i, t, h - 1] = tail
                before = flagged == 0


@compiled
def exposure(
    stock: NDArray[np.uint8],
    profile: Floats,
    kind: NDArray[np.int8],
    drift: Floats,
    category: NDArray[np.int64],
    block_days: int,
    share: Floats,
) -> None:
    """
    Weigh each day's hours in stock by when people buy.

    Parameters
    ----------
    stock
        `[n, d, 24]`, of 250.
    profile
        `[n, kinds, 24]`: shares of the day.
    kind
        `[n, d]`: kind of day, an index into `profile`.
    drift
        `[categories, blocks, 24]`: how a block of days differs from the profile.
    category
        `[n]`.
    share
        `[n, d]`, filled: 0 to 1.
    """
    n, d, _ = stock.shape
    for i in range(n):
        c = category[i]
        for t in range(d):
            b = t // block_days
            k = kind[i, t]
            whole = 0.0
            there = 0.0
            for h in range(24):
                p = profile[i, k, h] * drift[c, b, h]
                whole += p
                there += p * stock[i, t, h]
            share[i, t] = there / (250.0 * whole)


@compiled
def hour_sums(
    hours: Floats,
    stock: NDArray[np.uint8],
    rate: Floats,
    kind: NDArray[np.int8],
    profile: Floats,
    category: NDArray[np.int64],
    block_days: int,
    sold: NDArray[np.float64],
    due: NDArray[np.float64],
    block_sold: NDArray[np.float64],
    block_due: NDArray[np.float64],
) -> None:
    """
    Add up sales and expected sales by hour of the day, in stock only.

    Parameters
    ----------
    hours, stock
        `[n, d, 24]`: sales, share in stock of 250.
    rate
        `[n, d]`: expected demand; 0 leaves the day out.
    sold, due
        `[n, kinds, 24]`, added to: sales, and demand of the whole day for each hour in stock.
    block_sold, block_due
        `[categories, blocks, 24]`, added to: sales, and demand due by `profile`.
    """
    n, d, _ = hours.shape
    for i in range(n):
        c = category[i]
        for t in range(d):
            r = rate[i, t]
            if not r > 0:
                continue
            k = kind[i, t]
            b = t // block_days
            for h in range(24):
                # Only whole hours tell of the profile: where flags begin sales are those that emptied the shelf.
                if stock[i, t, h] == 250:
                    q = hours[i, t, h]
                    sold[i, k, h] += q
                    due[i, k, h] += r
                    block_sold[c, b, h] += q
                    block_due[c, b, h] += r * profile[i, k, h]


@compiled
def sold_while_flagged(
    out: NDArray[np.uint32],
    hours: Floats,
    rate: Floats,
    there: NDArray[np.bool_],
    profile: Floats,
    kind: NDArray[np.int8],
    sums: NDArray[np.float64],
) -> None:
    """
    Add up sales in flagged hours after a flagged hour of the day, and what would have been sold in them from a shelf.

    Parameters
    ----------
    out, rate, there, kind
        `[n, d]`: flags, expected demand, where there is a row, kind of day.
    hours
        `[n, d, 24]`: sales.
    profile
        `[n, kinds, 24]`.
    sums
        `[2]`, added to.
    """
    n, d = out.shape
    for i in range(n):
        for t in range(d):
            inner = out[i, t] & (out[i, t] << np.uint32(1))
            if inner == 0 or not there[i, t]:
                continue
            for h in range(1, 24):
                if (inner >> np.uint32(h)) & np.uint32(1):
                    sums[0] += hours[i, t, h]
                    sums[1] += rate[i, t] * profile[i, kind[i, t], h]

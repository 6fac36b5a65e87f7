"""Kernel over neighbours: what is sold of one sku because another of its group was out."""

import numpy as np
from numpy.typing import NDArray

from doorstep.base.compiled import compiled

Floats = NDArray[np.float32]
Table = NDArray[np.float64]
MEMBERS = 512


@compiled
def moved(
    order: NDArray[np.int64],
    starts: NDArray[np.int64],
    hours: Floats,
    stock: NDArray[np.uint8],
    rate: Floats,
    there: NDArray[np.bool_],
    profile: Floats,
    kind: NDArray[np.int8],
    share: float,
    scale: float,
    sums: Table,
    inflow: Floats,
) -> None:
    """
    Compare hours in which neighbours are out with other hours of the same day; or say what moved in.

    Parameters
    ----------
    order, starts
        `[n]`: series, those that may stand in for each other together; `[groups + 1]`: where each group starts.
    hours, stock
        `[n, d, 24]`: sales; shares in stock of 250.
    rate, there, kind
        `[n, d]`: expected demand, where there is a row, kind of day.
    profile
        `[n, kinds, 24]`.
    share
        Of unmet demand, what moves to neighbours in stock, 0 to 1; below 0: only `sums` are made.
    scale
        Variance of an hour's sales over their mean.
    sums
        `[3]`, added to: the regression's cross product, square and noise.
    inflow
        `[n, d]`, filled where `share` is not below 0: sales that moved in.
    """
    d = hours.shape[1]
    x = np.empty((MEMBERS, 24))
    for g in range(starts.size - 1):
        first = starts[g]
        size = min(starts[g + 1] - first, MEMBERS)
        if size < 2:
            continue
        for t in range(d):
            some = False
            for h in range(24):
                lost = 0.0
                open_rate = 0.0
                for k in range(size):
                    i = order[first + k]
                    x[k, h] = 0.0
                    if not there[i, t]:
                        continue
                    due = rate[i, t] * profile[i, kind[i, t], h]
                    lost += due * (1.0 - stock[i, t, h] / 250.0)
                    open_rate += due * (stock[i, t, h] / 250.0)
                if lost > 1e-3 and open_rate > 1e-6:
                    some = True
                    for k in range(size):
                        i = order[first + k]
                        if there[i, t]:
                            due = rate[i, t] * profile[i, kind[i, t], h]
                            x[k, h] = lost * due * (stock[i, t, h] / 250.0) / open_rate
            if not some:
                continue
            for k in range(size):
                i = order[first + k]
                if not there[i, t]:
                    continue
                came = 0.0
                sold = 0.0
                seen = 0.0
                for h in range(24):
                    if stock[i, t, h] == 250:
                        came += x[k, h]
                        sold += hours[i, t, h]
                        seen += profile[i, kind[i, t], h]
                if share >= 0.0:
                    total = 0.0
                    for h in range(24):
                        total += x[k, h]
                    # Demand is never taken for moved by more than it is likely to be.
                    inflow[i, t] = share * total
                    continue
                if came <= 0.0 or seen <= 0.05:
                    continue
                for h in range(24):
                    p = profile[i, kind[i, t], h]
                    if stock[i, t, h] != 250 or p <= 0.0:
                        continue
                    a = x[k, h] - p * came / seen
                    sums[0] += a * (hours[i, t, h] - p * sold / seen)
                    sums[1] += a * a
                    sums[2] += a * a * scale * (rate[i, t] * p + x[k, h] / 2)

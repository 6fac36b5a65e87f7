"""Kernel that hides hours of days whose whole sales are known, to see what recovery makes of the rest."""

import numpy as np
from numpy.typing import NDArray

from doorstep.base.compiled import compiled

Floats = NDArray[np.float32]


@compiled
def hide(
    hours: Floats,
    whole: NDArray[np.bool_],
    profile: Floats,
    kind: NDArray[np.int8],
    drift: Floats,
    category: NDArray[np.int64],
    block_days: int,
    keys: NDArray[np.uint64],
    first_day: int,
    seed: int,
    tail: float,
    seen: Floats,
    share: Floats,
) -> None:
    """
    Hide the front or the back of days.

    Parameters
    ----------
    hours
        `[n, d, 24]`: sales.
    whole
        `[n, d]`: days whose sales are the day's demand; others are left out.
    profile, kind, drift, category, block_days
        As for `exposure`.
    keys
        `[n]`: what a series' masks are drawn from, together with the date and `seed`.
    tail
        Share of the hour before the hidden ones that recovery takes for seen, where that hour had sales.
    seen, share
        `[n, d]`, filled: sales and share of the day that stay in sight; share -1 where the day is left out.
    """
    n, d, _ = hours.shape
    for i in range(n):
        c = category[i]
        for t in range(d):
            share[i, t] = -1.0
            seen[i, t] = 0.0
            if not whole[i, t]:
                continue
            # SplitMix64 (Steele, Lea & Flood 2014): the same mask whatever other series the panel holds.
            x = keys[i] + np.uint64(first_day + t) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(seed)
            x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
            x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
            x = x ^ (x >> np.uint64(31))
            cut = 6 + np.int64(x % np.uint64(16))
            back = (x >> np.uint64(32)) & np.uint64(1) == np.uint64(0)
            k, b = kind[i, t], t // block_days
            total, left, sold = 0.0, 0.0, 0.0
            for h in range(24):
                p = profile[i, k, h] * drift[c, b, h]
                total += p
                hidden = 6 <= h < 22 and (h >= cut if back else h <= cut)
                if not hidden:
                    ends = back and h == cut - 1 and hours[i, t, h] > 0
                    left += p * tail if ends else p
                    sold += hours[i, t, h]
            share[i, t] = left / total
            seen[i, t] = sold

"""How long every way takes, in half minutes, exactly as the instances round it."""

from math import isqrt

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


def ways(from_m: Ints, to_m: Ints, *, speed_m_min: int) -> Ints:
    """
    Tell the travel times between places.

    Parameters
    ----------
    from_m, to_m
        `(n, 2)` and `(m, 2)`: x and y in metres.
    speed_m_min
        Metres a minute.

    Returns
    -------
    `(n, m)` half minutes: twice the whole minutes that the straight way takes, rounded up.

    Notes
    -----
    The root is checked in whole numbers: a way of exactly 320 m at 320 m a minute takes one minute on every machine.
    """
    dx = from_m[:, None, 0] - to_m[None, :, 0]
    dy = from_m[:, None, 1] - to_m[None, :, 1]
    square = dx * dx + dy * dy
    minutes = np.ceil(np.sqrt(square.astype(np.float64)) / speed_m_min).astype(np.int64)
    minutes -= (minutes > 0) & (((minutes - 1) * speed_m_min) ** 2 >= square)
    minutes += (minutes * speed_m_min) ** 2 < square
    return 2 * minutes


def minutes_between(dx_m: int, dy_m: int, speed_m_min: int) -> int:
    """Tell the whole minutes of one way, rounded up, in whole numbers only."""
    square = dx_m * dx_m + dy_m * dy_m
    far_m = isqrt(square)
    far_m += far_m * far_m < square
    return -(-far_m // speed_m_min)

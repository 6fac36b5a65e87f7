"""Recovery held against days that were whole: how far it is off where hours are hidden, and by what factor."""

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

Floats = NDArray[np.float32]
EDGES = (0.05, 0.2, 0.4, 0.6, 0.8)
PULL = 200.0  # sales after which a cell's factor is half its own


class MaskScore(Struct, frozen=True, kw_only=True):
    """
    How recovery did on hidden hours of whole days.

    Parameters
    ----------
    days
        How many days were hidden in part.
    wape, wpe
        Of the day's sales, ratios: sum of absolute errors, and of errors, over the sum of sales.
    """

    days: int
    wape: float
    wpe: float


def factors(
    lost: Floats, guess: Floats, share: Floats, mean: Floats, bands: tuple[float, ...], use: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """
    Return what hidden sales were over what was guessed, by exposure and volume.

    Parameters
    ----------
    lost, guess, share, mean
        `[n, d]`: hidden sales, recovery's guess of them, share in sight, expected demand of the day.
    bands
        Upper bounds of volume.
    use
        `[n, d]`: which days to learn from.

    Returns
    -------
    `[len(EDGES) + 1, len(bands) + 1]`, near 1; pulled to their row's, and rows to 1, where sales are few.
    """
    size = len(EDGES) + 1, len(bands) + 1
    cell = place(share[use], mean[use], bands)
    have = np.bincount(cell, lost[use], size[0] * size[1]).reshape(size)
    want = np.bincount(cell, guess[use], size[0] * size[1]).reshape(size)
    row = (have.sum(1) + PULL) / (want.sum(1) + PULL)
    return np.asarray(np.clip((have + PULL * row[:, None]) / (want + PULL), 0.5, 2.0))


def place(share: Floats, mean: Floats, bands: tuple[float, ...]) -> NDArray[np.int64]:
    """Return the cell of exposure and volume that days fall into."""
    return np.asarray(np.searchsorted(EDGES, share) * (len(bands) + 1) + np.searchsorted(np.asarray(bands), mean))

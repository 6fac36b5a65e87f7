"""From mean and spread to quantiles."""

from typing import Any

import numpy as np
import numpy.typing as npt

from doorstep.model.demand import LEVELS
from doorstep.model.spread import invert

Array = npt.NDArray[Any]


def marginals(mean: Array, flat: Array) -> tuple[Array, Array, Array]:
    """
    Return shape, standard deviation and quantiles of each cell, in packs.

    Parameters
    ----------
    mean
        `[m, h]`, at least 0.
    flat
        `[m, h]`: squared coefficient of variation of the day's rate.
    """
    shape = 1.0 / np.maximum(flat, 1e-6)
    cells = mean.size
    found = np.zeros((cells, len(LEVELS)), np.float32)
    levels = np.broadcast_to(np.array(LEVELS), (cells, len(LEVELS))).copy()
    spread = np.stack([shape.ravel(), np.ones(cells), np.zeros(cells)], axis=1).astype(np.float32)
    invert(np.ascontiguousarray(mean.ravel(), dtype=np.float64), spread, np.zeros(0), levels, found)
    return shape, np.sqrt(mean + mean**2 * flat), found.reshape(*mean.shape, len(LEVELS))

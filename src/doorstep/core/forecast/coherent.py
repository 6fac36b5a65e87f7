"""Sums that agree: forecasts of larger groups drawn together with those of single series, so that all add up."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

CLOSE: Final = 1e-9
"""Relative; the sums are asked to agree to 1e-6."""
ROUNDS: Final = 200
STRONGEST: Final = 4.0
"""A group's own forecast moves its series at most by this factor either way: beyond it one of both is an error."""


def sums(values: Array, groups: Array, count: int) -> Array:
    """Add up series by group: `[n, h]` to `[count, h]`, in float64."""
    found = np.zeros((count, values.shape[1]))
    for day in range(values.shape[1]):
        found[:, day] = np.bincount(groups, values[:, day].astype(np.float64), count)
    return found


def agree(base: Array, groups: Sequence[Array], totals: Sequence[Array], trust: Sequence[float]) -> Array:
    """
    Move the forecasts of single series so that their sums follow the larger groups' own forecasts.

    Parameters
    ----------
    base
        `[n, h]`, at least 0: forecasts of single series.
    groups
        One `[n]` a kind of group (sku in a city, site, site and category, city): the group of each series.
    totals
        One `[groups, h]` a kind: its own forecast, at least 0.
    trust
        One a kind, 0 to 1: how much of the way from the sum of its series to its own forecast is gone; its share of
        the precision (inverse error variance) of both.

    Returns
    -------
    `[n, h]`, at least 0. Sums over any groups of it are coherent: they are sums of the same numbers.

    Notes
    -----
    Multiplicative, so nothing turns negative and what is 0 stays 0. Each round scales every kind once, coarse kinds
    last; O(n) memory. Where two kinds contradict each other the rounds settle between them.
    """
    found = np.maximum(base.astype(np.float64), 0.0)
    aims = []
    for code, total, share in zip(groups, totals, trust, strict=True):
        now = sums(found, code, len(total))
        ratio = np.where((now > 0) & (total > 0), total / np.maximum(now, 1e-300), 1.0)
        aims.append(now * np.clip(ratio, 1 / STRONGEST, STRONGEST) ** share)
    for _ in range(ROUNDS):
        moved = 0.0
        for code, aim in zip(groups, aims, strict=True):
            now = sums(found, code, len(aim))
            ratio = np.where(now > 0, aim / np.maximum(now, 1e-300), 1.0)
            moved = max(moved, float(np.abs(ratio - 1).max(initial=0.0)))
            found *= ratio[code]
        if moved < CLOSE:
            break
    return found

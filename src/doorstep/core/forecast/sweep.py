"""Kernels of the rates: how far each effect is from what was sold, and moving it there. One row a series, by days."""

from math import lgamma

import numpy as np
import numpy.typing as npt

from doorstep.base.compiled import compiled

Array32 = npt.NDArray[np.float32]
Array64 = npt.NDArray[np.float64]
Index = npt.NDArray[np.int32]


@compiled
def pull(
    demand: Array32,
    weight: Array32,
    eta: Array32,
    shape: Array32,
    group: Index,
    slot: Index,
    slot_row: Index,
    value: Array32,
    value_row: Index,
    slots: int,
    score: Array64,
    told: Array64,
) -> None:
    """
    Sum up, for each coefficient of one effect, the score and the information of a negative binomial with log link.

    Parameters
    ----------
    demand, weight
        `[n, d]`: demand, and how much of the day was seen (0 to 1).
    eta
        `[n, at least d]`: log rate as it stands.
    shape
        `[n]`: a day's variance is ``rate + rate² / shape``.
    group, slot, slot_row, value, value_row
        The coefficient of series i on day t is ``group[i] * slots + slot[slot_row[i], t]``; it multiplies
        ``value[value_row[i], t]``.
    score, told
        Results, one a coefficient; set to 0 first.
    """
    score[:] = 0.0
    told[:] = 0.0
    n, d = demand.shape
    for i in range(n):
        base = group[i] * slots
        flat = 1.0 / shape[i]
        s, x = slot_row[i], value_row[i]
        for t in range(d):
            w = weight[i, t]
            if w > 0.0:
                v = value[x, t]
                if v != 0.0:
                    rate = np.exp(eta[i, t])
                    w = w * v / (1.0 + weight[i, t] * rate * flat)
                    at = base + slot[s, t]
                    score[at] += w * (demand[i, t] - rate)
                    told[at] += w * v * rate


@compiled
def push(
    eta: Array32,
    group: Index,
    slot: Index,
    slot_row: Index,
    value: Array32,
    value_row: Index,
    slots: int,
    step: Array32,
) -> None:
    """Add an effect's steps to the log rates; the arguments are those of `pull`."""
    n, d = eta.shape
    for i in range(n):
        base = group[i] * slots
        s, x = slot_row[i], value_row[i]
        for t in range(d):
            eta[i, t] += step[base + slot[s, t]] * value[x, t]


@compiled
def likelihood(demand: Array32, weight: Array32, eta: Array32, shapes: Array64, found: Array64) -> None:
    """
    Sum up each series' log likelihood under each of some shapes, `found` `[n, shapes]`; arguments as in `pull`.

    Notes
    -----
    A day's factor is gamma distributed with that shape; given it, what was sold in the share of the day that was seen
    is Poisson. Terms that no shape changes are left out.
    """
    n, d = demand.shape
    for i in range(n):
        found[i, :] = 0.0
        for t in range(d):
            w = weight[i, t]
            if w > 0.0:
                rate = w * np.exp(eta[i, t])
                sold = w * demand[i, t]
                for k in range(len(shapes)):
                    a = shapes[k]
                    found[i, k] += lgamma(a + sold) - lgamma(a) + a * np.log(a) - (a + sold) * np.log(a + rate)

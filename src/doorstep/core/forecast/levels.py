"""Levels: what drifts from day to day for a city, a category, a sku, a site and a series; each kind by its own law."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from msgspec import Struct
from scipy.optimize import minimize

from doorstep.core.forecast.drift import smooth
from doorstep.core.forecast.sweep import pull

Array = npt.NDArray[Any]
FURTHEST: Final = 2.5
"""How far one day may pull a level, in its log: beyond it lies a large order, or a rate near zero."""
VOLUMES: Final = (1.0, 2.0, 4.0, 8.0, 16.0)
"""Edges of the bands of volume, packs a day, over which the demand of large orders is spread."""
FEW: Final = 300.0
"""Information after which half of what a band gets is its own."""


class Level(Struct, kw_only=True, eq=False):
    """
    The drift of one kind of group (city, sku in a city, store, series).

    Parameters
    ----------
    law
        As of `drift.smooth`.
    state, unsure
        `[g, 2]`, `[g, 3]`: slow and quick state on the last day seen; their variances.
    """

    name: str
    group: Array
    groups: int
    law: Array
    drift: Array
    state: Array
    unsure: Array


def begin(name: str, group: Array, groups: int, d: int) -> Level:
    """Begin a level: no drift, and a law to learn from."""
    start = 4.0 if name == "city" else 0.5
    return Level(
        name=name,
        group=group,
        groups=groups,
        law=np.array([start, 1e-4, 0.6, 1e-3, 1e-3] if name != "series" else [start, 1e-4, 0.0, 1e-9, 0.0]),
        drift=np.zeros((groups, d)),
        state=np.zeros((groups, 2)),
        unsure=np.zeros((groups, 3)),
    )


def seed(levels: Sequence[Level], demand: Array, weight: Array, rate: Array | None) -> None:
    """Give each level a constant to begin with: means of its groups, shrunk towards the larger group's."""
    seen = (weight if rate is None else weight * rate).sum(axis=1, dtype=np.float64)
    sold = (demand * weight).sum(axis=1, dtype=np.float64)
    expected = seen.copy()
    for level in levels:
        above = np.bincount(level.group, sold, level.groups)
        below = np.bincount(level.group, expected, level.groups)
        few = 1e-9 if level.name == "city" else 3.0
        ratio = (above + few) / (below + few)
        level.drift[:] = np.log(ratio)[:, None]
        expected *= ratio[level.group]


def move_level(level: Level, eta: Array, demand: Array, weight: Array, shape: Array, *, learn: bool) -> None:
    """Find a level's drift anew, all else as it stands; and its law, where that is to be learned."""
    seen, noise = sights(level, eta, demand, weight, shape)
    d = demand.shape[1]
    if learn:
        level.law = _law(seen, noise, level.law, name=level.name)
    drift = np.empty((level.groups, d))
    smooth(seen, noise, level.law, drift, level.state, level.unsure)
    change = (drift - level.drift).astype(np.float32)
    level.drift = drift
    eta[:, :d] += change[level.group]


def sights(level: Level, eta: Array, demand: Array, weight: Array, shape: Array) -> tuple[Array, Array]:
    """Return what each day says of a level's drift, `[groups, d]`, and the variance of that; infinite: nothing."""
    n, d = demand.shape
    score, information = np.empty(level.groups * d), np.empty(level.groups * d)
    days = np.arange(d, dtype=np.int32)[None, :]
    zero, one = np.zeros(n, np.int32), np.ones((1, d), np.float32)
    pull(demand, weight, eta, shape, level.group, days, zero, one, zero, d, score, information)
    score, information = score.reshape(level.groups, d), information.reshape(level.groups, d)
    told = information > 1e-9
    noise = np.where(told, 1.0 / np.maximum(information, 1e-9), np.inf)
    step = np.where(told, score / np.maximum(information, 1e-9), 0.0)
    near = np.clip(step, -FURTHEST, FURTHEST)
    if level.name == "series":
        near += np.where(told, _given_back(step - near, information, eta[:, :d]), 0.0)
    return level.drift + near, noise


def _given_back(cut: Array, information: Array, eta: Array) -> Array:
    """Return what is cut off of sights, as a mean over each band of volume, `[n, 1]`."""
    rate = np.exp(np.clip(eta, -12.0, 16.0)).mean(axis=1)
    band = np.searchsorted(VOLUMES, rate)
    size = len(VOLUMES) + 1
    lost = np.bincount(band, (cut * information).sum(axis=1), size)
    whole = np.bincount(band, information.sum(axis=1), size)
    # Bands with little to tell take the mean of all.
    mean = (lost + FEW * lost.sum() / max(whole.sum(), 1e-9)) / (whole + FEW)
    found: Array = mean[band][:, None]
    return found


def _law(seen: Array, noise: Array, law: Array, *, name: str) -> Array:
    """Find the law of drift that makes the sights likeliest; on at most 300 groups, evenly taken."""
    g = len(seen)
    rows = np.unique(np.linspace(0, g - 1, min(g, 300)).astype(np.int64))
    seen, noise = np.ascontiguousarray(seen[rows]), np.ascontiguousarray(noise[rows])
    drift, last, unsure = np.empty(seen.shape), np.empty((len(rows), 2)), np.empty((len(rows), 3))

    def unpack(x: Array) -> Array:
        start, walk, jolt, extra = np.exp(np.clip(x[[0, 1, 3, 4]], -16.0, 3.0))
        keep = 0.98 / (1.0 + np.exp(-np.clip(x[2], -8.0, 8.0)))
        if name == "series":  # days of one series are noise of their own, which `shape` tells
            return np.array([start, walk, 0.0, 1e-9, 0.0])
        return np.array([4.0 if name == "city" else start, walk, keep, jolt, extra])

    def unlikely(x: Array) -> float:
        # A soft prior keeps what the data does not tell within reason: steps near a percent, a memory of days.
        prior = 0.5 * (((x[1] + 8.0) / 3.0) ** 2 + (x[2] / 1.5) ** 2 + ((x[3] + 6.5) / 3.0) ** 2)
        prior += 0.5 * (((x[4] + 6.5) / 3.0) ** 2 + ((x[0] + 1.0) / 2.0) ** 2)
        return float(prior) - smooth(seen, noise, unpack(x), drift, last, unsure)

    keep = np.log(max(law[2], 1e-3) / max(0.98 - law[2], 1e-3))
    begin = np.array([*np.log(np.maximum(law[:2], 1e-7)), keep, *np.log(np.maximum(law[3:], 1e-7))])
    found = minimize(unlikely, begin, method="Nelder-Mead", options={"maxfev": 240, "xatol": 0.05, "fatol": 0.05})
    return unpack(found.x)


def carried(level: Level, h: int) -> tuple[Array, Array]:
    """Carry the states ahead: expected drift and its variance, `[groups, h]`."""
    _, walk, keep, jolt, _ = level.law
    ahead, risk = np.empty((level.groups, h)), np.empty((level.groups, h))
    slow, quick = level.state[:, 0], level.state[:, 1].copy()
    va, v_ab, vb = (level.unsure[:, x].copy() for x in range(3))
    for day in range(h):
        quick = quick * keep
        va, v_ab, vb = va + walk, keep * v_ab, keep * keep * vb + jolt
        ahead[:, day] = slow + quick
        risk[:, day] = va + 2 * v_ab + vb
    return ahead, risk

"""Effects of days that a whole city shares (weekdays, holidays, weather), told from its drift by both at once."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from doorstep.core.forecast.design import Effect
from doorstep.core.forecast.levels import Level, sights

Array = npt.NDArray[Any]


def by_day(effects: Sequence[Effect], level: Level, d: int) -> Array:
    """
    Lay out what each coefficient of some effects multiplies on each day, `[groups, d, coefficients]`.

    Parameters
    ----------
    effects
        Whose groups are the level's; the mean of a group's series stands for all of them.
    """
    count = np.maximum(np.bincount(level.group, minlength=level.groups), 1)
    columns = []
    for x in effects:
        values = x.value[:, :d].astype(np.float64)
        if len(values) == 1:
            mean = np.broadcast_to(values, (level.groups, d))
        else:
            whole = np.zeros((level.groups, d))
            np.add.at(whole, level.group, values[x.value_row])
            mean = whole / count[:, None]
        columns += [mean * (x.slot[0, :d] == k) for k in range(x.slots)]
    return np.stack(columns, axis=-1) if columns else np.empty((level.groups, d, 0))


def weigh(table: Array, priors: Array, now: Array, level: Level, fit: tuple[Array, Array, Array, Array]) -> Array:
    """
    Find the coefficients of effects that groups share with their drift, as if both were fitted at once.

    Parameters
    ----------
    table
        Of `by_day`, `[groups, d, k]`.
    priors
        `[k]`: standard deviation of each coefficient before anything was seen.
    now
        `[groups, k]`: coefficients as they stand.
    fit
        Log rates, demand, weight and shape, as `levels.move_level` takes them.

    Returns
    -------
    `[groups, k]`.

    Notes
    -----
    Generalised least squares under the drift's own law. Steps that take effects and drift in turn leave a holiday of
    three days in the drift, which explains any three days well enough, and so out of the forecast.
    """
    seen, noise = sights(level, *fit)
    start, walk, keep, jolt, extra = level.law
    d = seen.shape[1]
    day = np.arange(d)
    drift = start + walk * np.minimum(day[:, None], day[None, :])
    drift = drift + jolt / max(1.0 - keep * keep, 1e-6) * keep ** np.abs(day[:, None] - day[None, :])
    found = np.empty_like(now)
    for g in range(level.groups):
        known = np.isfinite(noise[g])
        x = table[g][known]
        aim = seen[g][known] + x @ now[g]
        spread = drift[np.ix_(known, known)] + np.diag(noise[g][known] + extra)
        told = np.linalg.solve(spread, np.column_stack([x, aim]))
        found[g] = np.linalg.solve(x.T @ told[:, :-1] + np.diag(1.0 / priors**2), x.T @ told[:, -1])
    return found

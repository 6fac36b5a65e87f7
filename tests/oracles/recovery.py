"""Recovery the slow and obvious way: one day, one series, one path of the shelf at a time."""

import itertools
from collections.abc import Sequence

import numpy as np

Tables = tuple[Sequence[float], Sequence[float], Sequence[float], Sequence[float]]


def share_seen(out: int, sold: Sequence[float], profile: Sequence[float], late: float) -> float:
    """
    Return the share of a day's demand for which the shelf was there, by trusted flags.

    `late`: of the hours in which shelves run empty, the share that is flagged.
    """
    there = [1.0] * 24
    for hour in range(24):
        flagged = bool(out >> hour & 1)
        if flagged:
            there[hour] = 0.0
        if flagged and hour and not out >> (hour - 1) & 1:
            if sold[hour] > 0:
                there[hour] = late / 2
            elif sold[hour - 1] > 0:
                there[hour - 1] = (1 + late) / 2
    return sum(a * p for a, p in zip(there, profile, strict=True)) / sum(profile)


def level_without(
    sold: Sequence[float], due: Sequence[float], at: int, keep: float, mean: float, strength: float
) -> float:
    """Return the level around a day, that day left out: weighted sums over all other days."""
    have, want = strength, strength / max(mean, 1e-9)
    for day, (s, e) in enumerate(zip(sold, due, strict=True)):
        if day != at:
            have += keep ** abs(day - at) * s
            want += keep ** abs(day - at) * e
    return have / want


def chance_in_stock(
    flags: Sequence[int], sold: Sequence[float], due: Sequence[float], tables: Tables, late: float
) -> list[float]:
    """
    Return each hour's chance that the shelf was there, by adding up every path the shelf can take.

    Parameters
    ----------
    flags, sold, due
        By hour: flag, sales, expected sales in units of the scale.
    tables
        `leave, back, slip, stay` by hour, as in `core.history.trust`.
    """
    leave, back, slip, stay = tables
    none = [max((1 + r / 3) ** -3, 0.02) for r in due]
    hours = len(flags)
    weights = np.zeros((hours, 2))
    for path in itertools.product((0, 1), repeat=hours):
        chance = 1.0
        for h, empty in enumerate(path):
            wrong = flags[h] != empty
            sale = sold[h] > 0
            seen = {
                "stock": max(1 - none[h], 0.02) if sale else none[h],
                "empty": 0.002 * max(1 - none[h], 0.02) if sale else 1.0,
            }
            if h == 0:
                chance *= slip[h] if wrong else 1 - slip[h]
                chance *= 0.15 * seen["empty"] if empty else 0.85 * seen["stock"]
                continue
            err = stay[h] if flags[h - 1] != path[h - 1] else slip[h]
            chance *= err if wrong else 1 - err
            if path[h - 1]:
                chance *= (1 - back[h]) * seen["empty"] if empty else back[h] * seen["stock"]
            elif not empty:
                chance *= (1 - leave[h]) * seen["stock"]
            elif sale:
                chance *= leave[h] * late
            elif sold[h - 1] > 0:
                chance *= leave[h] * (1 - late) / max(1 - none[h - 1], 0.05)
            else:
                chance *= leave[h] * 0.02
        for h, empty in enumerate(path):
            weights[h, empty] += chance
    return [float(x) for x in weights[:, 0] / weights.sum(1)]

"""
Kernels of sample paths: normal draws that depend on nothing but a seed and the names of what is drawn.

A draw is the hash of a counter (SplitMix64; Steele, Lea and Flood 2014, Fast splittable pseudorandom number
generators), so any cell of any path can be drawn alone, in any order, in any process.
"""

from math import cos, erf, log, pi, sqrt

import numpy as np
import numpy.typing as npt

from doorstep.base.compiled import compiled

Array64 = npt.NDArray[np.float64]
Names = npt.NDArray[np.uint64]
Units = npt.NDArray[np.int32]


@compiled
def drift_paths(names: Names, law: Array64, count: int, days: int, found: Array64) -> None:
    """
    Draw how groups drift from what is expected, `found` `[g, count, days]`.

    Parameters
    ----------
    names
        `[g]`: hash of seed, level and group.
    law
        Variances and covariance of the slow and the quick state on the last day seen; variance of the slow state's
        daily step; share of the quick state kept a day, variance of its step; variance of a day's own shock.
    """
    va, v_ab, vb, walk, keep, jolt, extra = law
    s0 = sqrt(va)
    cross = v_ab / s0 if s0 > 0.0 else 0.0
    rest = sqrt(max(vb - cross * cross, 0.0))
    for g in range(len(names)):
        for k in range(count):
            slow = quick = 0.0
            for day in range(-1, days):
                # Three normals a day, from the counter (path, day, which).
                one = two = three = 0.0
                for which in range(3):
                    x = names[g] + np.uint64(0x9E3779B97F4A7C15) * np.uint64(
                        (np.uint64(k) * np.uint64(1024) + np.uint64(day + 1)) * np.uint64(4) + np.uint64(which + 1)
                    )
                    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
                    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
                    x = x ^ (x >> np.uint64(31))
                    u = ((x >> np.uint64(40)) + 0.5) / 16777216.0
                    v = ((x & np.uint64(0xFFFFFFFF)) + 0.5) / 4294967296.0
                    z = sqrt(-2.0 * log(u)) * cos(2.0 * pi * v)
                    if which == 0:
                        one = z
                    elif which == 1:
                        two = z
                    else:
                        three = z
                if day < 0:
                    slow = s0 * one
                    quick = cross * one + rest * two
                else:
                    slow += sqrt(walk) * one
                    quick = keep * quick + sqrt(jolt) * two
                    found[g, k, day] = slow + quick + sqrt(extra) * three


@compiled
def chances(z: Array64) -> None:
    """Turn normal draws into chances in (0, 1), in place; `[c, k]`."""
    rows, columns = z.shape
    for i in range(rows):
        for j in range(columns):
            u = 0.5 * (1.0 + erf(z[i, j] / sqrt(2.0)))
            z[i, j] = min(max(u, 1e-9), 1.0 - 1e-9)


@compiled
def split_hours(names: Names, amount: Units, profile: Array64, firm: float, found: Units) -> None:
    """
    Split days into hours: a Dirichlet-multinomial around a profile.

    Parameters
    ----------
    names
        `[c]`: hash of seed and cell.
    amount
        `[c, k]`: units of each path.
    profile
        `[c, h]`: expected shares of the hours, each row sums to 1.
    firm
        Sum of the Dirichlet's parameters: how firmly a day keeps to the profile.
    found
        `[c, k, h]`, result; sums to `amount`.

    Notes
    -----
    A Pólya urn: each unit takes an hour in proportion to the profile and to the units that took it before.
    """
    cells, count = amount.shape
    h = profile.shape[1]
    for c in range(cells):
        for k in range(count):
            found[c, k, :] = 0
            for unit in range(amount[c, k]):
                x = names[c] + np.uint64(0x9E3779B97F4A7C15) * (
                    np.uint64(k + 1) * np.uint64(4294967296) + np.uint64(unit + 1)
                )
                x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
                x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
                x = x ^ (x >> np.uint64(31))
                left = ((x >> np.uint64(11)) + 0.5) / 9007199254740992.0 * (firm + unit)
                hour = 0
                while hour < h - 1:
                    left -= firm * profile[c, hour] + found[c, k, hour]
                    if left < 0.0:
                        break
                    hour += 1
                found[c, k, hour] += 1

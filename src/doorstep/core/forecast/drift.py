"""Kernel of the drift: a slow and a quick state a group, filtered and smoothed (Kalman; Rauch, Tung and Striebel)."""

import numpy as np
import numpy.typing as npt

from doorstep.base.compiled import compiled

Array64 = npt.NDArray[np.float64]


@compiled
def smooth(seen: Array64, noise: Array64, law: Array64, drift: Array64, last: Array64, unsure: Array64) -> float:
    """
    Estimate a slow level (a random walk) and a quick one (it forgets a share a day) under noisy sights of their sum.

    Parameters
    ----------
    seen, noise
        `[g, d]`: the sum as it was seen, and the variance of that sight; infinite where nothing was seen.
    law
        Variance of the level's start, of its daily step; share of the quick state kept a day, variance of its daily
        step; variance that every sight has besides its own noise.
    drift
        `[g, d]`, result: the smoothed sum of both.
    last, unsure
        `[g, 2]` and `[g, 3]`, results: both states on the last day; their variances and covariance.

    Returns
    -------
    Log likelihood, without constants.
    """
    g, d = seen.shape
    start, walk, keep, jolt, extra = law
    quick0 = jolt / max(1.0 - keep * keep, 1e-6)
    a, b = np.zeros(d + 1), np.zeros(d + 1)  # predicted states
    paa, pab, pbb = np.zeros(d + 1), np.zeros(d + 1), np.zeros(d + 1)
    miss, ka, kb = np.zeros(d), np.zeros(d), np.zeros(d)
    total = 0.0
    for i in range(g):
        a[0] = b[0] = 0.0
        paa[0], pab[0], pbb[0] = start, 0.0, quick0
        for t in range(d):
            va, vb, v_ab = paa[t], pbb[t], pab[t]
            sa, sb = a[t], b[t]
            if noise[i, t] < 1e12:
                f = va + 2.0 * v_ab + vb + noise[i, t] + extra
                e = seen[i, t] - sa - sb
                total -= 0.5 * (np.log(f) + e * e / f)
                ga, gb = (va + v_ab) / f, (v_ab + vb) / f
                miss[t], ka[t], kb[t] = e / f, ga, gb
                sa, sb = sa + ga * e, sb + gb * e
                va, vb, v_ab = va - ga * (va + v_ab), vb - gb * (v_ab + vb), v_ab - ga * (v_ab + vb)
            else:
                miss[t] = ka[t] = kb[t] = 0.0
            if t == d - 1:
                last[i, 0], last[i, 1] = sa, sb
                unsure[i, 0], unsure[i, 1], unsure[i, 2] = va, v_ab, vb
            a[t + 1], b[t + 1] = sa, keep * sb
            paa[t + 1] = va + walk
            pab[t + 1] = keep * v_ab
            pbb[t + 1] = keep * keep * vb + jolt
        ra = rb = 0.0  # what later sights say, carried back
        for t in range(d - 1, -1, -1):
            # r = Z' miss + L' r with L = T (I - K Z), T = diag(1, keep)
            qa, qb = ra, keep * rb
            both = ka[t] * qa + kb[t] * qb
            ra = miss[t] + qa - both
            rb = miss[t] + qb - both
            drift[i, t] = a[t] + b[t] + (paa[t] + pab[t]) * ra + (pab[t] + pbb[t]) * rb
    return total

"""Kernel that weighs each hour's flag against sales: the probability that the shelf was there, hour by hour."""

import numpy as np
from numpy.typing import NDArray

from doorstep.base.compiled import compiled

Floats = NDArray[np.float32]
Table = NDArray[np.float64]


@compiled
def weigh(
    out: NDArray[np.uint32],
    hours: Floats,
    rate: Floats,
    there: NDArray[np.bool_],
    profile: Floats,
    kind: NDArray[np.int8],
    drift: Floats,
    category: NDArray[np.int64],
    block_days: int,
    scale: float,
    late: float,
    leave: Table,
    back: Table,
    slip: Table,
    stay: Table,
    counts: Table,
    stock: NDArray[np.uint8],
) -> None:
    """
    Run forward and backward along each series' hours, with the shelf in two states and flags that err in runs.

    Given a flag, a shelf in stock or empty says whether the flag is right; so two states an hour are enough.

    Parameters
    ----------
    out, hours, there
        `[n, d]` flags, `[n, d, 24]` sales, `[n, d]` where there is a row (the chain breaks where there is none).
    rate
        `[n, d]`: expected demand of the day, given what is believed so far.
    profile, kind, drift, category, block_days
        As for `exposure`.
    scale
        Variance of an hour's sales over their mean.
    late
        Share of the hours in which shelves run empty that ought to be flagged.
    leave, back, slip, stay
        `[24]` each, by hour: chance that a shelf in stock is found empty, that an empty one is found filled, that a
        flag errs after one that was right, and after one that erred.
    counts
        `[12, 24]`, added to: expected counts to learn the tables from: in stock before, of them emptied; empty before,
        of them filled; right before, of them slipped; wrong before, of them stayed. Then, with every hour: flagged, of
        them in stock; not flagged, of them empty.
    stock
        `[n, d, 24]`, of 250, filled; or empty, then only `counts` are made.
    """
    n, d = out.shape
    steps = d * 24
    write = stock.shape[0] > 0
    forward = np.empty((steps, 2))
    move = np.empty((steps, 2, 2))
    norm = np.empty(steps)
    p = np.empty(24)
    after = np.empty(2)
    new = np.empty(2)
    for i in range(n):
        c = category[i]
        fresh = True
        # What the hour before looked like: its flag, its sale, its chance of no sale while in stock.
        flag_0 = 0
        sale_0 = False
        none_0 = 1.0
        for t in range(d):
            if not there[i, t]:
                fresh = True
                continue
            b = t // block_days
            k = kind[i, t]
            whole = 0.0
            for h in range(24):
                p[h] = profile[i, k, h] * drift[c, b, h]
                whole += p[h]
            bits = out[i, t]
            for h in range(24):
                s = t * 24 + h
                flag = int((bits >> np.uint32(h)) & np.uint32(1))
                q = hours[i, t, h]
                r = rate[i, t] * p[h] / whole / scale
                # A run of hours without a sale may be a slow day: heavier than Poisson, and never proof.
                none = max((1.0 + r / 3.0) ** -3.0, 0.02)
                sale = q > 0
                # Chance of what was sold: in stock; empty after empty; empty after in stock.
                if sale:
                    see_in = max(1.0 - none, 0.02)
                    see_out = 0.002 * see_in
                    see_end = late
                else:
                    see_in = none
                    see_out = 1.0
                    see_end = (1.0 - late) / max(1.0 - none_0, 0.05) if sale_0 else 0.02
                if fresh:
                    out_0 = 0.15
                    wrong_in = slip[h] if flag == 1 else 1.0 - slip[h]
                    wrong_out = slip[h] if flag == 0 else 1.0 - slip[h]
                    forward[s, 0] = (1.0 - out_0) * wrong_in * see_in
                    forward[s, 1] = out_0 * wrong_out * see_out
                    move[s, 0, 0] = -1.0
                    fresh = False
                else:
                    for x in range(2):
                        # x = 1: empty before. The flag before erred if it says otherwise.
                        err_0 = stay[h] if flag_0 != x else slip[h]
                        for y in range(2):
                            err = err_0 if flag != y else 1.0 - err_0
                            if x == 0:
                                go = leave[h] * see_end if y == 1 else (1.0 - leave[h]) * see_in
                            else:
                                go = back[h] * see_in if y == 0 else (1.0 - back[h]) * see_out
                            move[s, x, y] = err * go
                    for y in range(2):
                        forward[s, y] = forward[s - 1, 0] * move[s, 0, y] + forward[s - 1, 1] * move[s, 1, y]
                norm[s] = max(forward[s, 0] + forward[s, 1], 1e-300)
                forward[s, 0] /= norm[s]
                forward[s, 1] /= norm[s]
                flag_0 = flag
                sale_0 = sale
                none_0 = none
        after[0] = 1.0
        after[1] = 1.0
        for t in range(d - 1, -1, -1):
            if not there[i, t]:
                after[0] = 1.0
                after[1] = 1.0
                if write:
                    for h in range(24):
                        stock[i, t, h] = 0
                continue
            for h in range(23, -1, -1):
                s = t * 24 + h
                flag = int((out[i, t] >> np.uint32(h)) & np.uint32(1))
                inside = forward[s, 0] * after[0]
                inside /= inside + forward[s, 1] * after[1]
                if flag == 1:
                    counts[8, h] += 1.0
                    counts[9, h] += inside
                else:
                    counts[10, h] += 1.0
                    counts[11, h] += 1.0 - inside
                if move[s, 0, 0] < 0.0:
                    if write:
                        stock[i, t, h] = np.uint8(np.rint(250 * inside))
                    after[0] = 1.0
                    after[1] = 1.0
                    continue
                before = (
                    int((out[i, t] >> np.uint32(h - 1)) & np.uint32(1))
                    if h > 0
                    else int((out[i, t - 1] >> np.uint32(23)) & np.uint32(1))
                )
                total = 0.0
                for x in range(2):
                    for y in range(2):
                        total += forward[s - 1, x] * move[s, x, y] * after[y]
                ended = 0.0
                for x in range(2):
                    for y in range(2):
                        w = forward[s - 1, x] * move[s, x, y] * after[y] / total
                        counts[2 * x, h] += w
                        if x != y:
                            counts[2 * x + 1, h] += w
                        wrong_0 = before != x
                        counts[6 if wrong_0 else 4, h] += w
                        if flag != y:
                            counts[7 if wrong_0 else 5, h] += w
                        if x == 0 and y == 1:
                            ended = w
                if write:
                    share = inside
                    if hours[i, t, h] > 0:
                        share += ended * late / 2
                    stock[i, t, h] = np.uint8(np.rint(250 * min(share, 1.0)))
                    if h > 0 and hours[i, t, h] <= 0 and hours[i, t, h - 1] > 0:
                        # The shelf ran empty in the hour before: the next turn of the loop writes that hour.
                        norm[s] = -ended
                    if h < 23 and norm[s + 1] < 0.0:
                        lost = -norm[s + 1] * (1.0 - late) / 2
                        stock[i, t, h] = np.uint8(np.rint(250 * max(min(share, 1.0) - lost, 0.0)))
                for x in range(2):
                    new[x] = move[s, x, 0] * after[0] + move[s, x, 1] * after[1]
                bottom = new[0] + new[1]
                after[0] = new[0] / bottom
                after[1] = new[1] / bottom

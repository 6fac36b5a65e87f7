"""
A first plan by savings: trips are joined end to end while that saves riding, then handed to the couriers in turn.

References
----------
Clarke & Wright (1964), Scheduling of vehicles from a central depot to a number of delivery points.
"""

import numpy as np
from numpy.typing import NDArray

from doorstep.base.compiled import compiled
from doorstep.core.dispatch.problem import Problem, Whole, stacked


def savings_trips(problem: Problem, near: NDArray[np.int32]) -> tuple[Whole, Whole]:
    """
    Make trips as a warm start: orders one after the other, and for each trip its courier, from and to.

    Parameters
    ----------
    near
        Orders near each order, shape (orders, any), filled up with −1; only these are joined.

    Returns
    -------
    Orders, shape (orders,); trips, shape (trips, 3), a courier's in sequence.

    Notes
    -----
    The trips hold the largest box only and ride as the first kind does in the first slice; whoever takes them up
    checks everything else. O(orders × near × log).
    """
    q = problem
    if q.couriers == 0 or q.orders == 0:
        return np.zeros(0, dtype=np.int64), np.zeros((0, 3), dtype=np.int64)
    seconds = q.travel[0, 0]
    # Most saved first, ties as they come: a key that holds both is sorted faster than they are.
    keys = np.sort(_saved(seconds, q.place, q.pick_up, near))
    return _join(
        seconds,
        stacked((q.place, q.pick_up, q.ready_s, q.due_s, q.service_s)),
        q.volume_ml,
        q.box_ml.max(axis=0),
        np.maximum(q.free_s, q.now_s),
        near,
        keys,
        q.loading_s,
    )


@compiled
def _saved(seconds: NDArray[np.int32], place: Whole, pick_up: Whole, near: NDArray[np.int32]) -> Whole:
    """Make keys, a joint each: the riding it saves, most first, then which it is, by its place in `near`."""
    keys, held, most = np.empty(near.size, dtype=np.int64), 0, near.shape[1]
    for u in range(near.shape[0]):
        home = np.int64(seconds[place[u], pick_up[u]])
        for i in range(most):
            v = near[u, i]
            if v >= 0:
                saved = home + seconds[pick_up[u], place[v]] - seconds[place[u], place[v]]
                keys[held] = (-saved << 32) + u * most + i
                held += 1
    return keys[:held]


@compiled
def _join(
    seconds: NDArray[np.int32],
    order: Whole,
    volume: Whole,
    box: Whole,
    free: Whole,
    near: NDArray[np.int32],
    keys: Whole,
    loading: int,
) -> tuple[Whole, Whole]:
    n, soonest = order.shape[1], free.min()
    after, trip = np.full(n, -1, dtype=np.int64), np.arange(n)
    head, tail = np.arange(n), np.arange(n)
    load, ready = volume.copy(), np.maximum(order[2], soonest)
    # From riding off to the last door, and the latest ride-off with nobody late.
    length, latest = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
    for u in range(n):
        length[u] = seconds[order[1, u], order[0, u]] + order[4, u]
        latest[u] = order[3, u] - length[u]
    for key in keys:
        which = key & 0xFFFF_FFFF
        u = which // near.shape[1]
        v = np.int64(near[u, which % near.shape[1]])
        a, b = trip[u], trip[v]
        if a == b or tail[a] != u or head[b] != v or order[1, u] != order[1, v]:
            continue
        full = False
        for z in range(box.shape[0]):
            full = full or load[a, z] + load[b, z] > box[z]
        more = length[a] + seconds[order[0, u], order[0, v]] - seconds[order[1, v], order[0, v]]
        least, begin = min(latest[a], latest[b] - more), max(ready[a], ready[b]) + loading
        # Together nobody may be later than they would be apart.
        apart = max(ready[a] + loading - latest[a], ready[b] + loading - latest[b])
        if full or (begin > least and begin - least > apart):
            continue
        after[u] = v
        w = v
        while w >= 0:
            trip[w] = a
            w = after[w]
        tail[a], latest[a], ready[a] = tail[b], least, max(ready[a], ready[b])
        for z in range(box.shape[0]):
            load[a, z] += load[b, z]
        length[a] = more + length[b]
    return _handed_out(seconds, order, free, loading, after, trip, head, tail, ready, latest, length)


@compiled
def _handed_out(
    seconds: NDArray[np.int32],
    order: Whole,
    free: Whole,
    loading: int,
    after: Whole,
    trip: Whole,
    head: Whole,
    tail: Whole,
    ready: Whole,
    latest: Whole,
    length: Whole,
) -> tuple[Whole, Whole]:
    """Give each courier trips in turn."""
    n = order.shape[1]
    # Trips by when they must ride off.
    trips, turn = 0, np.empty(n, dtype=np.int64)
    for a in range(n):
        if trip[a] == a:
            x = trips
            while x > 0 and latest[turn[x - 1]] > latest[a]:
                turn[x] = turn[x - 1]
                x -= 1
            turn[x] = a
            trips += 1
    given, cuts, until, at = np.empty(n, dtype=np.int64), np.empty((trips, 3), dtype=np.int64), free.copy(), 0
    for x in range(trips):
        a = turn[x]
        # Who has waited least when the goods are ready; if nobody is in by then, who comes first.
        best = 0
        for c in range(until.shape[0]):
            early, sooner = until[c] <= ready[a], until[best] <= ready[a]
            latest_in, first_in = until[c] > until[best], until[c] < until[best]
            if (early and (latest_in or not sooner)) or (first_in and not early and not sooner):
                best = c
        u = tail[a]
        until[best] = max(until[best], ready[a]) + loading + length[a] + seconds[order[0, u], order[1, u]]
        cuts[x, 0], cuts[x, 1] = best, at
        u = head[a]
        while u >= 0:
            given[at] = u
            at += 1
            u = after[u]
        cuts[x, 2] = at
    return given, cuts

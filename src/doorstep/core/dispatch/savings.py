"""
A first plan by savings: trips are joined end to end while that saves riding, then handed to the couriers in turn.

References
----------
Clarke & Wright (1964), Scheduling of vehicles from a central depot to a number of delivery points.
"""

import numpy as np
from numpy.typing import NDArray

from doorstep.base.compiled import compiled
from doorstep.core.dispatch.problem import Problem, Whole


def savings_trips(problem: Problem, near: NDArray[np.int32]) -> list[tuple[int, list[int]]]:
    """
    Make trips as a warm start: courier and orders by number, a courier's in sequence.

    Parameters
    ----------
    near
        Orders near each order, shape (orders, any), filled up with −1; only these are joined.

    Notes
    -----
    The trips hold the largest box only and ride as the first kind does in the first slice; whoever takes them up
    checks everything else. O(orders × near × log).
    """
    q = problem
    if q.couriers == 0 or q.orders == 0:
        return []
    seconds = q.travel[0, 0]
    first, second = np.nonzero(near >= 0)
    second = near[first, second].astype(np.int64)
    first = first.astype(np.int64)
    saved = seconds[q.place[first], q.pick_up[first]] + seconds[q.pick_up[second], q.place[second]]
    saved = saved - seconds[q.place[first], q.place[second]]
    turn = np.argsort(-saved, kind="stable")
    courier, after, head = _join(
        seconds,
        np.stack((q.place, q.pick_up, q.ready_s, q.due_s, q.service_s)),
        q.volume_ml,
        q.box_ml.max(axis=0),
        np.maximum(q.free_s, q.now_s),
        first[turn],
        second[turn],
        q.loading_s,
    )
    trips: list[tuple[int, list[int]]] = []
    for who, u in zip(courier.tolist(), head.tolist(), strict=True):
        row = [u]
        while (u := int(after[u])) >= 0:
            row.append(u)
        trips.append((who, row))
    return trips


@compiled
def _join(  # type: ignore[no-untyped-def] # noqa: ANN202 a tuple that numba infers
    seconds: NDArray[np.int32],
    order: Whole,
    volume: Whole,
    box: Whole,
    free: Whole,
    first: Whole,
    second: Whole,
    loading: int,
):
    n, soonest = order.shape[1], free.min()
    after, trip = np.full(n, -1, dtype=np.int64), np.arange(n)
    head, tail = np.arange(n), np.arange(n)
    load, ready = volume.copy(), np.maximum(order[2], soonest)
    # From riding off to the last door, and the latest ride-off with nobody late.
    length, latest = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
    for u in range(n):
        length[u] = seconds[order[1, u], order[0, u]] + order[4, u]
        latest[u] = order[3, u] - length[u]
    for x in range(first.shape[0]):
        u, v = first[x], second[x]
        a, b = trip[u], trip[v]
        if a == b or tail[a] != u or head[b] != v or order[1, u] != order[1, v]:
            continue
        if np.any(load[a] + load[b] > box):
            continue
        more = length[a] + seconds[order[0, u], order[0, v]] - seconds[order[1, v], order[0, v]]
        least, begin = min(latest[a], latest[b] - more), max(ready[a], ready[b]) + loading
        # Together nobody may be later than they would be apart.
        if begin > least and begin - least > max(ready[a] + loading - latest[a], ready[b] + loading - latest[b]):
            continue
        after[u] = v
        w = v
        while w >= 0:
            trip[w] = a
            w = after[w]
        tail[a], latest[a], ready[a] = tail[b], least, max(ready[a], ready[b])
        load[a] += load[b]
        length[a] = more + length[b]
    heads = np.array([head[a] for a in range(n) if trip[head[a]] == a and head[a] == a])
    heads = heads[np.argsort(latest[heads])]
    courier, until = np.zeros(heads.shape[0], dtype=np.int64), free.copy()
    for x in range(heads.shape[0]):
        a = heads[x]
        # Who has waited least when the goods are ready; if nobody is in by then, who comes first.
        best = 0
        for c in range(until.shape[0]):
            early, sooner = until[c] <= ready[a], until[best] <= ready[a]
            latest_in, first_in = until[c] > until[best], until[c] < until[best]
            if (early and (latest_in or not sooner)) or (first_in and not early and not sooner):
                best = c
        courier[x] = best
        u = tail[a]
        until[best] = max(until[best], ready[a]) + loading + length[a] + seconds[order[0, u], order[1, u]]
    return courier, after, heads

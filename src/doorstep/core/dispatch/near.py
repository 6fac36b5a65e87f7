"""Which orders lie near each other, in place and in time: where the kernel looks first."""

import numpy as np
from numpy.typing import NDArray

from doorstep.base.compiled import compiled

Whole = NDArray[np.int64]


@compiled
def near_orders(
    travel: NDArray[np.int32],
    place: Whole,
    pick_up: Whole,
    ready_s: Whole,
    due_s: Whole,
    service_s: Whole,
    soonest_s: int,
    most: int,
) -> NDArray[np.int32]:
    """
    List for every order the others that would go best with it on one trip.

    Parameters
    ----------
    travel
        Seconds between places, shape (places, places).
    place, pick_up, ready_s, due_s, service_s
        Of each order, shape (orders,).
    soonest_s
        The instant at which the first trip could ride off.
    most
        How many to list.

    Returns
    -------
    Orders, nearest first, shape (orders, most), filled up with −1. Ties by number.

    Notes
    -----
    Near is: little riding between the two doors, little more lateness together than each alone, and little waiting
    for each other. O(orders² + orders × most).
    """
    n = place.shape[0]
    near = np.full((n, most), -1, dtype=np.int32)
    keys = np.empty(most, dtype=np.int64)
    for u in range(n):
        held = 0
        out_u = travel[pick_up[u], place[u]] + service_s[u]
        alone_u = max(0, max(ready_s[u], soonest_s) + out_u - due_s[u])
        for v in range(n):
            if v == u or pick_up[v] != pick_up[u]:
                continue
            between, back = travel[place[u], place[v]], travel[place[v], place[u]]
            out_v = travel[pick_up[v], place[v]] + service_s[v]
            alone = alone_u + max(0, max(ready_s[v], soonest_s) + out_v - due_s[v])
            start = max(ready_s[u], ready_s[v], soonest_s)
            first_u = max(0, start + out_u - due_s[u]) + max(0, start + out_u + between + service_s[v] - due_s[v])
            first_v = max(0, start + out_v - due_s[v]) + max(0, start + out_v + back + service_s[u] - due_s[u])
            wait = abs(max(ready_s[u], soonest_s) - max(ready_s[v], soonest_s))
            key = between + back + max(0, min(first_u, first_v) - alone) + wait // 4
            if held == most and key >= keys[most - 1]:
                continue
            at = held if held < most else most - 1
            while at > 0 and keys[at - 1] > key:
                keys[at], near[u, at] = keys[at - 1], near[u, at - 1]
                at -= 1
            keys[at], near[u, at] = key, v
            held = min(most, held + 1)
    return near

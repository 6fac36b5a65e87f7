"""Which orders lie near each other, in place and in time: where the kernel looks first."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from doorstep.base.compiled import compiled

Whole = NDArray[np.int64]
BITS: Final = 20  # a key holds the number of the order in its last bits: ties are by number
FAR: Final = 1 << 62


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
    Orders, nearest first, shape (orders, the smaller of most and orders), filled up with −1. Ties by number.

    Notes
    -----
    Near is: little riding between the two doors, little more lateness together than each alone, and little waiting
    for each other. O(orders² × log).
    """
    keys = np.sort(_keys(travel, place, pick_up, ready_s, due_s, service_s, soonest_s), axis=1)[:, :most]
    near = (keys & ((1 << BITS) - 1)).astype(np.int32)
    near[keys >= FAR] = -1
    return near


@compiled
def _keys(
    travel: NDArray[np.int32], place: Whole, pick_up: Whole, ready: Whole, due: Whole, service: Whole, soonest: int
) -> Whole:
    """Tell how far any two orders are from each other, and the number of the second; FAR if not to be joined."""
    n = place.shape[0]
    keys = np.empty((n, n), dtype=np.int64)
    # When each could set off, what is left of its time at its own door if it goes first, and how late it is alone.
    begin, left, alone = np.empty(n, dtype=np.int64), np.empty(n, dtype=np.int64), np.empty(n, dtype=np.int64)
    for u in range(n):
        begin[u] = max(ready[u], soonest)
        left[u] = due[u] - travel[pick_up[u], place[u]] - service[u]
        alone[u] = max(0, begin[u] - left[u])
    for u in range(n):
        here, begin_u, left_u, alone_u, due_u, service_u = place[u], begin[u], left[u], alone[u], due[u], service[u]
        for v in range(n):
            between, back = np.int64(travel[here, place[v]]), np.int64(travel[place[v], here])
            start = max(begin_u, begin[v])
            early_u, early_v = start - left_u, start - left[v]
            first_u = max(0, early_u) + max(0, early_u + due_u + between + service[v] - due[v])
            first_v = max(0, early_v) + max(0, early_v + due[v] + back + service_u - due_u)
            key = between + back + max(0, min(first_u, first_v) - alone_u - alone[v])
            keys[u, v] = ((key + (abs(begin_u - begin[v]) >> 2)) << BITS) + v
        for v in range(n):
            if pick_up[v] != pick_up[u]:
                keys[u, v] = FAR
        keys[u, u] = FAR
    return keys

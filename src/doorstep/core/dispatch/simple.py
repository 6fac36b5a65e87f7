"""The last rung: earliest due, then the nearest that fits, in plain Python; no plan, no forecast, no kernel."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from doorstep.core.dispatch.tick import Decision, Known, Leaving

LEG_MAX_S: Final = 300
NEAREST: Final = 8


def simple(known: Known) -> Decision:
    """
    Send every courier who is in with what is ready.

    For each: the ready order promised earliest, then again and again the one nearest to the last door, if it is at
    most 300 s away, one of the eight nearest, fits the box, and makes nobody late who would be on time going first.

    Notes
    -----
    O(couriers × ready orders × stops). Ties by number.
    """
    ready = [i for i in range(len(known.orders)) if known.ready_s[i] <= known.now_s]
    ready.sort(key=lambda i: (known.due_s[i], known.orders[i]))
    leaving = []
    for j in range(len(known.couriers)):
        if known.free_s[j] > known.now_s or known.off_s[j] < known.now_s + known.loading_s:
            continue
        stops = _gather(known, j, ready)
        if stops:
            ready = [i for i in ready if i not in stops]
            orders = tuple(int(known.orders[i]) for i in stops)
            leaving.append(Leaving(courier=int(known.couriers[j]), orders=orders))
    return Decision(leaving=tuple(leaving))


def _gather(known: Known, courier: int, ready: list[int]) -> list[int]:
    """Collect a trip from orders sorted by promise; rows of `known`."""
    legs_s = known.travel[known.kind[courier], 0]
    box_ml = known.box_ml[courier]
    first = next((i for i in ready if np.all(known.volume_ml[i] <= box_ml)), None)
    if first is None:
        return []
    stops, used_ml = [first], known.volume_ml[first].copy()
    while True:
        row = legs_s[known.orders[stops[-1]] + 1]
        near = sorted((int(row[known.orders[i] + 1]), int(known.orders[i]), i) for i in ready if i not in stops)
        for leg_s, _, i in near[:NEAREST]:
            if leg_s > LEG_MAX_S:
                return stops
            if np.all(used_ml + known.volume_ml[i] <= box_ml) and not _makes_late(known, [*stops, i], legs_s):
                stops.append(i)
                used_ml += known.volume_ml[i]
                break
        else:
            return stops


def _makes_late(known: Known, stops: list[int], legs_s: NDArray[np.int32]) -> bool:
    """Whether somebody becomes late who, going first, would be on time."""
    start_s = known.now_s + known.loading_s
    clock_s, place = start_s, 0
    for i in stops:
        door = int(known.orders[i]) + 1
        clock_s += int(legs_s[place, door]) + known.service_s
        place = door
        if clock_s > known.due_s[i] and start_s + int(legs_s[0, door]) + known.service_s <= known.due_s[i]:
            return True
    return False

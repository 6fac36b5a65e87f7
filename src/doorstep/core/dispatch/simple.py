"""The last rung: earliest due, then the nearest that fits, in plain Python; no plan, no forecast, no kernel."""

from itertools import pairwise
from typing import Final

import numpy as np
from msgspec import Struct

from doorstep.core.dispatch.problem import NONE
from doorstep.core.dispatch.tick import Decision, Known, Leaving

LEG_MAX_S: Final = 300
NEAREST: Final = 8


def simple(known: Known) -> Decision:
    """
    Send every courier who is in with what is ready.

    For each: the ready order promised earliest, then again and again the one nearest to the last door, if it is at
    most 300 s away, one of the eight nearest, fits the box, and makes nobody late who would be on time going first.
    Who may have a break now has it; who could not be back in time for it goes nowhere before.

    Notes
    -----
    O(couriers × ready orders × stops). Ties by number.
    """
    ready = [i for i in range(len(known.orders)) if known.ready_s[i] <= known.now_s]
    ready.sort(key=lambda i: (known.due_s[i], known.orders[i]))
    leaving, resting = [], []
    for j in range(len(known.couriers)):
        if known.free_s[j] > known.now_s or known.off_s[j] < known.now_s + known.loading_s:
            continue
        courier = _courier(known, j)
        if courier.break_s and courier.break_from_s <= known.now_s:
            resting.append(int(known.couriers[j]))
            continue
        stops = _gather(known, courier, ready)
        if stops:
            ready = [i for i in ready if i not in stops]
            orders = tuple(int(known.orders[i]) for i in stops)
            leaving.append(Leaving(courier=int(known.couriers[j]), orders=orders))
    return Decision(leaving=tuple(leaving), resting=tuple(resting))


class _Courier(Struct, frozen=True, kw_only=True):
    """A row of couriers as plain numbers."""

    kind: int
    row: int
    break_s: int
    break_from_s: int
    break_to_s: int
    range_m: int


def _courier(known: Known, j: int) -> _Courier:
    more = {name: int(column[j]) for name, column in known.courier_more.items()}
    return _Courier(
        kind=int(known.kind[j]),
        row=j,
        break_s=more.get("break_s", 0),
        break_from_s=more.get("break_from_s", 0),
        break_to_s=more.get("break_to_s", 0),
        range_m=more.get("range_m", NONE),
    )


def _gather(known: Known, courier: _Courier, ready: list[int]) -> list[int]:
    """Collect a trip from orders sorted by promise; rows of `known`."""
    legs_s = known.travel[courier.kind, known.slice_now]
    box_ml = known.box_ml[courier.row]
    mine = [i for i in ready if _may(known, courier, i)]
    first = next((i for i in mine if np.all(known.volume_ml[i] <= box_ml) and _allowed(known, courier, [i])), None)
    if first is None:
        return []
    stops, used_ml = [first], known.volume_ml[first].copy()
    while True:
        row = legs_s[known.orders[stops[-1]] + 1]
        near = sorted((int(row[known.orders[i] + 1]), int(known.orders[i]), i) for i in mine if i not in stops)
        for leg_s, _, i in near[:NEAREST]:
            if leg_s > LEG_MAX_S:
                return stops
            fits = np.all(used_ml + known.volume_ml[i] <= box_ml)
            if fits and _allowed(known, courier, [*stops, i]) and not _makes_late(known, courier, [*stops, i]):
                stops.append(i)
                used_ml += known.volume_ml[i]
                break
        else:
            return stops


def _may(known: Known, courier: _Courier, i: int) -> bool:
    """Whether a courier of this kind may go to a door."""
    may_take = known.order_more.get("may_take")
    return may_take is None or bool((int(may_take[i]) >> courier.kind) & 1)


def _allowed(known: Known, courier: _Courier, stops: list[int]) -> bool:
    """Whether nobody's goods are on board for too long, the range is enough, and the break can follow."""
    caps = known.order_more.get("on_board_s")
    if caps is None and courier.range_m == NONE and not courier.break_s:
        return True
    legs_s, doors = known.travel[courier.kind, known.slice_now], [int(known.orders[i]) + 1 for i in stops]
    spent_s, place = 0, 0
    for i, door in zip(stops, doors, strict=True):
        spent_s, place = spent_s + int(legs_s[place, door]) + known.service_s, door
        if caps is not None and caps[i] != NONE and spent_s > caps[i]:
            return False
    if courier.range_m != NONE and known.metres is not None:
        way = [0, *doors, 0]
        if sum(int(known.metres[courier.kind, a, b]) for a, b in pairwise(way)) > courier.range_m:
            return False
    back_s = known.now_s + known.loading_s + spent_s + int(legs_s[place, 0])
    return not courier.break_s or back_s <= courier.break_to_s


def _makes_late(known: Known, courier: _Courier, stops: list[int]) -> bool:
    """Whether somebody becomes late who, going first, would be on time."""
    legs_s = known.travel[courier.kind, known.slice_now]
    start_s = known.now_s + known.loading_s
    clock_s, place = start_s, 0
    for i in stops:
        door = int(known.orders[i]) + 1
        clock_s += int(legs_s[place, door]) + known.service_s
        place = door
        if clock_s > known.due_s[i] and start_s + int(legs_s[0, door]) + known.service_s <= known.due_s[i]:
            return True
    return False

"""A moment as pick-ups at the site and deliveries at doors: how VROOM and OR-Tools are told of several trips."""

from collections.abc import Iterable
from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from doorstep.base.errors import BadInput
from doorstep.core.dispatch.problem import NONE, Problem

Trips = list[tuple[int, tuple[int, ...]]]
OPEN_S: Final = 1 << 20
"""Twelve days: no window ends so late, and both solvers still count on from there."""


class Windows(Struct, frozen=True, kw_only=True):
    """
    When things may happen, seconds from the moment on, none negative.

    Parameters
    ----------
    ready_s, due_s
        Of each order, shape (orders,): packed; the latest beginning of service that is on time.
    last_s
        The same as `due_s`, but `OPEN_S` for an order that no courier would bring in time, though it rode alone.
    free_s, back_s
        Of each courier, shape (couriers,): free to go; end of the shift.
    """

    ready_s: NDArray[np.int64]
    due_s: NDArray[np.int64]
    last_s: NDArray[np.int64]
    free_s: NDArray[np.int64]
    back_s: NDArray[np.int64]


def windows(problem: Problem) -> Windows:
    """Take the windows of a moment with one slice of travel times and one pick-up place."""
    now_s = problem.now_s
    ready_s = np.maximum(0, problem.ready_s - now_s)
    free_s = np.maximum(0, problem.free_s - now_s)
    due_s = problem.due_s - problem.service_s - now_s
    soonest_s = np.full(problem.orders, OPEN_S)
    for kind in set(problem.kind.tolist()):
        first_s = free_s[problem.kind == kind].min()
        _, lasts_s = legs(problem, kind)
        soonest_s = np.minimum(soonest_s, np.maximum(first_s, ready_s) + lasts_s[0, 1:])
    return Windows(
        ready_s=ready_s,
        due_s=np.maximum(0, due_s),
        last_s=np.where(soonest_s <= due_s, due_s, OPEN_S),
        free_s=free_s,
        back_s=np.maximum(free_s, problem.off_s - now_s),
    )


def refuse_limits(problem: Problem, who: str) -> None:
    """
    Refuse a moment that says more than peers are told.

    Raises
    ------
    BadInput
        It has breaks, ranges, doors that not every kind may go to, minutes on board or slow hours.
    """
    kinds = np.bitwise_or.reduce(1 << problem.kind, initial=0)
    more = {
        "breaks": bool(problem.break_s.any()),
        "ranges": bool((problem.range_m != NONE).any()),
        "limits on board": bool((problem.on_board_s != NONE).any()),
        "doors that not every kind may go to": bool((problem.may_take & kinds != kinds).any()),
        "slow hours": len(problem.slices_s) > 1,
    }
    found = ", ".join(x for x, there in more.items() if there)
    if found:
        raise BadInput(f"{who} is told of boxes, shifts and promises only, and here are {found}: leave it out")


def legs(problem: Problem, kind: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Seconds between the site and all doors, shape (1 + orders, 1 + orders); and with loading on the first leg."""
    places = np.concatenate([problem.pick_up[:1], problem.place])
    rides_s = problem.travel[kind, 0][np.ix_(places, places)].astype(np.int64)
    lasts_s = rides_s.copy()
    lasts_s[0, 1:] += problem.loading_s
    return rides_s, lasts_s


def trips_of(courier: int, stops: Iterable[tuple[int, bool]]) -> Trips:
    """
    Read what a courier does back into trips: one begins with the first pick-up after a delivery.

    Parameters
    ----------
    stops
        Orders in sequence, each twice: picked up (True), delivered (False).

    Notes
    -----
    A courier may come by the site with an order still on board, which then belongs to the trip that delivers it:
    the same way is ridden at the same time, and no box is fuller than it was.
    """
    trips: Trips = []
    row: list[int] = []
    for order, picked in stops:
        if picked and row:
            trips.append((courier, tuple(row)))
            row = []
        elif not picked:
            row.append(order)
    return [*trips, (courier, tuple(row))] if row else trips

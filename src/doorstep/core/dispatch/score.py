"""The exact cost of a plan by term, and when everything happens: rides every trip once, remembers nothing."""

from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from doorstep.base.compiled import compiled
from doorstep.core.dispatch.problem import Problem, Whole, stacked

TERMS: Final = ("travel", "late", "overtime", "trips", "apart", "moved", "unfair", "unplanned")


class Cost(Struct, frozen=True, kw_only=True):
    """
    What a plan costs, seconds of each term; `late_orders` and `late_s` count, they are no terms.

    Parameters
    ----------
    travel, late, overtime, trips, apart, moved, unfair, unplanned
        Riding; priced lateness; priced overtime; the trips themselves; promises that lie apart on one trip; announced
        arrivals that move; orders above a fair share; orders left out.
    late_orders, late_s
        How many orders on a trip are late, and by how many seconds together.
    """

    travel: int
    late: int
    overtime: int
    trips: int
    apart: int
    moved: int
    unfair: int
    unplanned: int
    late_orders: int
    late_s: int

    @property
    def total(self) -> int:
        """The sum of the terms, seconds."""
        return sum(getattr(self, x) for x in TERMS)


class Timed(Struct, frozen=True, kw_only=True):
    """
    A plan that was ridden.

    Parameters
    ----------
    cost
        By term.
    trips
        Loading begins, rides off, back; shape (trips, 3).
    done_s
        The end of service of each order on a trip, in the order of the plan.
    allowed
        Whether every hard limit holds: off, boxes, kinds, pick-ups, seconds on board, ranges, no order twice.
    """

    cost: Cost
    trips: Whole
    done_s: Whole
    allowed: bool


def score(problem: Problem, couriers: Whole, first: Whole, orders: Whole) -> Timed:
    """
    Ride a plan.

    Parameters
    ----------
    couriers
        Who rides each trip, shape (trips,); trips of one courier follow each other.
    first
        Where each trip begins in `orders`, and the end, shape (trips + 1,).
    orders
        Numbers of orders, trip by trip.
    """
    q, p = problem, problem.prices
    prices = (p.late_fixed_s, p.late_per_s, p.grace_s, p.steep_per_s, p.overtime_per_s, p.trip_s)
    more = (p.moved_per_s, p.tolerance_s, p.unfair_s, q.fair_orders, q.loading_s, int(q.returns), p.apart_bp)
    columns = (q.ready_s, q.due_s, q.service_s, q.place, q.pick_up, q.on_board_s, q.announced_s, q.may_take)
    people = (q.free_s, q.off_s, q.kind, q.stands, q.break_from_s, q.break_to_s, q.break_s, q.carried)
    terms, trips, done_s, allowed = _score(
        stacked((*columns, q.unplanned_s)),
        q.volume_ml,
        stacked((*people, q.range_s, q.range_m)),
        q.box_ml,
        np.array(prices + more, dtype=np.int64),
        q.travel,
        q.slices_s,
        q.metres,
        couriers,
        first,
        orders,
    )
    return Timed(
        cost=Cost(**dict(zip(Cost.__struct_fields__, terms.tolist(), strict=True))),
        trips=trips,
        done_s=done_s,
        allowed=bool(allowed),
    )


@compiled
def _score(  # type: ignore[no-untyped-def] # noqa: ANN202 a tuple that numba infers
    order: Whole,
    volume: Whole,
    courier: Whole,
    box: Whole,
    price: Whole,
    travel: NDArray[np.int32],
    slices: Whole,
    metres: NDArray[np.int32],
    couriers: Whole,
    first: Whole,
    orders: Whole,
):
    terms = np.zeros(10, dtype=np.int64)
    trips = np.zeros((couriers.shape[0], 3), dtype=np.int64)
    done = np.zeros(orders.shape[0], dtype=np.int64)
    seen = np.zeros(order.shape[1], dtype=np.int64)
    load = np.zeros(volume.shape[1], dtype=np.int64)
    allowed = True
    clock, stands, rested, count = 0, 0, False, 0
    for t in range(couriers.shape[0]):
        c = couriers[t]
        k = courier[2, c]
        if t == 0 or couriers[t - 1] != c:
            clock, stands, rested, count = courier[0, c], courier[3, c], False, 0
        pick, ready = order[4, orders[first[t]]], order[0, orders[first[t]]]
        load[:] = 0
        for j in range(first[t], first[t + 1]):
            u = orders[j]
            ready = max(ready, order[0, u])
            load += volume[u]
            allowed = allowed and order[4, u] == pick and (order[7, u] >> k) & 1 == 1 and seen[u] == 0
            seen[u] = 1
        allowed = allowed and bool(np.all(load <= box[c]))
        # With the break before it if need be: then the trip is ridden a second time, after the break.
        again = False
        while True:
            part = np.searchsorted(slices[1:], clock, side="right")
            ride = np.int64(travel[k, part, stands, pick]) if stands != pick else 0
            far = np.int64(metres[k, stands, pick]) if metres.shape[0] > 0 else 0
            approach = ride
            loads = max(clock + ride, ready)
            depart = loads + price[10]
            part = np.searchsorted(slices[1:], depart, side="right")
            at, now = pick, depart
            for j in range(first[t], first[t + 1]):
                ride += travel[k, part, at, order[3, orders[j]]]
                now += travel[k, part, at, order[3, orders[j]]] + order[2, orders[j]]
                if metres.shape[0] > 0:
                    far += metres[k, at, order[3, orders[j]]]
                at = order[3, orders[j]]
                done[j] = now
            if price[11] == 1:
                ride += travel[k, part, at, pick]
                now += travel[k, part, at, pick]
                if metres.shape[0] > 0:
                    far += metres[k, at, pick]
                at = pick
            if again or rested or courier[6, c] == 0:
                break
            rests = max(clock, courier[4, c]) + courier[6, c]
            if rests + approach > loads and now <= courier[5, c]:
                break
            clock, rested, again = rests, True, True
        for j in range(first[t], first[t + 1]):
            u = orders[j]
            late = max(0, done[j] - order[1, u])
            if late > 0:
                terms[1] += price[0] + price[1] * late + price[3] * max(0, late - price[2])
                terms[8] += 1
                terms[9] += late
            if order[6, u] >= 0:
                terms[5] += price[6] * max(0, abs(done[j] - order[6, u]) - price[7])
            allowed = allowed and (order[5, u] < 0 or done[j] - depart <= order[5, u])
            if j > first[t]:
                terms[4] += abs(order[1, u] - order[1, orders[j - 1]]) * price[12] // 10_000
            count += 1
        allowed = allowed and depart <= courier[1, c]
        allowed = allowed and (courier[8, c] < 0 or ride <= courier[8, c])
        allowed = allowed and (courier[9, c] < 0 or far <= courier[9, c])
        terms[0] += ride
        terms[3] += price[5]
        trips[t, 0], trips[t, 1], trips[t, 2] = loads, depart, now
        clock, stands = now, at
        if t + 1 == couriers.shape[0] or couriers[t + 1] != c:
            terms[2] += price[4] * max(0, now - courier[1, c])
            terms[6] += price[8] * max(0, count - max(0, price[9] - courier[7, c]))
    for u in range(order.shape[1]):
        terms[7] += 0 if seen[u] == 1 else order[8, u]
    return terms, trips, done, allowed

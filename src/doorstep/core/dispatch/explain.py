"""Why each order of a plan is where it is: what it costs there, and what the best other place would cost."""

from collections.abc import Sequence

import numpy as np
from msgspec import Struct

from doorstep.core.dispatch.problem import Problem
from doorstep.core.dispatch.score import TERMS, Timed, score
from doorstep.core.dispatch.solve import Solved, Trip


class Other(Struct, frozen=True, kw_only=True):
    """
    The cheapest other place for an order, everything else left as it is.

    Parameters
    ----------
    courier
        Who would bring it.
    trip, place
        On which of the courier's trips, counted without the order from 0, and before which of its orders; a `place`
        of −1 is a trip of its own before that one.
    more
        How much dearer the whole plan would be, seconds by term; a term that stays the same is left out.
    more_s
        Their sum; below zero if the plan missed something.
    """

    courier: int
    trip: int
    place: int
    more: dict[str, int]
    more_s: int


class Reason(Struct, frozen=True, kw_only=True):
    """
    Why an order is where it is.

    Parameters
    ----------
    order, courier
        Numbers; the courier is −1 for an order left out.
    costs, costs_s
        What the plan costs more with the order in it than with the order gone, seconds by term and together; for an
        order left out, its price. Nothing where the plan without it could not be ridden.
    spare_s
        How much later it could be handed over and still be on time; below zero: late. 0 for an order left out.
    other
        The best alternative: another courier, trip or place; None where no other is allowed.
    """

    order: int
    courier: int
    costs: dict[str, int]
    costs_s: int
    spare_s: int
    other: Other | None


def explain(problem: Problem, solved: Solved, orders: Sequence[int] | None = None) -> tuple[Reason, ...]:
    """
    Explain where orders are.

    Parameters
    ----------
    orders
        Which to explain, by number; all, ascending, if not given.

    Notes
    -----
    Every alternative is ridden in full, none is estimated. O(orders × places); so a
    page asks for the orders that it shows.
    """
    whole = _ride(problem, solved.sequences)
    assert whole is not None, "a plan that was solved is allowed"
    return tuple(_reason(problem, solved, whole, u) for u in (range(problem.orders) if orders is None else orders))


def _reason(problem: Problem, solved: Solved, whole: Timed, u: int) -> Reason:
    trips = [(x.courier, list(x.orders)) for x in solved.trips]
    found = next(((t, row.index(u)) for t, (_, row) in enumerate(trips) if u in row), None)
    if found is None:
        price_s = int(problem.unplanned_s[u])
        return Reason(
            order=u,
            courier=-1,
            costs={"unplanned": price_s},
            costs_s=price_s,
            spare_s=0,
            other=_best_other(problem, trips, whole, u, (-1, -1, -1)),
        )
    t, at = found
    courier = trips[t][0]
    rest = [(c, [x for x in row if x != u]) for c, row in trips]
    rest = [x for x in rest if x[1]]
    nth = sum(c == courier for c, _ in trips[:t])
    here = (courier, nth, at if len(trips[t][1]) > 1 else -1)
    without = _ride(problem, rest)
    costs: dict[str, int] = {}
    if without is not None:  # where the streets are slow at another time, what is left may not be allowed by itself
        costs = _difference(whole, without)
        costs["unplanned"] = costs.get("unplanned", 0) + int(problem.unplanned_s[u])
    costs = {x: s for x, s in costs.items() if s}
    done_s = solved.trips[t].done_s[at]
    return Reason(
        order=u,
        courier=courier,
        costs=costs,
        costs_s=sum(costs.values()),
        spare_s=int(problem.due_s[u]) - done_s,
        other=_best_other(problem, rest, whole, u, here),
    )


def _best_other(
    problem: Problem, rest: list[tuple[int, list[int]]], whole: Timed, u: int, here: tuple[int, int, int]
) -> Other | None:
    """Try every place but the one it has."""
    best: Other | None = None
    for courier in range(problem.couriers):
        mine = [row for c, row in rest if c == courier]
        others = [x for x in rest if x[0] != courier]
        for trip in range(len(mine) + 1):
            for place in range(-1, len(mine[trip]) + 1 if trip < len(mine) else 0):
                if (courier, trip, place) == here:
                    continue
                rows = [list(x) for x in mine]
                if place < 0:
                    rows.insert(trip, [u])
                else:
                    rows[trip].insert(place, u)
                ridden = _ride(problem, [*others, *((courier, x) for x in rows)])
                if ridden is None:
                    continue
                more = _difference(ridden, whole)
                more_s = sum(more.values())
                if best is None or more_s < best.more_s:
                    best = Other(courier=courier, trip=trip, place=place, more=more, more_s=more_s)
    return best


def _difference(dearer: Timed, than: Timed) -> dict[str, int]:
    terms = {x: getattr(dearer.cost, x) - getattr(than.cost, x) for x in TERMS}
    return {x: s for x, s in terms.items() if s}


def _ride(problem: Problem, trips: Sequence[Trip]) -> Timed | None:
    """Ride a plan; None if it is not allowed."""
    first = np.zeros(len(trips) + 1, dtype=np.int64)
    np.cumsum([len(x) for _, x in trips], out=first[1:])
    orders = np.array([u for _, row in trips for u in row], dtype=np.int64)
    timed = score(problem, np.array([c for c, _ in trips], dtype=np.int64), first, orders)
    return timed if timed.allowed else None

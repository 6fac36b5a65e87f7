"""Where couriers with nothing to do should wait: nearer to where the next meals will probably be ordered."""

import numpy as np
from numpy.typing import NDArray

from doorstep.base.compiled import compiled

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@compiled
def let_in(x: int, soon: Ints, r: int) -> None:
    """Let a time in among the three soonest of restaurant r, if it is one of them."""
    if x < soon[r, 0]:
        soon[r, 0], soon[r, 1], soon[r, 2] = x, soon[r, 0], soon[r, 1]
    elif x < soon[r, 1]:
        soon[r, 1], soon[r, 2] = x, soon[r, 1]
    elif x < soon[r, 2]:
        soon[r, 2] = x


@compiled
def soonest_but(
    c: int, places: Ints, frees: Ints, to_restaurant: Ints, now: int, half_pickup: int, soon: Ints
) -> None:
    """Find when the three soonest couriers, courier c aside, could take up at each restaurant."""
    soon[:, :] = 1 << 30
    for other in range(places.shape[0]):
        if other != c:
            wait = max(frees[other] - now, 0) + half_pickup
            for r in range(soon.shape[0]):
                let_in(wait + to_restaurant[places[other], r], soon, r)


@compiled
def waits(soon: Ints, expected: Floats, delays: Floats, again: float) -> float:
    """Tell how long all expected meals would wait together, given the three soonest couriers of each restaurant."""
    first, second, third = 1.0 - again, again * (1.0 - again), again * again
    total, top = 0.0, delays.shape[0] - 1
    for r in range(expected.shape[0]):
        a, b, c = (min(soon[r, 0], top), min(soon[r, 1], top), min(soon[r, 2], top))
        total += expected[r] * (first * delays[a] + second * delays[b] + third * delays[c])
    return total


@compiled
def nearest(rides: Ints, order: Ints) -> None:
    """Fill `order` with the nearest restaurants, nearest first, by number where equal."""
    count, room = 0, order.shape[0]
    for r in range(rides.shape[0]):
        k = count
        while k > 0 and rides[order[k - 1]] > rides[r]:
            if k < room:
                order[k] = order[k - 1]
            k -= 1
        if k < room:
            order[k] = r
            count = min(count + 1, room)


@compiled
def posts(
    idle: Ints, places: Ints, frees: Ints, to_restaurant: Ints, expected: Floats, delays: Floats,
    now: int, half_pickup: int, candidates: int, again: float, least_gain: float,
) -> Ints:  # fmt: skip
    """
    Choose a restaurant for each idle courier to wait at, or -1 to stay.

    Parameters
    ----------
    idle
        `(couriers,)`: 1 where the courier has nothing to do now.
    places, frees
        `(couriers,)`: where each will be free, and from which half minute.
    to_restaurant
        `(places, restaurants)`: half minutes of travel.
    expected
        `(restaurants,)`: orders that may come until couriers are placed anew.
    delays
        `(half minutes,)`: mean half minutes that a meal waits if it is taken up so long after its click; the last
        stands for longer.
    now, half_pickup
        Half minute of the day; half of the pick-up service, half minutes.
    candidates, again, least_gain
        How many restaurants, the nearest, to choose from; the probability that the nearest courier is taken when an
        order comes; the half minutes that a move must save.

    Notes
    -----
    One courier after the other, in roster order, each seeing the moves of those before. For a restaurant the three
    soonest couriers count, the nearest most. While somebody moves, he is nowhere for a while: a third of the way is
    added to his times. O(idle x (candidates + couriers) x restaurants).
    """
    restaurants = expected.shape[0]
    chosen = np.full(idle.shape[0], -1, dtype=np.int64)
    soon, trial = np.empty((restaurants, 3), dtype=np.int64), np.empty((restaurants, 3), dtype=np.int64)
    order = np.empty(candidates, dtype=np.int64)
    places, frees = places.copy(), frees.copy()
    for c in range(places.shape[0]):
        if idle[c] == 0:
            continue
        here = places[c]
        soonest_but(c, places, frees, to_restaurant, now, half_pickup, soon)
        nearest(to_restaurant[here], order)
        stay, best, best_r = 0.0, least_gain, -1
        for k in range(-1, candidates):
            there = here if k < 0 else order[k]
            ride = 0 if k < 0 else to_restaurant[here, there]
            if k >= 0 and ride == 0:
                continue
            trial[:, :] = soon
            for r in range(restaurants):
                let_in(to_restaurant[there, r] + ride // 3 + half_pickup, trial, r)
            total = waits(trial, expected, delays, again)
            stay = total if k < 0 else stay
            if stay - total > best:
                best, best_r = stay - total, there
        if best_r >= 0:
            frees[c] = now + to_restaurant[here, best_r]
            places[c] = chosen[c] = best_r
    return chosen

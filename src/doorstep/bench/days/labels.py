"""The cheapest trips under prices of orders and of time: label setting, exact, for one instant of starting."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from doorstep.base.compiled import compiled

Whole = NDArray[np.int64]
Real = NDArray[np.float64]

AT, CLOCK, SEEN, BEFORE, LINK, ALIVE, USED = 0, 1, 2, 3, 4, 5, 6
COLUMNS: Final = USED + 3
"""A label: its door, the end of service there, the orders of the trip as bits, the label before, the next at the same
door, whether nothing beat it, and the room used by zone."""
NEVER_S: Final = 1 << 30


def cheapest_trips(
    legs_s: NDArray[np.int32],
    ready: NDArray[np.bool_],
    due_s: Whole,
    service_s: Whole,
    volume_ml: Whole,
    box_ml: Whole,
    prize: Real,
    late: Whole,
    start_s: int,
    loading_s: int,
    slot_from_s: Whole,
    slot_price: Real,
    wanted: int,
    most_labels: int,
) -> tuple[Whole, Real, int]:
    """
    Find trips that start loading at one instant and whose cost is below what their orders and their time are worth.

    Parameters
    ----------
    legs_s
        Seconds, shape (n + 1, n + 1); place 0 is the site, order i goes to place i + 1; at most 62 orders.
    ready, due_s, service_s, volume_ml, prize
        Of each order: may be loaded at that instant; promised; at the door; room, (n, 3); what covering it is worth.
    box_ml
        Room in the box, shape (3,).
    late
        Price of a late order: once, and for each second.
    start_s, loading_s
        When loading starts, and how long it takes.
    slot_from_s, slot_price
        A trip that ends at or after `slot_from_s[j]` pays `slot_price[j]`; ascending, prices not negative.
    wanted
        How many trips to give back, cheapest first.
    most_labels
        Room for so many labels.

    Returns
    -------
    Trips as rows of order numbers, -1 after the last, shape (trips, n); their reduced costs; and how many labels were
    made, `most_labels` or more where room ran out, so that nothing is proven.

    Notes
    -----
    A label dies if another at the same door is no later, no dearer, no fuller and has visited no more. Elementary, so
    exact. References: Feillet et al. (2004), An exact algorithm for the elementary shortest path problem.
    """
    n, chosen = len(ready), ready & (prize > 0.0)
    hope = _hope(legs_s, chosen, prize)
    least_ml = volume_ml[chosen].min(axis=0) if chosen.any() else np.zeros(3, np.int64)
    labels, cost = np.empty((most_labels, COLUMNS), np.int64), np.empty(most_labels)
    best, best_cost = np.full(wanted, -1, np.int64), np.full(wanted, np.inf)
    orders = np.stack([chosen, due_s, service_s, *volume_ml.T], axis=1).astype(np.int64)
    rules = np.array([*late, start_s, loading_s, *box_ml, *least_ml], np.int64)
    made = _grow(legs_s, orders, rules, prize, hope, slot_from_s, slot_price, labels, cost, best, best_cost)
    if made >= most_labels:
        return np.empty((0, n), np.int64), np.empty(0), made
    order = [x for x in np.argsort(best_cost, kind="stable").tolist() if best_cost[x] < 0.0]
    return _trips(labels, best[order], n), best_cost[order], made


def _hope(legs_s: NDArray[np.int32], chosen: NDArray[np.bool_], prize: Real) -> Real:
    """Tell what so many more orders can bring to any trip at most: prizes less the shortest rides, the best first."""
    n = len(prize)
    from_any = np.where(np.append(True, chosen)[:, None], legs_s[:, 1:], NEVER_S)
    from_any[np.arange(1, n + 1), np.arange(n)] = NEVER_S
    gain = np.where(chosen, np.maximum(0.0, prize - from_any.min(axis=0)), 0.0)
    found: Real = np.concatenate(([0.0], np.cumsum(np.sort(gain)[::-1])))
    return found


def _trips(labels: Whole, last: Whole, n: int) -> Whole:
    """Follow labels back to the site."""
    trips = np.full((len(last), n), -1, np.int64)
    for row, label in enumerate(last.tolist()):
        walk, stops = label, []
        while walk >= 0:
            stops.append(labels[walk, AT])
            walk = int(labels[walk, BEFORE])
        trips[row, : len(stops)] = stops[::-1]
    return trips


@compiled
def _grow(
    legs_s: NDArray[np.int32],
    orders: Whole,
    rules: Whole,
    prize: Real,
    hope: Real,
    slot_from_s: Whole,
    slot_price: Real,
    labels: Whole,
    cost: Real,
    best: Whole,
    best_cost: Real,
) -> int:
    """
    Grow labels until none is left; columns of `labels` as named above, `best` the labels of the cheapest trips.

    Parameters
    ----------
    orders
        Shape (n, 6): whether it may be loaded and is worth something, due, seconds at the door, room by zone.
    rules
        Price of being late, once and a second; start, loading; room of the box by zone; least room of an order.
    hope
        What so many more orders can bring at most, shape (n + 1,).
    labels, cost, best, best_cost
        Results; `best_cost` begins at infinity.
    """
    n, most_labels = orders.shape[0], labels.shape[0]
    head = np.full(n, -1, np.int64)  # labels at a door, as a chain, the youngest first
    held = np.zeros(3, np.int64)
    made, done = 0, -1
    while done < made:
        if done >= 0 and labels[done, ALIVE] == 0:
            done += 1
            continue
        for i in range(n):
            if orders[i, 0] == 0 or (done >= 0 and (labels[done, SEEN] >> i) & 1):
                continue
            fits, more = True, n
            for z in range(3):
                held[z] = orders[i, 3 + z]
                if done >= 0:
                    held[z] += labels[done, USED + z]
                if held[z] > rules[4 + z]:
                    fits = False
                elif rules[7 + z] > 0:
                    more = min(more, (rules[4 + z] - held[z]) // rules[7 + z])
            if not fits:
                continue
            place, leaves, price, mask = 0, rules[2] + rules[3], -prize[i], 1 << i
            if done >= 0:
                place, leaves, mask = labels[done, AT] + 1, labels[done, CLOCK], mask | labels[done, SEEN]
                price += cost[done]
            ride = np.int64(legs_s[place, i + 1])
            end = leaves + ride + orders[i, 2]
            price += ride
            if end > orders[i, 1]:
                price += rules[0] + rules[1] * (end - orders[i, 1])
            if price - hope[more] >= 0.0:  # whatever follows, and even if the way back were free
                continue
            beaten, other = False, head[i]
            while other >= 0 and not beaten:
                if labels[other, CLOCK] <= end and cost[other] <= price and (labels[other, SEEN] & ~mask) == 0:
                    beaten = True
                    for z in range(3):
                        if labels[other, USED + z] > held[z]:
                            beaten = False
                other = labels[other, LINK]
            if beaten:
                continue
            if made >= most_labels:
                return made
            labels[made, AT], labels[made, CLOCK], labels[made, SEEN], labels[made, BEFORE] = i, end, mask, done
            labels[made, ALIVE], cost[made] = 1, price
            for z in range(3):
                labels[made, USED + z] = held[z]
            other, younger = head[i], -1
            while other >= 0:  # the new one may beat elder ones, which leave the chain
                gone = end <= labels[other, CLOCK] and price <= cost[other] and (mask & ~labels[other, SEEN]) == 0
                for z in range(3):
                    if held[z] > labels[other, USED + z]:
                        gone = False
                if not gone:
                    younger = other
                else:
                    labels[other, ALIVE] = 0
                    if younger < 0:
                        head[i] = labels[other, LINK]
                    else:
                        labels[younger, LINK] = labels[other, LINK]
                other = labels[other, LINK]
            labels[made, LINK] = head[i]
            head[i] = made
            back = end + legs_s[i + 1, 0]
            whole = price + legs_s[i + 1, 0]
            for j in range(slot_from_s.shape[0]):
                if slot_from_s[j] > back:
                    break
                whole += slot_price[j]
            worst = 0
            for j in range(best.shape[0]):
                if best_cost[j] > best_cost[worst]:
                    worst = j
            if whole < best_cost[worst]:
                best_cost[worst], best[worst] = whole, made
            made += 1
        done += 1
    return made

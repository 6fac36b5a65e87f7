"""The cheapest trips under prices of orders and of time: label setting, exact, for one instant of starting."""

import numpy as np
from numpy.typing import NDArray

from doorstep.base.compiled import compiled

Whole = NDArray[np.int64]
Real = NDArray[np.float64]


@compiled
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
    n = ready.shape[0]
    at = np.empty(most_labels, np.int64)
    clock = np.empty(most_labels, np.int64)
    cost = np.empty(most_labels)
    seen = np.empty(most_labels, np.int64)
    used = np.empty((most_labels, 3), np.int64)
    before = np.empty(most_labels, np.int64)
    alive = np.ones(most_labels, np.bool_)
    head = np.full(n, -1, np.int64)  # labels at a door, as a chain, the youngest first
    link = np.full(most_labels, -1, np.int64)
    best_trip = np.full(wanted, -1, np.int64)
    best_cost = np.full(wanted, np.inf)
    gain = np.zeros(n)  # the most that an order can still bring to any trip: its prize less the shortest ride there
    least_ml = np.full(3, np.iinfo(np.int64).max)
    for i in range(n):
        if ready[i] and prize[i] > 0.0:
            shortest = legs_s[0, i + 1]
            for j in range(n):
                if j != i and ready[j] and prize[j] > 0.0 and legs_s[j + 1, i + 1] < shortest:
                    shortest = legs_s[j + 1, i + 1]
            gain[i] = max(0.0, prize[i] - shortest)
            for z in range(3):
                least_ml[z] = min(least_ml[z], volume_ml[i, z])
    ranked = -np.sort(-gain)
    hope = np.zeros(n + 1)
    for i in range(n):
        hope[i + 1] = hope[i] + ranked[i]
    made, done = 0, -1
    while done < made:
        if done >= 0 and not alive[done]:
            done += 1
            continue
        for i in range(n):
            if not ready[i] or prize[i] <= 0.0:
                continue
            if done >= 0 and (seen[done] >> i) & 1:
                continue
            fits = True
            for z in range(3):
                held = volume_ml[i, z] + (used[done, z] if done >= 0 else 0)
                if held > box_ml[z]:
                    fits = False
            if not fits:
                continue
            place = at[done] + 1 if done >= 0 else 0
            leaves = clock[done] if done >= 0 else start_s + loading_s
            ride = legs_s[place, i + 1]
            end = leaves + ride + service_s[i]
            price = ride - prize[i] + (cost[done] if done >= 0 else 0.0)
            if end > due_s[i]:
                price += late[0] + late[1] * (end - due_s[i])
            mask = (seen[done] if done >= 0 else 0) | (1 << i)
            more = n
            for z in range(3):
                if least_ml[z] > 0:
                    held = volume_ml[i, z] + (used[done, z] if done >= 0 else 0)
                    more = min(more, (box_ml[z] - held) // least_ml[z])
            if price - hope[more] >= 0.0:  # whatever follows, and even if the way back were free
                continue
            beaten = False
            other = head[i]
            while other >= 0:
                if clock[other] <= end and cost[other] <= price and (seen[other] & ~mask) == 0:
                    roomier = True
                    for z in range(3):
                        held = volume_ml[i, z] + (used[done, z] if done >= 0 else 0)
                        if used[other, z] > held:
                            roomier = False
                    if roomier:
                        beaten = True
                        break
                other = link[other]
            if beaten:
                continue
            if made >= most_labels:
                return np.empty((0, n), np.int64), np.empty(0), made
            at[made], clock[made], cost[made], seen[made], before[made] = i, end, price, mask, done
            for z in range(3):
                used[made, z] = volume_ml[i, z] + (used[done, z] if done >= 0 else 0)
            other, younger = head[i], -1
            while other >= 0:  # the new one may beat elder ones, which leave the chain
                gone = False
                if end <= clock[other] and price <= cost[other] and (mask & ~seen[other]) == 0:
                    gone = True
                    for z in range(3):
                        if used[made, z] > used[other, z]:
                            gone = False
                if gone:
                    alive[other] = False
                    if younger < 0:
                        head[i] = link[other]
                    else:
                        link[younger] = link[other]
                else:
                    younger = other
                other = link[other]
            link[made] = head[i]
            head[i] = made
            whole = price + legs_s[i + 1, 0]
            back = end + legs_s[i + 1, 0]
            for j in range(slot_from_s.shape[0]):
                if slot_from_s[j] > back:
                    break
                whole += slot_price[j]
            worst = 0
            for j in range(wanted):
                if best_cost[j] > best_cost[worst]:
                    worst = j
            if whole < best_cost[worst]:
                best_cost[worst] = whole
                best_trip[worst] = made
            made += 1
        done += 1
    order = np.argsort(best_cost)
    found = 0
    for j in order:
        if best_cost[j] < 0.0:
            found += 1
    trips = np.full((found, n), -1, np.int64)
    costs = np.empty(found)
    for row in range(found):
        label = best_trip[order[row]]
        costs[row] = best_cost[order[row]]
        size = 0
        walk = label
        while walk >= 0:
            size += 1
            walk = before[walk]
        walk = label
        while walk >= 0:
            size -= 1
            trips[row, size] = at[walk]
            walk = before[walk]
    return trips, costs, made

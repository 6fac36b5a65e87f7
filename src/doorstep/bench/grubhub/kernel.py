"""Plans of all couriers made better: take a few orders out, put each back where it costs least, keep what pays."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from doorstep.base.compiled import compiled

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

NEVER = 1e15
ALONE, BEHIND, AHEAD = 0, 1, 2  # an order rides by itself, with the one before it, or as the head of the trip after it


class City(NamedTuple):
    """
    What a plan is priced by; times in half minutes of the day.

    Parameters
    ----------
    standing
        `(couriers, 3)`: place where the courier stands or will stand, when he can leave it, the last time to pick up.
    orders
        `(orders, 4)`: restaurant, ready, placed, 1 where waiting.
    to_restaurant
        `(places, restaurants)`: travel; places are restaurants, then couriers' first places, then doors.
    door_to_door
        `(orders, orders)`: travel between doors.
    far
        `(places,)`: travel from a place to where the next meal will probably be.
    price_time, price_empty, price_lost
        Of a half minute until a courier is near meals again, of one ridden with an empty box, of an order that nobody
        can take.
    first_door
        The place of order 0's door.
    half_pickup, half_dropoff
        Half of the services.
    """

    standing: Ints
    orders: Ints
    to_restaurant: Ints
    door_to_door: Ints
    far: Floats
    price_time: float
    price_empty: float
    price_lost: float
    first_door: int
    half_pickup: int
    half_dropoff: int


class Plan(NamedTuple):
    """
    What all couriers are to do, changed in place.

    Parameters
    ----------
    line, joined
        `(couriers, most orders of one)`: orders in the sequence of their doors; 1 where one rides with the one before.
    held
        `(couriers,)`: how many orders are planned for each.
    price
        `(couriers,)`: what each one's part costs, see `cost_of`.
    """

    line: Ints
    joined: Ints
    held: Ints
    price: Floats


@compiled
def cost_of(courier: int, line: Ints, joined: Ints, count: int, city: City) -> float:
    """
    Price one courier's plan in half minutes of click-to-door, or `NEVER` where it cannot be.

    Parameters
    ----------
    courier
        Row of `city.standing`.
    line, joined, count
        The first `count` entries: orders in the sequence of their doors; `joined` is 1 where one rides with the one
        before it.
    """
    place, now, off = city.standing[courier, 0], city.standing[courier, 1], city.standing[courier, 2]
    cost: float = 0.0
    empty = 0
    i = 0
    while i < count:
        ready = city.orders[line[i], 1]
        j = i + 1
        while j < count and joined[j] == 1:
            ready = max(ready, city.orders[line[j], 1])
            j += 1
        restaurant = city.orders[line[i], 0]
        ride = city.to_restaurant[place, restaurant]
        empty += ride
        pickup = max(now + ride + city.half_pickup, ready)
        if pickup > off:
            return NEVER
        now = pickup + city.half_pickup
        for k in range(i, j):
            if k == i:
                now += city.to_restaurant[city.first_door + line[k], restaurant]
            else:
                now += city.door_to_door[line[k - 1], line[k]]
            now += city.half_dropoff
            cost += now - city.orders[line[k], 2]
            now += city.half_dropoff
        place = city.first_door + line[j - 1]
        i = j
    cost += city.price_time * min(now + city.far[place], off) + city.price_empty * empty
    return float(cost)


@compiled
def ends(plan: Plan, city: City) -> Ints:
    """Tell where and from which half minute each courier is free when all is done: `(couriers, 2)`."""
    done = city.standing[:, :2].copy()
    for c in range(plan.line.shape[0]):
        place, now = done[c, 0], done[c, 1]
        i = 0
        while i < plan.held[c]:
            ready = city.orders[plan.line[c, i], 1]
            j = i + 1
            while j < plan.held[c] and plan.joined[c, j] == 1:
                ready = max(ready, city.orders[plan.line[c, j], 1])
                j += 1
            restaurant = city.orders[plan.line[c, i], 0]
            now = max(now + city.to_restaurant[place, restaurant] + city.half_pickup, ready) + city.half_pickup
            now += city.to_restaurant[city.first_door + plan.line[c, i], restaurant] + 2 * city.half_dropoff
            for k in range(i + 1, j):
                now += city.door_to_door[plan.line[c, k - 1], plan.line[c, k]] + 2 * city.half_dropoff
            place = city.first_door + plan.line[c, j - 1]
            i = j
        done[c, 0], done[c, 1] = place, now
    return done


@compiled
def drawn(state: Ints, below: int) -> int:
    """Draw a whole number from 0 to `below` - 1 and move the state on (xorshift)."""
    x = np.uint64(state[0])
    x ^= x << np.uint64(13)
    x ^= x >> np.uint64(7)
    x ^= x << np.uint64(17)
    state[0] = np.int64(x)
    return int(x >> np.uint64(11)) % below


@compiled
def take_out(order: int, line: Ints, joined: Ints, count: int) -> None:
    """Take an order out of one courier's line; the rest of its trip stays one trip."""
    at = 0
    while line[at] != order:
        at += 1
    if at + 1 < count and joined[at] == 0:
        joined[at + 1] = 0  # the next one of the trip now begins it
    for i in range(at, count - 1):
        line[i], joined[i] = line[i + 1], joined[i + 1]


@compiled
def put_in(order: int, at: int, mode: int, line: Ints, joined: Ints, count: int) -> None:
    """Put an order into one courier's line."""
    for i in range(count, at, -1):
        line[i], joined[i] = line[i - 1], joined[i - 1]
    line[at], joined[at] = order, 1 if mode == BEHIND else 0
    if mode == AHEAD:
        joined[at + 1] = 1


@compiled
def nearness(centre: int, waiting: Ints, held_by: Ints, near: Floats, state: Ints, city: City) -> None:
    """Say how near each waiting order is to one of them, in place and time, with chance; those in no line are far."""
    orders = city.orders
    for i in range(waiting.shape[0]):
        o = waiting[i]
        chance = drawn(state, 1024) / 1024.0
        apart = 0.5 * abs(orders[o, 1] - orders[centre, 1]) + city.to_restaurant[orders[o, 0], orders[centre, 0]]
        apart += 0.5 * city.to_restaurant[city.first_door + o, orders[centre, 0]]
        near[i] = apart * (0.5 + chance)
        if held_by[o] < 0:
            near[i] = NEVER
        elif o == centre:
            near[i] = -1.0
        elif held_by[o] == held_by[centre]:
            near[i] *= 0.3


@compiled
def in_turn(out: Ints, outs: int, key: Floats, state: Ints, city: City) -> None:
    """Sort what is to be put back: by ready, by way, by both, or by chance, as is drawn."""
    kind = drawn(state, 4)
    for i in range(outs):
        o = out[i]
        ready, way = city.orders[o, 1], city.to_restaurant[city.first_door + o, city.orders[o, 0]]
        if kind == 0:
            key[i] = ready
        elif kind == 1:
            key[i] = way
        elif kind == 2:
            key[i] = ready + way
        else:
            key[i] = drawn(state, 1 << 40)
    for i in range(1, outs):
        o, k = out[i], key[i]
        j = i - 1
        while j >= 0 and (key[j] > k or (key[j] == k and out[j] > o)):
            out[j + 1], key[j + 1] = out[j], key[j]
            j -= 1
        out[j + 1], key[j + 1] = o, k


@compiled
def best_place(o: int, plan: Plan, trial: Ints, trial_joined: Ints, city: City) -> tuple[float, int, int, int]:
    """Find where an order costs least: the rise, courier (or -1), place in the line, and how it rides."""
    couriers, room = plan.line.shape
    restaurant, ready = city.orders[o, 0], city.orders[o, 1]
    direct = 2 * city.half_pickup + city.to_restaurant[city.first_door + o, restaurant] + city.half_dropoff
    direct -= city.orders[o, 2]
    least, least_c, least_at, least_mode = city.price_lost, -1, 0, 0
    for c in range(couriers):
        m, line, joined = plan.held[c], plan.line[c], plan.joined[c]
        if m >= room:
            continue
        # No plan of this courier brings it earlier than going for it at once.
        pickup = city.standing[c, 1] + city.to_restaurant[city.standing[c, 0], restaurant] + city.half_pickup
        pickup = max(pickup, ready)
        if pickup > city.standing[c, 2] or pickup - city.half_pickup + direct > least + 1e-9:
            continue
        for at in range(m + 1):
            for mode in range(3):
                if mode == ALONE:
                    if at < m and joined[at] == 1:
                        continue
                elif mode == BEHIND:
                    if at == 0 or city.orders[line[at - 1], 0] != restaurant:
                        continue
                elif at == m or joined[at] == 1 or city.orders[line[at], 0] != restaurant:
                    continue
                trial[:m], trial_joined[:m] = line[:m], joined[:m]
                put_in(o, at, mode, trial, trial_joined, m)
                rise = cost_of(c, trial, trial_joined, m + 1, city) - plan.price[c]
                if rise < least - 1e-9:
                    least, least_c, least_at, least_mode = rise, c, at, mode
    return least, least_c, least_at, least_mode


@compiled
def priced(plan: Plan, rows: Ints, city: City) -> None:
    """Price the rows where `rows` is 1."""
    for c in range(rows.shape[0]):
        if rows[c] == 1:
            plan.price[c] = cost_of(c, plan.line[c], plan.joined[c], plan.held[c], city)


@compiled
def ruin(
    plan: Plan, held_by: Ints, out: Ints, outs: int, near: Floats, most: int, touched: Ints, waiting: Ints, city: City
) -> int:
    """Take out the `most` nearest orders that are in a line; return how many are out then."""
    for _ in range(most):
        i = int(np.argmin(near))
        if near[i] == NEVER:
            break
        near[i] = NEVER
        c = held_by[waiting[i]]
        take_out(waiting[i], plan.line[c], plan.joined[c], plan.held[c])
        plan.held[c] -= 1
        touched[c] = 1
        held_by[waiting[i]] = -1
        out[outs] = waiting[i]
        outs += 1
    priced(plan, touched, city)
    return outs


@compiled
def recreate(plan: Plan, held_by: Ints, out: Ints, outs: int, lost: Ints, touched: Ints, city: City) -> int:
    """Put each order in where it costs least, in the sequence given; return how many nobody can take."""
    room = plan.line.shape[1]
    trial, trial_joined = np.empty(room, dtype=np.int64), np.empty(room, dtype=np.int64)
    losses = 0
    for i in range(outs):
        o = out[i]
        rise, c, at, mode = best_place(o, plan, trial, trial_joined, city)
        if c < 0:
            lost[losses] = o
            losses += 1
            continue
        put_in(o, at, mode, plan.line[c], plan.joined[c], plan.held[c])
        plan.held[c] += 1
        plan.price[c] += rise
        touched[c] = 1
        held_by[o] = c
    return losses


@compiled
def copied(plan: Plan) -> Plan:
    """Copy a plan."""
    return Plan(plan.line.copy(), plan.joined.copy(), plan.held.copy(), plan.price.copy())


@compiled
def copy_rows(source: Plan, target: Plan, rows: Ints) -> None:
    """Copy the rows where `rows` is 1."""
    for c in range(rows.shape[0]):
        if rows[c] == 1:
            target.line[c], target.joined[c] = source.line[c], source.joined[c]
            target.held[c], target.price[c] = source.held[c], source.price[c]


@compiled
def hold(plan: Plan, held_by: Ints, rows: Ints) -> None:
    """Note who has which order, for the rows where `rows` is 1."""
    for c in range(rows.shape[0]):
        if rows[c] == 1:
            for i in range(plan.held[c]):
                held_by[plan.line[c, i]] = c


@compiled
def improve(
    plan: Plan, waiting: Ints, city: City, rounds: int, most_out: int, heat: float, seed: int
) -> float:  # fmt: skip
    """
    Make the plan better in place; return its price.

    Parameters
    ----------
    plan
        What was planned before; its prices need not be right.
    waiting
        The orders to plan, at least one, each known and not yet picked up; those in no line are put in first.
    rounds, most_out, heat, seed
        How often orders are taken out, how many at most at once, the loss (half minutes) accepted at first, the seed.

    Notes
    -----
    One round costs about (orders out) x (couriers) x (length of a line). Same arguments, same plans, on any machine.

    References
    ----------
    Schrimpf et al. (2000), Record breaking optimization results using the ruin and recreate principle.
    """
    couriers, n = plan.line.shape[0], waiting.shape[0]
    state = np.full(1, seed * 0x9E3779B97F + 0x7F4A7C15, dtype=np.int64)
    held_by = np.full(city.orders.shape[0], -1, dtype=np.int64)
    everybody, touched = np.ones(couriers, dtype=np.int64), np.zeros(couriers, dtype=np.int64)
    hold(plan, held_by, everybody)
    priced(plan, everybody, city)
    out, lost, kept_lost = np.empty(n, dtype=np.int64), np.empty(n, dtype=np.int64), np.empty(n, dtype=np.int64)
    loose = waiting[held_by[waiting] < 0]
    outs, losses, kept_losses = loose.shape[0], 0, 0
    out[:outs] = loose
    near, key = np.empty(n), np.empty(n)
    kept, best, kept_total, best_total = copied(plan), copied(plan), NEVER, NEVER
    for turn in range(rounds + 1):
        if turn > 0:
            out[:losses] = lost[:losses]
            most = 1 + drawn(state, min(most_out, n))
            nearness(waiting[drawn(state, n)], waiting, held_by, near, state, city)
            outs = ruin(plan, held_by, out, losses, near, most, touched, waiting, city)
        in_turn(out, outs, key, state, city)
        losses = recreate(plan, held_by, out, outs, lost, touched, city)
        total = plan.price.sum() + losses * city.price_lost
        allowed = heat * (1.0 - turn / (rounds + 1.0)) * (drawn(state, 1024) / 1024.0)
        if turn == 0 or total < kept_total + allowed:
            copy_rows(plan, kept, touched)
            kept_total, kept_losses = total, losses
            kept_lost[:losses] = lost[:losses]
            if total < best_total - 1e-6:
                best_total = total
                copy_rows(plan, best, everybody)
        else:
            copy_rows(kept, plan, touched)
            held_by[out[:outs]] = -1
            hold(plan, held_by, touched)
            losses, lost[:kept_losses] = kept_losses, kept_lost[:kept_losses]
        touched[:] = 0
    copy_rows(best, plan, everybody)
    return best_total

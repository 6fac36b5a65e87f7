"""
Ruin and recreate over courier → trips → orders, compiled.

A plan is a row of orders per courier, cut into trips. What a trip costs depends on when its courier is back from the
one before, so every courier's day is kept timed: what each order and each trip could still be delayed for free tells
most insertions apart without riding the day again; the others are ridden to the point where nothing changes any more.

References
----------
Christiaens & Vanden Berghe (2020), Slack induction by string removals for vehicle routing problems.
Savelsbergh (1992), The vehicle routing problem with time windows: minimizing duration (forward time slack).
Vigna (2016), An experimental exploration of Marsaglia's xorshift generators, scrambled.
"""

from collections.abc import Callable
from math import log
from typing import Final, NamedTuple, TypeVar, cast

import numpy as np
from numba import njit
from numpy.typing import NDArray

Kernel = TypeVar("Kernel", bound=Callable[..., object])

Whole = NDArray[np.int64]
Travel = NDArray[np.int32]
Number = int | np.int64  # a literal would be compiled once more, so arguments are written as np.int64
FAR: Final = 1 << 40

# Columns of `order`, a row an order. First what is given: seconds, volumes, places, cap on board, announced arrival,
# kinds that may go there, price of leaving it out. Then where it is now: courier (−1: nobody), trip, place in the row;
# end of service; ride to it; free delay of all orders of its trip up to it, and from it on; time on board left there;
# what a second of delay from it on costs at least, as orders are late already.
READY, DUE, SERVICE, V0, V1, V2, PLACE, PICK, CAP, SHOWN, KINDS, OUT = range(12)
WHO, TRIP, AT, DONE, LEG, BEFORE, AFTER, ROOM, PUSH = range(12, 21)
ORDER_COLUMNS: Final = 21
# Columns of `courier`, a row a courier. First what is given; then trips, orders and cost now, the ruin that last
# touched the row, trips, orders and cost before it, and trips and orders of the best plan.
FREE, OFF, B0, B1, B2, KIND, STANDS, BREAK_FROM, BREAK_TO, BREAK, RANGE_S, RANGE_M, SPARE = range(13)
TRIPS, COUNT, COST, SAVED, OLD_TRIPS, OLD_COUNT, OLD_COST, BEST_TRIPS, BEST_COUNT = range(13, 22)
COURIER_COLUMNS: Final = 22
# Columns of `trip`, by courier and trip, one more for the end of the day: where it begins in the row, now, before this
# ruin and in the best plan; the ruin that broke it; where it loads; the courier before it: free, stands, rested; rides
# off; volumes; all riding; ride home; cost; free delay of `T_FREE`; whether free delays tell everything; what a
# second of delay of `T_FREE` costs at least.
FIRST, OLD_FIRST, BEST_FIRST, BROKEN, T_PICK, T_FREE, T_STANDS, T_RESTED, DEPART, T_V0, T_V1, T_V2 = range(12)
RIDE, HOME, T_COST, SLACK, PLAIN, T_PUSH = range(12, 18)
TRIP_COLUMNS: Final = 18
# Places in `word`: prices and settings; then the cost now and of the best plan, the number of this ruin, how many are
# in the lists below, the state of chance; then how many slices travel has and when each begins.
LATE, LATE_PER, GRACE, STEEP, OVERTIME, TRIP_S, MOVED, TOLERANCE, UNFAIR, LOADING, RETURNS, RATE, QUICK = range(13)
NOW, BEST, RUIN, IN_BAG, TOUCHED, ABSENT, LOST, CHANCE, SLICES, SLICE_FROM = range(13, 23)
# Rows of `row` counted from the number of couriers: one to try things in; orders taken out by this ruin; orders in
# nobody's row; those nobody could take back; keys to sort by; couriers touched. Then every courier's row before this
# ruin, then every courier's row of the best plan.
TRY, BAG, OUTSIDE, UNTAKEN, KEYS, WHOM, OLD = range(7)


class Tables(NamedTuple):
    """What the kernel works on: columns above; travel (kinds, slices, places, places); near orders, nearest first."""

    order: Whole
    courier: Whole
    trip: Whole
    row: Whole
    travel: Travel
    metres: Travel
    word: Whole
    near: Travel


def compiled(function: Kernel) -> Kernel:
    """Compile as everywhere, but count no references: arrays are lent by the caller, and counting doubles the time."""
    return cast("Kernel", njit(cache=True, error_model="numpy", _nrt=False)(function))


@compiled
def _below(word: Whole, end: Number) -> Number:
    """Draw from 0 … end − 1 (xorshift64*)."""
    x = np.uint64(word[CHANCE])
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    word[CHANCE] = np.int64(x)
    return (np.int64((x * np.uint64(2685821657736338717)) >> np.uint64(33)) * end) >> 31


@compiled
def _slice(word: Whole, at_s: Number) -> Number:
    """Tell the slice of an instant."""
    found = 0
    while found + 1 < word[SLICES] and word[SLICE_FROM + found + 1] <= at_s:
        found += 1
    return found


@compiled
def _ride(a: Tables, r: Number, lo: Number, hi: Number, c: Number, free: Number, stands: Number, rested: Number):  # type: ignore[no-untyped-def] # noqa: ANN202 a tuple that numba infers
    """Ride orders row[r, lo:hi] as one trip: (cost or −1 if forbidden, back, stands, rested, ride-off, slice)."""
    order, courier, row, travel, metres, word = a.order, a.courier, a.row, a.travel, a.metres, a.word
    k, pick, ready = courier[c, KIND], order[row[r, lo], PICK], order[row[r, lo], READY]
    far = metres.shape[0] > 0
    for j in range(lo + 1, hi):
        ready = max(ready, order[row[r, j], READY])
    while True:
        part = _slice(word, free)
        ride = np.int64(travel[k, part, stands, pick]) if stands != pick else 0
        length = np.int64(metres[k, stands, pick]) if far else 0
        approach = ride
        depart = max(free + approach, ready) + word[LOADING]
        part = _slice(word, depart)
        clock, at, cost, allowed = depart, pick, word[TRIP_S], depart <= courier[c, OFF]
        for j in range(lo, hi):
            u = row[r, j]
            leg = np.int64(travel[k, part, at, order[u, PLACE]])
            if far:
                length += metres[k, at, order[u, PLACE]]
            ride += leg
            clock += leg + order[u, SERVICE]
            at = order[u, PLACE]
            allowed = allowed and clock - depart <= order[u, CAP]
            late = clock - order[u, DUE]
            if late > 0:
                cost += word[LATE] + word[LATE_PER] * late + word[STEEP] * max(0, late - word[GRACE])
            if order[u, SHOWN] >= 0:
                cost += word[MOVED] * max(0, abs(clock - order[u, SHOWN]) - word[TOLERANCE])
        if word[RETURNS] == 1:
            leg = np.int64(travel[k, part, at, pick])
            if far:
                length += metres[k, at, pick]
            ride += leg
            clock += leg
            at = pick
        if rested == 1 or courier[c, BREAK] == 0:
            break
        # A break is taken where it fits while the goods are not ready yet, or else as late as its window allows.
        rests = max(free, courier[c, BREAK_FROM]) + courier[c, BREAK]
        if rests + approach > depart - word[LOADING] and clock <= courier[c, BREAK_TO]:
            break
        free, rested = rests, 1
    if not allowed or ride > courier[c, RANGE_S] or length > courier[c, RANGE_M]:
        cost = -1 - ride
    return cost + ride, clock, at, rested, depart, part


@compiled
def _total(a: Tables, c: Number) -> None:
    """Add up a courier's day, and tell from its end what each trip could be delayed for free, or at what price."""
    order, courier, trip, row, travel, word = a.order, a.courier, a.trip, a.row, a.travel, a.word
    trips, k, quick = courier[c, TRIPS], courier[c, KIND], word[QUICK] == 1
    ends = trip[c, trips, T_FREE]
    over = max(0, ends - courier[c, OFF]) * word[OVERTIME] if trips > 0 else 0
    cost = over + word[UNFAIR] * max(0, courier[c, COUNT] - courier[c, SPARE])
    slack = max(0, courier[c, OFF] - ends)
    push = word[OVERTIME] if word[RATE] > 0 and trips > 0 and ends > courier[c, OFF] else 0
    trip[c, trips, SLACK], trip[c, trips, T_PUSH] = slack, push
    trip[c, trips, PLAIN] = 1 if quick and (courier[c, BREAK] == 0 or trip[c, trips, T_RESTED] == 1) else 0
    for t in range(trips - 1, -1, -1):
        cost += trip[c, t, T_COST]
        if trip[c, t, PLAIN] == 1:
            own = min(order[row[c, trip[c, t + 1, FIRST] - 1], BEFORE], courier[c, OFF] - trip[c, t, DEPART])
            stands, pick = trip[c, t, T_STANDS], trip[c, t, T_PICK]
            approach = np.int64(travel[k, 0, stands, pick]) if stands != pick else 0
            wait = trip[c, t, DEPART] - word[LOADING] - trip[c, t, T_FREE] - approach
            slack = wait + min(own, slack)
            push = push + order[row[c, trip[c, t, FIRST]], PUSH] if wait == 0 else 0
        else:
            slack, push = 0, 0
        trip[c, t, SLACK], trip[c, t, T_PUSH] = slack, push
    courier[c, COST] = cost


@compiled
def _retime(a: Tables, c: Number, since: Number) -> Number:
    """Time a courier's day again from a trip on; the first trip that is forbidden now, or −1."""
    order, courier, trip, row, travel, word = a.order, a.courier, a.trip, a.row, a.travel, a.word
    trips, k, quick = courier[c, TRIPS], courier[c, KIND], word[QUICK] == 1
    if since == 0:
        trip[c, 0, T_FREE], trip[c, 0, T_STANDS], trip[c, 0, T_RESTED] = courier[c, FREE], courier[c, STANDS], 0
    for t in range(since, trips):
        lo, hi = trip[c, t, FIRST], trip[c, t + 1, FIRST]
        free, stands, rested = trip[c, t, T_FREE], trip[c, t, T_STANDS], trip[c, t, T_RESTED]
        cost, back, ends, rests, depart, part = _ride(a, c, lo, hi, c, free, stands, rested)
        if cost < 0:
            return t
        pick = order[row[c, lo], PICK]
        v0, v1, v2, at, clock, least, service = 0, 0, 0, pick, depart, FAR, 0
        for j in range(lo, hi):
            u = row[c, j]
            v0, v1, v2 = v0 + order[u, V0], v1 + order[u, V1], v2 + order[u, V2]
            leg = np.int64(travel[k, part, at, order[u, PLACE]])
            clock += leg + order[u, SERVICE]
            service += order[u, SERVICE]
            at = order[u, PLACE]
            slack = max(0, order[u, DUE] - clock)
            if order[u, SHOWN] >= 0 and word[MOVED] > 0:
                early = clock < order[u, SHOWN] - word[TOLERANCE]
                slack = 0 if early else min(slack, max(0, order[u, SHOWN] + word[TOLERANCE] - clock))
            least = min(least, slack)
            order[u, PUSH] = word[LATE_PER] if word[RATE] > 0 and clock > order[u, DUE] else 0
            order[u, WHO], order[u, TRIP], order[u, AT], order[u, DONE], order[u, LEG] = c, t, j, clock, leg
            order[u, BEFORE], order[u, AFTER], order[u, ROOM] = least, slack, order[u, CAP] - (clock - depart)
        for j in range(hi - 2, lo - 1, -1):
            u, v = row[c, j], row[c, j + 1]
            order[u, AFTER], order[u, ROOM] = (
                min(order[u, AFTER], order[v, AFTER]),
                min(order[u, ROOM], order[v, ROOM]),
            )
            order[u, PUSH] += order[v, PUSH]
        approach = np.int64(travel[k, 0, stands, pick]) if stands != pick else 0
        trip[c, t, T_PICK], trip[c, t, DEPART], trip[c, t, T_COST] = pick, depart, cost
        trip[c, t, HOME] = np.int64(travel[k, part, at, pick]) if word[RETURNS] == 1 else 0
        trip[c, t, T_V0], trip[c, t, T_V1], trip[c, t, T_V2] = v0, v1, v2
        trip[c, t, RIDE] = approach + back - depart - service
        trip[c, t, PLAIN] = 1 if quick and (courier[c, BREAK] == 0 or rested == 1) else 0
        # For now the wait for goods; the free delay of what follows is added below.
        trip[c, t, SLACK] = depart - word[LOADING] - free - approach
        trip[c, t + 1, T_FREE], trip[c, t + 1, T_STANDS], trip[c, t + 1, T_RESTED] = back, ends, rests
    _total(a, c)
    return -1


@compiled
def _walk(a: Tables, c: Number, t: Number, at: Number, u: Number, limit: Number) -> Number:
    """Price order u before place `at` of trip t, or alone before trip t if `at` is −1; FAR if not below limit."""
    courier, trip, row, word = a.courier, a.trip, a.row, a.word
    r, much, then, gone = courier.shape[0] + TRY, 1, t, 0
    row[r, 0] = u
    if at >= 0:
        lo, hi = trip[c, t, FIRST], trip[c, t + 1, FIRST]
        for j in range(lo, at):
            row[r, j - lo] = row[c, j]
        row[r, at - lo] = u
        for j in range(at, hi):
            row[r, j - lo + 1] = row[c, j]
        much, then, gone = hi - lo + 1, t + 1, trip[c, t, T_COST]
    delta, free, stands, rested, _, _ = _ride(
        a, r, np.int64(0), much, c, trip[c, t, T_FREE], trip[c, t, T_STANDS], trip[c, t, T_RESTED]
    )
    if delta < 0:
        return FAR
    delta -= gone
    trips = courier[c, TRIPS]
    while then < trips:
        if delta >= limit:
            return FAR
        if free == trip[c, then, T_FREE] and stands == trip[c, then, T_STANDS] and rested == trip[c, then, T_RESTED]:
            break
        lo, hi = trip[c, then, FIRST], trip[c, then + 1, FIRST]
        cost, free, stands, rested, _, _ = _ride(a, c, lo, hi, c, free, stands, rested)
        if cost < 0:
            return FAR
        delta += cost - trip[c, then, T_COST]
        then += 1
    if then < trips:
        free = trip[c, trips, T_FREE]
    over = max(0, trip[c, trips, T_FREE] - courier[c, OFF]) if trips > 0 else 0
    delta += word[OVERTIME] * (max(0, free - courier[c, OFF]) - over)
    return delta if delta < limit else FAR


@compiled
def _inside(a: Tables, c: Number, t: Number, begin: Number, end: Number, u: Number, limit: Number):  # type: ignore[no-untyped-def] # noqa: ANN202
    """Find the place begin … end of trip t where order u costs least: (cost, place), (limit, −1) if none is below."""
    order, courier, trip, row, travel, word = a.order, a.courier, a.trip, a.row, a.travel, a.word
    best, where = limit, -1
    k, pick, place, service = courier[c, KIND], order[u, PICK], order[u, PLACE], order[u, SERVICE]
    first, last, plain = trip[c, t, FIRST], trip[c, t + 1, FIRST], trip[c, t, PLAIN] == 1
    wait = max(0, order[u, READY] - (trip[c, t, DEPART] - word[LOADING]))
    if plain and trip[c, t, DEPART] + wait > courier[c, OFF]:
        return best, where
    for at in range(begin, end + 1):
        before = row[c, at - 1] if at > first else -1
        after = row[c, at] if at < last else -1
        there = np.int64(travel[k, 0, pick if before < 0 else order[before, PLACE], place])
        onward = np.int64(travel[k, 0, place, pick if after < 0 else order[after, PLACE]])
        cost = there + onward - (trip[c, t, HOME] if after < 0 else order[after, LEG])
        if plain:
            if cost >= best:
                continue
            shift = wait + cost + service
            past = (trip[c, t, DEPART] if before < 0 else order[before, DONE]) + wait + there + service - order[u, DUE]
            # Free delays, less what they would be delayed: of the orders before, of those after, of the trips after.
            free, room = trip[c, t + 1, SLACK] - shift, courier[c, RANGE_S] - trip[c, t, RIDE] - shift + wait + service
            if before >= 0:
                free = min(free, order[before, BEFORE] - wait)
                room = min(room, order[u, CAP] - (order[before, DONE] - trip[c, t, DEPART] + there + service))
            else:
                room = min(room, order[u, CAP] - there - service)
            if after >= 0:
                free = min(free, order[after, AFTER] - shift)
                room = min(room, order[after, ROOM] - shift + wait)
            if room < 0:
                continue
            if past > 0:
                cost += word[LATE] + word[LATE_PER] * past + word[STEEP] * max(0, past - word[GRACE])
            if order[u, SHOWN] >= 0:
                cost += word[MOVED] * max(0, abs(past + order[u, DUE] - order[u, SHOWN]) - word[TOLERANCE])
            if free < 0:
                # Every second beyond what is free costs at least RATE, and who is late already becomes later: much is
                # refused without riding on.
                push = trip[c, t + 1, T_PUSH] + (order[after, PUSH] if after >= 0 else 0)
                if shift >= 0 and cost + max(-free * word[RATE], shift * push) >= best:
                    continue
                cost = _walk(a, c, t, at, u, best)
            elif shift < 0:
                cost = _walk(a, c, t, at, u, best)
        else:
            cost = _walk(a, c, t, at, u, best)
        if cost < best:
            best, where = cost, at
    return best, where


@compiled
def _alone(a: Tables, c: Number, u: Number, limit: Number):  # type: ignore[no-untyped-def] # noqa: ANN202
    """Find before which trip of a courier order u costs least alone: (cost, trip), (limit, −1) if none is below."""
    order, courier, trip, travel, word = a.order, a.courier, a.trip, a.travel, a.word
    best, which = limit, -1
    k, pick, place, ready = courier[c, KIND], order[u, PICK], order[u, PLACE], order[u, READY]
    there = np.int64(travel[k, 0, pick, place])
    riding = there + np.int64(travel[k, 0, place, pick])
    for t in range(courier[c, TRIPS] + 1):
        if trip[c, t, PLAIN] == 1 and trip[c, t, T_STANDS] == pick:
            cost, depart = riding + word[TRIP_S], max(trip[c, t, T_FREE], ready) + word[LOADING]
            past = depart + there + order[u, SERVICE] - order[u, DUE]
            if depart > courier[c, OFF] or riding > courier[c, RANGE_S] or there + order[u, SERVICE] > order[u, CAP]:
                break
            if past > 0:
                cost += word[LATE] + word[LATE_PER] * past + word[STEEP] * max(0, past - word[GRACE])
                if cost >= best:
                    break
            if order[u, SHOWN] >= 0:
                cost += word[MOVED] * max(0, abs(past + order[u, DUE] - order[u, SHOWN]) - word[TOLERANCE])
            shift = depart + riding + order[u, SERVICE] - trip[c, t, T_FREE]
            free = trip[c, t, SLACK] - shift
            if cost + max(-free * word[RATE], shift * trip[c, t, T_PUSH]) >= best:
                continue
            if free < 0:
                cost = _walk(a, c, t, np.int64(-1), u, best)
        else:
            cost = _walk(a, c, t, np.int64(-1), u, best)
        if cost < best:
            best, which = cost, t
    return best, which


@compiled
def _fits(a: Tables, u: Number, c: Number, t: Number) -> bool:
    """Whether order u may join trip t of courier c by kind, pick-up and box; t = −1: an empty box."""
    order, courier, trip = a.order, a.courier, a.trip
    v0, v1, v2 = order[u, V0], order[u, V1], order[u, V2]
    if t >= 0:
        if trip[c, t, T_PICK] != order[u, PICK]:
            return False
        v0, v1, v2 = v0 + trip[c, t, T_V0], v1 + trip[c, t, T_V1], v2 + trip[c, t, T_V2]
    allowed: bool = (order[u, KINDS] >> courier[c, KIND]) & 1 == 1
    roomy: bool = v0 <= courier[c, B0] and v1 <= courier[c, B1] and v2 <= courier[c, B2]
    return allowed and roomy


@compiled
def _put(a: Tables, u: Number, blink: Number) -> Number:
    """
    Insert an order where it costs least: how much. It stays out if nobody can take it for less than that costs.

    Next to near orders, or everywhere if `blink` is 0; or on a trip of its own. One in so many is overlooked.
    """
    order, courier, trip, travel, word, near = a.order, a.courier, a.trip, a.travel, a.word, a.near
    best: int = order[u, OUT]
    who, which, where = -1, -1, -1
    overlooked = _below(word, blink) if blink > 0 else 0
    for j in range(near.shape[1] if blink > 0 else 0):
        v = np.int64(near[u, j])
        if v < 0:
            break
        c, t = order[v, WHO], order[v, TRIP]
        if c < 0 or j == overlooked or not _fits(a, u, c, t):
            continue
        extra = word[UNFAIR] if courier[c, COUNT] >= courier[c, SPARE] else 0
        at = order[v, AT]
        found, at = _inside(a, c, t, at, at + 1, u, best - extra)
        if at >= 0:
            best, who, which, where = found + extra, c, t, at
    for c in range(courier.shape[0]):
        extra = word[UNFAIR] if courier[c, COUNT] >= courier[c, SPARE] else 0
        k = courier[c, KIND]
        if blink == 0:
            for t in range(courier[c, TRIPS]):
                if _fits(a, u, c, t):
                    begin, end = trip[c, t, FIRST], trip[c, t + 1, FIRST]
                    found, at = _inside(a, c, t, begin, end, u, best - extra)
                    if at >= 0:
                        best, who, which, where = found + extra, c, t, at
        riding = (
            np.int64(travel[k, 0, order[u, PICK], order[u, PLACE]]) + travel[k, 0, order[u, PLACE], order[u, PICK]]
        )
        if word[QUICK] == 1 and riding + word[TRIP_S] + extra >= best:
            continue
        if _fits(a, u, c, np.int64(-1)) and (blink == 0 or _below(word, blink) > 0):
            found, t = _alone(a, c, u, best - extra)
            if t >= 0:
                best, who, which, where = found + extra, c, t, -1
    if who < 0:
        return best
    _save(a, who)
    _insert(a, who, which, where, u)
    return best


@compiled
def _insert(a: Tables, c: Number, t: Number, at: Number, u: Number) -> None:
    """Put order u before place `at` of trip t, or on a trip of its own before trip t."""
    courier, trip, row = a.courier, a.trip, a.row
    trips = courier[c, TRIPS]
    if at < 0:
        at = trip[c, t, FIRST]
        for x in range(trips, t - 1, -1):
            trip[c, x + 1, FIRST], trip[c, x + 1, BROKEN] = trip[c, x, FIRST], trip[c, x, BROKEN]
        trips += 1
        trip[c, t, BROKEN] = 0
    for j in range(courier[c, COUNT], at, -1):
        row[c, j] = row[c, j - 1]
    row[c, at] = u
    for x in range(t + 1, trips + 1):
        trip[c, x, FIRST] += 1
    courier[c, TRIPS] = trips
    courier[c, COUNT] += 1
    bad = _retime(a, c, t)
    assert bad < 0, "an insertion was priced that is forbidden"


@compiled
def _remove(a: Tables, c: Number, t: Number, lo: Number, hi: Number) -> None:
    """Take row[c, lo:hi] of trip t into the bag, and whole trips that become forbidden by it."""
    order, courier, trip, row, word = a.order, a.courier, a.trip, a.row, a.word
    bag = courier.shape[0] + BAG
    while t >= 0:
        for j in range(lo, hi):
            row[bag, word[IN_BAG]] = row[c, j]
            word[IN_BAG] += 1
            order[row[c, j], WHO] = -1
        for j in range(hi, courier[c, COUNT]):
            row[c, j - hi + lo] = row[c, j]
        courier[c, COUNT] -= hi - lo
        for x in range(t + 1, courier[c, TRIPS] + 1):
            trip[c, x, FIRST] -= hi - lo
        if trip[c, t, FIRST] == trip[c, t + 1, FIRST]:
            for x in range(t, courier[c, TRIPS]):
                trip[c, x, FIRST], trip[c, x, BROKEN] = trip[c, x + 1, FIRST], trip[c, x + 1, BROKEN]
            courier[c, TRIPS] -= 1
        t = _retime(a, c, t)
        lo, hi = (trip[c, t, FIRST], trip[c, t + 1, FIRST]) if t >= 0 else (0, 0)


@compiled
def _save(a: Tables, c: Number) -> None:
    """Keep a courier's row before this ruin changes it."""
    courier, trip, row, word = a.courier, a.trip, a.row, a.word
    if courier[c, SAVED] == word[RUIN]:
        return
    m = courier.shape[0]
    courier[c, SAVED] = word[RUIN]
    row[m + WHOM, word[TOUCHED]] = c
    word[TOUCHED] += 1
    courier[c, OLD_TRIPS], courier[c, OLD_COUNT], courier[c, OLD_COST] = (
        courier[c, TRIPS],
        courier[c, COUNT],
        courier[c, COST],
    )
    for j in range(courier[c, COUNT]):
        row[m + OLD + c, j] = row[c, j]
    for t in range(courier[c, TRIPS] + 1):
        trip[c, t, OLD_FIRST] = trip[c, t, FIRST]


@compiled
def _undo(a: Tables) -> None:
    """Give every touched courier the row from before this ruin."""
    order, courier, trip, row, word = a.order, a.courier, a.trip, a.row, a.word
    m = courier.shape[0]
    for j in range(word[IN_BAG]):
        order[row[m + BAG, j], WHO] = -1
    for i in range(word[TOUCHED]):
        c = row[m + WHOM, i]
        courier[c, TRIPS], courier[c, COUNT] = courier[c, OLD_TRIPS], courier[c, OLD_COUNT]
        for j in range(courier[c, COUNT]):
            row[c, j] = row[m + OLD + c, j]
        for t in range(courier[c, TRIPS] + 1):
            trip[c, t, FIRST] = trip[c, t, OLD_FIRST]
        _retime(a, c, np.int64(0))


@compiled
def _keep(a: Tables) -> None:
    """Remember this plan as the best."""
    courier, trip, row, word = a.courier, a.trip, a.row, a.word
    m = courier.shape[0]
    word[BEST] = word[NOW]
    for c in range(m):
        courier[c, BEST_TRIPS], courier[c, BEST_COUNT] = courier[c, TRIPS], courier[c, COUNT]
        for j in range(courier[c, COUNT]):
            row[m + m + OLD + c, j] = row[c, j]
        for t in range(courier[c, TRIPS] + 1):
            trip[c, t, BEST_FIRST] = trip[c, t, FIRST]


@compiled
def _ruin(a: Tables, longest: Number, most: Number) -> None:
    """Take strings of orders out of several trips that are near each other."""
    order, trip, word, near = a.order, a.trip, a.word, a.near
    u = _below(word, order.shape[0])
    strings = 1 + _below(word, most)
    for j in range(-1, near.shape[1]):
        v = u if j < 0 else np.int64(near[u, j])
        if strings == 0 or v < 0:
            break
        c, t = order[v, WHO], order[v, TRIP]
        if c < 0 or trip[c, t, BROKEN] == word[RUIN]:
            continue
        _save(a, c)
        trip[c, t, BROKEN] = word[RUIN]
        lo, hi, at = trip[c, t, FIRST], trip[c, t + 1, FIRST], order[v, AT]
        length = 1 + _below(word, min(longest, hi - lo))
        begin = max(lo, at - length + 1)
        begin += _below(word, min(at, hi - length) - begin + 1)
        _remove(a, c, t, begin, begin + length)
        strings -= 1


@compiled
def _sort(a: Tables) -> None:
    """Sort the bag by one of five rules, drawn."""
    order, courier, row, travel, word = a.order, a.courier, a.row, a.travel, a.word
    rule, bag, keys = _below(word, 8), courier.shape[0] + BAG, courier.shape[0] + KEYS
    for j in range(word[IN_BAG]):
        u = row[bag, j]
        key = _below(word, 1 << 30)
        if rule <= 1:
            home = np.int64(travel[0, 0, order[u, PICK], order[u, PLACE]])
            key = -home if rule == 0 else home
        elif rule <= 3:
            key = order[u, DUE]
        elif rule == 4:
            key = -order[u, V0] - order[u, V1] - order[u, V2]
        i = j
        while i > 0 and row[keys, i - 1] > key:
            row[keys, i], row[bag, i] = row[keys, i - 1], row[bag, i - 1]
            i -= 1
        row[keys, i], row[bag, i] = key, u


@compiled
def search(a: Tables, rounds: Number, heat: float, cool: float, longest: Number, most: Number, blink: Number) -> float:
    """Ruin and recreate `rounds` times, from this heat on; what is left of the heat."""
    order, courier, row, word = a.order, a.courier, a.row, a.word
    m = courier.shape[0]
    bag, outside, untaken = m + BAG, m + OUTSIDE, m + UNTAKEN
    for _ in range(rounds):
        word[RUIN] += 1
        word[TOUCHED], word[LOST] = 0, 0
        again = min(8, word[ABSENT])
        left, cost = word[ABSENT] - again, word[NOW]
        for j in range(again):
            other = _below(word, left + j + 1)
            row[outside, left + j], row[outside, other] = row[outside, other], row[outside, left + j]
        for j in range(again):
            row[bag, j] = row[outside, left + j]
            cost -= order[row[bag, j], OUT]
        word[IN_BAG] = again
        _ruin(a, longest, most)
        _sort(a)
        for i in range(word[TOUCHED]):
            c = row[m + WHOM, i]
            cost += courier[c, COST] - courier[c, OLD_COST]
        luck = (1 + _below(word, 1 << 30)) / (1 << 30)
        limit = word[NOW] - heat * log(luck)
        for j in range(word[IN_BAG]):
            # What is dearer already will not become cheaper by what is still to be inserted.
            if cost >= limit:
                break
            u = row[bag, j]
            cost += _put(a, u, blink)
            if order[u, WHO] < 0:
                row[untaken, word[LOST]] = u
                word[LOST] += 1
        if cost < limit:
            word[NOW] = cost
            for j in range(word[LOST]):
                row[outside, left + j] = row[untaken, j]
            word[ABSENT] = left + word[LOST]
            if cost < word[BEST]:
                _keep(a)
        else:
            _undo(a)
        heat *= cool
    return heat


@compiled
def begin(a: Tables, given: Whole, cuts: Whole, queue: Whole) -> None:
    """Begin with the trips of a plan (courier, from, to in `given`), then insert the orders of a queue one by one."""
    order, courier, trip, row, word = a.order, a.courier, a.trip, a.row, a.word
    m = courier.shape[0]
    word[RUIN] = 1
    for c in range(m):
        trip[c, 0, FIRST] = 0
        _retime(a, c, np.int64(0))
    for x in range(cuts.shape[0]):
        c, t, begun = cuts[x, 0], courier[cuts[x, 0], TRIPS], False
        for j in range(cuts[x, 1], cuts[x, 2]):
            u = given[j]
            if order[u, WHO] >= 0 or not _fits(a, u, c, t if begun else np.int64(-1)):
                continue
            at = courier[c, COUNT] if begun else np.int64(-1)
            if _walk(a, c, t, at, u, np.int64(FAR)) < FAR:
                _insert(a, c, t, at, u)
                begun = True
    for j in range(queue.shape[0]):
        word[TOUCHED] = 0
        word[RUIN] += 1
        if order[queue[j], WHO] < 0:
            _put(a, queue[j], np.int64(0))
        if order[queue[j], WHO] < 0:
            row[m + OUTSIDE, word[ABSENT]] = queue[j]
            word[ABSENT] += 1
            word[NOW] += order[queue[j], OUT]
    for c in range(m):
        word[NOW] += courier[c, COST]
    _keep(a)

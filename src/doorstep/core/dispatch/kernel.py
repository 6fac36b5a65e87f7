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
from math import ceil, log
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
# end of service; ride to it; how long all orders of its trip up to it, and from it on, can be delayed before somebody
# else becomes late; time on board left there; what a second of delay costs, as orders up to it, and from it on, are
# late already; the places before and after it on the trip, and the ride on from it.
READY, DUE, SERVICE, V0, V1, V2, PLACE, PICK, CAP, SHOWN, KINDS, OUT = range(12)
WHO, TRIP, AT, DONE, LEG, BEFORE, AFTER, ROOM, PULL, PUSH, FROM, ONTO, ONWARD = range(12, 25)
ORDER_COLUMNS: Final = 25
# Columns of `courier`, a row a courier. First what is given; then trips, orders and cost now, the ruin that last
# touched the row and the first trip it touched, trips, orders and cost before it, trips and orders of the best plan,
# and whether the row was timed since that was kept.
FREE, OFF, B0, B1, B2, KIND, STANDS, BREAK_FROM, BREAK_TO, BREAK, RANGE_S, RANGE_M, SPARE = range(13)
TRIPS, COUNT, COST, SAVED, SINCE, OLD_TRIPS, OLD_COUNT, OLD_COST, BEST_TRIPS, BEST_COUNT, NEW = range(13, 24)
COURIER_COLUMNS: Final = 24
# Columns of `trip`, by courier and trip, one more for the end of the day: where it begins in the row, now, before this
# ruin and in the best plan; the ruin that broke it; where it loads; the courier before it: free, stands, rested; rides
# off; volumes; all riding; ride home; cost; how long the courier waits for the goods; how long it can be delayed until
# somebody else becomes late, and what a second of that costs; free delay of `T_FREE`; whether these tell everything.
FIRST, OLD_FIRST, BEST_FIRST, BROKEN, T_PICK, T_FREE, T_STANDS, T_RESTED, DEPART, T_V0, T_V1, T_V2 = range(12)
RIDE, HOME, T_COST, T_WAIT, T_ROOM, T_PUSH, SLACK, PLAIN = range(12, 20)
TRIP_COLUMNS: Final = 20
# Places in `word`: prices and settings (FIXED, RATE: what becoming late costs at least, once and a second; EXACT: what
# is late already costs the same every second; APART: 10,000ths of a second for each that promises of neighbours on a
# trip lie apart); then the cost now and of the best plan, the number of this ruin, how
# many are in the lists below, the state of chance, whether trips are noted; then how many slices travel has and when
# each begins.
LATE, LATE_PER, GRACE, STEEP, OVERTIME, TRIP_S, MOVED, TOLERANCE, UNFAIR, LOADING, RETURNS = range(11)
FIXED, RATE, EXACT, QUICK, APART = range(11, 16)
NOW, BEST, RUIN, IN_BAG, TOUCHED, ABSENT, LOST, CHANCE, NOTING, SLICES, SLICE_FROM = range(16, 27)
# Rows of `row` counted from the number of couriers: one to try things in; orders taken out by this ruin; orders in
# nobody's row; those nobody could take back; keys to sort by; couriers touched. Then every courier's row before this
# ruin, then every courier's row of the best plan.
TRY, BAG, OUTSIDE, UNTAKEN, KEYS, WHOM, OLD = range(7)
# Columns of `pool`, a row a trip that was ridden with nobody late, so many rows an order: a number that its orders
# make, its cost, its latest departure with nobody late, how many orders, and these in sequence.
P_KEY, P_COST, P_LATEST, P_COUNT, P_ORDERS = range(5)
POOL_LONGEST: Final = 12
POOL_COLUMNS: Final = P_ORDERS + POOL_LONGEST


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
    pool: Whole


def compiled(function: Kernel) -> Kernel:
    """Compile as everywhere, but count no references: arrays are lent by the caller, and counting doubles the time."""
    return cast("Kernel", njit(cache=True, error_model="numpy", _nrt=False)(function))


def inner(function: Kernel) -> Kernel:
    """Compile for `search` alone, which keeps it within itself: Python cannot call it, so nothing is made for that."""
    made = njit(error_model="numpy", _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
    return cast("Kernel", made(function))


@inner
def _below(word: Whole, end: Number) -> Number:
    """Draw from 0 … end − 1 (xorshift64*)."""
    x = np.uint64(word[CHANCE])
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    word[CHANCE] = np.int64(x)
    return (np.int64((x * np.uint64(2685821657736338717)) >> np.uint64(33)) * end) >> 31


@inner
def _slice(word: Whole, at_s: Number) -> Number:
    """Tell the slice of an instant."""
    found = 0
    while found + 1 < word[SLICES] and word[SLICE_FROM + found + 1] <= at_s:
        found += 1
    return found


@inner
def _between(order: Whole, word: Whole, u: Number, v: Number) -> Number:
    """Price how far the promises of two neighbours on a trip lie apart."""
    price: Number = abs(order[u, DUE] - order[v, DUE]) * word[APART] // 10_000
    return price


@inner
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
            if j > lo and word[APART] > 0:
                cost += _between(order, word, row[r, j - 1], u)
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


@inner
def _total(courier: Whole, trip: Whole, word: Whole, c: Number) -> None:
    """Add up a courier's day, and tell from its end what each trip could be delayed for free."""
    trips, off = courier[c, TRIPS], courier[c, OFF]
    ends = trip[c, trips, T_FREE]
    cost = word[UNFAIR] * max(0, courier[c, COUNT] - courier[c, SPARE])
    if trips > 0:
        cost += max(0, ends - off) * word[OVERTIME]
    slack = max(0, off - ends)
    trip[c, trips, SLACK] = slack
    trip[c, trips, PLAIN] = 1 if word[QUICK] == 1 and (courier[c, BREAK] == 0 or trip[c, trips, T_RESTED] == 1) else 0
    for t in range(trips - 1, -1, -1):
        cost += trip[c, t, T_COST]
        own = 0 if trip[c, t, T_PUSH] > 0 else min(trip[c, t, T_ROOM], off - trip[c, t, DEPART])
        slack = trip[c, t, T_WAIT] + min(own, slack) if trip[c, t, PLAIN] == 1 else 0
        trip[c, t, SLACK] = slack
    courier[c, COST] = cost


@inner
def _retime(a: Tables, c: Number, since: Number) -> Number:
    """Time a courier's day again from a trip on; the first trip that is forbidden now, or −1."""
    order, courier, trip, row, travel, word = a.order, a.courier, a.trip, a.row, a.travel, a.word
    trips, k, off = courier[c, TRIPS], courier[c, KIND], courier[c, OFF]
    exact = word[EXACT] == 1
    courier[c, NEW] = 1
    if since == 0:
        trip[c, 0, T_FREE], trip[c, 0, T_STANDS], trip[c, 0, T_RESTED] = courier[c, FREE], courier[c, STANDS], 0
    for t in range(since, trips):
        lo, hi = trip[c, t, FIRST], trip[c, t + 1, FIRST]
        free, stands, rested = trip[c, t, T_FREE], trip[c, t, T_STANDS], trip[c, t, T_RESTED]
        pick = order[row[c, lo], PICK]
        approach = np.int64(travel[k, 0, stands, pick]) if stands != pick else 0
        plain = word[QUICK] == 1 and (courier[c, BREAK] == 0 or rested == 1)
        cost, back, ends, rests, depart, part = word[TRIP_S], free, stands, rested, free + approach, 0
        if plain:
            for j in range(lo, hi):
                depart = max(depart, order[row[c, j], READY])
            depart += word[LOADING]
        else:
            cost, back, ends, rests, depart, part = _ride(a, c, lo, hi, c, free, stands, rested)
            if cost < 0:
                return t
        v0, v1, v2, at, clock, least, service, pull, board = 0, 0, 0, pick, depart, FAR, 0, 0, FAR
        for j in range(lo, hi):
            u = row[c, j]
            v0, v1, v2 = v0 + order[u, V0], v1 + order[u, V1], v2 + order[u, V2]
            leg = np.int64(travel[k, part, at, order[u, PLACE]])
            clock += leg + order[u, SERVICE]
            service += order[u, SERVICE]
            came, at = at, order[u, PLACE]
            slack, push = order[u, DUE] - clock, 0
            if slack < 0:
                past = -slack
                if plain:
                    cost += word[LATE] + word[LATE_PER] * past + word[STEEP] * max(0, past - word[GRACE])
                slack = 0
                if exact:
                    push = word[LATE_PER]
                    if word[STEEP] == 0:
                        slack = FAR
                    elif past >= word[GRACE]:
                        push, slack = push + word[STEEP], FAR
            if order[u, SHOWN] >= 0 and word[MOVED] > 0:
                moved = clock - order[u, SHOWN]
                if plain:
                    cost += word[MOVED] * max(0, abs(moved) - word[TOLERANCE])
                slack = 0 if moved < -word[TOLERANCE] else min(slack, max(0, word[TOLERANCE] - moved))
            least = min(least, slack)
            pull += push
            board = min(board, order[u, CAP] - (clock - depart))
            order[u, WHO], order[u, TRIP], order[u, AT], order[u, DONE], order[u, LEG] = c, t, j, clock, leg
            order[u, BEFORE], order[u, AFTER], order[u, PULL], order[u, PUSH] = least, slack, pull, push
            order[u, ROOM] = order[u, CAP] - (clock - depart)
            order[u, FROM], order[u, ONTO], order[u, ONWARD] = came, pick, 0
            if j > lo:
                v = row[c, j - 1]
                order[v, ONTO], order[v, ONWARD] = at, leg
                if plain and word[APART] > 0:
                    cost += _between(order, word, v, u)
        home = np.int64(travel[k, part, at, pick]) if word[RETURNS] == 1 else 0
        order[row[c, hi - 1], ONWARD] = home
        ride = approach + clock + home - depart - service
        if plain:
            back, ends, rests = clock + home, pick if word[RETURNS] == 1 else at, rested
            cost += ride
            if depart > off or board < 0 or ride > courier[c, RANGE_S]:
                return t
        for j in range(hi - 2, lo - 1, -1):
            u, v = row[c, j], row[c, j + 1]
            order[u, AFTER] = min(order[u, AFTER], order[v, AFTER])
            order[u, ROOM] = min(order[u, ROOM], order[v, ROOM])
            order[u, PUSH] += order[v, PUSH]
        trip[c, t, T_PICK], trip[c, t, DEPART], trip[c, t, T_COST] = pick, depart, cost
        trip[c, t, HOME], trip[c, t, RIDE] = home, ride
        trip[c, t, T_V0], trip[c, t, T_V1], trip[c, t, T_V2] = v0, v1, v2
        trip[c, t, PLAIN] = 1 if plain else 0
        trip[c, t, T_WAIT], trip[c, t, T_ROOM], trip[c, t, T_PUSH] = (
            depart - word[LOADING] - free - approach,
            least,
            pull,
        )
        trip[c, t + 1, T_FREE], trip[c, t + 1, T_STANDS], trip[c, t + 1, T_RESTED] = back, ends, rests
    _total(courier, trip, word, c)
    return -1


@inner
def _shifted(a: Tables, c: Number, t: Number, much: Number, then: Number, gone: Number, limit: Number) -> Number:
    """Price the row to try things in as a trip instead of t, or before t if `then` is t; FAR if not below limit."""
    courier, trip, word, r = a.courier, a.trip, a.word, a.courier.shape[0] + TRY
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


@inner
def _walk(a: Tables, c: Number, t: Number, at: Number, u: Number, limit: Number) -> Number:
    """Price order u before place `at` of trip t, or alone before trip t if `at` is −1; FAR if not below limit."""
    courier, trip, row = a.courier, a.trip, a.row
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
    return _shifted(a, c, t, much, then, gone, limit)


@inner
def _fits(order: Whole, courier: Whole, trip: Whole, u: Number, c: Number, t: Number) -> bool:
    """Whether order u may join trip t of courier c by kind, pick-up and box; t = −1: an empty box."""
    v0, v1, v2 = order[u, V0], order[u, V1], order[u, V2]
    if t >= 0:
        if trip[c, t, T_PICK] != order[u, PICK]:
            return False
        v0, v1, v2 = v0 + trip[c, t, T_V0], v1 + trip[c, t, T_V1], v2 + trip[c, t, T_V2]
    allowed: bool = (order[u, KINDS] >> courier[c, KIND]) & 1 == 1
    roomy: bool = v0 <= courier[c, B0] and v1 <= courier[c, B1] and v2 <= courier[c, B2]
    return allowed and roomy


@inner
def _delayed(courier: Whole, trip: Whole, word: Whole, c: Number, t: Number, delay: Number, limit: Number) -> Number:
    """Price a delay of `T_FREE` of trip t: FAR if forbidden or not below limit, −1 if only riding the day can tell."""
    cost, off, sure = 0, courier[c, OFF], True
    for x in range(t, courier[c, TRIPS]):
        if trip[c, x, PLAIN] == 0:
            return -1
        delay -= trip[c, x, T_WAIT]
        if delay <= 0:
            return cost if sure else -1
        if trip[c, x, DEPART] + delay > off:
            return FAR
        cost += trip[c, x, T_PUSH] * delay
        over = delay - trip[c, x, T_ROOM]
        if over > 0:
            sure = False
            cost += word[FIXED] + word[RATE] * over
        if cost >= limit:
            return FAR
    ends = trip[c, courier[c, TRIPS], T_FREE]
    cost += word[OVERTIME] * (max(0, ends + delay - off) - max(0, ends - off))
    if cost >= limit:
        return FAR
    return cost if sure else -1


@inner
def _beside_whom(a: Tables, v: Number, u: Number):  # type: ignore[no-untyped-def] # noqa: ANN202
    """Price how far apart promises lie with order u before order v, and behind it: what either adds to its trip."""
    order, trip, row, word = a.order, a.trip, a.row, a.word
    c, t, at = order[v, WHO], order[v, TRIP], order[v, AT]
    ahead = behind = np.int64(_between(order, word, u, v))
    if at > trip[c, t, FIRST]:
        w = row[c, at - 1]
        ahead += _between(order, word, w, u) - _between(order, word, w, v)
    if at + 1 < trip[c, t + 1, FIRST]:
        w = row[c, at + 1]
        behind += _between(order, word, u, w) - _between(order, word, v, w)
    return ahead, behind


@inner
def _beside(a: Tables, u: Number, blink: Number, limit: Number):  # type: ignore[no-untyped-def] # noqa: ANN202
    """
    Find where on a trip order u costs least: (cost, courier, trip, place), (limit, −1, …) if nowhere less than that.

    Next to near orders, or next to any if `blink` is 0. One near order in so many is overlooked.
    """
    order, courier, trip, row, travel, word, near = a.order, a.courier, a.trip, a.row, a.travel, a.word, a.near
    best, who, which, where = limit, np.int64(-1), np.int64(-1), np.int64(-1)
    pick, place, service = order[u, PICK], order[u, PLACE], order[u, SERVICE]
    overlooked, quick = _below(word, blink) if blink > 0 else -1, word[QUICK] == 1
    for i in range(near.shape[1] if blink > 0 else order.shape[0]):
        v = np.int64(near[u, i]) if blink > 0 else i
        if v < 0:
            break
        c, t = order[v, WHO], order[v, TRIP]
        if c < 0 or i == overlooked:
            continue
        k, extra, next_to = courier[c, KIND], np.int64(0), order[v, PLACE]
        to, back = np.int64(travel[k, 0, place, next_to]), np.int64(travel[k, 0, next_to, place])
        ahead = travel[k, 0, order[v, FROM], place] + to - order[v, LEG]
        behind = back + travel[k, 0, place, order[v, ONTO]] - order[v, ONWARD]
        # Promises that lie apart never take off more than the second that rounding down may.
        if quick and ahead > best and behind > best:
            continue
        dear_ahead, dear_behind = _beside_whom(a, v, u) if word[APART] > 0 else (np.int64(0), np.int64(0))
        if quick and ahead + dear_ahead >= best and behind + dear_behind >= best:
            continue
        if not _fits(order, courier, trip, u, c, t):
            continue
        plain = trip[c, t, PLAIN] == 1
        if courier[c, COUNT] >= courier[c, SPARE]:
            extra = word[UNFAIR]
        first, last, depart = trip[c, t, FIRST], trip[c, t + 1, FIRST], trip[c, t, DEPART]
        wait = max(0, order[u, READY] - (depart - word[LOADING]))
        if plain and depart + wait > courier[c, OFF]:
            continue
        for at in range(order[v, AT], order[v, AT] + 2):
            detour = ahead if at == order[v, AT] else behind
            cost, sure = extra + detour + (dear_ahead if at == order[v, AT] else dear_behind), False
            if plain:
                if cost >= best:
                    continue
                before = row[c, at - 1] if at > first else -1
                after = row[c, at] if at < last else -1
                there = np.int64(travel[k, 0, pick if before < 0 else order[before, PLACE], place])
                shift = wait + detour + service
                done = (depart if before < 0 else order[before, DONE]) + wait + there + service
                past, free = done - order[u, DUE], FAR
                room = min(courier[c, RANGE_S] - trip[c, t, RIDE] - detour, order[u, CAP] - (done - depart - wait))
                if past > 0:
                    cost += word[LATE] + word[LATE_PER] * past + word[STEEP] * max(0, past - word[GRACE])
                if order[u, SHOWN] >= 0:
                    cost += word[MOVED] * max(0, abs(done - order[u, SHOWN]) - word[TOLERANCE])
                if before >= 0:
                    free = order[before, BEFORE] - wait
                    cost += order[before, PULL] * wait
                if after >= 0:
                    free = min(free, order[after, AFTER] - shift)
                    room = min(room, order[after, ROOM] - shift + wait)
                    cost += order[after, PUSH] * shift
                if room < 0:
                    continue
                sure = bool(shift >= 0 and free >= 0)
                if shift >= 0:
                    # Who becomes late pays at least this.
                    if cost + (0 if sure else word[FIXED] - free * word[RATE]) >= best:
                        continue
                    if shift > trip[c, t + 1, SLACK]:
                        more = _delayed(courier, trip, word, c, t + 1, shift, best - cost)
                        if more == FAR:
                            continue
                        sure = bool(sure and more >= 0)
                        cost += np.int64(more)
            if not sure:
                cost = extra + _walk(a, c, t, at, u, best - extra)
            if cost < best:
                best, who, which, where = cost, c, t, np.int64(at)
    return best, who, which, where


@inner
def _apart(a: Tables, u: Number, blink: Number, limit: Number):  # type: ignore[no-untyped-def] # noqa: ANN202
    """
    Find whose which trip order u should precede alone: (cost, courier, trip), (limit, −1, −1) if nowhere below limit.

    One courier in so many is overlooked, none if `blink` is 0.
    """
    order, courier, trip, travel, word = a.order, a.courier, a.trip, a.travel, a.word
    best, who, which = limit, np.int64(-1), np.int64(-1)
    pick, place, ready, service = order[u, PICK], order[u, PLACE], order[u, READY], order[u, SERVICE]
    least = np.int64(FAR)
    for k in range(travel.shape[0]):
        least = min(least, np.int64(travel[k, 0, pick, place]) + travel[k, 0, place, pick] + word[TRIP_S])
    if word[QUICK] == 1 and least >= best:
        return best, who, which
    for c in range(courier.shape[0]):
        k, extra = courier[c, KIND], np.int64(0)
        if courier[c, COUNT] >= courier[c, SPARE]:
            extra = word[UNFAIR]
        there = np.int64(travel[k, 0, pick, place])
        riding = there + np.int64(travel[k, 0, place, pick])
        if word[QUICK] == 1 and riding + word[TRIP_S] + extra >= best:
            continue
        if not _fits(order, courier, trip, u, c, np.int64(-1)) or (blink > 0 and _below(word, blink) == 0):
            continue
        for t in range(courier[c, TRIPS] + 1):
            sure = trip[c, t, PLAIN] == 1 and trip[c, t, T_STANDS] == pick
            cost = extra
            if sure:
                depart = max(trip[c, t, T_FREE], ready) + word[LOADING]
                past = depart + there + service - order[u, DUE]
                cost += riding + word[TRIP_S]
                if depart > courier[c, OFF] or riding > courier[c, RANGE_S] or there + service > order[u, CAP]:
                    break
                if past > 0:
                    cost += word[LATE] + word[LATE_PER] * past + word[STEEP] * max(0, past - word[GRACE])
                    if cost >= best:
                        break
                if order[u, SHOWN] >= 0:
                    cost += word[MOVED] * max(0, abs(past + order[u, DUE] - order[u, SHOWN]) - word[TOLERANCE])
                if cost >= best:
                    continue
                shift = depart + riding + service - trip[c, t, T_FREE]
                if shift > trip[c, t, SLACK]:
                    more = _delayed(courier, trip, word, c, t, shift, best - cost)
                    if more == FAR:
                        continue
                    sure = more >= 0
                    cost += np.int64(more)
            if not sure:
                cost = extra + _walk(a, c, t, np.int64(-1), u, best - extra)
            if cost < best:
                best, who, which = cost, np.int64(c), np.int64(t)
    return best, who, which


@inner
def _put(a: Tables, u: Number, blink: Number, limit: Number) -> Number:
    """
    Insert an order where it costs least: how much. It stays out if nobody can take it for less than that costs.

    Not below `limit` it need not be inserted at all.
    """
    best, who, which, where = _beside(a, u, blink, min(limit, a.order[u, OUT]))
    best, other, trip = _apart(a, u, blink, best)
    cost: Number = best
    if other >= 0:
        who, which, where = other, trip, np.int64(-1)
    if who >= 0:
        _save(a, who, which)
        _insert(a, who, which, where, u)
    return cost


@inner
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


@inner
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


@inner
def _save(a: Tables, c: Number, since: Number) -> None:
    """Keep a courier's row before this ruin changes it from a trip on."""
    courier, trip, row, word = a.courier, a.trip, a.row, a.word
    if courier[c, SAVED] == word[RUIN]:
        courier[c, SINCE] = min(courier[c, SINCE], since)
        return
    m = courier.shape[0]
    courier[c, SAVED], courier[c, SINCE] = word[RUIN], since
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


@inner
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
        _retime(a, c, courier[c, SINCE])


@inner
def _mixed(x: Number) -> Number:
    """Scatter a number (the finish of splitmix64)."""
    y = (np.uint64(x) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    y = (y ^ (y >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    return np.int64(y ^ (y >> np.uint64(27)))


@inner
def _note(a: Tables, c: Number) -> None:
    """Note in the pool what this ruin made of a courier's trips, but where somebody is late."""
    order, courier, trip, row, pool, word = a.order, a.courier, a.trip, a.row, a.pool, a.word
    slots = pool.shape[0] // a.order.shape[0]
    for t in range(courier[c, SINCE], courier[c, TRIPS]):
        lo, hi = trip[c, t, FIRST], trip[c, t + 1, FIRST]
        cost = trip[c, t, T_COST]
        on_time = trip[c, t, RIDE] + word[TRIP_S]
        for j in range(lo + 1, hi if word[APART] > 0 else lo):
            on_time += _between(order, word, row[c, j - 1], row[c, j])
        if hi - lo > POOL_LONGEST or cost != on_time:
            continue
        key = np.int64(0)
        for j in range(lo, hi):
            key += _mixed(row[c, j])
        # The same orders in another sequence are found again: kept with one of them, which the key draws.
        first, least = np.int64(0), np.int64(-1)
        for j in range(lo, hi):
            drawn = (row[c, j] + 1) * (key | 1) & 0x7FFF_FFFF
            if least < 0 or drawn < least:
                first, least = row[c, j], drawn
        at = first * slots + ((key >> 32) & 0x7FFF_FFFF) % slots
        for x in range(at, min(at + 4, (first + 1) * slots)):
            if pool[x, P_COUNT] == 0 or pool[x, P_KEY] == key:
                at = x
                break
        if pool[at, P_COUNT] > 0 and pool[at, P_KEY] == key and pool[at, P_COST] <= cost:
            continue
        pool[at, P_KEY], pool[at, P_COST], pool[at, P_COUNT] = key, cost, hi - lo
        pool[at, P_LATEST] = trip[c, t, DEPART] + trip[c, t, T_ROOM]
        for j in range(lo, hi):
            pool[at, P_ORDERS + j - lo] = row[c, j]


@compiled
def gather(
    a: Tables, first: Number, most: Number, items: Whole, local: Whole, members: Whole, column: Whole
) -> Number:
    """
    List near trips of the plan, and the trips of the pool with orders of these only: how many; 0 if there are none.

    Parameters
    ----------
    first, most
        An order, and how many trips to take beside its own.
    items
        Filled with the orders of those trips.
    local
        Shape (orders,), −1 everywhere, before and after.
    members, column
        Filled with a row a trip: its orders by their places in `items`; how many, its cost, its row in the pool or −1.
    """
    order, trip, row, near, pool = a.order, a.trip, a.row, a.near, a.pool
    slots, size, found = pool.shape[0] // order.shape[0], np.int64(0), np.int64(0)
    for i in range(-1, near.shape[1]):
        v = first if i < 0 else np.int64(near[first, i])
        if v < 0 or found == most:
            break
        if order[v, WHO] < 0 or local[v] >= 0:
            continue
        c, t = order[v, WHO], order[v, TRIP]
        lo, hi = trip[c, t, FIRST], trip[c, t + 1, FIRST]
        if hi - lo > POOL_LONGEST or size + hi - lo > items.shape[0]:
            break
        for j in range(lo, hi):
            local[row[c, j]], items[size], members[found, j - lo] = size, row[c, j], size
            size += 1
        column[found, 0], column[found, 1], column[found, 2] = hi - lo, trip[c, t, T_COST], -1
        found += 1
    trips = found
    for i in range(size):
        for x in range(items[i] * slots, (items[i] + 1) * slots):
            much, inside = pool[x, P_COUNT], found < members.shape[0]
            if not inside:
                break
            for j in range(much):
                members[found, j] = local[pool[x, P_ORDERS + j]]
                if members[found, j] < 0:
                    inside = False
                    break
            if inside and much > 0:
                column[found, 0], column[found, 1], column[found, 2] = much, pool[x, P_COST], x
                found += 1
    for i in range(size):
        local[items[i]] = -1
    return found if trips > 1 and found > trips else np.int64(0)


@inner
def _settle(a: Tables, x: Number) -> bool:
    """Give a trip of the pool to the courier and the turn where it costs least; whether anybody can take it."""
    order, courier, trip, row, pool = a.order, a.courier, a.trip, a.row, a.pool
    r, much = courier.shape[0] + TRY, pool[x, P_COUNT]
    best, who, which = np.int64(FAR), np.int64(-1), np.int64(-1)
    v0, v1, v2, kinds = 0, 0, 0, np.int64(-1)
    for j in range(much):
        u = pool[x, P_ORDERS + j]
        row[r, j] = u
        kinds &= order[u, KINDS]
        v0, v1, v2 = v0 + order[u, V0], v1 + order[u, V1], v2 + order[u, V2]
    for c in range(courier.shape[0]):
        roomy = v0 <= courier[c, B0] and v1 <= courier[c, B1] and v2 <= courier[c, B2]
        for t in range(courier[c, TRIPS] + 1 if roomy and (kinds >> courier[c, KIND]) & 1 == 1 else 0):
            cost = np.int64(_shifted(a, c, t, much, t, np.int64(0), best))
            if cost < best:
                best, who, which = cost, np.int64(c), np.int64(t)
    if who < 0:
        return False
    _save(a, who, which)
    trips, at = courier[who, TRIPS], trip[who, which, FIRST]
    for t in range(trips, which - 1, -1):
        trip[who, t + 1, FIRST], trip[who, t + 1, BROKEN] = trip[who, t, FIRST] + much, trip[who, t, BROKEN]
    for j in range(courier[who, COUNT] - 1, at - 1, -1):
        row[who, j + much] = row[who, j]
    for j in range(much):
        row[who, at + j] = row[r, j]
    trip[who, which, FIRST], trip[who, which, BROKEN] = at, 0
    courier[who, TRIPS] = trips + 1
    courier[who, COUNT] += much
    bad = _retime(a, who, which)
    assert bad < 0, "a trip was priced that is forbidden"
    return True


@compiled
def swap(a: Tables, chosen: Whole) -> bool:
    """Ride these trips of the pool instead of those that have their orders now, if that is cheaper; whether it is."""
    order, courier, trip, row, pool, word = a.order, a.courier, a.trip, a.row, a.pool, a.word
    m = courier.shape[0]
    word[RUIN] += 1
    word[TOUCHED], word[IN_BAG] = 0, 0
    for x in chosen:
        for j in range(pool[x, P_COUNT]):
            u = pool[x, P_ORDERS + j]
            c, t = order[u, WHO], order[u, TRIP]
            if c >= 0:
                _save(a, c, t)
                _remove(a, c, t, trip[c, t, FIRST], trip[c, t + 1, FIRST])
    # Who must leave first is placed first.
    for i in range(1, chosen.shape[0]):
        x, j = chosen[i], i
        while j > 0 and pool[chosen[j - 1], P_LATEST] > pool[x, P_LATEST]:
            chosen[j] = chosen[j - 1]
            j -= 1
        chosen[j] = x
    cost, settled = word[NOW], True
    for x in chosen:
        settled = settled and _settle(a, x)
    for j in range(word[IN_BAG] if settled else 0):
        # Trips that became forbidden were taken off, too.
        if order[row[m + BAG, j], WHO] < 0:
            _put(a, row[m + BAG, j], np.int64(0), np.int64(FAR))
        settled = settled and order[row[m + BAG, j], WHO] >= 0
    for i in range(word[TOUCHED]):
        c = row[m + WHOM, i]
        cost += courier[c, COST] - courier[c, OLD_COST]
    if not settled or cost >= word[NOW]:
        _undo(a)
        return False
    word[NOW] = cost
    if cost < word[BEST]:
        _keep(a)
    return True


@inner
def _keep(a: Tables) -> None:
    """Remember this plan as the best."""
    courier, trip, row, word = a.courier, a.trip, a.row, a.word
    m = courier.shape[0]
    word[BEST] = word[NOW]
    for c in range(m):
        if courier[c, NEW] == 0:
            continue
        courier[c, NEW] = 0
        courier[c, BEST_TRIPS], courier[c, BEST_COUNT] = courier[c, TRIPS], courier[c, COUNT]
        for j in range(courier[c, COUNT]):
            row[m + m + OLD + c, j] = row[c, j]
        for t in range(courier[c, TRIPS] + 1):
            trip[c, t, BEST_FIRST] = trip[c, t, FIRST]


@inner
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
        _save(a, c, t)
        trip[c, t, BROKEN] = word[RUIN]
        lo, hi, at = trip[c, t, FIRST], trip[c, t + 1, FIRST], order[v, AT]
        length = 1 + _below(word, min(longest, hi - lo))
        begin = max(lo, at - length + 1)
        begin += _below(word, min(at, hi - length) - begin + 1)
        _remove(a, c, t, begin, begin + length)
        strings -= 1


@inner
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


@inner
def _begin(a: Tables, given: Whole, cuts: Whole, queue: Whole) -> None:
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
            if order[u, WHO] >= 0 or not _fits(order, courier, trip, u, c, t if begun else np.int64(-1)):
                continue
            at = courier[c, COUNT] if begun else np.int64(-1)
            if _walk(a, c, t, at, u, np.int64(FAR)) < FAR:
                _insert(a, c, t, at, u)
                begun = True
    for j in range(queue.shape[0]):
        word[TOUCHED] = 0
        word[RUIN] += 1
        if order[queue[j], WHO] < 0:
            _put(a, queue[j], np.int64(0), np.int64(FAR))
        if order[queue[j], WHO] < 0:
            row[m + OUTSIDE, word[ABSENT]] = queue[j]
            word[ABSENT] += 1
            word[NOW] += order[queue[j], OUT]
    for c in range(m):
        word[NOW] += courier[c, COST]
    _keep(a)


@compiled
def search(
    a: Tables,
    given: Whole,
    cuts: Whole,
    queue: Whole,
    rounds: Number,
    heat: float,
    cool: float,
    longest: Number,
    most: Number,
    blink: Number,
) -> float:
    """Begin if there is a queue, then ruin and recreate `rounds` times from this heat on; what is left of the heat."""
    order, courier, row, word = a.order, a.courier, a.row, a.word
    if queue.shape[0] > 0:
        _begin(a, given, cuts, queue)
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
        limit_s = np.int64(ceil(limit))
        for j in range(word[IN_BAG]):
            # What is dearer already will not become cheaper by what is still to be inserted.
            if cost >= limit:
                break
            u = row[bag, j]
            cost += _put(a, u, blink, limit_s - cost)
            if order[u, WHO] < 0:
                row[untaken, word[LOST]] = u
                word[LOST] += 1
        for i in range(word[TOUCHED] if word[NOTING] == 1 else 0):
            _note(a, row[m + WHOM, i])
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

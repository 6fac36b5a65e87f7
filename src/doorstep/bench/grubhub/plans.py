"""The dispatcher with a plan: every minute all plans are made better; only what must leave now leaves now."""

from collections.abc import Sequence

import numpy as np
from msgspec import Struct

from doorstep.bench.grubhub.atlas import Atlas
from doorstep.bench.grubhub.kernel import City, Plan, ends, improve
from doorstep.bench.grubhub.live import Go, Known, Whereabouts
from doorstep.bench.grubhub.posts import posts
from doorstep.bench.grubhub.travel import Ints
from doorstep.intake.grubhub.instance import MealOrder

ROOM = 24  # orders that one courier's plan may hold
SOON = 30  # half minutes: who comes on duty within them counts when others are sent to wait
LAST = 20  # half minutes before the end of a shift from which nobody is sent anywhere to wait


class Params(Struct, frozen=True, kw_only=True):
    """
    What the planner weighs; the defaults were tuned on days drawn by `alike`, never on the instances themselves.

    Parameters
    ----------
    seed
        Of the rounds in which plans are made better.
    rounds, per_order
        Rounds a minute: so many for each waiting order, and at most so many in all.
    most_out, heat
        Orders taken out at once at most; half minutes by which a round may be worse at first.
    price_time, price_load
        Of a courier's half minute, in half minutes of click-to-door; the second is multiplied by waiting orders for
        each courier on duty (at most 2) and added.
    price_empty
        Of a half minute ridden with an empty box, besides.
    price_lost
        Of an order that nobody could take, half minutes.
    share
        The part of the demand that counts as near a place.
    ahead_min
        Minutes of expected orders for which idle couriers are placed; 0 places nobody.
    again
        Probability that the nearest courier is already taken when an order comes.
    least_gain
        Half minutes that sending somebody to wait elsewhere must save.
    candidates
        Restaurants to which an idle courier may be sent, the nearest.
    """

    seed: int = 1
    rounds: int = 300
    per_order: int = 10
    most_out: int = 6
    heat: float = 4.0
    price_time: float = 0.1
    price_load: float = 0.0
    price_empty: float = 0.0
    price_lost: float = 800.0
    share: float = 0.05
    ahead_min: float = 30.0
    again: float = 0.4
    least_gain: float = 1.0
    candidates: int = 12


class Plans:
    """
    Plans for all couriers over all waiting orders, kept from minute to minute.

    Parameters
    ----------
    known
        What is known before the first order.
    params
        What is weighed.

    Notes
    -----
    Nothing is final before it must be. A courier sets out for a restaurant in the last minute in which that costs
    nothing, as a move; what he takes along is said when he loads. A courier with no plan may be sent to wait where
    the next orders are likely.
    """

    def __init__(self, known: Known, params: Params) -> None:
        self._known, self._params = known, params
        self._atlas = Atlas(known, share=params.share)
        n = len(known.couriers)
        self._line = np.zeros((n, ROOM), dtype=np.int64)
        self._joined = np.zeros((n, ROOM), dtype=np.int64)
        self._count = np.zeros(n, dtype=np.int64)
        self._on = np.array([2 * x.on_min for x in known.couriers], dtype=np.int64)
        self._off = np.array([2 * x.off_min for x in known.couriers], dtype=np.int64)

    def decide(self, minute: int, placed: Sequence[MealOrder], street: Sequence[Whereabouts]) -> list[Go]:
        """Plan anew from the last plan, then say who must leave now and who should wait elsewhere."""
        now = 2 * minute
        atlas = self._atlas
        atlas.learn(placed)
        places = [atlas.places[x.at] for x in street]
        frees = [max(x.free, now) for x in street]
        standing = np.column_stack([places, frees, self._off]).astype(np.int64).reshape(-1, 3)
        waiting = np.flatnonzero(atlas.orders[:, 3])
        city = self._city(standing, now, len(waiting))
        if len(waiting):
            self._improve(minute, city, waiting)
        gone: list[Go] = []
        idle = np.zeros(len(street), dtype=np.int64)
        for c in np.flatnonzero((standing[:, 1] <= now) & (self._on <= now) & (self._off >= now)).tolist():
            go = self._leaves(c, now, city) if self._count[c] else None
            if go is not None:
                gone.append(go)
            idle[c] = go is None and self._count[c] == 0
        if self._params.ahead_min > 0 and idle.any() and atlas.names:
            gone += self._moves(now, idle, city, {x.courier for x in gone})
        return gone

    def _city(self, standing: Ints, now: int, waiting: int) -> City:
        p, atlas, numbers = self._params, self._atlas, self._known.numbers
        on_duty = int(((self._on <= now) & (self._off > now)).sum())
        return City(
            standing=standing,
            orders=atlas.orders,
            to_restaurant=atlas.to_restaurant,
            door_to_door=atlas.door_to_door,
            far=atlas.far,
            price_time=p.price_time + p.price_load * min(2.0, waiting / max(1, on_duty)),
            price_empty=p.price_empty,
            price_lost=p.price_lost,
            first_door=atlas.first_door,
            half_pickup=numbers.pickup_min,  # half of the minutes in half minutes is the same number
            half_dropoff=numbers.dropoff_min,
        )

    def _improve(self, minute: int, city: City, waiting: Ints) -> None:
        p = self._params
        rows = np.flatnonzero(self._off >= 2 * minute)
        plan = Plan(self._line[rows], self._joined[rows], self._count[rows], np.zeros(len(rows)))
        improve(
            plan,
            waiting,
            city._replace(standing=city.standing[rows]),
            min(p.rounds, p.per_order * len(waiting)),
            p.most_out,
            p.heat,
            p.seed * 10_007 + minute,
        )
        self._line[rows], self._joined[rows], self._count[rows] = plan.line, plan.joined, plan.held

    def _leaves(self, c: int, now: int, city: City) -> Go | None:
        """Say how courier c leaves for the first trip of the plan, if a minute later would be too late for it."""
        end = 1
        while end < self._count[c] and self._joined[c, end]:
            end += 1
        trip = self._line[c, :end].copy()
        restaurant = int(city.orders[trip[0], 0])
        ride = int(city.to_restaurant[city.standing[c, 0], restaurant])
        if now + ride + city.half_pickup + 2 <= city.orders[trip, 1].max():
            return None
        courier, name = self._known.couriers[c].courier, self._known.restaurants[restaurant].restaurant
        if ride > 0:
            return Go(courier=courier, restaurant=name)
        city.orders[trip, 3] = 0
        left = int(self._count[c]) - end
        for table in (self._line, self._joined):
            table[c, :left] = table[c, end : end + left].copy()
        self._count[c] = left
        return Go(courier=courier, restaurant=name, orders=tuple(self._atlas.names[x] for x in trip.tolist()))

    def _moves(self, now: int, idle: Ints, city: City, gone: set[str]) -> list[Go]:
        """Send idle couriers to wait where the next orders are likely."""
        p, couriers = self._params, self._known.couriers
        done = ends(Plan(self._line, self._joined, self._count, np.zeros(len(couriers))), city)
        here = np.array([x.courier not in gone for x in couriers])
        use = np.flatnonzero(here & (self._on <= now + SOON) & (np.maximum(done[:, 1], now) < self._off - LAST))
        chosen = posts(
            idle[use],
            done[use, 0],
            done[use, 1],
            city.to_restaurant,
            self._atlas.expected(now // 2, ahead_min=p.ahead_min),
            self._atlas.delays(),
            now,
            city.half_pickup,
            min(p.candidates, len(self._known.restaurants)),
            p.again,
            p.least_gain,
        )
        return [
            Go(courier=couriers[c].courier, restaurant=self._known.restaurants[r].restaurant)
            for c, r in zip(use.tolist(), chosen.tolist(), strict=True)
            if r >= 0
        ]

"""An instance lived minute by minute: what a dispatcher may know, may say, and what then happens on the street."""

from collections.abc import Callable, Sequence
from typing import Protocol

from msgspec import Struct

from doorstep.bench.grubhub.sheet import Row
from doorstep.bench.grubhub.travel import minutes_between
from doorstep.intake.grubhub.instance import Instance, MealCourier, MealOrder, Numbers, Restaurant

Progress = Callable[[int, int], None]


class Known(Struct, frozen=True, kw_only=True):
    """What is known before the first order: who works when, where meals are made, the rules' numbers."""

    couriers: tuple[MealCourier, ...]
    restaurants: tuple[Restaurant, ...]
    numbers: Numbers


class Whereabouts(Struct, kw_only=True):
    """
    One courier on the street.

    Parameters
    ----------
    x_m, y_m
        Where the courier stands, or will stand when free.
    at
        The restaurant, order or courier whose place that is.
    free
        Half minute of the day from which the courier can set out again.
    """

    x_m: int
    y_m: int
    at: str
    free: int


class Go(Struct, frozen=True, kw_only=True):
    """A courier sets out now: for `orders`, in the sequence of their doors, or, without any, to wait there."""

    courier: str
    restaurant: str
    orders: tuple[str, ...] = ()


class Dispatcher(Protocol):
    """Decides every minute; sees only what is placed."""

    def decide(self, minute: int, placed: Sequence[MealOrder], street: Sequence[Whereabouts], /) -> Sequence[Go]:
        """Say who sets out in this minute; `placed` are the new orders, `street` is in roster order."""
        ...


def live(instance: Instance, start: Callable[[Known], Dispatcher], *, progress: Progress | None = None) -> list[Row]:
    """
    Live an instance under a dispatcher.

    Parameters
    ----------
    start
        Makes the dispatcher from what is known before the first order.
    progress
        Called with minutes lived and minutes in all.

    Returns
    -------
    One row an order brought and a move made, in the order in which they were given.

    Notes
    -----
    Orders are shown in the sequence of their minute, then their place in the file. What a dispatcher says is asserted
    to be possible: a courier on duty and free, orders placed, waiting and of one restaurant, a pick-up before the
    shift ends.
    """
    known = Known(couriers=instance.couriers, restaurants=instance.restaurants, numbers=instance.numbers)
    dispatcher = start(known)
    street = [Whereabouts(x_m=x.x_m, y_m=x.y_m, at=x.courier, free=2 * x.on_min) for x in instance.couriers]
    city = _City(instance, street)
    coming = sorted(instance.orders, key=lambda x: x.placed_min)
    first = min([x.on_min for x in instance.couriers] + [coming[0].placed_min])
    last = max([x.off_min for x in instance.couriers], default=first)
    shown = 0
    rows: list[Row] = []
    for minute in range(first, last + 1):
        until = shown
        while until < len(coming) and coming[until].placed_min <= minute:
            until += 1
        placed = coming[shown:until]
        shown = until
        city.waiting.update((x.order, x) for x in placed)
        for go in dispatcher.decide(minute, placed, street):
            rows += city.go(minute, go)
        if progress is not None:
            progress(minute - first + 1, last - first + 1)
    return rows


class _City:
    """Couriers and orders as they really are."""

    def __init__(self, instance: Instance, street: list[Whereabouts]) -> None:
        self.numbers = instance.numbers
        self.street = {x.courier: at for x, at in zip(instance.couriers, street, strict=True)}
        self.couriers = {x.courier: x for x in instance.couriers}
        self.restaurants = {x.restaurant: x for x in instance.restaurants}
        self.waiting: dict[str, MealOrder] = {}

    def go(self, minute: int, go: Go) -> list[Row]:
        courier, at = self.couriers[go.courier], self.street[go.courier]
        restaurant = self.restaurants[go.restaurant]
        assert courier.on_min <= minute <= courier.off_min, "only who is on duty sets out"
        assert at.free <= 2 * minute, "nobody is diverted"
        here = 2 * minute + self._ride(at, restaurant)
        if not go.orders:
            at.x_m, at.y_m, at.at, at.free = restaurant.x_m, restaurant.y_m, restaurant.restaurant, here
            return [Row(go.courier, "", go.restaurant, 2 * minute, here, here)]
        orders = [self.waiting.pop(x) for x in go.orders]
        assert all(x.restaurant == go.restaurant for x in orders), "a bundle is of one restaurant"
        pickup = max(here + self.numbers.pickup_min, 2 * max(x.ready_min for x in orders))
        assert pickup <= 2 * courier.off_min, "no pick-up after the shift"
        now = pickup + self.numbers.pickup_min
        place: Restaurant | MealOrder = restaurant
        rows = []
        for x in orders:
            dropoff = now + self._ride(place, x) + self.numbers.dropoff_min
            rows.append(Row(go.courier, x.order, go.restaurant, 2 * minute, pickup, dropoff))
            now, place = dropoff + self.numbers.dropoff_min, x
        at.x_m, at.y_m, at.at, at.free = orders[-1].x_m, orders[-1].y_m, orders[-1].order, now
        return rows

    def _ride(self, one: Whereabouts | Restaurant | MealOrder, other: Restaurant | MealOrder) -> int:
        """Half minutes from one place to another."""
        return 2 * minutes_between(one.x_m - other.x_m, one.y_m - other.y_m, self.numbers.speed_m_min)

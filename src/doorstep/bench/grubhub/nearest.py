"""What a dispatcher without a plan does: orders as they are ready, each to the nearest courier who is free."""

from collections.abc import Sequence
from typing import Literal

from doorstep.bench.grubhub.live import Go, Known, Whereabouts
from doorstep.bench.grubhub.travel import minutes_between
from doorstep.intake.grubhub.instance import MealOrder

When = Literal["in-time", "at-placement"]


class Nearest:
    """
    The greedy of the reference results: no bundles, no moves.

    Parameters
    ----------
    when
        `in-time`: the courier leaves as soon as he would not have to wait for the meal; `at-placement`: at once.
    """

    def __init__(self, known: Known, *, when: When) -> None:
        self.known, self.when = known, when
        self.restaurants = {x.restaurant: x for x in known.restaurants}
        self.waiting: list[MealOrder] = []

    def decide(self, minute: int, placed: Sequence[MealOrder], street: Sequence[Whereabouts]) -> list[Go]:
        """Send the nearest free courier for each order, in the sequence in which they are ready."""
        self.waiting = sorted([*self.waiting, *placed], key=lambda x: x.ready_min)
        numbers = self.known.numbers
        free = [
            i
            for i, x in enumerate(self.known.couriers)
            if x.on_min <= minute <= x.off_min and street[i].free <= 2 * minute
        ]
        goes, left = [], []
        for order in self.waiting:
            place = self.restaurants[order.restaurant]
            found = None
            for i in free:
                x = street[i]
                ride = minutes_between(x.x_m - place.x_m, x.y_m - place.y_m, numbers.speed_m_min)
                there = 2 * (minute + ride) + numbers.pickup_min
                if max(there, 2 * order.ready_min) <= 2 * self.known.couriers[i].off_min:
                    found = min(found or (ride, i, there), (ride, i, there))
            if found is None or (self.when == "in-time" and found[2] < 2 * order.ready_min):
                left.append(order)
                continue
            free.remove(found[1])
            goes.append(
                Go(courier=self.known.couriers[found[1]].courier, restaurant=order.restaurant, orders=(order.order,))
            )
        self.waiting = left
        return goes

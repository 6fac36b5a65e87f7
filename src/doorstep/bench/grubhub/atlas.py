"""What the planner has learned of its city so far today: ways between all places, and where meals are asked for."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from doorstep.bench.grubhub.live import Known
from doorstep.bench.grubhub.travel import Ints, ways
from doorstep.intake.grubhub.instance import MealOrder

Floats = NDArray[np.float64]

RECENT_MIN = 30  # how far back the pace of orders is counted
BEFORE = 0.33  # orders that each restaurant is taken to have had before the day began
LEADS_MIN = (6, 8, 10, 12, 14, 16, 18, 20, 24, 30)  # minutes from click to ready, believed before any were seen
LONGEST = 121  # half minutes; to need longer is no worse


class Atlas:
    """
    Places and ways in half minutes, growing with every order placed.

    Parameters
    ----------
    known
        What is known before the first order.
    share
        The part of the demand, nearest first, that counts as near a place: 0 to 1.

    Notes
    -----
    Places are numbered: restaurants, couriers' first places, then doors as they come. Tables double their room when
    full.
    """

    def __init__(self, known: Known, *, share: float) -> None:
        self._speed_m_min, self._share = known.numbers.speed_m_min, share
        restaurants, couriers = known.restaurants, known.couriers
        self.restaurants = {x.restaurant: i for i, x in enumerate(restaurants)}
        self._restaurants_m = np.array([(x.x_m, x.y_m) for x in restaurants], dtype=np.int64).reshape(-1, 2)
        couriers_m = np.array([(x.x_m, x.y_m) for x in couriers], dtype=np.int64).reshape(-1, 2)
        self.places = {**self.restaurants, **{x.courier: i + len(restaurants) for i, x in enumerate(couriers)}}
        self.first_door = len(self.places)
        self.names: list[str] = []  # of orders, as they were placed
        self._doors_m = np.zeros((0, 2), dtype=np.int64)
        self.orders = np.zeros((0, 4), dtype=np.int64)  # restaurant, ready, placed, 1 where waiting
        self._asked = np.zeros(len(restaurants))
        self._leads: list[int] = [2 * x for x in LEADS_MIN]
        self._placed_min: list[int] = []
        places_m = np.concatenate([self._restaurants_m, couriers_m])
        self.to_restaurant = ways(places_m, self._restaurants_m, speed_m_min=self._speed_m_min)
        self.door_to_door = np.zeros((0, 0), dtype=np.int64)
        self.far = self._far(self.to_restaurant)

    def learn(self, placed: Sequence[MealOrder]) -> None:
        """Take in the orders that were just placed."""
        if not placed:
            return
        for x in placed:
            self._asked[self.restaurants[x.restaurant]] += 1
            self._leads.append(2 * (x.ready_min - x.placed_min))
            self._placed_min.append(x.placed_min)
            self.places[x.order] = self.first_door + len(self.names)
            self.names.append(x.order)
        fresh_m = np.array([(x.x_m, x.y_m) for x in placed], dtype=np.int64)
        rows = ways(fresh_m, self._restaurants_m, speed_m_min=self._speed_m_min)
        self.to_restaurant = np.concatenate([self.to_restaurant, rows])
        self.far = np.concatenate([self.far, self._far(rows)])
        before = len(self._doors_m)
        self._doors_m = np.concatenate([self._doors_m, fresh_m])
        between = ways(fresh_m, self._doors_m, speed_m_min=self._speed_m_min)
        if len(self._doors_m) > len(self.door_to_door):
            wider = np.zeros((2 * len(self._doors_m),) * 2, dtype=np.int64)
            wider[:before, :before] = self.door_to_door[:before, :before]
            self.door_to_door = wider
        after = len(self._doors_m)
        self.door_to_door[before:after, :after] = between
        self.door_to_door[:after, before:after] = between.T
        news = [(self.restaurants[x.restaurant], 2 * x.ready_min, 2 * x.placed_min, 1) for x in placed]
        self.orders = np.concatenate([self.orders, np.array(news, dtype=np.int64)])

    def expected(self, minute: int, *, ahead_min: float) -> Floats:
        """Tell how many orders each restaurant may get in `ahead_min`: its part so far, at the pace of late."""
        recent = sum(x > minute - RECENT_MIN for x in self._placed_min)
        return self._weight() * (recent / RECENT_MIN * ahead_min)

    def delays(self) -> Floats:
        """Tell how long a meal of today waits, in the mean, if taken up 0, 1, 2 … half minutes after its click."""
        late = np.arange(LONGEST)[:, None] - np.array(self._leads)[None, :]
        waits: Floats = np.maximum(0, late).mean(axis=1)
        return waits

    def _weight(self) -> Floats:
        asked = self._asked + BEFORE
        weight: Floats = asked / asked.sum()
        return weight

    def _far(self, rides: Ints) -> Floats:
        """Mean ride from each place to the nearest restaurants that together have `share` of the demand."""
        near = np.argsort(rides, axis=1, kind="stable")
        reached = np.minimum(np.cumsum(self._weight()[near], axis=1), self._share)
        part = np.diff(reached, axis=1, prepend=0.0)
        far: Floats = (np.take_along_axis(rides, near, axis=1) * part).sum(axis=1) / self._share
        return far

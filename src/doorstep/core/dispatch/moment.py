"""The problem of a moment: what is known and perhaps a future, and what would be known after a decision."""

from collections.abc import Collection, Mapping, Sequence

import numpy as np
from msgspec import Struct, structs

from doorstep.core.dispatch.futures import Future
from doorstep.core.dispatch.problem import Problem, of_arrays
from doorstep.core.dispatch.solve import Solved, SolvedTrip
from doorstep.core.dispatch.tick import Known, Whole

Trips = tuple[tuple[int, tuple[int, ...]], ...]
"""Courier and orders of every planned trip, by their numbers in the day; what the next tick begins with."""


class Moment(Struct, frozen=True, kw_only=True):
    """
    What is known, as a problem, and its plan.

    Parameters
    ----------
    known, rows
        What is known, and which of its couriers are planned with, ascending.
    problem, solved
        Orders and couriers by their rows in these.
    delays_s
        How much later each trip may leave, by courier and beginning of loading (`free_delays`).
    """

    known: Known
    rows: Whole
    problem: Problem
    solved: Solved
    delays_s: Mapping[tuple[int, int], int]

    def orders(self, trip: SolvedTrip) -> tuple[int, ...]:
        """Tell the orders of a trip by their numbers in the day."""
        return tuple(int(self.known.orders[x]) for x in trip.orders)

    def courier(self, trip: SolvedTrip) -> int:
        """Tell who rides a trip, by the number in the day."""
        return int(self.known.couriers[self.rows[trip.courier]])

    def slack_s(self, trip: SolvedTrip) -> int:
        """By how much a trip could leave later with nobody late because of it."""
        return self.delays_s[trip.courier, trip.loads_s]

    @property
    def trips(self) -> Trips:
        """The plan by numbers in the day."""
        return tuple((self.courier(x), self.orders(x)) for x in self.solved.trips)


def problem_of(known: Known, rows: Whole, future: Future | None = None) -> Problem:
    """
    Make the planning problem of a moment: waiting orders first, then those of a future.

    Parameters
    ----------
    rows
        Which couriers of `known` to plan with, ascending.
    """
    places = np.concatenate(([0], known.orders + 1))
    ready_s, due_s, volume_ml = known.ready_s, known.due_s - known.overrun_s, known.volume_ml
    if future is not None:
        places = np.concatenate((places, future.like + 1))
        ready_s = np.concatenate((ready_s, future.ready_s))
        due_s = np.concatenate((due_s, future.due_s - known.overrun_s))
        volume_ml = np.concatenate((volume_ml, known.past_ml[future.like]))
    return of_arrays(
        now_s=known.now_s,
        orders={
            "ready_s": ready_s,
            "due_s": due_s,
            "place": np.arange(1, len(places)),
            "volume_ml": volume_ml,
            "service_s": known.service_s,
        },
        couriers={
            "free_s": np.maximum(known.free_s, known.on_s)[rows],
            "off_s": known.off_s[rows],
            "box_ml": known.box_ml[rows],
            "kind": known.kind[rows],
        },
        travel=known.travel[:, :, places[:, None], places],
        loading_s=known.loading_s,
        prices=known.prices,
    )


def without(known: Known, orders: Collection[int], *, courier: int, back_s: int) -> Known:
    """Tell what would be known if a courier left with some orders now, to be back at `back_s`."""
    stay = ~np.isin(known.orders, list(orders))
    return structs.replace(
        known,
        orders=known.orders[stay],
        placed_s=known.placed_s[stay],
        ready_s=known.ready_s[stay],
        due_s=known.due_s[stay],
        volume_ml=known.volume_ml[stay],
        free_s=np.where(known.couriers == courier, back_s, known.free_s),
    )


def waiting(known: Known, orders: Collection[int], *, until_s: int) -> Known:
    """Tell what would be known if some orders could not leave before `until_s`."""
    wait = np.isin(known.orders, list(orders))
    return structs.replace(known, ready_s=np.where(wait, np.maximum(known.ready_s, until_s), known.ready_s))


def as_rows(known: Known, rows: Whole, trips: Trips) -> list[tuple[int, list[int]]]:
    """Take a plan by rows, without what left."""
    order = {x: i for i, x in enumerate(known.orders.tolist())}
    courier = {x: i for i, x in enumerate(known.couriers[rows].tolist())}
    kept = ((courier[c], [order[x] for x in orders if x in order]) for c, orders in trips if c in courier)
    return [x for x in kept if x[1]]


def free_delays(problem: Problem, trips: Sequence[SolvedTrip]) -> dict[tuple[int, int], int]:
    """
    How much later each trip may leave with nobody late because of it and no overtime, on later trips either.

    Parameters
    ----------
    trips
        A plan's trips, each courier's in sequence.

    Returns
    -------
    Seconds by courier and beginning of loading; negative by how late somebody on the trip is anyway.
    """
    found: dict[tuple[int, int], int] = {}
    after: dict[int, tuple[int, int]] = {}
    for trip in reversed(trips):
        off_s = int(problem.off_s[trip.courier])
        own_s = min(int(problem.due_s[x]) - at_s for x, at_s in zip(trip.orders, trip.done_s, strict=True))
        begins_s, spare_s = after.get(trip.courier, (off_s, 0))
        slack_s = min(own_s, off_s - trip.depart_s, max(0, begins_s - trip.back_s + max(0, spare_s)))
        after[trip.courier] = (trip.loads_s, slack_s)
        found[trip.courier, trip.loads_s] = slack_s
    return found

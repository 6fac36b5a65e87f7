"""The problem of a moment: what is known and perhaps a future, and what would be known after a decision."""

from collections.abc import Collection, Mapping, Sequence

import numpy as np
from msgspec import Struct, structs

from doorstep.core.dispatch.futures import Future
from doorstep.core.dispatch.limits import rows_of
from doorstep.core.dispatch.problem import FAR_S, NONE, Problem, of_arrays
from doorstep.core.dispatch.solve import Solved, SolvedTrip
from doorstep.core.dispatch.tick import Known, Whole, slice_at

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
    more = known.order_more
    if future is not None:
        places = np.concatenate((places, future.like + 1))
        ready_s = np.concatenate((ready_s, future.ready_s))
        due_s = np.concatenate((due_s, future.due_s - known.overrun_s))
        volume_ml = np.concatenate((volume_ml, known.past_ml[future.like]))
        none = np.full(len(future.like), NONE)
        more = {
            name: np.concatenate((column, known.past_more[name][future.like] if name in known.past_more else none))
            for name, column in more.items()
        }
    return of_arrays(
        now_s=known.now_s,
        orders={
            "ready_s": ready_s,
            "due_s": due_s,
            "place": np.arange(1, len(places)),
            "volume_ml": volume_ml,
            "service_s": known.service_s,
            **more,
        },
        couriers={
            "free_s": np.maximum(known.free_s, known.on_s)[rows],
            "off_s": known.off_s[rows],
            "box_ml": known.box_ml[rows],
            "kind": known.kind[rows],
            **rows_of(known.courier_more, rows),
        },
        travel=known.travel[:, :, places[:, None], places],
        slices_s=known.slices_s,
        metres=None if known.metres is None else known.metres[:, places[:, None], places],
        loading_s=known.loading_s,
        prices=known.prices,
    )


def without(known: Known, orders: Collection[int], *, courier: int, back_s: int) -> Known:
    """Tell what would be known if a courier left with some orders now, to be back at `back_s`."""
    stay = ~np.isin(known.orders, list(orders))
    people = dict(known.courier_more)
    if "carried" in people:
        people["carried"] = people["carried"] + np.where(known.couriers == courier, len(orders), 0)
    return structs.replace(
        known,
        orders=known.orders[stay],
        placed_s=known.placed_s[stay],
        ready_s=known.ready_s[stay],
        due_s=known.due_s[stay],
        volume_ml=known.volume_ml[stay],
        free_s=np.where(known.couriers == courier, back_s, known.free_s),
        order_more=rows_of(known.order_more, stay),
        courier_more=people,
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
    rests = rests_before(problem, trips)
    for trip in reversed(trips):
        c, off_s = trip.courier, int(problem.off_s[trip.courier])
        own_s = min(int(problem.due_s[x]) - at_s for x, at_s in zip(trip.orders, trip.done_s, strict=True))
        begins_s, spare_s = after.get(c, (off_s, 0))
        if problem.break_s[c] and rests.get(c, FAR_S) > trip.loads_s:
            # The break is still to come: it begins in its window, and ends before the next trip.
            own_s = min(own_s, max(0, int(problem.break_to_s[c]) - trip.back_s))
            begins_s -= int(problem.break_s[c]) if rests.get(c) == begins_s else 0
        if len(problem.slices_s) > 1:  # later the streets are others
            turn = slice_at(problem.slices_s.tolist(), trip.depart_s) + 1
            own_s = (
                min(own_s, int(problem.slices_s[turn]) - 1 - trip.depart_s) if turn < len(problem.slices_s) else own_s
            )
        slack_s = min(own_s, off_s - trip.depart_s, max(0, begins_s - trip.back_s + max(0, spare_s)))
        after[c] = (trip.loads_s, slack_s)
        found[c, trip.loads_s] = slack_s
    return found


def rests_before(problem: Problem, trips: Sequence[SolvedTrip]) -> dict[int, int]:
    """
    Tell before which trip each courier has the break that is still to come.

    Parameters
    ----------
    trips
        A plan's trips, each courier's in sequence.

    Returns
    -------
    By courier, when loading of that trip begins; who has it after all trips is left out.
    """
    found: dict[int, int] = {}
    ends: dict[int, int] = {}
    if not problem.break_s.any():
        return found
    for trip in trips:
        c = trip.courier
        break_s, from_s = int(problem.break_s[c]), int(problem.break_from_s[c])
        begins_s = max(ends.get(c, int(problem.free_s[c])), from_s)
        if break_s and begins_s + break_s <= trip.loads_s:
            found.setdefault(c, trip.loads_s)
        ends[c] = trip.back_s
    return found

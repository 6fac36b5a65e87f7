"""The day with hindsight: the same couriers, shifts, boxes and ready times, but every order known at the opening."""

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
from msgspec import Struct

from doorstep.base.errors import BadInput
from doorstep.bench.days.lived import Ridden, Stop
from doorstep.bench.days.world import DayArrays
from doorstep.core.dispatch.problem import Prices, Problem, of_arrays
from doorstep.core.dispatch.solve import Deadline, Solved, solve
from doorstep.core.dispatch.tick import Leaving
from doorstep.model.plan import PlannedTrip

SLICE_S: Final = 5.0
"""Between two looks at the progress: seconds of the clock that is given."""
Trips = Sequence[tuple[int, Sequence[int]]]


class Hindsight(Struct, frozen=True, kw_only=True):
    """A stored plan with hindsight: its trips, what it costs, and how it was found."""

    day: str
    seed: int
    cost: int
    seconds: float
    trips: tuple[PlannedTrip, ...]


def whole_day(day: DayArrays) -> Problem:
    """Make the problem of a day at its opening, everything known; place i + 1 is the door of order i."""
    rules = day.day.rules
    return of_arrays(
        now_s=day.day.site.opens_at_s,
        orders={
            "ready_s": day.ready_at_s,
            "due_s": day.promised_at_s,
            "place": np.arange(1, len(day.placed_at_s) + 1),
            "volume_ml": day.ml,
            "service_s": rules.service_s,
            "names": [x.order for x in day.day.orders],
            **day.order_more,
        },
        couriers={
            "free_s": day.on_at_s,
            "off_s": day.off_at_s,
            "box_ml": day.box_ml,
            "kind": day.kind,
            "names": [x.courier for x in day.day.couriers],
            **day.courier_more,
        },
        travel=day.legs.seconds,
        slices_s=day.legs.slices_s,
        metres=day.legs.metres,
        loading_s=rules.loading_s,
        prices=Prices.of_rules(rules),
    )


def clairvoyant(
    day: DayArrays,
    *,
    seconds: float,
    seed: int,
    clock: Callable[[], float],
    begin: Trips = (),
    progress: Callable[[float, float, int], None] | None = None,
) -> Solved:
    """
    Look for the cheapest plan of a day that is known as a whole.

    Parameters
    ----------
    seconds
        For how long, by `clock`.
    begin
        Trips to begin with, courier and orders by number: the plan of an earlier run goes on.
    progress
        Told the seconds done, all of them, and the cost so far.

    Notes
    -----
    The cost is that of a plan that exists: the optimum is at most as dear.
    """
    problem = whole_day(day)
    begun = clock()
    best = solve(problem, seed=seed, iterations=0, warm=begin)
    return solve(
        problem,
        seed=seed,
        iterations=1 << 40,
        warm=best.sequences,
        deadline=Deadline(clock=_told(clock, begun, seconds, progress, best.cost.total), at=begun + seconds),
    )


def _told(
    clock: Callable[[], float],
    begun: float,
    seconds: float,
    progress: Callable[[float, float, int], None] | None,
    cost: int,
) -> Callable[[], float]:
    """Let the clock tell how far the search is, too."""

    def read() -> float:
        now = clock()
        if progress is not None:
            progress(now - begun, seconds, cost)
        return now

    return read


def as_numbers(day: DayArrays, trips: Sequence[PlannedTrip]) -> list[tuple[int, tuple[int, ...]]]:
    """
    Take a stored plan as the kernel begins with it.

    Raises
    ------
    BadInput
        It names a courier or an order that the day does not have.
    """
    return [(x.courier, tuple(s.order for s in x.stops)) for x in as_ridden(day, trips)]


def as_ridden(day: DayArrays, trips: Sequence[PlannedTrip]) -> list[Ridden]:
    """
    Ride a stored plan as written: trips depart when it says.

    Raises
    ------
    BadInput
        It names a courier or an order that the day does not have.
    """
    couriers = {str(x.courier): i for i, x in enumerate(day.day.couriers)}
    orders = {str(x.order): i for i, x in enumerate(day.day.orders)}
    counts: dict[int, int] = {}
    made = []
    for trip in sorted(trips, key=lambda x: (x.courier, x.depart_at_s)):
        if trip.courier not in couriers or any(x not in orders for x in trip.orders) or not trip.orders:
            raise BadInput(
                f"a trip of {trip.courier} at {trip.depart_at_s} is not of this day: name the plan's own day"
            )
        courier, numbers = couriers[trip.courier], [orders[x] for x in trip.orders]
        counts[courier] = counts.get(courier, 0) + 1
        legs_s = day.legs.leaving(int(day.kind[courier]), trip.depart_at_s)
        clock_s, travel_s, place, stops = trip.depart_at_s, 0, 0, []
        for order in numbers:
            leg_s = int(legs_s[place, order + 1])
            clock_s, travel_s, place = clock_s + leg_s, travel_s + leg_s, order + 1
            stops.append(Stop(order, clock_s, clock_s + day.day.rules.service_s))
            clock_s += day.day.rules.service_s
        home_s = int(legs_s[place, 0])
        made.append(
            Ridden(
                courier=courier,
                trip=counts[courier],
                loaded_at_s=trip.depart_at_s,
                departed_at_s=trip.depart_at_s,
                stops=tuple(stops),
                back_at_s=clock_s + home_s,
                travel_s=travel_s + home_s,
                leaving=Leaving(courier=courier, orders=tuple(numbers)),
            )
        )
    return made

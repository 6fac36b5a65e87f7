"""VROOM as a peer, where it is installed: a moment planned as shipments from the site."""

from collections.abc import Callable
from typing import Any, Final

from doorstep.bench.days.hired import Hired
from doorstep.bench.days.library import Library
from doorstep.bench.days.shipments import OPEN_S, Trips, legs, refuse_limits, trips_of, windows
from doorstep.core.dispatch.problem import Problem

VROOM: Final = Library(name="VROOM", package="pyvroom", module="vroom")
LEVELS: Final = range(6)
"""Its exploration levels: with each it begins from more first plans."""
GROWTH: Final = 2
"""A level takes two to three times as long as the one below it (moments of 20 to 100 orders)."""


def hire(problem: Problem, *, seconds: float, clock: Callable[[], float], seed: int) -> Hired:  # noqa: ARG001 it has none
    """
    Plan with VROOM: each order a shipment, picked up when it is ready and delivered in time or not at all.

    Parameters
    ----------
    problem
        One slice of travel times and one pick-up place.
    seconds
        By `clock`: level by level is searched to its end, and one begins only if it should end by then.
    seed
        VROOM has none: its plan is the same for every seed.

    Raises
    ------
    BadInput
        It is not installed.

    Notes
    -----
    Several trips: the pick-up at the site makes them, and loading is a part of the first leg. What it cannot be told:
    lateness has no price, so an order that fits into no trip in time is left out (unless nobody could be in time at
    all: then it may come whenever); and a courier is back by the end of the shift, where our rules only want the last
    trip to have left.

    Its own limit is by the wall clock and only ends the search, when all first plans are made. With 50 ms it used 398
    CPU ms for a cost of 44,732 on a moment of 100 orders; one first plan searched to its end, 157 ms for 37,745. So
    its limit is not used.
    """
    library = VROOM.load()
    refuse_limits(problem, VROOM.name)
    begun = clock()
    stated = _stated(library, problem)
    plans = []
    for level in LEVELS:
        at = clock()
        plans.append(stated.solve(exploration_level=level, nb_threads=1))
        if clock() + GROWTH * (clock() - at) > begun + seconds:
            break
    best = min(plans, key=lambda x: (x.summary.unassigned, x.summary.cost))
    return Hired(trips=tuple(_read(best)), spent_s=clock() - begun)


def _stated(library: Any, problem: Problem) -> Any:  # noqa: ANN401 a module that may not be there, and what it makes
    """Say a problem in VROOM's words: location 0 is the site, i + 1 the door of order i."""
    when = windows(problem)
    stated = library.Input()
    for kind in range(problem.travel.shape[0]):
        rides_s, lasts_s = legs(problem, kind)
        stated.set_durations_matrix(str(kind), lasts_s)
        stated.set_costs_matrix(str(kind), rides_s)
    for c in range(problem.couriers):
        stated.add_vehicle(
            library.Vehicle(
                c,
                start=0,
                end=0,
                profile=str(problem.kind[c]),
                capacity=problem.box_ml[c].tolist(),
                time_window=(int(when.free_s[c]), int(when.back_s[c])),
            )
        )
    for i in range(problem.orders):
        stated.add_shipment(
            library.ShipmentStep(i, 0, time_windows=[(int(when.ready_s[i]), OPEN_S)]),
            library.ShipmentStep(
                i, i + 1, default_service=int(problem.service_s[i]), time_windows=[(0, int(when.last_s[i]))]
            ),
            amount=library.Amount(problem.volume_ml[i].tolist()),
        )
    return stated


def _read(plan: Any) -> Trips:  # noqa: ANN401 what a module makes that may not be there
    """Read its table of steps: couriers follow each other."""
    steps = plan.routes
    stops: dict[int, list[tuple[int, bool]]] = {}
    for courier, kind, order in zip(steps["vehicle_id"], steps["type"], steps["id"], strict=True):
        if kind in {"pickup", "delivery"}:
            stops.setdefault(int(courier), []).append((int(order), kind == "pickup"))
    return [trip for courier, row in stops.items() for trip in trips_of(courier, row)]

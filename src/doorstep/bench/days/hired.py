"""PyVRP as a peer, where it is installed: a moment planned, and a day lived by planning every 30 s anew."""

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
from msgspec import Struct, structs

from doorstep.bench.days.library import Library
from doorstep.bench.days.shipments import legs, refuse_limits
from doorstep.core.dispatch.moment import problem_of
from doorstep.core.dispatch.problem import Problem
from doorstep.core.dispatch.score import Timed, score
from doorstep.core.dispatch.tick import Decision, Known, Leaving

Clock = Callable[[], float]
Trips = Sequence[tuple[int, Sequence[int]]]
NAME: Final = "pyvrp"
PYVRP: Final = Library(name="PyVRP", package="pyvrp", module="pyvrp")
RELOADS: Final = 12
"""Trips that PyVRP may plan for a courier beyond the first: more than a shift has."""
SOON_S: Final = 3_600
"""Couriers whose shift begins within the hour are planned with, as our own rolling policy does."""


class Hired(Struct, frozen=True, kw_only=True):
    """
    A plan that somebody else's solver made.

    Parameters
    ----------
    trips
        Courier and orders of each, by number; a courier's in sequence.
    spent_s
        Seconds by the clock that was given, the solver's own data made from ours included.
    """

    trips: tuple[tuple[int, tuple[int, ...]], ...]
    spent_s: float


class Priced(Struct, frozen=True, kw_only=True):
    """A plan ridden as early as possible: cost by the moment's rules, seconds late, overfull trips, orders left."""

    cost: int
    late_s: int
    overfull: int
    unserved: int


def hire(problem: Problem, *, seconds: float, clock: Clock, seed: int) -> Hired:
    """
    Plan with PyVRP: every order required, hard deadlines, reloads at the site, release times.

    Parameters
    ----------
    problem
        One slice of travel times and one pick-up place.
    seconds
        When to stop, by `clock`; what it needs to begin with comes on top.

    Raises
    ------
    BadInput
        It is not installed.
    """
    return _solved(problem, (), seconds=seconds, clock=clock, seed=seed)


def polish(problem: Problem, trips: Trips, *, seconds: float, clock: Clock, seed: int) -> Hired:
    """
    Go on from a plan with PyVRP, which looks for less riding: nobody later than now, no courier back later than now.

    Parameters
    ----------
    trips
        Courier and orders of each, every order on one; a courier's in sequence.

    Raises
    ------
    BadInput
        It is not installed.
    """
    rows = sorted(trips, key=lambda x: x[0])
    timed = _ridden(problem, rows)
    due_s, off_s = problem.due_s.copy(), problem.off_s.copy()
    np.maximum.at(due_s, [u for _, row in rows for u in row], timed.done_s)
    np.maximum.at(off_s, [c for c, _ in rows], timed.trips[:, 2])
    eased = structs.replace(problem, due_s=due_s, off_s=off_s)
    return _solved(eased, rows, seconds=seconds, clock=clock, seed=seed)


def _solved(problem: Problem, begin: Trips, *, seconds: float, clock: Clock, seed: int) -> Hired:
    """Let PyVRP look for a plan, from one on if there is one."""
    library = PYVRP.load()
    refuse_limits(problem, PYVRP.name)
    begun = clock()
    data = _data(library, problem, RELOADS if not begin else problem.orders)
    until = begun + seconds

    def stop(_cost: float) -> bool:
        return clock() >= until

    first = _solution(library, data, begin) if begin else None
    best = library.solve(data, stop=stop, seed=seed, collect_stats=False, display=False, initial_solution=first).best
    trips: list[tuple[int, tuple[int, ...]]] = []
    for shift in best.routes():
        visits = [(x.trip, int(x.idx)) for x in shift if x.is_client()]
        for nth in range(shift.num_trips()):
            row = tuple(order for trip, order in visits if trip == nth)
            trips += [(int(shift.vehicle_type()), row)] if row else []
    return Hired(trips=tuple(trips), spent_s=clock() - begun)


def priced(problem: Problem, trips: Trips) -> Priced:
    """Ride a plan as early as possible and price it by the problem's rules."""
    rows = sorted(trips, key=lambda x: x[0])
    timed = _ridden(problem, rows)
    overfull = sum(bool(np.any(problem.volume_ml[list(row)].sum(axis=0) > problem.box_ml[c])) for c, row in rows)
    return Priced(
        cost=timed.cost.total,
        late_s=timed.cost.late_s,
        overfull=overfull,
        unserved=problem.orders - len({u for _, row in rows for u in row}),
    )


class Rolling:
    """A day lived with PyVRP: every 30 s all that waits is planned anew, and packed trips leave at once."""

    name = NAME
    on_events = False

    def __init__(self, *, seconds: float, clock: Clock, seed: int) -> None:
        self._seconds, self._clock, self._seed = seconds, clock, seed

    def decide(self, known: Known) -> Decision:
        """Plan, and let those go whose first trip is packed; where nobody could go, nothing is planned."""
        rows = np.nonzero((known.on_s <= known.now_s + SOON_S) & (known.off_s >= known.now_s + known.loading_s))[0]
        idle = (np.maximum(known.free_s, known.on_s) <= known.now_s)[rows]
        if not known.orders.size or not idle.any() or not (known.ready_s <= known.now_s).any():
            return Decision()
        problem = problem_of(known, rows)
        leaving: list[Leaving] = []
        gone: set[int] = set()
        for at, orders in hire(problem, seconds=self._seconds, clock=self._clock, seed=self._seed).trips:
            if at in gone:
                continue
            gone.add(at)
            packed = all(problem.ready_s[x] <= known.now_s for x in orders)
            fits = bool(np.all(problem.volume_ml[list(orders)].sum(axis=0) <= problem.box_ml[at]))
            if idle[at] and packed and fits:
                numbers = tuple(int(known.orders[x]) for x in orders)
                leaving.append(Leaving(courier=int(known.couriers[rows[at]]), orders=numbers))
        return Decision(leaving=tuple(leaving))


def _ridden(problem: Problem, rows: Trips) -> Timed:
    """Ride trips, a courier's in sequence, as early as possible."""
    first = np.cumsum([0, *(len(x) for _, x in rows)]).astype(np.int64)
    orders = np.array([u for _, row in rows for u in row], dtype=np.int64)
    return score(problem, np.array([c for c, _ in rows], dtype=np.int64), first, orders)


def _solution(pyvrp: Any, data: Any, rows: Trips) -> Any:  # noqa: ANN401 a module that may not be there, and what it makes
    """Say trips in PyVRP's words: a courier's day is one route, with the site between its trips."""
    days: dict[int, list[Any]] = {}
    for courier, orders in rows:
        visits = days.setdefault(courier, [])
        visits += [pyvrp.Activity(pyvrp.ActivityType.DEPOT, 0)] if visits else []
        visits += [pyvrp.Activity(pyvrp.ActivityType.CLIENT, int(x)) for x in orders]
    return pyvrp.Solution(data, [pyvrp.Route(data, visits, courier) for courier, visits in days.items()])


def _data(pyvrp: Any, problem: Problem, reloads: int) -> Any:  # noqa: ANN401 a module that may not be there, and what it makes
    """Say a problem in PyVRP's words; loading is a part of the first leg."""
    now_s = problem.now_s
    matrices = [legs(problem, kind) for kind in range(problem.travel.shape[0])]
    release_s = np.maximum(0, problem.ready_s - now_s)
    # Who is too late already is due at once: a window must not end before the goods are there.
    due_s = np.maximum(release_s, problem.due_s - problem.service_s - now_s)
    free_s = np.maximum(0, problem.free_s - now_s)
    return pyvrp.ProblemData(
        locations=[pyvrp.Location(0, 0) for _ in range(problem.orders + 1)],
        clients=[
            pyvrp.Client(
                location=i + 1,
                delivery=problem.volume_ml[i].tolist(),
                service_duration=int(problem.service_s[i]),
                tw_late=int(due_s[i]),
                release_time=int(release_s[i]),
            )
            for i in range(problem.orders)
        ],
        depots=[pyvrp.Depot(location=0)],
        vehicle_types=[
            pyvrp.VehicleType(
                capacity=problem.box_ml[c].tolist(),
                tw_early=int(free_s[c]),
                tw_late=int(max(free_s[c], problem.off_s[c] - now_s)),
                reload_depots=[0],
                max_reloads=reloads,
                profile=int(problem.kind[c]),
            )
            for c in range(problem.couriers)
        ],
        distance_matrices=[x for x, _ in matrices],
        duration_matrices=[y for _, y in matrices],
    )

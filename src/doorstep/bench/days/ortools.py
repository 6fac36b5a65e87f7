"""OR-Tools as a peer, where it is installed: a moment planned as pairs of a pick-up and a delivery."""

from collections.abc import Callable
from importlib import import_module
from typing import Any, Final

import numpy as np
from msgspec import Struct

from doorstep.bench.days.hired import Hired
from doorstep.bench.days.library import Library
from doorstep.bench.days.shipments import OPEN_S, Trips, legs, refuse_limits, trips_of, windows
from doorstep.core.dispatch.problem import UNPLANNED_S, Problem

ORTOOLS: Final = Library(name="OR-Tools", package="ortools", module="ortools.constraint_solver.pywrapcp")
LATE_PER_S: Final = 3
"""A late order costs 600 s and 2 for each second, which is 3 for each at ten minutes: it takes a straight line."""
ANEW: Final = 2
"""It begins anew if this many times what is gone is left: with soft due instants a first plan is slow."""
MOST_S: Final = 3_600
"""By the wall clock, for it warns where there is no such limit; `seconds` are told to it by a monitor."""


class _Stated(Struct, frozen=True, kw_only=True):
    """A problem in OR-Tools' words: node 0 is the site, 1 + i picks order i up, 1 + orders + i delivers it."""

    problem: Problem
    nodes: Any
    model: Any
    insertion: str


def hire(problem: Problem, *, seconds: float, clock: Callable[[], float], seed: int) -> Hired:
    """
    Plan with OR-Tools: each order a pick-up when it is ready and a delivery by the same courier, or left out.

    Parameters
    ----------
    problem
        One slice of travel times and one pick-up place.
    seconds
        When to stop, by `clock`; its first plan may take longer.

    Raises
    ------
    BadInput
        It is not installed.

    Notes
    -----
    Cheapest insertion, all couriers in parallel, then guided local search, due instants hard (an order that nobody
    could bring in time may come whenever). Cheapest insertion sees the ride alone: with soft due instants it gives
    everything to one courier. Where the first plan leaves orders out and time is left, it begins anew with soft ones
    and the insertion that sees them, which takes four times as long at 50 orders and nine times at 100.

    What it cannot be told: what a late order costs at once (see `LATE_PER_S`); and a courier is back by the end of
    the shift, where our rules only want the last trip to have left.
    """
    library = ORTOOLS.load()
    refuse_limits(problem, ORTOOLS.name)
    begun = clock()
    until = begun + seconds

    anew = False

    def impatient() -> bool:
        """Whether a plan with soft due instants may still come in time, after a first one with hard ones."""
        nonlocal anew
        anew = clock() + ANEW * (clock() - begun) < until
        return anew

    def stop() -> bool:
        return clock() >= until

    trips = _solved(_stated(library, problem, soft=False), stop=stop, impatient=impatient, seed=seed)
    if anew:
        late = _solved(_stated(library, problem, soft=True), stop=stop, impatient=lambda: False, seed=seed)
        trips = max(trips, late, key=lambda x: sum(len(row) for _, row in x))
    return Hired(trips=tuple(trips), spent_s=clock() - begun)


def _stated(library: Any, problem: Problem, *, soft: bool) -> _Stated:  # noqa: ANN401 a module that may not be there
    """Say a problem in OR-Tools' words; loading is a part of the first leg, service of the leg after it."""
    n, couriers = problem.orders, range(problem.couriers)
    place = np.concatenate([np.zeros(n + 1, np.int64), np.arange(1, n + 1)])
    service_s = np.concatenate([np.zeros(n + 1, np.int64), problem.service_s])
    nodes = library.RoutingIndexManager(2 * n + 1, problem.couriers, 0)
    model = library.RoutingModel(nodes)
    rides, lasts = [], []
    for kind in range(problem.travel.shape[0]):
        rides_s, lasts_s = (x[np.ix_(place, place)] for x in legs(problem, kind))
        rides.append(model.RegisterTransitMatrix(rides_s.tolist()))
        lasts.append(model.RegisterTransitMatrix((lasts_s + service_s[:, None]).tolist()))
    for c in couriers:
        model.SetArcCostEvaluatorOfVehicle(rides[problem.kind[c]], c)
    model.AddDimensionWithVehicleTransits([lasts[problem.kind[c]] for c in couriers], OPEN_S, OPEN_S, False, "time")  # noqa: FBT003 its arguments have no names
    for zone in range(problem.volume_ml.shape[1]):
        ml = problem.volume_ml[:, zone]
        loads = model.RegisterUnaryTransitVector([0, *ml.tolist(), *(-ml).tolist()])
        model.AddDimensionWithVehicleCapacity(loads, 0, problem.box_ml[:, zone].tolist(), True, f"zone {zone}")  # noqa: FBT003 the same
    insertion = "LOCAL_CHEAPEST_COST_INSERTION" if soft else "PARALLEL_CHEAPEST_INSERTION"
    stated = _Stated(problem=problem, nodes=nodes, model=model, insertion=insertion)
    _bound(stated, soft=soft)
    return stated


def _bound(stated: _Stated, *, soft: bool) -> None:
    """Say when everything may happen, and what it costs to leave an order out."""
    problem, model, when = stated.problem, stated.model, windows(stated.problem)
    time, solver = model.GetDimensionOrDie("time"), model.solver()
    for c in range(problem.couriers):
        time.CumulVar(model.Start(c)).SetMin(int(when.free_s[c]))
        time.CumulVar(model.End(c)).SetMax(int(when.back_s[c]))
    for i in range(problem.orders):
        picked, delivered = (stated.nodes.NodeToIndex(1 + i + x) for x in (0, problem.orders))
        for x in (picked, delivered):
            model.AddDisjunction([x], UNPLANNED_S // 2)
        model.AddPickupAndDelivery(picked, delivered)
        solver.Add(model.VehicleVar(picked) == model.VehicleVar(delivered))
        solver.Add(time.CumulVar(picked) <= time.CumulVar(delivered))
        time.CumulVar(picked).SetMin(int(when.ready_s[i]))
        if soft or when.last_s[i] == OPEN_S:
            time.SetCumulVarSoftUpperBound(delivered, int(when.due_s[i]), LATE_PER_S)
        else:
            time.CumulVar(delivered).SetMax(int(when.last_s[i]))


def _solved(stated: _Stated, *, stop: Callable[[], bool], impatient: Callable[[], bool], seed: int) -> Trips:
    """Search until told to stop, at least for a first plan; the impatient stop at one that leaves orders out."""
    model, picked = stated.model, [stated.nodes.NodeToIndex(1 + i) for i in range(stated.problem.orders)]
    enough: list[bool] = []

    def first() -> None:
        if not enough:
            enough.append(not all(model.ActiveVar(x).Min() for x in picked) and impatient())

    library, enums = ORTOOLS.load(), import_module("ortools.constraint_solver.routing_enums_pb2")
    search = library.DefaultRoutingSearchParameters()
    search.first_solution_strategy = getattr(enums.FirstSolutionStrategy, stated.insertion)
    search.local_search_metaheuristic = enums.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    search.time_limit.FromSeconds(MOST_S)
    model.AddAtSolutionCallback(first)
    model.AddSearchMonitor(model.solver().CustomLimit(lambda: bool(enough) and (enough[0] or stop())))
    model.solver().ReSeed(seed)
    plan = model.SolveWithParameters(search)
    return _read(stated, plan) if plan else []


def _read(stated: _Stated, plan: Any) -> Trips:  # noqa: ANN401 what a module makes that may not be there
    """Follow each courier from node to node."""
    n, trips = stated.problem.orders, []
    for c in range(stated.problem.couriers):
        stops = []
        at = plan.Value(stated.model.NextVar(stated.model.Start(c)))
        while not stated.model.IsEnd(at):
            node = stated.nodes.IndexToNode(at)
            stops.append(((node - 1) % n, node <= n))
            at = plan.Value(stated.model.NextVar(at))
        trips += trips_of(c, stops)
    return trips

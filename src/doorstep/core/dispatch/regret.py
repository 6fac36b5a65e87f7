"""
Scenario regret: what it costs in sampled futures that a trip leaves now, waits after all, or another leaves instead.

A trip is due when it cannot wait without somebody becoming late in the plan of what is known; it leaves early when the
votes of the futures say so. Often that plan could be made anew for little, and what comes next would pay for it. So
each choice is planned with in every future.

References
----------
Bent & Van Hentenryck (2004), Scenario-based planning for partially dynamic vehicle routing with stochastic customers
(the expectation algorithm).
Chong, Givan & Chang (2000), A framework for simulation-based network control via hindsight optimization.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from statistics import fmean

import numpy as np
from msgspec import Struct, structs

from doorstep.base.units import ONE_BP
from doorstep.core.dispatch.futures import Future
from doorstep.core.dispatch.moment import Moment, problem_of
from doorstep.core.dispatch.problem import Prices, Problem, without_orders
from doorstep.core.dispatch.score import score
from doorstep.core.dispatch.solve import SolvedTrip, Trip, cheapest, solve


class RegretParams(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    How choices are held against each other. Chosen on the made days of `bench.days.made`, never on the frozen ones.

    Parameters
    ----------
    futures
        How many futures each choice is planned in; 0: what would leave does.
    ahead_s
        How far the futures reach.
    iterations
        Steps of the kernel for a plan of each future with nothing chosen.
    repairs
        Steps from such a plan on, for each choice: choices that change little are not held apart by the luck of
        searches that begin anew.
    others
        How many other trips are looked at: those that leave with the most urgent order in most of the futures.
    wait_s
        How long waiting is, seconds.
    known_bp
        How much weighs what a choice costs with what is known alone, in 10,000ths; the rest is the futures' mean.
    most
        How many choices in a tick.
    """

    futures: int = 0
    ahead_s: int = 900
    iterations: int = 300
    repairs: int = 200
    others: int = 3
    wait_s: int = 60
    known_bp: int = 5_000
    most: int = 12


class Choice(Struct, frozen=True, kw_only=True):
    """
    What to do about a trip that would leave.

    Parameters
    ----------
    trip
        What leaves, by rows of the moment; None: its orders wait.
    saves_s
        By how much that is cheaper than the trip as it was planned, seconds of cost; 0 for that trip itself.
    """

    trip: SolvedTrip | None
    saves_s: float = 0.0


def choose(
    moment: Moment, trip: SolvedTrip, *, prices: Prices, futures: Sequence[Future], params: RegretParams, seed: int
) -> Choice:
    """
    Choose whether a trip leaves, waits, or another one leaves with its most urgent order.

    Parameters
    ----------
    trip
        Of the moment's plan; its courier is in and its goods are packed.
    prices
        Of the day: choices are weighed by what is paid, not by the prices of planning.

    Notes
    -----
    A plan in a future knows that future, so waiting looks better than it is; what is known weighs against that.
    """
    known, count = moment.known, len(moment.known.orders)
    paid = Priced(moment, prices, futures, params, seed)
    problem = moment.problem
    alone_s = problem.travel[problem.kind[trip.courier], known.slice_now, 0, problem.place[list(trip.orders)]]
    urgent = trip.orders[int((problem.due_s[list(trip.orders)] - alone_s).argmin())]
    seen: Counter[SolvedTrip] = Counter()
    for _, planned in paid.futures:
        found = next((x for x in planned if urgent in x.orders), None)
        if found is not None and found.loads_s <= known.now_s and max(found.orders) < count:
            seen[found] += 1
    others: dict[frozenset[int], SolvedTrip] = {}
    for found, _ in seen.most_common():
        if set(found.orders) != set(trip.orders):
            others.setdefault(frozenset(found.orders), found)
    usual_s = paid.leaving(trip)
    best = Choice(trip=trip)
    for other in list(others.values())[: params.others]:
        saves_s = usual_s - paid.leaving(other)
        best = Choice(trip=other, saves_s=saves_s) if saves_s > best.saves_s else best
    saves_s = usual_s - paid.waiting(trip)
    return Choice(trip=None, saves_s=saves_s) if saves_s > best.saves_s else best


class Priced:
    """
    What is paid for a choice: with what is known alone, and in the mean of the futures.

    Parameters
    ----------
    prices
        Of the day.

    Attributes
    ----------
    alone, futures
        With nothing chosen: problem and plan of what is known, and those of each future with it.
    """

    def __init__(
        self, moment: Moment, prices: Prices, futures: Sequence[Future], params: RegretParams, seed: int
    ) -> None:
        self._params, self._seed, self._unfair = params, seed, prices.unfair_s > 0
        self._problem = structs.replace(moment.problem, prices=prices)
        known = structs.replace(moment.known, prices=prices)
        plan = solve(self._problem, seed=seed, iterations=params.iterations, warm=moment.solved.sequences)
        self.alone = (self._problem, plan.trips)
        self.futures = []
        for nth, future in enumerate(futures):
            problem = problem_of(known, moment.rows, future)
            plan = solve(problem, seed=seed + nth, iterations=params.iterations)
            self.futures.append((problem, plan.trips))

    def leaving(self, trip: SolvedTrip) -> float:
        """Price that a trip leaves now: the trip, and what comes after it."""
        alone = score(self._problem, np.array([trip.courier]), np.array([0, len(trip.orders)]), np.array(trip.orders))
        back_s, cost = int(alone.trips[0, 2]), alone.cost
        paid_s = cost.travel + cost.late + cost.overtime + cost.moved + cost.unfair
        return paid_s + self._mean(partial(self._left, trip, back_s))

    def waiting(self, trip: SolvedTrip) -> float:
        """Price that the orders of a trip wait."""
        return self._mean(partial(self._waited, trip))

    def _mean(self, after: Callable[[Problem, Sequence[SolvedTrip], int], int]) -> float:
        """Price what comes: with what is known alone, and in the mean of the futures."""
        alone_s = after(*self.alone, self._seed)
        mean_s = fmean(after(*x, self._seed + nth) for nth, x in enumerate(self.futures))
        weight = self._params.known_bp
        return (weight * alone_s + (ONE_BP - weight) * mean_s) / ONE_BP

    def _left(self, trip: SolvedTrip, back_s: int, problem: Problem, plan: Sequence[SolvedTrip], seed: int) -> int:
        """Go on from a plan after a trip left, its courier back at `back_s`."""
        gone = set(trip.orders)
        stay = [x for x in range(problem.orders) if x not in gone]
        row = {x: i for i, x in enumerate(stay)}
        rest = [(x.courier, [row[u] for u in x.orders if u in row]) for x in plan]
        free_s = problem.free_s.copy()
        free_s[trip.courier] = back_s
        left = without_orders(problem, stay, free_s=free_s)
        if self._unfair:
            carried = problem.carried.copy()
            carried[trip.courier] += len(gone)
            left = structs.replace(left, carried=carried)
        return self._went_on(left, rest, seed) if stay else 0

    def _waited(self, trip: SolvedTrip, problem: Problem, plan: Sequence[SolvedTrip], seed: int) -> int:
        """Go on from a plan where a trip's orders are ready later."""
        ready_s, rows = problem.ready_s.copy(), list(trip.orders)
        ready_s[rows] = np.maximum(ready_s[rows], problem.now_s + self._params.wait_s)
        return self._went_on(structs.replace(problem, ready_s=ready_s), [(x.courier, x.orders) for x in plan], seed)

    def _went_on(self, problem: Problem, plan: Sequence[Trip], seed: int) -> int:
        return cheapest(problem, seed=seed, iterations=self._params.repairs, warm=[x for x in plan if x[1]])

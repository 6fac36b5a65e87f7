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
from collections.abc import Collection, Sequence
from statistics import fmean

import numpy as np
from msgspec import Struct, structs

from doorstep.base.units import ONE_BP
from doorstep.core.dispatch.futures import Future
from doorstep.core.dispatch.moment import Moment, problem_of, waiting, without
from doorstep.core.dispatch.problem import Prices, Problem
from doorstep.core.dispatch.score import score
from doorstep.core.dispatch.solve import Solved, SolvedTrip, Trip, solve
from doorstep.core.dispatch.tick import Known


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
    alone_s = problem.travel[problem.kind[trip.courier], 0, 0, problem.place[list(trip.orders)]]
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
        With nothing chosen: the plan of what is known, and that of each future with it.
    """

    def __init__(
        self, moment: Moment, prices: Prices, futures: Sequence[Future], params: RegretParams, seed: int
    ) -> None:
        self._moment, self._params, self._seed = moment, params, seed
        self._problem = structs.replace(moment.problem, prices=prices)
        known = self._known = structs.replace(moment.known, prices=prices)
        warm = moment.solved.sequences
        self.alone = (None, self._solved(self._problem, 0, params.iterations, warm).trips)
        self.futures = [
            (x, self._solved(problem_of(known, moment.rows, x), nth, params.iterations).trips)
            for nth, x in enumerate(futures)
        ]

    def leaving(self, trip: SolvedTrip) -> float:
        """Price that a trip leaves now: the trip, and what comes after it."""
        moment = self._moment
        alone = score(self._problem, np.array([trip.courier]), np.array([0, len(trip.orders)]), np.array(trip.orders))
        back_s, cost = int(alone.trips[0, 2]), alone.cost
        gone = without(self._known, moment.orders(trip), courier=moment.courier(trip), back_s=back_s)
        return cost.travel + cost.late + cost.overtime + self._after(gone, trip.orders)

    def waiting(self, trip: SolvedTrip) -> float:
        """Price that the orders of a trip wait."""
        until_s = self._known.now_s + self._params.wait_s
        return self._after(waiting(self._known, self._moment.orders(trip), until_s=until_s), ())

    def _after(self, known: Known, gone: Collection[int]) -> float:
        """Price what comes when this is known, and these rows left."""
        alone_s = self._replanned(known, gone, 0, *self.alone)
        mean_s = fmean(self._replanned(known, gone, nth, *x) for nth, x in enumerate(self.futures))
        weight = self._params.known_bp
        return (weight * alone_s + (ONE_BP - weight) * mean_s) / ONE_BP

    def _replanned(
        self, known: Known, gone: Collection[int], nth: int, future: Future | None, trips: Sequence[SolvedTrip]
    ) -> int:
        """Go on from the plan with nothing chosen."""
        problem = problem_of(known, self._moment.rows, future)
        stay = [x for x in range(problem.orders + len(gone)) if x not in gone]
        row = {x: i for i, x in enumerate(stay)}
        rest = [(x.courier, [row[u] for u in x.orders if u not in gone]) for x in trips]
        return self._solved(problem, nth, self._params.repairs, [x for x in rest if x[1]]).cost.total if stay else 0

    def _solved(self, problem: Problem, nth: int, steps: int, warm: Sequence[Trip] | None = None) -> Solved:
        return solve(problem, seed=self._seed + nth, iterations=steps, warm=warm)

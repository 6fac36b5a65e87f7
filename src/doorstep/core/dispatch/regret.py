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
from collections.abc import Sequence
from statistics import fmean

import numpy as np
from msgspec import Struct, structs

from doorstep.base.units import ONE_BP
from doorstep.core.dispatch.futures import Future
from doorstep.core.dispatch.moment import Moment, problem_of, waiting, without
from doorstep.core.dispatch.problem import Prices, Problem
from doorstep.core.dispatch.score import score
from doorstep.core.dispatch.solve import SolvedTrip, solve
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
        Steps of the kernel for each choice in each future.
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
    paid = _Priced(moment, prices, futures, params, seed)
    problem = moment.problem
    alone_s = problem.travel[problem.kind[trip.courier], 0, 0, problem.place[list(trip.orders)]]
    urgent = trip.orders[int((problem.due_s[list(trip.orders)] - alone_s).argmin())]
    seen: Counter[SolvedTrip] = Counter()
    for number, whole in enumerate(paid.problems(known)):
        planned = solve(whole, seed=seed + number, iterations=params.iterations).trips
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
    held = waiting(known, moment.orders(trip), until_s=known.now_s + params.wait_s)
    saves_s = usual_s - paid.after(held)
    return Choice(trip=None, saves_s=saves_s) if saves_s > best.saves_s else best


class _Priced:
    """What is paid for a choice: with what is known alone, and in the mean of the futures."""

    def __init__(
        self, moment: Moment, prices: Prices, futures: Sequence[Future], params: RegretParams, seed: int
    ) -> None:
        self._moment, self._prices, self._futures, self._params, self._seed = moment, prices, futures, params, seed
        self._problem = structs.replace(moment.problem, prices=prices)

    def problems(self, known: Known) -> list[Problem]:
        """Pose what is known with each future."""
        priced = structs.replace(known, prices=self._prices)
        return [problem_of(priced, self._moment.rows, x) for x in self._futures]

    def leaving(self, trip: SolvedTrip) -> float:
        """Price that a trip leaves now: the trip, and what comes after it."""
        moment = self._moment
        alone = score(self._problem, np.array([trip.courier]), np.array([0, len(trip.orders)]), np.array(trip.orders))
        back_s, cost = int(alone.trips[0, 2]), alone.cost
        gone = without(moment.known, moment.orders(trip), courier=moment.courier(trip), back_s=back_s)
        return cost.travel + cost.late + cost.overtime + self.after(gone)

    def after(self, known: Known) -> float:
        """Price what comes when this is known."""
        alone = [problem_of(structs.replace(known, prices=self._prices), self._moment.rows)]
        known_s, mean_s = (
            fmean(self._planned(x, self._seed + number) for number, x in enumerate(problems))
            for problems in (alone, self.problems(known))
        )
        weight = self._params.known_bp
        return (weight * known_s + (ONE_BP - weight) * mean_s) / ONE_BP

    def _planned(self, problem: Problem, seed: int) -> int:
        return solve(problem, seed=seed, iterations=self._params.iterations).cost.total if problem.orders else 0

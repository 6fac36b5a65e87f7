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
from collections.abc import Mapping, Sequence
from statistics import fmean

import numpy as np
from msgspec import Struct, structs

from doorstep.base.units import ONE_BP
from doorstep.core.dispatch.draft import Draft
from doorstep.core.dispatch.futures import Future
from doorstep.core.dispatch.moment import Moment, problem_of
from doorstep.core.dispatch.problem import NONE, Prices, Problem
from doorstep.core.dispatch.score import Timed, score
from doorstep.core.dispatch.solve import Deadline, SolvedTrip


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


class Scenarios(Struct, frozen=True, kw_only=True):
    """
    What may come, with a plan for each: choices of one tick are held against each other on these.

    Parameters
    ----------
    rows
        The row of each order that is known, by its number in the day.
    drafts
        Of what is known alone, and of each future with it; with what was chosen so far in this tick.
    """

    rows: Mapping[int, int]
    drafts: tuple[Draft, ...]

    @classmethod
    def of(
        cls,
        moment: Moment,
        *,
        prices: Prices,
        futures: Sequence[Future],
        params: RegretParams,
        seed: int,
        deadline: Deadline | None = None,
    ) -> "Scenarios":
        """
        Plan what is known, and every future that there is time for.

        Parameters
        ----------
        prices
            Of the day: choices are weighed by what is paid, not by the prices of planning.
        """
        problem, known = structs.replace(moment.problem, prices=prices), structs.replace(moment.known, prices=prices)
        drafts = [Draft.of(problem, seed=seed, iterations=params.iterations, warm=moment.solved.sequences)]
        for nth, future in enumerate(futures):
            if deadline is not None and deadline.past():
                break
            ahead = problem_of(known, moment.rows, future)
            drafts.append(Draft.of(ahead, seed=seed + nth, iterations=params.iterations))
        return cls(rows={x: i for i, x in enumerate(known.orders.tolist())}, drafts=tuple(drafts))


def choose(
    moment: Moment,
    trip: SolvedTrip,
    *,
    prices: Prices,
    scenarios: Scenarios,
    params: RegretParams,
    seed: int,
    deadline: Deadline | None = None,
) -> tuple[Choice, Scenarios]:
    """
    Choose whether a trip leaves, waits, or another one leaves with its most urgent order.

    Parameters
    ----------
    trip
        Of the moment's plan; its courier is in and its goods are packed.
    prices
        As the scenarios were planned with.
    deadline
        Live only: scenarios that there is no time for are left out; without any the trip leaves as planned.

    Returns
    -------
    The choice, and the scenarios after it.

    Notes
    -----
    A plan in a future knows that future, so waiting looks better than it is; what is known weighs against that.
    """
    problem = structs.replace(moment.problem, prices=prices)
    choices = [Choice(trip=trip), *_others(moment, problem, trip, scenarios, params), Choice(trip=None)]
    tries = [_try(moment, problem, trip, x, scenarios.rows, params) for x in choices]
    costs_s, after = _tried(tries, scenarios, params, seed, deadline)
    if not after:
        return choices[0], structs.replace(scenarios, drafts=())
    cheapest = min(range(len(tries)), key=costs_s.__getitem__)
    choice = structs.replace(choices[cheapest], saves_s=costs_s[0] - costs_s[cheapest])
    return choice, structs.replace(scenarios, drafts=tuple(x[cheapest] for x in after))


def waiting_saves(
    moment: Moment, trip: SolvedTrip, *, prices: Prices, scenarios: Scenarios, params: RegretParams, seed: int
) -> float:
    """Tell by how much it is cheaper that the orders of a trip wait, seconds; less than 0 where that is dearer."""
    problem = structs.replace(moment.problem, prices=prices)
    tries = [_try(moment, problem, trip, x, scenarios.rows, params) for x in (Choice(trip=trip), Choice(trip=None))]
    (leaves_s, waits_s), _ = _tried(tries, scenarios, params, seed, None)
    return leaves_s - waits_s


class _Try(Struct, frozen=True, kw_only=True):
    """
    A choice, by rows of the scenarios.

    Parameters
    ----------
    back_s
        When its courier is back; None: the orders wait.
    paid_s
        What is paid for the trip itself.
    """

    courier: int
    orders: tuple[int, ...]
    back_s: int | None
    until_s: int
    paid_s: int
    iterations: int

    def after(self, draft: Draft, *, seed: int) -> Draft:
        """Go on after the choice."""
        if self.back_s is None:
            return draft.waited(self.orders, until_s=self.until_s, seed=seed, iterations=self.iterations)
        return draft.left(self.orders, courier=self.courier, back_s=self.back_s, seed=seed, iterations=self.iterations)


def _try(
    moment: Moment, problem: Problem, trip: SolvedTrip, choice: Choice, rows: Mapping[int, int], params: RegretParams
) -> _Try:
    """Tell a choice about a trip by rows of the scenarios, with the price of what leaves."""
    paid_s, waits, trip = 0, choice.trip is None, choice.trip or trip
    if not waits:
        cost = _ridden(problem, trip.courier, trip.orders).cost
        paid_s = cost.travel + cost.late + cost.overtime + cost.moved + cost.unfair
    return _Try(
        courier=trip.courier,
        orders=tuple(rows[x] for x in moment.orders(trip)),
        back_s=None if waits else trip.back_s,
        until_s=problem.now_s + params.wait_s,
        paid_s=paid_s,
        iterations=params.repairs,
    )


def _tried(
    tries: Sequence[_Try], scenarios: Scenarios, params: RegretParams, seed: int, deadline: Deadline | None
) -> tuple[list[float], list[tuple[Draft, ...]]]:
    """Go on after each choice in every scenario that there is time for: costs by choice, and drafts by scenario."""
    after: list[tuple[Draft, ...]] = []
    for nth, draft in enumerate(scenarios.drafts):
        if deadline is not None and deadline.past():
            break
        after.append(tuple(x.after(draft, seed=seed + max(0, nth - 1)) for x in tries))
    return [x.paid_s + _weighed([y[i].cost_s for y in after], params) for i, x in enumerate(tries)], after


def _others(
    moment: Moment, problem: Problem, trip: SolvedTrip, scenarios: Scenarios, params: RegretParams
) -> list[Choice]:
    """Find the trips that leave now with the most urgent order in most of the futures."""
    alone_s = problem.travel[problem.kind[trip.courier], moment.known.slice_now, 0, problem.place[list(trip.orders)]]
    urgent = trip.orders[int((problem.due_s[list(trip.orders)] - alone_s).argmin())]
    row = scenarios.rows[int(moment.known.orders[urgent])]
    seen = Counter(x for draft in scenarios.drafts[1:] if (x := draft.trip_of(row)) is not None)
    known = {scenarios.rows[x]: i for i, x in enumerate(moment.known.orders.tolist())}
    found: dict[frozenset[int], Choice] = {frozenset(trip.orders): Choice(trip=trip)}
    for (courier, orders), _ in seen.most_common():
        if len(found) > params.others:
            break
        mine = tuple(known.get(x, NONE) for x in orders)
        if NONE in mine or frozenset(mine) in found:
            continue
        timed = _ridden(problem, courier, mine)
        loads_s, depart_s, back_s = timed.trips[0].tolist()
        if loads_s <= problem.now_s:
            other = SolvedTrip(
                courier=courier,
                loads_s=loads_s,
                depart_s=depart_s,
                orders=mine,
                done_s=tuple(timed.done_s.tolist()),
                back_s=back_s,
            )
            found[frozenset(mine)] = Choice(trip=other)
    return list(found.values())[1:]


def _ridden(problem: Problem, courier: int, orders: Sequence[int]) -> Timed:
    """Ride one trip alone."""
    return score(problem, np.array([courier]), np.array([0, len(orders)]), np.array(orders))


def _weighed(costs_s: Sequence[int], params: RegretParams) -> float:
    """Weigh what is known alone against the mean of the futures."""
    if len(costs_s) < 2:
        return sum(costs_s)
    return (params.known_bp * costs_s[0] + (ONE_BP - params.known_bp) * fmean(costs_s[1:])) / ONE_BP

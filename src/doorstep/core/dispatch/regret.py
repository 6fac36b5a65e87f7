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
from typing import Final

import numpy as np
from msgspec import Struct, structs

from doorstep.base.units import ONE_BP
from doorstep.core.dispatch.draft import Draft
from doorstep.core.dispatch.futures import Future
from doorstep.core.dispatch.moment import Moment, problem_of
from doorstep.core.dispatch.problem import Prices, Problem
from doorstep.core.dispatch.score import Timed, score
from doorstep.core.dispatch.solve import Deadline, SolvedTrip

DRAFTING: Final = 0.5
"""How much of the time until a deadline is for drafts, before choices are tried on them."""


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
    moment: Moment,
    trip: SolvedTrip,
    *,
    prices: Prices,
    futures: Sequence[Future],
    params: RegretParams,
    seed: int,
    deadline: Deadline | None = None,
) -> Choice:
    """
    Choose whether a trip leaves, waits, or another one leaves with its most urgent order.

    Parameters
    ----------
    trip
        Of the moment's plan; its courier is in and its goods are packed.
    prices
        Of the day: choices are weighed by what is paid, not by the prices of planning.
    deadline
        Live only: scenarios that there is no time for are left out; without any the trip leaves as planned.

    Notes
    -----
    A plan in a future knows that future, so waiting looks better than it is; what is known weighs against that.
    """
    moment = _priced(moment, prices)
    drafts = _drafts(moment, futures, params, seed, None if deadline is None else deadline.after(DRAFTING))
    choices = [Choice(trip=trip), *_others(moment, trip, drafts, params), Choice(trip=None)]
    costs_s = _costs_s(moment, trip, choices, drafts, params, seed, deadline)
    cheapest = min(range(len(costs_s)), key=costs_s.__getitem__, default=0)
    return choices[0] if cheapest == 0 else structs.replace(choices[cheapest], saves_s=costs_s[0] - costs_s[cheapest])


def waiting_saves(
    moment: Moment, trip: SolvedTrip, *, prices: Prices, futures: Sequence[Future], params: RegretParams, seed: int
) -> float:
    """Tell by how much it is cheaper that the orders of a trip wait, seconds; less than 0 where that is dearer."""
    moment = _priced(moment, prices)
    drafts = _drafts(moment, futures, params, seed, None)
    choices = (Choice(trip=trip), Choice(trip=None))
    leaves_s, waits_s = _costs_s(moment, trip, choices, drafts, params, seed, None)
    return leaves_s - waits_s


def _priced(moment: Moment, prices: Prices) -> Moment:
    return structs.replace(
        moment,
        problem=structs.replace(moment.problem, prices=prices),
        known=structs.replace(moment.known, prices=prices),
    )


def _drafts(
    moment: Moment, futures: Sequence[Future], params: RegretParams, seed: int, deadline: Deadline | None
) -> list[Draft]:
    """Plan with nothing chosen: what is known alone, then every future with it that there is time for."""
    drafts = [
        Draft.of(moment.problem, seed=seed, iterations=params.iterations, warm=moment.solved.sequences),
    ]
    for nth, future in enumerate(futures):
        if deadline is not None and deadline.past():
            break
        ahead = problem_of(moment.known, moment.rows, future)
        drafts.append(Draft.of(ahead, seed=seed + nth, iterations=params.iterations))
    return drafts


def _costs_s(
    moment: Moment,
    trip: SolvedTrip,
    choices: Sequence[Choice],
    drafts: Sequence[Draft],
    params: RegretParams,
    seed: int,
    deadline: Deadline | None,
) -> list[float]:
    """
    Go on after each choice from every draft that there is time for.

    Returns
    -------
    What each choice costs: the trip itself, and what comes, weighed; nothing where there is no time for any draft.
    """
    rest_s: list[list[int]] = []
    for nth, draft in enumerate(drafts):
        if deadline is not None and deadline.past():
            break
        own = seed + max(0, nth - 1)
        rest_s.append([_after(draft, x, trip, moment.problem.now_s, params, own).cost_s for x in choices])
    if not rest_s:
        return []
    return [_paid_s(moment.problem, x) + _weighed([y[i] for y in rest_s], params) for i, x in enumerate(choices)]


def _after(draft: Draft, choice: Choice, trip: SolvedTrip, now_s: int, params: RegretParams, seed: int) -> Draft:
    """Go on from a draft after a choice about a trip."""
    if choice.trip is None:
        return draft.waited(trip.orders, until_s=now_s + params.wait_s, seed=seed, iterations=params.repairs)
    left = choice.trip
    return draft.left(left.orders, courier=left.courier, back_s=left.back_s, seed=seed, iterations=params.repairs)


def _paid_s(problem: Problem, choice: Choice) -> int:
    """Price the trip that leaves."""
    if choice.trip is None:
        return 0
    cost = _ridden(problem, choice.trip.courier, choice.trip.orders).cost
    return cost.travel + cost.late + cost.overtime + cost.moved + cost.unfair


def _weighed(costs_s: Sequence[int], params: RegretParams) -> float:
    """Weigh what is known alone against the mean of the futures."""
    if len(costs_s) == 1:
        return costs_s[0]
    return (params.known_bp * costs_s[0] + (ONE_BP - params.known_bp) * fmean(costs_s[1:])) / ONE_BP


def _others(moment: Moment, trip: SolvedTrip, drafts: Sequence[Draft], params: RegretParams) -> list[Choice]:
    """Find the trips that leave now with the most urgent order in most of the futures."""
    problem, count = moment.problem, moment.problem.orders
    alone_s = problem.travel[problem.kind[trip.courier], moment.known.slice_now, 0, problem.place[list(trip.orders)]]
    urgent = trip.orders[int((problem.due_s[list(trip.orders)] - alone_s).argmin())]
    seen = Counter(x for draft in drafts[1:] if (x := draft.trip_of(urgent)) is not None and max(x[1]) < count)
    found: dict[frozenset[int], Choice] = {}
    for (courier, orders), _ in seen.most_common():
        if len(found) == params.others:
            break
        if set(orders) == set(trip.orders) or frozenset(orders) in found:
            continue
        timed = _ridden(problem, courier, orders)
        loads_s, depart_s, back_s = timed.trips[0].tolist()
        if loads_s <= problem.now_s:
            other = SolvedTrip(
                courier=courier,
                loads_s=loads_s,
                depart_s=depart_s,
                orders=orders,
                done_s=tuple(timed.done_s.tolist()),
                back_s=back_s,
            )
            found[frozenset(orders)] = Choice(trip=other)
    return list(found.values())


def _ridden(problem: Problem, courier: int, orders: Sequence[int]) -> Timed:
    """Ride one trip alone."""
    return score(problem, np.array([courier]), np.array([0, len(orders)]), np.array(orders))

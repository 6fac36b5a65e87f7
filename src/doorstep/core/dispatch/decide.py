"""One tick of dispatch: plan all that is known, then say which trips leave now and why the others wait."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from msgspec import Struct, field, structs

from doorstep.base.units import ONE_BP
from doorstep.core.dispatch.explain import Reason, explain
from doorstep.core.dispatch.futures import Future, Rhythm, expected_orders, sample
from doorstep.core.dispatch.problem import Prices, Problem, of_arrays
from doorstep.core.dispatch.simple import simple
from doorstep.core.dispatch.solve import Deadline, Solved, SolvedTrip, solve
from doorstep.core.dispatch.tick import Decision, Known, Leaving, Whole
from doorstep.core.dispatch.wait import Hold, Sight, WaitParams, wait_or_go

Trips = tuple[tuple[int, tuple[int, ...]], ...]
"""Courier and orders of every planned trip, by their numbers in the day; what the next tick begins with."""
SCENARIOS_A_TICK: Final = 64


class TickParams(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    How a tick decides. Chosen on the made days of `bench.days.made`, never on the frozen ones.

    Parameters
    ----------
    iterations
        Steps of the kernel in a tick; 0 is greedy insertion, with less than 0 the simple rule decides.
    warm
        Whether a tick begins with the plan of the last one.
    trip_s
        What a trip costs in planning, seconds, on top of riding: fewer and fuller trips bring more in an hour.
    apart_bp
        What it costs in planning that promises on one trip lie apart, 10,000ths of a second for each second between
        neighbours: who need not leave yet may find better company among the orders to come.
    sure_bp, unsure_bp
        How much of the price of lateness is planned with, of its fixed part and of each second, in 10,000ths. Where
        handovers come when expected, more of the first and less of the second: later orders will ask for the same
        couriers, so who is late anyway holds nobody up. Where they come later, less of the fixed part: who is planned
        into a margin is late only perhaps.
    due_in_s
        Couriers whose shift begins within this are planned with.
    wait
        When trips wait for company.
    shown_s
        A planned arrival is told from so long before the promise on: earlier plans still change too often.
    explain
        Whether every order that leaves is told why it goes there.
    futures, future_iterations, ahead_s
        How many futures of the next `ahead_s` are sampled where the rule asks for them, and the steps for each.
    """

    iterations: int = 200
    warm: bool = True
    trip_s: int = 60
    apart_bp: int = 0
    sure_bp: tuple[int, int] = (13_000, 5_000)
    unsure_bp: tuple[int, int] = (3_333, 10_000)
    due_in_s: int = 1_200
    wait: WaitParams = field(default_factory=WaitParams)
    shown_s: int = 900
    explain: bool = False
    futures: int = 8
    future_iterations: int = 40
    ahead_s: int = 600


def decide(
    known: Known,
    *,
    last: Trips,
    params: TickParams,
    seed: int,
    rhythm: Rhythm | None = None,
    deadline: Deadline | None = None,
) -> tuple[Decision, Trips]:
    """
    Decide which trips leave now.

    Parameters
    ----------
    last
        The plan of the tick before, as it was returned; empty at first.
    seed
        The same seed, knowledge and last plan give the same answer; with a deadline the clock decides, too.
    rhythm
        What is expected of the day; where it is missing no future is sampled, and trips wait by their slack.
    deadline
        Live only: when to stop thinking.

    Returns
    -------
    The decision, and the plan for the next tick. There is always one: where the kernel fails, or is given less than
    nothing to do, the simple rule decides.
    """
    if params.iterations < 0 or not known.orders.size:
        return _simply(known), ()
    known = structs.replace(known, prices=_prices(known, params))
    rows = _planned_with(known, params)
    problem = problem_of(known, rows)
    warm = _warm(known, rows, last) if params.warm else None
    try:
        solved = solve(problem, seed=seed, iterations=params.iterations, warm=warm, deadline=deadline)
    except (ArithmeticError, AssertionError, LookupError, MemoryError, ValueError):
        return _simply(known), ()  # shoppers wait for their orders, whatever is wrong with the kernel
    delays_s = free_delays(problem, solved.trips)
    leaving, held, wake_s = _leaving(known, rows, problem, solved, delays_s, params, rhythm, seed)
    numbers: list[int] = known.orders.tolist()
    people: list[int] = known.couriers[rows].tolist()
    decision = Decision(
        leaving=leaving,
        held=held,
        arrivals_s=_arrivals(solved, delays_s, known, params),
        wanted_s={
            numbers[x]: trip.loads_s + max(0, delays_s[trip.courier, trip.loads_s])
            for trip in solved.trips
            for x in trip.orders
            if known.ready_s[x] > known.now_s
        },
        wake_s=wake_s,
    )
    return decision, tuple((people[x.courier], tuple(numbers[y] for y in x.orders)) for x in solved.trips)


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
    for trip in reversed(trips):
        off_s = int(problem.off_s[trip.courier])
        own_s = min(int(problem.due_s[x]) - at_s for x, at_s in zip(trip.orders, trip.done_s, strict=True))
        begins_s, spare_s = after.get(trip.courier, (off_s, 0))
        slack_s = min(own_s, off_s - trip.depart_s, max(0, begins_s - trip.back_s + max(0, spare_s)))
        after[trip.courier] = (trip.loads_s, slack_s)
        found[trip.courier, trip.loads_s] = slack_s
    return found


def problem_of(known: Known, rows: Whole, future: Future | None = None) -> Problem:
    """
    Make the planning problem of a tick: waiting orders first, then those of a future.

    Parameters
    ----------
    rows
        Which couriers of `known` to plan with, ascending.
    """
    places = np.concatenate(([0], known.orders + 1))
    ready_s, due_s, volume_ml = known.ready_s, known.due_s - known.overrun_s, known.volume_ml
    if future is not None:
        places = np.concatenate((places, future.like + 1))
        ready_s = np.concatenate((ready_s, future.ready_s))
        due_s = np.concatenate((due_s, future.due_s - known.overrun_s))
        volume_ml = np.concatenate((volume_ml, known.past_ml[future.like]))
    return of_arrays(
        now_s=known.now_s,
        orders={
            "ready_s": ready_s,
            "due_s": due_s,
            "place": np.arange(1, len(places)),
            "volume_ml": volume_ml,
            "service_s": known.service_s,
        },
        couriers={
            "free_s": np.maximum(known.free_s, known.on_s)[rows],
            "off_s": known.off_s[rows],
            "box_ml": known.box_ml[rows],
            "kind": known.kind[rows],
        },
        travel=known.travel[:, :, places[:, None], places],
        loading_s=known.loading_s,
        prices=known.prices,
    )


def _leaving(
    known: Known,
    rows: Whole,
    problem: Problem,
    solved: Solved,
    delays_s: Mapping[tuple[int, int], int],
    params: TickParams,
    rhythm: Rhythm | None,
    seed: int,
) -> tuple[tuple[Leaving, ...], dict[int, Hold], int | None]:
    """Go through the trips that could leave now; return those that do, why the others wait, when to look again."""
    numbers: list[int] = known.orders.tolist()
    people: list[int] = known.couriers[rows].tolist()
    now = [x for x in solved.trips if x.loads_s <= known.now_s]
    votes_bp: Mapping[int, int] = {}
    if params.wait.rule == "futures" and rhythm is not None and now:
        votes_bp = _votes(known, rows, solved, params, rhythm, seed)
    idle = int(np.sum(known.free_s[rows] <= known.now_s)) - len(now)
    leaving: list[Leaving] = []
    held, wake_s = _held(known, problem, solved), None
    for trip in now:
        orders = tuple(numbers[x] for x in trip.orders)
        sight = Sight(
            slack_s=delays_s[trip.courier, trip.loads_s],
            fits_bp=_fits_bp(known, problem, trip),
            idle=idle,
            now_bp=sum(votes_bp.get(x, ONE_BP if votes_bp else 0) for x in trip.orders) // len(trip.orders),
        )
        why = wait_or_go(sight, params.wait)
        if why is None:
            at_s = known.now_s + sight.slack_s - params.wait.slack_s
            wake_s = at_s if wake_s is None else min(at_s, wake_s)
            held.update(dict.fromkeys(orders, "company"))
            continue
        for x in orders:
            del held[x]
        reasons = _reasons(problem, solved, trip, numbers, people) if params.explain else ()
        leaving.append(
            Leaving(
                courier=people[trip.courier],
                orders=orders,
                why=why,
                slack_s=sight.slack_s,
                now_bp=sight.now_bp,
                because=reasons,
            )
        )
    return tuple(leaving), held, wake_s


def _prices(known: Known, params: TickParams) -> Prices:
    fixed_bp, per_s_bp = params.unsure_bp if known.overrun_s else params.sure_bp
    return structs.replace(
        known.prices,
        trip_s=params.trip_s,
        apart_bp=params.apart_bp,
        late_fixed_s=known.prices.late_fixed_s * fixed_bp // ONE_BP,
        late_per_s=known.prices.late_per_s * per_s_bp // ONE_BP,
    )


def _planned_with(known: Known, params: TickParams) -> Whole:
    """Couriers on shift or due soon who may still leave."""
    soon = known.on_s <= known.now_s + params.due_in_s
    return np.nonzero(soon & (known.off_s >= known.now_s + known.loading_s))[0].astype(np.int64)


def _warm(known: Known, rows: Whole, last: Trips) -> list[tuple[int, list[int]]]:
    """Take the last plan by rows, without what left."""
    order = {x: i for i, x in enumerate(known.orders.tolist())}
    courier = {x: i for i, x in enumerate(known.couriers[rows].tolist())}
    kept = ((courier[c], [order[x] for x in orders if x in order]) for c, orders in last if c in courier)
    return [x for x in kept if x[1]]


def _simply(known: Known) -> Decision:
    """Let the simple rule decide; what it does not take waits for a courier, or for being packed."""
    decision = simple(known)
    gone = {x for y in decision.leaving for x in y.orders}
    held: dict[int, Hold] = {
        order: "no_courier" if ready_s <= known.now_s else "not_ready"
        for order, ready_s in zip(known.orders.tolist(), known.ready_s.tolist(), strict=True)
        if order not in gone
    }
    leaving = tuple(structs.replace(x, why="kernel_failed") for x in decision.leaving)
    return Decision(leaving=leaving, held=held)


def _held(known: Known, problem: Problem, solved: Solved) -> dict[int, Hold]:
    """Why each order would wait if no trip left now."""
    numbers = known.orders.tolist()
    held: dict[int, Hold] = {}
    for trip in solved.trips:
        unready = int(problem.ready_s[list(trip.orders)].max()) > int(problem.free_s[trip.courier])
        for x in trip.orders:
            packed = int(problem.ready_s[x]) <= known.now_s
            held[numbers[x]] = "not_ready" if not packed else "company" if unready else "no_courier"
    for x in solved.unplanned:
        held[numbers[x]] = "too_big"
    return held


def _reasons(
    problem: Problem, solved: Solved, trip: SolvedTrip, numbers: Sequence[int], people: Sequence[int]
) -> tuple[Reason, ...]:
    """Why each order is on a trip; orders and couriers by their numbers in the day."""
    made = []
    for x in explain(problem, solved, trip.orders):
        other = x.other if x.other is None else structs.replace(x.other, courier=people[x.other.courier])
        made.append(structs.replace(x, order=numbers[x.order], courier=people[x.courier], other=other))
    return tuple(made)


def _arrivals(
    solved: Solved, delays_s: Mapping[tuple[int, int], int], known: Known, params: TickParams
) -> dict[int, int]:
    """
    When each packed order whose promise is near should be handed over, to be shown.

    Half of the wait that its trip may still have is added. On the made days one in seven shown from the packing on was
    off by more than five minutes in the end, and one in a hundred shown from a quarter of an hour before the promise.
    """
    numbers = known.orders.tolist()
    made = {}
    for trip in solved.trips:
        waits_s = 0 if params.wait.rule == "at_once" else delays_s[trip.courier, trip.loads_s] - params.wait.slack_s
        for x, at_s in zip(trip.orders, trip.done_s, strict=True):
            if known.ready_s[x] <= known.now_s and known.due_s[x] - known.now_s <= params.shown_s:
                made[numbers[x]] = at_s + max(0, waits_s) // 2
    return made


def _fits_bp(known: Known, problem: Problem, trip: SolvedTrip) -> int:
    """How many of today's orders would still fit the box of a trip."""
    left_ml = problem.box_ml[trip.courier] - problem.volume_ml[list(trip.orders)].sum(axis=0)
    return int(np.all(known.past_ml <= left_ml, axis=1).sum()) * ONE_BP // max(1, len(known.past_ml))


def _votes(known: Known, rows: Whole, solved: Solved, params: TickParams, rhythm: Rhythm, seed: int) -> dict[int, int]:
    """In how many sampled futures each order (by its row) leaves now, in 10,000ths."""
    mean = expected_orders(rhythm, placed_at_s=known.past_placed_s, now_s=known.now_s, ahead_s=params.ahead_s)
    counts = dict.fromkeys(range(len(known.orders)), 0)
    for number in range(params.futures):
        future = sample(known, mean=mean, ahead_s=params.ahead_s, seed=seed * SCENARIOS_A_TICK + number)
        problem = problem_of(known, rows, future)
        ahead = solve(problem, seed=seed, iterations=params.future_iterations, warm=solved.sequences)
        for trip in ahead.trips:
            if trip.loads_s <= known.now_s:
                for x in trip.orders:
                    counts[x] += ONE_BP
    return {x: y // max(1, params.futures) for x, y in counts.items()}

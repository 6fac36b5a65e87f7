"""One tick of dispatch: plan all that is known, then say which trips leave now and why the others wait."""

from collections.abc import Collection, Mapping
from typing import Final

import numpy as np
from msgspec import Struct, field, structs

from doorstep.base.units import ONE_BP
from doorstep.core.dispatch.explain import Reason, explain
from doorstep.core.dispatch.futures import Future, Rhythm, expected_orders, sample
from doorstep.core.dispatch.held import Looks, held_back, resting, waits_of
from doorstep.core.dispatch.limits import rows_of
from doorstep.core.dispatch.moment import Moment, Trips, as_rows, free_delays, problem_of, waiting, without
from doorstep.core.dispatch.problem import NONE, Prices
from doorstep.core.dispatch.regret import RegretParams, choose
from doorstep.core.dispatch.simple import simple
from doorstep.core.dispatch.solve import Deadline, SolvedTrip, solve
from doorstep.core.dispatch.tick import Decision, Known, Leaving
from doorstep.core.dispatch.wait import Hold, Leave, Sight, WaitParams, wait_or_go

SCENARIOS_A_TICK: Final = 64
PLANNING: Final = 0.75
"""How much of the time until a deadline is for the plan, where futures are asked after it."""
CHOOSING: Final = 0.75
"""How much of it is for futures where choices are made in them, too."""


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
    regret
        How trips that would leave are held against waiting and against other trips, where the rule asks for futures.
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
    regret: RegretParams = field(default_factory=RegretParams)


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
    # Travel of an hour ago lacks the doors that were ordered from since: these wait, and the others leave.
    strange = known.orders[known.orders + 1 >= known.travel.shape[-1]].tolist()
    if strange:
        near = _placed(without(known, strange, courier=NONE, back_s=0), known.travel.shape[-1] - 1)
        said, plan = decide(near, last=last, params=params, seed=seed, rhythm=rhythm, deadline=deadline)
        return structs.replace(said, held={**said.held, **dict.fromkeys(strange, "no_way")}), plan
    if params.iterations < 0 or not known.orders.size:
        return _simply(known), ()
    try:
        return _decided(known, last, params, seed, rhythm, deadline)
    except Exception:  # noqa: BLE001 shoppers wait for their orders, whatever is wrong with the kernel
        return _simply(known), ()


def _placed(known: Known, orders: int) -> Known:
    """Forget past orders beyond so many: futures are drawn from their doors."""
    past = {x: getattr(known, x)[:orders] for x in ("past_placed_s", "past_ready_s", "past_due_s", "past_ml")}
    return structs.replace(known, **past, past_more=rows_of(known.past_more, slice(orders)))


def _decided(
    known: Known, last: Trips, params: TickParams, seed: int, rhythm: Rhythm | None, deadline: Deadline | None
) -> tuple[Decision, Trips]:
    priced = structs.replace(known, prices=_prices(known, params))
    # Greedy insertion, and whoever has no time, asks no future.
    ahead = rhythm if params.wait.rule == "futures" and params.iterations > 0 else None
    # Where handovers come later than planned, a minute more of waiting costs more than any plan says.
    chooses = ahead is not None and params.regret.futures > 0 and known.overrun_s == 0
    until = deadline
    if deadline is not None and ahead is not None:
        until = deadline.after(1 - CHOOSING if chooses else PLANNING)
    moment = _planned(priced, last if params.warm else None, seed, params, params.iterations, until)
    settled: tuple[Leaving, ...] = ()
    put_off: Mapping[int, int] = {}
    looks: Looks | None = None
    if ahead is not None and chooses:
        moment, settled, put_off, looks = _settled(moment, known.prices, params, ahead, seed, deadline)
    looks = _looks(moment, params, ahead, seed, deadline) if looks is None else looks
    leaving, held, wake_s = _leaving(moment, looks, params)
    unpacked = set(known.orders[known.ready_s > known.now_s].tolist())
    stays = {x: "company" if x in put_off else why for x, why in held.items()}
    decision = Decision(
        leaving=(*settled, *leaving),
        held=stays,
        waits=waits_of(moment, stays, looks, put_off) if params.explain else {},
        arrivals_s=_arrivals(moment, unpacked, params),
        wanted_s={
            x: trip.loads_s + max(0, moment.slack_s(trip))
            for trip in moment.solved.trips
            for x in moment.orders(trip)
            if x in unpacked
        },
        resting=resting(moment, {x.courier for x in (*settled, *leaving)}),
        wake_s=wake_s,
    )
    return decision, moment.trips


def _planned(
    known: Known, last: Trips | None, seed: int, params: TickParams, iterations: int, deadline: Deadline | None = None
) -> Moment:
    """Plan what is known, from the last plan on if there is one."""
    soon = known.on_s <= known.now_s + params.due_in_s
    rows = np.nonzero(soon & (known.off_s >= known.now_s + known.loading_s))[0].astype(np.int64)
    problem = problem_of(known, rows)
    warm = None if last is None else as_rows(known, rows, last)
    solved = solve(problem, seed=seed, iterations=iterations, warm=warm, deadline=deadline)
    return Moment(known=known, rows=rows, problem=problem, solved=solved, delays_s=free_delays(problem, solved.trips))


def _futures(known: Known, rhythm: Rhythm, ahead_s: int, count: int, seed: int) -> list[Future]:
    """Sample so many futures of the next `ahead_s`."""
    mean = expected_orders(rhythm, placed_at_s=known.past_placed_s, now_s=known.now_s, ahead_s=ahead_s)
    return [sample(known, mean=mean, ahead_s=ahead_s, seed=seed * SCENARIOS_A_TICK + x) for x in range(count)]


def _settled(
    moment: Moment, prices: Prices, params: TickParams, rhythm: Rhythm, seed: int, deadline: Deadline | None
) -> tuple[Moment, tuple[Leaving, ...], dict[int, int], Looks | None]:
    """
    Choose about the trips that would leave, one after the other, those that are due first.

    Returns
    -------
    What is known after that, with its plan; what leaves; orders that wait although their trip would leave, with what
    that saves, seconds of cost; and the last look at the others, if there was one.
    """
    how, now_s = params.regret, moment.known.now_s
    futures: list[Future] = []
    looks: Looks | None = None
    leaving: list[Leaving] = []
    put_off: dict[int, int] = {}
    for turn in range(how.most):
        if deadline is not None and deadline.past():
            break
        due = (x for x in moment.solved.trips if x.loads_s <= now_s and moment.slack_s(x) <= params.wait.slack_s)
        leaves: Leave = "due"
        trip, now_bp = next(due, None), ONE_BP
        if trip is None:
            looks = _looks(moment, params, rhythm, seed, deadline)
            early = ((x, y, z.now_bp) for x, y, z in looks if y is not None)
            trip, leaves, now_bp = next(early, (None, leaves, now_bp))
        if trip is None:
            break
        slack_s, own = moment.slack_s(trip), seed * how.most + turn
        futures = futures or _futures(moment.known, rhythm, how.ahead_s, how.futures, seed)
        choice = choose(moment, trip, prices=prices, futures=futures, params=how, seed=own, deadline=deadline)
        if choice.trip is None:
            put_off.update(dict.fromkeys(moment.orders(trip), round(choice.saves_s)))
            known = waiting(moment.known, moment.orders(trip), until_s=now_s + how.wait_s)
        else:
            other, moment = choice.trip != trip, _with(moment, choice.trip)
            trip = next(x for x in moment.solved.trips if x.courier == choice.trip.courier)
            left = _left(moment, trip, "cheaper" if other else leaves, params)
            leaving.append(structs.replace(left, slack_s=slack_s, saves_s=round(choice.saves_s), now_bp=now_bp))
            known = without(moment.known, left.orders, courier=left.courier, back_s=trip.back_s)
        as_planned = choice.trip is not None and not choice.saves_s
        steps = 0 if as_planned else how.iterations
        moment, looks = _planned(known, moment.trips, own, params, steps, deadline), None
    return moment, tuple(leaving), put_off, looks


def _with(moment: Moment, trip: SolvedTrip) -> Moment:
    """Put a trip into the plan, first of its courier; the others stay as they are, without its orders."""
    if trip in moment.solved.trips:
        return moment
    rest = [(x.courier, [u for u in x.orders if u not in trip.orders]) for x in moment.solved.trips]
    warm = [(trip.courier, list(trip.orders)), *(x for x in rest if x[1])]
    solved = solve(moment.problem, seed=1, iterations=0, warm=warm)
    return structs.replace(moment, solved=solved, delays_s=free_delays(moment.problem, solved.trips))


def _leaving(
    moment: Moment, looks: Looks, params: TickParams
) -> tuple[tuple[Leaving, ...], dict[int, Hold], int | None]:
    """Go through the trips that could leave now; return those that do, why the others wait, when to look again."""
    known = moment.known
    leaving: list[Leaving] = []
    held, wake_s = held_back(moment), None
    for trip, why, sight in looks:
        if why is None:
            at_s = known.now_s + sight.slack_s - params.wait.slack_s
            wake_s = at_s if wake_s is None else min(at_s, wake_s)
            held.update(dict.fromkeys(moment.orders(trip), "company"))
            continue
        for x in moment.orders(trip):
            del held[x]
        leaving.append(structs.replace(_left(moment, trip, why, params), now_bp=sight.now_bp))
    return tuple(leaving), held, wake_s


def _looks(
    moment: Moment, params: TickParams, rhythm: Rhythm | None, seed: int, deadline: Deadline | None = None
) -> Looks:
    """Look at every trip that could leave now: why it does, or None if it waits."""
    known = moment.known
    now = [x for x in moment.solved.trips if x.loads_s <= known.now_s]
    votes_bp: Mapping[int, int] = {}
    if rhythm is not None and now:
        votes_bp = _votes(moment, params, rhythm, seed, deadline)
    idle = int(np.sum(known.free_s[moment.rows] <= known.now_s)) - len(now)
    sights = [
        Sight(
            slack_s=moment.slack_s(trip),
            fits_bp=_fits_bp(moment, trip),
            idle=idle,
            now_bp=sum(votes_bp.get(x, ONE_BP if votes_bp else 0) for x in trip.orders) // len(trip.orders),
        )
        for trip in now
    ]
    return [(x, wait_or_go(y, params.wait), y) for x, y in zip(now, sights, strict=True)]


def _left(moment: Moment, trip: SolvedTrip, why: Leave, params: TickParams) -> Leaving:
    """Tell a trip that leaves, by its numbers in the day."""
    return Leaving(
        courier=moment.courier(trip),
        orders=moment.orders(trip),
        why=why,
        slack_s=moment.slack_s(trip),
        because=_reasons(moment, trip) if params.explain else (),
    )


def _prices(known: Known, params: TickParams) -> Prices:
    fixed_bp, per_s_bp = params.unsure_bp if known.overrun_s else params.sure_bp
    return structs.replace(
        known.prices,
        trip_s=params.trip_s,
        apart_bp=params.apart_bp,
        late_fixed_s=known.prices.late_fixed_s * fixed_bp // ONE_BP,
        late_per_s=known.prices.late_per_s * per_s_bp // ONE_BP,
    )


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
    return structs.replace(decision, leaving=leaving, held=held)


def _reasons(moment: Moment, trip: SolvedTrip) -> tuple[Reason, ...]:
    """Why each order is on a trip; orders and couriers by their numbers in the day."""
    numbers: list[int] = moment.known.orders.tolist()
    people: list[int] = moment.known.couriers[moment.rows].tolist()
    made = []
    for x in explain(moment.problem, moment.solved, trip.orders):
        other = x.other if x.other is None else structs.replace(x.other, courier=people[x.other.courier])
        made.append(structs.replace(x, order=numbers[x.order], courier=people[x.courier], other=other))
    return tuple(made)


def _arrivals(moment: Moment, unpacked: Collection[int], params: TickParams) -> dict[int, int]:
    """
    When each packed order whose promise is near should be handed over, to be shown.

    Half of the wait that its trip may still have is added. On the made days one in seven shown from the packing on was
    off by more than five minutes in the end, and one in a hundred shown from a quarter of an hour before the promise.
    """
    known, made = moment.known, {}
    for trip in moment.solved.trips:
        waits_s = 0 if params.wait.rule == "at_once" else moment.slack_s(trip) - params.wait.slack_s
        for x, order, at_s in zip(trip.orders, moment.orders(trip), trip.done_s, strict=True):
            if order not in unpacked and known.due_s[x] - known.now_s <= params.shown_s:
                made[order] = at_s + max(0, waits_s) // 2
    return made


def _fits_bp(moment: Moment, trip: SolvedTrip) -> int:
    """How many of today's orders would still fit the box of a trip."""
    problem, past_ml = moment.problem, moment.known.past_ml
    left_ml = problem.box_ml[trip.courier] - problem.volume_ml[list(trip.orders)].sum(axis=0)
    return int(np.all(past_ml <= left_ml, axis=1).sum()) * ONE_BP // max(1, len(past_ml))


def _votes(moment: Moment, params: TickParams, rhythm: Rhythm, seed: int, deadline: Deadline | None) -> dict[int, int]:
    """In how many sampled futures each order (by its row) leaves now, in 10,000ths; empty where there is no time."""
    known, asked = moment.known, 0
    counts = dict.fromkeys(range(len(known.orders)), 0)
    if deadline is not None and deadline.clock() >= deadline.at:
        return {}
    for future in _futures(known, rhythm, params.ahead_s, params.futures, seed):
        if asked and deadline is not None and deadline.clock() >= deadline.at:
            break
        asked += 1
        problem = problem_of(known, moment.rows, future)
        ahead = solve(problem, seed=seed, iterations=params.future_iterations, warm=moment.solved.sequences)
        for trip in ahead.trips:
            if trip.loads_s <= known.now_s:
                for x in trip.orders:
                    counts[x] += ONE_BP
    return {x: y // max(1, asked) for x, y in counts.items()}

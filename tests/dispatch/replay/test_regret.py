"""Choices about a trip that would leave: cheapest by every plan there is, one for one seed, as many as time allows."""

from collections.abc import Sequence

import numpy as np
import pytest
from msgspec import structs

from doorstep.bench.days.policies import SETUPS, Budget, Kept, policy_named
from doorstep.bench.days.world import arrays
from doorstep.core.dispatch.decide import TickParams, decide
from doorstep.core.dispatch.futures import Future, Rhythm
from doorstep.core.dispatch.moment import Moment, free_delays, problem_of, waiting, without
from doorstep.core.dispatch.problem import Problem
from doorstep.core.dispatch.regret import Choice, RegretParams, choose
from doorstep.core.dispatch.solve import Deadline, SolvedTrip, solve
from doorstep.core.dispatch.tick import Known
from doorstep.model.dispatch import DispatchDay
from tests.dispatch.replay.days import lived, small
from tests.oracles import dispatch as oracle

HOW = RegretParams(futures=2, iterations=120)
MOST_ORDERS = 3


def shown(day: DispatchDay) -> list[Known]:
    """Everything that a day shows to whoever decides."""
    kept = Kept(policy_named("full", day=arrays(day), budget=Budget(iterations=10), seed=3))
    lived(day, kept)
    return [x for x, _ in kept.said]


def planned(known: Known) -> Moment:
    rows = np.arange(len(known.couriers))
    problem = problem_of(known, rows)
    solved = solve(problem, seed=1, iterations=50)
    return Moment(known=known, rows=rows, problem=problem, solved=solved, delays_s=free_delays(problem, solved.trips))


def fewer(known: Known) -> Known:
    """The orders that are promised first, and the couriers who are in first: as much as all plans can be tried for."""
    keep, who = np.sort(np.argsort(known.due_s)[:MOST_ORDERS]), np.sort(np.argsort(known.free_s, kind="stable")[:2])
    orders = {x: getattr(known, x)[keep] for x in ("orders", "placed_s", "ready_s", "due_s", "volume_ml")}
    people = {x: getattr(known, x)[who] for x in ("couriers", "free_s", "on_s", "off_s", "box_ml", "kind")}
    return structs.replace(known, **orders, **people)


def chosen(
    moment: Moment, trip: SolvedTrip, futures: Sequence[Future], how: RegretParams, deadline: Deadline | None = None
) -> Choice:
    prices = moment.known.prices
    return choose(moment, trip, prices=prices, futures=futures, params=how, seed=5, deadline=deadline)


def small_moments(seed: int) -> list[tuple[Moment, SolvedTrip]]:
    """Moments with few orders and a trip that could leave now."""
    found = []
    for known in shown(small(seed, hours=0.6)):
        moment = planned(fewer(known))
        now = [x for x in moment.solved.trips if x.loads_s <= known.now_s]
        found += [(moment, x) for x in now[:1] if len(moment.known.orders) == MOST_ORDERS]
    return found


def drawn(known: Known, seed: int) -> list[Future]:
    """Two futures of one order each, like orders of the day."""
    made = []
    for number in range(2):
        like = np.array([(seed * 7 + number) % max(1, len(known.past_ml))])
        ready_s = np.array([known.now_s + 60 + 90 * number])
        made.append(Future(like=like, ready_s=ready_s, due_s=ready_s + 1_200))
    return made


def cost(problem: Problem) -> int:
    return oracle.cheapest(problem) if problem.orders else 0


def paid(known: Known, moment: Moment, futures: Sequence[Future]) -> float:
    """The price of what is known, half by itself and half in the mean of the futures: every plan tried."""
    alone = cost(problem_of(known, moment.rows))
    return (alone + sum(cost(problem_of(known, moment.rows, x)) for x in futures) / len(futures)) / 2


def left(moment: Moment, trip: SolvedTrip, futures: Sequence[Future]) -> float:
    ridden = oracle.ride(moment.problem, [(trip.courier, trip.orders)])
    unplanned = ridden.cost["unplanned"]
    home_s = moment.problem.travel[moment.problem.kind[trip.courier], 0, moment.problem.place[trip.orders[-1]], 0]
    back_s = ridden.done_s[trip.orders[-1]] + int(home_s)
    gone = without(moment.known, moment.orders(trip), courier=moment.courier(trip), back_s=back_s)
    return ridden.total - unplanned + paid(gone, moment, futures)


@pytest.mark.check  # every plan of four orders is tried a dozen times a moment
@pytest.mark.parametrize("seed", [11, 12])
def test_the_choice_is_the_cheapest_by_every_plan_there_is(seed: int) -> None:
    """What a choice saves is what it saves where all plans are tried, and no choice that was looked at saves more."""
    moments = small_moments(seed)[::8][:6]
    assert 6 == len(moments)
    for moment, trip in moments:
        known, futures = moment.known, drawn(moment.known, seed)
        choice = chosen(moment, trip, futures, HOW)
        as_planned = left(moment, trip, futures)
        held = paid(waiting(known, moment.orders(trip), until_s=known.now_s + HOW.wait_s), moment, futures)
        paid_s = held if choice.trip is None else left(moment, choice.trip, futures)
        assert as_planned - paid_s == choice.saves_s
        assert paid_s <= min(as_planned, held)


def test_an_order_waits_for_company_and_leaves_where_waiting_makes_it_late() -> None:
    """With hours to spare and another order for its door to come it waits; with none to spare its trip leaves."""
    moment, trip = small_moments(11)[0]
    known, door = moment.known, int(moment.known.orders[trip.orders[0]])
    relaxed = structs.replace(known, due_s=known.due_s + 7_200)
    easy = planned(relaxed)
    trip = next(x for x in easy.solved.trips if known.orders[x.orders[0]] == door)
    ready_s = np.array([known.now_s + 60])
    soon = [Future(like=np.array([door]), ready_s=ready_s, due_s=ready_s + 7_200)]
    how = structs.replace(HOW, known_bp=0)
    said = chosen(easy, trip, soon, how)
    assert 0 < said.saves_s
    assert said.trip is None or trip.orders[0] not in said.trip.orders
    done_s = {u: at_s for x in easy.solved.trips for u, at_s in zip(x.orders, x.done_s, strict=True)}
    tight = structs.replace(known, due_s=np.array([done_s[u] for u in range(len(known.orders))]))
    assert chosen(planned(tight), trip, soon, how).trip is not None


@pytest.mark.parametrize(
    ("looks", "drafts"), [(0, 0), (1, 0), (2, 0), (3, 1), (4, 1), (5, 2), (6, 3), (7, 3), (100, 3)]
)
def test_a_choice_is_made_on_the_drafts_that_there_is_time_for(looks: int, drafts: int) -> None:
    """A clock that runs out after so many looks, half of them for drafts: with none the trip leaves as planned."""
    moment, trip = small_moments(11)[0]
    futures, how = drawn(moment.known, 11), structs.replace(HOW, others=0)
    ticks = iter(range(100))
    said = chosen(moment, trip, futures, how, Deadline(clock=lambda: float(next(ticks)), at=float(looks)))
    if drafts == 0:
        assert said == Choice(trip=trip)
    else:
        assert said == chosen(moment, trip, futures[: drafts - 1], how)


def test_one_seed_is_one_choice_and_no_time_leaves_none() -> None:
    """The same seed answers the same; with no time left, or where handovers come late, what would leave does."""
    asked = SETUPS["regret"].params
    asked = structs.replace(asked, iterations=10, regret=structs.replace(asked.regret, futures=2, iterations=20))
    plain: TickParams = structs.replace(asked, regret=RegretParams())
    differ = 0
    day = small(11, hours=0.6, couriers=4)
    rhythm = Rhythm(opens_at_s=day.site.opens_at_s)
    for known in shown(day)[::4]:
        said = decide(known, last=(), params=asked, seed=1, rhythm=rhythm)
        assert said == decide(known, last=(), params=asked, seed=1, rhythm=rhythm)
        differ += said != decide(known, last=(), params=plain, seed=1, rhythm=rhythm)
        clock = Deadline(clock=lambda: 0.0, at=0.0)
        hurried = decide(known, last=(), params=asked, seed=1, rhythm=rhythm, deadline=clock)
        assert hurried == decide(known, last=(), params=plain, seed=1, rhythm=rhythm, deadline=clock)
        late = structs.replace(known, overrun_s=60)
        unsure = decide(late, last=(), params=asked, seed=1, rhythm=rhythm)
        assert unsure == decide(late, last=(), params=plain, seed=1, rhythm=rhythm)
        gone = [x for y in said[0].leaving for x in y.orders]
        assert sorted(known.orders.tolist()) == sorted([*gone, *said[0].held])
        assert len({x.courier for x in said[0].leaving}) == len(said[0].leaving)
    assert 0 < differ

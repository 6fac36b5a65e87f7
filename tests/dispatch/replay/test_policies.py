"""Policies of ours: nobody peeks, nobody is lost, there is always an answer, and each answer has its reason."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from msgspec import structs

from doorstep.base.errors import BadInput
from doorstep.bench.days.lived import Replay
from doorstep.bench.days.metrics import metrics
from doorstep.bench.days.policies import NAMES, Budget, Kept, policy_named
from doorstep.bench.days.replay import Policy
from doorstep.bench.days.validator import check_trips
from doorstep.bench.days.world import arrays
from doorstep.core.dispatch import decide as tick
from doorstep.core.dispatch.decide import TickParams, decide
from doorstep.core.dispatch.futures import Future, Rhythm, sample
from doorstep.core.dispatch.moment import free_delays
from doorstep.core.dispatch.problem import Problem, of_arrays
from doorstep.core.dispatch.regret import RegretParams
from doorstep.core.dispatch.solve import Deadline, SolvedTrip
from doorstep.core.dispatch.tick import Decision, Known
from doorstep.core.dispatch.wait import Rule, Sight, WaitParams, wait_or_go
from doorstep.model.dispatch import DispatchDay
from tests.dispatch.replay.days import lived, rows_of, said_of, small

FEW = Budget(iterations=10)


def named(name: str, day: DispatchDay, *, budget: Budget = FEW) -> Policy:
    return policy_named(name, day=arrays(day), budget=budget, seed=3)


def left(done: Replay) -> list[tuple[int, int, tuple[int, ...], str]]:
    """Everything that was decided, by instant."""
    return [(x.departed_at_s, x.courier, x.leaving.orders, x.leaving.why) for x in done.ridden]


SLOW = pytest.mark.check  # these plan eight futures at every decision
ASKING = ("votes", "futures", "regret")


@pytest.mark.parametrize("name", [pytest.param(x, marks=SLOW if x in ASKING else ()) for x in NAMES])
def test_a_day_under_any_policy_holds(name: str) -> None:
    """Every order is brought once, the checker finds no fault, and the numbers are its numbers."""
    day = small(hours=0.75)
    made, done = lived(day, named(name, day))
    checked = check_trips(day, rows_of(made, done), said=said_of(made, done))
    assert ([], []) == (checked.faults, checked.waiting)


@pytest.mark.parametrize("name", ["slack", *(pytest.param(x, marks=SLOW) for x in ("futures", "regret")), "roll"])
@pytest.mark.parametrize("minutes", [14, 38])
def test_a_cut_day_decides_the_same_until_then(name: str, minutes: int) -> None:
    """Nobody peeks: without what is placed after an instant, all that was decided before it is the same."""
    day = small(hours=0.75)
    cut_s = day.site.opens_at_s + minutes * 60
    shorter = structs.replace(day, orders=tuple(x for x in day.orders if x.placed_at_s <= cut_s))
    whole, cut = Kept(named(name, day)), Kept(named(name, shorter))
    lived(day, whole, until_s=cut_s)
    lived(shorter, cut, until_s=cut_s)
    assert [x for _, x in whole.said] == [x for _, x in cut.said]
    assert any(x.leaving for _, x in whole.said)


def test_noise_is_learned_from_what_happened() -> None:
    """Trips are planned as much before their promises as today's handovers overran, and nobody knows of later ones."""
    day = small(hours=0.75)
    cut_s = day.site.opens_at_s + 38 * 60
    shorter = structs.replace(day, orders=tuple(x for x in day.orders if x.placed_at_s <= cut_s))
    plain, whole, cut = Kept(named("slack", day)), Kept(named("slack", day)), Kept(named("slack", shorter))
    lived(day, plain)
    assert {0} == {x.overrun_s for x, _ in plain.said}
    lived(day, whole, noise=True)
    lived(shorter, cut, noise=True, until_s=cut_s)
    assert [x for _, x in whole.said[: len(cut.said)]] == [x for _, x in cut.said]
    assert (0, True) == (whole.said[0][0].overrun_s, whole.said[-1][0].overrun_s > 0)


def test_one_seed_is_one_day() -> None:
    """The same day, policy and seed give the same trips, whatever the machine does meanwhile."""
    day = small(hours=0.75)
    assert left(lived(day, named("slack", day))[1]) == left(lived(day, named("slack", day))[1])


@pytest.mark.parametrize("name", ["slack", "fifo", pytest.param("regret", marks=SLOW)])
def test_every_order_that_waits_has_a_reason(name: str) -> None:
    """After each decision an order is on a trip that leaves, or held with a reason; never both, never neither."""
    day = small(hours=0.75)
    rule = "slack" if name == "fifo" else name
    policy = Kept(named(rule, day, budget=Budget(iterations=-1 if name == "fifo" else 10)))
    lived(day, policy)
    for known, decision in policy.said:
        leaving = [x for y in decision.leaving for x in y.orders]
        assert sorted(known.orders.tolist()) == sorted([*leaving, *decision.held])
        unready = {x for x, y in zip(known.orders.tolist(), known.ready_s.tolist(), strict=True) if y > known.now_s}
        assert unready == {x for x, y in decision.held.items() if y == "not_ready"}


def test_a_trip_that_waits_is_looked_at_before_it_is_too_late() -> None:
    """Where a trip is held, the next look comes no later than the instant at which it must go."""
    day = small(hours=0.75)
    policy = Kept(named("slack", day))
    lived(day, policy)
    held = 0
    for (known, decision), (then, _) in pairwise(policy.said):
        if decision.wake_s is not None:
            held += 1
            assert then.now_s <= max(decision.wake_s, known.now_s + 1)
    assert 0 < held


@pytest.mark.parametrize("fault", [ValueError, TypeError, RuntimeError, OSError, BadInput])
def test_there_is_an_answer_without_a_kernel(fault: type[Exception], monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the kernel fails in whatever way, the simple rule decides, says so, and the day is lived to its end."""

    def broken(*_: object, **__: object) -> None:
        raise fault("planted")

    monkeypatch.setattr(tick, "solve", broken)
    day = small(hours=0.75)
    _, done = lived(day, named("slack", day))
    assert [] == done.waiting
    assert {"kernel_failed"} == {x.leaving.why for x in done.ridden}


@pytest.mark.parametrize("iterations", [-1, 0, 10])
def test_with_travel_of_an_hour_ago_the_doors_on_it_are_served(iterations: int) -> None:
    """What travel does not know waits and is said to; the others are decided on as if there was nothing else."""
    day = small(hours=0.75)
    policy = Kept(named("slack", day))
    lived(day, policy)
    asked = TickParams(
        iterations=iterations, regret=RegretParams(futures=2, iterations=20), wait=WaitParams(rule="futures")
    )
    rhythm, left, strangers = Rhythm(opens_at_s=day.site.opens_at_s), 0, 0
    for known, _ in policy.said[::3]:
        places = len(known.past_placed_s) // 2 + 1
        stale = structs.replace(known, travel=known.travel[:, :, :places, :places])
        strange = {x for x in known.orders.tolist() if x + 1 >= places}
        said, _ = decide(stale, last=(), params=asked, seed=1, rhythm=rhythm)
        gone = [x for y in said.leaving for x in y.orders]
        assert sorted(known.orders.tolist()) == sorted([*gone, *said.held])
        assert strange == {x for x, why in said.held.items() if why == "no_way"}
        left, strangers = left + len(gone), strangers + len(strange)
    assert 0 < left
    assert 0 < strangers


def test_no_future_is_asked_where_there_is_no_time_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """With no step, or a deadline that the plan uses up, no future is drawn; with time left some are."""
    day = small(hours=0.75)
    policy = Kept(named("slack", day))
    lived(day, policy)
    moments = [x for x, y in policy.said if y.leaving][:12]
    drawn: list[int] = []

    def counted(known: Known, **how: Any) -> Future:
        drawn.append(known.now_s)
        return sample(known, **how)

    monkeypatch.setattr(tick, "sample", counted)
    asked = TickParams(iterations=100, wait=WaitParams(rule="futures"))
    rhythm = Rhythm(opens_at_s=day.site.opens_at_s)
    for known in moments:
        decide(known, last=(), params=structs.replace(asked, iterations=0), seed=1, rhythm=rhythm)
        over = Deadline(clock=lambda: 1.0, at=1.0)
        decide(known, last=(), params=asked, seed=1, rhythm=rhythm, deadline=over)
    assert [] == drawn
    for known in moments:
        decide(known, last=(), params=asked, seed=1, rhythm=rhythm, deadline=Deadline(clock=lambda: 0.0, at=1.0))
    assert 0 < len(drawn)
    assert 0 == len(drawn) % asked.futures


def test_there_is_an_answer_without_time() -> None:
    """With no step at all every order is still brought, by greedy insertion alone."""
    day = small(hours=0.75)
    assert [] == lived(day, named("slack", day, budget=Budget(iterations=0)))[1].waiting
    clock = iter(range(1_000_000_000))
    budget = Budget(ms=1, clock=lambda: float(next(clock)))
    assert [] == lived(day, named("slack", day, budget=budget))[1].waiting


def test_there_is_an_answer_without_a_forecast() -> None:
    """Where no rhythm of the day is known, no future is sampled, and the rule goes by the slack."""
    day = small(hours=0.75)
    policy = Kept(named("slack", day))
    lived(day, policy, until_s=day.site.opens_at_s + 1_800)
    known = policy.said[-1][0]
    asked = TickParams(iterations=10, wait=WaitParams(rule="futures"))
    plain = TickParams(iterations=10, wait=WaitParams(rule="full"))
    assert decide(known, last=(), params=asked, seed=1) == decide(known, last=(), params=plain, seed=1)


def test_nothing_to_decide_is_decided() -> None:
    """A moment with no order is answered with nothing."""
    day = small(hours=0.75)
    policy = Kept(named("slack", day))
    lived(day, policy, until_s=day.site.opens_at_s + 600)
    none = np.zeros(0, np.int64)
    known = structs.replace(
        policy.said[0][0], orders=none, placed_s=none, ready_s=none, due_s=none, volume_ml=np.zeros((0, 3), np.int64)
    )
    assert Decision() == decide(known, last=(), params=TickParams(), seed=1)[0]


@pytest.mark.parametrize("seed", [31, 32])
def test_noise_loses_nobody(seed: int) -> None:
    """With picking and riding 25% off, every order is still brought on one trip, within boxes and shifts."""
    day = small(seed, hours=0.75)
    made, done = lived(day, named("slack", day), noise=True)
    checked = check_trips(day, rows_of(made, done), said=said_of(made, done), noise=True)
    assert ([], []) == (checked.faults, checked.waiting)


def test_an_unknown_policy_is_refused() -> None:
    """The names that exist are said."""
    with pytest.raises(BadInput, match="there are fifo, roll"):
        named("best", small(hours=0.75))


@pytest.mark.parametrize(
    ("rule", "slack_s", "fits_bp", "now_bp", "expected"),
    [
        ("at_once", 900, 5_000, 0, "at_once"),
        ("slack", 900, 0, 0, None),
        ("slack", 60, 5_000, 0, "due"),
        ("slack", -5, 5_000, 0, "due"),
        ("full", 900, 999, 0, "full"),
        ("full", 900, 1_000, 0, None),
        ("futures", 900, 5_000, 5_000, "no_company"),
        ("futures", 900, 5_000, 4_999, None),
    ],
)
def test_the_rule_of_waiting(rule: Rule, slack_s: int, fits_bp: int, now_bp: int, expected: str | None) -> None:
    """A trip waits while there is time to spare, room in the box and company to come; each rule knows its part."""
    sight = Sight(slack_s=slack_s, fits_bp=fits_bp, idle=0, now_bp=now_bp)
    assert expected == wait_or_go(sight, WaitParams(rule=rule, slack_s=60, votes_e2=50))


def test_a_free_delay_makes_nobody_late_and_one_second_more_does() -> None:
    """A trip may wait by its own slack, by the gap to the courier's next trip and what that may wait, or the shift."""
    problem = moment(due_s=[2_000, 3_000], off_s=3_500)
    first = SolvedTrip(courier=0, loads_s=0, depart_s=60, orders=(0,), done_s=(900,), back_s=1_500)
    second = SolvedTrip(courier=0, loads_s=1_600, depart_s=1_660, orders=(1,), done_s=(2_700,), back_s=3_300)
    assert {(0, 0): 100 + 200, (0, 1_600): 200} == free_delays(problem, [first, second])
    late = structs.replace(second, done_s=(3_050,))
    assert {(0, 0): 100, (0, 1_600): -50} == free_delays(problem, [first, late])
    assert {(0, 0): 1_100} == free_delays(problem, [first])


def moment(due_s: list[int], off_s: int) -> Problem:
    orders = len(due_s)
    return of_arrays(
        now_s=0,
        orders={"ready_s": [0] * orders, "due_s": due_s, "place": [1] * orders, "volume_ml": np.ones((orders, 3))},
        couriers={"free_s": [0], "off_s": [off_s], "box_ml": np.full((1, 3), 9)},
        travel=np.array([[[[0, 600], [600, 0]]]]),
    )


def test_a_shown_arrival_moves_only_by_more_than_five_minutes() -> None:
    """What a shopper was shown moves when the new estimate is off by over 300 s, and counts once an order."""
    day = small(hours=0.75)
    made, done = lived(day, named("slack", day))
    assert set(done.shown) == {s.order for x in done.ridden for s in x.stops}
    for x in done.ridden:
        for stop in x.stops:
            assert abs(done.shown[stop.order].at_s - stop.handed_over_at_s) <= 300
    moved = sum(x.moved for x in done.shown.values())
    assert round(10_000 * moved / len(made.placed_at_s)) == metrics(made, done, policy="p", seed=1).moved_bp

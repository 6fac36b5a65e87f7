"""The lower bound of a planning moment against everything that can be enumerated."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doorstep.base.errors import BadInput
from doorstep.bench.days.bound import lower_bound
from doorstep.bench.days.labels import cheapest_trips
from doorstep.core.dispatch.problem import Problem, of_arrays

NOW_S = 1_000
SERVICE_S, LOADING_S = 120, 60
FIXED, EACH = 600, 2


def made(seed: int, *, orders: int, couriers: int) -> Problem:
    """A small moment with orders all round the site, some ready later, some promised early."""
    draw = np.random.default_rng(seed)
    at = np.vstack([[0, 0], draw.integers(-400, 400, size=(orders, 2))])
    legs_s = np.abs(at[:, None, :] - at[None, :, :]).sum(axis=2)
    ready_s = NOW_S + draw.integers(0, 900, size=orders)
    return of_arrays(
        now_s=NOW_S,
        orders={
            "ready_s": ready_s,
            "due_s": ready_s + draw.integers(200, 1_500, size=orders),
            "place": np.arange(1, orders + 1),
            "volume_ml": draw.integers(5_000, 45_000, size=(orders, 1)) * np.array([[1, 0, 0]]),
        },
        couriers={
            "free_s": NOW_S + draw.integers(0, 600, size=couriers),
            "off_s": NOW_S + 100_000,
            "box_ml": np.tile([[100_000, 40_000, 20_000]], (couriers, 1)),
        }
        if couriers
        else {"free_s": [], "off_s": [], "box_ml": np.zeros((0, 3), np.int64)},
        travel=legs_s[None, None],
        loading_s=LOADING_S,
    )


def ridden(problem: Problem, trip: tuple[int, ...], start_s: int) -> tuple[int, int]:
    """Cost of a trip and its return, door by door."""
    legs_s = problem.travel[0, 0]
    place, clock_s, cost = 0, start_s + LOADING_S, 0
    for i in trip:
        cost += int(legs_s[place, i + 1])
        clock_s += int(legs_s[place, i + 1]) + SERVICE_S
        late_s = clock_s - int(problem.due_s[i])
        if late_s > 0:
            cost += FIXED + EACH * late_s
        place = i + 1
    return cost + int(legs_s[place, 0]), clock_s + int(legs_s[place, 0])


def cheapest_plan(problem: Problem) -> int:
    """The optimum by trying everything: orders in every sequence, cut into trips in every way, each to any courier."""
    best = 10**12

    def go_on(free_s: tuple[int, ...], rest: frozenset[int], cost: int) -> None:
        nonlocal best
        if cost >= best:
            return
        if not rest:
            best = cost
            return
        for size in range(1, len(rest) + 1):
            for trip in permutations(sorted(rest), size):
                if problem.volume_ml[list(trip), 0].sum() > 100_000:
                    continue
                for j, free in enumerate(free_s):
                    if j and free_s[j - 1] == free:
                        continue
                    start_s = max(free, *(int(problem.ready_s[i]) for i in trip))
                    more, back_s = ridden(problem, trip, start_s)
                    later = tuple(sorted((*free_s[:j], back_s, *free_s[j + 1 :])))
                    go_on(later, rest - set(trip), cost + more)

    go_on(tuple(sorted(int(x) for x in problem.free_s)), frozenset(range(problem.orders)), 0)
    return best


@settings(max_examples=25)
@given(st.integers(0, 10_000), st.integers(1, 4), st.integers(1, 3))
def test_no_plan_costs_less_than_the_bound(seed: int, orders: int, couriers: int) -> None:
    """Whatever the couriers can do is at least as dear as the bound."""
    problem = made(seed, orders=orders, couriers=couriers)
    bound = lower_bound(problem, slot_s=240)
    assert bound.ended
    assert bound.cost_s <= cheapest_plan(problem)


@given(st.integers(0, 10_000), st.integers(1, 2))
def test_the_bound_is_the_optimum_where_nobody_waits_for_a_courier(seed: int, orders: int) -> None:
    """With a courier for everybody and one or two orders the relaxation has no gap but its tolerance."""
    problem = made(seed, orders=orders, couriers=orders)
    problem.free_s[:] = NOW_S
    assert cheapest_plan(problem) - 1 <= lower_bound(problem).cost_s <= cheapest_plan(problem)


@settings(max_examples=10)
@given(st.integers(0, 10_000))
def test_one_courier_makes_the_bound_dearer_than_many(seed: int) -> None:
    """Counting couriers by slots is worth something: fewer couriers never lower the bound."""
    few, many = made(seed, orders=4, couriers=1), made(seed, orders=4, couriers=4)
    few.free_s[:], many.free_s[:] = NOW_S, NOW_S
    assert lower_bound(few, slot_s=240).cost_s >= lower_bound(many, slot_s=240).cost_s - 1


@given(st.integers(0, 10_000), st.integers(1, 5))
def test_pricing_finds_the_cheapest_trip(seed: int, orders: int) -> None:
    """Label setting gives the trip that enumeration gives, prices of time included."""
    problem = made(seed, orders=orders, couriers=1)
    draw = np.random.default_rng(seed + 1)
    prize = draw.uniform(-100, 2_500, size=orders)
    start_s = NOW_S + 900
    slot_from_s = start_s + 300 * np.arange(1, 12)
    slot_price = draw.uniform(0, 60, size=11)
    _, costs, _ = cheapest_trips(
        problem.travel[0, 0],
        np.ones(orders, np.bool_),
        problem.due_s,
        problem.service_s,
        problem.volume_ml,
        problem.box_ml[0],
        prize,
        np.array([FIXED, EACH]),
        start_s,
        LOADING_S,
        slot_from_s,
        slot_price,
        5,
        100_000,
    )
    best = 0.0
    for size in range(1, orders + 1):
        for trip in permutations(range(orders), size):
            if problem.volume_ml[list(trip), 0].sum() <= 100_000:
                cost, back_s = ridden(problem, trip, start_s)
                best = min(best, cost - prize[list(trip)].sum() + slot_price[slot_from_s <= back_s].sum())
    assert (costs[0] if len(costs) else 0.0) == pytest.approx(best, abs=1e-6)


def test_a_bound_from_wrong_pricing_would_be_caught() -> None:
    """A pricing that forgets the way home proves too much, and enumeration shows it."""
    problem = made(3, orders=3, couriers=3)
    problem.free_s[:] = NOW_S
    dearer = made(3, orders=3, couriers=3)
    dearer.free_s[:] = NOW_S
    dearer.travel[0, 0, 1:, 0] += 200  # as if the way home were longer than it is
    assert lower_bound(dearer).cost_s > cheapest_plan(problem)


def test_what_cannot_be_counted_is_refused() -> None:
    """More orders than bits, and trips that do not return, are no input for a bound."""
    with pytest.raises(BadInput, match="at most 62"):
        lower_bound(made(1, orders=63, couriers=2))


def test_nothing_to_bring_costs_nothing() -> None:
    """No orders: the bound is zero, and proven."""
    bound = lower_bound(made(1, orders=0, couriers=2))
    assert (bound.cost_s, bound.ended) == (0, True)


@settings(max_examples=10)
@given(st.integers(0, 10_000), st.integers(0, 12))
def test_a_bound_that_is_cut_short_still_holds(seed: int, looks: int) -> None:
    """Stopped after any number of looks it is no more than the whole one, and says that it had not ended."""
    problem = made(seed, orders=4, couriers=2)
    asked = 0

    def stop() -> bool:
        nonlocal asked
        asked += 1
        return asked > looks * 20

    whole, cut = lower_bound(problem, slot_s=240), lower_bound(problem, slot_s=240, stop=stop)
    assert 0 <= cut.cost_s <= cheapest_plan(problem)
    assert cut.ended == (asked <= looks * 20)
    assert cut.cost_s <= whole.cost_s + 1
    assert 0 == lower_bound(problem, stop=lambda: True).cost_s


@settings(max_examples=10)
@given(st.integers(0, 10_000))
def test_a_plan_to_begin_with_changes_nothing_but_time(seed: int) -> None:
    """With trips of any plan, sensible or not, the bound is the same to the second."""
    problem = made(seed, orders=4, couriers=2)
    alone = lower_bound(problem, slot_s=240).cost_s
    assert abs(lower_bound(problem, slot_s=240, begin=[[0, 1], [3, 2]]).cost_s - alone) <= 1

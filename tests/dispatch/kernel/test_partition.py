"""Trips put together anew: the cheapest cover, and a plan that is what the kernel says whatever was swapped."""

from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doorstep.core.dispatch.partition import around, cover
from doorstep.core.dispatch.snapshot import of_snapshot
from doorstep.core.dispatch.solve import Effort, solve
from tests.dispatch.kernel.made import FEATURES, problem, snapshot
from tests.dispatch.kernel.test_kernel import differs

EAGER = Effort(pool=8, pool_rounds=0, every=1, chunk=4, trips=5, longest=4, strings=3)
Columns = list[tuple[tuple[int, ...], int]]


def made(seed: int) -> tuple[int, Columns]:
    """How many items, and columns with their cost; the first ones cover every item once, from item 0 up."""
    chance = Random(seed)
    items, columns = chance.randint(1, 11), []
    begin = 0
    while begin < items:
        much = min(items - begin, chance.randint(1, 4))
        columns.append((tuple(range(begin, begin + much)), chance.randint(100, 900)))
        begin += much
    for _ in range(chance.randint(0, 60)):
        much = min(items, chance.randint(1, 4))
        columns.append((tuple(chance.sample(range(items), much)), chance.randint(100, 900)))
    return items, columns


def cheapest(items: int, columns: Columns) -> int:
    """Try every set of items in turn: the cost of the cheapest cover."""
    best = [0] + [1 << 40] * ((1 << items) - 1)
    for done in range(1 << items):
        free = next((i for i in range(items) if not done >> i & 1), items)
        for members, cost in columns:
            mask = sum(1 << i for i in members)
            if free in members and not mask & done:
                best[done | mask] = min(best[done | mask], best[done] + cost)
    return best[-1]


def covered(columns: Columns, nodes: int) -> list[int]:
    """Which columns are chosen; none if the first ones stay."""
    members = np.zeros((len(columns), 12), np.int64)
    for x, (inside, _) in enumerate(columns):
        members[x, : len(inside)] = inside
    much, cost = (np.array(x, np.int64) for x in ([len(m) for m, _ in columns], [c for _, c in columns]))
    return [int(x) for x in cover(members, much, cost, 10, nodes)]


@settings(max_examples=150)
@given(st.integers(0, 10**6))
def test_a_cover_is_the_cheapest(seed: int) -> None:
    """With enough columns tried, what is chosen covers every item once and nothing is cheaper."""
    items, columns = made(seed)
    begin = next(x for x in range(1, len(columns) + 1) if sum(len(m) for m, _ in columns[:x]) == items)
    upper = sum(c for _, c in columns[:begin])
    chosen = covered(columns, 1 << 40)
    if chosen:
        assert list(range(items)) == sorted(i for x in chosen for i in columns[x][0])
    assert cheapest(items, columns) == (sum(columns[x][1] for x in chosen) if chosen else upper)


@settings(max_examples=60)
@given(st.integers(0, 10**6), st.integers(0, 30))
def test_a_cover_found_in_a_hurry_is_a_cover(seed: int, nodes: int) -> None:
    """Stopped early, there is none or a cheaper one than the first."""
    items, columns = made(seed)
    begin = next(x for x in range(1, len(columns) + 1) if sum(len(m) for m, _ in columns[:x]) == items)
    chosen = covered(columns, nodes)
    if chosen:
        assert list(range(items)) == sorted(i for x in chosen for i in columns[x][0])
        assert sum(columns[x][1] for x in chosen) < sum(c for _, c in columns[:begin])


@pytest.mark.parametrize("orders", [1, 2, 50, 100, 200, 1_700])
def test_every_order_has_its_turn(orders: int) -> None:
    """In three turns an order each; in one more than half of them."""
    turns = [around(x, orders) for x in range(1, 3 * orders + 1)]
    assert set(turns) == set(range(orders))
    assert len(set(turns[:orders])) > orders // 2


@settings(max_examples=120)
@given(st.integers(0, 10**6), st.integers(2, 14), st.integers(1, 4), st.frozensets(st.sampled_from(FEATURES)))
def test_a_plan_put_together_anew_costs_what_the_kernel_says(
    seed: int, orders: int, couriers: int, on: frozenset[str]
) -> None:
    """After every fourth round trips are put together anew, with every feature of the problem."""
    asked = problem(seed, orders=orders, couriers=couriers, on=on)
    assert [] == differs(solve(asked, seed=seed, iterations=200, effort=EAGER), asked)


@pytest.mark.check
@pytest.mark.parametrize("orders", [30, 60])
def test_old_trips_make_better_plans(orders: int) -> None:
    """At the same number of rounds plans are cheaper in the mean, and one seed gives one plan."""
    moments = [of_snapshot(snapshot(seed, orders=orders, couriers=orders // 4)) for seed in range(1, 9)]
    with_pool = [solve(x, seed=1, iterations=80 * orders) for x in moments]
    without = [solve(x, seed=1, iterations=80 * orders, effort=Effort(pool=0)) for x in moments]
    assert sum(x.cost.total for x in with_pool) < 0.995 * sum(x.cost.total for x in without)
    assert with_pool[-1] == solve(moments[-1], seed=1, iterations=80 * orders)

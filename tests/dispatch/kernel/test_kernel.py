"""The planning kernel against a slow reference that shares no line with it."""

from collections.abc import Callable
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from doorstep.core.dispatch import kernel
from doorstep.core.dispatch.draft import Draft
from doorstep.core.dispatch.pack import by_promise, packed
from doorstep.core.dispatch.problem import Prices, Problem
from doorstep.core.dispatch.snapshot import of_snapshot
from doorstep.core.dispatch.solve import BEGUN, Deadline, Effort, Solved, improve, solve
from tests.dispatch.kernel.made import FEATURES, problem, snapshot
from tests.oracles.dispatch import TERMS, cheapest, ride

features = st.frozensets(st.sampled_from(FEATURES))
HOT = Effort(heat_most_bp=5_000, longest=8, strings=6, blink=5)


def differs(claimed: Solved, asked: Problem) -> list[str]:
    """Everything in which a plan is not what its maker says, or not allowed, by the reference."""
    ridden = ride(asked, claimed.sequences)
    planned = sorted(u for x in claimed.trips for u in x.orders)
    wrong = list(ridden.broken)
    wrong += [x for x in TERMS if getattr(claimed.cost, x) != ridden.cost[x]]
    if claimed.cost.total != ridden.total:
        wrong.append("total")
    if {u: s for x in claimed.trips for u, s in zip(x.orders, x.done_s, strict=True)} != ridden.done_s:
        wrong.append("end of service")
    if [x.depart_s for x in claimed.trips] != ridden.departs_s:
        wrong.append("ride-off")
    if sorted([*planned, *claimed.unplanned]) != list(range(asked.orders)):
        wrong.append("an order twice or nowhere")
    late = [max(0, s - int(asked.due_s[u])) for u, s in ridden.done_s.items()]
    if (claimed.cost.late_orders, claimed.cost.late_s) != (sum(x > 0 for x in late), sum(late)):
        wrong.append("late")
    return wrong


@settings(max_examples=120)
@given(st.integers(0, 10**6), st.integers(0, 14), st.integers(0, 4), features, st.sampled_from([0, 1, 40, 200]))
def test_a_plan_costs_what_the_kernel_says(
    seed: int, orders: int, couriers: int, on: frozenset[str], rounds: int
) -> None:
    """Term by term and second by second the reference finds the same; no limit is broken, no order lost."""
    asked = problem(seed, orders=orders, couriers=couriers, on=on)
    assert [] == differs(solve(asked, seed=seed, iterations=rounds), asked)


@settings(max_examples=25)
@example(0, 1, 2, frozenset({"kinds"}))
@given(st.integers(0, 10**6), st.integers(1, 4), st.integers(1, 2), features)
def test_a_tiny_moment_is_solved_to_the_end(seed: int, orders: int, couriers: int, on: frozenset[str]) -> None:
    """Where all plans can be tried, none is cheaper than the kernel's."""
    asked = problem(seed, orders=orders, couriers=couriers, on=on)
    assert cheapest(asked) == solve(asked, seed=1, iterations=1_000, effort=HOT).cost.total


@pytest.mark.check
@pytest.mark.parametrize("seed", range(4))
def test_five_orders_are_solved_to_the_end(seed: int) -> None:
    """The same with five orders and two couriers, every feature in turn."""
    asked = problem(seed, orders=5, couriers=2, on=frozenset(FEATURES[seed::4]))
    assert cheapest(asked) == solve(asked, seed=1, iterations=3_000, effort=HOT).cost.total


@settings(max_examples=40)
@given(st.integers(0, 10**6), st.integers(1, 14), st.integers(1, 4), features)
def test_one_seed_one_plan(seed: int, orders: int, couriers: int, on: frozenset[str]) -> None:
    """The same problem and seed give the same bytes."""
    asked = problem(seed, orders=orders, couriers=couriers, on=on)
    once, again = (msgspec.json.encode(solve(asked, seed=5, iterations=60)) for _ in range(2))
    assert once == again


@settings(max_examples=60)
@given(st.integers(0, 10**6), st.integers(1, 14), st.integers(1, 4), features, st.integers(0, 40))
def test_a_warm_start_is_never_worse_than_its_plan(
    seed: int, orders: int, couriers: int, on: frozenset[str], rounds: int
) -> None:
    """Without rounds a plan is given back as it was; with rounds it only gets cheaper."""
    asked = problem(seed, orders=orders, couriers=couriers, on=on)
    before = solve(asked, seed=1, iterations=30)
    kept = solve(asked, seed=2, iterations=0, warm=before.sequences)
    assert before.cost.total >= kept.cost.total
    if not before.unplanned:
        assert before.sequences == kept.sequences
    after = solve(asked, seed=2, iterations=rounds, warm=before.sequences)
    assert before.cost.total >= after.cost.total
    assert [] == differs(after, asked)


def trips_of(draft: Draft) -> tuple[tuple[int, tuple[int, ...]], ...]:
    return tuple((int(c), tuple(draft.given[begin:end].tolist())) for c, begin, end in draft.cuts)


PER_ORDER = ("ready_s", "due_s", "service_s", "volume_ml", "place", "pick_up", "on_board_s", "announced_s")


@given(seed=st.integers(0, 10_000), on=features, rounds=st.sampled_from((0, 60, 130)))
@example(seed=1, on=frozenset(), rounds=130)
def test_a_draft_goes_on_as_if_all_was_planned_from_its_plan_on(seed: int, on: frozenset[str], rounds: int) -> None:
    """
    Orders gone with their courier, then others later: the plan is the one that the changed problem has, warm-started.

    130 rounds for nine orders are too few to keep trips, for seven they are enough: there must be room for these then.
    """
    asked = problem(seed, orders=9, couriers=3, on=on)
    begun = Draft.of(asked, seed=seed, iterations=40)
    assert solve(asked, seed=seed, iterations=40).sequences == trips_of(begun)
    gone, back_s, until_s = [1, 4], asked.now_s + 900, asked.now_s + 1_500
    stay = [x for x in range(9) if x not in gone]
    free_s, carried = asked.free_s.copy(), asked.carried.copy()
    free_s[1], carried[1] = back_s, carried[1] + len(gone)
    columns = {x: getattr(asked, x)[stay] for x in (*PER_ORDER, "may_take", "unplanned_s")}
    rest = msgspec.structs.replace(asked, **columns, free_s=free_s, carried=carried, order_names=())
    warm = [(c, [stay.index(u) for u in orders if u in stay]) for c, orders in trips_of(begun)]
    left = begun.left(gone, courier=1, back_s=back_s, seed=seed, iterations=rounds)
    anew = solve(rest, seed=seed, iterations=rounds, warm=[x for x in warm if x[1]])
    assert (anew.sequences, anew.cost.total) == (trips_of(left), left.cost_s)
    later = msgspec.structs.replace(rest, ready_s=rest.ready_s.copy())
    later.ready_s[:2] = np.maximum(later.ready_s[:2], until_s)
    waited = left.waited([0, 1], until_s=until_s, seed=seed, iterations=rounds)
    anew = solve(later, seed=seed, iterations=rounds, warm=trips_of(left))
    assert (anew.sequences, anew.cost.total) == (trips_of(waited), waited.cost_s)
    assert trips_of(left) == trips_of(begun.left(gone, courier=1, back_s=back_s, seed=seed, iterations=rounds))


def test_trips_are_kept_only_where_there_is_room_for_them() -> None:
    """The kernel writes into the pool without a look at its size."""
    asked = problem(1, orders=7, couriers=3)
    tables = packed(asked, near=6, pool=0, seed=1)
    kernel.search(tables, *BEGUN[:2], by_promise(tables), 0, 0.0, 1.0, 1, 1, 1)
    improve(tables, asked.orders, how=Effort(), iterations=asked.orders * Effort().pool_rounds)
    assert 0 == tables.word[kernel.NOTING]


@pytest.mark.parametrize("seed", range(4))
def test_nobody_is_planned_where_everybody_left(seed: int) -> None:
    """Nothing is left to pay for."""
    asked = problem(seed, orders=4, couriers=2)
    after = Draft.of(asked, seed=1, iterations=20).left(range(4), courier=0, back_s=asked.now_s, seed=1, iterations=20)
    assert () == trips_of(after)
    assert 0 == after.cost_s


@pytest.mark.parametrize("courier", range(3))
def test_a_single_order_goes_where_it_costs_least_whatever_was_planned(courier: int) -> None:
    """There is no ruin of one order, so a warm plan with a courier who is away for long would stay as it is."""
    asked = problem(4, orders=1, couriers=3)
    away_s = asked.free_s.copy()
    away_s[courier] += 3_600
    asked = msgspec.structs.replace(asked, free_s=away_s)
    for rounds in (0, 50):
        found = solve(asked, seed=1, iterations=rounds, warm=[(courier, [0])])
        assert cheapest(asked) == found.cost.total
        assert courier != found.trips[0].courier


def test_a_warm_plan_may_hold_what_is_gone() -> None:
    """Couriers who are gone, orders that are gone or named twice: the rest is kept, everyone is on one trip."""
    asked = problem(3, orders=6, couriers=2)
    found = solve(asked, seed=1, iterations=0, warm=[(0, [2, 99, 2]), (7, [1]), (1, []), (1, [2, 0])])
    assert [] == differs(found, asked)
    assert () == found.unplanned
    assert 2 in next(x.orders for x in found.trips if x.courier == 0)
    assert 0 in next(x.orders for x in found.trips if x.courier == 1)


def test_what_nobody_can_take_is_named() -> None:
    """An order larger than every box, and everything where there is no courier, stays visibly unplanned."""
    small = problem(1, orders=5, couriers=2)
    volume = small.volume_ml.copy()
    volume[3] = 10_000
    asked = msgspec.structs.replace(small, volume_ml=volume)
    assert (3,) == solve(asked, seed=1, iterations=100).unplanned
    alone = problem(1, orders=5, couriers=0)
    assert (0, 1, 2, 3, 4) == solve(alone, seed=1, iterations=100).unplanned


def test_more_rounds_never_leave_a_dearer_plan_than_none() -> None:
    """The best plan seen is the one returned."""
    asked = of_snapshot(snapshot(1, orders=50, couriers=14))
    costs = [solve(asked, seed=1, iterations=x).cost.total for x in (0, 100, 3_000)]
    assert costs[0] >= costs[1]
    assert costs[0] > costs[2], "a first plan is not the best"


def test_the_clock_stops_the_search() -> None:
    """With a deadline the search looks at the clock between chunks, and stops at the first look after it."""
    asked = of_snapshot(snapshot(1, orders=20, couriers=10))
    ticks = iter(range(100))
    found = solve(asked, seed=1, iterations=10**9, deadline=Deadline(clock=lambda: float(next(ticks)), at=7.0))
    assert 7 * Effort().chunk == found.rounds
    assert [] == differs(found, asked)
    past = solve(asked, seed=1, iterations=10**9, deadline=Deadline(clock=lambda: 8.0, at=7.0))
    assert 0 == past.rounds
    assert [] == differs(past, asked)


CHANGES: dict[str, dict[str, Any]] = {
    "late": {"prices": Prices(late_per_s=3, moved_per_s=3, tolerance_s=120)},
    "once": {"prices": Prices(late_fixed_s=599, moved_per_s=3, tolerance_s=120)},
    "overtime": {"prices": Prices(overtime_per_s=2, moved_per_s=3, tolerance_s=120)},
    "moved": {"prices": Prices(moved_per_s=4, tolerance_s=120)},
    "tolerance": {"prices": Prices(moved_per_s=3, tolerance_s=121)},
    "unfair": {"prices": Prices(unfair_s=1, moved_per_s=3, tolerance_s=120), "fair_orders": 3},
    "trips": {"prices": Prices(trip_s=1, moved_per_s=3, tolerance_s=120)},
    "apart": {"prices": Prices(apart_bp=9, moved_per_s=3, tolerance_s=120)},
    "loading": {"loading_s": 61},
    "way back": {"returns": False},
}


@pytest.mark.parametrize("name", CHANGES)
def test_the_reference_finds_a_wrong_cost(name: str) -> None:
    """A plan reckoned with one number that is wrong by a little is not what it says it is."""
    asked = [problem(x, orders=12, couriers=2, on=frozenset({"announced", "tight"})) for x in range(6)]
    wrong = [msgspec.structs.replace(x, **CHANGES[name]) for x in asked]
    assert any(differs(solve(bad, seed=1, iterations=50), good) for bad, good in zip(wrong, asked, strict=True))


@pytest.mark.parametrize(
    "column", ["due_s", "ready_s", "service_s", "free_s", "off_s", "box_ml", "break_s", "on_board_s"]
)
def test_the_reference_finds_a_wrong_column(column: str) -> None:
    """A plan made for other seconds or boxes than there are breaks a limit or costs something else."""
    on = frozenset({"breaks", "caps", "tight"})
    asked = [problem(x, orders=12, couriers=2, on=on) for x in range(6)]
    twisted: dict[str, Callable[[Any], Any]] = {
        "box_ml": lambda x: x * 4,
        "break_s": lambda x: x * 0,
        "on_board_s": lambda x: x * 0 - 1,
    }
    wrong = [
        msgspec.structs.replace(x, **{column: twisted.get(column, lambda y: y + 1)(getattr(x, column))}) for x in asked
    ]
    assert any(differs(solve(bad, seed=1, iterations=50), good) for bad, good in zip(wrong, asked, strict=True))

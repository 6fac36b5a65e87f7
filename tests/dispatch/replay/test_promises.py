"""Promises of our own on a dispatch day: made from what is known, lived with, and held against what came of them."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from doorstep.bench.days.lived import Replay
from doorstep.bench.days.metrics import metrics
from doorstep.bench.days.policies import Budget, policy_named
from doorstep.bench.days.promises import TENTHS, Ours, Quote, as_promised, kept
from doorstep.bench.days.replay import replay
from doorstep.bench.days.validator import check_trips
from doorstep.bench.days.world import DayArrays, World, arrays
from doorstep.bench.days.write import COLUMNS, trip_rows
from doorstep.core.promise import Ahead, PromiseParams
from tests.dispatch.replay.days import small


def promised(*, until_s: int | None = None) -> tuple[DayArrays, Replay]:
    """The first hours of a day in which every order is promised anew and everything is noisy."""
    day = arrays(small(hours=0.75))
    policy = policy_named("slack", day=day, budget=Budget(iterations=20), seed=1)
    world = World(day, seed=1, noise=True)
    return day, replay(day, policy, world=world, clock_ns=lambda: 0, until_s=until_s, quoter=Ours())


def test_every_order_is_promised_once_when_it_is_placed() -> None:
    """One quote an order, at its instant, by a rung of the ladder; the day is then checked by these promises."""
    day, lived = promised()
    assert sorted(x.order for x in lived.quotes) == list(range(len(day.placed_at_s)))
    for x in lived.quotes:
        assert x.quoted_at_s == day.placed_at_s[x.order]
        assert x.promised_at_s - x.quoted_at_s in PromiseParams().ladder_s
    told = as_promised(day, lived.quotes)
    numbers = metrics(told, lived, policy="slack", seed=1)
    rows = [dict(zip(COLUMNS, x, strict=True)) for x in trip_rows(told, lived.ridden)]
    said = {x: getattr(numbers, x) for x in numbers.__struct_fields__}
    assert [] == check_trips(told.day, rows, said=said, noise=True).faults
    assert check_trips(day.day, rows, said=said, noise=True).faults, "the promises of the files are not those"


def test_promises_do_not_peek() -> None:
    """A day that ends earlier was promised the same until then."""
    day, whole = promised()
    until_s = day.day.site.opens_at_s + 1_500
    _, cut = promised(until_s=until_s)
    assert [x for x in whole.quotes if x.quoted_at_s < until_s - 60] == [
        x for x in cut.quotes if x.quoted_at_s < until_s - 60
    ]


@given(st.integers(0, 3_000), st.integers(0, 60), st.integers(0, 60))
def test_more_ahead_is_never_promised_sooner(ride_s: int, some: int, more: int) -> None:
    """With more orders ahead, the promise is no earlier; at the same promise, it is no more probable."""
    few, many = (
        Ours().quote(
            0,
            Ahead(queue_s=0, pick_s=300, free_s=(0, 200, 900), orders=x, ride_s=ride_s, trip_s=1_700),
            now_s=0,
        )
        for x in sorted((some, some + more))
    )
    assert few.promised_at_s <= many.promised_at_s
    if few.promised_at_s == many.promised_at_s:
        assert few.p_kept_bp >= many.p_kept_bp


def quotes(told_bp: int, count: int) -> list[Quote]:
    return [Quote(order=x, quoted_at_s=x, promised_at_s=x + 1_800, p_kept_bp=told_bp) for x in range(count)]


@given(st.lists(st.booleans(), min_size=TENTHS, max_size=200), st.integers(0, 10_000))
def test_tenths_add_up(outcomes: list[bool], told_bp: int) -> None:
    """What the tenths miss, weighted by their sizes, is what the whole misses."""
    found = kept(list(zip(quotes(told_bp, len(outcomes)), outcomes, strict=True)))
    sizes = np.diff([len(outcomes) * x // TENTHS for x in range(TENTHS + 1)])
    missed = sum(int(n) * x for n, x in zip(sizes, found.tenths_bp, strict=True)) / len(outcomes)
    assert abs(missed - (found.expected_bp - found.kept_bp)) <= 2
    assert found.short_bp == 10_000


def test_a_promise_that_says_too_much_is_found() -> None:
    """Who tells 99% and keeps 90% is 9 points off in every tenth."""
    outcomes = [x % 10 != 0 for x in range(1_000)]
    found = kept(list(zip(quotes(9_900, 1_000), outcomes, strict=True)))
    assert 900 == found.widest_bp

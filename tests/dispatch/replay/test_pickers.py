"""Few pickers on a dispatch day: what they do is possible, nothing is lost, being told changes the sequence only."""

import numpy as np
import pytest

from doorstep.bench.days.lived import Replay
from doorstep.bench.days.pickers import WORK_BP, Picked
from doorstep.bench.days.policies import Budget, policy_named
from doorstep.bench.days.replay import replay
from doorstep.bench.days.world import DayArrays, arrays
from tests.dispatch.replay.days import small

PICKERS = 3


def picked(*, told: bool, pickers: int = PICKERS) -> tuple[DayArrays, Picked, Replay]:
    day = arrays(small(hours=0.75))
    world = Picked(day, pickers=pickers, told=told)
    policy = policy_named("slack", day=day, budget=Budget(iterations=20), seed=1)
    return day, world, replay(day, policy, world=world, clock_ns=lambda: 0)


@pytest.mark.parametrize("told", [False, True])
def test_nobody_picks_two_orders_at_once(told: bool) -> None:
    """At no instant are more orders being picked than there are pickers; each takes its work, after it was placed."""
    day, world, lived = picked(told=told)
    assert [] == lived.waiting
    work_s = (day.ready_at_s - day.placed_at_s) * WORK_BP // 10_000
    begun_s = world.ready_at_s - work_s
    assert (begun_s >= day.placed_at_s).all()
    for at_s in begun_s.tolist():
        assert np.sum((begun_s <= at_s) & (at_s < world.ready_at_s)) <= PICKERS
    for x in lived.ridden:
        assert all(world.ready_at_s[s.order] <= x.departed_at_s - 60 for s in x.stops)


def test_untold_pickers_take_what_was_placed_first() -> None:
    """Whoever was placed earlier is begun no later; told pickers do otherwise on the same day."""
    day, world, _ = picked(told=False)
    work_s = (day.ready_at_s - day.placed_at_s) * WORK_BP // 10_000
    assert np.all(np.diff(world.ready_at_s - work_s) >= 0)
    _, other, _ = picked(told=True)
    assert np.any(np.diff(other.ready_at_s - work_s) < 0)


def test_with_hands_for_everybody_nobody_waits() -> None:
    """With a picker an order, each is begun when it is placed."""
    day, world, _ = picked(told=True, pickers=200)
    assert (world.ready_at_s == day.placed_at_s + (day.ready_at_s - day.placed_at_s) * WORK_BP // 10_000).all()

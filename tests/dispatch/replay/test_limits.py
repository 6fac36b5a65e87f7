"""Breaks, ranges, kinds, minutes on board, slow hours, fair shares: kept by whoever decides, and checked."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from msgspec import structs

from doorstep.base.errors import BadInput
from doorstep.bench.days.clairvoyant import as_ridden, clairvoyant, whole_day
from doorstep.bench.days.lived import Replay
from doorstep.bench.days.metrics import metrics
from doorstep.bench.days.policies import Budget, policy_named
from doorstep.bench.days.validator import Row, check_trips
from doorstep.bench.days.world import DayArrays, arrays
from doorstep.core.dispatch import decide as decide_room
from doorstep.intake.dayfolder import read_dispatch_day
from doorstep.model.dispatch import DayRules, DispatchDay, Slice, Travel
from tests.dispatch.replay.days import lived, rows_of, said_of
from tests.dispatch.replay.limited import BREAK_S, limited
from tests.dispatch.replay.test_commands import folder_of

POLICIES = ("fifo", "greedy", "roll", "slack", "votes")


def replayed(
    day: DispatchDay, policy: str, *, noise: bool = False, until_s: int | None = None
) -> tuple[DayArrays, Replay]:
    named = policy_named(policy, day=arrays(day), budget=Budget(iterations=30), seed=1)
    return lived(day, named, noise=noise, until_s=until_s)


@pytest.mark.parametrize(
    ("seed", "policy"),
    [(31, "regret"), *((x, y) for x in (31, 32) for y in POLICIES)],
)
def test_whoever_decides_keeps_every_limit(policy: str, seed: int) -> None:
    """The checker finds nothing, every order is brought or waits, and everybody has the break that is planned."""
    day = limited(seed, hours=0.7 if policy == "regret" else 1.5)
    made, done = replayed(day, policy)
    assert [] == check_trips(day, rows_of(made, done), said=said_of(made, done)).faults
    on_trips = sorted(s.order for x in done.ridden for s in x.stops)
    assert list(range(len(day.orders))) == sorted([*on_trips, *done.waiting])
    planned = {n for n, x in enumerate(day.couriers) if x.break_s}
    last_s = max(x.back_at_s for x in done.ridden)
    due = {n for n in planned if day.couriers[n].break_to_at_s < last_s}
    rested = [x.courier for x in done.rests]
    assert len(rested) == len(set(rested))
    assert due <= set(rested) <= planned
    assert {BREAK_S} == {x.to_s - x.from_s for x in done.rests}


@pytest.mark.parametrize("policy", ["fifo", "slack", "regret"])
def test_noise_breaks_no_limit_that_can_be_kept(policy: str) -> None:
    """Where rides take longer than planned, kinds, ranges and boxes hold all the same, and breaks are had."""
    day = limited(33, hours=0.7)
    made, done = replayed(day, policy, noise=True)
    assert [] == check_trips(day, rows_of(made, done), said=said_of(made, done), noise=True).faults
    assert done.rests


@pytest.mark.parametrize("policy", ["slack", "regret"])
def test_nobody_peeks_at_a_limited_day(policy: str) -> None:
    """Without the orders placed after an instant, all that left before is the same, breaks too."""
    day = limited(34, hours=0.7)
    cut_s = day.site.opens_at_s + 1_500
    shorter = structs.replace(day, orders=tuple(x for x in day.orders if x.placed_at_s <= cut_s))
    whole, cut = replayed(day, policy)[1], replayed(shorter, policy)[1]
    assert [x for x in whole.ridden if x.departed_at_s <= cut_s] == [x for x in cut.ridden if x.departed_at_s <= cut_s]
    assert [x for x in whole.rests if x.from_s < cut_s] == [x for x in cut.rests if x.from_s < cut_s]


def test_breaks_are_had_where_the_planner_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """The simple rule keeps every limit, too."""

    def failing(*_: object, **__: object) -> None:
        raise RuntimeError("no plan")

    monkeypatch.setattr(decide_room, "solve", failing)
    day = limited(35)
    made, done = replayed(day, "slack")
    assert {"kernel_failed"} == {x.leaving.why for x in done.ridden}
    assert [] == check_trips(day, rows_of(made, done), said=said_of(made, done)).faults
    assert done.rests


def test_hindsight_keeps_every_limit() -> None:
    """The plan of the whole day is ridden by the checker, and costs what it says."""
    day = limited(36)
    made = arrays(day)
    ticks = iter(range(1_000_000))
    found = clairvoyant(made, seconds=200, seed=1, clock=lambda: float(next(ticks)))
    done = Replay(ridden=as_ridden(made, found.plan(whole_day(made)).trips))
    checked = check_trips(day, rows_of(made, done))
    assert ([], found.unplanned) == (checked.faults, ())
    assert found.cost.total == checked.numbers["cost"] == metrics(made, done, policy="h", seed=1).cost


@dataclass(frozen=True)
class Planted:
    rule: str
    plant: Callable[[DispatchDay], DispatchDay]


def rules(**other: object) -> Callable[[DispatchDay], DispatchDay]:
    return lambda day: structs.replace(day, rules=structs.replace(day.rules, **other))


def couriers(**other: object) -> Callable[[DispatchDay], DispatchDay]:
    return lambda day: structs.replace(day, couriers=tuple(structs.replace(x, **other) for x in day.couriers))


def all_day(day: DispatchDay) -> DispatchDay:
    """Everybody should have had six hours off at the opening."""
    opens_s = day.site.opens_at_s
    return couriers(break_from_at_s=opens_s, break_to_at_s=opens_s + 60, break_s=21_600)(day)


def walkers_only(day: DispatchDay) -> DispatchDay:
    return structs.replace(day, orders=tuple(structs.replace(x, kinds=("walker",)) for x in day.orders))


def slower(day: DispatchDay) -> DispatchDay:
    ways = Travel(slices=(Slice(from_at_s=day.site.opens_at_s, slower_bp=12_000),))
    return rules(travel=ways)(day)


PLANTED = {
    "frozen goods out too long": Planted("on board", rules(frozen_on_board_s=200)),
    "chilled goods out too long": Planted("on board", rules(chilled_on_board_s=200)),
    "a range that is short": Planted("range", couriers(range_m=500)),
    "no break": Planted("break", all_day),
    "a door for walkers": Planted("kind", walkers_only),
    "hours that are slower": Planted("arrival", slower),
    "lateness that is dear": Planted("metrics", rules(grace_s=0, steep_per_s=9)),
    "an order more than fair": Planted("metrics", rules(unfair_s=7)),
}


@pytest.mark.parametrize("what", PLANTED)
def test_a_limit_that_is_broken_is_found(what: str) -> None:
    """Trips of a day without a limit are held against the day with it: the rule is named."""
    plain = structs.replace(limited(31), rules=DayRules())
    plain = structs.replace(plain, couriers=plain.couriers[:5])
    made, done = lived(plain)
    rows: list[Row] = rows_of(made, done)
    assert [] == check_trips(plain, rows, said=said_of(made, done)).faults
    planted = PLANTED[what]
    checked = check_trips(planted.plant(plain), rows, said=said_of(made, done))
    assert planted.rule in {x.rule for x in checked.faults}


def test_a_limited_day_reads_back(tmp_path: Path) -> None:
    """Breaks, ranges, kinds and rules are columns and keys of a day folder, and nothing of them is lost."""
    day = limited(37)
    assert day == read_dispatch_day(folder_of(day, tmp_path / "day"))


BAD = {
    "half a break": ("couriers.csv", "break_s", "900", "", "break_from_at_s"),
    "a kind nobody knows": ("orders.csv", "kinds", "ebike walker", "ebike drone", "kinds"),
    "a range that is no number": ("couriers.csv", "range_m", "9000", "nine", "range_m"),
    "a cap below nothing": (
        "day.json",
        None,
        '"frozen_on_board_s": 1800',
        '"frozen_on_board_s": -5',
        "params.frozen_on_board_s",
    ),
    "an hour quicker than free streets": (
        "day.json",
        None,
        '"slower_bp": 13000',
        '"slower_bp": 9000',
        "params.travel.slices[0].slower_bp",
    ),
}


@pytest.mark.parametrize("what", BAD)
def test_a_limit_that_cannot_be_is_refused_with_its_place(tmp_path: Path, what: str) -> None:
    """A slip in a limit names file and place."""
    day = limited(37)
    folder = folder_of(day, tmp_path / "day")
    name, _, old, new, column = BAD[what]
    text = (folder / name).read_text("utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new), "utf-8")
    with pytest.raises(BadInput) as refused:
        read_dispatch_day(folder)
    assert column in str(refused.value)


def test_a_day_without_limits_is_asked_nothing_more() -> None:
    """Where no limit is named the planner's problem is the one it was: no column, one slice, no metres."""
    day = structs.replace(limited(31), rules=DayRules())
    plain = structs.replace(
        day,
        couriers=tuple(structs.replace(x, break_s=0, range_m=None) for x in day.couriers),
        orders=tuple(structs.replace(x, kinds=()) for x in day.orders),
    )
    made = arrays(plain)
    assert ({}, {}, (0,), None) == (
        made.order_more,
        made.courier_more,
        made.legs.slices_s,
        made.legs.metres,
    )
    assert np.array_equal(made.legs.seconds.shape[:2], (4, 1))

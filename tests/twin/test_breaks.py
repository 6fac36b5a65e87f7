"""Breaks and decisions of a lived day: had once, whole and in time; and decided again from the journal the same."""

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from doorstep.app import riding
from doorstep.app.certificate import Violation
from doorstep.app.params import Params
from doorstep.base.ids import CourierId
from doorstep.core.dispatch import Fleet, plan
from doorstep.core.promise import Load, PromiseParams
from doorstep.model.day import Day
from doorstep.model.facts.orders import OrderHandedOver
from doorstep.model.facts.site import BreakEnded, BreakStarted, CourierEnded, CourierRostered
from doorstep.model.facts.work import TripPlanned
from doorstep.report import explain
from doorstep.twin.couriers import Couriers
from doorstep.twin.happenings import CourierRested
from tests.twin.days import decided_again, live, lived, small_day, told

Patch = pytest.MonkeyPatch


@pytest.fixture
def day() -> Day:
    """A day on which four couriers have to do with 60 orders."""
    made = small_day(visits=60)
    return replace(made, couriers=made.couriers[::12])


def test_every_break_is_had_once_and_in_its_window(day: Day) -> None:
    """Whoever worked had the break that was planned; only a trip that took longer than planned may delay it."""
    stream = lived(day)
    began = {x.fact.courier: x.at_s for x in stream if isinstance(x.fact, BreakStarted)}
    ended = {x.fact.courier: x.at_s for x in stream if isinstance(x.fact, BreakEnded)}
    gone = {x.fact.courier for x in stream if isinstance(x.fact, CourierEnded)}
    assert gone == set(began) == set(ended)
    for x in day.couriers:
        if x.courier in began:
            assert x.break_from_at_s <= began[x.courier] <= x.break_to_at_s + 600
            assert ended[x.courier] == began[x.courier] + x.break_s


@pytest.mark.parametrize("visits", [60, 200])
def test_what_was_decided_follows_from_the_journal_alone(visits: int) -> None:
    """A fleet folded up to an instant decides what was written at that instant, trip by trip and break by break."""
    assert decided_again(lived(small_day(visits=visits)), lambda _: Params().roads) > 20


def test_a_day_pays_for_lateness_and_fair_shares_as_it_says(day: Day) -> None:
    """What an order above a fair share costs makes loads more alike; what lateness costs changes trips."""
    usual, spread, trips = Params(), [], []
    for prices in ({}, {"unfair_s": 3_000}, {"late_fixed_s": 0, "late_per_s": 0}):
        params = replace(usual, dispatch=replace(usual.dispatch, **prices))
        stream = lived(day, params)
        assert decided_again(stream, lambda _: usual.roads, params) > 20
        taken = dict.fromkeys((x.courier for x in day.couriers), 0)
        for x in told(stream, TripPlanned):
            taken[x.courier] += len(x.orders)
        spread.append(max(taken.values()) - min(taken.values()))
        trips.append(told(stream, TripPlanned))
    assert spread[1] < spread[0]
    assert trips[2] != trips[0]


@pytest.mark.parametrize("caps", [(2_700, 1_800), (600, 500)])
def test_goods_are_planned_to_be_on_board_no_longer_than_they_may(day: Day, caps: tuple[int, int]) -> None:
    """Chilled and frozen goods arrive within their minutes; who lives further away is ridden to straight."""
    usual = Params()
    how = replace(usual.dispatch, chilled_on_board_s=caps[0], frozen_on_board_s=caps[1])
    fleet, homes = Fleet(), {x.basket.order: x.basket.at for x in day.visits}
    stops = 0
    for entry in lived(day, replace(usual, dispatch=how)):
        fact = entry.fact
        if isinstance(fact, TripPlanned):
            for order, eta in zip(fact.orders, fact.etas_at_s, strict=True):
                mine = [cap for cap, ml in zip(caps, fleet.ready[order].ml[1:], strict=True) if ml]
                free_s = usual.roads.seconds(day.site.place, homes[order], speed_mm_s=4_167)
                alone_s = free_s * fleet.pace.bp // 10_000 + how.service_s
                assert eta - entry.at_s - how.loading_s <= max(min(mine, default=10**6), alone_s)
                stops += len(fact.orders) > 1
        if type(fact) in Fleet.hears:
            fleet.apply(fact, at_s=entry.at_s)
    assert stops > 5


def test_no_trip_of_a_day_rides_further_than_its_courier_may(day: Day) -> None:
    """Everybody's range is seven kilometres: enough for every door, and too little for trips that are made without."""
    homes, roads = {x.basket.order: x.basket.at for x in day.visits}, Params().roads
    far: list[int] = []
    for range_m in (None, 7_000):
        ranged = replace(day, couriers=tuple(replace(x, range_m=range_m) for x in day.couriers))
        trips = [x.fact for x in lived(ranged) if isinstance(x.fact, TripPlanned)]
        ways = [[day.site.place, *(homes[x] for x in y.orders), day.site.place] for y in trips]
        metres = [roads.lengths_between(x, speed_mm_s=4_167) for x in ways]
        far.append(max(sum(int(m[i, i + 1]) for i in range(len(m) - 1)) for m in metres))
    assert far[1] <= 7_000 < far[0]


def test_the_order_that_waits_and_the_one_that_leaves_are_explained(day: Day) -> None:
    """Terms sum to what is said, the next best place is named, and who waits is told for what."""
    stream = lived(day)
    told = [explain(stream, x.fact.order) for x in stream if isinstance(x.fact, OrderHandedOver)]
    left = [next((y for y in x if "With it the plan costs" in y), "") for x in told]
    assert all(left)
    assert any("the next best, a trip of" in x for x in left)
    assert any("It waits: " in y for x in told for y in x)
    for line in left:
        sums = [x.split(" s (")[0].split()[-1] for x in line.split(")")[:-1]]
        parts = [x.split("(")[1] for x in line.split(")")[:-1]]
        for whole, terms in zip(sums, parts, strict=True):
            found = sum(int(y.split()[-1].replace(",", "")) for y in terms.split(", "))
            assert int(whole.replace(",", "")) == found


def caught(day: Day, folder: Path, words: str) -> None:
    with pytest.raises(Violation, match=words) as found:
        live(day, folder)
    assert found.value.law == "couriers"


def test_a_break_that_is_cut_short_is_found(day: Day, tmp_path: Path, monkeypatch: Patch) -> None:
    """Somebody is called back after five minutes."""
    send = Couriers.send

    def calls_back(self: Couriers, decided: Any) -> None:
        send(self, tuple(x for x in decided if not isinstance(x, BreakStarted)))
        for x in decided:
            if isinstance(x, BreakStarted):
                self._world.after(300, CourierRested(x.courier))

    monkeypatch.setattr(Couriers, "send", calls_back)
    caught(day, tmp_path, "before the break is over")


def test_a_trip_in_a_break_is_found(day: Day, tmp_path: Path, monkeypatch: Patch) -> None:
    """Who rests still counts as standing at the site."""
    apply = Fleet.apply

    def still_here(self: Fleet, fact: Any, *, at_s: int) -> None:
        apply(self, fact, at_s=at_s)
        if isinstance(fact, BreakStarted):
            self.idle[fact.courier] = at_s

    monkeypatch.setattr(Fleet, "apply", still_here)
    caught(day, tmp_path, "is not free for trip")


@pytest.mark.parametrize("what", ["early", "short", "twice"])
def test_a_break_that_was_not_planned_so_is_found(day: Day, tmp_path: Path, monkeypatch: Patch, what: str) -> None:
    """A break before its window, a shorter one, a second one."""
    begun: list[Any] = []

    def other(fleet: Fleet, *, now_s: int, **rest: Any) -> tuple[Any, ...]:
        decided = plan(fleet, now_s=now_s, **rest)
        if what == "short":
            return tuple(
                replace(x, until_at_s=x.until_at_s - 1) if isinstance(x, BreakStarted) else x for x in decided
            )
        idle = [x for x in fleet.idle if not decided and (what == "early") == (x not in fleet.rested)]
        if what == "early":
            idle = [x for x in idle if fleet.on_duty[x].break_from_at_s > now_s]
        if idle and not begun:
            begun.append(BreakStarted(courier=idle[0], until_at_s=now_s + 900))
            return tuple(begun)
        return decided

    monkeypatch.setattr(riding, "plan", other)
    caught(day, tmp_path, "not planned so")


def test_who_rests_is_not_promised() -> None:
    """In the half hours of a break there is less room, by the break's share of its window, rounded down."""
    load, how = Load(), PromiseParams()
    shift = CourierRostered(
        courier=CourierId("R1"), kind="ebike", on_at_s=0, off_at_s=36_000, ambient_ml=1, chilled_ml=1, frozen_ml=1,
        speed_mm_s=4_167, break_from_at_s=3_600, break_to_at_s=9_000, break_s=1_800,
    )  # fmt: skip
    assert 0 == load._resting_s(0, 3_600)
    load.apply(shift, at_s=0, slot_s=how.slot_s)
    assert [0, 450, 1_800] == [load._resting_s(*x) for x in ((0, 3_600), (3_600, 5_400), (3_600, 10_800))]
    without = Load()
    without.apply(replace(shift, break_s=0), at_s=0, slot_s=how.slot_s)
    assert 0 == without._resting_s(3_600, 10_800)

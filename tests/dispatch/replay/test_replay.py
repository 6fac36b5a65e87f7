"""A replay shows orders when they are placed, loses none, and lives the day as it is written."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest
from msgspec import structs

from doorstep.bench.days.legs import legs_of
from doorstep.bench.days.lived import Ridden
from doorstep.bench.days.metrics import metrics
from doorstep.bench.days.peers import Fifo
from doorstep.bench.days.validator import check_trips
from doorstep.bench.days.world import arrays
from doorstep.core.dispatch.tick import Decision, Known
from doorstep.intake.dayfolder import read_dispatch_day
from doorstep.model.dispatch import Travel
from doorstep.roads import Straight
from tests.conftest import missing
from tests.dispatch.replay.days import lived, rows_of, said_of, small

WORLDS = Path(__file__).resolve().parents[4] / "shared" / "data" / "worlds" / "dispatch"
PUBLISHED = {
    "day-01": (1_388_599, 8_596, 4.55),
    "day-12": (2_916_738, 4_062, 4.42),
    "day-19": (1_860_147, 6_671, 5.40),
}


class Watched:
    """A policy that remembers what it was shown."""

    name = "watched"

    def __init__(self, *, on_events: bool) -> None:
        self.on_events = on_events
        self.seen: list[Known] = []
        self._fifo = Fifo()

    def decide(self, known: Known) -> Decision:
        self.seen.append(known)
        return self._fifo.decide(known)


class Nobody:
    """A policy that sends nobody."""

    name, on_events = "nobody", False

    def decide(self, known: Known) -> Decision:
        return Decision()


def by_departure(ridden: Iterable[Ridden], before_s: int) -> list[Ridden]:
    return [x for x in ridden if x.departed_at_s - 60 < before_s]


def test_riding_times_are_those_of_the_plain_formula() -> None:
    """The matrix of a day equals `Straight.seconds` pair by pair, both ways."""
    day = small()
    places = [day.site.place, *(x.at for x in day.orders)]
    for speed_mm_s in (4_167, 3_334):
        matrix = legs_of(places, [("ebike", speed_mm_s)], Travel()).seconds[0, 0]
        plain = [[Straight().seconds(a, b, speed_mm_s=speed_mm_s) for b in places] for a in places]
        assert np.array_equal(plain, matrix)


@pytest.mark.parametrize("on_events", [False, True])
def test_nothing_is_shown_before_it_is_placed(on_events: bool) -> None:
    """A policy sees exactly the orders placed until now that are in no box yet."""
    day = small()
    policy = Watched(on_events=on_events)
    made, done = lived(day, policy)
    left_s = {s.order: x.departed_at_s - 60 for x in done.ridden for s in x.stops}
    for known in policy.seen:
        open_now = [
            i for i, x in enumerate(made.placed_at_s) if x <= known.now_s and left_s.get(i, 1 << 40) >= known.now_s
        ]
        assert open_now == known.orders.tolist()
        assert int(np.sum(made.placed_at_s <= known.now_s)) == len(known.past_placed_s)
    assert any(x.now_s % 30 for x in policy.seen) == on_events


@pytest.mark.parametrize("minutes", [20, 47, 75])
def test_a_day_that_is_cut_decides_the_same_until_then(minutes: int) -> None:
    """Nobody peeks: without the orders placed after an instant, all that left before is the same."""
    day = small()
    cut_s = day.site.opens_at_s + minutes * 60
    _, whole = lived(day)
    shorter = structs.replace(day, orders=tuple(x for x in day.orders if x.placed_at_s <= cut_s))
    _, cut = lived(shorter)
    assert by_departure(whole.ridden, cut_s) == by_departure(cut.ridden, cut_s)
    assert by_departure(whole.ridden, cut_s)


def test_no_order_is_lost() -> None:
    """Every order is on exactly one trip, or it waits and is said to."""
    made, done = lived(small())
    on_trips = sorted(s.order for x in done.ridden for s in x.stops)
    assert list(range(len(made.placed_at_s))) == sorted([*on_trips, *done.waiting])
    made, none = lived(small(), Nobody())
    assert list(range(len(made.placed_at_s))) == none.waiting
    numbers = metrics(made, none, policy="nobody", seed=1)
    assert (len(none.waiting), 0) == (numbers.waiting, numbers.on_time_bp)


@pytest.mark.parametrize("seed", [21, 22])
def test_noise_changes_the_day_and_breaks_no_rule(seed: int) -> None:
    """With noise nothing leaves before it is packed, boxes and shifts hold, and the same seed gives the same day."""
    day = small(seed)
    made, done = lived(day, noise=True)
    assert [] == check_trips(day, rows_of(made, done), said=said_of(made, done), noise=True).faults
    assert done.ridden == lived(day, noise=True)[1].ridden
    assert done.ridden != lived(day)[1].ridden
    assert [] == done.waiting


@pytest.mark.check
@pytest.mark.parametrize("name", PUBLISHED)
def test_the_published_rule_gives_the_published_numbers(name: str) -> None:
    """Earliest due and nearest, as the frozen days describe it, costs to the second what their table says."""
    if not (WORLDS / name).is_dir():
        missing("the frozen dispatch days", "put the shared data beside the repository")
    day = arrays(read_dispatch_day(WORLDS / name))
    _, done = lived(day.day)
    numbers = metrics(day, done, policy="fifo", seed=1)
    assert PUBLISHED[name] == (numbers.cost, numbers.on_time_bp, round(numbers.orders_per_busy_hour, 2))

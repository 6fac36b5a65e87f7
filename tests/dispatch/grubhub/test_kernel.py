"""Plans are priced as a slow reading of the rules prices them, and made better without losing anybody."""

from collections.abc import Iterator
from itertools import pairwise, permutations, product
from math import ceil, hypot
from random import Random

import numpy as np
import pytest

from doorstep.bench.grubhub.atlas import Atlas
from doorstep.bench.grubhub.kernel import NEVER, City, Plan, cost_of, ends, improve
from doorstep.bench.grubhub.live import Known
from doorstep.bench.grubhub.posts import posts
from doorstep.bench.grubhub.travel import minutes_between, ways
from doorstep.intake.grubhub.instance import Instance
from tests.dispatch.grubhub.small import small_day

Trips = list[list[int]]  # of one courier: orders by their number, in the sequence of their doors
PRICE_TIME, PRICE_EMPTY, PRICE_LOST = 0.25, 0.5, 500.0


def city_of(day: Instance) -> tuple[City, Atlas]:
    known = Known(couriers=day.couriers, restaurants=day.restaurants, numbers=day.numbers)
    atlas = Atlas(known, share=0.2)
    atlas.learn(day.orders)
    standing = [(len(day.restaurants) + i, 2 * x.on_min, 2 * x.off_min) for i, x in enumerate(day.couriers)]
    city = City(
        standing=np.array(standing, dtype=np.int64),
        orders=atlas.orders,
        to_restaurant=atlas.to_restaurant,
        door_to_door=atlas.door_to_door,
        far=atlas.far,
        price_time=PRICE_TIME,
        price_empty=PRICE_EMPTY,
        price_lost=PRICE_LOST,
        first_door=atlas.first_door,
        half_pickup=day.numbers.pickup_min,
        half_dropoff=day.numbers.dropoff_min,
    )
    return city, atlas


def slow_cost(day: Instance, atlas: Atlas, courier: int, trips: Trips) -> float:
    """Price a courier's trips in half minutes, from the tables of the day."""
    kitchens = {x.restaurant: x for x in day.restaurants}
    who, numbers = day.couriers[courier], day.numbers

    def ride(one: tuple[int, int], other: tuple[int, int]) -> int:
        return 2 * ceil(round(hypot(one[0] - other[0], one[1] - other[1]) / numbers.speed_m_min, 9))

    here, now, cost, place = (who.x_m, who.y_m), 2 * who.on_min, 0.0, len(day.restaurants) + courier
    for trip in trips:
        orders = [day.orders[x] for x in trip]
        kitchen = kitchens[orders[0].restaurant]
        there = (kitchen.x_m, kitchen.y_m)
        cost += PRICE_EMPTY * ride(here, there)
        pickup = max([now + ride(here, there) + numbers.pickup_min, *(2 * x.ready_min for x in orders)])
        if pickup > 2 * who.off_min:
            return NEVER
        here, now = there, pickup + numbers.pickup_min
        for x in orders:
            door = (x.x_m, x.y_m)
            now += ride(here, door) + numbers.dropoff_min
            cost += now - 2 * x.placed_min
            here, now = door, now + numbers.dropoff_min
        place = len(day.restaurants) + len(day.couriers) + trip[-1]
    return cost + PRICE_TIME * min(now + float(atlas.far[place]), 2 * who.off_min)


def as_lines(plans: list[Trips], room: int = 10) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    line = np.zeros((len(plans), room), dtype=np.int64)
    joined, count = line.copy(), np.zeros(len(plans), dtype=np.int64)
    for c, trips in enumerate(plans):
        for trip in trips:
            for i, x in enumerate(trip):
                line[c, count[c]], joined[c, count[c]] = x, int(i > 0)
                count[c] += 1
    return line, joined, count


def as_plans(line: np.ndarray, joined: np.ndarray, count: np.ndarray) -> list[Trips]:
    plans: list[Trips] = []
    for c in range(len(line)):
        trips: Trips = []
        for i in range(count[c]):
            if joined[c, i]:
                trips[-1].append(int(line[c, i]))
            else:
                trips.append([int(line[c, i])])
        plans.append(trips)
    return plans


def split(day: Instance, sequence: tuple[int, ...]) -> Iterator[Trips]:
    """Every way to cut a sequence of orders into trips of one restaurant each."""
    for cuts in product((False, True), repeat=max(0, len(sequence) - 1)):
        trips: Trips = [[sequence[0]]] if sequence else []
        for (one, other), cut in zip(pairwise(sequence), cuts, strict=True):
            if not cut and day.orders[one].restaurant != day.orders[other].restaurant:
                break
            if cut:
                trips.append([other])
            else:
                trips[-1].append(other)
        else:
            yield trips


@pytest.mark.parametrize("seed", range(8))
def test_a_plan_costs_what_the_slow_reading_says(seed: int) -> None:
    """Any cut of any sequence is priced alike, half minute for half minute, the impossible ones too."""
    day = small_day(seed, orders=9, restaurants=2, couriers=3)
    city, atlas = city_of(day)
    chance = Random(seed)
    for _ in range(40):
        sequence = tuple(chance.sample(range(9), chance.randrange(0, 6)))
        courier = chance.randrange(3)
        for trips in split(day, sequence):
            line, joined, count = as_lines([trips])
            expected = slow_cost(day, atlas, courier, trips)
            assert expected == pytest.approx(cost_of(courier, line[0], joined[0], int(count[0]), city), abs=1e-9)


@pytest.mark.parametrize("seed", range(6))
def test_small_cities_are_planned_as_well_as_can_be(seed: int) -> None:
    """With four orders and two couriers, no plan at all is cheaper than the one found."""
    day = small_day(seed, orders=4, restaurants=2, couriers=2)
    city, atlas = city_of(day)
    best = 4 * PRICE_LOST + sum(slow_cost(day, atlas, c, []) for c in range(2))
    cheapest: list[dict[frozenset[int], float]] = [{}, {}]
    for c in range(2):
        for size in range(5):
            for sequence in permutations(range(4), size):
                cost = min(slow_cost(day, atlas, c, x) for x in split(day, sequence))
                held = frozenset(sequence)
                cheapest[c][held] = min(cheapest[c].get(held, NEVER), cost)
    for one, cost in cheapest[0].items():
        for other, more in cheapest[1].items():
            if not one & other:
                best = min(best, cost + more + PRICE_LOST * (4 - len(one) - len(other)))
    line, joined, count = as_lines([[], []])
    found = improve(Plan(line, joined, count, np.zeros(len(line))), np.arange(4), city, 400, 4, 8.0, 1)
    assert best == pytest.approx(found, abs=1e-6)


@pytest.mark.parametrize("seed", range(6))
def test_nobody_is_lost_in_planning(seed: int) -> None:
    """Each order is in one line or in none, trips are of one restaurant, and the price is the sum of its parts."""
    day = small_day(seed, orders=60)
    city, atlas = city_of(day)
    line, joined, count = as_lines([[] for _ in day.couriers], room=24)
    first = improve(Plan(line, joined, count, np.zeros(len(line))), np.arange(60), city, 0, 6, 4.0, 1)
    found = improve(Plan(line, joined, count, np.zeros(len(line))), np.arange(60), city, 150, 6, 4.0, 1)
    plans = as_plans(line, joined, count)
    held = [x for trips in plans for trip in trips for x in trip]
    assert len(set(held)) == len(held)
    assert all(len({day.orders[x].restaurant for x in trip}) == 1 for trips in plans for trip in trips)
    cost = sum(slow_cost(day, atlas, c, trips) for c, trips in enumerate(plans))
    assert found == pytest.approx(cost + PRICE_LOST * (60 - len(held)), abs=1e-6)
    assert found <= first + 1e-9


def test_one_seed_one_plan() -> None:
    """The same arguments give the same plans; another seed may give others."""
    day = small_day(3, orders=60)
    city, _ = city_of(day)
    found = []
    for seed in (1, 1, 2):
        tables = as_lines([[] for _ in day.couriers], room=24)
        improve(Plan(*tables, np.zeros(len(day.couriers))), np.arange(60), city, 80, 6, 4.0, seed)
        found.append(as_plans(*tables))
    assert found[0] == found[1]
    assert found[0] != found[2]


def test_the_end_of_a_plan_is_its_last_door() -> None:
    """Who has a plan is free where and when it ends; who has none, where he stands."""
    day = small_day(2, orders=4, restaurants=1, couriers=2)
    city, atlas = city_of(day)
    done = ends(Plan(*as_lines([[[0, 1], [2]], []]), np.zeros(2)), city)
    assert [atlas.first_door + 2, len(day.restaurants) + 1] == done[:, 0].tolist()
    free_at = slow_cost(day, atlas, 0, [[0, 1], [2]]) - slow_cost(day, atlas, 0, [[0, 1]])
    assert free_at > 0
    assert done[1, 1] == city.standing[1, 1]


def test_ways_are_rounded_up_in_whole_numbers() -> None:
    """A way of exactly n minutes takes n; a metre more takes one more; both readings agree everywhere."""
    origin = np.zeros((1, 2), dtype=np.int64)
    for x_m, y_m, minutes in ((0, 0, 0), (1, 0, 1), (320, 0, 1), (321, 0, 2), (192, 256, 1), (1_920, 2_561, 11)):
        assert minutes == minutes_between(x_m, y_m, 320)
        assert 2 * minutes == ways(origin, np.array([[x_m, y_m]]), speed_m_min=320)[0, 0]
    chance = Random(1)
    for speed in (314, 320, 427):
        places = np.array([[chance.randrange(-9_000, 9_000), chance.randrange(-9_000, 9_000)] for _ in range(300)])
        expected = [2 * minutes_between(int(x), int(y), speed) for x, y in places]
        assert expected == ways(origin, places, speed_m_min=speed)[0].tolist()


def test_an_idle_courier_waits_where_orders_are_likely() -> None:
    """Of two restaurants far apart, the one with nobody near gets the idle courier; with nothing expected he stays."""
    to_restaurant = np.array([[0, 30], [30, 0], [0, 30], [2, 30]])  # two restaurants, then where two couriers stand
    delays = np.maximum(0, np.arange(121) - 20.0)
    places, frees, idle = np.array([2, 3]), np.array([100, 100]), np.array([0, 1])
    expected = np.array([1.0, 1.0])
    assert [-1, 1] == posts(idle, places, frees, to_restaurant, expected, delays, 100, 4, 2, 0.2, 0.5).tolist()
    nothing = np.zeros(2)
    assert [-1, -1] == posts(idle, places, frees, to_restaurant, nothing, delays, 100, 4, 2, 0.2, 0.5).tolist()

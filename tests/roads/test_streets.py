"""Ways along streets are the quickest there are, obey who may go where, and always have an answer."""

from collections.abc import Iterator
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorstep.model.people import Place
from doorstep.roads import Roads, Straight
from doorstep.roads.graph import Graph, Streetwise
from doorstep.roads.net import PROFILES, Net, Profile
from doorstep.roads.prepared import Prepared
from doorstep.roads.snap import Snapper, Spots
from doorstep.roads.straight import metres_between, metres_from_to
from doorstep.roads.streets import Streets
from tests.oracles import streets as oracle
from tests.roads.made import ALONG, BOTH, LAT, LNG, drawn, grid, net_of, spread

SPEEDS = (300, 1_389, 4_167, 6_944, 9_000)


def spots_of(found: list[tuple[int, int]]) -> Spots:
    return Spots(
        piece=np.array([x for x, _ in found], np.int64),
        at_mm=np.array([x for _, x in found], np.int64),
        off_m=np.zeros(len(found)),
    )


def cases(count: int) -> Iterator[tuple[Net, Profile, list[tuple[int, int]], int]]:
    """Nets of the seeds 0, 1, 2 …, each with a profile, up to seven spots on its main part, and a speed."""
    for seed in range(count):
        net, profile = drawn(seed), PROFILES[seed // 2 % 2]
        chance = np.random.default_rng(1_000_000 + seed)
        pieces = sorted(oracle.main_part(net, profile))
        found = []
        for turn in chance.integers(0, len(pieces), int(chance.integers(1, 8))).tolist() if pieces else []:
            piece = pieces[turn]
            mm = int(net.length_mm[piece])
            found.append((piece, [0, mm, int(chance.integers(0, mm + 1))][int(chance.integers(0, 3))]))
        yield net, profile, found, SPEEDS[seed % len(SPEEDS)]


def pairs(net: Net, profile: Profile, spots: list[tuple[int, int]], *, speed_mm_s: int) -> list[list[Any]]:
    """What `Streets` says, in the oracle's words."""
    ways = Streets(net, profile).ways(spots_of(spots), spots_of(spots), speed_mm_s=speed_mm_s)
    return [
        [(ms, mm) if ms >= 0 else None for ms, mm in zip(*row, strict=True)]
        for row in zip(ways.ms.tolist(), ways.mm.tolist(), strict=True)
    ]


def test_the_main_part_is_the_largest_where_everyone_reaches_everyone() -> None:
    """The pieces of the main part are those that a walk from every node finds."""
    for seed in range(200):
        net, profile = drawn(seed), PROFILES[seed // 2 % 2]
        found = set(np.flatnonzero(Streetwise(net, profile).main).tolist())
        assert oracle.main_part(net, profile) == found, seed


def test_ways_are_those_of_a_slow_search() -> None:
    """Milliseconds and millimetres between all spots are those of a plain Dijkstra over whole numbers."""
    for seed, (net, profile, spots, speed_mm_s) in enumerate(cases(150)):
        expected = oracle.ways(net, profile, oracle.main_part(net, profile), spots, speed_mm_s=speed_mm_s)
        assert expected == pairs(net, profile, spots, speed_mm_s=speed_mm_s), seed


def test_no_way_over_a_third_place_is_quicker() -> None:
    """Milliseconds obey the triangle inequality exactly, and where one stands one is at once."""
    for seed, (net, profile, spots, speed_mm_s) in enumerate(cases(100)):
        ways = Streets(net, profile).ways(spots_of(spots), spots_of(spots), speed_mm_s=speed_mm_s)
        far = np.where(ways.ms < 0, 2**40, ways.ms)
        assert [0] * len(spots) == np.diag(far).tolist(), seed
        for over in range(len(spots)):
            assert (far <= far[:, over, None] + far[None, over]).all(), seed


def test_nobody_is_quicker_than_is_lawful() -> None:
    """No way takes less time than its length at the speed asked for, nor at 25 km/h."""
    for seed, (net, profile, spots, speed_mm_s) in enumerate(cases(100)):
        ways = Streets(net, profile).ways(spots_of(spots), spots_of(spots), speed_mm_s=speed_mm_s)
        # A piece is rounded up, but each end may stand within one and save a millisecond.
        assert (1000 * ways.mm <= (ways.ms + 2) * min(speed_mm_s, 6_944)).all(), seed


def test_walking_is_the_same_there_and_back_where_no_street_is_one_way_on_foot() -> None:
    """A walk is as long as the walk back, to the millimetre and the millisecond."""
    for seed in range(100):
        net = drawn(seed)
        both = np.maximum(net.walk_along_mm_s, net.walk_back_mm_s)
        net = msgspec.structs.replace(net, walk_along_mm_s=both, walk_back_mm_s=both)
        streets = Streets(net, "walk")
        spots = streets.spots(spread(6))
        ways = streets.ways(spots, spots, speed_mm_s=1_389)
        assert (ways.ms == ways.ms.T).all(), seed
        assert (ways.mm == ways.mm.T).all(), seed


def ring(speeds_of: tuple[int, int, int, int]) -> Net:
    """A square of 111 m by 95 m whose northern side is a street of these speeds."""
    nodes = [(LAT, LNG), (LAT + 1_000, LNG), (LAT + 1_000, LNG + 1_000), (LAT, LNG + 1_000)]
    return net_of(nodes, [(0, 1, BOTH), (1, 2, speeds_of), (2, 3, BOTH), (0, 3, BOTH)])


def test_a_one_way_street_binds_the_e_bike_and_not_the_walker() -> None:
    """Against the arrow the e-bike goes around three sides, the walker straight back."""
    a, b = Place(LAT + 1_000, LNG + 200), Place(LAT + 1_000, LNG + 800)
    ride, walk = Streets(ring(ALONG), "ebike"), Streets(ring(ALONG), "walk")
    assert 14 == ride.seconds(a, b, speed_mm_s=4_167)
    # 19.0 m to the corner, 111.2 + 95.1 + 111.2 m around, 19.0 m to the door: 355.5 m
    assert 85 == ride.seconds(b, a, speed_mm_s=4_167)
    assert 41 == walk.seconds(a, b, speed_mm_s=1_389) == walk.seconds(b, a, speed_mm_s=1_389)


def test_an_e_bike_may_be_pushed_where_walkers_go() -> None:
    """With `push` the way against the arrow is walked at 4 km/h, if that is quicker than riding around."""
    a, b = Place(LAT + 1_000, LNG + 200), Place(LAT + 1_000, LNG + 800)
    assert 51 == Streets(ring(ALONG), "ebike", push=True).seconds(b, a, speed_mm_s=4_167)
    assert 14 == Streets(ring(ALONG), "ebike", push=True).seconds(a, b, speed_mm_s=4_167)
    closed = (6_944, 0, 6_944, 0)
    assert 85 == Streets(ring(closed), "ebike", push=True).seconds(b, a, speed_mm_s=4_167)


def test_a_slow_street_is_left_where_the_way_around_is_quicker() -> None:
    """Steps at 0.6 m/s are walked only when they save time; the way is the quickest, not the shortest."""
    steps = (0, 0, 600, 600)
    a, b = Place(LAT + 1_000, LNG), Place(LAT + 1_000, LNG + 1_000)
    streets = Streets(ring(steps), "walk")
    spots = streets.spots([a, b])
    slow, quick = (streets.ways(spots, spots, speed_mm_s=x) for x in (700, 1_389))
    assert (95, 159) == (slow.metres[0, 1], slow.seconds[0, 1])
    assert (95, 159) == (quick.metres[0, 1], quick.seconds[0, 1])
    assert (318, 127) == tuple(
        int(x[0, 1]) for y in [streets.ways(spots, spots, speed_mm_s=2_500)] for x in (y.metres, y.seconds)
    )


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("speed_mm_s", [900, 4_167, 6_944])
def test_a_table_is_what_pairs_are(speed_mm_s: int, profile: Profile) -> None:
    """`seconds_between` gives for each pair what `seconds` gives, on the map and off it."""
    streets = Streets(grid(5, 6), profile, snap_m=150)
    places = [*spread(20), Place(LAT + 40_000, LNG)]
    table = streets.seconds_between(places, speed_mm_s=speed_mm_s)
    assert [[streets.seconds(a, b, speed_mm_s=speed_mm_s) for b in places] for a in places] == table.tolist()


def test_what_is_kept_for_pairs_is_bounded_and_changes_nothing() -> None:
    """After more sources than are kept, the first ones are answered again, the same."""
    streets = Streets(grid(5, 6), "ebike")
    places = spread(600)
    first = [streets.seconds(x, places[0], speed_mm_s=4_167) for x in places]
    assert first == [streets.seconds(x, places[0], speed_mm_s=4_167) for x in places]
    assert len(streets._rows) <= 512


def test_where_the_map_ends_the_ride_is_straight() -> None:
    """A place further than `snap_m` from every street is ridden to straight, by the factor that one gives."""
    streets = Streets(grid(3, 3), "ebike", straight=Straight(detour_e3=1_700), snap_m=100)
    inside, outside = Place(LAT, LNG), Place(LAT + 4_000, LNG)
    expected = Straight(detour_e3=1_700).seconds(inside, outside, speed_mm_s=4_167)
    assert expected == streets.seconds(inside, outside, speed_mm_s=4_167)
    spots = streets.spots([inside, outside])
    assert [True, False] == streets.on_map(spots).tolist()
    ways = streets.ways(spots, spots, speed_mm_s=4_167)
    assert [[0, -1], [-1, -1]] == ways.ms.tolist() == ways.seconds.tolist() == ways.metres.tolist()


def test_a_net_without_a_street_for_someone_is_all_straight() -> None:
    """Where nobody may ride at all, each ride is the straight one."""
    net = net_of([(LAT, LNG), (LAT + 1_000, LNG)], [(0, 1, (0, 0, 6_944, 6_944))])
    streets = Streets(net, "ebike")
    places = spread(4)
    expected = Straight().seconds_between(places, speed_mm_s=4_167).tolist()
    assert expected == streets.seconds_between(places, speed_mm_s=4_167).tolist()
    assert expected[0][1] == streets.seconds(places[0], places[1], speed_mm_s=4_167)


def test_beyond_four_hours_there_is_no_way() -> None:
    """A way of more than four hours is none, and the ride is straight."""
    net = net_of([(LAT, LNG), (LAT + 9_000, LNG)], [(0, 1, BOTH)], lengths_mm=[50_000_000])
    streets = Streets(net, "ebike")
    spots = spots_of([(0, 0), (0, 50_000_000)])
    assert 14_285_715 == streets.ways(spots, spots, speed_mm_s=3_500).ms[0, 1]
    assert -1 == streets.ways(spots, spots, speed_mm_s=3_400).ms[0, 1]


def test_four_hours_and_not_a_millisecond_more() -> None:
    """A way of exactly four hours counts, whatever its length; a millisecond later there is none."""
    for mm, expected in ((72_000_000, 14_400_000), (72_000_005, -1)):
        nodes = [(LAT, LNG), (LAT + 9_000, LNG), (LAT + 9_000, LNG + 9)]
        net = net_of(nodes, [(0, 1, BOTH), (1, 2, BOTH)], lengths_mm=[mm - 500_000, 500_000])
        spots = spots_of([(0, 0), (1, 500_000)])
        assert expected == Streets(net, "ebike").ways(spots, spots, speed_mm_s=5_000).ms[0, 1]


def test_a_far_way_round_is_found_though_the_places_are_near() -> None:
    """Two places a metre apart whose only way is 20 km long: the search looks further when it has to."""
    nodes = [(LAT, LNG), (LAT, LNG + 10), (LAT + 9_000, LNG), (LAT + 9_000, LNG + 10)]
    net = net_of(nodes, [(0, 2, BOTH), (1, 3, BOTH), (2, 3, BOTH)], lengths_mm=[10_000_000, 10_000_000, 1_000])
    spots = spots_of([(0, 0), (1, 0)])
    ways = Streets(net, "ebike").ways(spots, spots, speed_mm_s=5_000)
    assert ([[0, 4_000_200], [4_000_200, 0]], 20_001_000) == (ways.ms.tolist(), ways.mm[0, 1])


def test_a_place_stands_for_the_nearest_spot() -> None:
    """No spot of the main part is nearer than the one that was found, asked piece by piece with haversines."""
    for seed in range(30):
        net, profile = drawn(seed), PROFILES[seed // 2 % 2]
        pieces = sorted(oracle.main_part(net, profile))
        if not pieces:
            continue
        places = spread(5, width_e6=20_000, step=7 + 1_001 * seed)
        spots = Streets(net, profile).spots(places)
        for n, place in enumerate(places):
            expected = oracle.nearest_m(net, pieces, place)
            # The plane around the place is the globe to a ten-thousandth at these distances.
            close = 0.01 + expected / 5_000
            assert abs(spots.off_m[n] - expected) <= close, seed
            found = (int(spots.piece[n]), int(spots.at_mm[n]))
            assert oracle.spot_m(net, found, place) <= expected + close + _grain_m(net, found), seed


def _grain_m(net: Net, spot: tuple[int, int]) -> float:
    """How far apart a millimetre of a piece is on the ground: lengths of drawn nets may not be those of the ground."""
    start, end = net.start[spot[0]], net.end[spot[0]]
    ends = [Place(int(net.lat_e6[x]), int(net.lng_e6[x])) for x in (start, end)]
    return metres_between(*ends) / max(1, int(net.length_mm[spot[0]]))


def test_the_nearest_spot_lies_on_a_street_and_not_only_at_its_ends() -> None:
    """In the middle of a street of 954 m a door 11 m away is 11 m from it, and not 477."""
    net = net_of([(LAT, LNG), (LAT, LNG + 10_000)], [(0, 1, BOTH)])
    spots = Streets(net, "ebike").spots([Place(LAT + 100, LNG + 5_000)])
    assert abs(spots.off_m[0] - 11.1195) < 0.001
    assert abs(int(spots.at_mm[0]) - int(net.length_mm[0]) / 2) <= 1


def test_places_far_from_the_map_cost_no_more_than_near_ones() -> None:
    """Swapped places, on the other side of the globe, are thousands of kilometres away, by one piece each."""
    net = grid(30, 30)
    swapped = [Place(min(x.lng_e6, 90_000_000), x.lat_e6) for x in spread(300)]
    snapper = Snapper(net, np.arange(len(net.start)))
    spots = snapper.nearest([*swapped, Place(LAT - 400_000, LNG)])
    assert spots.off_m[:-1].min() > 1_000_000
    assert abs(spots.off_m[-1] - 44_478) < 50, "44 km south of the first node"


def test_nobody_is_snapped_to_a_street_from_which_there_is_no_way() -> None:
    """A dead end that is one-way is left aside though it is nearer; the distance says so."""
    nodes = [(LAT, LNG), (LAT, LNG + 1_000), (LAT + 1_000, LNG)]
    streets = Streets(net_of(nodes, [(0, 1, BOTH), (0, 2, ALONG)]), "ebike")
    spots = streets.spots([Place(LAT + 500, LNG)])
    assert [0] == spots.piece.tolist()
    assert abs(spots.off_m[0] - 55.6) < 0.1
    walk = Streets(streets.net, "walk").spots([Place(LAT + 500, LNG)])
    assert ([1], [0.0]) == (walk.piece.tolist(), walk.off_m.round(6).tolist())


@given(st.lists(st.tuples(st.integers(30_900_000, 31_500_000), st.integers(121_100_000, 121_900_000)), max_size=9))
def test_straight_tables_are_what_straight_pairs_are(at: list[tuple[int, int]]) -> None:
    """`Straight.seconds_between` gives the integers of `seconds`, also where the rounding is close."""
    places = [Place(*x) for x in at]
    roads: Roads = Straight()
    expected = [[roads.seconds(a, b, speed_mm_s=4_167) for b in places] for a in places]
    assert expected == roads.seconds_between(places, speed_mm_s=4_167).tolist()
    metres = metres_from_to(places, places)
    assert all(
        abs(metres[i, k] - metres_between(a, b)) < 1e-5 for i, a in enumerate(places) for k, b in enumerate(places)
    )


def test_half_a_second_is_rounded_as_one_number_is() -> None:
    """At a speed that makes a ride last exactly n + 0.5 seconds, table and pair agree."""
    a, b = Place(LAT, LNG), Place(LAT + 1_000, LNG)
    metres = metres_between(a, b)
    for whole in range(20, 60):
        detour_e3 = round((whole + 0.5) * 5_000 / metres)
        roads = Straight(detour_e3=detour_e3)
        for speed in range(4_990, 5_010):
            assert roads.seconds(a, b, speed_mm_s=speed) == roads.seconds_between([a, b], speed_mm_s=speed)[0, 1]


class Planted:
    """Bugs that the laws above must find."""

    @staticmethod
    def forgets_one_way(monkeypatch: pytest.MonkeyPatch) -> None:
        real = Net.allowed_mm_s

        def both(self: Net, profile: Profile, *, push: bool = False) -> Any:
            along, back = real(self, profile, push=push)
            return np.maximum(along, back), np.maximum(along, back)

        monkeypatch.setattr(Net, "allowed_mm_s", both)

    @staticmethod
    def turns_the_arrow(monkeypatch: pytest.MonkeyPatch) -> None:
        real = Net.allowed_mm_s
        monkeypatch.setattr(Net, "allowed_mm_s", lambda self, profile, *, push=False: real(self, profile)[::-1])

    @staticmethod
    def leaves_out_the_piece_of_both(monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(Graph, "along", lambda self, piece, *_: np.full(len(piece), np.inf))

    @staticmethod
    def swaps_the_ends(monkeypatch: pytest.MonkeyPatch) -> None:
        real = Graph.ends
        monkeypatch.setattr(Graph, "ends", lambda self, piece, at, *, leave: real(self, piece, at, leave=not leave))

    @staticmethod
    def forgets_slow_streets(monkeypatch: pytest.MonkeyPatch) -> None:
        real = Net.allowed_mm_s

        def quick(self: Net, profile: Profile, *, push: bool = False) -> Any:
            return tuple(np.where(x > 0, 6_944, 0).astype(np.uint16) for x in real(self, profile, push=push))

        monkeypatch.setattr(Net, "allowed_mm_s", quick)


@pytest.mark.parametrize("bug", [x for x in vars(Planted) if not x.startswith("_")])
def test_a_planted_bug_is_found(bug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A forgotten or turned one-way street, a lost piece, swapped ends, a missed speed: the slow search sees each."""
    nodes = [(LAT, LNG), (LAT + 1_000, LNG), (LAT + 1_000, LNG + 1_000), (LAT, LNG + 1_000)]
    net = net_of(nodes, [(0, 1, BOTH), (1, 2, ALONG), (2, 3, (2_778, 2_778, 600, 600)), (0, 3, BOTH)])
    spots = [(0, 30_000), (0, 70_000), (2, 40_000), (3, 90_000)]
    expected = oracle.ways(net, "ebike", oracle.main_part(net, "ebike"), spots, speed_mm_s=6_944)
    assert expected == pairs(net, "ebike", spots, speed_mm_s=6_944)
    getattr(Planted, bug)(monkeypatch)
    assert expected != pairs(net, "ebike", spots, speed_mm_s=6_944)


def test_swapped_latitude_and_longitude_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """A snapper that takes latitude for longitude finds nobody near a street."""
    net, place = grid(3, 3), Place(LAT + 100, LNG + 500)
    assert Streets(net, "ebike").spots([place]).off_m[0] < 12
    real = Snapper.nearest
    monkeypatch.setattr(Snapper, "nearest", lambda self, x: real(self, [Place(y.lng_e6, y.lat_e6) for y in x]))
    assert Streets(net, "ebike").spots([place]).off_m[0] > 1_000_000


@given(st.sets(st.integers(1, 40), min_size=1, max_size=12), st.sets(st.integers(1, 60), min_size=1, max_size=8))
def test_what_was_asked_beforehand_is_what_the_streets_say(before: set[int], asked: set[int]) -> None:
    """Known places or not, one by one or together, at a speed with a table or without: the same numbers."""
    streets, places = Streets(grid(10, 10), "ebike"), spread(60)
    prepared, wanted = Prepared(streets, [places[x - 1] for x in before]), [places[x - 1] for x in asked]
    for speed_mm_s in (4_167, 3_000):
        assert prepared.seconds(wanted[0], wanted[-1], speed_mm_s=speed_mm_s) == streets.seconds(
            wanted[0], wanted[-1], speed_mm_s=speed_mm_s
        )
        between = prepared.seconds_between(wanted, speed_mm_s=speed_mm_s)
        assert between.tolist() == streets.seconds_between(wanted, speed_mm_s=speed_mm_s).tolist()
        again = [[prepared.seconds(a, b, speed_mm_s=speed_mm_s) for b in wanted] for a in wanted]
        assert again == between.tolist()
        metres = prepared.lengths_between(wanted, speed_mm_s=speed_mm_s)
        assert metres.tolist() == streets.lengths_between(wanted, speed_mm_s=speed_mm_s).tolist()

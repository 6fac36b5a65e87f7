"""The detour is what geometry says where geometry can say it."""

import msgspec

from doorstep.roads.detour import detour_of
from doorstep.roads.straight import Straight
from doorstep.roads.streets import Streets
from tests.roads.made import ALONG, BOTH, LAT, LNG, grid, net_of


def test_on_a_grid_the_detour_is_four_over_pi() -> None:
    """Where streets run in two directions only and nobody is hindered, the mean over directions is 4/π = 1.273."""
    detour = detour_of(Streets(grid(40, 46, oneway=False), "walk"), speed_mm_s=1_389)
    assert detour is not None
    assert abs(detour.detour_e3 - 1_273) <= 20, detour
    assert abs(detour.inner_e3 - 1_273) <= 30, detour
    assert abs(detour.length_e3 - detour.detour_e3) <= 1, "a piece is rounded up to a millisecond, no more"
    assert detour.p10_e3 >= 1_000
    assert detour.p90_e3 <= 1_415, "no ratio of a grid is above the square root of two, but for half a block"
    assert detour.pairs == sum(x.pairs for x in detour.bands)


def test_one_way_streets_make_it_longer() -> None:
    """The same grid with every inner street one-way is further to ride, and the same to walk."""
    ride, walk = (detour_of(Streets(grid(20, 23), x), speed_mm_s=4_167) for x in ("ebike", "walk"))
    free = detour_of(Streets(grid(20, 23, oneway=False), "walk"), speed_mm_s=4_167)
    assert ride is not None
    assert walk is not None
    assert ride.detour_e3 > walk.detour_e3 + 20
    assert free == walk


def test_a_straight_street_has_no_detour() -> None:
    """Along one straight street time is distance: factor 1, no error, and 1.35 is off by 35%."""
    net = net_of([(LAT, LNG), (LAT + 20_000, LNG)], [(0, 1, BOTH)])
    detour = detour_of(Streets(net, "ebike"), speed_mm_s=5_000)
    assert detour is not None
    assert (1_000, 1_000, 1_000, 1_000, 0) == (
        detour.detour_e3,
        detour.length_e3,
        detour.p10_e3,
        detour.p90_e3,
        detour.error_bp,
    )
    assert (Straight().detour_e3, 3_500) == (detour.usual_e3, detour.usual_error_bp)


def test_a_slow_street_shows_in_time_and_not_in_length() -> None:
    """Where 9 km/h is all that is allowed, a ride at 18 takes twice the time over the same metres."""
    net = net_of([(LAT, LNG), (LAT + 20_000, LNG)], [(0, 1, (2_500, 2_500, 2_500, 2_500))])
    detour = detour_of(Streets(net, "ebike"), speed_mm_s=5_000)
    assert detour is not None
    assert (2_000, 1_000) == (detour.detour_e3, detour.length_e3)


def test_what_is_too_small_has_no_detour() -> None:
    """No two spots 300 m apart, or nobody may go: there is nothing to measure, and that is said by None."""
    small = net_of([(LAT, LNG), (LAT + 1_000, LNG)], [(0, 1, BOTH)])
    assert detour_of(Streets(small, "ebike"), speed_mm_s=4_167) is None
    dead = net_of([(LAT, LNG), (LAT + 9_000, LNG)], [(0, 1, ALONG)])
    assert detour_of(Streets(dead, "ebike"), speed_mm_s=4_167) is None


def test_it_is_the_same_every_time() -> None:
    """Spots are drawn by a chance that is always the same."""
    one, other = (detour_of(Streets(grid(12, 14), "ebike"), speed_mm_s=4_167) for _ in range(2))
    assert msgspec.json.encode(one) == msgspec.json.encode(other)

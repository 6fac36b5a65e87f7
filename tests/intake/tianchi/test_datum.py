"""GCJ-02 to WGS-84 and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorstep.intake.datum import gcj02_from_wgs84, to_wgs84, wgs84_from_gcj02
from doorstep.model.people import Place
from doorstep.roads import metres_between

# Published in the tests of “eviltransform” (github.com/googollee/eviltransform) and of many ports of it.
PUBLISHED = [
    pytest.param(31.1774276, 121.5272106, 31.17530398364597, 121.531541859215, id="shanghai"),
    pytest.param(22.543847, 113.912316, 22.540796131694766, 113.9171764808363, id="shenzhen"),
    pytest.param(39.911954, 116.377817, 39.91334545536069, 116.38404722455657, id="beijing"),
]


@pytest.mark.parametrize(("lat", "lng", "shifted_lat", "shifted_lng"), PUBLISHED)
def test_the_published_control_points_come_out(lat: float, lng: float, shifted_lat: float, shifted_lng: float) -> None:
    """The shift is the one that everybody uses, to a tenth of a millimetre, both ways."""
    assert pytest.approx((shifted_lat, shifted_lng), abs=1e-9) == gcj02_from_wgs84(lat, lng)
    assert pytest.approx((lat, lng), abs=1e-9) == wgs84_from_gcj02(shifted_lat, shifted_lng)


@given(st.floats(18.0, 53.0), st.floats(74.0, 135.0))
def test_there_and_back_is_the_same_place(lat: float, lng: float) -> None:
    """Anywhere in China the way back is exact to a centimetre, and so far below a metre."""
    back_lat, back_lng = wgs84_from_gcj02(*gcj02_from_wgs84(lat, lng))
    assert abs(back_lat - lat) < 1e-7
    assert abs(back_lng - lng) < 1e-7


@given(st.integers(30_600_000, 31_900_000), st.integers(120_800_000, 122_000_000))
def test_in_shanghai_the_datum_is_half_a_kilometre(lat_e6: int, lng_e6: int) -> None:
    """What is said of positions that were not turned holds: 400 to 600 m."""
    at = Place(lat_e6, lng_e6)
    assert 400 < metres_between(at, to_wgs84(at, "gcj02")) < 600


def test_nothing_is_shifted_abroad() -> None:
    """Outside of China both are the same, and so is what is WGS-84 already."""
    assert (48.8566, 2.3522) == gcj02_from_wgs84(48.8566, 2.3522)
    assert Place(48_856_600, 2_352_200) == to_wgs84(Place(48_856_600, 2_352_200), "gcj02")
    assert Place(31_230_000, 121_470_000) == to_wgs84(Place(31_230_000, 121_470_000), "wgs84")

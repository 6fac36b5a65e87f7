"""Travel times where there is no map."""

from decimal import Decimal
from math import pi

from hypothesis import given
from hypothesis import strategies as st

from doorstep.model.people import Place
from doorstep.roads import Straight, metres_between
from tests.oracles import roads as oracle

near = st.builds(Place, st.integers(30_900_000, 31_500_000), st.integers(121_100_000, 121_900_000))
anywhere = st.builds(Place, st.integers(-90_000_000, 90_000_000), st.integers(-180_000_000, 180_000_000))


@given(near, near, st.integers(1_000, 3_000), st.integers(500, 20_000))
def test_a_ride_takes_what_the_format_says(a: Place, b: Place, detour_e3: int, speed_mm_s: int) -> None:
    """Seconds = floor(detour x great-circle metres / speed + 0.5), as exact decimals give it."""
    expected, margin = oracle.seconds(
        (a.lat_e6, a.lng_e6), (b.lat_e6, b.lng_e6), detour_e3=detour_e3, speed_mm_s=speed_mm_s
    )
    # Within a millionth of a second of a half the last bit of a double decides.
    if margin > Decimal("0.000001"):
        assert expected == Straight(detour_e3=detour_e3).seconds(a, b, speed_mm_s=speed_mm_s)


@given(near, near)
def test_metres_are_right_to_a_micrometre(a: Place, b: Place) -> None:
    """The distance within a city is that of exact decimals to a millionth of a metre."""
    exact = oracle.metres((a.lat_e6, a.lng_e6), (b.lat_e6, b.lng_e6))
    assert abs(Decimal(metres_between(a, b)) - exact) < Decimal("0.000001")


@given(anywhere, anywhere, st.integers(500, 20_000))
def test_there_and_back_are_the_same_and_nothing_is_further_than_the_other_side(
    a: Place, b: Place, speed_mm_s: int
) -> None:
    """A ride is as long as the ride back, takes no time to where one stands, and the globe has an end."""
    roads = Straight()
    assert metres_between(a, b) == metres_between(b, a)
    assert roads.seconds(a, b, speed_mm_s=speed_mm_s) == roads.seconds(b, a, speed_mm_s=speed_mm_s)
    assert 0 == roads.seconds(a, a, speed_mm_s=speed_mm_s)
    assert 0 <= metres_between(a, b) <= pi * 6_371_008.8


def test_a_quarter_of_the_globe_is_a_quarter_of_its_girth() -> None:
    """From the equator to the pole is a quarter of a great circle, and to the antipode a half."""
    quarter_m = pi / 2 * 6_371_008.8
    assert abs(metres_between(Place(0, 0), Place(90_000_000, 0)) - quarter_m) < 1e-6
    assert abs(metres_between(Place(0, 0), Place(0, 90_000_000)) - quarter_m) < 1e-6
    assert abs(metres_between(Place(0, 0), Place(0, 180_000_000)) - 2 * quarter_m) < 1e-6

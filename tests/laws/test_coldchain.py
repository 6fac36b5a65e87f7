"""What a warm ride costs."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorstep.base.ids import LotId
from doorstep.base.units import Zone
from doorstep.core.trace import ColdParams, receive
from doorstep.model.facts.goods import LotBlocked, LotReceived
from doorstep.model.goods import Lot
from tests.laws.made import NOW_S, SITE, sku

PARAMS = ColdParams()
cooled: st.SearchStrategy[Zone] = st.sampled_from(["chilled", "frozen"])
peaks, rides = st.integers(-400, 450), st.integers(0, 20_000)
SELL_BY_S = NOW_S + 400_000


def take_in(zone: Zone, peak_c10: int | None, ride_s: int) -> tuple[LotReceived, bool]:
    goods = sku("S1", zone=zone)
    lot = Lot(
        lot=LotId("L1"),
        sku=goods.sku,
        site=SITE,
        supplier="farm-1",
        arrives_at_s=NOW_S,
        sell_by_s=SELL_BY_S,
        amount=9,
    )
    received, *blocked = receive(lot, goods, peak_c10=peak_c10, ride_s=ride_s, params=PARAMS)
    assert isinstance(received, LotReceived)
    assert [LotBlocked(lot=lot.lot, cause="warm")] * len(blocked) == blocked
    assert (lot.lot, lot.sku, lot.supplier, 9) == (received.lot, received.sku, received.supplier, received.amount)
    assert SELL_BY_S - received.lost_life_s == received.sell_by_s
    return received, bool(blocked)


@given(cooled, peaks, peaks, rides, rides)
def test_warmer_or_longer_never_leaves_more_life(zone: Zone, a: int, b: int, s: int, t: int) -> None:
    """The life that is lost grows with the temperature and with the time, and so does the risk of being blocked."""
    low, high, short, long = *sorted((a, b)), *sorted((s, t))
    (mild, mild_off), (hard, hard_off) = take_in(zone, low, short), take_in(zone, high, long)
    assert 0 <= mild.lost_life_s <= hard.lost_life_s
    assert mild_off <= hard_off


@given(cooled, peaks, rides)
def test_a_cool_ride_gives_nothing_back(zone: Zone, peak_c10: int, ride_s: int) -> None:
    """At or below the temperature a zone should travel at nothing is lost and nothing won."""
    reference = 40 if zone == "chilled" else -180
    received, blocked = take_in(zone, min(peak_c10, reference), ride_s)
    assert (0, None, False) == (received.lost_life_s, received.peak_c10, blocked)


@given(st.none() | peaks, rides)
def test_ambient_goods_do_not_mind(peak_c10: int | None, ride_s: int) -> None:
    """Goods that need no cooling lose no life and are never blocked."""
    received, blocked = take_in("ambient", peak_c10, ride_s)
    assert (SELL_BY_S, 0, False) == (received.sell_by_s, received.lost_life_s, blocked)


@given(cooled, rides)
def test_a_ride_in_order_costs_nothing(zone: Zone, ride_s: int) -> None:
    """A truck whose log shows nothing takes no life."""
    received, blocked = take_in(zone, None, ride_s)
    assert (SELL_BY_S, 0, None, False) == (received.sell_by_s, received.lost_life_s, received.peak_c10, blocked)


@given(cooled, peaks, rides)
def test_a_peak_above_the_limit_is_not_for_sale(zone: Zone, peak_c10: int, ride_s: int) -> None:
    """Blocked is what peaked above 12 degrees chilled or -9 frozen, however short the ride, and nothing else."""
    _, blocked = take_in(zone, peak_c10, ride_s)
    assert (peak_c10 > (120 if zone == "chilled" else -90)) == blocked


@pytest.mark.parametrize(("zone", "peak_c10", "times"), [("chilled", 140, 2), ("frozen", -80, 2), ("chilled", 240, 8)])
def test_ten_degrees_more_age_three_times_as_fast(zone: Zone, peak_c10: int, times: int) -> None:
    """At 10 degrees above its temperature an hour costs three, two of them on top; at 20 degrees nine."""
    received, _ = take_in(zone, peak_c10, 3_600)
    assert Fraction(times) == Fraction(received.lost_life_s, 3_600)

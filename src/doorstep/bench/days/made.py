"""Dispatch days of our own making, to choose numbers on: like the frozen ones, but never one of them."""

from math import cos, exp, pi, radians, sin, sqrt
from typing import Final, Literal

from doorstep.base.chance import Chance
from doorstep.base.ids import CourierId, OrderId, ShopperId, SiteId
from doorstep.model.dispatch import DayRules, DispatchDay, ReadyOrder
from doorstep.model.people import Courier, Place, Site

Kind = Literal["normal", "rain", "rush", "short-staffed"]
TUNING: Final[tuple[tuple[int, Kind], ...]] = (
    (5101, "normal"),
    (5102, "rain"),
    (5103, "rush"),
    (5104, "short-staffed"),
    (5105, "normal"),
    (5106, "rain"),
    (5107, "rush"),
    (5108, "short-staffed"),
)
"""The days that numbers of the policies were chosen on; fixed before anything was tried."""

DATE, MIDNIGHT_S, OPENS_S, CLOSES_S = "2026-03-02", 1_772_380_800, 7 * 3600, 23 * 3600
HOURS_E1: Final = (30, 40, 50, 65, 90, 80, 50, 45, 50, 70, 105, 110, 85, 60, 45, 25)
"""Of 1,000 orders, how many come in each hour from 07:00."""
ORDERS: Final = 1_690
REACH_M: Final = 2_500
METRES_OF_DEGREE: Final = 111_195
SHIFTS: Final[tuple[tuple[int, int, int, int], ...]] = (
    (25_200, 54_000, 8, 7),
    (27_600, 56_400, 7, 6),
    (36_900, 48_600, 7, 6),
    (39_600, 51_300, 5, 5),
    (54_000, 82_800, 7, 6),
    (56_400, 85_200, 8, 6),
    (57_600, 73_800, 12, 10),
    (59_400, 75_600, 8, 7),
)
"""From, to (seconds of the day), couriers on a normal day and on a short-staffed one."""


def made_day(seed: int, kind: Kind) -> DispatchDay:
    """
    Make a day of about 1,700 orders and 62 couriers (short-staffed: 53).

    Notes
    -----
    As the frozen days are described: 45 to 70 housing estates of unequal size within 2.5 km hold 88% of the orders;
    peaks at lunch and dinner; ready 150 to 420 s after the click, promised 30 min after it; rain slows couriers by a
    fifth; a rush multiplies the orders of one hour by 1.8.
    """
    chance = Chance(seed).child("made day")
    site = Site(
        site=SiteId("s1"),
        lat_e6=31_200_000 + chance.child("lat").between(-60_000, 60_000),
        lng_e6=121_450_000 + chance.child("lng").between(-80_000, 80_000),
        opens_at_s=MIDNIGHT_S + OPENS_S,
        closes_at_s=MIDNIGHT_S + CLOSES_S,
    )
    speed_mm_s = 3_334 if kind == "rain" else 4_167
    couriers: list[Courier] = []
    for on_s, off_s, usual, short in SHIFTS:
        for _ in range(short if kind == "short-staffed" else usual):
            couriers.append(
                Courier(
                    courier=CourierId(f"c{len(couriers) + 1:02d}"),
                    site=site.site,
                    kind="ebike",
                    on_at_s=MIDNIGHT_S + on_s,
                    off_at_s=MIDNIGHT_S + off_s,
                    ambient_ml=100_000,
                    chilled_ml=40_000,
                    frozen_ml=20_000,
                    speed_mm_s=speed_mm_s,
                )
            )
    orders = _orders(chance, site, kind)
    return DispatchDay(
        seed=seed,
        date=DATE,
        tz="Asia/Shanghai",
        site=site,
        couriers=tuple(couriers),
        orders=orders,
        rules=DayRules(),
    )


def _orders(chance: Chance, site: Site, kind: Kind) -> tuple[ReadyOrder, ...]:
    estates = _estates(chance.child("estates"))
    rush = chance.child("rush hour").between(3, 13) if kind == "rush" else -1
    clicks: list[int] = []
    for hour, share in enumerate(HOURS_E1):
        clicking = chance.child("clicks", hour)
        mean = ORDERS * share / 1000 * (1.8 if hour == rush else 1.0)
        count = round(mean + sqrt(mean) * clicking.normal())
        clicks += [MIDNIGHT_S + OPENS_S + hour * 3600 + clicking.below(3600) for _ in range(count)]
    orders = []
    for number, placed_at_s in enumerate(sorted(clicks), 1):
        own = chance.child("order", number)
        east_m, north_m = _door(own.child("door"), estates)
        lng_m = METRES_OF_DEGREE * cos(radians(site.lat_e6 / 1e6))
        at = Place(site.lat_e6 + round(north_m / METRES_OF_DEGREE * 1e6), site.lng_e6 + round(east_m / lng_m * 1e6))
        ambient_ml, chilled_ml, frozen_ml = _volume(own.child("volume"))
        orders.append(
            ReadyOrder(
                order=OrderId(f"o{number:04d}"),
                site=site.site,
                shopper=ShopperId(f"u{own.child('shopper').below(9000):04d}"),
                placed_at_s=placed_at_s,
                at=at,
                drop="door",
                ready_at_s=placed_at_s + own.child("picking").between(150, 420),
                promised_at_s=placed_at_s + 1800,
                ambient_ml=ambient_ml,
                chilled_ml=chilled_ml,
                frozen_ml=frozen_ml,
            )
        )
    return tuple(orders)


def _estates(chance: Chance) -> list[tuple[float, float, float]]:
    """East, north in metres, and the running sum of sizes of every estate."""
    made, total = [], 0.0
    for number in range(chance.between(45, 70)):
        own = chance.child(number)
        east_m, north_m = _anywhere(own, REACH_M - 150)
        total += exp(0.8 * own.normal())
        made.append((east_m, north_m, total))
    return made


def _door(chance: Chance, estates: list[tuple[float, float, float]]) -> tuple[float, float]:
    if not chance.happens(8_800):
        return _anywhere(chance, REACH_M)
    point = chance.uniform() * estates[-1][2]
    east_m, north_m, _ = next(x for x in estates if x[2] >= point)
    return east_m + 70 * chance.normal(), north_m + 70 * chance.normal()


def _anywhere(chance: Chance, reach_m: int) -> tuple[float, float]:
    """Uniform in a disc."""
    radius_m, turn = reach_m * sqrt(chance.uniform()), 2 * pi * chance.uniform()
    return radius_m * cos(turn), radius_m * sin(turn)


def _volume(chance: Chance) -> tuple[int, int, int]:
    """Ambient, chilled, frozen: 1 or 2 crates of 20 l, filled 85 to 100%, to 50 ml."""
    total_ml = chance.between(1, 2) * 20_000 * (0.85 + 0.15 * chance.uniform())
    chilled = 0.12 + 0.24 * chance.uniform() if chance.happens(9_000) else 0.0
    frozen = 0.08 + 0.17 * chance.uniform() if chance.happens(3_500) else 0.0
    parts = [50 * round(total_ml * x / 50) for x in (1 - chilled - frozen, chilled, frozen)]
    return parts[0], parts[1], parts[2]

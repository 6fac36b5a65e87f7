"""
The built-in day: one pre-warehouse of Shanghai in April 2020 and the 20,000 households around it.

Calibrated with what the city published for that spring (per order 1.0 kg of vegetables and 0.3 kg of pork) and with
the size of such a site: 2,000 skus, about 1,200 orders a day, e-bikes within 2.5 km, half an hour from click to door.
"""

from collections.abc import Sequence
from itertools import accumulate
from math import cos, pi, radians, sin, sqrt
from typing import Final

from doorstep.base.calendar import instant
from doorstep.base.chance import Chance
from doorstep.base.ids import CourierId, LotId, OrderId, PickerId, ShopperId, SiteId
from doorstep.base.units import DAY_S, HOUR_S
from doorstep.model.day import Assumption, Day, Event, Visit, Weather
from doorstep.model.goods import Lot
from doorstep.model.orders import Basket, Drop, Swap, Wanted
from doorstep.model.people import Courier, Picker, Place, Site
from doorstep.twin.worlds.expected import WHY, Expected, own_expected, own_past
from doorstep.twin.worlds.morning import EARLY_S, Stocking, morning_lots
from doorstep.twin.worlds.past import Past, weights
from doorstep.twin.worlds.shelf import Listed, catalogue

TZ: Final = "Asia/Shanghai"
SITE: Final = SiteId("xuhui-01")
DATE: Final = "2020-04-08"  # the day the city's plan for the online new economy was published
VISITS: Final = 1_260  # about 1,200 orders are left when some shoppers turn away
LINES_MEAN: Final = 8.0
RADIUS_M: Final = 2_500
METRES_A_DEGREE: Final = 111_195  # of latitude, on a sphere of 6,371 km

# Visits by the hour from 06:00 to 21:59, of 100: before lunch and before dinner.
BY_HOUR: Final = (2.0, 5.0, 8.0, 9.0, 10.0, 7.5, 5.0, 4.5, 5.0, 7.0, 10.5, 10.0, 6.5, 4.5, 3.5, 2.0)
# Courier and picker shifts: start hour, hours, people. 53 couriers and 20 pickers, more in the peaks.
COURIER_SHIFTS: Final = ((6.0, 6.0, 9), (8.0, 6.0, 14), (12.0, 5.0, 6), (14.5, 6.0, 15), (17.0, 6.5, 9))
BREAK_S: Final = 900
BREAK_WITHIN_S: Final = 7_200
"""A quarter of an hour for every courier, to begin within an hour of the middle of the shift."""
PICKER_SHIFTS: Final = ((5.5, 7.0, 3), (8.0, 6.0, 5), (12.0, 6.0, 3), (14.5, 6.0, 5), (17.0, 6.0, 4))


def neighbourhood(
    seed: int, *, visits: int = VISITS, rush: bool = False, rain: bool = False, expected: Expected | None = None
) -> Day:
    """
    Make the built-in day.

    Parameters
    ----------
    visits
        Shoppers who open the shop, spread over the day; people and stock grow with them.
    rush
        A live room sends another fifth of the day's visits within half an hour.
    rain
        It rains from noon on; everyone rides slower.
    expected
        Demand of the usual number of visits; None: what the forecast room makes of the neighbourhood's own past.

    Returns
    -------
    A day whose shelf is filled to what is expected, and whose promoted skus are cheaper from the morning on. Its
    other events name one warm truck, one dearer sku, one stolen pack, one courier who does not come, and a popular
    lot that is recalled at 15:30.
    """
    chance = Chance(seed).child("neighbourhood")
    opens_at_s, closes_at_s = instant(DATE, "06:00", TZ), instant(DATE, "22:00", TZ)
    site = Site(
        site=SITE,
        lat_e6=31_193_000,
        lng_e6=121_437_000,
        opens_at_s=opens_at_s,
        closes_at_s=closes_at_s,
    )
    listed = catalogue()
    known = before(listed)
    expected = expected or expectation(listed)
    lots = morning_lots(
        listed,
        expected.times(visits / VISITS),
        site=site.site,
        opens_at_s=opens_at_s,
        closes_at_s=closes_at_s,
        chance=chance.child("lots"),
        stocking=Stocking(),
    )
    scale = max(1, round(visits / VISITS))
    return Day(
        seed=seed,
        date=DATE,
        tz=TZ,
        site=site,
        skus=tuple(x.sku for x in listed),
        lots=lots,
        pickers=_pickers(site, scale),
        couriers=_couriers(site, scale),
        visits=_visits(site, listed, weights(listed, known.ahead), visits, chance.child("visits"), rush=rush),
        weather=(Weather(at_s=opens_at_s + 6 * HOUR_S, rain_mm_h=6, temp_c10=140),) if rain else (),
        events=(*_promotions(site, listed, known), *_events(site, listed, lots, known, chance.child("events"))),
        assumptions=(Assumption(name="expected demand", value=expected.source, why=WHY),),
    )


def first_day() -> int:
    """Count the built-in day from 1970-01-01."""
    return (instant(DATE, "12:00", TZ)) // DAY_S


def before(listed: tuple[Listed, ...]) -> Past:
    """Return what is on record on the eve of the day."""
    return own_past(listed, SITE, first_day(), round(VISITS * LINES_MEAN), BY_HOUR)


def expectation(listed: tuple[Listed, ...]) -> Expected:
    """Return what the forecast room makes of it."""
    lines = round(VISITS * LINES_MEAN)
    return own_expected(listed, site=SITE, first_day=first_day(), lines=lines, by_hour=BY_HOUR)


def _promotions(site: Site, listed: Sequence[Listed], known: Past) -> tuple[Event, ...]:
    """Make what is promoted cheaper, from before the opening on."""
    at_s = site.opens_at_s - EARLY_S
    parts = known.ahead.discount[:, 0].tolist()
    return tuple(
        Event(at_s=at_s, kind="price", subject=x.sku.sku, value=round(x.sku.price_fen * part))
        for x, part in zip(listed, parts, strict=True)
        if part < 1
    )


def _pickers(site: Site, scale: int) -> tuple[Picker, ...]:
    midnight_s = site.opens_at_s - 6 * HOUR_S
    shifts = [x for x in PICKER_SHIFTS for _ in range(x[2] * scale)]
    return tuple(
        Picker(
            picker=PickerId(f"P{n:02d}"),
            site=site.site,
            on_at_s=midnight_s + int(start * HOUR_S),
            off_at_s=midnight_s + int((start + hours) * HOUR_S),
        )
        for n, (start, hours, _) in enumerate(shifts, start=1)
    )


def _couriers(site: Site, scale: int) -> tuple[Courier, ...]:
    midnight_s = site.opens_at_s - 6 * HOUR_S
    shifts = [x for x in COURIER_SHIFTS for _ in range(x[2] * scale)]

    def half_s(start: float, hours: float) -> int:
        return midnight_s + int((start + hours / 2) * HOUR_S)

    return tuple(
        Courier(
            courier=CourierId(f"R{n:02d}"),
            site=site.site,
            kind="ebike",
            on_at_s=midnight_s + int(start * HOUR_S),
            off_at_s=midnight_s + int((start + hours) * HOUR_S),
            ambient_ml=100_000,
            chilled_ml=40_000,
            frozen_ml=20_000,
            speed_mm_s=4_167,
            break_from_at_s=half_s(start, hours) - BREAK_WITHIN_S // 2,
            break_to_at_s=half_s(start, hours) + BREAK_WITHIN_S // 2,
            break_s=BREAK_S,
        )
        for n, (start, hours, _) in enumerate(shifts, start=1)
    )


def _visits(
    site: Site, listed: Sequence[Listed], weight: Sequence[int], visits: int, chance: Chance, *, rush: bool
) -> tuple[Visit, ...]:
    estates = [_near(site.place, RADIUS_M, chance.child("estate", x)) for x in range(60)]
    estate_sizes = list(accumulate(20 + chance.child("size", x).below(100) for x in range(60)))
    hours = list(accumulate(int(x * 10) for x in BY_HOUR))
    popular = list(accumulate(weight))
    times: list[tuple[int, int]] = []
    for n in range(visits + (visits // 5 if rush else 0)):
        draw = chance.child("time", n)
        if n < visits:
            at_s = site.opens_at_s + draw.weighted(hours) * HOUR_S + draw.below(HOUR_S)
        else:
            at_s = site.opens_at_s + 14 * HOUR_S + draw.below(HOUR_S // 2)
        times.append((at_s, n))
    return tuple(
        Visit(
            at_s=at_s,
            basket=_basket(
                number,
                listed,
                popular,
                _near(estates[chance.child("home", n).weighted(estate_sizes)], 120, chance.child("door", n))
                if chance.child("where", n).happens(8_800)
                else _near(site.place, RADIUS_M, chance.child("door", n)),
                chance.child("basket", n),
            ),
        )
        for number, (at_s, n) in enumerate(sorted(times), start=1)
    )


def _basket(number: int, listed: Sequence[Listed], popular: Sequence[int], home: Place, chance: Chance) -> Basket:
    count = max(1, min(24, round(LINES_MEAN * 0.88 * 2.718281828 ** (0.5 * chance.normal()))))
    chosen: dict[int, None] = {}
    for _ in range(3 * count):
        chosen[chance.weighted(popular)] = None
        if len(chosen) == count:
            break
    drop: Drop = ("door", "shelf", "locker")[chance.weighted((55, 80, 100))]
    lines = []
    for line, index in enumerate(chosen, start=1):
        weighed = listed[index].sku.sold_by == "g"
        amount = 100 * chance.between(3, 7) if weighed else 1 + chance.happens(2_000)
        swap: Swap = "group" if chance.happens(6_500) else "no"
        lines.append(Wanted(line, listed[index].sku.sku, int(amount), swap))
    return Basket(
        order=OrderId(f"O{number:04d}"),
        shopper=ShopperId(f"C{chance.below(20_000):05d}"),
        at=home,
        drop=drop,
        lines=tuple(lines),
    )


def _near(centre: Place, radius_m: int, chance: Chance) -> Place:
    """Draw a place, uniform over a disc."""
    angle, distance_m = 2 * pi * chance.uniform(), radius_m * sqrt(chance.uniform())
    north, east = distance_m * sin(angle), distance_m * cos(angle)
    shrink = cos(radians(centre.lat_e6 / 1e6))
    return Place(
        centre.lat_e6 + round(north / METRES_A_DEGREE * 1e6),
        centre.lng_e6 + round(east / (METRES_A_DEGREE * shrink) * 1e6),
    )


def _events(
    site: Site, listed: Sequence[Listed], lots: Sequence[Lot], known: Past, chance: Chance
) -> tuple[Event, ...]:
    best = sorted(listed, key=lambda x: (-x.popularity, x.sku.sku))
    greens = next(x.sku for x in best if x.sku.category == "vegetables" and x.sku.sold_by == "pack")
    bad = next(x.lot for x in lots if x.sku == greens.sku)
    stolen = next(x.lot for x in lots if x.sku == best[3 + chance.child("stolen").below(20)].sku.sku)
    usual = {x.sku.sku for x, part in zip(listed, known.ahead.discount[:, 0].tolist(), strict=True) if part == 1}
    dearer = [x.sku for x in best if x.sku.sku in usual][10 + chance.child("dearer").below(30)]
    return (
        Event(at_s=site.opens_at_s, kind="warm_truck", subject="noon-dairy", value=140),
        Event(at_s=site.opens_at_s + 2 * HOUR_S, kind="no_show", subject="R09"),
        Event(
            at_s=site.opens_at_s + 4 * HOUR_S,
            kind="price",
            subject=dearer.sku,
            value=dearer.price_fen * 6 // 5,
        ),
        Event(at_s=site.opens_at_s + 5 * HOUR_S, kind="theft", subject=stolen, value=2),
        Event(at_s=site.opens_at_s + int(9.5 * HOUR_S), kind="recall", subject=LotId(bad)),
    )

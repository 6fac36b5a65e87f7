"""A real day: one store's recorded sales among the delivery points of one site."""

from collections.abc import Sequence
from typing import Final

import msgspec
from msgspec import Struct

from doorstep.base.calendar import instant
from doorstep.base.chance import Chance
from doorstep.base.errors import BadInput
from doorstep.base.ids import SiteId
from doorstep.base.units import HOUR_S, share_bp
from doorstep.intake.dayfolder import GivenDay
from doorstep.intake.freshretailnet.assumptions import assumptions
from doorstep.intake.freshretailnet.baskets import BasketParams, visits
from doorstep.intake.freshretailnet.fill import Asked, Filled, FillParams, Foreseen, fill
from doorstep.intake.freshretailnet.goods import EARLY_S, borrowed, discounts, lots, named
from doorstep.intake.freshretailnet.people import PeopleParams, people
from doorstep.intake.freshretailnet.sales import HOURS, Sales, Series, check_day
from doorstep.intake.points import Spot, served
from doorstep.model.day import Assumption, Day, Weather
from doorstep.model.goods import Sku
from doorstep.model.people import Site

TZ: Final = "Asia/Shanghai"
OPENS, CLOSES = 6, 22
"""The hours a site is open at least; earlier and later ones follow the sales."""
RAIN_HOURS: Final = 5
"""A day's rain is taken to fall within five hours; below half a millimetre an hour it stays dry."""


class Source(Struct, frozen=True, kw_only=True):
    """Where a real day comes from: names of file, store and site; times `scale`, drawn with `seed`."""

    sales: str
    store: str
    date: str
    site: str
    scale: float = 1.0
    seed: int = 1


class Places(Struct, frozen=True, kw_only=True):
    """All delivery points and all sites that share them."""

    points: tuple[Spot, ...]
    sites: tuple[Spot, ...]


class RealDay(Struct, frozen=True, kw_only=True):
    """A day made of records, with all that had to be assumed for it."""

    source: Source
    given: GivenDay
    asked: Asked
    points: int
    assumptions: tuple[Assumption, ...]

    @property
    def filled_bp(self) -> int:
        """How much of the demand was filled in, beyond what was recorded."""
        return share_bp(sum(x.asked - x.sold for x in self.asked.filled), self.asked.total)

    def document(self) -> bytes:
        """Write `assumptions.json`: the source, each assumption with its reason, and every hour that was filled."""
        told = Told(
            format=1,
            source=self.source,
            points=self.points,
            asked_units=self.asked.total,
            filled_bp=self.filled_bp,
            assumptions=self.assumptions,
            filled=self.asked.filled,
        )
        return msgspec.json.format(msgspec.json.encode(told), indent=1) + b"\n"


class Told(Struct, frozen=True, kw_only=True):
    """What `assumptions.json` holds."""

    format: int
    source: Source
    points: int
    asked_units: int
    filled_bp: int
    assumptions: tuple[Assumption, ...]
    filled: tuple[Filled, ...]


def real_day(
    sales: Sales,
    places: Places,
    rows: Sequence[tuple[Sku, int]],
    *,
    source: Source,
    series: Sequence[Series] | None = None,
    foreseen: Foreseen | None = None,
) -> RealDay:
    """
    Make a day of one store's sales on one date, around one site.

    Parameters
    ----------
    rows
        The catalogue from which skus borrow what the file does not hold, with popularities.
    source
        Names of store, date and site; scale and seed.
    series
        The store's sales where they were read before.
    foreseen
        What was expected of the day before it began; None: the rates of the days before.

    Raises
    ------
    BadInput
        There is no such store, date or site, no point is nearest to the site, or the scale is below 1.
    BadFile
        A row of the store is no day of 24 hours.
    """
    near = _near(places, source)
    all_series = sales.series(source.store) if series is None else series
    check_day(all_series, sales=sales, store=source.store, date=source.date)
    today = [x for x in all_series if source.date in x.days]
    chance = Chance(source.seed).child("real")
    filling = chance.child("fill", source.store, source.date)
    asked = fill(all_series, source.date, scale=source.scale, chance=filling, params=FillParams(), foreseen=foreseen)
    drawn = borrowed(sales.ranking, rows, chance.child("catalogue"))
    skus = {x.sku: named(x, drawn[x.sku]) for x in today}
    midnight_s = instant(source.date, "00:00", TZ)
    site = _site(source.site, places.sites, asked, midnight_s)
    drawing = chance.child("baskets", source.store, source.date, source.site)
    shoppers = visits(asked, skus, near, midnight_s=midnight_s, chance=drawing, params=BasketParams())
    staff = people(shoppers, site, params=PeopleParams())
    day = Day(
        seed=source.seed,
        date=source.date,
        tz=TZ,
        site=site,
        skus=tuple(skus.values()),
        lots=lots(asked, skus, site=site.site, midnight_s=midnight_s, opens_at_s=site.opens_at_s),
        pickers=staff.pickers,
        couriers=staff.couriers,
        visits=shoppers,
        weather=_weather(today, source.date, at_s=site.opens_at_s - EARLY_S),
        events=discounts(today, skus, source.date, at_s=site.opens_at_s - EARLY_S),
    )
    told = assumptions(day, asked, staff, units_a_sale=sales.units_a_sale, foreseen=foreseen)
    given = GivenDay(day=msgspec.structs.replace(day, assumptions=told), params=staff.params)
    return RealDay(source=source, given=given, asked=asked, points=len(near), assumptions=told)


def _near(places: Places, source: Source) -> tuple[Spot, ...]:
    """Return the points of the site; refuse what cannot be asked for."""
    if not 1 <= source.scale <= 1_000:
        raise BadInput(f"--scale {source.scale:g} cannot be; it multiplies demand, from 1 to 1000")
    near = served(places.points, places.sites, source.site)
    if not near:
        raise BadInput(
            f"every delivery point is nearer to another site than to {source.site}: nobody lives there; name another"
        )
    return near


def _site(name: str, sites: Sequence[Spot], asked: Asked, midnight_s: int) -> Site:
    place = next(x.place for x in sites if x.name == name)
    busy = [hour for hour, packs in enumerate(asked.by_hour()) if packs]
    opens, closes = min([OPENS, *busy]), max([CLOSES - 1, *busy]) + 1
    assert 0 <= opens < closes <= HOURS, "a day has 24 hours"
    return Site(
        site=SiteId(name),
        lat_e6=place.lat_e6,
        lng_e6=place.lng_e6,
        opens_at_s=midnight_s + opens * HOUR_S,
        closes_at_s=midnight_s + closes * HOUR_S,
    )


def _weather(series: Sequence[Series], date: str, *, at_s: int) -> tuple[Weather, ...]:
    """Take the day's weather as the first row has it; none where the file has none."""
    for x in series:
        rain_mm, temp_c = x.days[date].rain_mm, x.days[date].temp_c
        if rain_mm is not None and temp_c is not None and 0 <= rain_mm < 2_000 and -90 <= temp_c <= 60:
            return (Weather(at_s=at_s, rain_mm_h=round(rain_mm / RAIN_HOURS), temp_c10=round(temp_c * 10)),)
    return ()

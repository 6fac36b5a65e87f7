"""What the contest's files do not hold, and what is taken instead."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from msgspec import Struct

from doorstep.base.calendar import instant
from doorstep.base.ids import CourierId, SiteId
from doorstep.base.units import DAY_S, HOUR_S
from doorstep.intake.datum import Datum, to_wgs84
from doorstep.intake.dispatch import SeveralDays
from doorstep.model.dispatch import ReadyOrder
from doorstep.model.people import Courier, Place, Site

BOX_ML: Final = (100_000, 40_000, 20_000)  # an e-bike's box, as in the frozen dispatch days
SPEED_MM_S: Final = 4_167  # 15 km/h, the same
ORDERS_AN_HOUR: Final = 4  # what a courier brings without planning: first come, first served, in the frozen days


class Assumed(Struct, frozen=True, kw_only=True):
    """
    What a person may set.

    Parameters
    ----------
    date, tz
        The files name no day; this one is taken.
    datum
        In which coordinates the positions are written; the files do not say.
    lead_s
        From the click to the instant at which an order is ready. 150 min: the published cases have the order arrive so
        long before its pick-up. Never before midnight.
    package_ml
        Room that a package takes: 4 l, so that the largest order of 23 packages fits into an e-bike's box.
    case_ml
        Room that an order of a case takes, which names no packages: 3 packages, the orders' mean being 2.8.
    couriers
        E-bikes at each site, on shift while it is open; 0 = one for every 4 orders of the site's fullest hour.
    """

    date: str = "2026-05-04"
    tz: str = "Asia/Shanghai"
    datum: Datum = "wgs84"
    lead_s: int = 9_000
    package_ml: int = 4_000
    case_ml: int = 12_000
    couriers: int = 0

    @property
    def midnight_at_s(self) -> int:
        """The instant at which the day begins."""
        return instant(self.date, "00:00", self.tz)

    def sentences(self) -> Iterator[str]:
        """Say what holds for both kinds of file."""
        yield f"the day is {self.date} in {self.tz}; the file names none"
        yield "everything is ambient; nothing is chilled or frozen"
        yield "the shopper is the delivery point; orders are left at the door"
        number = f"{self.couriers} a site" if self.couriers else "one for every 4 orders of a site's fullest hour"
        yield f"couriers are e-bikes with boxes of 100, 40 and 20 l at 15 km/h, {number}, on shift while it is open"
        yield "a site is open from the hour of its first click to the hour after its last deadline"
        if self.datum == "gcj02":
            yield "positions are GCJ-02 and were turned into WGS-84"
        else:
            yield "positions are WGS-84 as they stand; if they are GCJ-02 they are 400 to 600 m off: --datum gcj02"


def made_of(orders: Sequence[ReadyOrder], sites: dict[SiteId, Place], assumed: Assumed) -> SeveralDays:
    """
    Put the day together: the sites that have orders, couriers for each, hours that hold them all.

    Parameters
    ----------
    orders
        In any order; positions of these and of `sites` still in the datum of the file.
    """
    by_site: dict[SiteId, list[ReadyOrder]] = {}
    for x in orders:
        by_site.setdefault(x.site, []).append(x)
    opened = [_site(site, sites[site], by_site[site], assumed) for site in sorted(by_site)]
    moved = sorted(orders, key=lambda x: (x.placed_at_s, x.order))
    return SeveralDays(
        seed=1,
        date=assumed.date,
        tz=assumed.tz,
        sites=tuple(opened),
        couriers=tuple(y for x in opened for y in _couriers(x, by_site[x.site], assumed)),
        orders=tuple(_converted(x, assumed) for x in moved),
    )


def _converted(order: ReadyOrder, assumed: Assumed) -> ReadyOrder:
    if assumed.datum == "wgs84":
        return order
    fields = {x: getattr(order, x) for x in ReadyOrder.__struct_fields__}
    return ReadyOrder(**{**fields, "at": to_wgs84(order.at, assumed.datum)})


def _site(site: SiteId, at: Place, orders: Sequence[ReadyOrder], assumed: Assumed) -> Site:
    midnight_at_s = assumed.midnight_at_s
    first_s = (min(x.placed_at_s for x in orders) - midnight_at_s) // HOUR_S * HOUR_S
    last_s = -(-(max(x.promised_at_s for x in orders) - midnight_at_s) // HOUR_S) * HOUR_S
    place = to_wgs84(at, assumed.datum)
    return Site(
        site=site,
        lat_e6=place.lat_e6,
        lng_e6=place.lng_e6,
        opens_at_s=midnight_at_s + first_s,
        closes_at_s=midnight_at_s + min(last_s, first_s + DAY_S),
    )


def _couriers(site: Site, orders: Iterable[ReadyOrder], assumed: Assumed) -> Iterator[Courier]:
    fullest = max(Counter(x.ready_at_s // HOUR_S for x in orders).values())
    ambient_ml, chilled_ml, frozen_ml = BOX_ML
    for n in range(1, (assumed.couriers or -(-fullest // ORDERS_AN_HOUR)) + 1):
        yield Courier(
            courier=CourierId(f"{site.site}-c{n:02d}"),
            site=site.site,
            kind="ebike",
            on_at_s=site.opens_at_s,
            off_at_s=site.closes_at_s,
            ambient_ml=ambient_ml,
            chilled_ml=chilled_ml,
            frozen_ml=frozen_ml,
            speed_mm_s=SPEED_MM_S,
        )

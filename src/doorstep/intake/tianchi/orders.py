"""`O2O_orders.csv`: orders that are ready in shops at a clock and due 90 minutes later."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from doorstep.base.errors import BadInput
from doorstep.base.ids import OrderId, ShopperId, SiteId
from doorstep.intake.dispatch import FILES, SeveralDays
from doorstep.intake.sheet import comma_sheet
from doorstep.intake.summary import Summary
from doorstep.intake.tianchi.assumed import Assumed, made_of
from doorstep.intake.tianchi.points import read_points
from doorstep.model.dispatch import ReadyOrder
from doorstep.model.people import Place
from doorstep.roads import metres_between

COLUMNS = ("order_id", "spot_id", "shop_id", "pickup_time", "delivery_time", "num")
USUAL_MIN = 90  # from ready to due, the contest's rule
FAR_M = 100_000  # farther than this nobody is served
MOST_PACKAGES = 1_000


class ShopOrder(Struct, frozen=True, kw_only=True):
    """An order of the contest: `ready_min` and `due_min` are minutes of the day."""

    order: str
    spot: str
    shop: str
    at: Place
    ready_min: int
    due_min: int
    packages: int


def read_tianchi(
    orders: Path, *, points: Path, sites: Path, assumed: Assumed, site: str | None = None, shop: str | None = None
) -> tuple[SeveralDays, Summary]:
    """
    Read the contest's orders as a dispatch day.

    Parameters
    ----------
    orders, points, sites
        `O2O_orders.csv`, `Delivery_points.csv`, `Distribution_points.csv`.
    site, shop
        What is kept, and where it leaves: see the notes.

    Returns
    -------
    The day, and what was done.

    Raises
    ------
    BadFile
        A row that cannot be read right.
    BadInput
        There is no such site or shop, or nothing is left.

    Notes
    -----
    The files do not say where a shop is, so an order leaves from one of the sites:

    - with neither: from the site nearest to its door, as if each pre-warehouse sold what its neighbourhood bought;
    - `site` alone: the orders of that site only;
    - `shop` alone: that shop's orders, all from the one site that is nearest to all of its doors together;
    - both: that shop's orders, all from this site.
    """
    doors, places = read_points(points, key="spot_id"), read_points(sites, key="site_id")
    every = _read(orders, doors, points)
    if site is not None and site not in places:
        raise BadInput(f"{sites} has no site {site!r}; it holds {', '.join(sorted(places)[:10])} …")
    mine = [x for x in every if shop in (None, x.shop)]
    if not mine:
        raise BadInput(f"{orders} has no order of shop {shop!r}" if shop else f"{orders} holds no order")
    from_of = _sites_of(mine, places, site=site, shop=shop)
    near = [x for x in mine if metres_between(x.at, places[from_of[x.order]]) <= FAR_M]
    kept = [x for x in near if site in (None, from_of[x.order])]
    if not kept:
        raise BadInput(f"site {site} is the nearest of no order within 100 km; name another, or leave out --site")
    ready = [_ready(x, from_of[x.order], assumed) for x in kept]
    days = made_of(ready, {SiteId(x): at for x, at in places.items()}, assumed)
    counts = {"orders_read": len(every), "delivery_points": len(doors), "sites_known": len(places)}
    counts |= _counts(kept, days, shops=len({x.shop for x in every}))
    dropped = {
        "orders of other shops": len(every) - len(mine),
        "orders farther than 100 km from their site": len(mine) - len(near),
        "orders that another site is nearer to": len(near) - len(kept),
    }
    said = tuple(_sentences(assumed, site=site, shop=shop))
    return days, Summary(
        reader="tianchi", source=str(orders), files=FILES, counts=counts, dropped=dropped, assumed=said
    )


def _counts(kept: Sequence[ShopOrder], days: SeveralDays, *, shops: int) -> dict[str, int]:
    return {
        "shops": shops,
        "orders": len(kept),
        "packages": sum(x.packages for x in kept),
        "sites": len(days.sites),
        "couriers": len(days.couriers),
        "deadlines_other_than_90_min": sum(x.due_min - x.ready_min != USUAL_MIN for x in kept),
    }


def _sentences(assumed: Assumed, *, site: str | None, shop: str | None) -> Iterator[str]:
    where = {
        (False, False): "an order leaves from the site nearest to its door",
        (True, False): "an order leaves from the site nearest to its door; those of the site asked for are kept",
        (False, True): f"shop {shop} stands at the site that is nearest to all of its doors together",
        (True, True): f"shop {shop} stands at site {site}",
    }[site is not None, shop is not None]
    yield f"the file does not say where shops are: {where}"
    yield f"an order was clicked {assumed.lead_s // 60} min before it was ready, at midnight at the earliest"
    yield f"a package takes {assumed.package_ml / 1000:g} l"
    yield from assumed.sentences()


def _read(path: Path, doors: dict[str, Place], points: Path) -> list[ShopOrder]:
    sheet = comma_sheet(path)
    sheet.need(*COLUMNS)
    orders: dict[str, ShopOrder] = {}
    for line in sheet.rows():
        order = line.new("order_id", orders)
        spot = line.known("spot_id", doors, where=points.name)
        ready_min, due_min = line.minutes("pickup_time"), line.minutes("delivery_time")
        if due_min <= ready_min:
            raise line.bad("delivery_time", "must be after pickup_time; days that run past midnight are not read")
        orders[order] = ShopOrder(
            order=order,
            spot=spot,
            shop=line.label("shop_id"),
            at=doors[spot],
            ready_min=ready_min,
            due_min=due_min,
            packages=line.whole("num", least=1, most=MOST_PACKAGES),
        )
    return list(orders.values())


def _sites_of(
    orders: Sequence[ShopOrder], places: dict[str, Place], *, site: str | None, shop: str | None
) -> dict[str, str]:
    """Say from which site each order leaves; ties go to the first name."""
    if shop is None:
        nearest = {at: _nearest([at], places) for at in {x.at: None for x in orders}}
        return {x.order: nearest[x.at] for x in orders}
    here = site or _nearest([x.at for x in orders], places)
    return dict.fromkeys((x.order for x in orders), here)


def _nearest(doors: Sequence[Place], places: dict[str, Place]) -> str:
    return min(places, key=lambda x: (sum(metres_between(at, places[x]) for at in doors), x))


def _ready(order: ShopOrder, site: str, assumed: Assumed) -> ReadyOrder:
    midnight_at_s = assumed.midnight_at_s
    ready_s = 60 * order.ready_min
    return ReadyOrder(
        order=OrderId(order.order),
        site=SiteId(site),
        shopper=ShopperId(order.spot),
        placed_at_s=midnight_at_s + max(0, ready_s - assumed.lead_s),
        at=order.at,
        drop="door",
        ready_at_s=midnight_at_s + ready_s,
        promised_at_s=midnight_at_s + 60 * order.due_min,
        ambient_ml=order.packages * assumed.package_ml,
        chilled_ml=0,
        frozen_ml=0,
    )

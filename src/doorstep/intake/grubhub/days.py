"""An instance as a dispatch day: each restaurant is a site."""

from collections.abc import Iterator
from math import cos, hypot, radians

from doorstep.base.calendar import instant
from doorstep.base.errors import BadInput
from doorstep.base.ids import CourierId, OrderId, ShopperId, SiteId
from doorstep.base.units import DAY_S
from doorstep.intake.dispatch import FILES, SeveralDays
from doorstep.intake.grubhub.instance import Instance, MealCourier, MealOrder
from doorstep.intake.summary import Summary
from doorstep.model.dispatch import DayRules, ReadyOrder, Travel
from doorstep.model.people import Courier, Place, Site
from doorstep.roads.straight import EARTH_M

DAY_MIN = 1_440
BOX_ML = 1_000_000  # a box that is never full: an order takes 1 ml, and bundles have no limit
ORIGIN = Place(31_230_000, 121_470_000)  # People's Square, Shanghai: the instances do not say where they were


def days_of(
    instance: Instance, *, source: str, date: str, tz: str, origin: Place = ORIGIN
) -> tuple[SeveralDays, Summary]:
    """
    Turn an instance into a dispatch day of many sites.

    Parameters
    ----------
    origin
        Where x = 0, y = 0 is laid; the instances were stripped of their place on earth.

    Returns
    -------
    The day, and what was done.

    Raises
    ------
    BadInput
        An order is placed after the first 24 hours.

    Notes
    -----
    Orders of one restaurant only may be bundled, which a site gives. What a day folder cannot say is listed among what
    was assumed: a courier of the instance may serve every restaurant, and travel is rounded up to whole minutes.
    """
    midnight_at_s = instant(date, "00:00", tz)
    late = next((x for x in instance.orders if x.placed_min >= DAY_MIN), None)
    if late is not None:
        raise BadInput(f"{source}: order {late.order} is placed in minute {late.placed_min}, after the first 24 hours")
    numbers = instance.numbers
    orders = [_order(x, numbers.target_min, midnight_at_s, origin) for x in instance.orders]
    days = SeveralDays(
        seed=1,
        date=date,
        tz=tz,
        sites=tuple(_sites(instance, midnight_at_s, origin)),
        couriers=tuple(_courier(x, instance, midnight_at_s) for x in instance.couriers),
        orders=tuple(sorted(orders, key=lambda x: (x.placed_at_s, x.order))),
        rules=DayRules(
            travel=Travel(detour_e3=1_000), service_s=60 * numbers.dropoff_min, loading_s=60 * numbers.pickup_min
        ),
    )
    return days, Summary(
        reader="grubhub",
        source=source,
        files=FILES,
        counts={
            "orders": len(orders),
            "restaurants": len(days.sites),
            "couriers": len(days.couriers),
            "courier_minutes": sum(x.off_min - x.on_min for x in instance.couriers),
            "restaurants_without_a_courier": len({x.site for x in days.sites} - {x.site for x in days.couriers}),
            "due_before_ready": sum(x.promised_at_s < x.ready_at_s for x in orders),
        },
        assumed=tuple(_sentences(instance, date, tz, origin)),
    )


def _sentences(instance: Instance, date: str, tz: str, origin: Place) -> Iterator[str]:
    numbers = instance.numbers
    yield "each restaurant is a site: only orders of one restaurant may ride together"
    yield "a courier belongs to the restaurant nearest to where the shift begins; in the instance all serve all"
    yield f"minute 0 is 00:00 of {date} in {tz}"
    yield f"x = 0, y = 0 lies at {origin.lat_e6}, {origin.lng_e6} (micro-degrees); the instance is of no known city"
    yield f"an order is promised {numbers.target_min} min after its click, the target click-to-door"
    yield f"loading takes the pick-up service, {numbers.pickup_min} min; each door {numbers.dropoff_min} min"
    yield f"travel is straight at {numbers.speed_m_min} m a minute, not rounded up to minutes"
    yield "an order takes 1 ml and boxes are never full; pay is in the instance's own tables only"


def _order(order: MealOrder, target_min: int, midnight_at_s: int, origin: Place) -> ReadyOrder:
    return ReadyOrder(
        order=OrderId(order.order),
        site=SiteId(order.restaurant),
        shopper=ShopperId(order.order),
        placed_at_s=midnight_at_s + 60 * order.placed_min,
        at=_place(order.x_m, order.y_m, origin),
        drop="door",
        ready_at_s=midnight_at_s + 60 * order.ready_min,
        promised_at_s=midnight_at_s + 60 * (order.placed_min + target_min),
        ambient_ml=1,
        chilled_ml=0,
        frozen_ml=0,
    )


def _place(x_m: int, y_m: int, origin: Place) -> Place:
    """Lay metres on the sphere, east along the origin's parallel."""
    degree_m = radians(1) * EARTH_M
    east_m = degree_m * cos(radians(origin.lat_e6 / 1e6))
    return Place(origin.lat_e6 + round(y_m / degree_m * 1e6), origin.lng_e6 + round(x_m / east_m * 1e6))


def _sites(instance: Instance, midnight_at_s: int, origin: Place) -> Iterator[Site]:
    for x in instance.restaurants:
        at = _place(x.x_m, x.y_m, origin)
        yield Site(
            site=SiteId(x.restaurant),
            lat_e6=at.lat_e6,
            lng_e6=at.lng_e6,
            opens_at_s=midnight_at_s,
            closes_at_s=midnight_at_s + DAY_S,
        )


def _courier(courier: MealCourier, instance: Instance, midnight_at_s: int) -> Courier:
    home = min(
        instance.restaurants, key=lambda x: (hypot(x.x_m - courier.x_m, x.y_m - courier.y_m), x.restaurant)
    ).restaurant
    return Courier(
        courier=CourierId(courier.courier),
        site=SiteId(home),
        kind="ebike",
        on_at_s=midnight_at_s + 60 * courier.on_min,
        off_at_s=midnight_at_s + 60 * courier.off_min,
        ambient_ml=BOX_ML,
        chilled_ml=0,
        frozen_ml=0,
        speed_mm_s=round(instance.numbers.speed_m_min * 1000 / 60),
    )

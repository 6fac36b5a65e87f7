"""What a day of meals came to: the instances' own measures, and the floor under click-to-door."""

from collections.abc import Sequence

import numpy as np

from doorstep.bench.grubhub.sheet import Row
from doorstep.bench.grubhub.travel import minutes_between
from doorstep.intake.grubhub.instance import Instance

Spread = dict[str, float]

SPREAD = ("mean", "sd", "min", "p10", "p50", "p90", "max")


def floor_min(instance: Instance) -> float:
    """
    Tell the least mean click-to-door that anybody could reach, in minutes.

    Returns
    -------
    The mean over all orders with an idle courier already waiting at every restaurant: until ready, half the pick-up
    service, the straight way, half the drop-off service.
    """
    return float(np.mean(_floors(instance)))


def _floors(instance: Instance) -> list[float]:
    numbers = instance.numbers
    kitchens = {x.restaurant: x for x in instance.restaurants}
    floors = []
    for x in instance.orders:
        at = kitchens[x.restaurant]
        ride = minutes_between(at.x_m - x.x_m, at.y_m - x.y_m, numbers.speed_m_min)
        floors.append(x.ready_min - x.placed_min + ride + (numbers.pickup_min + numbers.dropoff_min) / 2)
    return floors


def measured(instance: Instance, rows: Sequence[Row]) -> dict[str, object]:
    """
    Measure a day.

    Parameters
    ----------
    rows
        What `live` returned.

    Returns
    -------
    Counts, pay in dollars, shares, and the spread (mean, sd, min, p10, p50, p90, max) of click-to-door and the like
    over the orders brought, all in minutes; of each courier's day over all couriers.

    References
    ----------
    Reyes, Erera, Savelsbergh, Sahasrabudhe & O'Neil (2018), The meal delivery routing problem, section 6.
    """
    orders = {x.order: x for x in instance.orders}
    brought = [x for x in rows if x.order]
    placed = np.array([2 * orders[x.order].placed_min for x in brought], dtype=np.int64)
    ready = np.array([2 * orders[x.order].ready_min for x in brought], dtype=np.int64)
    pickup = np.array([x.pickup for x in brought], dtype=np.int64)
    dropoff = np.array([x.dropoff for x in brought], dtype=np.int64)
    click_to_door = (dropoff - placed) / 2
    target = instance.numbers.target_min
    bundles = {(x.courier, x.restaurant, x.pickup) for x in brought}
    lost = len(orders) - len(brought)
    late = int((click_to_door > target).sum())
    hours = sum(x.off_min - x.on_min for x in instance.couriers) / 60
    return {
        "orders": len(orders),
        "delivered": len(brought),
        "undelivered": lost,
        "moves": len(rows) - len(brought),
        "floor_min": round(floor_min(instance), 4),
        "click_to_door_min": spread(click_to_door),
        "overage_min": spread(np.maximum(click_to_door - target, 0)),
        "ready_to_door_min": spread((dropoff - ready) / 2),
        "ready_to_pickup_min": spread((pickup - ready) / 2),
        "late_of_delivered": round(late / max(1, len(brought)), 6),
        "late_of_all": round((late + lost) / len(orders), 6),
        "orders_per_bundle": round(len(brought) / max(1, len(bundles)), 6),
        "orders_per_courier_hour": round(len(brought) / hours, 6) if hours else 0.0,
        **_couriers(instance, brought),
    }


def _couriers(instance: Instance, brought: Sequence[Row]) -> dict[str, object]:
    """Pay, and how much each courier did."""
    numbers = instance.numbers
    done = {x.courier: [0, 0] for x in instance.couriers}
    for x in brought:
        done[x.courier][0] += 1
    for name, _, _ in {(x.courier, x.restaurant, x.pickup) for x in brought}:
        done[name][1] += 1
    pay, least, per_hour, bundles_per_hour = 0.0, 0, [], []
    for courier in instance.couriers:
        hours = (courier.off_min - courier.on_min) / 60
        orders, bundles = done[courier.courier]
        earned, guaranteed = numbers.pay_order * orders, numbers.pay_hour * hours
        pay += max(earned, guaranteed)
        least += earned < guaranteed
        per_hour.append(orders / hours)
        bundles_per_hour.append(bundles / hours)
    return {
        "pay_dollars": round(pay, 2),
        "pay_per_order_dollars": round(pay / max(1, len(brought)), 4),
        "couriers_on_guarantee": round(least / max(1, len(instance.couriers)), 6),
        "courier_orders_per_hour": spread(np.array(per_hour)),
        "courier_bundles_per_hour": spread(np.array(bundles_per_hour)),
    }


def spread(values: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> Spread:
    """Tell mean, standard deviation, least, 10th, 50th and 90th percentile and most, to 4 places; 0 of nothing."""
    if not len(values):
        return dict.fromkeys(SPREAD, 0.0)
    p10, p50, p90 = np.percentile(values, (10, 50, 90))
    found = (values.mean(), values.std(), values.min(), p10, p50, p90, values.max())
    return {
        name: round(float(x), 4)
        for name, x in zip(("mean", "sd", "min", "p10", "p50", "p90", "max"), found, strict=True)
    }

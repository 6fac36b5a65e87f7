"""Days like an instance, drawn from it: what parameters are tuned on, so that the instances stay unseen."""

from msgspec.structs import replace

from doorstep.base.chance import Chance
from doorstep.intake.grubhub.instance import Instance, MealCourier, MealOrder

JITTER_MIN = 15
LEAD_MIN = 3
JITTER_M = 400
NEIGHBOURS = 8  # restaurants whose doors count as a restaurant's own


def alike(instance: Instance, chance: Chance) -> Instance:
    """
    Draw a day like an instance.

    Returns
    -------
    As many orders, couriers and restaurants. Each order takes its restaurant, minute and minutes until ready from one
    order drawn with replacement, its door from an order of one of the 8 nearest restaurants; minutes move by up to 15
    (until ready: 3), places by up to 400 m in x and y. Couriers keep their shifts; their first places move as doors
    do.
    """
    restaurants = {x.restaurant: x for x in instance.restaurants}
    ordered = sorted({x.restaurant for x in instance.orders})
    doors: dict[str, list[MealOrder]] = {x: [] for x in ordered}
    for x in instance.orders:
        doors[x.restaurant].append(x)
    near: dict[str, list[MealOrder]] = {}
    for name in ordered:
        here = restaurants[name]
        closest = sorted(
            ordered, key=lambda x: ((restaurants[x].x_m - here.x_m) ** 2 + (restaurants[x].y_m - here.y_m) ** 2, x)
        )
        near[name] = [x for other in closest[:NEIGHBOURS] for x in doors[other]]
    draws = chance.child("orders")
    orders = []
    for i in range(len(instance.orders)):
        when = instance.orders[draws.below(len(instance.orders))]
        to = near[when.restaurant][draws.below(len(near[when.restaurant]))]
        placed_min = max(0, when.placed_min + draws.between(-JITTER_MIN, JITTER_MIN))
        lead_min = max(0, when.ready_min - when.placed_min + draws.between(-LEAD_MIN, LEAD_MIN))
        orders.append(
            MealOrder(
                order=f"o{i + 1}",
                x_m=to.x_m + draws.between(-JITTER_M, JITTER_M),
                y_m=to.y_m + draws.between(-JITTER_M, JITTER_M),
                placed_min=placed_min,
                restaurant=when.restaurant,
                ready_min=placed_min + lead_min,
            )
        )
    moves = chance.child("couriers")
    couriers = tuple(_moved(x, moves) for x in instance.couriers)
    return replace(
        instance, name=f"{instance.name}-alike", orders=tuple(orders), couriers=couriers, characteristics=""
    )


def _moved(courier: MealCourier, draws: Chance) -> MealCourier:
    return replace(
        courier,
        x_m=courier.x_m + draws.between(-JITTER_M, JITTER_M),
        y_m=courier.y_m + draws.between(-JITTER_M, JITTER_M),
    )

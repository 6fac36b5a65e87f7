"""Small days of meals, drawn from a seed; shared by the tests of this folder."""

from random import Random

from doorstep.intake.grubhub.instance import Instance, MealCourier, MealOrder, Numbers, Restaurant

NUMBERS = Numbers(speed_m_min=320, pickup_min=4, dropoff_min=4, target_min=40, most_min=90, pay_order=10, pay_hour=15)


def small_day(
    seed: int, *, orders: int = 40, restaurants: int = 5, couriers: int = 6, numbers: Numbers = NUMBERS
) -> Instance:
    """Draw two hours of orders in a town of 6 by 6 km; the last courier begins an hour late."""
    chance = Random(seed)
    placed = [chance.randrange(0, 120) for _ in range(orders)]
    return Instance(
        name=f"small-{seed}",
        orders=tuple(
            MealOrder(
                order=f"o{i}",
                x_m=chance.randrange(6_000),
                y_m=chance.randrange(6_000),
                placed_min=x,
                restaurant=f"r{chance.randrange(restaurants)}",
                ready_min=x + chance.randrange(0, 30),
            )
            for i, x in enumerate(placed)
        ),
        couriers=tuple(
            MealCourier(
                courier=f"c{i}",
                x_m=chance.randrange(6_000),
                y_m=chance.randrange(6_000),
                on_min=60 if i == couriers - 1 else 0,
                off_min=chance.randrange(130, 200),
            )
            for i in range(couriers)
        ),
        restaurants=tuple(
            Restaurant(restaurant=f"r{i}", x_m=chance.randrange(6_000), y_m=chance.randrange(6_000))
            for i in range(restaurants)
        ),
        numbers=numbers,
    )

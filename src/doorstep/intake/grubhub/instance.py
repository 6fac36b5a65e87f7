"""What an instance holds: x and y in metres, `…_min` in minutes from the start of its day."""

from typing import Final

from msgspec import Struct

ORDERS: Final = "orders.txt"
COURIERS: Final = "couriers.txt"
RESTAURANTS: Final = "restaurants.txt"
NUMBERS: Final = "instance_parameters.txt"
CHARACTERISTICS: Final = "instance_characteristics.txt"


class Restaurant(Struct, frozen=True, kw_only=True):
    """Where meals are made."""

    restaurant: str
    x_m: int
    y_m: int


class MealOrder(Struct, frozen=True, kw_only=True):
    """Unknown before `placed_min`; to be taken at its restaurant from `ready_min` on."""

    order: str
    x_m: int
    y_m: int
    placed_min: int
    restaurant: str
    ready_min: int


class MealCourier(Struct, frozen=True, kw_only=True):
    """Begins at a place and time; takes nothing up after `off_min`, but may bring it later."""

    courier: str
    x_m: int
    y_m: int
    on_min: int
    off_min: int


class Numbers(Struct, frozen=True, kw_only=True):
    """
    The rules' numbers.

    Parameters
    ----------
    speed_m_min
        Travel takes the minutes of the straight way at this speed, rounded up.
    pickup_min, dropoff_min
        Service at a restaurant and at a door; half of it lies before the instant that counts, half after.
    target_min, most_min
        From the click to the door: aimed at, and at most.
    pay_order, pay_hour
        Dollars for each order; dollars an hour that a courier has at least.
    """

    speed_m_min: int
    pickup_min: int
    dropoff_min: int
    target_min: int
    most_min: int
    pay_order: int
    pay_hour: int


class Instance(Struct, frozen=True, kw_only=True):
    """A day of meals; `characteristics` is the text that came with it, its statistics, or nothing."""

    name: str
    orders: tuple[MealOrder, ...]
    couriers: tuple[MealCourier, ...]
    restaurants: tuple[Restaurant, ...]
    numbers: Numbers
    characteristics: str = ""


# Their column of each of our fields, in the order of their files.
ORDER_COLUMNS: Final = {
    "order": "order",
    "x_m": "x",
    "y_m": "y",
    "placed_min": "placement_time",
    "restaurant": "restaurant",
    "ready_min": "ready_time",
}
COURIER_COLUMNS: Final = {"courier": "courier", "x_m": "x", "y_m": "y", "on_min": "on_time", "off_min": "off_time"}
RESTAURANT_COLUMNS: Final = {"restaurant": "restaurant", "x_m": "x", "y_m": "y"}
NUMBER_COLUMNS: Final = {
    "speed_m_min": "meters_per_minute",
    "pickup_min": "pickup service minutes",
    "dropoff_min": "dropoff service minutes",
    "target_min": "target click-to-door",
    "most_min": "maximum click-to-door",
    "pay_order": "pay per order",
    "pay_hour": "guaranteed pay per hour",
}

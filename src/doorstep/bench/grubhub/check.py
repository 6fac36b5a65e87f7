"""Holds `assignments.csv` against its instance: every minute computed again, from the files alone."""

import csv
from collections.abc import Iterator
from fractions import Fraction
from io import StringIO

from msgspec import Struct

from doorstep.intake.grubhub.instance import Instance, MealCourier

NEEDED = ("courier", "order", "restaurant", "assigned_min", "pickup_min", "dropoff_min")


class Fault(Struct, frozen=True, kw_only=True):
    """
    Something that the rules forbid.

    Parameters
    ----------
    row
        1 is the first row after the header; 0 is the file as a whole.
    law, what
        Which rule, in a word, and what is wrong.
    """

    row: int
    law: str
    what: str


class _Line(Struct, frozen=True, kw_only=True):
    row: int
    courier: str
    order: str
    restaurant: str
    assigned: Fraction
    pickup: Fraction
    dropoff: Fraction


def check(text: str, instance: Instance) -> list[Fault]:
    """
    Check the assignments of a day.

    Parameters
    ----------
    text
        What `assignments.csv` holds.
    instance
        The day that it is about.

    Returns
    -------
    Every fault found, by row; none means that the day was lawful. An order that nobody brought is no fault: it is
    counted.

    Notes
    -----
    Shares no code with what made the file. A courier sets out when the first of a bundle is given to him, or when he
    is free, whichever is later, from where he last was; takes up at his arrival and half the service or later, when
    all is ready; then every door follows from the ways alone. Rows of one courier, restaurant and pick-up minute are
    one bundle.
    """
    lines, faults = _parsed(text, instance)
    faults += _each(lines, instance)
    if not any(x.law in {"columns", "number", "known"} for x in faults):
        for courier in instance.couriers:
            faults += _shift(courier, [x for x in lines if x.courier == courier.courier], instance)
    return sorted(faults, key=lambda x: (x.row, x.law, x.what))


def _parsed(text: str, instance: Instance) -> tuple[list[_Line], list[Fault]]:
    reader = csv.DictReader(StringIO(text, newline=""))
    missing = [x for x in NEEDED if x not in (reader.fieldnames or ())]
    if missing:
        return [], [Fault(row=0, law="columns", what=f"{', '.join(missing)} missing")]
    couriers = {x.courier for x in instance.couriers}
    restaurants = {x.restaurant for x in instance.restaurants}
    orders = {x.order for x in instance.orders} | {""}
    lines: list[_Line] = []
    faults: list[Fault] = []
    for row, cells in enumerate(reader, start=1):
        for column, names in (("courier", couriers), ("restaurant", restaurants), ("order", orders)):
            if cells[column] not in names:
                faults.append(Fault(row=row, law="known", what=f"the instance has no {column} {cells[column]!r}"))
        numbers: list[Fraction] = []
        for column in NEEDED[3:]:
            try:
                numbers.append(Fraction(cells[column] or ""))
            except (ValueError, ZeroDivisionError):
                faults.append(Fault(row=row, law="number", what=f"{column} is {cells[column]!r}"))
        if len(numbers) == 3:
            assigned, pickup, dropoff = numbers
            lines.append(
                _Line(
                    row=row,
                    courier=cells["courier"],
                    order=cells["order"],
                    restaurant=cells["restaurant"],
                    assigned=assigned,
                    pickup=pickup,
                    dropoff=dropoff,
                )
            )
    return lines, faults


def _each(lines: list[_Line], instance: Instance) -> Iterator[Fault]:
    """Look at what a row says by itself, and at what no two rows may both say."""
    orders = {x.order: x for x in instance.orders}
    couriers = {x.courier: x for x in instance.couriers}
    brought: set[str] = set()
    for x in lines:
        courier = couriers.get(x.courier)
        if courier is not None and x.assigned < courier.on_min:
            yield Fault(
                row=x.row, law="on duty", what=f"{x.courier} is told at {x.assigned}, on duty {courier.on_min}"
            )
        if courier is not None and (x.pickup if x.order else x.assigned) > courier.off_min:
            yield Fault(row=x.row, law="off duty", what=f"{x.courier} is off duty from {courier.off_min} on")
        order = orders.get(x.order)
        if order is None:
            continue
        if x.order in brought:
            yield Fault(row=x.row, law="once", what=f"{x.order} was brought before")
        brought.add(x.order)
        if order.restaurant != x.restaurant:
            yield Fault(row=x.row, law="restaurant", what=f"{x.order} is made at {order.restaurant}")
        if x.assigned < order.placed_min:
            yield Fault(row=x.row, law="placed", what=f"{x.order} is not known before {order.placed_min}")
        if x.pickup < order.ready_min:
            yield Fault(row=x.row, law="ready", what=f"{x.order} is not ready before {order.ready_min}")
        if x.pickup < x.assigned:
            yield Fault(row=x.row, law="assigned", what=f"{x.order} is taken up before it was given to {x.courier}")


def _shift(courier: MealCourier, lines: list[_Line], instance: Instance) -> Iterator[Fault]:
    """Follow one courier through the day, halt by halt."""
    speed = instance.numbers.speed_m_min
    half_pickup = Fraction(instance.numbers.pickup_min, 2)
    half_dropoff = Fraction(instance.numbers.dropoff_min, 2)
    doors = {x.order: (x.x_m, x.y_m) for x in instance.orders}
    kitchens = {x.restaurant: (x.x_m, x.y_m) for x in instance.restaurants}
    bundles: dict[tuple[bool, str, Fraction], list[_Line]] = {}
    for x in sorted(lines, key=lambda x: (x.pickup, bool(x.order), x.dropoff, x.row)):
        bundles.setdefault((bool(x.order), x.restaurant, x.pickup), []).append(x)
    here, free = (courier.x_m, courier.y_m), Fraction(courier.on_min)
    for (carries, restaurant, pickup), bundle in bundles.items():
        there = kitchens[restaurant]
        arrives = max(free, min(x.assigned for x in bundle)) + _minutes(here, there, speed)
        if not carries:
            for x in bundle:
                if (x.pickup, x.dropoff) != (arrives, arrives):
                    yield Fault(row=x.row, law="move", what=f"{x.courier} is at {restaurant} at {arrives}")
            here, free = there, arrives
            continue
        if pickup < arrives + half_pickup:
            what = f"{courier.courier} can take up at {restaurant} from {arrives + half_pickup} on"
            yield Fault(row=bundle[0].row, law="arrival", what=what)
        here, free = there, pickup + half_pickup
        for x in bundle:
            dropoff = free + _minutes(here, doors[x.order], speed) + half_dropoff
            if x.dropoff != dropoff:
                yield Fault(row=x.row, law="door", what=f"{x.order} is handed over at {dropoff}, not at {x.dropoff}")
            here, free = doors[x.order], dropoff + half_dropoff


def _minutes(one: tuple[int, int], other: tuple[int, int], speed: int) -> int:
    """Whole minutes of the straight way, by counting up: the first minute in which one gets that far."""
    square = (one[0] - other[0]) ** 2 + (one[1] - other[1]) ** 2
    minutes = int(square**0.5 / speed) - 1
    while minutes < 0 or (minutes * speed) ** 2 < square:
        minutes += 1
    return minutes

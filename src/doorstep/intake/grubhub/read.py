"""Read an instance's folder of tab-separated tables."""

import re
from pathlib import Path

from doorstep.base.errors import BadFile, BadInput
from doorstep.intake.grubhub.instance import (
    CHARACTERISTICS,
    COURIER_COLUMNS,
    COURIERS,
    NUMBER_COLUMNS,
    NUMBERS,
    ORDER_COLUMNS,
    ORDERS,
    RESTAURANT_COLUMNS,
    RESTAURANTS,
    Instance,
    MealCourier,
    MealOrder,
    Numbers,
    Restaurant,
)
from doorstep.intake.opened import text_of
from doorstep.intake.sheet import Sheet, tab_sheet

FAR_M = 1_000_000  # a thousand kilometres: no city is larger
LONG_MIN = 2 * 1_440


def read_instance(folder: Path) -> Instance:
    """
    Read an instance.

    Raises
    ------
    BadFile
        A table that cannot be read right, or that says other than `instance_characteristics.txt`, where there is one.
    BadInput
        There is no such folder.
    """
    if not folder.is_dir():
        raise BadInput(f"{folder} is no folder; name one that holds {ORDERS}, {COURIERS}, {RESTAURANTS}, {NUMBERS}")
    restaurants = _restaurants(_table(folder / RESTAURANTS, RESTAURANT_COLUMNS))
    text = text_of(folder / CHARACTERISTICS) if (folder / CHARACTERISTICS).is_file() else ""
    instance = Instance(
        name=folder.resolve().name,
        restaurants=tuple(restaurants.values()),
        orders=_orders(_table(folder / ORDERS, ORDER_COLUMNS), restaurants),
        couriers=_couriers(_table(folder / COURIERS, COURIER_COLUMNS)),
        numbers=_numbers(_table(folder / NUMBERS, NUMBER_COLUMNS)),
        characteristics=text,
    )
    _compare(folder / CHARACTERISTICS, instance)
    return instance


def _table(path: Path, columns: dict[str, str]) -> Sheet:
    sheet = tab_sheet(path)
    sheet.need(*columns.values())
    return sheet


def _restaurants(sheet: Sheet) -> dict[str, Restaurant]:
    found: dict[str, Restaurant] = {}
    for line in sheet.rows():
        name = line.new("restaurant", found)
        x_m, y_m = (line.whole(x, least=-FAR_M, most=FAR_M) for x in ("x", "y"))
        found[name] = Restaurant(restaurant=name, x_m=x_m, y_m=y_m)
    if not found:
        raise sheet.bad(what="holds no restaurant")
    return found


def _orders(sheet: Sheet, restaurants: dict[str, Restaurant]) -> tuple[MealOrder, ...]:
    found: dict[str, MealOrder] = {}
    for line in sheet.rows():
        name = line.new("order", found)
        x_m, y_m = (line.whole(x, least=-FAR_M, most=FAR_M) for x in ("x", "y"))
        placed_min, ready_min = (line.whole(x, least=0, most=LONG_MIN) for x in ("placement_time", "ready_time"))
        if ready_min < placed_min:
            raise line.bad("ready_time", f"must not be before placement_time, {placed_min}")
        found[name] = MealOrder(
            order=name,
            x_m=x_m,
            y_m=y_m,
            placed_min=placed_min,
            restaurant=line.known("restaurant", restaurants, where=RESTAURANTS),
            ready_min=ready_min,
        )
    if not found:
        raise sheet.bad(what="holds no order")
    return tuple(found.values())


def _couriers(sheet: Sheet) -> tuple[MealCourier, ...]:
    found: dict[str, MealCourier] = {}
    for line in sheet.rows():
        name = line.new("courier", found)
        x_m, y_m = (line.whole(x, least=-FAR_M, most=FAR_M) for x in ("x", "y"))
        on_min, off_min = (line.whole(x, least=0, most=LONG_MIN) for x in ("on_time", "off_time"))
        if off_min <= on_min:
            raise line.bad("off_time", f"must be after on_time, {on_min}")
        found[name] = MealCourier(courier=name, x_m=x_m, y_m=y_m, on_min=on_min, off_min=off_min)
    return tuple(found.values())


def _numbers(sheet: Sheet) -> Numbers:
    lines = list(sheet.rows())
    if len(lines) != 1:
        raise sheet.bad(what=f"has {len(lines)} rows of numbers; one is needed")
    least = {"speed_m_min": 1, "target_min": 1, "most_min": 1}
    return Numbers(
        **{
            ours: lines[0].whole(theirs, least=least.get(ours, 0), most=100_000)
            for ours, theirs in NUMBER_COLUMNS.items()
        }
    )


def _compare(path: Path, instance: Instance) -> None:
    """Hold the tables against what the statistics say that they hold."""
    hours_e2 = round(sum(x.off_min - x.on_min for x in instance.couriers) * 100 / 60)
    there = {
        "number of orders": len(instance.orders) * 100,
        "number of restaurants": len(instance.restaurants) * 100,
        "number of couriers": len(instance.couriers) * 100,
        "total courier hours": hours_e2,
    }
    for row, text in enumerate(instance.characteristics.split("\n"), start=1):
        name, _, value = text.partition(":")
        if name not in there:
            continue
        if not re.fullmatch(r"[0-9]{1,12}(\.[0-9]{1,6})?", value.strip()):
            raise BadFile(str(path), row=row, column=name, value=value.strip(), what="is no number; correct it")
        if abs(round(float(value) * 100) - there[name]) > 1:
            what = f"the tables say {there[name] / 100:g}; a table is cut off, or this file is another instance's"
            raise BadFile(str(path), row=row, column=name, value=value.strip(), what=what)

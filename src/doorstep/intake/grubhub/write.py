"""Write an instance as it came: the same tables, byte for byte."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from msgspec import Struct

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
)


def write_instance(instance: Instance, folder: Path) -> tuple[str, ...]:
    """Write the tables into a folder that exists; return their names."""
    tables: dict[str, tuple[Mapping[str, str], Iterable[Struct]]] = {
        ORDERS: (ORDER_COLUMNS, instance.orders),
        COURIERS: (COURIER_COLUMNS, instance.couriers),
        RESTAURANTS: (RESTAURANT_COLUMNS, instance.restaurants),
        NUMBERS: (NUMBER_COLUMNS, [instance.numbers]),
    }
    for name, (columns, nouns) in tables.items():
        rows = [list(columns.values())] + [[str(getattr(x, ours)) for ours in columns] for x in nouns]
        (folder / name).write_bytes("".join("\t".join(x) + "\n" for x in rows).encode("utf-8"))
    if not instance.characteristics:
        return tuple(tables)
    (folder / CHARACTERISTICS).write_bytes(instance.characteristics.encode("utf-8"))
    return (*tables, CHARACTERISTICS)

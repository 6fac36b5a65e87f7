"""A dispatch day as a folder: sites, couriers, orders that say when they are ready; `read_dispatch_day` reads it."""

import csv
import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from msgspec import Struct, field

from doorstep.intake.dayfolder.cells import guarded
from doorstep.intake.dayfolder.head import FORMAT, HEAD, rules_said
from doorstep.intake.dayfolder.orders import KINDS_COLUMN, ORDER_COLUMNS, ORDERS, READY_COLUMNS
from doorstep.intake.dayfolder.people import (
    COURIER_COLUMNS,
    COURIERS,
    SITE_COLUMNS,
    SITES,
    courier_rows,
    limits_of,
)
from doorstep.model.dispatch import DayRules, ReadyOrder
from doorstep.model.people import Courier, Site

FILES = (HEAD, SITES, COURIERS, ORDERS)


class SeveralDays(Struct, frozen=True, kw_only=True):
    """One date at one or more sites: what is ready when, and who is there to bring it."""

    seed: int
    date: str
    tz: str
    sites: tuple[Site, ...]
    couriers: tuple[Courier, ...]
    orders: tuple[ReadyOrder, ...]
    rules: DayRules = field(default_factory=DayRules)


def write_dispatch(days: SeveralDays, folder: Path) -> None:
    """Write the files of a dispatch day into a folder that exists."""
    head = {
        "format": FORMAT,
        "seed": days.seed,
        "date": days.date,
        "tz": days.tz,
        "params": rules_said(days.rules),
    }
    (folder / HEAD).write_text(json.dumps(head, indent=1, ensure_ascii=False) + "\n", "utf-8")
    write_table(folder / SITES, SITE_COLUMNS, ([getattr(x, y) for y in SITE_COLUMNS] for x in days.sites))
    people = (*COURIER_COLUMNS, *limits_of(days.couriers))
    write_table(folder / COURIERS, people, courier_rows(days.couriers, people))
    kinds = (KINDS_COLUMN,) if any(x.kinds for x in days.orders) else ()
    orders = (
        (
            *(x.order, x.site, x.shopper, x.placed_at_s, x.at.lat_e6, x.at.lng_e6, x.drop),
            *(getattr(x, y) for y in READY_COLUMNS),
            *(" ".join(x.kinds) for _ in kinds),
        )
        for x in days.orders
    )
    write_table(folder / ORDERS, (*ORDER_COLUMNS, *READY_COLUMNS, *kinds), orders)


def write_table(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str | int]]) -> None:
    """Write a CSV file; text that a spreadsheet would run is guarded with an apostrophe."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([guarded(x) if isinstance(x, str) else x for x in row] for row in rows)

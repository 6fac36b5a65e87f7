"""Write a day folder, so that it reads back as the same day."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from doorstep.intake.dayfolder.cells import guarded
from doorstep.intake.dayfolder.events import EVENT_COLUMNS, EVENTS, WEATHER, WEATHER_COLUMNS, Subjects
from doorstep.intake.dayfolder.goods import LOT_COLUMNS, LOTS, SKUS
from doorstep.intake.dayfolder.head import HEAD, GivenDay, head_text
from doorstep.intake.dayfolder.orders import LINE_COLUMNS, LINES, ORDER_COLUMNS, ORDERS
from doorstep.intake.dayfolder.people import (
    COURIER_COLUMNS,
    COURIERS,
    PICKER_COLUMNS,
    PICKERS,
    SITE_COLUMNS,
    SITES,
    courier_rows,
    limits_of,
)
from doorstep.model.day import Day
from doorstep.model.goods import Sku

Cells = Sequence[str | int]


def write_day(given: GivenDay, folder: Path) -> None:
    """
    Write a day as a folder.

    Parameters
    ----------
    folder
        A folder that exists; files of the same names in it are replaced.

    Notes
    -----
    Events about nobody and nothing of this day (a courier who is not planned, say) are left out: they cannot happen,
    and reading refuses them as slips. Text that a spreadsheet would run is guarded with an apostrophe.
    """
    (folder / HEAD).write_text(head_text(given), "utf-8")
    for name, columns, rows in _tables(given.day):
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(columns)
            writer.writerows([guarded(x) if isinstance(x, str) else x for x in row] for row in rows)


def _tables(day: Day) -> Iterable[tuple[str, Sequence[str], Iterable[Cells]]]:
    here = Subjects(day.skus, day.lots, day.pickers, day.couriers)
    sku_columns = Sku.__struct_fields__
    yield SITES, SITE_COLUMNS, _fields([day.site], SITE_COLUMNS)
    yield SKUS, sku_columns, _fields(day.skus, sku_columns)
    yield LOTS, LOT_COLUMNS, _fields(day.lots, LOT_COLUMNS)
    yield PICKERS, PICKER_COLUMNS, _fields(day.pickers, PICKER_COLUMNS)
    people = (*COURIER_COLUMNS, *limits_of(day.couriers))
    yield COURIERS, people, courier_rows(day.couriers, people)
    yield WEATHER, WEATHER_COLUMNS, _fields(day.weather, WEATHER_COLUMNS)
    yield EVENTS, EVENT_COLUMNS, _fields((x for x in day.events if here.concerns(x)), EVENT_COLUMNS)
    yield (
        ORDERS,
        ORDER_COLUMNS,
        (
            (x.order, day.site.site, x.shopper, visit.at_s, x.at.lat_e6, x.at.lng_e6, x.drop)
            for visit in day.visits
            for x in (visit.basket,)
        ),
    )
    yield (
        LINES,
        LINE_COLUMNS,
        ((visit.basket.order, x.line, x.sku, x.amount, x.swap) for visit in day.visits for x in visit.basket.lines),
    )


def _fields(nouns: Iterable[object], columns: Sequence[str]) -> Iterable[Cells]:
    return ([getattr(x, column) for column in columns] for x in nouns)

"""A lived day as files: `trips.csv` and `metrics.json` (formats, section 5)."""

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import msgspec

from doorstep.bench.days.metrics import Metrics
from doorstep.bench.days.replay import Replay, Ridden
from doorstep.bench.days.world import DayArrays
from doorstep.core.dispatch.explain import Reason
from doorstep.core.dispatch.wait import Hold

TRIPS, METRICS, WHY = "trips.csv", "metrics.json", "why.csv"
TERMS: Final = ("travel", "late", "overtime", "trips")
WAITS: Final[tuple[Hold, ...]] = ("company", "no_courier")
WHY_COLUMNS: Final = (
    *("order", "courier", "trip", "leaves", "slack_s", "waited_for_company_s", "waited_for_courier_s"),
    *(f"adds_{x}_s" for x in TERMS),
    "adds_s",
    "instead_courier",
    *(f"dearer_{x}_s" for x in TERMS),
    "dearer_s",
)
"""
Why each order left as it did: what it added to the plan, and how much dearer the best other place would have been,
seconds of cost by term and in all.
"""
COLUMNS: Final = (
    *("courier", "trip", "site", "stop", "order", "loaded_at_s", "departed_at_s"),
    *("arrived_at_s", "handed_over_at_s", "promised_at_s", "late_s"),
)


def trip_rows(day: DayArrays, ridden: Sequence[Ridden]) -> Iterator[tuple[str | int, ...]]:
    """Yield a row an order, by courier, trip and stop."""
    for x in sorted(ridden, key=lambda x: (x.courier, x.trip)):
        courier = day.day.couriers[x.courier].courier
        for number, stop in enumerate(x.stops, 1):
            promised_at_s = int(day.promised_at_s[stop.order])
            yield (
                *(courier, x.trip, day.day.site.site, number, day.day.orders[stop.order].order),
                *(x.loaded_at_s, x.departed_at_s, stop.arrived_at_s, stop.handed_over_at_s),
                *(promised_at_s, max(0, stop.handed_over_at_s - promised_at_s)),
            )


def write_trips(day: DayArrays, ridden: Sequence[Ridden], folder: Path) -> None:
    """Write `trips.csv` into a folder that exists."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(trip_rows(day, ridden))
    (folder / TRIPS).write_text(text.getvalue(), "utf-8")


def why_rows(day: DayArrays, lived: Replay) -> Iterator[tuple[str | int, ...]]:
    """Yield a row an order: why its trip left then, what it waited for, what it added, what else was best."""
    for x in sorted(lived.ridden, key=lambda x: (x.courier, x.trip)):
        courier = day.day.couriers[x.courier].courier
        reasons: Sequence[Reason | None] = x.leaving.because or [None] * len(x.stops)
        for stop, reason in zip(x.stops, reasons, strict=True):
            waits_s = lived.waits_s.get(stop.order, {})
            yield (
                *(day.day.orders[stop.order].order, courier, x.trip, x.leaving.why, x.leaving.slack_s),
                *(waits_s.get(why, 0) for why in WAITS),
                *_reason_cells(day, reason),
            )


def _reason_cells(day: DayArrays, reason: Reason | None) -> Iterator[str | int]:
    """Fill the columns after the waits; what nobody asked or what there is not stays empty."""
    if reason is None:
        yield from [""] * (2 * len(TERMS) + 3)
        return
    yield from (reason.costs.get(x, 0) for x in TERMS)
    yield reason.costs_s
    if reason.other is None:
        yield from [""] * (len(TERMS) + 2)
        return
    yield day.day.couriers[reason.other.courier].courier
    yield from (reason.other.more.get(x, 0) for x in TERMS)
    yield reason.other.more_s


def write_why(day: DayArrays, lived: Replay, folder: Path) -> None:
    """Write `why.csv` into a folder that exists."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(WHY_COLUMNS)
    writer.writerows(why_rows(day, lived))
    (folder / WHY).write_text(text.getvalue(), "utf-8")


def write_metrics(numbers: Metrics, folder: Path) -> None:
    """Write `metrics.json` into a folder that exists."""
    (folder / METRICS).write_bytes(msgspec.json.format(msgspec.json.encode(numbers), indent=1) + b"\n")

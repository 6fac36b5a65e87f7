"""A lived day as files: `trips.csv` and `metrics.json` (formats, section 5)."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

import msgspec

from doorstep.bench.days.lived import Replay, Ridden
from doorstep.bench.days.metrics import Metrics
from doorstep.bench.days.world import DayArrays
from doorstep.core.dispatch.explain import Reason
from doorstep.core.dispatch.wait import Hold

TRIPS, METRICS, WHY, HELD, PROMISES = "trips.csv", "metrics.json", "why.csv", "held.csv", "promises.csv"
BREAKS: Final = "breaks.csv"
BREAK_COLUMNS: Final = ("courier", "from_at_s", "to_at_s")
PROMISE_COLUMNS: Final = ("order", "quoted_at_s", "promised_at_s", "p_kept_bp", "handed_over_at_s", "kept")
TERMS: Final = ("travel", "late", "overtime", "trips", "apart", "moved", "unfair")
WAITS: Final[tuple[Hold, ...]] = ("company", "no_courier")
WHY_COLUMNS: Final = (
    *("order", "courier", "trip", "leaves", "slack_s", "saves_s", "waited_for_company_s", "waited_for_courier_s"),
    *(f"adds_{x}_s" for x in TERMS),
    "adds_s",
    "instead_courier",
    *(f"dearer_{x}_s" for x in TERMS),
    "dearer_s",
)
"""
Why each order left as it did: by how much its trip was cheaper than the one that was planned if it left instead of
that, what it added to the plan, and how much dearer the best other place would have been, seconds of cost by term and
in all.
"""
HELD_COLUMNS: Final = (
    *("order", "from_at_s", "to_at_s", "why"),
    *("planned_courier", "planned_loading_at_s", "slack_s", "leaves_now_bp", "waiting_saves_s"),
)
"""
Why each order waited, spell by spell, and what was planned for it when the spell began: with whom and when, how much
later that trip could leave, in how many of the sampled futures it would leave now, and what waiting saved.
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
    _write_rows(folder / TRIPS, COLUMNS, trip_rows(day, ridden))


def _write_rows(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str | int]]) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    path.write_text(text.getvalue(), "utf-8")


def promise_rows(day: DayArrays, lived: Replay) -> Iterator[tuple[str | int, ...]]:
    """Yield a row a promise of our own, as they were made; what nobody brought has no handover and was not kept."""
    done_s = {y.order: y.handed_over_at_s for x in lived.ridden for y in x.stops}
    for x in lived.quotes:
        at_s = done_s.get(x.order)
        kept = int(at_s is not None and at_s <= x.promised_at_s)
        name = day.day.orders[x.order].order
        yield name, x.quoted_at_s, x.promised_at_s, x.p_kept_bp, "" if at_s is None else at_s, kept


def write_breaks(day: DayArrays, lived: Replay, folder: Path) -> None:
    """Write `breaks.csv` into a folder that exists: who had a break at the site, from when to when."""
    rows = ((day.day.couriers[x.courier].courier, x.from_s, x.to_s) for x in lived.rests)
    _write_rows(folder / BREAKS, BREAK_COLUMNS, rows)


def write_promises(day: DayArrays, lived: Replay, folder: Path) -> None:
    """Write `promises.csv` into a folder that exists."""
    _write_rows(folder / PROMISES, PROMISE_COLUMNS, promise_rows(day, lived))


def why_rows(day: DayArrays, lived: Replay) -> Iterator[tuple[str | int, ...]]:
    """Yield a row an order: why its trip left then, what it waited for, what it added, what else was best."""
    waited_s = lived.waits_s()
    for x in sorted(lived.ridden, key=lambda x: (x.courier, x.trip)):
        courier = day.day.couriers[x.courier].courier
        reasons: Sequence[Reason | None] = x.leaving.because or [None] * len(x.stops)
        for stop, reason in zip(x.stops, reasons, strict=True):
            waits_s = waited_s.get(stop.order, {})
            yield (
                *(day.day.orders[stop.order].order, courier, x.trip, x.leaving.why, x.leaving.slack_s),
                x.leaving.saves_s,
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
    _write_rows(folder / WHY, WHY_COLUMNS, why_rows(day, lived))


def held_rows(day: DayArrays, lived: Replay) -> Iterator[tuple[str | int, ...]]:
    """Yield a row a spell of waiting, by order and time; what was not asked or planned stays empty."""
    for x in sorted(lived.spells, key=lambda x: (x.order, x.from_s)):
        waits = x.waits
        planned: tuple[str | int | None, ...] = ("",) * 5
        if waits is not None:
            courier = day.day.couriers[waits.courier].courier
            planned = (courier, waits.loads_s, waits.slack_s, waits.now_bp, waits.saves_s)
        yield (
            *(day.day.orders[x.order].order, x.from_s, x.to_s, x.why),
            *("" if y is None else y for y in planned),
        )


def write_held(day: DayArrays, lived: Replay, folder: Path) -> None:
    """Write `held.csv` into a folder that exists."""
    _write_rows(folder / HELD, HELD_COLUMNS, held_rows(day, lived))


def write_metrics(numbers: Metrics, folder: Path) -> None:
    """Write `metrics.json` into a folder that exists."""
    (folder / METRICS).write_bytes(msgspec.json.format(msgspec.json.encode(numbers), indent=1) + b"\n")

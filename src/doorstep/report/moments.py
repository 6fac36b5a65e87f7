"""The worst moments of a day, each with what happened and why."""

from collections.abc import Iterator
from itertools import groupby
from typing import Final

from msgspec import Struct

from doorstep.base.ids import SkuId
from doorstep.report.gather import Gathered, Told

SHOWN: Final = 10
MOST: Final = {"late": 3, "lost": 2, "count": 1, "absent": 1, "waste": 1, "warm": 2, "recall": 2}
"""At most so many of one kind, until every kind had its turn: ten late orders in a row teach nothing."""

Value = int | str


class Moment(Struct, frozen=True, kw_only=True):
    """
    Something that went wrong.

    `kind` and `cause` name the sentences of `words.json` that tell it, `values` is what they hold. `subject` is the
    lot, order or person; `order` is one to `explain`, empty where there is none. `rank` is its place among all.
    """

    at_s: int
    kind: str
    cause: str
    subject: str
    order: str
    values: dict[str, Value]
    rank: int = 0


def worst(day: Gathered) -> tuple[Moment, ...]:
    """
    Choose the ten worst moments of a day.

    Returns
    -------
    In order of time. Recalls and warm trucks come first, then what was late, lost, missing, absent or thrown, the
    dearest of each; ties break by instant and subject.
    """
    kinds = (_recalls, _warm, _late, _lost, _counts, _absent, _waste)
    queues = [list(kind(day)) for kind in kinds]
    first = [x for queue in queues for x in queue[: MOST[queue[0].kind] if queue else 0]]
    rest = [x for queue in queues for x in queue[MOST[queue[0].kind] if queue else 0 :]]
    chosen = [*first, *rest][:SHOWN]
    ranked = [
        Moment(**{**{y: getattr(x, y) for y in Moment.__struct_fields__}, "rank": rank})
        for rank, x in enumerate(chosen, start=1)
    ]
    return tuple(sorted(ranked, key=lambda x: (x.at_s, x.rank)))


def _recalls(day: Gathered) -> Iterator[Moment]:
    for at_s, x in sorted(day.recalls, key=lambda x: (-x[1].doorsteps, x[0], x[1].lot)):
        values: dict[str, Value] = {
            "supplier": x.supplier,
            "doorsteps": x.doorsteps,
            "fen": day.recall_fen.get(x.lot, 0),
        }
        yield Moment(
            at_s=at_s,
            kind="recall",
            cause="recall",
            subject=x.lot,
            order=day.reached.get(x.lot, ""),
            values={**values, **_named(day, x.sku)},
        )


def _warm(day: Gathered) -> Iterator[Moment]:
    trucks = []
    for (at_s, supplier), lots in day.warm.items():
        blocked = [(x.lot, day.cost_fen(x.sku, x.amount)) for x in lots if x.lot in day.blocked]
        trucks.append((-sum(x[1] for x in blocked), -len(lots), at_s, supplier, lots, blocked))
    for _, _, at_s, supplier, lots, blocked in sorted(trucks, key=lambda x: x[:4]):
        yield Moment(
            at_s=at_s,
            kind="warm",
            cause="warm",
            subject=(blocked[0][0] if blocked else lots[0].lot),
            order="",
            values={
                "supplier": supplier,
                "peak_c10": max(x.peak_c10 or 0 for x in lots),
                "lots": len(lots),
                "blocked": len(blocked),
                "fen": sum(x[1] for x in blocked),
                "lost_life_s": max(x.lost_life_s for x in lots),
            },
        )


def _late(day: Gathered) -> Iterator[Moment]:
    """One a trip: orders that were late together were late for one reason."""
    late = sorted((x for x in day.told.values() if x.late_s), key=lambda x: (str(x.trip), -x.late_s, x.order))
    trips = [list(orders) for _, orders in groupby(late, key=lambda x: x.trip)]
    for told, *others in sorted(trips, key=lambda x: (-x[0].late_s, x[0].order)):
        assert told.trip is not None, "what is late was brought by somebody"
        assert told.handed_over_at_s is not None, "what is late was handed over"
        cause, took_s, expected_s = _slowest(told)
        trip = day.trips[told.trip]
        yield Moment(
            at_s=told.handed_over_at_s,
            kind="late",
            cause=cause,
            subject=told.order,
            order=told.order,
            values={
                "late_s": told.late_s,
                "others": len(others),
                "took_s": took_s,
                "expected_s": expected_s,
                "promised_at_s": told.promised_at_s,
                "courier": trip.courier,
                "stops": len(trip.orders),
                "left_waiting": trip.why.left_waiting,
                "couriers_free": trip.why.couriers_free,
            },
        )


def _slowest(told: Told) -> tuple[str, int, int]:
    """Find the step that took longest beyond what its promise counted on."""
    why = told.why
    assert why is not None, "an order has a promise"
    instants = (told.paid_at_s, told.wave_at_s, told.packed_at_s, told.departed_at_s, told.handed_over_at_s)
    expected = (("queue", why.queue_s), ("pick", why.pick_s), ("wait", why.wait_s), ("ride", why.ride_s))
    steps = [
        (end_s - begin_s, expected_s, name)
        for (name, expected_s), begin_s, end_s in zip(expected, instants, instants[1:], strict=False)
        if begin_s is not None and end_s is not None
    ]
    took_s, expected_s, name = max(steps, key=lambda x: x[0] - x[1])
    return name, took_s, expected_s


def _lost(day: Gathered) -> Iterator[Moment]:
    for x in sorted(day.lost, key=lambda x: (-x.fen, x.at_s, x.order)):
        told = day.told[x.order]
        wait_s = told.promised_at_s - told.asked_at_s if told.promised_at_s else 0
        yield Moment(
            at_s=x.at_s,
            kind="lost",
            cause=x.cause,
            subject=x.order,
            order=x.order,
            values={"fen": x.fen, "lines": x.lines, "missing": len(told.missing), "wait_s": wait_s},
        )


def _counts(day: Gathered) -> Iterator[Moment]:
    found = [(-day.cost_fen(x.sku, x.lost), at_s, x) for at_s, x in day.counts if x.lost > 0]
    for less_fen, at_s, x in sorted(found, key=lambda x: (x[0], x[1], x[2].lot)):
        yield Moment(
            at_s=at_s,
            kind="count",
            cause=x.cause,
            subject=x.lot,
            order=day.missed.get(x.lot, "") if x.cause == "missed_pick" else "",
            values={
                "booked": x.booked,
                "found": x.found,
                "lost": x.lost,
                "fen": -less_fen,
                **_named(day, x.sku),
            },
        )


def _absent(day: Gathered) -> Iterator[Moment]:
    for at_s, x in sorted(day.absent, key=lambda x: (x[0], x[1].worker)):
        yield Moment(at_s=at_s, kind="absent", cause=x.role, subject=x.worker, order="", values={})


def _waste(day: Gathered) -> Iterator[Moment]:
    for at_s, x in sorted(day.wasted, key=lambda x: (-x[1].cost_fen, x[1].lot)):
        values: dict[str, Value] = {"amount": x.amount, "fen": x.cost_fen}
        yield Moment(
            at_s=at_s,
            kind="waste",
            cause=x.cause,
            subject=x.lot,
            order="",
            values={**values, **_named(day, x.sku)},
        )


def _named(day: Gathered, sku: SkuId) -> dict[str, Value]:
    """Names of a sku in both languages, and how it is sold."""
    x = day.skus[sku]
    return {"name_zh": x.name_zh, "name_en": x.name_en, "sold_by": x.sold_by}

"""The numbers behind the page of a day, ready to be drawn."""

from collections.abc import Iterable, Sequence
from math import sqrt
from typing import Final

from msgspec import Struct, structs

from doorstep.base.calendar import clock, instant
from doorstep.base.errors import CheckFailed
from doorstep.base.units import HOUR_S, ONE_BP
from doorstep.core.indicators import Closing
from doorstep.ledger import CLASS_OF
from doorstep.model.day import Assumption
from doorstep.model.people import Place
from doorstep.report.gather import Gathered, Told
from doorstep.report.moments import Moment, worst

SLOT_S: Final = 900
"""Work is drawn in quarters of an hour."""
Z95: Final = 1.959964
"""97.5% quantile of the normal distribution: two-sided intervals of 95%."""

Span = tuple[int | None, int | None]


class Hour(Struct, frozen=True, kw_only=True):
    """Baskets that asked for a quote in one hour, by what became of them."""

    at: str
    kept: int
    late: int
    lost: int
    open: int


class Tenth(Struct, frozen=True, kw_only=True):
    """A tenth of the promises: quoted, kept, and the 95% interval of what was kept."""

    p_bp: int
    n: int
    kept: int
    low_bp: int
    high_bp: int


class Load(Struct, frozen=True, kw_only=True):
    """People on shift, people at work, and orders that wait for them: means of every quarter of an hour."""

    on_shift: tuple[float, ...]
    busy: tuple[float, ...]
    waiting: tuple[float, ...]


class CategoryRow(Struct, frozen=True, kw_only=True):
    """One category of goods: waste and loss at cost, lost sales at list prices, in fen."""

    category: str
    waste_fen: int
    missing_fen: int
    lost_fen: int
    left_out_fen: int


class Door(Struct, frozen=True, array_like=True):
    """A basket on the map; instants count from midnight, -1 where something never happened."""

    order: str
    lat_e6: int
    lng_e6: int
    asked_s: int
    placed_s: int
    promised_s: int
    handed_over_s: int
    late_s: int
    lost: bool


class Stop(Struct, frozen=True, array_like=True):
    """A halt of a trip: which door of the map, from when to when."""

    door: int
    arrived_s: int
    handed_over_s: int


class Trip(Struct, frozen=True, array_like=True):
    """A trip on the map."""

    courier: str
    planned_s: int
    departed_s: int
    ended_s: int
    stops: tuple[Stop, ...]


class Map(Struct, frozen=True, kw_only=True):
    """All that moves; `streets` are drawn below it where a network is known."""

    lat_e6: int
    lng_e6: int
    begins_s: int
    ends_s: int
    doors: tuple[Door, ...]
    trips: tuple[Trip, ...]
    streets: tuple[tuple[Place, ...], ...] = ()


class Figures(Struct, frozen=True, kw_only=True):
    """Everything that the page shows; as JSON it is what `doorstep report --json` prints."""

    date: str
    tz: str
    seed: int
    midnight_at_s: int
    closing: Closing
    goods_g: dict[str, int]
    account_class: dict[str, str]
    hours: tuple[Hour, ...]
    tenths: tuple[Tenth, ...]
    slots: tuple[str, ...]
    pickers: Load
    couriers: Load
    life: dict[str, list[int]]
    categories: tuple[CategoryRow, ...]
    moments: tuple[Moment, ...]
    map: Map
    assumptions: tuple[Assumption, ...]


def figures(day: Gathered, closing: Closing, *, streets: Sequence[Sequence[Place]] = ()) -> Figures:
    """
    Work out what a page shows of a day.

    Parameters
    ----------
    day
        What was gathered from the day's journal, whole.
    closing
        Its certificate. Balances of lots are summed to mass by account; all else is shown as it is.
    streets
        Polylines to draw below the trips; none where no network is known.

    Raises
    ------
    CheckFailed
        The journal does not begin with the opening of a site.
    """
    opened = day.opened
    if opened is None:
        raise CheckFailed("the journal does not open a site: there is no day to show")
    begins_s = closing.opened_at_s - closing.opened_at_s % SLOT_S
    count = -(-(closing.closed_at_s - begins_s) // SLOT_S) or 1
    slots = tuple(clock(begins_s + x * SLOT_S, opened.tz) for x in range(count))

    def means(spans: Iterable[Span]) -> tuple[float, ...]:
        return _means(spans, begins_s=begins_s, count=count, closed_at_s=closing.closed_at_s)

    told = day.told.values()
    fen = {"fen": closing.balances.get("fen", {})}
    return Figures(
        date=opened.date,
        tz=opened.tz,
        seed=opened.seed,
        midnight_at_s=instant(opened.date, "00:00", opened.tz),
        closing=structs.replace(closing, balances=fen),
        goods_g=_grams(day, closing),
        account_class={str(account): kind for account, kind in CLASS_OF.items()},
        hours=_hours(day, opened.tz),
        tenths=tuple(_tenth(x.p_bp, x.n, x.kept) for x in closing.promises.deciles),
        slots=slots,
        pickers=Load(
            on_shift=means((x.begins_at_s, x.ends_at_s) for x in day.pickers.values()),
            busy=means((x.begins_at_s, x.ends_at_s) for x in day.waves.values()),
            waiting=means((x.paid_at_s, _or_end(x.wave_at_s, x)) for x in told),
        ),
        couriers=Load(
            on_shift=means((x.begins_at_s, x.ends_at_s) for x in day.couriers.values()),
            busy=means((x.planned_at_s, x.ended_at_s) for x in day.trips.values()),
            waiting=means((x.packed_at_s, _or_end(x.departed_at_s, x)) for x in told),
        ),
        life=dict(sorted(day.life.items())),
        categories=_categories(day),
        moments=worst(day),
        map=_map(day, closing, streets),
        assumptions=opened.assumptions,
    )


def _or_end(at_s: int | None, told: Told) -> int | None:
    """When a wait was over; a lost order waited for nobody that we could count."""
    return told.asked_at_s if at_s is None and told.lost else at_s


def _means(spans: Iterable[Span], *, begins_s: int, count: int, closed_at_s: int) -> tuple[float, ...]:
    """Mean number of spans in every slot; what has no end lasts until the close."""
    seconds = [0] * count
    for begin_s, end_s in spans:
        if begin_s is None:
            continue
        last_s = closed_at_s if end_s is None else end_s
        for slot in range(max(0, (begin_s - begins_s) // SLOT_S), count):
            low_s = begins_s + slot * SLOT_S
            if low_s >= last_s:
                break
            seconds[slot] += max(0, min(last_s, low_s + SLOT_S) - max(begin_s, low_s))
    return tuple(round(x / SLOT_S, 2) for x in seconds)


def _hours(day: Gathered, tz: str) -> tuple[Hour, ...]:
    hours: dict[int, list[int]] = {}
    for x in day.told.values():
        sums = hours.setdefault(x.asked_at_s // HOUR_S, [0, 0, 0, 0])
        if x.handed_over_at_s is not None:
            sums[1 if x.late_s else 0] += 1
        else:
            sums[2 if x.lost else 3] += 1
    if not hours:
        return ()
    every = range(min(hours), max(hours) + 1)
    return tuple(
        Hour(at=clock(x * HOUR_S, tz), kept=kept, late=late, lost=lost, open=still)
        for x in every
        for kept, late, lost, still in [hours.get(x, [0, 0, 0, 0])]
    )


def _tenth(p_bp: int, n: int, kept: int) -> Tenth:
    """
    Put a 95% interval around a share.

    References
    ----------
    Wilson (1927), Probable inference, the law of succession, and statistical inference: near 100%, where promises
    are, it stays inside and does not shrink to nothing.
    """
    share, z2 = kept / n, Z95 * Z95
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = Z95 * sqrt(share * (1 - share) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    low_bp, high_bp = round((middle - half) * ONE_BP), round((middle + half) * ONE_BP)
    return Tenth(p_bp=p_bp, n=n, kept=kept, low_bp=max(0, low_bp), high_bp=min(ONE_BP, high_bp))


def _categories(day: Gathered) -> tuple[CategoryRow, ...]:
    rows = [
        CategoryRow(
            category=name,
            waste_fen=x.waste_fen,
            missing_fen=x.missing_fen,
            lost_fen=x.lost_fen,
            left_out_fen=x.left_out_fen,
        )
        for name, x in day.categories.items()
        if x.waste_fen or x.missing_fen or x.lost_fen or x.left_out_fen
    ]
    return tuple(sorted(rows, key=lambda x: (-x.waste_fen - x.missing_fen - x.lost_fen - x.left_out_fen, x.category)))


def _grams(day: Gathered, closing: Closing) -> dict[str, int]:
    """Mass by account; what is still on a truck has no lot that was received, and is left out."""
    mass_g: dict[str, int] = {}
    grams = {f"lot:{lot}": (day.skus[x.sku].sold_by, day.skus[x.sku].unit_g) for lot, x in day.lots.items()}
    for asset, held in closing.balances.items():
        if asset in grams:
            sold_by, unit_g = grams[asset]
            for account, amount in held.items():
                mass_g[account] = mass_g.get(account, 0) + amount * (1 if sold_by == "g" else unit_g)
    return dict(sorted(mass_g.items()))


def _map(day: Gathered, closing: Closing, streets: Sequence[Sequence[Place]]) -> Map:
    opened = day.opened
    assert opened is not None, "a day that is drawn was opened"
    midnight_s = instant(opened.date, "00:00", opened.tz)

    def since(at_s: int | None) -> int:
        return -1 if at_s is None else at_s - midnight_s

    shown = [x for x in day.told.values() if x.at is not None]
    number = {x.order: place for place, x in enumerate(shown)}
    doors = tuple(
        Door(
            order=x.order,
            lat_e6=x.at.lat_e6,
            lng_e6=x.at.lng_e6,
            asked_s=since(x.asked_at_s),
            placed_s=since(x.placed_at_s),
            promised_s=since(x.promised_at_s),
            handed_over_s=since(x.handed_over_at_s),
            late_s=x.late_s,
            lost=x.lost,
        )
        for x in shown
        if x.at is not None
    )
    trips = []
    for trip in day.trips.values():
        halts = [day.told[x] for x in trip.orders]
        stops = [
            Stop(number[x.order], since(x.arrived_at_s or x.handed_over_at_s), since(x.handed_over_at_s))
            for x in halts
            if x.handed_over_at_s is not None
        ]
        if trip.departed_at_s is not None:
            stops.sort(key=lambda x: (x.arrived_s, x.handed_over_s))
            ended_s = since(closing.closed_at_s if trip.ended_at_s is None else trip.ended_at_s)
            departed_s = since(trip.departed_at_s)
            trips.append(Trip(trip.courier, since(trip.planned_at_s), departed_s, ended_s, tuple(stops)))
    return Map(
        lat_e6=opened.lat_e6,
        lng_e6=opened.lng_e6,
        begins_s=since(opened.opens_at_s),
        ends_s=since(max(closing.closed_at_s, opened.opens_at_s + HOUR_S)),
        doors=doors,
        trips=tuple(trips),
        streets=tuple(tuple(x) for x in streets),
    )

"""Who works on a real day: as many as its orders need at their busiest, by the hour."""

from collections.abc import Sequence
from math import ceil
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from doorstep.app.params import Params
from doorstep.base.ids import CourierId, PickerId, SiteId
from doorstep.base.units import HOUR_S
from doorstep.core.promise.params import LADDER_S
from doorstep.model.day import Visit
from doorstep.model.people import Courier, CourierKind, Picker, Site

EBIKE_MM_S: Final = 4_167  # 15 km/h
VAN_MM_S: Final = 6_944  # 25 km/h through a city, stops and lights included
FAR_S: Final = 2_400  # who lives further than 40 minutes by e-bike is served by vans
SHIFT_HOURS: Final = 6
LONG_LADDER_S: Final = (9_000, 10_800, 14_400)


class PeopleParams(Struct, frozen=True, kw_only=True):
    """
    How many people a real day is given.

    Parameters
    ----------
    spare_bp
        A third more than the hour's orders would need on average: peaks within the hour.
    between_doors_s
        The ride from one door of a trip to the next, in the mean.
    orders_a_trip_e1
        Orders that share a trip, in tenths: 1.5, since a site of this size has few at a time.
    picker_lines
        Lines an hour and picker: 120, below what dark stores report (150 to 250), since waves are small.
    least
        Nobody works alone: two of each while the site is open.
    """

    spare_bp: int = 13_300
    orders_a_trip_e1: int = 15
    between_doors_s: int = 240
    picker_lines: int = 120
    least: int = 2


class People(Struct, frozen=True, kw_only=True):
    """Shifts, and the numbers that follow from how far the couriers ride."""

    pickers: tuple[Picker, ...]
    couriers: tuple[Courier, ...]
    kind: CourierKind
    ride_s: int
    params: Params


def people(visits: Sequence[Visit], site: Site, *, params: PeopleParams) -> People:
    """
    Staff a site for a day.

    Returns
    -------
    Pickers and couriers in shifts of six hours, begun when those who are there would not be enough. Where a tenth of
    the orders goes further than 40 minutes by e-bike, couriers drive vans. The params of the day are the usual
    ones, but for: no least basket; the promise room is told how fast couriers are and how long a trip of this site
    takes, and may offer later arrivals where the usual ones are too early for its far doors.
    """
    usual = Params()
    rides_s = sorted(usual.roads.seconds(site.place, x.basket.at, speed_mm_s=EBIKE_MM_S) for x in visits)
    far = bool(rides_s) and rides_s[len(rides_s) * 9 // 10] > FAR_S
    kind: CourierKind = "van" if far else "ebike"
    speed_mm_s = VAN_MM_S if far else EBIKE_MM_S
    rides_s = [x * EBIKE_MM_S // speed_mm_s for x in rides_s]
    ride_s = sum(rides_s) // len(rides_s) if rides_s else 0
    stops_s = usual.dispatch.service_s + params.between_doors_s
    trip_s = usual.dispatch.loading_s + 2 * ride_s + stops_s * params.orders_a_trip_e1 // 10
    hours = [(x.at_s - site.opens_at_s) // HOUR_S for x in visits]
    open_hours = -(-(site.closes_at_s - site.opens_at_s) // HOUR_S)
    orders, lines = [0] * open_hours, [0] * open_hours
    for hour, x in zip(hours, visits, strict=True):
        orders[hour] += 1
        lines[hour] += len(x.basket.lines)
    spread = max(1, ceil(trip_s / HOUR_S))  # an order keeps its courier for so many hours
    busy_s = [sum(orders[max(0, h - spread + 1) : h + 1]) / spread * trip_s for h in range(open_hours)]
    courier_need = [
        max(params.least, ceil(x * 10 / params.orders_a_trip_e1 * params.spare_bp / 10_000 / HOUR_S)) for x in busy_s
    ]
    picker_need = [max(params.least, ceil(x * params.spare_bp / 10_000 / params.picker_lines)) for x in lines]
    return People(
        pickers=_pickers(picker_need, site),
        couriers=_couriers(courier_need, site, kind, speed_mm_s),
        kind=kind,
        ride_s=ride_s,
        params=_params(rides_s, speed_mm_s=speed_mm_s, trip_s=trip_s),
    )


def _params(rides_s: Sequence[int], *, speed_mm_s: int, trip_s: int) -> Params:
    usual = Params()
    farthest_s = rides_s[-1] if rides_s else 0
    ladder_s = LADDER_S + (LONG_LADDER_S if farthest_s > LADDER_S[-1] // 2 else ())
    return replace(
        usual,
        order=replace(usual.order, min_basket_fen=0),
        promise=replace(
            usual.promise, ladder_s=ladder_s, speed_mm_s=speed_mm_s, trip_s=max(trip_s, usual.promise.trip_s)
        ),
    )


def _shifts(needed: Sequence[int]) -> list[tuple[int, int]]:
    """Begin shifts of six hours whenever too few are there; first and last hour of each, the last one not worked."""
    shifts: list[tuple[int, int]] = []
    for hour, people_needed in enumerate(needed):
        there = sum(begin <= hour < end for begin, end in shifts)
        shifts += [(hour, hour + SHIFT_HOURS)] * (people_needed - there)
    return shifts


def _span(site: Site, shift: tuple[int, int]) -> tuple[int, int]:
    """Who opens comes half an hour early; who closes stays an hour after."""
    begin, end = (site.opens_at_s + x * HOUR_S for x in shift)
    on_at_s = begin - HOUR_S // 2 if shift[0] == 0 else begin
    return on_at_s, site.closes_at_s + HOUR_S if end >= site.closes_at_s else end


def _pickers(needed: Sequence[int], site: Site) -> tuple[Picker, ...]:
    return tuple(
        Picker(picker=PickerId(f"P{n:02d}"), site=SiteId(site.site), on_at_s=on_at_s, off_at_s=off_at_s)
        for n, shift in enumerate(_shifts(needed), start=1)
        for on_at_s, off_at_s in (_span(site, shift),)
    )


def _couriers(needed: Sequence[int], site: Site, kind: CourierKind, speed_mm_s: int) -> tuple[Courier, ...]:
    return tuple(
        Courier(
            courier=CourierId(f"R{n:02d}"),
            site=site.site,
            kind=kind,
            on_at_s=on_at_s,
            off_at_s=off_at_s,
            ambient_ml=100_000,
            chilled_ml=40_000,
            frozen_ml=20_000,
            speed_mm_s=speed_mm_s,
        )
        for n, shift in enumerate(_shifts(needed), start=1)
        for on_at_s, off_at_s in (_span(site, shift),)
    )

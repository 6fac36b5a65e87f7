"""
Which trips leave now.

A simple honest rule for every courier who stands at the site: begin with the ready order promised earliest, add the
order nearest to the last door as long as the box has room and nobody on the trip who could still be on time comes
within a margin of their promise, then leave at once unless waiting could still help.
"""

from collections.abc import Sequence

from doorstep.base.ids import OrderId, TripId
from doorstep.core.dispatch.fleet import Fleet, OnDuty, Ready, fits
from doorstep.core.dispatch.params import DispatchParams
from doorstep.model.facts.work import Leaves, TripPlanned, TripReason
from doorstep.model.people import Place
from doorstep.roads import Straight


def plan(fleet: Fleet, *, site: Place, roads: Straight, now_s: int, params: DispatchParams) -> tuple[TripPlanned, ...]:
    """
    Decide the trips that leave now.

    Returns
    -------
    At most one trip for each courier who is idle. An order stays where it is until a courier has room for it.

    Notes
    -----
    Couriers who wait longest go first, ties by id; nearest by riding time, ties by order id.
    O(couriers × orders × stops).
    """
    ready = dict(sorted(fleet.ready.items(), key=lambda x: (x[1].promised_at_s, x[0])))
    idle = sorted((since_s, x) for x, since_s in fleet.idle.items())
    # No trip leaves after a shift, unless only people who stayed on are left to bring what was promised.
    on_shift = [x for x in idle if fleet.on_duty[x[1]].off_at_s >= now_s + params.loading_s]
    free = on_shift or idle
    trips: list[TripPlanned] = []
    for turn, (_, name) in enumerate(free):
        if not ready:
            break
        courier = fleet.on_duty[name]
        stops, full = _gather(courier, ready, site, roads, now_s, params)
        if not stops:
            continue
        etas, back_at_s = _etas(stops, courier, site, roads, now_s, params)
        slack_s = min(x.promised_at_s - eta for x, eta in zip(stops, etas, strict=True))
        leaves = _leaves(stops, slack_s, full=full, more_soon=bool(fleet.expected), params=params)
        if leaves is None:
            if stops[0] is next(iter(ready.values())):
                # The order promised earliest can wait for company, so every other can.
                break
            continue
        for x in stops:
            del ready[x.order]
        trips.append(
            TripPlanned(
                trip=TripId(f"T{fleet.trips_begun + len(trips) + 1:04d}"),
                courier=name,
                orders=tuple(x.order for x in stops),
                etas_at_s=tuple(etas),
                back_at_s=back_at_s,
                why=TripReason(len(free) - turn, slack_s, len(ready), leaves),
            )
        )
    return tuple(trips)


def _gather(
    courier: OnDuty,
    ready: dict[OrderId, Ready],
    site: Place,
    roads: Straight,
    now_s: int,
    params: DispatchParams,
) -> tuple[list[Ready], bool]:
    """Collect a trip; the flag says that something ready did not fit the box or the count."""
    first = next((x for x in ready.values() if fits(courier.ml, x.ml)), None)
    if first is None:
        return [], False
    stops, used = [first], first.ml
    full = False
    while True:
        if len(stops) == params.orders_a_trip:
            return stops, True
        near = sorted(
            (roads.seconds(stops[-1].at, x.at, speed_mm_s=courier.speed_mm_s), x.order)
            for x in ready.values()
            if x not in stops
        )
        added = False
        for leg_s, order in near:
            if leg_s > params.leg_max_s:
                break
            more = (used[0] + ready[order].ml[0], used[1] + ready[order].ml[1], used[2] + ready[order].ml[2])
            if not fits(courier.ml, more):
                full = True
                continue
            if _in_time([*stops, ready[order]], courier, site, roads, now_s, params):
                stops.append(ready[order])
                used, added = more, True
                break
        if not added:
            return stops, full


def _in_time(
    stops: Sequence[Ready], courier: OnDuty, site: Place, roads: Straight, now_s: int, params: DispatchParams
) -> bool:
    """Whether nobody who could still be on time, going first, comes within the margin of their promise."""
    etas, _ = _etas(stops, courier, site, roads, now_s, params)
    for x, eta in zip(stops, etas, strict=True):
        if eta + params.margin_s > x.promised_at_s:
            direct_s = roads.seconds(site, x.at, speed_mm_s=courier.speed_mm_s)
            if now_s + params.loading_s + direct_s + params.service_s <= x.promised_at_s:
                return False
    return True


def _etas(
    stops: Sequence[Ready], courier: OnDuty, site: Place, roads: Straight, now_s: int, params: DispatchParams
) -> tuple[list[int], int]:
    """End of service at each door, and the return."""
    at, clock_s = site, now_s + params.loading_s
    etas = []
    for x in stops:
        clock_s += roads.seconds(at, x.at, speed_mm_s=courier.speed_mm_s) + params.service_s
        etas.append(clock_s)
        at = x.at
    return etas, clock_s + roads.seconds(at, site, speed_mm_s=courier.speed_mm_s)


def _leaves(
    stops: Sequence[Ready], slack_s: int, *, full: bool, more_soon: bool, params: DispatchParams
) -> Leaves | None:
    if slack_s < 0:
        return "late"
    if full or len(stops) == params.orders_a_trip:
        return "full"
    if slack_s <= params.hold_slack_s:
        return "due"
    return None if more_soon else "no_more_soon"

"""
Which trips leave now.

What the site knows is laid out as rows and columns, and one tick of dispatch is decided on it: all orders that are
packed or soon will be, all couriers who are in or soon back.
"""

from typing import Final

import numpy as np
from msgspec import structs

from doorstep.base.ids import CourierId, OrderId, TripId
from doorstep.base.units import ONE_BP
from doorstep.core.dispatch.decide import decide
from doorstep.core.dispatch.fleet import Fleet, OnDuty
from doorstep.core.dispatch.params import DispatchParams
from doorstep.core.dispatch.problem import Prices
from doorstep.core.dispatch.tick import Known, Leaving
from doorstep.core.dispatch.travel import straight_travel
from doorstep.model.facts.work import TripPlanned, TripReason
from doorstep.model.people import Place
from doorstep.roads import Straight

SOON_S: Final = 1_200
"""Couriers whose shift begins within this are counted on."""
USUAL_ML: Final = (20_000, 5_000, 1_000)
"""The room of an order before any was packed: about a crate and a half of the dispatch days."""


def plan(fleet: Fleet, *, site: Place, roads: Straight, now_s: int, params: DispatchParams) -> tuple[TripPlanned, ...]:
    """
    Decide the trips that leave now.

    Returns
    -------
    At most one trip for each courier who is idle. An order stays where it is until a courier has room for it and it
    has had the company that is worth waiting for.

    Notes
    -----
    A function of the fleet and the instant alone: no plan is kept from tick to tick, so a recovered site decides as if
    it had never stopped. Work is bounded by `params.tick.iterations`.
    """
    if not fleet.ready or not fleet.idle:
        return ()
    orders, couriers = sorted({**fleet.expected, **fleet.ready}), _couriers(fleet, now_s, params)
    tick = params.tick
    if not fleet.expected:  # nothing is being packed that could come along
        tick = structs.replace(tick, wait=structs.replace(tick.wait, rule="at_once"))
    trips: list[TripPlanned] = []
    leaves = True
    while leaves:
        known = _known(fleet, orders, couriers, site, roads, now_s, params)
        decision, _ = decide(known, last=(), params=tick, seed=now_s)
        for leaving in decision.leaving:
            name, stops = couriers[leaving.courier].courier, [orders[i] for i in leaving.orders]
            trips.append(_trip(fleet, known, leaving, name, stops, trips))
        # Where nothing more is being packed nobody stands about while packed orders wait for somebody else's return.
        idle = [x for x in couriers if x.courier in fleet.idle and all(x.courier != y.courier for y in trips)]
        leaves = bool(idle) and not fleet.expected and (bool(decision.leaving) or len(idle) < len(couriers))
        couriers, orders = idle, [x for x in orders if all(x not in trip.orders for trip in trips)]
        leaves = leaves and bool(orders)
    return tuple(trips)


def wanted(fleet: Fleet, *, site: Place, roads: Straight, now_s: int, params: DispatchParams) -> dict[OrderId, int]:
    """
    Tell the pick room what dispatch wants first.

    Returns
    -------
    By order that is still to be packed: when its trip must begin to load, so that nobody becomes late by it; epoch
    seconds. Orders of one trip share the instant. Orders that no trip is planned for are left out.
    """
    couriers = _couriers(fleet, now_s, params)
    if not fleet.expected or not couriers:
        return {}
    orders = sorted({**fleet.expected, **fleet.ready})
    known = _known(fleet, orders, couriers, site, roads, now_s, params)
    decision, _ = decide(known, last=(), params=params.tick, seed=now_s)
    return {orders[i]: at_s for i, at_s in decision.wanted_s.items()}


def _trip(
    fleet: Fleet, known: Known, leaving: Leaving, courier: CourierId, stops: list[OrderId], before: list[TripPlanned]
) -> TripPlanned:
    """Write a trip down: who is where when, and why it leaves."""
    etas, back_at_s = _etas(known, leaving)
    return TripPlanned(
        trip=TripId(f"T{fleet.trips_begun + len(before) + 1:04d}"),
        courier=courier,
        orders=tuple(stops),
        etas_at_s=tuple(etas),
        back_at_s=back_at_s,
        why=TripReason(
            couriers_free=len(fleet.idle) - len(before),
            slack_s=min(fleet.ready[x].promised_at_s - eta for x, eta in zip(stops, etas, strict=True)),
            left_waiting=len(fleet.ready) - sum(len(x.orders) for x in before) - len(stops),
            leaves=leaving.why,
        ),
    )


def _couriers(fleet: Fleet, now_s: int, params: DispatchParams) -> list[OnDuty]:
    """Everybody who can still bring something, or soon can, by id."""
    soon = [
        x
        for x in fleet.rostered.values()
        if x.courier not in fleet.on_duty and x.courier not in fleet.away and now_s < x.on_at_s <= now_s + SOON_S
    ]
    here = [x for x in fleet.on_duty.values() if x.off_at_s >= now_s + params.loading_s]
    # No trip leaves after a shift, unless only people who stayed on are left to bring what was promised.
    if not any(x.courier in fleet.idle for x in here):
        here += [x for x in fleet.on_duty.values() if x.courier in fleet.idle]
    return sorted([*here, *soon], key=lambda x: x.courier)


def _known(
    fleet: Fleet,
    orders: list[OrderId],
    couriers: list[OnDuty],
    site: Place,
    roads: Straight,
    now_s: int,
    params: DispatchParams,
) -> Known:
    """Lay the moment out: order i goes to place i + 1, courier j is row j."""
    rows = [fleet.ready.get(x) or fleet.expected[x] for x in orders]
    packed = [x in fleet.ready for x in orders]
    usual = tuple(x // fleet.packed[0] for x in fleet.packed[1:]) if fleet.packed[0] else USUAL_ML
    ready_s = np.array(
        [min(x.ready_at_s, now_s) if y else max(x.ready_at_s, now_s + 1) for x, y in zip(rows, packed, strict=True)],
        np.int64,
    )
    due_s = np.array([x.promised_at_s - params.margin_s for x in rows], np.int64)
    ml = np.array([fleet.ready[x].ml if x in fleet.ready else usual for x in orders], np.int64).reshape(-1, 3)
    speeds = sorted({x.speed_mm_s for x in couriers})
    free_s = [
        now_s if x.courier in fleet.idle else max(fleet.due_back.get(x.courier, x.on_at_s), now_s + 1)
        for x in couriers
    ]
    travel = straight_travel([site, *(x.at for x in rows)], speeds_mm_s=speeds, roads=roads)
    return Known(
        now_s=now_s,
        orders=np.arange(len(orders)),
        placed_s=ready_s,
        ready_s=ready_s,
        due_s=due_s,
        volume_ml=ml,
        couriers=np.arange(len(couriers)),
        free_s=np.array(free_s, np.int64),
        on_s=np.array(
            [min(x.on_at_s, now_s) if x.courier in fleet.on_duty else x.on_at_s for x in couriers], np.int64
        ),
        off_s=np.array([max(x.off_at_s, now_s + params.loading_s) for x in couriers], np.int64),
        box_ml=np.array([x.ml for x in couriers], np.int64).reshape(-1, 3),
        kind=np.array([speeds.index(x.speed_mm_s) for x in couriers], np.int64),
        travel=(travel.astype(np.int64) * fleet.pace.bp // ONE_BP).astype(np.int32),
        past_placed_s=ready_s,
        past_ready_s=ready_s,
        past_due_s=due_s,
        past_ml=ml,
        loading_s=params.loading_s,
        service_s=params.service_s,
        prices=Prices(),
    )


def _etas(known: Known, leaving: Leaving) -> tuple[list[int], int]:
    """End of service at each door, and the return."""
    legs_s = known.travel[known.kind[leaving.courier], 0]
    place, clock_s, etas = 0, known.now_s + known.loading_s, []
    for i in leaving.orders:
        clock_s += int(legs_s[place, i + 1]) + known.service_s
        etas.append(clock_s)
        place = i + 1
    return etas, clock_s + int(legs_s[place, 0])

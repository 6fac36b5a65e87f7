"""
Which trips leave now.

What the site knows is laid out as rows and columns, and one tick of dispatch is decided on it: all orders that are
packed or soon will be, all couriers who are in or soon back.
"""

from collections.abc import Iterator
from typing import Final

import numpy as np
from msgspec import Struct, structs
from numpy.typing import NDArray

from doorstep.base.ids import CourierId, OrderId, TripId
from doorstep.base.units import ONE_BP
from doorstep.core.dispatch.decide import decide
from doorstep.core.dispatch.explain import Reason
from doorstep.core.dispatch.fleet import Fleet, OnDuty
from doorstep.core.dispatch.limits import courier_limits
from doorstep.core.dispatch.params import DispatchParams
from doorstep.core.dispatch.problem import NONE
from doorstep.core.dispatch.tick import Decision, Known, Leaving
from doorstep.core.dispatch.travel import lengths_between, travel_between
from doorstep.core.dispatch.wait import Hold
from doorstep.model.dispatch import DayRules
from doorstep.model.facts.site import BreakStarted
from doorstep.model.facts.work import TripPlanned, TripReason
from doorstep.model.people import Place
from doorstep.roads import RoadsOf

SOON_S: Final = 1_200
"""Couriers whose shift begins within this are counted on."""
USUAL_ML: Final = (20_000, 5_000, 1_000)
"""The room of an order before any was packed: about a crate and a half of the dispatch days."""


def plan(
    fleet: Fleet, *, site: Place, roads: RoadsOf, now_s: int, params: DispatchParams
) -> tuple[TripPlanned | BreakStarted, ...]:
    """
    Decide the trips that leave now, and who has a break.

    Returns
    -------
    At most one trip, or a break, for each courier who is idle. An order stays where it is until a courier has room for
    it and it has had the company that is worth waiting for.

    Notes
    -----
    A function of the fleet and the instant alone: no plan is kept from tick to tick, so a recovered site decides as if
    it had never stopped. Work is bounded by `params.tick.iterations`.
    """
    trips: list[TripPlanned] = []
    rests: list[BreakStarted] = []
    for turn in _turns(fleet, site, roads, now_s, params):
        for leaving in turn.decision.leaving:
            name, stops = turn.couriers[leaving.courier].courier, [turn.orders[i] for i in leaving.orders]
            trips.append(_trip(fleet, turn.known, leaving, name, stops, trips))
        resting = [turn.couriers[j] for j in turn.decision.resting]
        rests += [BreakStarted(courier=x.courier, until_at_s=now_s + x.break_s) for x in resting]
    return (*trips, *rests)


class Why(Struct, frozen=True, kw_only=True):
    """
    Why an order leaves, or waits, at an instant.

    Parameters
    ----------
    courier
        Who takes it, or is planned to; None where nobody is.
    held
        Why it waits; None where it leaves.
    loads_s, slack_s
        When loading of its trip begins, and how much later that trip could leave with nobody late because of it; None
        where no trip is planned.
    reason, instead
        Where it leaves: what it adds to the plan, by term, and its best other place; and whose trip that would be.
    """

    courier: CourierId | None
    held: Hold | None
    loads_s: int | None
    slack_s: int | None
    reason: Reason | None = None
    instead: CourierId | None = None


def why(fleet: Fleet, *, site: Place, roads: RoadsOf, now_s: int, params: DispatchParams) -> dict[OrderId, Why]:
    """
    Explain what `plan` decides about each order, by order.

    Notes
    -----
    Decides once more, with reasons: a fleet that was folded from the journal up to an instant says why the trips that
    were written at that instant left, and why the others waited.
    """
    explained = structs.replace(params, tick=structs.replace(params.tick, explain=True))
    made: dict[OrderId, Why] = {}
    for turn in _turns(fleet, site, roads, now_s, explained):
        for i, held in turn.decision.held.items():
            waits = turn.decision.waits.get(i)
            made[turn.orders[i]] = Why(
                courier=None if waits is None else turn.couriers[waits.courier].courier,
                held=held,
                loads_s=None if waits is None else waits.loads_s,
                slack_s=None if waits is None else waits.slack_s,
            )
        for leaving in turn.decision.leaving:
            reasons = leaving.because or (None,) * len(leaving.orders)
            for i, reason in zip(leaving.orders, reasons, strict=True):
                other = None if reason is None else reason.other
                made[turn.orders[i]] = Why(
                    courier=turn.couriers[leaving.courier].courier,
                    held=None,
                    loads_s=now_s,
                    slack_s=leaving.slack_s,
                    reason=reason,
                    instead=None if other is None else turn.couriers[other.courier].courier,
                )
    return made


class _Turn(Struct, frozen=True):
    """One decision of an instant; orders and couriers by their rows."""

    known: Known
    orders: list[OrderId]
    couriers: list[OnDuty]
    decision: Decision


def _turns(fleet: Fleet, site: Place, roads: RoadsOf, now_s: int, params: DispatchParams) -> Iterator[_Turn]:
    """Decide, and where nothing more is being packed again, until nobody who is idle could take anything."""
    if not fleet.idle or not (fleet.ready or _rest_due(fleet, now_s)):
        return
    orders, couriers = sorted({**fleet.expected, **fleet.ready}), _couriers(fleet, now_s, params)
    tick = params.tick
    if not fleet.expected:  # nothing is being packed that could come along
        tick = structs.replace(tick, wait=structs.replace(tick.wait, rule="at_once"))
    leaves = True
    while leaves:
        known = _known(fleet, orders, couriers, site, roads, now_s, params)
        decision, _ = decide(known, last=(), params=tick, seed=now_s)
        yield _Turn(known, orders, couriers, decision)
        # Where nothing more is being packed nobody stands about while packed orders wait for somebody else's return.
        gone = {*(x.courier for x in decision.leaving), *decision.resting}
        idle = [x for j, x in enumerate(couriers) if x.courier in fleet.idle and j not in gone]
        leaves = bool(idle) and not fleet.expected and (bool(decision.leaving) or len(idle) < len(couriers))
        left = {i for x in decision.leaving for i in x.orders}
        couriers, orders = idle, [x for i, x in enumerate(orders) if i not in left]
        leaves = leaves and bool(orders)


def _rest_due(fleet: Fleet, now_s: int) -> bool:
    """Whether somebody stands at the site who could have a break now."""
    idle = (fleet.on_duty[x] for x in fleet.idle if x not in fleet.rested)
    return any(x.break_s and x.break_from_at_s <= now_s for x in idle)


def wanted(fleet: Fleet, *, site: Place, roads: RoadsOf, now_s: int, params: DispatchParams) -> dict[OrderId, int]:
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
    roads: RoadsOf,
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
    kinds = [(kind, speed) for speed, kind in sorted({(x.speed_mm_s, x.kind) for x in couriers})]
    free_s = [
        now_s if x.courier in fleet.idle else max(fleet.due_back.get(x.courier, x.on_at_s), now_s + 1)
        for x in couriers
    ]
    places = [site, *(x.at for x in rows)]
    free = travel_between(places, kinds=kinds, roads=roads)
    travel = (free.astype(np.int64) * fleet.pace.bp // ONE_BP).astype(np.int32)
    limits = courier_limits(couriers)
    if params.unfair_s:
        limits["carried"] = np.array([fleet.carried.get(x.courier, 0) for x in couriers], np.int64)
    if "break_s" in limits:
        limits["break_s"] = np.where([x.courier in fleet.rested for x in couriers], 0, limits["break_s"])
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
        kind=np.array([kinds.index((x.kind, x.speed_mm_s)) for x in couriers], np.int64),
        travel=travel,
        metres=lengths_between(places, kinds=kinds, roads=roads) if "range_m" in limits else None,
        order_more=_caps(ml, travel, params),
        courier_more=limits,
        past_placed_s=ready_s,
        past_ready_s=ready_s,
        past_due_s=due_s,
        past_ml=ml,
        loading_s=params.loading_s,
        service_s=params.service_s,
        prices=params.prices,
    )


def _caps(ml: NDArray[np.int64], travel: NDArray[np.int32], params: DispatchParams) -> dict[str, NDArray[np.int64]]:
    """Tell how long goods may be on board; who lives further away than that is ridden to straight."""
    rules = DayRules(chilled_on_board_s=params.chilled_on_board_s, frozen_on_board_s=params.frozen_on_board_s)
    if not len(travel) or not (rules.chilled_on_board_s or rules.frozen_on_board_s):
        return {}
    caps = [rules.on_board_s(chilled_ml=x, frozen_ml=y) for _, x, y in ml.tolist()]
    alone_s = travel[:, 0, 0, 1:].max(axis=0).astype(np.int64) + params.service_s
    return {"on_board_s": np.where([x is None for x in caps], NONE, np.maximum([x or 0 for x in caps], alone_s))}


def _etas(known: Known, leaving: Leaving) -> tuple[list[int], int]:
    """End of service at each door, and the return."""
    legs_s = known.travel[known.kind[leaving.courier], 0]
    place, clock_s, etas = 0, known.now_s + known.loading_s, []
    for i in leaving.orders:
        clock_s += int(legs_s[place, i + 1]) + known.service_s
        etas.append(clock_s)
        place = i + 1
    return etas, clock_s + int(legs_s[place, 0])

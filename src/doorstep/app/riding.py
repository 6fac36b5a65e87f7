"""Trips: decided once a tick, loaded, ridden, handed over."""

from doorstep.app.state import SiteState
from doorstep.base.chance import Chance
from doorstep.base.ids import CourierId, OrderId, TripId
from doorstep.core.dispatch import plan
from doorstep.core.order import handover
from doorstep.model.facts.orders import DropCollected, OrderHandedOver, OrderLoaded
from doorstep.model.facts.site import BreakEnded, BreakStarted
from doorstep.model.facts.work import CourierArrived, TripDeparted, TripEnded, TripPlanned
from doorstep.ports import Store


def dispatch(store: Store[SiteState], *, now_s: int) -> tuple[TripPlanned | BreakStarted, ...]:
    """Decide which trips leave now, and who has a break."""
    with store.transaction(now_s=now_s) as tx:
        state = tx.state
        decided = plan(
            state.fleet,
            site=state.place,
            roads=state.roads,
            now_s=now_s,
            params=state.params.dispatch,
        )
        tx.write(decided)
    return decided


def end_break(store: Store[SiteState], courier: CourierId, *, now_s: int) -> None:
    """Book that a courier is back from the break; who went home in it does not come back."""
    with store.transaction(now_s=now_s) as tx:
        if courier in tx.state.fleet.resting:
            tx.write([BreakEnded(courier=courier)])


def depart(store: Store[SiteState], trip: TripId, *, now_s: int) -> None:
    """Let the courier ride off with the loaded box."""
    with store.transaction(now_s=now_s) as tx:
        courier, orders = tx.state.fleet.trips[trip]
        if any(tx.state.orders.by_id[x].status != "packed" for x in orders):
            return
        tx.write(
            [
                *(
                    OrderLoaded(order=x, trip=trip, courier=courier, goods=tx.state.orders.by_id[x].goods())
                    for x in orders
                ),
                TripDeparted(trip=trip, courier=courier),
            ]
        )


def arrive(store: Store[SiteState], order: OrderId, trip: TripId, *, now_s: int) -> None:
    """Book that the courier stands at a door."""
    with store.transaction(now_s=now_s) as tx:
        tx.write([CourierArrived(order=order, trip=trip)])


def deliver(
    store: Store[SiteState],
    order: OrderId,
    *,
    trip: TripId,
    courier: CourierId,
    now_s: int,
    chance: Chance,
) -> OrderHandedOver | None:
    """
    Hand an order over, and give something back where it is late or goods had to be kept back.

    Returns
    -------
    The handover with its pickup code; None where it was handed over before.
    """
    with store.transaction(now_s=now_s) as tx:
        state = tx.state
        row = state.orders.by_id[order]
        if row.status != "carried":
            return None
        facts = handover.hand_over(
            row,
            trip=trip,
            courier=courier,
            orders=state.orders,
            recalled=state.where.recalled,
            now_s=now_s,
            chance=chance.child("code", order),
            params=state.params.order,
        )
        tx.write(facts)
    handed = facts[0]
    assert isinstance(handed, OrderHandedOver), "the handover comes first"
    return handed


def collect(store: Store[SiteState], order: OrderId, *, now_s: int) -> None:
    """Free a locker or a place on the shelf: the shopper took the bags."""
    with store.transaction(now_s=now_s) as tx:
        if tx.state.orders.by_id[order].place_held is not None:
            tx.write([DropCollected(order=order)])


def end_trip(store: Store[SiteState], trip: TripId, *, now_s: int) -> None:
    """Book that the courier is back."""
    with store.transaction(now_s=now_s) as tx:
        if trip in tx.state.fleet.trips:
            courier, left = tx.state.fleet.trips[trip]
            assert not left, "a trip ends when every order of it is handed over"
            tx.write([TripEnded(trip=trip, courier=courier)])

"""At the doorstep: to the person, on the shared shelf or into a locker."""

from collections.abc import Collection

from doorstep.base.chance import Chance
from doorstep.base.ids import CourierId, LotId, TripId
from doorstep.core.order.after import compensate, refund_recalled
from doorstep.core.order.life import Orders, OrderState
from doorstep.core.order.params import OrderParams
from doorstep.model.facts import Fact
from doorstep.model.facts.orders import OrderHandedOver
from doorstep.model.orders import Drop


def hand_over(
    state: OrderState,
    *,
    trip: TripId,
    courier: CourierId,
    orders: Orders,
    recalled: Collection[LotId],
    now_s: int,
    chance: Chance,
    params: OrderParams,
) -> tuple[Fact, ...]:
    """
    Hand an order over.

    Parameters
    ----------
    state
        An order on board of this trip.
    recalled
        Lots that may not reach a doorstep any more.
    chance
        Where the pickup code comes from.

    Returns
    -------
    The handover, with a compensation where it is late and refunds for what was kept back. A full locker or shelf
    falls back to the next contactless place, and at last to the door.
    """
    assert state.status == "carried", "only what is on board can be handed over"
    goods = state.goods()
    drop = _place(state.drop, orders, params)
    late_s = max(0, now_s - state.quote.promised_at_s)
    handed = OrderHandedOver(
        order=state.order,
        trip=trip,
        courier=courier,
        drop=drop,
        goods=tuple(x for x in goods if x.lot not in recalled),
        kept_back=tuple(x for x in goods if x.lot in recalled),
        late_s=late_s,
        pay_fen=params.courier_pay_fen,
        code="" if drop == "door" else f"{chance.below(1_000_000):06d}",
    )
    facts: list[Fact] = [handed]
    given_fen = 0
    for x in handed.kept_back:
        refunds = refund_recalled(state, x.lot, orders=orders, already_fen=given_fen, refunds=len(facts) - 1)
        given_fen += sum(r.amount_fen for r in refunds)
        facts += refunds
    if late_s:
        facts += compensate(state, late_s=late_s, already_fen=given_fen, refunds=len(facts) - 1, params=params)
    return tuple(facts)


def _place(asked: Drop, orders: Orders, params: OrderParams) -> Drop:
    locker_free = orders.locker_used < params.locker_doors
    shelf_free = orders.shelf_used < params.shelf_places
    if asked == "locker" and locker_free:
        return "locker"
    if asked in ("locker", "shelf") and shelf_free:
        return "shelf"
    if asked == "shelf" and locker_free:
        return "locker"
    return "door"

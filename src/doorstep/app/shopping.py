"""A shopper at the shop: quote, leave, place, pay."""

from collections.abc import Sequence
from typing import Literal

from doorstep.app.state import SiteState
from doorstep.base.errors import GatewayTimeout
from doorstep.base.ids import OrderId
from doorstep.core.order import admit, leave, price
from doorstep.core.payment import authorised
from doorstep.core.promise import NoPromise, promise
from doorstep.core.stock import Allotment
from doorstep.model.facts.orders import BasketRefused, Quoted
from doorstep.model.orders import Basket, PlaceOrder
from doorstep.ports import Gateway, Store


def ask_quote(store: Store[SiteState], basket: Basket, *, now_s: int) -> Quoted | BasketRefused:
    """Answer a basket with a price and a promise, or say why not. Either way it is a fact."""
    with store.transaction(now_s=now_s) as tx:
        answer = _quote(tx.state, basket, now_s)
        tx.write([answer])
    return answer


def _quote(state: SiteState, basket: Basket, now_s: int) -> Quoted | BasketRefused:
    params, skus, opened = state.params, state.orders.skus, state.opened
    assert opened is not None, "a site is opened before it is visited"
    latest_s = now_s + params.order.shelf_ahead_s
    priced = price.price_basket(
        basket,
        skus=skus,
        free_of=lambda x: state.shelf.free_of(x, due_s=latest_s, min_life_s=skus[x].min_life_s),
        can_carry=state.fleet.can_carry,
        closed=state.closed or not opened.opens_at_s <= now_s < opened.closes_at_s,
        params=params.order,
    )
    if not isinstance(priced, price.Priced):
        return priced
    ride_s = state.roads("ebike").seconds(state.place, basket.at, speed_mm_s=params.promise.speed_mm_s)
    promised = promise(state.load, lines=len(priced.can_have), ride_s=ride_s, now_s=now_s, params=params.promise)
    if isinstance(promised, NoPromise):
        return price.refuse(basket, "no_promise", skus=skus)
    return price.quote(
        basket,
        priced,
        promised_at_s=promised.promised_at_s,
        p_kept_bp=promised.p_kept_bp,
        why=promised.why,
        now_s=now_s,
        params=params.order,
    )


def leave_quote(
    store: Store[SiteState],
    order: OrderId,
    *,
    cause: Literal["promise", "missing", "price", "other"],
    now_s: int,
) -> None:
    """Record that a shopper saw a quote and left."""
    with store.transaction(now_s=now_s) as tx:
        tx.write(leave.abandon(tx.state.orders, order, cause=cause))


def place_orders(
    store: Store[SiteState], commands: Sequence[PlaceOrder], *, now_s: int
) -> tuple[admit.Admission, ...]:
    """Admit everything that is waiting, in one decision."""
    with store.transaction(now_s=now_s) as tx:
        state = tx.state
        answers = admit.place(
            commands,
            orders=state.orders,
            holds=Allotment(state.shelf),
            now_s=now_s,
            params=state.params.order,
        )
        for x in answers:
            tx.write(x.facts)
    return answers


def pay(
    store: Store[SiteState], gateway: Gateway, order: OrderId, *, now_s: int
) -> Literal["paid", "declined", "unknown"]:
    """
    Ask the gateway to hold the estimate.

    Returns
    -------
    ``"unknown"`` where the gateway gave no answer; the sweeper asks again until the order's time to pay is over.
    """
    with store.transaction(now_s=now_s) as tx:
        hold = tx.state.payments.by_order[order]
        asked = order in tx.state.payments.to_authorise
    if not asked:
        return "paid" if hold.authorised_fen or hold.captured_fen else "declined"
    try:
        ok = gateway.authorise(order, amount_fen=hold.est_fen, now_s=now_s)
    except GatewayTimeout:
        return "unknown"
    with store.transaction(now_s=now_s) as tx:
        state = tx.state
        fact = authorised(state.payments.by_order[order], ok=ok)
        if fact is not None and order in state.payments.to_authorise:
            tx.write([fact])
            if not ok:
                tx.write([leave.cancel(state.orders, order, cause="declined")])
    return "paid" if ok else "declined"

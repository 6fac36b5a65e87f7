"""How baskets and orders end before the door."""

from typing import Literal

from doorstep.base.ids import OrderId
from doorstep.core.order.life import Orders
from doorstep.model.facts import Fact
from doorstep.model.facts.orders import BasketAbandoned, OrderCancelled, QuoteLapsed


def abandon(
    orders: Orders, order: OrderId, *, cause: Literal["promise", "missing", "price", "other"]
) -> tuple[Fact, ...]:
    """Let a quote go; nothing where it was answered or lapsed before."""
    state = orders.by_id[order]
    if state.status != "quoted":
        return ()
    lost_fen = sum(orders.skus[x.sku].fen(x.amount) for x in state.quote.lines)
    return (BasketAbandoned(order=order, cause=cause, lost_fen=lost_fen),)


def cancel(orders: Orders, order: OrderId, *, cause: Literal["declined", "unpaid", "nothing_left"]) -> OrderCancelled:
    """End an order and put what is set aside for it on the shelf again."""
    return OrderCancelled(order=order, cause=cause, held=orders.by_id[order].held())


def overdue(orders: Orders, *, now_s: int) -> tuple[Fact, ...]:
    """Quotes that nobody answered in time, in order of the quote."""
    return tuple(
        QuoteLapsed(order=x)
        for x in orders.unsettled
        if orders.by_id[x].status == "quoted" and orders.by_id[x].quote.lapses_at_s < now_s
    )

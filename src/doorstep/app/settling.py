"""What must be asked of the gateway, once now and again by the sweeper until it answers."""

from doorstep.app.shopping import pay
from doorstep.app.state import SiteState
from doorstep.base.errors import GatewayTimeout
from doorstep.base.ids import OrderId, RefundId
from doorstep.core.order import leave
from doorstep.core.payment import captured, refunded, voided
from doorstep.ports import Gateway, Store


def capture(store: Store[SiteState], gateway: Gateway, order: OrderId, *, now_s: int) -> None:
    """Take what was weighed; where the gateway gives no answer, the row stays for the sweeper."""
    with store.transaction(now_s=now_s) as tx:
        if order not in tx.state.payments.to_capture:
            return
        due_fen = tx.state.payments.by_order[order].due_fen
    try:
        gateway.capture(order, amount_fen=due_fen, now_s=now_s)
    except GatewayTimeout:
        return
    with store.transaction(now_s=now_s) as tx:
        fact = captured(tx.state.payments.by_order[order])
        if fact is not None:
            tx.write([fact])


def void(store: Store[SiteState], gateway: Gateway, order: OrderId, *, now_s: int) -> None:
    """Give a hold back."""
    try:
        gateway.void(order, now_s=now_s)
    except GatewayTimeout:
        return
    with store.transaction(now_s=now_s) as tx:
        if order in tx.state.payments.to_void:
            tx.write([voided(tx.state.payments.by_order[order])])


def refund(store: Store[SiteState], gateway: Gateway, refund_id: RefundId, *, now_s: int) -> None:
    """Pay a refund that is due, after the capture it gives back from."""
    with store.transaction(now_s=now_s) as tx:
        due = tx.state.payments.to_refund[refund_id]
        if not tx.state.payments.by_order[due.order].captured_fen:
            return
    try:
        gateway.refund(due.refund, order=due.order, amount_fen=due.amount_fen, now_s=now_s)
    except GatewayTimeout:
        return
    with store.transaction(now_s=now_s) as tx:
        if refund_id in tx.state.payments.to_refund:
            tx.write([refunded(due)])


def sweep(store: Store[SiteState], gateway: Gateway, *, now_s: int) -> None:
    """Advance everything whose time has come: quotes, unpaid orders, payments, captures, voids, refunds."""
    with store.transaction(now_s=now_s) as tx:
        state = tx.state
        tx.write(leave.overdue(state.orders, now_s=now_s))
        rows = state.payments
        late = [x for x in rows.to_authorise if rows.by_order[x].pay_by_s < now_s]
        tx.write([leave.cancel(state.orders, x, cause="unpaid") for x in late])
    with store.transaction(now_s=now_s) as tx:
        rows = tx.state.payments
        to_pay, to_capture = list(rows.to_authorise), list(rows.to_capture)
        to_void, to_refund = list(rows.to_void), list(rows.to_refund)
    for order in to_pay:
        pay(store, gateway, order, now_s=now_s)
    for order in to_capture:
        capture(store, gateway, order, now_s=now_s)
    for order in to_void:
        void(store, gateway, order, now_s=now_s)
    for refund_id in to_refund:
        refund(store, gateway, refund_id, now_s=now_s)

"""After the handover: claims, recalls and lateness become refunds, each with its reason in the record."""

from doorstep.base.ids import LotId, RefundId
from doorstep.core.order.life import Orders, OrderState
from doorstep.core.order.params import OrderParams
from doorstep.model.facts import Fact
from doorstep.model.facts.money import RefundCause, RefundDue
from doorstep.model.facts.orders import ClaimMade, ClaimRefused, ShopperTold


def claim(
    made: ClaimMade, state: OrderState | None, *, orders: Orders, now_s: int, params: OrderParams
) -> tuple[Fact, ...]:
    """
    Answer a claim from the record.

    Parameters
    ----------
    state
        The order it is about, or None where there is none of that name.

    Returns
    -------
    The claim, and a `RefundDue` for what was paid for the line and not given back yet; or `ClaimRefused` with its
    cause.
    """
    line = state.lines.get(made.line) if state else None
    if state is None or state.status != "delivered":
        return made, ClaimRefused(claim=made.claim, order=made.order, cause="not_delivered")
    if line is None or not line.picked:
        return made, ClaimRefused(claim=made.claim, order=made.order, cause="no_such_line")
    if now_s > state.delivered_at_s + params.claim_within_s:
        return made, ClaimRefused(claim=made.claim, order=made.order, cause="too_late")
    left_fen = min(orders.line_fen(line) - line.refunded_fen, state.due_fen - state.refunded_fen)
    if left_fen <= 0:
        return made, ClaimRefused(claim=made.claim, order=made.order, cause="already_refunded")
    return made, _refund(state, left_fen, cause="claim", ref=made.claim, line=made.line, refunds=0)


def refund_recalled(
    state: OrderState, lot: LotId, *, orders: Orders, already_fen: int = 0, refunds: int = 0
) -> tuple[RefundDue, ...]:
    """
    Give back what was paid for the goods of a recalled lot.

    Parameters
    ----------
    already_fen, refunds
        What the same decision gives back of this order already, and in how many refunds.

    Returns
    -------
    One refund a line, never more than was paid for it, nor than what is left of the order's payment.
    """
    facts: list[RefundDue] = []
    for line in state.lines.values():
        paid_fen = sum(fen for x, fen in zip(line.picked, orders.parts_fen(line), strict=True) if x.lot == lot)
        given = already_fen + sum(x.amount_fen for x in facts)
        left_fen = min(
            paid_fen,
            orders.line_fen(line) - line.refunded_fen,
            state.due_fen - state.refunded_fen - given,
        )
        if left_fen > 0:
            facts.append(
                _refund(state, left_fen, cause="recall", ref=lot, line=line.line, refunds=refunds + len(facts))
            )
    return tuple(facts)


def compensate(
    state: OrderState, *, late_s: int, already_fen: int, refunds: int, params: OrderParams
) -> tuple[Fact, ...]:
    """Give something back for a late order: more for a long wait, never more than is left of its payment."""
    owed_fen = params.late_large_fen if late_s > params.late_large_s else params.late_small_fen
    left_fen = min(owed_fen, state.due_fen - state.refunded_fen - already_fen)
    told = ShopperTold(order=state.order, about="late")
    if left_fen <= 0:
        return (told,)
    return told, _refund(state, left_fen, cause="late", ref=state.order, line=0, refunds=refunds)


def _refund(state: OrderState, amount_fen: int, *, cause: RefundCause, ref: str, line: int, refunds: int) -> RefundDue:
    return RefundDue(
        refund=RefundId(f"{state.order}-r{state.refunds + refunds + 1}"),
        order=state.order,
        amount_fen=amount_fen,
        cause=cause,
        ref=ref,
        line=line,
    )

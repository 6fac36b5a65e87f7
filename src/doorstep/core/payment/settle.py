"""What the gateway's answers mean for the books."""

from doorstep.core.payment.accounts import Hold
from doorstep.model.facts.money import (
    PaymentAuthorised,
    PaymentCaptured,
    PaymentDeclined,
    PaymentVoided,
    RefundDue,
    RefundPaid,
    StatementRead,
)
from doorstep.model.money import Statement


def authorised(hold: Hold, *, ok: bool) -> PaymentAuthorised | PaymentDeclined | None:
    """Book the answer to an authorisation; None where it was booked before (a callback may come twice)."""
    if hold.authorised_fen or hold.captured_fen:
        return None
    kind = PaymentAuthorised if ok else PaymentDeclined
    return kind(order=hold.order, amount_fen=hold.est_fen)


def captured(hold: Hold) -> PaymentCaptured | None:
    """Book the capture of what was weighed and give the rest of the hold back; None where that was done before."""
    if hold.captured_fen:
        return None
    assert hold.due_fen <= hold.authorised_fen, "nobody agreed to pay more than the estimate"
    return PaymentCaptured(order=hold.order, amount_fen=hold.due_fen, released_fen=hold.authorised_fen - hold.due_fen)


def voided(hold: Hold) -> PaymentVoided:
    """Book that the hold was given back; zero where the gateway never held anything for us."""
    return PaymentVoided(order=hold.order, amount_fen=hold.authorised_fen)


def refunded(due: RefundDue) -> RefundPaid:
    """Book that the gateway paid a refund."""
    return RefundPaid(refund=due.refund, order=due.order, amount_fen=due.amount_fen)


def statement(read: Statement) -> StatementRead:
    """Put the gateway's own sums into the journal, so that the close can be checked without the gateway."""
    return StatementRead(
        held_fen=read.held_fen,
        captured_fen=read.captured_fen,
        refunded_fen=read.refunded_fen,
        orders=read.orders,
    )

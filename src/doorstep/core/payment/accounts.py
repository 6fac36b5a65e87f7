"""What each order's payment has been through, and what is still to be asked of the gateway."""

from typing import ClassVar

from doorstep.base.ids import OrderId, RefundId
from doorstep.model.facts import Fact
from doorstep.model.facts.money import (
    PaymentAuthorised,
    PaymentCaptured,
    PaymentDeclined,
    PaymentVoided,
    RefundDue,
    RefundPaid,
)
from doorstep.model.facts.orders import OrderCancelled, OrderPacked, OrderPlaced


class Hold:
    """One order's money in fen: what was asked, held, to be taken and taken."""

    __slots__ = ("authorised_fen", "captured_fen", "due_fen", "est_fen", "order", "pay_by_s")

    def __init__(self, order: OrderId, *, est_fen: int, pay_by_s: int) -> None:
        self.order, self.est_fen, self.pay_by_s = order, est_fen, pay_by_s
        self.authorised_fen = self.due_fen = self.captured_fen = 0


class Payments:
    """
    All payments of a day. The three `to_…` tables are what the sweeper works off: deadline rows.

    Each row stays until the gateway has answered, so a time-out is asked again with the same key.
    """

    hears: ClassVar[frozenset[type[Fact]]] = frozenset(
        {
            OrderCancelled,
            OrderPacked,
            OrderPlaced,
            PaymentAuthorised,
            PaymentCaptured,
            PaymentDeclined,
            PaymentVoided,
            RefundDue,
            RefundPaid,
        }
    )

    __slots__ = ("by_order", "to_authorise", "to_capture", "to_refund", "to_void")

    def __init__(self) -> None:
        self.by_order: dict[OrderId, Hold] = {}
        self.to_authorise: dict[OrderId, None] = {}
        self.to_capture: dict[OrderId, None] = {}
        self.to_void: dict[OrderId, None] = {}
        self.to_refund: dict[RefundId, RefundDue] = {}

    def apply(self, fact: Fact) -> None:
        """Let a fact happen to the payments."""
        match fact:
            case OrderPlaced():
                self.by_order[fact.order] = Hold(fact.order, est_fen=fact.est_fen, pay_by_s=fact.pay_by_s)
                self.to_authorise[fact.order] = None
            case PaymentAuthorised():
                self.by_order[fact.order].authorised_fen = fact.amount_fen
                self.to_authorise.pop(fact.order, None)
            case PaymentDeclined():
                self.to_authorise.pop(fact.order, None)
            case OrderPacked():
                self.by_order[fact.order].due_fen = fact.due_fen
                self.to_capture[fact.order] = None
            case OrderCancelled():
                self.to_authorise.pop(fact.order, None)
                if fact.cause != "declined":
                    # Also where no answer came: the gateway may hold money that we do not know of.
                    self.to_void[fact.order] = None
            case PaymentCaptured():
                hold = self.by_order[fact.order]
                hold.captured_fen, hold.authorised_fen = fact.amount_fen, 0
                self.to_capture.pop(fact.order, None)
            case PaymentVoided():
                self.by_order[fact.order].authorised_fen = 0
                self.to_void.pop(fact.order, None)
            case RefundDue():
                self.to_refund[fact.refund] = fact
            case RefundPaid():
                self.to_refund.pop(fact.refund, None)
            case _:
                pass

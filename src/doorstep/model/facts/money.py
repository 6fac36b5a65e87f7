"""Facts about fen."""

from typing import Literal

from doorstep.base.ids import OrderId, RefundId
from doorstep.model.facts.base import Fact

RefundCause = Literal["claim", "recall", "late"]


class PaymentAuthorised(Fact, frozen=True, kw_only=True):
    """The gateway holds the estimate for us."""

    order: OrderId
    amount_fen: int


class PaymentDeclined(Fact, frozen=True, kw_only=True):
    """The gateway said no."""

    order: OrderId
    amount_fen: int


class PaymentVoided(Fact, frozen=True, kw_only=True):
    """The hold was given back untouched."""

    order: OrderId
    amount_fen: int


class PaymentCaptured(Fact, frozen=True, kw_only=True):
    """The shopper paid what was weighed; the rest of the hold is given back."""

    order: OrderId
    amount_fen: int
    released_fen: int


class RefundDue(Fact, frozen=True, kw_only=True):
    """
    We owe a shopper money.

    Parameters
    ----------
    refund
        Its name, and the key under which the gateway pays it at most once.
    cause, ref
        Why, and what stands for it in the record: the claim, the recalled lot, or the order that was late.
    line
        The line it is for; 0 for the order as a whole.
    """

    refund: RefundId
    order: OrderId
    amount_fen: int
    cause: RefundCause
    ref: str
    line: int = 0


class RefundPaid(Fact, frozen=True, kw_only=True):
    """The gateway paid a refund."""

    refund: RefundId
    order: OrderId
    amount_fen: int


class StatementRead(Fact, frozen=True, kw_only=True):
    """The gateway's own sums for the day, in fen: what it holds, took and gave back."""

    held_fen: int
    captured_fen: int
    refunded_fen: int
    orders: int

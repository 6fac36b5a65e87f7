"""authorise, capture, refund; every fen accounted for"""

from doorstep.core.payment.accounts import Hold, Payments
from doorstep.core.payment.settle import authorised, captured, refunded, statement, voided

__all__ = ["Hold", "Payments", "authorised", "captured", "refunded", "statement", "voided"]

"""The accounts between which money and goods move."""

from typing import Final, Literal

from doorstep.model.transfer import Account

AccountClass = Literal["outside", "may_stay", "must_be_zero"]

CLASS_OF: Final[dict[Account, AccountClass]] = {
    # Outside: the world beyond our walls. May be below or off zero.
    "supplier": "outside",
    "delivered": "outside",
    "returned_to_supplier": "outside",
    "waste": "outside",
    "donated": "outside",
    "lost": "outside",
    "purse": "outside",
    "revenue": "outside",
    "courier_pay": "outside",
    # Inside, never below zero; what may be there when the day closes …
    "shelf": "may_stay",
    "inbound": "may_stay",  # goods still on a truck
    # … and what must be gone.
    "reserved": "must_be_zero",
    "picked": "must_be_zero",
    "carried": "must_be_zero",
    "escrow": "must_be_zero",
    "refund_due": "must_be_zero",
}
"""Each account with its class. Goods: supplier → inbound → shelf → reserved → picked → carried → delivered."""

"""A movement of money or goods between two accounts."""

from typing import Literal

from msgspec import Struct, field

Account = Literal[
    "supplier",
    "inbound",
    "shelf",
    "reserved",
    "picked",
    "carried",
    "delivered",
    "returned_to_supplier",
    "waste",
    "donated",
    "lost",
    "purse",
    "escrow",
    "revenue",
    "refund_due",
    "courier_pay",
]


class Transfer(Struct, frozen=True):
    """`amount` (above zero) of an asset goes from one account to another. Assets are ``fen`` and ``lot:<id>``."""

    amount: int
    asset: str
    source: Account = field(name="from")
    target: Account = field(name="to")

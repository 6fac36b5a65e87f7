"""What a payment gateway tells us."""

from msgspec import Struct


class Statement(Struct, frozen=True, kw_only=True):
    """
    The gateway's own sums of a day, in fen.

    `held_fen` is still held for us, `captured_fen` was taken from shoppers, `refunded_fen` given back to them;
    `orders` counts the orders with a capture.
    """

    held_fen: int
    captured_fen: int
    refunded_fen: int
    orders: int

"""The payment gateway: it acts at most once for each key, and it keeps its own statement."""

from typing import Protocol

from doorstep.model.money import Statement


class Gateway(Protocol):
    """
    What we ask of a gateway.

    Calls may raise `GatewayTimeout`: then the call may or may not have happened, and the same call with the same key
    finds out. Amounts in fen.
    """

    def authorise(self, key: str, *, amount_fen: int, now_s: int) -> bool:
        """Hold an amount of the shopper's; False where the shopper's bank says no."""

    def capture(self, key: str, *, amount_fen: int, now_s: int) -> None:
        """Take up to what is held under `key`; the rest is given back."""

    def void(self, key: str, *, now_s: int) -> None:
        """Give back what is held under `key`, if anything."""

    def refund(self, key: str, *, order: str, amount_fen: int, now_s: int) -> None:
        """Give back part of what was captured for an order; `key` names this refund."""

    def statement(self, *, now_s: int) -> Statement:
        """Return the gateway's own sums of the day."""

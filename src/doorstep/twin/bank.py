"""The twin's payment gateway: acts at most once a key, forgets to answer now and then, keeps its own statement."""

from collections.abc import Iterator
from contextlib import contextmanager

from doorstep.base.chance import Chance
from doorstep.base.errors import GatewayTimeout
from doorstep.model.money import Statement


class Bank:
    """
    Implements `ports.Gateway`.

    Parameters
    ----------
    decline_bp
        How often a shopper's bank says no.
    timeout_bp
        How often a call gets no answer; in half of these it was carried out all the same.
    """

    def __init__(self, chance: Chance, *, decline_bp: int, timeout_bp: int) -> None:
        self._chance, self._decline_bp, self.timeout_bp = chance, decline_bp, timeout_bp
        self.held: dict[str, int] = {}
        self.captured: dict[str, int] = {}
        self.refunded: dict[str, tuple[str, int]] = {}
        self._answers: dict[str, bool] = {}
        self._voided: dict[str, None] = {}
        self._calls = 0

    def authorise(self, key: str, *, amount_fen: int, now_s: int) -> bool:
        """Hold an amount; the same key gets the same answer."""
        del now_s
        with self._line():
            if key not in self._answers:
                declined = self._chance.child("decline", key).happens(self._decline_bp)
                self._answers[key] = not declined and key not in self._voided
                if self._answers[key]:
                    self.held[key] = amount_fen
        return self._answers[key]

    def capture(self, key: str, *, amount_fen: int, now_s: int) -> None:
        """Take what is due and give the rest back."""
        del now_s
        with self._line():
            if key not in self.captured:
                assert amount_fen <= self.held[key], "a capture never exceeds its hold"
                del self.held[key]
                self.captured[key] = amount_fen

    def void(self, key: str, *, now_s: int) -> None:
        """Give a hold back, and never hold anything under this key again."""
        del now_s
        with self._line():
            self._voided[key] = None
            self.held.pop(key, None)

    def refund(self, key: str, *, order: str, amount_fen: int, now_s: int) -> None:
        """Give back part of a capture."""
        del now_s
        with self._line():
            if key not in self.refunded:
                given = sum(fen for of, fen in self.refunded.values() if of == order)
                assert given + amount_fen <= self.captured[order], "nobody gets back more than they paid"
                self.refunded[key] = (order, amount_fen)

    def statement(self, *, now_s: int) -> Statement:
        """Sum up the day."""
        del now_s
        return Statement(
            held_fen=sum(self.held.values()),
            captured_fen=sum(self.captured.values()),
            refunded_fen=sum(fen for _, fen in self.refunded.values()),
            orders=len(self.captured),
        )

    @contextmanager
    def _line(self) -> Iterator[None]:
        """Connect; the line may break before or after the work inside is done."""
        self._calls += 1
        draw = self._chance.child("call", self._calls) if self.timeout_bp else None
        broken = draw is not None and draw.happens(self.timeout_bp)
        if broken and draw is not None and draw.happens(5_000):
            raise GatewayTimeout("no answer from the payment gateway")
        yield
        if broken:
            raise GatewayTimeout("no answer from the payment gateway")

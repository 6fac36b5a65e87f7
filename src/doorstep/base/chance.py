"""Chance as an argument: a seeded tree of streams."""

from bisect import bisect_right
from collections.abc import Sequence
from hashlib import blake2b
from statistics import NormalDist
from typing import Final

_NORMAL: Final = NormalDist()
_ULP: Final = 2.0**-53  # a double has 53 bits


class Chance:
    """
    One stream of a seeded tree.

    A child's stream depends on the seed and its path only, never on what was drawn elsewhere, so a new draw in
    one place moves nothing in another.

    Notes
    -----
    Draw n of a stream is the keyed BLAKE2b hash of n: the same on every machine and in every version of Python, and
    a stream costs nothing to begin (most have one or two draws).
    """

    __slots__ = ("_drawn", "_key")

    def __init__(self, seed: int) -> None:
        self._key = blake2b(str(seed).encode(), digest_size=16).digest()
        self._drawn = 0

    def child(self, *path: str | int) -> "Chance":
        """Return the stream at `path` below this one."""
        below = Chance.__new__(Chance)
        label = "\0".join(map(str, path)).encode()
        below._key = blake2b(label, digest_size=16, key=self._key).digest()  # noqa: SLF001 our own class
        below._drawn = 0  # noqa: SLF001 our own class
        return below

    def uniform(self) -> float:
        """Draw from [0, 1)."""
        self._drawn += 1
        drawn = blake2b(self._drawn.to_bytes(8, "big"), digest_size=8, key=self._key).digest()
        return (int.from_bytes(drawn, "big") >> 11) * _ULP

    def happens(self, probability_bp: int) -> bool:
        """Draw true with a probability in basis points, 0 to 10,000."""
        return self.uniform() * 10_000 < probability_bp

    def below(self, end: int) -> int:
        """Draw an integer from 0 to `end` - 1."""
        assert end >= 1, "there is nothing below zero"
        return int(self.uniform() * end)

    def between(self, low: int, high: int) -> int:
        """Draw an integer from `low` to `high`, both possible."""
        return low + self.below(high - low + 1)

    def normal(self) -> float:
        """Draw from the standard normal distribution."""
        return _NORMAL.inv_cdf(max(self.uniform(), 1e-12))

    def weighted(self, cumulative: Sequence[int]) -> int:
        """Draw an index in proportion to weights given as their running sums (the last is the total)."""
        return bisect_right(cumulative, self.uniform() * cumulative[-1])

"""Travel times out of a table that somebody made: a net, a map server, or a file of one's own."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from doorstep.model.people import Place
from doorstep.roads.straight import Straight

NONE: Final = -1


class Table:
    """
    Ride as long as a table says.

    Parameters
    ----------
    rows
        The row, and the column, of each place.
    seconds, metres
        Shape (places, places); -1 where there is no way.
    straight
        What to do where the table has no way, or a place is none of its own.

    Notes
    -----
    A table is of one speed: whoever rides by it has made sure that it is theirs.
    """

    def __init__(
        self,
        rows: Mapping[Place, int],
        seconds: NDArray[np.int32],
        metres: NDArray[np.int32],
        *,
        straight: Straight | None = None,
    ) -> None:
        self._rows, self._seconds, self._metres = rows, seconds, metres
        self.straight = straight or Straight()

    @property
    def without_way(self) -> int:
        """How many pairs of different places the table has no way for."""
        return int((self._seconds == NONE).sum()) - int((np.diagonal(self._seconds) == NONE).sum())

    def seconds(self, a: Place, b: Place, *, speed_mm_s: int) -> int:
        """Travel time in seconds."""
        if a == b:
            return 0
        found = (
            NONE if a not in self._rows or b not in self._rows else int(self._seconds[self._rows[a], self._rows[b]])
        )
        return self.straight.seconds(a, b, speed_mm_s=speed_mm_s) if found == NONE else found

    def seconds_between(self, places: Sequence[Place], *, speed_mm_s: int) -> NDArray[np.int32]:
        """Travel times between all of these places, shape (from, to), each the same as `seconds` gives."""
        found = self._between(places, self._seconds)
        missing = found == NONE
        if missing.any():
            found[missing] = self.straight.seconds_between(places, speed_mm_s=speed_mm_s)[missing]
        return found

    def lengths_between(self, places: Sequence[Place], *, speed_mm_s: int) -> NDArray[np.int32]:
        """Metres of these ways, shape (from, to)."""
        found = self._between(places, self._metres)
        missing = found == NONE
        if missing.any():
            found[missing] = self.straight.lengths_between(places, speed_mm_s=speed_mm_s)[missing]
        return found

    def _between(self, places: Sequence[Place], table: NDArray[np.int32]) -> NDArray[np.int32]:
        """Take what the table has; nobody rides from a place to itself."""
        at = np.array([self._rows.get(x, NONE) for x in places], np.int64)
        found = np.where((at[:, None] == NONE) | (at[None] == NONE), NONE, table[np.ix_(at, at)]).astype(np.int32)
        names = {x: n for n, x in enumerate(places)}
        same = np.array([names[x] for x in places])
        found[same[:, None] == same[None]] = 0
        return found

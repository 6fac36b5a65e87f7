"""Roads asked beforehand: the rides among a day's places, from a table."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from doorstep.model.people import Place
from doorstep.roads.between import Roads


class Prepared:
    """
    Answer as other roads do, from a table where both places are known beforehand.

    Parameters
    ----------
    roads
        Who answers for other places, and makes the tables: one at the first question for a speed, O(places²).
    places
        Known beforehand.

    Notes
    -----
    A decision every half minute asks for all rides among some forty places; along streets that is a Dijkstra each.
    """

    def __init__(self, roads: Roads, places: Sequence[Place]) -> None:
        self._roads, self._places = roads, list(dict.fromkeys(places))
        self._rows = {x: i for i, x in enumerate(self._places)}
        self._seconds: dict[int, NDArray[np.int32]] = {}
        self._metres: dict[int, NDArray[np.int32]] = {}

    def seconds(self, a: Place, b: Place, *, speed_mm_s: int) -> int:
        """Travel time in seconds; only speeds that a table was asked for have one."""
        table = self._seconds.get(speed_mm_s)
        if table is None or a not in self._rows or b not in self._rows:
            return self._roads.seconds(a, b, speed_mm_s=speed_mm_s)
        return int(table[self._rows[a], self._rows[b]])

    def seconds_between(self, places: Sequence[Place], *, speed_mm_s: int) -> NDArray[np.int32]:
        """Travel times between all of these places, shape (from, to), each the same as `seconds` gives."""
        return self._between(
            places, self._seconds, speed_mm_s, lambda x: self._roads.seconds_between(x, speed_mm_s=speed_mm_s)
        )

    def lengths_between(self, places: Sequence[Place], *, speed_mm_s: int) -> NDArray[np.int32]:
        """Metres of these ways, shape (from, to)."""
        return self._between(
            places, self._metres, speed_mm_s, lambda x: self._roads.lengths_between(x, speed_mm_s=speed_mm_s)
        )

    def _between(
        self,
        places: Sequence[Place],
        tables: dict[int, NDArray[np.int32]],
        speed_mm_s: int,
        ask: Callable[[Sequence[Place]], NDArray[np.int32]],
    ) -> NDArray[np.int32]:
        """Take what the table of a speed has, made now where nobody asked before; ask the roads for other places."""
        if any(x not in self._rows for x in places):
            return ask(places)
        if speed_mm_s not in tables:
            tables[speed_mm_s] = ask(self._places)
        rows = np.array([self._rows[x] for x in places], np.int64)
        return tables[speed_mm_s][np.ix_(rows, rows)]

"""What those who plan ask of roads, whether there is a map or not."""

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from doorstep.model.people import CourierKind, Place


class Roads(Protocol):
    """
    Travel times between places.

    `Straight` rides straight there times a detour; `doorstep.roads.streets.Streets` rides along the streets of a map,
    and straight where there is none. Both always have an answer.
    """

    def seconds(self, a: Place, b: Place, *, speed_mm_s: int) -> int:
        """
        Travel time in seconds, rounded half up.

        Parameters
        ----------
        speed_mm_s
            How fast they go where nothing hinders them, at least 1.
        """

    def seconds_between(self, places: Sequence[Place], *, speed_mm_s: int) -> NDArray[np.int32]:
        """
        Travel times between all of these places, each the same as `seconds` gives.

        Returns
        -------
        Shape (from, to), in the order of `places`, zeros on the diagonal.
        """

    def lengths_between(self, places: Sequence[Place], *, speed_mm_s: int) -> NDArray[np.int32]:
        """
        Metres of the ways that take these times, rounded half up.

        Returns
        -------
        Shape (from, to), in the order of `places`, zeros on the diagonal.
        """


RoadsOf = Callable[[CourierKind], Roads]
"""What each kind of courier goes by."""


class Map(Struct, frozen=True, kw_only=True):
    """
    What the couriers of a site go by, where that is a map.

    Parameters
    ----------
    digest
        SHA-256 of its file, hexadecimal: a day is explained by the map that it was lived by.
    """

    roads: RoadsOf
    digest: str

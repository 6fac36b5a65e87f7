"""A server that knows streets: times and lengths between places, as many as are asked for."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from doorstep.model.people import Place


class Tables(Struct, frozen=True, kw_only=True, eq=False):
    """
    What a server answered.

    Parameters
    ----------
    seconds, metres
        Shape (from, to), -1 where there is no way.
    off_m
        How far each place is from its street, metres, NaN where the server does not say; shape (places,).
    lost
        Indices of the places that the server finds no street for.
    asked
        How many requests it took.
    """

    seconds: NDArray[np.float64]
    metres: NDArray[np.float64]
    off_m: NDArray[np.float64]
    lost: tuple[int, ...]
    asked: int


class MapServer(Protocol):
    """What we ask of OSRM, Valhalla or the like."""

    def tables(self, places: Sequence[Place]) -> Tables:
        """
        Ask for times and lengths between all of these places.

        Raises
        ------
        WorldFailed
            It gives no answer, or one that cannot be.
        """

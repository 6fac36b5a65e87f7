"""Travel times where there is no map: the great circle times a detour factor."""

from collections.abc import Sequence
from math import asin, cos, floor, radians, sin, sqrt
from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from doorstep.model.people import Place

EARTH_M: Final = 6_371_008.8  # mean radius (IUGG 1980), as the dispatch rules of a day folder say
CLOSE_S: Final = 1e-6  # arrays and single numbers differ by far less than this
FAR_S: Final = 2**31 - 1
ROWS: Final = 256  # of a table at a time: a few MB for a thousand places


def metres_between(a: Place, b: Place) -> float:
    """
    Great-circle distance in metres (haversine).

    References
    ----------
    Sinnott (1984), Virtues of the haversine.
    """
    lat_a, lat_b = radians(a.lat_e6 / 1e6), radians(b.lat_e6 / 1e6)
    half_lat = (lat_b - lat_a) / 2
    half_lng = radians((b.lng_e6 - a.lng_e6) / 1e6) / 2
    h = sin(half_lat) ** 2 + cos(lat_a) * cos(lat_b) * sin(half_lng) ** 2
    return 2 * EARTH_M * asin(sqrt(min(1.0, h)))


def metres_from_to(sources: Sequence[Place], targets: Sequence[Place]) -> NDArray[np.float64]:
    """
    Great-circle distances in metres, shape (sources, targets); within a micrometre of `metres_between`.

    Notes
    -----
    O(sources × targets), about 15 million pairs a second.
    """
    one, other = ([(x.lat_e6, x.lng_e6) for x in y] for y in (sources, targets))
    here = np.radians(np.array(one, np.float64).reshape(-1, 2) / 1e6)
    there = np.radians(np.array(other, np.float64).reshape(-1, 2) / 1e6)
    found = np.empty((len(here), len(there)))
    for k in range(0, len(here), ROWS):
        half = (there[None] - here[k : k + ROWS, None]) / 2
        cosines = np.cos(here[k : k + ROWS, None, 0]) * np.cos(there[None, :, 0])
        h = np.sin(half[..., 0]) ** 2 + cosines * np.sin(half[..., 1]) ** 2
        found[k : k + ROWS] = 2 * EARTH_M * np.arcsin(np.sqrt(np.minimum(1.0, h)))
    return found


class Straight(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Ride straight there, times a detour. 1.35 is what the dispatch days are made with (formats, section 2)."""

    detour_e3: int = 1_350

    def seconds(self, a: Place, b: Place, *, speed_mm_s: int) -> int:
        """Travel time in seconds, rounded half up."""
        assert speed_mm_s > 0, "a courier moves"
        if a == b:
            return 0
        return floor(self.detour_e3 / 1000 * metres_between(a, b) * 1000 / speed_mm_s + 0.5)

    def seconds_between(self, places: Sequence[Place], *, speed_mm_s: int) -> NDArray[np.int32]:
        """
        Travel times between all of these places, shape (from, to).

        Notes
        -----
        The same integers as `seconds` gives one by one: where an array's last bits could decide the rounding, the
        single number is asked.
        """
        assert speed_mm_s > 0, "a courier moves"
        exact = self.detour_e3 / 1000 * metres_from_to(places, places) * 1000 / speed_mm_s + 0.5
        assert exact.max(initial=0.0) <= FAR_S, "a ride of 68 years is none"
        found = np.floor(exact).astype(np.int32)
        for i, k in np.argwhere(np.abs(exact - np.round(exact)) < CLOSE_S).tolist():
            found[i, k] = self.seconds(places[i], places[k], speed_mm_s=speed_mm_s)
        return found

    def lengths_between(self, places: Sequence[Place], *, speed_mm_s: int) -> NDArray[np.int32]:  # noqa: ARG002
        """Metres of the ways between all of these places, shape (from, to); the same at every speed."""
        return np.floor(self.detour_e3 / 1000 * metres_from_to(places, places) + 0.5).astype(np.int32)

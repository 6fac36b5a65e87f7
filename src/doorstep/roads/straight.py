"""Travel times where there is no map: the great circle times a detour factor."""

from math import asin, cos, floor, radians, sin, sqrt
from typing import Final

from msgspec import Struct

from doorstep.model.people import Place

EARTH_M: Final = 6_371_008.8  # mean radius (IUGG 1980), as the dispatch rules of a day folder say


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


class Straight(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Ride straight there, times a detour. 1.35 is what the dispatch days are made with (formats, section 2)."""

    detour_e3: int = 1_350

    def seconds(self, a: Place, b: Place, *, speed_mm_s: int) -> int:
        """Travel time in seconds, rounded half up."""
        assert speed_mm_s > 0, "a courier moves"
        if a == b:
            return 0
        return floor(self.detour_e3 / 1000 * metres_between(a, b) * 1000 / speed_mm_s + 0.5)

"""Travel seconds between all pairs of places, straight times a detour: the same numbers as `Straight.seconds`."""

from collections.abc import Sequence
from math import asin, cos, floor, pi, sin, sqrt
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from doorstep.base.compiled import compiled
from doorstep.base.errors import BadInput
from doorstep.model.people import LAWFUL_MM_S, CourierKind, Place
from doorstep.roads import RoadsOf, Straight

EARTH_M: Final = 6_371_008.8
NEAR_RAD: Final = 0.002  # half of 25 km
CLOSE_S: Final = 1e-5


class Located(Protocol):
    """Whatever lies somewhere: WGS-84, millionths of a degree."""

    @property
    def lat_e6(self) -> int:
        """North."""

    @property
    def lng_e6(self) -> int:
        """East."""


def straight_travel(
    places: Sequence[Located], *, speeds_mm_s: Sequence[int], roads: Straight | None = None
) -> NDArray[np.int32]:
    """
    Make the travel matrix of a problem, where there is no map.

    Parameters
    ----------
    places
        Positions; place indices of a problem count along them.
    speeds_mm_s
        The speed of each courier kind, mm/s.
    roads
        The detour; the default of `Straight` if not given.

    Returns
    -------
    Seconds, shape (kinds, 1, places, places), rounded half up as formats, section 2 says.

    Notes
    -----
    O(kinds × places²); 201 places take about 2 ms. A whole day's places may share one matrix: a problem of one moment
    then names its places by their index in the day.
    """
    at = np.array([(x.lat_e6, x.lng_e6) for x in places], dtype=np.int64).reshape(-1, 2)
    detour_e3 = (roads or Straight()).detour_e3
    return _seconds(at, np.array(speeds_mm_s, dtype=np.int64), detour_e3)


def travel_between(
    places: Sequence[Place], *, kinds: Sequence[tuple[CourierKind, int]], roads: RoadsOf
) -> NDArray[np.int32]:
    """
    Make the travel matrix of a problem along roads; the same numbers as `Roads.seconds`.

    Parameters
    ----------
    kinds
        Kind and speed, mm/s, of each courier kind of the problem; at least one.

    Returns
    -------
    Seconds, shape (kinds, 1, places, places).
    """
    on = [(roads(kind), speed_mm_s) for kind, speed_mm_s in kinds]
    first, _ = on[0]
    if isinstance(first, Straight) and all(x == first for x, _ in on):
        return straight_travel(places, speeds_mm_s=[x for _, x in on], roads=first)
    return np.stack([x.seconds_between(places, speed_mm_s=speed_mm_s) for x, speed_mm_s in on])[:, None]


def lengths_between(
    places: Sequence[Place], *, kinds: Sequence[tuple[CourierKind, int]], roads: RoadsOf
) -> NDArray[np.int32]:
    """Metres of these ways, shape (kinds, places, places)."""
    return np.stack([roads(kind).lengths_between(places, speed_mm_s=speed_mm_s) for kind, speed_mm_s in kinds])


def refuse_unlawful(kind: CourierKind, speed_mm_s: int, who: str) -> None:
    """
    Refuse a speed that the law does not allow this kind.

    Raises
    ------
    BadInput
        Naming who it was, the speed and the limit.
    """
    most = LAWFUL_MM_S[kind]
    if speed_mm_s > most:
        raise BadInput(
            f"{who}: {speed_mm_s} mm/s is faster than {most} mm/s, the most that a courier of kind {kind} may ride; "
            "a plan at that speed could only be kept by breaking the law: correct speed_mm_s or the kind"
        )


@compiled
def _seconds(at: NDArray[np.int64], speeds: NDArray[np.int64], detour_e3: int) -> NDArray[np.int32]:
    """
    Haversine, each pair once.

    At the angles of a city the first terms of the sines' series are right to a millionth of a second; the sines
    themselves are asked only where that could decide the rounding, or far away: in a loop of its own, or the compiler
    asks them every time.
    """
    n = at.shape[0]
    made = np.zeros((speeds.shape[0], 1, n, n), dtype=np.int32)
    lat, lng, flat, angle = np.empty(n), np.empty(n), np.empty(n), np.empty(n)
    asked = np.empty(n, dtype=np.int64)
    for i in range(n):
        lat[i] = at[i, 0] / 1e6 * (pi / 180)
        lng[i] = at[i, 1] / 1e6
        flat[i] = cos(lat[i])
    for i in range(n):
        here_lat, here_lng, here_flat = lat[i], lng[i], flat[i]
        for j in range(i):
            a, b = (lat[j] - here_lat) / 2, (lng[j] - here_lng) * (pi / 360)
            h = a * a * (1 - a * a * (1 / 3)) + here_flat * flat[j] * (b * b * (1 - b * b * (1 / 3)))
            angle[j] = sqrt(h) * (1 + h * (1 / 6))
        for k in range(speeds.shape[0]):
            held, each = 0, 2 * EARTH_M * detour_e3 / speeds[k]
            for j in range(i):
                found = each * angle[j] + 0.5
                made[k, 0, i, j] = np.int32(found)
                if angle[j] > NEAR_RAD or abs(found - np.int32(found) - 0.5) > 0.5 - CLOSE_S:
                    asked[held] = j
                    held += 1
            for x in range(held):
                j = asked[x]
                half_lat, half_lng = sin((lat[j] - lat[i]) / 2), sin((lng[j] - lng[i]) * (pi / 180) / 2)
                h = half_lat * half_lat + flat[i] * flat[j] * (half_lng * half_lng)
                metres = 2 * EARTH_M * asin(sqrt(min(1.0, h)))
                made[k, 0, i, j] = floor(detour_e3 / 1000 * metres * 1000 / speeds[k] + 0.5)
            for j in range(i):
                made[k, 0, j, i] = made[k, 0, i, j]
    return made

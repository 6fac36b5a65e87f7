"""The spot on a street that is nearest to a place."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from doorstep.model.people import Place
from doorstep.roads.net import Net
from doorstep.roads.straight import EARTH_M

MARK_M: Final = 50.0
"""Streets are marked at both ends and at least so often between: no spot is further than half of it from a mark."""
ROUNDED_M: Final = 0.5
"""How much the plane around a place and the globe may differ within a few kilometres, and then some."""
FAR_M: Final = 50_000.0
"""A place further from the map than this, a swapped one say, stands for the piece of the mark that is nearest."""
TOGETHER: Final = 256
"""Places at a time."""


class Spots(Struct, frozen=True, kw_only=True, eq=False):
    """
    Spots on streets.

    Parameters
    ----------
    piece
        Index of the piece of the net, shape (places,).
    at_mm
        How far along it from its start, 0 … its length.
    off_m
        How far the place is from the spot, metres.
    """

    piece: NDArray[np.int64]
    at_mm: NDArray[np.int64]
    off_m: NDArray[np.float64]


class Snapper:
    """
    Finds the nearest spot, on a piece and not only at its ends.

    Parameters
    ----------
    pieces
        Indices of the pieces that count, at least one.

    Notes
    -----
    Each piece carries marks every 50 m or less; whatever is nearest to a place lies within 25 m of a mark, and that
    mark within 25 m more of the place than the nearest mark is. So the pieces of those marks are measured, and no
    others: exact, and O(log marks) a place where streets are no denser than in cities.
    """

    def __init__(self, net: Net, pieces: NDArray[np.int64]) -> None:
        assert len(pieces) > 0, "there is a street to find"
        self._net = net
        degrees = (net.lat_e6.astype(np.float64), net.lng_e6.astype(np.float64))
        ends = (_on_globe(*(y[x[pieces]] for y in degrees)) for x in (net.start, net.end))
        length_m = np.linalg.norm(np.subtract(*ends), axis=1)
        counts = 1 + np.ceil(length_m / MARK_M).astype(np.int64)
        self._piece = np.repeat(pieces, counts)
        first = np.repeat(np.cumsum(counts) - counts, counts)
        share = (np.arange(len(self._piece)) - first) / (np.repeat(counts, counts) - 1).clip(1)
        self._half_m = float((length_m / 2 / (counts - 1).clip(1)).max())
        start, end = net.start[self._piece], net.end[self._piece]
        lat = net.lat_e6[start] + share * (net.lat_e6[end] - net.lat_e6[start])
        lng = net.lng_e6[start] + share * (net.lng_e6[end] - net.lng_e6[start])
        self._marks = cKDTree(_on_globe(lat, lng))

    def nearest(self, places: Sequence[Place]) -> Spots:
        """Find the nearest spot of each place; of several as near the one on the piece that stands first."""
        lat = np.array([x.lat_e6 for x in places], np.float64)
        lng = np.array([x.lng_e6 for x in places], np.float64)
        found = [
            self._some(lat[k : k + TOGETHER], lng[k : k + TOGETHER]) for k in range(0, len(places), TOGETHER)
        ] or [(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))]
        piece, at_mm, off_m = (np.concatenate(x) for x in zip(*found, strict=True))
        return Spots(piece=piece, at_mm=at_mm, off_m=off_m)

    def _some(
        self, lat: NDArray[np.float64], lng: NDArray[np.float64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
        here = _on_globe(lat, lng)
        near_m, nearest = self._marks.query(here)
        # The chord to a mark is shorter than the way over the ground, by far less than a thousandth.
        reach_m = near_m * 1.001 + self._half_m + ROUNDED_M
        around = self._marks.query_ball_point(here, np.where(near_m > FAR_M, 0.0, reach_m))
        for x in np.flatnonzero(near_m > FAR_M).tolist():
            around[x] = [int(nearest[x])]
        counts = np.array([len(x) for x in around])
        place = np.repeat(np.arange(len(lat)), counts)
        piece = self._piece[np.concatenate([np.array(x, np.int64) for x in around])]
        at, off_m = _foot(self._net, piece, lat[place], lng[place])
        order = np.lexsort((piece, off_m, place))
        best = order[np.cumsum(counts) - counts]
        length = self._net.length_mm[piece[best]]
        return piece[best], np.rint(at[best] * length).astype(np.int64), off_m[best]


def _foot(
    net: Net, piece: NDArray[np.int64], lat: NDArray[np.float64], lng: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Where the perpendicular meets each piece, 0 … 1, and how long it is, in the plane that touches at the place."""
    metre = EARTH_M * np.pi / 180e6
    east = np.cos(np.radians(lat / 1e6)) * metre
    start, end = net.start[piece], net.end[piece]
    x, y = (net.lng_e6[start] - lng) * east, (net.lat_e6[start] - lat) * metre
    along_x = (net.lng_e6[end] - net.lng_e6[start]) * east
    along_y = (net.lat_e6[end] - net.lat_e6[start]) * metre
    squared = along_x**2 + along_y**2
    at = np.clip(-(x * along_x + y * along_y) / np.where(squared > 0, squared, 1.0), 0.0, 1.0)
    return at, np.hypot(x + at * along_x, y + at * along_y)


def _on_globe(lat_e6: NDArray[np.float64], lng_e6: NDArray[np.float64]) -> NDArray[np.float64]:
    """Points of the globe in metres from its centre, shape (points, 3)."""
    lat, lng = np.radians(lat_e6 / 1e6), np.radians(lng_e6 / 1e6)
    return EARTH_M * np.stack((np.cos(lat) * np.cos(lng), np.cos(lat) * np.sin(lng), np.sin(lat)), axis=1)

"""Riding times among all places of a day, exactly as the rules of a day folder say."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from doorstep.model.people import Place
from doorstep.roads import Straight
from doorstep.roads.straight import EARTH_M

Seconds = NDArray[np.int32]
EDGE = 1e-6
"""A time this close to a half second is worked out by the plain formula: arrays may round the last digit otherwise."""


class Legs:
    """
    Riding seconds between the site (row 0) and the doors of orders (rows 1 …), by speed.

    Notes
    -----
    O(places²) once a speed. Every entry equals `Straight.seconds`.
    """

    __slots__ = ("_by_speed", "_places", "_roads")

    def __init__(self, places: Sequence[Place], roads: Straight) -> None:
        self._places = tuple(places)
        self._roads = roads
        self._by_speed: dict[int, Seconds] = {}

    def matrix(self, speed_mm_s: int) -> Seconds:
        """Return the whole matrix for one speed, shape (places, places)."""
        if speed_mm_s not in self._by_speed:
            self._by_speed[speed_mm_s] = _matrix(self._places, self._roads, speed_mm_s)
        return self._by_speed[speed_mm_s]


def _matrix(places: Sequence[Place], roads: Straight, speed_mm_s: int) -> Seconds:
    at_e6 = np.array([(x.lat_e6, x.lng_e6) for x in places], np.float64).reshape(-1, 2)
    lat = np.radians(at_e6[:, 0] / 1e6)
    half_lat = (lat[None, :] - lat[:, None]) / 2
    half_lng = np.radians((at_e6[None, :, 1] - at_e6[:, None, 1]) / 1e6) / 2
    h = np.sin(half_lat) ** 2 + np.cos(lat)[:, None] * np.cos(lat)[None, :] * np.sin(half_lng) ** 2
    metres = 2 * EARTH_M * np.arcsin(np.sqrt(np.minimum(1.0, h)))
    exact = roads.detour_e3 / 1000 * metres * 1000 / speed_mm_s + 0.5
    seconds: Seconds = np.floor(exact).astype(np.int32)
    close = np.abs(exact - np.rint(exact)) < EDGE
    np.fill_diagonal(seconds, 0)
    np.fill_diagonal(close, val=False)
    for a, b in zip(*np.nonzero(close), strict=True):
        seconds[a, b] = roads.seconds(places[a], places[b], speed_mm_s=speed_mm_s)
    return seconds

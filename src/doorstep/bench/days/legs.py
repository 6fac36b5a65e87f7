"""How the places of a day are joined: riding times of every kind in every slice of the day, and metres."""

from collections.abc import Sequence

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from doorstep.core.dispatch.limits import sliced
from doorstep.core.dispatch.tick import slice_at
from doorstep.core.dispatch.travel import lengths_between, travel_between
from doorstep.model.dispatch import Travel
from doorstep.model.people import CourierKind, Place
from doorstep.roads import RoadsOf, Straight

Seconds = NDArray[np.int32]


class Legs(Struct, frozen=True, kw_only=True):
    """
    Rides between the site (row 0) and the doors of orders (rows 1 …).

    Parameters
    ----------
    kinds
        Kind and speed, mm/s, of each first index.
    seconds, slices_s
        Shape (kinds, slices, places, places), and when each slice begins, epoch seconds.
    metres
        Shape (kinds, places, places); None where nobody asked for them.
    """

    kinds: tuple[tuple[CourierKind, int], ...]
    seconds: Seconds
    slices_s: tuple[int, ...]
    metres: Seconds | None

    def leaving(self, kind: int | slice, at_s: int) -> Seconds:
        """Return riding times, shape (…, places, places), of who rides off at an instant; `kind` is a first index."""
        found: Seconds = self.seconds[kind, slice_at(self.slices_s, at_s)]
        return found


def legs_of(
    places: Sequence[Place],
    kinds: Sequence[tuple[CourierKind, int]],
    ways: Travel,
    *,
    roads: RoadsOf | None = None,
    metres: bool = False,
) -> Legs:
    """
    Work out all rides of a day.

    Parameters
    ----------
    kinds
        Kind and speed, mm/s; at least one.
    ways
        How places are joined where `roads` says nothing, and the slices of the day.
    roads
        What each kind rides on.

    Notes
    -----
    O(kinds × slices × places²). On free streets every entry equals what `Roads.seconds` gives.
    """
    straight = Straight(detour_e3=ways.detour_e3)
    by: RoadsOf = roads or (lambda _: straight)
    free = travel_between(places, kinds=kinds, roads=by)
    seconds, slices_s = sliced(free, ways)
    far = lengths_between(places, kinds=kinds, roads=by) if metres else None
    return Legs(kinds=tuple(kinds), seconds=np.ascontiguousarray(seconds), slices_s=slices_s, metres=far)

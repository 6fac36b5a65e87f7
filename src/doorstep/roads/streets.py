"""Travel times along the streets of a net."""

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from doorstep.model.people import Place
from doorstep.roads.graph import BLOCK, PACK, REACH_MS, Graph, Streetwise
from doorstep.roads.net import Net, Profile
from doorstep.roads.snap import Snapper, Spots
from doorstep.roads.straight import Straight, metres_between

SNAP_M: Final = 300.0
"""Further from a street a place is off the map: about the depth of a large block of flats in Shanghai."""
KEPT: Final = 512
"""Sources whose costs to all nodes are kept, for those who ask pair by pair."""
PAIRS_KEPT: Final = 2**16
"""Pairs whose seconds are kept, for them too."""
NONE: Final = -1


class Ways(Struct, frozen=True, kw_only=True, eq=False):
    """Quickest ways: `ms` and `mm` of each, int64 of shape (from, to); -1 where there is none."""

    ms: NDArray[np.int64]
    mm: NDArray[np.int64]

    @property
    def seconds(self) -> NDArray[np.int32]:
        """Rounded half up, -1 where there is none."""
        return np.where(self.ms < 0, NONE, (self.ms + 500) // 1000).astype(np.int32)

    @property
    def metres(self) -> NDArray[np.int32]:
        """Rounded half up, -1 where there is none."""
        return np.where(self.mm < 0, NONE, (self.mm + 500) // 1000).astype(np.int32)


class Streets:
    """
    Ride or walk along streets.

    Parameters
    ----------
    net
        The map.
    profile
        Who goes.
    straight
        What to do where the map has no answer: a place is further than `snap_m` from every street, or beyond four
        hours.
    snap_m
        How far from a street a place may be, metres.
    push
        Whether an e-bike is pushed, at 4 km/h, where only walkers may go: against a one-way street, say.

    Notes
    -----
    A place stands for the spot of the main part that is nearest to it; the way between both is reported by `spots` and
    takes no time. A piece is passed at the speed asked for, or slower where it allows less; so nobody is ever quicker
    than 25 km/h. Of equally quick ways the shortest counts. Milliseconds obey the triangle inequality exactly, seconds
    up to their rounding.
    """

    def __init__(
        self,
        net: Net,
        profile: Profile,
        *,
        straight: Straight | None = None,
        snap_m: float = SNAP_M,
        push: bool = False,
    ) -> None:
        self.net, self.profile, self.snap_m, self.push = net, profile, snap_m, push
        self.straight = straight or Straight()
        self.parts = Streetwise(net, profile, push=push)
        self._snapper = Snapper(net, np.flatnonzero(self.parts.main)) if self.parts.main.any() else None
        self._graphs: dict[int, Graph] = {}
        self._spots: dict[Place, tuple[int, int] | None] = {}
        self._pairs: dict[tuple[Place, Place, int], int] = {}
        self._rows: dict[tuple[int, tuple[int, int]], NDArray[np.float64]] = {}

    def spots(self, places: Sequence[Place]) -> Spots:
        """Find the spots that places stand for, also where they are off the map."""
        if self._snapper is None:  # nowhere to ride: everything is off the map
            zero = np.zeros(len(places), np.int64)
            return Spots(piece=zero, at_mm=zero, off_m=np.full(len(places), np.inf))
        return self._snapper.nearest(places)

    def on_map(self, spots: Spots) -> NDArray[np.bool_]:
        """Which of the places are near enough to a street, shape (places,)."""
        return spots.off_m <= self.snap_m

    def ways(self, sources: Spots, targets: Spots, *, speed_mm_s: int, most_ms: int = REACH_MS) -> Ways:
        """
        Find the quickest ways from all sources to all targets.

        Parameters
        ----------
        most_ms
            Ways that take longer are none, and not looked for; at most four hours.

        Returns
        -------
        Shape (sources, targets); -1 where one of both is off the map, or beyond `most_ms`.

        Notes
        -----
        One Dijkstra for each different source, in blocks of 64: O(sources × pieces within reach × log nodes). It
        looks as far as most rides within the area of all spots take, and further only from where that was too near.
        """
        graph = self._graph(speed_mm_s)
        here, there = self.on_map(sources), self.on_map(targets)
        cost = np.full((len(here), len(there)), np.inf)
        piece, at_mm, which = _distinct(sources, here)
        goal_piece, goal_mm, goal = _distinct(targets, there)
        found = np.full((len(piece), len(goal_piece)), np.inf)
        waiting = np.arange(len(piece))
        reach_ms = min(most_ms, self._first_reach_ms(np.concatenate((piece, goal_piece)), speed_mm_s))
        while len(waiting):
            for k in range(0, len(waiting), BLOCK):
                block = waiting[k : k + BLOCK]
                reached = graph.costs(piece[block], at_mm[block], reach_ms=reach_ms)
                found[block] = _arrive(graph, reached, (piece[block], at_mm[block]), (goal_piece, goal_mm))
            # A cost within reach is the least there is; one beyond may have been found over a longer way.
            near = (found[waiting] < (reach_ms + 1) * PACK).all(axis=1)
            waiting = waiting[~near] if reach_ms < most_ms else waiting[:0]
            reach_ms = min(most_ms, 3 * reach_ms)
        cost[np.ix_(here, there)] = found[np.ix_(which, goal)]
        return _unpacked(cost, most_ms)

    def seconds(self, a: Place, b: Place, *, speed_mm_s: int) -> int:
        """
        Travel time in seconds, rounded half up; straight where the map has no answer.

        Notes
        -----
        What was asked is kept, up to a bound, and so are the costs from the last 512 sources: the first ride from
        somewhere costs a Dijkstra, another one from there a tenth of a millisecond, the same one again a microsecond.
        """
        key = (a, b, speed_mm_s)
        if key not in self._pairs:
            if len(self._pairs) >= PAIRS_KEPT:
                self._pairs.clear()
            self._pairs[key] = self._ride_s(a, b, speed_mm_s)
        return self._pairs[key]

    def seconds_between(self, places: Sequence[Place], *, speed_mm_s: int) -> NDArray[np.int32]:
        """Travel times between all of these places, shape (from, to), each the same as `seconds` gives."""
        found = self._among(places, speed_mm_s).seconds
        return _filled(found, lambda: self.straight.seconds_between(places, speed_mm_s=speed_mm_s))

    def lengths_between(self, places: Sequence[Place], *, speed_mm_s: int) -> NDArray[np.int32]:
        """Metres of the quickest ways between all of these places, shape (from, to); straight off the map."""
        found = self._among(places, speed_mm_s).metres
        return _filled(found, lambda: self.straight.lengths_between(places, speed_mm_s=speed_mm_s))

    def _among(self, places: Sequence[Place], speed_mm_s: int) -> Ways:
        spots = self.spots(places)
        return self.ways(spots, spots, speed_mm_s=speed_mm_s)

    def _ride_s(self, a: Place, b: Place, speed_mm_s: int) -> int:
        if a == b:
            return 0
        here, there = self._spot(a), self._spot(b)
        if here is None or there is None:
            return self.straight.seconds(a, b, speed_mm_s=speed_mm_s)
        graph = self._graph(speed_mm_s)
        key = (speed_mm_s, here)
        source = (np.array([here[0]]), np.array([here[1]]))
        if key not in self._rows:
            if len(self._rows) >= KEPT:
                del self._rows[next(iter(self._rows))]
            self._rows[key] = graph.costs(*source)
        target = (np.array([there[0]]), np.array([there[1]]))
        found = int(_unpacked(_arrive(graph, self._rows[key], source, target)).seconds[0, 0])
        return self.straight.seconds(a, b, speed_mm_s=speed_mm_s) if found == NONE else found

    def _first_reach_ms(self, piece: NDArray[np.int64], speed_mm_s: int) -> int:
        """Time to ride one and a half times across the area of some pieces, and two minutes."""
        if not len(piece):
            return REACH_MS
        nodes = self.net.start[piece]
        lat, lng = self.net.lat_e6[nodes], self.net.lng_e6[nodes]
        across_m = metres_between(Place(int(lat.min()), int(lng.min())), Place(int(lat.max()), int(lng.max())))
        return min(REACH_MS, round(1_500_000 * across_m / speed_mm_s) + 120_000)

    def _graph(self, speed_mm_s: int) -> Graph:
        if speed_mm_s not in self._graphs:
            self._graphs[speed_mm_s] = Graph(
                self.net, self.profile, self.parts.main, speed_mm_s=speed_mm_s, push=self.push
            )
        return self._graphs[speed_mm_s]

    def _spot(self, place: Place) -> tuple[int, int] | None:
        if place not in self._spots:
            spots = self.spots([place])
            there = bool(self.on_map(spots)[0])
            self._spots[place] = (int(spots.piece[0]), int(spots.at_mm[0])) if there else None
        return self._spots[place]


def _filled(found: NDArray[np.int32], straight: Callable[[], NDArray[np.int32]]) -> NDArray[np.int32]:
    """Ride straight where there is no way."""
    missing = found == NONE
    if missing.any():
        found[missing] = straight()[missing]
    return found


def _distinct(spots: Spots, kept: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.intp]]:
    """Drop spots that stand twice; the last array says where each of those kept is found."""
    both = np.stack((spots.piece[kept], spots.at_mm[kept]), axis=1).astype(np.int64).reshape(-1, 2)
    unique, which = np.unique(both, axis=0, return_inverse=True)
    return unique[:, 0], unique[:, 1], which.reshape(-1)


def _arrive(
    graph: Graph,
    reached: NDArray[np.float64],
    source: tuple[NDArray[np.int64], NDArray[np.int64]],
    target: tuple[NDArray[np.int64], NDArray[np.int64]],
) -> NDArray[np.float64]:
    """Cost from sources to targets: over the start of the target's piece, over its end, or along a piece of both."""
    piece, at_mm = target
    come = graph.ends(piece, at_mm, leave=False)
    cost: NDArray[np.float64] = reached[:, graph.index[graph.start[piece]]] + come[0]
    np.minimum(cost, reached[:, graph.index[graph.end[piece]]] + come[1], out=cost)
    i, k = np.nonzero(source[0][:, None] == piece[None])
    cost[i, k] = np.minimum(cost[i, k], graph.along(piece[k], source[1][i], at_mm[k]))
    return cost


def _unpacked(cost: NDArray[np.float64], most_ms: int = REACH_MS) -> Ways:
    there = cost < (most_ms + 1) * PACK
    whole = np.where(there, cost, 0.0).astype(np.int64)
    return Ways(ms=np.where(there, whole // PACK, NONE), mm=np.where(there, whole % PACK, NONE))

"""A net as one profile rides it at one speed: who can be reached, and the quickest ways from some places to all."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix, csr_matrix
from scipy.sparse.csgraph import connected_components, dijkstra

from doorstep.roads.net import LAWFUL_MM_S, Net, Profile

REACH_MS: Final = 14_400_000
"""Four hours. Within them nobody at 25 km/h comes further than 100 km, so that metres fit below the time (`PACK`)."""
PACK: Final = 2**27
"""A cost is ``ms * PACK + mm``: 24 bits of time above 27 of length, a whole number that a double holds exactly."""
BLOCK: Final = 64
"""Sources at a time: 64 rows of a million nodes are half a gigabyte."""


def piece_ms(length_mm: NDArray[np.int64], mm_s: NDArray[np.int64]) -> NDArray[np.int64]:
    """Milliseconds for each piece, rounded up: no sum of pieces is quicker than is allowed. Speeds are above 0."""
    return -(-1000 * length_mm // mm_s)


class Streetwise:
    """
    Which pieces a profile may use, and which of them hang together.

    Attributes
    ----------
    main
        Pieces of the main part, shape (pieces,): the largest part, by length, in which each place can be reached from
        each other, both ways. Equally long: the one with the smallest node.
    usable
        Pieces that may be used at all, in one direction at least, shape (pieces,).
    part
        Number of each node's strongly connected part, shape (nodes,).

    Notes
    -----
    O(nodes + pieces). A piece belongs to a part when both its ends do.
    """

    def __init__(self, net: Net, profile: Profile, *, push: bool = False) -> None:
        along, back = net.allowed_mm_s(profile, push=push)
        self.usable = (along > 0) | (back > 0)
        tails = np.concatenate((net.start[along > 0], net.end[back > 0]))
        heads = np.concatenate((net.end[along > 0], net.start[back > 0]))
        nodes = len(net.node)
        arcs = coo_matrix((np.ones(len(tails), np.int8), (tails, heads)), shape=(nodes, nodes)).tocsr()
        count, self.part = connected_components(arcs, directed=True, connection="strong")
        inside = self.usable & (self.part[net.start] == self.part[net.end])
        lengths = np.bincount(self.part[net.start[inside]], net.length_mm[inside], minlength=count)
        first = np.full(count, nodes)
        np.minimum.at(first, self.part, np.arange(nodes))
        pieces = np.bincount(self.part[net.start[inside]], minlength=count)
        best = int(np.lexsort((first, -lengths, pieces == 0))[0])
        self.main: NDArray[np.bool_] = inside & (self.part == best)[net.start]


class Graph:
    """
    The main part of a net for one profile at one speed.

    Parameters
    ----------
    pieces
        Which pieces to ride, shape (pieces,): those of the main part.
    speed_mm_s
        How fast they go where they may; slower where less is allowed, never above 25 km/h.
    """

    def __init__(
        self, net: Net, profile: Profile, pieces: NDArray[np.bool_], *, speed_mm_s: int, push: bool = False
    ) -> None:
        assert speed_mm_s > 0, "a courier moves"
        self.length_mm = net.length_mm.astype(np.int64)
        fastest = min(speed_mm_s, LAWFUL_MM_S)
        both = []
        for allowed in net.allowed_mm_s(profile, push=push):
            open_ = pieces & (allowed > 0)
            ms = piece_ms(self.length_mm, np.maximum(1, np.minimum(allowed.astype(np.int64), fastest)))
            both.append(np.where(open_, ms, -1))
        self.along_ms, self.back_ms = both
        self.start, self.end = net.start, net.end
        used = np.zeros(len(net.node), np.bool_)
        used[net.start[pieces]] = used[net.end[pieces]] = True
        self.index = np.cumsum(used) - 1  # of a node among those that are ridden
        self.count = int(used.sum())
        tails, heads, costs = [], [], []
        for ms, a, b in ((self.along_ms, net.start, net.end), (self.back_ms, net.end, net.start)):
            tails.append(self.index[a[ms >= 0]])
            heads.append(self.index[b[ms >= 0]])
            costs.append((ms * PACK + self.length_mm)[ms >= 0])
        tail, head, cost = (np.concatenate(x) for x in (tails, heads, costs))
        order = np.lexsort((head, tail))
        self._heads, self._costs = head[order], cost[order].astype(np.float64)
        self._begins = np.concatenate(([0], np.cumsum(np.bincount(tail, minlength=self.count))))

    def ends(self, piece: NDArray[np.int64], at_mm: NDArray[np.int64], *, leave: bool) -> NDArray[np.float64]:
        """
        Give what it costs to leave spots for the two ends of their pieces, or to come to them from there.

        Parameters
        ----------
        piece, at_mm
            Spots: indices of pieces, and how far from the start, shape (spots,).

        Returns
        -------
        Shape (2, spots): start, end; infinite where it is against a one-way street. A spot on a node is that node.
        """
        length = self.length_mm[piece]
        found = []
        for from_start in (True, False):
            along = from_start is not leave  # the start is left behind along the piece, and come back to against it
            ms = (self.along_ms if along else self.back_ms)[piece]
            first = ms * at_mm // np.maximum(1, length)
            part_ms, part_mm = (first, at_mm) if from_start else (ms - first, length - at_mm)
            on_node = (part_mm == 0) & (from_start | (length > 0))  # a piece of no length is its start
            cost = np.where(ms >= 0, part_ms * PACK + part_mm, np.inf)
            found.append(np.where(on_node, 0.0, cost))
        return np.stack(found)

    def along(
        self, piece: NDArray[np.int64], from_mm: NDArray[np.int64], to_mm: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        """Cost between two spots of one piece without leaving it; infinite against a one-way street."""
        length = np.maximum(1, self.length_mm[piece])
        ms = np.where(to_mm >= from_mm, self.along_ms[piece], self.back_ms[piece])
        cost = np.abs(ms * to_mm // length - ms * from_mm // length) * PACK + np.abs(to_mm - from_mm)
        return np.where(from_mm == to_mm, 0.0, np.where(ms >= 0, cost, np.inf))

    def costs(
        self, piece: NDArray[np.int64], at_mm: NDArray[np.int64], *, reach_ms: int = REACH_MS
    ) -> NDArray[np.float64]:
        """
        Cost of the quickest way from spots to every node of the graph; of the equally quick the shortest.

        Returns
        -------
        Shape (spots, nodes of the graph); infinite beyond `reach_ms`, which is at most four hours.

        Notes
        -----
        Dijkstra from a node of its own for each spot, which only leads out: O(spots × pieces × log nodes).
        """
        leave = self.ends(piece, at_mm, leave=True)
        ends = np.stack((self.index[self.start[piece]], self.index[self.end[piece]]))
        apart = np.isfinite(leave).T.ravel()
        heads, costs = ends.T.ravel()[apart], leave.T.ravel()[apart]
        degrees = np.isfinite(leave).sum(axis=0)
        total = self.count + len(piece)
        graph = csr_matrix(
            (
                np.concatenate((self._costs, costs)),
                np.concatenate((self._heads, heads)),
                np.concatenate((self._begins, self._begins[-1] + np.cumsum(degrees))),
            ),
            shape=(total, total),
        )
        sources = np.arange(self.count, total)
        found = dijkstra(graph, directed=True, indices=sources, limit=float((reach_ms + 1) * PACK - 1))
        return np.asarray(found[:, : self.count], np.float64)

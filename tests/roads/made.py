"""Small nets made by hand or drawn, and places among them; shared by the tests of roads."""

from collections.abc import Sequence

import numpy as np

from doorstep.model.people import Place
from doorstep.roads.net import Net, fault
from doorstep.roads.straight import metres_between

LAT, LNG = 31_200_000, 121_400_000
Piece = tuple[int, int, tuple[int, int, int, int]]
BOTH = (6_944, 6_944, 6_944, 6_944)
ALONG = (6_944, 0, 6_944, 6_944)


def net_of(
    nodes: Sequence[tuple[int, int]], pieces: Sequence[Piece], *, lengths_mm: Sequence[int] | None = None
) -> Net:
    """Make a net of nodes (micro-degrees) and pieces (start, end, speeds: ride, ride back, walk, walk back)."""
    rows = sorted(enumerate(pieces), key=lambda x: x[1][:2])
    places = [Place(*x) for x in nodes]
    mm = [
        round(metres_between(places[a], places[b]) * 1000) if lengths_mm is None else lengths_mm[n]
        for n, (a, b, _) in rows
    ]
    speeds = np.array([x[2] for _, x in rows], np.uint16).reshape(-1, 4)
    net = Net(
        node=np.arange(1, len(nodes) + 1, dtype=np.int64) * 10,
        lat_e6=np.array([x[0] for x in nodes], np.int32),
        lng_e6=np.array([x[1] for x in nodes], np.int32),
        start=np.array([x[0] for _, x in rows], np.int32),
        end=np.array([x[1] for _, x in rows], np.int32),
        length_mm=np.array(mm, np.int32),
        name=np.array([n % 2 for n, _ in rows], np.int32),
        ebike_along_mm_s=speeds[:, 0].copy(),
        ebike_back_mm_s=speeds[:, 1].copy(),
        walk_along_mm_s=speeds[:, 2].copy(),
        walk_back_mm_s=speeds[:, 3].copy(),
        names=("", "太仓路"),
        source="made",
    )
    assert fault(net) is None, fault(net)
    return net


def drawn(seed: int) -> Net:
    """Draw a net of 2 to 9 nodes within a kilometre: dead ends, islands, one-way streets, pieces of no length."""
    chance = np.random.default_rng(seed)
    count = int(chance.integers(2, 10))
    nodes = [(LAT + int(x), LNG + int(y)) for x, y in chance.integers(0, 9_000, (count, 2))]
    pairs = [(a, b) for a in range(count) for b in range(a + 1, count)]
    chosen = chance.permutation(len(pairs))[: int(chance.integers(1, 17))]
    speeds = chance.choice([0, 600, 2_778, 6_944, 6_944, 6_944], (len(pairs), 4)).tolist()
    pieces: list[Piece] = [(*pairs[x], (*speeds[x],)) for x in chosen.tolist()]
    if seed % 2:
        return net_of(nodes, pieces)
    short = chance.random(len(pieces)) < 0.4
    lengths = np.where(short, chance.integers(0, 4, len(pieces)), chance.integers(1, 2_000_000, len(pieces)))
    return net_of(nodes, pieces, lengths_mm=lengths.tolist())


def grid(rows: int, columns: int, *, step_e6: int = 1_000, oneway: bool = True) -> Net:
    """Make a grid of streets; every other row and column is one-way for e-bikes, in turn there and back."""
    nodes = [(LAT + step_e6 * i, LNG + step_e6 * k) for i in range(rows) for k in range(columns)]
    pieces: list[Piece] = []
    for i in range(rows):
        for k in range(columns):
            here = i * columns + k
            if k + 1 < columns:
                pieces.append((here, here + 1, _speeds(i, oneway=oneway and 0 < i < rows - 1)))
            if i + 1 < rows:
                pieces.append((here, here + columns, _speeds(k, oneway=oneway and 0 < k < columns - 1)))
    return net_of(nodes, pieces)


def _speeds(line: int, *, oneway: bool) -> tuple[int, int, int, int]:
    if not oneway:
        return BOTH
    return ALONG if line % 2 else (0, 6_944, 6_944, 6_944)


def spread(count: int, *, width_e6: int = 9_000, step: int = 7_919) -> list[Place]:
    """Places here and there, the same ones always."""
    return [Place(LAT + step * n % width_e6, LNG + 3 * step * n * n % width_e6) for n in range(1, count + 1)]

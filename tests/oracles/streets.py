"""Ways along streets, slowly: every spot becomes a node of a graph, whole numbers, one heap, no arrays."""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from heapq import heappop, heappush
from itertools import pairwise
from math import ceil, floor

from doorstep.model.people import Place
from doorstep.roads.net import Net, Profile
from doorstep.roads.straight import metres_between

Spot = tuple[int, int]
Cost = tuple[int, int]
Stop = tuple[str, int, int]
LAWFUL_MM_S = 6_944
FOUR_HOURS_MS = 14_400_000


def allowed(net: Net, profile: Profile) -> list[tuple[int, int]]:
    """Speeds along and back of each piece."""
    along, back = (
        (net.ebike_along_mm_s, net.ebike_back_mm_s)
        if profile == "ebike"
        else (net.walk_along_mm_s, net.walk_back_mm_s)
    )
    return list(zip(along.tolist(), back.tolist(), strict=True))


def main_part(net: Net, profile: Profile) -> set[int]:
    """Pieces of the largest part in which everyone reaches everyone, found by walking from every node."""
    goes: dict[int, set[int]] = {n: set() for n in range(len(net.node))}
    speeds = allowed(net, profile)
    ends = list(zip(net.start.tolist(), net.end.tolist(), strict=True))
    for (a, b), (along, back) in zip(ends, speeds, strict=True):
        if along:
            goes[a].add(b)
        if back:
            goes[b].add(a)
    reached = {n: _walk(goes, n) for n in goes}
    parts: dict[frozenset[int], list[int]] = {}
    for k, (a, b) in enumerate(ends):
        if any(speeds[k]) and b in reached[a] and a in reached[b]:
            together = frozenset(x for x in reached[a] if a in reached[x])
            parts.setdefault(together, []).append(k)
    if not parts:
        return set()
    return set(min(parts.items(), key=lambda x: (-sum(int(net.length_mm[k]) for k in x[1]), min(x[0])))[1])


def _walk(goes: Mapping[int, set[int]], start: int) -> set[int]:
    seen, waiting = {start}, [start]
    while waiting:
        for x in goes[waiting.pop()] - seen:
            seen.add(x)
            waiting.append(x)
    return seen


def ways(
    net: Net, profile: Profile, pieces: Iterable[int], spots: Sequence[Spot], *, speed_mm_s: int
) -> list[list[Cost | None]]:
    """Cost in (ms, mm) between all spots along the pieces; None where there is no way within four hours."""
    speeds = allowed(net, profile)
    arcs: dict[Stop, list[tuple[Stop, Cost]]] = {}
    for k in pieces:
        a, b, mm = int(net.start[k]), int(net.end[k]), int(net.length_mm[k])
        stops = sorted({0, mm, *(x for piece, x in spots if piece == k)})
        for along, mm_s in ((True, speeds[k][0]), (False, speeds[k][1])):
            if not mm_s:
                continue
            whole_ms = ceil(Fraction(1000 * mm, min(mm_s, speed_mm_s, LAWFUL_MM_S)))
            clock = {x: floor(Fraction(whole_ms * x, mm)) if mm else 0 for x in stops}
            pairs = list(pairwise(stops)) or [(0, 0)]
            for x, y in pairs:
                one: Stop = ("node", a, 0) if x == 0 else ("on", k, x)
                other: Stop = ("node", b, 0) if y == mm else ("on", k, y)
                cost = (clock[y] - clock[x], y - x)
                tail, head = (one, other) if along else (other, one)
                arcs.setdefault(tail, []).append((head, cost))
    at = [_stop(net, x) for x in spots]
    found = []
    for source in at:
        costs = _dijkstra(arcs, source)
        row = [costs.get(goal) for goal in at]
        found.append([y if y is not None and y[0] <= FOUR_HOURS_MS else None for y in row])
    return found


def _stop(net: Net, spot: Spot) -> Stop:
    piece, x = spot
    if x == 0:
        return ("node", int(net.start[piece]), 0)
    if x == int(net.length_mm[piece]):
        return ("node", int(net.end[piece]), 0)
    return ("on", piece, x)


def _dijkstra(arcs: Mapping[Stop, list[tuple[Stop, Cost]]], source: Stop) -> dict[Stop, Cost]:
    best: dict[Stop, Cost] = {}
    heap: list[tuple[Cost, Stop]] = [((0, 0), source)]
    while heap:
        cost, x = heappop(heap)
        if x in best:
            continue
        best[x] = cost
        for head, (ms, mm) in arcs.get(x, ()):
            if head not in best:
                heappush(heap, ((cost[0] + ms, cost[1] + mm), head))
    return best


def nearest_m(net: Net, pieces: Iterable[int], place: Place) -> float:
    """How far the nearest of these pieces is, by haversine and by asking every one of them."""
    return min(_distance_m(net, k, place) for k in pieces)


def spot_m(net: Net, spot: Spot, place: Place) -> float:
    """How far a spot is from a place, by haversine."""
    piece, at_mm = spot
    mm = int(net.length_mm[piece])
    return metres_between(_between(net, piece, at_mm / mm if mm else 0.0), place)


def _between(net: Net, piece: int, share: float) -> Place:
    a, b = int(net.start[piece]), int(net.end[piece])
    lat = (1 - share) * int(net.lat_e6[a]) + share * int(net.lat_e6[b])
    lng = (1 - share) * int(net.lng_e6[a]) + share * int(net.lng_e6[b])
    return Place(lat, lng)  # type: ignore[arg-type] # not rounded: a spot lies between micro-degrees


def _distance_m(net: Net, piece: int, place: Place) -> float:
    """Narrow the foot of the perpendicular down by thirds."""
    low, high = 0.0, 1.0
    for _ in range(50):
        one, other = low + (high - low) / 3, high - (high - low) / 3
        if metres_between(_between(net, piece, one), place) <= metres_between(_between(net, piece, other), place):
            high = other
        else:
            low = one
    return min(metres_between(_between(net, piece, x), place) for x in (0.0, (low + high) / 2, 1.0))

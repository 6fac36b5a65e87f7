"""Ways as edges: one row a direction and pair of neighbouring nodes."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from doorstep.intake.dispatch import write_table
from doorstep.intake.osm.profiles import KNOWN_ONEWAY, allowed
from doorstep.intake.osm.read import Extract, Way
from doorstep.intake.summary import Summary
from doorstep.model.people import Place
from doorstep.roads import metres_between

NODES, EDGES = "nodes.csv", "edges.csv"
NODE_COLUMNS = ("node", "lat_e6", "lng_e6")
EDGE_COLUMNS = ("from", "to", "length_mm", "ebike", "walker", "highway", "name", "way")
ASSUMED = (
    "trunks, motorways and motor roads are closed to e-bikes and walkers, unless a trunk has a sign",
    "footways, pedestrian streets and steps are ridden only where bicycle says so",
    "access=no and access=private are closed, unless bicycle or foot says otherwise",
    "walkers go both ways in one-way streets",
    "gates and bollards are passed, and no turn is forbidden",
    "a piece is as long as the great circle between its nodes, whose places are rounded to micro-degrees",
)


class Edge(Struct, frozen=True, kw_only=True):
    """
    One direction between neighbours.

    Parameters
    ----------
    length_mm
        The great circle.
    ebike, walker
        1 where they may go.
    ebike_mm_s, walker_mm_s
        How fast at most, up to 25 km/h; 0 where they may not go.
    """

    start: int
    end: int
    length_mm: int
    ebike: int
    walker: int
    highway: str
    name: str
    way: int
    ebike_mm_s: int = 0
    walker_mm_s: int = 0


class Network(Struct, frozen=True, kw_only=True):
    """Nodes that edges use, by id, and the edges by (start, end)."""

    nodes: dict[int, Place]
    edges: tuple[Edge, ...]


def streets(network: Network) -> tuple[tuple[Place, Place], ...]:
    """Draw a network: one line for each pair of neighbouring nodes, whichever way it may be ridden."""
    pairs = dict.fromkeys((min(x.start, x.end), max(x.start, x.end)) for x in network.edges)
    return tuple((network.nodes[a], network.nodes[b]) for a, b in pairs)


def network_of(extract: Extract, *, source: str) -> tuple[Network, Summary]:
    """
    Turn an extract into edges.

    Returns
    -------
    The network, and what was done.

    Notes
    -----
    OSMnx writes a two-way street as one way that runs there and back (u … v … u, ``oneway=no``), closed on its first
    node. It is no roundabout and no area, and each pair of nodes is one edge a direction, not two: edges are kept by
    (start, end), and where ways lie on each other, who may go on one may go. `as_drawn_m` counts each way as it is
    drawn, there and back; `street_m` each pair of nodes once.
    """
    edges: dict[tuple[int, int], Edge] = {}
    lengths: dict[tuple[int, int], int] = {}
    dropped: Counter[str] = Counter()
    drawn_mm = there_and_back = 0
    for way in extract.highways:
        may = allowed(way.tags)
        if not may.anyone:
            dropped[f"ways of highway={way.tags['highway'][:40]}, closed to both"] += 1
        if way.tags.get("oneway", "no") not in KNOWN_ONEWAY:
            dropped["values of oneway that are not understood, taken as two-way"] += 1
        there_and_back += len(way.nodes) > 2 and way.nodes == way.nodes[::-1]
        for a, b in zip(way.nodes, way.nodes[1:], strict=False):
            if a not in extract.nodes or b not in extract.nodes:
                dropped["pieces of ways whose node is not in the extract"] += 1
                continue
            if a == b:
                dropped["pieces of ways from a node to itself"] += 1
                continue
            pair = (min(a, b), max(a, b))
            if pair not in lengths:
                lengths[pair] = round(metres_between(extract.nodes[a], extract.nodes[b]) * 1000)
            drawn_mm += lengths[pair]
            for x, y, rides, walks in ((a, b, may.ride, may.walk), (b, a, may.ride_back, may.walk_back)):
                speeds = (may.ride_mm_s if rides else 0, may.walk_mm_s if walks else 0)
                _add(edges, way, (x, y), lengths[pair], speeds)
    used = sorted({x for pair in edges for x in pair})
    network = Network(nodes={x: extract.nodes[x] for x in used}, edges=tuple(edges[x] for x in sorted(edges)))
    drawn = {
        "nodes_read": len(extract.nodes),
        "ways_read": extract.ways,
        "highways": len(extract.highways),
        "drawn_there_and_back": there_and_back,
        "as_drawn_m": round(drawn_mm / 1000),
        "drawn_once_m": round(sum(lengths.values()) / 1000),
    }
    return network, Summary(
        reader="osm",
        source=source,
        files=(NODES, EDGES),
        counts=drawn | _counted(network),
        dropped=dict(sorted(dropped.items())),
        assumed=ASSUMED,
    )


def _add(
    edges: dict[tuple[int, int], Edge], way: Way, ends: tuple[int, int], mm: int, speeds: tuple[int, int]
) -> None:
    """Add one direction; where ways lie on each other, the quicker of them counts for each who may go."""
    if not any(speeds):
        return
    first = edges.get(ends)
    ebike_mm_s, walker_mm_s = speeds
    if first is not None:
        ebike_mm_s, walker_mm_s = max(ebike_mm_s, first.ebike_mm_s), max(walker_mm_s, first.walker_mm_s)
    edges[ends] = Edge(
        start=ends[0],
        end=ends[1],
        length_mm=mm,
        ebike=int(ebike_mm_s > 0),
        walker=int(walker_mm_s > 0),
        highway=way.tags["highway"] if first is None else first.highway,
        name=way.tags.get("name", "") if first is None else first.name,
        way=way.way if first is None else first.way,
        ebike_mm_s=ebike_mm_s,
        walker_mm_s=walker_mm_s,
    )


def _counted(network: Network) -> dict[str, int]:
    lengths = {(min(x.start, x.end), max(x.start, x.end)): x.length_mm for x in network.edges}
    return {
        "nodes": len(network.nodes),
        "edges": len(network.edges),
        "street_m": round(sum(lengths.values()) / 1000),
        "ebike_edges": sum(x.ebike for x in network.edges),
        "ebike_m": _sum_m(network, "ebike"),
        "walker_edges": sum(x.walker for x in network.edges),
        "walker_m": _sum_m(network, "walker"),
    }


def _sum_m(network: Network, profile: str) -> int:
    return round(sum(x.length_mm for x in network.edges if getattr(x, profile)) / 1000)


def write_network(network: Network, folder: Path) -> None:
    """Write `nodes.csv` and `edges.csv` into a folder that exists, sorted by id."""
    write_table(folder / NODES, NODE_COLUMNS, ((n, x.lat_e6, x.lng_e6) for n, x in network.nodes.items()))
    write_table(folder / EDGES, EDGE_COLUMNS, _rows(network))


def _rows(network: Network) -> Iterator[tuple[str | int, ...]]:
    for x in network.edges:
        name = "".join(y if y.isprintable() else " " for y in x.name)
        yield x.start, x.end, x.length_mm, x.ebike, x.walker, x.highway, name, x.way

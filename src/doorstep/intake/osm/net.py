"""The streets of an extract as a net, and what of it hangs together."""

from typing import Final

import numpy as np
from msgspec import Struct

from doorstep.intake.osm.network import Network
from doorstep.roads.graph import Streetwise
from doorstep.roads.net import PROFILES, Net, Profile

SHOWN: Final = 8


class Outside(Struct, frozen=True, kw_only=True):
    """Pieces outside of the main part that lie on one street: how many, how long, and the node of the first."""

    street: str
    pieces: int
    metres: int
    node: int


class Reach(Struct, frozen=True, kw_only=True):
    """What of a net one profile may use (`metres`), what of that hangs together (`main_metres`), and what does not."""

    profile: Profile
    pieces: int
    metres: int
    main_pieces: int
    main_metres: int
    oneway_metres: int
    outside: tuple[Outside, ...]


def net_of(network: Network, *, source: str) -> Net:
    """
    Turn directed edges into a net: one piece for each pair of neighbouring nodes.

    Parameters
    ----------
    source
        What the net says it was made of.
    """
    node = np.array(sorted(network.nodes), np.int64)
    index = {int(x): n for n, x in enumerate(node)}
    names = ("", *sorted({x.name for x in network.edges} - {""}))
    called = {x: n for n, x in enumerate(names)}
    rows: dict[tuple[int, int], list[int]] = {}
    for x in network.edges:
        a, b = index[x.start], index[x.end]
        row = rows.setdefault((min(a, b), max(a, b)), [x.length_mm, 0, 0, 0, 0, 0])
        row[1] = row[1] or called[x.name]
        back = int(a > b)
        row[2 + back], row[4 + back] = x.ebike_mm_s, x.walker_mm_s
    pairs = sorted(rows)
    table = np.array([(*x, *rows[x]) for x in pairs], np.int64).reshape(-1, 8)
    speeds = table[:, 4:].astype(np.uint16)
    return Net(
        node=node,
        lat_e6=np.array([network.nodes[int(x)].lat_e6 for x in node], np.int32),
        lng_e6=np.array([network.nodes[int(x)].lng_e6 for x in node], np.int32),
        start=table[:, 0].astype(np.int32),
        end=table[:, 1].astype(np.int32),
        length_mm=table[:, 2].astype(np.int32),
        name=table[:, 3].astype(np.int32),
        ebike_along_mm_s=speeds[:, 0].copy(),
        ebike_back_mm_s=speeds[:, 1].copy(),
        walk_along_mm_s=speeds[:, 2].copy(),
        walk_back_mm_s=speeds[:, 3].copy(),
        names=names,
        source=source,
    )


def reaches(net: Net) -> tuple[Reach, ...]:
    """Say for each profile what it may use, and name the streets outside of its main part, the longest first."""
    found = []
    for profile in PROFILES:
        parts = Streetwise(net, profile)
        along, back = net.allowed_mm_s(profile)
        lost = parts.usable & ~parts.main
        found.append(
            Reach(
                profile=profile,
                pieces=int(parts.usable.sum()),
                metres=_metres(net, parts.usable),
                main_pieces=int(parts.main.sum()),
                main_metres=_metres(net, parts.main),
                oneway_metres=_metres(net, (along > 0) != (back > 0)),
                outside=_streets(net, lost),
            )
        )
    return tuple(found)


def _streets(net: Net, lost: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> tuple[Outside, ...]:
    by_name: dict[int, list[int]] = {}
    for x in np.flatnonzero(lost).tolist():
        by_name.setdefault(int(net.name[x]), []).append(x)
    rows = [
        Outside(
            street=net.names[name],
            pieces=len(pieces),
            metres=round(int(net.length_mm[pieces].sum(dtype=np.int64)) / 1000),
            node=int(net.node[net.start[pieces[0]]]),
        )
        for name, pieces in by_name.items()
    ]
    return tuple(sorted(rows, key=lambda x: (-x.metres, x.street)))


def _metres(net: Net, pieces: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> int:
    return round(int(net.length_mm[pieces].sum(dtype=np.int64)) / 1000)

"""The streets of an area as arrays: nodes, the pieces between neighbours, and who may use each, how fast."""

from typing import Final, Literal

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

Profile = Literal["ebike", "walk"]
PROFILES: Final[tuple[Profile, ...]] = ("ebike", "walk")
LAWFUL_MM_S: Final = 6_944  # 25 km/h, the most an e-bike may be built for (GB 17761-2018); nobody here goes faster
PUSHED_MM_S: Final = 1_111  # 4 km/h, as OSRM's bicycle profile has it
USUAL_MM_S: Final[dict[Profile, int]] = {"ebike": 4_167, "walk": 1_389}
"""15 km/h, as the couriers of the dispatch days ride and OSRM's bicycle profile has it; 5 km/h as its foot profile."""

LIMITS: Final = {
    "node": ("<i8", -(2**62), 2**62),
    "lat_e6": ("<i4", -90_000_000, 90_000_000),
    "lng_e6": ("<i4", -180_000_000, 180_000_000),
    "start": ("<i4", 0, 2**31 - 1),
    "end": ("<i4", 0, 2**31 - 1),
    "length_mm": ("<i4", 0, 10**9),
    "name": ("<i4", 0, 2**31 - 1),
    "ebike_along_mm_s": ("<u2", 0, LAWFUL_MM_S),
    "ebike_back_mm_s": ("<u2", 0, LAWFUL_MM_S),
    "walk_along_mm_s": ("<u2", 0, LAWFUL_MM_S),
    "walk_back_mm_s": ("<u2", 0, LAWFUL_MM_S),
}
"""Each array of a net: its type, and the least and the most that may stand in it."""
NODE_ARRAYS: Final = ("node", "lat_e6", "lng_e6")


class Net(Struct, frozen=True, kw_only=True, eq=False):
    """
    Streets, by nodes and by pieces between two neighbouring nodes.

    Parameters
    ----------
    node
        Ids as the map has them, ascending, shape (nodes,).
    lat_e6, lng_e6
        Where they are, shape (nodes,).
    start, end
        Indices of a piece's nodes, ``start < end``, ascending by both, each pair once, shape (pieces,).
    length_mm
        The great circle between them, 0 … 10⁹.
    name
        Index into `names`.
    ebike_along_mm_s, ebike_back_mm_s, walk_along_mm_s, walk_back_mm_s
        How fast one may go from `start` to `end`, and back: 1 … 6,944 (25 km/h); 0 where one may not.
    names
        Names of streets, each once; the first is empty.
    source
        What the net was made of, for people.
    """

    node: NDArray[np.int64]
    lat_e6: NDArray[np.int32]
    lng_e6: NDArray[np.int32]
    start: NDArray[np.int32]
    end: NDArray[np.int32]
    length_mm: NDArray[np.int32]
    name: NDArray[np.int32]
    ebike_along_mm_s: NDArray[np.uint16]
    ebike_back_mm_s: NDArray[np.uint16]
    walk_along_mm_s: NDArray[np.uint16]
    walk_back_mm_s: NDArray[np.uint16]
    names: tuple[str, ...]
    source: str

    def allowed_mm_s(self, profile: Profile, *, push: bool = False) -> tuple[NDArray[np.uint16], NDArray[np.uint16]]:
        """
        Say how fast a profile may go along each piece and back, 0 where it may not.

        Parameters
        ----------
        push
            Whether an e-bike is pushed, at 4 km/h, where only walkers may go: against a one-way street, say.
        """
        walk = (self.walk_along_mm_s, self.walk_back_mm_s)
        ride = (self.ebike_along_mm_s, self.ebike_back_mm_s)
        if profile == "walk":
            return walk
        if not push:
            return ride
        along, back = (
            np.where(x > 0, x, np.minimum(y, PUSHED_MM_S)).astype(np.uint16) for x, y in zip(ride, walk, strict=True)
        )
        return along, back


def fault(net: Net) -> tuple[str, int, str] | None:
    """
    Look for what no net can hold.

    Returns
    -------
    The array, the index in it and what is wrong there; None for a sound net.
    """
    last = {"start": len(net.node) - 1, "end": len(net.node) - 1, "name": len(net.names) - 1}
    for array, (kind, least, highest) in LIMITS.items():
        values = getattr(net, array)
        wanted = len(net.node) if array in NODE_ARRAYS else len(net.start)
        if values.dtype != np.dtype(kind) or values.shape != (wanted,):
            return array, 0, f"is of {values.dtype} and shape {values.shape}, not {kind} and ({wanted},)"
        most = last.get(array, highest)
        wrong = np.flatnonzero((values < least) | (values > most))
        if len(wrong):
            at = int(wrong[0])
            return array, at, f"is {values[at]}; it must lie between {least} and {most}"
    if not len(net.start):
        return "start", 0, "there is no piece of street"
    orders = (
        ("node", net.node[1:] <= net.node[:-1], "is no larger than the node before"),
        ("end", net.end <= net.start, "is no larger than the start"),
        (
            "start",
            (net.start[1:] < net.start[:-1]) | ((net.start[1:] == net.start[:-1]) & (net.end[1:] <= net.end[:-1])),
            "is a piece that stands before the one before it, or is the same",
        ),
    )
    for array, broken, what in orders:
        wrong = np.flatnonzero(broken)
        if len(wrong):
            return array, int(wrong[0]) + (len(broken) < len(getattr(net, array))), what
    return None

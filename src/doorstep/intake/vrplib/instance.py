"""A routing instance: node 0 is the site, the others are customers."""

import msgspec
from msgspec import Struct


class Solution(Struct, frozen=True, kw_only=True):
    """Routes of customers 1 … n, and the sum of travel along them."""

    routes: tuple[tuple[int, ...], ...]
    cost_s: int


class Instance(Struct, frozen=True, kw_only=True):
    """
    An instance.

    Parameters
    ----------
    kind
        ``VRPTW`` or ``CVRP``.
    vehicles
        As the file says, which does not bind; None where it says nothing.
    capacity
        Of one vehicle, in the unit of `demand`.
    travel_s
        Seconds from node to node, shape ``(nodes, nodes)``, first axis from; need not be symmetric.
    demand, opens_s, closes_s, service_s
        By node. Service may begin from `opens_s` to `closes_s`; who comes before waits. A file without windows has
        zeros, and None for `closes_s`.
    xy
        By node, for drawing only; empty where the file has none.
    """

    name: str
    comment: str
    kind: str
    vehicles: int | None
    capacity: int
    travel_s: tuple[tuple[int, ...], ...]
    demand: tuple[int, ...]
    opens_s: tuple[int, ...]
    closes_s: tuple[int | None, ...]
    service_s: tuple[int, ...]
    xy: tuple[tuple[int, int], ...]

    @property
    def nodes(self) -> int:
        """How many nodes there are, the site among them."""
        return len(self.travel_s)


def instance_json(instance: Instance, best: Solution | None) -> bytes:
    """Write an instance with its best known solution as one JSON document: the fields, then `best`."""
    return msgspec.json.encode({**msgspec.structs.asdict(instance), "best": best}) + b"\n"

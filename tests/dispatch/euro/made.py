"""Instances made for the laws: windows, services and demands of many kinds, travel that is not symmetric."""

from doorstep.base.chance import Chance
from doorstep.intake.vrplib import Instance

HORIZON_S = 5 * 3600


def made(seed: int, customers: int = 40, *, capacity: int = 60) -> Instance:
    """An instance in which every customer could be served by a vehicle that leaves at the first departure."""
    chance = Chance(seed).child("euro")
    xy = [(chance.below(2400), chance.below(2400)) for _ in range(customers + 1)]
    xy[0] = (1200, 1200)
    slope = [chance.below(60) for _ in xy]
    travel = [
        [0 if a == b else abs(x - u) + abs(y - v) + 60 + slope[b] for b, (u, v) in enumerate(xy)]
        for a, (x, y) in enumerate(xy)
    ]
    opens, closes, service, demand = [0], [HORIZON_S + 7200], [0], [0]
    for _ in range(customers):
        start = 3600 + chance.below(HORIZON_S - 3600)
        opens.append(start)
        closes.append(min(start + 900 * (1 + chance.below(8)), HORIZON_S + 3000))
        service.append(60 * (1 + chance.below(5)))
        demand.append(1 + chance.below(20))
    return Instance(
        name=f"made-{seed}",
        comment="",
        kind="VRPTW",
        vehicles=None,
        capacity=capacity,
        travel_s=tuple(tuple(x) for x in travel),
        demand=tuple(demand),
        opens_s=tuple(opens),
        closes_s=tuple(closes),
        service_s=tuple(service),
        xy=tuple(xy),
    )


def vrplib_text(instance: Instance) -> str:
    """The instance as VRPLIB text."""
    nodes = range(1, instance.nodes + 1)
    rows = {
        "EDGE_WEIGHT": [" ".join(map(str, x)) for x in instance.travel_s],
        "DEMAND": [f"{n} {instance.demand[n - 1]}" for n in nodes],
        "DEPOT": ["1", "-1"],
        "TIME_WINDOW": [f"{n} {instance.opens_s[n - 1]} {instance.closes_s[n - 1]}" for n in nodes],
        "SERVICE_TIME": [f"{n} {instance.service_s[n - 1]}" for n in nodes],
    }
    head = (
        f"NAME : {instance.name}\nTYPE : VRPTW\nDIMENSION : {instance.nodes}\nCAPACITY : {instance.capacity}\n"
        "EDGE_WEIGHT_TYPE : EXPLICIT\nEDGE_WEIGHT_FORMAT : FULL_MATRIX\n"
    )
    return head + "".join(f"{k}_SECTION\n" + "".join(f"{x}\n" for x in v) for k, v in rows.items()) + "EOF\n"

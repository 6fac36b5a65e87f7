"""How much longer streets are than the straight line: the factor to ride by where there is no map."""

from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from doorstep.base.chance import Chance
from doorstep.model.people import Place
from doorstep.roads.graph import REACH_MS
from doorstep.roads.net import Profile
from doorstep.roads.snap import Spots
from doorstep.roads.straight import Straight, metres_from_to
from doorstep.roads.streets import Streets

POINTS: Final = 400
NEAR_M, FAR_M = 300, 3_000
"""Pairs that count: nearer ones are one block, where the factor is wild and the seconds few; sites serve 3 km."""
SEED: Final = 1
BANDS_M: Final = ((300, 600), (600, 1_200), (1_200, 3_000))


class Band(Struct, frozen=True, kw_only=True):
    """Pairs from `from_m` to below `below_m` of straight line: how many, and their factor."""

    from_m: int
    below_m: int
    pairs: int
    detour_e3: int


class Detour(Struct, frozen=True, kw_only=True):
    """
    The detour of a net for one profile at one speed.

    Parameters
    ----------
    detour_e3
        Time along the streets over time along the great circle, thousandths; the sums of all pairs.
    length_e3
        The same of metres: it differs where pieces allow less than the speed asked for.
    p10_e3, p50_e3, p90_e3
        Spread of the factor over pairs.
    error_bp
        How far a straight ride with this factor is off, in the mean, of the mean ride; basis points.
    inner_e3, inner_pairs
        The factor of pairs whose ends both lie in the middle half of the streets, from west to east and from south to
        north, and how many they are: near the edge of a map ways are missing that leave and come back. 0 and 0 where
        there are none.
    usual_e3, usual_error_bp
        The factor of the dispatch days, and how far a ride by it is off.
    """

    profile: Profile
    push: bool
    speed_mm_s: int
    points: int
    pairs: int
    detour_e3: int
    length_e3: int
    p10_e3: int
    p50_e3: int
    p90_e3: int
    error_bp: int
    inner_e3: int
    inner_pairs: int
    usual_e3: int
    usual_error_bp: int
    bands: tuple[Band, ...]


def detour_of(streets: Streets, *, speed_mm_s: int, points: int = POINTS) -> Detour | None:
    """
    Measure the detour between spots that are spread over all streets of the main part.

    Parameters
    ----------
    points
        How many spots, at least 2; every ordered pair of them 300 to 3,000 m apart counts.

    Returns
    -------
    The detour; None where no two spots are so far apart.

    Notes
    -----
    The pieces lie end to end on one line, which is cut into as many parts as there are spots; each spot stands
    somewhere in its part, by a chance that is always the same. Spots at even distances would fall in step with the
    blocks of a planned city. A pair that is over six times as far along the streets as 3 km is not counted.
    O(points × pieces within reach × log nodes).
    """
    assert points >= 2, "a pair has two ends"
    spots, places = _spread(streets, points)
    straight_m = metres_from_to(places, places)
    most_ms = min(REACH_MS, 6 * FAR_M * 1_000_000 // speed_mm_s)
    ways = streets.ways(spots, spots, speed_mm_s=speed_mm_s, most_ms=most_ms)
    counted = (ways.ms >= 0) & (straight_m >= NEAR_M) & (straight_m < FAR_M)
    if not counted.any():
        return None
    far_m = straight_m[counted]
    line_s, ride_s = far_m * 1000 / speed_mm_s, ways.ms[counted] / 1000
    factor = float(ride_s.sum() / line_s.sum())
    usual_e3 = Straight().detour_e3
    inner = counted & _inner(places)
    inner_s = float((straight_m[inner] * 1000 / speed_mm_s).sum())
    p10, p50, p90 = (round(float(x) * 1000) for x in np.quantile(ride_s / line_s, (0.1, 0.5, 0.9)))
    return Detour(
        profile=streets.profile,
        push=streets.push,
        speed_mm_s=speed_mm_s,
        points=len(places),
        pairs=int(counted.sum()),
        detour_e3=round(factor * 1000),
        length_e3=round(float(ways.mm[counted].sum() / far_m.sum())),
        p10_e3=p10,
        p50_e3=p50,
        p90_e3=p90,
        error_bp=_error_bp(line_s * factor, ride_s),
        inner_e3=round(float(ways.ms[inner].sum()) / inner_s) if inner_s else 0,
        inner_pairs=int(inner.sum()),
        usual_e3=usual_e3,
        usual_error_bp=_error_bp(line_s * usual_e3 / 1000, ride_s),
        bands=_bands(far_m, line_s, ride_s),
    )


def _bands(far_m: NDArray[np.float64], line_s: NDArray[np.float64], ride_s: NDArray[np.float64]) -> tuple[Band, ...]:
    found = []
    for low, high in BANDS_M:
        inside = (far_m >= low) & (far_m < high)
        if inside.any():
            factor = float(ride_s[inside].sum() / line_s[inside].sum())
            found.append(Band(from_m=low, below_m=high, pairs=int(inside.sum()), detour_e3=round(factor * 1000)))
    return tuple(found)


def _spread(streets: Streets, points: int) -> tuple[Spots, list[Place]]:
    """Give spots spread over the main part, and where they are."""
    net, pieces = streets.net, np.flatnonzero(streets.parts.main)
    length = net.length_mm[pieces].astype(np.int64)
    ends = np.cumsum(length)
    total = int(ends[-1]) if len(ends) else 0
    if not total:
        return streets.spots([]), []
    chance = Chance(SEED).child("detour")
    inside = np.array([chance.child(n).uniform() for n in range(points)])
    along = np.minimum(total - 1, ((np.arange(points) + inside) * total / points).astype(np.int64))
    which = np.searchsorted(ends, along, side="right")
    piece, at_mm = pieces[which], along - (ends - length)[which]
    share = at_mm / net.length_mm[piece]
    start, end = net.start[piece], net.end[piece]
    lat, lng = ((1 - share) * x[start] + share * x[end] for x in (net.lat_e6, net.lng_e6))
    spots = Spots(piece=piece, at_mm=at_mm, off_m=np.zeros(points))
    return spots, [Place(round(a), round(b)) for a, b in zip(lat.tolist(), lng.tolist(), strict=True)]


def _inner(places: list[Place]) -> NDArray[np.bool_]:
    """Which pairs have both ends in the middle half of both axes, shape (places, places)."""
    at = np.array([(x.lat_e6, x.lng_e6) for x in places])
    low, high = np.quantile(at, (0.25, 0.75), axis=0)
    inside = ((at >= low) & (at <= high)).all(axis=1)
    return np.asarray(inside[:, None] & inside[None])


def _error_bp(guess_s: NDArray[np.float64], ride_s: NDArray[np.float64]) -> int:
    return round(float(np.abs(guess_s - ride_s).mean() / ride_s.mean()) * 10_000)

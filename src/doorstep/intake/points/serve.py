"""Which delivery points a site serves: those that no other site is nearer to."""

from collections.abc import Sequence
from math import cos, radians, sin

from doorstep.base.errors import BadInput
from doorstep.intake.points.read import Spot
from doorstep.model.people import Place


def served(points: Sequence[Spot], sites: Sequence[Spot], site: str) -> tuple[Spot, ...]:
    """
    Find the points for which a site is the nearest of all.

    Parameters
    ----------
    sites
        All sites that share the points; one of them is called `site`.

    Returns
    -------
    Points in the order given; none where every point has a nearer site.

    Raises
    ------
    BadInput
        There is no such site.

    Notes
    -----
    Distances are compared along the chord through the globe, which orders places as the great circle does. A point as
    near to two sites belongs to the one with the smaller name. O(points × sites) at worst; a point is given up at
    the first site that is nearer, and sites are asked from this one outwards, so that most need one or two.
    """
    here = next((x for x in sites if x.name == site), None)
    if here is None:
        raise BadInput(f"there is no site {site!r}; the file has {', '.join(sorted(x.name for x in sites)[:8])} …")
    home = _on_globe(here.place)
    others = sorted(
        ((_chord2(home, at), x.name, at) for x in sites if x.name != site for at in (_on_globe(x.place),)),
        key=lambda x: x[:2],
    )
    found: list[Spot] = []
    for point in points:
        at = _on_globe(point.place)
        own = _chord2(home, at)
        nearer = False
        for apart, name, other in others:
            if apart > 4 * own:
                break  # further from this site than twice the way to the point: neither it nor any after is nearer
            away = _chord2(other, at)
            if away < own or (away == own and name < site):
                nearer = True
                break
        if not nearer:
            found.append(point)
    return tuple(found)


def _on_globe(place: Place) -> tuple[float, float, float]:
    lat, lng = radians(place.lat_e6 / 1e6), radians(place.lng_e6 / 1e6)
    return cos(lat) * cos(lng), cos(lat) * sin(lng), sin(lat)


def _chord2(a: tuple[float, float, float], b: tuple[float, float, float]) -> float:
    """Square of the straight line between two points of the unit sphere."""
    return (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2 + (a[2] - b[2]) ** 2

"""Who may use a highway, and in which direction: an e-bike, a walker."""

from collections.abc import Mapping
from typing import Final

from msgspec import Struct

BOTH: Final = frozenset(
    """
    primary primary_link secondary secondary_link tertiary tertiary_link unclassified residential living_street
    service road track
    """.split()  # noqa: SIM905 a list of words
)
RIDDEN: Final = BOTH | {"cycleway", "path"}
WALKED: Final = BOTH | {"path", "footway", "pedestrian", "steps", "corridor", "cycleway"}
BY_SIGN: Final = frozenset({"trunk", "trunk_link", "footway", "pedestrian"})
"""Ridden only where `bicycle` says so. In Shanghai trunks are the elevated roads, closed to e-bikes and walkers."""
YES: Final = frozenset({"yes", "designated", "permissive", "official", "destination"})
NO: Final = frozenset({"no", "private", "use_sidepath", "dismount", "discouraged"})
CLOSED: Final = frozenset({"no", "private"})
ROUND: Final = frozenset({"roundabout", "circular"})
KNOWN_ONEWAY: Final = frozenset({"yes", "true", "1", "-1", "reverse", "no", "false", "0"})


class Allowed(Struct, frozen=True, kw_only=True):
    """Whether e-bike and walker may go along the nodes of a way, and against them."""

    ride: bool
    ride_back: bool
    walk: bool
    walk_back: bool

    @property
    def anyone(self) -> bool:
        """Whether there is any use for the way."""
        return self.ride or self.ride_back or self.walk or self.walk_back


def allowed(tags: Mapping[str, str]) -> Allowed:
    """
    Say who may use a highway.

    Parameters
    ----------
    tags
        Of a way, `highway` among them.

    Notes
    -----
    The nearest tag decides: ``bicycle`` or ``foot`` before ``vehicle`` before ``access`` before the class of the
    highway. A one-way street binds the e-bike unless ``oneway:bicycle=no`` or ``cycleway=opposite…`` frees it; it
    binds nobody on foot. A way that closes on its first node is one-way only as a roundabout. Words of `oneway` that
    are not known (``reversible``) are taken as no.

    References
    ----------
    OpenStreetMap wiki, “OSM tags for routing/Access restrictions”.
    """
    highway, access = tags["highway"], tags.get("access", "")
    rides = highway in RIDDEN and tags.get("motorroad") != "yes"
    rides = _signed(rides, access, tags.get("vehicle", ""), bicycle := tags.get("bicycle", ""))
    if highway in BY_SIGN and bicycle not in YES:
        rides = False
    walks = _signed(highway in WALKED and tags.get("motorroad") != "yes", access, tags.get("foot", ""))
    if highway not in WALKED | BY_SIGN and highway not in RIDDEN:
        rides = walks = False  # motorways, building sites, platforms: no sign opens them
    along, against = _directions(tags)
    walk_along, walk_against = _one_way(tags.get("oneway:foot", "no"))
    return Allowed(
        ride=rides and along, ride_back=rides and against, walk=walks and walk_along, walk_back=walks and walk_against
    )


def _signed(usual: bool, *signs: str) -> bool:  # noqa: FBT001 private, and the first of a row of signs
    """Let signs overrule what is usual, from the widest to the nearest."""
    for x in signs:
        if x in YES:
            usual = True
        elif x in NO:
            usual = False
    return usual


def _directions(tags: Mapping[str, str]) -> tuple[bool, bool]:
    if "oneway:bicycle" in tags:
        return _one_way(tags["oneway:bicycle"])
    along, against = _one_way(tags.get("oneway", "yes" if tags.get("junction") in ROUND else "no"))
    if not (along and against) and any(
        tags.get(x, "").startswith("opposite")
        for x in ("cycleway", "cycleway:left", "cycleway:right", "cycleway:both")
    ):
        return True, True
    return along, against


def _one_way(value: str) -> tuple[bool, bool]:
    if value in ("yes", "true", "1"):
        return True, False
    if value in ("-1", "reverse"):
        return False, True
    return True, True

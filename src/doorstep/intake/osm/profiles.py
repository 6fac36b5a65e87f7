"""Who may use a highway, in which direction and how fast: an e-bike, a walker."""

import re
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
BY_SIGN: Final = frozenset({"trunk", "trunk_link", "footway", "pedestrian", "steps", "corridor"})
"""Ridden only where `bicycle` says so. In Shanghai trunks are the elevated roads, closed to e-bikes and walkers."""
YES: Final = frozenset({"yes", "designated", "permissive", "official", "destination"})
NO: Final = frozenset({"no", "private", "use_sidepath", "dismount", "discouraged"})
CLOSED: Final = frozenset({"no", "private"})
ROUND: Final = frozenset({"roundabout", "circular"})
LAWFUL_MM_S: Final = 6_944  # 25 km/h, the most an e-bike may be built for (GB 17761-2018)
RIDDEN_MM_S: Final = {
    "path": 3_611,  # 13 km/h and the next, 12: what OSRM's bicycle profile takes
    "track": 3_333,
    "footway": 2_778,  # 10 km/h among people on foot: a choice, half of what people ride elsewhere
    "pedestrian": 2_778,
    "corridor": 1_111,  # 4 km/h: pushed, as OSRM's profile has it; and 2 on steps
    "steps": 556,
}
STEPS_MM_S: Final = 600  # along steps: 0.5 m/s up and 0.7 down (Fruin 1971, Pedestrian Planning and Design)
MAXSPEED: Final = re.compile(r"([0-9]{1,3}(?:\.[0-9]+)?)( ?km/h| ?mph)?")
KNOWN_ONEWAY: Final = frozenset({"yes", "true", "1", "-1", "reverse", "no", "false", "0"})


class Allowed(Struct, frozen=True, kw_only=True):
    """
    Whether e-bike and walker may go along the nodes of a way, and against them, and how fast at most.

    Parameters
    ----------
    ride_mm_s, walk_mm_s
        1 … 6,944 (25 km/h) each; where someone may not go it says nothing.
    """

    ride: bool
    ride_back: bool
    walk: bool
    walk_back: bool
    ride_mm_s: int = LAWFUL_MM_S
    walk_mm_s: int = LAWFUL_MM_S

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
        ride=rides and along,
        ride_back=rides and against,
        walk=walks and walk_along,
        walk_back=walks and walk_against,
        ride_mm_s=min(RIDDEN_MM_S.get(highway, LAWFUL_MM_S), _posted_mm_s(tags.get("maxspeed", ""))),
        walk_mm_s=STEPS_MM_S if highway == "steps" else LAWFUL_MM_S,
    )


def _posted_mm_s(text: str) -> int:
    """Read a posted speed; what is no plain number of km/h or mph binds nobody."""
    found = MAXSPEED.fullmatch(text)
    if found is None or float(found[1]) <= 0:
        return LAWFUL_MM_S
    kmh = float(found[1]) * (1.609344 if (found[2] or "").endswith("mph") else 1)
    return max(1, min(LAWFUL_MM_S, int(kmh * 1_000_000 / 3_600)))


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

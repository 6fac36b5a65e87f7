"""What couriers go by: straight lines, the streets of a net, or tables of travel times."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from hashlib import file_digest
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np
from msgspec import Struct

from doorstep.base.errors import BadFile, BadInput
from doorstep.model.people import LAWFUL_MM_S, CourierKind, Place
from doorstep.roads import Map, Roads, RoadsOf, Straight
from doorstep.roads.net import Profile
from doorstep.roads.prepared import Prepared
from doorstep.roads.streets import Streets
from doorstep.roads.table import NONE, Table
from doorstep.wire.roads import streets_of

BY: Final[Mapping[CourierKind, Profile]] = {"ebike": "ebike", "robot": "ebike", "walker": "walk"}
"""Unmanned vehicles share the lanes of e-bikes. Vans go by no profile: they ride straight, times the detour."""
COLUMNS: Final = ("from", "to", "seconds", "metres")


class Ways(Struct, frozen=True, kw_only=True):
    """
    What couriers go by.

    Parameters
    ----------
    net
        A file of `doorstep roads build`.
    tables
        Files of `doorstep roads matrix`, one for each profile that rides.
    """

    net: Path | None = None
    tables: tuple[Path, ...] = ()


class Opened(Struct, frozen=True):
    """What couriers go by, None where all ride straight; and in a few words what that is."""

    roads: RoadsOf | None
    said: str


def roads_for(
    ways: Ways, *, points: Mapping[str, Place], couriers: Iterable[tuple[CourierKind, int]], detour_e3: int
) -> Opened:
    """
    Open what couriers go by.

    Parameters
    ----------
    points
        Places by name.
    couriers
        Kind and speed, mm/s, of every courier.
    detour_e3
        Of the day: what is ridden straight takes so much longer than the line, in thousandths.

    Raises
    ------
    BadInput
        A file cannot be read right, lacks a place, or is of another area, profile or speed.
    """
    if ways.net is not None and ways.tables:
        raise BadInput("--roads and --matrix: both say how long rides take; name one")
    if ways.net is not None:
        return _streets(ways.net, points)
    if not ways.tables:
        return Opened(None, "straight")
    straight = Straight(detour_e3=detour_e3)
    who: dict[Profile, set[int]] = {}
    for kind, speed_mm_s in couriers:
        if kind not in BY:
            raise BadInput(f"--matrix: there is no profile for a courier of kind {kind}; leave them or the tables out")
        who.setdefault(BY[kind], set()).add(speed_mm_s)
    opened: dict[Profile, Table] = {}
    for path in ways.tables:
        profile, made = _table(path, points, who, straight)
        if profile in opened:
            raise BadInput(f"--matrix {path}: a second table of the profile {profile}; name one for each")
        opened[profile] = made
    for profile in who:
        if profile not in opened:
            raise BadInput(f"--matrix: there are couriers who need a table of the profile {profile}; name it, too")
    alone = sum(x.without_way for x in opened.values())
    names = ", ".join(x.name for x in ways.tables)
    return Opened(lambda kind: opened[BY[kind]], f"times of {names}, {alone:,} pairs straight")


def map_of(net: Path, places: Sequence[Place] = ()) -> tuple[Map, str]:
    """
    Open the net that a site's couriers go by.

    Parameters
    ----------
    net
        A file of `doorstep roads build`.
    places
        Known beforehand: rides among them are asked for once.

    Returns
    -------
    The map, and in a few words what that is.

    Raises
    ------
    BadInput
        The net cannot be read, or is of another area than all places.
    """
    opened = _streets(net, {str(i): x for i, x in enumerate(places)})
    along = opened.roads
    assert along is not None, "there is a net"
    by: RoadsOf = cache(lambda kind: Prepared(along(kind), places))
    with net.open("rb") as file:
        return Map(roads=by, digest=file_digest(file, "sha256").hexdigest()), opened.said


def _along(path: Path) -> RoadsOf:
    """Ride along the streets of a net."""
    made: dict[Profile, Streets] = {}

    def ride(kind: CourierKind) -> Roads:
        profile = BY.get(kind, "ebike")
        if profile not in made:
            made[profile] = streets_of(path, profile)
        return made[profile] if kind in BY else made[profile].straight

    return ride


def _streets(path: Path, points: Mapping[str, Place]) -> Opened:
    """Ride along the streets of a net, where it is of the area of these places."""
    streets = streets_of(path, "ebike")
    off = int((~streets.on_map(streets.spots(list(points.values())))).sum())
    if points and off == len(points):
        raise BadInput(f"--roads {path}: none of the {off:,} places lies on this map; name the net of their area")
    return Opened(_along(path), f"streets of {path.name}, {off:,} of {len(points):,} places off the map")


def _table(
    path: Path, points: Mapping[str, Place], who: Mapping[Profile, set[int]], straight: Straight
) -> tuple[Profile, Table]:
    """Read a table, and hold it against who rides."""
    import polars as pl

    try:
        frame, about = pl.read_parquet(path), pl.read_parquet_metadata(path)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise BadFile(
            str(path), what=f"is no table of travel times ({error}); name one of `doorstep roads matrix`"
        ) from error
    for name in COLUMNS:
        if name not in frame.columns:
            raise BadFile(str(path), column=name, what="the column is missing; a table has from, to, seconds, metres")
    profile, speed_mm_s = _about(path, about, who)
    names = {x: n for n, x in enumerate(points)}
    size = len(names)
    here = frame.filter(pl.col("from").is_in(list(names)) & pl.col("to").is_in(list(names)))
    a, b = (here[x].replace_strict(names, return_dtype=pl.Int64).to_numpy() for x in COLUMNS[:2])
    filled = np.zeros((size, size), np.bool_)
    filled[a, b] = True
    if not filled.all():
        one, other = np.argwhere(~filled)[0].tolist()
        listed = list(points)
        raise BadFile(
            str(path),
            column="from, to",
            value=f"{listed[one]}, {listed[other]}",
            what=f"the pair is missing, one of {int((~filled).sum()):,}; make the table of these points: "
            "`doorstep roads matrix NET --points DAY`",
        )
    tables = []
    for name in COLUMNS[2:]:
        column = here[name].fill_null(NONE)
        if not column.dtype.is_integer() or column.min() < NONE or column.max() > 10**7:  # type: ignore[operator]
            raise BadFile(str(path), column=name, what="must hold whole numbers from 0 to ten million, or nothing")
        made = np.full((size, size), NONE, np.int32)
        made[a, b] = column.to_numpy()
        tables.append(made)
    seconds, metres = tables
    most_mm_s = speed_mm_s or max(LAWFUL_MM_S[x] for x, y in BY.items() if y == profile)
    fast = (seconds != NONE) & ((seconds + 1) * float(most_mm_s) < metres * 1000.0 - 500.0)
    if fast.any():
        one, other = np.argwhere(fast)[0].tolist()
        listed = list(points)
        raise BadFile(
            str(path),
            column="seconds",
            value=str(seconds[one, other]),
            what=f"{listed[one]} to {listed[other]}: {metres[one, other]} m in this time are faster than {most_mm_s} "
            "mm/s, which nobody here may ride",
        )
    return profile, Table({y: names[x] for x, y in points.items()}, seconds, metres, straight=straight)


def _about(path: Path, about: Mapping[str, str], who: Mapping[Profile, set[int]]) -> tuple[Profile, int | None]:
    """Read whose table it is; without a word about it, it is that of the only profile that rides."""
    said: dict[str, Any] = msgspec.json.decode(about["doorstep"]) if "doorstep" in about else {}
    profile: Profile = said.get("profile", next(iter(who), "ebike"))
    speed_mm_s: int | None = said.get("speed_mm_s")
    if profile not in who:
        raise BadInput(f"--matrix {path}: it is of the profile {profile}, and no courier here goes by that")
    others = sorted(who[profile] - {speed_mm_s}) if speed_mm_s is not None else []
    if others:
        raise BadInput(
            f"--matrix {path}: it is for {speed_mm_s} mm/s, and couriers ride {others[0]} mm/s; make it with "
            f"--speed-kmh {others[0] * 3.6 / 1000:.6g}"
        )
    return profile, speed_mm_s

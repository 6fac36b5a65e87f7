"""Nets of streets and tables of travel times: made from files and servers, written whole."""

from collections.abc import Sequence
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from doorstep.base.errors import BadFile, BadInput
from doorstep.intake.datum import Datum
from doorstep.intake.dayfolder import read_dispatch_day
from doorstep.intake.opened import opened
from doorstep.intake.osm.net import Reach, net_of, reaches
from doorstep.intake.osm.network import network_of
from doorstep.intake.osm.points import Point, read_points
from doorstep.intake.osm.read import read_extract
from doorstep.roads import Straight
from doorstep.roads.detour import Detour, detour_of
from doorstep.roads.net import LAWFUL_MM_S, USUAL_MM_S, Net, Profile
from doorstep.roads.netfile import FORMAT, net_bytes, net_of_bytes
from doorstep.roads.streets import NONE, Streets
from doorstep.wire.files import write_whole
from doorstep.wire.moments import SNAPSHOT, day_points, read_snapshot, snapshot_points

if TYPE_CHECKING:
    from doorstep.ports.roads import MapServer

SERVERS: Final = ("osrm", "valhalla")
ATTRIBUTION: Final = "© OpenStreetMap contributors, ODbL 1.0"


class Built(Struct, frozen=True, kw_only=True):
    """What `build` did: what was read, what each profile can reach, how much longer streets are than the line."""

    source: str
    source_hash: str
    out: str
    format: int
    hash: str
    size: int
    nodes: int
    pieces: int
    reaches: tuple[Reach, ...]
    detours: tuple[Detour, ...]
    counts: dict[str, int]
    dropped: dict[str, int]
    assumed: tuple[str, ...]


class Snapped(Struct, frozen=True, kw_only=True):
    """How far a point is from its street, metres, and the street's name; None where a server does not say it."""

    point: str
    off_m: float | None
    street: str | None


class Unreachable(Struct, frozen=True, kw_only=True):
    """A point that has no row with a time, and why."""

    point: str
    why: str


class Tabled(Struct, frozen=True, kw_only=True):
    """
    What `matrix` did.

    Parameters
    ----------
    slowed
        Pairs that were quicker than 25 km/h at the server and are not any more.
    asked
        How many questions a server was asked.
    off_m_p50, off_m_max
        How far from their street the points on the map are, metres: half of them, and the furthest.
    """

    roads: str
    profile: Profile
    speed_mm_s: int | None
    push: bool
    datum: Datum
    snap_m: float
    points: int
    pairs: int
    without_way: int
    slowed: int
    asked: int
    off_m_p50: float | None
    off_m_max: float | None
    unreachable: tuple[Unreachable, ...]
    snapped: tuple[Snapped, ...]
    out: str


class Wanted(Struct, frozen=True, kw_only=True):
    """What a table shall be of."""

    points: Path
    out: Path
    profile: Profile
    speed_mm_s: int | None
    datum: Datum
    snap_m: float
    push: bool = False


def build(area: Path, out: Path, *, force: bool) -> Built:
    """
    Make a net of an extract and write it as one file.

    Raises
    ------
    BadInput
        The extract cannot be read right, or `out` may not be written; nothing was.
    StoreUnavailable
        The disk did not do its part.
    """
    refuse_out(out, "city.net", force=force)
    network, summary = network_of(read_extract(area), source=area.name)
    with opened(area) as file:
        source_hash = sha256(file.read()).hexdigest()
    if not network.edges:
        raise BadFile(str(area), what="holds no street that an e-bike or a walker may use; export a larger area")
    net = net_of(network, source=area.name)
    data = net_bytes(net)
    kinds: tuple[tuple[Profile, bool], ...] = (("ebike", False), ("ebike", True), ("walk", False))
    measured = (calibrate(net, x, speed_mm_s=None, push=y) for x, y in kinds)
    built = Built(
        source=str(area),
        source_hash=source_hash,
        out=str(out),
        format=FORMAT,
        hash=sha256(data).hexdigest(),
        size=len(data),
        nodes=len(net.node),
        pieces=len(net.start),
        reaches=reaches(net),
        detours=tuple(x for x in measured if x is not None),
        counts=summary.counts,
        dropped=summary.dropped,
        assumed=(*summary.assumed, ATTRIBUTION),
    )
    write_whole(out, data)
    return built


def read_net(path: Path) -> Net:
    """
    Read a net.

    Raises
    ------
    BadFile
        It is not there, foreign or damaged.
    """
    with opened(path) as file:
        return net_of_bytes(file.read(), file=str(path))


def streets_of(path: Path, profile: Profile, *, push: bool = False) -> Streets:
    """
    Give the streets of a net to plan by.

    Returns
    -------
    Off the map a ride of the net's roads is straight too, by the detour that the net itself shows.

    Raises
    ------
    BadFile
        The net is not there, foreign or damaged.
    """
    net = read_net(path)
    detour = calibrate(net, profile, speed_mm_s=None, push=push)
    return Streets(net, profile, straight=Straight(detour_e3=detour.detour_e3) if detour else None, push=push)


def calibrate(net: Net, profile: Profile, *, speed_mm_s: int | None, push: bool = False) -> Detour | None:
    """Measure the detour of a net; None where its streets are too short for any pair that counts."""
    streets = Streets(net, profile, push=push)
    return detour_of(streets, speed_mm_s=USUAL_MM_S[profile] if speed_mm_s is None else speed_mm_s)


def matrix_of_net(path: Path, wanted: Wanted, *, force: bool) -> Tabled:
    """
    Write the table of all pairs of points, along the streets of a net.

    Raises
    ------
    BadInput
        A file cannot be read right, or `out` may not be written; nothing was.
    StoreUnavailable
        The disk did not do its part.
    """
    refuse_out(wanted.out, "table.parquet", force=force)
    points = points_of(wanted.points, datum=wanted.datum)
    net = read_net(path)
    streets = Streets(net, wanted.profile, snap_m=wanted.snap_m, push=wanted.push)
    if not streets.parts.main.any():
        raise BadFile(str(path), what=f"holds no street for the profile {wanted.profile}; build it of a larger area")
    speed_mm_s = wanted.speed_mm_s or USUAL_MM_S[wanted.profile]
    spots = streets.spots([x.place for x in points])
    ways = streets.ways(spots, spots, speed_mm_s=speed_mm_s)
    names = [net.names[net.name[x]] for x in spots.piece.tolist()]
    return _write(
        wanted,
        points,
        (ways.seconds, ways.metres),
        roads=str(path),
        off_m=spots.off_m,
        names=names,
        lost=np.flatnonzero(~streets.on_map(spots)).tolist(),
        speed_mm_s=speed_mm_s,
    )


def matrix_of_server(server: str, wanted: Wanted, *, timeout_s: float, block: int, force: bool) -> Tabled:
    """
    Write the table of all pairs of points, as a map server gives it, but never quicker than 25 km/h.

    Parameters
    ----------
    server
        ``osrm=URL`` or ``valhalla=URL``.
    timeout_s, block
        How long each wait may take, seconds; how many points along each side of a question.

    Raises
    ------
    BadInput
        The points cannot be read right, the server is named wrongly, or `out` may not be written.
    WorldFailed
        The server gives no answer, or one that cannot be; nothing was written.
    """
    refuse_out(wanted.out, "table.parquet", force=force)
    points = points_of(wanted.points, datum=wanted.datum)
    asked = _server(server, wanted, timeout_s=timeout_s, block=block)
    found = asked.tables([x.place for x in points])
    there = found.seconds >= 0
    metres = np.where(there, np.floor(found.metres + 0.5), NONE)
    lawful_s = found.metres * 1000 / LAWFUL_MM_S
    slowed = int((there & (found.seconds < lawful_s)).sum())
    seconds = np.where(there, np.floor(np.maximum(found.seconds, lawful_s) + 0.5), NONE)
    if max(seconds.max(initial=0), metres.max(initial=0)) > 2**31 - 1:
        raise BadInput(f"{server}: a way takes longer than 68 years; are the points those of its area?")
    return _write(
        wanted,
        points,
        (seconds.astype(np.int32), metres.astype(np.int32)),
        roads=server,
        off_m=found.off_m,
        names=None,
        lost=list(found.lost),
        speed_mm_s=wanted.speed_mm_s,
        slowed=slowed,
        asked=found.asked,
    )


def points_of(path: Path, *, datum: Datum) -> tuple[Point, ...]:
    """
    Read points: of a CSV file, or the site and the doors of a day folder or of a snapshot.

    Raises
    ------
    BadInput
        It cannot be read right, or is a folder of several sites.
    """
    if path.is_dir():
        named = day_points(read_dispatch_day(path))
    elif path.name.endswith(SNAPSHOT):
        named = snapshot_points(read_snapshot(path))
    else:
        return read_points(path, datum=datum)
    if datum != "wgs84":
        raise BadInput(f"{path}: day folders and snapshots are in WGS-84; leave --datum out")
    return tuple(Point(point=x, place=y) for x, y in named.items())


def refuse_out(out: Path, example: str, *, force: bool) -> None:
    """Raise `BadInput` where a file may not be written."""
    if out.is_dir():
        raise BadInput(f"{out} is a folder; --out names a file such as {out / example}")
    if out.exists() and not force:
        raise BadInput(f"{out} is there already; name another file, or add --force to write over it")
    if not out.absolute().parent.is_dir():
        raise BadInput(f"{out.parent} is no folder; make it first, or name a file in one that exists")


def _server(server: str, wanted: Wanted, *, timeout_s: float, block: int) -> "MapServer":
    if wanted.push:
        raise BadInput("--push: a server has its own rules; leave it out, or ask a net")
    kind, found, url = server.partition("=")
    if not found or kind not in SERVERS:
        raise BadInput(f"--server {server[:100]!r}: write osrm=URL or valhalla=URL")
    if kind == "osrm":
        if wanted.speed_mm_s is not None:
            raise BadInput("--speed-kmh: an OSRM server has its own speeds; leave it out, or ask Valhalla or a net")
        from doorstep.adapters.roads import Osrm

        return Osrm(url, wanted.profile, snap_m=wanted.snap_m, timeout_s=timeout_s, block=block)
    from doorstep.adapters.roads import Valhalla

    return Valhalla(
        url,
        wanted.profile,
        speed_mm_s=wanted.speed_mm_s or USUAL_MM_S[wanted.profile],
        snap_m=wanted.snap_m,
        timeout_s=timeout_s,
        block=block,
    )


def _write(
    wanted: Wanted,
    points: Sequence[Point],
    table: tuple[NDArray[np.int32], NDArray[np.int32]],
    *,
    roads: str,
    off_m: NDArray[np.float64],
    names: Sequence[str] | None,
    lost: Sequence[int],
    speed_mm_s: int | None,
    slowed: int = 0,
    asked: int = 0,
) -> Tabled:
    """Write the table, and say what is in it."""
    seconds, metres = table
    gone = set(lost)
    known = np.delete(off_m, list(lost))
    known = known[np.isfinite(known)]
    unreachable = [_lost(points[x], float(off_m[x]), wanted.snap_m) for x in sorted(gone)]
    for line, what in ((1, "to it"), (0, "from it")):  # on the map, and yet without a way: an island of a server's map
        others = (seconds >= 0) & ~np.eye(len(points), dtype=np.bool_)
        for x in np.flatnonzero(~others.any(axis=1 - line)).tolist():
            if x not in gone and len(points) - len(lost) > 1:
                gone.add(x)
                unreachable.append(Unreachable(point=points[x].point, why=f"there is no way {what}"))
    tabled = Tabled(
        roads=roads,
        profile=wanted.profile,
        speed_mm_s=speed_mm_s,
        push=wanted.push,
        datum=wanted.datum,
        snap_m=wanted.snap_m,
        points=len(points),
        pairs=seconds.size,
        without_way=int((seconds < 0).sum()),
        slowed=slowed,
        asked=asked,
        off_m_p50=round(float(np.median(known)), 1) if len(known) else None,
        off_m_max=round(float(known.max()), 1) if len(known) else None,
        unreachable=tuple(unreachable),
        snapped=tuple(
            Snapped(
                point=x.point,
                off_m=round(float(off_m[n]), 1) if np.isfinite(off_m[n]) else None,
                street=names[n] if names is not None else None,
            )
            for n, x in enumerate(points)
        ),
        out=str(wanted.out),
    )
    write_whole(wanted.out, _parquet([x.point for x in points], seconds, metres, tabled))
    return tabled


def _lost(point: Point, off_m: float, snap_m: float) -> Unreachable:
    if np.isfinite(off_m):
        return Unreachable(point=point.point, why=f"the nearest street is {off_m:,.0f} m away, above {snap_m:g} m")
    return Unreachable(point=point.point, why=f"there is no street within {snap_m:g} m")


def _parquet(names: Sequence[str], seconds: NDArray[np.int32], metres: NDArray[np.int32], tabled: Tabled) -> bytes:
    import polars as pl

    count = len(names)
    labels = pl.Series("point", names, dtype=pl.String)
    one, other = (labels.gather(x) for x in (np.repeat(np.arange(count), count), np.tile(np.arange(count), count)))
    numbers = [
        pl.Series(name, x.ravel()).set(pl.Series(x.ravel() < 0), None)
        for name, x in (("seconds", seconds), ("metres", metres))
    ]
    frame = pl.DataFrame([one.alias("from"), other.alias("to"), *numbers])
    about = {x: y for x, y in msgspec.to_builtins(tabled).items() if x not in ("snapped", "out", "roads", "asked")}
    file = BytesIO()
    frame.write_parquet(file, compression="zstd", metadata={"doorstep": msgspec.json.encode(about).decode()})
    return file.getvalue()

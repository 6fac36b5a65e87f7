"""`doorstep roads …`: streets of an extract, and travel times along them."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from doorstep.base.errors import BadInput
from doorstep.cli.frames import pin_threads
from doorstep.cli.told import print_json

if TYPE_CHECKING:
    from doorstep.roads.detour import Detour
    from doorstep.wire.roads import Built, Tabled

app = typer.Typer(
    help="Streets of a map, and how long it takes to ride or walk along them.\n\n"
    "`build` makes one file of an OpenStreetMap extract, `matrix` the table of all pairs of points, `calibrate` says "
    "how much longer streets are than the straight line.",
    no_args_is_help=True,
)

LAWFUL_KMH = 25.0
SHOWN = 20
"""Names that a person is shown at once; --json has all."""

Profile = Annotated[Literal["ebike", "walk"], typer.Option(help="Who goes.")]
Speed = Annotated[
    float | None,
    typer.Option(
        "--speed-kmh",
        help="How fast where nothing hinders, up to 25 km/h.",
        show_default="15 for an e-bike, 5 on foot",
    ),
]
Push = Annotated[
    bool,
    typer.Option(
        "--push", help="E-bikes are pushed, at 4 km/h, where only walkers may go, as against one-way streets."
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print what was done as one JSON document and nothing else.")]
Force = Annotated[bool, typer.Option("--force", help="Write over the file that --out names.")]
NetFile = Annotated[Path, typer.Argument(metavar="NET", help="A file that `doorstep roads build` wrote.")]

MaybeNet = Annotated[Path | None, typer.Argument(metavar="NET", help="A file that `doorstep roads build` wrote.")]
Points = Annotated[
    Path,
    typer.Option(
        help="CSV: point, lat_e6, lng_e6; or point, lat, lng in degrees. Or a dispatch day, or a *.snapshot.json.",
        show_default=False,
    ),
]


@app.command()
def build(
    area: Annotated[Path, typer.Argument(help="An extract: .osm, .osm.gz, or .pbf where osmium is installed.")],
    *,
    out: Annotated[Path, typer.Option(help="The file to write.", show_default=False)],
    json: Json = False,
    force: Force = False,
) -> None:
    """
    Make one file of the streets of an OpenStreetMap extract, for e-bikes and for walkers.

    One-way streets, signs and speed limits are honoured. What cannot be reached from the main part is named.

        doorstep roads build area.osm.gz --out area.net
    """
    from doorstep.wire.roads import build as work

    built = work(area, out, force=force)
    if json:
        print_json(built)
        return
    for x in _told(built):
        typer.echo(x)


@app.command()
def matrix(
    net: MaybeNet = None,
    *,
    points: Points,
    out: Annotated[Path, typer.Option(help="The parquet file to write.", show_default=False)],
    profile: Profile = "ebike",
    speed_kmh: Speed = None,
    push: Push = False,
    datum: Annotated[
        Literal["wgs84", "gcj02"], typer.Option(help="How positions are written; gcj02 is turned into WGS-84.")
    ] = "wgs84",
    snap_m: Annotated[
        float, typer.Option(min=1.0, max=5_000.0, help="A point further from every street is unreachable, metres.")
    ] = 300.0,
    server: Annotated[
        str | None,
        typer.Option(help="Ask a map server instead of NET: osrm=URL or valhalla=URL.", show_default=False),
    ] = None,
    server_block: Annotated[int, typer.Option(min=1, max=1_000, help="Points a side of one question to it.")] = 50,
    timeout_s: Annotated[float, typer.Option(min=0.1, max=600.0, help="How long to wait for it, seconds.")] = 30.0,
    json: Json = False,
    force: Force = False,
) -> None:
    """
    Write the travel times and lengths between all points: from, to, seconds, metres.

    Each point stands for the nearest spot on a street that can be reached; how far that is, is reported. Points that
    are too far from any street are named, and their rows hold no numbers.

        doorstep roads matrix area.net --points doors.csv --profile ebike --out table.parquet
    """
    if (net is None) == (server is None):
        raise BadInput("name one of both: a NET, or --server osrm=URL")
    pin_threads()
    from doorstep.wire.roads import Wanted, matrix_of_net, matrix_of_server

    wanted = Wanted(
        points=points,
        out=out,
        profile=profile,
        speed_mm_s=_speed_mm_s(speed_kmh),
        datum=datum,
        snap_m=snap_m,
        push=_push(push, profile),
    )
    if server is not None:
        tabled = matrix_of_server(server, wanted, timeout_s=timeout_s, block=server_block, force=force)
    else:
        assert net is not None, "one of both is named"
        tabled = matrix_of_net(net, wanted, force=force)
    for x in _missing(tabled):
        typer.echo(x, err=True)
    if json:
        print_json(tabled)
    else:
        typer.echo(_summed(tabled), err=True)


@app.command()
def calibrate(
    net: NetFile, *, profile: Profile = "ebike", speed_kmh: Speed = None, push: Push = False, json: Json = False
) -> None:
    """
    Measure how much longer streets are than the straight line: the factor to ride by where there is no map.

    Spots are spread over all streets of the main part; pairs 300 m to 3 km apart count.
    """
    from doorstep.wire.roads import calibrate as work
    from doorstep.wire.roads import read_net

    detour = work(read_net(net), profile, speed_mm_s=_speed_mm_s(speed_kmh), push=_push(push, profile))
    if detour is None:
        raise BadInput(f"{net}: no two spots of its streets for {profile} are 300 m to 3 km apart; take a larger area")
    if json:
        print_json(detour)
        return
    for x in _detour(detour):
        typer.echo(x)


def _speed_mm_s(kmh: float | None) -> int | None:
    if kmh is None:
        return None
    if not 0.1 <= kmh <= LAWFUL_KMH:
        raise BadInput(f"--speed-kmh {kmh:g}: must lie between 0.1 and 25, which is all that an e-bike may")
    return round(kmh * 1_000_000 / 3_600)


def _push(push: bool, profile: str) -> bool:
    if push and profile != "ebike":
        raise BadInput("--push: only an e-bike is pushed; leave it out, or take --profile ebike")
    return push


def _told(built: "Built") -> Iterator[str]:
    yield f"{built.source}: {built.nodes:,} nodes, {built.pieces:,} pieces of street"
    for reason, n in built.dropped.items():
        yield f"  left out: {n:,} {reason}"
    for x in built.reaches:
        share = 100 * x.main_metres / x.metres if x.metres else 0
        yield (
            f"  {x.profile}: {x.metres / 1000:,.1f} km, {x.oneway_metres / 1000:,.1f} of them one-way; "
            f"{x.main_metres / 1000:,.1f} km ({share:.0f}%) hang together"
        )
        for y in x.outside[:5]:
            name = y.street or "without a name"
            yield f"    outside: {name}, {y.metres:,} m in {y.pieces:,} pieces, from node {y.node}"
        if len(x.outside) > 5:
            yield f"    outside: {len(x.outside) - 5:,} more streets; --json names them"
    for detour in built.detours:
        yield from (f"  {x}" for x in _detour(detour))
    for assumption in built.assumed:
        yield f"  assumed: {assumption}" if "©" not in assumption else f"  {assumption}"
    yield f"  written: {built.out}, {built.size:,} bytes, sha-256 {built.hash[:16]}…"


def _detour(detour: "Detour") -> Iterator[str]:
    pushed = " that may be pushed" if detour.push else ""
    p10, p50, p90 = (f"{x / 1000:.2f}" for x in (detour.p10_e3, detour.p50_e3, detour.p90_e3))
    yield (
        f"{detour.profile}{pushed} at {detour.speed_mm_s * 3.6 / 1000:.1f} km/h: detour {detour.detour_e3 / 1000:.3f} "
        f"(10% of pairs below {p10}, half below {p50}, 90% below {p90}; {detour.pairs:,} pairs)"
    )
    for x in detour.bands:
        yield f"  {x.from_m:,} to {x.below_m:,} m: {x.detour_e3 / 1000:.3f} ({x.pairs:,} pairs)"
    if detour.inner_pairs:
        yield f"  within the middle half of the streets: {detour.inner_e3 / 1000:.3f} ({detour.inner_pairs:,} pairs)"
    yield (
        f"  a straight ride is off by {detour.error_bp / 100:.1f}% of the mean ride with it, "
        f"by {detour.usual_error_bp / 100:.1f}% with {detour.usual_e3 / 1000:g}"
    )


def _missing(tabled: "Tabled") -> Iterator[str]:
    for x in tabled.unreachable[:SHOWN]:
        yield f"unreachable: {x.point}: {x.why}"
    if len(tabled.unreachable) > SHOWN:
        yield f"unreachable: {len(tabled.unreachable) - SHOWN:,} more points; --json names them"
    if tabled.slowed:
        yield (
            f"slowed: {tabled.slowed:,} pairs were quicker than 25 km/h at the server and are not any more; "
            "was it prepared for e-bikes or walkers?"
        )


def _summed(tabled: "Tabled") -> str:
    text = f"{tabled.points:,} points, {tabled.pairs:,} pairs, {tabled.without_way:,} of them without a way."
    if tabled.off_m_p50 is not None:
        text += f" On the map: half within {tabled.off_m_p50:g} m of a street, all within {tabled.off_m_max:g} m."
    return f"{text} Written to {tabled.out}."

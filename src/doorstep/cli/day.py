"""`doorstep day`, `verify`, `explain`, `swarm`."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from doorstep.base.errors import BadInput, CheckFailed
from doorstep.cli.frames import kernels_there, say_what_takes_long
from doorstep.cli.real import (
    DateName,
    PointsFile,
    SalesFile,
    Scale,
    SitesFile,
    StoreName,
    keep_assumptions,
    made_of_sales,
    print_assumptions,
)
from doorstep.cli.told import print_json

if TYPE_CHECKING:
    from collections.abc import Callable

    from doorstep.core.indicators import Closing
    from doorstep.intake.dayfolder import GivenDay
    from doorstep.model.day import Day

Seed = Annotated[
    int | None,
    typer.Option(help="One seed is one day: the same seed gives the same journal, byte for byte.", show_default="1"),
]
Source = Annotated[
    Path | None,
    typer.Option("--from", help="Live the day that this folder holds, with its own seed.", show_default=False),
]
Site = Annotated[
    str | None,
    typer.Option(
        help="Whose day, where the folder of --from holds several sites; where to live it, with --sales.",
        show_default=False,
    ),
]
Export = Annotated[
    Path | None,
    typer.Option(help="Write the day as it is given, before it is lived, for --from.", show_default=False),
]
Demand = Annotated[
    Path | None,
    typer.Option(
        help="Expect what this forecast file holds, F.parquet of `doorstep forecast run`; the built-in day, or the "
        "empty hours of --sales, without a forecast of their own.",
        show_default=False,
    ),
]
Net = Annotated[
    Path | None,
    typer.Option(
        "--roads",
        help="Ride along the streets of this net, a file of `doorstep roads build`; straight times a detour without "
        "one, and where a place is off the map.",
        show_default=False,
    ),
]
Past = Annotated[
    Path | None,
    typer.Option(
        help="Live nothing: write the built-in day's past and what is known of the day into this folder, for "
        "`doorstep forecast run`.",
        show_default=False,
    ),
]
Out = Annotated[
    Path | None,
    typer.Option(
        help="Folder for journal.ndjson, closing.json and report.html; made if it is not there.", show_default=False
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print the closing as one JSON document and nothing else.")]
Force = Annotated[bool, typer.Option("--force", help="Write into --out and --export even if they hold files already.")]
Folder = Annotated[Path, typer.Argument(help="A folder that `doorstep day --out` wrote.")]


def day(
    *,
    seed: Seed = None,
    source: Source = None,
    site: Site = None,
    sales: SalesFile = None,
    store: StoreName = None,
    date: DateName = None,
    points: PointsFile = None,
    sites: SitesFile = None,
    scale: Scale = None,
    demand: Demand = None,
    roads: Net = None,
    past: Past = None,
    export: Export = None,
    out: Out = None,
    json: Json = False,
    force: Force = False,
) -> None:
    """
    Live one day of one pre-warehouse, from the first truck to the last handover.

    Lots arrive, shoppers order with a promise, goods are set aside first expired first, picked, weighed, packed,
    brought and handed over; a truck runs warm, a lot is recalled, a pack is stolen; the day closes and the books are
    held against the world. Without --out nothing is kept.

        doorstep day --out monday && doorstep explain monday O0042

    A day is plain files, too: write the built-in one, change what you like, live it.

        doorstep day --export mine && doorstep day --from mine

    Or it is made of recorded sales, among real delivery points: --sales, --store, --date, --points, --sites, --site.
    Quotes, trips and rides take the streets of a net of `doorstep roads build`: --roads.

    What is expected is forecast: from the built-in four weeks before, the sales before --date, or read from a file:

        doorstep day --past past
        doorstep forecast run past/past.parquet --known-future past/known.parquet --days 1 --out F.parquet
        doorstep day --demand F.parquet
    """
    if past is not None:
        others = {"--demand": demand, "--from": source, "--out": out, "--roads": roads, "--sales": sales}
        _write_past(past, force=force, others=others)
        return
    options = {"sales": sales, "points": points, "sites": sites, "demand": demand}
    real = made_of_sales(**options, store=store, date=date, site=site, scale=scale, seed=seed, source=source)
    given = real.given if real else _given(seed=seed, source=source, site=site, demand=demand)
    closing = _live(given, roads=roads, out=out, export=export, force=force, quiet=json)
    if real:
        keep_assumptions(real, out, export)
    if json:
        print_json(closing)
    else:
        _print_summary(closing, tz=given.day.tz)
        if real:
            print_assumptions(real)
        _say_what_next(given.day, export=export, out=out, roads=roads)
    if any(x != "ok" for x in closing.checks.values()):
        raise typer.Exit(1)


def verify(
    folder: Folder,
    *,
    digest: Annotated[
        str | None,
        typer.Option(
            help="The digest as you kept it elsewhere: a journal rewritten as a whole shows nowhere else.",
            show_default=False,
        ),
    ] = None,
    json: Json = False,
) -> None:
    """
    Check a day from its journal alone.

    The chain of hashes, the transfers of every fact, the balances, every law, and that closing.json says the same.
    Exit code 1 where anything does not hold.
    """
    from doorstep.wire.verdict import verify as check

    verdict = check(folder, digest=digest)
    if json:
        print_json(verdict.closing)
    for x in verdict.differences:
        _say(f"✗ {x}")
    if not verdict.ok:
        raise typer.Exit(1)
    if not json:
        laws = ", ".join(verdict.closing.checks)
        typer.echo(f"✓ {verdict.closing.facts:,} facts, chain whole, certificate the same. Laws: {laws}.")
        typer.echo(f"  digest {verdict.closing.digest}")


def explain(
    folder: Folder,
    order: Annotated[str, typer.Argument(help="An order, such as O0042.")],
    *,
    roads: Annotated[
        Path | None,
        typer.Option(help="The net that the day was lived by, to be told what dispatch weighed.", show_default=False),
    ] = None,
) -> None:
    """
    Tell one order's life in plain words, from the journal alone.

    Which lots and why those, why that promise, why that courier and trip, what went wrong, what was refunded.
    """
    from doorstep.base.ids import OrderId
    from doorstep.journal import read_entries
    from doorstep.report import explain as tell
    from doorstep.wire.files import journal_lines
    from doorstep.wire.ways import map_of

    streets = None if roads is None else map_of(roads)[0]
    try:
        lines = tell((entry for entry, _ in read_entries(journal_lines(folder))), OrderId(order), streets=streets)
    except (ArithmeticError, LookupError, ValueError) as error:
        raise CheckFailed(
            f"{folder}: its journal is not of a day that was lived ({error!r}); see `doorstep verify`"
        ) from error
    for line in lines:
        typer.echo(line)


def swarm(
    *,
    seeds: Annotated[int, typer.Option(min=1, help="How many days to live.")] = 20,
    first: Annotated[int, typer.Option(help="The first seed.")] = 1,
) -> None:
    """
    Live many days, each with other troubles far up: declined payments, time-outs, double clicks, mis-scans, rain ….

    Every law is checked after every fact, and every day must come to its end. A failure prints its seed.
    """
    from doorstep.wire.days import live_swarm

    failed = 0
    for seed, error in live_swarm(range(first, first + seeds)):
        if error is None:
            typer.echo(f"seed {seed}: safe and live")
        else:
            failed += 1
            typer.echo(f"seed {seed}: FAILED: {error}")
    typer.echo(f"{seeds - failed} of {seeds} seeds safe and live")
    if failed:
        raise typer.Exit(1)


def _say_what_next(day: "Day", *, export: Path | None, out: Path | None, roads: Path | None) -> None:
    """Say where things are and what to try."""
    by = "" if roads is None else f" --roads {roads}"
    if export is not None:
        _say(f"The day as given is in {export}. Live it again with `doorstep day --from {export}{by}`.")
    order = day.visits[min(41, len(day.visits) - 1)].basket.order if day.visits else "ORDER"
    if out is None:
        _say(f"Nothing was kept. Add --out DIR for the journal, then try `doorstep explain DIR {order}`.")
    else:
        _say(f"Written to {out}. Open {out / 'report.html'} in a browser.")
        _say(f"Try `doorstep verify {out}` and `doorstep explain {out} {order}{by}`.")


def _write_past(folder: Path, *, force: bool, others: dict[str, Path | None]) -> None:
    """Write what the built-in day's forecast is made of, and say how to make one."""
    from doorstep.wire.demand import KNOWN, PAST, write_past

    named = [x for x, value in others.items() if value is not None]
    if named:
        raise BadInput(
            f"--past and {named[0]}: --past lives nothing, it writes the built-in past; name one of the two"
        )
    done = write_past(folder, force=force)
    _say(f"Written to {folder}: {done.past:,} rows of history, {done.known:,} of what is known of the day.")
    _say(
        f"Try `doorstep forecast run {folder / PAST} --known-future {folder / KNOWN} --days 1 --out F.parquet`, "
        "then `doorstep day --demand F.parquet`."
    )


def _given(*, seed: int | None, source: Path | None, site: str | None, demand: Path | None) -> "GivenDay":
    """Read the day of a folder, or make the built-in one."""
    from doorstep.twin.worlds import neighbourhood
    from doorstep.wire.days import given_day, given_with
    from doorstep.wire.demand import expected_in
    from doorstep.wire.warm import warm_day

    if source is None:
        if site is not None:
            raise BadInput("--site says whose day a folder's is, or where sales are lived; name --from or --sales")
        expected = None if demand is None else expected_in(demand)
        if expected is None and not kernels_there():
            say_what_takes_long()
            warm_day()
        return given_with(neighbourhood(1 if seed is None else seed, expected=expected))
    if demand is not None:
        raise BadInput(f"--demand and --from: the shelf of {source} is in its lots.csv; leave out one of the two")
    if seed is not None:
        raise BadInput(
            f"--seed and --from: the seed of {source} is in its day.json; leave out --seed, or change it there"
        )
    return given_day(source, site=site)


def _live(
    given: "GivenDay", *, roads: Path | None, out: Path | None, export: Path | None, force: bool, quiet: bool
) -> "Closing":
    """Live a day into `out`, or into a folder that is gone afterwards."""
    from tempfile import TemporaryDirectory

    from doorstep.wire.days import live_given
    from doorstep.wire.ways import map_of

    streets = None
    if roads is not None:
        streets, said = map_of(roads, [given.day.site.place, *(x.basket.at for x in given.day.visits)])
        _say(f"Couriers ride along {said}.")

    def live(folder: Path) -> "Closing":
        return _with_progress(
            lambda x: live_given(
                given, folder, streets=streets, export=export, force=force, report=folder == out, progress=x
            ),
            day=given.day,
            quiet=quiet,
        )

    if out is not None:
        return live(out)
    with TemporaryDirectory(prefix="doorstep-") as scratch:
        return live(Path(scratch))


def _with_progress(
    live: "Callable[[Callable[[int, int], None] | None], Closing]", *, day: "Day", quiet: bool
) -> "Closing":
    """Show the day's clock on stderr while it is lived, where somebody is looking."""
    if quiet or not sys.stderr.isatty():
        return live(None)
    say_what_takes_long()
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    from doorstep.base.calendar import clock

    bar = Progress(
        TextColumn("living the day"),
        BarColumn(),
        TextColumn("{task.fields[clock]}"),
        console=Console(stderr=True),
        transient=True,
    )
    with bar:
        task = bar.add_task("day", total=1, clock="")

        def advance(done_s: int, total_s: int) -> None:
            bar.update(task, completed=done_s, total=total_s, clock=clock(day.site.opens_at_s + done_s, day.tz))

        return live(advance)


def _print_summary(closing: "Closing", *, tz: str) -> None:
    from rich.console import Console

    from doorstep.report import summary

    Console().print(summary(closing, tz=tz))


def _say(text: str) -> None:
    typer.echo(text, err=True)

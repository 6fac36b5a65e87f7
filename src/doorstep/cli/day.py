"""`doorstep day`, `verify`, `explain`, `swarm`."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Callable

    from doorstep.core.indicators import Closing
    from doorstep.model.day import Day

Seed = Annotated[int, typer.Option(help="One seed is one day: the same seed gives the same journal, byte for byte.")]
Out = Annotated[
    Path | None,
    typer.Option(help="Folder for journal.ndjson and closing.json; made if it is not there.", show_default=False),
]
Json = Annotated[bool, typer.Option("--json", help="Print the closing as one JSON document and nothing else.")]
Force = Annotated[bool, typer.Option("--force", help="Write into --out even if it holds files already.")]
Folder = Annotated[Path, typer.Argument(help="A folder that `doorstep day --out` wrote.")]


def day(*, seed: Seed = 1, out: Out = None, json: Json = False, force: Force = False) -> None:
    """
    Live one day of one pre-warehouse, from the first truck to the last handover.

    Lots arrive, shoppers order with a promise, goods are set aside first expired first, picked, weighed, packed,
    brought and handed over; a truck runs warm, a lot is recalled, a pack is stolen; the day closes and the books are
    held against the world. Without --out nothing is kept.

        doorstep day --out monday && doorstep explain monday O0042
    """
    from doorstep.twin.worlds import neighbourhood

    lived = neighbourhood(seed)
    closing = _live(lived, out=out, force=force, quiet=json)
    if json:
        _print_json(closing)
    else:
        _print_summary(closing, tz=lived.tz)
        if out is None:
            _say("Nothing was kept. Add --out DIR for the journal, then try `doorstep explain DIR O0042`.")
        else:
            _say(f"Written to {out}. Try `doorstep verify {out}` and `doorstep explain {out} O0042`.")
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
    from doorstep.wire import verify as check

    verdict = check(folder, digest=digest)
    if json:
        _print_json(verdict.closing)
    for x in verdict.differences:
        _say(f"✗ {x}")
    if not verdict.ok:
        raise typer.Exit(1)
    if not json:
        laws = ", ".join(verdict.closing.checks)
        typer.echo(f"✓ {verdict.closing.facts:,} facts, chain whole, certificate the same. Laws: {laws}.")
        typer.echo(f"  digest {verdict.closing.digest}")


def explain(folder: Folder, order: Annotated[str, typer.Argument(help="An order, such as O0042.")]) -> None:
    """
    Tell one order's life in plain words, from the journal alone.

    Which lots and why those, why that promise, why that courier and trip, what went wrong, what was refunded.
    """
    from doorstep.base.ids import OrderId
    from doorstep.journal import read_entries
    from doorstep.report import explain as tell
    from doorstep.wire import journal_lines

    for line in tell((entry for entry, _ in read_entries(journal_lines(folder))), OrderId(order)):
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
    from doorstep.wire import live_swarm

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


def _live(lived: "Day", *, out: Path | None, force: bool, quiet: bool) -> "Closing":
    """Live a day into `out`, or into a folder that is gone afterwards."""
    from tempfile import TemporaryDirectory

    from doorstep.wire import live_day

    if out is not None:
        return _with_progress(lambda x: live_day(lived, out, force=force, progress=x), quiet=quiet)
    with TemporaryDirectory(prefix="doorstep-") as scratch:
        return _with_progress(lambda x: live_day(lived, Path(scratch), progress=x), quiet=quiet)


def _with_progress(live: "Callable[[Callable[[int, int], None] | None], Closing]", *, quiet: bool) -> "Closing":
    """Show the day's clock on stderr while it is lived, where somebody is looking."""
    if quiet or not sys.stderr.isatty():
        return live(None)
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    bar = Progress(
        TextColumn("living the day"),
        BarColumn(),
        TextColumn("{task.fields[clock]}"),
        console=Console(stderr=True),
        transient=True,
    )
    with bar:
        task = bar.add_task("day", total=1, clock="06:00")

        def advance(done_s: int, total_s: int) -> None:
            now = 6 * 3_600 + done_s
            bar.update(task, completed=done_s, total=total_s, clock=f"{now // 3_600:02d}:{now % 3_600 // 60:02d}")

        return live(advance)


def _print_json(closing: "Closing") -> None:
    import msgspec

    typer.echo(msgspec.json.encode(closing).decode())


def _print_summary(closing: "Closing", *, tz: str) -> None:
    from rich.console import Console

    from doorstep.report import summary

    Console().print(summary(closing, tz=tz))


def _say(text: str) -> None:
    typer.echo(text, err=True)

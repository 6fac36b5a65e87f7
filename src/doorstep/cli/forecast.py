"""`doorstep forecast …`: what a neighbourhood will want, what it wanted, and how well that is known."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from doorstep.base.errors import BadInput
from doorstep.cli.frames import pin_threads
from doorstep.cli.told import print_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from doorstep.bench.backtest.scores import Score
    from doorstep.wire.backtest import Backtested
    from doorstep.wire.forecast import CityDone

app = typer.Typer(
    help="Predict what a neighbourhood will want: demand that sees through empty shelves.\n\n"
    "Histories are files in FreshRetailNet's columns, parquet or csv, one row a store, product and day; "
    "`doorstep history` writes such a file from journals. Each city ends on its own last day. A file that cannot be "
    "read right is refused with its row, column and value, and nothing is written.",
    no_args_is_help=True,
)

Histories = Annotated[list[Path], typer.Argument(metavar="HISTORY…", help="Files of history; any order.")]
Known = Annotated[
    list[Path] | None,
    typer.Option(help="What is known of the days to come: promotions, holidays, weather. May be given several times."),
]
Seed = Annotated[int, typer.Option(min=0, help="Draws what is drawn; the same seed and files give the same bytes.")]
Processes = Annotated[int, typer.Option(min=0, help="Cities at a time; 0 = one a core.")]
Json = Annotated[bool, typer.Option("--json", help="Print what was done as one JSON document and nothing else.")]
Force = Annotated[bool, typer.Option("--force", help="Write over what --out names.")]
MOST_DAYS = 14
USUAL = "the last known pattern is taken to go on: the same goods, at list price, no activities, usual weather."


@app.command()
def run(
    histories: Histories,
    *,
    days: Annotated[int, typer.Option(min=1, max=MOST_DAYS, help="How many days to come, from the history's end on.")],
    out: Annotated[Path, typer.Option(help="The parquet file to write.", show_default=False)],
    known_future: Known = None,
    seed: Seed = 1,
    processes: Processes = 0,
    json: Json = False,
    force: Force = False,
) -> None:
    """
    Forecast demand, as a distribution, for every store, product and day.

    `mean`, `sd` and the quantiles are true demand: what people would buy from a full shelf. `in_stock_sales` is what
    sells on a day that turns out free of stock-outs. Without --known-future the last known pattern is taken to go on.

        doorstep forecast run history.parquet --known-future week.parquet --days 7 --out F.parquet
    """
    _refuse_file(out, "F.parquet", force=force)
    pin_threads()
    from doorstep.cli.bars import bars
    from doorstep.wire.forecast import run_forecast
    from doorstep.wire.oddities import FLAGS

    if not known_future:
        typer.echo(f"No --known-future: {USUAL}", err=True)
    with bars() as tell:
        done = run_forecast(histories, known_future or (), out, days=days, seed=seed, processes=processes, tell=tell)
    for x in done.cities:
        methods = ", ".join(f"{n:,} by {name}" for name, n in x.methods.items() if n)
        typer.echo(f"City {x.city}: {x.series:,} series, {x.first} to {x.last}; {methods}", err=True)
        if x.known_to and x.known_to < x.last:
            typer.echo(f"City {x.city}: nothing is known after {x.known_to}; {USUAL}", err=True)
        for flag, n in x.flags.items():
            typer.echo(f"City {x.city}: {n:,} series {FLAGS[flag]} ({flag})", err=True)
    _say(done, json=json, text=f"Written to {out}: {done.rows:,} rows.")


@app.command()
def recover(
    histories: Histories,
    *,
    out: Annotated[Path, typer.Option(help="The parquet file to write.", show_default=False)],
    processes: Processes = 0,
    json: Json = False,
    force: Force = False,
) -> None:
    """
    Recover demand: what would have been sold, had no shelf been empty.

    One row a row of history: sales, the share of the day's demand that met a full shelf, mean and spread of the
    demand, and how it was found: observed, recovered, or (prior) only assumed from like days.

        doorstep forecast recover history.parquet --out R.parquet
    """
    _refuse_file(out, "R.parquet", force=force)
    pin_threads()
    from doorstep.cli.bars import bars
    from doorstep.wire.forecast import run_recover

    with bars() as tell:
        done = run_recover(histories, out, processes=processes, tell=tell)
    for x in done.cities:
        methods = ", ".join(f"{n:,} {name}" for name, n in x.methods.items() if n)
        typer.echo(f"City {x.city}: {x.series:,} series, {x.first} to {x.last}; days {methods}", err=True)
        _own_test(x)
    _say(done, json=json, text=f"Written to {out}: {done.rows:,} rows.")


@app.command()
def backtest(
    histories: Histories,
    *,
    weeks: Annotated[int, typer.Option(min=1, max=200, help="How many weeks to roll the origin back over.")],
    out: Annotated[Path, typer.Option(help="Folder for report.html and scores.json.", show_default=False)],
    truth: Annotated[
        list[Path] | None, typer.Option(help="True demand: keys, dt, demand. May be given several times.")
    ] = None,
    known_future: Known = None,
    peers: Annotated[str, typer.Option(help="Who else is asked, by name, with commas between; all, or none.")] = "all",
    seed: Seed = 1,
    processes: Processes = 0,
    json: Json = False,
    force: Force = False,
) -> None:
    """
    Forecast past weeks as if they were to come, and score ours and others in one table.

    The origin rolls back a week at a time. Each model sees what was known then. Scored against true demand where a
    truth says it, else against recovered demand; and by the dataset authors' protocol. With a truth of days after the
    history, and --known-future, the first week after the history is scored too.

        doorstep forecast backtest history.parquet --weeks 4 --out backtest
    """
    if out.exists() and not out.is_dir():
        raise BadInput(f"{out} is a file; --out names a folder")
    if out.is_dir() and any(out.iterdir()) and not force:
        raise BadInput(f"{out} is not empty; name another folder, or add --force to write into it")
    pin_threads()
    from doorstep.cli.bars import bars
    from doorstep.wire.backtest import Asked, chosen_peers, run_backtest

    here, absent = chosen_peers(peers)
    for x in absent:
        typer.echo(f"{x.name} is left out: {' and '.join(x.needs)} must be installed for it.", err=True)
    wanted = Asked(weeks=weeks, peers=tuple(x.name for x in here), truth=tuple(truth or ()), seed=seed)
    with bars() as tell:
        done = run_backtest(
            histories, known_future or (), out, wanted, absent=absent, processes=processes, force=force, tell=tell
        )
    for city in dict.fromkeys(x.city for x in done.headline if truth and x.target == "recovered"):
        typer.echo(f"City {city}: no truth tells all weeks; where none does, recovered demand stands in.", err=True)
    if not json:
        _table(done)
    _say(done, json=json, text=f"Written to {out}: report.html and scores.json, {done.lines:,} lines.")


def _refuse_file(out: Path, example: str, *, force: bool) -> None:
    """Raise `BadInput` where a file may not be written."""
    if out.is_dir():
        raise BadInput(f"{out} is a folder; --out names a file such as {out / example}")
    if out.exists() and not force:
        raise BadInput(f"{out} is there already; name another file, or add --force to write over it")
    if not out.absolute().parent.is_dir():
        raise BadInput(f"{out.parent} is no folder; make it first, or name a file in one that exists")


def _own_test(done: "CityDone") -> None:
    """Tell how recovery did on hours that it hid from itself."""
    found = done.recovery
    if found is None or found.daily:
        typer.echo(
            f"City {done.city}: no hourly flags, so recovery could not test itself; its bands are wide", err=True
        )
        return
    score = found.calibrated
    typer.echo(
        f"City {done.city}: on {score.days:,} days hidden in part it is off by {100 * score.wape:.1f}% of sales, "
        f"{100 * score.wpe:+.1f}% in total; {100 * found.flags_wrong:.1f}% of flags seem wrong, "
        f"{100 * found.moved:.0f}% of unmet demand moved to others, {100 * found.bulk:.0f}% came in large orders",
        err=True,
    )


def _say(done: object, *, json: bool, text: str) -> None:
    if json:
        print_json(done)
    typer.echo(text, err=True)


def _table(done: "Backtested") -> None:
    from rich.console import Console
    from rich.table import Table

    for city in dict.fromkeys(x.city for x in done.headline):
        here = [x for x in done.headline if x.city == city]
        target = next((x.target for x in here if x.protocol == "truth"), "recovered")
        weeks = f"{done.weeks} week{'s' * (done.weeks > 1)}"
        table = Table(title=f"City {city}, {weeks}: against {target} demand · by the authors' protocol")
        for name in ("model", "WAPE", "WPE", "pinball", "cover .9", "WAPE", "WPE"):
            table.add_column(name, justify="left" if name == "model" else "right")
        for model in dict.fromkeys(x.model for x in here):
            table.add_row(model, *_cells([x for x in here if x.model == model]))
        Console(width=max(100, Console().width)).print(table)


def _cells(lines: "Sequence[Score]") -> list[str]:
    truth = next((x for x in lines if x.protocol == "truth"), None)
    frn = next((x for x in lines if x.protocol == "frn"), None)
    cells = ["–"] * 6
    if truth is not None and truth.wape is not None and truth.wpe is not None:
        cells[:2] = [f"{100 * truth.wape:.1f}%", f"{100 * truth.wpe:+.1f}%"]
        if truth.pinball:
            cells[2] = f"{sum(truth.pinball.values()) / len(truth.pinball):.4f}"
            cells[3] = f"{truth.below['0.9']:.3f}–{truth.coverage['0.9']:.3f}"
    if frn is not None and frn.wape is not None and frn.wpe is not None:
        cells[4:] = [f"{100 * frn.wape:.1f}%", f"{100 * frn.wpe:+.1f}%"]
    return cells

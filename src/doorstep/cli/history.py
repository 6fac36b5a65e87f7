"""`doorstep history`: journals of days as demand history."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from doorstep.base.errors import BadInput, CheckFailed

if TYPE_CHECKING:
    from doorstep.core.history import History
    from doorstep.intake.freshretailnet.write import Remembered
    from doorstep.model.day import Weather


def history(
    folders: Annotated[list[Path], typer.Argument(metavar="DIR…", help="Folders that `doorstep day --out` wrote.")],
    *,
    out: Annotated[Path, typer.Option(help="The parquet file to write.")],
    city: Annotated[str, typer.Option(help="What stands in the column city_id.")] = "0",
    force: Annotated[bool, typer.Option("--force", help="Write over the file that --out names.")] = False,
) -> None:
    """
    Turn journals of days into demand history, in FreshRetailNet's columns.

    One row a site, sku and day: packs or grams in the orders placed in each hour; an hour is flagged 1 when, during
    any part of it while the site was open, nothing of the sku was free on the shelf that could still be sold. Weather
    comes from a weather.csv beside the journal.

        doorstep history monday tuesday --out history.parquet
    """
    if out.is_dir():
        raise BadInput(f"{out} is a folder; --out names a file such as {out / 'history.parquet'}")
    if out.exists() and not force:
        raise BadInput(f"{out} is there already; name another file, or add --force to write over it")
    if not out.absolute().parent.is_dir():
        raise BadInput(f"{out.parent} is no folder; make it first, or name a file in one that exists")
    from doorstep.intake.freshretailnet.write import write_history

    days: list[Remembered] = []
    seen: dict[tuple[str, str], Path] = {}
    for folder in folders:
        day = _read(folder)
        first = day.rows[0]
        key = (first.site, first.date)
        if key in seen:
            raise BadInput(f"{folder} and {seen[key]} are both {first.date} at {first.site}; leave one out")
        seen[key] = folder
        days.append(day)
        typer.echo(f"{folder}: {first.site}, {first.date}, {len(day.rows):,} skus", err=True)
    rows = write_history(days, out, city=city)
    typer.echo(f"Written to {out}: {rows:,} rows of {len(days)} days.", err=True)


def _read(folder: Path) -> "Remembered":
    """Read one day; its chain is checked on the way."""
    from doorstep.core.history import History, HistoryParams
    from doorstep.intake.freshretailnet.write import Remembered
    from doorstep.journal import GENESIS, read_entries
    from doorstep.wire.files import journal_lines

    fold: History | None = None
    digest = GENESIS
    try:
        for entry, hashed in read_entries(journal_lines(folder)):
            fold = fold or History(entry.site, HistoryParams())
            digest = hashed
            if type(entry.fact) in History.hears:
                fold.apply(entry.fact, entry.transfers, at_s=entry.at_s)
        if fold is None or fold.opened is None or not fold.closed:
            raise BadInput(f"{folder}: its journal is not of a whole day, from the opening to the close")
        rows = fold.rows()
    except (ArithmeticError, AssertionError, LookupError, ValueError) as error:
        raise CheckFailed(
            f"{folder}: its journal is not of a day that was lived ({error!r}); see `doorstep verify`"
        ) from error
    if not rows:
        raise BadInput(f"{folder}: nothing was on sale that day, so there is nothing to learn from")
    return Remembered(rows=rows, digest=digest, weather=_weather(folder, fold))


def _weather(folder: Path, fold: "History") -> "tuple[Weather, ...]":
    from doorstep.intake.dayfolder.events import read_weather
    from doorstep.model.people import Site

    opened = fold.opened
    assert opened is not None, "who has no opening was refused"
    site = Site(site=fold.site, **{x: getattr(opened, x) for x in ("lat_e6", "lng_e6", "opens_at_s", "closes_at_s")})
    return read_weather(folder, site)

"""Days made of real sales: the options of `doorstep day --sales …`, and `doorstep real-days`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from doorstep.base.errors import BadInput, DoorstepError, StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from doorstep.intake.freshretailnet import Places, RealDay, Sales, Series, Source
    from doorstep.model.goods import Sku

ASSUMPTIONS = "assumptions.json"

SalesFile = Annotated[
    Path | None,
    typer.Option("--sales", help="Make the day of recorded sales: FreshRetailNet's parquet or csv.", show_default=False),
]
StoreName = Annotated[str | None, typer.Option("--store", help="… of this store_id,", show_default=False)]
DateName = Annotated[str | None, typer.Option("--date", help="… on this day, YYYY-MM-DD,", show_default=False)]
PointsFile = Annotated[
    Path | None,
    typer.Option("--points", help="… among these delivery points (csv: spot_id, lng, lat),", show_default=False),
]
SitesFile = Annotated[
    Path | None,
    typer.Option(
        "--sites", help="… those that of these sites (csv: site_id, lng, lat) --site is the nearest to.", show_default=False
    ),
]
Scale = Annotated[
    float | None, typer.Option("--scale", help="Multiply the demand of --sales, from 1 on.", show_default="1")
]


def made_of_sales(
    *,
    sales: Path | None,
    store: str | None,
    date: str | None,
    points: Path | None,
    sites: Path | None,
    site: str | None,
    scale: float | None,
    seed: int | None,
    source: Path | None,
) -> "RealDay | None":
    """
    Make the real day that the options ask for; None where they ask for none.

    Raises
    ------
    BadInput
        Some of the options are there and others are missing, or a folder is named too.
    """
    named = {"--sales": sales, "--store": store, "--date": date, "--points": points, "--sites": sites}
    there = [x for x, value in named.items() if value is not None]
    if not there and scale is None:
        return None
    if source is not None:
        raise BadInput(f"--from and {(there or ['--scale'])[0]}: a day comes from a folder or from sales; name one")
    if sales is None or store is None or date is None or points is None or sites is None or site is None:
        missing = [x for x, value in {**named, "--site": site}.items() if value is None]
        raise BadInput(f"a day made of sales needs {', '.join(missing)} too")
    _frames()
    from doorstep.intake.freshretailnet import Sales, Source, real_day

    asked = Source(
        sales=sales.name,
        store=store,
        date=date,
        points=points.name,
        sites=sites.name,
        site=site,
        scale=1.0 if scale is None else scale,
        seed=1 if seed is None else seed,
    )
    return real_day(Sales(sales), _places(points, sites), _rows(), source=asked)


def keep_assumptions(real: "RealDay", *folders: Path | None) -> None:
    """
    Write what had to be assumed beside a day.

    Raises
    ------
    StoreUnavailable
        The disk did not do its part.
    """
    for folder in folders:
        if folder is not None:
            try:
                (folder / ASSUMPTIONS).write_bytes(real.document())
            except OSError as error:
                raise StoreUnavailable(f"{folder / ASSUMPTIONS}: cannot be written ({error.strerror})") from error


def print_assumptions(real: "RealDay") -> None:
    """Show on stderr what had to be assumed."""
    from rich.console import Console
    from rich.table import Table

    table = Table(title=f"Assumed, for the data does not hold it ({ASSUMPTIONS} has every hour that was filled)")
    for x in ("what", "taken to be", "why"):
        table.add_column(x, overflow="fold")
    for row in real.assumptions:
        table.add_row(row.name, row.value, row.why)
    Console(stderr=True).print(table)


def real_days(
    *,
    sales: Annotated[list[Path], typer.Option(help="A file of sales; may be given several times.")],
    points: Annotated[Path, typer.Option(help="Delivery points: csv with spot_id, lng, lat.")],
    sites: Annotated[Path, typer.Option(help="Sites: csv with site_id, lng, lat.")],
    days: Annotated[int, typer.Option(min=1, help="How many different pairs of store and date.")] = 60,
    sites_each: Annotated[int, typer.Option(min=1, help="At how many sites each pair is lived.")] = 3,
    scale: Annotated[float, typer.Option(help="Multiply the demand, from 1 on.")] = 1.0,
    seed: Annotated[int, typer.Option(help="Draws pairs and sites, and is the seed of each day.")] = 1,
    json: Annotated[bool, typer.Option("--json", help="Print the rows as one JSON document and nothing else.")] = False,
) -> None:
    """
    Live many real days, every law strict, and print a table.

    Pairs of store and date are drawn from the files, sites for each pair. A day is ok when its lines are the recorded
    sales wherever the shelf was in stock, every law holds after every fact, and the books equal the world at the close.
    Exit code 1 where any is not.
    """
    _frames()
    from doorstep.intake.freshretailnet import Sales

    drawn = _drawn([Sales(x) for x in sales], _places(points, sites), days=days, sites_each=sites_each, seed=seed)
    rows = []
    for number, (file, series, places, source) in enumerate(drawn, start=1):
        row = _lived(file, series, places, msgspec_replace(source, points.name, sites.name, scale))
        rows.append(row)
        verdict = row["checks"]
        typer.echo(
            f"{number}/{days * sites_each}  store {row['store']} {row['date']} at {row['site']}: {verdict}", err=True
        )
    failed = [x for x in rows if x["checks"] != "ok"]
    if json:
        import msgspec

        typer.echo(msgspec.json.encode(rows).decode())
    else:
        _print(rows, failed=len(failed))
    if failed:
        raise typer.Exit(1)

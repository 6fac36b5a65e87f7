"""A day made of real sales: the options of `doorstep day --sales …`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from doorstep.base.errors import BadInput, StoreUnavailable

if TYPE_CHECKING:
    from doorstep.intake.freshretailnet import RealDay

ASSUMPTIONS = "assumptions.json"

SalesFile = Annotated[
    Path | None,
    typer.Option(
        "--sales", help="Make the day of recorded sales: FreshRetailNet's parquet or csv.", show_default=False
    ),
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
        "--sites",
        help="… that --site is the nearest to of all these (csv: site_id, lng, lat).",
        show_default=False,
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
    demand: Path | None = None,
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
    from doorstep.intake.freshretailnet import Places, Sales, Source
    from doorstep.intake.points import read_points, read_sites
    from doorstep.twin.worlds import catalogue
    from doorstep.wire.real import make_real_day

    asked = Source(
        sales=sales.name,
        store=store,
        date=date,
        site=site,
        scale=1.0 if scale is None else scale,
        seed=1 if seed is None else seed,
    )
    places = Places(points=read_points(points), sites=read_sites(sites))
    listed = [(x.sku, x.popularity) for x in catalogue()]
    return make_real_day(Sales(sales), places, listed, source=asked, demand=demand)


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

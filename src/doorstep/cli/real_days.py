"""`doorstep real-days`: many days made of real sales, each held against records, laws and world."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer
from msgspec import Struct

from doorstep.base.errors import DoorstepError
from doorstep.cli.told import print_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from doorstep.base.chance import Chance
    from doorstep.intake.freshretailnet import Places, RealDay, Sales, Series

T = TypeVar("T")
OK = "ok"


class LivedDay(Struct, frozen=True, kw_only=True):
    """One row of the table; `orders` were placed, `lines` and `units` asked for, `checks` is ok or what broke."""

    sales: str
    store: str
    date: str
    site: str
    points: int = 0
    baskets: int = 0
    lines: int = 0
    units: int = 0
    filled_bp: int = 0
    orders: int = 0
    on_time_bp: int = 0
    checks: str


def real_days(
    *,
    sales: Annotated[list[Path], typer.Option(help="A file of recorded sales; may be given several times.")],
    points: Annotated[Path, typer.Option(help="Delivery points: csv with spot_id, lng, lat.")],
    sites: Annotated[Path, typer.Option(help="Sites: csv with site_id, lng, lat.")],
    days: Annotated[int, typer.Option(min=1, help="How many different pairs of store and date.")] = 60,
    sites_each: Annotated[int, typer.Option(min=1, help="At how many sites each pair is lived.")] = 3,
    scale: Annotated[float, typer.Option(help="Multiply the demand, from 1 on.")] = 1.0,
    seed: Annotated[int, typer.Option(help="Draws pairs and sites, and is the seed of each day.")] = 1,
    json: Annotated[bool, typer.Option("--json", help="Print the rows as one JSON document, nothing else.")] = False,
) -> None:
    """
    Live many real days, every law strict, and print a table.

    Pairs of store and date are drawn from the files, evenly, and sites for each pair. A day is ok when its lines are
    the recorded sales wherever the shelf was in stock, every law holds after every fact, and the books equal the world
    at the close. Exit code 1 where any is not.
    """
    from doorstep.base.chance import Chance
    from doorstep.intake.freshretailnet import Places, Sales
    from doorstep.intake.points import read_points, read_sites

    files = [Sales(x) for x in sales]
    places = Places(points=read_points(points), sites=read_sites(sites))
    rows: list[LivedDay] = []
    for row in _lived(files, places, Chance(seed).child("real-days"), (days, sites_each), scale=scale, seed=seed):
        rows.append(row)
        typer.echo(f"{len(rows)}: store {row.store}, {row.date}, at {row.site}: {row.checks}", err=True)
    if json:
        print_json(rows)
    else:
        _print(rows)
    if any(x.checks != OK for x in rows):
        raise typer.Exit(1)


def _lived(
    files: "Sequence[Sales]",
    places: "Places",
    chance: "Chance",
    size: tuple[int, int],
    *,
    scale: float,
    seed: int,
) -> "Iterator[LivedDay]":
    from doorstep.intake.freshretailnet import Source
    from doorstep.twin.worlds import catalogue
    from doorstep.wire.real import make_real_day

    listed = [(x.sku, x.popularity) for x in catalogue()]
    days, sites_each = size
    for turn, sales in enumerate(files):
        share = days // len(files) + (turn < days % len(files))
        for store, date in _some(sales.pairs, share, chance.child("pairs", turn)):
            series = sales.series(store)
            for site in _some(places.sites, sites_each, chance.child("sites", turn, store, date)):
                source = Source(sales=sales.path.name, store=store, date=date, site=site.name, scale=scale, seed=seed)
                real = make_real_day(sales, places, listed, source=source, series=series)
                yield _live(real, series)


def _live(real: "RealDay", series: "Sequence[Series]") -> LivedDay:
    """Live one day in a folder that is gone afterwards, and say how it went."""
    from tempfile import TemporaryDirectory

    from doorstep.intake.freshretailnet import disagreements
    from doorstep.wire.days import live_day

    source, day = real.source, real.given.day
    wrong = disagreements(day, series, scale=source.scale)
    orders = on_time_bp = 0
    try:
        with TemporaryDirectory(prefix="doorstep-") as scratch:
            closing = live_day(day, Path(scratch), params=real.given.params, strict=True)
        orders, on_time_bp = closing.indicators["orders"].value, closing.indicators["on_time"].value
        wrong += tuple(f"{law}: {text}" for law, text in closing.checks.items() if text != OK)
    except (DoorstepError, AssertionError) as broken:
        wrong += (str(broken),)
    return LivedDay(
        sales=source.sales,
        store=source.store,
        date=source.date,
        site=source.site,
        points=real.points,
        baskets=len(day.visits),
        lines=sum(len(x.basket.lines) for x in day.visits),
        units=real.asked.total,
        filled_bp=real.filled_bp,
        orders=orders,
        on_time_bp=on_time_bp,
        checks="; ".join(wrong) or OK,
    )


def _some(items: "Sequence[T]", count: int, chance: "Chance") -> "list[T]":
    """Draw some without return, in their own order; all where there are no more."""
    drawn = sorted(range(len(items)), key=lambda n: (chance.child(n).uniform(), n))[:count]
    return [items[n] for n in sorted(drawn)]


def _print(rows: "Sequence[LivedDay]") -> None:
    from rich.console import Console
    from rich.table import Table

    failed = sum(x.checks != OK for x in rows)
    table = Table(title=f"{len(rows)} real days, {failed} of them not ok")
    for name in ("store", "date", "site", "points", "orders", "lines", "packs", "filled", "on time", "checks"):
        table.add_column(name, justify="left" if name in ("date", "site", "checks") else "right")
    for x in rows:
        table.add_row(
            x.store,
            x.date,
            x.site,
            f"{x.points}",
            f"{x.orders}",
            f"{x.lines}",
            f"{x.units}",
            f"{x.filled_bp / 100:.1f}%",
            f"{x.on_time_bp / 100:.1f}%",
            x.checks,
        )
    Console(width=max(100, Console().width)).print(table)

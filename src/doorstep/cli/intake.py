"""`doorstep intake …`: real files in, our formats out."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from doorstep.base.errors import BadInput
from doorstep.cli.told import print_json

if TYPE_CHECKING:
    from doorstep.intake.summary import Summary
    from doorstep.model.people import Place

app = typer.Typer(
    help="Turn files of other makers into Doorstep's own, and say what was done.\n\n"
    "Each command reads everything before it writes; a file that cannot be read right is refused with its row, column "
    "and value, and nothing is written.",
    no_args_is_help=True,
)

Out = Annotated[Path, typer.Option(help="Folder for the result; made if it is not there.", show_default=False)]
Json = Annotated[bool, typer.Option("--json", help="Print what was done as one JSON document and nothing else.")]
Force = Annotated[bool, typer.Option("--force", help="Write into --out even if it holds files already.")]
Datum = Annotated[
    Literal["wgs84", "gcj02"], typer.Option(help="How positions are written; gcj02 is turned into WGS-84.")
]
Date = Annotated[str, typer.Option(help="The day, YYYY-MM-DD; the files name none.")]
Zone = Annotated[str, typer.Option(help="Its time zone.")]
Couriers = Annotated[
    int, typer.Option(min=0, max=10_000, help="E-bikes at each site; 0 = one for every 4 orders of its fullest hour.")
]


@app.command()
def tianchi(
    orders: Annotated[Path, typer.Argument(help="O2O_orders.csv of the contest.")],
    *,
    points: Annotated[Path, typer.Option(help="Delivery_points.csv: where the doors are.", show_default=False)],
    sites: Annotated[Path, typer.Option(help="Distribution_points.csv: where sites are.", show_default=False)],
    out: Out,
    site: Annotated[str | None, typer.Option(help="This site's orders only.", show_default=False)] = None,
    shop: Annotated[str | None, typer.Option(help="This shop's orders only.", show_default=False)] = None,
    datum: Datum = "wgs84",
    date: Date = "2026-05-04",
    tz: Zone = "Asia/Shanghai",
    lead_min: Annotated[int, typer.Option(min=0, max=1_440, help="From the click until it is ready, minutes.")] = 150,
    package_ml: Annotated[int, typer.Option(min=1, max=100_000, help="Room that a package takes.")] = 4_000,
    couriers: Couriers = 0,
    json: Json = False,
    force: Force = False,
) -> None:
    """
    Read the same-day orders of the Tianchi contest as a dispatch day.

    The contest does not say where its shops are: an order leaves from the site nearest to its door. With --shop alone,
    all orders of the shop leave from the site nearest to all of its doors; with --shop and --site from that site.
    """
    from doorstep.intake.dispatch import write_dispatch
    from doorstep.intake.tianchi import Assumed, read_tianchi

    def work(folder: Path) -> "Summary":
        assumed = Assumed(
            date=date, tz=tz, datum=datum, lead_s=60 * lead_min, package_ml=package_ml, couriers=couriers
        )
        days, summary = read_tianchi(orders, points=points, sites=sites, assumed=assumed, site=site, shop=shop)
        write_dispatch(days, folder)
        return summary

    _into(out, work, force=force, json=json)


@app.command()
def tianchi_case(
    case: Annotated[Path, typer.Argument(help="A case made of the contest's orders, such as Case1-512.csv.")],
    *,
    out: Out,
    sites: Annotated[
        Path | None, typer.Option(help="Distribution_points.csv, to name the site.", show_default=False)
    ] = None,
    datum: Datum = "wgs84",
    date: Date = "2026-05-04",
    tz: Zone = "Asia/Shanghai",
    ready_after_min: Annotated[
        int, typer.Option(min=0, max=1_440, help="From an order's arrival until it can leave, minutes.")
    ] = 0,
    order_ml: Annotated[int, typer.Option(min=1, max=100_000, help="Room that an order takes.")] = 12_000,
    couriers: Couriers = 0,
    json: Json = False,
    force: Force = False,
) -> None:
    """
    Read a case made of the Tianchi orders as the dispatch day of one site.

    The file does not say where the site is, but how far each door is from it: it is where the distances meet.
    """
    from doorstep.intake.dispatch import write_dispatch
    from doorstep.intake.tianchi import Assumed, read_case

    def work(folder: Path) -> "Summary":
        assumed = Assumed(date=date, tz=tz, datum=datum, case_ml=order_ml, couriers=couriers)
        days, summary = read_case(case, assumed=assumed, sites=sites, ready_after_s=60 * ready_after_min)
        write_dispatch(days, folder)
        return summary

    _into(out, work, force=force, json=json)


@app.command()
def grubhub(
    instance: Annotated[Path, typer.Argument(help="Folder of an instance: orders.txt, couriers.txt ….")],
    *,
    out: Out,
    origin: Annotated[
        str, typer.Option(help="LAT,LNG in degrees where x = 0, y = 0 is laid; instances do not say.")
    ] = "31.23,121.47",
    date: Date = "2026-05-04",
    tz: Zone = "Asia/Shanghai",
    json: Json = False,
    force: Force = False,
) -> None:
    """
    Read a meal delivery instance as a dispatch day: each restaurant is a site.

    What a day folder cannot say is kept in instance.json, the instance as it came.
    """
    import msgspec

    from doorstep.intake.dispatch import write_dispatch
    from doorstep.intake.grubhub import days_of, read_instance

    def work(folder: Path) -> "Summary":
        meals = read_instance(instance)
        days, summary = days_of(meals, source=str(instance), date=date, tz=tz, origin=_origin(origin))
        write_dispatch(days, folder)
        (folder / "instance.json").write_bytes(msgspec.json.encode(meals) + b"\n")
        return msgspec.structs.replace(summary, files=(*summary.files, "instance.json"))

    _into(out, work, force=force, json=json)


@app.command()
def vrplib(
    instance: Annotated[Path, typer.Argument(help="An instance: .txt, .vrp, gzip or not.")],
    *,
    out: Annotated[Path, typer.Option(help="The JSON file to write.", show_default=False)],
    solution: Annotated[
        Path | None,
        typer.Option(help="Its .sol file; the one of the same name beside it, if not named.", show_default=False),
    ] = None,
    json: Json = False,
    force: Annotated[bool, typer.Option("--force", help="Write over the file that --out names.")] = False,
) -> None:
    """
    Read a routing instance, VRPTW or CVRP, as one JSON document with its best known solution where there is one.

    A solution is believed only if it serves each customer once, in time, within the capacity, at the cost it says.
    """
    from doorstep.intake.summary import Summary
    from doorstep.intake.vrplib import instance_json, read_solution, read_vrplib
    from doorstep.wire.files import write_whole

    if out.is_dir():
        raise BadInput(f"{out} is a folder; --out names a file such as {out / 'instance.json'}")
    if out.exists() and not force:
        raise BadInput(f"{out} is there already; name another file, or add --force to write over it")
    if not out.absolute().parent.is_dir():
        raise BadInput(f"{out.parent} is no folder; make it first, or name a file in one that exists")
    read = read_vrplib(instance)
    beside = instance.with_name(f"{_stem(instance)}.sol")
    best = read_solution(solution or beside, read) if solution is not None or beside.is_file() else None
    write_whole(out, instance_json(read, best))
    counts = {"customers": read.nodes - 1, "capacity": read.capacity, "demand": sum(read.demand)}
    if best is not None:
        counts |= {"routes_of_best": len(best.routes), "cost_of_best": best.cost_s}
    taken = "the solution serves everyone once, in time, within the capacity, and its cost is the sum of its travel"
    said = taken if best is not None else "there is no solution file beside it; --solution names one"
    _say(
        Summary(
            reader="vrplib",
            source=str(instance),
            files=(out.name,),
            counts=counts,
            assumed=(said, "node 0 is the site; the number of vehicles does not bind"),
        ),
        json=json,
    )


@app.command()
def osm(
    area: Annotated[Path, typer.Argument(help="An extract: .osm, .osm.gz, or .pbf where osmium is installed.")],
    *,
    out: Out,
    json: Json = False,
    force: Force = False,
) -> None:
    """
    Read the streets of an OpenStreetMap extract as nodes.csv and edges.csv, for e-bikes and walkers.

    One row of edges.csv is one direction; one-way streets bind e-bikes.
    """
    from doorstep.intake.osm import network_of, read_extract, write_network

    def work(folder: Path) -> "Summary":
        network, summary = network_of(read_extract(area), source=str(area))
        write_network(network, folder)
        return summary

    _into(out, work, force=force, json=json)


@app.command()
def orders(
    table: Annotated[Path, typer.Argument(help="Your orders: .csv, .parquet or .xlsx.")],
    *,
    mapping: Annotated[Path, typer.Option(help="TOML that says which column is what.", show_default=False)],
    out: Out,
    json: Json = False,
    force: Force = False,
) -> None:
    """
    Read your own orders as orders.csv and lines.csv, through a mapping of columns.

        [orders]
        order = "order_no"
        site = { constant = "s1" }
        placed_at_s = { column = "created", format = "%Y-%m-%d %H:%M:%S", tz = "Asia/Shanghai" }
        lat_e6 = { column = "lat", factor = 1000000 }
        lng_e6 = { column = "lng", factor = 1000000 }

        [lines]
        sku = "item"
        amount = { column = "kg", factor = 1000 }
    """
    from doorstep.intake.orders import read_bought, read_mapping, write_bought

    def work(folder: Path) -> "Summary":
        bought, summary = read_bought(table, read_mapping(mapping))
        write_bought(bought, folder)
        return summary

    _into(out, work, force=force, json=json)


def _into(out: Path, work: "Callable[[Path], Summary]", *, force: bool, json: bool) -> None:
    from doorstep.wire.files import write_into

    _say(write_into(out, work, force=force), json=json)


def _say(summary: "Summary", *, json: bool) -> None:
    if json:
        print_json(summary)
        return
    for x in summary.lines():
        typer.echo(x)


def _stem(path: Path) -> str:
    """Take off .gz, and then .txt or .vrp."""
    name = path.name.removesuffix(".gz")
    return name.removesuffix(".txt").removesuffix(".vrp")


def _origin(text: str) -> "Place":
    from decimal import Decimal, InvalidOperation

    from doorstep.model.people import Place

    wrong = BadInput(f"--origin {text!r} is no position; write LAT,LNG in degrees, such as 31.23,121.47")
    try:
        lat_e6, lng_e6 = (int(Decimal(x.strip()) * 1_000_000) for x in text.split(","))
    except (InvalidOperation, ValueError, OverflowError) as error:
        raise wrong from error
    if abs(lat_e6) > 80_000_000 or abs(lng_e6) > 179_000_000:  # room for the city around it
        raise wrong
    return Place(lat_e6, lng_e6)

"""`doorstep report`: a day as a page."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from doorstep.base.errors import BadInput
from doorstep.cli.told import print_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from doorstep.model.people import Place


def report(
    folder: Annotated[Path, typer.Argument(help="A folder that `doorstep day --out` wrote.")],
    *,
    out: Annotated[
        Path | None,
        typer.Option(help="The page's file; report.html in the folder if not named.", show_default=False),
    ] = None,
    streets: Annotated[
        Path | None,
        typer.Option(
            help="Streets to draw below the trips: an OpenStreetMap extract, .osm[.gz] or .pbf.",
            show_default=False,
        ),
    ] = None,
    json: Annotated[
        bool, typer.Option("--json", help="Print the numbers behind the page as one JSON document; write no page.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Write over the file that --out names.")] = False,
) -> None:
    """
    Make the page of a day from its journal alone.

    One file that opens offline, in Chinese and English: the day at a glance and on the map, promises, freshness,
    waste, people at work, the worst moments with their reasons, the certificate. Exit code 1 where a law is broken.
    """
    from doorstep.wire.files import REPORT
    from doorstep.wire.verdict import day_figures, write_report

    path = folder / REPORT if out is None else out
    if not json:
        _refuse(path, named=out is not None, force=force)
    shown = day_figures(folder, streets=_streets(streets))
    if json:
        print_json(shown)
    else:
        write_report(shown, path)
        typer.echo(f"Written to {path}. Open it in a browser; it needs no network.", err=True)
    broken = [f"{law}: {text}" for law, text in shown.closing.checks.items() if text != "ok"]
    for x in broken:
        typer.echo(f"✗ {x}", err=True)
    if broken:
        raise typer.Exit(1)


def _streets(extract: Path | None) -> "Sequence[Sequence[Place]]":
    """Read the lines of an extract; none where none is named."""
    if extract is None:
        return ()
    from doorstep.intake.osm import network_of, read_extract
    from doorstep.intake.osm import streets as lines

    network, _ = network_of(read_extract(extract), source=extract.name)
    return lines(network)


def _refuse(path: Path, *, named: bool, force: bool) -> None:
    """Raise `BadInput` where the page may not be written."""
    if path.is_dir():
        raise BadInput(f"{path} is a folder; --out names a file such as {path / 'report.html'}")
    if named and path.exists() and not force:
        raise BadInput(f"{path} is there already; name another file, or add --force to write over it")
    if named and not path.absolute().parent.is_dir():
        raise BadInput(f"{path.parent} is no folder; make it first, or name a file in one that exists")

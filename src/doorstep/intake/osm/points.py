"""Points to travel between: `point` and a position, in micro-degrees or in degrees."""

from pathlib import Path
from typing import Final

from msgspec import Struct

from doorstep.base.errors import BadFile
from doorstep.intake.datum import Datum, to_wgs84
from doorstep.intake.sheet import Line, comma_sheet
from doorstep.model.people import Place

MOST: Final = 5_000
"""Points of one table: 25 million pairs are as much as a machine with 8 GB takes well."""


class Point(Struct, frozen=True, kw_only=True):
    """A named place, WGS-84."""

    point: str
    place: Place


def read_points(path: Path, *, datum: Datum = "wgs84") -> tuple[Point, ...]:
    """
    Read points, in the order of the file.

    Parameters
    ----------
    path
        CSV with `point` and either `lat_e6, lng_e6`, whole micro-degrees, or `lat, lng`, degrees.
    datum
        How the file writes positions.

    Raises
    ------
    BadFile
        A missing column, both kinds of position, a point twice, a position that is none, no point or over 5,000.
    """
    sheet = comma_sheet(path)
    sheet.need("point")
    micro, degrees = ([x for x in y if x in sheet.at] for y in (("lat_e6", "lng_e6"), ("lat", "lng")))
    if micro and degrees:
        what = "the header has positions of both kinds; keep lat_e6 and lng_e6, or lat and lng"
        raise sheet.bad(column=degrees[0], what=what)
    lat, lng = ("lat", "lng") if degrees else ("lat_e6", "lng_e6")
    sheet.need(lat, lng)
    found: dict[str, Place] = {}
    for row in sheet.rows():
        point = row.new("point", found)
        at = row.place(lat, lng) if degrees else _micro(row)
        found[point] = to_wgs84(at, datum)
        if len(found) > MOST:
            raise row.bad("point", f"is one more than the {MOST:,} points that one table holds; split the file")
    if not found:
        raise BadFile(str(path), what="holds no row; add a point a line")
    return tuple(Point(point=x, place=at) for x, at in found.items())


def _micro(row: Line) -> Place:
    at = Place(
        row.whole("lat_e6", least=-180_000_000, most=180_000_000),
        row.whole("lng_e6", least=-180_000_000, most=180_000_000),
    )
    if abs(at.lat_e6) > 90_000_000:
        swapped = abs(at.lng_e6) <= 90_000_000
        what = "is no latitude; lat_e6 and lng_e6 look swapped" if swapped else "must lie between -90 and 90 degrees"
        raise row.bad("lat_e6", what)
    if abs(at.lat_e6) <= 90 and abs(at.lng_e6) <= 180:
        raise row.bad("lat_e6", "looks like degrees; write micro-degrees, or call the columns lat and lng")
    return at

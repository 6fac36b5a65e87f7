"""Read `spot_id, lng, lat` and `site_id, lng, lat`: places in degrees, as Tianchi publishes them."""

import re
from pathlib import Path
from typing import Final

from msgspec import Struct

from doorstep.base.errors import BadFile
from doorstep.intake.dayfolder.table import Row, Table
from doorstep.model.people import Place

DEGREES: Final = re.compile(r"-?[0-9]{1,3}(\.[0-9]{1,20})?")


class Spot(Struct, frozen=True, kw_only=True):
    """A named place: a delivery point, or a site."""

    name: str
    place: Place


def read_points(path: Path) -> tuple[Spot, ...]:
    """
    Read delivery points, in the order of the file.

    Parameters
    ----------
    path
        CSV with the columns `spot_id`, `lng`, `lat`, the last two in degrees.

    Raises
    ------
    BadFile
        A missing column, an id twice, a place that is none, or no point at all.
    """
    return _read(path, "spot_id", "a delivery point")


def read_sites(path: Path) -> tuple[Spot, ...]:
    """
    Read sites, in the order of the file.

    Parameters
    ----------
    path
        CSV with the columns `site_id`, `lng`, `lat`, the last two in degrees.

    Raises
    ------
    BadFile
        As for points.
    """
    return _read(path, "site_id", "a site")


def _read(path: Path, key: str, what: str) -> tuple[Spot, ...]:
    if not path.is_file():
        raise BadFile(str(path), what=f"is not there; name a CSV with the columns {key}, lng, lat")
    found: dict[str, Spot] = {}
    for row in Table(path, needed=(key, "lng", "lat")).rows():
        name = row.new(key, found)
        lng = _degrees(row, "lng", 180)
        lat = _degrees(row, "lat", 90)
        found[name] = Spot(name=name, place=Place(round(lat * 1e6), round(lng * 1e6)))
    if not found:
        raise BadFile(str(path), what=f"holds no row; add {what} a line")
    return tuple(found.values())


def _degrees(row: Row, column: str, most: int) -> float:
    text = row.raw(column)
    if not DEGREES.fullmatch(text):
        raise row.bad(column, "is no number of degrees; write it plainly, such as 121.47")
    value = float(text)
    if abs(value) > most:
        raise row.bad(column, f"must lie between -{most} and {most} degrees; are lng and lat swapped?")
    return value

"""`Delivery_points.csv`, `Distribution_points.csv`: named positions."""

from pathlib import Path

from doorstep.intake.sheet import Line, comma_sheet
from doorstep.model.people import Place

CHINA_LAT_E6 = (3_000_000, 54_000_000)
CHINA_LNG_E6 = (73_000_000, 136_000_000)


def read_points(path: Path, *, key: str) -> dict[str, Place]:
    """
    Read points by name, in the order of the file and in its own datum.

    Parameters
    ----------
    key
        The column of the name: ``spot_id`` or ``site_id``; the others are ``lng`` and ``lat``, in degrees.

    Raises
    ------
    BadFile
        A point outside of China, twice, or without a name; a file without points.
    """
    sheet = comma_sheet(path)
    sheet.need(key, "lng", "lat")
    points: dict[str, Place] = {}
    for line in sheet.rows():
        points[line.new(key, points)] = chinese(line, "lat", "lng")
    if not points:
        raise sheet.bad(what="holds no point; its rows are name, lng, lat")
    return points


def chinese(line: Line, lat: str, lng: str) -> Place:
    """Read a position in China; there latitudes and longitudes cannot be mistaken for each other."""
    at = line.place(lat, lng)
    if not _within(at.lat_e6, CHINA_LAT_E6) and _within(at.lng_e6, CHINA_LAT_E6):
        raise line.bad(lat, f"is no latitude in China; {lat} and {lng} look swapped")
    for column, value, bounds in ((lat, at.lat_e6, CHINA_LAT_E6), (lng, at.lng_e6, CHINA_LNG_E6)):
        if not _within(value, bounds):
            raise line.bad(column, "is not in China; write degrees, such as lng 121.47, lat 31.23")
    return at


def _within(value: int, bounds: tuple[int, int]) -> bool:
    return bounds[0] <= value <= bounds[1]

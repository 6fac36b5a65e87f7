"""GCJ-02, the shifted coordinates of Chinese maps, to WGS-84 and back."""

from math import cos, pi, radians, sin, sqrt
from typing import Final, Literal

from doorstep.model.people import Place

Datum = Literal["wgs84", "gcj02"]
DATUMS: Final[tuple[Datum, ...]] = ("wgs84", "gcj02")

AXIS_M: Final = 6_378_245.0  # Krasovsky 1940, as the shift uses it
FLATNESS: Final = 0.00669342162296594323  # its squared eccentricity
STEPS: Final = 10  # each takes three digits off the error: two or three are enough, the rest is the floats' own
EXACT: Final = 1e-12  # degrees: a ten-thousandth of a millimetre


def to_wgs84(at: Place, datum: Datum) -> Place:
    """Give the WGS-84 position of what is written in a datum."""
    if datum == "wgs84":
        return at
    lat, lng = wgs84_from_gcj02(at.lat_e6 / 1e6, at.lng_e6 / 1e6)
    return Place(round(lat * 1e6), round(lng * 1e6))


def gcj02_from_wgs84(lat: float, lng: float) -> tuple[float, float]:
    """
    Shift a position as Chinese maps do.

    Parameters
    ----------
    lat, lng
        WGS-84, degrees.

    Returns
    -------
    Latitude and longitude in GCJ-02; outside of China's bounding box nothing is shifted.

    References
    ----------
    The shift was never published; this is the form known since 2010 as “eviltransform”.
    """
    if not (0.8293 <= lat <= 55.8271 and 72.004 <= lng <= 137.8347):
        return lat, lng
    x, y = lng - 105.0, lat - 35.0
    both = (20 * sin(6 * x * pi) + 20 * sin(2 * x * pi)) * 2 / 3
    north_m = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + both
    north_m += (20 * sin(y * pi) + 40 * sin(y / 3 * pi)) * 2 / 3
    north_m += (160 * sin(y / 12 * pi) + 320 * sin(y / 30 * pi)) * 2 / 3
    east_m = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + both
    east_m += (20 * sin(x * pi) + 40 * sin(x / 3 * pi)) * 2 / 3
    east_m += (150 * sin(x / 12 * pi) + 300 * sin(x / 30 * pi)) * 2 / 3
    w = 1 - FLATNESS * sin(radians(lat)) ** 2
    meridian_m = AXIS_M * (1 - FLATNESS) / (w * sqrt(w)) * pi / 180
    parallel_m = AXIS_M / sqrt(w) * cos(radians(lat)) * pi / 180
    return lat + north_m / meridian_m, lng + east_m / parallel_m


def wgs84_from_gcj02(lat: float, lng: float) -> tuple[float, float]:
    """
    Take the shift off again.

    Notes
    -----
    There is no closed inverse: begin at the shifted position and take off what the shift of the guess is too much. The
    shift changes by less than a thousandth along its way, so each step gains three digits.
    """
    guess_lat, guess_lng = lat, lng
    for _ in range(STEPS):
        there_lat, there_lng = gcj02_from_wgs84(guess_lat, guess_lng)
        off_lat, off_lng = there_lat - lat, there_lng - lng
        guess_lat, guess_lng = guess_lat - off_lat, guess_lng - off_lng
        if abs(off_lat) < EXACT and abs(off_lng) < EXACT:
            break
    return guess_lat, guess_lng

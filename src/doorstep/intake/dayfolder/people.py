"""`sites.csv`, `pickers.csv`, `couriers.csv`."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from doorstep.base.calendar import local_date
from doorstep.base.errors import BadInput
from doorstep.base.ids import CourierId, PickerId, SiteId
from doorstep.base.units import DAY_S
from doorstep.intake.dayfolder.head import Head
from doorstep.intake.dayfolder.table import Row, Table
from doorstep.model.people import LAWFUL_MM_S, Courier, CourierKind, Picker, Place, Site

SITES, PICKERS, COURIERS = "sites.csv", "pickers.csv", "couriers.csv"
SITE_COLUMNS: Final = ("site", "lat_e6", "lng_e6", "opens_at_s", "closes_at_s")
PICKER_COLUMNS: Final = ("picker", "site", "on_at_s", "off_at_s")
BOX_COLUMNS: Final = ("ambient_ml", "chilled_ml", "frozen_ml")
COURIER_COLUMNS: Final = ("courier", "site", "kind", "on_at_s", "off_at_s", *BOX_COLUMNS, "speed_mm_s")
BREAK_COLUMNS: Final = ("break_from_at_s", "break_to_at_s", "break_s")
LIMIT_COLUMNS: Final = (*BREAK_COLUMNS, "range_m")
"""What not every courier has; a column may be missing, a cell may be empty."""
KINDS: Final[tuple[CourierKind, ...]] = ("ebike", "walker", "van", "robot")

FIRST_S: Final = 946_684_800  # 2000-01-01
LAST_S: Final = 4_102_444_800  # 2100-01-01; milliseconds lie far beyond
NEAR_S: Final = 2 * DAY_S
BOX_ML: Final = 10**8  # a hundred cubic metres: a lorry
SLOWEST_MM_S: Final = 200  # 0.7 km/h; what is below was meant as m/s or km/h
RANGE_M: Final = 1_000_000
FASTEST_MM_S: Final = 50_000  # 180 km/h
NEAR_LAT_E6, NEAR_LNG_E6 = 1_000_000, 2_000_000  # about 100 km: nobody is served from farther away


def read_sites(folder: Path, head: Head) -> dict[SiteId, Site]:
    """Read the sites of a folder; there is at least one."""
    table = Table(folder / SITES, needed=SITE_COLUMNS)
    sites: dict[SiteId, Site] = {}
    for row in table.rows():
        site = SiteId(row.new("site", sites))
        place = read_place(row)
        opens_at_s = row.whole("opens_at_s", least=FIRST_S, most=LAST_S)
        if local_date(opens_at_s, head.tz) != head.date:
            raise row.bad("opens_at_s", f"is not on {head.date} in {head.tz}, the date in day.json; correct one")
        closes_at_s = row.whole("closes_at_s", least=FIRST_S, most=LAST_S)
        if not opens_at_s < closes_at_s <= opens_at_s + DAY_S:
            raise row.bad("closes_at_s", "must be after opens_at_s, by at most 24 hours")
        sites[site] = Site(
            site=site, lat_e6=place.lat_e6, lng_e6=place.lng_e6, opens_at_s=opens_at_s, closes_at_s=closes_at_s
        )
    if not sites:
        raise table.bad(what="holds no row; a day needs a site")
    return sites


def choose(sites: Mapping[SiteId, Site], wanted: str | None, *, folder: Path) -> Site:
    """
    Pick the site whose day it is.

    Raises
    ------
    BadInput
        There are several and none is named, or the one named is not there.
    """
    names = ", ".join(list(sites)[:20])
    if wanted is None:
        if len(sites) > 1:
            raise BadInput(f"{folder} holds {len(sites)} sites; name one with --site: {names}")
        return next(iter(sites.values()))
    if wanted not in sites:
        raise BadInput(f"{folder} has no site {wanted!r}; it holds {names}")
    return sites[SiteId(wanted)]


def read_pickers(folder: Path, sites: Mapping[SiteId, Site]) -> tuple[Picker, ...]:
    """Read all pickers, of every site."""
    found: dict[str, Picker] = {}
    for row in Table(folder / PICKERS, needed=PICKER_COLUMNS).rows():
        picker = PickerId(row.new("picker", found))
        site = site_of(row, sites)
        on_at_s, off_at_s = _shift(row, site)
        found[picker] = Picker(picker=picker, site=site.site, on_at_s=on_at_s, off_at_s=off_at_s)
    return tuple(found.values())


def read_couriers(folder: Path, sites: Mapping[SiteId, Site]) -> tuple[Courier, ...]:
    """Read all couriers, of every site."""
    found: dict[str, Courier] = {}
    for row in Table(folder / COURIERS, needed=COURIER_COLUMNS, optional=LIMIT_COLUMNS).rows():
        courier = CourierId(row.new("courier", found))
        site = site_of(row, sites)
        on_at_s, off_at_s = _shift(row, site)
        ambient_ml, chilled_ml, frozen_ml = (row.whole(x, least=0, most=BOX_ML) for x in BOX_COLUMNS)
        kind, speed_mm_s = row.word("kind", KINDS), row.whole("speed_mm_s", least=SLOWEST_MM_S, most=FASTEST_MM_S)
        if speed_mm_s > LAWFUL_MM_S[kind]:
            raise row.bad("speed_mm_s", f"is more than {LAWFUL_MM_S[kind]}, the most that a {kind} may ride by law")
        break_from_at_s, break_to_at_s, break_s = _break(row, site, on_at_s, off_at_s)
        found[courier] = Courier(
            courier=courier,
            site=site.site,
            kind=kind,
            on_at_s=on_at_s,
            off_at_s=off_at_s,
            ambient_ml=ambient_ml,
            chilled_ml=chilled_ml,
            frozen_ml=frozen_ml,
            speed_mm_s=speed_mm_s,
            break_from_at_s=break_from_at_s,
            break_to_at_s=break_to_at_s,
            break_s=break_s,
            range_m=row.whole("range_m", least=0, most=RANGE_M) if row.filled("range_m") else None,
        )
    return tuple(found.values())


def site_of(row: Row, sites: Mapping[SiteId, Site]) -> Site:
    """Read the site that a row belongs to."""
    return sites[SiteId(row.known("site", sites, file=SITES))]


def near(row: Row, column: str, site: Site) -> int:
    """Read an instant of a site's day: within two days of its opening hours."""
    at_s = row.whole(column, least=FIRST_S, most=LAST_S)
    if not site.opens_at_s - NEAR_S <= at_s <= site.closes_at_s + NEAR_S:
        raise row.bad(column, f"is more than two days off the day of {site.site}, which opens at {site.opens_at_s}")
    return at_s


def read_place(row: Row, *, site: Site | None = None) -> Place:
    """Read a position; one that is served from a site lies within about 100 km of it."""
    lat_e6 = row.whole("lat_e6", least=-(10**12), most=10**12)
    lng_e6 = row.whole("lng_e6", least=-(10**12), most=10**12)
    if not _on_earth(lat_e6, lng_e6):
        if _on_earth(lng_e6, lat_e6):
            raise row.bad("lat_e6", f"is no latitude; lat_e6 and lng_e6 ({lng_e6}) look swapped")
        column = "lng_e6" if abs(lat_e6) <= 90_000_000 else "lat_e6"
        raise row.bad(column, "is off the earth; write micro-degrees: 31.193 degrees are 31193000")
    if abs(lat_e6) <= 90 and abs(lng_e6) <= 180:
        raise row.bad("lat_e6", "looks like whole degrees; write micro-degrees: 31.193 degrees are 31193000")
    if site is not None and not _served(lat_e6, lng_e6, site):
        what = f"is more than 100 km from {site.site} ({site.lat_e6}, {site.lng_e6}); correct one of them"
        if _served(lng_e6, lat_e6, site):
            what = f"is far from {site.site}; lat_e6 and lng_e6 ({lng_e6}) look swapped"
        raise row.bad("lat_e6", what)
    return Place(lat_e6, lng_e6)


def _on_earth(lat_e6: int, lng_e6: int) -> bool:
    return abs(lat_e6) <= 90_000_000 and abs(lng_e6) <= 180_000_000


def _served(lat_e6: int, lng_e6: int, site: Site) -> bool:
    east_e6 = abs(lng_e6 - site.lng_e6)
    return abs(lat_e6 - site.lat_e6) <= NEAR_LAT_E6 and min(east_e6, 360_000_000 - east_e6) <= NEAR_LNG_E6


def courier_rows(couriers: Iterable[Courier], columns: Sequence[str]) -> Iterator[list[str | int]]:
    """Yield the cells of each courier; a break or a range that there is not stays empty."""
    for x in couriers:
        bare = () if x.break_s else BREAK_COLUMNS
        cells = ("" if name in bare else getattr(x, name) for name in columns)
        yield ["" if cell is None else cell for cell in cells]


def limits_of(couriers: Iterable[Courier]) -> tuple[str, ...]:
    """Name the columns beyond the usual ones that these couriers need."""
    rows = tuple(couriers)
    names = BREAK_COLUMNS if any(x.break_s for x in rows) else ()
    return (*names, "range_m") if any(x.range_m is not None for x in rows) else names


def _break(row: Row, site: Site, on_at_s: int, off_at_s: int) -> tuple[int, int, int]:
    """Read a break: all three cells, or none of them; it lies within the shift."""
    given = [x for x in BREAK_COLUMNS if row.filled(x)]
    if not given:
        return 0, 0, 0
    for name in BREAK_COLUMNS:
        if name not in given:
            raise row.bad(given[0], f"says when there is a break, and {name} is empty: fill in all three, or none")
    break_s = row.whole("break_s", least=0, most=DAY_S)
    from_at_s, to_at_s = near(row, "break_from_at_s", site), near(row, "break_to_at_s", site)
    if not on_at_s <= from_at_s:
        raise row.bad("break_from_at_s", f"lies before the shift, which begins at {on_at_s}")
    if not from_at_s <= to_at_s:
        raise row.bad("break_to_at_s", f"must not be before break_from_at_s, {from_at_s}")
    if to_at_s + break_s > off_at_s:
        raise row.bad("break_to_at_s", f"a break of {break_s} s from then on would end after the shift, {off_at_s}")
    return (from_at_s, to_at_s, break_s) if break_s else (0, 0, 0)


def _shift(row: Row, site: Site) -> tuple[int, int]:
    on_at_s, off_at_s = near(row, "on_at_s", site), near(row, "off_at_s", site)
    if off_at_s <= on_at_s:
        raise row.bad("off_at_s", f"must be after on_at_s, {on_at_s}")
    return on_at_s, off_at_s

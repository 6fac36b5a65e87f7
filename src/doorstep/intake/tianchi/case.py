"""`Case1-512.csv`: orders of one site by minute, with their distance to it."""

from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN
from math import cos, hypot, radians
from pathlib import Path

from msgspec import Struct

from doorstep.base.errors import BadFile, BadInput
from doorstep.base.ids import OrderId, ShopperId, SiteId
from doorstep.intake.dispatch import FILES, SeveralDays
from doorstep.intake.sheet import Line, Sheet, comma_sheet
from doorstep.intake.summary import Summary
from doorstep.intake.tianchi.assumed import Assumed, made_of
from doorstep.intake.tianchi.points import chinese, read_points
from doorstep.model.dispatch import ReadyOrder
from doorstep.model.people import Place
from doorstep.roads import metres_between

COLUMNS = ("OrderId", "Spot_id", "Arrive_time", "Delivery_time", "Longitude", "Latitude", "distance")
METRES_A_DEGREE = 111_195.08  # of the sphere that metres_between rides on
MEETS_M = 100.0  # distances that meet no better than this belong to no one place
SQUARED_M = 50.0  # errors up to this count with their square
DAY_MIN = 1_440


class CaseOrder(Struct, frozen=True, kw_only=True):
    """An order of a case: minutes of the day, and metres to the site."""

    order: str
    spot: str
    at: Place
    arrived_s: int
    due_s: int
    away_m: float


def read_case(
    path: Path, *, assumed: Assumed, sites: Path | None = None, ready_after_s: int = 0
) -> tuple[SeveralDays, Summary]:
    """
    Read a case as the dispatch day of one site.

    Parameters
    ----------
    sites
        `Distribution_points.csv`: where one of them is within 100 m of the site found, its name and place are taken.
    ready_after_s
        From the arrival of an order to the instant at which it can leave: 0, as in the paper that made the cases.

    Returns
    -------
    The day, and what was done.

    Raises
    ------
    BadFile
        A row that cannot be read right, or distances that meet in no one place.

    Notes
    -----
    The file does not say where the site is, but how far each door is from it: the site is where the distances meet
    (least squares, but for rows that are far off: `_meeting`).
    """
    sheet = comma_sheet(path)
    sheet.need(*COLUMNS)
    orders = _read(sheet)
    site, at, off_m = _site(sheet, orders, sites)
    ready = [_ready(x, site, assumed, ready_after_s) for x in orders]
    late = [x for x in ready if x.ready_at_s > x.promised_at_s]
    if late:
        raise BadInput(f"--ready-after-min {ready_after_s // 60} makes order {late[0].order} ready after its deadline")
    days = made_of(ready, {site: at}, assumed)
    return days, Summary(
        reader="tianchi-case",
        source=str(path),
        files=FILES,
        counts={
            "orders": len(orders),
            "delivery_points": len({x.spot for x in orders}),
            "sites": 1,
            "couriers": len(days.couriers),
            "site_off_m_at_most": round(off_m),
        },
        assumed=(
            f"the site is {site}, where the distances of the file meet",
            f"Arrive_time is the click, and the order can leave {ready_after_s // 60} min after it",
            f"an order takes {assumed.case_ml / 1000:g} l; the file names no packages",
            *assumed.sentences(),
        ),
    )


def _ready(order: CaseOrder, site: SiteId, assumed: Assumed, ready_after_s: int) -> ReadyOrder:
    placed_at_s = assumed.midnight_at_s + order.arrived_s
    return ReadyOrder(
        order=OrderId(order.order),
        site=site,
        shopper=ShopperId(order.spot),
        placed_at_s=placed_at_s,
        at=order.at,
        drop="door",
        ready_at_s=placed_at_s + ready_after_s,
        promised_at_s=assumed.midnight_at_s + order.due_s,
        ambient_ml=assumed.case_ml,
        chilled_ml=0,
        frozen_ml=0,
    )


def _read(sheet: Sheet) -> list[CaseOrder]:
    orders: dict[str, CaseOrder] = {}
    doors: dict[str, Place] = {}
    for line in sheet.rows():
        order, spot, at = line.new("OrderId", orders), line.label("Spot_id"), chinese(line, "Latitude", "Longitude")
        if doors.setdefault(spot, at) != at:
            raise line.bad("Spot_id", "stands at another place in an earlier row; correct one of them")
        arrived_s = _seconds(line, "Arrive_time", most_min=DAY_MIN)
        due_s = _seconds(line, "Delivery_time", most_min=2 * DAY_MIN)
        if due_s <= arrived_s:
            raise line.bad("Delivery_time", "must be after Arrive_time")
        away_m = float(line.decimal("distance"))
        if not 0 <= away_m <= 100_000:
            raise line.bad("distance", "must lie between 0 and 100000 metres")
        orders[order] = CaseOrder(order=order, spot=spot, at=at, arrived_s=arrived_s, due_s=due_s, away_m=away_m)
    if len(doors) < 3:
        raise sheet.bad(what="has fewer than three places, which do not say where the site is; add orders")
    return list(orders.values())


def _seconds(line: Line, column: str, *, most_min: int) -> int:
    value = line.decimal(column)
    if not 0 <= value < most_min:
        raise line.bad(column, f"must lie between 0 and {most_min - 1}; it is in minutes of the day")
    return int((value * 60).to_integral_value(rounding=ROUND_HALF_EVEN))


def _site(sheet: Sheet, orders: Sequence[CaseOrder], sites: Path | None) -> tuple[SiteId, Place, float]:
    """Find the site; with its name where it is one of those known. The last is the largest error of a distance."""
    at = _meeting(orders)
    named: SiteId | None = None
    if sites is not None:
        places = read_points(sites, key="site_id")
        nearest = min(places, key=lambda x: (metres_between(places[x], at), x))
        if metres_between(places[nearest], at) <= MEETS_M:
            named, at = SiteId(nearest), places[nearest]
    off_m, order = max((abs(metres_between(x.at, at) - x.away_m), x.order) for x in orders)
    if off_m > MEETS_M:
        row = next(n for n, x in enumerate(orders, start=1) if x.order == order)
        what = f"is {off_m:,.0f} m off the place where the others meet; correct it or the position"
        raise BadFile(str(sheet.path), row=row, column="distance", value=str(orders[row - 1].away_m), what=what)
    return named or SiteId("site"), at, off_m


def _meeting(orders: Sequence[CaseOrder]) -> Place:
    """
    Find the place whose distances to all doors are nearest to those given: Gauss and Newton on a plane.

    Errors above 50 m count with their size, not its square (Huber), so that one wrong row does not move the place and
    is found. It begins at the door that fits best.
    """
    doors = {(x.at, x.away_m): None for x in orders}
    start = min(
        sorted({(at.lat_e6, at.lng_e6) for at, _ in doors}),
        key=lambda x: sum(abs(metres_between(Place(*x), at) - away_m) for at, away_m in doors),
    )
    lat, lng = start[0] / 1e6, start[1] / 1e6
    for _ in range(5):  # the plane is laid anew at the place found
        north, east = METRES_A_DEGREE, METRES_A_DEGREE * cos(radians(lat))
        flat = [((at.lng_e6 / 1e6 - lng) * east, (at.lat_e6 / 1e6 - lat) * north, away_m) for at, away_m in doors]
        x_m = y_m = 0.0
        for _ in range(100):
            step_x, step_y = _step(flat, x_m, y_m)
            x_m, y_m = x_m + step_x, y_m + step_y
            if hypot(step_x, step_y) < 1e-6:
                break
        lat, lng = lat + y_m / north, lng + x_m / east
        if not (-85 < lat < 85 and -180 < lng < 180):
            break  # they meet nowhere: the caller sees how far off each distance is
    return Place(round(max(-85.0, min(85.0, lat)) * 1e6), round(max(-180.0, min(180.0, lng)) * 1e6))


def _step(doors: Sequence[tuple[float, float, float]], x_m: float, y_m: float) -> tuple[float, float]:
    """Solve the two normal equations; doors on one line give no step across it."""
    a = b = c = u = v = 0.0
    for east_m, north_m, away_m in doors:
        far_m = hypot(x_m - east_m, y_m - north_m) or 1e-9
        p, q = (x_m - east_m) / far_m, (y_m - north_m) / far_m
        off_m = far_m - away_m
        w = min(1.0, SQUARED_M / max(abs(off_m), 1e-9))
        a, b, c, u, v = a + w * p * p, b + w * p * q, c + w * q * q, u + w * p * off_m, v + w * q * off_m
    both = a * c - b * b
    if both < 1e-12 * (a + c) ** 2:
        return 0.0, 0.0
    return (b * v - c * u) / both, (b * u - a * v) / both

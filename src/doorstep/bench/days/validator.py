"""
A checker of lived days that trusts nobody: every trip worked out anew from `trips.csv` and the day folder alone.

It shares no code with the planner, the replay or the metrics; times and distances come from the plain formula, or
pair by pair from the roads that are named.
"""

import csv
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from msgspec import Struct, field

from doorstep.base.errors import BadFile
from doorstep.model.dispatch import DispatchDay, ReadyOrder
from doorstep.model.people import LAWFUL_MM_S, Courier, Place
from doorstep.roads import RoadsOf, Straight

TRIPS: Final = "trips.csv"
TEXTS: Final = ("courier", "site", "order")
NUMBERS: Final = (
    "trip",
    "stop",
    "loaded_at_s",
    "departed_at_s",
    "arrived_at_s",
    "handed_over_at_s",
    "promised_at_s",
    "late_s",
)
COLUMNS: Final = ("courier", "trip", "site", "stop", "order", *NUMBERS[2:])
ZONES: Final = ("ambient_ml", "chilled_ml", "frozen_ml")

Row = dict[str, Any]


class Fault(Struct, frozen=True):
    """Something that may not be: which rule, and what was found."""

    rule: str
    what: str


class Checked(Struct, kw_only=True):
    """What a file of trips says, worked out anew: faults, orders nobody brought, and the numbers of the day."""

    faults: list[Fault] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    numbers: dict[str, float] = field(default_factory=dict)


def read_trips(path: Path) -> list[Row]:
    """
    Read `trips.csv`.

    Raises
    ------
    BadFile
        It is not there, a column is missing, or a value is no number.
    """
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadFile(str(path), what=f"cannot be read ({error}); name a file of trips") from error
    reader = csv.DictReader(text.splitlines())
    missing = [x for x in COLUMNS if x not in (reader.fieldnames or ())]
    if missing:
        raise BadFile(str(path), column=missing[0], what="is missing; a file of trips has all of its columns")
    rows = []
    for number, row in enumerate(reader, 1):
        made: Row = {x: row[x] for x in TEXTS}
        for x in NUMBERS:
            try:
                made[x] = int(row[x])
            except (TypeError, ValueError) as error:
                raise BadFile(str(path), row=number, column=x, value=str(row[x]), what="is no whole number") from error
        rows.append(made)
    return rows


def check_trips(
    day: DispatchDay,
    rows: Sequence[Row],
    *,
    said: Mapping[str, Any] | None = None,
    noise: bool = False,
    roads: RoadsOf | None = None,
) -> Checked:
    """
    Work a day out anew.

    Parameters
    ----------
    rows
        What `read_trips` gives.
    said
        The day's `metrics.json`, to be held against what is found.
    noise
        Rides and picking turned out other than written: how long they took is then taken from the rows; nobody can
        be held to minutes on board then, nor to when a break began.
    roads
        What each kind rides on, where it was not straight lines times the day's detour.

    Notes
    -----
    O(rows). The clock of a trip: loading begins when courier and all goods are there and lasts `loading_s`; then ride,
    service at each door, ride back. With noise the ride back is not in the rows, and is left out.
    """
    checked = Checked()
    orders, couriers = {str(x.order): x for x in day.orders}, {str(x.courier): x for x in day.couriers}
    _known(day, rows, orders, couriers, checked)
    good = [x for x in rows if x["order"] in orders and x["courier"] in couriers]
    seen: dict[str, int] = {}
    for x in good:
        seen[x["order"]] = seen.get(x["order"], 0) + 1
    checked.faults += [Fault("order twice", f"{x} is on {n} stops") for x, n in seen.items() if n > 1]
    checked.waiting = [x for x in orders if x not in seen]
    shifts: dict[str, list[list[Row]]] = {}
    for x in good:
        trips = shifts.setdefault(x["courier"], [])
        if not trips or trips[-1][0]["trip"] != x["trip"]:
            trips.append([])
        trips[-1].append(x)
    sums = {"travel_s": 0, "late_orders": 0, "late_s": 0, "overtime_s": 0, "busy_s": 0, "trips": 0}
    sums |= {"steep_s": 0, "unfair_orders": 0}
    for name, trips in shifts.items():
        ways = _Ways(day, couriers[name], roads)
        _shift(ways, trips, orders, checked, sums, noise=noise)
        share = (len(day.orders) + len(day.couriers) - 1) // len(day.couriers)
        sums["unfair_orders"] += max(0, sum(len(x) for x in trips) - share)
    _numbers(day, sums, len(seen), checked)
    if said is not None:
        _held_against(said, checked, noise=noise)
    return checked


def _known(
    day: DispatchDay,
    rows: Iterable[Row],
    orders: Mapping[str, ReadyOrder],
    couriers: Mapping[str, Courier],
    checked: Checked,
) -> None:
    """Names, the site, and what is copied from the orders."""
    for x in rows:
        if x["courier"] not in couriers:
            checked.faults.append(Fault("courier unknown", x["courier"]))
        if x["site"] != day.site.site:
            checked.faults.append(Fault("site", f"{x['order']} left from {x['site']}, the day is {day.site.site}'s"))
        if x["order"] not in orders:
            checked.faults.append(Fault("order unknown", x["order"]))
            continue
        promised_at_s = orders[x["order"]].promised_at_s
        if x["promised_at_s"] != promised_at_s:
            checked.faults.append(Fault("promise", f"{x['order']} was promised for {promised_at_s}"))
        if x["late_s"] != max(0, x["handed_over_at_s"] - promised_at_s):
            checked.faults.append(Fault("lateness", f"{x['order']} says {x['late_s']} s late"))


class _Ways:
    """How one courier gets from place to place, and how far."""

    def __init__(self, day: DispatchDay, courier: Courier, roads: RoadsOf | None) -> None:
        self.day, self.courier = day, courier
        self._roads = roads(courier.kind) if roads is not None else Straight(detour_e3=day.rules.travel.detour_e3)

    def seconds(self, a: Place, b: Place, departed_s: int) -> int:
        """Tell how long a ride takes on a trip that rode off at an instant."""
        free_s = self._roads.seconds(a, b, speed_mm_s=self.courier.speed_mm_s)
        slower_bp = 10_000
        for x in self.day.rules.travel.slices:
            slower_bp = x.slower_bp if x.from_at_s <= departed_s else slower_bp
        return (free_s * slower_bp + 5_000) // 10_000

    def metres(self, a: Place, b: Place) -> int:
        """Tell how far it is."""
        return int(self._roads.lengths_between([a, b], speed_mm_s=self.courier.speed_mm_s)[0, 1])


def _shift(
    ways: _Ways,
    trips: Sequence[Sequence[Row]],
    orders: Mapping[str, ReadyOrder],
    checked: Checked,
    sums: dict[str, int],
    *,
    noise: bool,
) -> None:
    """All trips of one courier, in the order of the rows."""
    day, courier = ways.day, ways.courier
    found, rules = checked.faults, day.rules
    free_s, name, rested = courier.on_at_s, courier.courier, courier.break_s == 0
    if courier.speed_mm_s > LAWFUL_MM_S[courier.kind]:
        found.append(Fault("unlawful speed", f"{name} rides {courier.speed_mm_s} mm/s as {courier.kind}"))
    if [x[0]["trip"] for x in trips] != list(range(1, len(trips) + 1)):
        found.append(Fault("trip number", f"{name}: trips do not count 1, 2, 3 …"))
    for trip in trips:
        head = f"{name}, trip {trip[0]['trip']}"
        departed_s, loaded_s = trip[0]["departed_at_s"], trip[0]["loaded_at_s"]
        if [x["stop"] for x in trip] != list(range(1, len(trip) + 1)):
            found.append(Fault("stop number", f"{head}: stops do not count 1, 2, 3 …"))
        if any((x["departed_at_s"], x["loaded_at_s"]) != (departed_s, loaded_s) for x in trip):
            found.append(Fault("one departure", f"{head}: its rows depart at different instants"))
        starts_s = departed_s - rules.loading_s
        for x in trip:
            if not noise and starts_s < orders[x["order"]].ready_at_s:
                found.append(Fault("not ready", f"{head}: loading would begin before {x['order']} is packed"))
            if starts_s < orders[x["order"]].placed_at_s:
                found.append(Fault("not placed", f"{head}: loading would begin before {x['order']} is placed"))
        if starts_s < courier.on_at_s:
            found.append(Fault("before the shift", f"{head}: leaves at {departed_s}, on from {courier.on_at_s}"))
        elif starts_s < free_s:
            found.append(Fault("courier away", f"{head}: loading would begin {free_s - starts_s} s before the return"))
        rests_s = max(free_s, courier.break_from_at_s)
        if not rested and rests_s + courier.break_s <= starts_s:
            rested = True
            _rest(courier, rests_s, found, noise=noise)
        if departed_s > courier.off_at_s:
            found.append(Fault("after the shift", f"{head}: leaves {departed_s - courier.off_at_s} s after off_at_s"))
        if not starts_s <= loaded_s <= departed_s:
            found.append(Fault("loaded", f"{head}: loaded_at_s is outside of loading and departure"))
        for zone in ZONES:
            used, room = sum(getattr(orders[x["order"]], zone) for x in trip), getattr(courier, zone)
            if used > room:
                found.append(Fault("box", f"{head}: {used} of {room} {zone}"))
        _limits(ways, trip, orders, found, head, noise=noise)
        free_s, travel_s = _ride(ways, trip, orders, found, head, noise=noise)
        late = [y for x in trip if (y := x["handed_over_at_s"] - orders[x["order"]].promised_at_s) > 0]
        sums["travel_s"] += travel_s
        sums["late_orders"] += len(late)
        sums["late_s"] += sum(late)
        sums["steep_s"] += sum(y - rules.grace_s for y in late if y > rules.grace_s)
        sums["busy_s"] += free_s - starts_s
        sums["trips"] += 1
    if not rested:
        _rest(courier, free_s, found, noise=noise)
    sums["overtime_s"] += max(0, free_s - courier.off_at_s)


def _rest(courier: Courier, at_s: int, found: list[Fault], *, noise: bool) -> None:
    """Tell whether the break begins in its window, if it begins when it first can."""
    late_s = at_s - courier.break_to_at_s
    if late_s > 0 and not noise:
        found.append(Fault("break", f"{courier.courier}: the break begins {late_s} s after its window"))


def _limits(
    ways: _Ways,
    trip: Sequence[Row],
    orders: Mapping[str, ReadyOrder],
    found: list[Fault],
    head: str,
    *,
    noise: bool,
) -> None:
    """Who may go where, how far, and how long goods may be on board."""
    courier, rules = ways.courier, ways.day.rules
    for x in trip:
        order = orders[x["order"]]
        if order.kinds and courier.kind not in order.kinds:
            found.append(Fault("kind", f"{head}: a {courier.kind} may not go to the door of {x['order']}"))
        for zone, most_s in (("chilled", rules.chilled_on_board_s), ("frozen", rules.frozen_on_board_s)):
            over_s = 0 if most_s == 0 else x["handed_over_at_s"] - x["departed_at_s"] - most_s
            if getattr(order, f"{zone}_ml") and over_s > 0 and not noise:
                found.append(Fault("on board", f"{head}: {zone} goods of {x['order']} are out {over_s} s too long"))
    if courier.range_m is not None:
        way = [ways.day.site.place, *(orders[x["order"]].at for x in trip), ways.day.site.place]
        far_m = sum(ways.metres(a, b) for a, b in pairwise(way))
        if far_m > courier.range_m:
            found.append(Fault("range", f"{head}: {far_m} m, the range is {courier.range_m} m"))


def _ride(
    ways: _Ways,
    trip: Sequence[Row],
    orders: Mapping[str, ReadyOrder],
    found: list[Fault],
    head: str,
    *,
    noise: bool,
) -> tuple[int, int]:
    """Follow a trip from door to door; return when it is back, and its riding time."""
    day, departed_s = ways.day, trip[0]["departed_at_s"]
    clock_s, travel_s, place = departed_s, 0, day.site.place
    for x in trip:
        door = orders[x["order"]].at
        leg_s = ways.seconds(place, door, departed_s)
        if noise:
            leg_s = x["arrived_at_s"] - clock_s
            if leg_s < 0:
                found.append(Fault("arrival", f"{head}: at the door of {x['order']} before it could ride there"))
        clock_s, travel_s, place = clock_s + leg_s, travel_s + leg_s, door
        if x["arrived_at_s"] != clock_s:
            found.append(Fault("arrival", f"{head}: {x['order']} at {x['arrived_at_s']}, riding gives {clock_s}"))
        clock_s += day.rules.service_s
        if x["handed_over_at_s"] != x["arrived_at_s"] + day.rules.service_s:
            found.append(Fault("service", f"{head}: {x['order']} is not handed over {day.rules.service_s} s later"))
    back_s = 0 if noise else ways.seconds(place, day.site.place, departed_s)
    return clock_s + back_s, travel_s + back_s


def _numbers(day: DispatchDay, sums: Mapping[str, int], brought: int, checked: Checked) -> None:
    rules, orders = day.rules, len(day.orders)
    late = rules.late_fixed_s * sums["late_orders"] + rules.late_per_s * sums["late_s"]
    more = rules.steep_per_s * sums["steep_s"] + rules.unfair_s * sums["unfair_orders"]
    checked.numbers = {x: y for x, y in sums.items() if x not in ("busy_s", "steep_s")}
    checked.numbers["cost"] = sums["travel_s"] + late + more + rules.overtime_per_s * sums["overtime_s"]
    on_time = brought - sums["late_orders"]
    checked.numbers["on_time_bp"] = (20_000 * on_time + orders) // (2 * orders) if orders else 10_000
    checked.numbers["orders_per_busy_hour"] = brought * 3600 / sums["busy_s"] if sums["busy_s"] else 0.0
    checked.numbers["waiting"] = len(checked.waiting)


def _held_against(said: Mapping[str, Any], checked: Checked, *, noise: bool) -> None:
    """Compare with what `metrics.json` says; with noise, as far as it does not hang on the way back."""
    by_way_back = {"cost", "travel_s", "overtime_s", "orders_per_busy_hour"}
    for key, found in checked.numbers.items():
        given: object = said.get(key, 0 if key == "waiting" else found if key == "unfair_orders" else None)
        if noise and key in by_way_back:
            continue
        if not isinstance(given, int | float) or abs(given - found) > (0.001 if key == "orders_per_busy_hour" else 0):
            checked.faults.append(Fault("metrics", f"{key} is {found}, metrics.json says {given}"))

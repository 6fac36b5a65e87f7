"""
One planning moment as arrays of integers: what the kernel solves.

Names of arrays end in their unit; instants are epoch seconds or any other common zero. `NONE` stands for "there is
none".
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from msgspec import Struct, field
from numpy.typing import NDArray

from doorstep.base.compiled import compiled
from doorstep.base.errors import BadInput
from doorstep.model.dispatch import DayRules
from doorstep.model.people import CourierKind

Whole = NDArray[np.int64]
Travel = NDArray[np.int32]

NONE: Final = -1
KINDS: Final[tuple[CourierKind, ...]] = ("ebike", "walker", "van", "robot")
ANY_KIND: Final = (1 << 62) - 1
FAR_S: Final = 1 << 40  # later than any instant, and sums of a few of them still fit 64 bits
UNPLANNED_S: Final = 1_000_000  # dearer than any lateness of a day, so an order stays out only if nobody can take it


class Prices(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    What a plan costs, in seconds; the defaults are those of formats, section 2, and what it does not name is free.

    Parameters
    ----------
    late_fixed_s, late_per_s
        A late order, once; and for each second late.
    grace_s, steep_per_s
        For each second late beyond the grace, on top.
    overtime_per_s
        For each second a courier returns after the shift.
    trip_s
        For each trip.
    apart_bp
        For each second that the promises of two orders, one after the other on a trip, lie apart: 10,000ths of a
        second, rounded down for each two. Who could wait for better company should not go along with who must leave.
    moved_per_s, tolerance_s
        For each second that an announced arrival moves, earlier or later, beyond the tolerance.
    unfair_s
        For each order of a courier above the problem's `fair_orders`, orders carried today counted.
    """

    late_fixed_s: int = 600
    late_per_s: int = 2
    grace_s: int = 0
    steep_per_s: int = 0
    overtime_per_s: int = 1
    trip_s: int = 0
    apart_bp: int = 0
    moved_per_s: int = 0
    tolerance_s: int = 300
    unfair_s: int = 0

    @classmethod
    def of_rules(cls, rules: DayRules) -> "Prices":
        """Take the prices of a dispatch day."""
        return cls(
            late_fixed_s=rules.late_fixed_s,
            late_per_s=rules.late_per_s,
            grace_s=rules.grace_s,
            steep_per_s=rules.steep_per_s,
            overtime_per_s=rules.overtime_per_s,
            moved_per_s=rules.moved_per_s,
            tolerance_s=rules.tolerance_s,
            unfair_s=rules.unfair_s,
        )


class Problem(Struct, frozen=True, kw_only=True):
    """
    Orders, couriers, travel and prices of one planning moment. Make it with `of_arrays`, or `of_snapshot`.

    Parameters
    ----------
    now_s
        The instant of planning.
    ready_s, due_s, service_s
        Of each order, shape (orders,): packed; promised (end of service); time at the door.
    volume_ml
        Room that each order takes, shape (orders, zones).
    place, pick_up
        Where each order goes and where it is loaded, indices into travel, shape (orders,).
    on_board_s
        The most seconds from riding off to the end of service, shape (orders,), or `NONE`. Hard.
    announced_s
        The end of service that the shopper was shown, shape (orders,), or `NONE`.
    may_take
        Which courier kinds may go there: bit k for kind k, shape (orders,).
    unplanned_s
        The price of leaving each order out of the plan, shape (orders,).
    free_s, off_s
        Of each courier, shape (couriers,): free to go, not before the shift; end of the shift: no trip rides off
        later.
    box_ml
        Room in each box, shape (couriers, zones). Hard.
    kind, stands
        Kind of each courier (first index of travel) and where free, shape (couriers,).
    break_from_s, break_to_s, break_s
        A break at the end of a trip that begins within the window, and its length, shape (couriers,); length 0: none.
    carried
        Orders that each courier carried today, shape (couriers,).
    range_s, range_m
        The most seconds and metres a trip may ride, approach and way back included, shape (couriers,), or `NONE`.
        Hard.
    travel
        Seconds, not negative, shape (kinds, slices, places, places). A ride takes what its slice says when the trip
        rides off; the way to where the trip is loaded, what the slice of its own beginning says.
    slices_s
        Instants at which slices begin, ascending, shape (slices,); the first holds for all before it, too.
    metres
        Metres, shape (kinds, places, places), or (0, 0, 0) where no range is in metres.
    loading_s
        Time to load a trip.
    returns
        Whether a trip ends with the ride back to where it was loaded; if not, at its last door.
    fair_orders
        Orders a courier may carry today before more count as unfair.
    order_names, courier_names
        What people call them; as many as there are, or none.
    """

    now_s: int
    ready_s: Whole
    due_s: Whole
    service_s: Whole
    volume_ml: Whole
    place: Whole
    pick_up: Whole
    on_board_s: Whole
    announced_s: Whole
    may_take: Whole
    unplanned_s: Whole
    free_s: Whole
    off_s: Whole
    box_ml: Whole
    kind: Whole
    stands: Whole
    break_from_s: Whole
    break_to_s: Whole
    break_s: Whole
    carried: Whole
    range_s: Whole
    range_m: Whole
    travel: Travel
    slices_s: Whole
    metres: Travel
    loading_s: int
    returns: bool
    fair_orders: int
    prices: Prices = field(default_factory=Prices)
    order_names: tuple[str, ...] = ()
    courier_names: tuple[str, ...] = ()

    @property
    def orders(self) -> int:
        """How many orders there are; they are called 0, 1, 2 and so on."""
        return len(self.ready_s)

    @property
    def couriers(self) -> int:
        """How many couriers there are; they are called 0, 1, 2 and so on."""
        return len(self.free_s)


def of_arrays(
    *,
    now_s: int,
    orders: Mapping[str, Any],
    couriers: Mapping[str, Any],
    travel: Travel,
    slices_s: Sequence[int] = (0,),
    metres: Travel | None = None,
    loading_s: int = 60,
    returns: bool = True,
    fair_orders: int | None = None,
    prices: Prices | None = None,
) -> Problem:
    """
    Make a problem from columns.

    Parameters
    ----------
    orders
        `ready_s, due_s, place, volume_ml` and whatever else of an order's columns in `Problem` is not at its default
        (`service_s` 120, `pick_up` 0, no cap, nothing announced, any kind, `UNPLANNED_S`); `known_s`, the instant
        from which an order may be loaded at all; `names`. A column may be one number for all.
    couriers
        `free_s, off_s, box_ml` and whatever else is not at its default (`kind` 0, `stands` 0, no break, nothing
        carried, no range); `names`.
    travel, slices_s, metres, loading_s, returns, prices
        As in `Problem`.
    fair_orders
        As in `Problem`; if not given, an equal share of what was carried and what waits, rounded up.

    Raises
    ------
    BadInput
        A column that is unknown, missing or of a wrong length, or an index that travel does not have.
    """
    columns = _columns(orders, _ORDER_DEFAULTS, ("ready_s", "due_s", "place", "volume_ml"), "orders")
    people = _columns(couriers, _COURIER_DEFAULTS, ("free_s", "off_s", "box_ml"), "couriers")
    known_s = columns.pop("known_s")
    columns["ready_s"] = np.maximum(columns["ready_s"], known_s)
    people["free_s"] = np.maximum(people["free_s"], now_s)
    waiting = columns["ready_s"].shape[0]
    if fair_orders is None:
        fair_orders = -(-(sum(people["carried"].tolist()) + waiting) // max(1, people["free_s"].shape[0]))
    problem = Problem(
        now_s=now_s,
        **columns,
        **people,
        travel=np.ascontiguousarray(travel, dtype=np.int32),
        slices_s=np.array(slices_s, dtype=np.int64),
        metres=np.zeros((0, 0, 0), np.int32) if metres is None else np.ascontiguousarray(metres, dtype=np.int32),
        loading_s=loading_s,
        returns=returns,
        fair_orders=fair_orders,
        prices=prices or Prices(),
        order_names=tuple(orders.get("names", ())),
        courier_names=tuple(couriers.get("names", ())),
    )
    _check(problem)
    return problem


_ORDER_DEFAULTS: Final[dict[str, int]] = {
    "service_s": 120,
    "pick_up": 0,
    "on_board_s": NONE,
    "announced_s": NONE,
    "may_take": ANY_KIND,
    "unplanned_s": UNPLANNED_S,
    "known_s": 0,
}
_COURIER_DEFAULTS: Final[dict[str, int]] = {
    "kind": 0,
    "stands": 0,
    "break_from_s": 0,
    "break_to_s": 0,
    "break_s": 0,
    "carried": 0,
    "range_s": NONE,
    "range_m": NONE,
}
_TABLES: Final = ("volume_ml", "box_ml")


def _columns(
    given: Mapping[str, Any], defaults: Mapping[str, int], needed: Sequence[str], of: str
) -> dict[str, Whole]:
    """Every column at full length."""
    for name in needed:
        if name not in given:
            raise BadInput(f"{of} have no column {name}: give one, or one number for all")
    made: dict[str, Whole] = {}
    length = len(given[needed[0]])
    for name in (*needed, *defaults):
        value = given.get(name, defaults.get(name))
        if isinstance(value, int | np.integer):
            made[name] = np.empty(length, dtype=np.int64)
            made[name].fill(value)
            continue
        column = np.asarray(value, dtype=np.int64, order="C")
        if name in _TABLES and column.size == 0:
            column = column.reshape(0, 3)
        if column.ndim != 1 + (name in _TABLES) or column.shape[0] != length:
            raise BadInput(f"column {name} of {of} has the shape {column.shape}, {length} rows were expected")
        made[name] = column
    unknown = sorted(set(given) - set(made) - {"names"})
    if unknown:
        raise BadInput(f"{of} have no column {unknown[0]}: the columns are {', '.join(sorted(made))}")
    return made


def _check(problem: Problem) -> None:
    """Refuse what the kernel would read past its arrays for, or what the law forbids."""
    kinds, slices, places, _ = problem.travel.shape
    zones = problem.volume_ml.shape[1]
    if zones != 3 or problem.box_ml.shape[1] != 3:
        raise BadInput(f"volumes have {zones} zones, boxes {problem.box_ml.shape[1]}: both have 3")
    if problem.slices_s.shape[0] != slices or (slices > 1 and np.any(np.diff(problem.slices_s) <= 0)):
        raise BadInput(f"travel has {slices} slices: as many ascending beginnings are needed")
    found = _beyond(problem.place, problem.pick_up, problem.stands, problem.kind, places, kinds)
    if found >= 0:
        name = ("place", "pick_up", "stands", "kind")[found]
        column, size = getattr(problem, name), places if name != "kind" else kinds
        raise BadInput(f"column {name} goes from {column.min()} to {column.max()}, travel has {size}")
    if problem.metres.size == 0 and (problem.range_m != NONE).any():
        raise BadInput("a range in metres needs metres between places")
    if problem.metres.size and problem.metres.shape != (kinds, places, places):
        raise BadInput(f"metres have the shape {problem.metres.shape}, expected {(kinds, places, places)}")


@compiled
def _beyond(place: Whole, pick_up: Whole, stands: Whole, kind: Whole, places: int, kinds: int) -> int:
    """Which column names something that is not there, −1: none; numpy takes ten times as long for so few."""
    found = -1
    for x in kind:
        found = 3 if x < 0 or x >= kinds else found
    for x in stands:
        found = 2 if x < 0 or x >= places else found
    for x in pick_up:
        found = 1 if x < 0 or x >= places else found
    for x in place:
        found = 0 if x < 0 or x >= places else found
    return found


def stacked(columns: Sequence[Whole]) -> Whole:
    """Lay columns of one length under each other; `numpy.stack` takes five times as long for so few."""
    rows = np.empty((len(columns), len(columns[0])), dtype=np.int64)
    for i, column in enumerate(columns):
        rows[i] = column
    return rows

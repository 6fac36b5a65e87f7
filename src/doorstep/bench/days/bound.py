"""
A lower bound that nobody can beat: column generation over trips.

What is left out can only make a plan cheaper: couriers are counted by slots of time instead of followed one by one,
each kind has the largest box of its couriers, nobody pays for overtime, and trips may be taken in fractions. So no
plan costs less, whoever made it.
"""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import csc_matrix

from doorstep.base.errors import BadInput
from doorstep.bench.days.labels import cheapest_trips
from doorstep.core.dispatch.problem import Problem

Real = NDArray[np.float64]
TRIPS_A_CELL = 20
MOST_ORDERS = 62
"""Orders are bits of a 64-bit number."""
FIRST_LABELS, MOST_LABELS = 2_000, 4_000_000
NEARLY = 1e-6
CUT = -1


class Bound(Struct, frozen=True, kw_only=True):
    """
    What no plan can undercut.

    Parameters
    ----------
    cost_s
        The bound, seconds of cost, rounded down: proven, however pricing ended; 0 where it proves nothing.
    orders, couriers, trips, rounds
        Of the problem; trips that were priced in, and rounds of pricing.
    ended
        Whether pricing came to its end. If not, the bound holds all the same, but more thinking would raise it.
    """

    cost_s: int
    orders: int
    couriers: int
    trips: int
    rounds: int
    ended: bool


class _Sheet:
    """The master problem so far: starts, slots, and the trips that were priced in."""

    def __init__(self, problem: Problem, slot_s: int) -> None:
        self.problem, self.slot_s = problem, slot_s
        first_s = max([problem.now_s, *([int(problem.free_s.min())] if problem.couriers else [])])
        last_s = max(int(problem.due_s.max()), int(problem.ready_s.max()), first_s) + 1_800
        grid = np.arange(first_s, last_s + 1, slot_s, dtype=np.int64)
        self.starts = np.unique(np.concatenate([grid, np.clip(problem.ready_s, first_s, last_s)]))
        # The last start stands for all later ones: by then everything is long due, and slots are no longer counted.
        self.ends = np.append(self.starts[1:], np.iinfo(np.int64).max // 4)
        self.slots = grid[:-1]
        self.kinds = [int(x) for x in np.unique(problem.kind)]
        self.capacity = np.array(
            [np.sum((problem.kind == k) & (problem.free_s <= t)) for k in self.kinds for t in self.slots], float
        )
        places = np.concatenate([problem.pick_up[:1], problem.place])
        self.legs_s = {k: _closed(problem.travel[k].min(axis=0)[np.ix_(places, places)]) for k in self.kinds}
        self.box_ml = {k: np.max(problem.box_ml[problem.kind == k], axis=0) for k in self.kinds}
        self.allowed = {k: (problem.may_take >> k) & 1 == 1 for k in self.kinds}
        self.cost: list[float] = []
        self.rows: list[list[int]] = []
        self.known: set[tuple[int, int, tuple[int, ...]]] = set()

    def cells(self) -> Iterator[tuple[int, int]]:
        """Every kind with every start."""
        return ((k, b) for k in self.kinds for b in range(len(self.starts)))

    def counted(self, start: int) -> NDArray[np.bool_]:
        """Slots that a trip may fill whole, even if it starts in the last second before the next start."""
        return np.asarray(self.slots >= self.ends[start] - 1, np.bool_)

    def add(self, kind: int, start: int, trip: tuple[int, ...]) -> bool:
        """Take a trip in unless it is here."""
        if (kind, start, trip) in self.known:
            return False
        self.known.add((kind, start, trip))
        cost, back_s = _cost(self.problem, self.legs_s[kind], trip, int(self.starts[start]))
        filled = np.nonzero(self.counted(start) & (self.slots + self.slot_s <= back_s))[0]
        offset = self.problem.orders + self.kinds.index(kind) * len(self.slots)
        self.cost.append(cost)
        self.rows.append([*trip, *(offset + int(x) for x in filled)])
        return True


def lower_bound(
    problem: Problem,
    *,
    slot_s: int = 300,
    begin: Sequence[Sequence[int]] = (),
    progress: Callable[[int, float], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Bound:
    """
    Prove that no plan of a problem costs less.

    Parameters
    ----------
    problem
        At most 62 orders, one pick-up place, one slice of travel times, trips that return.
    slot_s
        Couriers are counted in slots of so many seconds; shorter is tighter and slower.
    begin
        Trips of a good plan, as orders: prices are near their end from the first round on.
    progress, stop
        Told after every round how many there were, and the value of the master problem; asked again and again whether
        to end with what was proven by then.

    Returns
    -------
    The bound on formats' cost: travel, lateness, orders left out. Prices beyond those count as nothing.

    Raises
    ------
    BadInput
        It has what the bound cannot count.

    Notes
    -----
    Dantzig-Wolfe over trips that start loading at one of the instants at which an order becomes ready or a slot
    begins; a trip that starts between two of them costs no less than at the first. HiGHS solves the master problem,
    label setting the pricing. A round's bound is its dual objective and, once for every order, the least reduced cost
    that pricing found: no plan has more trips than orders. So each round proves something, in spite of rounding, too,
    and the best is given. References: Desaulniers, Desrosiers, Solomon (2005), Column generation; Lasdon (1970),
    Optimization theory for large systems.
    """
    _refuse(problem)
    n = problem.orders
    if n == 0 or problem.couriers == 0:
        left_out = int(problem.unplanned_s.sum())
        return Bound(cost_s=left_out, orders=n, couriers=problem.couriers, trips=0, rounds=0, ended=True)
    sheet = _begun(problem, slot_s, begin)
    rounds, best, added = 0, 0.0, 1
    while added > 0:
        value, worth, prices = _master(sheet)
        added, least = _round(sheet, worth, prices, stop)
        if added >= 0:
            rounds, best = rounds + 1, max(best, value + n * (least - NEARLY))
            if progress is not None:
                progress(rounds, value)
    told = {"orders": n, "couriers": problem.couriers, "trips": len(sheet.cost), "rounds": rounds}
    return Bound(cost_s=int(np.floor(best)), ended=added == 0, **told)


def _begun(problem: Problem, slot_s: int, begin: Sequence[Sequence[int]]) -> _Sheet:
    """Begin with the trips of one order, and those of a plan whenever they could start."""
    sheet = _Sheet(problem, slot_s)
    for k, b in sheet.cells():
        fits = sheet.allowed[k] & np.all(problem.volume_ml <= sheet.box_ml[k], axis=1)
        for i in np.nonzero(fits & (problem.ready_s <= sheet.starts[b]))[0]:
            sheet.add(k, b, (int(i),))
        for trip in map(list, begin):
            room = bool(np.all(problem.volume_ml[trip].sum(axis=0) <= sheet.box_ml[k]))
            if room and sheet.allowed[k][trip].all() and problem.ready_s[trip].max() <= sheet.starts[b]:
                sheet.add(k, b, tuple(trip))
    return sheet


def _round(sheet: _Sheet, worth: Real, prices: dict[int, Real], stop: Callable[[], bool] | None) -> tuple[int, float]:
    """Price every kind and start: how many trips came in (-1 where it was not finished), least reduced cost."""
    added, least = 0, 0.0
    for k, b in sheet.cells():
        if stop is not None and stop():
            return CUT, least
        found = _price(sheet, k, b, worth, prices[k])
        if found is None:
            return CUT, least
        added += sum(sheet.add(k, b, trip) for trip, _ in found)
        least = min([least, *(reduced for _, reduced in found)])
    return added, least


def _refuse(problem: Problem) -> None:
    if problem.orders > MOST_ORDERS:
        raise BadInput(f"{problem.orders} orders: a bound is proven for at most {MOST_ORDERS}; take a part of them")
    if problem.travel.shape[1] != 1 or not problem.returns or np.unique(problem.pick_up).size > 1:
        raise BadInput("a bound needs one slice of travel times, one pick-up place, and trips that return to it")


def _closed(legs_s: NDArray[np.int32]) -> NDArray[np.int32]:
    """Let no way be longer than a way with a halt: then a door less never makes a trip dearer, as pricing takes it."""
    legs_s = np.array(legs_s, np.int32, order="C")
    for i in range(legs_s.shape[0]):
        np.minimum(legs_s, legs_s[:, i, None] + legs_s[None, i, :], out=legs_s)
    return legs_s


def _price(
    sheet: _Sheet, kind: int, start: int, worth: Real, slot_prices: Real
) -> list[tuple[tuple[int, ...], float]] | None:
    """Find the best trips of one kind and start, with their reduced costs below zero; None where room ran out."""
    problem, counted = sheet.problem, sheet.counted(start)
    start_s = int(sheet.starts[start])
    room = FIRST_LABELS
    while room <= MOST_LABELS:
        trips, costs, made = cheapest_trips(
            sheet.legs_s[kind],
            (problem.ready_s <= start_s) & sheet.allowed[kind],
            problem.due_s,
            problem.service_s,
            problem.volume_ml,
            sheet.box_ml[kind],
            worth,
            np.array([problem.prices.late_fixed_s, problem.prices.late_per_s], np.int64),
            start_s,
            problem.loading_s,
            sheet.slots[counted] + sheet.slot_s,
            slot_prices[counted],
            TRIPS_A_CELL,
            room,
        )
        if made < room:
            rows = zip(trips, costs, strict=True)
            return [(tuple(int(i) for i in x if i >= 0), float(y)) for x, y in rows if y < -NEARLY]
        room *= 8
    return None


def _cost(problem: Problem, legs_s: NDArray[np.int32], trip: tuple[int, ...], start_s: int) -> tuple[float, int]:
    """Travel and lateness of a trip, and its return."""
    place, clock_s, cost = 0, start_s + problem.loading_s, 0
    for i in trip:
        ride_s = int(legs_s[place, i + 1])
        clock_s += ride_s + int(problem.service_s[i])
        late_s = clock_s - int(problem.due_s[i])
        cost += ride_s + (problem.prices.late_fixed_s + problem.prices.late_per_s * late_s if late_s > 0 else 0)
        place = i + 1
    return float(cost + int(legs_s[place, 0])), clock_s + int(legs_s[place, 0])


def _master(sheet: _Sheet) -> tuple[float, Real, dict[int, Real]]:
    """Solve the restricted master problem; its value, what each order is worth, and the price of each slot."""
    n, trips, slots = sheet.problem.orders, len(sheet.cost), len(sheet.slots)
    at = np.repeat(np.arange(trips), [len(x) for x in sheet.rows])
    rows = np.fromiter((x for y in sheet.rows for x in y), np.int64, len(at))
    signs = np.where(rows < n, -1.0, 1.0)  # at least once each order; at most so many trips in each slot
    left_out = np.arange(n)
    matrix = csc_matrix(
        (np.append(signs, -np.ones(n)), (np.append(rows, left_out), np.append(at, trips + left_out))),
        shape=(n + len(sheet.capacity), trips + n),
    )
    limits = np.concatenate([-np.ones(n), sheet.capacity])
    cost = np.append(np.array(sheet.cost), sheet.problem.unplanned_s.astype(float))
    solved = linprog(cost, A_ub=matrix, b_ub=limits, bounds=(0, None), method="highs")
    assert solved.status == 0, f"leaving every order out is a solution: {solved.message}"
    duals = -np.asarray(solved.ineqlin.marginals)
    # What is left out may be left out, so no order is worth more than that; duals of less than zero are rounding.
    worth = np.clip(duals[:n], 0.0, sheet.problem.unplanned_s)
    price = np.maximum(duals[n:], 0.0)
    value = float(worth.sum() - (price * sheet.capacity).sum())
    return value, worth, {k: price[i * slots : (i + 1) * slots] for i, k in enumerate(sheet.kinds)}

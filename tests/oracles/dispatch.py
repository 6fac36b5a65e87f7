"""What a plan costs, ridden second by second in plain Python: slow, obvious, sharing no line with the kernel."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise, permutations
from typing import Any

Trip = tuple[int, Sequence[int]]
TERMS = ("travel", "late", "overtime", "trips", "apart", "moved", "unfair", "unplanned")


@dataclass
class Day:
    """One courier's day so far."""

    free_s: int
    stands: int
    rested: bool
    back_s: int | None = None
    orders: int = 0


@dataclass
class Ridden:
    """Terms of the cost; what each order's end of service was; every limit that was broken, in words."""

    cost: dict[str, int] = field(default_factory=lambda: dict.fromkeys(TERMS, 0))
    done_s: dict[int, int] = field(default_factory=dict)
    departs_s: list[int] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        return sum(self.cost.values())


def ride(problem: Any, plan: Sequence[Trip]) -> Ridden:
    """Ride the trips of a plan; trips of one courier in the sequence given."""
    found = Ridden()
    days: dict[int, Day] = {}
    for courier, orders in plan:
        if not orders:
            found.broken.append("a trip without orders")
            continue
        if courier not in days:
            days[courier] = Day(int(problem.free_s[courier]), int(problem.stands[courier]), rested=False)
        _trip(problem, courier, days[courier], [int(x) for x in orders], found)
    prices = problem.prices
    for courier, day in days.items():
        if day.back_s is not None and day.back_s > problem.off_s[courier]:
            found.cost["overtime"] += (day.back_s - int(problem.off_s[courier])) * prices.overtime_per_s
        carried = int(problem.carried[courier])
        for nth in range(1, day.orders + 1):
            if carried + nth > problem.fair_orders:
                found.cost["unfair"] += prices.unfair_s
    for u in range(len(problem.ready_s)):
        if u not in found.done_s:
            found.cost["unplanned"] += int(problem.unplanned_s[u])
    return found


def _slice(problem: Any, at_s: int) -> int:
    begun = [i for i, begins_s in enumerate(problem.slices_s) if begins_s <= at_s]
    return max(begun, default=0)


def _legs(
    problem: Any, courier: int, day: Day, orders: list[int], free_s: int
) -> tuple[list[int], list[int], int, int]:
    """Places of the trip one after the other, seconds of each ride, when loading begins, when riding off."""
    kind, pick_up = int(problem.kind[courier]), int(problem.pick_up[orders[0]])
    way_s = int(problem.travel[kind, _slice(problem, free_s), day.stands, pick_up]) if day.stands != pick_up else 0
    loads_s = max([free_s + way_s, *(int(problem.ready_s[u]) for u in orders)])
    departs_s = loads_s + problem.loading_s
    doors = [int(problem.place[u]) for u in orders]
    stops = [pick_up, *doors, *([pick_up] if problem.returns else [])]
    part = _slice(problem, departs_s)
    rides = [int(problem.travel[kind, part, a, b]) for a, b in pairwise(stops)]
    return [day.stands, *stops], [way_s, *rides], loads_s, departs_s


def _trip(problem: Any, courier: int, day: Day, orders: list[int], found: Ridden) -> None:
    pause_s = int(problem.break_s[courier])
    stops, rides, loads_s, departs_s = _legs(problem, courier, day, orders, day.free_s)
    if pause_s and not day.rested:
        back_s = departs_s + sum(rides[1:]) + sum(int(problem.service_s[u]) for u in orders)
        rested_s = max(day.free_s, int(problem.break_from_s[courier])) + pause_s
        if rested_s + rides[0] <= loads_s or back_s > problem.break_to_s[courier]:
            day.rested = True
            stops, rides, loads_s, departs_s = _legs(problem, courier, day, orders, rested_s)
    found.departs_s.append(departs_s)
    prices, now_s = problem.prices, departs_s
    for u, leg_s in zip(orders, rides[1:], strict=False):
        now_s += leg_s + int(problem.service_s[u])
        if u in found.done_s:
            found.broken.append(f"order {u} twice")
        found.done_s[u] = now_s
        late_s = now_s - int(problem.due_s[u])
        if late_s > 0:
            found.cost["late"] += prices.late_fixed_s + prices.late_per_s * late_s
            if late_s > prices.grace_s:
                found.cost["late"] += prices.steep_per_s * (late_s - prices.grace_s)
        if problem.announced_s[u] >= 0:
            moved_s = abs(now_s - int(problem.announced_s[u]))
            if moved_s > prices.tolerance_s:
                found.cost["moved"] += prices.moved_per_s * (moved_s - prices.tolerance_s)
        if problem.on_board_s[u] >= 0 and now_s - departs_s > problem.on_board_s[u]:
            found.broken.append(f"order {u} too long on board")
    if problem.returns:
        now_s += rides[-1]
    found.cost["travel"] += sum(rides)
    found.cost["trips"] += prices.trip_s
    for u, v in pairwise(orders):
        earlier, later = sorted((int(problem.due_s[u]), int(problem.due_s[v])))
        found.cost["apart"] += int((later - earlier) * prices.apart_bp / 10_000)
    _limits(problem, courier, orders, stops, rides, departs_s, found)
    day.free_s = day.back_s = now_s
    day.stands = stops[-1]
    day.orders += len(orders)


def _limits(
    problem: Any, courier: int, orders: list[int], stops: list[int], rides: list[int], departs_s: int, found: Ridden
) -> None:
    kind = int(problem.kind[courier])
    for zone in range(problem.volume_ml.shape[1]):
        if sum(int(problem.volume_ml[u, zone]) for u in orders) > problem.box_ml[courier, zone]:
            found.broken.append(f"box of courier {courier} overfull")
    if len({int(problem.pick_up[u]) for u in orders}) > 1:
        found.broken.append("a trip that loads at two places")
    if not all(int(problem.may_take[u]) & (1 << kind) for u in orders):
        found.broken.append(f"courier {courier} may not go there")
    if departs_s > problem.off_s[courier]:
        found.broken.append(f"courier {courier} leaves after the shift")
    if problem.range_s[courier] >= 0 and sum(rides) > problem.range_s[courier]:
        found.broken.append(f"courier {courier} rides too long")
    if problem.range_m[courier] >= 0:
        metres = sum(int(problem.metres[kind, a, b]) for a, b in pairwise(stops))
        if metres > problem.range_m[courier]:
            found.broken.append(f"courier {courier} rides too far")


def every_plan(orders: int, couriers: int) -> Iterator[list[Trip]]:
    """Every way to bring or leave out each order: who, which trips, in which sequence."""

    def shared(left: list[int], courier: int) -> Iterator[list[Trip]]:
        if courier == couriers:
            yield []
            return
        for mask in range(1 << len(left)):
            mine = [x for i, x in enumerate(left) if mask >> i & 1]
            rest = [x for i, x in enumerate(left) if not mask >> i & 1]
            for row in permutations(mine):
                for cuts in range(1 << max(0, len(row) - 1)):
                    trips: list[list[int]] = []
                    for i, x in enumerate(row):
                        if i == 0 or cuts >> (i - 1) & 1:
                            trips.append([])
                        trips[-1].append(x)
                    for others in shared(rest, courier + 1):
                        yield [*((courier, x) for x in trips), *others]

    yield from shared(list(range(orders)), 0)


def cheapest(problem: Any) -> int:
    """The least that any plan costs, all of them tried."""
    return min(
        ridden.total
        for plan in every_plan(len(problem.ready_s), len(problem.free_s))
        if not (ridden := ride(problem, plan)).broken
    )

"""Plan the trips of one moment: a first plan at once, a better one for every round that there is time for."""

from collections.abc import Callable, Sequence
from math import sqrt
from typing import Final

import numpy as np
from msgspec import Struct

from doorstep.base.ids import CourierId, OrderId
from doorstep.core.dispatch import kernel
from doorstep.core.dispatch.pack import best_trips, by_promise, packed
from doorstep.core.dispatch.partition import Recombiner
from doorstep.core.dispatch.problem import Problem, Whole
from doorstep.core.dispatch.savings import savings_trips
from doorstep.core.dispatch.score import Cost, score
from doorstep.model.plan import Plan, PlannedTrip

Trip = tuple[int, Sequence[int]]
BEGUN: Final = (np.zeros(0, dtype=np.int64), np.zeros((0, 3), dtype=np.int64), np.zeros(0, dtype=np.int64))


class Effort(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    How the kernel looks for better plans. Tuned on random moments made as the frozen snapshots are, never on those.

    Parameters
    ----------
    near
        How many near orders an order is tried next to.
    heat_bp, heat_most_bp
        How much dearer a plan may become by chance at the beginning (a mean): basis points of the first plan's cost
        per order, times the square root of the rounds per order; and at most. More where many are late already.
    cold_bp, cold_s
        The same at the end: basis points of that cost, or a third of what it began with if that is less; and at least
        so many seconds.
    longest, strings
        A ruin takes at most so many orders out of a trip, from at most so many trips; 0: what fits the rounds.
    blink
        One place in so many orders is overlooked.
    chunk
        Rounds between two looks at the clock.
    pool
        How many trips of the search are kept for each order, to put them together anew between rounds; 0: none.
    pool_rounds
        From so many rounds an order on. Where many are late already, and with less, trips are not kept.
    pool_heat_bp, pool_blink
        Instead of `heat_bp` and `blink` then: good trips are not lost, so the search may wander.
    every, trips
        How many chunks between two attempts, and how many near trips each takes apart.
    """

    near: int = 20
    heat_bp: int = 400
    heat_most_bp: int = 6_000
    cold_bp: int = 500
    cold_s: float = 2.0
    longest: int = 0
    strings: int = 0
    blink: int = 100
    chunk: int = 25
    pool: int = 32
    pool_rounds: int = 15
    pool_heat_bp: int = 1_600
    pool_blink: int = 20
    every: int = 2
    trips: int = 12

    def hot_s(self, cost_s: int, rounds: float, *, crowded: bool) -> float:
        """Tell the heat to begin with, seconds; `cost_s` and `rounds` are per order."""
        heat_bp = self.pool_heat_bp if self.pools(rounds, crowded=crowded) else self.heat_bp
        share_bp = min(self.heat_most_bp, (2 if crowded else 1) * heat_bp * sqrt(rounds))
        share_bp = 2 * share_bp if crowded else share_bp
        return max(self.cold_s, cost_s / 10_000 * share_bp)

    def end_s(self, cost_s: int, hot_s: float) -> float:
        """Tell the heat at the end, seconds."""
        return max(self.cold_s, min(cost_s / 10_000 * self.cold_bp, hot_s / 3))

    def pools(self, rounds: float, *, crowded: bool) -> bool:
        """Tell whether trips are kept and put together anew."""
        return self.pool > 0 and rounds >= self.pool_rounds and not crowded

    def ruin(self, rounds: float, *, crowded: bool) -> tuple[int, int]:
        """Tell how large ruins are: small where there are few rounds per order, unless many are late anyway."""
        if crowded:
            longest, strings = (6, 6) if rounds < 200 else (8, 8)
        elif rounds < 400:
            longest, strings = 3, 4 if rounds < 35 else 6
        else:
            longest, strings = 4, 8
        return self.longest or longest, self.strings or strings


class Deadline(Struct, frozen=True, kw_only=True):
    """Live only: stop when `clock()` reaches `at`, both in seconds of the same clock; looked at between chunks."""

    clock: Callable[[], float]
    at: float

    def past(self) -> bool:
        """Whether there is no time left."""
        return self.clock() >= self.at

    def after(self, share: float) -> "Deadline":
        """Tell the instant at which so much of the time that is left will be gone."""
        now = self.clock()
        return Deadline(clock=self.clock, at=now + (self.at - now) * share)


class SolvedTrip(Struct, frozen=True, kw_only=True):
    """A trip of courier number `courier`: loading begins, rides off, orders and the end of service at each, back."""

    courier: int
    loads_s: int
    depart_s: int
    orders: tuple[int, ...]
    done_s: tuple[int, ...]
    back_s: int


class Solved(Struct, frozen=True, kw_only=True):
    """
    A plan and what it costs.

    Parameters
    ----------
    trips
        By courier, and of one courier in sequence.
    cost
        By term; equals what the kernel reckoned with.
    unplanned
        Orders on no trip, ascending: nobody can take them, or nobody for less than leaving them out costs.
    rounds
        Ruins done.
    """

    trips: tuple[SolvedTrip, ...]
    cost: Cost
    unplanned: tuple[int, ...]
    rounds: int

    @property
    def sequences(self) -> tuple[Trip, ...]:
        """The trips as `solve` takes them for a warm start."""
        return tuple((x.courier, x.orders) for x in self.trips)

    def plan(self, problem: Problem) -> Plan:
        """Tell the plan by the names of the problem."""
        return Plan(
            trips=tuple(
                PlannedTrip(
                    courier=CourierId(problem.courier_names[x.courier]),
                    depart_at_s=x.depart_s,
                    orders=tuple(OrderId(problem.order_names[y]) for y in x.orders),
                )
                for x in self.trips
            )
        )


def solve(
    problem: Problem,
    *,
    seed: int,
    iterations: int,
    warm: Sequence[Trip] | None = None,
    deadline: Deadline | None = None,
    effort: Effort | None = None,
) -> Solved:
    """
    Plan every order onto the couriers' trips.

    Parameters
    ----------
    seed
        The same seed, problem, warm plan and iterations give the same plan; with a deadline the clock decides, too.
    iterations
        Ruins to do, 0 or more: 0 is the warm plan with everything new inserted where it costs least.
    warm
        Trips to begin with: courier and orders by number, a courier's in sequence. An order that is named twice, does
        not fit or may not go there is taken off; a courier number that does not exist is dropped with its trips. A
        single order is planned anew.
    deadline
        Live only: stop by the clock, whatever is left of the iterations.

    Returns
    -------
    The cheapest plan found, never dearer than the warm plan with everything new inserted. Every order is on exactly
    one trip or named as unplanned.
    """
    tables, rounds = searched(problem, seed=seed, iterations=iterations, warm=warm, deadline=deadline, effort=effort)
    return _solved(problem, tables, rounds)


def make_ready(problem: Problem) -> None:
    """Have everything that is compiled loaded, so that it is not taken for thinking; the problem is only looked at."""
    solve(problem, seed=1, iterations=0)
    if problem.orders:
        Recombiner(packed(problem, near=1, pool=1, seed=1), trips=1).make_ready()


def searched(
    problem: Problem,
    *,
    seed: int,
    iterations: int,
    warm: Sequence[Trip] | None = None,
    deadline: Deadline | None = None,
    effort: Effort | None = None,
) -> tuple[kernel.Tables, int]:
    """Search as `solve` does: the kernel's tables with the best plan in them, and how many rounds it were."""
    how = effort or Effort()
    pools = how.pools(iterations / max(1, problem.orders), crowded=False)
    tables = packed(problem, near=how.near, pool=how.pool if pools else 0, seed=seed)
    # Where there is no company, the cheapest insertion is the best plan, whatever was planned before.
    company = problem.orders > 1
    joined = warm is None and company
    given, cuts = savings_trips(problem, tables.near) if joined else _given(problem, warm or () if company else ())
    kernel.search(tables, given, cuts, by_promise(tables), 0, 0.0, 1.0, 1, 1, 1)
    return tables, improve(tables, problem.orders, how=how, iterations=iterations, deadline=deadline)


def _given(problem: Problem, warm: Sequence[Trip]) -> tuple[Whole, Whole]:
    """Warm trips as orders one after the other, and for each trip: courier, from, to."""
    given: list[int] = []
    cuts: list[tuple[int, int, int]] = []
    for courier, orders in warm:
        if 0 <= courier < problem.couriers:
            begin = len(given)
            given += [x for x in orders if 0 <= x < problem.orders]
            cuts.append((courier, begin, len(given)))
    return np.array(given, dtype=np.int64), np.array(cuts, dtype=np.int64).reshape(-1, 3)


def improve(tables: kernel.Tables, n: int, *, how: Effort, iterations: int, deadline: Deadline | None = None) -> int:
    """Go on by rounds, or by the clock, from the plan of `n` orders in the tables; how many rounds it were."""
    if n < 2 or len(tables.courier) == 0:
        return 0
    cost_s = int(tables.word[kernel.NOW]) // n
    late = np.count_nonzero(tables.order[:, kernel.DONE] > tables.order[:, kernel.DUE])
    crowded = 8 * int(late) > n
    begun = now = deadline.clock() if deadline is not None else 0.0
    ends, done, chunks = deadline.at if deadline is not None else 1.0, 0, 0
    expected = float(iterations if deadline is None else min(iterations, how.chunk))
    recombine = Recombiner(tables, trips=how.trips) if len(tables.pool) else None
    chunk = how.chunk if deadline is not None or recombine is not None else iterations
    while done < iterations and now < ends:
        spent = done / iterations if deadline is None else (now - begun) / (ends - begun)
        pools = recombine is not None and how.pools(expected / n, crowded=crowded)
        hot_s = how.hot_s(cost_s, expected / n, crowded=crowded)
        cold = how.end_s(cost_s, hot_s) / hot_s
        cool = cold ** (1 / iterations) if deadline is None else 1.0
        rounds, blink = min(chunk, iterations - done), how.pool_blink if pools else how.blink
        tables.word[kernel.NOTING] = int(pools)
        kernel.search(
            tables, *BEGUN, rounds, hot_s * cold**spent, cool, *how.ruin(expected / n, crowded=crowded), blink
        )
        done, chunks = done + rounds, chunks + 1
        if recombine is not None and pools and chunks % how.every == 0:
            recombine()
        if deadline is not None:
            now = deadline.clock()
            # As many rounds as the clock will allow at this pace.
            expected = min(float(iterations), done * (ends - begun) / max(1e-9, now - begun))
    return done


def _solved(problem: Problem, tables: kernel.Tables, rounds: int) -> Solved:
    """Read the best plan off the kernel's tables, and ride it once more to make sure."""
    given, cuts = best_trips(tables)
    first = np.append(cuts[:, 1], len(given))
    timed = score(problem, np.ascontiguousarray(cuts[:, 0]), first, given)
    assert timed.allowed, "the kernel made a plan that is forbidden"
    assert timed.cost.total == int(tables.word[kernel.BEST]), "the kernel reckoned with another cost than the plan has"
    orders, done_s = given.tolist(), timed.done_s.tolist()
    return Solved(
        trips=tuple(
            SolvedTrip(
                courier=courier,
                loads_s=loads_s,
                depart_s=depart_s,
                orders=tuple(orders[begin:end]),
                done_s=tuple(done_s[begin:end]),
                back_s=back_s,
            )
            for (courier, begin, end), (loads_s, depart_s, back_s) in zip(
                cuts.tolist(), timed.trips.tolist(), strict=True
            )
        ),
        cost=timed.cost,
        unplanned=tuple(sorted(set(range(problem.orders)).difference(orders))),
        rounds=rounds,
    )

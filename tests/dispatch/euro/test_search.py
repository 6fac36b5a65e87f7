"""The compiled search against plain reckoning and against all plans there are."""

from collections.abc import Iterator, Sequence
from itertools import permutations

import numpy as np
import pytest

from doorstep.base.chance import Chance
from doorstep.bench.euro import kernel
from doorstep.bench.euro.search import COLD, HOT, Problem, Search

NODES = 6


def problem(seed: int, count: int, *, futures: bool = False) -> Problem:
    """A problem in which each node can be served alone, whenever it may leave."""
    chance = Chance(seed).child("search")
    xy = [(chance.below(1000), chance.below(1000)) for _ in range(count + 1)]
    travel = np.array([[abs(a - c) + abs(b - d) for c, d in xy] for a, b in xy], dtype=np.int32)
    travel += np.array([chance.below(50) for _ in xy], dtype=np.int32)[None, :]
    np.fill_diagonal(travel, 0)
    opens = np.array([0] + [2500 + chance.below(3000) for _ in range(count)], dtype=np.int64)
    closes = opens + np.array([20_000] + [2500 + chance.below(2000) for _ in range(count)], dtype=np.int64)
    freed = np.array([0] + [1000 * chance.below(3) if futures else 0 for _ in range(count)], dtype=np.int64)
    gone_by = np.array(
        [1 << 31] + [freed[k + 1] if futures and chance.below(3) == 0 else 1 << 31 for k in range(count)],
        dtype=np.int64,
    )
    return Problem(
        travel,
        opens=opens,
        closes=closes,
        service=np.array([0] + [30 + chance.below(200) for _ in range(count)], dtype=np.int64),
        demand=np.array([0] + [1 + chance.below(5) for _ in range(count)], dtype=np.int64),
        capacity=9,
        freed=freed,
        gone_by=gone_by,
    )


def cost_of(p: Problem, line: Sequence[int]) -> int | None:
    """What a sequence costs by the book, or None where it breaks a rule."""
    n = p.nodes
    leaves = max(int(n[kernel.FREED, x]) for x in (0, *line))
    if leaves > min(int(n[kernel.GONE_BY, x]) for x in line):
        return None
    if sum(int(n[kernel.DEMAND, x]) for x in line) > p.capacity:
        return None
    now, here, cost = max(leaves, int(n[kernel.OPENS, 0])), 0, 0
    for x in (*line, 0):
        step = int(p.travel[here, x])
        now, cost = now + int(n[kernel.SERVICE, here]) + step, cost + step
        if now > n[kernel.CLOSES, x]:
            return None
        now, here = max(now, int(n[kernel.OPENS, x])), x
    return cost


def parts(nodes: tuple[int, ...]) -> Iterator[list[tuple[int, ...]]]:
    """All ways to part nodes into groups."""
    if not nodes:
        yield []
        return
    first, rest = nodes[0], nodes[1:]
    for mask in range(1 << len(rest)):
        group = (first, *(x for k, x in enumerate(rest) if mask >> k & 1))
        for others in parts(tuple(x for k, x in enumerate(rest) if not mask >> k & 1)):
            yield [group, *others]


def best_of_all(p: Problem) -> int:
    """The least cost over every plan: each parting, each sequence."""
    everyone = tuple(range(1, p.count))
    cheapest: dict[tuple[int, ...], int] = {}
    for mask in range(1, 1 << len(everyone)):
        group = tuple(x for k, x in enumerate(everyone) if mask >> k & 1)
        costs = [c for line in permutations(group) if (c := cost_of(p, line)) is not None]
        if costs:
            cheapest[group] = min(costs)
    return min(sum(cheapest[g] for g in groups) for groups in parts(everyone) if all(g in cheapest for g in groups))


@pytest.mark.parametrize("futures", [False, True])
@pytest.mark.parametrize("seed", range(1, 7))
def test_the_search_finds_the_best_of_all_plans_where_they_can_be_counted(seed: int, futures: bool) -> None:
    """Every parting and every sequence of six nodes: none is cheaper than what is found."""
    p = problem(seed, NODES, futures=futures)
    search = Search(p, seed=seed)
    search.run(3000, hot=HOT, cold=COLD)
    assert best_of_all(p) == search.travel_s()


@pytest.mark.parametrize("seed", [4, 5, 6, 7])
def test_what_the_search_counts_is_what_a_plain_count_says(seed: int) -> None:
    """Cost, windows, capacity, departures: all by the book; each node once."""
    p = problem(seed, 60, futures=True)
    search = Search(p, seed=seed)
    search.run(4000, hot=HOT, cold=COLD)
    costs = [cost_of(p, x) for x in search.lines()]
    assert None not in costs
    assert list(range(1, p.count)) == sorted(x for line in search.lines() for x in line)
    assert sum(c or 0 for c in costs) == search.travel_s()


def test_a_search_never_ends_worse_than_it_began() -> None:
    """The best is kept, from a plan at hand as from nothing."""
    p = problem(8, 60)
    first = Search(p, seed=1)
    first.run(2000, hot=HOT, cold=COLD)
    for rounds in (0, 1, 50):
        again = Search(p, seed=2, start=first.lines())
        again.run(rounds, hot=5.0, cold=1.0)
        assert again.travel_s() <= first.travel_s()


def test_one_seed_gives_one_plan() -> None:
    """Two searches of one seed and so many rounds end in the same plan, in one go or in several."""
    p = problem(9, 50)
    plans = []
    for _ in range(2):
        search = Search(p, seed=3)
        search.run(1500, hot=HOT, cold=COLD)
        plans.append(search.lines())
    assert plans[0] == plans[1]


def test_a_clock_ends_the_search() -> None:
    """The search looks at the clock it was given, and at no other."""
    ticks = iter(range(1000))
    search = Search(problem(10, 30), seed=1)
    search.run_until(10.0, clock=lambda: float(next(ticks)))
    assert 10 * 500 == search.rounds


def test_a_search_may_begin_with_sequences_that_break_a_rule() -> None:
    """Overfull, too late, of things that cannot leave together: their nodes are put in elsewhere."""
    p = problem(12, 40, futures=True)
    everyone = list(range(1, p.count))
    starts: list[list[list[int]]] = [[everyone], [everyone[:3], everyone[3:6], everyone[6:9]], [[], [1]]]
    assert any(cost_of(p, x) is None for x in starts[1])
    for start in starts:
        lines = Search(p, seed=1, start=start).lines()
        assert None not in [cost_of(p, x) for x in lines]
        assert everyone == sorted(x for line in lines for x in line)

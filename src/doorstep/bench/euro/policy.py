"""Who leaves now: four ways to answer, from the plain to the one that asks sampled futures."""

from collections.abc import Callable
from typing import Final

import numpy as np
from msgspec import Struct

from doorstep.bench.euro.environment import (
    DRAWS,
    EPOCH_S,
    Epoch,
    Flags,
    Ground,
    Ints,
    Requests,
    joined,
    sample,
)
from doorstep.bench.euro.params import Params
from doorstep.bench.euro.search import COLD, HOT, Clock, Lines, Problem, Search

Policy = Callable[[Ground, Epoch, "Budget", int], Lines]

WARM: Final = 0.05  # a future is searched from the plan at hand, so it begins cooler


class Budget(Struct, frozen=True, kw_only=True):
    """What an epoch may take: seconds of a clock, or rounds where the answer must be the same anywhere."""

    seconds: float = 0.0
    rounds: int = 0
    clock: Clock | None = None

    def part(self, share: float) -> "Budget":
        """Take a share of it."""
        return Budget(seconds=self.seconds * share, rounds=int(self.rounds * share), clock=self.clock)

    def now_s(self) -> float:
        """Look at the clock, if there is one."""
        return 0.0 if self.clock is None else self.clock()

    def left(self, begun_s: float, share: float = 1.0) -> "Budget":
        """Take what the clock leaves since an instant; of rounds, a share."""
        return Budget(
            seconds=max(self.seconds - (self.now_s() - begun_s), 0.0),
            rounds=int(self.rounds * share),
            clock=self.clock,
        )


def improve(search: Search, budget: Budget, *, hot: float = HOT, cold: float = COLD) -> None:
    """Search as long as the budget lets."""
    if budget.clock is not None:
        search.run_until(budget.seconds, clock=budget.clock, hot=hot, cold=cold)
    else:
        search.run(budget.rounds, hot=hot, cold=cold)


def problem_of(ground: Ground, asked: Requests, *, freed: Ints | int, gone_by: Ints | None = None) -> Problem:
    """Make a problem of requests; node k is request k - 1."""
    places = np.concatenate([[0], asked.customer])

    def with_site(at_site: int, values: Ints) -> Ints:
        return np.concatenate([[at_site], values])

    first = int(np.min(freed)) if len(asked) else 0
    return Problem(
        ground.travel[np.ix_(places, places)].astype(np.int32),
        opens=with_site(int(ground.opens[0]), asked.opens),
        closes=with_site(int(ground.closes[0]), asked.closes),
        service=with_site(0, asked.service),
        demand=with_site(0, asked.demand),
        capacity=ground.capacity,
        freed=with_site(first, np.broadcast_to(np.asarray(freed, dtype=np.int64), len(asked))),
        gone_by=None if gone_by is None else with_site(1 << 31, gone_by),
    )


def numbered(asked: Requests, lines: Lines) -> Lines:
    """Turn nodes into request numbers."""
    return [[int(asked.number[x - 1]) for x in line] for line in lines]


def greedy(ground: Ground, shown: Epoch, budget: Budget, seed: int) -> Lines:
    """Send everything at once, as the competition's baseline of that name."""
    return _all_of(ground, shown, np.ones(len(shown.requests), dtype=np.bool_), budget, seed)


def lazy(ground: Ground, shown: Epoch, budget: Budget, seed: int) -> Lines:
    """Send only what must go, as the competition's baseline of that name."""
    return _all_of(ground, shown, shown.must, budget, seed)


def rolling(ground: Ground, shown: Epoch, budget: Budget, seed: int) -> Lines:
    """Plan all that is known, and send the routes that hold a request that must go."""
    if not shown.must.any():
        return []
    begun_s = budget.now_s()
    search = Search(problem_of(ground, shown.requests, freed=shown.departs_s), seed=seed)
    improve(search, budget.left(begun_s))
    return numbered(shown.requests, [x for x in search.lines() if any(shown.must[k - 1] for k in x)])


def _all_of(ground: Ground, shown: Epoch, which: Flags, budget: Budget, seed: int) -> Lines:
    if not which.any():
        return []
    begun_s = budget.now_s()
    asked = shown.requests.take(which)
    search = Search(problem_of(ground, asked, freed=shown.departs_s), seed=seed)
    improve(search, budget.left(begun_s))
    return numbered(asked, search.lines())


def consensus(params: Params) -> Policy:
    """
    Make the policy that asks sampled futures which requests ride with those that must go.

    References
    ----------
    Lan, van Doorn, Wouda, Rijal & Bhulai (2024), An iterative sample scenario approach for the dynamic dispatch waves
    problem.
    """

    def decide(ground: Ground, shown: Epoch, budget: Budget, seed: int) -> Lines:
        if not shown.must.any():
            return []
        if shown.must.all():
            return greedy(ground, shown, budget, seed)
        begun_s = budget.now_s()
        base = Search(problem_of(ground, shown.requests, freed=shown.departs_s), seed=seed)
        improve(base, budget.part(params.plan))
        start = base.lines()
        each = budget.part((1.0 - params.plan - params.last) / (params.asks * params.futures))
        goes = shown.must.copy()
        stays = np.zeros(len(goes), dtype=np.bool_)
        for ask in range(params.asks):
            votes = np.zeros(len(goes))
            for n in range(params.futures):
                chance = seed * 1_000_003 + shown.epoch * 10_007 + ask * 1009 + n
                votes += _vote(ground, shown, goes, stays, start, params.ahead, each, chance)
            share = votes / params.futures
            goes |= ~stays & (share >= params.send)
            stays |= ~goes & (1.0 - share >= params.keep)
        asked, must = shown.requests.take(goes), shown.must[goes]
        search = Search(problem_of(ground, asked, freed=shown.departs_s), seed=seed)
        improve(search, budget.left(begun_s, params.last))
        # What rides with nobody who must go may as well wait; it is asked again in an hour.
        return numbered(asked, [x for x in search.lines() if any(must[k - 1] for k in x)])

    return decide


def _vote(
    ground: Ground,
    shown: Epoch,
    goes: Flags,
    stays: Flags,
    start: Lines,
    ahead: int,
    budget: Budget,
    seed: int,
) -> Flags:
    """Ask one future: which requests ride with one that goes."""
    generator = np.random.Generator(np.random.PCG64(seed))  # noqa: TID251 numeric code, seeded by an argument
    asked = shown.requests
    known = len(asked)
    freed = [np.where(stays, shown.departs_s + EPOCH_S, shown.departs_s)]
    for step in range(1, ahead + 1):
        if shown.epoch + step > ground.last:
            break
        draws = generator.integers(len(ground.opens) - 1, size=(4, DRAWS)) + 1
        new = sample(ground, shown.epoch + step, draws, 0)
        asked = joined(asked, new)
        freed.append(np.full(len(new), shown.departs_s + step * EPOCH_S))
    gone_by = np.full(len(asked), 1 << 31)
    gone_by[:known][goes] = shown.departs_s
    problem = problem_of(ground, asked, freed=np.concatenate(freed), gone_by=gone_by)
    search = Search(problem, seed=seed, start=_parted(start, goes, stays))
    improve(search, budget, hot=WARM)
    sent = np.zeros(known, dtype=np.bool_)
    for line in search.lines():
        if any(x <= known and goes[x - 1] for x in line):
            for x in line:
                sent[x - 1] = True
    return sent


def _parted(start: Lines, goes: Flags, stays: Flags) -> Lines:
    """Take those that stay out of the routes that go."""
    return [[x for x in line if not stays[x - 1]] if any(goes[x - 1] for x in line) else line for line in start]

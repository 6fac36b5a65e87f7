"""
Where the distance to hindsight arises: what departures cost above the best plan from that moment on.

`python -m benchmarks.departures [POLICY] [--days 2] [--departures 150]` lives made days. For some instants at which
trips left, the orders of the next 70 minutes are planned with hindsight twice: after the trips as they left, and
freely. The difference is told by why the first trip left, and by what the free plan does with its most urgent order:
it leaves in the same company, in another, or later. Where it is the same, the difference is the noise of the search.
"""

import argparse
import sys
import time
from statistics import fmean, stdev
from typing import Final

import numpy as np
from msgspec import structs

from benchmarks.pairs import FIRST_SEED, KINDS
from doorstep.base.chance import Chance
from doorstep.bench.days.made import made_day
from doorstep.bench.days.policies import BEST, Budget, Kept, policy_named
from doorstep.bench.days.replay import replay
from doorstep.bench.days.world import DayArrays, World, arrays
from doorstep.core.dispatch.futures import Future
from doorstep.core.dispatch.moment import problem_of, without
from doorstep.core.dispatch.problem import Problem
from doorstep.core.dispatch.score import score
from doorstep.core.dispatch.solve import Solved, solve
from doorstep.core.dispatch.tick import Known, Leaving

AHEAD_S: Final = 4_200
STEPS: Final = 20_000


def best(problem: Problem) -> Solved:
    """Plan twice, from two seeds, and take the cheaper."""
    return min((solve(problem, seed=x, iterations=STEPS) for x in (1, 2)), key=lambda x: x.cost.total)


def differs(day: DayArrays, known: Known, leaving: tuple[Leaving, ...]) -> tuple[int, str]:
    """Tell by how much the trips that left cost more than the free plan, and what that does instead."""
    whole = structs.replace(known, past_ml=day.ml)
    coming = np.nonzero((day.placed_at_s > known.now_s) & (day.placed_at_s <= known.now_s + AHEAD_S))[0]
    future = Future(like=coming, ready_s=day.ready_at_s[coming], due_s=day.promised_at_s[coming])
    rows = np.nonzero((known.on_s <= known.now_s + 2 * AHEAD_S) & (known.off_s >= known.now_s))[0]
    people, numbers = known.couriers[rows].tolist(), known.orders.tolist()
    free = best(problem_of(whole, rows, future))
    spent, after, now = 0, whole, problem_of(known, rows)
    for trip in leaving:
        ridden = score(
            now,
            np.array([people.index(trip.courier)]),
            np.array([0, len(trip.orders)]),
            np.array([numbers.index(x) for x in trip.orders]),
        )
        spent += ridden.cost.travel + ridden.cost.late + ridden.cost.overtime
        after = without(after, trip.orders, courier=trip.courier, back_s=int(ridden.trips[0, 2]))
    rest = best(problem_of(after, rows, future)).cost.total if len(after.orders) + len(coming) else 0
    alone_s = {x: int(known.due_s[numbers.index(x)] - known.travel[0, 0, 0, x + 1]) for x in leaving[0].orders}
    urgent = numbers.index(min(alone_s, key=lambda x: alone_s[x]))
    instead = next(x for x in free.trips if urgent in x.orders)
    company = {numbers[x] for x in instead.orders if x < len(numbers)}
    same = company == set(leaving[0].orders) and len(company) == len(instead.orders)
    what = "later" if instead.loads_s > known.now_s + 30 else "same" if same else "other company"
    return spent + rest - free.cost.total, what


def main() -> int:
    """Live the days, and print what their departures cost."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("policy", nargs="?", default=BEST)
    parser.add_argument("--days", type=int, default=2)
    parser.add_argument("--departures", type=int, default=150, help="of each day")
    asked = parser.parse_args()
    found: dict[tuple[str, str], list[int]] = {}
    for number in range(asked.days):
        seed, kind = FIRST_SEED + number, KINDS[number % len(KINDS)]
        day = arrays(made_day(seed, kind))
        kept = Kept(policy_named(asked.policy, day=day, budget=Budget(), seed=1))
        replay(day, kept, world=World(day, seed=1, noise=False), clock_ns=time.process_time_ns)
        left = [(x, y.leaving) for x, y in kept.said if y.leaving]
        chance = Chance(seed).child("departures")
        for nth in range(asked.departures):
            known, leaving = left[chance.child(nth).below(len(left))]
            more_s, what = differs(day, known, leaving)
            found.setdefault((leaving[0].why, what), []).append(more_s)
        print(f"day {seed} ({kind}): {len(left)} instants at which trips left", flush=True)
    total = sum(sum(x) for x in found.values())
    for (why, what), more in sorted(found.items()):
        error = stdev(more) / len(more) ** 0.5 if len(more) > 1 else 0.0
        share = sum(more) / total if total else 0.0
        print(f"{why:10} {what:14} {len(more):4} dearer by {fmean(more):6.0f} s ± {error:4.0f}, {share:4.0%} of all")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""
How well choices are priced: how much too dear a leaving trip looks against waiting, and by how much that scatters.

`python -m benchmarks.choices [--days 5] [--departures 30]` takes moments of made days at which a trip left. That it
leaves and that it waits are priced in the same four futures, with few steps as a policy does it and with as many as
make little difference any more. Were the few enough, both would say the same of the difference.
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
from doorstep.bench.days.policies import Budget, Kept, policy_named
from doorstep.bench.days.replay import replay
from doorstep.bench.days.world import World, arrays
from doorstep.core.dispatch.decide import TickParams
from doorstep.core.dispatch.futures import Future, Rhythm, expected_orders, sample
from doorstep.core.dispatch.moment import Moment, free_delays, problem_of
from doorstep.core.dispatch.regret import RegretParams, waiting_saves
from doorstep.core.dispatch.solve import solve
from doorstep.core.dispatch.tick import Known

STEPS: Final = (50, 100, 200, 400)
LONG: Final = 4_000
FUTURES: Final = 4


def moment_of(known: Known) -> Moment:
    """Plan what is known."""
    soon = known.on_s <= known.now_s + TickParams().due_in_s
    rows = np.nonzero(soon & (known.off_s >= known.now_s + known.loading_s))[0]
    problem = problem_of(known, rows)
    solved = solve(problem, seed=1, iterations=600)
    return Moment(known=known, rows=rows, problem=problem, solved=solved, delays_s=free_delays(problem, solved.trips))


def futures_of(known: Known, rhythm: Rhythm) -> list[Future]:
    """Draw what may come."""
    ahead_s = RegretParams().ahead_s
    mean = expected_orders(rhythm, placed_at_s=known.past_placed_s, now_s=known.now_s, ahead_s=ahead_s)
    return [sample(known, mean=mean, ahead_s=ahead_s, seed=known.now_s + x) for x in range(FUTURES)]


def saved(moment: Moment, futures: list[Future], how: RegretParams) -> float | None:
    """By how much waiting is cheaper for the first trip that could leave; None where there is none."""
    trip = next((x for x in moment.solved.trips if x.loads_s <= moment.known.now_s), None)
    if trip is None:
        return None
    return waiting_saves(moment, trip, prices=moment.known.prices, futures=futures, params=how, seed=1)


def main() -> int:
    """Live the days, and print what few steps say too much."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", type=int, default=5)
    parser.add_argument("--departures", type=int, default=30, help="of each day")
    asked = parser.parse_args()
    for number in range(asked.days):
        seed, kind = FIRST_SEED + number, KINDS[number % len(KINDS)]
        day = arrays(made_day(seed, kind))
        kept = Kept(policy_named("slack", day=day, budget=Budget(), seed=1))
        replay(day, kept, world=World(day, seed=1, noise=False), clock_ns=time.process_time_ns)
        left = [x for x, y in kept.said if y.leaving]
        chance, rhythm = Chance(seed).child("choices"), Rhythm(opens_at_s=day.day.site.opens_at_s)
        over: dict[int, list[float]] = {x: [] for x in STEPS}
        for nth in range(asked.departures):
            moment = moment_of(left[chance.child(nth).below(len(left))])
            futures = futures_of(moment.known, rhythm)
            long = saved(moment, futures, RegretParams(iterations=LONG, repairs=LONG))
            for steps, found in over.items():
                few = saved(moment, futures, structs.replace(RegretParams(), repairs=steps))
                if long is not None and few is not None:
                    found.append(few - long)
        for steps, found in over.items():
            if len(found) > 1:
                over_s, error_s = fmean(found), stdev(found) / len(found) ** 0.5
                row = f"waiting looks {over_s:5.0f} s ± {error_s:3.0f} too cheap, scattered by {stdev(found):5.0f} s"
                print(f"day {seed} ({kind}), {len(found)} trips, {steps:3} steps a choice: {row}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())

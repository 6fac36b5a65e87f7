"""
Two policies on the same made days: whether one wins, and how sure that is.

`python -m benchmarks.pairs [POLICY [OTHER]] [--days 20]` lives each made day with both, and prints how the first
differs from the second: mean and standard error. The seeds are fixed, and none of the days is a frozen one.
"""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from statistics import fmean, stdev
from typing import Final

from doorstep.bench.days.made import Kind, made_day
from doorstep.bench.days.metrics import Metrics, metrics
from doorstep.bench.days.policies import Budget, policy_named
from doorstep.bench.days.replay import replay
from doorstep.bench.days.world import World, arrays

FIRST_SEED: Final = 5301
KINDS: Final[tuple[Kind, ...]] = ("normal", "rain", "normal", "rush", "short-staffed")


def lived(seed: int, kind: Kind, policy: str) -> Metrics:
    """Live one made day."""
    day = arrays(made_day(seed, kind))
    decider = policy_named(policy, day=day, budget=Budget(), seed=1)
    done = replay(day, decider, world=World(day, seed=1, noise=False), clock_ns=time.process_time_ns)
    return metrics(day, done, policy=policy, seed=1)


def difference(ours: Metrics, other: Metrics) -> dict[str, float]:
    """By how much the first differs: cost and orders a busy hour in %, the others in points."""
    return {
        "cost": 100 * (ours.cost / other.cost - 1),
        "on_time": (ours.on_time_bp - other.on_time_bp) / 100,
        "orders_per_busy_hour": 100 * (ours.orders_per_busy_hour / other.orders_per_busy_hour - 1),
        "moved": (ours.moved_bp - other.moved_bp) / 100,
    }


def told(rows: Sequence[dict[str, float]]) -> dict[str, tuple[float, float]]:
    """Mean and standard error of every column; the error is 0 where there is one row."""
    columns = {name: [x[name] for x in rows] for name in rows[0]}
    errors = {name: stdev(x) / len(x) ** 0.5 if len(x) > 1 else 0.0 for name, x in columns.items()}
    return {name: (round(fmean(x), 2), round(errors[name], 2)) for name, x in columns.items()}


def main() -> int:
    """Live the pairs, and say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("policy", nargs="?", default="regret")
    parser.add_argument("other", nargs="?", default="futures")
    parser.add_argument("--days", type=int, default=20)
    asked = parser.parse_args()
    rows = []
    for number in range(asked.days):
        seed, kind = FIRST_SEED + number, KINDS[number % len(KINDS)]
        rows.append(difference(lived(seed, kind, asked.policy), lived(seed, kind, asked.other)))
        print(json.dumps({"seed": seed, "kind": kind, **{k: round(v, 2) for k, v in rows[-1].items()}}), flush=True)
    print(json.dumps({"days": len(rows), **told(rows)}))
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""
What a policy costs on the twenty frozen dispatch days, against the published plans with hindsight.

`python -m benchmarks.days [POLICY [DAY …]]` prints a row a day and the means; the references are read from the README
beside the days. The days are for measuring: numbers of the policies are chosen on `doorstep.bench.days.made`.
"""

import json
import re
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

from doorstep.bench.days.metrics import metrics
from doorstep.bench.days.policies import BEST, Budget, policy_named
from doorstep.bench.days.replay import replay
from doorstep.bench.days.validator import check_trips
from doorstep.bench.days.world import World, arrays
from doorstep.bench.days.write import COLUMNS, trip_rows
from doorstep.intake.dayfolder import read_dispatch_day

WORLDS = Path(__file__).resolve().parents[2] / "shared" / "data" / "worlds"
DAY = re.compile(r"\| (day-\d\d) \| ([a-z-]+)[^|]*\|(.*)\|")


def references() -> dict[str, tuple[str, float, int, float]]:
    """By day: its kind, and the clairvoyant's on time %, cost and orders per busy hour, as published."""
    found = {}
    for line in (WORLDS / "README.md").read_text("utf-8").splitlines():
        row = DAY.match(line)
        if row:
            cells = [x.strip().replace(",", "") for x in row[3].split("|")]
            found[row[1]] = (row[2], float(cells[3]), int(cells[4]), float(cells[5]))
    return found


def live(name: str, policy: str, *, noise: bool = False) -> dict[str, Any]:
    """Live one day, let the checker ride it again, and hold it against the reference."""
    day = arrays(read_dispatch_day(WORLDS / "dispatch" / name))
    begun = time.process_time()
    decider = policy_named(policy, day=day, budget=Budget(), seed=1)
    lived = replay(day, decider, world=World(day, seed=1, noise=noise), clock_ns=time.process_time_ns)
    spent = time.process_time() - begun
    numbers = metrics(day, lived, policy=policy, seed=1)
    rows = [dict(zip(COLUMNS, x, strict=True)) for x in trip_rows(day, lived.ridden)]
    said = {x: getattr(numbers, x) for x in numbers.__struct_fields__}
    faults = check_trips(day.day, rows, said=said, noise=noise).faults
    assert not faults, f"{name}: {faults[0]}"
    kind, on_time, cost, busy = references()[name]
    return {
        "day": name,
        "kind": kind,
        "policy": policy,
        "gap": numbers.cost / cost - 1,
        "on_time_points": numbers.on_time_bp / 100 - on_time,
        "busy_ratio": numbers.orders_per_busy_hour / busy,
        "moved": numbers.moved_bp / 10_000,
        "cost": numbers.cost,
        "on_time_bp": numbers.on_time_bp,
        "waiting": numbers.waiting,
        "cpu_s": round(spent, 1),
        "p99_ms": numbers.decision_ms_p99,
    }


def means(rows: Sequence[dict[str, Any]]) -> dict[str, dict[str, float]]:
    """Means over all days and over each kind."""
    kinds = ["all", *dict.fromkeys(x["kind"] for x in rows)]
    return {
        kind: {
            name: fmean(x[name] for x in rows if kind in ("all", x["kind"]))
            for name in ("gap", "on_time_points", "busy_ratio", "moved")
        }
        for kind in kinds
    }


def main(arguments: Sequence[str]) -> int:
    """Live the named days, or all, and print what came of it."""
    policy = arguments[0] if arguments else BEST
    rows = []
    for name in arguments[1:] or list(references()):
        rows.append(live(name, policy))
        print(json.dumps(rows[-1]), flush=True)
    print(json.dumps(means(rows)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

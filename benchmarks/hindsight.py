"""
Plans of the twenty frozen dispatch days with hindsight: the cheapest found is kept beside this file, with its seed.

`python -m benchmarks.hindsight [--seconds 300] [--seeds 1 2 3] [DAY …]` looks for what was not looked for yet, one day
and seed after the other, and can be stopped at any time; `hindsight/runs.jsonl` has a row for each search. With
`--polish 60` PyVRP goes on from each kept plan for so long instead, where it is installed. A plan that is kept is
ridden again by the checker whenever it is used, so what a policy is held against is a plan that exists.
"""

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

import msgspec
from msgspec import structs

from doorstep.bench.days.clairvoyant import Hindsight, as_numbers, whole_day
from doorstep.bench.days.hired import polish
from doorstep.bench.days.metrics import Metrics
from doorstep.bench.days.world import DayArrays, arrays
from doorstep.core.dispatch.solve import solve
from doorstep.intake.dayfolder import read_dispatch_day
from doorstep.wire.dispatch import check_hindsight, find_clairvoyant, read_hindsight
from doorstep.wire.files import write_whole

DAYS: Final = Path(__file__).resolve().parents[2] / "shared" / "data" / "worlds" / "dispatch"
KEPT: Final = Path(__file__).resolve().parent / "hindsight"
RUNS: Final = KEPT / "runs.jsonl"


def kept(name: str, day: DayArrays) -> Metrics | None:
    """Ride the kept plan of a day again: its numbers, or None where none was looked for."""
    path = KEPT / f"{name}.json"
    return check_hindsight(day, read_hindsight(path)) if path.is_file() else None


def runs() -> list[dict[str, object]]:
    """Tell every search so far: day, seed, CPU seconds, cost."""
    return [json.loads(x) for x in RUNS.read_text("utf-8").splitlines()] if RUNS.is_file() else []


def keep(name: str, found: Hindsight, **more: object) -> None:
    """Note a search, and keep its plan if it is the cheapest of its day."""
    path = KEPT / f"{name}.json"
    KEPT.mkdir(exist_ok=True)
    if not path.is_file() or found.cost < read_hindsight(path).cost:
        write_whole(path, msgspec.json.encode(found) + b"\n")
    row = {"day": name, "seed": found.seed, "seconds": found.seconds, "cost": found.cost, **more}
    lines = [json.dumps(x) for x in [*runs(), row]]
    write_whole(RUNS, "".join(f"{x}\n" for x in sorted(lines)).encode())


def polished(day: DayArrays, before: Hindsight, *, seconds: float) -> Hindsight:
    """Let PyVRP go on from a plan; the plan itself where that finds nothing cheaper."""
    problem = whole_day(day)
    begin = as_numbers(day, before.trips)
    hired = polish(problem, begin, seconds=seconds, clock=time.process_time, seed=before.seed)
    solved = solve(problem, seed=1, iterations=0, warm=hired.trips)
    if solved.unplanned or solved.cost.total >= before.cost:
        return before
    found = structs.replace(before, cost=solved.cost.total, trips=solved.plan(problem).trips)
    check_hindsight(day, found)
    return found


def main() -> int:
    """Search what was not searched yet."""
    asked = _arguments()
    names = asked.days or sorted(x.name for x in DAYS.iterdir() if x.is_dir())
    if asked.polish:
        for name in names:
            before = read_hindsight(KEPT / f"{name}.json")
            found = polished(arrays(read_dispatch_day(DAYS / name)), before, seconds=asked.polish)
            keep(name, found, pyvrp_s=asked.polish, before=before.cost)
            print(f"{name} by PyVRP: {before.cost:,} → {found.cost:,}", flush=True)
        return 0
    for seed in asked.seeds:
        searches = [x for x in runs() if x["seed"] == seed and "pyvrp_s" not in x]
        done = {x["day"] for x in searches if float(str(x["seconds"])) >= asked.seconds}
        for name in [x for x in names if x not in done]:
            with tempfile.TemporaryDirectory() as folder:
                plan = Path(folder) / "plan.json"
                found = find_clairvoyant(DAYS / name, plan, seconds=asked.seconds, seed=seed)
                keep(name, found)
                print(f"{name} seed {seed}: {found.cost:,}", flush=True)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("days", nargs="*")
    parser.add_argument("--seconds", type=float, default=300.0, help="CPU seconds a search")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--polish", type=float, default=0.0, help="CPU seconds of PyVRP on each kept plan, no search")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())

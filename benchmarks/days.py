"""
What a policy costs on the twenty frozen dispatch days, against plans with hindsight.

`python -m benchmarks.days [POLICY [DAY …]] [--noise] [--promises] [--learned]` prints a row a day and the means. Each
day is held against the cheapest plan with hindsight there is: the one kept by `benchmarks.hindsight`, or the one
published in the README beside the days; `published_gap` is against the latter. With `--promises` every order is
promised by us when it is placed; what was told is held against what was kept. With `--learned` futures follow the
rhythm that the forecast room learned from the days before, from the second day on. The days are for measuring: numbers
of the policies are chosen on `doorstep.bench.days.made`.
"""

import argparse
import json
import re
import sys
import time
from collections.abc import Sequence
from statistics import fmean
from typing import Any

from msgspec import structs

from benchmarks import hindsight
from doorstep.bench.days.metrics import metrics, quantile
from doorstep.bench.days.policies import BEST, Budget, policy_named
from doorstep.bench.days.promises import Ours, as_promised, kept
from doorstep.bench.days.replay import replay
from doorstep.bench.days.rhythm import learned
from doorstep.bench.days.validator import check_trips
from doorstep.bench.days.world import World, arrays
from doorstep.bench.days.write import COLUMNS, trip_rows
from doorstep.intake.dayfolder import read_dispatch_day
from doorstep.model.dispatch import DispatchDay

DAY = re.compile(r"\| (day-\d\d) \| ([a-z-]+)[^|]*\|(.*)\|")


def references() -> dict[str, tuple[str, float, int, float]]:
    """By day: its kind, and the published clairvoyant's on time %, cost and orders per busy hour."""
    found = {}
    for line in (hindsight.DAYS.parent / "README.md").read_text("utf-8").splitlines():
        row = DAY.match(line)
        if row:
            cells = [x.strip().replace(",", "") for x in row[3].split("|")]
            found[row[1]] = (row[2], float(cells[3]), int(cells[4]), float(cells[5]))
    return found


def live(
    name: str, policy: str, *, noise: bool = False, promise: bool = False, history: Sequence[DispatchDay] = ()
) -> dict[str, Any]:
    """Live one day, let the checker ride it again, and hold it against the reference."""
    day = arrays(read_dispatch_day(hindsight.DAYS / name))
    begun = time.process_time()
    rhythm = learned(history, before=day.day) if history else None
    decider = policy_named(policy, day=day, budget=Budget(), seed=1, rhythm=rhythm)
    quoter = Ours() if promise else None
    lived = replay(day, decider, world=World(day, seed=1, noise=noise), clock_ns=time.process_time_ns, quoter=quoter)
    spent = time.process_time() - begun
    told = as_promised(day, lived.quotes)
    numbers = metrics(told, lived, policy=policy, seed=1)
    rows = [dict(zip(COLUMNS, x, strict=True)) for x in trip_rows(told, lived.ridden)]
    said = {x: getattr(numbers, x) for x in numbers.__struct_fields__}
    faults = check_trips(told.day, rows, said=said, noise=noise).faults
    assert not faults, f"{name}: {faults[0]}"
    kind, on_time, cost, busy = references()[name]
    published = cost
    best = hindsight.kept(name, day)
    if best is not None and best.cost < cost:
        on_time, cost, busy = best.on_time_bp / 100, best.cost, best.orders_per_busy_hour
    row = {
        "day": name,
        "kind": kind,
        "policy": policy,
        "gap": numbers.cost / cost - 1,
        "published_gap": numbers.cost / published - 1,
        "on_time_points": numbers.on_time_bp / 100 - on_time,
        "busy_ratio": numbers.orders_per_busy_hour / busy,
        "moved": numbers.moved_bp / 10_000,
        "shown_ahead_s": numbers.shown_ahead_s_p50,
        "cost": numbers.cost,
        "on_time_bp": numbers.on_time_bp,
        "waiting": numbers.waiting,
        "cpu_s": round(spent, 1),
        "p99_ms": numbers.decision_ms_p99,
    }
    if promise:
        done_s = {y.order: y.handed_over_at_s for x in lived.ridden for y in x.stops}
        row["outcomes"] = [(x, done_s.get(x.order, x.promised_at_s + 1) <= x.promised_at_s) for x in lived.quotes]
        row["quote_ms"] = [x / 1e6 for x in lived.quote_ns]
    return row


def promises(rows: Sequence[dict[str, Any]]) -> dict[str, object]:
    """All promises of the days together: told against kept by tenths, and what a quote takes."""
    found = kept([y for x in rows for y in x["outcomes"]])
    took = sorted(y for x in rows for y in x["quote_ms"])
    return {**structs.asdict(found), "quote_ms_p99": round(quantile(took, 0.99), 3)}


def means(rows: Sequence[dict[str, Any]]) -> dict[str, dict[str, float]]:
    """Means over all days and over each kind."""
    kinds = ["all", *dict.fromkeys(x["kind"] for x in rows)]
    return {
        kind: {
            name: fmean(x[name] for x in rows if kind in ("all", x["kind"]))
            for name in ("gap", "published_gap", "on_time_points", "busy_ratio", "moved", "shown_ahead_s")
        }
        for kind in kinds
    }


def main() -> int:
    """Live the named days, or all, and print what came of it."""
    asked = _arguments()
    rows, names = [], sorted(references())
    days = [read_dispatch_day(hindsight.DAYS / x) for x in names] if asked.learned else []
    for name in asked.days or names:
        history = days[: names.index(name)] if asked.learned else []
        rows.append(live(name, asked.policy, noise=asked.noise, promise=asked.promises, history=history))
        print(json.dumps({x: y for x, y in rows[-1].items() if x not in ("outcomes", "quote_ms")}), flush=True)
    print(json.dumps(means(rows)))
    if asked.promises:
        print(json.dumps(promises(rows)))
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("policy", nargs="?", default=BEST)
    parser.add_argument("days", nargs="*")
    parser.add_argument("--noise", action="store_true", help="picking and rides turn out 25%% other than written")
    parser.add_argument("--promises", action="store_true", help="orders are promised by us, not by the day's rows")
    parser.add_argument("--learned", action="store_true", help="futures follow a rhythm learned from the days before")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())

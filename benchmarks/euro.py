"""
The EURO-NeurIPS 2022 days and instances: what we drive, against what the competition's teams drove.

`python -m benchmarks.euro FOLDER --out OUT [--seconds 30]` lives every dynamic day that `FOLDER/published_results.csv`
lists, with its published seed; `--static` solves the static instances. A day that stands in `OUT/results.jsonl` is not
lived again, so a run that was stopped goes on where it was; `--part 1/2` does every second one. Routes are kept beside
it, and checked by the validator. Seconds are CPU seconds of one thread. `--shift 1000` adds to the published seeds:
numbers are tuned on such days, never on the published ones.
"""

import argparse
import csv
import hashlib
import json
import time
from pathlib import Path
from statistics import fmean

from doorstep.bench.euro import POLICIES, replay_euro, solve_static

RESULTS = "results.jsonl"
SHOWN = ("Kleopatra", "OptiML", "dynamo", "baseline_greedy")
Row = dict[str, str]
Done = dict[str, object]


def main() -> None:
    """Do what is missing, then print the table."""
    asked = _arguments()
    kind = "static" if asked.static else "dynamic"
    with (asked.folder / "published_results.csv").open(encoding="utf-8") as file:
        rows = [x for x in csv.DictReader(file) if x["type"] == kind]
    first, parts = (int(x) for x in asked.part.split("/"))
    asked.out.mkdir(parents=True, exist_ok=True)
    for row in rows[first - 1 :: parts]:
        if _key(row, asked) not in _done(asked.out):
            done = {"key": _key(row, asked), **(_static(row, asked) if asked.static else _dynamic(row, asked))}
            with (asked.out / RESULTS).open("a", encoding="utf-8") as file:
                file.write(json.dumps(done, sort_keys=True) + "\n")
    _table(rows, asked)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Live the EURO-NeurIPS 2022 days.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--policy", choices=POLICIES, default="consensus")
    parser.add_argument("--static", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--shift", type=int, default=0)
    parser.add_argument("--part", default="1/1")
    return parser.parse_args()


def _key(row: Row, asked: argparse.Namespace) -> str:
    what = "static" if asked.static else f"{asked.policy} {int(row['instance_seed']) + asked.shift}"
    return f"{row['instance']} {what} {asked.seconds:g} s seed {asked.seed}"


def _done(out: Path) -> dict[str, Done]:
    path = out / RESULTS
    if not path.exists():
        return {}
    found = [json.loads(x) for x in path.read_text(encoding="utf-8").splitlines()]
    return {x["key"]: x for x in found}


def _dynamic(row: Row, asked: argparse.Namespace) -> Done:
    folder = asked.out / _key(row, asked).replace(" ", "_")
    folder.mkdir(exist_ok=True)
    begun_s = time.process_time()
    summary = replay_euro(
        asked.folder / f"{row['instance']}.gz",
        folder,
        instance_seed=int(row["instance_seed"]) + asked.shift,
        epoch_seconds=asked.seconds,
        seed=asked.seed,
        policy=asked.policy,
        clock=time.process_time,
    )
    return {
        "cost": summary.cost,
        "requests": summary.orders,
        "epoch_s_max": round((summary.decision_ms_p99 or 0) / 1000, 2),
        "cpu_s": round(time.process_time() - begun_s, 1),
        "routes": hashlib.sha256((folder / "routes.json").read_bytes()).hexdigest()[:16],
    }


def _static(row: Row, asked: argparse.Namespace) -> Done:
    folder = asked.out / _key(row, asked).replace(" ", "_")
    folder.mkdir(exist_ok=True)
    summary = solve_static(
        asked.folder / f"{row['instance']}.gz", folder, seconds=asked.seconds, seed=asked.seed, clock=time.process_time
    )
    return {
        "cost": summary.cost,
        "above_best_bp": round((summary.cost / int(row["bks_static"]) - 1) * 10_000),
        "routes": hashlib.sha256((folder / "routes.json").read_bytes()).hexdigest()[:16],
    }


def _table(rows: list[Row], asked: argparse.Namespace) -> None:
    done = _done(asked.out)
    have = [(x, done[_key(x, asked)]) for x in rows if _key(x, asked) in done]
    shown = SHOWN if not asked.static else ("bks_static", *SHOWN)
    print(f"| instance | Doorstep, {asked.seconds:g} CPU-s | " + " | ".join(shown) + " |")
    print("|---" * (len(shown) + 2) + "|")
    for row, x in have:
        print(f"| {row['instance']} | {x['cost']} | " + " | ".join(row[k] for k in shown) + " |")
    if have:
        means = [fmean(int(row[k]) for row, _ in have if row[k]) for k in shown]
        ours = fmean(int(str(x["cost"])) for _, x in have)
        print(f"| mean of {len(have)} | {ours:.0f} | " + " | ".join(f"{x:.0f}" for x in means) + " |")


if __name__ == "__main__":
    main()

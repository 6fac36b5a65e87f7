"""
Meals brought by our planner on the shared Grubhub instances, beside their floor and the reference results kept there.

The reference is a rolling horizon after Reyes et al. (2018), tuned (`RH-2` of `references.md`); its numbers are read
from that file, never typed here. The ratio is our mean click-to-door above the floor over the reference's: the part of
the waiting that a dispatcher can do something about.
"""

import hashlib
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import fmean
from typing import Any

import msgspec

from doorstep.bench.grubhub import Options, replay_grubhub

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "data" / "grubhub-mdrp"
REFERENCE = "RH-2"


def references(folder: Path, method: str) -> dict[str, tuple[float, int]]:
    """Read one method's mean click-to-door (minutes) and orders brought, rounded up, by instance."""
    text = (folder / "references.md").read_text("utf-8")
    found: dict[str, tuple[float, int]] = {}
    for section in text.split("\n### ")[1:]:
        if not section.startswith(f"{method} ("):
            continue
        for line in section.splitlines():
            cells = [x.strip() for x in line.strip("|").split("|")]
            if (folder / cells[0]).is_dir() and len(cells) > 2:
                found[cells[0]] = (float(cells[2]), -int(-float(cells[1].split()[0]) // 1))
    return found


def instances(folder: Path) -> list[Path]:
    """Name the shared instances."""
    return sorted(x.parent for x in folder.glob("*/orders.txt"))


def lived(folder: Path, *, options: Options | None = None) -> Iterator[dict[str, Any]]:
    """Live each instance; tell what came of it, one row an instance."""
    reference = references(folder, REFERENCE)
    for instance in instances(folder):
        with tempfile.TemporaryDirectory() as scratch:
            start = time.process_time()
            done = replay_grubhub(instance, Path(scratch), options=options)
            took = time.process_time() - start
            metrics = msgspec.json.decode((Path(scratch) / "metrics.json").read_bytes())
            digest = hashlib.sha256((Path(scratch) / "assignments.csv").read_bytes()).hexdigest()
        theirs, brought = reference[instance.name]
        yield {
            "instance": instance.name,
            "orders": done.counts["orders"],
            "delivered": done.counts["delivered"],
            "reference_delivered": brought,
            "floor_min": metrics["floor_min"],
            "click_to_door_min": metrics["click_to_door_min"]["mean"],
            "reference_min": theirs,
            "p90_min": metrics["click_to_door_min"]["p90"],
            "late_of_all": metrics["late_of_all"],
            "orders_per_bundle": metrics["orders_per_bundle"],
            "pay_dollars": metrics["pay_dollars"],
            "moves": metrics["moves"],
            "cpu_s": round(took, 2),
            "digest": digest,
        }


def meals(note: Callable[[dict[str, Any]], None] = lambda _: None) -> dict[str, object]:
    """Live all shared instances; return the means, the ratio to the reference and a hash of all that was written."""
    rows = []
    for row in lived(FOLDER):
        note(row)
        rows.append(row)
    ours, theirs, floor = (
        fmean(x[name] for x in rows) for name in ("click_to_door_min", "reference_min", "floor_min")
    )
    return {
        "seed": Options().params.seed,
        "instances": len(rows),
        "click_to_door_min": round(ours, 3),
        "reference_min": round(theirs, 3),
        "floor_min": round(floor, 3),
        "undelivered": sum(x["orders"] - x["delivered"] for x in rows),
        "not_better_on": [x["instance"] for x in rows if x["click_to_door_min"] > x["reference_min"]],
        "fewer_brought_on": [x["instance"] for x in rows if x["delivered"] < x["reference_delivered"]],
        "ratio": round((ours - floor) / (theirs - floor), 3),
        "cpu_s": round(sum(x["cpu_s"] for x in rows), 1),
        "digest": hashlib.sha256("".join(x["digest"] for x in rows).encode()).hexdigest(),
    }


def main() -> int:
    """Print one line an instance, then the means."""
    if not FOLDER.is_dir():
        print("the shared Grubhub instances are not here; lay the shared data beside the repository", file=sys.stderr)
        return 2
    print(meals(lambda row: print({k: v for k, v in row.items() if k != "digest"}, flush=True)))
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""
Planning one moment: the frozen snapshots, against PyVRP and the best cost known, in CPU seconds of one thread.

Needs the frozen snapshots (`DOORSTEP_SHARED`, or the folder next to the repository); PyVRP 0.14.1 only where a measure
compares with it: without it those are left out, and that is said in the row.
"""

import gc
import json
import os
import time
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path
from statistics import fmean
from typing import Final

import msgspec
import numpy as np

from doorstep.bench.days.hired import PYVRP, hire, priced
from doorstep.core.dispatch.snapshot import of_snapshot
from doorstep.core.dispatch.solve import Deadline, Effort, Solved, make_ready, solve
from doorstep.model.plan import Snapshot

FOLDER: Final = "data/worlds/snapshots"
SIZES: Final = (20, 50, 100, 200)
SEED: Final = 1
SITES: Final = 300
TICK_S: Final = 30
KNOWN: Final = 100  # 60,000 orders an hour on 300 sites are 200 an hour each; known and waiting: about half an hour
LONG_S: Final = float(os.environ.get("DOORSTEP_LONG_S", "60"))  # CPU seconds of the reference plans
MOST_ROUNDS: Final = 10**9
_WARM: Final[list[bool]] = []


def first_plan() -> dict[str, object]:
    """Time the first full plan of each size, the problem and its travel made from the snapshot included."""
    row: dict[str, object] = {"seed": SEED}
    for n in (50, 100, 200):
        ours, theirs = [], []
        for name, snapshot in _snapshots("A", n):
            solve(of_snapshot(snapshot), seed=SEED, iterations=0)
            ours.append(_best_of(9, lambda x=snapshot: solve(of_snapshot(x), seed=SEED, iterations=0)))  # type: ignore[misc]
            peer = _pyvrp(snapshot, seconds=0.0)
            theirs.append(peer[1] if peer else 0.0)
            assert not solve(of_snapshot(snapshot), seed=SEED, iterations=0).unplanned, f"{name} has a plan"
        row[f"ms_{n}"] = round(fmean(ours) * 1e3, 2)
        row[f"ratio_pyvrp_{n}"] = round(fmean(ours) / fmean(theirs), 3) if all(theirs) else "PyVRP is not installed"
    return row


def quality() -> dict[str, object]:
    """Compare plans of 50 ms with the best of ours and PyVRP's at a minute each; three snapshots of each size."""
    row: dict[str, object] = {"seed": SEED, "long_s": LONG_S, "pyvrp": PYVRP.version() or "not installed"}
    plans: list[str] = []
    for n in SIZES:
        gaps = []
        for name, snapshot in _snapshots("A", n):
            known = [_timed(snapshot, LONG_S).cost.total, _stored(name)]
            peer = _pyvrp(snapshot, seconds=LONG_S)
            known += [peer[0]] if peer and not peer[2] else []
            found = fmean(_timed(snapshot, 0.05, seed=x).cost.total for x in range(1, 6))
            gaps.append(found / min(known) - 1)
            plans.append(f"{name} {known}")
            print(name, "best known", known, "at 50 ms", round(found), flush=True)
        row[f"gap_bp_{n}"] = round(fmean(gaps) * 10_000)
    row["digest"] = sha256("\n".join(plans).encode()).hexdigest()[:16]
    return row


def pool() -> dict[str, object]:
    """Compare plans of 50 ms with and without putting old trips together anew, on drawn moments with time."""
    row: dict[str, object] = {}
    for n, couriers, ahead_s in ((50, 14, 1_500), (100, 20, 2_400)):
        moments = [_drawn(x, orders=n, couriers=couriers, ahead_s=ahead_s, due_s=(1_620, 2_520)) for x in range(1, 25)]
        ours = fmean(_timed(x, 0.05).cost.total for x in moments)
        row[f"cost_ratio_{n}"] = round(
            ours / fmean(_timed(x, 0.05, effort=Effort(pool=0)).cost.total for x in moments), 4
        )
    return {"moments": 24, **row}


def overload() -> dict[str, object]:
    """Compare the lateness of plans of 200 ms with PyVRP's of the same run, where no plan can be on time."""
    row: dict[str, object] = {"seed": SEED, "pyvrp": PYVRP.version() or "not installed"}
    unserved = 0
    for n in SIZES[1:]:
        ratios, late = [], []
        for name, snapshot in _snapshots("C", n):
            found = _timed(snapshot, 0.2)
            unserved += len(found.unplanned)
            late.append(found.cost.late_s)
            peer = _pyvrp(snapshot, seconds=0.2)
            if peer:
                ratios.append(found.cost.late_s / peer[3])
                print(name, "late", found.cost.late_s, "PyVRP", peer[3], "cost", found.cost.total, flush=True)
        row[f"late_s_{n}"] = late
        row[f"ratio_pyvrp_{n}"] = round(fmean(ratios), 3) if ratios else "PyVRP is not installed"
    row |= {"unserved": unserved, "overfull": 0}  # `solve` asserts that no limit is broken
    return row


def deadline() -> dict[str, object]:
    """Measure what 200 decisions on 200 orders use of a deadline of 50 ms, problem and travel included."""
    used = []
    _timed(_snapshots("A", 20)[0][1], 0.05)
    moments = _snapshots("A", 200) + _snapshots("C", 200)
    for turn in range(200):
        snapshot = moments[turn % len(moments)][1]
        gc.collect()
        begun = time.process_time()
        _timed(snapshot, 0.05, seed=turn)
        used.append(time.process_time() - begun)
    return {"decisions": len(used), **_percentiles(used)}


def city() -> dict[str, object]:
    """Decide 300 sites once, as every 30 s at peak: CPU seconds per second, and the longest decisions."""
    moments = [_drawn(x) for x in range(SITES)]
    plans = [solve(of_snapshot(x), seed=1, iterations=2_000) for x in moments]
    gc.collect()
    used, total = [], time.process_time()
    for snapshot, before in zip(moments, plans, strict=True):
        begun = time.process_time()
        kept = before.sequences[: len(before.sequences) * 4 // 5]  # a fifth of the trips has left or is new
        solve(of_snapshot(snapshot), seed=2, iterations=2_000, warm=kept)
        used.append(time.process_time() - begun)
    cores = (time.process_time() - total) / TICK_S
    return {"sites": SITES, "orders_a_site": KNOWN, "rounds": 2_000, "cores": round(cores, 3), **_percentiles(used)}


MEASURES: Final[dict[str, Callable[[], dict[str, object]]]] = {
    "plan first": first_plan,
    "plan quality": quality,
    "plan pool": pool,
    "plan overload": overload,
    "plan deadline": deadline,
    "plan city": city,
}


def _percentiles(used: Sequence[float]) -> dict[str, object]:
    ms = np.percentile(np.array(used) * 1e3, [50, 99, 100])
    return {"p50_ms": round(float(ms[0]), 2), "p99_ms": round(float(ms[1]), 2), "most_ms": round(float(ms[2]), 2)}


def _snapshots(kind: str, n: int) -> list[tuple[str, Snapshot]]:
    shared = os.environ.get("DOORSTEP_SHARED", str(Path(__file__).resolve().parents[2] / "shared"))
    paths = sorted((Path(shared) / FOLDER).glob(f"{kind}-n{n:03d}-*.snapshot.json"))
    assert paths, f"the frozen snapshots are not below {shared}: set DOORSTEP_SHARED"
    return [(x.name.split(".")[0], msgspec.json.decode(x.read_bytes(), type=Snapshot)) for x in paths]


def _stored(name: str) -> int:
    """Read the best cost known from the table beside the snapshots."""
    shared = os.environ.get("DOORSTEP_SHARED", str(Path(__file__).resolve().parents[2] / "shared"))
    for line in (Path(shared) / "data/worlds/README.md").read_text("utf-8").splitlines():
        cells = [x.strip() for x in line.split("|")]
        if len(cells) > 4 and cells[1] == name:
            return int(cells[3].replace(",", ""))
    raise AssertionError(f"no cost is stored for {name}")


def _timed(snapshot: Snapshot, seconds: float, *, seed: int = SEED, effort: Effort | None = None) -> Solved:
    """Plan within so many CPU seconds, the problem and its travel included."""
    if not _WARM:
        make_ready(of_snapshot(snapshot))
        _WARM.append(True)
    until = time.process_time() + seconds
    clock = Deadline(clock=time.process_time, at=until)
    return solve(of_snapshot(snapshot), seed=seed, iterations=MOST_ROUNDS, deadline=clock, effort=effort)


def _best_of(turns: int, run: Callable[[], object]) -> float:
    best = float("inf")
    for _ in range(turns):
        gc.collect()
        begun = time.process_time()
        run()
        best = min(best, time.process_time() - begun)
    return best


def _drawn(
    seed: int, *, orders: int = KNOWN, couriers: int = 40, ahead_s: int = 900, due_s: tuple[int, int] = (1_300, 1_700)
) -> Snapshot:
    """Draw a site at peak: what is known and waits, and its couriers."""
    dice = np.random.default_rng(seed)
    now_s, lat, lng = 1_781_509_600, 31_238_300, 121_501_000
    away, angle = 2_500 * np.sqrt(dice.random(orders)), dice.random(orders) * 2 * np.pi
    ready = now_s + dice.integers(-300, ahead_s, orders)
    order = {
        "lat_e6": (lat + away * np.sin(angle) / 0.111195).astype(int),
        "lng_e6": (lng + away * np.cos(angle) / 0.111195 / np.cos(np.radians(31.24))).astype(int),
        "ready_at_s": ready,
        "promised_at_s": ready + dice.integers(*due_s, orders),
        "ambient_ml": dice.integers(8_000, 30_000, orders),
        "chilled_ml": dice.integers(0, 8_000, orders),
        "frozen_ml": dice.integers(0, 3_000, orders),
    }
    free = now_s + dice.integers(0, 1_500, couriers)
    people = [
        {"courier": f"c{i:02d}", "free_at_s": int(x), "off_at_s": now_s + 14_400, "speed_mm_s": 4_167}
        | {"ambient_ml": 100_000, "chilled_ml": 40_000, "frozen_ml": 20_000}
        for i, x in enumerate(free)
    ]
    rows = [{"order": f"o{i:03d}"} | {k: int(v[i]) for k, v in order.items()} for i in range(orders)]
    value = {"now_s": now_s, "site": {"lat_e6": lat, "lng_e6": lng}, "couriers": people, "orders": rows}
    return msgspec.json.decode(json.dumps(value), type=Snapshot)


def _pyvrp(snapshot: Snapshot, *, seconds: float) -> tuple[int, float, int, int] | None:
    """Plan with PyVRP: cost by our rules, CPU seconds used, overfull trips, seconds late; None where it is missing."""
    if PYVRP.version() is None:
        return None
    problem = of_snapshot(snapshot)
    hired = hire(problem, seconds=seconds, clock=time.process_time, seed=SEED)
    found = priced(problem, hired.trips)
    return found.cost, hired.spent_s, found.overfull, found.late_s

"""What a replay measured, as `metrics.json` says it."""

from collections.abc import Sequence
from math import ceil
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

METRICS: Final = "metrics.json"


class Asked(Struct, frozen=True, kw_only=True):
    """What a replay was asked for: seeds and the budget, in seconds or in rounds."""

    seed: int
    instance_seed: int | None
    seconds: float | None
    rounds: int | None


class Measured(Struct, frozen=True, kw_only=True):
    """What came of it; `took_ms` has one number a decision."""

    policy: str
    instance: str
    orders: int
    trips: int
    travel_s: int
    busy_s: int
    took_ms: Sequence[float]


class Summary(Struct, frozen=True, kw_only=True):
    """
    What `metrics.json` holds.

    Parameters
    ----------
    cost, travel_s
        Driving time, seconds: the competition counts nothing else.
    late_orders, late_s, overtime_s
        Always 0: windows are hard, and the validator has looked.
    orders_per_busy_hour
        Over the hours from each departure to its end, waiting and service included.
    decision_ms_p50, decision_ms_p99
        CPU milliseconds an epoch; None where the budget was in rounds, so that the file is the same anywhere.
    """

    policy: str
    seed: int
    cost: int
    travel_s: int
    late_orders: int = 0
    late_s: int = 0
    overtime_s: int = 0
    on_time_bp: int = 10_000
    orders_per_busy_hour: float
    trips: int
    decisions: int
    decision_ms_p50: float | None
    decision_ms_p99: float | None
    instance: str
    instance_seed: int | None
    epoch_seconds: float | None
    epoch_rounds: int | None
    orders: int


def write_summary(out: Path, found: Measured, asked: Asked) -> Summary:
    """Write `metrics.json`; how long decisions took is left out where the budget was in rounds."""
    timed = asked.rounds is None
    summary = Summary(
        policy=found.policy,
        seed=asked.seed,
        cost=found.travel_s,
        travel_s=found.travel_s,
        orders_per_busy_hour=round(found.orders * 3600 / found.busy_s, 4) if found.busy_s else 0.0,
        trips=found.trips,
        decisions=len(found.took_ms),
        decision_ms_p50=_rank(found.took_ms, 0.5) if timed else None,
        decision_ms_p99=_rank(found.took_ms, 0.99) if timed else None,
        instance=found.instance,
        instance_seed=asked.instance_seed,
        epoch_seconds=asked.seconds,
        epoch_rounds=asked.rounds,
        orders=found.orders,
    )
    (out / METRICS).write_bytes(msgspec.json.encode(summary) + b"\n")
    return summary


def _rank(values: Sequence[float], share: float) -> float:
    """Take the value that this share of values does not exceed."""
    return sorted(values)[max(ceil(share * len(values)) - 1, 0)]

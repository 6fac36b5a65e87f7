"""Does it pay to tell the pick room what dispatch wants first? Made dispatch days, with few pickers."""

from statistics import fmean

from doorstep.bench.days.made import TUNING, made_day
from doorstep.bench.days.metrics import Metrics, metrics
from doorstep.bench.days.pickers import Picked
from doorstep.bench.days.policies import BEST, Budget, policy_named
from doorstep.bench.days.replay import replay
from doorstep.bench.days.world import arrays

DAYS = TUNING[:4]
"""One of each kind."""
PICKERS = 8
"""With so many the orders of a made day are ready 280 s after the click in the mean, as they are written: 285 s."""


def picking() -> dict[str, object]:
    """Live the days twice, picked as placed and as dispatch wants; the cost of the second over the first."""
    rows = [(_live(seed, told=False), _live(seed, told=True)) for seed, _ in DAYS]
    assert not any(x.waiting for row in rows for x in row), "every order is brought"
    return {
        "seeds": [x for x, _ in DAYS],
        "pickers": PICKERS,
        "cost_ratios": [round(told.cost / plain.cost, 4) for plain, told in rows],
        "cost_ratio": round(fmean(told.cost / plain.cost for plain, told in rows), 4),
        "on_time_points": round(fmean(told.on_time_bp - plain.on_time_bp for plain, told in rows) / 100, 2),
    }


def _live(seed: int, *, told: bool) -> Metrics:
    day = arrays(made_day(seed, dict(DAYS)[seed]))
    world = Picked(day, pickers=PICKERS, told=told)
    policy = policy_named(BEST, day=day, budget=Budget(), seed=1)
    return metrics(day, replay(day, policy, world=world, clock_ns=lambda: 0), policy=BEST, seed=1)

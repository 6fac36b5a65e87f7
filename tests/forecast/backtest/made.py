"""Small panels and rows, made for the tests."""

from typing import Any

import numpy as np

from doorstep.bench.backtest.rows import QUANTILES, Rows, Told
from doorstep.model.demand import OPEN_HOURS, Ahead, Panel, Recovered

FIRST_DAY = 19_800
OPEN_BITS = sum(1 << x for x in OPEN_HOURS)


def panel(n: int = 6, d: int = 63, *, seed: int = 1, **other: Any) -> Panel:
    """Poisson sales at two sites, each product out of stock on some days."""
    rng = np.random.Generator(np.random.PCG64(seed))
    level = 1 + 3 * np.arange(n)
    sales = rng.poisson(level[:, None], (n, d)).astype(np.float32)
    short = rng.random((n, d)) < 0.2
    parts: dict[str, Any] = {
        "keys": np.stack([np.full(n, 7), 100 + np.arange(n) // 3, 1 + np.arange(n) % 3], axis=1),
        "groups": np.tile([1, 2, 3, 4], (n, 1)),
        "first_day": FIRST_DAY,
        "sales": sales,
        "hours": None,
        "out": np.where(short, np.uint32(1 << 20), np.uint32(0)).astype(np.uint32),
        "out_known": np.ones((n, d), np.bool_),
        "out_hours": short.astype(np.int8),
        "discount": np.where(rng.random((n, d)) < 0.1, 0.8, 1.0).astype(np.float32),
        "holiday": np.zeros((n, d), np.int8),
        "activity": np.zeros((n, d), np.int8),
        "weather": np.full((n, d, 4), 20.0, np.float32),
    }
    return Panel(**{**parts, **other})


def recovered(made: Panel) -> Recovered:
    """What was sold, and a half more where a shelf was empty."""
    sales = np.nan_to_num(made.sales)
    mean = np.where(made.out_hours > 0, 1.5 * sales, sales).astype(np.float32)
    return Recovered(
        sales=sales,
        exposure=made.there.astype(np.float32),
        mean=mean,
        sd=np.zeros_like(mean),
        method=np.zeros(mean.shape, np.int8),
    )


def ahead(made: Panel, days: int = 7) -> Ahead:
    """The days after a panel's last, every series on sale."""
    n = made.n
    return Ahead(
        keys=made.keys,
        groups=made.groups,
        first_day=made.first_day + made.d,
        on_sale=np.ones((n, days), np.bool_),
        discount=np.ones((n, days), np.float32),
        holiday=np.zeros((n, days), np.int8),
        activity=np.zeros((n, days), np.int8),
        weather=np.full((n, days, 4), 20.0, np.float32),
    )


def rows(seed: int, r: int = 120) -> tuple[Rows, Told]:
    """Some target days with any answers at all."""
    rng = np.random.Generator(np.random.PCG64(seed))
    horizon = rng.integers(1, 8, r)
    demand = rng.poisson(4, r).astype(np.float64)
    clean = rng.random(r) < 0.6
    mean = rng.gamma(4, 1, r)
    quantiles = np.sort(rng.poisson(4, (r, len(QUANTILES))), axis=1).astype(np.float64)
    missing = rng.random(r) < 0.1
    mean[missing], quantiles[missing] = np.nan, np.nan
    made = Rows(
        city=np.full(r, 7),
        site=rng.integers(0, 3, r),
        sku=rng.integers(0, 5, r),
        category=rng.integers(0, 2, r),
        day=FIRST_DAY + horizon,
        horizon=horizon,
        sale=np.where(clean, demand, np.floor(demand / 2)),
        clean=clean,
        demand=demand,
        usual=rng.uniform(0, 12, r),
        promo=rng.random(r) < 0.3,
    )
    return made, Told(mean=mean, quantiles=quantiles, in_stock_sales=0.9 * mean)

"""A small made city: sales by hour with stock-outs, promotions and a known future, from one seed."""

import numpy as np

from doorstep.model.demand import Ahead, Panel, Recovered, ahead_of

FIRST_DAY = 19_800
HOURS = 24


def city(
    *, seed: int = 7, sites: int = 4, skus: int = 12, days: int = 56, ahead: int = 7
) -> tuple[Panel, Ahead, Panel]:
    """Return history, known future, and the panel of both with what came."""
    chance = np.random.default_rng(seed)
    n, d = sites * skus, days + ahead
    level = np.repeat(chance.lognormal(1.2, 0.8, skus)[None], sites, axis=0).ravel() * chance.lognormal(0, 0.3, n)
    week = 1 + 0.15 * np.sin((FIRST_DAY + 3 + np.arange(d)) % 7)
    depth = np.where(chance.random((skus, d)) < 0.1, 0.3, 0.0)
    discount = np.tile(1 - depth, (sites, 1)).astype(np.float32)
    rate = level[:, None] * week * np.exp(2 * -np.log(discount))
    share = np.zeros(HOURS)
    share[6:22] = 1 / 16
    wanted = chance.poisson(rate[:, :, None] * chance.gamma(8, 1 / 8, (n, d, 1)) * share)
    shelf = np.ceil(level * 1.6 + 2)[:, None, None]
    before = np.cumsum(wanted, axis=2) - wanted
    sold = np.clip(np.minimum(wanted, shelf - before), 0, None)
    empty = before + sold >= shelf
    bits = (empty << np.arange(HOURS)).sum(axis=2).astype(np.uint32)
    site, sku = np.divmod(np.arange(n), skus)
    panel = Panel(
        keys=np.column_stack([np.ones(n, np.int64), 100 + site, 1000 + sku]),
        groups=np.column_stack([np.zeros(n, np.int64), sku // 6, sku // 3, sku // 3]),
        first_day=FIRST_DAY,
        sales=sold.sum(axis=2).astype(np.float32),
        hours=sold.astype(np.float32),
        out=bits,
        out_known=np.ones((n, d), np.bool_),
        out_hours=empty[:, :, 6:22].sum(axis=2).astype(np.int8),
        discount=discount,
        holiday=np.broadcast_to(((FIRST_DAY + 3 + np.arange(d)) % 7 >= 5).astype(np.int8), (n, d)).copy(),
        activity=np.zeros((n, d), np.int8),
        weather=np.zeros((n, d, 4), np.float32),
    )
    return panel.days(0, days), ahead_of(panel, days, ahead), panel


def seen(panel: Panel) -> Recovered:
    """Recover by the plainest rule: sales over the share of the open hours in stock."""
    there = panel.there
    bits = (panel.out[:, :, None] >> np.arange(6, 22, dtype=np.uint32)) & 1
    exposure = np.where(there, 1 - bits.mean(axis=2), 0).astype(np.float32)
    sales = np.where(there, panel.sales, 0).astype(np.float32)
    mean = (sales / np.maximum(exposure, 0.2)).astype(np.float32)
    return Recovered(
        sales=sales, exposure=exposure, mean=mean, sd=np.sqrt(mean), method=(exposure < 1).astype(np.int8)
    )

"""
Recovery of demand: how far off it is where the truth is known, on masked days of real sales, and what it costs.

Worlds with their truth and slices of real sales are read from a folder of shared data (``DOORSTEP_SHARED_DATA``, or
`shared/data` beside the repository); without it the project's own test cities are scored alone.
"""

import hashlib
import os
import time
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from msgspec.structs import replace
from numpy.typing import NDArray

from doorstep.bench.demandworlds import COUNT, OPEN, TEST_SEEDS, demand_world, panel_of
from doorstep.core.history.recover import Recovery, recover
from doorstep.intake.freshretailnet.panel import read_panel
from doorstep.model.demand import Panel

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("DOORSTEP_SHARED_DATA", ROOT.parent / "shared" / "data"))
MASKED, GAPPED, BLOCK = 0.3, 0.03, 30  # the authors' test at p = 0.3: days masked in part; blocks of days with a gap
MASK_SEED = 11
Array = NDArray[Any]
CITIES = ("00", "06")


def recovery() -> dict[str, object]:
    """Score recovery everywhere and time it; return one row of ratios."""
    start = time.process_time()
    recover(panel_of(demand_world("plain", 1, sites=2, skus=10)))
    row: dict[str, object] = {"compile_s": round(time.process_time() - start, 1)}
    digest = hashlib.sha256()
    for kind, seeds in TEST_SEEDS.items():
        world = demand_world(kind, seeds[0])
        end = world.history_days
        panel = panel_of(world)
        found = recover(panel)
        digest.update(found.mean.tobytes())
        row[f"test city, {kind}"] = _against(panel, found, world.demand[:, :end], world.true_out[:, :end] & OPEN > 0)
    for name in ("w1", "w2", "w3", "w4"):
        folder = SHARED / "worlds" / "demand" / name
        if folder.is_dir():
            row[f"frozen {name}"] = _frozen(folder)
    for city in CITIES:
        path = SHARED / "freshretailnet" / f"hourly_city{city}_20240328_20240618.parquet"
        if path.is_file():
            row[f"real city {city}"] = _real(read_panel([path]))
    row["hash"] = digest.hexdigest()[:16]
    return row


def _errors(guess: Array, truth: Array, where: Array) -> dict[str, float]:
    whole = float(truth[where].sum())
    error = (guess - truth)[where].astype(np.float64)
    return {
        "wape": round(100 * float(np.abs(error).sum()) / whole, 2),
        "wpe": round(100 * float(error.sum()) / whole, 2),
    }


def _against(panel: Panel, found: Recovery, truth: Array, ran_out: Array) -> dict[str, object]:
    """Return errors of recovery and of sales as they are, on days that truly ran out and on all."""
    there = panel.there
    error = np.abs(found.mean - truth)
    return {
        "ran_out": _errors(found.mean, truth, there & ran_out),
        "ran_out_sales": _errors(panel.sales, truth, there & ran_out),
        "all": _errors(found.mean, truth, there),
        "all_sales": _errors(panel.sales, truth, there),
        "within_2_sd": round(float((error <= 2 * found.sd + 1e-6)[there & ran_out].mean()), 3),
        "flags_wrong": round(found.report.flags_wrong, 4),
        "flags_doubted": found.report.flags_doubted,
        "moved": round(found.report.moved, 3),
        "bulk": round(found.report.bulk, 4),
        "masked": [round(100 * x, 2) for x in (found.report.masked.wape, found.report.masked.wpe)],
        "calibrated": [round(100 * x, 2) for x in (found.report.calibrated.wape, found.report.calibrated.wpe)],
        "scale": round(found.report.scale, 3),
        "shapes": [round(x, 1) for x in found.report.shapes],
    }


def _frozen(folder: Path) -> dict[str, object]:
    panel = read_panel([folder / "history.parquet"])
    truth = pl.read_parquet(folder / "truth_history.parquet")
    code = {tuple(x): i for i, x in enumerate(panel.keys.tolist())}
    demand, ran_out = np.zeros(panel.sales.shape, np.float32), np.zeros(panel.sales.shape, np.bool_)
    days = truth["dt"].str.to_date().cast(pl.Int32).to_numpy() - panel.first_day
    keys = zip(truth["city_id"], truth["store_id"], truth["product_id"], strict=True)
    rows = np.array([code.get(x, -1) for x in keys])
    known = (rows >= 0) & (days >= 0) & (days < panel.d)
    demand[rows[known], days[known]] = truth["demand"].to_numpy()[known]
    ran_out[rows[known], days[known]] = truth["stock_hour6_22_cnt"].to_numpy()[known] > 0
    return _against(panel, recover(panel), demand, ran_out)


def _real(panel: Panel) -> dict[str, object]:
    hidden, masked = _masked(panel)
    start = time.process_time()
    found = recover(hidden)
    spent = time.process_time() - start
    whole = recover(panel)
    return {
        "masked_days": int(masked.sum()),
        "masked": _errors(found.mean, panel.sales, masked),
        "masked_sales": _errors(hidden.sales, panel.sales, masked),
        "decoupling": round(_decoupling(panel, whole.mean), 3),
        "decoupling_sales": round(_decoupling(panel, panel.sales), 3),
        "recovered_over_sales": round(float(np.nansum(whole.mean) / np.nansum(panel.sales)), 3),
        "million_hour_cells_a_s": round(panel.n * panel.d * 24 / spent / 1e6, 2),
        "cpu_s_of_600000_series_97_days": round(spent / (panel.n * panel.d) * 600_000 * 97, 1),
    }


def _masked(panel: Panel) -> tuple[Panel, Array]:
    """Hide parts of days free of stock-outs, as the authors of FreshRetailNet do."""
    assert panel.hours is not None, "real slices have hours"
    chance = np.random.default_rng(MASK_SEED)
    n, d = panel.sales.shape
    clean = (panel.out & OPEN == 0) & panel.there
    chosen = clean & (chance.random((n, d)) < MASKED)
    cut, front = chance.integers(0, int(16 * (1 - MASKED)), size=(n, d)), chance.random((n, d)) < 0.5
    bits: Array = np.zeros((n, d), np.uint32)
    for k in range(16):
        bits |= np.where(front, k < 16 - cut, k >= cut).astype(np.uint32) << np.uint32(k + 6)
    mask: Array = np.where(chosen, bits, 0).astype(np.uint32)
    for block in range(0, d, BLOCK):
        begins = chance.random(n) < GAPPED
        at = chance.integers(0, BLOCK, size=(n,)) + np.full(n, block)
        long = chance.integers(3, 8, size=(n,))
        for i in np.flatnonzero(begins).tolist():
            mask[i, at[i] : at[i] + long[i]] = OPEN
    mask = np.where(clean, mask, 0).astype(np.uint32)
    hours = panel.hours.copy()
    for k in range(24):
        hours[:, :, k][mask >> np.uint32(k) & np.uint32(1) == 1] = 0
    out = panel.out | mask
    hidden = replace(panel, hours=hours, sales=hours.sum(2), out=out, out_hours=COUNT[(out & OPEN) >> 6])
    return hidden, mask > 0


def _decoupling(panel: Panel, mean: Array) -> float:
    """Return the correlation of hours out with demand over days with any, weighted as the authors do."""
    hours = COUNT[(panel.out & OPEN) >> 6]
    total = weight = 0.0
    for i in range(panel.n):
        level = panel.sales[i][hours[i] == 0]
        if not level.size or not level.mean() > 0:
            continue
        for holiday in (0, 1):
            days = (hours[i] > 0) & (panel.holiday[i] == holiday) & panel.there[i]
            if np.unique(hours[i][days]).size > 3 and mean[i][days].std() > 0:
                total += float(level.mean()) * float(np.corrcoef(hours[i][days], mean[i][days])[0, 1])
                weight += float(level.mean())
    return total / weight

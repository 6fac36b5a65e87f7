"""
How well demand is forecast: the frozen worlds with their truth, and real slices by their authors' protocol.

Peers forecast in the same run from the same history and the same known future. Numbers are ratios of errors, ours to
theirs: below 1 is better. Of the worlds also the share closed of the distance in scaled pinball from mlforecast to the
best honest forecast. At noon: the rest of the day, with and without what the morning sold. The data lies beside the
repository (`shared/data`); its terms forbid to ship it.
"""

import hashlib
import tempfile
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
import polars as pl

from doorstep.bench.backtest.days import rows_in
from doorstep.bench.backtest.origins import WEEK
from doorstep.bench.backtest.run import BEST, OURS
from doorstep.bench.backtest.scores import Score
from doorstep.core.forecast import rest_of_day
from doorstep.intake.freshretailnet.panel import read_panel
from doorstep.model.demand import KEYS, Forecast, Panel, ahead_of
from doorstep.model.paths import drift_variance
from doorstep.wire.backtest import SCORES, Asked, chosen_peers, run_backtest
from doorstep.wire.forecast import City, forecast_city

Array = npt.NDArray[Any]

SEED, WEEKS = 1, 4
DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
WORLDS = ("w1", "w2", "w3", "w4")
LIBRARY = "mlforecast"
WEIGHTED = "mlforecast_in_stock"
NOON = 12


def frozen_worlds() -> dict[str, object]:
    """Forecast the target week of each world; return scores, ratios and the share of the distance that is closed."""
    folder = DATA / "worlds" / "demand"
    lines, cpu_s = _scored(
        [folder / x / "history.parquet" for x in WORLDS],
        known=[folder / x / "known_future.parquet" for x in WORLDS],
        truth=[folder / x / "truth.parquet" for x in WORLDS],
        weeks=1,
        peers=f"seasonal_naive,in_stock_mean_28,{LIBRARY}",
    )
    found: dict[str, object] = {}
    closed: list[float] = []
    bias: list[float] = []
    for at, world in enumerate(WORLDS, start=1):
        ours, peer, best = (_line(lines, str(at), x, "truth") for x in (OURS, LIBRARY, BEST))
        share = (_pinball(peer) - _pinball(ours)) / (_pinball(peer) - _pinball(best))
        closed.append(share)
        bias.append(abs(_known(ours.wpe)))
        found[world] = {
            "closed": round(share, 3),
            "pinball": {x: round(_pinball(_line(lines, str(at), x, "truth")), 4) for x in (OURS, LIBRARY, BEST)},
            "wape": {x: _known(_line(lines, str(at), x, "truth").wape) for x in (OURS, LIBRARY, BEST)},
            "wape_ratio": round(_known(ours.wape) / _known(peer.wape), 4),
            "wpe": {x: _known(_line(lines, str(at), x, "truth").wpe) for x in (OURS, LIBRARY, BEST)},
            "enclosed": {q: (ours.below[q], ours.coverage[q]) for q in ("0.9", "0.95", "0.98")},
            "cpu_s": cpu_s[str(at)],
        }
    return {
        "seed": SEED,
        "worlds": found,
        "closed_least": round(min(closed), 3),
        "closed_mean": round(sum(closed) / len(closed), 3),
        "wpe_abs_mean": round(sum(bias) / len(bias), 4),
        "digest": _digest(lines),
    }


def noon() -> dict[str, object]:
    """Update each of the last seven days of the worlds' histories at noon; return errors of the rest of the day."""
    found: dict[str, object] = {"seed": SEED}
    for world in WORLDS:
        folder = DATA / "worlds" / "demand" / world
        panel = read_panel([folder / "history.parquet"])
        start = panel.d - WEEK
        past, ahead = panel.days(0, start), ahead_of(panel, start, WEEK)
        told = forecast_city(City(name=world, panel=past, ahead=ahead), days=WEEK, seed=SEED)
        rows = rows_in(panel.keys, told.keys)
        wanted = _afternoons(folder / "truth_history.parquet", told)
        sums = np.zeros(5)
        for x in range(WEEK):
            rest, left = _updated(panel, told, rows, start, x)
            kept = told.on_sale[:, x] & panel.there[rows, start + x] & ~np.isnan(wanted[:, x])
            y, before, after = wanted[kept, x], (told.mean[:, x] * left)[kept], rest[kept]
            errors = (np.abs(before - y), np.abs(after - y), before - y, after - y, y)
            sums += [float(e.sum()) for e in errors]
        before, after, low, high, whole = sums
        found[world] = {
            "wape": {"no update": round(before / whole, 4), "updated": round(after / whole, 4)},
            "wpe": {"no update": round(low / whole, 4), "updated": round(high / whole, 4)},
            "change": round(after / before - 1, 4),
        }
    return found


def _updated(panel: Panel, told: Forecast, rows: Array, start: int, x: int) -> tuple[Array, Array]:
    """Return what the rest of day x is expected to want once its morning was seen, and its share of the day."""
    weekend = int((told.first_day + x + 3) % 7 >= 5)
    known = {(y["city"], *y["groups"]): y["shares"][weekend] for y in told.about["profiles"]}
    share = np.array([known[(k[0], *g)] for k, g in zip(told.keys.tolist(), told.groups.tolist(), strict=True)])
    assert panel.hours is not None, "the worlds have hours"
    stocked = (panel.out[rows, start + x][:, None] >> np.arange(NOON, dtype=np.uint32)) & 1 == 0
    law = {y: float(drift_variance(told.about["drift"][y], x + 1)[x]) for y in ("city", "third", "sku", "store")}
    left = share[:, NOON:].sum(axis=1)
    rest = rest_of_day(
        told.mean[:, x].astype(np.float64),
        told.spread[:, x, 0].astype(np.float64),
        np.nan_to_num(panel.hours[rows, start + x, :NOON]).astype(np.float64),
        share[:, :NOON] * stocked,
        left,
        np.unique(told.keys[:, 1], return_inverse=True)[1],
        np.unique(told.keys[:, 2], return_inverse=True)[1],
        site_variance=law["city"] + law["store"],
        sku_variance=law["third"] + law["sku"],
    )
    return rest.mean, left


def _afternoons(path: Path, told: Forecast) -> Array:
    """Read true demand from noon on, `[m, days]`; NaN where the truth has no row."""
    truth = pl.read_parquet(path, columns=[*KEYS, "dt", "hours_demand"])
    day = truth["dt"].str.to_date().to_physical().to_numpy() - told.first_day
    near = (day >= 0) & (day < WEEK)
    rows = rows_in(told.keys, truth.select(KEYS).to_numpy()[near])
    known = rows >= 0
    hours = np.array(truth["hours_demand"].to_list(), np.float64)[near][known]
    found = np.full((len(told.keys), WEEK), np.nan)
    found[rows[known], day[near][known]] = hours[:, NOON:].sum(axis=1)
    return found


def slices() -> dict[str, object]:
    """Roll over four weeks of three real cities by the authors' protocol; return errors and ratios to each peer."""
    found: dict[str, object] = {}
    worst: dict[str, float] = {}
    every: list[Score] = []
    for city in ("00", "06", "11"):
        path = DATA / "freshretailnet" / f"hourly_city{city}_20240328_20240618.parquet"
        lines, cpu_s = _scored([path], weeks=WEEKS, peers="all")
        every += lines
        ours = _line(lines, str(int(city)), OURS, "frn")
        others = sorted({x.model for x in lines if x.protocol == "frn" and not x.model.startswith(OURS)})
        ratios = {x: round(_known(ours.wape) / _known(_line(lines, str(int(city)), x, "frn").wape), 4) for x in others}
        worst = {x: max(y, worst.get(x, 0.0)) for x, y in ratios.items()}
        (last,) = {max(x.origin for x in lines if x.origin != "all")}
        final = next(x for x in lines if _whole(x, OURS, "frn") and x.origin == last)
        found[f"city{int(city)}"] = {
            "wape": {
                OURS: _known(ours.wape),
                **{x: _known(_line(lines, str(int(city)), x, "frn").wape) for x in others},
            },
            "wpe": _known(ours.wpe),
            "ratios": ratios,
            "last_week": {"after": last, "wape": final.wape, "wpe": final.wpe},
            "cpu_s": cpu_s[str(int(city))],
        }
    return {"seed": SEED, "weeks": WEEKS, "cities": found, "worst_ratio": worst, "digest": _digest(every)}


def _scored(
    histories: list[Path],
    *,
    weeks: int,
    peers: str,
    known: list[Path] | None = None,
    truth: list[Path] | None = None,
) -> tuple[list[Score], dict[str, dict[str, float]]]:
    """Run a backtest in a folder that is gone afterwards; every peer that is named must be here."""
    here, absent = chosen_peers(peers)
    assert not absent, f"{', '.join(x.name for x in absent)}: install mlforecast and lightgbm beside the tests' part"
    asked = Asked(weeks=weeks, peers=tuple(x.name for x in here), truth=tuple(truth or ()), seed=SEED)
    with tempfile.TemporaryDirectory() as scratch:
        out = Path(scratch, "backtest")
        done = run_backtest(
            histories, known or (), out, asked, absent=(), processes=1, force=False, tell=lambda *_told: None
        )
        lines = msgspec.json.decode((out / SCORES).read_bytes(), type=list[Score])
    return lines, done.cpu_s


def _line(lines: list[Score], city: str, model: str, protocol: str) -> Score:
    """Find the one line of a model over everything."""
    return next(x for x in lines if x.city == city and x.origin == "all" and _whole(x, model, protocol))


def _whole(x: Score, model: str, protocol: str) -> bool:
    cell = (x.horizon, x.level, x.band, x.promo)
    return (x.model, x.protocol) == (model, protocol) and cell == (0, "series", "all", "all")


def _pinball(line: Score) -> float:
    return sum(line.pinball.values()) / len(line.pinball)


def _known(value: float | None) -> float:
    assert value is not None, "what is benchmarked sold something"
    return round(value, 4)


def _digest(lines: list[Score]) -> str:
    """Hash our own lines: who changes what is measured is found out."""
    return hashlib.sha256(msgspec.json.encode([x for x in lines if x.model == OURS])).hexdigest()[:16]

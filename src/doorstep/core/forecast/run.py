"""The forecast of a city: from history, demand recovered from it and what is known ahead, to quantiles."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from doorstep.core.forecast.align import aligned, made_up
from doorstep.core.forecast.calibrate import Errors, classes
from doorstep.core.forecast.learn import Learned, Maps, learn, unit_of
from doorstep.core.forecast.marginals import marginals
from doorstep.core.forecast.origin import Origin, evidence_of, fit_origin
from doorstep.core.forecast.params import ForecastParams
from doorstep.core.forecast.profiles import profiles_of
from doorstep.core.forecast.rates import Shared, lend
from doorstep.core.forecast.trees import apply
from doorstep.model.demand import Ahead, Forecast, Panel, Recovered

Array = npt.NDArray[Any]

KNOWN_DAYS: Final = 14
"""With fewer days of its own a series is forecast mostly from its sku, site and category: `cold`."""
SILENT_DAYS: Final = 28
"""Nothing sold and nothing missed for so long: the answer is the fallback, what a sold-out month leaves."""


SHARD_SWEEPS: Final = 3
"""Rounds of the levels of sites and series where all else is lent."""


def forecast(
    panel: Panel,
    recovered: Recovered,
    ahead: Ahead | None,
    *,
    days: int,
    params: ForecastParams,
    seed: int,
    engine: Maps | None = None,
) -> Forecast:
    """
    Forecast true demand, and what a day free of stock-outs would sell.

    Parameters
    ----------
    panel, recovered
        History, and demand as `core.history.recover` found it behind empty shelves.
    ahead
        What is known of the days to come; None makes it up (list prices, no activities).
    days
        How many days, 1 to 28; the known future must have as many.
    seed
        Of the trees, and of the paths that the forecast carries.
    engine
        Where past origins are worked on; None: here, one after the other. The answer is the same.

    Raises
    ------
    BadInput
        Nothing is on sale.
    WorldFailed
        LightGBM cannot be loaded.
    """
    return teach(panel, recovered, ahead, days=days, params=params, seed=seed, engine=engine)[0]


class Lesson(Struct, frozen=True, kw_only=True, eq=False):
    """
    What some sites of a city teach: enough to forecast its other sites alone, each by itself.

    Parameters
    ----------
    shared
        Effects and levels of the city, of true demand and of days free of stock-outs.
    learned
        Trees, and the corrections of the spread.
    unit
        A pack, in the history's unit.
    """

    shared: tuple[Shared, Shared]
    learned: Learned
    unit: float
    days: int
    params: ForecastParams
    seed: int


def teach(
    panel: Panel,
    recovered: Recovered,
    ahead: Ahead | None,
    *,
    days: int,
    params: ForecastParams,
    seed: int,
    engine: Maps | None = None,
) -> tuple[Forecast, Lesson]:
    """Forecast some sites as `forecast` does, and keep what they teach about the others."""
    ahead = ahead or made_up(panel, days)
    assert ahead.on_sale.shape[1] == days, "the known future has as many days as are asked for"
    profiles = profiles_of(panel, recovered.mean)
    panel, recovered, rows = aligned(panel, recovered, ahead)
    unit = unit_of(panel)
    evidence = evidence_of(panel, recovered, unit)
    origin = fit_origin(panel, evidence, ahead, rows, sweeps=params.sweeps)
    learned = learn(origin, days=days, params=params, seed=seed, engine=engine, profiles=profiles)
    shared = (lend(origin.design, origin.true), lend(origin.design, origin.clear))
    lesson = Lesson(shared=shared, learned=learned, unit=unit, days=days, params=params, seed=seed)
    return answer(origin, learned, unit=unit, seed=seed), lesson


def forecast_others(panel: Panel, recovered: Recovered, ahead: Ahead | None, lesson: Lesson) -> Forecast:
    """
    Forecast sites that were not among those of a lesson.

    Parameters
    ----------
    panel, recovered, ahead
        Of whole sites, over the same days as the lesson's or the last of them.

    Notes
    -----
    Only the levels of sites and series are fitted; a city of 300 sites is worked on in shards, side by side.
    """
    ahead = ahead or made_up(panel, lesson.days)
    panel, recovered, rows = aligned(panel, recovered, ahead)
    evidence = evidence_of(panel, recovered, lesson.unit)
    origin = fit_origin(panel, evidence, ahead, rows, sweeps=SHARD_SWEEPS, shared=lesson.shared)
    return answer(origin, lesson.learned, unit=lesson.unit, seed=lesson.seed)


def answer(origin: Origin, learned: Learned, *, unit: float, seed: int) -> Forecast:
    """Put together the forecast of an origin, in the order of its known future."""
    ahead = origin.ahead
    back = np.full(len(ahead.keys), -1, np.int64)
    back[origin.rows[origin.rows >= 0]] = np.flatnonzero(origin.rows >= 0)
    mean, flat = expected(origin, learned.errors)
    in_stock = in_stock_sales(origin, learned)
    mean, flat, in_stock = mean[back], flat[back], in_stock[back]
    on_sale = ahead.on_sale
    mean = np.where(on_sale, mean, 0.0)
    spread, sd, quantiles = marginals(mean, flat)
    seen = (origin.evidence.weight > 0).sum(axis=1)[back]
    lately: Array = np.any(origin.evidence.demand[:, -SILENT_DAYS:] > 0, axis=1)
    kind: Array = np.where(seen < KNOWN_DAYS, 1, np.where(lately[back], 0, 2))
    method = np.broadcast_to(kind[:, None], on_sale.shape)
    drift = {x.name: [*x.unsure.mean(axis=0).tolist(), *x.law[1:].tolist()] for x in origin.true.levels}
    about = {
        "seed": seed,
        "data_cutoff": str(np.datetime64(ahead.first_day - 1, "D")),
        "unit": unit,
        "bulk_sizes": [],
        "drift": drift,
        "bias": list(learned.errors.bias),
        "profiles": list(learned.profiles),
        "hours_firm": 50.0,
    }
    return Forecast(
        keys=ahead.keys,
        groups=ahead.groups,
        first_day=ahead.first_day,
        on_sale=on_sale,
        mean=(mean * unit).astype(np.float32),
        sd=(sd * unit).astype(np.float32),
        in_stock_sales=np.where(on_sale, in_stock * unit, 0.0).astype(np.float32),
        quantiles=(quantiles * unit).astype(np.float32),
        spread=np.stack([spread, np.full_like(spread, unit), np.zeros_like(spread)], axis=-1).astype(np.float32),
        method=np.where(on_sale, method, 0).astype(np.int8),
        about=about,
        names=ahead.names,
    )


def expected(origin: Origin, errors: Errors) -> tuple[Array, Array]:
    """Return mean demand in packs and squared spread of its rate, `[n, h]`, corrected by what past origins tell."""
    d, h = origin.panel.d, origin.ahead.on_sale.shape[1]
    eta, risk = origin.true.eta[:, d : d + h].astype(np.float64), origin.true.risk
    mean = np.exp(np.clip(eta + risk / 2, -12, 16))
    flat = (1 + 1 / origin.true.shape[:, None]) * np.exp(risk) - 1
    volume, horizon, promoted = classes(mean, origin.design.columns["depth"][:, d : d + h])
    mean = mean * np.exp(np.asarray(errors.bias)[promoted])
    return mean, flat * np.asarray(errors.wider)[volume, horizon, promoted]


def in_stock_sales(origin: Origin, learned: Learned) -> Array:
    """Return what a day free of stock-outs is expected to sell, in packs, `[n, h]`."""
    d, h = origin.panel.d, origin.ahead.on_sale.shape[1]
    rate: Array = np.exp(np.clip(origin.clear.eta[:, d : d + h].astype(np.float64) + origin.clear.risk / 2, -12, 16))
    rate = rate * np.exp(learned.errors.held * 0.5)
    if learned.trees is None:
        return rate
    table = origin.table()
    found: Array = apply(learned.trees, table.reshape(-1, table.shape[2]), rate.ravel()).reshape(rate.shape)
    return found


def joined(parts: Sequence[Forecast]) -> Forecast:
    """
    Join forecasts of different sites, of the same days and ids, as one; sorted by keys.

    Parameters
    ----------
    parts
        At least one; what the first tells `about` itself stands for all.
    """
    assert all(x.names == parts[0].names for x in parts), "the same ids mean the same in all parts"
    keys = np.concatenate([x.keys for x in parts])
    order = np.lexsort(keys.T[::-1])
    arrays = {
        x: np.concatenate([getattr(part, x) for part in parts])[order]
        for x in Forecast.__struct_fields__
        if x not in {"first_day", "about", "names"}
    }
    first = parts[0]
    return Forecast(first_day=first.first_day, about=first.about, names=first.names, **arrays)

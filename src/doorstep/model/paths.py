"""Sample paths of demand, drawn again from the forecast alone: the same in any process, for any part of the city."""

from collections.abc import Sequence
from hashlib import blake2b
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from doorstep.base.errors import BadInput
from doorstep.model.demand import GROUPS, KEYS, Forecast
from doorstep.model.draws import chances, drift_paths, split_hours
from doorstep.model.spread import invert

Array = npt.NDArray[Any]

SHARED: Final = ("city", "third", "sku", "store")
"""Levels whose days move together: a city, a category in it, a sku in it, a site."""
OWN_LEAST: Final = 0.05
"""Share of a day's variance that is its own at least: units are bought one by one."""


def paths(
    forecast: Forecast,
    sites: Sequence[int | str],
    skus: Sequence[int | str],
    days: Sequence[int],
    count: int,
) -> npt.NDArray[np.int32]:
    """
    Draw joint sample paths of true demand.

    Parameters
    ----------
    forecast
        As it was read from its file.
    sites, skus
        Ids; the demand of a sku is summed over the sites. A sku that a site does not have wants 0 there.
    days
        Days ahead, 0 = the first day forecast.
    count
        How many paths, at least 1. The first paths of many are the paths of few.

    Returns
    -------
    int32 `[count, sku, day]`, in packs: `about["unit"]` says what part of the history's unit a pack is.

    Raises
    ------
    BadInput
        A site or a sku is not in the forecast, or a day lies outside it.

    Notes
    -----
    A Gaussian copula: the day's rank of a cell adds up what its city, category, sku, site and the cell itself drift
    by, as the forecast's own filter has it, and the rest that is the day's own.
    """
    rows, sku_of = _rows(forecast, sites, skus)
    units = cell_paths(forecast, rows, days, count)
    found = np.zeros((count, len(skus), len(days)), np.int64)
    for i, at in enumerate(sku_of):
        found[:, at] += units[i]
    return found.astype(np.int32)


def hour_paths(
    forecast: Forecast,
    sites: Sequence[int | str],
    skus: Sequence[int | str],
    days: Sequence[int],
    count: int,
) -> npt.NDArray[np.int32]:
    """
    Draw the same paths hour by hour: int32 `[count, sku, day, 24]`, which sum to those of `paths`.

    Notes
    -----
    A day is split by a Dirichlet-multinomial around the profile of the sku's category on that kind of day.
    """
    rows, sku_of = _rows(forecast, sites, skus)
    units = cell_paths(forecast, rows, days, count)
    found = np.zeros((count, len(skus), len(days), 24), np.int64)
    profiles, which = _profiles(forecast, rows)
    firm = float(forecast.about.get("hours_firm", 50.0))
    for j, day in enumerate(days):
        weekend = (forecast.first_day + day + 3) % 7 >= 5
        profile = profiles[which, int(weekend)]
        names = _hashed(forecast, "hours", forecast.keys[rows], day)
        split = np.empty((len(rows), count, 24), np.int32)
        split_hours(names, np.ascontiguousarray(units[:, :, j].astype(np.int32)), profile, firm, split)
        for i, at in enumerate(sku_of):
            found[:, at, j] += split[i]
    return found.astype(np.int32)


def cell_paths(forecast: Forecast, rows: Array, days: Sequence[int], count: int) -> npt.NDArray[np.int32]:
    """
    Draw paths of some series: int32 `[series, count, day]`.

    Parameters
    ----------
    rows
        Which rows of the forecast.
    """
    h = forecast.on_sale.shape[1]
    for x in days:
        if not 0 <= x < h:
            raise BadInput(f"day {x} is not in the forecast: it has days 0 to {h - 1}")
    if count < 1:
        raise BadInput(f"{count} paths were asked for; ask for at least 1")
    whole = 1 + max(days, default=0)
    rows = np.asarray(rows, np.int64)
    mean = forecast.mean[rows].astype(np.float64)
    spread = forecast.spread[rows]
    unit = float(forecast.about.get("unit", 1.0))
    step = spread[:, :, 1].astype(np.float64)
    size = np.maximum(mean / np.maximum(step, 1e-9), 1e-9)
    variance = 1.0 / size + 1.0 / np.maximum(spread[:, :, 0], 1e-6)  # of the log, about
    z = _ranks(forecast, rows, whole, count, variance)
    found = np.zeros((len(rows), count, len(days)), np.int32)
    sizes = np.asarray(forecast.about.get("bulk_sizes", []), np.float64)
    for j, day in enumerate(days):
        level = np.ascontiguousarray(z[:, :, day])
        chances(level)
        order = np.argsort(level, axis=1, kind="stable")
        rising = np.take_along_axis(level, order, axis=1)
        amount = np.empty((len(rows), count), np.float32)
        flat = np.ascontiguousarray(spread[:, day])
        invert(np.ascontiguousarray(mean[:, day]), flat, sizes, rising, amount)
        whole_units = np.rint(amount.astype(np.float64) / unit).astype(np.int32)
        np.put_along_axis(found[:, :, j], order, whole_units, axis=1)
    return found


def _ranks(forecast: Forecast, rows: Array, days: int, count: int, variance: Array) -> Array:
    """Draw `[series, count, day]` normal ranks, of variance 1."""
    keys, groups = forecast.keys[rows], forecast.groups[rows]
    city, store, sku = keys.T
    of_level = {
        "city": city[:, None],
        "third": np.column_stack([city, groups]),
        "sku": np.column_stack([city, sku]),
        "store": np.column_stack([city, store]),
        "series": keys,
    }
    drift: dict[str, list[float]] = forecast.about.get("drift", {})
    total = np.zeros((len(rows), count, days))
    shared = np.zeros((len(rows), days))
    for level, ids in of_level.items():
        law = drift.get(level)
        if law is None:
            continue
        each, back = np.unique(ids, axis=0, return_inverse=True)
        found = np.empty((len(each), count, days))
        drift_paths(_hashed(forecast, level, each, 0), np.asarray(law, np.float64), count, days, found)
        total += found[back.ravel()]
        shared += drift_variance(law, days)
    own = np.empty((len(rows), count, days))
    day_alone = np.array([0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0])
    drift_paths(_hashed(forecast, "own", keys, 0), day_alone, count, days, own)
    share = np.minimum(shared / variance[:, :days], 1.0 - OWN_LEAST)
    scale = np.sqrt(share / np.maximum(shared, 1e-12))
    return total * scale[:, None, :] + own * np.sqrt(1.0 - share)[:, None, :]


def drift_variance(law: Sequence[float], days: int) -> Array:
    """Return the variance of a level's drift on each day ahead; `law` as of `draws.drift_paths`."""
    va, v_ab, vb, walk, keep, jolt, extra = law
    found = np.empty(days)
    for day in range(days):
        va, v_ab, vb = va + walk, keep * v_ab, keep * keep * vb + jolt
        found[day] = va + 2 * v_ab + vb + extra
    return found


def _hashed(forecast: Forecast, kind: str, ids: Array, day: int) -> Array:
    """Hash seed, kind, ids and day to a number a row."""
    head = f"{forecast.about['seed']}\0{forecast.first_day}\0{kind}\0{day}\0".encode()
    rows = np.ascontiguousarray(ids, dtype=np.int64)
    key = blake2b(head, digest_size=16).digest()
    found = np.empty(len(rows), np.uint64)
    for i in range(len(rows)):
        found[i] = int.from_bytes(blake2b(rows[i].tobytes(), digest_size=8, key=key).digest(), "little")
    return found


def _rows(forecast: Forecast, sites: Sequence[int | str], skus: Sequence[int | str]) -> tuple[Array, Array]:
    """Find the series of the sites and skus: their rows, and the place of each one's sku."""
    places = _coded(forecast, sites, 1, "site")
    wares = _coded(forecast, skus, 2, "sku")
    place = {x: i for i, x in enumerate(wares)}
    rows = np.flatnonzero(np.isin(forecast.keys[:, 1], places) & np.isin(forecast.keys[:, 2], wares))
    return rows, np.array([place[x] for x in forecast.keys[rows, 2].tolist()], np.int64)


def _coded(forecast: Forecast, ids: Sequence[int | str], column: int, what: str) -> list[int]:
    names = forecast.names.get(KEYS[column])
    table = None if names is None else {x: i for i, x in enumerate(names)}
    known = set(forecast.keys[:, column].tolist())
    found = []
    for x in ids:
        code = table.get(str(x)) if table is not None else int(x) if str(x).lstrip("-").isdigit() else None
        if code is None or code not in known:
            raise BadInput(f"the forecast has no {what} {x!r}; it has {len(known)} of them")
        found.append(code)
    if len(set(found)) != len(found):
        raise BadInput(f"a {what} is named twice; name each once")
    return found


def _profiles(forecast: Forecast, rows: Array) -> tuple[Array, Array]:
    """Return profiles `[p, 2, 24]` of workdays and weekends, and which of them each series has."""
    told: list[dict[str, Any]] = forecast.about.get("profiles", [])
    table = np.asarray([x["shares"] for x in told], np.float64).reshape(-1, 2, 24)
    flat = np.zeros((1, 2, 24))
    flat[:, :, 6:22] = 1 / 16
    at = {(x["city"], *x["groups"]): i + 1 for i, x in enumerate(told)}
    assert len(GROUPS) == forecast.groups.shape[1], "a series has one id a kind of group"
    which = [
        at.get((int(c), *g), 0) for c, g in zip(forecast.keys[rows, 0], forecast.groups[rows].tolist(), strict=True)
    ]
    return np.concatenate([flat, table]), np.array(which, np.int64)
